"""Limits with the sex they are for in front ("QTc: male ≥ 450 ms, female ≥ 470 ms")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.beside import is_harmless, is_method, names_quantity
from trialgraph.criteria.conditions.cases import asked_of
from trialgraph.criteria.conditions.sexes import SEXES
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.trees import all_of, any_of, dated
from trialgraph.expressions import Expression, Fact

__all__ = ["read_by_sex"]

_TESTS = frozenset({"ecg", "ekg"})


def read_by_sex(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return each limit asked of its sex; None when a limit has none, or anything else is said.

    One sex alone has to be set off by a colon: "female patients aged ≥ 18" asks for women.
    """
    flat = list(_open(chunks))
    sexes = frozenset(SEXES) & frozenset[str]().union(*[chunk.classes for chunk in flat])
    if not sexes or (len(sexes) == 1 and not any(chunk.form == ":" for chunk in flat)):
        return None
    read: list[Expression] = []
    terms: tuple[Term, ...] = ()
    sex: Fact | None = None
    for chunk in flat:
        named = chunk.classes.intersection(SEXES)
        if named:
            if len(named) > 1 or sex is not None:
                return None
            sex = _sex(text, chunk, *named)
        elif chunk.kind in ("value", "limit"):
            terms = chunk.value.terms if chunk.value is not None else terms
            limit = _limit(text, chunk, terms)
            if sex is None or limit is None or terms[0].unit == "a":
                return None
            read.append(asked_of(text, sex, limit))
            sex = None
        elif names_quantity(chunk) and chunk.term is not None:
            terms = (chunk.term,)
        elif not _adds_nothing(chunk):
            return None
    if sex is not None or not read:
        return None
    joined = any_of(read) if text.exclusion else all_of(read)
    window = next((chunk.window.window for chunk in flat if chunk.window is not None), None)
    return dated(joined, window) if window is not None else joined


def _adds_nothing(chunk: Chunk) -> bool:
    """Whether a chunk only labels or joins limits, or says how they are measured."""
    if chunk.form in _TESTS:
        return True
    return is_method(chunk) if chunk.kind == "bracket" else is_harmless(chunk, "label", "value_tail", "tail")


def _open(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        if chunk.kind == "bracket" and any(each.kind in ("value", "limit") for each in chunk.inner):
            yield from _open(chunk.inner)
        else:
            yield chunk


def _sex(text: Text, chunk: Chunk, name: str) -> Fact:
    iri, label = SEXES[name]
    return Fact(iri, label, "demographic", span=text.span(chunk.start, chunk.end))


def _limit(text: Text, chunk: Chunk, terms: tuple[Term, ...]) -> Expression | None:
    """Return a value, or a limit as one of the quantity that was named last."""
    if chunk.kind == "value" or chunk.limit is None:
        return chunk.expression
    if not terms or not chunk.limit.stated:
        return None
    found = text.values.build(terms, "", chunk.limit, chunk.start, -1, 0)
    return found.expression if found is not None else None
