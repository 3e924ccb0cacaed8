"""The patient graph: facts as RDF, and RDF as facts.

The vocabulary is `ontology/patients.ttl`; `shapes/patient.ttl` says what a graph has to look like.
A graph may hold several patients. Its IRIs may be any; those written here follow from the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar, get_args
from urllib.parse import quote

from rdflib import RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from trialgraph.errors import PatientError
from trialgraph.namespaces import BASE, TG
from trialgraph.patients.dates import ANY_DAY, DateRange, date_text, parse_range
from trialgraph.patients.facts import (
    AllergyFact,
    Amount,
    Coded,
    CompletenessStatement,
    ConditionFact,
    Demographics,
    ExposureFact,
    Fact,
    LesionFact,
    LesionSize,
    Measurement,
    PatientRecord,
    PlanFact,
    ProcedureFact,
    ResultFact,
    Sex,
    in_order,
)
from trialgraph.views import Completeness

__all__ = ["from_graph", "patient_iri", "to_graph"]

T = TypeVar("T")

_CLASSES: dict[type, URIRef] = {
    AllergyFact: TG.AllergyRecord,
    CompletenessStatement: TG.CompletenessStatement,
    ConditionFact: TG.ConditionRecord,
    ExposureFact: TG.ExposureRecord,
    LesionFact: TG.LesionRecord,
    Measurement: TG.MeasurementRecord,
    PlanFact: TG.PlanRecord,
    ProcedureFact: TG.ProcedureRecord,
    ResultFact: TG.ResultRecord,
}
_DATE_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}


def patient_iri(patient: str) -> URIRef:
    """Return the IRI of a patient's node."""
    return URIRef(f"{BASE}patient/{quote(patient, safe='')}")


def to_graph(record: PatientRecord) -> Graph:
    """Return a record's facts as RDF; the import report is not part of it."""
    graph = Graph()
    node = patient_iri(record.id)
    graph.add((node, RDF.type, TG.Patient))
    graph.add((node, TG.patientId, Literal(record.id)))
    demographics = record.demographics
    graph.add((node, TG.statedIn, Literal(demographics.source)))
    if demographics.sex:
        graph.add((node, TG.administrativeSex, Literal(demographics.sex)))
    _add_date(graph, node, TG.born, demographics.born)
    _add_date(graph, node, TG.died, demographics.died)
    for position, fact in enumerate(record.facts, 1):
        _add_fact(graph, node, URIRef(f"{node}/fact/{position}"), fact)
    return graph


def _add_fact(graph: Graph, patient: URIRef, node: URIRef, fact: Fact) -> None:
    graph.add((patient, TG.hasFact, node))
    graph.add((node, RDF.type, _CLASSES[type(fact)]))
    graph.add((node, TG.statedIn, Literal(fact.source)))
    if isinstance(fact, CompletenessStatement):
        graph.add((node, TG.completeFor, Literal(fact.category)))
        graph.add((node, TG.recordText, Literal(fact.text)))
        _add_date(graph, node, TG.completeThrough, fact.through)
        _add_date(graph, node, TG.stated, fact.stated)
        return
    _add_coded(graph, node, fact.what)
    if not getattr(fact, "certain", True):
        graph.add((node, TG.certain, Literal("false", datatype=XSD.boolean)))
    if isinstance(fact, Measurement):
        _add_amount(graph, node, fact.value)
        for term, limit in ((TG.normalLow, fact.normal_low), (TG.normalHigh, fact.normal_high)):
            if limit is not None:
                graph.add((node, term, _decimal(limit)))
        _add_date(graph, node, TG.measured, fact.when)
    elif isinstance(fact, ResultFact):
        graph.add((node, TG.positive, Literal(fact.positive)))
        _add_date(graph, node, TG.resulted, fact.when)
    elif isinstance(fact, PlanFact):
        _add_date(graph, node, TG.due, fact.due)
        _add_date(graph, node, TG.stated, fact.stated)
    elif isinstance(fact, LesionFact):
        _add_lesion(graph, node, fact)
    else:
        _add_course(graph, node, fact)


def _add_course(
    graph: Graph, node: URIRef, fact: ConditionFact | ExposureFact | ProcedureFact | AllergyFact
) -> None:
    if fact.active is not None:
        graph.add((node, TG.ongoing, Literal(fact.active)))
    _add_date(graph, node, TG.began, fact.began)
    _add_date(graph, node, TG.ended, fact.ended)
    for related in getattr(fact, "related", ()):
        graph.add((node, TG.relatedSource, Literal(related)))
    if isinstance(fact, ConditionFact) and fact.organ:
        graph.add((node, TG.inOrgan, Literal(fact.organ)))
    for site in getattr(fact, "sites", ()):
        graph.add((node, TG.bodySite, Literal(site)))


