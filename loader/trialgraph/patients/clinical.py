"""Conditions, procedures and allergies of a FHIR record as facts.

What counts is decided by status (`data/records/statuses.csv`): what was only suspected is neither
present nor absent, a relative's disease is not the patient's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from trialgraph.namespaces import TGC
from trialgraph.patients.adverse import unless_absent
from trialgraph.patients.cancers import read_spread, related, sited
from trialgraph.patients.coding import Json, Reading
from trialgraph.patients.dates import ANY_DAY, DateRange
from trialgraph.patients.elements import (
    Context,
    codes,
    extensions,
    grade_of,
    has_profile,
    reference,
    resource_name,
    unsure,
)
from trialgraph.patients.facts import (
    AllergyFact,
    Coded,
    CompletenessStatement,
    ConditionFact,
    ExposureFact,
    Fact,
    ProcedureFact,
    ResultFact,
)
from trialgraph.patients.medications import taken
from trialgraph.patients.qualities import of_condition, qualities_of
from trialgraph.patients.severity import stated_grade
from trialgraph.patients.stages import staged, stages_of
from trialgraph.patients.statements import Said, allergen_of, read_said, said_of
from trialgraph.patients.tables import (
    NoneKnown,
    Status,
    allergy_categories,
    lists,
    none_known,
    past_codes,
    roles,
)
from trialgraph.patients.tumours import organs
from trialgraph.patients.wording import words

__all__ = [
    "read_allergy",
    "read_condition",
    "read_list",
    "read_participation",
    "read_procedure",
    "read_report",
]

_CONDITIONS = frozenset({"condition", "lesion", "reproductive", "biomarker"})
_PROCEDURES = frozenset({"procedure", "treatment", "other"})
_ALLERGIES = frozenset({"allergy", "treatment"})


def read_condition(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the fact of a Condition."""
    verified = context.status(resource, "Condition.verificationStatus")
    if not context.counts(resource, verified):
        return
    onset = context.day(resource, "onsetDateTime", "onsetPeriod", "onsetAge")
    recorded = _recorded(resource, context)
    began = _no_later(onset or ANY_DAY, recorded)
    none = _none_known(resource.get("code"))
    if none is not None:
        if verified.counts == "yes":
            yield from _none_stated(resource, none, began)
        return
    if _is_circumstance(resource):
        context.note(resource, "not read", "a social circumstance, no disease")
        return
    said = said_of(resource.get("code") or {}, context.coder, _CONDITIONS)
    instead = _allergic(resource, began, context, certain=verified.counts == "yes")
    instead = instead or read_said(resource, said, began, recorded, context)
    if instead is not None:
        yield from instead
        return
    codeable, past = _once(said.codeable if said.mode == "over" else resource.get("code") or {})
    done = [*_done(resource, codeable, began, context)] if past else []
    if done:
        yield from done
        return
    reading = read_spread(resource, codeable, context)
    reading = reading or context.read(resource, codeable, _CONDITIONS, "conditions")
    if reading.known_other:
        yield from context.mentions(resource, reading, began)
        return
    if reading.doubtful:
        context.note(resource, "not counted", f"{reading.what.text}: its words leave open whether it is so")
    clinical = context.status(resource, "Condition.clinicalStatus")
    ended = context.day(resource, "abatementDateTime", "abatementPeriod", "abatementAge")
    if ended is None and any(key.startswith("abatement") for key in resource):
        ended = ANY_DAY
    if past:
        words_of_record = context.coder.read(resource.get("code") or {}, _CONDITIONS).what.text
        reading = replace(reading, what=replace(reading.what, text=words_of_record))
        began = ended = DateRange(None, began.high)
    over = past or (clinical.ongoing is None and ended is not None)
    certain = verified.counts == "yes" and not reading.doubtful
    texts = stages_of(resource, reading) if certain and not past else ()
    stages = [*staged(resource, texts, reading.what.concepts, began, context)]
    fact = ConditionFact(
        resource_name(resource),
        replace(reading.what, concepts=sited(resource, reading, context)),
        certain=certain,
        active=_ongoing(clinical, said, over=over),
        began=began,
        ended=ended,
        related=related(resource, context),
        organ=context.coder.organ(resource.get("bodySite") or ()),
        qualities=of_condition(resource, reading.what.text, stages, context),
        grade=grade_of(resource, reading.what.text),
    )
    yield from unless_absent(fact, resource, context)
    yield from context.mentions(resource, reading, began)
    yield from stages


