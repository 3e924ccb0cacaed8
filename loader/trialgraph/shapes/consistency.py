"""Criteria of one trial that repeat each other, or that nobody can meet together.

What is compared is the normal form of what each criterion demands of a patient, in canonical units,
those of the structured fields among them. Only demands that hold for the whole trial count: a
criterion of one part or cohort, and an alternative, contradict nothing; one that is held to be of some
patients only because it contradicts the rest is among what is told.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, product
from typing import Literal, TypeAlias, get_args

import pyoxigraph as ox

from trialgraph.criteria.contradictions import UNASKED
from trialgraph.criteria.plain import plain
from trialgraph.equivalence import conjuncts, meaning_key, normal_form
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Expression,
    Fact,
    Limit,
    Not,
    Value,
    atoms,
    from_json,
    is_judged,
)
from trialgraph.namespaces import TG, TGC, TRIAL
from trialgraph.queries import PREFIXES
from trialgraph.shapes.eligibility import ScreenableCriterion
from trialgraph.stores import Store
from trialgraph.vocabularies import known_concepts

__all__ = ["CHECKS", "Clash", "clashes"]

Check = Literal["criterion-same", "criteria-contradict", "sex-text", "healthy-volunteers-text"]
CHECKS: tuple[Check, ...] = get_args(Check)

_DISEASE = str(TGC.MalignantNeoplasm)
_HEALTHY = str(TGC.HealthyVolunteer)
_SEXES = {str(TGC.FemaleSex): "FEMALE", str(TGC.MaleSex): "MALE"}
_CRITERIA = """
SELECT ?nct ?id ?kind ?text ?reading ?structured ?sex ?healthy WHERE {
  VALUES ?trial { TRIALS }
  ?trial tg:nctId ?nct ; tg:criterion ?criterion .
  ?criterion tg:id ?id ; tg:kind ?kind ; tg:order ?order ; tg:text ?text ; tg:expressionJson ?reading .
  FILTER NOT EXISTS { ?criterion tg:scope ?scope FILTER(!STRENDS(?scope, "UNASKED")) }
  BIND(EXISTS { ?criterion a tg:StructuredCriterion } AS ?structured)
  OPTIONAL { ?trial tg:sex ?sex }
  OPTIONAL { ?trial tg:healthyVolunteers ?healthy }
}
ORDER BY ?nct DESC(?structured) DESC(?kind) ?order
""".replace("UNASKED", UNASKED)
_CONDITIONS = """
SELECT ?nct ?concept ?controls WHERE {
  VALUES ?trial { TRIALS }
  ?trial tg:nctId ?nct .
  OPTIONAL { ?trial tg:conditionConcept ?concept }
  BIND(EXISTS {
    ?trial tg:criterion/tg:text|tg:arm/tg:label|tg:arm/tg:description ?words
    FILTER(REGEX(?words, "healthy|volunteer|control (group|arm|subject|participant)|controls", "i"))
  } AS ?controls)
}
"""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two criteria, or a field and a criterion, that don't go together.

    Args:
        check: What is wrong with them.
        trial: Registry number.
        criterion: Id of the criterion that is at fault; of two, the later one.
        path: IRI of the property that the other place is in.
        message: Both places, in a curator's words.
        value: The words of the criterion.
    """

    check: Check
    trial: str
    criterion: str
    path: str
    message: str
    value: str


_Part: TypeAlias = tuple[int, Expression]


@dataclass(frozen=True, slots=True)
class _Demand:
    """What one criterion of the whole trial demands."""

    criterion: ScreenableCriterion
    structured: bool
    normal: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        return conjuncts(self.normal)


def clashes(store: Store, trials: Sequence[str]) -> dict[str, list[Clash]]:
    """Return what doesn't go together in some trials of a store, by trial."""
    terms = " ".join(str(ox.NamedNode(TRIAL[trial])) for trial in trials)
    rows = store.select(_CRITERIA.replace("TRIALS", terms), prefixes=PREFIXES)
    groups = _groups(store, terms)
    found: dict[str, list[Clash]] = {}
    for nct, group in groupby(rows, key=lambda row: row["nct"].value):
        solutions = list(group)
        demands = [_demand(row) for row in solutions]
        sex, healthy = (solutions[0][name] and solutions[0][name].value for name in ("sex", "healthy"))
        found[nct] = [*_repeated(nct, demands), *_impossible(nct, demands), *_contradicting(nct, demands)]
        found[nct] += _sex(nct, sex, demands, groups[nct])
        found[nct] += _healthy(nct, healthy, demands, groups[nct])
    return found


