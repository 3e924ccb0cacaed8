"""What is wrong in the ontology, each finding at the line of the term it is about.

Most checks are the queries in `queries/qc`, whose rows are mistakes; a new check is a new file there. What
a query can't see is checked here: blocks of one term in two places, units that aren't UCUM, check
digits, and the table that shows where codes come from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from trialgraph.authoring.blocks import Block
from trialgraph.authoring.checkdigits import has_right_check_digit
from trialgraph.authoring.modules import Modules, read_modules
from trialgraph.authoring.sssom import Row, read_rows
from trialgraph.errors import QueryError
from trialgraph.namespaces import BASE
from trialgraph.ontology import TG_IRI, CodeSystem, read_code_systems
from trialgraph.resources import product_folder
from trialgraph.units import is_unit

__all__ = ["Finding", "check_ontology"]

_CLASS = "http://www.w3.org/2002/07/owl#Class"
_SAME = "http://www.w3.org/2002/07/owl#equivalentClass"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_SYSTEM = f"{TG_IRI}CodeSystem"
_UNIT = ox.NamedNode(f"{TG_IRI}canonicalUnit")
_Row: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that is wrong in a file of the ontology.

    Args:
        path: The file.
        line: From 1; of the term's block, or of the very value where it is known.
        term: What it is about, as the file would write it; empty when the file itself is at fault.
        message: What is wrong.
        check: Name of the check: of the query in ``queries/qc``, or of a check of its own.
    """

    path: Path
    line: int
    term: str
    message: str
    check: str

    def __str__(self) -> str:
        term = f"{self.term}: " if self.term else ""
        return f"{self.path}:{self.line}: {term}{self.message} [{self.check}]"


def check_ontology(paths: Sequence[Path] = ()) -> list[Finding]:
    """Return what is wrong in files of the ontology, by file and line.

    A file that isn't Turtle is all that is reported, because what it defines is unknown.

    Args:
        paths: As for `read_modules`; none for the packaged ontology.
    Raises:
        InputError: when a file can't be read at all.
    """
    modules = read_modules(paths)
    if modules.problems:
        return sorted(Finding(each.path, each.line, "", each.message, "syntax") for each in modules.problems)
    checks = _Checks(modules)
    found = {*checks.queried(), *checks.repeated(), *checks.units(), *checks.codes()}
    return sorted(each for each in found if each.path in modules.asked)