def _allergic(resource: Json, began: DateRange, context: Context, *, certain: bool) -> list[Fact] | None:
    """Return the allergy that a Condition is of; None for any other."""
    what = allergen_of(resource.get("code") or {}, context)
    if what is None:
        return None
    status = context.status(resource, "Condition.clinicalStatus")
    return [AllergyFact(resource_name(resource), what, certain, status.ongoing, began)]


def _ongoing(clinical: Status, said: Said, *, over: bool) -> bool | None:
    """Whether a condition is ongoing, by its status and its words; open where they disagree."""
    if over:
        return False
    if said.mode == "over":
        return None if clinical.ongoing else False
    return clinical.ongoing


def _done(resource: Json, codeable: Json, began: DateRange, context: Context) -> Iterator[Fact]:
    """Yield what was done to the patient once, where a Condition says so: "history of colectomy"."""
    coder = context.coder
    if coder.read(codeable, _CONDITIONS).what.concepts:
        return
    what = coder.read(codeable, _PROCEDURES - {"other"}).what
    kinds = {coder.concepts.category(iri) for iri in what.concepts}
    if len(kinds) != 1:
        return
    labels = ", ".join(coder.concepts.label(iri) for iri in what.concepts)
    context.note(resource, "by text", f"{what.text}: read as {labels}, done once")
    when = DateRange(None, began.high)
    if kinds == {"treatment"}:
        yield ExposureFact(resource_name(resource), what, active=False, began=when, ended=when)
    else:
        yield ProcedureFact(resource_name(resource), what, active=False, began=when, ended=when)


def _is_circumstance(resource: Json) -> bool:
    found = {code for category in resource.get("category") or () for code in codes(category)}
    return any(("", code) in roles()["social circumstance"] for _, code in found)


def _once(codeable: Json) -> tuple[Json, bool]:
    """Return what was so once, and whether that is said: "history of myocardial infarction"."""
    coded = any(
        str(coding.get("system") or "").startswith(system) and str(coding.get("code") or "").startswith(code)
        for coding in codeable.get("coding") or ()
        for system, code in past_codes()
    )
    texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
    if not coded and not any(_past().search(str(text)) for text in texts if text):
        return codeable, False
    codings = [
        {**coding, **({"display": _past().sub("", str(coding["display"]))} if coding.get("display") else {})}
        for coding in codeable.get("coding") or ()
    ]
    text = {"text": _past().sub("", str(codeable["text"]))} if codeable.get("text") else {}
    return {**codeable, "coding": codings, **text}, True


@lru_cache(maxsize=1)
def _past() -> re.Pattern[str]:
    before = "|".join(re.escape(each) for each in words().past)
    behind = "|".join(re.escape(each) for each in words().once)
    return re.compile(rf"^\s*(?:{before})(?![^\W_])[\s:]*|\s+(?:{behind})\s*$", re.IGNORECASE)


def _recorded(resource: Json, context: Context) -> DateRange | None:
    for extension in extensions(resource, "asserted"):
        return context.day(extension, "valueDateTime")
    return context.day(resource, "recordedDate")


def _no_later(when: DateRange, recorded: DateRange | None) -> DateRange:
    """Cut a date off at the day it was recorded: what is recorded has happened."""
    if recorded is None or recorded.high is None:
        return when
    if when.high is not None and when.high <= recorded.high:
        return when
    if when.low is not None and when.low > recorded.high:
        return when
    return DateRange(when.low, recorded.high)


