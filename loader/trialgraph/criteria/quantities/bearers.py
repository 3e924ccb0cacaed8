"""Limits whose quantity stands behind them, or is told by the condition before them."""

from __future__ import annotations

import re

from trialgraph.criteria.language.vocabulary import Mention
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.amounts import amount_at, dated_by
from trialgraph.criteria.quantities.bounds import SCALED
from trialgraph.criteria.quantities.enclosed import read_enclosed
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.pairs import pair_at
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.quantities.values import FoundValue, ValueReader

__all__ = ["value_beside"]

_BEHIND = frozenset(["corrected", "predicted", "of", "for", "total", "serum", "in"])
_BEFORE_SCALE = frozenset(["on", "the", "in", "of", "by", "using", "per", "for", "a", "at"])
_BEFORE = frozenset(
    [
        "(",
        "[",
        ":",
        ",",
        "of",
        "with",
        "i.e",
        "defined",
        "as",
        "is",
        "to",
        "-",
        "at",
        "an",
        "average",
        "mean",
        "rated",
        "intensity",
        "severity",
    ]
)
_SCORE = re.compile(r"\b(?:scor(?:e|es|ing|ed)|levels?|ratings?|results?)\b[^.;]{0,24}$", re.IGNORECASE)
_PRESSURES = re.compile(r"[^\d()]{0,24}\d{2,3}\s?/\s?\d{2,3}\s*mm\s?-?(?:of\s)?Hg\b", re.IGNORECASE)
"""Two numbers over each other in the unit of pressures, which are those of the blood."""
_AGE_BEFORE = re.compile(
    r"\b(?:years?|yrs?)(?:\s+(?:old|of\s+age))?\s*(?:,|and|or|/|with|weighing|\s)+$", re.IGNORECASE
)
_TESTS = frozenset({"values", "measurements", "levels", "readings", "tests", "results", "determinations"})
"""What is counted by a number before it."""
_BLASTS = {"PeripheralBloodBlastPercentage", "BoneMarrowBlastPercentage"}
_OTHER_SITE = re.compile(
    r"\s*(?:and/or|or|and|/)\s*(?:the\s+)?(?:peripheral\s+blood|PB|blood|bone\s+marrow|BM|marrow)\b(?!\s+\w*blast)"
    r"(?:\s+(?:aspirate|biopsy))?",
    re.IGNORECASE,
)
"""Where blasts may be as well, behind the place where they are counted."""
_NEAR = 40
_MOST_BETWEEN = 3
_LONGEST_NAME = 6


def value_beside(values: ValueReader, position: int, limit: Found) -> FoundValue | None:
    """Return the value that a limit at a token states of a quantity that isn't named in front of it."""
    if not limit.stated:
        return read_enclosed(values, position, limit)
    if _PRESSURES.match(values.text, limit.start):
        return pair_at(values, wording().pairs["BloodPressure"], position, values.tokens[position].start)
    return (
        amount_at(values, position, limit)
        or _of_quantity_behind(values, position, limit)
        or _of_condition_before(values, position, limit)
        or _beside_age(values, position, limit)
    )


def _beside_age(values: ValueReader, position: int, limit: Found) -> FoundValue | None:
    """Read "≥ 12 years and > 40 kg": a weight beside an age is that of the body."""
    weighs = limit.unit is not None and limit.unit.ucum in ("kg", "[lb_av]")
    if not weighs or not _AGE_BEFORE.search(values.text[max(0, limit.start - _NEAR) : limit.start]):
        return None
    term, start = values.term_named("BodyWeight"), values.tokens[position].start
    end = _token_at(values, limit.end, position)
    return None if term is None else values.build((term,), "", limit, start, -1, end)


def _token_at(values: ValueReader, offset: int, position: int) -> int:
    while position < len(values.tokens) and values.tokens[position].start < offset:
        position += 1
    return position


def _of_quantity_behind(values: ValueReader, position: int, limit: Found) -> FoundValue | None:
    """Read "at least 1500 granulocytes"."""
    index = _token_at(values, limit.end, position)
    if scored := _on_scale(values, index, limit):
        index = scored
    else:
        while index < len(values.tokens) and values.tokens[index].form in _BEHIND:
            index += 1
    if (named := _in_bracket(values, index)) is not None:
        start = values.tokens[position].start
        return values.build((named.term,), "", limit, start, -1, named.end + 1)
    mention = values.mention_at(index)
    if mention is None or not mention.term.quantity or mention.term.unit in ("a", None):
        return None
    bare = limit.unit is None and limit.relative_to is None
    last = values.tokens[mention.end - 1 : mention.end + 1]
    if bare and any(token.text.lower() in _TESTS for token in last):
        return None  # "at least three PSA values"
    counted = limit.unit is not None and limit.unit.ucum == mention.term.unit
    if mention.term.unit.startswith("{") and not scored and not counted:
        return None
    if _has_limit_behind(values, index) and not (counted and mention.term.unit == "{plus}"):
        return None
    start, end, terms = values.tokens[position].start, mention.end, [mention.term]
    while (following := _joined(values, end)) is not None and following.term.unit == mention.term.unit:
        terms, end = [*terms, following.term], following.end
    if (either := _at_either_site(values, mention, limit, start)) is not None:
        return either if limit.limit.low is not None or not values.exclusion else None
    end = values.past_method(values.tokens[end - 1].end)
    return values.build(tuple(terms), "and" if len(terms) > 1 else "", limit, start, -1, end)


