"""Why words of a criterion were not understood, so that the vocabulary can grow where it matters most.

Nothing is noted while reading: what an expression keeps in words is looked at once more, for what
the vocabulary, the units and the lexicon lack there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from trialgraph.criteria.chunking.chunks import Chunk, Chunker, Text
from trialgraph.criteria.conditions.beside import names_quantity
from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import tokenize
from trialgraph.criteria.language.vocabulary import Vocabulary, default_vocabulary
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.fitting import fit_limit
from trialgraph.criteria.sections.normalization import normalize
from trialgraph.expressions import Narrative, atoms, demands_nothing, is_judged

__all__ = ["Cause", "Diagnosis", "Outcome", "Unread", "causes", "diagnose", "outcome_of"]

Cause = Literal[
    "judgement",
    "consent",
    "unknown concept",
    "unknown unit",
    "unit doesn't fit",
    "no limit",
    "unparsed remainder",
]
"""Why words stayed words: a person has to judge, or agree; the vocabulary lacks a phrase; a number has a
unit that isn't known, or is none of the quantity; a quantity is named without a number; every word is
known, but not what they say together."""

Outcome = Literal["formal", "partly formal", "judgement", "not understood"]
"""How a criterion was read: without words left over, or as asking nothing; with some; as words that take
judgement or consent; as words for want of understanding. Facts that words only speak of don't count."""

_JUDGED: dict[str, Cause] = {"judgement": "judgement", "consent": "consent"}
_LONGEST_PHRASE = 6
_LONGEST_PATTERN = 8
_FEWEST_LETTERS = 3
_UNIT = re.compile(r"\s*((?:[^\W\d_]|[%/µ°^*·]|(?<=[\^/*])\d)[^\s,;()]{0,15})")


@dataclass(frozen=True, slots=True)
class Unread:
    """A phrase that was not understood.

    Args:
        cause: Why.
        phrase: The words the vocabulary or the units lack; of an unparsed remainder its construction,
            concepts by their categories ("<condition> requiring <treatment>"); of a judgement the
            turn of phrase that tells it.
        text: The words that stayed words because of it.
        trial: Number of the trial.
        criterion: Id of the criterion.
        alone: Whether nothing else was in the way of those words.
    """

    cause: Cause
    phrase: str
    text: str
    trial: str = ""
    criterion: str = ""
    alone: bool = True


@dataclass(slots=True)
class Diagnosis:
    """What was and wasn't understood of many criteria.

    Args:
        trials: How many trials.
        outcomes: Criteria by how they were read.
        causes: Parts left in words by why; a part with several unknown phrases counts for each.
        phrases: How often each phrase was in the way, by cause and phrase.
        alone: How often nothing but the phrase was in the way; what is worth most to learn.
        examples: One part for each phrase, where there is one in which it stands alone.
    """

    trials: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    causes: Counter[Cause] = field(default_factory=Counter)
    phrases: Counter[tuple[Cause, str]] = field(default_factory=Counter)
    alone: Counter[tuple[Cause, str]] = field(default_factory=Counter)
    examples: dict[tuple[Cause, str], Unread] = field(default_factory=dict)

    @property
    def criteria(self) -> int:
        """How many criteria."""
        return self.outcomes.total()

    def add(self, trial: str, criteria: Iterable[Criterion], vocabulary: Vocabulary | None = None) -> None:
        """Take in the criteria of one trial."""
        self.trials += 1
        for criterion in criteria:
            self.outcomes[outcome_of(criterion)] += 1
            for unread in diagnose(criterion, vocabulary, trial=trial):
                key = (unread.cause, unread.phrase)
                self.causes[unread.cause] += 1
                self.phrases[key] += 1
                self.alone[key] += unread.alone
                if unread.alone and not self.examples.get(key, unread).alone:
                    self.examples[key] = unread
                self.examples.setdefault(key, unread)

    def most_frequent(self, number: int) -> list[Unread]:
        """Return the phrases that are most often alone in the way, but for judgement and consent."""
        keys = [key for key in self.phrases if key[0] not in _JUDGED.values()]
        keys.sort(key=lambda key: (-self.alone[key], -self.phrases[key], key))
        return [self.examples[key] for key in keys[:number]]


def outcome_of(criterion: Criterion) -> Outcome:
    """Return how a criterion was read."""
    leaves = list(atoms(criterion.expression))
    words = [atom for atom in leaves if isinstance(atom, Narrative)]
    if demands_nothing(criterion.expression):
        return "formal"
    if any(map(is_judged, leaves)):
        return "partly formal" if words else "formal"
    return "judgement" if all(each.reason in _JUDGED for each in words) else "not understood"


