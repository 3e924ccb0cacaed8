"""The elements that FHIR resources share: references, dates, statuses, extensions.

Source: FHIR R4 (4.0.1), data types and resource formats.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from trialgraph.namespaces import TGC
from trialgraph.patients.coding import Coder, Json, Reading
from trialgraph.patients.dates import ANY_DAY, DateRange, parse_date
from trialgraph.patients.facts import (
    Coded,
    CompletenessStatement,
    ConditionFact,
    ExposureFact,
    Fact,
    ImportNote,
    LesionFact,
    NoteKind,
    PlanFact,
    ProcedureFact,
    ResultFact,
    Sex,
)
from trialgraph.patients.severity import Degree, stated_grade
from trialgraph.patients.tables import Status, examinations, findings, roles, statuses
from trialgraph.patients.wellformed import COMPLAINTS
from trialgraph.patients.wording import words

__all__ = [
    "CHANGED",
    "Context",
    "codes",
    "extensions",
    "grade_of",
    "has_profile",
    "in_role",
    "is_modified",
    "observed_on",
    "reference",
    "resource_name",
    "unsure",
]

CHANGED = "its meaning is changed by an extension or by rules that aren't known"
"""Why a resource for which `is_modified` holds can't be relied on."""

_PROCEDURE = str(TGC.Procedure)
_WORD = re.compile(r"\w+")


