"""What holds for every page: it opens, it fits, and nothing keeps anyone from using it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.routing import Route

from tests.browser.conftest import Tab, barriers, expect, overflows
from tests.browser.pictures import FOLDER, PICTURES
from tests.shared_files import ROOT
from trialgraph.server import pages

TRIAL = "NCT06794086"
ADDRESSES = {
    "/": ["/", "/?q=liver&phase=PHASE2", "/?q=nothing+at+all"],
    "/trial/{nct}": [f"/trial/{TRIAL}", "/trial/NCT06850103"],
    "/compare": ["/compare", f"/compare?trial={TRIAL}", f"/compare?trial={TRIAL}&trial=NCT06850103&rows=all"],
    "/compare/map": ["/compare/map", "/compare/map?family=LiverFunctionMeasurement"],
    "/screen": ["/screen", f"/screen?trial={TRIAL}"],
    "/ask": ["/ask", "/ask?name=child-pugh-limits", "/ask?query=ASK%20{}"],
    "/concepts": ["/concepts", "/concepts?q=liver"],
    "/concept/{name}": ["/concept/ECOGPerformanceStatus", "/concept/PD1Inhibitor"],
    "/queries": ["/queries"],
    "/queries/{name}": ["/queries/child-pugh-limits", f"/queries/arms-and-interventions?trial={TRIAL}"],
}
"""Where each route of the pages is looked at."""
OTHERS = ["/ontology", "/api/docs", f"/trial/{TRIAL}/criterion/I4"]
"""What else is served as a page."""
WRONG = {"/nowhere": 404, "/trial/NCT99999999": 404}


def test_each_page_has_an_address_to_look_at() -> None:
    """A new page is looked at as soon as it has a line in the table above."""
    asked = [route for route in pages.routes if isinstance(route, Route) and "GET" in (route.methods or ())]
    assert {route.path for route in asked if "." not in route.path} == set(ADDRESSES)


@pytest.mark.parametrize("path", [*(each for some in ADDRESSES.values() for each in some), *OTHERS, *WRONG])
def test_a_page_opens_without_a_barrier(tab_of: Callable[..., Tab], screen: str, path: str) -> None:
    """On each screen it has one heading, fits the width, and axe-core finds nothing serious."""
    tab = tab_of(screen)
    assert tab.open(path) == WRONG.get(path, 200)
    assert tab.page.locator("h1").count() == 1
    assert not overflows(tab.page)
    assert barriers(tab.page) == []


@pytest.mark.parametrize("path", [addresses[0] for addresses in ADDRESSES.values()])
def test_the_keyboard_gets_past_the_menu(tab_of: Callable[..., Tab], path: str) -> None:
    """The first stop of the Tab key leads to the content."""
    tab = tab_of()
    tab.open(path)
    tab.page.keyboard.press("Tab")
    expect(tab.page.locator(":focus")).to_have_attribute("href", "#content")


def test_the_pictures_of_the_pages_are_small_and_shown() -> None:
    """Each is in the docs, on the page that tells of it, and light enough for a checkout."""
    told = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
    assert len(PICTURES) in range(4, 7)
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)
    for name in PICTURES:
        assert f"(pictures/{name}.webp)" in told
        assert (FOLDER / f"{name}.webp").stat().st_size < 150_000
