"""What the facts of a record show as of one date, before anything is concluded from silence.

Facts that don't exist yet are gone; those that may not exist yet, or may not be so, are `possible`:
they show nothing, but keep what they may be from being called absent.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from trialgraph.concepts import Concepts
from trialgraph.derivation.times import Course, active_on, ago, last_day
from trialgraph.namespaces import TGC
from trialgraph.patients.dates import ANY_DAY, date_text
from trialgraph.patients.facts import (
    AllergyFact,
    CompletenessStatement,
    ConditionFact,
    ExposureFact,
    LesionFact,
    Measurement,
    PatientRecord,
    PlanFact,
    ProcedureFact,
    ResultFact,
)
from trialgraph.patients.severity import Degree, has_own_scale
from trialgraph.patients.tables import dormant, events
from trialgraph.patients.tumours import stains
from trialgraph.patients.wording import words
from trialgraph.views import Completeness, TimeAgo

__all__ = ["DISEASE_STATUS", "Denied", "Shown", "Sorted", "is_lasting", "sorted_facts"]

_CATEGORIES: dict[type, Completeness] = {
    AllergyFact: "allergies",
    ConditionFact: "conditions",
    ExposureFact: "treatments",
    LesionFact: "lesions",
    ProcedureFact: "procedures",
}
_PASSING = frozenset({"allergy", "condition", "lesion", "reproductive"})
_HYPERSENSITIVITY = str(TGC.Hypersensitivity)
DISEASE_STATUS = str(TGC.DiseaseStatus)


@dataclass(frozen=True, slots=True)
class Shown:
    """One fact that shows a concept to be, or to have been, there."""

    concept: str
    ago: TimeAgo
    active: bool | None
    text: str
    source: str
    result: bool = False
    qualities: tuple[str, ...] = ()
    grade: Degree | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """One fact that shows a concept not to be there."""

    concept: str
    ago: TimeAgo
    text: str
    source: str


@dataclass
class Sorted:
    """The facts of a record as of one date, by what they are good for.

    Args:
        shown: What is there or was.
        denied: What was looked for and is not there.
        possible: Concepts that may be there, with the source that says so.
        pending: Those of them that are certain, but perhaps not there yet.
        unclassified: Sources of facts that may be anything, by category.
        times: When what is possible (by concept and source) or unclassified (by category and source)
            was last so, where the record dates it.
        conditions: Certain conditions by source, for lesions and primaries.
        lesions: Lesions known by then; None where that is open.
        measurements: All measurements.
        local: Sources of drugs that are given where they act, such as a cream.
        doubts: Results that aren't verified: they show nothing, but contradict what says otherwise.
        complete: Statements of completeness that hold.
    """

    shown: list[Shown] = field(default_factory=list)
    denied: list[Denied] = field(default_factory=list)
    possible: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pending: set[str] = field(default_factory=set)
    unclassified: dict[Completeness, list[str]] = field(default_factory=lambda: defaultdict(list))
    times: dict[tuple[str, str], TimeAgo] = field(default_factory=dict)
    conditions: dict[str, ConditionFact] = field(default_factory=dict)
    lesions: list[tuple[LesionFact, bool | None]] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    local: set[str] = field(default_factory=set)
    doubts: list[Shown | Denied] = field(default_factory=list)
    complete: dict[Completeness, CompletenessStatement] = field(default_factory=dict)


def sorted_facts(record: PatientRecord, concepts: Concepts, as_of: date) -> Sorted:
    """Return what a record's facts show as of a day."""
    found = Sorted()
    results: list[ResultFact] = []
    for fact in record.facts:
        match fact:
            case Measurement():
                found.measurements.append(fact)
            case ResultFact():
                results.append(fact)
            case LesionFact():
                exists = _lesion_exists(fact, as_of)
                if exists is not False:
                    found.lesions.append((fact, exists))
            case CompletenessStatement():
                if _holds(fact, as_of):
                    found.complete.setdefault(fact.category, fact)
            case PlanFact():
                pass  # what is planned is told apart from what was done
            case _:
                _sort_course(fact, found, concepts, as_of)
    _sort_results(results, found, concepts, as_of)
    return found