def _has_limit_behind(values: ValueReader, index: int) -> bool:
    """Whether a quantity has a limit behind it, rather than the next one alone ("> 5% A or B > 9 mg/dL")."""
    read = values.read(index)
    return read is not None and (len(read.terms) == 1 or read.joiner != "or")


def _at_either_site(values: ValueReader, named: Mention, limit: Found, start: int) -> FoundValue | None:
    """Read "≥ 20% blasts in the peripheral blood or bone marrow"; fewer of them have to be so in both."""
    name = local_name(named.term)
    behind = values.tokens[named.end - 1].end
    site = _OTHER_SITE.match(values.text, behind) if name in _BLASTS else None
    other = values.term_named((_BLASTS - {name}).pop()) if site is not None else None
    if site is None or other is None:
        return None
    both = limit.limit.low is None or site.group().lstrip().lower().startswith("and ")
    end = values.past_method(site.end())
    return values.build((named.term, other), "and" if both else "or", limit, start, -1, end)


def _joined(values: ValueReader, index: int) -> Mention | None:
    """Return the quantity that "and" joins to the one before a token, without a limit of its own."""
    joined = index + 1 < len(values.tokens) and values.tokens[index].form in ("and", "&")
    mention = values.mention_at(index + 1) if joined else None
    if mention is None or not mention.term.quantity or values.read(index + 1) is not None:
        return None
    return mention


def _in_bracket(values: ValueReader, index: int) -> Mention | None:
    """Return the quantity that stands alone in a bracket behind a limit ("< 140 mmHg (systolic)")."""
    opened = index < len(values.tokens) and values.tokens[index].text == "("
    mention = values.mention_at(index + 1) if opened else None
    if mention is None or not mention.term.quantity or mention.end >= len(values.tokens):
        return None
    return mention if values.tokens[mention.end].text == ")" and mention.term.unit == "mm[Hg]" else None


def _on_scale(values: ValueReader, index: int, limit: Found) -> int:
    """Return the token where the scale of "a score ≥ 24 on the MMSE" starts; 0 when none follows."""
    first = index
    while index < len(values.tokens) and values.tokens[index].form in _BEFORE_SCALE:
        index += 1
    mention = values.mention_at(index)
    scored = mention is not None and mention.term.unit == "{score}" and index > first
    told = limit.unit is None and limit.relative_to is None
    return (
        index
        if scored and told and _SCORE.search(values.text[max(0, limit.start - _NEAR) : limit.start])
        else 0
    )


def _of_condition_before(values: ValueReader, position: int, limit: Found) -> FoundValue | None:
    """Read "bradycardia (< 50 beats/min)" as a limit on the heart rate."""
    last = position - 1
    while last >= 0 and position - last <= _MOST_BETWEEN and values.tokens[last].form in _BEFORE:
        last -= 1
    for first in range(last, max(-1, last - _LONGEST_NAME), -1):
        mention = values.mention_at(first)
        if mention is None or mention.end != last + 1:
            continue
        condition = local_name(mention.term)
        pair = next((each for each in wording().pairs.values() if condition in each.conditions), None)
        if pair is not None:
            return pair_at(values, pair, position, values.tokens[position].start)
        name, side = wording().measured_by.get(condition, ("", ""))
        if not name:
            continue
        if _is_part(values, mention, range(max(0, first - _LONGEST_NAME), first)):
            return None
        term = values.term_named(name)
        scored = term is not None and term.unit == "{score}"
        if (
            term is None
            or (scored and not SCALED.match(values.text, limit.end))
            or (limit.limit.high if side == "high" else limit.limit.low) is not None
        ):
            return None
        start, end = values.tokens[position].start, _token_at(values, limit.end, position)
        return dated_by(values.text, limit.end, values.build((term,), "", limit, start, -1, end))
    return None


def _is_part(values: ValueReader, named: Mention, before: range) -> bool:
    """Whether a name is the end of one for something else ("ER or PR positive (≥ 1%)" isn't PR positive)."""
    longer = (values.mention_at(first) for first in before)
    return any(
        each is not None and each.end == named.end and not each.term.is_a(named.term.iri) for each in longer
    )
