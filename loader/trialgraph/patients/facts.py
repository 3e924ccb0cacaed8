"""The facts of a patient record: typed, dated, each with the resource that states it.

Facts hold what the record says and which concepts that means; nothing is inferred here. A record
that doesn't count (entered in error, refuted, not done) makes no fact; the import report names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from trialgraph.patients.dates import ANY_DAY, DateRange
from trialgraph.patients.severity import Degree
from trialgraph.views import Completeness

__all__ = [
    "AllergyFact",
    "Amount",
    "Coded",
    "CompletenessStatement",
    "ConditionFact",
    "Demographics",
    "ExposureFact",
    "Fact",
    "ImportNote",
    "ImportReport",
    "LesionFact",
    "LesionSize",
    "Measurement",
    "NoteKind",
    "PatientRecord",
    "PlanFact",
    "ProcedureFact",
    "ResultFact",
    "Sex",
    "Standing",
    "in_order",
]

Sex: TypeAlias = Literal["female", "male"]
Standing: TypeAlias = Literal["", "below", "normal", "above"]
"""Where a result lies among the limits of normal; empty when that isn't stated."""
NoteKind = Literal["not counted", "not mapped", "not used", "by text", "not read"]


@dataclass(frozen=True, slots=True)
class Coded:
    """What a record names, in its words, and the concepts that those words and codes mean.

    Args:
        text: The record's own words.
        concepts: IRIs of the most specific concepts it is an instance of; empty when it maps to
            none ("unclassified").
        by_text: The concepts were found by words alone, not by a code.
    """

    text: str
    concepts: tuple[str, ...] = ()
    by_text: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or a range of numbers in one unit.

    Args:
        low: Least possible value; None when nothing bounds it ("<0.5").
        high: Greatest possible value; None when nothing bounds it (">500").
        low_open: The least value itself is not possible.
        high_open: The greatest value itself is not possible.
        unit: Unit as written, in UCUM where the record says so; empty when it states none.
    """

    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Demographics:
    """Who the patient is, as far as trials ask.

    Args:
        source: The resource.
        sex: Administrative sex; None when it is neither female nor male, or not stated.
        born: Days on which the patient may have been born; None when not stated.
        died: Days on which the patient may have died; None when the record states no death.
    """

    source: str
    sex: Sex | None = None
    born: DateRange | None = None
    died: DateRange | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """The result of measuring a quantity.

    Args:
        source: The resource.
        what: The quantity; exactly one concept.
        value: The result, as written.
        when: Days on which it may have been measured.
        normal_low: Lower limit of the result's own reference range, in the value's unit.
        normal_high: Upper limit of it.
        standing: Where the laboratory says that the result lies, limits stated or not.
        at: The moment, which orders the results of one day; None when only the day is stated.
        certain: False for a result that isn't verified: it shows nothing, but what it may show instead
            of an earlier one is open.
    """

    source: str
    what: Coded
    value: Amount
    when: DateRange = ANY_DAY
    normal_low: float | None = None
    normal_high: float | None = None
    standing: Standing = ""
    at: datetime | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class ResultFact:
    """A qualitative result: something was looked for, and is or is not there.

    Args:
        source: The resource.
        what: What was found, or not found.
        positive: True when it is there, False when it is not.
        when: Days on which that may have been so.
        certain: False for a result that isn't verified, or may mean something else: it shows neither
            presence nor absence, but contradicts what says otherwise and isn't newer.
    """

    source: str
    what: Coded
    positive: bool
    when: DateRange = ANY_DAY
    certain: bool = True


@dataclass(frozen=True, slots=True)
class ConditionFact:
    """A disease or finding.

    Args:
        source: The resource.
        what: The condition.
        certain: False for what is only suspected: it shows neither presence nor absence.
        active: True when stated ongoing, False when stated over, None when not stated.
        began: Days on which it may have begun.
        ended: Days on which it may have ended; None when it isn't stated to have ended.
        related: Sources of the conditions it arose from, such as the primary of a metastasis.
        organ: Organ it lies in, as `data/records/organs.csv` names organs; empty when not known.
        qualities: What is stated of it ("severe"), as `data/records/qualities.toml` names qualities.
        grade: How bad it is stated to be, as a grade.
    """

    source: str
    what: Coded
    certain: bool = True
    active: bool | None = None
    began: DateRange = ANY_DAY
    ended: DateRange | None = None
    related: tuple[str, ...] = ()
    organ: str = ""
    qualities: tuple[str, ...] = ()
    grade: Degree | None = None


@dataclass(frozen=True, slots=True)
class ExposureFact:
    """A drug that the patient took, or was given.

    Args:
        source: The resource.
        what: The drug, class or regimen.
        certain: False for what may not have been taken, such as a drug that was only dispensed.
        active: True when stated ongoing, False when stated over, None when not stated.
        began: Days on which the first dose may have been.
        ended: Days on which the last dose may have been; None when not stated.
    """

    source: str
    what: Coded
    certain: bool = True
    active: bool | None = None
    began: DateRange = ANY_DAY
    ended: DateRange | None = None


@dataclass(frozen=True, slots=True)
class ProcedureFact:
    """A procedure that was done: surgery, ablation, a course of radiotherapy.

    Args:
        source: The resource.
        what: The procedure.
        certain: False for what may not have been done.
        active: True when stated in progress, False when stated completed, None when not stated.
        began: Days on which it may have begun.
        ended: Days on which it may have ended; None when not stated.
        sites: Body sites, in the record's words.
    """

    source: str
    what: Coded
    certain: bool = True
    active: bool | None = None
    began: DateRange = ANY_DAY
    ended: DateRange | None = None
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanFact:
    """A treatment or procedure that is ordered or planned for a day.

    Args:
        source: The resource.
        what: What is planned.
        due: Days on which it may be to begin.
        stated: Days on which that may have been ordered.
    """

    source: str
    what: Coded
    due: DateRange
    stated: DateRange = ANY_DAY


@dataclass(frozen=True, slots=True)
class AllergyFact:
    """An allergy or intolerance; `what` is the substance, or the allergy when that is what is coded."""

    source: str
    what: Coded
    certain: bool = True
    active: bool | None = None
    began: DateRange = ANY_DAY
    ended: DateRange | None = None
    qualities: tuple[str, ...] = ()
    grade: Degree | None = None


@dataclass(frozen=True, slots=True)
class LesionSize:
    """The largest diameter of a lesion, as measured once."""

    source: str
    value: Amount
    when: DateRange = ANY_DAY


@dataclass(frozen=True, slots=True)
class LesionFact:
    """One tumour lesion.

    Args:
        source: The resource.
        what: What the lesion itself is said to be ("liver metastasis"); often nothing.
        organ: Organ it lies in, as `data/records/organs.csv` names organs; empty when not known.
        when: Days from which it may have been known.
        sizes: Its largest diameters over time.
        related: Sources of the conditions it belongs to.
    """

    source: str
    what: Coded
    organ: str = ""
    when: DateRange = ANY_DAY
    sizes: tuple[LesionSize, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompletenessStatement:
    """The record states that a category holds everything there is.

    Args:
        source: The resource.
        category: What is complete.
        through: The day up to which it is; None when it is kept current.
        text: The record's own words.
        stated: When that was stated.
    """

    source: str
    category: Completeness
    through: DateRange | None
    text: str
    stated: DateRange = ANY_DAY


Fact: TypeAlias = (
    Measurement
    | ResultFact
    | ConditionFact
    | ExposureFact
    | ProcedureFact
    | PlanFact
    | AllergyFact
    | LesionFact
    | CompletenessStatement
)


@dataclass(frozen=True, slots=True, order=True)
class ImportNote:
    """What became of a resource that is not simply a fact.

    Args:
        resource: The resource, such as ``Observation/hb-1``.
        kind: ``not counted`` (its status says so, or it isn't about the patient), ``not mapped``
            (kept as an unclassified fact, or no concept for it), ``not used`` (an impossible value,
            an unknown unit), ``by text`` (a fact found by words, not by a code), ``not read`` (a
            type of resource that holds nothing eligibility asks for).
        why: The reason, for a person.
    """

    resource: str
    kind: NoteKind
    why: str

    def __str__(self) -> str:
        return f"{self.resource} {self.kind}: {self.why}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import read and what it didn't."""

    resources: int = 0
    notes: tuple[ImportNote, ...] = ()

    def __iter__(self) -> Iterator[ImportNote]:
        return iter(self.notes)


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """Everything that one patient's record states, as facts.

    Args:
        id: Identifier of the patient in the record.
        demographics: Who the patient is.
        facts: All facts, in a fixed order that doesn't depend on the order of the input.
        report: What the import made of each resource.
    """

    id: str
    demographics: Demographics
    facts: tuple[Fact, ...] = ()
    report: ImportReport = ImportReport()


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return facts in an order that depends on nothing but the facts, each once."""
    return tuple(sorted(set(facts), key=lambda fact: (type(fact).__name__, fact.source, repr(fact))))
