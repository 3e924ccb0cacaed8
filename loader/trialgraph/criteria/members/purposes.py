"""What the treatments of a list are given for, told behind the last or before the first of them."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.connectives import FINITE, RESTARTS, VERBS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Fact

__all__ = ["share_purpose"]

_OWN = frozenset({"negation", "ability", "inability", "unactual", "planned"})
_FOR = ("for ", "as primary ", "as initial ", "as treatment ", "to treat ", "to prevent ")
"""How words behind a treatment start that tell what it is for."""
_PURPOSE = re.compile(
    r"\b(?:to (?:treat|prevent)|for (?:the )?(?:treatment|prevention|management|prophylaxis) of)\b.*", re.I
)


def share_purpose(text: Text, segments: list[Segment]) -> None:
    """Let "for castration-resistant disease" behind "use of A, B or C" be said of all three.

    So is what "therapy for cancer with A, B or C" is for, and what unread words at the end of a list are
    for ("A, B or other agents to prevent C").
    """
    _share_leading_purpose(segments)
    last = segments[-1].expression
    if last is None:
        within, words = None, _unread_purpose(text, segments[-1])
    else:
        parts = last.modifiers.get("qualifier", "").split("; ") if isinstance(last, Fact) else []
        words = next((part for part in parts if part.startswith(_FOR)), None)
        within = last.within if isinstance(last, Fact) and last.category in GIVEN else None
        words = words if isinstance(last, Fact) and last.category in GIVEN else None
    if words is None or not _goes_on(segments[-1]):
        return
    for segment in reversed(segments[:-1]):
        fact = segment.expression
        if not isinstance(fact, Fact) or fact.category not in GIVEN or fact.within not in (None, within):
            return
        if words not in fact.modifiers.get("qualifier", "").split("; "):
            if fact.modifiers.keys() - {"status"}:
                return
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})
        if not _goes_on(segment):
            return


def _unread_purpose(text: Text, segment: Segment) -> str | None:
    """Return what unread words tell of a purpose; a time among them is of the list, and isn't left out."""
    if any(chunk.window is not None for chunk in segment.chunks):
        return None
    told = _PURPOSE.search(text.text, segment.chunks[0].end, segment.chunks[-1].end)
    whole = told is not None and told.group().count("(") == told.group().count(")")
    return told.group() if told is not None and whole else None


def _share_leading_purpose(segments: list[Segment]) -> None:
    """Let "for cancer" in "therapy for cancer with A, B or C" be said of B and C."""
    fact = segments[0].expression
    told = fact.modifiers.get("qualifier", "") if isinstance(fact, Fact) and fact.category in GIVEN else ""
    words, joined, _ = told.partition(" with ")
    if not joined or not words.startswith(("for ", "of ")):
        return
    for segment in segments[1:]:
        given = segment.expression
        if not isinstance(given, Fact) or given.category not in GIVEN or not _goes_on(segment):
            return
        qualifier = "; ".join(filter(None, (given.modifiers.get("qualifier"), words)))
        segment.expression = replace(given, modifiers={**given.modifiers, "qualifier": qualifier})


def _goes_on(segment: Segment) -> bool:
    """Whether a member goes on a list, without a verb, a denial or an ability of its own."""
    opening = segment.chunks[0]
    anew = opening.form.split(" ")[0] in VERBS | FINITE or opening.form in RESTARTS
    return segment.joint in (",", "or", "and", "/") and not (anew or opening.classes & _OWN)
