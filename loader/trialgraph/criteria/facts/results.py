"""Results of tests ("negative serum pregnancy test") and treatments gone through ("progressed on …")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from trialgraph.criteria.chunking.brackets import words_in
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.recency import time_aside
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.quantities.windows import end_of_moment
from trialgraph.expressions import Window
from trialgraph.namespaces import TGC

__all__ = [
    "Told",
    "is_testable",
    "read_aside",
    "result_after",
    "tells_time_of_plan",
    "tells_whom_or_when",
]

_TESTABLE = frozenset({"biomarker", "reproductive"})
_INFECTION = str(TGC.InfectiousDisease)
_MAY_BEAR = frozenset({str(TGC.ChildbearingPotential), str(TGC.Premenopausal)})
_PLANS = frozenset(
    {str(TGC.PlannedPregnancy), str(TGC.PlannedFathering), str(TGC.PlannedBreastfeeding)}
    | {str(TGC.PlannedSpermDonation), str(TGC.PlannedEggDonation)}
)
_PREGNANCY = str(TGC.Pregnancy)
_HOW_TESTED = re.compile(
    r"(?:(?:and\s+)?(?:(?:with|having|using)\s+)?(?:an?\s+)?(?:(?:minimum|test|assay)\s+)?sensitivity\b[^,;]{0,40}?"
    r"\d+\s*m?(?:IU|units?)(?:/m?L)?(?:\s*(?:\[?β-?|beta-?)?\W?h?CG\W?)?"
    r"(?:\s+or\s+equivalent(?:\s+units?)?(?:\s+of\b[\w\s\[\]()β-]{0,50})?)?"
    r"|(?:(?:by|in|on|either|using|via|a|an|highly|sensitive|quantitative|qualitative|serum|plasma|urine|blood|or|and"
    r"|test(?:s|ing)?|pregnancy|β-?hCG|beta-?hCG|hCG|human\s+chorionic\s+gonadotropin|self-?report|history)\b\W*)+"
    r"|and\s+(?:again|repeated)\b[^;]{0,80})[\s.,)]*",
    re.IGNORECASE,
)
"""How, or how often, a test of pregnancy is made, which says nothing of who is pregnant."""
_AHEAD = re.compile(
    r"(?:within|during|while|throughout|over|for|at any time during|in|from|before|until)\s+"
    r"(?:(?:the|this|their)\s+)?(?:(?:[\w-]+\s+){0,5}(?:study|trial|treatment|screening|consent|therapy|protocol)\b"
    r"|course|next|\d|enrolled|participat\w+|on\b)(?:(?!\b(?:if|unless|except|who|not|but|must|women)\b)[^;])*$",
    re.IGNORECASE,
)
"""When somebody means to have a child: any such plan is one for the time of the study."""
_DONE = frozenset({"performed", "obtained", "done", "taken"})
_PERSONS = frozenset({"post", "condition", "of some", "neutral", "persons", "female"})
_ABSENT = frozenset({"negative", "nonreactive", "undetected", "not detected", "not detectable"})
_RESULTS = _ABSENT | {"positive", "reactive", "detected", "detectable"}
_SIGNS = {"-": "negative", "+": "positive", "–": "negative", "−": "negative"}
_CLOSING = frozenset({",", ";", ".", ")", "/"})
_THAT_IS = frozenset({"i.e", "ie"})
_OF_TEST = frozenset({"for", "of", "to"})
_MORE = frozenset({"negation", "exception", "example", "definition", "condition", "allowance", "regardless"})
_NEAR = 20
_WAITING = re.compile(r"-\s*(?:and/or|or)\s+[\w -]{0,25}?\w-[a-z]")
"""A hyphen that waits for what a later word is joined to ("V600E- or V600K-mutant")."""
_SPELLED = re.compile(r"[a-z]{4}")
"""What no abbreviation has: the minus behind a whole word is a dash ("Pregnancy- current or planned")."""
_STAYING = re.compile(
    r"(?:^|[,;:.(*]|\b(?:is|are|be|being|currently|already|chronically|patients?|subjects?|participants?|individuals?"
    r"|persons?|people|those|women|men|who|or|and|if|unless))\s*$",
    re.IGNORECASE,
)
"""What stands before "on" where it says what is being taken."""
_ALLOWED = re.compile(r"\b(?:can|may|could|might)\b[^.;]*$", re.IGNORECASE)
"""What is said before "on" where someone may take something, and needn't."""
_OF_THOSE = re.compile(r"\s*,\s*(?:must|should|shall|may|can|will|are|is)\b", re.IGNORECASE)
"""What is told of those who take something, behind it ("those who are on warfarin, should …")."""
_ASKED = re.compile(r"\b(?:must|should|shall|may|to|not|never)\s+(?:have\s+)?$", re.IGNORECASE)
_LONG_AGO = re.compile(
    r"\s*(?:(?:any|all)\s+)?(?:active|current|ongoing)\b"
    r"|[^.;:]*(?:\bat\s+least\b|[≥>]|\b(?:more|greater|longer)\s+than\b|\bminimum\b|\bafter\b|\bsince\b)",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"\b(?:prior|previous\w*|any|all|every|each)\b", re.IGNORECASE)
