"""An informatician at the query editor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Tab, barriers, expect, overflows


def _line(tab: Tab, number: int) -> Any:
    return expect(tab.page.locator(".cm-line").nth(number))


def _write(tab: Tab, text: str) -> None:
    tab.page.locator(".cm-content").click()
    expect(tab.page.locator(".cm-content")).to_be_focused()
    tab.page.keyboard.press("Control+a")
    tab.page.keyboard.type(text)


def test_examples_are_drawn_without_a_barrier(tab_of: Callable[..., Tab], screen: str) -> None:
    """The editor, a chart and a graph fit each screen and keep nobody out."""
    tab = tab_of(screen)
    for name, drawn in {"concepts-asked-for": ".chart rect", "what-the-arms-give": ".graph circle"}.items():
        assert tab.open(f"/ask?name={name}") == 200
        tab.page.locator(drawn).first.wait_for()
        assert tab.page.locator(".cm-line").count() > 5
        assert not overflows(tab.page)
        assert barriers(tab.page) == []


def test_a_concept_is_completed_by_its_name(tab_of: Callable[..., Tab]) -> None:
    """Typing a plain word offers concepts called so, and puts the name that SPARQL needs."""
    tab = tab_of()
    tab.open("/ask")
    _write(tab, "SELECT * { ?c tg:mentions sintil")
    tab.page.locator("[role=option]:first-child", has_text="tgc:Sintilimab").wait_for()
    tab.page.wait_for_timeout(100)  # what is offered can be taken a moment after it has come
    tab.page.keyboard.press("Tab")
    _line(tab, 0).to_contain_text("tgc:Sintilimab")


def test_a_property_and_a_variable_are_completed(tab_of: Callable[..., Tab]) -> None:
    """The vocabulary after its prefix, and variables that the query has."""
    tab = tab_of()
    tab.open("/ask")
    _write(tab, "SELECT ?criterion { ?trial tg:crit")
    tab.page.locator("[role=option]", has_text="tg:criterion").first.wait_for()
    _write(tab, "SELECT ?criterion { ?cr")
    tab.page.locator("[role=option]", has_text="?criterion").first.wait_for()


def test_the_keyboard_asks_and_the_answer_leads_on(tab_of: Callable[..., Tab]) -> None:
    """Ctrl and Enter ask; a link of the answer opens the trial."""
    tab = tab_of()
    tab.open("/ask")
    _write(tab, "SELECT ?trial { ?trial a tg:Trial } ORDER BY ?trial ")
    tab.page.keyboard.press("Control+Enter")
    tab.page.get_by_role("link", name="NCT06120127").click()
    tab.page.wait_for_url("**/trial/NCT06120127")


def test_an_error_is_marked_where_it_is(tab_of: Callable[..., Tab]) -> None:
    """The word at fault is underlined, the cursor stands there, and the page says why."""
    tab = tab_of("phone-dark")
    tab.open("/ask?query=SELECT%20*%20{%0A%20%20?trial%20nope:x%20?y%20}")
    expect(tab.page.get_by_role("alert")).to_contain_text("Line 2, column 10")
    expect(tab.page.locator(".cm-lintRange-error")).to_have_text("nope:x")
    expect(tab.page.locator(".cm-content")).to_be_focused()
    tab.page.keyboard.type("tg:nctId ?n . ?trial ")
    _line(tab, 1).to_have_text(re.compile(r"^\s*\?trial tg:nctId \?n"))
    assert barriers(tab.page) == []


def test_the_tab_key_leaves_the_editor(tab_of: Callable[..., Tab]) -> None:
    """Nobody is caught in it."""
    tab = tab_of()
    tab.open("/ask")
    tab.page.locator(".cm-content").click()
    expect(tab.page.locator(".cm-content")).to_be_focused()
    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("button", name="Ask", exact=True)).to_be_focused()


@pytest.mark.parametrize("screen", ["desktop-light", "phone-dark"])
def test_without_scripts_it_is_a_form(tab_of: Callable[..., Tab], screen: str) -> None:
    """A plain text area asks the same."""
    tab = tab_of(screen, java_script_enabled=False)
    tab.open("/ask")
    tab.page.fill("#query", "SELECT ?trial { ?trial a tg:Trial } ORDER BY ?trial")
    tab.page.get_by_role("button", name="Ask", exact=True).click()
    expect(tab.page.get_by_role("link", name="NCT06120127")).to_have_count(1)
    expect(tab.page.locator("table a")).to_have_count(5)
