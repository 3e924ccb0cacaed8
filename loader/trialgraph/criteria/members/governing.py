"""Members of a list that belong to a neighbour: what unread words govern, and whom a demand is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import VERBS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.expressions import Fact

__all__ = ["governed", "subjects"]

_GOVERNING = frozenset({"to", "for", "of", "contraindication", "risk", "only", "candidate"})
_BARRING = frozenset({"contraindication", "contraindications"})
_MODAL = frozenset(["must", "should", "shall", "will", "may", "can", "agree", "need"])
_WHO = frozenset({"who", "who are", "who have"})
_LISTED = 2
"""How many members before it make a list of what an unknown word stands in."""
_ABLE = frozenset({"ability", "inability", "unactual"})
_INFINITIVES = frozenset({"receive", "undergo", "take", "tolerate", "have", "be", "complete"})
_OPENING = 8
_UNSTOPPED = re.compile(
    r"\b(?:can ?not|unable(?: to)?|not able to|unwilling to|inability to) (?:safely )?"
    r"(?:discontinu|stop|interrupt|withhold|hold|taper|refrain|avoid)"
)
"""How it is told that a treatment goes on."""
_FORBIDDING = ("contraindication", "unable", "inability", "not able")
"""How a member opens that says what somebody can't be given or undergo."""


def governed(segments: list[Segment]) -> list[Segment]:
    """Let a phrase that isn't understood keep the bare list on it ("contraindications to A, B or C")."""
    kept: list[Segment] = []
    for segment in segments:
        last = kept[-1] if kept else None
        if last is not None and (_forbids_too(last, segment) or _is_kept_on_too(last, segment)):
            last.expression, last.chunks = None, [*last.chunks, *segment.chunks]
        elif (
            last is not None
            and last.expression is None
            and (_governs(last) or any(is_content(chunk) for chunk in last.chunks))
            and is_bare(segment)
            and segment.joint != ";"
            and not _only_narrows(kept, segment)
            and not _is_allergy_beside(last, segment)
            and not _closes_list(kept, segment)
        ):
            last.chunks = [*last.chunks, *segment.chunks]
        else:
            kept.append(segment)
    return kept


def _forbids_too(last: Segment, segment: Segment) -> bool:
    """Whether a member names what else someone can't be given ("contraindication to MRI or gadolinium").

    So it does with a verb that hangs on the same "unable to" ("… to undergo MRI or receive gadolinium").
    """
    one, two = last.expression, segment.expression
    label = one.concept_label if isinstance(one, Fact) else ""
    forbids = label.startswith("contraindication to")
    told = any(chunk.form.startswith(_FORBIDDING) or chunk.classes & _ABLE for chunk in last.chunks)
    given = isinstance(two, Fact) and two.category in GIVEN and not segment.negated
    hangs = segment.chunks[0].form in _INFINITIVES and (forbids or label.startswith("inability to"))
    joined = segment.joint in ("or", "and", "/") and not segment.after_comma
    return told and given and joined and (hangs or (forbids and is_bare(segment)))


def _is_kept_on_too(last: Segment, segment: Segment) -> bool:
    """Whether a treatment is another that can't be stopped ("cannot discontinue medications or herbs")."""
    opening = " ".join(chunk.form for chunk in last.chunks[:_OPENING])
    fact = segment.expression
    given = isinstance(fact, Fact) and fact.category in GIVEN and not segment.negated
    joined = segment.joint in ("or", "and", "/")
    return last.expression is None and given and joined and _UNSTOPPED.search(opening) is not None


def _is_allergy_beside(last: Segment, segment: Segment) -> bool:
    """Whether an allergy is told beside what bars a drug as well ("contraindication or allergy to A")."""
    fact = segment.expression
    beside = segment.joint == "or" and last.chunks[-1].form in _BARRING
    return beside and isinstance(fact, Fact) and fact.category == "allergy"


