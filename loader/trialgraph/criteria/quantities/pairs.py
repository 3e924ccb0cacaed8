"""Two quantities with their limits written as one over the other ("blood pressure ≤ 140/90 mmHg")."""

from __future__ import annotations

import re

from trialgraph.criteria.language.tokens import token_at
from trialgraph.criteria.language.vocabulary import Mention
from trialgraph.criteria.language.wording import Pair, wording
from trialgraph.criteria.quantities.bounds import moved, sided
from trialgraph.criteria.quantities.fillers import past_fillers
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.quantities.values import FoundValue, ValueReader
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import Value

__all__ = ["pair_at", "read_pair"]

_PAIR = re.compile(
    r"[^\d()]{0,40}?(?P<first>\d{2,3})\s*/\s*(?P<second>\d{2,3})\s*(?:mm\s*(?:/|of\s*)?Hg)?", re.IGNORECASE
)
_OPENED = re.compile(r"\s*\(\s*(?=[≤≥<>])")
_CLOSED = re.compile(r"\s*\)")


def read_pair(values: ValueReader, position: int) -> FoundValue | None:
    """Return the value that "blood pressure ≤ 140/90 mmHg" states of two quantities."""
    mention = values.mention_at(position)
    pair = wording().pairs.get(local_name(mention.term)) if mention else None
    if mention is None or pair is None:
        return None
    offset, _ = past_fillers(values.text, values.tokens[_past_second(values, mention, pair.second) - 1].end)
    return pair_at(values, pair, position, offset)


def pair_at(values: ValueReader, pair: Pair, position: int, offset: int) -> FoundValue | None:
    """Return the value that a pair of numbers at an offset states; it starts at a token."""
    opened = _OPENED.match(values.text, offset)
    offset = opened.end() if opened else offset
    match = _PAIR.match(values.text, offset)
    first = parse_limit(values.text, offset) if match else None
    if match is None or first is None:
        return None
    limit = sided(match, first)
    named = values.term_named(pair.first), values.term_named(pair.second)
    if limit is None or named[0] is None or named[1] is None:
        return None
    start, unit = values.tokens[position].start, named[0].unit
    bounds = [(limit, named[0]), (moved(limit, float(match["second"])), named[1])]
    span = values.span(start, match.end())
    known = [Value(t.iri, t.label, bound, unit, None, None, span) for bound, t in bounds]
    too_much = float(match["first"]) >= pair.middle
    either = too_much if limit.high is None else not too_much
    expression = (any_of if either else all_of)(known)
    closed = _CLOSED.match(values.text, match.end()) if opened else None
    end = token_at(values.tokens, closed.end() if closed else match.end())
    return FoundValue(expression, tuple(t for _, t in bounds), "", position, end)


def _past_second(values: ValueReader, mention: Mention, second: str) -> int:
    """Return the token after a pair's first quantity, and after the second one when it is named too."""
    after = values.series.skip_gloss(mention.end)
    joined = after < len(values.tokens) and values.tokens[after].form in ("/", "and", "or")
    other = values.mention_at(after + 1) if joined else None
    return other.end if other is not None and local_name(other.term) == second else mention.end
