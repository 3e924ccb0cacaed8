"""Classes of a scale that is named elsewhere ("class III or IV heart failure by NYHA")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialgraph.criteria.language.tokens import token_at
from trialgraph.criteria.language.vocabulary import Mention
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.bounds import beyond
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.scales import parse_scale_limit
from trialgraph.criteria.quantities.values import FoundValue, ValueReader

__all__ = ["read_class"]

_CLASS = frozenset({"class", "classes"})
_GRADE = frozenset({"grade", "grades", "stage", "classification"})
_SYSTEM = frozenset(
    {"functional", "classification", "class", "criteria", "system", "scale", "standard", "definition"}
)
_BETWEEN = re.compile(
    r"[\s,(]*(?:(?:severity|as|defined|classified|assessed|determined|graded|by|per|according|to|of|on|the|under)\b\s*)*",
    re.IGNORECASE,
)
_SOON = 3
_CLASS_NEAR = 24
_CLASS_FAR = 24
_DEFINED = re.compile(
    r"\s*,?\s*(?:as\s+)?(?:defined|classified|assessed|graded|according|by|per|of)\b", re.IGNORECASE
)
_CUT = re.compile(r"\s?[-/~]\s?[IVX\d]")
"""What makes of a class the start of a range that isn't understood."""
_COPULAS = frozenset({"be", "is", "are"})
_THAN = re.compile(r"\b(?P<side>better|worse)\s+than\s*$", re.IGNORECASE)
_STOPS = frozenset({".", ";"})
_NEAR = 16
_LEADS = frozenset({"of", "symptomatic", "active", "uncontrolled", "chronic"})
_NAMED = frozenset({"association", "functional", "society"})
"""Words before a class which tell that its scale was named, if not in a way that is known."""
_JOINTS = frozenset({"(", ",", "-", "["})


def read_class(values: ValueReader, position: int) -> FoundValue | None:
    """Return the value of "class III or IV heart failure by NYHA", the scale behind or long before.

    Grades and stages are told of much else, so their scale has to be named behind them.
    """
    word = _class_word(values, position)
    if word < 0:
        return None
    graded = values.tokens[word].form in _GRADE
    for index in (*_behind(values, word), *(() if graded else _before(values, position))):
        mention = values.mention_at(index)
        scale = wording().scales.get(local_name(mention.term)) if mention else None
        if mention is None or scale is None or not scale.symbols or (graded and not scale.grades):
            continue
        start = values.tokens[position].start
        found = parse_scale_limit(values.text, start, scale)
        told = index > position and found is not None and found.end > values.tokens[index].start
        if found is None or told or _CUT.match(values.text, found.end) or values.read(index) is not None:
            return None
        end = token_at(values.tokens, found.end)
        if index > position and _BETWEEN.fullmatch(values.text, found.end, values.tokens[index].start):
            end = _past_scale(values, position, values.series.skip_gloss(mention.end))
        if than := _THAN.search(values.text, max(0, start - _NEAR), start):
            found = beyond(found, scale.better, better=than["side"].lower() == "better")
        return values.build((mention.term,), "", found, start, -1, end)
    return None if graded else _by_disease(values, position)


def _by_disease(values: ValueReader, position: int) -> FoundValue | None:
    """Return the value of a class whose scale the disease beside it tells ("class III heart failure")."""
    if position and values.tokens[position - 1].form in _NAMED:
        return None
    start = values.tokens[position].start
    for name, scale in wording().scales.items():
        term = values.term_named(name) if scale.grades else None
        found = parse_scale_limit(values.text, start, scale) if term is not None else None
        if term is None or found is None or _CUT.match(values.text, found.end):
            continue
        end = token_at(values.tokens, found.end)
        beside = (_disease_behind(values, end), _disease_before(values, position))
        if any(mention is not None and local_name(mention.term) in scale.grades for mention in beside):
            return values.build((term,), "", found, start, -1, end)
    return None


def _disease_behind(values: ValueReader, index: int) -> Mention | None:
    while index < len(values.tokens) and values.tokens[index].form in _LEADS:
        index += 1
    return values.mention_at(index)


def _disease_before(values: ValueReader, position: int) -> Mention | None:
    """Return the concept that ends before a class, with a bracket or a comma at most between them."""
    end = position - 1 if position and values.tokens[position - 1].text in _JOINTS else position
    names = (values.mention_at(index) for index in range(max(0, end - _SOON * 2), end))
    return next((mention for mention in names if mention is not None and mention.end == end), None)


def _past_scale(values: ValueReader, position: int, end: int) -> int:
    """Return the token after a scale that is named right behind a class, with the bracket around it."""
    while end < len(values.tokens) and values.tokens[end].form in _SYSTEM:
        end += 1
    opened = any(token.text == "(" for token in values.tokens[position:end])
    closed = any(token.text == ")" for token in values.tokens[position:end])
    closes = opened and not closed and end < len(values.tokens) and values.tokens[end].text == ")"
    return end + closes


def _class_word(values: ValueReader, position: int) -> int:
    """Return the token of the word for a class, at a token or behind the comparator there; -1 without one."""
    words = _CLASS | _GRADE
    if values.tokens[position].form in words:
        return position
    compare = wording().compare.match(values.text, values.tokens[position].start)
    after = token_at(values.tokens, compare.end()) if compare else len(values.tokens)
    return after if after < len(values.tokens) and values.tokens[after].form in words else -1


def _behind(values: ValueReader, word: int) -> Iterator[int]:
    """Yield the tokens behind a word for a class, as far as its sentence or bracket goes."""
    depth = 0
    for index in range(word + 1, min(word + _CLASS_NEAR, len(values.tokens))):
        token = values.tokens[index].text
        depth += (token == "(") - (token == ")")
        if depth < 0 and _DEFINED.match(values.text, values.tokens[index].end):
            depth = 0
        if token in _STOPS or depth < 0:
            return
        yield index


def _before(values: ValueReader, position: int) -> Iterator[int]:
    """Yield the tokens before a class, from the sentence before too where it says what somebody is."""
    told = any(token.form in _COPULAS for token in values.tokens[max(0, position - _SOON) : position])
    for index in range(position - 1, max(-1, position - _CLASS_FAR), -1):
        goes_on = values.tokens[index].text == ";" and values.tokens[index + 1].form == "or"
        if values.tokens[index].text in _STOPS and not (told or goes_on):
            return
        yield index
