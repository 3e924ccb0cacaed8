"""Times inside what narrows a concept: when a disease needed treatment, when a treatment was given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.criteria.language.connectives import JOINTS, OR
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.quantities.windows import FoundWindow
from trialgraph.expressions import CalendarUnit, Window
from trialgraph.namespaces import TGC

__all__ = [
    "EVENTS",
    "LATELY",
    "done_lately",
    "for_illness",
    "for_time_before",
    "goes_on",
    "happens",
    "is_taken_now",
    "or_now",
    "requires_treatment",
    "time_aside",
    "time_of_test",
    "time_off_too_short",
    "treated_lately",
]

LATELY = frozenset(
    {"recent", "recently"}
    | {f"{now} or recent" for now in ("ongoing", "current", "active", "presently", "present")}
    | {f"recent or {now}" for now in ("ongoing", "current", "active")}
)
"""Words that say nothing beside a time."""
_DAYS: dict[str, CalendarUnit] = {"d": "day", "wk": "week", "mo": "month", "a": "year"}
_LONGEST = 3
_NEAR = 60
_COURSE = re.compile(
    r"\b(?:short|brief|acute|courses?|durations?|pulses?|new|minimal|permit\w*|allow\w*|except\w*|exposed|due)\b",
    re.IGNORECASE,
)
"""What beside a treatment makes a time one that it was given for."""
EVENTS = (
    str(TGC.CerebrovascularEvent),
    str(TGC.Thromboembolism),
    str(TGC.AcuteCoronarySyndrome),
    str(TGC.MyocardialInfarction),
    str(TGC.UnstableAngina),
    str(TGC.CardiacArrest),
)
"""What is over in a moment."""
_RADIOTHERAPY = str(TGC.Radiotherapy)
_DOSE = re.compile(
    r"(?:(?:that|which)\s+(?:is|are|was|were)\s+|that\s+)?(?:(?:of|at|with|to)\s+)?"
    r"(?:(?:a|an|the|total|cumulative)\s+)*(?:doses?\s+(?:of\s+)?)?"
    r"(?:[<>≤≥]=?|greater than|more than|at least|exceeding|over)?\s*[\d.,]+\s*c?Gy",
    re.IGNORECASE,
)
_NEOPLASM = str(TGC.Neoplasm)
_TREATING = 2
"""How many words there are at least before "for" in "receiving treatment for"."""

_DONE = frozenset({"treatment", "procedure", "other"})
_ABOUT = frozenset({"for", "to", "of", "in", "against", "requiring", "require", "required", "as", "with",
                    "including", "involving", "using", "administered", "given", "received", "that", "which",
                    "from", "by", "on", "at", "due to", "because of", "containing", "targeting",
                    "performed"})  # fmt: skip
_DESCRIBING = frozenset({"neutral", "qualifier", "active", "other"})
_UNKNOWN_CAUSE = "unexplained"
_CAUSES = frozenset({"due to", "caused by", "secondary to", "from", "resulting from", "related to",
                     "because of"})  # fmt: skip
_PURPOSES = frozenset({"for", "of", "against", "to"})
_HAPPENING = frozenset({"occurring", "occurred", "happening", "diagnosed", "performed", "that occurred"})
_TAKEN = frozenset({"obtained", "done", "conducted", "collected", "drawn", "taken", "tested", "assessed",
                    "documented", "performed", "repeated", "confirmed"})  # fmt: skip
"""What is said of a test with its time."""
_TESTED = frozenset({"biomarker", "reproductive", "lesion"})
_GIVING = frozenset({"administered", "used", "given", "taken", "received", "that was given"})
_ENDING = frozenset({"completed", "delivered"})
_HAPPENED = re.compile(
    r"\b(?:progress|relaps|recur|respon|complet|discontinu"
    r"|(?<!heart )(?<!cardiac )(?<!renal )(?<!kidney )(?<!liver )(?<!hepatic )(?<!respiratory )"
    r"(?<!organ )fail|toxicit|adverse|resolv|recover|who|if|unless|until|except|other than|after|since"
    r"|first$)",
    re.IGNORECASE,
)


_IS_TAKING = re.compile(
    r"\b(?:is|are|(?<!will )(?<!to )be)\s+(?:not\s+)?(?:(?:\w+ly|still|also|being|already)\s+)*"
    r"(?:receiving|taking|undergoing|treated\s+with)\b",
    re.IGNORECASE,
)
_TAKING = re.compile(
    r"\W*(?:(?:the|any|patients?|subjects?|participants?|individuals|persons|those|who)\s+)*(?:(?:currently|concurrently|presently|still|now)\s+)?"
    r"(?:receiving|taking|using|undergoing)\b",
    re.IGNORECASE,
)
_NOT_TAKING = re.compile(
    r"\b(?:not|no\s+longer)\s+(?:be\s+)?(?:\w+ly\s+)*"
    r"(?:receiving|taking|using|on|requir(?:e|es|ing)|need(?:s|ing)?)\b"
    r"|(?<!not )\boff\b"
    r"|\b(?:no|without)\s+(?:(?:the|any|ongoing|current)\s+)*(?:need|requirement|requiring)\b",
    re.IGNORECASE,
)
_BEFORE_NOW = re.compile(
    r"\b(?:received|taken|took|had|treated\s+(?:previously|before)|previous\w*|prior|history|ever|past|who\s+were)\b"
    r"|\b(?:plan\w*|expect\w*|anticipat\w*|likely|intend\w*|will|eligible|candidates?)\b",
    re.IGNORECASE,
)
"""What before a treatment tells that it is over, or yet to come."""
_GOING_ON = re.compile(
    r"(?:that|which|who)\s+(?:is|are|was|were|has\s+been|have\s+been)\s+(?:\w+\s+)?(?:progressing|active|present"
    r"|detected|diagnosed|treated)\b"
    r"(?:(?:,\s*|\s+(?:or|and)\s+)(?:(?:that|which|who)\s+)?(?:(?:is|are|was|were|has|have|had|been)\s+)*"
    r"(?:progress\w+|active|present|detected|diagnosed|treated|requir\w+(?:\s+\w+){1,3}))*(?:\s+within)?\s*$",
    re.IGNORECASE,
)
"""Clauses that tell when a disease was there, and nothing else."""


def done_lately(text: Text, head: Chunk, chunks: Sequence[Chunk]) -> Window | None:
    """Return the time behind "radiotherapy to the pelvis", when it tells of that and of nothing else.

    Behind a disease nothing else may be named in front of it ("bleeding of grade 3 within 4 weeks").
    """
    last = chunks[-1].window if len(chunks) > 1 else None
    if last is None or sum(chunk.window is not None for chunk in chunks) != 1:
        return None
    before = [each for each in chunks[:-1] if each.kind != "bracket"]
    words = " ".join(text.text[each.start : each.end] for each in before)
    if _HAPPENED.search(words) or chunks[-2].form in JOINTS:
        return None
    if category_of(head) in _DONE:
        apart = chunks[0].form not in _PURPOSES and _names_disease_too(before)
        about = chunks[0].form in _ABOUT or _is_radiation_dose(words)
        return last.window if about and not apart else None
    plain = not any(is_content(each) or each.kind == "value" or each.form in JOINTS for each in before)
    plain = plain or _tells_cause(before)
    told = category_of(head) == "condition" and not last.window.text[0].isdigit()
    return last.window if plain and told else None


def _tells_cause(chunks: Sequence[Chunk]) -> bool:
    """Whether words only tell of which disease another comes ("bleeding due to varices within 4 weeks")."""
    named = [each for each in chunks if is_content(each)]
    diseased = all(category_of(each) in ("condition", "lesion") for each in named)
    return chunks[0].form in _CAUSES and diseased and not any(each.kind == "value" for each in chunks)


def _is_radiation_dose(words: str) -> bool:
    """Whether words behind a radiotherapy tell its dose and nothing else ("that is > 30 Gy")."""
    return _DOSE.fullmatch(words.strip()) is not None


def _names_disease_too(chunks: Sequence[Chunk]) -> bool:
    """Whether something else than a treatment is named behind a conjunction, so that the time may be its."""
    joint = next((i for i, chunk in enumerate(chunks) if chunk.form in JOINTS), len(chunks))
    return any(is_content(each) and category_of(each) not in _DONE for each in chunks[joint:])


def treated_lately(text: Text, chunks: Sequence[Chunk]) -> Window | None:
    """Return the time in which a disease was active or required treatment, so that it was there then."""
    times = [chunk.window.window for chunk in chunks if chunk.window is not None]
    if len(times) != 1:
        return None
    if any("needing" in chunk.classes for chunk in chunks[:4]):
        return times[0]
    last = chunks[-1].window
    told = last is not None and not last.narrowed
    there = told and _GOING_ON.match(text.text[chunks[0].start : chunks[-1].start])
    return times[0] if there else None


def time_aside(text: Text, chunk: Chunk) -> FoundWindow | None:
    """Return the time that is all that a bracket says ("recent (within 6 months) stroke", "(< 3 months)")."""
    if chunk.kind != "bracket" or len(chunk.inner) != 1:
        return None
    inner = chunk.inner[0]
    return inner.window or _short_time(text, inner)


def time_of_test(head: Chunk, bracket: Chunk) -> FoundWindow | None:
    """Return the time that a bracket sets for a test ("pregnancy test (performed within 7 days)")."""
    inner = bracket.inner
    timed = len(inner) == 2 and inner[0].form in _TAKEN and category_of(head) in _TESTED
    return inner[1].window if timed else None


def _short_time(text: Text, chunk: Chunk) -> FoundWindow | None:
    """Return the time of "< 3 months" that says no more."""
    found = chunk.limit
    if found is None or found.unit is None or found.limit.high is None:
        return None
    unit = _DAYS.get(found.unit.ucum)
    short = text.text[chunk.start : chunk.end].lower().startswith(("<", "≤", "less", "up to", "no more"))
    if unit is None or found.limit.low is not None or not short:
        return None
    return FoundWindow(
        Window(found.limit.high, unit, text.text[chunk.start : chunk.end]), chunk.start, chunk.end
    )


def time_off_too_short(text: Text, head: Chunk, chunk: Chunk, following: Chunk | None) -> FoundWindow | None:
    """Return the time behind what is barred that says no more ("chemotherapy (< 21 days)", "MI < 1 year").

    A course may be as short, and a disease that lasts.
    """
    event = head.term is not None and any(map(head.term.is_a, EVENTS))
    if category_of(head) not in GIVEN and not event:
        return None
    found = time_aside(text, chunk)
    if found is None and following is None:
        found = _short_time(text, chunk)
    lasting = (
        not event and found is not None and _COURSE.search(text.text, max(0, head.start - _NEAR), chunk.start)
    )
    return None if lasting else found


def or_now(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Return "recent (within 6 months) or active stroke" without "or active": what is there now is recent."""
    for index in range(1, len(chunks) - _LONGEST):
        before, time, joint, now = chunks[index - 1 : index + _LONGEST]
        lately = before.form.split(" ")[-1] in ("recent", "recently") or "historic" in before.classes
        found = time_aside(text, time) if lately and joint.form in OR else None
        if found is not None and not found.narrowed and "active" in now.classes:
            return [*chunks[: index + 1], *or_now(text, chunks[index + _LONGEST :])]
    return chunks


