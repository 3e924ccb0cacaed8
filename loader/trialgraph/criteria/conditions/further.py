"""Another limit on the quantities of a value: in which unit it is, and on which side."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.tokens import token_at
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.bounds import moved
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.quantities.values import FoundValue
from trialgraph.expressions import Expression, Value, atoms

__all__ = ["is_multiple", "other_limit", "plainer"]

_UNITED = re.compile(r"\s*(?:[/%°^]|[mµu]?g\b|mg|[µum]?mol)", re.IGNORECASE)
_ENDED = re.compile(r"[.;*•]\s")
_NEAR = 60
_MOST_FOLD = 5
_FOLD = re.compile(r"\s*(?:-?\s?(?:times|fold)\b|[x×](?!\s*\d))", re.IGNORECASE)
_FOLD_FORMS = frozenset({"x", "×", "time", "times", "fold"})
_OF_OWN = re.compile(
    r"\s*(?:[x×]|times|fold)?\s*(?:of\s+)?(?:(?:their|the|his|her|patient'?s?|individual|own|pre-?\w+)\s+)*baseline\b",
    re.IGNORECASE,
)
"""What a limit is a multiple of that is each patient's own ("≤ 1.5 × their baseline")."""
_IN_CASE = frozenset({"for", "in", "with"})
_BARE = re.compile(r"\d[\d,.]*$")


def other_limit(text: Text, value: Chunk, limits: list[Chunk]) -> FoundValue | None:
    """Return a value's quantities with the other limit, when there is one and its unit fits."""
    found = limits[0].limit if len(limits) == 1 else None
    if found is None or value.value is None or _OF_OWN.match(text.text, found.end):
        return None
    found = _alike(text, found, value)
    terms = _in_unit(text, value.value.terms, found, value.value.expression)
    told = text.values.build(terms, value.value.joiner, found, found.start, -1, 0)
    if told is None and (same := _in_same_unit(found, value.value.expression)) is not None:
        told = text.values.build(terms, value.value.joiner, same, found.start, -1, 0)
    return told


def _in_same_unit(found: Found, expression: Expression) -> Found | None:
    """Return a number without a unit in that of the limit before it ("≤ 1.5 mg/dL (< 2.0 in …)")."""
    known = {(atom.unit, atom.limit) for atom in atoms(expression) if isinstance(atom, Value)}
    if found.unit is not None or found.relative_to is not None or len(known) != 1:
        return None
    ((ucum, first),) = known
    unit = next((each for each in wording().units.values() if each.ucum == ucum and each.factor == 1), None)
    pairs = ((first.low, found.limit.low), (first.high, found.limit.high))
    bounds = [(one, two) for one, two in pairs if one is not None or two is not None]
    near = all(one and two and one / _MOST_FOLD <= two <= one * _MOST_FOLD for one, two in bounds)
    return replace(found, unit=unit) if unit is not None and bounds and near else None


def plainer(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Return chunks about another limit with its bare number as one, and without "times" behind it.

    "(25,000 if …)", "(≤ 5 x if …)".
    """
    cased = len(chunks) > 1 and ("condition" in chunks[1].classes or chunks[1].form in _IN_CASE)
    if cased and chunks[0].kind == "word" and _BARE.match(chunks[0].form):
        found = parse_limit(text.text, chunks[0].start)
        if found is not None and found.limit.low is not None:
            chunks = [Chunk("limit", found.start, found.end, limit=found), *chunks[1:]]
    kept: list[Chunk] = []
    for index, chunk in enumerate(chunks):
        following = chunks[index + 1].form if index + 1 < len(chunks) else ""
        folds = chunk.form in _FOLD_FORMS or (chunk.form == "-" and following in _FOLD_FORMS)
        if not (folds and kept and kept[-1].kind == "limit"):
            kept.append(chunk)
    return kept


def _in_unit(text: Text, terms: tuple[Term, ...], found: Found, expression: Expression) -> tuple[Term, ...]:
    """Return the quantity of another limit whose unit tells ("CrCl ≥ 60 mL/min or ≥ 60 mL/min/1.73 m²")."""
    if len(terms) > 1 or found.unit is None:
        return terms
    behind = text.mentions.get(token_at(text.tokens, found.end))
    if behind is not None and behind.term.quantity and behind.term.unit == found.unit.ucum == terms[0].unit:
        return (behind.term,)  # "> 150 mmHg systolic or 90 mmHg diastolic"
    first = {atom.unit for atom in atoms(expression) if isinstance(atom, Value)}
    name = wording().other_units.get(local_name(terms[0]), {}).get(found.unit.ucum)
    other = text.values.term_named(name) if name is not None and found.unit.ucum not in first else None
    return (other,) if other is not None else terms


def _alike(text: Text, found: Found, base: Chunk) -> Found:
    """Let a bare number behind a limit be a bound of the same kind ("≤ 1.7 for men and 1.4 for women")."""
    told = base.value.expression if base.value is not None else None
    value = next((atom for atom in atoms(told) if isinstance(atom, Value)), None) if told else None
    if value is None:
        return found
    if value.relative_to is not None and found.unit is None and _FOLD.match(text.text, found.end):
        found = replace(found, relative_to=found.relative_to or value.relative_to)
    first = value.limit
    if _continues(text, found, base, value):
        found = replace(found, relative_to=value.relative_to)
    if found.stated or found.limit.low is None or found.limit.low != found.limit.high:
        return found
    if (first.low is None) == (first.high is None):
        return found
    return replace(found, limit=moved(first, found.limit.low), stated=True)


def is_multiple(text: Text, found: Found, value: Chunk) -> bool:
    """Whether a number without a unit is one of the same multiples as a value before it."""
    known = [atom for atom in atoms(value.expression) if isinstance(atom, Value)] if value.expression else []
    return bool(known) and _continues(text, found, value, known[0])


def _continues(text: Text, found: Found, base: Chunk, value: Value) -> bool:
    """Whether a number without a unit is a multiple too ("≤ 2.5 × ULN, or ≤ 5 if …"), the larger one."""
    bare = found.unit is None and found.relative_to is None and value.relative_to == "ULN"
    high, first = found.limit.high, value.limit.high
    if not bare or high is None or first is None or not first < high <= _MOST_FOLD * first:
        return False
    near = found.start - base.end <= _NEAR and not _ENDED.search(text.text, base.end, found.start)
    named = (text.tokens[index].start for index, mention in text.mentions.items() if mention.term.quantity)
    near = near and not any(base.end <= start < found.start for start in named)
    return near and not _UNITED.match(text.text, found.end)
