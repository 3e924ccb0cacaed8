"""What a query gave, as a page shows it: a table, bars where it has numbers, and links between things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox
from rdflib import XSD

from trialgraph.server.pages.cells import Cell, Term, cell

__all__ = ["MOST_ROWS", "Answer", "Bar", "Link", "of_solutions", "of_triples"]

MOST_ROWS = 1000
"""Rows of an answer that a page shows; the endpoint gives them all."""

_MOST_BARS = 60
_MOST_LINKS = 250
_NUMBERS = frozenset(
    str(XSD[name])
    for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "gYear")
)
_TRIPLE = ("subject", "predicate", "object")

Row = Sequence[Term]


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart.

    Args:
        label: What it is about.
        value: Its number, as the answer writes it.
        share: Length, in percent of the longest.
    """

    label: Cell
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Link:
    """Two things that a row or a triple connects, and by what; empty when that isn't said."""

    source: Cell
    target: Cell
    by: str = ""

    def told(self) -> tuple[tuple[str, str | None], tuple[str, str | None], str]:
        """Return it for the script that draws it."""
        return (self.source.text, self.source.link), (self.target.text, self.target.link), self.by


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer on a page.

    Args:
        columns: Names of the columns.
        rows: Its rows, not more than a page shows.
        more: There are more rows than that.
        measure: The column that the chart is of; empty without a chart.
        bars: A chart of the rows; empty when they have no numbers, or are too many to look at.
        links: What the rows connect; empty when they connect nothing.
        graph: The rows are triples.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: bool = False
    measure: str = ""
    bars: tuple[Bar, ...] = ()
    links: tuple[Link, ...] = ()
    graph: bool = False


def of_solutions(
    columns: Sequence[str], solutions: Iterable[ox.QuerySolution], *, whole: bool = True
) -> Answer:
    """Return what a SELECT gave; `whole` is False for solutions after which there are more."""
    found = list(islice(([solution[name] for name in columns] for solution in solutions), MOST_ROWS + 1))
    terms = found[:MOST_ROWS]
    rows = tuple(tuple(map(cell, row)) for row in terms)
    more = len(found) > MOST_ROWS or not whole
    measure, bars = _chart(columns, terms, rows)
    return Answer(tuple(columns), rows, more, measure, bars, _connections(terms))


def of_triples(triples: Iterable[ox.Triple], *, whole: bool = True) -> Answer:
    """Return what a CONSTRUCT or DESCRIBE gave; a triple that comes twice is told once."""
    distinct = dict.fromkeys(islice(triples, 50 * MOST_ROWS))
    terms = [(each.subject, each.predicate, each.object) for each in islice(distinct, MOST_ROWS)]
    rows = tuple(tuple(map(cell, row)) for row in terms)
    more = len(distinct) > MOST_ROWS or not whole
    between = islice((row for row in terms if not isinstance(row[2], ox.Literal)), _MOST_LINKS)
    links = tuple(Link(cell(start), cell(end), cell(by).text) for start, by, end in between)
    return Answer(_TRIPLE, rows, more, links=links, graph=True)


def _chart(
    columns: Sequence[str], terms: Sequence[Row], rows: Sequence[Sequence[Cell]]
) -> tuple[str, tuple[Bar, ...]]:
    """Return bars for the first column of numbers, led by the last words before it, or none."""
    if not 2 <= len(terms) <= _MOST_BARS:
        return "", ()
    numeric = [
        place for place in range(len(columns)) if all(_number(row[place]) is not None for row in terms)
    ]
    labels = [place for place in range(len(columns)) if place not in numeric]
    if not numeric or not labels:
        return "", ()
    measured = numeric[0]
    label = max((place for place in labels if place < measured), default=labels[0])
    values = [_number(row[measured]) or 0.0 for row in terms]
    longest = max(values)
    if min(values) < 0 or longest == 0:
        return "", ()
    bars = zip(rows, values, strict=True)
    return columns[measured], tuple(
        Bar(row[label], row[measured].text, round(100 * value / longest, 2)) for row, value in bars
    )


def _number(term: Term) -> float | None:
    if isinstance(term, ox.Literal) and term.datatype.value in _NUMBERS:
        try:
            return float(term.value)
        except ValueError:
            return None
    return None


def _connections(terms: Sequence[Row]) -> tuple[Link, ...]:
    """Return the links between the first two columns that hold things with an IRI, or none."""
    width = len(terms[0]) if terms else 0
    things = [place for place in range(width) if all(isinstance(row[place], ox.NamedNode) for row in terms)]
    if len(things) < 2 or len(terms) < 2:
        return ()
    pairs = dict.fromkeys((cell(row[things[0]]), cell(row[things[1]])) for row in terms)
    return tuple(Link(start, end) for start, end in islice(pairs, _MOST_LINKS))
