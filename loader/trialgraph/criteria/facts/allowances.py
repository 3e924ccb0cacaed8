"""What words allow, and the washout they ask for with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.counts import counted_for
from trialgraph.criteria.facts.facts import is_content
from trialgraph.expressions import Expression, Value, Window

__all__ = ["TREATING", "allowance_at", "allows", "ceiling", "lets_in", "washout"]

_TURNING = frozenset({"condition", "negation", "exception"})
_LINKING = frozenset({"demonstrate", "and"})
_RANGES = frozenset({"range", "limit", "level", "value"})
_BEING = frozenset({"is", "are", "be", "will be", "may be", "can be", "considered", "deemed", "were", "was"})
_BEHIND = frozenset(
    ["for", "as", "to", "in", "with", "at", "and", "or", "but", "per", "by", "within", "during", "only",
     "provided", "until", "unless", "while", "after", "before", "from", "on", "up to"]
)  # fmt: skip
"""What follows where "acceptable" is said of what stands before it."""
_VERBS = frozenset({"is", "are", "was", "were", "will be", "is also", "are also"})
_SOON = 2
TREATING = frozenset({"therapy", "treatment", "surgery", "resection", "radiotherapy", "procedure"})
_LETTING_IN = re.compile(
    r"\W*(?:(?:note|nb|however|exceptions?)\b[\s:,]*(?:that\s+)?)?(?:the\s+|such\s+|these\s+|any\s+|all\s+|other\s+)*"
    r"(?:patients?|subjects?|participants?|individuals?|those|people|persons|women|men)\b"
    r"(?:(?!\b(?:unwilling|unable|not|never|refus\w+|exclu\w+|ineligible|only)\b)[^.;:]){0,300}?"
    r"(?<!who )(?<!that )\b(?:is|are|may|can|could|will|would|might)\s+(?:(?:still|also|then|even|be)\s+)*"
    r"(?:eligible(?!\s+(?:for|to)\s+(?!(?:the\s+|this\s+)?(?:study|trial|enrol|inclusion|participa)))"
    r"|allowed|permitted|acceptable|enroll?(?:ed)?|included|participate|enter(?:ed)?|recruited|randomi[sz]ed"
    r"|(?<=be )considered(?!\s+(?:ineligible|unsuitable)))\b"
    r"(?![^.;]*\b(?:ineligible|excluded|not\s+(?:be\s+)?(?:eligible|allowed|permitted|enrolled|participate)))",
    re.IGNORECASE,
)
"""How a sentence lets people in, whoever decides on them and whatever they have to be willing to do."""


def lets_in(words: str) -> bool:
    """Whether a sentence lets people in.

    Example:
        >>> lets_in("Patients who are willing to stop warfarin may be enrolled")
        True
        >>> lets_in("Patients who are eligible for transplantation in the opinion of the investigator")
        False
    """
    return _LETTING_IN.match(words) is not None


def allows(chunks: Sequence[Chunk]) -> bool:
    """Whether something is allowed; "eligible for surgery" says what the patient is fit for."""
    return allowance_at(chunks) is not None


def allowance_at(chunks: Sequence[Chunk]) -> int | None:
    """Return the first chunk that allows something, or None."""
    told = (i for i, chunk in enumerate(chunks) if "allowance" in chunk.classes)
    return next((i for i in told if not _tells_fit(chunks, i) and not _tells_enough(chunks, i)), None)


def ceiling(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the number that an allowance goes up to, and by which it bars more ("up to 3 lines allowed").

    What the number is counted for stays beside it ("up to 2 lines for metastatic disease are allowed").
    """
    values = [chunk for chunk in chunks if chunk.kind == "value"]
    if text.exclusion or len(values) != 1 or any(chunk.classes & _TURNING for chunk in chunks):
        return None
    value, at = values[0].expression, chunks.index(values[0])
    counted = isinstance(value, Value) and value.unit == "{count}" and value.limit.high is not None
    if not isinstance(value, Value) or not counted or any(map(is_content, chunks[:at])):
        return None
    kept = [each for each in chunks[at + 1 :] if each.form not in _VERBS and "allowance" not in each.classes]
    told = counted_for(text, value, kept, kept[-1].end) if kept else None
    return told or (None if any(map(is_content, kept)) else value)


def _tells_enough(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether "acceptable" stands before its noun ("acceptable renal function", "an acceptable method").

    A sentence that starts with it tells what will do, unless that is an organ's function or a concept.
    """
    following = chunks[at + 1] if at + 1 < len(chunks) else None
    if chunks[at].form != "acceptable" or following is None or following.kind not in ("word", "concept"):
        return False
    if all("neutral" in chunk.classes or chunk.form in _LINKING for chunk in chunks[:at]):
        return "label" in following.classes or following.kind == "concept" or following.form in _RANGES
    said = any(chunk.form in _BEING for chunk in chunks[max(0, at - _SOON) : at])
    return not said and following.form not in _BEHIND and "condition" not in following.classes


def _tells_fit(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether "eligible" tells what treatment somebody is fit for ("not considered eligible for surgery")."""
    if chunks[at].form == "not considered" and at + 1 < len(chunks):
        return _tells_fit(chunks, at + 1)
    if chunks[at].form != "eligible" or at + 1 == len(chunks):
        return False
    if "persons" in chunks[at + 1].classes:
        return True
    if chunks[at + 1].form != "for":
        return False
    return any(is_content(each) or each.form in TREATING for each in chunks[at + 2 : at + 5])


def washout(text: Text, chunks: Sequence[Chunk]) -> Window | None:
    """Return the washout that an allowance asks for; None when it asks for none."""
    if "wash" not in text.text[chunks[0].start : chunks[-1].end].lower():
        return None
    units = {"d": "day", "wk": "week", "mo": "month", "a": "year"}
    for chunk in chunks:
        if chunk.window is not None:
            return chunk.window.window
        found = chunk.limit
        if (
            found is not None
            and found.unit is not None
            and found.unit.ucum in units
            and found.limit.low is not None
        ):
            wording = text.text[chunks[0].start : chunk.end]
            return Window(found.limit.low, units[found.unit.ucum], wording[wording.lower().find("wash") :])  # type: ignore[arg-type]
    return None