def requires_treatment(chunks: Sequence[Chunk], following: Sequence[Chunk]) -> bool:
    """Whether a disease ends in the treatment it requires, and another follows.

    "Infection requiring antibiotics or other serious illness": that isn't what is required.
    """
    at = next((i for i, chunk in enumerate(chunks) if "needing" in chunk.classes), len(chunks))
    head = next((chunk for chunk in chunks[:at] if is_content(chunk)), None)
    needed = [chunk for chunk in chunks[at:] if is_content(chunk)]
    plain = (bool(chunk.classes & _DESCRIBING) or chunk.form == _UNKNOWN_CAUSE for chunk in following)
    other = next((i for i, describing in enumerate(plain) if not describing), len(following))
    ill = [
        each for each in (head, *following[other : other + 1]) if each and category_of(each) == "condition"
    ]
    last = chunks[-2:][0] if chunks[-1].form == "," else chunks[-1]
    given = bool(needed) and last is needed[-1] and all(category_of(each) in GIVEN for each in needed)
    unknown = not needed and at < len(chunks) - 1 and all(_is_unknown(each) for each in chunks[at + 1 :])
    return (given or unknown) and len(ill) == 2


def _is_unknown(chunk: Chunk) -> bool:
    """Whether a word may be part of a treatment's name that nothing knows ("surgical repair")."""
    return (
        chunk.kind == "word"
        and (not chunk.classes or "qualifier" in chunk.classes)
        and chunk.form not in JOINTS
    )


