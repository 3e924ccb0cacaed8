"""A coordinator with a bundle and no instructions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Tab, barriers, expect, overflows
from trialgraph.packaged import packaged_patients

PATIENT = packaged_patients()[0]


def _screened(tab: Tab, as_of: str = "2025-09-01") -> Tab:
    tab.open("/screen")
    tab.page.set_input_files("#record", PATIENT)
    tab.page.fill("#as_of", as_of)
    tab.page.get_by_role("button", name="Screen this patient").click()
    tab.page.wait_for_selector("table.matrix")
    tab.page.wait_for_load_state()  # a cell is only a link until the script is there
    return tab


def test_a_bundle_gives_a_matrix_without_a_barrier(tab_of: Callable[..., Tab], screen: str) -> None:
    """On each screen the result fits, and neither it nor its opened parts hold a barrier."""
    tab = _screened(tab_of(screen))
    assert tab.page.locator("a.cell").count() > 100
    assert not overflows(tab.page)
    for each in tab.page.locator("details").all():
        each.evaluate("each => { each.open = true }")
    assert barriers(tab.page) == []
    assert not overflows(tab.page)
    tab.page.locator("a.cell.fail").first.click()
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    assert barriers(tab.page) == []


def test_a_cell_tells_why(tab_of: Callable[..., Tab]) -> None:
    """The words, the reading and what the record shows, one cell after the other, by mouse or by keys."""
    page = _screened(tab_of()).page
    page.get_by_role("link", name="NCT06794086 I9: pass").click()
    dialog = page.get_by_role("dialog")
    for words in ("NCT06794086, I9", "ECOG", "read as: ECOG performance status from 0 to 1", "Observation/"):
        expect(dialog).to_contain_text(words, use_inner_text=True)
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("I10")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator("a[aria-label*='I10']:focus")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_report_is_taken_home(tab_of: Callable[..., Tab], tmp_path: Path, scripts: bool) -> None:
    """Each file comes by a button, and the page stays; also where scripts are switched off."""
    page = _screened(tab_of(java_script_enabled=scripts)).page
    for name, check in {
        "JSON": lambda text: json.loads(text)["patient"] == "example-crc-liver",
        "Turtle (EARL)": lambda text: "earl:Assertion" in text,
        "Report to print": lambda text: text.startswith("<!doctype html>"),
    }.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert re.fullmatch(r"screening-2025-09-01\.\w+", download.value.suggested_filename)
        download.value.save_as(tmp_path / "report")
        assert check((tmp_path / "report").read_text(encoding="utf-8"))
    expect(page.locator("table.matrix")).to_have_count(1)


def test_another_assumption_needs_no_file(tab_of: Callable[..., Tab]) -> None:
    """What is taken as complete is changed on the page of the result."""
    page = _screened(tab_of()).page
    unknown = page.locator("a.cell.unknown")
    before = unknown.count()
    page.get_by_text("Change the date").click()
    page.get_by_label("Conditions").check()
    page.get_by_role("button", name="Screen again").click()
    page.get_by_text("recorded completely: conditions").first.wait_for()
    page.wait_for_load_state()
    assert 0 < unknown.count() < before
    page.get_by_role("button", name="ineligible").click()
    page.locator("button.on[value=ineligible]").wait_for()
    expect(page.locator("main")).to_contain_text("recorded completely: conditions", use_inner_text=True)


def test_without_scripts_a_cell_leads_to_its_row(tab_of: Callable[..., Tab]) -> None:
    """The link opens the part where the criterion is explained."""
    page = _screened(tab_of(java_script_enabled=False)).page
    page.get_by_role("link", name="NCT06794086 I9: pass").click()
    row = page.locator("#NCT06794086-I9")
    expect(row).to_be_visible()
    expect(row).to_contain_text("ECOG")


def test_a_file_can_be_dropped_anywhere(tab_of: Callable[..., Tab]) -> None:
    """A bundle dropped on the page is the chosen file."""
    tab = tab_of()
    tab.open("/screen")
    drop = """text => {
        const data = new DataTransfer();
        data.items.add(new File([text], "patient.json", { type: "application/json" }));
        for (const type of ["dragenter", "dragover", "drop"])
            document.querySelector("h1").dispatchEvent(
                new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
        return document.querySelector("#record").files[0].name;
    }"""
    assert tab.page.evaluate(drop, PATIENT.read_text(encoding="utf-8")) == "patient.json"
    tab.page.get_by_role("button", name="Screen this patient").click()
    tab.page.wait_for_selector("table.matrix")


def test_a_wrong_file_is_told_where_it_was_chosen(tab_of: Callable[..., Tab], tmp_path: Path) -> None:
    """The form comes back with the reason, and keeps what was filled in."""
    wrong = tmp_path / "notes.json"
    wrong.write_text('{"resourceType": "Bundle",\n oops}', encoding="utf-8")
    tab = tab_of("phone-light")
    tab.open("/screen?trial=NCT06794086")
    tab.page.set_input_files("#record", wrong)
    tab.page.fill("#as_of", "2025-09-01")
    tab.page.get_by_role("button", name="Screen this patient").click()
    expect(tab.page.get_by_role("alert")).to_contain_text("line 2")
    expect(tab.page.locator("#as_of")).to_have_value("2025-09-01")
    expect(tab.page.locator("#trial")).to_have_value("NCT06794086")
    tab.page.wait_for_load_state()
    assert barriers(tab.page) == []


def test_work_under_way_shows(tab_of: Callable[..., Tab]) -> None:
    """Between the click and the answer the page says that it is reading."""
    tab = tab_of()
    tab.open("/screen")
    tab.page.set_input_files("#record", PATIENT)
    tab.page.evaluate("addEventListener('submit', event => event.preventDefault())")
    tab.page.get_by_role("button", name="Screen this patient").click()
    expect(tab.page.get_by_role("status")).to_contain_text("against 5 trials")


def test_the_browser_keeps_no_address_and_the_server_says_nothing(tab_of: Callable[..., Tab]) -> None:
    """The history holds the page's bare address, and the server has written nothing about anyone."""
    tab = _screened(tab_of())
    assert tab.page.url == f"{tab.site.url}/screen"
    expect(tab.page).to_have_title("Screening · trialgraph")
    said = tab.site.said.read_text(encoding="utf-8")
    assert said.strip().splitlines()[-1].startswith("Serving at")
    assert sorted(each.name for each in tab.site.said.parent.iterdir()) == ["said.txt"]