class _Checks:
    """The checks of one ontology."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._blocks: dict[str, list[Block]] = {}
        self._mentioning: dict[str, list[Block]] = {}
        for block in modules.blocks:
            self._blocks.setdefault(block.subject, []).append(block)
            for mention in block.mentions:
                if mention.startswith(BASE) or "://" in mention:
                    self._mentioning.setdefault(mention, []).append(block)

    def queried(self) -> Iterator[Finding]:
        """Yield a finding for each row of each query."""
        for path in sorted((product_folder("queries") / "qc").glob("*.rq")):
            text = path.read_text(encoding="utf-8")
            message = _message(path, text)
            solutions = self._modules.store.query(text)
            if not isinstance(solutions, ox.QuerySolutions):
                raise QueryError("a check is a SELECT query", where=str(path))
            names = [variable.value for variable in solutions.variables]
            for solution in solutions:
                row = {name: _value(solution[name]) for name in names if solution[name] is not None}
                finding = self._finding(row, message, path.stem)
                if finding is not None:
                    yield finding

    def repeated(self) -> Iterator[Finding]:
        """Yield the second blocks of classes, which a parser takes for one."""
        for subject, blocks in self._blocks.items():
            defining = [each for each in blocks if _CLASS in each.mentions and not _is_definition(each)]
            if subject.startswith(BASE) and len(defining) > 1:
                first, *others = defining
                for block in others:
                    message = f"has a block already, at {self._place(first)}"
                    yield Finding(block.path, block.line, self._short(subject), message, "repeated-blocks")

    def units(self) -> Iterator[Finding]:
        """Yield the canonical units that aren't UCUM."""
        for concept, unit in self._pairs(_UNIT):
            if not is_unit(unit):
                row = {"concept": concept, "unit": unit}
                yield from _some(self._finding(row, "the unit {unit} is not UCUM", "units"))

    def codes(self) -> Iterator[Finding]:
        """Yield codes without a source, sources without a code, and codes with a wrong check digit."""
        rows = [row for path, lines in self._modules.mappings.items() for row in read_rows(path, lines)]
        predicates = {row.predicate for row in rows}
        shown = {(row.subject, row.predicate, row.object) for row in rows}
        stated = set(self._codes(predicates))
        for concept, _, code in sorted(stated - shown):
            message = "{code} has no row in a mapping table (.sssom.tsv) that shows who says so"
            yield from _some(self._finding({"concept": concept, "code": code}, message, "unproven-codes"))
        for row in rows:
            if (row.subject, row.predicate, row.object) not in stated:
                yield self._unused(row)
        for concept, code in sorted({(concept, code) for concept, _, code in stated}):
            if not self._ends_right(code):
                message = "{code} does not end in its check digit"
                yield from _some(self._finding({"concept": concept, "code": code}, message, "check-digits"))

    def _codes(self, predicates: set[str]) -> Iterator[tuple[str, str, str]]:
        for predicate in predicates:
            for concept, code in self._pairs(ox.NamedNode(predicate)):
                if concept.startswith(BASE):
                    yield concept, predicate, code

    def _pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[str, str]]:
        for quad in self._modules.store.quads_for_pattern(None, predicate, None):
            yield _value(quad.subject), _value(quad.object)

    def _unused(self, row: Row) -> Finding:
        message = f"{self._short(row.object)} is not stated of the concept"
        return Finding(row.path, row.line, self._short(row.subject), message, "unused-mappings")

    def _ends_right(self, code: str) -> bool:
        for system in self._systems:
            if code.startswith(system.iri_prefix):
                name = system.iri.rsplit("/", 1)[-1]
                return has_right_check_digit(name, code.removeprefix(system.iri_prefix))
        return True

    @cached_property
    def _systems(self) -> tuple[CodeSystem, ...]:
        stated: dict[str, dict[str, list[str]]] = {}
        for system in [iri for iri, kind in self._pairs(_TYPE) if kind == _SYSTEM]:
            of_system = stated.setdefault(system, {})
            for quad in self._modules.store.quads_for_pattern(ox.NamedNode(system), None, None):
                of_system.setdefault(quad.predicate.value, []).append(_value(quad.object))
        return read_code_systems(stated)

    def _finding(self, row: _Row, message: str, check: str) -> Finding | None:
        """Return a finding at the first term of a row that the files asked about speak of."""
        block = self._block(row)
        if block is None:
            return None
        lines = [block.mentions[each] for each in self._values(row) if each in block.mentions]
        near = [line for line in lines if line > block.line]
        words = {name: self._shown(value, block) for name, value in row.items()}
        return Finding(
            path=block.path,
            line=near[0] if near else block.line,
            term=self._short(block.subject),
            message=message.format_map(words),
            check=check,
        )

    def _block(self, row: _Row) -> Block | None:
        for index in (self._blocks, self._mentioning):
            blocks = [block for value in row.values() for block in index.get(value, ())]
            blocks = [block for block in blocks if block.path in self._modules.asked]
            naming = [block for block in blocks if set(self._values(row)) & block.mentions.keys()]
            if blocks:
                return (naming or blocks)[0]
        return None

    @staticmethod
    def _values(row: _Row) -> list[str]:
        return [value if "://" in value else value.lower() for value in row.values()]

    def _shown(self, value: str, block: Block) -> str:
        """Return a value of a row for a message: a term by its short name, with its place when elsewhere."""
        if "://" not in value:
            return value
        elsewhere = [each for each in self._blocks.get(value, ()) if each.subject != block.subject]
        return self._short(value) + (f" ({self._place(elsewhere[0])})" if elsewhere else "")

    @staticmethod
    def _place(block: Block) -> str:
        return f"{block.path.name}:{block.line}"

    def _short(self, iri: str) -> str:
        fitting = [each for each in self._modules.prefixes.items() if iri.startswith(each[1])]
        if not fitting:
            return iri
        prefix, namespace = max(fitting, key=lambda each: len(each[1]))
        return f"{prefix}:{iri.removeprefix(namespace)}"


def _is_definition(block: Block) -> bool:
    """Return whether a block only adds a logical definition to a class that is described elsewhere."""
    return _SAME in block.mentions and _LABEL not in block.mentions


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    return "" if term is None or isinstance(term, ox.Triple) else term.value


def _some(finding: Finding | None) -> Iterator[Finding]:
    if finding is not None:
        yield finding


def _message(path: Path, text: str) -> str:
    """Return what a query's metadata says of its rows."""
    head = [line.removeprefix("#+").removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        return str(tomllib.loads("\n".join(head))["finding"])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        advice = '#+ finding = "what is wrong, with {variables} of the query"'
        raise QueryError("the check doesn't say what a row means", where=str(path), advice=advice) from error
