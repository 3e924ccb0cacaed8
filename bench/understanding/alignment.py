"""Which annotated atom is which atom that was read: by concept and place, one to one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.understanding.annotations import AnnotatedTrial, Annotation, Item
from bench.understanding.bounds import Demand, annotated_demand, is_limit, read_demand, same_demand, same_side
from bench.understanding.names import Named, Names, content_words
from bench.understanding.readings import ReadAtom, read_atoms
from trialgraph.expressions import Fact, Value

__all__ = ["Alignment", "Expected", "Pair", "align"]


@dataclass(slots=True)
class Expected:
    """An annotated atom made ready for comparison, its name looked up."""

    atom: Annotation
    item: Item
    named: Named

    @property
    def demanded(self) -> bool:
        """Whether the reading has to have it: what is excepted or only a condition may stay words."""
        return self.atom.polarity in ("required", "barred")


@dataclass(slots=True)
class Pair:
    """An annotated atom and the atom read for it.

    `match` is 2 for the same concept, 1 for a near one. Of a value, `wanted` is the demand annotated and
    `demand` the one read; None when it can't be told.
    """

    expected: Expected
    read: ReadAtom
    match: int
    wanted: Demand | None = None
    demand: Demand | None = None

    @property
    def same_polarity(self) -> bool:
        """Whether both say the same of enrolment; of values, whether the same side is bounded."""
        if self.wanted is None or self.demand is None:
            return self.read.required == (self.expected.atom.polarity == "required")
        return same_side(self.wanted, self.demand)

    @property
    def same_limit(self) -> bool:
        """Whether a value's bounds and polarity are right; True of facts."""
        if self.expected.atom.kind == "fact":
            return True
        if self.wanted is None or self.demand is None:
            return False
        return same_demand(self.wanted, self.demand)


@dataclass(slots=True)
class Alignment:
    """A trial's pairs, and what is left on either side.

    Args:
        pairs: Annotated atoms with what was read for them.
        missed: Annotated atoms for which nothing was read, demanded or not.
        extra: Atoms that were read for no annotated one.
        told: Atoms that say apart what an annotation has in its status or name: neither right nor wrong.
    """

    trial: AnnotatedTrial
    pairs: list[Pair] = field(default_factory=list)
    missed: list[Expected] = field(default_factory=list)
    extra: list[ReadAtom] = field(default_factory=list)
    told: list[ReadAtom] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def align(trial: AnnotatedTrial, names: Names, *, judged: bool = False) -> Alignment:
    """Read a trial's section and pair what was read with what was annotated.

    Args:
        trial: The annotated section.
        names: Looks up the annotator's names.
        judged: Compare only atoms that records are judged by, not what words only speak of.
    """
    result = Alignment(trial, problems=list(trial.problems))
    expected = list(_expected(trial, names, result.problems))
    read = read_atoms(trial.text, judged=judged)
    offers = sorted(_offers(expected, read, names), key=_preference)
    taken_expected: set[int] = set()
    taken_read: set[int] = set()
    for pair in offers:
        if id(pair.expected) not in taken_expected and id(pair.read) not in taken_read:
            taken_expected.add(id(pair.expected))
            taken_read.add(id(pair.read))
            result.pairs.append(pair)
    result.missed = [each for each in expected if id(each) not in taken_expected]
    for atom in read:
        if id(atom) not in taken_read:
            (result.told if _told(atom, expected, names) else result.extra).append(atom)
    return result


def _expected(trial: AnnotatedTrial, names: Names, problems: list[str]) -> Iterator[Expected]:
    for item in trial.items:
        seen = set()
        for atom in item.atoms:
            key = (atom.kind, atom.name, atom.limit, atom.unit, atom.polarity, atom.status, atom.window)
            if key in seen:
                continue
            seen.add(key)
            if atom.kind == "value" and not is_limit(atom.limit):
                problems.append(f"{trial.nct}: {atom.limit!r} is no limit")
            for told, named in names.stated(atom):
                group = names.members(named) if atom.kind == "value" else ()
                for meant in group or (named,):
                    yield Expected(told, item, meant)


def _offers(expected: Sequence[Expected], read: Sequence[ReadAtom], names: Names) -> Iterator[Pair]:
    for each in expected:
        for atom in read:
            if not _together(each, atom) or isinstance(atom.atom, Value) != (each.atom.kind == "value"):
                continue
            said = [names.match(each.named, concept) for concept in atom.concepts]
            match = max(*said, 2 * _by_agent(each, atom))
            if match:
                yield Pair(each, atom, match, *_demands(each.atom, atom, names))


def _demands(wanted: Annotation, read: ReadAtom, names: Names) -> tuple[Demand | None, Demand | None]:
    """Return what an annotation and the value read for it demand, both as of the quantity that was read."""
    value = read.atom
    if not isinstance(value, Value):
        return None, None
    demand = read_demand(value, names.concepts, required=read.required)
    if not is_limit(wanted.limit):
        return None, demand
    return annotated_demand(wanted, value.concept, names.concepts), demand


def _together(expected: Expected, read: ReadAtom) -> bool:
    """Whether both are of one criterion, as the annotator or the reader parted them."""
    start, end = read.criterion.span
    return expected.item.start <= read.place < expected.item.end or start <= expected.atom.place < end


def _by_agent(expected: Expected, read: ReadAtom) -> bool:
    """Whether an allergy was read with its agent beside the concept."""
    fact = read.atom
    if expected.atom.category != "allergy" or not isinstance(fact, Fact) or fact.category != "allergy":
        return False
    agent = content_words(fact.modifiers.get("agent", ""))
    said = content_words(f"{expected.atom.name} {expected.atom.status} {expected.atom.quote}")
    return not agent or bool(agent & said)


def _preference(pair: Pair) -> tuple[float, ...]:
    return (
        -pair.match,
        -(pair.same_limit and pair.same_polarity if pair.expected.demanded else 0.5),
        -pair.same_polarity,
        abs(pair.expected.atom.place - pair.read.place),
    )


def _told(read: ReadAtom, expected: Sequence[Expected], names: Names) -> bool:
    """Whether a fact says apart what an annotation of the same criterion says in its name or status."""
    fact = read.atom
    if not isinstance(fact, Fact):
        return False
    concept = names.concepts[fact.concept]
    forms = [content_words(form) for form in (concept.label, *concept.synonyms, *concept.abbreviations)]
    for each in expected:
        said = content_words(f"{each.atom.status} {each.atom.name}")
        alike = not each.demanded or (each.atom.polarity == "required") == read.required
        if alike and _together(each, read) and any(form and form <= said for form in forms):
            return True
    return False
