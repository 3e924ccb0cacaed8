"""One test that is asked of those with markers of several viruses: each has to have it for its own.

"Those with HBcAb or HCV antibody must have a negative PCR", "those who are PCR positive are excluded".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.viruses import INFECTIONS, POSITIVE, UNDETECTABLE
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AnyOf, Expression, Fact, Not, Span

__all__ = ["bars_positive_test", "undetectable_each"]

_PCR = r"(?:PCR|polymerase\s+chain\s+reaction(?:\s*[(\[]PCR[)\]])?)(?:\s+(?:tests?|results?))?"
_WHO = r"(?:those|patients|subjects|participants)"
_ASKED = re.compile(
    rf"\W*(?:(?:must|should|will|needs?|to|requires?|have|be|an?)\s+)+negative\s+(?:by\s+|on\s+)?{_PCR}"
    r"(?:\s+for\s+the\s+respective\s+(?:disease|virus|infection))?"
    r"(?:\s+(?:before|prior\s+to|at|for)\s+(?:enroll?ment|screening|inclusion|randomi[sz]ation|(?:study\s+)?entry))?\W*",
    re.IGNORECASE,
)
"""A negative PCR, of which no virus is named."""
_BARRED = re.compile(
    rf"\W*(?:{_WHO}\s+(?:who|that)\s+are\s+{_PCR}\s*-?\s*positive|{_PCR}\s*-?\s*positive\s+{_WHO})\s+"
    r"(?:will\s+be|are|must\s+be|should\s+be)\s+excluded\W*",
    re.IGNORECASE,
)
"""How a sentence bars those whose PCR the one before it asks to be negative."""


def undetectable_each(text: Text, condition: Expression, place: Span) -> Expression | None:
    """Return whom a negative PCR bars that is asked of those with markers of several viruses, else None.

    Args:
        text: The text under reading.
        condition: Of whom it is asked.
        place: Where the words stand that ask it.
    """
    markers = condition.operands if isinstance(condition, AnyOf) else ()
    if not markers or _ASKED.fullmatch(text.text, *place) is None:
        return None
    barred: dict[str, list[Expression]] = {}
    for marker in markers:
        if not isinstance(marker, Fact) or marker.concept not in POSITIVE:
            return None
        barred.setdefault(INFECTIONS[marker.concept], []).append(marker)
    loads = [text.vocabulary.by_iri[UNDETECTABLE[virus]] for virus in barred]
    facts = [Fact(load.iri, load.label, load.category, span=text.span(*place)) for load in loads]
    return any_of(
        [all_of([any_of(own), Not(load)]) for own, load in zip(barred.values(), facts, strict=True)]
    )


def bars_positive_test(words: str, told: Sequence[Expression]) -> bool:
    """Whether a sentence bars those whose test those before it already ask to be negative.

    Args:
        words: The sentence.
        told: The atoms of those before it.
    """
    asked = any(isinstance(atom, Fact) and atom.concept in UNDETECTABLE.values() for atom in told)
    return asked and _BARRED.fullmatch(words) is not None
