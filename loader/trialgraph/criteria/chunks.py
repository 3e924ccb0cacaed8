"""A criterion's words grouped into what they say: concepts, values, windows, brackets, little words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from trialgraph.criteria.lesions import FoundSize, LesionReader, counts_lesions
from trialgraph.criteria.lexicon import lexicon
from trialgraph.criteria.limits import Found, parse_limit
from trialgraph.criteria.normalization import NormalizedText
from trialgraph.criteria.tokens import Token, tokenize
from trialgraph.criteria.values import FoundValue, ValueReader
from trialgraph.criteria.vocabulary import Mention, Term, Vocabulary
from trialgraph.criteria.windows import STARTERS, FoundWindow, parse_window
from trialgraph.expressions import Expression, Fact, Span

__all__ = ["Chunk", "Chunker", "Text"]

ChunkKind = Literal["concept", "value", "lesion", "size", "window", "limit", "bracket", "word", "sign"]
_MARKS = frozenset("+-−")
_SIGNS = frozenset(",;:/.")
_QUALIFIER = frozenset({"qualifier"})
_DEGREE = r"(?:[0IVX]{1,4}|[0-5])[A-Da-d]?[1-3]?(?![A-Za-z0-9])"
_STAGE = re.compile(
    rf"(?:(?:clinical|pathologic(?:al)?)\s+)?(?:stages?|[Gg]rades?)\s+(?:[≥>≤<]\s*)?{_DEGREE}"
    rf"(?:\s*(?:-|to|/|,|or|and|,\s*or)\s*(?:stages?\s+|grades?\s+)?{_DEGREE})*(?:\s+or\s+(?:higher|greater|above|lower|less))?",
    re.IGNORECASE,
)
_AGED = re.compile(r"\b(?:older|younger|old|of age|over)\b")
_OLD = re.compile(r"\s*-?\s*(?:old|of age)\b(?:\s+(?:or|and)\s+(?:older|over|above))?", re.IGNORECASE)
_AFTER_AGE = re.compile(
    r"\s*(?:$|[.,;)\]]|(?:with|who|at|and|or|inclusive|on|in(?!\s+(?:remission|duration))|eligible|undergoing|diagnosed|scheduled|planned"
    r"|male|female|men|women|regardless|by|when)\b)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[\s.;,)]*(?:$|(?:at|on|and\s+(?:older|over|above))\b)", re.IGNORECASE)
_BEFORE_AGE = frozenset(
    ["(", "[", ",", ":", "who", "is", "are", "must", "be", "between", "from", "-", "should"]
)
_CLOSING = {"(": ")", "[": "]"}
_BRACKETS = frozenset("()[]")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Chunk:
    """A group of tokens.

    Args:
        kind: What it is; ``bracket`` holds the chunks inside it.
        start: First character in the normalised text.
        end: Character after its last.
        form: Look-up form of a word or sign.
        classes: What a word does (see the lexicon).
        term: The concept, of a concept chunk.
        expression: What a value or lesion chunk says.
        window: Of a window chunk.
        limit: Of a limit chunk, which names no quantity.
        value: Of a value chunk, the quantities with their limit.
        size: Of a size chunk, the diameter.
        inner: Chunks inside a bracket.
    """

    kind: ChunkKind
    start: int
    end: int
    form: str = ""
    classes: frozenset[str] = frozenset()
    term: Term | None = None
    expression: Expression | None = None
    window: FoundWindow | None = None
    limit: Found | None = None
    value: FoundValue | None = None
    size: FoundSize | None = None
    inner: tuple[Chunk, ...] = ()


@dataclass(slots=True)
class Text:
    """A normalised text under reading."""

    normalized: NormalizedText
    vocabulary: Vocabulary
    exclusion: bool
    tokens: list[Token] = field(init=False)
    mentions: dict[int, Mention] = field(init=False)
    values: ValueReader = field(init=False)
    lesions: LesionReader = field(init=False)
    chunks: tuple[Chunk, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self.tokens = tokenize(self.normalized.text)
        self.mentions = {}
        for position in range(len(self.tokens)):
            mention = self.vocabulary.mention_at(self.tokens, position)
            if mention is not None:
                self.mentions[position] = mention
            if self.tokens[position].text in _MARKS:
                signed = self.vocabulary.signed_at(self.tokens, position)
                if signed is not None:
                    self.mentions[signed.start] = signed
        self.values = ValueReader(
            self.normalized.text,
            self.tokens,
            self.mentions.get,
            self.span,
            self.vocabulary.named,
            exclusion=self.exclusion,
        )
        self.lesions = LesionReader(self.normalized.text, self.tokens, self.mentions, self.span)

    @property
    def text(self) -> str:
        """The normalised text itself."""
        return self.normalized.text

    def span(self, start: int, end: int) -> Span:
        """Return the verbatim span of a stretch of the normalised text, its edges trimmed."""
        words = self.text[start:end]
        start += len(words) - len(words.lstrip())
        return self.normalized.verbatim(start, start + len(words.strip()))


class Chunker:
    """Groups the tokens of a text; every token ends up in exactly one chunk."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.tokens = text.tokens
        self.source = text.text
        self.paired = _paired(self.tokens)

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
            if token.text == closing:
                return found, position + 1
            if token.text in _BRACKETS and position not in self.paired:
                found.append(Chunk("sign", token.start, token.end, token.text))
                position += 1
                continue
            if token.text in _CLOSING and depth < _DEEPEST:
                inner, after = self._until(position + 1, _CLOSING[token.text], depth + 1)
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
        if token.form == "aged" and mention is None:
            mention = self._aged(position)
        if found := self._lesion(position):
            return found
        if token.form in STARTERS or token.number is not None:
            window = parse_window(self.source, token.start)
            if window is not None:
                return Chunk("window", window.start, window.end, window=window), self._token_at(
                    window.end, position
                )
        if value := self._value(position, mention):
            end = self.tokens[value.end - 1].end
            return Chunk("value", token.start, end, expression=value.expression, value=value), value.end
        if token.number is not None or not token.text.isalnum() or token.form in _LIMIT_WORDS:
            limit = parse_limit(self.source, token.start)
            if limit is not None and (age := self._age(position, limit)) is not None:
                return age, self._token_at(age.end, position)
            if limit is not None and (
                limit.stated or limit.unit is not None or limit.relative_to is not None
            ):
                chunk = Chunk("limit", token.start, limit.end, limit=limit)
                return chunk, self._token_at(limit.end, position)
        return self._words(position, mention)

    def _value(self, position: int, mention: Mention | None) -> FoundValue | None:
        """Return the value that starts at a token: with its quantity, or with a comparator before it."""
        values = self.text.values
        if mention is not None and mention.term.quantity:
            return values.read_pair(position) or values.read(position)
        return values.read_led(position) if mention is None else None

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
        words = self.source[start : limit.end + 16].lower()
        term = self.text.vocabulary.find("age") if limit.stated else None
        in_years = limit.unit is not None and limit.unit.ucum in ("a", "mo")
        said = _AGED.search(words[: limit.end - start + 12]) or self._of_persons(position, limit)
        if term is None or not in_years or not said:
            return None
        value = self.text.values.build((term,), "", limit, start, 0, 0)
        old = _OLD.match(self.source, limit.end)
        end = old.end() if old else limit.end
        return Chunk("value", start, end, expression=value.expression, value=value) if value else None

    def _of_persons(self, position: int, limit: Found) -> bool:
        """Whether years stand right behind those whose age they are, and of nothing else."""
        in_years = limit.unit is not None and limit.unit.ucum == "a"
        if not in_years or not _AFTER_AGE.match(self.source, limit.end):
            return False
        index = position - 1
        while index >= 0 and self.tokens[index].form in _BEFORE_AGE:
            index -= 1
        if index < 0:
            return _ALONE.match(self.source, limit.end) is not None
        return "persons" in lexicon().phrase_at(self.tokens, index)[1]

    def _lesion(self, position: int) -> tuple[Chunk, int] | None:
        token = self.tokens[position]
        mention = self.text.mentions.get(position)
        counted = mention is not None and counts_lesions(mention.term)
        if not (
            counted or token.form in _LIMIT_WORDS or not token.text.isalpha() or token.form in _NUMBER_WORDS
        ):
            if token.form not in _SIZE_WORDS:
                return None
            size = self.text.lesions.read_size(position)
            return (
                (Chunk("size", size.start, size.end, size=size), self._token_at(size.end, position))
                if size
                else None
            )
        found = self.text.lesions.read_count(position)
        if found is not None and not self._of_treatment(self._token_at(found[1], position)):
            atom, end = found
            term = self.text.vocabulary.by_iri[atom.concept]
            kind: ChunkKind = "lesion" if isinstance(atom, Fact) else "value"
            return Chunk(kind, token.start, end, term=term, expression=atom), self._token_at(end, position)
        size = None if counted else self.text.lesions.read_size(position)
        return (
            (Chunk("size", size.start, size.end, size=size), self._token_at(size.end, position))
            if size
            else None
        )

    def _words(self, position: int, mention: Mention | None) -> tuple[Chunk, int]:
        token = self.tokens[position]
        stage = (
            _STAGE.match(self.source, token.start)
            if token.form in ("stage", "clinical", "pathologic", "grade")
            else None
        )
        if stage is not None:
            return Chunk("word", token.start, stage.end(), "stage", _QUALIFIER), self._token_at(
                stage.end(), position
            )
        end, classes = lexicon().phrase_at(self.tokens, position)
        if "confirmation" in classes and self._tells_confirmation(end):
            mention = None
        if "qualifier" in classes and mention is not None and mention.end == end == position + 1:
            mention = None
        if mention is not None and mention.end >= end:
            if (after := self._suffixed(mention.end)) is not None:
                return Chunk("word", token.start, self.tokens[after - 1].end, token.form, _QUALIFIER), after
            last = self.tokens[mention.end - 1].end
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
        end, classes = self._compound(position, end, classes)
        form = " ".join(each.form for each in self.tokens[position:end])
        return Chunk("word", token.start, self.tokens[end - 1].end, form, classes), end

    def _suffixed(self, after: int) -> int | None:
        """Return where an adjective made of a concept ends ("platinum-resistant"), if one is."""
        known = self._hyphen(after) and "suffix" in lexicon().phrase_at(self.tokens, after + 1)[1]
        return after + 2 if known else None

    def _compound(self, position: int, end: int, classes: frozenset[str]) -> tuple[int, frozenset[str]]:
        """Take words that hyphens join as one adjective ("castration-resistant", "non-squamous NSCLC").

        "Non" before one word that is a concept denies it ("non-pregnant").
        """
        if self.tokens[position].form == "non" and end == position + 1:
            word = end + 1 if self._hyphen(end) else end
            denied = self.text.mentions.get(word)
            if word >= len(self.tokens) or _is_whole(denied, word):
                return min(word, len(self.tokens)), classes
            return word + 1, _QUALIFIER
        narrows = not classes or "qualifier" in classes
        while narrows and self._hyphen(end) and end + 1 not in self.text.mentions:
            if not self.tokens[position].text.isalpha() or not self.tokens[end + 1].text.isalpha():
                break
            end += 2
        return end, classes

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