@dataclass(slots=True)
class _Groups:
    """Whom a trial may be for besides those that one criterion speaks of.

    Args:
        controls: Whether some of its words speak of healthy people or controls.
        conditions: The concepts of its conditions.
    """

    controls: bool
    conditions: set[str]

    def are_all_of(self, sex: str) -> bool:
        """Whether every condition of the trial is one that only one sex has."""
        concepts = known_concepts()
        return bool(self.conditions) and all(concepts.only_in(each) == sex for each in self.conditions)


def _groups(store: Store, terms: str) -> dict[str, _Groups]:
    found: dict[str, _Groups] = {}
    for row in store.select(_CONDITIONS.replace("TRIALS", terms), prefixes=PREFIXES):
        groups = found.setdefault(row["nct"].value, _Groups(row["controls"].value == "true", set()))
        if row["concept"] is not None and row["concept"].value in known_concepts():
            groups.conditions.add(row["concept"].value)
    return found


def _demand(row: ox.QuerySolution) -> _Demand:
    criterion = ScreenableCriterion(
        row["id"].value, row["kind"].value, row["text"].value, from_json(json.loads(row["reading"].value))
    )
    return _Demand(criterion, row["structured"].value == "true", normal_form(criterion.admits))


def _repeated(nct: str, demands: list[_Demand]) -> Iterator[Clash]:
    """Yield the criteria of the prose that say in other words what an earlier one says."""
    first: dict[str, _Demand] = {}
    for demand in demands:
        if demand.structured or not any(map(is_judged, atoms(demand.normal))):
            continue
        earlier = first.setdefault(meaning_key(demand.normal), demand)
        if _words(earlier) != _words(demand):
            names = f"{earlier.criterion.id} and {demand.criterion.id}"
            yield _clash("criterion-same", nct, demand, f"{names} demand the same: {_short(demand.normal)}")


def _impossible(nct: str, demands: list[_Demand]) -> Iterator[Clash]:
    """Yield criteria that demand a number which is at once above and below some limits."""
    for demand in demands:
        for part in demand.parts:
            if isinstance(part, Value) and _is_empty(part.limit):
                said = f"As it is read, nobody can meet {demand.criterion.id}: {_short(part)}"
                yield _clash("criteria-contradict", nct, demand, said)


def _contradicting(nct: str, demands: list[_Demand]) -> Iterator[Clash]:
    """Yield pairs of criteria of which a patient can meet only one."""
    found: dict[tuple[int, int], tuple[Expression, Expression]] = {}
    for (one, left), (other, right) in _related(demands):
        if one < other and _exclude_each_other(left, right):
            found.setdefault((one, other), (left, right))
    for (one, other), (left, right) in sorted(found.items(), key=lambda each: each[0]):
        names = f"{demands[one].criterion.id} and {demands[other].criterion.id}"
        said = f"As they are read, nobody can meet both {names}: {_short(left)}, but {_short(right)}"
        yield _clash("criteria-contradict", nct, demands[other], said)


def _related(demands: list[_Demand]) -> Iterator[tuple[_Part, _Part]]:
    """Yield parts of demands that are about one subject, each with the number of its demand, both ways."""
    concepts = known_concepts()
    measured: dict[str, list[_Part]] = defaultdict(list)
    shown: dict[str, list[_Part]] = defaultdict(list)
    barred: dict[str, list[_Part]] = defaultdict(list)
    # The SEX field is compared with the prose by itself.
    for number, demand in enumerate(demands):
        for part in demand.parts if demand.criterion.id != "SEX" else ():
            match part:
                case Value() | AnyOf():
                    for quantity in _quantities(part):
                        measured[quantity].append((number, part))
                case Fact(concept) if not part.is_mention and concept in concepts:
                    shown[concept].append((number, part))
                case Not(Fact(concept)):
                    barred[concept].append((number, part))
    for alike in measured.values():
        yield from combinations(alike, 2)
    for concept, having in shown.items():
        against = [each for above in sorted(concepts.ancestors(concept)) for each in barred.get(above, ())]
        against += [each for other in sorted(concepts.excludes(concept)) for each in shown.get(other, ())]
        for one, other in product(having, against):
            yield from ((one, other), (other, one))