@dataclass
class Context:
    """What the readers of resources share while one patient's record is read.

    Args:
        coder: Finds concepts.
        resources: The record's resources, by every name that references use for them.
        born: The patient's birth date, for ages.
        sex: The patient's sex, for ranges of normal.
        notes: The import report, as it grows.
    """

    coder: Coder
    resources: Mapping[str, Json]
    born: DateRange | None = None
    sex: Sex | None = None
    notes: set[ImportNote] = field(default_factory=set)

    def note(self, resource: Json, kind: NoteKind, why: str) -> None:
        """Add an entry to the import report."""
        self.notes.add(ImportNote(resource_name(resource), kind, why))

    def resolve(self, resource: Json, referring: Json) -> Json | None:
        """Return the resource that a Reference points to; None when the record lacks it."""
        target = str((referring or {}).get("reference") or "")
        if target.startswith("#"):
            contained = (each for each in resource.get("contained") or () if isinstance(each, Mapping))
            return next((each for each in contained if each.get("id") == target[1:]), None)
        return self.resources.get(target) or self.resources.get(reference(referring))

    def source_of(self, resource: Json, referring: Json) -> str:
        """Return the name of what a Reference points to, as facts name their sources."""
        target = self.resolve(resource, referring)
        return resource_name(target) if target else reference(referring)

    def read(
        self, resource: Json, codeable: Json, categories: Collection[str], category: str = ""
    ) -> Reading:
        """Return what a CodeableConcept means, with a note when it maps to nothing or by words only.

        With a category of record, what has no concept is looked up among what is known generally.
        """
        reading = self.coder.read(codeable or {}, categories)
        name = reading.what.text or "nothing coded"
        unnamed = category == "conditions" and not reading.what.concepts
        if unnamed and (may_be := _may_be(codeable or {}, name)):
            labels = " or ".join(self.coder.concepts.label(iri) for iri in may_be)
            self.note(resource, "not mapped", f"{name}: a finding, which may be {labels}")
            return replace(reading, known_other=True, mentioned=(*reading.mentioned, *may_be))
        if category and not reading.what.concepts and not reading.doubtful:
            general, by_text = self.coder.generally(codeable or {}, category)
            if general == "":
                self.note(
                    resource, "not mapped", f"{name}: known, and nothing that criteria have a concept for"
                )
                return replace(reading, known_other=True)
            if general is not None:
                how = "by text" if by_text else "not mapped"
                self.note(resource, how, f"{name}: read as some kind of {self.coder.concepts.label(general)}")  # type: ignore[arg-type]
                return replace(reading, what=replace(reading.what, concepts=(general,), by_text=by_text))
        if reading.remark:
            kept = "" if reading.what.concepts else "; kept as unclassified"
            self.note(resource, "not mapped", f"{name}: {reading.remark}{kept}")
        elif reading.what.by_text:
            labels = ", ".join(self.coder.concepts.label(iri) for iri in reading.what.concepts)
            self.note(resource, "by text", f"{name}: read as {labels}")
        return reading

    def status(self, resource: Json, element: str) -> Status:
        """Return what a status element means; an unheard-of code shows nothing for sure."""
        name = element.split(".")[1]
        if any(complaint.startswith(name) for complaint in resource.get(COMPLAINTS, ())):
            return Status("unsure", None, f"its {name} can't be read")
        stated = resource.get(name)
        code = _code(stated) if isinstance(stated, Mapping) else str(stated or "")
        known = statuses().get((element, code)) or statuses().get(("*", code))
        if is_modified(resource) and (known is None or known.counts != "no"):
            return Status("unsure", None, CHANGED)
        if known is None and not code:
            return Status("unsure" if element.endswith(".status") else "", None, "of no stated status")
        return known or Status("unsure", None, f"of unknown status {code!r}")

    def counts(self, resource: Json, status: Status) -> bool:
        """Whether a resource of some status counts at all; notes when it doesn't."""
        if status.counts == "no":
            self.note(resource, "not counted", status.reason)
        elif status.counts == "unsure":
            self.note(resource, "not counted", f"{status.reason}; shows neither presence nor absence")
        return status.counts != "no"

    def day(self, resource: Json, *elements: str) -> DateRange | None:
        """Return the date of the first of some elements that is there; None when none is.

        A dateTime, an instant, a Period (all of it) and an Age are understood.
        """
        for element in elements:
            value = resource.get(element)
            if value in (None, "", {}):
                continue
            if isinstance(value, Mapping):
                return self._age(value) if "value" in value else self._period(resource, value)
            return self.parsed(resource, value)
        return None

    def period(self, resource: Json, element: str) -> tuple[DateRange, DateRange | None] | None:
        """Return the start and end of a Period; an end of None is open."""
        value = resource.get(element)
        if not isinstance(value, Mapping) or not ({"start", "end"} & value.keys()):
            return None
        start = self.parsed(resource, value.get("start"))
        end = self.parsed(resource, value["end"]) if value.get("end") else None
        if end is not None and self._reversed(resource, start, end):
            return ANY_DAY, None
        return start, end

    def parsed(self, resource: Json, value: Json) -> DateRange:
        """Return the days that a date means; any day, with a note, when it means none."""
        if value in (None, ""):
            return ANY_DAY
        try:
            return parse_date(str(value))
        except ValueError as error:
            self.note(resource, "not used", f"{error}; taken as undated")
            return ANY_DAY

    def _period(self, resource: Json, value: Json) -> DateRange:
        start = self.parsed(resource, value.get("start"))
        end = self.parsed(resource, value.get("end"))
        return ANY_DAY if self._reversed(resource, start, end) else DateRange(start.low, end.high)

    def _reversed(self, resource: Json, start: DateRange, end: DateRange) -> bool:
        if start.low is None or end.high is None or start.low <= end.high:
            return False
        self.note(resource, "not used", f"a period from {start} to {end}; taken as undated")
        return True

    def _age(self, value: Json) -> DateRange:
        years = value["value"]
        if self.born is None or value.get("code") != "a" or not isinstance(years, int | float):
            return ANY_DAY
        low = _years_after(self.born.low, int(years)) if self.born.low else None
        high = _years_after(self.born.high, int(years) + 1) if self.born.high else None
        return DateRange(low, high)

    def examined(self, resource: Json, codeable: Json, when: DateRange) -> Iterator[Fact]:
        """Yield the examination that a report, specimen or tumour size came from.

        What it was is read from a CodeableConcept; where that says nothing, it may be any.
        """
        source = resource_name(resource)
        what = self.coder.read(codeable or {}, {"procedure", "other"}).what
        if any(self.coder.concepts.is_a(iri, _PROCEDURE) for iri in what.concepts):
            yield ProcedureFact(source, what, active=False, began=when, ended=when)
            return
        text = what.text or "an examination"
        for iri in examinations():
            yield ProcedureFact(source, Coded(text, (iri,), by_text=True), certain=False, began=when)

    def mentions(
        self, resource: Json, reading: Reading, when: DateRange, ended: DateRange | None = None
    ) -> Iterator[Fact]:
        """Yield what a resource's words mention beside what it states, as unsure facts.

        They show nothing, but keep what is mentioned from being called absent. A marker in the name of
        a condition ("colon cancer, MSI-H") is stated, unless a word may deny it.
        """
        source, told = resource_name(resource), set(_WORD.findall(reading.what.text.casefold()))
        beside = told & self.coder.apart_from_markers(reading.what.text)
        named = bool(reading.what.concepts) and resource.get("resourceType") == "Condition"
        stated = named and not reading.doubtful and not words().negations & beside
        given = when
        if named and words().causing & told and when.high is not None:
            # What caused a condition was given by the day that it began.
            given = ended = DateRange(None, when.high)
        for iri in reading.mentioned:
            what = Coded(reading.what.text, (iri,), by_text=True)
            match self.coder.concepts.category(iri):
                case "condition" | "lesion":
                    yield ConditionFact(source, what, certain=False, began=when)
                case "treatment":
                    yield ExposureFact(source, what, certain=False, began=given, ended=ended)
                case "biomarker":
                    yield ResultFact(source, what, positive=True, when=when, certain=stated)
                case "procedure" | "other" if self.coder.concepts.is_a(iri, _PROCEDURE):
                    yield ProcedureFact(source, what, certain=False, began=when, ended=ended)