def _paired(tokens: Sequence[Token]) -> frozenset[int]:
    """Return which tokens are brackets that open or close with another."""
    opened: list[int] = []
    paired: set[int] = set()
    for index, token in enumerate(tokens):
        if token.text in _CLOSING:
            opened.append(index)
        elif token.text in _BRACKETS and opened and _CLOSING[tokens[opened[-1]].text] == token.text:
            paired |= {opened.pop(), index}
    return frozenset(paired)


def _is_whole(mention: Mention | None, position: int) -> bool:
    """Whether "non" before a concept denies all of it: one word, or a state of reproduction."""
    return mention is not None and (mention.end == position + 1 or mention.term.category == "reproductive")


_SOON = 4
_SIZE_WORDS = frozenset(
    [
        "maximum",
        "maximal",
        "max",
        "largest",
        "longest",
        "greatest",
        "total",
        "single",
        "long",
        "diameter",
        "dimension",
        "size",
    ]
)
_NUMBER_WORDS = frozenset(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
_LIMIT_WORDS = frozenset(
    [
        "at",
        "no",
        "not",
        "more",
        "less",
        "greater",
        "fewer",
        "over",
        "above",
        "below",
        "under",
        "exceeding",
        "exceed",
        "up",
        "between",
        "from",
        "minimum",
        "maximum",
        "older",
        "younger",
        "higher",
        "lower",
    ]
)
