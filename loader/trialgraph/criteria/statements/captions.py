"""Treatments that a heading names and what follows it bars for a time: the heading asks for none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import VERBS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.sentences import sentences_of
from trialgraph.criteria.trees import all_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms

__all__ = ["without_caption"]

_ASKING = VERBS | {"at", "one", "two", "after", "following", "during", "treated", "undergone", "candidate"}
_OUTCOMES = ("progress", "relaps", "refractory", "resist", "fail", "intoler", "respon", "recur", "complet")
"""How words start that ask for a treatment, or for what became of it, rather than name it."""


def without_caption(
    text: Text, words: Sequence[Chunk], head: Expression, body: Expression
) -> Expression | None:
    """Return what is asked below words that only name what is barred there; None below any others.

    Args:
        text: The text of an inclusion.
        words: The chunks of the heading ("Cytotoxic chemotherapy or other myelosuppressive agents").
        head: What they say.
        body: What is said below or behind them ("≥ 21 days after the last dose of chemotherapy").
    """
    told = list(atoms(head))
    named = [atom for atom in told if isinstance(atom, Fact)]
    plain = all(isinstance(atom, Fact | Narrative) for atom in told)
    naming = [each for each in sentences_of(text, words) if any(map(is_content, each))]
    if not named or not plain or any(_asks(chunk) for each in naming for chunk in each):
        return None
    if isinstance(head, Not) or not all(map(_is_treatment, named)):
        return None
    barred = [term for iri in _barred(body, denied=False) if (term := text.vocabulary.by_iri.get(iri))]
    if not all(any(term.is_a(fact.concept) for term in barred) for fact in named):
        return None
    return all_of([*(atom for atom in told if isinstance(atom, Narrative)), body])


def _asks(chunk: Chunk) -> bool:
    """Whether a chunk asks for a treatment, or counts how many there were."""
    opening = chunk.form.split(" ")[0]
    return chunk.kind in ("limit", "value") or opening in _ASKING or opening.startswith(_OUTCOMES)


def _is_treatment(fact: Fact) -> bool:
    return fact.category in GIVEN and fact.within is None and "status" not in fact.modifiers


def _barred(expression: Expression, *, denied: bool) -> Iterator[str]:
    """Yield the concepts that an expression denies."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            for each in operands:
                yield from _barred(each, denied=denied)
        case Not(operand):
            yield from _barred(operand, denied=not denied)
        case Fact(concept) if denied:
            yield concept
        case _:
            return
