"""Observations of a FHIR record as measurements and qualitative results.

A number becomes a measurement of the quantity that its code means. A coded answer becomes a result:
either the answer itself is a concept ("MSI-H"), or it says whether what the code names is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from trialgraph.namespaces import TGC
from trialgraph.patients.amounts import amount_of, normal_of
from trialgraph.patients.answers import answer_of, result_of
from trialgraph.patients.coding import Json, Reading
from trialgraph.patients.dates import DateRange, moment
from trialgraph.patients.elements import Context, codes, is_modified, observed_on, resource_name, unsure
from trialgraph.patients.facts import Coded, ConditionFact, Fact, Measurement, ResultFact
from trialgraph.patients.grades import graded, scored
from trialgraph.patients.profiles import absent_comorbidities, variants
from trialgraph.patients.stages import beside_stage, is_staging, read_stage
from trialgraph.patients.stains import read_stains
from trialgraph.patients.tables import Answer, questions, tests
from trialgraph.patients.wording import words

__all__ = ["read_observation"]

_KINDS = frozenset({"biomarker", "condition", "lesion", "measurement", "reproductive"})
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
"""Its codes are also those of HL7 v2 table 0078, which laboratories send under other names."""
_NUMBERS = frozenset({"valueInteger", "valueQuantity", "valueRange", "valueRatio"})
_CANCER = str(TGC.MalignantNeoplasm)
_SELF_EXPLAINING = frozenset({"biomarker", "reproductive"})
"""Answers of these kinds say what they are whatever was asked."""


def read_observation(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the measurements and results of an Observation."""
    status = context.status(resource, "Observation.status")
    if not context.counts(resource, status):
        return
    if status.counts != "yes" and is_modified(resource):
        for part in (resource, *(resource.get("component") or ())):
            yield from _unsure(resource, part, context)
        return
    name = str((resource.get("code") or {}).get("text") or "").casefold()
    if any(relative in name for relative in words().relatives):
        context.note(resource, "not counted", "a relative's history is not the patient's")
        return
    facts = [*_read(resource, resource, context)]
    if is_staging(resource):
        facts = [*read_stage(resource, context), *beside_stage(facts, context)]
    for component in resource.get("component") or ():
        if is_modified(component):
            context.note(resource, "not used", "a component that has a modifier extension")
            facts += _unsure(resource, component, context)
        else:
            facts += _read(resource, component, context)
    facts += [*absent_comorbidities(resource, context), *variants(resource, context)]
    if status.counts != "yes":
        facts = [*unsure(facts)]
    told = [fact for fact in facts if not isinstance(fact, ConditionFact) or fact.certain]
    if not told and resource_name(resource) not in {note.resource for note in context.notes}:
        context.note(resource, "not mapped", _why_nothing(resource, context))
    yield from facts


def _why_nothing(resource: Json, context: Context) -> str:
    """Say why an Observation makes no fact: what it is about, or its answer, has no concept."""
    asked = _asked(resource.get("code") or {}, context)
    name = asked.what.text or "nothing coded"
    value = next((resource[key] for key in resource if key.startswith("value")), None)
    if isinstance(value, Mapping) and result_of(value, asked.what.concepts) is not None:
        return f"{name}: known, and nothing that criteria have a concept for"
    if value is None and not resource.get("component"):
        return f"{name}: it states no value"
    if is_staging(resource):
        return f"{name}: of stages and grades, only distant spread is judged"
    if not asked.what.concepts and not asked.tests:
        return f"{name}: no concept for it"
    told = value.get("text") if isinstance(value, Mapping) else value
    if isinstance(value, Mapping) and not told:
        told = next((coding.get("display") for coding in value.get("coding") or ()), None)
    return f"{name}: what its answer means isn't known ({told or 'not in words'})"


def _read(resource: Json, part: Json, context: Context) -> Iterator[Fact]:
    """Read the code and value of an Observation, or of one of its components."""
    asked = _asked(part.get("code") or {}, context)
    value = next(
        ((key, part[key]) for key in part if key.startswith("value") and part[key] is not None), None
    )
    quantities = [iri for iri in asked.what.concepts if context.coder.concepts.is_quantity(iri)]
    if not quantities and part.get("interpretation") and (value is None or value[0] in _NUMBERS):
        value = ("valueCodeableConcept", _judgement(part))
    if value is None or (part.get("dataAbsentReason") and value[0] != "valueCodeableConcept"):
        absent = part.get("dataAbsentReason")
        if absent:
            reason = absent.get("text") or next((code for _, code in codes(absent)), "no reason given")
            context.note(resource, "not used", f"{asked.what.text}: no value ({reason})")
        return
    when = observed_on(resource, context)
    stained = None if quantities else read_stains(resource, part, value[1], when, context)
    if stained is not None:
        yield from stained
        return
    facts: list[Fact] = []
    if quantities:
        facts += _measured(resource, part, asked, value, when, context)
        if not facts and isinstance(value[1], Mapping):
            named = _named_answer(resource, asked, value[1], when, context)
            facts += [] if named is None else [named]
    elif value[0] in ("valueCodeableConcept", "valueBoolean", "valueString"):
        facts += _found(resource, asked, value[1], when, context)
    else:
        facts += _unsure(resource, part, context)
    if not facts:
        facts += _spoken_of(resource, asked, value[1], when, context)
    yield from facts


