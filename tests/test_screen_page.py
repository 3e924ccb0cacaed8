"""The page that screens: what it answers, what it refuses, and that it keeps nothing."""

from __future__ import annotations

import gc
import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from rdflib import Graph

from trialgraph.catalogue import screenable_trials
from trialgraph.derivation import screening_view
from trialgraph.expressions import Narrative
from trialgraph.packaged import packaged_patients
from trialgraph.patients import read_patients
from trialgraph.patients.turtle import to_graph
from trialgraph.screening import CriterionVerdict, Screening, TrialVerdict, screen, to_json
from trialgraph.server.pages import screen as pages
from trialgraph.server.pages import screenings
from trialgraph.shapes.eligibility import ScreenableCriterion, ScreenableTrial
from trialgraph.stores import Store

AS_OF = "2025-09-01"
PATIENT = packaged_patients()[0]
MARKER = "".join(("Zweifel", "los", "Einmalig"))
"""A word that stands nowhere else; put together here, so that no constant of this module holds it."""


def _send(client: httpx.Client, content: bytes | None = None, path: str = "/screen", **fields: Any) -> Any:
    sent = PATIENT.read_bytes() if content is None else content
    data = {"as_of": AS_OF, **fields}
    return client.post(path, data=data, files={"record": ("bundle.json", sent)})


def _expected(store: Store) -> dict[str, Any]:
    (record,) = read_patients(PATIENT)
    return to_json(screen(screening_view(record, date.fromisoformat(AS_OF)), screenable_trials(store)))


def _verdicts(screening: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (of["trial"], each["id"]): each["verdict"] for of in screening["trials"] for each in of["criteria"]
    }


