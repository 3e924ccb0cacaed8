"""A criterion's words grouped into what they say: concepts, values, windows, brackets, little words."""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.generalities import anything_end, unstoppable_end
from trialgraph.criteria.chunking.outcomes import tells_outcome
from trialgraph.criteria.chunking.pieces import Chunk, ChunkKind, is_given
from trialgraph.criteria.chunking.staging import may_be_staged, staged
from trialgraph.criteria.chunking.texts import Text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import BRACKETS, CLOSING, Token, bracket_pairs, tokenize
from trialgraph.criteria.language.vocabulary import Mention
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.ages import (
    explains,
    is_long_past,
    is_number_of_years,
    is_of_kin,
    may_be_new,
    stands_behind_persons,
    with_shared_years,
)
from trialgraph.criteria.quantities.bearers import value_beside
from trialgraph.criteria.quantities.bounds import limit_at
from trialgraph.criteria.quantities.classes import read_class
from trialgraph.criteria.quantities.compounds import is_whole, number_follows, value_of_name
from trialgraph.criteria.quantities.lesions import counts_lesions
from trialgraph.criteria.quantities.openers import openers, opens_limit
from trialgraph.criteria.quantities.pairs import read_pair
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.quantities.values import FoundValue
from trialgraph.criteria.quantities.windows import STARTERS, end_of_moment, parse_window, tells_time
from trialgraph.expressions import Fact

__all__ = ["Chunk", "Chunker", "Text"]

_SIGNS = frozenset(",;:/.")
_QUALIFIER = frozenset({"qualifier"})
_NEUTRAL = frozenset({"neutral"})
_NARROWING = frozenset({"post"})
_AGED = re.compile(r"\b(?:older|younger|old|of[ -]age|(?:years?|yrs) age|over)\b")
_SOON = 4
_OLD = re.compile(r"\s*-?\s*(?:old|(?:of[ -])?age)\b(?:\s+(?:or|and)\s+(?:older|over|above))?", re.IGNORECASE)
_OF_LIST = re.compile(
    r"(?:\s+or\s+more)?\s+of\s+(?:the\s+)?(?:following|below|these|those|above)\b", re.IGNORECASE
)
"""What stands behind a number that counts what a list names ("≥ 1 of the following")."""
_DEEPEST = 4
_OR = tokenize("or")
_PERSONS = frozenset({"patient", "participant", "subject", "individual", "person", "people"})
_EVERY = frozenset({"any", "all", "every"})
_PATIENT_WHO = "patient who"
"""What says whom a criterion is about, with or without "any" before it."""
_LONGEST_NAME = 8


