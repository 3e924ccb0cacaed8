"""The pictures of docs/pages.md: run ``python -m tests.browser.pictures`` when the pages have changed."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.conftest import SCREENS, running_chromium, serving_packaged
from tests.shared_files import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "pictures"


_CONVERT = """async png => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
}"""


def _webp(page: Page, png: bytes) -> bytes:
    """Return a picture in the browser's own WebP, about half the size."""
    page.goto("about:blank")
    return base64.b64decode(page.evaluate(_CONVERT, base64.b64encode(png).decode()))


def _screen(page: Page) -> None:
    page.goto("/screen")
    page.locator(".cards button").first.click()
    page.wait_for_selector("table.matrix")


def _matrix(page: Page) -> None:
    _screen(page)
    page.evaluate("document.getElementById('trials').scrollIntoView()")


def _cell(page: Page) -> None:
    _matrix(page)
    page.locator("a.cell.fail").first.click()


def _ask(page: Page) -> None:
    page.goto("/ask?name=concepts-asked-for")
    page.wait_for_selector(".cm-line")
    page.evaluate("document.querySelector('form.ask').scrollIntoView()")


def _compare(page: Page) -> None:
    page.goto("/compare?trial=NCT06794086&trial=NCT06850103")
    page.evaluate("document.querySelector('h2').scrollIntoView()")


def _opened(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


PICTURES: dict[str, tuple[str, Callable[[Page], object]]] = {
    "trials": ("desktop-light", _opened("/")),
    "trial": ("desktop-light", _opened("/trial/NCT06794086#I9")),
    "compare": ("desktop-light", _compare),
    "screen": ("desktop-light", _matrix),
    "screen-phone": ("phone-light", _cell),
    "ask": ("desktop-dark", _ask),
}


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_packaged(Path(folder)) as site,
        running_chromium() as browser,
    ):
        for name, (screen, prepare) in PICTURES.items():
            context = browser.new_context(
                **SCREENS[screen], base_url=site.url, reduced_motion="reduce", locale="en-GB"
            )
            page = context.new_page()
            prepare(page)
            page.wait_for_load_state("networkidle")
            (FOLDER / f"{name}.webp").write_bytes(_webp(page, page.screenshot()))
            context.close()


if __name__ == "__main__":
    main()
