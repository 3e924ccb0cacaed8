"""How items and sentences are joined by the words that they end or open in ("… × ULN, OR", "…; or …")."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.trees import all_of, any_of, is_formal
from trialgraph.expressions import AnyOf, Expression, Not, Value, atoms

__all__ = ["join_items", "with_alternative"]

_OR = re.compile(r"\bor$", re.IGNORECASE)
_AND = re.compile(r"\band$", re.IGNORECASE)
_BESIDE_SIGNS = " ,;.*-•"
_SERIAL = (",", ";")
"""What items of one list in prose end in, so that the "or" before the last one is for all of them."""

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
    if either or not any(ors):
        return (any_of(items) if either else all_of(items)), either
    if not every or all(ors):
        return any_of(items), True
    if all(own or _AND.search(end) is not None for own, end in zip(ors, ends, strict=True)):
        return any_of([all_of([items[i] for i in run]) for run in _runs(ors, apart=True)]), True
    runs = _runs(ors, apart=False)
    groups = [[items[i] for i in run] for run in runs]
    limits = all(any(isinstance(atom, Value) for atom in atoms(each)) for each in groups[-1])
    mixed = len(groups[-1]) > 1 and not limits and not _are_limits(groups[:-1])
    if _is_series(words, ors) or mixed or _share_quantity(groups):
        return any_of(items), True
    return all_of([_alternatives(items, run, reread) for run in runs]), False


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
    """Whether a quantity is limited in two groups, which no patient need meet both of ("score 0-1", "2")."""
    limited = [{atom.concept for each in group for atom in atoms(each) if isinstance(atom, Value)}
               for group in groups]  # fmt: skip
    return len(set().union(*limited)) < sum(map(len, limited))


def _alternatives(items: Sequence[Expression], run: Sequence[int], reread: Rereader) -> Expression:
    """Return the items of a run, of which one is enough; a limit may be for those of another's case only."""
    if len(run) == 1:
        return items[run[0]]
    together = reread(run)
    return together if is_formal(together) else any_of([items[i] for i in run])


def with_alternative(
    text: Text, sentences: Sequence[Sequence[Chunk]], sentence: Sequence[Chunk], read: list[Expression]
) -> list[Expression]:
    """Return what sentences demand, the last of them joined with the one before by its "or".

    A third one before them may be an alternative too, or not, unless it has an "or" of its own; and what is
    asked of some only would let in everyone else. Both stay demands of their own.

    Args:
        text: The text under reading.
        sentences: All sentences of a stretch.
        sentence: One of them.
        read: What it and those before it say.
    """
    at = next(i for i, each in enumerate(sentences) if each is sentence)
    if text.exclusion or at == 0 or len(read) < 2 or not _joined_by_or(sentences[at - 1], sentence):
        return read
    series = at > 1 and ";" in text.text[sentences[at - 2][-1].end : sentences[at - 1][0].start]
    series = series and not _joined_by_or(sentences[at - 2], sentences[at - 1])
    cases = (each for each in read[-2:] if isinstance(each, AnyOf))
    if series or any(isinstance(operand, Not) for each in cases for operand in each.operands):
        return read
    return [*read[:-2], any_of(read[-2:])]


def _joined_by_or(before: Sequence[Chunk], sentence: Sequence[Chunk]) -> bool:
    return sentence[0].form == "or" or before[-1].form == "or"
