"""What a clause or a time says of more than the member of a list that it stands in."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.connectives import DETERMINERS, VERBS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import AllOf, Expression, Fact, Value, Window

__all__ = ["common_time", "repeat_history", "share_clauses"]

_TARGETING = re.compile(r"\b(?:targeting|directed (?:at|against|to)|against)\b", re.IGNORECASE)
_APART = frozenset({"other", "any", "any other", "another", "additional"})
_LONGEST = 240
"""Letters of a clause; what is longer has run on into the next criterion."""


def repeat_history(text: Text, segments: list[Segment]) -> None:
    """Read "active X or history within 2 years": the same thing, in another time."""
    for before, segment in itertools.pairwise(segments):
        window = next((chunk.window.window for chunk in segment.chunks if chunk.window is not None), None)
        told = any(chunk.form in ("history", "history of") for chunk in segment.chunks)
        plain = all(
            chunk.kind in ("window", "bracket", "sign") or "neutral" in chunk.classes
            for chunk in segment.chunks
        )
        if isinstance(before.expression, Fact) and segment.expression is None and window and told and plain:
            bracket = next((c for c in segment.chunks if c.kind == "bracket"), None)
            words = (
                text.text[bracket.inner[0].end : bracket.end - 1].strip(" :")
                if bracket and bracket.inner
                else ""
            )
            excepted = {"exception": words} if bracket and "exception" in bracket.inner[0].classes else {}
            place = text.span(segment.chunks[0].start, segment.chunks[-1].end)
            segment.expression = replace(before.expression, modifiers=excepted, within=window, span=place)
            before.expression = replace(
                before.expression, modifiers={**before.expression.modifiers, **excepted}
            )


def _share_targets(text: Text, segments: list[Segment]) -> None:
    """Let "antibodies, small molecules and cells targeting X" be said of the antibodies too."""
    words = ""
    for segment in reversed(segments):
        fact = segment.expression
        if fact is None:
            told = text.text[segment.chunks[0].start : segment.chunks[-1].end]
            found = _TARGETING.search(told)
            others = found is not None and "other " in told[found.start() :].lower()
            words = "" if others else told[found.start() :] if found else words
        elif isinstance(fact, Fact) and fact.category == "treatment" and words and not fact.modifiers:
            segment.expression = replace(fact, modifiers={"qualifier": words})
        else:
            words = ""


def share_clauses(text: Text, segments: list[Segment]) -> None:
    """Let "illness/social situations that would limit compliance" be said of the illness too."""
    _share_targets(text, segments)
    for first, second in itertools.pairwise(segments):
        fact = first.expression
        joined = second.joint in ("/", "or", "and")
        if not joined or not isinstance(fact, Fact) or second.expression is not None:
            continue
        words = _clause(text, second)
        if second.after_comma and not (words and _may_be_of_both(text, second, words)):
            continue
        again = any(chunk.term is not None and chunk.term.iri == fact.concept for chunk in second.chunks)
        given = fact.category in GIVEN and fact.within is not None
        told = fact.modifiers.get("qualifier", "")
        if words is not None and not (again or given) and (not told or _judges_too(text, fact, words)):
            told = f"{told}; {words}" if told else words
            first.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": told})


def _judges_too(text: Text, fact: Fact, words: str) -> bool:
    """Whether a clause that takes a judgement may be said of a disease that one adjective narrows already."""
    narrowed = fact.category == "condition" and " " not in fact.modifiers["qualifier"]
    return narrowed and text.search(lexicon().judgement, words) is not None


def _may_be_of_both(text: Text, segment: Segment, words: str) -> bool:
    """Whether "illness, or social situations that would limit compliance" may judge the illness too."""
    another = not segment.chunks[0].classes.isdisjoint({"neutral", "other"})
    judged = text.search(lexicon().judgement, words)
    return (
        judged is not None
        and len(words) < _LONGEST
        and not (another or segment.chunks[0].form in DETERMINERS)
    )


def _clause(text: Text, segment: Segment) -> str | None:
    """Return the relative clause of a member that starts with a noun; None without one."""
    at = next((i for i, c in enumerate(segment.chunks) if c.form in ("that", "which") and i > 0), None)
    noun = segment.chunks[:at]
    words = [chunk for chunk in noun if chunk.kind in ("word", "concept") and chunk.form not in _APART]
    if at is None or len(words) < len(noun) or words[0].form in VERBS or at + 1 == len(segment.chunks):
        return None
    return text.text[segment.chunks[at].start : segment.chunks[-1].end]


def common_time(expression: AllOf) -> Window | None:
    """Return the time that "symptoms of NYHA class III within 6 months" tells of a disease and its value."""
    parts = expression.operands
    first = parts[1] if len(parts) > 1 and _grades(parts[0], parts[1]) else parts[0]
    disease = isinstance(first, Fact) and first.category == "condition"
    times = [part.within for part in parts if isinstance(part, Fact | Value) and part.within is not None]
    plain = all(isinstance(part, Fact | Value) for part in parts)
    return times[0] if disease and plain and len(set(times)) == 1 else None


def _grades(value: Expression, disease: Expression) -> bool:
    """Whether a value is the class of a disease behind it ("NYHA class III heart failure")."""
    scale = wording().scales.get(_name(value)) if isinstance(value, Value) else None
    return scale is not None and _name(disease) in scale.grades


def _name(expression: Expression) -> str:
    return expression.concept.rsplit("/", 1)[-1] if isinstance(expression, Fact | Value) else ""
