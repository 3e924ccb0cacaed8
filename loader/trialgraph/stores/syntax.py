"""The words of a SPARQL text, and errors in it: line, column, and the place shown with a caret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import pyoxigraph as ox

from trialgraph.errors import QueryError
from trialgraph.stores.federation import reaches_out

__all__ = [
    "QuerySyntaxError",
    "check_syntax",
    "dataset_options",
    "is_update",
    "names_graphs",
    "refuse_federation",
    "tokens",
    "used_prefixes",
]

_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}

# Productions 139 to 174 of SPARQL 1.1, as loosely as telling words, strings and comments apart allows.
_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<string>'''(?:[^'\\]|\\.|'{1,2}(?!'))*'''|\"""(?:[^"\\]|\\.|"{1,2}(?!"))*\"""
                  |'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
      | (?P<variable>[?$]\w+)
      | (?P<blank>_:[\w.-]+)
      | (?P<language>@[a-zA-Z-]+)
      | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:[\w:%-]|\\.|\.(?=[\w:%.-]))*)
      | (?P<word>\w+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(?P<expected>.*)", re.DOTALL)
_KEYWORD = re.compile(r"(?:^|(?<=, ))[A-Za-z_][A-Za-z0-9_]+(?=,|$)")
_SENTENCE = re.compile(r"(?:^|(?<=, ))[A-Z][a-z]+ [A-Za-z]+ [A-Za-z ]+(?=,|$)")

# The parser reports a keyword that it missed at the place where the keyword would have ended, and
# the furthest such place wins. With this much room after each word, that place is before the next
# word, so it can be turned back into the word at fault.
_ROOM = " " * 20


class QuerySyntaxError(QueryError):
    """A query is not valid SPARQL.

    Args:
        what: What is wrong, in one line.
        text: The query.
        offset: Where in it, in characters.
        advice: What the user can do about it.
    """

    def __init__(self, what: str, *, text: str, offset: int, advice: str | None = None) -> None:
        self.line = text.count("\n", 0, offset) + 1
        start = text.rfind("\n", 0, offset) + 1
        self.column = offset - start + 1
        self.source_line = text[start:].partition("\n")[0]
        super().__init__(what, where=f"line {self.line}, column {self.column}", advice=advice)

    @property
    def excerpt(self) -> str:
        """The line at fault, and a caret under the place."""
        return f"{self.source_line.expandtabs(1)}\n{' ' * (self.column - 1)}^"


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the kind, the characters and the offset of each token; comments and spaces left out.

    Kinds are ``iri``, ``string``, ``variable``, ``blank``, ``language``, ``name`` (prefixed),
    ``word`` and ``other`` (one character).
    """
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "space":
            yield str(found.lastgroup), found[0], found.start()


def check_syntax(
    text: str, *, prefixes: Mapping[str, str] | None = None, allowed: Set[str] = frozenset()
) -> type:
    """Return the kind of results that a query has, without asking a store.

    Args:
        text: The query.
        prefixes: Prefixes known without being declared.
        allowed: Hosts that it may ask; see `reaches_out`.
    Returns:
        ``QuerySolutions``, ``QueryBoolean`` or ``QueryTriples`` of pyoxigraph.
    Raises:
        QuerySyntaxError: when the query is not valid SPARQL 1.1, or asks another server; carries
            the place.
    """
    known = dict(prefixes or {})
    refuse_federation(text, allowed=allowed)
    try:
        return type(ox.Store().query(text, prefixes=known))
    except SyntaxError as error:
        raise _syntax_error(text, known) from error


def refuse_federation(text: str, *, allowed: Set[str] = frozenset()) -> None:
    """Hold a query to the store it is put to: no data leaves through a SERVICE clause.

    Raises:
        QuerySyntaxError: when the query has one; carries the place.
    """
    if reaches_out(text, allowed=allowed):
        place = _keyword(text, "SERVICE") or 0
        advice = "load what it would fetch, and ask the store"
        raise QuerySyntaxError("a query can't ask another server", text=text, offset=place, advice=advice)


def names_graphs(text: str) -> bool:
    """Return whether a query names the graphs it is about, with FROM or FROM NAMED."""
    return _keyword(text, "FROM") is not None


