"""Trials side by side: what each demands of one concept, and which of them demands most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from trialgraph.canonical import in_canonical_units
from trialgraph.concepts import Concepts
from trialgraph.criteria.plain import plain
from trialgraph.equivalence import conjuncts, normal_form
from trialgraph.expressions import AllOf, Expression, Fact, Narrative, Not, atoms, is_judged
from trialgraph.implication import implies
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.vocabularies import known_concepts

__all__ = ["Cell", "Row", "Said", "Side", "align", "side"]

Order = Literal["same", "ordered", "not comparable", ""]


@dataclass(frozen=True, slots=True)
class Said:
    """One demand of a criterion.

    Args:
        criterion: Its id.
        words: The demand in plain English, in canonical units.
        demand: Its normal form.
        concepts: What it is about; more than one when it leaves a choice.
        related: Those, and all above and below them.
        scope: For whom the criterion is, when not for all.
    """

    criterion: str
    words: str
    demand: Expression
    concepts: frozenset[str]
    related: frozenset[str]
    scope: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One trial: its demands, and the criteria whose unread words speak of a concept."""

    nct: str
    title: str
    said: tuple[Said, ...]
    spoken: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one trial says of one concept.

    Args:
        said: Its demands of the concept itself.
        covered: A demand of something else from which another trial's demand of the concept follows.
        spoken: Ids of criteria whose unread words speak of the concept.
        strictest: Whether what the trial demands implies what each other one does, and not the other
            way round.
    """

    said: tuple[Said, ...] = ()
    covered: tuple[Said, ...] = ()
    spoken: tuple[str, ...] = ()
    strictest: bool = False

    @property
    def states(self) -> bool:
        """Whether the trial demands anything about the concept, be it by a wider demand."""
        return bool(self.said or self.covered)


@dataclass(frozen=True, slots=True)
class Row:
    """One concept, or several that mean the same, with a cell for each trial.

    Args:
        concepts: Their IRIs.
        order: How the demands stand to each other; empty when fewer than two trials state one.
    """

    concepts: tuple[str, ...]
    cells: tuple[Cell, ...]
    order: Order

    @property
    def stating(self) -> int:
        """How many trials demand something."""
        return sum(cell.states for cell in self.cells)


@dataclass(slots=True)
class _Column:
    """What one trial says of one concept, while rows are made."""

    said: list[Said] = field(default_factory=list)
    covered: list[Said] = field(default_factory=list)

    @property
    def demand(self) -> Expression | None:
        """All that is demanded, together; None when nothing is."""
        parts = [each.demand for each in self.said or self.covered]
        return normal_form(AllOf(tuple(parts))) if parts else None


def side(trial: ScreenableTrial) -> Side:
    """Return what a trial demands, ready to be put beside others."""
    concepts = known_concepts()
    spoken: dict[str, list[str]] = defaultdict(list)
    for criterion in trial.criteria:
        for atom in atoms(criterion.expression):
            if isinstance(atom, Fact) and atom.is_mention:
                spoken[_key(atom.concept, concepts)].append(criterion.id)
    said = tuple(each for criterion in trial.criteria for each in _said(criterion, concepts))
    return Side(trial.nct, trial.title, said, {iri: tuple(dict.fromkeys(ids)) for iri, ids in spoken.items()})


def _said(criterion: ScreenableCriterion, concepts: Concepts) -> Iterable[Said]:
    stated = in_canonical_units(criterion.expression)
    admits = normal_form(stated if criterion.kind == "inclusion" else Not(stated))
    for part in conjuncts(admits):
        judged = (atom for atom in atoms(part) if is_judged(atom) and not isinstance(atom, Narrative))
        about = frozenset(_key(atom.concept, concepts) for atom in judged)
        if about:
            yield Said(criterion.id, plain(part), part, about, _related(about, concepts), criterion.scope)


def align(sides: Sequence[Side]) -> list[Row]:
    """Return a row for each concept that some trial demands something of."""
    named = sorted({concept for each in sides for said in each.said for concept in said.concepts})
    concepts = known_concepts()
    return [_row(concept, sides, concepts) for concept in named]


def _row(concept: str, sides: Sequence[Side], concepts: Concepts) -> Row:
    columns = [_Column([said for said in each.said if concept in said.concepts]) for each in sides]
    stated = [column.demand for column in columns if column.demand is not None]
    about = frozenset().union(*(said.concepts for column in columns for said in column.said))
    for column, each in zip(columns, sides, strict=True):
        if not column.said:
            # "no immune checkpoint inhibitor" demands what "no PD-1 inhibitor" does
            near = [said for said in each.said if said.scope is None and said.related & about]
            column.covered += _covering(near, stated, concepts)
    demands = [column.demand for column in columns]
    order, strictest = _order(columns, demands, concepts)
    cells = (
        Cell(tuple(column.said), tuple(column.covered), each.spoken.get(concept, ()), place in strictest)
        for place, (column, each) in enumerate(zip(columns, sides, strict=True))
    )
    return Row(_same(concept, concepts), tuple(cells), order)


def _covering(said: Iterable[Said], stated: Sequence[Expression], concepts: Concepts) -> list[Said]:
    """Return the first demand of a trial from which all that the others demand follows."""
    found = (each for each in said if all(implies(each.demand, other, concepts) for other in stated))
    first = next(found, None)
    return [] if first is None else [first]


def _order(
    columns: Sequence[_Column], demands: Sequence[Expression | None], concepts: Concepts
) -> tuple[Order, frozenset[int]]:
    """Return how the demands stand to each other, and the places of those that imply all others."""
    stated = [(place, demand) for place, demand in enumerate(demands) if demand is not None]
    if len(stated) < 2:
        return "", frozenset()
    if any(said.scope for column in columns for said in column.said):
        return "not comparable", frozenset()  # for some of a trial's patients only
    others = [demand for _, demand in stated]
    first = {place for place, demand in stated if all(implies(demand, each, concepts) for each in others)}
    if not first:
        return "not comparable", frozenset()
    if len(first) == len(stated):
        return "same", frozenset()
    return "ordered", frozenset(first)


def _related(about: frozenset[str], concepts: Concepts) -> frozenset[str]:
    known = [iri for iri in about if iri in concepts]
    return about.union(*(concepts.ancestors(iri) | concepts.descendants(iri) for iri in known))


def _key(concept: str, concepts: Concepts) -> str:
    """Return one of the concepts that mean the same."""
    return min(_same(concept, concepts))


def _same(concept: str, concepts: Concepts) -> tuple[str, ...]:
    if concept not in concepts:
        return (concept,)
    return tuple(sorted({concept, *concepts[concept].equivalents}))
