"""Limits in words that stayed words: known for what they are, in the case of those words only.

"Where stem cells are to be collected, platelets ≥ 50 × 10^9/L" has a limit that is plain in a sentence
that isn't. The limit is then asked (or barred) in the case that the words tell, and the words stay beside
it: so nothing is proved or disproved by it that the words alone wouldn't, and people and queries find it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialgraph.criteria.chunking.brackets import opened
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.continued import CONTINUED, with_continued
from trialgraph.criteria.conditions.diameters import told_diameter
from trialgraph.criteria.conditions.dosed import dose_alone, is_kept_dose
from trialgraph.criteria.conditions.plainly import asks_plainly
from trialgraph.criteria.conditions.roles import COURSE, DOSE, SIZE, is_of_all, role_of
from trialgraph.criteria.facts.restrictions import Stated, with_limits
from trialgraph.criteria.quantities.courses import counts_of
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.trees import all_of, any_of, dated, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Narrative, Not, Span, Value, atoms

__all__ = ["add_values"]

_ENDS = frozenset({";", "."})
_OPENING = frozenset({"for", "in", "with"})
_LEAST = 3
_FURTHEST = 40
"""How far back the start of a sentence is sought, in chunks."""


@dataclass(frozen=True, slots=True)
class _Left:
    """The chunks of a text with their verbatim spans, brackets opened; the values that nothing took."""

    text: Text
    chunks: Sequence[tuple[Span, Chunk]]
    values: frozenset[int]

    def clauses(self, span: Span) -> Iterator[tuple[list[Chunk], int]]:
        """Yield the clauses of a verbatim span, each from its sentence's start, and where it starts in it."""
        first = bisect_left(self.chunks, span[0], key=lambda each: each[0][0])
        opening = first
        while opening and first - opening < _FURTHEST and not _is_end(self.chunks[opening - 1][1]):
            opening -= 1
        clause = [chunk for _, chunk in self.chunks[opening:first]]
        told = len(clause)
        for place, chunk in self.chunks[first:]:
            if place[1] > span[1]:
                break
            if _is_end(chunk):
                yield clause, told
                clause, told = [], 0
            else:
                clause.append(chunk)
        yield clause, told


def _is_end(chunk: Chunk) -> bool:
    return chunk.kind == "sign" and chunk.form in _ENDS


