"""What a sentence says of lesions beside how large they are ("are measurable, of 6 cm at most")."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.expressions import AllOf, Expression, Fact

__all__ = ["part_predicate"]

_PREDICATE = re.compile(r"(?:is|are|must be|should be)\b")


def part_predicate(fact: Fact) -> Expression:
    """Return a fact, or two where what is said of all its lesions stands beside their largest size.

    Lesions "that are measurable" are some of them, and only those must be small; where the lesions
    "are measurable", all must be, so a large one fails them whether it can be measured or not.
    """
    said = fact.modifiers.get("qualifier", "")
    if fact.size is None or fact.size.high is None or fact.count or not _PREDICATE.match(said):
        return fact
    other = {name: words for name, words in fact.modifiers.items() if name != "qualifier"}
    return AllOf((replace(fact, size=None), replace(fact, modifiers=other)))
