"""What all trials demand, as a table of numbers: the limits of each quantity, and what is asked or barred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import pyoxigraph as ox

from trialgraph.canonical import in_canonical_units
from trialgraph.equivalence import normal_form
from trialgraph.expressions import Limit, Not, Reference, Value
from trialgraph.namespaces import TG, TRIAL
from trialgraph.server.pages.memory import memory_of
from trialgraph.stores import Store
from trialgraph.vocabularies import known_concepts

__all__ = ["Demanded", "Family", "Mapped", "Square", "demanded_of", "families_of", "map_family"]

_FACTS = f"""
PREFIX tg: <{TG}>
SELECT ?atom ?concept ?polarity ?alternative {{
  ?atom a tg:FactAtom ; tg:concept ?concept ; tg:polarity ?polarity ; tg:alternative ?alternative
}}
"""
_VALUES = f"""
PREFIX tg: <{TG}>
SELECT ?atom ?concept ?polarity ?alternative ?low ?lowIn ?high ?highIn ?unit ?reference {{
  ?atom a tg:ValueAtom ; tg:concept ?concept ; tg:polarity ?polarity ; tg:alternative ?alternative
  OPTIONAL {{ ?atom tg:low ?low ; tg:lowInclusive ?lowIn }}
  OPTIONAL {{ ?atom tg:high ?high ; tg:highInclusive ?highIn }}
  OPTIONAL {{ ?atom tg:unit ?unit }}
  OPTIONAL {{ ?atom tg:relativeTo ?reference }}
}}
"""
_FEWEST_KINDS, _MOST_KINDS = 3, 30  # with fewer there is little to see, with more too much
_LEVELS = 5
_FACT_WORDS = ("asked for", "barred")
_REFERENCES: Mapping[str, Reference] = {"ULN": "ULN", "LLN": "LLN", "baseline": "baseline"}


class Demanded(NamedTuple):
    """One atom of a criterion.

    Args:
        limit: What is admitted, in the concept's canonical unit or as a multiple of `reference`; None
            of a fact, and of a quantity of which several ranges are admitted.
        barred: Of a fact, whether it bars.
        alternative: Whether something else would do as well.
        words: What is demanded, in signs and numbers.
    """

    nct: str
    criterion: str
    concept: str
    limit: Limit | None
    reference: Reference | None
    barred: bool
    alternative: bool
    words: str


@dataclass(frozen=True, slots=True)
class Square:
    """What one trial demands of one concept.

    Args:
        demanded: All of it.
        level: From 1, the loosest, to 5, the strictest of the trials that limit the concept in the same
            way; None where there is nothing to compare it with.
    """

    demanded: tuple[Demanded, ...] = ()
    level: int | None = None

    @property
    def leaves_a_choice(self) -> bool:
        """Whether something else would do as well, so that the level is that of the loosest limit."""
        return bool(self.demanded) and all(each.alternative for each in self.demanded)

    @property
    def bars(self) -> bool | None:
        """Whether facts are barred, or else asked for; None when there are both, or limits."""
        told = {each.barred for each in self.demanded if each.words in _FACT_WORDS}
        return next(iter(told)) if len(told) == 1 else None


@dataclass(frozen=True, slots=True)
class Mapped:
    """Trials by the concepts of a family.

    Args:
        concepts: Those that most trials name, first.
        rows: A trial's number and its squares, one for each concept.
    """

    concepts: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Square, ...]], ...]


def demanded_of(store: Store) -> Mapping[str, Sequence[Demanded]]:
    """Return what the trials of a store demand, by concept; read once, as long as it stays the same."""
    return memory_of(store).recall("demanded", lambda: _read(store))


class Family(NamedTuple):
    """A concept that has several kinds of which trials demand something.

    Args:
        trials: How many trials do.
        quantities: Whether it is measured.
    """

    iri: str
    trials: int
    quantities: bool


def families_of(store: Store) -> Sequence[Family]:
    """Return the families that a map can show, those with most trials first."""
    return memory_of(store).recall("families", lambda: _families(demanded_of(store)))


def _families(demanded: Mapping[str, Sequence[Demanded]]) -> list[Family]:
    concepts, found = known_concepts().including(demanded.keys()), []
    for iri in concepts:
        kinds = [each for each in concepts.descendants(iri) if each in demanded]
        if len(concepts.descendants(iri)) > 1 and _FEWEST_KINDS <= len(kinds) <= _MOST_KINDS:
            trials = {each.nct for kind in kinds for each in demanded[kind]}
            measured = any(concepts.is_quantity(each) for each in kinds)
            found.append(Family(iri, len(trials), measured))
    return sorted(found, key=lambda each: (-each.trials, each.iri))


def map_family(store: Store, family: Collection[str]) -> Mapped:
    """Return the trials that demand something of a family of concepts, those that demand most first."""
    demanded = demanded_of(store)
    by_concept = {iri: demanded[iri] for iri in family if iri in demanded}
    trials = {iri: {each.nct for each in found} for iri, found in by_concept.items()}
    concepts = tuple(sorted(by_concept, key=lambda iri: (-len(trials[iri]), iri)))
    squares: dict[str, dict[str, Square]] = defaultdict(dict)
    for iri in concepts:
        for nct, square in _column(by_concept[iri]):
            squares[nct][iri] = square
    empty = Square()
    rows = (
        (nct, tuple(found.get(iri, empty) for iri in concepts))
        for nct, found in sorted(squares.items(), key=lambda each: (-len(each[1]), each[0]))
    )
    return Mapped(concepts, tuple(rows))


def _column(demanded: Iterable[Demanded]) -> Iterable[tuple[str, Square]]:
    by_trial: dict[str, list[Demanded]] = defaultdict(list)
    for each in demanded:
        by_trial[each.nct].append(each)
    ends = {nct: end for nct, found in by_trial.items() if (end := _one_end(found)) is not None}
    for nct, found in by_trial.items():
        # of criteria that say the same, the first
        unique = tuple({each.words: each for each in sorted(found, key=_place, reverse=True)}.values())[::-1]
        yield nct, Square(unique, _level(ends[nct], ends.values()) if nct in ends else None)


def _place(each: Demanded) -> tuple[str, int, str]:
    number = "".join(filter(str.isdigit, each.criterion))
    return each.criterion[:1], int(number or 0), each.words


class _End(NamedTuple):
    """The one end of what a trial admits; a greater `strictness` admits less."""

    reference: Reference | None
    side: Literal["low", "high"]
    strictness: float


def _one_end(found: Sequence[Demanded]) -> _End | None:
    """Return the end of what a trial admits; None when its limits are of several kinds.

    Of limits that hold together, the strictest counts; of those that leave a choice, the loosest.
    """
    held = [_end(each) for each in found if not each.alternative]
    ends = held or [_end(each) for each in found]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or len({end[:2] for end in known}) > 1:
        return None
    return (max if held else min)(known, key=lambda end: end.strictness)


def _end(each: Demanded) -> _End | None:
    if each.limit is None:
        return None
    low, high = _open_ends(each)
    if low is not None and high is None:
        return _End(each.reference, "low", low)
    return _End(each.reference, "high", -high) if high is not None and low is None else None


def _open_ends(each: Demanded) -> tuple[float | None, float | None]:
    """Return the ends of a limit, without one that no plausible value is beyond."""
    assert each.limit is not None
    concept = known_concepts()[each.concept]
    low, high = each.limit.low, each.limit.high
    if concept.plausible and each.reference is None:
        low = None if low is not None and low <= concept.plausible.low else low
        high = None if high is not None and high >= concept.plausible.high else high
    return low, high


def _level(end: _End, ends: Iterable[_End]) -> int | None:
    alike = sorted({each.strictness for each in ends if each[:2] == end[:2]})
    if len(alike) < 2:  # nothing to be compared with
        return None
    return 1 + round((_LEVELS - 1) * alike.index(end.strictness) / (len(alike) - 1))


def _read(store: Store) -> Mapping[str, Sequence[Demanded]]:
    found: dict[str, list[Demanded]] = defaultdict(list)
    concepts = known_concepts()
    for query, read in ((_FACTS, _fact), (_VALUES, _value)):
        for row in store.select(query):
            if row["concept"].value in concepts:
                found[row["concept"].value].append(read(row))
    return found


def _fact(row: ox.QuerySolution) -> Demanded:
    barred = row["polarity"].value == "barred"
    return _demanded(row, None, None, _FACT_WORDS[barred])


def _value(row: ox.QuerySolution) -> Demanded:
    reference = _REFERENCES.get(row["reference"].value) if row["reference"] else None
    unit = row["unit"].value if row["unit"] else None
    stated = Value(row["concept"].value, "", _limit(row), unit, reference)
    limit, words = _admitted(stated, barred=row["polarity"].value == "barred")
    return _demanded(row, limit, reference, words)


def _demanded(
    row: ox.QuerySolution, limit: Limit | None, reference: Reference | None, words: str
) -> Demanded:
    nct, _, part = row["atom"].value.removeprefix(str(TRIAL)).partition("/criterion/")
    return Demanded(
        nct,
        criterion=part.partition("/")[0],
        concept=row["concept"].value,
        limit=limit,
        reference=reference,
        barred=row["polarity"].value == "barred",
        alternative=row["alternative"].value == "true",
        words=words,
    )


def _limit(row: ox.QuerySolution) -> Limit:
    low, high = (float(row[end].value) if row[end] else None for end in ("low", "high"))
    return Limit(
        low, low is None or row["lowIn"].value == "true", high, high is None or row["highIn"].value == "true"
    )


def _admitted(stated: Value, *, barred: bool) -> tuple[Limit | None, str]:
    """Return the range that a limit admits, and it in signs; without a range when there are several."""
    expression = in_canonical_units(stated)
    admitted = normal_form(Not(expression) if barred else expression)
    if not isinstance(admitted, Value):
        return None, "several ranges" if isinstance(expression, Value) else "in another unit"
    return admitted.limit, _signs(replace(admitted, relative_to=stated.relative_to))


def _signs(value: Value) -> str:
    limit, times = value.limit, f" × {value.relative_to}" if value.relative_to else ""
    if limit.low is not None and limit.low == limit.high:
        return f"{limit.low:g}{times}"
    low = f"{'≥' if limit.low_inclusive else '>'} {limit.low:g}" if limit.low is not None else ""
    high = f"{'≤' if limit.high_inclusive else '<'} {limit.high:g}" if limit.high is not None else ""
    if low and high:
        closed = limit.low_inclusive and limit.high_inclusive
        return f"{limit.low:g} to {limit.high:g}{times}" if closed else f"{low}, {high}{times}"
    return f"{low or high or 'measured'}{times}"
