"""A patient's record against the trials: a form, the ranked trials with every criterion, and reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from types import MappingProxyType
from typing import Any, get_args

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trialgraph.catalogue import MOST_KEPT
from trialgraph.criteria.plain import plain
from trialgraph.errors import PatientError, UsageError
from trialgraph.namespaces import TGC
from trialgraph.packaged import packaged_patients
from trialgraph.patients import PatientRecord, read_patients
from trialgraph.patients.facts import ConditionFact, Measurement
from trialgraph.reports.earl import screening_graph
from trialgraph.reports.page import REASONS, screening_page, shown_together, words_in_parts
from trialgraph.reports.terminal import because
from trialgraph.screening import Screening, TrialVerdict, to_json
from trialgraph.server.forms import Form, read_form
from trialgraph.server.pages.frame import page
from trialgraph.server.pages.patientfiles import SUFFIXES, PatientFile, SeveralPatientsError
from trialgraph.server.pages.screenings import Asked, Screened, asked, screened
from trialgraph.stores import Store
from trialgraph.views import Completeness
from trialgraph.vocabularies import known_concepts

__all__ = ["ready_to_screen", "routes"]

_LARGEST = 16_000_000  # bytes of a form with a record in it
_PAGE_SIZE = 25
_MOST_NAMED = 200  # patients of one file
_MALIGNANT = str(TGC.MalignantNeoplasm)
_VERDICTS = ("eligible", "possible", "ineligible")
_NOTES = MappingProxyType(
    {
        "not used": "A value that can't be used",
        "not mapped": "Kept, but no concept is known for it",
        "not counted": "Doesn't count: its status says so, or it is about someone else",
        "by text": "Understood by its words alone, without a code",
        "not read": "Holds nothing that eligibility asks for",
    }
)
"""What the kinds of notes on a record mean, that first which a person may want to put right."""


@dataclass(frozen=True, slots=True)
class Row:
    """A trial in the ranked list.

    Args:
        place: Its place, from 1.
        result: The verdict.
        counts: How many of its criteria are passed, failed and unknown.
        status: The registry's code of its status; None when its record states none.
        studied: The diseases in the patient's record that it is about.
    """

    place: int
    result: TrialVerdict
    counts: Counter[str]
    status: str | None
    studied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A packaged patient.

    Args:
        name: Of its file.
        title: In a few words.
        as_of: A date on which its record is fresh.
    """

    name: str
    title: str
    as_of: date


async def screen(request: Request) -> Response:
    """Give the form, or the screening of the record in it."""
    if request.method != "POST":
        trials = " ".join(request.query_params.getlist("trial"))[:1000]
        return await _form_page(request, Form({"trial": (trials,)}))
    form = Form()
    try:
        form = await read_form(request, most=_LARGEST)
        return await _answered(request, form, partial(_results_page, form=form))
    except HTTPException as refusal:
        return await _form_page(request, form, refusal.status_code, str(refusal.detail))
    except SeveralPatientsError as error:
        return await _form_page(request, form, 422, str(error), error.patients)
    except (PatientError, UsageError) as error:
        status = 422 if isinstance(error, PatientError) else 400
        return await _form_page(request, form, status, str(error))


async def report(request: Request) -> Response:
    """Give a screening as a file to keep: to read and print, as JSON, or as EARL in Turtle."""
    form = await read_form(request, most=_LARGEST)
    if form.value("format") not in _FORMATS:
        raise HTTPException(400, f"a report comes as {', '.join(_FORMATS)}")
    try:
        return await _answered(request, form, partial(_file, suffix=form.value("format")))
    except PatientError as error:
        raise HTTPException(422, str(error)) from None


async def _answered(request: Request, form: Form, answer: Callable[[Asked, Screened], Response]) -> Response:
    store = request.app.state.store

    def work() -> Response:
        wanted = asked(form)
        return answer(wanted, screened(store, wanted))

    response: Response = await request.app.state.workers.run(work, long=True)
    return _unkept(response)


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


async def _form_page(
    request: Request,
    form: Form,
    status: int = 200,
    problem: str | None = None,
    patients: Sequence[str] = (),
) -> Response:
    def work() -> Response:
        held = asked(form).record if patients else None
        shown = {
            "number": len(request.app.state.store.trials()),
            "examples": _examples(),
            "problem": problem,
            "as_of": form.value("as_of") or date.today().isoformat(),
            "assumed": form.fields.get("assume", ()),
            "trials": " ".join(form.fields.get("trial", ())),
            "categories": get_args(Completeness),
            "largest": _LARGEST,
            "suffixes": SUFFIXES,
            "patients": patients[:_MOST_NAMED],
            "others": len(patients[_MOST_NAMED:]),
            "held": held.packed if held else "",
        }
        return page("screen.html", status, **shown)

    response: Response = await request.app.state.workers.run(work)
    return _unkept(response)