def grade_of(resource: Json, text: str) -> Degree | None:
    """Return the grade that a resource states, in its words, its severity or an extension for grades."""
    told = extensions(resource, "adverse event grade")
    stated = [value for each in told for key, value in each.items() if key.startswith("value")]
    return stated_grade(text, [resource.get("severity"), *stated])


def observed_on(resource: Json, context: Context) -> DateRange:
    """Return when an Observation was so; without a time, some day by which it was issued."""
    when = context.day(resource, "effectiveDateTime", "effectivePeriod", "effectiveInstant")
    if when is not None:
        return when
    issued = context.day(resource, "issued")
    return DateRange(None, issued.high) if issued else ANY_DAY


def unsure(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield facts as ones that aren't certain, those of them that may be either."""
    for fact in facts:
        if not isinstance(fact, CompletenessStatement | LesionFact | PlanFact):
            yield replace(fact, certain=False)


def resource_name(resource: Json) -> str:
    """Return how a resource is named: its type and id, or a hash of it where it has no id."""
    kind = resource.get("resourceType") or "Resource"
    if resource.get("id"):
        return f"{kind}/{resource['id']}"
    content = json.dumps(resource, sort_keys=True, default=str).encode()
    return f"{kind}/sha256-{hashlib.sha256(content).hexdigest()[:12]}"


def reference(referring: Json) -> str:
    """Return the ``Type/id`` that a Reference names; empty when it names none."""
    target = str((referring or {}).get("reference") or "").split("/_history/")[0]
    parts = target.rsplit("/", 2)
    return "/".join(parts[-2:]) if len(parts) > 1 else target


def codes(codeable: Json) -> frozenset[tuple[str, str]]:
    """Return the system and code of each coding."""
    codings = codeable.get("coding") or () if isinstance(codeable, Mapping) else ()
    return frozenset((str(each.get("system", "")), str(each.get("code", ""))) for each in codings)


def _may_be(codeable: Json, name: str) -> tuple[str, ...]:
    """Return what a finding of unknown nature may be, by its words or its codes."""
    codes = [str(coding.get("code") or "") for coding in codeable.get("coding") or ()]
    for words_of_it, starts, may_be in findings():
        if words_of_it.search(name) or any(code.startswith(starts) for code in codes if starts):
            return may_be
    return ()


def in_role(codeable: Json, role: str) -> bool:
    """Whether one of the codes of a CodeableConcept plays a role (`data/records/roles.csv`)."""
    return bool(codes(codeable) & roles()[role])


def extensions(element: Json, role: str) -> Iterator[Json]:
    """Yield the extensions of an element that play a role, however deep they are nested."""
    for extension in (element or {}).get("extension") or ():
        if ("", extension.get("url")) in roles()[role]:
            yield extension
        yield from extensions(extension, role)


def is_modified(element: Json) -> bool:
    """Whether something unknown may change what a resource, or a part of one, means.

    Source: FHIR R4, sections 2.4.1 (modifier extensions) and 2.26.3.1 (implicitRules).
    """
    return bool(element.get("modifierExtension") or element.get("implicitRules"))


def has_profile(resource: Json, role: str) -> bool:
    """Whether a resource claims a profile that plays a role."""
    profiles = (resource.get("meta") or {}).get("profile") or ()
    return any(("", str(profile).split("|")[0]) in roles()[role] for profile in profiles)


def _code(codeable: Json) -> str:
    """Return the code of a status; where it has none, its words, written as codes are."""
    codings = codeable.get("coding") or ()
    words = (codeable.get("text"), *(each.get("display") for each in codings))
    told = next((str(each).strip().casefold().replace(" ", "-") for each in words if each), "")
    return next((str(each["code"]) for each in codings if each.get("code")), told)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