def _none_known(codeable: Json) -> NoneKnown | None:
    """Return what "no known …" states; None for any other code."""
    table = none_known()
    for code in codes(codeable):
        if code in table:
            return table[code]
    return table.get(("", " ".join(str((codeable or {}).get("text") or "").casefold().split())))


def _none_stated(resource: Json, none: NoneKnown, stated: DateRange) -> Iterator[Fact]:
    text = str((resource.get("code") or {}).get("text") or "none known")
    if none.category:
        yield CompletenessStatement(resource_name(resource), none.category, None, text, stated)  # type: ignore[arg-type]
    if none.concept:
        yield ResultFact(resource_name(resource), Coded(text, (none.concept,)), positive=False, when=stated)


def read_allergy(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the fact of an AllergyIntolerance; "no known allergy" is a statement of completeness."""
    verified = context.status(resource, "AllergyIntolerance.verificationStatus")
    if not context.counts(resource, verified):
        return
    onset = context.day(resource, "onsetDateTime", "onsetPeriod", "onsetAge")
    began = _no_later(onset or ANY_DAY, context.day(resource, "recordedDate"))
    clinical = context.status(resource, "AllergyIntolerance.clinicalStatus")
    none = _none_known(resource.get("code"))
    if none is not None:
        if verified.counts == "yes" and clinical.ongoing is not False:
            yield from _none_stated(resource, none, began)
        else:
            context.note(resource, "not counted", "a statement of no allergies that is not current")
        return
    reading = context.read(resource, resource.get("code"), _ALLERGIES, "allergies")
    what = reading.what
    if not what.concepts:
        what = replace(what, concepts=_of_category(resource))
    certain = verified.counts == "yes" and not _may_be_denied(reading)
    every = [str(each.get("severity")) for each in resource.get("reaction") or ()]
    reactions = [{"text": each} for each in every if each == "severe" or "severe" not in every]
    yield AllergyFact(
        resource_name(resource),
        what,
        certain,
        clinical.ongoing,
        began,
        qualities=qualities_of(what.text, reactions),
        grade=stated_grade(what.text, reactions),
    )


def _may_be_denied(reading: Reading) -> bool:
    """Whether the words of an allergy may say that there is none: "no allergy to oxaliplatin"."""
    told = set(re.findall(r"\w+", reading.what.text.casefold()))
    return reading.doubtful or bool(told & words().negations)


def _of_category(resource: Json) -> tuple[str, ...]:
    """Return the kind of allergy that an AllergyIntolerance is by its category alone."""
    found = {str(each) for each in resource.get("category") or () if isinstance(each, str)}
    kinds = {allergy_categories()[each] for each in found if each in allergy_categories()}
    return tuple(kinds) if len(kinds) == 1 else ()


def read_procedure(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the fact of a Procedure, a course of radiotherapy included."""
    status = context.status(resource, "Procedure.status")
    if not context.counts(resource, status):
        return
    began, ended = taken(resource, context, ongoing=status.ongoing)
    reading = context.coder.read(resource.get("code") or {}, _PROCEDURES)
    if not reading.what.concepts and has_profile(resource, "radiotherapy profile"):
        text = reading.what.text or "radiotherapy course"
        reading = Reading(Coded(text, (str(TGC.Radiotherapy),)))
    else:
        reading = context.read(resource, resource.get("code"), _PROCEDURES, "procedures")
    if reading.known_other:
        return
    concepts = _irradiated(resource, _modality(resource, reading, context), context)
    what = replace(reading.what, concepts=concepts)
    name, certain = resource_name(resource), status.counts == "yes" and not reading.doubtful
    if any(context.coder.concepts.category(iri) == "treatment" for iri in concepts):
        yield ExposureFact(name, what, certain, status.ongoing, began, ended)
    else:
        sites = tuple(
            sorted({str(site["text"]) for site in resource.get("bodySite") or () if site.get("text")})
        )
        yield ProcedureFact(name, what, certain, status.ongoing, began, ended, sites)
    yield from context.mentions(resource, reading, began, ended)


def _modality(resource: Json, reading: Reading, context: Context) -> tuple[str, ...]:
    """Narrow a course of radiotherapy by its modality and technique."""
    coder, found = context.coder, reading.what.concepts
    for role in ("modality", "technique"):
        for extension in extensions(resource, role):
            kind = coder.read(extension.get("valueCodeableConcept") or {}, _PROCEDURES).what.concepts
            if kind and all(any(coder.concepts.is_a(iri, above) for above in found) for iri in kind):
                found = tuple(sorted(coder.agreed([frozenset(found), frozenset(kind)])))
    return found


def _irradiated(resource: Json, found: tuple[str, ...], context: Context) -> tuple[str, ...]:
    """Add the radiotherapy of the organ to a course of radiotherapy."""
    concepts, coder = context.coder.concepts, context.coder
    if not any(concepts.is_a(iri, str(TGC.Radiotherapy)) for iri in found):
        return found
    sites = resource.get("bodySite") or [resource.get("code") or {}]
    places = {name for site in sites for name in [coder.organ([site])] if name}
    there = {organ.radiotherapy for organ in organs() if organ.name in places and organ.radiotherapy}
    return tuple(sorted(coder.narrowest({*found, *there})))


def read_report(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the examination that a DiagnosticReport is of, and its conclusions as unsure conditions.

    A conclusion is evidence, not a diagnosis: it shows nothing, but keeps what it names from being
    called absent.
    """
    status = context.status(resource, "DiagnosticReport.status")
    if not context.counts(resource, status):
        return
    when = context.day(resource, "effectiveDateTime", "effectivePeriod", "issued") or ANY_DAY
    examined = context.examined(resource, resource.get("code"), when)
    yield from examined if status.counts == "yes" else unsure(examined)
    named = []
    for codeable in resource.get("conclusionCode") or ():
        reading = context.coder.read(codeable, _CONDITIONS)
        if reading.what.concepts:
            named.append(reading.what.text)
            yield ConditionFact(resource_name(resource), reading.what, certain=False, began=when)
    what = f"its conclusion ({'; '.join(named)})" if named else "a report"
    context.note(resource, "not counted", f"{what} is evidence, not a record of a condition")


def read_list(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the completeness that an empty list states ("nil known")."""
    status = context.status(resource, "List.status")
    if not context.counts(resource, status) or status.counts != "yes":
        return
    reasons = {code for _, code in codes(resource.get("emptyReason"))}
    category = next((lists()[code] for code in codes(resource.get("code")) if code in lists()), None)
    if "nilknown" not in reasons or category is None:
        context.note(resource, "not read", "a list that states no completeness")
        return
    stated = context.day(resource, "date") or ANY_DAY
    through = None if resource.get("mode") == "working" else stated
    text = str(resource.get("title") or (resource.get("code") or {}).get("text") or "nil known")
    yield CompletenessStatement(resource_name(resource), category, through, text, stated)  # type: ignore[arg-type]


def read_participation(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the participation in a trial that a ResearchSubject states."""
    status = context.status(resource, "ResearchSubject.status")
    if not context.counts(resource, status):
        return
    began, ended = context.period(resource, "period") or (ANY_DAY, None)
    dated = began != ANY_DAY or ended is not None
    certain = status.counts == "yes" or (status.counts == "dated" and dated)
    study = resource.get("study") or {}
    text = str(study.get("display") or reference(study) or "a study")
    what = Coded(f"participation in {text}", (str(TGC.TrialParticipation),))
    yield ProcedureFact(resource_name(resource), what, certain, status.ongoing, began, ended)


def belongs_to(resource: Json) -> Json:
    """Return the Reference to whom a resource is about; empty when it doesn't say."""
    return resource.get("subject") or resource.get("patient") or resource.get("individual") or {}
