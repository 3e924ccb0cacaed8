"""Diseases with which a limit isn't asked of a patient: "bilirubin ≤ 1.5 × ULN unless Gilbert's syndrome"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, Expression, Fact, Value, atoms

__all__ = ["exempted"]

_SILENT = frozenset({"neutral", "condition", "exception", "confirmed", "tail", "persons"})
_FORMS = frozenset({"in", "with", "for", "of", "or", ",", "/", "and/or", "case of", "cases of"})
_CAUSES = frozenset(
    {"due to", "attributed to", "attributable to", "related to", "associated with", "caused by",
     "secondary to", "because of", "result of", "elevated", "increased", "raised", "elevation", "increase",
     "directly", "considered", "clearly", "thought", "felt", "to", "be", "is", "are",
     "bilirubin", "total", "isolated"}
)  # fmt: skip
"""Words that lay a value outside its limit to a disease."""


def exempted(text: Text, expression: Expression, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the diseases that an exception behind a limit names, and nothing else.

    Args:
        text: The text under reading.
        expression: The limit.
        chunks: The words of the exception.
    Returns:
        None for several limits, of which the exception may be about one; for a disease that the text speaks
        of again behind the exception, where it may set it a limit of its own; and for any other words.
    """
    if not _is_one_limit(expression) or not chunks:
        return None
    told = [each for chunk in chunks for each in (chunk.inner if chunk.kind == "bracket" else (chunk,))]
    named = [chunk for chunk in told if is_content(chunk)]
    if not named or not all(map(_is_disease, named)) or _named_again(text, named, chunks[-1].end):
        return None
    if not all(is_content(each) or _is_silent(each) or each.form in _CAUSES for each in told):
        return None
    read = [_fact(text, told, chunk) for chunk in named]
    found = [each for each in read if each is not None]
    return any_of(found) if len(found) == len(named) else None


def _is_one_limit(expression: Expression) -> bool:
    """Whether an expression is one value, or the same limit on several ("ALT and AST ≤ 2.5 × ULN")."""
    limits = {
        (each.limit, each.unit, each.relative_to) if isinstance(each, Value) else None
        for each in atoms(expression)
    }
    several = isinstance(expression, AllOf) and len(expression.operands) > 2
    return len(limits) == 1 and None not in limits and not several


def _is_disease(chunk: Chunk) -> bool:
    return chunk.kind == "concept" and chunk.term is not None and chunk.term.category == "condition"


def _named_again(text: Text, named: Sequence[Chunk], end: int) -> bool:
    terms = {chunk.term for chunk in named}
    behind = (m.term for at, m in text.mentions.items() if text.tokens[at].start >= end)
    return any(term in terms for term in behind)


def _is_silent(chunk: Chunk) -> bool:
    return chunk.form in _FORMS or (
        chunk.kind == "word" and bool(chunk.classes & _SILENT) and "negation" not in chunk.classes
    )


def _fact(text: Text, told: Sequence[Chunk], chunk: Chunk) -> Fact | None:
    """Return a disease; one that a value has to be laid to keeps the words that say so."""
    reading = read_fact(text, [chunk])
    fact = reading.expression if reading is not None and not reading.negated else None
    if not isinstance(fact, Fact):
        return None
    laid = next(
        (each for each in told if not is_content(each) and each.form in _CAUSES and not _is_silent(each)),
        None,
    )
    if laid is None:
        return fact
    first = next(each for each in told if is_content(each))
    words = text.text[laid.start : first.start].strip()
    return replace(fact, modifiers={**fact.modifiers, "qualifier": words})
