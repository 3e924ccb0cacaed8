"""How items and sentences are joined by the words that they end or open in ("… × ULN, OR", "…; or …")."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.cohorts import opening_part
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.trees import all_of, any_of, asks_of_some, is_formal, negate
from trialgraph.expressions import AnyOf, Expression, Narrative, Not, Value, atoms

__all__ = ["join_items", "of_its_part", "with_alternative"]

_OR = re.compile(r"\bor$", re.IGNORECASE)
_AND = re.compile(r"\band$", re.IGNORECASE)
_DENIAL = re.compile(r"\b(?:no|not|never|without|non|absence|neither|free)\b", re.IGNORECASE)
"""What makes "no A or B" of an alternative, rather than B asked in the case of A."""
_BESIDE_SIGNS = " ,;.*-•"
_SERIAL = (",", ";")
"""What items of one list in prose end in, so that the "or" before the last one is for all of them."""

_MUST = frozenset({"must", "must be", "must have", "should", "shall"})
"""Words of what is asked of something named before."""

Rereader = Callable[[Sequence[int]], Expression]


def join_items(
    words: Sequence[str], items: Sequence[Expression], reread: Rereader, *, either: bool, every: bool
) -> tuple[Expression, bool]:
    """Return what the items of a list say together, and whether any one of them is enough.

    Args:
        words: Each item's words, to its end.
        items: What each item says.
        reread: Reads some items, by their places, as one stretch of words.
        either: Whether any one is enough by the words that lead them in.
        every: Whether the list is one of demands, so that an "or" may join two of them only.
    """
    ends = [each.rstrip(_BESIDE_SIGNS) for each in words[:-1]]
    ors = [_OR.search(end) is not None for end in ends]
    if not either and not any(ors):
        return all_of(items), either
    ways = [_way_in(own, each) if every else each for own, each in zip(words, items, strict=True)]
    if either or not every or all(ors):
        return any_of(ways), True
    if all(own or _AND.search(end) is not None for own, end in zip(ors, ends, strict=True)):
        return any_of([all_of([ways[i] for i in run]) for run in _runs(ors, apart=True)]), True
    runs = _runs(ors, apart=False)
    groups = [[items[i] for i in run] for run in runs]
    limits = all(any(isinstance(atom, Value) for atom in atoms(each)) for each in groups[-1])
    mixed = len(groups[-1]) > 1 and not limits and not _are_limits(groups[:-1])
    series = _is_series(words, ors) and not _are_limits(groups[:-1])
    if series or mixed or _share_quantity(groups):
        return any_of(ways), True
    return all_of([_alternatives(items, run, reread) for run in runs]), False


def _way_in(words: str, asked: Expression) -> Expression:
    """Return what is asked in some case only as one of several ways in: in that case it is enough.

    Whoever isn't in the case would have met it, whatever the others ask ("one of: X if Y; Z").
    """
    asked = of_its_part(words, asked)
    if not asks_of_some(asked):
        return asked
    case = negate(asked.operands[0])
    denied = not isinstance(case, Narrative) and _DENIAL.search(words) is not None
    return asked if denied else all_of([case, any_of(asked.operands[1:])])


def of_its_part(words: str, asked: Expression) -> Expression:
    """Return what is asked in a part of the trial that its words open with, which is a way in itself.

    "One of: Cohort A: X; Cohort B: Y" lets in whoever has X or Y.
    """
    case = asked.operands[0] if asks_of_some(asked) else asked
    if not isinstance(asked, AnyOf) or not isinstance(case, Not) or not isinstance(case.operand, Narrative):
        return asked
    opening = opening_part(words)
    named = opening is not None and words[: opening.end].endswith(case.operand.text)
    return any_of(asked.operands[1:]) if named else asked


def _runs(ors: Sequence[bool], *, apart: bool) -> list[list[int]]:
    """Return the places of the items that belong together: those between the ors if `apart`, else across."""
    runs = [[0]]
    for i, own in enumerate(ors, start=1):
        if own is apart:
            runs.append([i])
        else:
            runs[-1].append(i)
    return runs


def _is_series(words: Sequence[str], ors: Sequence[bool]) -> bool:
    """Whether items are set off by commas up to an "or" that goes on to the last."""
    first = ors.index(True)
    return all(ors[first:]) and any(each.rstrip(" *-•").endswith(_SERIAL) for each in words[:first])


def _are_limits(groups: Sequence[Sequence[Expression]]) -> bool:
    """Whether items before an "or" are limits to keep, which no choice behind them lifts."""
    return len(groups) > 1 and all(is_wanted(each) for group in groups for each in group)


def _share_quantity(groups: Sequence[Sequence[Expression]]) -> bool:
    """Whether a quantity is limited in two groups, which no patient need meet both of ("score 0-1", "2").

    A limit that only tells in what case something is asked isn't a choice ("if it is below 45, …").
    """
    asked = [[each for each in group if not _is_case_of_value(each)] for group in groups]
    limited = [{atom.concept for each in group for atom in atoms(each) if isinstance(atom, Value)}
               for group in asked]  # fmt: skip
    return len(set().union(*limited)) < sum(map(len, limited))


def _is_case_of_value(asked: Expression) -> bool:
    """Whether something is asked of those alone who have a value."""
    return asks_of_some(asked) and isinstance(negate(asked.operands[0]), Value)


def _alternatives(items: Sequence[Expression], run: Sequence[int], reread: Rereader) -> Expression:
    """Return the items of a run, of which one is enough; a limit may be for those of another's case only."""
    if len(run) == 1:
        return items[run[0]]
    together = reread(run)
    return together if is_formal(together) else any_of([items[i] for i in run])