def dataset_options(text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> dict[str, Any]:
    """Return which graphs a query is about, as the engine is told: those given, else its own, else all.

    Args:
        text: The query.
        default_graphs: IRIs of the graphs whose union is the default graph.
        named_graphs: IRIs of the named graphs.
    Raises:
        QueryError: when a graph's name is no IRI.
    Source: SPARQL 1.1 Protocol, section 2.1.4.
    """
    if not default_graphs and not named_graphs:
        return {"use_default_graph_as_union": not names_graphs(text)}
    try:
        default, named = ([ox.NamedNode(iri) for iri in iris] for iris in (default_graphs, named_graphs))
    except ValueError as error:
        raise QueryError(f"the name of a graph is no IRI: {error}") from error
    return {"default_graph": default, "named_graphs": named}


def used_prefixes(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return those of the known prefixes that a query may use; the engine reads each that it is given."""
    if "\\" in text:  # what an escape stands for isn't looked at
        return dict(known)
    return {name: iri for name, iri in known.items() if f"{name}:" in text}


def is_update(text: str) -> bool:
    """Return whether a text begins, after its prologue, as an update does."""
    words = (token.upper() for kind, token, _ in tokens(text) if kind == "word")
    return next((word for word in words if word not in ("PREFIX", "BASE")), "") in _UPDATES


def _keyword(text: str, keyword: str) -> int | None:
    if keyword not in text.upper():  # telling the words apart takes longer than most queries
        return None
    return next((at for kind, word, at in tokens(text) if kind == "word" and word.upper() == keyword), None)


def _syntax_error(text: str, known: Mapping[str, str]) -> QuerySyntaxError:
    if not any(True for _ in tokens(text)):
        return QuerySyntaxError("the query is empty", text=text, offset=0)
    broken = _unknown_prefix(text, known) or _open_string(text)
    if broken is not None:
        return broken
    end = len(text.rstrip())
    offset, expected = _fault(text, known)
    sentence = _SENTENCE.search(expected)
    if sentence:
        return QuerySyntaxError(f"not valid SPARQL: {sentence[0]}", text=text, offset=min(offset, end))
    for _, token, start in tokens(text):
        if start + len(token) > offset:
            what = f"not valid SPARQL: unexpected {token[:40]!r}"
            return QuerySyntaxError(what, text=text, offset=start)
    return QuerySyntaxError("not valid SPARQL: the query ends too early", text=text, offset=end)


def _fault(text: str, known: Mapping[str, str]) -> tuple[int, str]:
    """Return the offset at which a query stops being SPARQL, and what the parser expected there."""
    roomy, origin = "", []
    for found in _TOKEN.finditer(text):
        origin.append((len(roomy), found.start()))
        roomy += _ROOM if found.lastgroup == "space" else found[0]
    roomy += _ROOM
    try:
        ox.Store().query(roomy, prefixes=dict(known))
    except SyntaxError as error:
        place = _PLACE.match(str(error))
        if place:
            lines = roomy.splitlines(keepends=True)
            reported = sum(map(len, lines[: int(place[1]) - 1])) + int(place[2]) - 1
            missed = min(map(len, _KEYWORD.findall(place["expected"])), default=0)
            at_end = reported >= len(roomy)
            return _original(reported if at_end else reported - missed, origin, text), place["expected"]
    return 0, ""


def _original(place: int, origin: list[tuple[int, int]], text: str) -> int:
    """Return the offset in the text of a place in its roomy form."""
    roomy, start = max(pair for pair in origin if pair[0] <= max(place, 0))
    return min(start + place - roomy, len(text))


def _unknown_prefix(text: str, known: Mapping[str, str]) -> QuerySyntaxError | None:
    declared, previous = set(known), ""
    for kind, token, start in tokens(text):
        if kind == "name":
            prefix = token.partition(":")[0]
            if previous.upper() == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                advice = f"declare it: PREFIX {prefix}: <…>"
                return QuerySyntaxError(
                    f"the prefix {prefix!r} is not declared", text=text, offset=start, advice=advice
                )
        previous = token
    return None


def _open_string(text: str) -> QuerySyntaxError | None:
    for kind, token, start in tokens(text):
        if kind == "other" and token in "'\"":
            return QuerySyntaxError("a string has no closing quote", text=text, offset=start)
    return None
