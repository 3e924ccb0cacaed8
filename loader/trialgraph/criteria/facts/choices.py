"""What a bracket behind a concept lets stand in its place: "omeprazole (or esomeprazole) within 14 days".

Either will do, so the words of the bracket don't narrow the concept; what else narrows it is said of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import category_of, is_tumour, words_in
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.connectives import OR
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not
from trialgraph.namespaces import TGC

__all__ = ["with_choices"]

_NEOPLASM = str(TGC.Neoplasm)
_MEASURED = frozenset({"window", "limit", "value", "size"})
_PLAIN = frozenset({"neutral", "tail", "other"})


def with_choices(expression: Expression, text: Text) -> Expression:
    """Return an expression with what brackets offer instead of its facts beside them.

    Args:
        expression: What the text says.
        text: The text; a time or a value in such a bracket is no choice, and stays with its fact.
    """
    if "(" not in text.text and "[" not in text.text:
        return expression
    brackets = {words_in(text.text, bracket): bracket.inner[1:] for bracket in _offering(text.chunks)}
    return _with(expression, text, brackets, denied=False) if brackets else expression


def _offering(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """Yield the brackets that open with "or", also those inside others."""
    for chunk in chunks:
        inner = chunk.inner if chunk.kind == "bracket" else ()
        measured = any(each.kind in _MEASURED or each.form.startswith("half") for each in inner)
        bare = all("other" in each.classes for each in inner[1:])
        if inner and inner[0].form in OR and not (measured or bare):
            yield chunk
        yield from _offering(inner)


def _with(
    expression: Expression, text: Text, brackets: Mapping[str, Sequence[Chunk]], *, denied: bool
) -> Expression:
    match expression:
        case AllOf(operands):
            return AllOf(tuple(_with(each, text, brackets, denied=denied) for each in operands))
        case AnyOf(operands):
            return any_of([_with(each, text, brackets, denied=denied) for each in operands])
        case Not(operand):
            return Not(_with(operand, text, brackets, denied=not denied))
        case Fact():
            return _beside(expression, text, brackets, denied=denied)
        case _:
            return expression


def _beside(fact: Fact, text: Text, brackets: Mapping[str, Sequence[Chunk]], *, denied: bool) -> Expression:
    """Return a fact with what stands in its place; words may as well be instead of what is denied."""
    qualities = fact.modifiers.get("qualifier", "").split("; ")
    words = next((each for each in qualities if each in brackets), None)
    if words is None:
        return fact
    others = {name: said for name, said in fact.modifiers.items() if name != "qualifier"}
    kept = "; ".join(each for each in qualities if each != words)
    alone = replace(fact, modifiers=others | ({"qualifier": kept} if kept else {}))
    offered = _offered(alone, text, brackets[words])
    return (
        fact if offered is None or (denied and isinstance(offered, Narrative)) else any_of([alone, offered])
    )


def _offered(fact: Fact, text: Text, told: Sequence[Chunk]) -> Fact | Narrative | None:
    """Return what is offered, or None for words that may only describe a tumour ("or a variant of it")."""
    named = [chunk for chunk in told if chunk.kind == "concept" and chunk.term is not None]
    plain = all(chunk.kind == "concept" or chunk.classes & _PLAIN for chunk in told)
    head = text.vocabulary.by_iri.get(fact.concept)
    tumour = head is not None and head.is_a(_NEOPLASM)
    if plain and len(named) == 1 and category_of(named[0]) == fact.category and is_tumour(named[0]) == tumour:
        term = named[0].term
        assert term is not None
        span = text.span(named[0].start, named[0].end)
        return replace(fact, concept=term.iri, concept_label=term.label, span=span)
    return None if tumour else narrative(text, told[0].start, told[-1].end)