def diagnose(
    criterion: Criterion, vocabulary: Vocabulary | None = None, *, trial: str = ""
) -> Iterator[Unread]:
    """Yield what was not understood of a criterion, and why, in reading order.

    Args:
        criterion: As it was read.
        vocabulary: The one it was read with; None for the packaged ontology's.
        trial: Number of its trial, to find it again.
    """
    for atom in atoms(criterion.expression):
        if isinstance(atom, Narrative) and atom.reason != "remark":
            exclusion = criterion.kind == "exclusion"
            found = causes(atom, vocabulary or default_vocabulary(), exclusion=exclusion)
            for cause, phrase in found:
                yield Unread(cause, phrase, atom.text, trial, criterion.id, alone=len(found) == 1)


def causes(narrative: Narrative, vocabulary: Vocabulary, *, exclusion: bool) -> list[tuple[Cause, str]]:
    """Return why a part stayed words, each cause with the phrase that is in the way.

    Example:
        >>> part = Narrative("history of Zorblax syndrome", "not-formalised")
        >>> causes(part, default_vocabulary(), exclusion=True)
        [('unknown concept', 'zorblax syndrome')]
    """
    if narrative.reason in _JUDGED:
        found = getattr(lexicon(), narrative.reason).search(narrative.text)
        found = found or lexicon().undertaking.search(narrative.text)
        return [(_JUDGED[narrative.reason], found.group().lower() if found else "")]
    text = Text(normalize(narrative.text), vocabulary, exclusion)
    leaves = list(_leaves(Chunker(text).chunks()))
    return (
        _unknown_units(text, leaves)
        or [("unknown concept", phrase) for phrase in _unknown_phrases(leaves)]
        or _without_limit(leaves)
        or [("unparsed remainder", _construction(leaves))]
    )


def _leaves(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        if chunk.inner:
            yield from _leaves(chunk.inner)
        else:
            yield chunk


def _unknown_units(text: Text, leaves: Sequence[Chunk]) -> list[tuple[Cause, str]]:
    """Return units that kept a quantity and its number from making a value."""
    found: list[tuple[Cause, str]] = []
    for chunk, following in pairwise(leaves):
        limit = following.limit
        if not names_quantity(chunk) or chunk.term is None or limit is None or limit.relative_to is not None:
            continue
        if limit.unit is not None:
            if fit_limit(chunk.term, limit) is None:
                found.append(("unit doesn't fit", f"{chunk.term.label}: {limit.unit.ucum}"))
        elif written := _UNIT.match(text.text, limit.end):
            unit = written[1].rstrip(".:")
            words = tokenize(unit)
            if "".join(unit.lower().split()) not in wording().units and not _is_word(words[0].text):
                found.append(("unknown unit", unit))
    return found


def _is_word(word: str) -> bool:
    """Whether what follows a number is a word of the sentence, not a unit."""
    return bool(lexicon().phrase_at(tokenize(word), 0)[1])


def _unknown_phrases(leaves: Sequence[Chunk]) -> list[str]:
    """Return the runs of words that neither the vocabulary nor the lexicon knows, with a noun they end on."""
    phrases: list[str] = []
    run: list[str] = []
    for chunk in (*leaves, None):
        plain = chunk is not None and chunk.kind == "word" and chunk.form.isalnum()
        if chunk is not None and plain and not chunk.classes and chunk.form not in CONJUNCTIONS:
            run.append(chunk.form)
            continue
        if run and chunk is not None and plain and "tail" in chunk.classes:
            run.append(chunk.form)
        words = " ".join(run[:_LONGEST_PHRASE])
        if sum(map(str.isalpha, words)) >= _FEWEST_LETTERS and words not in phrases:
            phrases.append(words)
        run = []
    return phrases


def _without_limit(leaves: Sequence[Chunk]) -> list[tuple[Cause, str]]:
    quantities = [chunk.term.label for chunk in leaves if names_quantity(chunk) and chunk.term is not None]
    numbers = any(chunk.kind in ("value", "limit") for chunk in leaves)
    return [("no limit", quantities[0])] if quantities and not numbers else []


def _construction(leaves: Sequence[Chunk]) -> str:
    """Return the form of words that are all known: concepts by category, the rest as it is."""
    parts = []
    for chunk in leaves:
        if chunk.kind == "concept" and chunk.term is not None:
            parts.append(f"<{chunk.term.category or 'quantity'}>")
        elif chunk.kind in ("word", "sign"):
            parts.append(chunk.form)
        else:
            parts.append(f"<{chunk.kind}>")
    words = " ".join(parts[:_LONGEST_PATTERN])
    return f"{words} …" if len(parts) > _LONGEST_PATTERN else words