def _judgement(part: Json) -> Json:
    """Return what a laboratory's interpretations say of a result, as an answer."""
    codings = [coding for each in part["interpretation"] for coding in each.get("coding") or ()]
    told = next((each["text"] for each in part["interpretation"] if each.get("text")), None)
    standard = [{"system": _INTERPRETATION, "code": coding.get("code")} for coding in codings]
    return {"coding": [*standard, *codings]} | ({"text": told} if told else {})


def _asked(codeable: Json, context: Context) -> Reading:
    """Return what an Observation is about: its question by a table, otherwise the concept of its code."""
    reading = context.coder.read(codeable, _KINDS)
    table, text = questions(), " ".join(str(codeable.get("text") or "").casefold().split())
    names = (("", text), ("", text.partition(" by ")[0]))  # LOINC names a method last
    found = {table[key] for key in (*codes(codeable), *names) if key in table}
    if len(found) != 1 or reading.what.concepts:
        return reading
    by_text = not any(code in table for code in codes(codeable))
    return replace(reading, what=Coded(reading.what.text, tuple(found), by_text), remark="")


def _measured(
    resource: Json, part: Json, asked: Reading, value: tuple[str, Json], when: DateRange, context: Context
) -> Iterator[Fact]:
    concepts = context.coder.concepts
    (quantity,) = asked.what.concepts
    amount = amount_of(value[1])
    if amount is None and isinstance(value[1], Mapping | str):
        codeable = value[1] if isinstance(value[1], Mapping) else {"text": value[1]}
        amount = graded(codeable, asked, context)
    if amount is None:
        context.note(resource, "not used", f"{asked.what.text}: no number could be read from its value")
        return
    if asked.what.by_text:
        context.note(resource, "by text", f"{asked.what.text}: read as {concepts.label(quantity)}")
    fluid = _fluid(resource, context)
    if asked.what.by_text and fluid and not fluid & set(re.findall(r"\w+", asked.what.text.casefold())):
        context.note(resource, "not used", f"{asked.what.text}: of {', '.join(sorted(fluid))}, not of blood")
        return
    normal = normal_of(part, amount.unit, context.sex)
    at = moment(str(resource.get("effectiveDateTime") or resource.get("effectiveInstant") or ""))
    yield Measurement(resource_name(resource), asked.what, amount, when, *normal, at)


def _fluid(resource: Json, context: Context) -> frozenset[str]:
    """Return the words by which an Observation's specimen or body site is said not to be blood."""
    specimens = resource.get("specimen") or ()
    found = [context.resolve(resource, each) or {} for each in specimens]
    kinds = [*(kind for each in found for kind in each.get("type") or ()), *(resource.get("bodySite") or ())]
    kinds = [kind for kind in kinds if isinstance(kind, Mapping)]
    texts = [*(each.get("display") for each in specimens), *(each.get("text") for each in kinds)]
    texts += [coding.get("display") for each in kinds for coding in each.get("coding") or ()]
    told = " ".join(str(text) for text in texts if text).casefold()
    return words().fluids & set(re.findall(r"\w+", told))


def _found(resource: Json, asked: Reading, value: Json, when: DateRange, context: Context) -> Iterator[Fact]:
    name = resource_name(resource)
    codeable = {"text": value} if isinstance(value, str) else value
    if isinstance(codeable, Mapping):
        fact = _named_answer(resource, asked, codeable, when, context)
        if fact is not None:
            yield fact
            return
    subjects = asked.tests or asked.what.concepts
    if not subjects:
        subjects = tuple(sorted(context.coder.named(f"positive {asked.what.text}", _KINDS, whole=True)))
    answer = answer_of(value)
    if answer is not None and not subjects:
        subjects = _marker(asked.what.text, context)
        yield from _spoken_of(resource, asked, value, when, context) if subjects else ()
    if answer is None and subjects and isinstance(codeable, Mapping):
        answer = _negated(codeable, subjects, context)
    if answer is None:
        yield from _left_open(name, asked, subjects, codeable, when, context)
        return
    if asked.what.by_text and subjects and not asked.tests:
        labels = ", ".join(context.coder.concepts.label(iri) for iri in subjects)
        context.note(resource, "by text", f"{asked.what.text}: read as {labels}")
    if answer.positive:
        # A joint test that is positive doesn't say for which of them.
        shown = context.coder.agreed([frozenset({iri}) for iri in subjects])
        if shown:
            yield ResultFact(name, Coded(asked.what.text, tuple(sorted(shown))), positive=True, when=when)
        return
    for iri in subjects:
        yield ResultFact(name, Coded(asked.what.text, (iri,)), positive=False, when=when)
        for lack in _lack_of(iri, context):
            yield ResultFact(name, Coded(asked.what.text, (lack,)), positive=True, when=when)