_SPAN = re.compile(r"\s*\d+\s*(?:to|-|–)\s*\d+\b")
_COUNT = "{count}"
_NUMBERS = frozenset({"one", "two", "three", "four", "1", "2", "3", "4"})


class Told(Protocol):
    """What these words change of what is said around a concept."""

    negated: bool
    tested: bool
    gone_through: bool
    qualifiers: list[str]
    modifiers: dict[str, str]
    window: Window | None


def is_testable(head: Chunk) -> bool:
    """Whether a concept is one that a test finds: a marker, a pregnancy, an infection."""
    term = head.term
    return term is not None and (term.category in _TESTABLE or term.is_a(_INFECTION))


def tells_whom_or_when(text: Text, head: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether words behind a pregnancy or a plan only tell which women are tested for it, or when."""
    if head.term is None or head.term.category != "reproductive":
        return False
    if head.term.iri in _PLANS:
        return tells_time_of_plan(text, head, chunks)
    if head.term.iri == _PREGNANCY and _HOW_TESTED.fullmatch(text.text, chunks[0].start, chunks[-1].end):
        return True
    place, named = 0, False
    while place < len(chunks) and end_of_moment(text.text, chunks[place].start) < chunks[-1].end:
        chunk = chunks[place]
        plain = chunk.form in _DONE or (bool(chunk.classes & _PERSONS) and "negation" not in chunk.classes)
        women = [_may_bear(each) for each in chunk.inner or (chunk,)]
        if not all(women) and not (chunk.kind == "word" and plain):
            return False
        named = named or all(women)
        place += 1
    return named or place == 0


def tells_time_of_plan(text: Text, head: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether words only tell when somebody means to have a child ("within the duration of the trial")."""
    meant = bool(chunks) and head.term is not None and head.term.iri in _PLANS
    return meant and _AHEAD.match(text.text, chunks[0].start, chunks[-1].end) is not None


def _may_bear(chunk: Chunk) -> bool:
    return chunk.term is not None and chunk.term.iri in _MAY_BEAR


def read_aside(text: Text, head: Chunk, chunk: Chunk, around: Told) -> bool:
    """Take in a test's result, a treatment gone through, a time or a bracket before a concept; else False."""
    if _read_result(head, chunk, around) or _read_exposure(text, head, chunk, around):
        return True
    if _is_taken(text, head, chunk):
        around.modifiers["status"] = "active"
        return True
    if (recent := time_aside(text, chunk)) is not None and not recent.narrowed:
        around.window = recent.window
        return True
    inner = _explained(chunk)
    if chunk.kind != "bracket" or not inner or any(map(_says_more, inner)):
        return False
    if inner is chunk.inner:
        around.qualifiers.append(words_in(text.text, chunk))
    elif not all(each.classes & {"active", "neutral"} for each in inner):
        around.qualifiers.append(text.text[inner[0].start : inner[-1].end])
    return True


def _explained(bracket: Chunk) -> Sequence[Chunk]:
    """Return what a bracket says, without "i.e." ("significant (i.e., active) heart disease")."""
    inner = bracket.inner
    if not inner or inner[0].form.replace(" ", "").strip(".") not in _THAT_IS:
        return inner
    return inner[2:] if len(inner) > 1 and inner[1].form == "," else inner[1:]


def _says_more(chunk: Chunk) -> bool:
    """Whether a word in a bracket may do more than narrow ("(non-infectious) pneumonitis")."""
    return chunk.kind not in ("word", "sign") or bool(chunk.classes & _MORE) or chunk.form == ";"


def _read_result(head: Chunk, chunk: Chunk, around: Told) -> bool:
    """Take in "negative" or the sample tested before a concept; False for any other word."""
    if chunk.kind == "bracket" and chunk.inner and is_testable(head):
        return all("sample" in each.classes for each in chunk.inner)
    if chunk.kind != "word" or not is_testable(head):
        return False
    if around.tested and ("tested" in chunk.classes or chunk.form in _OF_TEST):
        return True
    if chunk.form in _RESULTS:
        around.tested = True
        around.negated = around.negated != (chunk.form in _ABSENT)
        return True
    return "sample" in chunk.classes


def result_after(text: Text, head: Chunk, chunks: Sequence[Chunk], around: Told) -> int | None:
    """Return how many chunks behind a concept tell the result of its test; None when they don't."""
    if head.term is not None and head.term.category in GIVEN:
        lacking = next((i for i, chunk in enumerate(chunks[:2]) if "lacking" in chunk.classes), None)
        around.negated = around.negated != (lacking is not None)
        return None if lacking is None else lacking + 1
    if not is_testable(head):
        return None
    place = 0
    if sign := _sign_after(text, head, chunks):
        around.tested = True
        around.negated = around.negated != (sign in _ABSENT)
        return 1
    while place < len(chunks) and (_goes_on(chunks[place]) or _names_sample(chunks[place])):
        place += 1
    result = _result(chunks[place]) if place < len(chunks) else ""
    if result in _RESULTS:
        around.tested = True
        around.negated = around.negated != (result in _ABSENT)
        return place + 1
    tests = next((i for i, chunk in enumerate(chunks) if "tested" not in chunk.classes), len(chunks))
    return tests if tests and (around.tested or head.form in _RESULTS) else None


def _sign_after(text: Text, head: Chunk, chunks: Sequence[Chunk]) -> str:
    """Return the result that a sign at the end of a name tells ("HBsAg-"), if any."""
    if not chunks or chunks[0].start != head.end or chunks[0].form not in _SIGNS:
        return ""
    ends = len(chunks) == 1 or chunks[1].start > chunks[0].end or chunks[1].form in _CLOSING
    waits = _WAITING.match(text.text, chunks[0].start) is not None
    spelled = chunks[0].form != "+" and _SPELLED.search(text.text, head.start, head.end) is not None
    return _SIGNS[chunks[0].form] if ends and not waits and not spelled else ""


def _result(chunk: Chunk) -> str:
    """Return the form of a result; a sign in brackets is one ("HBsAg (-)")."""
    inside = [each.form for each in chunk.inner]
    return _SIGNS.get("".join(inside), "") if inside else chunk.form


def _names_sample(chunk: Chunk) -> bool:
    """Whether a bracket tells how or on what was tested ("HCV RNA [qualitative] is detected")."""
    told = chunk.kind == "bracket" and bool(chunk.inner)
    return told and all("sample" in each.classes or each.form == "or" for each in chunk.inner)


def _goes_on(chunk: Chunk) -> bool:
    if chunk.kind != "word":
        return False
    return "tested" in chunk.classes or chunk.form in ("is", "are", "must be", "should be", "must", "be", "-")


def _is_taken(text: Text, head: Chunk, chunk: Chunk) -> bool:
    """Whether "on" before a treatment says that it is being taken ("patients on dialysis")."""
    given = head.term is not None and head.term.category in GIVEN
    if chunk.form != "on" or not given:
        return False
    before = max(0, chunk.start - _NEAR)
    let_on = _ALLOWED.search(text.text, before, chunk.start) or _OF_THOSE.match(text.text, head.end)
    if not text.exclusion and let_on:
        return False
    return _STAYING.search(text.text, before, chunk.start) is not None


def _is_over_lately(text: Text, finished: Chunk) -> bool:
    """Whether "completed" bars who had a treatment, and isn't asked for, or barred when it was long ago."""
    asked = _ASKED.search(text.text, max(0, finished.start - _NEAR), finished.start)
    return asked is None and not _LONG_AGO.match(text.text, finished.end)


def _was_gone_through(text: Text, finished: Chunk, head: Chunk) -> bool:
    """Whether a demand asks for a treatment that is completed, not for its end where there was one."""
    had = _EARLIER.search(text.text, finished.end, head.start) or "of" in finished.form.split()
    return not (had or _LONG_AGO.match(text.text, finished.end) or _SPAN.match(text.text, head.end))


def _read_exposure(text: Text, head: Chunk, chunk: Chunk, around: Told) -> bool:
    """Take in how often or how a treatment was gone through; False for any other word.

    A demand of "no more than 2 lines" asks for none, so it isn't one of the treatment.
    """
    if head.term is None or head.term.category not in GIVEN:
        return False
    words = text.text[chunk.start : chunk.end]
    if "finished" in chunk.classes and (text.exclusion or around.negated):
        return not around.negated and _is_over_lately(text, chunk)
    if "finished" in chunk.classes and not _was_gone_through(text, chunk, head):
        return False
    if {"exposure", "finished"} & chunk.classes:
        around.gone_through = True
        around.qualifiers.append(words)
        return True
    if chunk.term is not None and chunk.term.unit == _COUNT:
        return True
    if chunk.form in _NUMBERS and chunk.kind == "word":
        around.qualifiers.append(words)
        return True
    found = chunk.limit
    if chunk.kind != "limit" or found is None or found.unit is not None or found.relative_to is not None:
        return False
    if not found.limit.low and not text.exclusion:
        return False
    if (found.limit.low, found.limit.high, found.limit.low_inclusive) != (1, None, True):
        around.qualifiers.append(words)
    return True