def _add_lesion(graph: Graph, node: URIRef, fact: LesionFact) -> None:
    if fact.organ:
        graph.add((node, TG.inOrgan, Literal(fact.organ)))
    _add_date(graph, node, TG.began, fact.when)
    for related in fact.related:
        graph.add((node, TG.relatedSource, Literal(related)))
    for position, size in enumerate(fact.sizes, 1):
        size_node = URIRef(f"{node}/size/{position}")
        graph.add((node, TG.lesionSize, size_node))
        graph.add((size_node, RDF.type, TG.LesionSize))
        graph.add((size_node, TG.statedIn, Literal(size.source)))
        _add_amount(graph, size_node, size.value)
        _add_date(graph, size_node, TG.measured, size.when)


def _add_coded(graph: Graph, node: URIRef, what: Coded) -> None:
    graph.add((node, TG.recordText, Literal(what.text)))
    for concept in what.concepts:
        graph.add((node, TG.instanceOfConcept, URIRef(concept)))
    if what.by_text:
        graph.add((node, TG.foundByText, Literal(what.by_text)))


def _add_amount(graph: Graph, node: URIRef, amount: Amount) -> None:
    if amount.unit:
        graph.add((node, TG.unitCode, Literal(amount.unit)))
    if amount.low is not None and amount.low == amount.high:
        graph.add((node, TG.resultValue, _decimal(amount.low)))
        return
    if amount.low is not None:
        graph.add((node, TG.valueAbove if amount.low_open else TG.valueFrom, _decimal(amount.low)))
    if amount.high is not None:
        graph.add((node, TG.valueBelow if amount.high_open else TG.valueTo, _decimal(amount.high)))


def _add_date(graph: Graph, node: URIRef, term: URIRef, when: DateRange | None) -> None:
    if when is not None and when != ANY_DAY:
        text = date_text(when)
        graph.add((node, term, Literal(text, datatype=_DATE_TYPES.get(len(text)))))


def _decimal(number: float) -> Literal:
    return Literal(Decimal(repr(number)))


def from_graph(graph: Graph) -> Iterator[PatientRecord]:
    """Yield the patients of a graph, in the order of their identifiers.

    Raises:
        PatientError: when the graph holds no patient, or a node lacks what the vocabulary demands;
            names the node and the property.
    """
    patients = sorted(graph.subjects(RDF.type, TG.Patient), key=str)
    if not patients:
        raise PatientError("no patient in the graph", advice="give the patient's node the class tg:Patient")
    records = [_read_patient(graph, node) for node in patients]
    yield from sorted(records, key=lambda record: record.id)


def _read_patient(graph: Graph, node: Node) -> PatientRecord:
    sex = _text(graph, node, TG.administrativeSex)
    if sex and sex not in get_args(Sex):
        raise _bad(node, TG.administrativeSex, f"{sex!r} is neither female nor male")
    return PatientRecord(
        id=_text(graph, node, TG.patientId) or _local(node),
        demographics=Demographics(
            source=_text(graph, node, TG.statedIn) or _local(node),
            sex=sex or None,  # type: ignore[arg-type]  # checked against Sex above
            born=_date(graph, node, TG.born),
            died=_date(graph, node, TG.died),
        ),
        facts=in_order(_read_fact(graph, fact) for fact in graph.objects(node, TG.hasFact)),
    )


def _read_fact(graph: Graph, node: Node) -> Fact:
    for kind, term in _CLASSES.items():
        if (node, RDF.type, term) in graph:
            return _READERS[kind](graph, node, _text(graph, node, TG.statedIn) or _local(node))
    raise _bad(node, RDF.type, "the node has none of the classes of facts")


def _read_completeness(graph: Graph, node: Node, source: str) -> Fact:
    category = _text(graph, node, TG.completeFor)
    if category not in get_args(Completeness):
        raise _bad(node, TG.completeFor, f"{category!r} is not one of {', '.join(get_args(Completeness))}")
    through, stated = _date(graph, node, TG.completeThrough), _date(graph, node, TG.stated) or ANY_DAY
    text = _text(graph, node, TG.recordText)
    return CompletenessStatement(source, category, through, text, stated)  # type: ignore[arg-type]


def _read_measurement(graph: Graph, node: Node, source: str) -> Fact:
    return Measurement(
        source,
        _coded(graph, node),
        _amount(graph, node),
        _date(graph, node, TG.measured) or ANY_DAY,
        _number(graph, node, TG.normalLow),
        _number(graph, node, TG.normalHigh),
        certain=_flag(graph, node, TG.certain) is not False,
    )