def with_alternative(
    text: Text, sentences: Sequence[Sequence[Chunk]], sentence: Sequence[Chunk], read: list[Expression]
) -> list[Expression]:
    """Return what sentences demand, the last of them joined with those before by its "or".

    What the last one asks in a case only is enough in that case, unless it is another limit on the same
    quantity, or both are asked in a case only: then both stay demands. A third sentence before them is an
    alternative too where semicolons part all of them.

    Args:
        text: The text under reading.
        sentences: All sentences of a stretch.
        sentence: One of them.
        read: What it and those before it say.
    """
    at = next(i for i, each in enumerate(sentences) if each is sentence)
    if text.exclusion or at == 0 or len(read) < 2 or not _joined_by_or(sentences[at - 1], sentence):
        return read
    before, last = read[-2:]
    if asks_of_some(last):
        if isinstance(before, AnyOf) or _share_quantity([[before], [last]]):
            return read
        last = _way_in(text.text[sentence[0].start : sentence[-1].end], last)
    first = max(_series_start(text, sentences, at), at + 1 - len(read))
    if first < at - 1 and not _are_alternatives(sentences[first:at], read[first - at - 1 : -1]):
        return [*read[:-2], any_of([before, last])]
    return [*read[: first - at - 1], any_of([*read[first - at - 1 : -1], last])]


def _series_start(text: Text, sentences: Sequence[Sequence[Chunk]], at: int) -> int:
    """Return the place of the first of the sentences that semicolons join up to one that "or" opens."""
    first = at - 1
    while first and ";" in text.text[sentences[first - 1][-1].end : sentences[first][0].start]:
        if _joined_by_or(sentences[first - 1], sentences[first]):
            break
        first -= 1
    return first


def _are_alternatives(sentences: Sequence[Sequence[Chunk]], read: Sequence[Expression]) -> bool:
    """Whether each of several sentences names something that may be had in place of the others."""
    limits = any(isinstance(atom, Value) for each in read for atom in atoms(each))
    bound = any(chunk.form in _MUST for each in sentences[1:] for chunk in each)
    return not (limits or bound or any(isinstance(each, Not) or asks_of_some(each) for each in read))


def _joined_by_or(before: Sequence[Chunk], sentence: Sequence[Chunk]) -> bool:
    return sentence[0].form == "or" or before[-1].form == "or"