def _closes_list(kept: Sequence[Segment], segment: Segment) -> bool:
    """Whether a comma and "or" lead to the last of a list's members, behind one that leads to nothing."""
    *before, last = kept
    listed = bool(before) and before[-1].expression is not None and last.joint in (",", "or")
    return listed and segment.after_comma and segment.joint in ("or", "and / or") and not _governs(last)


def _only_narrows(kept: Sequence[Segment], segment: Segment) -> bool:
    """Whether the last member of a list has an adjective that isn't known ("A, B, long acting C, D")."""
    *before, last = kept
    named = next((i for i, chunk in enumerate(last.chunks) if is_content(chunk)), 0)
    plain = bool(named) and named == len(last.chunks) - 1
    unknown = plain and all(chunk.kind == "word" and not chunk.classes for chunk in last.chunks[:named])
    listed = [each for each in before[-_LISTED:] if each.expression is not None]
    return unknown and len(listed) == _LISTED and segment.expression is not None


def subjects(segments: list[Segment], *, exclusion: bool) -> list[Segment]:
    """Keep "women of childbearing potential and men … must" together: its first half isn't a demand.

    So are "A, B or C must be confirmed" among demands, which ask for none of them.
    """
    kept: list[Segment] = []
    verbs = _MODAL if exclusion else _MODAL | {"is", "are"}
    for segment in segments:
        speaks = segment.expression is None and any(chunk.form in verbs for chunk in segment.chunks)
        ruled = not exclusion and segment.expression is None and _is_ruled(segment)
        category = None
        while kept and (
            (speaks and _goes_on_with(kept[-1], segment))
            or (ruled and _is_ruled_too(kept[-1], segment, category))
        ):
            before = kept.pop()
            category = before.expression.category if isinstance(before.expression, Fact) else None
            segment.chunks, segment.joint, segment.after_comma = (
                [*before.chunks, *segment.chunks],
                before.joint,
                before.after_comma,
            )
        kept.append(segment)
    return kept


def _is_ruled(segment: Segment) -> bool:
    """Whether a member says of a thing what it must be ("hepatic toxicity must be ≤ grade 1")."""
    modal = next((i for i, each in enumerate(segment.chunks) if each.form.split(" ")[0] in _MODAL), 0)
    subject = segment.chunks[:modal]
    named = any(is_content(chunk) for chunk in subject)
    return named and not any("persons" in chunk.classes or chunk.form in VERBS for chunk in subject)


def _is_ruled_too(before: Segment, segment: Segment, category: str | None) -> bool:
    """Whether a member is one more subject of what the last must be, which has the `category` behind it."""
    fact = before.expression
    ruled = any(chunk.form.split(" ")[0] in _MODAL for chunk in before.chunks)
    if ruled or not isinstance(fact, Fact) or not _is_noun(before):
        return False
    if segment.joint == ",":
        return category == fact.category
    return segment.joint in ("and", "or", "/") and (not segment.after_comma or before.joint == ",")


def _goes_on_with(before: Segment, segment: Segment) -> bool:
    """Whether a segment is the second half of one whose first names whom it is about."""
    joined = segment.joint in ("and", "or", "/") and not segment.after_comma
    return joined and (_is_noun(before) or _names_persons(before, segment))


def _names_persons(segment: Segment, following: Segment) -> bool:
    """Whether a segment only says whom a demand is made of ("men on A and who …", "men on A/B …")."""
    goes_on = following.joint == "/" or following.chunks[0].form in _WHO
    return goes_on and "persons" in segment.chunks[0].classes


def _is_noun(segment: Segment) -> bool:
    return not segment.negated and not any(
        chunk.form in VERBS - {"patient", "subject", "participant", "who"} for chunk in segment.chunks
    )


def _governs(segment: Segment) -> bool:
    return any(
        chunk.classes & {"post", "condition", "unactual"}
        or chunk.form in _GOVERNING
        or lexicon().judgement.search(chunk.form)
        for chunk in segment.chunks
        if chunk.form not in ("have", "has", "had", "is", "are", "with", "who", "such")
    )
