"""Times since a treatment: "at least 4 weeks must have elapsed since chemotherapy"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.cases import except_for
from trialgraph.criteria.facts.washouts import is_shorter
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.quantities.windows import length_in, window_of
from trialgraph.criteria.trees import any_of, is_formal, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms

__all__ = ["read_elapsed"]

_OPENING = (
    r"(?:(?:patients?|subjects?|participants?|they|who|must|should|have|has|had|be|an?|the|there|interval|of)"
    r"\s+)*"
)
_LEAST = (
    r"(?:at\s+least|a\s+minimum\s+of|minimum\s+of|minimum|no\s+less\s+than|not\s+less\s+than"
    r"|[≥>]|more\s+than|greater\s+than|over)\s*"
)
_MOST = r"(?:less\s+than|fewer\s+than|[<≤]|within|no\s+more\s+than)\s*"
_WAITED = (
    r"(?:\s*(?:must|should|have|has|had|be|been|period|interval|wash-?out|elapsed|passed|is|are|required|out|for|time))*"
    r"\s*(?:since|from|after|between|following|of|post|beyond)\s+"
    r"(?:(?:the|their|his|her|any|all|last|final|most|recent|prior|previous|completion|end|cessation|discontinuation"
    r"|finishing|completing|receiving|administration|dose|doses|date|day|cycle|of|course|receipt|infusion|exposure\s+to)\s+)*"
)
_SINCE_LEAST = f"{_OPENING}{_LEAST}LENGTH{_WAITED}"
_SINCE_MOST = f"{_OPENING}{_MOST}LENGTH{_WAITED}"
_AGAIN = (
    rf"(?:[,;]|\band\b|\bor\b)[\s,]*(?:and\s+)?(?:{_LEAST})?LENGTH"
    rf"(?:\s*wash-?\s?out(?:\s+period)?\s+(?:for|of|from)\s+|{_WAITED})"
)
"""How the time of another treatment follows ("4 weeks from surgery and 2 weeks from radiotherapy")."""
_ENDINGS = (
    "completed", "discontinued", "stopped", "finished", "ended", "terminated", "ceased", "concluded", "given",
)  # fmt: skip
_ENDED = (
    r"\s*\(?(?:must|should|need\s+to|has\s+to|have\s+to|is\s+to)?\s*(?:have|be|been|has|\s)*"
    rf"(?:{'|'.join(_ENDINGS)})\s+"
    rf"{_LEAST}LENGTH\s+(?:prior\s+to|before|from)\b"
)
_LONGEST_LABEL = 12
_OF_LABELS = frozenset({"word", "concept", "bracket", "sign"})
_TURNING = frozenset({"negation", "condition", "exception", "allowance", "barring"})
_BEING = frozenset({"is", "are", "was", "were", "has", "have", "has been", "have been", "must", "must be"})
_ASKING = ("must", "should", "need", "has to", "have to")
"""What an exclusion that asks for a time says with it ("surgery must be completed 30 days before")."""
_BEFORE = re.compile(
    r"\s*,?\s*(?:and\s+)?(?:prior\s+to|before|until|at|and)\s+[\w\s/,-]{0,80}$", re.IGNORECASE
)

Reader = Callable[[list[Chunk]], Expression]


def read_elapsed(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Return what a time since treatments bars; None when a statement is about none.

    Args:
        text: The text under reading.
        chunks: A statement of it.
        read: Reads the treatments.
    """
    at = next((i for i, chunk in enumerate(chunks) if i and _excepts(chunk)), None)
    if at is None:
        return _read(text, chunks, read)
    barred = _read(text, trimmed(chunks[:at]), read)
    start = (chunks[at].inner[0] if chunks[at].kind == "bracket" else chunks[at]).end
    words = text.text[start : chunks[-1].end].strip(" ;,.:()")
    return None if barred is None else except_for(text, barred, words, (start, chunks[-1].end))


def _excepts(chunk: Chunk) -> bool:
    """Whether a chunk is an exception, or a bracket with one ("(except for palliative radiotherapy)")."""
    return "exception" in chunk.classes or bool(chunk.inner and "exception" in chunk.inner[0].classes)


def _read(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    if text.exclusion:
        asked = any(chunk.form.startswith(_ASKING) for chunk in chunks)
        return _since(text, chunks, _SINCE_MOST, read) or (_ended(text, chunks, read) if asked else None)
    barred = _since(text, chunks, _SINCE_LEAST, read) or _ended(text, chunks, read)
    if barred is None and (labelled := _behind_label(chunks)):
        barred = _since(text, labelled, _SINCE_LEAST, read)
    return None if barred is None else negate(barred)


def _behind_label(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return what stands behind "Monoclonal antibodies:", nothing without such a label."""
    colon = next((i for i, chunk in enumerate(chunks[:_LONGEST_LABEL]) if chunk.form == ":"), None)
    plain = all(chunk.kind in _OF_LABELS and not chunk.classes & _TURNING for chunk in chunks[:colon])
    return chunks[colon + 1 :] if colon and plain else ()


def _since(text: Text, chunks: Sequence[Chunk], pattern: str, read: Reader) -> Expression | None:
    start, end = chunks[0].start, chunks[-1].end
    match = length_in(pattern).match(text.text, start, end)
    if match is None:
        return None
    if (again := length_in(_AGAIN).search(text.text, match.end(), end)) is not None:
        first = trimmed([chunk for chunk in chunks if match.end() <= chunk.start < again.start()])
        second = trimmed([chunk for chunk in chunks if chunk.start >= again.end()])
        barred = _within(text, first, match, start, read), _within(text, second, again, again.start(), read)
        return any_of([each for each in barred if each]) if all(barred) else None
    rest = trimmed([chunk for chunk in chunks if chunk.start >= match.end()])
    after = _BEFORE.search(text.text, match.end(), end)
    if after is not None:
        rest = trimmed([chunk for chunk in rest if chunk.end <= after.start()]) or rest
    return _within(text, rest, match, start, read)


def _ended(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    start, end = chunks[0].start, chunks[-1].end
    words = text.text[start:end].lower()
    if not any(ending in words for ending in _ENDINGS):
        return None
    match = length_in(_ENDED).search(text.text, start, end)
    if match is None:
        return None
    head = trimmed([chunk for chunk in chunks if chunk.end <= match.start()])
    while head and head[-1].form in _BEING:
        head.pop()
    return _within(text, head, match, match.start(), read)


def _within(
    text: Text, chunks: Sequence[Chunk], match: re.Match[str], start: int, read: Reader
) -> Expression | None:
    """Return the treatments in the time that has to be over, when nothing else is said of them."""
    given = any(chunk.term is not None and chunk.term.category in GIVEN for chunk in chunks)
    if not given or any("negation" in chunk.classes for chunk in chunks):
        return None
    expression = read(list(chunks))
    facts = [atom for atom in atoms(expression) if isinstance(atom, Fact)]
    if (
        isinstance(expression, Not)
        or not is_formal(expression)
        or any(f.category not in GIVEN for f in facts)
    ):
        return None
    window = window_of(match, text.text[start : match.end()].strip(" ("))
    if any(fact.within is not None and is_shorter(fact.within, window) for fact in facts):
        return None
    dated = map_facts(expression, lambda fact: replace(fact, within=fact.within or window))
    return any_of(dated.operands) if isinstance(dated, AllOf | AnyOf) else dated
