"""Query files: SPARQL whose first comments say, in TOML, what it is for, what it takes and gives.

A parameter is a line ``VALUES ?name { … }`` of the query; what stands between the braces is its
default, and ``UNDEF`` leaves it open. So a file is plain SPARQL, and any tool runs it as it is.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from trialgraph.errors import QueryError
from trialgraph.resources import product_folder
from trialgraph.stores.syntax import tokens

__all__ = [
    "Column",
    "Parameter",
    "ParameterType",
    "Query",
    "load_query",
    "named_queries",
    "parameter_places",
    "parse_query",
]

ParameterType = Literal["trial", "concept", "string", "number", "any"]
Column: TypeAlias = tuple[str, str]
"""Name of a result column, and what it holds."""

_MARK = "#+"
_SUFFIX = ".rq"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query can be asked about.

    Args:
        name: Name of its variable.
        type: What its values are: ``trial`` (registry number), ``concept`` (name or IRI),
            ``string``, ``number``, ``any``.
        description: What it means.
        default: SPARQL terms that hold when it isn't given; None when it is left open.
        required: It has to be given.
    """

    name: str
    type: ParameterType
    description: str
    default: str | None
    required: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query with what its file says of it.

    Args:
        name: Name of the query; for a file that isn't one of the product's, its path.
        title: A few words; empty for a query without metadata.
        purpose: What question it answers, and how.
        parameters: What it takes.
        columns: What it gives, in order; empty for a query without metadata.
        text: The SPARQL text, metadata included.
    """

    name: str
    title: str
    purpose: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name, or None."""
        return next((one for one in self.parameters if one.name == name), None)


@cache
def named_queries() -> Mapping[str, Query]:
    """Return the product's own queries by name, in the order of their names."""
    files = sorted(product_folder("queries").glob(f"*{_SUFFIX}"))
    return {file.stem: parse_query(file.read_text(encoding="utf-8"), name=file.stem) for file in files}


def load_query(source: str | Path) -> Query:
    """Return a query by its name, from a file, or from its text.

    Args:
        source: Name of one of the product's queries, path of a file, or SPARQL text.
    Raises:
        QueryError: when there is no such query or file, or its metadata can't be read.
    Example:
        >>> load_query("SELECT * WHERE { ?s ?p ?o }").name
        'query'
    """
    asked = str(source)
    if isinstance(source, str):
        if asked in named_queries():
            return named_queries()[asked]
        if "{" in asked:
            return parse_query(asked, name="query")
    path = Path(asked)
    try:
        if path.is_file():
            return parse_query(path.read_text(encoding="utf-8"), name=asked)
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"the query can't be read: {error}", where=asked) from error
    near = difflib.get_close_matches(asked, named_queries(), n=3, cutoff=0.4)
    advice = f"did you mean {' or '.join(near)}?" if near else "trialgraph queries lists the named ones"
    raise QueryError(f"no named query and no file is called {asked!r}", advice=advice)


def parameter_places(text: str) -> dict[str, tuple[int, int]]:
    """Return where the values of each ``VALUES ?name { … }`` lie in a query, between the braces."""
    found: dict[str, tuple[int, int]] = {}
    words = list(tokens(text))
    for (_, values, _), (kind, variable, _), (_, brace, start) in zip(
        words, words[1:], words[2:], strict=False
    ):
        if values.upper() == "VALUES" and kind == "variable" and brace == "{":
            end = next((at for _, token, at in words if token == "}" and at > start), None)
            if end is not None:
                found.setdefault(variable[1:], (start + 1, end))
    return found


def parse_query(text: str, *, name: str) -> Query:
    """Return a query from its text.

    Args:
        text: SPARQL, with or without metadata.
        name: What messages call it.
    Raises:
        QueryError: when its metadata can't be read; whether it is SPARQL is seen when it is run.
    """
    marked = [
        line.removeprefix(_MARK).removeprefix(" ") for line in text.splitlines() if line.startswith(_MARK)
    ]
    try:
        head = tomllib.loads("\n".join(marked))
        places = parameter_places(text)
        return Query(
            name=name,
            title=head.get("title", ""),
            purpose=" ".join(head.get("purpose", "").split()),
            parameters=tuple(
                _parse_parameter(key, value, text, places)
                for key, value in head.get("parameters", {}).items()
            ),
            columns=tuple((key, str(value)) for key, value in head.get("columns", {}).items()),
            text=text,
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        advice = f"the lines that begin with {_MARK} are TOML: title, purpose, [parameters.name], [columns]"
        raise QueryError(f"the query's metadata can't be read: {error}", where=name, advice=advice) from error


def _parse_parameter(
    name: str, head: Mapping[str, Any], text: str, places: Mapping[str, tuple[int, int]]
) -> Parameter:
    if name not in places:
        raise ValueError(f"parameter {name!r} has no line VALUES ?{name} {{ … }}")
    if head["type"] not in get_args(ParameterType):
        raise ValueError(f"parameter {name!r} has unknown type {head['type']!r}")
    start, end = places[name]
    default = " ".join(text[start:end].split())
    return Parameter(
        name=name,
        type=head["type"],
        description=head["description"],
        default=None if default == "UNDEF" else default,
        required=bool(head.get("required", False)),
    )
