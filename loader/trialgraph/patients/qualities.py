"""Qualities that a record states of a thing: how bad it is, whether it has spread, how it was proved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from trialgraph.patients.coding import Json
from trialgraph.patients.elements import Context, codes
from trialgraph.patients.facts import ConditionFact, Fact
from trialgraph.patients.qualitytables import qualities, quality_words

__all__ = ["METASTATIC", "of_condition", "qualities_of"]

_GRADING = ("severity", "clinicalStatus")
"""Elements of a Condition that tell a quality of it."""
METASTATIC = "metastatic"
_TOLD = re.compile(r"[^,;:()\s]+")


def qualities_of(text: str, graded: Iterable[Json]) -> tuple[str, ...]:
    """Return the qualities that the words of a thing, or its severities, state (`qualities.toml`).

    Of those that rule each other out none is stated: "mild to moderate", "uncontrolled, now controlled".
    """
    grades = [each for each in graded if each]
    stated = {code for each in grades for _, code in codes(each)}
    told = [str(each.get("text") or "").casefold() for each in grades]
    words = {*told, *_said(f" {' '.join(_TOLD.findall(text.casefold()))} ")}
    found = [each for each in qualities() if stated & each.codes or not words.isdisjoint(each.words)]
    names = {quality.name for quality in found}
    disputed = {name for quality in found for name in quality.without & names}
    return tuple(each.name for each in found if each.name not in disputed and not each.without & names)


def _said(text: str) -> Iterator[str]:
    """Yield the words for qualities that a text says; what is "poorly controlled" isn't also "controlled"."""
    for word in _longest():
        before, found, behind = text.partition(f" {word} ")
        if found:
            if before.rpartition(" ")[2] not in quality_words().lifted:
                yield word
            text = f"{before} ; {behind}"


@lru_cache(maxsize=1)
def _longest() -> tuple[str, ...]:
    return tuple(
        sorted({word for each in qualities() for word in each.words}, key=lambda word: (-len(word), word))
    )


def of_condition(condition: Json, text: str, stages: Iterable[Fact], context: Context) -> tuple[str, ...]:
    """Return the qualities that a Condition states.

    Args:
        condition: The resource.
        text: What it is called.
        stages: What its stages show: a cancer whose stage is one of distant spread is metastatic.
        context: Of the record.
    """
    told = [*qualities_of(text, [condition.get(name) or {} for name in _GRADING])]
    told += _proved(condition, context)
    told += [METASTATIC for fact in stages if isinstance(fact, ConditionFact) and fact.certain]
    return tuple(dict.fromkeys(told))


def _proved(condition: Json, context: Context) -> Iterator[str]:
    """Yield how a diagnosis was proved, by the tests that are its evidence or that its evidence is of."""
    given = condition.get("evidence") or ()
    tests = [codeable for each in given for codeable in _tests(condition, each, context)]
    named = {code for test in tests for _, code in codes(test)}
    for test in tests:
        texts = [test.get("text"), *(coding.get("display") for coding in test.get("coding") or ())]
        for text in texts:
            if text and not context.coder.is_doubtful(str(text)):
                named |= set(re.findall(r"[a-z]+", str(text).casefold()))
    yield from (quality.name for quality in qualities() if quality.evidence & named)


def _tests(condition: Json, evidence: Json, context: Context) -> Iterator[Json]:
    yield from evidence.get("code") or ()
    for referring in evidence.get("detail") or ():
        report = context.resolve(condition, referring)
        if report is None or report.get("resourceType") != "DiagnosticReport":
            continue
        if context.status(report, "DiagnosticReport.status").counts == "yes":
            yield report.get("code") or {}
            yield from (each for each in report.get("category") or () if isinstance(each, Mapping))
