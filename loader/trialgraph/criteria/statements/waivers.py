"""Words that ask for nothing: which test needn't be done, what comes later, why children are out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.allowances import allows
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.statements.reproduction import (
    explains_reproduction,
    speaks_of_reproduction,
    without_explanations,
)
from trialgraph.expressions import Limit, Value
from trialgraph.namespaces import TGC

__all__ = ["waives_test", "without_idle", "without_waived_items"]

_AGE = str(TGC.Age)
_TEST = r"(?:\w*tests?|\w*testing|screening|scans?|imaging|puncture|serolog\w+|assays?|report)\b"
_NEEDED = r"(?:required|needed|necessary|mandatory|mandated)\b"
_NOTE = r"\W*(?:(?:please\s+)?(?:note|nb|n\.b\.)\b[\s:,-]*(?:however[\s,]*)?(?:that\s+)?)?"
_PLAIN = r"(?:(?!\b(?:must|should|if|when|where|unless|who|but|however|only)\b)[^.;:()]){0,120}?"
_WAIVED = re.compile(
    rf"{_NOTE}(?:(?:there\s+is\s+)?no\s{_PLAIN}\b{_TEST}{_PLAIN}\b(?:(?:is|are|will\s+be)\s+)?{_NEEDED}"
    rf"|{_PLAIN}\b{_TEST}{_PLAIN}\b(?:(?:is|are|will\s+be|need)\s+)?not\s+(?:\w+ly\s+)?(?:be\s+)?{_NEEDED})"
    r"(?![^.;]*\b(?:but|however|must|should|exclu\w+|may|eligible|allowed|permitted)\b)",
    re.IGNORECASE,
)
"""How words say that a test needn't be done, of which nothing follows for anyone."""
_NEEDS = ("required", "needed", "necessary", "mandat")
_CHILDREN = re.compile(
    r"\W*(?:note\W+)?(?:because|since|as)\b[^.;]{0,400}\b(?:children|they|minors|adolescents)\b[^.;,]{0,30}\bexcluded\b"
    r"(?:(?!\b(?:if|unless|who|with)\b)[^.;]){0,100}$",
    re.IGNORECASE,
)
"""How words tell why those under an age are left out, which the age before them has told."""

_LATER = re.compile(
    r"\W*note\W+(?:that\s+)?(?:(?:the\s+)?(?:patients?|subjects?|participants?),?\s+)?(?:if\s+enrolled,?\s+)?(?:they\s+)?"
    r"(?:should|must)\s+(?:not\s+)?(?:be\s+)?(?:receiv|remain|continue|given)\w*\b[^.;]*"
    r"\b(?:during|while|whilst|throughout|following)\s+(?:the\s+)?(?:receiving\s+|on\s+|enrolled\s+|in\s+)*"
    r"(?:stud|trial|treat|particip|interven|therap)",
    re.IGNORECASE,
)
"""How a note opens on what is to be done once treatment has started, of which nothing follows before."""
_LETTING = re.compile(
    r"\b(?:allow(?:ed|able)|permitted|eligible|acceptable|participate|enroll?(?:ed)?|not excluded)\b",
    re.IGNORECASE,
)
_SAYING_MORE = re.compile(
    r"[a-z)][.;]\s+[A-Z]|(?<!not )\bexclu|\bineligible|\bnot\s+(?:be\s+)?(?:allow|permit|eligib|accept)"
)


def waives_test(words: str) -> bool:
    """Whether words only say of a test that it isn't required.

    Example:
        >>> waives_test("Note: no HIV testing is required unless mandated by local health authority.")
        True
        >>> waives_test("HIV testing is required.")
        False
    """
    return any(need in words.lower() for need in _NEEDS) and _WAIVED.match(words) is not None


def without_idle(text: Text, sentences: Sequence[list[Chunk]]) -> list[list[Chunk]]:
    """Leave out sentences and brackets that ask for nothing, behind those that do.

    A sentence that is a bracket is what stands in it, if that allows something of the one before.
    """
    waiving = any(need in text.lowered for need in _NEEDS)
    kept: list[list[Chunk]] = []
    for each in without_explanations(text, sentences):
        sentence = _without_waivers(text, each) if waiving else each
        if kept:
            words = _words(text, sentence)
            if (waiving and waives_test(words)) or _LATER.match(words) or _explains_age(text, sentence, kept):
                continue
            sentence = _opened(text, sentence)
        kept.append(sentence)
    return kept


def without_waived_items(text: Text, outline: Outline) -> Outline:
    """Leave out the items of a list that ask for nothing, unless there is nothing else."""
    waiving = any(need in text.lowered for need in _NEEDS)
    bearing = speaks_of_reproduction(text)
    if not outline.items or not (waiving or bearing):
        return outline
    told = tuple(
        item for item in outline.items if item.items or not _asks_nothing(text, item, bearing=bearing)
    )
    lead = text.text[outline.start : outline.lead_end].strip()
    if len(told) == len(outline.items) or not (told or lead):
        return outline
    return replace(outline, items=told, end=outline.end if told else outline.lead_end)


def _asks_nothing(text: Text, item: Outline, *, bearing: bool) -> bool:
    words = text.text[item.start : item.end].strip()
    return waives_test(words) or (bearing and explains_reproduction(words))


def _without_waivers(text: Text, sentence: list[Chunk]) -> list[Chunk]:
    """Return a sentence without brackets that waive a test ("known HIV infection (testing not required)")."""
    kept = [chunk for chunk in sentence if chunk.kind != "bracket" or not _waives(text, chunk)]
    return kept or sentence


def _waives(text: Text, bracket: Chunk) -> bool:
    return waives_test(text.text[bracket.start + 1 : bracket.end].rstrip(")] "))


def _words(text: Text, sentence: Sequence[Chunk]) -> str:
    return text.text[sentence[0].start : sentence[-1].end] if sentence else ""


def _explains_age(text: Text, sentence: Sequence[Chunk], before: Sequence[Sequence[Chunk]]) -> bool:
    """Whether a sentence only tells why children are left out, below the age that was asked for before."""
    if "excluded" not in text.lowered:
        return False
    named = [limit for chunk in sentence if (limit := _age(chunk)) is not None]
    if len(named) != 1 or named[0].high is None or not _CHILDREN.match(_words(text, sentence)):
        return False
    asked = [limit for each in before for chunk in each if (limit := _age(chunk)) is not None]
    return any(each.low == named[0].high for each in asked)


def _age(chunk: Chunk) -> Limit | None:
    """Return the limit of an age, which stands behind "patients" without its name ("patients < 18 years")."""
    if chunk.kind == "limit" and chunk.limit is not None and chunk.limit.unit is not None:
        return chunk.limit.limit if chunk.limit.unit.ucum == "a" else None
    told = chunk.expression
    return told.limit if isinstance(told, Value) and told.concept == _AGE else None


def _opened(text: Text, sentence: list[Chunk]) -> list[Chunk]:
    """Return the words of a sentence that stands in brackets and allows something; any other as it is."""
    told = [chunk for chunk in sentence if chunk.kind != "sign"]
    if len(told) != 1 or told[0].kind != "bracket" or not allows(told[0].inner):
        return sentence
    words = _words(text, told[0].inner)
    return (
        list(told[0].inner)
        if _LETTING.search(words) and not _SAYING_MORE.search(words.replace("NOT", "not"))
        else sentence
    )
