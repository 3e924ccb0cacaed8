"""A server of the packaged trials, a browser, and screens of four kinds to look at its pages with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

import trialgraph

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE = 60_000
"""Milliseconds that a page is given to show something, on a machine that is busy with other things."""
SCREENS: dict[str, dict[str, Any]] = {
    "desktop-light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "desktop-dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True},
}


@dataclass
class Site:
    """A server that runs.

    Args:
        url: Its address, without a slash at the end.
        said: File of what it wrote to its two outputs.
    """

    url: str
    said: Path


@dataclass
class Tab:
    """A page in a browser, and what a user of it must never meet.

    Args:
        page: The page.
        site: The server that it may ask.
        problems: Errors of its scripts and of its policy, and requests to other hosts.
    """

    page: Page
    site: Site
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go to an address of the server, and return the status."""
        answer = self.page.goto(self.site.url + path)
        assert answer is not None
        return answer.status

    def arrive(self, address: str) -> None:
        """Wait for a page that a click leads to, with all that its scripts do at first."""
        self.page.wait_for_url(address)
        self.page.wait_for_load_state()

    def watch(self) -> None:
        """Note every problem from now on."""
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _said(self, kind: str, text: str) -> None:
        # a page that answers with an error status is no error of the page
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.problems.append(f"{kind}: {text}")

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(f"{self.site.url}/"):
            self.problems.append(f"a request to {url[:100]}")


@contextmanager
def serving_packaged(folder: Path) -> Iterator[Site]:
    """Run ``trialgraph serve`` with the packaged trials, in a folder that it finds empty."""
    said = folder / "said.txt"
    command = [sys.executable, "-m", "trialgraph", "serve", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(Path(trialgraph.__file__).parents[1])}
    with (
        said.open("wb") as output,
        subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, cwd=folder, env=environment
        ) as server,
    ):
        try:
            yield Site(_address(server, said), said)
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a server of the packaged trials."""
    with serving_packaged(tmp_path_factory.mktemp("site")) as running:
        yield running


def _address(server: subprocess.Popen[bytes], said: Path) -> str:
    while server.poll() is None:
        found = re.search(r"Serving at (http://[\d.:]+)/", said.read_text(encoding="utf-8"))
        if found:
            return found[1]
        try:
            server.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(said.read_text(encoding="utf-8"))


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run Chromium without a window; skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the dev packages")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium (Debian's package chromium)")
    playwright.expect.set_options(timeout=_PATIENCE)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a browser."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def tab_of(chromium: Browser, site: Site) -> Iterator[Callable[..., Tab]]:
    """Return what opens a tab on a screen; at the end none of them may have met a problem."""
    tabs = []
    contexts = []

    def new(screen: str = "desktop-light", **options: Any) -> Tab:
        context = chromium.new_context(**SCREENS[screen], reduced_motion="reduce", **options)
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        tabs.append(Tab(context.new_page(), site))
        tabs[-1].watch()
        return tabs[-1]

    yield new
    for context in contexts:
        context.close()
    assert [problem for tab in tabs for problem in tab.problems] == []


@pytest.fixture(params=["desktop-light", "phone-dark"])
def screen(request: pytest.FixtureRequest) -> str:
    """Return the name of a kind of screen: of both widths, and of both sets of colours."""
    return str(request.param)


def expect(shown: Any) -> Any:
    """Return what waits until a part of a page, or the page, is as it is said to become."""
    from playwright.sync_api import expect

    return expect(shown)


@cache
def _axe() -> Any:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    return axe.Axe()


def barriers(page: Page) -> list[str]:
    """Return what axe-core calls a serious or critical barrier, in one line each."""
    found = _axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def overflows(page: Page) -> bool:
    """Return whether a page is wider than its screen, so that it has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
