"""How far two annotators of the same sections agree: the limit of what a reading can be held to.

Atoms are paired as those of a reading are, one to one within a criterion, by concept and place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.understanding.alignment import Expected
from bench.understanding.annotations import AnnotatedTrial
from bench.understanding.bounds import annotated_demand, is_limit, same_demand
from bench.understanding.names import Names
from bench.understanding.tables import figure, table

__all__ = ["Agreement", "agreement_report", "agreements"]

_KINDS = ("value", "fact")


@dataclass(slots=True)
class Agreement:
    """How many atoms of one annotator the other has too.

    Args:
        atoms: Atoms that the one demands or bars.
        found: Those that the other has with the same concept, of values with the same demand.
        polarity: Those of them with the same net effect on enrolment.
    """

    atoms: int = 0
    found: int = 0
    polarity: int = 0

    @property
    def share(self) -> float | None:
        """The share that was found; None of nothing."""
        return self.found / self.atoms if self.atoms else None


def agreement_report(first: Sequence[AnnotatedTrial], second: Sequence[AnnotatedTrial]) -> str:
    """Return the table of agreement between two annotations of the same trials, either way round.

    Args:
        first: One annotator's trials, of which those that the other annotated too are compared.
        second: The other's.
    """
    names = Names()
    pairs = [(one, other) for one in first for other in second if one.nct == other.nct]
    there = agreements(pairs, names)
    back = agreements([(other, one) for one, other in pairs], names)
    rows = [
        (
            f"{kind} atoms",
            *_cells(there[kind]),
            *_cells(back[kind]),
            figure(there[kind].polarity / there[kind].found if there[kind].found else None),
        )
        for kind in _KINDS
    ]
    headings = ("between two annotators", "of the first", "the second has", "of the second", "the first has",
                "polarity")  # fmt: skip
    return f"{len(pairs)} of the trials were annotated twice:\n\n{table(headings, rows)}"


def agreements(pairs: Sequence[tuple[AnnotatedTrial, AnnotatedTrial]], names: Names) -> dict[str, Agreement]:
    """Return what of the first annotation of each pair the second has, for ``value`` and ``fact``."""
    found = {kind: Agreement() for kind in _KINDS}
    for one, other in pairs:
        there = list(_told(other, names))
        taken: set[int] = set()
        for each in _told(one, names):
            if not each.demanded:
                continue
            counts = found[each.atom.kind]
            counts.atoms += 1
            alike = [told for told in there if id(told) not in taken and _same(each, told, names)]
            if alike:
                best = min(alike, key=lambda told: _preference(each, told))
                taken.add(id(best))
                counts.found += 1
                counts.polarity += _effect(best) == _effect(each)
    return found


def _told(trial: AnnotatedTrial, names: Names) -> Iterator[Expected]:
    for item in trial.items:
        for written in item.atoms:
            for atom, named in names.stated(written):
                yield Expected(atom, item, named)


def _same(one: Expected, other: Expected, names: Names) -> bool:
    """Whether two atoms are of one criterion, as either annotator parted them, and say the same."""
    together = (
        one.item.start <= other.atom.place < one.item.end
        or other.item.start <= one.atom.place < other.item.end
    )
    return together and one.atom.kind == other.atom.kind and _same_demand(one, other, names)


def _same_demand(one: Expected, other: Expected, names: Names) -> bool:
    written = [(each.atom.limit, each.atom.unit) for each in (one, other)]
    if not one.named.iris or not other.named.iris:
        return one.named.words == other.named.words and written[0] == written[1]
    shared = [iri for iri in sorted(other.named.iris) if names.match(one.named, iri) == 2]
    if not shared or written[0] == written[1]:
        return bool(shared)
    if not (is_limit(one.atom.limit) and is_limit(other.atom.limit)):
        return False
    first, second = (annotated_demand(each.atom, shared[0], names.concepts) for each in (one, other))
    return same_demand(first, second)


def _preference(one: Expected, other: Expected) -> tuple[bool, int]:
    return _effect(one) != _effect(other), abs(one.atom.place - other.atom.place)


def _effect(told: Expected) -> object:
    """Return what a fact does to enrolment; a barred value is the same as its contrary that is required."""
    return told.atom.polarity if told.atom.kind == "fact" else "value"


def _cells(counts: Agreement) -> tuple[object, str]:
    return counts.atoms, figure(counts.share)