def _results_page(wanted: Asked, found: Screened, *, form: Form) -> Response:
    chosen = form.value("show") if form.value("show") in _VERDICTS else ""
    results = [each for each in found.ranked() if chosen in ("", each.verdict)]
    last = max(1, -(-len(results) // _PAGE_SIZE))
    number = min(last, max(1, int(form.value("page")) if form.value("page").isdecimal() else 1))
    shown: dict[str, Any] = {
        "asked": wanted,
        "record": found.record,
        "screening": found.screening,
        "verdicts": Counter(each.verdict for each in found.screening.trials),
        "rows": _rows(found, results, (number - 1) * _PAGE_SIZE),
        "chosen": chosen,
        "number": number,
        "last": last,
        "notes": _notes(found.record),
        "categories": get_args(Completeness),
        "axioms": {axiom.iri: axiom for axiom in found.screening.axioms},
        "reasons": REASONS,
        "because": because,
        "parts": words_in_parts,
        "plain": plain,
        "told": shown_together,
    }
    return page("screening.html", **shown)


def _rows(found: Screened, results: list[TrialVerdict], start: int) -> list[Row]:
    rows = []
    for place, each in enumerate(results[start : start + _PAGE_SIZE], start + 1):
        counts = Counter[str](one.verdict for one in each.criteria)
        nct = each.trial.nct
        rows.append(Row(place, each, counts, found.statuses.get(nct), found.studied.get(nct, ())))
    return rows


def _notes(record: PatientRecord) -> dict[str, list[tuple[str, str]]]:
    """Return the notes on a record by what their kind means: the resource, and why."""
    notes = {
        meaning: [(note.resource, note.why) for note in record.report if note.kind == kind]
        for kind, meaning in _NOTES.items()
    }
    return {meaning: some for meaning, some in notes.items() if some}


def _file(wanted: Asked, found: Screened, *, suffix: str) -> Response:
    media, written = _FORMATS[suffix]
    # without the patient's name: names of files end up in lists of downloads
    name = f"screening-{wanted.as_of}.{suffix}"
    best_first = Screening(found.screening.view, tuple(found.ranked()))
    body = written(best_first).encode("utf-8", "replace")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=f"{media}; charset=utf-8", headers=headers)


def _turtle(screening: Screening) -> str:
    """Return EARL as Turtle; the engine writes hundreds of trials several times as fast as rdflib."""
    graph = screening_graph(screening)
    triples = ox.parse(graph.serialize(format="nt", encoding="utf-8"), format=ox.RdfFormat.N_TRIPLES)
    prefixes = {name: str(iri) for name, iri in graph.namespaces() if name in ("dcterms", "earl", "prov")}
    in_order = sorted((quad.triple for quad in triples), key=str)
    written = ox.serialize(in_order, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    assert written is not None
    return written.decode()


_FORMATS = MappingProxyType(
    {
        "html": ("text/html", screening_page),
        "json": (
            "application/json",
            lambda screening: json.dumps(to_json(screening), ensure_ascii=False, indent=2),
        ),
        "ttl": ("text/turtle", _turtle),
    }
)


def ready_to_screen(store: Store) -> None:
    """Screen an invented patient, so that what screening remembers of trials is there for the next."""
    if len(store.trials()) > MOST_KEPT:
        return
    first = packaged_patients()[0]
    screened(store, Asked(PatientFile.sent(first.name, first.read_bytes()), date.today()))
    _examples()


@cache
def _examples() -> tuple[Example, ...]:
    """Return the packaged patients; they are invented, so they may be remembered."""
    return tuple(_example(path.stem, next(read_patients(path))) for path in packaged_patients())


def _example(name: str, record: PatientRecord) -> Example:
    concepts = known_concepts()
    conditions = [fact.what for fact in record.facts if isinstance(fact, ConditionFact)]
    # what trials ask for first of all
    conditions.sort(key=lambda what: not any(concepts.is_a(_MALIGNANT, iri) for iri in what.concepts))
    measured = [fact.when.low for fact in record.facts if isinstance(fact, Measurement) and fact.when.low]
    about = [record.demographics.sex or "", *dict.fromkeys(what.text for what in conditions)]
    title = ", ".join(filter(None, about))
    return Example(name, title[:1].upper() + title[1:], max(measured, default=date.today()))


routes = [
    Route("/screen", screen, methods=["GET", "POST"]),
    Route("/screen/report", report, methods=["POST"]),
]