def add_values(expression: Expression, text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return the expression with the limits beside the words, or the fact's words, that state them."""
    courses = counts_of(text.text, text.tokens, text.mentions, text.vocabulary.named, text.span)
    doses = [*text.doses.values(), *courses]
    if not doses and not any(chunk.kind in ("value", "size") for chunk in opened(chunks)):
        return expression
    told = [chunk for chunk in opened(chunks) if not any(d.start <= chunk.start < d.end for d in doses)]
    told = [_as_value(text, chunk) for chunk in with_continued(text, told)]
    told += [Chunk("value", d.start, d.end, DOSE, expression=d.value) for d in text.doses.values()]
    told += [Chunk("value", each.start, each.end, COURSE, expression=each.value) for each in courses]
    places = [(text.span(c.start, c.end), c) for c in sorted(told, key=lambda chunk: chunk.start)]
    taken = [atom.span for atom in atoms(expression) if isinstance(atom, Value)]
    stated = [
        Stated(chunk, span, taken=chunk.form in (DOSE, COURSE))
        for span, chunk in places
        if chunk.kind == "value" and not any(s < span[1] and span[0] < e for s, e in taken)
    ]
    if not stated:
        return expression
    words = [atom.span for atom in atoms(expression) if isinstance(atom, Narrative)]
    inside = [
        each
        for each in stated
        if each.chunk.form not in (SIZE, CONTINUED) and not any(s <= each.span[0] < e for s, e in words)
    ]
    left = _Left(text, places, frozenset(each.chunk.start for each in stated))
    return with_limits(_added(expression, left), text, inside, places)


def _as_value(text: Text, chunk: Chunk) -> Chunk:
    """Return a diameter as one of the largest lesion, or of what it is told of, where no lesion took it."""
    term = text.vocabulary.named(chunk.size.name) if chunk.size is not None else None
    if term is None or chunk.size is None:
        return chunk
    place = text.span(chunk.start, chunk.end)
    value = Value(term.iri, term.label, chunk.size.size, term.unit, None, None, place)
    return Chunk("value", chunk.start, chunk.end, SIZE, expression=value, size=chunk.size)


def _added(expression: Expression, left: _Left) -> Expression:
    match expression:
        case AllOf(operands):
            return all_of([_added(each, left) for each in operands])
        case AnyOf(operands):
            return any_of([_added(each, left) for each in operands])
        case Narrative() if expression.reason != "consent":
            return _beside(expression, left)
        case Not(Narrative() as words) if left.text.exclusion:
            return Not(_asked(words, left))
        case _:
            return expression


def _asked(words: Narrative, left: _Left) -> Expression:
    """Put beside words that an exclusion denies the limits they ask for ("should have HIV RNA < 400")."""
    stated = [
        (clause, index)
        for clause, told in left.clauses(words.span)
        for index in range(told, len(clause))
        if clause[index].start in left.values
    ]
    kept = [
        _dated(limit, clause[index + 1 : index + 2])
        for clause, index in stated
        if (limit := clause[index].expression) is not None
        and (is_wanted(limit) or is_kept_dose(left.text, clause, index))
        and role_of(left.text, clause, index) == "demanded"
    ]
    return all_of([words, *kept])


def _beside(words: Narrative, left: _Left) -> Expression:
    """Put each limit that words state beside them, in their case."""
    text = left.text
    plain = told_diameter(words, text, [chunk for _, chunk in left.chunks if chunk.start in left.values])
    if plain is not None:
        return plain
    read: list[Expression] = []
    clauses = [each for each in left.clauses(words.span) if each[0]]
    alone = len(clauses) == 1
    if alone and (dose := dose_alone(text, clauses[0][0], left.values)) is not None:
        return dose
    for clause, told in clauses:
        for index in range(told, len(clause)):
            chunk = clause[index]
            if chunk.start not in left.values or chunk.expression is None:
                continue
            role = role_of(text, clause, index)
            if role == "open":
                continue
            if not text.exclusion and (
                is_of_all(text, clause, index) or (alone and asks_plainly(text, clause, index))
            ):
                read.append(_dated(chunk.expression, clause[index + 1 : index + 2]))
                continue
            case = _case_behind(text, clause, index) if chunk.form == CONTINUED else None
            case = case or _case(text, clause[told].start, chunk.start, words)
            limit = _dated(chunk.expression, clause[index + 1 : index + 2])
            limit = limit if (role == "demanded") != text.exclusion else negate(limit)
            read.append(all_of([case, limit]) if text.exclusion else any_of([negate(case), limit]))
    if not read:
        return words
    return any_of([words, *read]) if text.exclusion else all_of([words, *read])


def _dated(limit: Expression, behind: Sequence[Chunk]) -> Expression:
    """Return a limit with the time right behind it."""
    found = behind[0].window if behind else None
    return limit if found is None else dated(limit, found.window)


def _case_behind(text: Text, clause: Sequence[Chunk], index: int) -> Narrative | None:
    """Return the words behind a limit that tell in whose case it holds ("if …", "for patients with …")."""
    behind = clause[index + 1 :]
    if not behind or not ("condition" in behind[0].classes or behind[0].form in _OPENING):
        return None
    last = next((i for i, chunk in enumerate(behind) if chunk.form == ","), len(behind))
    return narrative(text, behind[0].start, behind[last - 1].end) if last > 1 else None


def _case(text: Text, start: int, end: int, words: Narrative) -> Narrative:
    """Return the words before a limit, which tell in whose case it holds."""
    before = text.text[start:end].rstrip(" ([")
    end = start + len(before)
    return narrative(text, start, end) if sum(map(str.isalpha, before)) >= _LEAST else words
