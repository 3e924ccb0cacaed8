"""What an unread member at the end of a list may say of those before it too: a time, a setting, a clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import RESTARTS, VERBS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment, is_bare, is_event
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Window
from trialgraph.namespaces import TGC

__all__ = ["dates_own_clause", "doubt_dates", "narrow_illnesses", "share_doubts"]

_TIME = re.compile(
    r"\b(?:within\b|(?:in|during|over) the\b|in [<≤])[^;.]{0,60}?"
    r"\b(?:hours?|days?|weeks?|months?|years?|half-li(?:fe|ves)|period|setting)\b",
    re.IGNORECASE,
)
_SAID_OF = re.compile(
    r"(?:either\s+)?(?:active|present|diagnosed|detected|documented|occurring|progressing|requiring|treated)\b",
    re.IGNORECASE,
)
"""How words behind a comma open that tell more of what stands before it ("cancer, active within 3 years")."""
_RELATIVES = frozenset({"that", "which", "who", "that is"})
_TOLD = re.compile(r"\b(?:within|weeks?|months?|years?|days?|setting|period|for)\b|[<≤≥>]", re.IGNORECASE)
_PERSONS = ("those", "who", "patient", "subject", "participant", "he", "she", "they")
_ANEW = frozenset({"negation", "unactual", "planned", "condition", "exception", "allowance"})
_DEEMED = re.compile(r"(?:that|which|deemed|judged|considered|determined)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:,\s*)?\b(?:that|which|deemed|judged)\b.*", re.IGNORECASE | re.DOTALL)
_ILLNESSES = frozenset(
    map(
        str,
        [
            TGC.MedicalIllness,
            TGC.PsychiatricDisorder,
            TGC.LifeThreateningIllness,
            TGC.OrganDysfunction,
            TGC.SubstanceAbuse,
            TGC.AlcoholAbuse,
            TGC.AddictiveDisorder,
        ],
    )
)
"""Illnesses of any kind, which bar hardly anybody by themselves."""
_UNSPECIFIC = re.compile(
    r"(?:(?:any|other|an?|serious|significant|severe|underlying|concurrent)\s+)*(?:(?:medical|physical|health|general)\s+)?"
    r"(?:conditions?|illness(?:es)?|problems?|disorders?|comorbidit(?:y|ies)|laborator(?:y|ies)\s+abnormalit(?:y|ies)"
    r"|(?:personal\s+or\s+)?social\s+(?:situations?|circumstances?|conditions?))",
    re.IGNORECASE,
)
"""Words for ill health of any kind, or a state of affairs, which nothing but a clause tells apart."""
_BEFALLING = frozenset({"condition", "procedure"})
_OTHER = re.compile(r"(?:or |any )*other\b", re.IGNORECASE)
_ANOTHER = ("any ", "another")
_JUDGED = ("judgement", "consent")
_NEAR = 8
"""How many members of a list a clause at its end may be about."""


def dates_own_clause(segments: Sequence[Segment]) -> bool:
    """Whether the time at the end of a list is told of what its last member required only.

    So it is where another member is of the same disease ("symptomatic metastases, or metastases that required
    steroids within 2 weeks"), and where the clause leads to the last name ("jaw disease which requires …").
    """
    last, fact = segments[-1].chunks, segments[-1].expression
    named = next((i for i, chunk in enumerate(last) if is_content(chunk)), 0)
    at = next((i for i, chunk in enumerate(last) if chunk.form in _RELATIVES), len(last))
    if at == len(last) or any(chunk.kind == "window" for chunk in last[:at]):
        return False
    if 0 < at < named:
        return any(not chunk.classes for chunk in last[:at])
    same = (each.expression for each in segments[:-1] if isinstance(each.expression, Fact))
    return at > named and isinstance(fact, Fact) and any(fact.concept == each.concept for each in same)


def doubt_dates(segments: Sequence[Segment], category: str | None, window: Window) -> None:
    """Narrow procedures listed with a dated condition, and the other way round, in words only.

    Whether "bypass, or stroke within 3 months" means a recent bypass, its words don't settle. So are bare
    members narrowed, and events that "history of" or "known" stands before.
    """
    for segment in segments[:-1]:
        fact = segment.expression
        if isinstance(fact, Fact) and {category, fact.category} == _BEFALLING:
            _doubt_date(segment, fact, window)
    beside, last = segments[-2:]
    fact, tied = beside.expression, last.joint in ("or", "/") and not last.after_comma and is_bare(last)
    if tied and isinstance(fact, Fact) and fact.category in GIVEN and category == "condition":
        beside.expression = _doubted(fact, window)


def _doubt_date(segment: Segment, fact: Fact, window: Window) -> None:
    apt = is_bare(segment) or is_event(segment)
    if apt:
        segment.expression = _doubted(fact, window)


def _doubted(fact: Fact, window: Window) -> Fact:
    """Return a fact without a time that may have one, which narrows it in words."""
    told = fact.modifiers.get("qualifier", "")
    if fact.within is not None or "exception" in fact.modifiers or window.text in told:
        return fact
    joined = f"{told}; {window.text}" if told else window.text
    return replace(fact, modifiers={**fact.modifiers, "qualifier": joined})


def share_doubts(text: Text, segments: Sequence[Segment]) -> None:
    """Let a time at the end of a list, in words that stay words, narrow the bare treatments before it.

    "Surgery, radiosurgery or thermal therapy in the target within 6 months" may be about recent surgery
    only. With the words kept beside it, such a member bars or admits nobody. A time behind a comma bars
    nobody for longer ago who has whatever stands before it ("cancer, or treatment for cancer, within 3
    years", "prior cancer, active within 3 years").
    """
    for index, segment in enumerate(segments):
        if index and segment.expression is None and not _speaks_anew(segment):
            words = text.text[segment.chunks[0].start : segment.chunks[-1].end]
            if found := _TIME.search(words):
                ended = segment is segments[-1] and words[: found.start()].rstrip().endswith(",")
                whole = text.exclusion and (ended or (segment.joint == "," and bool(_SAID_OF.match(words))))
                _narrow(segments[: index + 1], words[found.start() :], whole=whole)


def _narrow(segments: Sequence[Segment], words: str, *, whole: bool) -> None:
    """Narrow the treatments right before the last member, up to one with a time or a lead-in of its own.

    So are conditions and whatever else, where the time is of the whole list.
    """
    last = segments[-1]
    for segment in reversed(segments[:-1]):
        fact = segment.expression
        if last.joint == ";":
            return
        if fact is not None:
            told = fact.modifiers.get("qualifier", "") if isinstance(fact, Fact) else ""
            given = isinstance(fact, Fact) and fact.within is None and (whole or fact.category in GIVEN)
            shared = bool(told) and words.endswith(told)
            if not isinstance(fact, Fact) or not given or (_TOLD.search(told) and not shared):
                return
            joined = f"{told}; {words}" if told and not shared else words
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": joined})
        if segment.negated or any(chunk.form in RESTARTS for chunk in segment.chunks):
            return
        last = segment


def narrow_illnesses(expression: Expression) -> Expression:
    """Let a clause that is a judgement narrow the illnesses of any kind that are listed before it.

    "Medical or psychiatric conditions, or laboratory abnormalities that may increase the risk" bars nobody
    for any psychiatric condition.
    """
    match expression:
        case AllOf(operands):
            return all_of([narrow_illnesses(each) for each in operands])
        case AnyOf(operands):
            return any_of(_narrowed(operands))
        case Fact() if "example" in expression.modifiers:
            listed = expression.modifiers["example"]
            clause = _CLAUSE.search(listed) if lexicon().judgement.search(listed) else None
            return _judged(expression, clause.group().strip(" ,")) if clause else expression
        case _:
            return expression


def _narrowed(operands: Sequence[Expression]) -> list[Expression]:
    clause, read, last, listed = "", list[Expression](), 0, False
    for place, each in enumerate(reversed(operands)):
        if isinstance(each, Narrative) and each.reason in _JUDGED and not _UNSPECIFIC.fullmatch(each.text):
            listed = _OTHER.match(each.text) is not None
            anew = not listed and each.text.lower().startswith(_ANOTHER)
            found = None if anew else _CLAUSE.search(each.text)
            clause, last = found.group().strip(" ,") if found else "", place
        elif own := _own_clause(each):
            clause, last, listed = own, place, False
        near = clause and place - last < _NEAR
        if near and isinstance(each, Narrative) and _UNSPECIFIC.fullmatch(each.text):
            each = replace(each, reason="judgement")
        if near and isinstance(each, Fact) and not (listed and "qualifier" in each.modifiers):
            each = _judged(each, clause)
        read.append(narrow_illnesses(each))
    return read[::-1]


def _own_clause(expression: Expression) -> str:
    """Return the clause that leaves a fact to somebody's judgement; empty where none does."""
    told = expression.modifiers.get("qualifier", "") if isinstance(expression, Fact) else ""
    return told if _DEEMED.match(told) and lexicon().judgement.search(told.lower()) else ""


def _judged(fact: Fact, clause: str) -> Fact:
    """Return an illness of any kind with the clause that judges it; any other fact as it is."""
    told = fact.modifiers.get("qualifier", "")
    if fact.concept not in _ILLNESSES or "exception" in fact.modifiers or clause in told:
        return fact
    joined = f"{told}; {clause}" if told else clause
    return replace(fact, modifiers={**fact.modifiers, "qualifier": joined})


def _speaks_anew(segment: Segment) -> bool:
    """Whether a member is a clause of its own ("or have received …"), not one more thing of the list."""
    opening = segment.chunks[0]
    return opening.form in VERBS or opening.form.startswith(_PERSONS) or not opening.classes.isdisjoint(_ANEW)
