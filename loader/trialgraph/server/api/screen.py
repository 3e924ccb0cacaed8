"""The screening of patients.

What is sent here is about a patient. It stays in memory, and no longer than it takes to answer: nothing
of it is stored, logged or cached, and an unforeseen error tells its place in the program alone.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from trialgraph.catalogue import concepts_of, trials_to_screen
from trialgraph.derivation import screening_view
from trialgraph.errors import PatientError
from trialgraph.patients import PatientRecord
from trialgraph.patients.files import Kind, read_content
from trialgraph.screening import Engine, Screening, report_to_json, screen, to_json
from trialgraph.server.api.interface import NCT, Served, Serving, accepted, interface
from trialgraph.server.api.problems import problems
from trialgraph.server.api.screenings import Screenings
from trialgraph.server.discretion import discreetly
from trialgraph.views import Completeness

__all__: list[str] = []

_LARGEST = 32_000_000  # bytes of a body
_DROPPED = 4 * _LARGEST
_AT_ONCE = 50  # trials; between such batches others get their turn
_MOST = 20_000  # pairs of a patient and a trial in an answer that is not streamed
_LINES = "application/x-ndjson"
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "application/fhir+json": "json",
        "application/json": "json",
        "application/fhir+ndjson": "ndjson",
        _LINES: "ndjson",
        "text/turtle": "turtle",
    }
)
_OF_TRIALS = frozenset({"trials", "worklist", "axioms"})
_PRIVATE = MappingProxyType({"Cache-Control": "no-store", "Vary": "Accept"})
_Assumed = Literal[Completeness, "all"]


def _apart(values: object) -> object:
    """Return the values of a list of which each may be several, separated by commas."""
    if not isinstance(values, list):
        return values
    return [part.strip() for value in values for part in str(value).split(",") if part.strip()]


class ScreenQuery(BaseModel):
    """How to screen."""

    model_config = ConfigDict(extra="forbid")

    as_of: date | None = Field(None, description="Screening date; today without it.")
    assume_complete: Annotated[list[_Assumed], BeforeValidator(_apart), Field(max_length=20)] = Field(
        [], description="Categories to take as recorded completely; measurements never are."
    )
    trial: Annotated[list[Annotated[str, Field(pattern=NCT)]], Field(max_length=1000)] = Field(
        [], description="Registry numbers of the trials; all of the store without."
    )
    engine: Engine = Field("index", description="What evaluates the criteria; all give the same verdicts.")

    @property
    def assumed(self) -> tuple[Completeness, ...]:
        """What is assumed to be recorded completely."""
        known: tuple[Completeness, ...] = get_args(Completeness)
        return (
            known if "all" in self.assume_complete else tuple(c for c in known if c in self.assume_complete)
        )


_BODY = {
    "required": True,
    "description": (
        "FHIR R4: a Bundle, a list of resources, or NDJSON of a bulk export; or a patient graph as Turtle. "
        f"At most {_LARGEST:,} bytes."
    ),
    "content": {
        "application/fhir+json": {
            "schema": {
                "type": "object",
                "required": ["resourceType"],
                "properties": {"resourceType": {"type": "string"}},
            }
        },
        "application/json": {"schema": {"type": ["object", "array"]}},
        _LINES: {"schema": {"type": "string"}},
        "application/fhir+ndjson": {"schema": {"type": "string"}},
        "text/turtle": {"schema": {"type": "string"}},
    },
}
_ANSWERS = {
    "description": (
        "As `application/json`: an object per patient; an array of them when there are several. As "
        f"`{_LINES}`: a line as each trial is screened, after a line with the patient and the import report "
        "and before one with the worklist and the axioms used, without which the lines aren't complete."
    ),
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Screenings"}},
        _LINES: {"schema": {"type": "string"}},
    },
}


@interface.post(
    "/screen",
    tags=["screening"],
    response_model=Screenings,
    responses={200: _ANSWERS, **problems(413, 415, 422)},
    openapi_extra={"requestBody": _BODY},
)
async def screen_patients(
    request: Request, served: Serving, query: Annotated[ScreenQuery, Query()]
) -> Response:
    """Screen patients against trials: a verdict per criterion and trial, with what it rests on.

    Unknown means that the record doesn't show it. Missing is never taken as absent, unless
    `assume_complete` says that what isn't recorded didn't happen.
    """
    media = accepted(request, ["application/json", _LINES])
    kind = _kind(request)
    body = await _body(request)
    records = await served.run(partial(discreetly, partial(_read, body, kind)), long=True)
    numbers = await served.run(partial(_numbers, served, query))
    work = _Work(served, query, query.as_of or date.today(), numbers)
    if media == _LINES:
        return StreamingResponse(work.lines(records), headers=_PRIVATE, media_type=_LINES)
    if len(records) * len(numbers) > _MOST:
        raise HTTPException(422, f"this answer would be very large: ask for it as {_LINES}, or name trials")
    documents = [await work.document(record) for record in records]
    whole = documents[0] if len(documents) == 1 else documents
    text = await served.run(partial(json.dumps, whole, ensure_ascii=False))
    return Response(text, headers=_PRIVATE, media_type="application/json")


@dataclass(frozen=True, slots=True)
class _Work:
    """What is asked for, done in batches."""

    served: Served
    query: ScreenQuery
    as_of: date
    numbers: Sequence[str]

    async def document(self, record: PatientRecord) -> dict[str, Any]:
        """Return the whole screening of a patient as JSON."""
        batches = [batch async for batch in self._batches(record)]
        told = await self.served.run(partial(discreetly, partial(_told, batches)), long=True)
        return {**told, "report": report_to_json(record.report)}

    async def lines(self, records: Sequence[PatientRecord]) -> AsyncIterator[str]:
        """Yield the screenings of patients trial by trial, as NDJSON."""
        for record in records:
            batches: list[Screening] = []
            async for batch in self._batches(record):
                told = await self.served.run(partial(discreetly, partial(to_json, batch)), long=True)
                patient = {"patient": told["patient"]}
                if not batches:
                    head = {name: value for name, value in told.items() if name not in _OF_TRIALS}
                    yield _line({**head, "report": report_to_json(record.report)})
                for trial in told["trials"]:
                    yield _line({**patient, **trial})
                batches.append(batch)
            whole = await self.served.run(partial(discreetly, partial(_told, batches)), long=True)
            yield _line({name: whole[name] for name in ("patient", "worklist", "axioms")})

    async def _batches(self, record: PatientRecord) -> AsyncIterator[Screening]:
        view = await self.served.run(partial(discreetly, partial(self._view, record)), long=True)
        for start in range(0, max(1, len(self.numbers)), _AT_ONCE):
            numbers = self.numbers[start : start + _AT_ONCE]

            def screened(numbers: Sequence[str] = numbers) -> Screening:
                trials = trials_to_screen(self.served.store, numbers) if numbers else ()
                return screen(view, trials, engine=self.query.engine)

            yield await self.served.run(partial(discreetly, screened), long=True)

    def _view(self, record: PatientRecord) -> Any:
        concepts = concepts_of(self.served.store)
        return screening_view(record, self.as_of, assume_complete=self.query.assumed, concepts=concepts)


def _kind(request: Request) -> Kind:
    content = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = _KINDS.get(content)
    if kind is None:
        raise HTTPException(415, f"send a record as {', '.join(_KINDS)}")
    return kind


async def _body(request: Request) -> bytes:
    received, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= _LARGEST:
            received += chunk
        else:  # read and dropped, so that the client gets to know
            received.clear()
        if size > _DROPPED:
            break
    if size > _LARGEST:
        raise HTTPException(413, f"the body is larger than {_LARGEST:,} bytes")
    return bytes(received)


def _read(body: bytes, kind: Kind) -> list[PatientRecord]:
    try:
        return list(read_content(body, kind))
    except RecursionError:
        raise PatientError("nested too deeply", where="the record") from None


def _numbers(served: Served, query: ScreenQuery) -> Sequence[str]:
    if not query.trial:
        return served.store.trials()
    numbers = list(dict.fromkeys(nct.upper() for nct in query.trial))
    trials_to_screen(served.store, numbers)  # says so when one isn't there
    return numbers


def _joined(batches: Sequence[Screening]) -> Screening:
    return replace(batches[0], trials=tuple(trial for batch in batches for trial in batch.trials))


def _told(batches: Sequence[Screening]) -> dict[str, Any]:
    return to_json(_joined(batches))


def _line(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"
