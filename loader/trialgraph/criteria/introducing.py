"""Criteria that only introduce those behind them: "adequate organ function, as defined below:".

Where a list lost its indents, its lead-in stands on the level of its items. What it asks for is what they ask
for, so by itself it asks nothing. "ALT ≤ 3 × ULN, with the following exceptions:" isn't asked of all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.sections.rulings import ruled_kind
from trialgraph.criteria.sections.titles import is_topic
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Narrative, Value, atoms

__all__ = ["introduced"]

_ADEQUATE = re.compile(
    r"\W*(?:(?:the\s+)?(?:patients?|subjects?|participants?|individuals)\s+)?(?:(?:must|should|will|shall)\s+)?"
    r"(?:(?:has|have|having|with|demonstrates?|demonstrating|shows?|exhibits?)\s+)?(?:an?\s+)?(?:evidence\s+of\s+)?"
    r"(?:adequate|acceptable|sufficient|normal|satisfactory)\s[^.:;()]*?"
    r"\b(?:functions?|parameters|values|counts?|reserves?|tests?|results?)\b(?P<behind>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""How a demand opens that tells no limits itself."""
_BOUNDING = re.compile(
    r"\b(?:without|no|not|independent|transfus\w*|growth|support\w*|willing\w*|agree\w*)\b", re.IGNORECASE
)

_EXCEPTIONS = re.compile(r"\bwith\s+(?P<said>(?:the\s+)?following\s+exceptions?)\W*$", re.IGNORECASE)


def introduced(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return the criteria of a section, those that only introduce the next ones as asking nothing.

    Args:
        criteria: As they were read, in order.
    """
    told = [_with_exceptions(each) for each in criteria]
    for i, (each, following) in enumerate(pairwise(criteria)):
        if isinstance(each.expression, Narrative) and _introduces(each, following):
            told[i] = replace(each, expression=replace(each.expression, reason="remark"))
    return told


def _with_exceptions(criterion: Criterion) -> Criterion:
    """Return a demand of limits whose exceptions are the next criteria, met by whom those name too."""
    words = _EXCEPTIONS.search(criterion.normalized) if criterion.kind == "inclusion" else None
    limited = all(isinstance(each, Value) for each in atoms(criterion.expression))
    if words is None or not limited:
        return criterion
    start = criterion.text.rfind(words["said"].split()[0])
    place = (start, len(criterion.text)) if start >= 0 else criterion.span
    excepted = Narrative(words["said"], "not-formalised", place)
    return replace(criterion, expression=any_of([criterion.expression, excepted]))


def _introduces(criterion: Criterion, following: Criterion) -> bool:
    """Whether all that a criterion says is that those behind it have to be met, or bar."""
    if criterion.parts or (criterion.kind, criterion.scope) != (following.kind, following.scope):
        return False
    words = criterion.normalized.strip()
    if words[-1:] in ":." and ruled_kind(words) == criterion.kind:
        return True
    if criterion.kind == "exclusion" or not words.endswith(":") or offers_choice(words):
        return False
    adequate = _ADEQUATE.match(words)
    return is_topic(words.rstrip(" :")) or (
        adequate is not None and _BOUNDING.search(adequate["behind"]) is None
    )
