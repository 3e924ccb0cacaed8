"""Doses that a text plainly states: an amount with its unit, its fractions, and how it is given.

Precision comes first: an amount next to a comparison, a concentration, a strength of a tablet or a
biologically effective dose is left alone. Units and wording are in ``data/registry/doses.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from trialgraph.expressions import Span
from trialgraph.resources import product_folder

__all__ = ["Dose", "Mention", "dosed_concept", "find_doses"]

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_GRAYS = frozenset({"Gy", "cGy"})
_LOOK_BACK = 80  # characters before an amount in which what qualifies it is looked for


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose phrase.

    Args:
        text: The phrase, verbatim, from its amount to the last word on how it is given.
        span: Where it is in the text.
        unit: UCUM code of the amounts.
        low: Least amount stated; None when only an upper limit or the amount per fraction is.
        high: Greatest amount stated; equal to `low` for a single amount.
        fractions: In how many fractions; None when not stated, or stated as a range.
        per_fraction: Amount of each fraction.
    """

    text: str
    span: Span
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    fractions: int | None = None
    per_fraction: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept that a text names, and where."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Wording:
    units: Mapping[str, str]
    phrase: re.Pattern[str]
    not_a_dose: re.Pattern[str]
    at_most: re.Pattern[str]
    at_least: re.Pattern[str]
    after_name: re.Pattern[str]
    before_name: re.Pattern[str]


def find_doses(text: str) -> Iterator[Dose]:
    """Yield the doses that a text states, in reading order; they don't overlap.

    Example:
        >>> [dose] = find_doses("a dose of 8-12 Gy in 5 fractions")
        >>> dose.text, dose.low, dose.high, dose.fractions
        ('8-12 Gy in 5 fractions', Decimal('8'), Decimal('12'), 5)
    """
    if not any(map(str.isdigit, text)):
        return
    wording = _wording()
    for match in wording.phrase.finditer(text):
        dose = _dose(match, wording)
        if dose is not None:
            yield dose


def dosed_concept(text: str, dose: Dose, mentions: Iterable[Mention], since: int = 0) -> Mention | None:
    """Return the mention that a dose belongs to: the one right before it, otherwise right after it.

    Args:
        text: The text that the dose and the mentions are in.
        dose: A dose of it.
        mentions: Concepts that the text names.
        since: Where the dose before ends, or the name that belongs to it.
    Returns:
        None when neither neighbour is a name, so that the text doesn't show what is dosed.
    Example:
        >>> text = "sintilimab 200 mg"
        >>> [dose] = find_doses(text)
        >>> dosed_concept(text, dose, [Mention("sintilimab", 0, 10)]).concept
        'sintilimab'
    """
    wording, (start, end) = _wording(), dose.span
    for mention in mentions:
        if since <= mention.start < mention.end <= start:
            if wording.after_name.fullmatch(text, mention.end, start):
                return mention
        elif mention.start >= end:
            return mention if wording.before_name.fullmatch(text, end, mention.start) else None
    return None


def _dose(match: re.Match[str], wording: _Wording) -> Dose | None:
    before = match.string[max(0, match.start() - _LOOK_BACK) : match.start()]
    unit = wording.units[match["unit"]]
    radiation = unit in _GRAYS
    stray = (match["times"] or match["fractions"] or match["each"]) and not radiation
    at_most = wording.at_most.search(before)
    if stray or (not at_most and wording.not_a_dose.search(before)):
        return None
    low = _amount(match["low"])
    high = _amount(match["high"]) if match["high"] else low
    if low > high:
        return None
    phrase = Dose(match[0].rstrip(), (match.start(), match.start() + len(match[0].rstrip())), unit)
    if match["times"] or match["each"]:
        if low != high:
            return None
        times = int(match["times"]) if match["times"] else None
        return _with(phrase, fractions=times, per_fraction=low)
    return _with(
        phrase,
        low=None if at_most and low == high else low,
        high=None if wording.at_least.search(before) and low == high else high,
        fractions=int(match["fractions"]) if match["fractions"] else None,
        per_fraction=_amount(match["per_fraction"]) if match["per_fraction"] else None,
    )


def _with(
    phrase: Dose,
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    fractions: int | None = None,
    per_fraction: Decimal | None = None,
) -> Dose:
    return Dose(phrase.text, phrase.span, phrase.unit, low, high, fractions, per_fraction)


def _amount(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))


@cache
def _wording() -> _Wording:
    path = product_folder("data") / "registry" / "doses.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    units = {written: code for code, forms in table["units"].items() for written in forms}
    before = table["before"]
    return _Wording(
        units=units,
        phrase=_phrase(units, table["schedule"]["words"], table["after"]["strength"]),
        not_a_dose=_ending(before["not_a_dose"]),
        at_most=_ending(before["at_most"]),
        at_least=_ending(before["at_least"]),
        after_name=_between([*table["beside"]["before"], *table["schedule"]["words"]]),
        before_name=_between(table["beside"]["after"]),
    )


def _between(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:(?:{'|'.join(patterns)})(?!\w)\s*)*", re.IGNORECASE)


def _ending(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})$", re.IGNORECASE)


def _phrase(units: Mapping[str, str], words: Iterable[str], strength: Iterable[str]) -> re.Pattern[str]:
    unit = "|".join(re.escape(written) for written in sorted(units, key=len, reverse=True))
    schedule = "|".join(word.replace(" ", r"\s") for word in words)
    grays = "|".join(re.escape(written) for written in units if units[written] in _GRAYS)
    return re.compile(
        rf"""(?<![\w.,/^*+−–-])
        (?:(?P<times>\d{{1,2}})\s?[x×]\s?)?
        (?P<low>{_NUMBER})
        (?:\s?(?:{unit})?\s?(?:-|–|—|~|to)\s?(?P<high>{_NUMBER}))?
        \s?(?P<unit>{unit})
        (?:(?:,?\s(?:(?:total|delivered|given|administered)\s)?in\s|\s?/\s?)
           (?P<fractions>\d{{1,2}})\s?(?:(?:daily|equal)\s)?(?:fractions?|fx|fr|f)\b
           (?:\s?(?:of|at|/|@|,)\s?(?P<per_fraction>{_NUMBER})\s?(?:{grays})(?:\s(?:each|per\sfraction)|/\s?(?:fraction|fx|f)\b)?)?
          |(?P<each>\s(?:per|each)\sfraction|\s?/\s?(?:fraction|fx)\b))?
        (?![\w/²^(%]|\s?/\s?\w|-\w)
        (?!\s?(?i:{"|".join(strength)})\b)
        (?:\s?\((?i:{schedule})\)|\s?[,;]?\s?(?i:{schedule})(?![\w-]))*""",
        re.VERBOSE,
    )
