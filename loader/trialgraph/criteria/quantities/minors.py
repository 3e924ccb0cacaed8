"""Patients who are not of age, as an exclusion names them: "individuals who are not yet adults", "minors".

What is meant is an age below 18, which a record shows. Children who are conceived, cared for or measured are
others, so the words have to be a member of a list, or all there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.quantities.tables import Table
from trialgraph.expressions import Limit, Span, Value

__all__ = ["minors_of"]

_SIGNS = ("child", "minor", "not yet adult")
_MINORS = re.compile(
    r"(?:^|(?<=[,;:*•.])\s*|(?<=\bor\s)|(?<=,\sand\s))(?:any\s+)?"
    r"(?P<who>(?:(?:individuals?|people|persons?|patients?|participants?|subjects?)\s+(?:who|that)\s+are\s+)?not\s+yet\s+adults?"
    r"(?:\s*\((?:i\.?e\.?,?\s*)?(?:(?:infants?|neonates?|children|teenagers?|adolescents?|and|or)[,\s]*){1,8}\))?"
    r"|(?:minor\s+)?children|minors)"
    r"(?:\s+(?:will\s+be\s+excluded|are\s+(?:excluded|not\s+eligible)|will\s+not\s+be\s+included)"
    r"(?:\s+(?:in|from)\s+(?:the|this)\s+\w+)?(?=\s*(?:$|[.;]))|(?=\s*(?:$|[,;.]|or\b|and\b)))",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"caregiver|care giver|provider|parent|partner", re.IGNORECASE)
"""People whose age it may be, or who have the children."""
_OF_AGE = 18
_YEARS = "a"


def minors_of(
    text: str,
    lowered: str,
    named: Callable[[str], Term | None],
    span: Callable[[int, int], Span],
) -> dict[int, Table]:
    """Return what is said of minors, by where it starts.

    Args:
        text: A normalised text that bars.
        lowered: The text in lower case.
        named: Finds the concept of a local name.
        span: Returns the verbatim span of a stretch.
    """
    if not any(map(lowered.__contains__, _SIGNS)) or _OTHERS.search(lowered):
        return {}
    age = named("Age")
    found = _MINORS.finditer(text) if age is not None else ()
    return {
        each.start("who"): Table(
            each.start("who"),
            each.end(),
            Value(
                age.iri,
                age.label,
                Limit(high=_OF_AGE, high_inclusive=False),
                _YEARS,
                span=span(each.start("who"), each.end()),
            ),
        )
        for each in found
        if age is not None
    }
