"""Standard or curative therapy that is used up: tried, refused, or not to be had.

However it is worded, one thing is asked: that such therapy has no more to offer. So all of it speaks of
that therapy as something asked for, whether it was given and failed or was never there.
"""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Span, atoms
from trialgraph.namespaces import TGC

__all__ = ["add_exhausted"]

_STANDARD = "StandardTherapy"
_DEFINITIVE = "DefinitiveTherapy"
_EITHER = frozenset({str(TGC.StandardTherapy), str(TGC.DefinitiveTherapy)})
_GIVEN = ("therap", "treatment", "option", "standard")
_CURING = re.compile(r"(?<!non)(?<!non-)(?:curative|definitive|radical\b|cure\b)", re.IGNORECASE)
_ENDS = re.compile(r"[.;](?=\s|$)")


def add_exhausted(expression: Expression, text: Text) -> Expression:
    """Return a demand with the standard therapy that it wants used up beside the words that say so."""
    lowered = text.lowered
    if text.exclusion or not any(map(lowered.__contains__, _GIVEN)):
        return expression
    if any(isinstance(atom, Fact) and atom.concept in _EITHER for atom in atoms(expression)):
        return expression
    found = text.search(lexicon().exhausted, text.text)
    if found is None or text.search(lexicon().permission, found[0]) is not None:
        return expression
    name = _DEFINITIVE if _CURING.search(found[0]) else _STANDARD
    term = text.vocabulary.named(name)
    if term is None or term.category is None:
        return expression
    start, end = found.span()
    opened = max((each.end() for each in _ENDS.finditer(text.text, 0, start)), default=0)
    closed = next((each.start() for each in _ENDS.finditer(text.text, end)), len(text.text))
    told = {"context": " ".join(text.text[opened:closed].split()).strip(" ;,.:")}
    fact = Fact(term.iri, term.label, term.category, told, span=text.span(start, end))
    return _beside(expression, fact) or all_of([expression, fact])


def _beside(expression: Expression, fact: Fact) -> Expression | None:
    """Return the expression with a fact beside the leaf that has its words; None where none has."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            for index, each in enumerate(operands):
                if (told := _beside(each, fact)) is not None:
                    joined = [*operands[:index], told, *operands[index + 1 :]]
                    return all_of(joined) if isinstance(expression, AllOf) else any_of(joined)
            return None
        case Not():
            return None
        case Narrative(span=span) if _holds(span, fact.span):
            return any_of([fact, expression])
        case Fact(span=span) if _holds(span, fact.span):
            return all_of([expression, fact])
        case _:
            return None


def _holds(span: Span, other: Span) -> bool:
    return span[0] <= other[0] < span[1]
