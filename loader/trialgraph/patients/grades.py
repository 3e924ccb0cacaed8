"""Grades and scores that answers state: "Child-Pugh class A", "NYHA II", "2+", "ECOG PS 1"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialgraph.patients.amounts import amount_of
from trialgraph.patients.answers import answer_of, result_of
from trialgraph.patients.coding import Json, Reading
from trialgraph.patients.elements import Context
from trialgraph.patients.facts import Amount, Coded

__all__ = ["graded", "scored"]

_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBERED = re.compile(r"((?:[^\W\d_]|[\s:=()/-])*?)(\d+(?:\s*-\s*\d+)?)\s*%?(?:\s*[-–:,(.]\s*\D*)?")
_POINTS = re.compile(r"(.*?[A-C])\s*[-(]?\s*(\d{1,2})\s*(?:points?)?\s*\)?", re.IGNORECASE)
"""A class with its points: "B7", "Child-Pugh A (6 points)"."""
_BETWEEN = re.compile(r"\s*(?:[-–/]|\bto\b|\bor\b)\s*")


def graded(codeable: Json, asked: Reading, context: Context) -> Amount | None:
    """Return the stretch of a quantity's scale that a grade means; None when it means none for sure.

    A grade may need its question to be one: "B", or "class B", answers "Child-Pugh class".

    Args:
        codeable: The answer.
        asked: What was asked after: one quantity.
        context: Of the record.
    """
    (quantity,) = asked.what.concepts
    unit = context.coder.concepts[quantity].unit or ""
    result = result_of(codeable, [quantity])
    if result is not None and result.concept:
        return None  # It says that something is there, or isn't, not how much.
    if result is not None:
        return Amount(result.low, result.high, unit=unit)
    texts = _texts(codeable)
    found = {_coded(codeable, quantity, context)} - {None}
    found = found or {_stretch(text, asked, context) for text in texts}
    if len(found) == 1 and None not in found:
        return found.pop()
    answer = answer_of(codeable)
    if answer is None and unit == "{score}":
        return _numbered(texts, quantity, context)
    if answer is None or not unit.startswith("{"):
        return None
    if answer.low is not None:
        return Amount(answer.low, answer.high, unit=unit)
    return None if answer.positive else Amount(0.0, 0.0, unit=unit)


def _texts(codeable: Json) -> list[str]:
    texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
    return list(dict.fromkeys(" ".join(str(text).split()) for text in texts if text))


def _coded(codeable: Json, quantity: str, context: Context) -> Amount | None:
    if not context.coder.coded(codeable, {"measurement"}):
        return None
    reading = context.coder.read({"coding": codeable.get("coding") or ()}, {"measurement"})
    return _of(reading.what.concepts, quantity, context)


def _of(iris: tuple[str, ...], quantity: str, context: Context) -> Amount | None:
    concepts = context.coder.concepts
    for iri in iris:
        concept = concepts[iri]
        if concept.score is not None and concept.score_of == quantity:
            return Amount(concept.score.low, concept.score.high, unit=concepts[quantity].unit or "")
    return None


def _stretch(text: str, asked: Reading, context: Context) -> Amount | None:
    """Return what a grade, or a range of grades ("NYHA I-II"), means."""
    plain = re.sub(r"\s*\([^()\d]*\)\s*$", "", text)
    whole = _grade(plain, asked, context)
    points = _POINTS.fullmatch(text)
    among = _grade(points[1], asked, context) if points else None
    if points and among and among.low is not None and among.high is not None:
        exact = float(points[2])
        return Amount(exact, exact, unit=among.unit) if among.low <= exact <= among.high else None
    ends = _BETWEEN.split(plain)
    if whole is not None or len(ends) != 2:
        return whole
    first, last = (_grade(end, asked, context) for end in ends)
    if first is None or last is None or first.low is None or last.high is None or first.low > last.high:
        return None
    return Amount(first.low, last.high, unit=first.unit)


def _grade(text: str, asked: Reading, context: Context) -> Amount | None:
    (quantity,) = asked.what.concepts
    for name in _names(text, asked, context):
        found = context.coder.named(name, {"measurement"}, whole=True)
        amount = _of(tuple(sorted(found)), quantity, context)
        if amount is not None:
            return amount
    return None


def _names(text: str, asked: Reading, context: Context) -> Iterator[str]:
    """Yield how a grade may be called, with its question: "II" as "NYHA class II"."""
    yield text
    told = text.split()
    concept = context.coder.concepts[asked.what.concepts[0]]
    for name in (asked.what.text, concept.label, *concept.synonyms, *concept.abbreviations):
        question = name.split()
        repeated = question and len(told) > 1 and told[0].casefold() == question[-1].casefold()
        yield " ".join([*question, *(told[1:] if repeated else told)])


def _numbered(texts: list[str], quantity: str, context: Context) -> Amount | None:
    """Read a number, or a range of numbers, beside words that are in a name of the score: "ECOG PS 1-2".

    What follows behind a dash or in brackets explains the number ("1 - restricted").
    """
    concept = context.coder.concepts[quantity]
    names = (concept.label, *concept.synonyms, *concept.abbreviations, "grade", "level", "ps")
    words = {word for name in names for word in _LETTERS.findall(name.casefold())}
    found = set()
    for text in texts:
        match = _NUMBERED.fullmatch(text)
        if match and set(_LETTERS.findall(match[1].casefold())) <= words:
            found.add(amount_of(match[2]))
    return found.pop() if len(found) == 1 else None


def scored(codeable: Json, context: Context) -> tuple[Coded, Amount] | None:
    """Return the quantity and stretch of its scale that an answer names by itself."""
    reading = context.coder.read(codeable, {"measurement"})
    if reading.what.by_text and not context.coder.named(reading.what.text, {"measurement"}, whole=True):
        return None
    for iri in reading.what.concepts:
        concept = context.coder.concepts[iri]
        if concept.score is not None and concept.score_of is not None:
            unit = context.coder.concepts[concept.score_of].unit or ""
            what = Coded(reading.what.text, (concept.score_of,), reading.what.by_text)
            return what, Amount(concept.score.low, concept.score.high, unit=unit)
    return None
