"""Words of a quality that only led to what is read beside its fact ("myeloma after" … "≥ 3 lines").

What they led to is asked for on its own. Kept, they would keep the record from showing the fact.
"""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not

__all__ = ["without_leftovers"]

_LEADING = re.compile(
    r"(?:that|who|which)(?: (?:is|are|has|have|was|were|meets?))?|after|following"
    r"|(?:as )?defined(?: as| by)?(?: (?:follows|below|the following))?|as follows"
    r"|based on(?: at least one of)?|(?:of|in) one of|with(?: one of)? the following(?: criteria)?",
    re.IGNORECASE,
)
_BEING = re.compile(r"(?:is|are) present|exists?", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:(?:some |other )?examples?|th(?:is|ese)) (?:may |would |could )?(?:also )?(?:includes?|are)"
    r"(?:,? but (?:is|are)? ?not (?:limited|confined|restricted) to)?(?: (?:any of )?the following)?"
    r"|including(?:,? but not limited to)?|any of the following|e\.?g\.?|note|similarly|otherwise"
    r"|(?:the )?(?:physical exam(?:ination)?|medical (?:record|history)|laboratory assessment)",
    re.IGNORECASE,
)
"""Words that only open what bars beside them, or tell how it is found."""


def without_leftovers(expression: Expression, *, barred: bool) -> Expression:
    """Return an expression without such words: of facts that are demanded beside what they led to.

    Args:
        expression: What a criterion says.
        barred: Whether it bars, so that a fact without these words may bar others than are meant.
    """
    match expression:
        case AllOf(operands):
            kept = [_with(each, _LEADING) if not barred else each for each in operands]
            return AllOf(tuple(without_leftovers(each, barred=barred) for each in kept))
        case AnyOf(operands):
            kept = [each for each in operands if not (barred and _only_opens(each))] or list(operands)
            return any_of([without_leftovers(each, barred=barred) for each in kept])
        case Not(operand):
            return Not(without_leftovers(operand, barred=True))
        case Fact():
            return _with(expression, _BEING)
        case _:
            return expression


def _only_opens(expression: Expression) -> bool:
    return isinstance(expression, Narrative) and _OPENING.fullmatch(expression.text) is not None


def _with(expression: Expression, leftover: re.Pattern[str]) -> Expression:
    """Return a fact without the qualities that say nothing, or anything else as it is."""
    if not isinstance(expression, Fact) or "qualifier" not in expression.modifiers:
        return expression
    told = expression.modifiers["qualifier"].split("; ")
    kept = [words for words in told if not leftover.fullmatch(words)]
    if len(kept) == len(told):
        return expression
    others = {name: words for name, words in expression.modifiers.items() if name != "qualifier"}
    return replace(expression, modifiers=others | ({"qualifier": "; ".join(kept)} if kept else {}))
