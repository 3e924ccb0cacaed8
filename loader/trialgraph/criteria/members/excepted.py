"""What is excepted from a member of a list, and from others that it is meant of as well."""

from __future__ import annotations

from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Fact

__all__ = ["share_exceptions"]

_TIMES = frozenset({"window", "limit", "value"})


def share_exceptions(text: Text, segments: list[Segment]) -> None:
    """Let what is excepted from "other thromboembolism" be excepted from the kinds of it listed before.

    So is what a bracket excepts from what is above it ("solid tumor or lymphoma (except skin cancer)").
    """
    for index, segment in enumerate(segments):
        fact = segment.expression
        words = fact.modifiers.get("exception") if isinstance(fact, Fact) else None
        if words is None or not isinstance(fact, Fact):
            continue
        for earlier in segments[:index]:
            kind = earlier.expression
            term = text.vocabulary.by_iri.get(kind.concept) if isinstance(kind, Fact) else None
            below = term is not None and (fact.concept in term.ancestors or _is_above_some(term, segment))
            if below and isinstance(kind, Fact) and "exception" not in kind.modifiers:
                earlier.expression = replace(kind, modifiers={**kind.modifiers, "exception": words})


def _is_above_some(term: Term, segment: Segment) -> bool:
    """Whether a concept is above what a bracket excepts from a member of the list, but for longer times."""
    brackets = [chunk.inner for chunk in segment.chunks if chunk.kind == "bracket" and chunk.inner]
    excepted = [each for each in brackets if "exception" in each[0].classes]
    named = (
        chunk.term for each in excepted for chunk in each if all(other.kind not in _TIMES for other in each)
    )
    return any(other is not None and term.iri in other.ancestors for other in named)