def _held(page: str) -> str:
    found = re.search(r'name="held" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_each_criterion_has_a_cell_and_an_explanation(client: httpx.Client, store: Store) -> None:
    """The matrix has the verdicts that SHACL gives, and a row for each to explain it."""
    page = _send(client).text
    cells = re.findall(r'class="cell (\w+)" href="#(NCT\d+)-(\w+)"', page)
    assert {(nct, name): verdict for verdict, nct, name in cells} == _verdicts(_expected(store))
    for _, nct, name in cells:
        assert page.count(f'<tr id="{nct}-{name}"') == 1


def test_what_stays_open_comes_first(client: httpx.Client, store: Store) -> None:
    """Open trials stand before ineligible ones; of each, those of a disease in the record come first."""
    page = _send(client).text
    rows = re.findall(r'<tr><th scope="row"><a href="#(NCT\d+)".*?</th>', page, re.DOTALL)
    heads = re.findall(r'<tr><th scope="row">(<a href="#NCT.*?)</th>', page, re.DOTALL)
    verdicts = {each["trial"]: each["verdict"] for each in _expected(store)["trials"]}
    ranks = [
        (verdicts[nct] == "ineligible", 'class="chip on"' not in head)
        for nct, head in zip(rows, heads, strict=True)
    ]
    # one of the packaged trials states no condition, so nothing can be said of its disease
    ranks = [rank for nct, rank in zip(rows, ranks, strict=True) if nct != "NCT06850103"]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 2


def test_trials_that_may_take_patients_come_before_those_that_do_not() -> None:
    """What is about the patient's disease comes next, the narrowest first, then what leaves least open."""

    def result(nct: str, verdicts: str) -> TrialVerdict:
        kinds: dict[str, Any] = {"+": "pass", "-": "fail", "?": "unknown"}
        reading = Narrative("words", "judgement")
        criteria = [
            ScreenableCriterion(str(at), "inclusion", "words", reading) for at in range(len(verdicts))
        ]
        told = zip(criteria, verdicts, strict=True)
        found = tuple(CriterionVerdict(each, kinds[sign], None, ()) for each, sign in told)
        return TrialVerdict(ScreenableTrial(nct, "", tuple(criteria)), found, ())

    statuses = {"closed": "COMPLETED", "fewer": "RECRUITING"}
    studied = {"closed": ("a",), "fewer": ("a",), "more": ("a",), "broad": ("b",), "other": ()}
    signs = {
        "bars": "+-",
        "closed": "++?",
        "other": "+?",
        "silent": "+?",
        "broad": "+?",
        "more": "??",
        "fewer": "++?",
        "all": "+",
    }
    (record,) = read_patients(PATIENT)
    view = screening_view(record, date.fromisoformat(AS_OF))
    screening = Screening(view, tuple(result(nct, verdicts) for nct, verdicts in signs.items()))
    ranked = screenings.Screened(record, screening, studied, statuses, {"broad": 3}).ranked()
    expected = ["all", "fewer", "more", "broad", "silent", "other", "closed", "bars"]
    assert [each.trial.nct for each in ranked] == expected


def test_the_page_asks_again_by_what_it_holds(client: httpx.Client, store: Store) -> None:
    """A page holds the record itself, so another date, or a report, needs no file and no memory of it."""
    held = {"held": _held(_send(client).text), "as_of": AS_OF}
    assert "example-crc-liver" in client.post("/screen", data=held).text
    answer = client.post("/screen/report", data={**held, "format": "json"})
    found = answer.json()
    assert _verdicts(found) == _verdicts(_expected(store))
    assert found["worklist"] == _expected(store)["worklist"]


@pytest.mark.parametrize(
    ("suffix", "media"), [("html", "text/html"), ("json", "application/json"), ("ttl", "text/turtle")]
)
def test_reports_come_as_files(client: httpx.Client, suffix: str, media: str) -> None:
    """Each is an attachment that no cache keeps and whose name says nothing about the patient."""
    answer = _send(client, path="/screen/report", format=suffix)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")
    assert answer.headers["content-disposition"] == f'attachment; filename="screening-{AS_OF}.{suffix}"'
    assert answer.headers["cache-control"] == "no-store"
    if suffix == "ttl":
        assert len(Graph().parse(data=answer.text)) > 1000


def test_what_is_assumed_counts(client: httpx.Client) -> None:
    """A list that is ticked as complete turns unknowns into verdicts, and the page says so."""
    plain, assumed = _send(client).text, _send(client, assume=["conditions", "allergies"]).text
    assert assumed.count("cell unknown") < plain.count("cell unknown")
    assert "recorded completely: allergies, conditions" in assumed
    assert 'value="conditions" checked' in assumed


def test_few_trials_and_few_verdicts_can_be_asked_for(client: httpx.Client) -> None:
    """Registry numbers narrow what is screened, a verdict what is shown."""
    few = _send(client, trial="nct06794086, NCT06120127").text
    assert set(re.findall(r'id="(NCT\d+)"', few)) == {"NCT06794086", "NCT06120127"}
    barred = _send(client, show="ineligible").text
    verdicts = re.findall(r'<details class="card trial".*?<span class="verdict (\w+)"', barred, re.DOTALL)
    assert set(verdicts) == {"ineligible"}


def test_many_trials_come_in_pages(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each trial stands on one of them; a page that isn't there is the nearest that is."""
    monkeypatch.setattr(pages, "_PAGE_SIZE", 2)
    shown = [
        re.findall(r'trial" id="(NCT\d+)"', _send(client, page=str(number)).text) for number in (1, 2, 3)
    ]
    assert [len(each) for each in shown] == [2, 2, 1]
    assert len({nct for each in shown for nct in each}) == 5
    last = _send(client, page="77").text
    assert "Page 3 of 3" in last
    assert 'value="2">Previous' in last


def test_examples_are_screened_on_a_day_of_their_own(client: httpx.Client) -> None:
    """Every packaged patient has a button whose form screens it."""
    page = client.get("/screen").text
    forms = re.findall(
        r'name="example" value="([^"]+)">\s*<input type="hidden" name="as_of" value="([^"]+)"', page
    )
    assert [name for name, _ in forms] == [path.stem for path in packaged_patients()]
    for name, day in forms:
        answer = client.post("/screen", data={"example": name, "as_of": day})
        assert answer.status_code == 200
        assert f"as of <strong>{day}" in answer.text


TABLE = "patient,sex,born,ECOG performance status\nerste,F,1960-06,1\nzweite,M,1970,2\n"


def test_a_graph_and_a_table_are_screened_like_a_bundle(client: httpx.Client) -> None:
    """Turtle and CSV are known by the names of their files; the page holds them, to ask again."""
    (record,) = read_patients(PATIENT)
    turtle = to_graph(record).serialize(format="turtle").encode()
    single = "\n".join(TABLE.splitlines()[:2]).encode()
    for name, content, patient in (("a.ttl", turtle, record.id), ("A.CSV", single, "erste")):
        page = client.post("/screen", data={"as_of": AS_OF}, files={"record": (name, content)})
        assert page.status_code == 200
        assert f"<h1>Patient {patient}</h1>" in page.text
        fields = {"held": _held(page.text), "format": "json", "as_of": AS_OF}
        assert client.post("/screen/report", data=fields).json()["patient"] == patient
    shown = client.post("/screen", data={"as_of": AS_OF}, files={"record": ("a.json", turtle)})
    assert shown.status_code == 422


def test_one_of_several_patients_is_chosen(client: httpx.Client) -> None:
    """A file with several names them; the one that is chosen is screened, and asked about again."""
    export = b"".join(
        json.dumps({"resourceType": "Patient", "id": each}).encode() + b"\n" for each in ("erste", "zweite")
    )
    for name, content in (("a.csv", TABLE.encode()), ("a.ndjson", export)):
        page = client.post("/screen", data={"as_of": AS_OF}, files={"record": (name, content)})
        assert page.status_code == 422
        assert re.findall(r'name="patient" value="(\w+)"', page.text) == ["erste", "zweite"]
        chosen = {"held": _held(page.text), "patient": "zweite", "as_of": AS_OF}
        answer = client.post("/screen", data=chosen)
        assert answer.status_code == 200
        again = {"held": _held(answer.text), "patient": "zweite", "format": "json", "as_of": AS_OF}
        assert client.post("/screen/report", data=again).json()["patient"] == "zweite"
        assert client.post("/screen", data={**chosen, "patient": "dritte"}).status_code == 400


BUNDLE = json.loads(PATIENT.read_bytes())
WRONG: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "no file": (b"", {}, 400, "there is no record to screen"),
    "no text": (b"\xff\xfe\x00", {}, 422, "not UTF-8"),
    "spaces": (b"  \n", {}, 422, "the file is empty"),
    "no JSON": (b'{\n "a": }', {}, 422, "line 2, column 7: not JSON"),
    "no FHIR": (b'{"a": 1}', {}, 422, "no resourceType"),
    "no patient": (b'{"resourceType": "Bundle"}', {}, 422, "no Patient resource"),
    "two patients": (
        b'{"resourceType": "Patient", "id": "a"}\n{"resourceType": "Patient", "id": "b"}',
        {},
        422,
        "2 patients",
    ),
    "half a line": (b'{"resourceType": "Patient", "id": "a"}\n{"resource', {}, 422, "line 2: not JSON"),
    "no number": (b'{"resourceType": "Patient", "x": NaN}', {}, 422, "a number that JSON"),
    "a long number": (
        b'{"resourceType": "Patient", "x": ' + b"9" * 9000 + b"}",
        {},
        422,
        "a number that JSON",
    ),
    "deep": (b"[" * 200_000, {}, 422, "nested too deeply"),
    "no date": (PATIENT.read_bytes(), {"as_of": "next week"}, 400, "is not a date"),
    "no trial": (PATIENT.read_bytes(), {"trial": "NCT00000000"}, 400, "no trial NCT00000000"),
    "no category": (PATIENT.read_bytes(), {"assume": "measurements"}, 400, "can&#39;t be assumed"),
    "no example": (b"", {"example": "../../etc/passwd"}, 400, "no example patient"),
    "damaged": (b"", {"held": "eJwDAAAAAAE"}, 400, "is damaged"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_screened_is_told_on_the_form(client: httpx.Client, case: str) -> None:
    """The status says whose fault it is, one line says what is wrong, and the form is there to go on."""
    content, fields, status, words = WRONG[case]
    answer = _send(client, content, **fields)
    assert answer.status_code == status
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert 'type="file"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_body_that_is_no_form_or_too_large_is_refused(client: httpx.Client, monkeypatch: Any) -> None:
    """Each has the status that HTTP has for it."""
    assert (
        client.post("/screen", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415
    )
    half = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/screen", content=b"--x\r\n", headers=half).status_code == 400
    monkeypatch.setattr(pages, "_LARGEST", 20_000)
    assert _send(client).status_code == 413
    assert _send(client, path="/screen/report", format="json").status_code == 413
    assert _send(client, b"{}", path="/screen/report", format="exe").status_code == 400
    assert client.get("/screen/report").status_code == 405


def test_odd_characters_get_through(client: httpx.Client) -> None:
    """Half of a surrogate pair, markup and characters of other scripts are shown, not obeyed."""
    odd = b'{"resourceType": "Patient", "id": "\\ud800<script>\xe7\x97\x85\\u0000"}'
    page = _send(client, odd)
    assert page.status_code == 200
    assert "&lt;script&gt;病" in page.text
    again = client.post("/screen/report", data={"held": _held(page.text), "format": "html"})
    assert again.status_code == 200


def _marked() -> bytes:
    """Return the packaged patient with a word of its own in every text."""

    def marked(value: Any) -> Any:
        if isinstance(value, dict):
            own = {key: each for key, each in value.items() if key != "code" or "unit" not in value}
            return {key: f"{each} {MARKER}" if key in texts else marked(each) for key, each in own.items()}
        return [marked(each) for each in value] if isinstance(value, list) else value

    texts = ("text", "display", "unit")
    bundle = marked(BUNDLE)
    bundle["entry"][0]["resource"]["id"] = f"{MARKER}-id"
    assert len(re.findall(MARKER, json.dumps(bundle))) > 20
    return json.dumps(bundle).encode()


def test_nothing_of_the_record_reaches_the_disk(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a record of several megabytes is screened, no file is opened for writing."""
    written: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            written.append(str(arguments[0]))
        if watching and event in ("tempfile.mkstemp", "tempfile.mkdtemp", "os.mkdir", "os.rename"):
            written.append(event)

    sys.addaudithook(watch)
    try:
        sent = json.dumps({**BUNDLE, "text": {"div": "x" * 4_000_000}}).encode()
        assert _send(client, sent).status_code == 200
        assert _send(client, sent, path="/screen/report", format="html").status_code == 200
    finally:
        watching = False
    assert written == []


def test_nothing_of_the_record_stays_in_memory(client: httpx.Client) -> None:
    """Once it is answered, no object of the server holds a word of the record."""
    page = _send(client, _marked())
    assert MARKER in page.text
    del page
    gc.collect()
    assert [each for holder in gc.get_objects() for each in _words_held(holder)] == []


def _words_held(holder: object) -> Iterator[str]:
    for each in gc.get_referents(holder):
        if isinstance(each, tuple) and not gc.is_tracked(each):
            yield from _words_held(each)
        elif isinstance(each, str) and MARKER in each and each != MARKER:
            yield f"{type(holder).__name__} holds {each[:60]!r}"


def test_a_defect_tells_nothing_of_the_record(
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """An error nobody foresaw gives its place, and neither the log nor the page a word of its text."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"invalid literal: {MARKER}")

    monkeypatch.setattr(screenings, "screening_view", broken)
    with caplog.at_level(logging.DEBUG):
        answer = _send(client, _marked())
    assert answer.status_code == 500
    assert "ValueError" in answer.text
    said = capfd.readouterr()
    assert MARKER not in answer.text + caplog.text + said.out + said.err


def test_no_address_and_no_title_holds_the_record(client: httpx.Client) -> None:
    """Addresses and titles end up in histories; they name trials, never the patient."""
    page = _send(client, _marked()).text
    title = re.search(r"<title>([^<]*)</title>", page)
    assert title is not None
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page)
    assert len(addresses) > 100
    assert [each for each in (title[1], *addresses) if MARKER in each] == []
    assert 'method="get"' not in page
    assert page.count("<form") == page.count('method="post"')
