"""Numbers as criteria write them: digits and their separators, powers of ten, words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import isinf

from trialgraph.criteria.language.wording import wording

__all__ = ["Number", "parse_number", "scaled"]

_PER_VOLUME = r"(?=\s?(?:cells?)?\s?(?:/|per\s)\s?(?:mm|cu|[µu]L|mL\b|mc|micro))"
_DIGITS = (
    rf"\d{{1,3}}(?:\.\d{{3}})+{_PER_VOLUME}|\d{{1,3}}(?:, \d{{3}})+{_PER_VOLUME}"
    r"|\d{1,3}(?: \d{3})+(?=\s?/)|\d{1,3}(?:'\d{3})+(?!\d)"
    r"|\d{1,3}(?:,\d{3})+(?!\d|,\d)(?:\.\d+)?|\d+[.·]\d+|\d+,\d(?![\d,])|\d+|\.\d+"
)
_DECIMAL_COMMA = re.compile(r"\d+,\d")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_CELLS = re.compile(_PER_VOLUME, re.IGNORECASE)
_POWER = r"(?:\s*(?:×|x|\*)?\s*10\s?\^\s?(?P<power>\d{1,2})(?!\d)|(?P<kilo>k)\b(?!\s?/))?"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its value with the power of ten, that power, and where it ends."""

    value: float
    exponent: int
    end: int


@cache
def _number_pattern() -> re.Pattern[str]:
    words = "|".join(sorted(wording().numbers, key=len, reverse=True))
    counted = r"10\s?\^\s?(?P<alone>\d{1,2})(?=\s?(?:cop|IU|cp))"
    return re.compile(
        rf"(?:{counted}|(?P<digits>{_DIGITS}){_POWER}"
        rf"|(?P<word>{words})\b(?![-\s](?:{words})\b)(?:\s*\(\d+\))?)",
        re.IGNORECASE,
    )


def parse_number(text: str, position: int) -> Number | None:
    """Return the number that starts at a position, in digits or in words; None without one."""
    match = _number_pattern().match(text, position)
    if match is None:
        return None
    if match["word"]:
        return Number(wording().numbers[match["word"].lower()], exponent=0, end=match.end())
    if match["alone"]:
        return Number(10.0 ** int(match["alone"]), exponent=0, end=match.end())
    digits = match["digits"].replace("·", ".")
    if _DECIMAL_COMMA.fullmatch(digits):
        digits = digits.replace(",", ".")
    if _THOUSANDS.fullmatch(digits) and _CELLS.match(text, match.end("digits")):
        digits = digits.replace(".", "")
    value = float(digits.replace(",", "").replace(" ", "").replace("'", ""))
    if isinf(value):
        return None
    exponent = int(match["power"]) if match["power"] else 3 if match["kilo"] else 0
    return Number(scaled(value, exponent), exponent, match.end())


def scaled(value: float, exponent: int) -> float:
    """Multiply by a power of ten without the dust of binary fractions."""
    return float(f"{value!r}e{exponent}") if "e" not in repr(value) else value * 10.0**exponent