def _read_result(graph: Graph, node: Node, source: str) -> Fact:
    positive = _flag(graph, node, TG.positive)
    if positive is None:
        raise _bad(node, TG.positive, "missing; a result is there (true) or not (false)")
    when, certain = _date(graph, node, TG.resulted) or ANY_DAY, _flag(graph, node, TG.certain) is not False
    return ResultFact(source, _coded(graph, node), positive, when, certain)


def _read_plan(graph: Graph, node: Node, source: str) -> Fact:
    due, stated = (_date(graph, node, term) or ANY_DAY for term in (TG.due, TG.stated))
    return PlanFact(source, _coded(graph, node), due, stated)


def _read_lesion(graph: Graph, node: Node, source: str) -> Fact:
    sizes = [
        LesionSize(
            _text(graph, size, TG.statedIn) or _local(size),
            _amount(graph, size),
            _date(graph, size, TG.measured) or ANY_DAY,
        )
        for size in graph.objects(node, TG.lesionSize)
    ]
    return LesionFact(
        source,
        _coded(graph, node),
        _text(graph, node, TG.inOrgan),
        _date(graph, node, TG.began) or ANY_DAY,
        tuple(sorted(sizes, key=repr)),
        _texts(graph, node, TG.relatedSource),
    )


def _read_course(kind: Callable[..., Fact], graph: Graph, node: Node, source: str) -> Fact:
    further: dict[str, Any] = {}
    if kind is ConditionFact:
        further["related"] = _texts(graph, node, TG.relatedSource)
        further["organ"] = _text(graph, node, TG.inOrgan)
    if kind is ProcedureFact:
        further["sites"] = _texts(graph, node, TG.bodySite)
    return kind(
        source,
        _coded(graph, node),
        certain=_flag(graph, node, TG.certain) is not False,
        active=_flag(graph, node, TG.ongoing),
        began=_date(graph, node, TG.began) or ANY_DAY,
        ended=_date(graph, node, TG.ended),
        **further,
    )


_READERS: dict[type, Callable[[Graph, Node, str], Fact]] = {
    AllergyFact: partial(_read_course, AllergyFact),
    CompletenessStatement: _read_completeness,
    ConditionFact: partial(_read_course, ConditionFact),
    ExposureFact: partial(_read_course, ExposureFact),
    LesionFact: _read_lesion,
    Measurement: _read_measurement,
    PlanFact: _read_plan,
    ProcedureFact: partial(_read_course, ProcedureFact),
    ResultFact: _read_result,
}


def _coded(graph: Graph, node: Node) -> Coded:
    concepts = tuple(sorted(str(concept) for concept in graph.objects(node, TG.instanceOfConcept)))
    by_text = _flag(graph, node, TG.foundByText) is True
    return Coded(_text(graph, node, TG.recordText), concepts, by_text)


def _amount(graph: Graph, node: Node) -> Amount:
    unit = _text(graph, node, TG.unitCode)
    exact = _number(graph, node, TG.resultValue)
    if exact is not None:
        return Amount(exact, exact, unit=unit)
    above, below = _number(graph, node, TG.valueAbove), _number(graph, node, TG.valueBelow)
    low = _number(graph, node, TG.valueFrom) if above is None else above
    high = _number(graph, node, TG.valueTo) if below is None else below
    if low is None and high is None:
        raise _bad(node, TG.resultValue, "missing")
    return Amount(low, high, above is not None, below is not None, unit)


def _text(graph: Graph, node: Node, term: URIRef) -> str:
    return next(iter(_texts(graph, node, term)), "")


def _texts(graph: Graph, node: Node, term: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(text) for text in graph.objects(node, term)))


def _flag(graph: Graph, node: Node, term: URIRef) -> bool | None:
    value = _literal(graph, node, term)
    if value is not None and not isinstance(value, bool):
        raise _bad(node, term, f"{value!r} is not true or false")
    return value


def _number(graph: Graph, node: Node, term: URIRef) -> float | None:
    value = _literal(graph, node, term)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _bad(node, term, f"{value!r} is not a number")
    return float(value)


def _literal(graph: Graph, node: Node, term: URIRef) -> Any:
    values = sorted(graph.objects(node, term), key=str)
    if len(values) > 1:
        raise _bad(node, term, "stated twice")
    return values[0].toPython() if values and isinstance(values[0], Literal) else None


def _date(graph: Graph, node: Node, term: URIRef) -> DateRange | None:
    text = _text(graph, node, term)
    try:
        return parse_range(text) if text else None
    except ValueError as error:
        raise _bad(node, term, str(error)) from error


def _bad(node: Node, term: URIRef, what: str) -> PatientError:
    return PatientError(f"tg:{_local(term)}: {what}", where=str(node), advice="see docs/patients.md")


def _local(node: Node) -> str:
    return str(node).rsplit("#", 1)[-1].rsplit("/", 1)[-1]
