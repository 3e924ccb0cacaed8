"""The reference range as a limit: "within normal limits", and the numbers that a bracket gives for it."""

from __future__ import annotations

import re

__all__ = ["OF_THE_PLACE", "after_gloss", "end_of_bracket", "end_of_normal_range", "numbers_of_range"]

OF_THE_PLACE = (
    r"(?:of|the|a|institution(?:al|'s|s)?|laborator(?:y|y's|ies)|lab|local|site(?:'s)?|cent(?:er|re)(?:'s)?|hospital"
    r"|specific|respective|individual|participating|testing|age-?\s?(?:adjusted|appropriate|specific|based)|applicable"
    r"|corresponding|reference|central)"
)
"""Words that tell whose reference range is meant."""
_NORMAL = re.compile(
    rf"(?:with)?in\s+(?:the\s+|their\s+|(?:than|above|{OF_THE_PLACE})\s+)*"
    r"(?:normal(?:\s+(?:institution(?:al)?|laboratory|lab|reference|local))?(?:\s+(?:limits?|ranges?|values?|levels?))?"
    r"|limits?\s+of\s+(?:institution(?:al)?\s+|the\s+)?normal|(?<=institutional\s)limits?|(?<=reference\s)(?:limits?|ranges?))"
    r"(?:\s+(?:of|for|per|at)\s+(?:the\s+)?(?:local\s+)?(?:institution|laboratory|lab|site|normal(?:ity)?|age)\b)?(?![a-z])|WNL\b"
    r"|normal(?=\s*(?:$|[.;,)]))",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\s*\(\s*(?:i\.?e\.?,?\s*)?(?=[\d≤≥<>])", re.IGNORECASE)
_CLOSING = re.compile(r"(?:\s+(?:at|for|in|per)\s[^()\d]{1,30})?\s*\)")
_GLOSS = re.compile(
    r"\s*[(\[]\s*(?:i?[UL]LN|UNL|(?:upper|lower) limits? of (?:the )?normal)\s*[)\]]"
    r"|\s*(?:for|of|per|at)\s+(?:the\s+|each\s+)*(?:local\s+|reporting\s+|participating\s+|reference\s+|testing\s+|central\s+|respective\s+)*"
    r"(?:institution(?:(?:'s|al)?\s+(?:normal|reference)\s+range)?|laboratory|lab|site|age(?:(?:\s+and\s+|/)(?:sex|gender))?)\b(?!\s*[<>≤≥\d])",
    re.IGNORECASE,
)


def end_of_normal_range(text: str, position: int) -> int | None:
    """Return where words for the reference range end that start at a position; None without them."""
    match = _NORMAL.match(text, position)
    return match.end() if match else None


def numbers_of_range(text: str, position: int) -> int | None:
    """Return where the numbers start that a bracket at a position may give for a reference range."""
    match = _NUMBERS.match(text, position)
    return match.end() if match else None


def end_of_bracket(text: str, position: int) -> int | None:
    """Return the character behind a bracket that closes at a position, a place it is told for included."""
    match = _CLOSING.match(text, position)
    return match.end() if match else None


def after_gloss(text: str, position: int) -> int:
    """Return where what only says again what reference range is meant ends."""
    while gloss := _GLOSS.match(text, position):
        position = gloss.end()
    return position
