"""Finding trials, reading one, comparing some, and looking concepts up, as people do it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Tab, expect, overflows

TRIAL, OTHER = "NCT06794086", "NCT06850103"


@pytest.fixture(params=["desktop-light", "phone-dark"])
def tab(request: pytest.FixtureRequest, tab_of: Callable[..., Tab]) -> Tab:
    """Return a tab on a desktop, and one on a phone."""
    found: Tab = tab_of(request.param)
    return found


def test_trials_are_found_narrowed_and_compared(tab: Tab) -> None:
    """Words, then a facet, then the filter removed; two trials ticked are put side by side."""
    tab.open("/")
    tab.page.get_by_role("searchbox", name="Search trials").fill("metastases")
    tab.page.get_by_role("button", name="Search").click()
    tab.arrive("**/?*q=metastases*")
    results = tab.page.locator(".results > li")
    found = results.count()
    tab.page.locator("#filters").get_by_role("link", name="phase 3").click()
    tab.arrive("**/?*phase=*")
    assert 0 < results.count() < found
    tab.page.get_by_role("link", name="Phase: phase 3").click()
    expect(results).to_have_count(found)
    tab.open("/")
    for nct in (TRIAL, OTHER):
        tab.page.get_by_role("checkbox", name=f"{nct}: compare").check()
    tab.page.get_by_role("button", name="Compare the trials ticked").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Compare trials")
    tab.page.wait_for_load_state()
    assert tab.page.locator("td.strict").count() > 5
    assert not overflows(tab.page)


def test_marked_words_tell_what_they_were_taken_for(tab: Tab) -> None:
    """When the keyboard reaches them, without a script; nothing is pushed out of the screen."""
    tab.open(f"/trial/{TRIAL}#I9")
    marked = tab.page.locator("#I9 .hit").first
    tab.page.locator("#I9 .id a").focus()
    tab.page.keyboard.press("Tab")
    expect(marked).to_be_focused()
    tip = marked.evaluate("each => getComputedStyle(each, '::after').content")
    assert "ECOG performance status from 0 to 1" in tip
    assert not overflows(tab.page)
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/concept/ECOGPerformanceStatus")


def test_a_shape_opens_where_its_criterion_stands(tab: Tab) -> None:
    """It is there without another page, and long lines scroll in their own box."""
    tab.open(f"/trial/{TRIAL}")
    criterion = tab.page.locator("#I9")
    expect(criterion.get_by_text("sh:NodeShape").first).to_be_hidden()
    criterion.get_by_text("Shape, RDF and source").click()
    expect(criterion.get_by_text("sh:NodeShape").first).to_be_visible()
    assert not overflows(tab.page)


def test_the_tree_opens_and_the_search_finds(tab: Tab) -> None:
    """A branch shows its kinds; a synonym leads to its concept."""
    tab.open("/concepts")
    tab.page.get_by_label("kinds of measurement").click()
    expect(tab.page.get_by_role("link", name="age", exact=True)).to_be_visible()
    tab.page.get_by_role("searchbox", name="Find a concept").fill("haemoglobin")
    tab.page.keyboard.press("Enter")
    tab.page.locator(".found a").first.click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("hemoglobin")


def test_a_square_of_the_map_leads_to_its_criterion(tab: Tab) -> None:
    """A family is chosen from those offered."""
    tab.open("/compare/map")
    tab.page.get_by_role("link", name="liver function measurement").click()
    tab.arrive("**/compare/map?*family=LiverFunctionMeasurement*")
    tab.page.locator(".heats .heat a").first.click()
    tab.page.wait_for_url("**/trial/NCT*")
    expect(tab.page.locator(":target")).to_be_visible()