def _sort_course(fact: Course, found: Sorted, concepts: Concepts, as_of: date) -> None:
    exists = fact.began.exists(as_of)
    if exists is False:
        return
    iris = _iris(fact, concepts)
    certain = fact.certain and exists is True
    if isinstance(fact, ExposureFact) and words().local & set(
        re.findall(r"[\w-]+", fact.what.text.casefold())
    ):
        found.local.add(fact.source)
    if not fact.what.concepts:
        category = _CATEGORIES[type(fact)]
        found.unclassified[category].append(fact.source)
        found.times[category, fact.source] = ago(last_day(fact, as_of, event=False), as_of)
    if not certain:
        for iri in iris:
            found.possible[iri].append(fact.source)
            event = _is_event(iri, concepts, active=active_on(fact, as_of))
            found.times[iri, fact.source] = ago(last_day(fact, as_of, event=event), as_of)
            if fact.certain:
                found.pending.add(iri)
        return
    if isinstance(fact, ConditionFact):
        found.conditions[fact.source] = fact
    active = active_on(fact, as_of)
    graded = fact if isinstance(fact, ConditionFact | AllergyFact) else None
    for iri in iris:
        last = last_day(fact, as_of, event=_is_event(iri, concepts, active=active))
        sleeping = active and not concepts.ancestors(iri).isdisjoint(dormant())
        state = None if sleeping else active
        shown = Shown(iri, ago(last, as_of), state, _text(fact), fact.source)
        if graded is not None:
            grade = _grade_of(iri, graded, concepts)
            shown = replace(shown, qualities=graded.qualities, grade=grade)
        found.shown.append(shown)


def _grade_of(iri: str, fact: ConditionFact | AllergyFact, concepts: Concepts) -> Degree | None:
    """Return the grade that a record states of a condition, on the scale that criteria ask for."""
    told = fact.grade is not None and (fact.grade.ctcae or not has_own_scale(iri, concepts))
    return fact.grade if told else None


def _is_event(iri: str, concepts: Concepts, *, active: bool | None) -> bool:
    """Whether something is dated by its onset: an acute event, or a lasting one that is over."""
    kinds = [lasting for event, lasting in events().items() if event in concepts.ancestors(iri)]
    return any(not lasting or active is False for lasting in kinds)


def is_lasting(iri: str, concepts: Concepts) -> bool:
    """Whether having had something counts as having it, though the record states it to be over.

    A treatment or procedure that was done, an acute event, and a cancer: it is the patient's disease
    in remission too. A metastasis that is gone is not, nor is how a cancer once stood.
    """
    if concepts.is_a(iri, DISEASE_STATUS):
        return False
    if concepts.category(iri) not in _PASSING:
        return True
    cancer = concepts.is_a(iri, str(TGC.MalignantNeoplasm))
    metastasis = concepts.is_a(iri, str(TGC.MetastaticMalignantNeoplasm))
    return (cancer and not metastasis) or _is_event(iri, concepts, active=None)


def _iris(fact: Course, concepts: Concepts) -> Iterable[str]:
    if not isinstance(fact, AllergyFact):
        return fact.what.concepts
    if not fact.what.concepts:
        return (_HYPERSENSITIVITY,)
    return [
        iri if concepts.category(iri) == "allergy" else concepts.allergy_to(iri) or _HYPERSENSITIVITY
        for iri in fact.what.concepts
    ]


def _text(fact: Course) -> str:
    began, ended = date_text(fact.began), date_text(fact.ended) if fact.ended else ""
    dates = began if ended in ("", began) else f"{began} to {ended}"
    state = {True: "ongoing", False: "not ongoing", None: ""}[fact.active]
    what = f"allergy: {fact.what.text}" if isinstance(fact, AllergyFact) else fact.what.text
    grade = fact.grade if isinstance(fact, ConditionFact | AllergyFact) else None
    if grade is not None and "grade" not in what.casefold():
        what = f"{what}, grade {grade.low}{f' to {grade.high}' if grade.high > grade.low else ''}"
    beside = ", ".join(part for part in ("" if dates == "../.." else dates, state) if part)
    return f"{what} ({beside})" if beside else what