def _marker(question: str, context: Context) -> tuple[str, ...]:
    """Return what a positive answer shows, of a question that only names a marker: "HER2 status"."""
    plain = " ".join(word for word in question.split() if word.casefold() not in words().stained)
    for phrase in (plain, f"{plain} positive"):
        found = context.coder.named(phrase, _KINDS, whole=True)
        if found and all(context.coder.concepts.category(iri) == "biomarker" for iri in found):
            return tuple(sorted(found))
    return ()


def _lack_of(marker: str, context: Context) -> list[str]:
    """Return what a negative answer shows: of "HER2 positive", that the tumour is HER2 negative."""
    plain = context.coder.concepts.label(marker).removesuffix(" positive")
    found = context.coder.named(f"{plain} negative", ("biomarker",), whole=True)
    return sorted(found - {marker})


def _named_answer(
    resource: Json, asked: Reading, codeable: Json, when: DateRange, context: Context
) -> Fact | None:
    """Return the fact of an answer that names what is there, or where on a scale; None when it names none."""
    name = resource_name(resource)
    result = result_of(codeable, asked.what.concepts)
    if result is not None and result.concept:
        what = Coded(str(codeable.get("text") or asked.what.text), (result.concept,))
        return ResultFact(name, what, positive=result.positive, when=when, certain=result.certain)
    named = scored(codeable, context)
    if named is not None and not asked.what.concepts:
        return Measurement(name, named[0], named[1], when)
    told = _told(resource, asked, codeable, context)
    return None if told is None else ResultFact(name, told, positive=True, when=when)


def _spoken_of(
    resource: Json, asked: Reading, value: Json, when: DateRange, context: Context
) -> Iterator[Fact]:
    """Yield what a test that isn't understood may have found, as unsure, unless its answer is a plain no."""
    answer = None if value is None else answer_of(value)
    asked_plainly = not asked.doubtful and not words().negations & set(asked.what.text.casefold().split())
    if answer is not None and not answer.positive and asked_plainly:
        return
    told = asked.what.text.casefold().replace("/", " ").split()
    iris = {tests()[word.strip("(),;:")] for word in told if word.strip("(),;:") in tests()}
    concepts = context.coder.concepts
    iris |= {
        iri
        for iri in asked.mentioned
        # "Tumor budding" is of the tumor that there is.
        if concepts.category(iri) in ("condition", "lesion") and not concepts.is_a(_CANCER, iri)
    }
    for iri in sorted(iris):
        yield ConditionFact(
            resource_name(resource), Coded(asked.what.text, (iri,), by_text=True), certain=False, began=when
        )


def _unsure(resource: Json, part: Json, context: Context) -> Iterator[Fact]:
    """Yield what an Observation, or a component, that can't be relied on was for, as unsure."""
    asked, when = _asked(part.get("code") or {}, context), observed_on(resource, context)
    yield from _left_open(
        resource_name(resource), asked, asked.tests or asked.what.concepts, None, when, context
    )
    yield from _spoken_of(resource, asked, None, when, context)


def _left_open(
    name: str, asked: Reading, subjects: Iterable[str], codeable: Json, when: DateRange, context: Context
) -> Iterator[Fact]:
    """Yield the conditions that a test was for, as unsure, where its answer isn't a plain one."""
    told = (
        str(codeable.get("text") or "another answer") if isinstance(codeable, Mapping) else "another answer"
    )
    for iri in subjects:
        if not context.coder.concepts.is_quantity(iri):
            what = Coded(f"{asked.what.text}: {told}", (iri,), asked.what.by_text)
            yield ConditionFact(name, what, certain=False, began=when)


def _told(resource: Json, asked: Reading, codeable: Json, context: Context) -> Coded | None:
    """Return the concept that an answer names, when the question allows it."""
    concepts = context.coder.concepts
    reading = context.coder.read(codeable, _KINDS - {"measurement"})
    told = reading.what
    if not told.concepts or reading.doubtful:
        return None
    questions = asked.tests or asked.what.concepts
    below = all(any(concepts.is_a(iri, each) for each in questions) for iri in told.concepts)
    explains_itself = all(concepts.category(iri) in _SELF_EXPLAINING for iri in told.concepts)
    if not (below if questions else explains_itself):
        return None
    if told.by_text:
        labels = ", ".join(concepts.label(iri) for iri in told.concepts)
        context.note(resource, "by text", f"{told.text}: read as {labels}")
    return told


def _negated(codeable: Json, subjects: tuple[str, ...], context: Context) -> Answer | None:
    """Read "not pregnant" as the answer no, when pregnancy was asked for."""
    text = str(codeable.get("text") or next((c.get("display", "") for c in codeable.get("coding") or ()), ""))
    match = re.fullmatch(r"(?:not|no)\s+(.+)", text.strip(), re.IGNORECASE)
    if match is None:
        return None
    named = context.coder.named(match[1], _KINDS, whole=True)
    return Answer(positive=False, low=None, high=None) if named and named <= set(subjects) else None
