"""The files that a check of the ontology is about, and those they are read together with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from trialgraph.authoring.blocks import Block, read_blocks
from trialgraph.errors import InputError
from trialgraph.ontology import ontology_modules
from trialgraph.resources import product_folder

__all__ = ["Modules", "SyntaxProblem", "read_modules"]

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_ONTOLOGY = ox.NamedNode("http://www.w3.org/2002/07/owl#Ontology")
_MAPPINGS = "*.sssom.tsv"


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A place where a file stops being Turtle."""

    path: Path
    line: int
    message: str


@dataclass(slots=True)
class Modules:
    """An ontology as its files state it.

    Args:
        asked: The files that are checked; the others are there because those refer to them.
        store: All triples, in the default graph.
        mappings: The mapping tables, path to lines.
        blocks: Every block of every file.
        prefixes: Prefix to namespace, of all files.
        problems: Files that aren't Turtle; nothing of them is in the store.
    """

    asked: frozenset[Path]
    store: ox.Store
    mappings: Mapping[Path, list[str]]
    blocks: list[Block] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    problems: list[SyntaxProblem] = field(default_factory=list)


def read_modules(paths: Sequence[Path]) -> Modules:
    """Read files of the ontology, together with the packaged modules that they don't take the place of.

    Args:
        paths: Turtle files, mapping tables, or folders of them. A folder is an ontology of its own: the
            packaged one isn't read. A file takes the place of the packaged module with its ontology IRI,
            or comes in addition. None: the packaged ontology.
    Raises:
        InputError: when a file isn't there, isn't text, or is neither Turtle nor a mapping table.
    """
    alone = not paths or any(path.is_dir() for path in paths)
    asked = list(_files(paths or [product_folder("ontology")]))
    tables = [path for path in asked if path.suffix == ".tsv"]
    if not alone and not tables:
        tables = sorted(product_folder("ontology").glob(_MAPPINGS))
    found = Modules(frozenset(asked), ox.Store(), {path: _text(path).splitlines() for path in tables})
    named: set[str] = set()
    for path in asked:
        if path.suffix == ".ttl":
            named |= _add(found, path)
    if not alone:
        for path in ontology_modules(product_folder("ontology")):
            if path.resolve() not in {each.resolve() for each in asked}:
                _add(found, path, unless=named)
    return found


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted([*ontology_modules(path), *path.glob(_MAPPINGS)])
            if not any(each.suffix == ".ttl" for each in inside):
                raise InputError("there is no Turtle file", where=str(path), advice="name files, or a folder")
            yield from inside
        elif path.suffix in (".ttl", ".tsv"):
            yield path
        else:
            advice = "the ontology is Turtle (.ttl) with mapping tables (.sssom.tsv)"
            raise InputError("not a file of an ontology", where=str(path), advice=advice)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't UTF-8"
        raise InputError(f"the file can't be read: {reason}", where=str(path)) from error


def _add(found: Modules, path: Path, *, unless: Iterable[str] = ()) -> set[str]:
    """Add a file's triples and blocks, unless it is a module that is there; return its ontology IRIs."""
    text = _text(path)
    try:
        triples = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        found.problems.append(SyntaxProblem(path, error.lineno or 1, _reason(error)))
        return set()
    names = {
        each.subject.value
        for each in triples
        if each.predicate == _TYPE and each.object == _ONTOLOGY and isinstance(each.subject, ox.NamedNode)
    }
    if names & set(unless):
        return set()
    found.store.bulk_extend(ox.Quad(*triple) for triple in triples)
    blocks, prefixes = read_blocks(path, text)
    found.blocks += blocks
    found.prefixes |= {prefix: namespace for prefix, namespace in prefixes.items() if prefix}
    return names


def _reason(error: SyntaxError) -> str:
    """Return what the parser says, without the place, which stands before it."""
    said = " ".join(str(error.msg).split())
    return said.partition(": ")[2] if said.startswith("Parser error") and ": " in said else said