def _lesion_exists(fact: LesionFact, as_of: date) -> bool | None:
    """Whether a lesion was known on a day: it is from its first measurement on.

    One that was only measured later may have been known, or not; one without any date is there.
    """
    begun = fact.when.exists(as_of)
    if begun is not True:
        return begun
    dated = fact.when != ANY_DAY or not fact.sizes
    return True if dated or any(size.when.exists(as_of) for size in fact.sizes) else None


def _holds(fact: CompletenessStatement, as_of: date) -> bool:
    """Whether a category was complete on a day: stated by then, and up to then or kept current."""
    if fact.stated.exists(as_of) is not True:
        return False
    return fact.through is None or (fact.through.low is not None and fact.through.low >= as_of)


def _sort_results(results: Iterable[ResultFact], found: Sorted, concepts: Concepts, as_of: date) -> None:
    """Sort qualitative results: of results on one concept, the latest stand.

    A positive result of before a negative one is out of date, and the other way round. Those of
    which it is open which is later all stand, and contradict each other. That something was not
    done says nothing of the days after.
    """
    by_concept: Mapping[str, list[ResultFact]] = defaultdict(list)
    for fact in results:
        exists = fact.when.exists(as_of)
        for iri in fact.what.concepts:
            if exists is None:
                found.possible[iri].append(fact.source)
            elif exists and not _is_outdated(fact, concepts.category(iri), as_of):
                by_concept[iri].append(fact)
    for iri, facts in sorted(by_concept.items()):
        for fact in _current(facts):
            _sort_result(fact, iri, results, found, concepts, as_of)
    found.shown += _kept(found)


def _sort_result(
    fact: ResultFact,
    iri: str,
    results: Iterable[ResultFact],
    found: Sorted,
    concepts: Concepts,
    as_of: date,
) -> None:
    when = ago(fact.when, as_of)
    text = f"{fact.what.text}{'' if fact.positive else ': negative'}{_on(fact)}"
    if not fact.positive:
        denied = Denied(iri, when, text, fact.source)
        if fact.certain:
            found.denied.append(denied)
        else:
            found.doubts.append(denied)
        return
    passed = concepts.is_a(iri, DISEASE_STATUS) and _stood_otherwise(fact, results, concepts, as_of)
    shown = Shown(iri, when, False if passed else None, text, fact.source, result=True)
    if fact.certain:
        found.shown.append(shown)
    else:
        found.doubts.append(shown)
        found.possible[iri].append(fact.source)


def _kept(found: Sorted) -> Iterator[Shown]:
    """Yield what a panel shows of which no protein is lost: each of them was found, and none is in doubt."""
    lost = {fact.concept for fact in (*found.shown, *found.doubts) if isinstance(fact, Shown)}
    for whole in sorted({stain.all_kept for stain in stains()}):
        losses = {stain.loss for stain in stains() if stain.all_kept == whole}
        kept = [fact for fact in found.denied if fact.concept in losses]
        if {fact.concept for fact in kept} == losses and not lost & losses:
            yield from (Shown(whole, each.ago, None, each.text, each.source, result=True) for each in kept)


def _stood_otherwise(
    status: ResultFact, results: Iterable[ResultFact], concepts: Concepts, as_of: date
) -> bool:
    """Whether a later result says how the cancer stood then."""
    later = (
        fact
        for fact in results
        if fact.when.low and status.when.high and fact.when.low > status.when.high
        if fact.when.exists(as_of)
    )
    return any(concepts.is_a(iri, DISEASE_STATUS) for fact in later for iri in fact.what.concepts)


def _is_outdated(fact: ResultFact, category: str, as_of: date) -> bool:
    done = category in ("procedure", "treatment")
    return done and not fact.positive and fact.when.high is not None and fact.when.high < as_of


def _on(fact: ResultFact) -> str:
    text = date_text(fact.when)
    return "" if text == "../.." else f" on {text}"


def _current(facts: list[ResultFact]) -> Iterator[ResultFact]:
    """Yield the facts that none surely follows; a verified one takes an unverified one's place that day."""
    later = [fact.when.low for fact in facts if fact.certain and fact.when.low]
    for fact in facts:
        high = fact.when.high
        if high is None or not any(day > high or (day == high and not fact.certain) for day in later):
            yield fact