def for_time_before(head: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether "for" leads to the time in which a treatment is barred ("for 7 days prior to …")."""
    timed = len(chunks) > 1 and chunks[0].form == "for" and chunks[1].kind == "window"
    return timed and category_of(head) == "treatment"


def is_taken_now(text: Text, head: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether a verb before a treatment, which is no operation, says that it is given now."""
    radiotherapy = head.term is not None and head.term.is_a(_RADIOTHERAPY)
    return (radiotherapy or category_of(head) == "treatment") and goes_on(text, chunks)


def for_illness(text: Text, head: Chunk, chunks: Sequence[Chunk], index: int) -> Chunk | None:
    """Return the words of an exclusion that a disease is treated now ("receiving treatment for gout").

    Not so of a tumour: what is given for one is a treatment, whose name stays.
    """
    if chunks[index].form != "for" or index < _TREATING or not text.exclusion:
        return None
    ill = category_of(head) == "condition" and head.term is not None and not head.term.is_a(_NEOPLASM)
    given = chunks[index - 1].form in ("treatment", "therapy", "medication")
    now = chunks[index - 2].form in ("receiving", "undergoing", "requiring", "require", "taking")
    return replace(chunks[index], start=chunks[index - 2].start) if ill and given and now else None


def goes_on(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether a verb says that treatments behind it are given now ("who are receiving warfarin")."""
    if not chunks:
        return False
    start, end = chunks[0].start, chunks[-1].end
    if _BEFORE_NOW.search(text.text, start, end):
        return False
    bare = _TAKING.match(text.text, start, end) if text.exclusion else None
    bare = bare or _NOT_TAKING.search(text.text, start, end)
    return bare is not None or _IS_TAKING.search(text.text, start, end) is not None


def happens(text: Text, head: Chunk, chunk: Chunk, following: Chunk | None) -> bool:
    """Whether a word only leads to when or for what a thing was ("therapy used for myeloma").

    Who is barred for a treatment "completed within 2 weeks" has had it then.
    """
    if following is None:
        return False
    ended = text.exclusion and chunk.form in _ENDING and following.kind == "window"
    given = (ended or chunk.form in _GIVING) and category_of(head) in _DONE
    tested = category_of(head) in _TESTED and chunk.form in _TAKEN
    timed = following.kind == "window" and (given or tested or chunk.form in _HAPPENING)
    short = text.exclusion and _short_time(text, following) is not None
    return timed or (given and (short or following.form == "for"))
