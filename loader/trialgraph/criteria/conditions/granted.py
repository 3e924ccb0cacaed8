"""What sentences behind a permission deny: it is asked of those whom the permission lets in.

"Brain metastases are allowed if treated. Patients must be off corticosteroids": who takes them for anything
else isn't spoken of. Nor is who has no HIV in "patients with HIV are eligible if A; B; and no C".
"""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.trees import all_of, any_of, asks_of_some
from trialgraph.expressions import AllOf, Expression, Fact, Not, atoms

__all__ = ["of_those_let_in"]

_LETTING_IN = re.compile(
    r"[^.;]*(?:\.(?=\d)[^.;]*)*?\b(?:eligible|allowed|permitted|acceptable"
    r"|may\s+(?:be\s+)?(?:enroll?(?:ed)?|included|participate))\b[^.;]*(?:\.(?=\d)[^.;]*)*",
    re.IGNORECASE,
)
"""A first sentence that lets people in."""
_RULED_OUT = re.compile(
    r"[^.;]*\b(?:not\s+(?:be\s+)?(?:allowed|permitted|eligible)|exclu\w+|prohibited|ineligible)\b",
    re.IGNORECASE,
)
"""A sentence that bars by itself, whoever was let in before it."""
_CONDITION = re.compile(
    r"[^.;]*(?:\.(?=\d)[^.;]*)*?\b(?:eligible|allowed|permitted|included|enroll?ed|participate)\b"
    r"[^.;]*(?:\.(?=\d)[^.;]*)*?\b(?:if|provided|criteria|as\s+long\s+as)\b[^.;]*(?:\.(?=\d)[^.;]*)*;",
    re.IGNORECASE,
)
"""The first of several conditions on which people are let in."""
_ONE = (
    r"\s*(?=\S)(?:and\s+)?(?!and\b|(?:patient|subject|participant|individual)s?\b|those\b|(?:wo)?men\b|(?:fe)?males?\b"
    r"|(?:all|any|prior|previous|other|must|should|may|note)\b)[^.;]*(?:\.(?=\d)[^.;]*)*"
)
_FURTHER = re.compile(rf"(?:{_ONE};)*{_ONE}(?:[.;]?\s*$|\.(?=\s))", re.IGNORECASE)
"""Those behind it, up to the end of the sentence."""
_LISTING = re.compile(r"\bcriteria\b|\bfollowing\b|[,;]\s+and\b", re.IGNORECASE)
_BORNE = frozenset({"condition", "lesion"})


def of_those_let_in(expression: Expression, text: Text) -> Expression:
    """Return a demand that opens with whom it lets in, what it denies behind that asked of these alone."""
    if text.exclusion or not isinstance(expression, AllOf) or not asks_of_some(expression.operands[0]):
        return expression
    others = expression.operands[0].operands[0]
    borne = others.operand if isinstance(others, Not) else None
    if not isinstance(borne, Fact) or borne.category not in _BORNE:
        return expression
    if (opening := _LETTING_IN.match(text.text)) is None and (opening := _CONDITION.match(text.text)) is None:
        return expression
    behind = opening.end()
    conditions = _further_conditions(text)
    return all_of([
        any_of([others, each])
        if _denies_treatment(each, text, behind) or _stands_in(each, text, *conditions)
        else each
        for each in expression.operands
    ])  # fmt: skip


def _further_conditions(text: Text) -> tuple[int, int]:
    """Return from where to where a text names further conditions of those it lets in, as a list that ends."""
    first = _CONDITION.match(text.text)
    further = None if first is None else _FURTHER.match(text.text, first.end())
    if first is None or further is None or not _LISTING.search(first.group() + further.group()):
        return 0, 0
    return first.end(), further.end()


def _stands_in(operand: Expression, text: Text, start: int, end: int) -> bool:
    """Whether all that an operand says stands in a stretch of the text."""
    starts = [text.normalized.readable(each.span)[0] for each in atoms(operand)]
    return end > start and all(start <= each < end for each in starts)


def _denies_treatment(operand: Expression, text: Text, behind: int) -> bool:
    """Whether an operand says behind a place that treatments weren't given, and nothing else."""
    told = [each for each in atoms(operand) if isinstance(each, Fact)] if isinstance(operand, Not) else []
    starts = [text.normalized.readable(each.span)[0] for each in told]
    given = all(each.category in GIVEN and not each.is_mention for each in told)
    return given and min(starts, default=0) >= behind and not _RULED_OUT.match(text.text, min(starts))