class Chunker:
    """Groups the tokens of a text; every token ends up in exactly one chunk."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.tokens = text.tokens
        self.source = text.text
        self.paired = bracket_pairs(self.tokens)
        self.opened = 0
        """How many brackets that a limit has opened aren't closed yet."""
        self.timed = tells_time(text.lowered)

    def chunks(self) -> tuple[Chunk, ...]:
        """Return the chunks of the whole text."""
        found, position = self._until(0, None, 0)
        while position < len(self.tokens):
            more, position = self._until(position + 1, None, 0)
            found += more
        return tuple(found)

    def _until(self, position: int, closing: str | None, depth: int) -> tuple[list[Chunk], int]:
        found: list[Chunk] = []
        while position < len(self.tokens):
            token = self.tokens[position]
            if (table := self.text.tables.get(token.start)) is not None:
                found.append(Chunk("value", table.start, table.end, expression=table.expression))
                position = self._token_at(table.end, position)
                continue
            dose = self.text.doses.get(token.start)
            if dose is not None and not depth and any(map(is_given, found[-_SOON:])):
                said = Chunk("word", token.start, dose.end, "dose", _QUALIFIER)
                found.append(Chunk("bracket", token.start, dose.end, inner=(said,)))
                position = self._token_at(dose.end, position)
                continue
            if token.text not in BRACKETS:
                chunk, position = self._chunk(position)
                found.append(chunk)
                if chunk.kind == "value":
                    self.opened += max(0, self._unclosed(chunk))
                continue
            if token.text == ")" and self.opened:
                self.opened -= 1
                position += 1
                continue
            if token.text == closing:
                return found, position + 1
            if position not in self.paired:
                found.append(Chunk("sign", token.start, token.end, token.text))
                position += 1
                continue
            if token.text == "(" and (value := self._bracketed(position)) is not None:
                found.append(value[0])
                position = value[1]
                continue
            if token.text in CLOSING and depth < _DEEPEST:
                inner, after = self._until(position + 1, CLOSING[token.text], depth + 1)
                end = self.tokens[after - 1].end
                found.append(Chunk("bracket", token.start, end, inner=tuple(inner)))
                position = after
                continue
            chunk, position = self._chunk(position)
            found.append(chunk)
        return found, position

    def _chunk(self, position: int) -> tuple[Chunk, int]:
        token = self.tokens[position]
        mention = self.text.mentions.get(position)
        if mention is None and (token.text in _SIGNS or position in self.text.joints):
            return self._sign(position), position + 1
        if self._is_plain(position, mention):
            return self._words(position, mention)
        if token.form == "aged" and mention is None:
            mention = self._aged(position)
        if found := self._lesion(position):
            return found
        number = token.number is not None
        if self.timed and (number or token.form in STARTERS):
            window = parse_window(self.source, token.start)
            if window is not None:
                after = self._token_at(window.end, position)
                return Chunk("window", window.start, window.end, window=window), after
        if value := self._value(position, mention):
            end = self.tokens[value.end - 1].end
            return Chunk("value", token.start, end, expression=value.expression, value=value), value.end
        if number or token.form in wording().limit_openers or opens_limit(token.text):
            limit = limit_at(self.source, token.start)
            if limit is not None and (age := self._age(position, limit)) is not None:
                return age, self._token_at(age.end, position)
            beside = None if limit is None else value_beside(self.text.values, position, limit)
            if beside is not None:
                end = self.tokens[beside.end - 1].end
                return Chunk(
                    "value", token.start, end, expression=beside.expression, value=beside
                ), beside.end
            if limit is not None and (
                limit.stated or limit.unit is not None or limit.relative_to is not None
            ):
                return self._limited(token, limit), self._token_at(limit.end, position)
        return self._words(position, mention)

    def _limited(self, token: Token, limit: Found) -> Chunk:
        """Return a limit without its quantity; a number that counts what a list names is none."""
        if limit.unit is None and _OF_LIST.match(self.source, limit.end):
            return Chunk("word", token.start, limit.end, token.form, frozenset({"neutral"}))
        return Chunk("limit", token.start, limit.end, limit=limit)

    def _unclosed(self, chunk: Chunk) -> int:
        return self.source.count("(", chunk.start, chunk.end) - self.source.count(")", chunk.start, chunk.end)

    def _sign(self, position: int) -> Chunk:
        """Return a sign, or the "or" that it stands for."""
        token = self.tokens[position]
        if position in self.text.joints:
            return Chunk("word", token.start, token.end, "or", lexicon().phrase_at(_OR, 0)[1])
        return Chunk("sign", token.start, token.end, token.text)

    def _is_plain(self, position: int, mention: Mention | None) -> bool:
        """Whether no value, limit, lesion or window can start at a token."""
        token = self.tokens[position]
        measured = mention is not None and (mention.term.quantity or counts_lesions(mention.term))
        opens = measured or token.form in openers() or not token.text.isalpha()
        return not opens and not number_follows(self.text.values, position, mention)

    def _bracketed(self, position: int) -> tuple[Chunk, int] | None:
        """Return the value of the quantities that stand alone in a bracket, their limit behind it."""
        mention = self.text.mentions.get(position + 1)
        if mention is None or not mention.term.quantity or mention.end >= len(self.tokens):
            return None
        after = mention.end
        if self.tokens[after].text != ")":
            after = self.text.values.series.read(position + 1)[2] - 1
        if self.tokens[after].text != ")" or "(" in {
            token.text for token in self.tokens[position + 1 : after]
        }:
            return None
        value = self.text.values.read(position + 1)
        if value is None or value.end <= after:
            return None
        start, end = self.tokens[position].start, self.tokens[value.end - 1].end
        return Chunk("value", start, end, expression=value.expression, value=value), value.end

    def _value(self, position: int, mention: Mention | None) -> FoundValue | None:
        """Return the value that starts at a token: with its quantity, or with a comparator before it."""
        if mention is not None and mention.term.quantity:
            if mention.term.unit == "a" and explains(self.source, self.tokens[position].start):
                return None
            return read_pair(self.text.values, position) or self.text.values.read(position)
        if mention is not None:
            text = self.text
            return value_of_name(text.values, text.mentions, text.vocabulary.find, position, mention)
        return self.text.values.read_led(position) or read_class(self.text.values, position)

    def _of_treatment(self, position: int) -> bool:
        """Whether "of chemotherapy" follows, of which "no more than 2 prior lines" is then a number."""
        mention = self.text.mentions.get(position + 1)
        follows = position < len(self.tokens) and self.tokens[position].form == "of"
        return follows and mention is not None and mention.term.category == "treatment"

    def _aged(self, position: int) -> Mention | None:
        term = self.text.vocabulary.find("age")
        if term is None:
            return None
        self.text.mentions[position] = Mention(term, position, position + 1)
        return self.text.mentions[position]

    def _age(self, position: int, limit: Found) -> Chunk | None:
        """Return the age that "18 years or older", or "adults (≥ 18 years)", states without the word."""
        start = self.tokens[position].start
        limit = with_shared_years(self.source, limit)
        words = self.source[start : limit.end + 16].lower()
        name = "age at diagnosis" if is_long_past(self.source, start) else "age"
        term = self.text.vocabulary.find(name) if limit.stated else None
        in_years = limit.unit is not None and limit.unit.ucum in ("a", "mo")
        said = _AGED.search(words[: limit.end - start + 12]) or stands_behind_persons(
            self.source, self.tokens, position, limit
        )
        aged = (in_years and said and not may_be_new(self.source, start, limit)) or is_number_of_years(
            self.source, start, limit
        )
        if term is None or not aged or explains(self.source, start) or is_of_kin(self.source, start):
            return None
        value = self.text.values.build((term,), "", limit, start, -1, 0)
        old = _OLD.match(self.source, limit.end)
        end = end_of_moment(self.source, old.end() if old else limit.end)
        return Chunk("value", start, end, expression=value.expression, value=value) if value else None

    def _lesion(self, position: int) -> tuple[Chunk, int] | None:
        token = self.tokens[position]
        mention = self.text.mentions.get(position)
        counted = mention is not None and counts_lesions(mention.term)
        if not (
            counted
            or token.form in wording().limit_openers
            or (not token.text.isalpha() and wording().opens_limit(token.text[0]))
            or token.form in wording().numbers
        ):
            if token.form not in wording().size_openers:
                return None
            return self._sized(position)
        found = self.text.lesions.read_count(position)
        if found is not None and not self._of_treatment(self._token_at(found[1], position)):
            atom, end = found
            term = self.text.vocabulary.by_iri[atom.concept]
            kind: ChunkKind = "lesion" if isinstance(atom, Fact) else "value"
            return Chunk(kind, token.start, end, term=term, expression=atom), self._token_at(end, position)
        return None if counted else self._sized(position)

    def _sized(self, position: int) -> tuple[Chunk, int] | None:
        """Return the diameter that starts at a token."""
        size = self.text.lesions.read_size(position)
        if size is None:
            return None
        return Chunk("size", size.start, size.end, size=size), self._token_at(size.end, position)

    def _known(self, position: int) -> tuple[int, frozenset[str]]:
        """Return where the words that the lexicon knows from a token on end, and their classes."""
        end, classes = lexicon().phrase_at(self.tokens, position)
        persons = self.tokens[position].form in _PERSONS and end > position + 1
        if persons and self._stands_behind_illness(position):
            return lexicon().phrase_at(self.tokens[: position + 1], position)
        return end, classes

    def _everyone(self, position: int) -> tuple[Chunk, int] | None:
        """Return "any patient who" as the words behind "any", which say the same."""
        if self.tokens[position].form not in _EVERY or position + 1 >= len(self.tokens):
            return None
        end, classes = self._known(position + 1)
        form = " ".join(token.form for token in self.tokens[position + 1 : end])
        if form != _PATIENT_WHO:
            return None
        return Chunk("word", self.tokens[position].start, self.tokens[end - 1].end, form, classes), end

    def _words(self, position: int, mention: Mention | None) -> tuple[Chunk, int]:
        token = self.tokens[position]
        named = self.tokens[mention.end - 1].end if mention is not None else 0
        if (placed := self._phrase(position, token, named)) is not None:
            return placed, self._token_at(placed.end, position)
        if (everyone := self._everyone(position)) is not None:
            return everyone
        end, classes = self._known(position)
        last = end - 1
        if (able := self.text.abilities.get(position)) is not None:
            return Chunk("word", token.start, self.tokens[last].end, token.form, able), end
        if token.form == "of" and last == position + 1 and self._value(last, self.text.mentions.get(last)):
            # "women of age ≥ 18": the age has a limit of its own.
            end, classes = lexicon().phrase_at(self.tokens[:last], position)
        if "confirmation" in classes and self._tells_confirmation(end):
            mention = None
        if "qualifier" in classes and mention is not None and mention.end == end == position + 1:
            mention = None
        told = "exposure" in classes and tells_outcome(self.tokens, self.text.mentions, position)
        if mention is not None and (mention.end >= end or told):
            if (after := self._suffixed(mention.end)) is not None:
                return Chunk("word", token.start, self.tokens[after - 1].end, token.form, _QUALIFIER), after
            last = self.tokens[mention.end - 1].end
            classes = frozenset() if token.form == "non" else classes  # It denies nothing in a name.
            return Chunk("concept", token.start, last, token.form, classes, mention.term), mention.end
        if token.text in _SIGNS:
            return Chunk("sign", token.start, token.end, token.text), position + 1
        if (
            not classes
            and end < len(self.tokens)
            and self.tokens[end].form == token.form
            and len(token.form) > 3
        ):
            classes = frozenset({"neutral"})
        if end < len(self.tokens) and (self.tokens[end].text == "-" or token.form == "non"):
            end, classes = self._compound(position, end, classes)
        form = token.form if end == position + 1 else " ".join(t.form for t in self.tokens[position:end])
        form = "and / or" if form == "and or" else form
        return Chunk("word", token.start, self.tokens[end - 1].end, form, classes), end

    def _phrase(self, position: int, token: Token, named: int) -> Chunk | None:
        if (risk := self.text.risks.get(position)) is not None:
            return Chunk("word", token.start, risk[0], "risk class", _QUALIFIER if risk[1] else _NARROWING)
        if may_be_staged(token.form, token.text) and (stage := staged(self.source, token, named)) is not None:
            return Chunk("word", token.start, *stage)
        if (kept := unstoppable_end(self.source, token)) is not None:
            return Chunk("word", token.start, kept, "that cannot", _NARROWING)
        led = anything_end(self.source, token, self.tokens, self.text.mentions)
        return Chunk("word", token.start, led, token.form, _NEUTRAL) if led is not None else None

    def _stands_behind_illness(self, position: int) -> bool:
        """Whether a word for persons stands behind what they have ("diabetic patients with …")."""
        behind = (
            self.text.mentions.get(start) for start in range(max(0, position - _LONGEST_NAME), position)
        )
        return any(
            each is not None and each.end == position and each.term.category == "condition" for each in behind
        )

    def _suffixed(self, after: int) -> int | None:
        """Return where an adjective made of a concept ends ("platinum-resistant"), if one is.

        So is a disease before its treatment ("lymphoma therapy").
        """
        if (treatment := self.text.purposes.get(after)) is not None:
            return treatment
        known = self._hyphen(after) and "suffix" in lexicon().phrase_at(self.tokens, after + 1)[1]
        return after + 2 if known else None

    def _compound(self, position: int, end: int, classes: frozenset[str]) -> tuple[int, frozenset[str]]:
        """Take words that hyphens join as one adjective ("castration-resistant", "non-squamous NSCLC").

        "Non" before one word that is a concept denies it ("non-pregnant").
        """
        if self.tokens[position].form == "non" and end == position + 1:
            word = end + 1 if self._hyphen(end) else end
            denied = self.text.mentions.get(word)
            if word >= len(self.tokens) or is_whole(denied, word, self.tokens):
                return min(word, len(self.tokens)), classes
            return word + 1, _QUALIFIER
        if "confirmation" in classes and self.tokens[end].joined:
            return self._confirmed(end), classes
        narrows = not classes or "qualifier" in classes
        while narrows and self._hyphen(end) and end + 1 not in self.text.mentions:
            if not self.tokens[position].text.isalpha() or not self.tokens[end + 1].text.isalpha():
                break
            end += 2
        return end, classes

    def _confirmed(self, hyphen: int) -> int:
        """Return where "histologically-confirmed" ends, or "histologically-" before "or cytologically-"."""
        if not self._hyphen(hyphen):
            return hyphen + 1
        end, classes = lexicon().phrase_at(self.tokens, hyphen + 1)
        return end if "confirmed" in classes else hyphen

    def _hyphen(self, index: int) -> bool:
        """Whether a hyphen at a token joins the words on either side."""
        joined = index + 1 < len(self.tokens) and self.tokens[index].text == "-"
        return joined and self.tokens[index].joined and self.tokens[index + 1].joined

    def _tells_confirmation(self, position: int) -> bool:
        """Whether "confirmed" or the like follows soon, so that "imaging" says how, not what."""
        following = range(position, min(position + _SOON, len(self.tokens)))
        return any("confirmed" in lexicon().phrase_at(self.tokens, index)[1] for index in following)

    def _token_at(self, offset: int, position: int) -> int:
        while position < len(self.tokens) and self.tokens[position].start < offset:
            position += 1
        return position