def _quantities(part: Expression) -> set[str]:
    """Return the one quantity whose ranges are the options; none when they are about something else."""
    options = part.operands if isinstance(part, AnyOf) else (part,)
    concepts = {each.concept if isinstance(each, Value) else None for each in options}
    return {each for each in concepts if each is not None and len(concepts) == 1}


def _exclude_each_other(left: Expression, right: Expression) -> bool:
    match left, right:
        case AnyOf(operands), _:
            return all(_exclude_each_other(each, right) for each in operands)
        case _, AnyOf(operands):
            return all(_exclude_each_other(left, each) for each in operands)
        case Value(), Value():
            joined = normal_form(AllOf((left, right)))
            told = _is_empty(left.limit) or _is_empty(right.limit)
            return isinstance(joined, Value) and _is_empty(joined.limit) and not told
        case Fact(), Fact():
            return _is_plain(left) and _is_plain(right)
        case (Fact(), Not(Fact() as barred)):
            return _is_barred(left, barred)
        case (Not(Fact() as barred), Fact()):
            return _is_barred(right, barred)
    return False


def _is_empty(limit: Limit) -> bool:
    if limit.low is None or limit.high is None:
        return False
    return limit.low > limit.high or (
        limit.low == limit.high and not (limit.low_inclusive and limit.high_inclusive)
    )


def _is_barred(fact: Fact, barred: Fact) -> bool:
    """Whether a fact that is demanded comes under one that is barred, and no quality tells them apart."""
    same = fact.modifiers == barred.modifiers and fact.within == barred.within
    if barred.count or barred.size or fact.is_planned or not (_is_plain(barred) or same):
        return False
    return fact.modifiers.get("status") != "history" and (fact.within is None or same)


def _is_plain(fact: Fact) -> bool:
    return not (fact.modifiers or fact.count or fact.size or fact.within)


def _sex(nct: str, stated: str | None, demands: list[_Demand], groups: _Groups) -> Iterator[Clash]:
    """Yield what the field for sex says against the prose: a sex, or a disease that only one sex has.

    Where all are admitted, a disease of one sex may be that of one cohort among others.
    """
    concepts = known_concepts()
    for demand, fact in _facts(demands):
        needed = next((iri for iri in (fact.concept, concepts.only_in(fact.concept)) if iri in _SEXES), None)
        if needed is None or stated in (None, _SEXES[needed]):
            continue
        if stated == "ALL" and fact.concept != needed and not groups.are_all_of(needed):
            continue
        said = f"The sex field says {stated}, but {demand.criterion.id} demands: {_short(fact)}"
        yield _clash("sex-text", nct, demand, said, path=str(TG.sex))


def _healthy(nct: str, stated: str | None, demands: list[_Demand], groups: _Groups) -> Iterator[Clash]:
    """Yield what the field for healthy volunteers says against the prose.

    Where some of its words speak of controls, who has to have a cancer may be the patients only.
    """
    concepts = known_concepts()
    for demand, fact in _facts(demands):
        if stated == "true" and not groups.controls and concepts.is_a(fact.concept, _DISEASE):
            said = f"The field admits healthy volunteers, but {demand.criterion.id} demands: {_short(fact)}"
        elif stated == "false" and concepts.is_a(fact.concept, _HEALTHY):
            said = f"The field admits no healthy volunteers, but {demand.criterion.id} demands them"
        else:
            continue
        yield _clash("healthy-volunteers-text", nct, demand, said, path=str(TG.healthyVolunteers))


def _facts(demands: list[_Demand]) -> Iterator[tuple[_Demand, Fact]]:
    """Yield the facts that the prose demands of whoever enrols, but for a history."""
    for demand in demands:
        for part in demand.parts:
            if demand.structured or not isinstance(part, Fact) or part.is_mention:
                continue
            if part.concept not in known_concepts():  # of a vocabulary that was removed
                continue
            if part.modifiers.get("status") != "history":
                yield demand, part


def _clash(check: Check, nct: str, at: _Demand, said: str, *, path: str = str(TG.criterion)) -> Clash:
    return Clash(check, nct, at.criterion.id, path, said, at.criterion.text)


def _words(demand: _Demand) -> str:
    return " ".join(demand.criterion.text.split()).casefold()


def _short(expression: Expression) -> str:
    words = plain(expression)
    return words if len(words) <= 120 else f"{words[:119].rstrip()}…"
