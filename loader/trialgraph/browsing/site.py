"""Write the ontology as a folder of web pages that need no server and no network."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

from jinja2 import Environment

from trialgraph import __version__
from trialgraph.browsing.entries import Entries, Entry
from trialgraph.browsing.schema import read_alignment, read_schema
from trialgraph.browsing.uses import uses
from trialgraph.concepts import Concepts
from trialgraph.errors import UsageError
from trialgraph.namespaces import TGC
from trialgraph.reports.templates import template_environment
from trialgraph.resources import product_folder
from trialgraph.stores import Store

__all__ = ["concept_page", "index_page", "render_page", "schema_page", "write_site"]

_PACKAGE = "trialgraph.browsing"
_TEMPLATES = Path(__file__).parent / "templates"
_NAMES = "names.js"
_MOST_USES = 60  # places that one page lists


def write_site(folder: Path, concepts: Concepts, store: Store) -> int:
    """Write the pages; those of an earlier time in the folder are replaced.

    Args:
        folder: Made when it isn't there.
        concepts: What the pages tell.
        store: The trials whose use of concepts they tell.
    Returns:
        How many concepts have a page.
    Raises:
        UsageError: when the folder holds something else.
    """
    pages = folder / "concept"
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not _is_ours(folder))):
        raise UsageError("this is not a folder of ontology pages", where=str(folder), advice="name a new one")
    if pages.exists():
        shutil.rmtree(pages)
    pages.mkdir(parents=True)
    entries = Entries(concepts, uses(store))
    names = []
    for entry in entries.all():
        (pages / f"{entry.name}.html").write_text(concept_page(entry), encoding="utf-8")
        if not entry.concept.retired:
            names.append([entry.name, entry.concept.label, *_other_names(entry)])
    (folder / "index.html").write_text(index_page(entries), encoding="utf-8")
    (folder / "schema.html").write_text(schema_page(product_folder("ontology")), encoding="utf-8")
    data = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    (folder / _NAMES).write_text(f"const NAMES = {data};\n", encoding="utf-8")
    for name in ("style.css", "search.js"):
        shutil.copyfile(_TEMPLATES / name, folder / name)
    return len(entries)


def render_page(entries: Entries, address: str = "index") -> str:
    """Return one page as HTML, without writing any file.

    Args:
        entries: Of all concepts, made once and kept.
        address: ``index`` for the tree, ``schema`` for classes and properties, ``concept/NAME``. Links in
            the page are relative to that address with ``.html``.
    Raises:
        UsageError: when there is no such page.
    """
    if address == "index":
        return index_page(entries)
    if address == "schema":
        return schema_page(product_folder("ontology"))
    kind, _, name = address.partition("/")
    if kind != "concept":
        raise UsageError(f"the ontology has no page {address!r}", advice="index, schema or concept/NAME")
    return concept_page(entries.entry(str(TGC[name])))


def schema_page(folder: Path) -> str:
    """Return the page of an ontology folder's schema, and of its mappings to other vocabularies."""
    terms = read_schema(folder)
    shown = {
        "terms": terms,
        "known": {each.name: each.label for each in terms},
        "alignment": read_alignment(folder),
    }
    return _environment().get_template("schema.html").render(root="", version=__version__, **shown)


def concept_page(entry: Entry) -> str:
    """Return the page of a concept."""
    shown = {"entry": entry, "uses": entry.uses[:_MOST_USES], "more": len(entry.uses[_MOST_USES:])}
    return _environment().get_template("concept.html").render(root="../", version=__version__, **shown)


def index_page(entries: Entries) -> str:
    """Return the page with the tree."""
    return _environment().get_template("index.html").render(root="", version=__version__, entries=entries)


def _other_names(entry: Entry) -> list[str]:
    return sorted({*entry.concept.synonyms, *entry.concept.abbreviations})


def _is_ours(folder: Path) -> bool:
    return (folder / _NAMES).is_file() and (folder / "index.html").is_file()


@cache
def _environment() -> Environment:
    return template_environment(_PACKAGE, "templates")
