"""Tables of a limit by age and sex, as those of the serum creatinine that children may have.

"Creatinine based on age/gender as follows: 2 to < 6 years: 0.8; … ≥ 16 years: 1.7 (male), 1.4 (female)".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import Expression, Fact, Limit, Span, Value
from trialgraph.namespaces import TGC

__all__ = ["Table", "outline_without", "tables_of"]

_LEAD = re.compile(
    r"(?:(?:an?|the)\s+)?(?:(?:maximum|normal)\s+)?(?:serum\s+)?(?P<quantity>creatinine)(?:\s*\([^()]{1,60}\))?\s*,?\s*"
    r"(?:(?:(?:levels?|limits?|values?|maximum|as)\s+)*(?:based\s+(?:up)?on|according\s+to|by|for|adjusted\s+for)\s+"
    r"(?:the\s+|patient'?s?\s+)?(?:age|gender|sex)\b"
    r"|(?:is\s+|must\s+be\s+)?(?:at\s+or\s+)?(?:below|less\s+than|within|≤|<)\s+(?:or\s+equal\s+to\s+)?the\s+(?:maximum|max|values?|limits?)\b"
    r"[^.;:*≥>\d]{0,40}\b(?:below|following)\b)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\bage\b(?:\s*\([^()]{1,12}\))?[\s;,|]+max(?:imum|\.)?\s+(?:serum\s+)?(?P<quantity>creatin(?:in)?e)\b(?:\s*\(mg/dL\))?",
    re.IGNORECASE,
)
"""The columns of a table, right before its rows."""
_APART = re.compile(
    r"\b(?:clearance|GFR|filtration|eligible|patients?|participants?|subjects?)\b", re.IGNORECASE
)
_BEFORE_AGE = re.compile(
    r"(?:[\s*•;:,.()o-]|\b(?:ages?|and|years?|mg/dL)\b)*?(?=(?:ages?\b|[≥>\d]))", re.IGNORECASE
)
_AGE = re.compile(r"(?P<age>ages?)\s*:?\s*", re.IGNORECASE)
_AFTER_AGE = re.compile(r"\s*(?:-?\s*(?:of\s+age|old)\b)", re.IGNORECASE)
_FILLER = re.compile(
    r"[\s:;,()\[\]*•=≤/|-]+|(?:maximum|max\.?|serum|creatin(?:in)?e|m[gd]/dL|for|both|and|or|of|age)(?![a-z])",
    re.IGNORECASE,
)
_SEX = re.compile(
    r"(?:(?P<male>males?|men|boys?|m)|(?P<female>females?|women|girls?|f))(?![a-z])", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:0?\.\d+|[1-9]\d*(?:\.\d+)?)(?![\d.]*\d)")
_HEADED = re.compile(r"\bmale\b(?:(?!\bfemale\b).){1,60}\bfemale\b", re.IGNORECASE)
_OWN = re.compile(r"\bmax(?:imum|\.)?\s+(?:serum\s+)?creatin(?:in)?e\b", re.IGNORECASE)
_AGED = re.compile(r"(?<![\w.])(?:ages?\s*:?\s*)?[≥>\d]", re.IGNORECASE)
_NEAR = 48
_QUANTITY = "reatin"
_FURTHEST = 240
"""How many characters may lie between what is limited and the first row."""
_LONGEST = 160
_FEWEST = 2
_SEXES = {"male": (str(TGC.MaleSex), "male sex"), "female": (str(TGC.FemaleSex), "female sex")}
_AGES = frozenset({"a", "mo"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table's characters in a text, and what it demands."""

    start: int
    end: int
    expression: Expression


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    end: int
    age: Limit
    unit: str
    limits: tuple[tuple[str, float], ...]


def tables_of(
    text: str, find: Callable[[str], Term | None], span: Callable[[int, int], Span]
) -> dict[int, Table]:
    """Return the tables of a text by their first character.

    Args:
        text: A criterion's readable text.
        find: Gives the concept with a name.
        span: Gives the verbatim span of a stretch of the text.
    """
    found: dict[int, Table] = {}
    if _QUANTITY not in text:
        return found
    end = 0
    for lead in sorted((*_LEAD.finditer(text), *_HEADER.finditer(text)), key=lambda match: match.start()):
        term, age = find(lead["quantity"]), find("age")
        rows = list(_rows(text, lead.end())) if lead.start() >= end else []
        if term is None or age is None or len(rows) < _FEWEST:
            continue
        demands = [_demand(row, term, age, span) for row in rows]
        if wording().wanted.get(local_name(term)) != "high" or term.unit is None:
            continue
        end = rows[-1].end
        if (
            text.count("(", lead.start(), end) > text.count(")", lead.start(), end)
            and text[end : end + 1] == ")"
        ):
            end += 1
        found[lead.start()] = Table(lead.start(), end, all_of(demands))
    return found or _unled(text, find, span)


def _unled(
    text: str, find: Callable[[str], Term | None], span: Callable[[int, int], Span]
) -> dict[int, Table]:
    """Return rows that say themselves what they limit ("Age: 3 to < 6 years; maximum creatinine: 0.8")."""
    found: dict[int, Table] = {}
    term, age, end = find("creatinine"), find("age"), 0
    for named in _OWN.finditer(text):
        for sign in _AGED.finditer(text, max(end, named.start() - _NEAR), named.start()):
            row = _row(text, sign.start(), None, headed=False)
            if (
                row is not None
                and row.start < named.start() < row.end
                and term is not None
                and age is not None
            ):
                end = row.end
                found[row.start] = Table(row.start, end, _demand(row, term, age, span))
                break
    return found


def _rows(text: str, offset: int) -> Iterator[_Row]:
    """Yield the rows of a table behind its lead."""
    first = _first_age(text, offset)
    if first is None or _APART.search(text, offset, first):
        return
    headed = _HEADED.search(text, offset, first) is not None
    row = _row(text, first, None, headed=headed)
    while row is not None:
        yield row
        opening = _BEFORE_AGE.match(text, row.end, row.end + _FURTHEST)
        row = _row(text, opening.end(), row, headed=headed) if opening else None


def _first_age(text: str, offset: int) -> int | None:
    for sign in _AGED.finditer(text, offset, offset + _FURTHEST):
        if _row(text, sign.start(), None, headed=True) is not None:
            return sign.start()
    return None


def _age_at(text: str, offset: int) -> tuple[Limit, str, int, bool] | None:
    """Return the ages that start at an offset, their unit, where they end, and whether they are a range."""
    named = _AGE.match(text, offset)
    found = parse_limit(text, named.end() if named else offset)
    if found is None or found.relative_to is not None:
        return None
    unit = found.unit.ucum if found.unit else "a" if named and found.stated else None
    if unit not in _AGES:
        return None
    after = _AFTER_AGE.match(text, found.end)
    return found.limit, unit, after.end() if after else found.end, found.stated


def _row(text: str, start: int, before: _Row | None, *, headed: bool) -> _Row | None:
    aged = _age_at(text, start)
    if aged is None:
        return None
    age, unit, offset, ranged = aged
    if not ranged:
        # "16 years" behind "13 to < 16 years" has lost its "≥".
        if before is None or before.age.high != age.low:
            return None
        age = Limit(low=age.low)
    numbers, sexes, end = _cells(text, offset)
    limits = _limits(numbers, sexes, headed=headed)
    return _Row(start, end, age, unit, limits) if limits else None


def _cells(text: str, offset: int) -> tuple[list[float], list[str], int]:
    """Return the numbers and sexes of a row in order, and the character after the last of them."""
    numbers: list[float] = []
    sexes: list[str] = []
    end, position = offset, offset
    while position < min(len(text), offset + _LONGEST):
        if filler := _FILLER.match(text, position):
            position = filler.end()
            continue
        if numbers and _age_at(text, position) is not None:
            break
        number, sex = _NUMBER.match(text, position), _SEX.match(text, position)
        if number:
            numbers.append(float(number.group()))
        elif sex:
            sexes.append("male" if sex["male"] else "female")
        else:
            break
        end = position = (number or sex).end()  # type: ignore[union-attr]
    opened = text.count("(", offset, end) - text.count(")", offset, end)
    while opened > 0 and (closing := re.compile(r"\s*(?:mg/dL)?\s*\)").match(text, end)):
        end, opened = closing.end(), opened - 1
    return numbers, sexes, end


def _limits(numbers: list[float], sexes: list[str], *, headed: bool) -> tuple[tuple[str, float], ...]:
    """Return each number with the sex it is for, "" for both; none when they can't be told apart."""
    if len(numbers) == 1:
        return (("", numbers[0]),) if len(set(sexes)) != 1 else ((sexes[0], numbers[0]),)
    if len(numbers) != 2:
        return ()
    order = sexes if len(sexes) == 2 else ["male", "female"] if headed and not sexes else []
    if len(set(order)) != 2:
        return ()
    if numbers[0] == numbers[1]:
        return (("", numbers[0]),)
    return tuple(zip(order, numbers, strict=True))


def _demand(row: _Row, term: Term, age: Term, span: Callable[[int, int], Span]) -> Expression:
    """Return what a row demands: of those of its age and sex that they keep its limit."""
    place = span(row.start, row.end)
    aged = Value(age.iri, age.label, row.age, row.unit, None, None, place)
    demands: list[Expression] = []
    for sex, number in row.limits:
        limit = Value(term.iri, term.label, Limit(high=number), term.unit, None, None, place)
        case: list[Expression] = [aged]
        if sex:
            iri, label = _SEXES[sex]
            case.append(Fact(iri, label, "demographic", span=place))
        demands.append(any_of([negate(all_of(case)), limit]))
    return all_of(demands)


def outline_without(outline: Outline, tables: dict[int, Table]) -> Outline:
    """Return the outline with the rows of tables no items of their own, but part of what leads them in."""
    for table in tables.values():
        outline = _without(outline, table)
    return outline


def _without(outline: Outline, table: Table) -> Outline:
    if not outline.items or not outline.start <= table.start < outline.end:
        return outline
    kept: list[Outline] = []
    for item in outline.items:
        if table.start < item.start < table.end:
            if kept:
                last = kept[-1]
                closed = last.lead_end == last.end
                kept[-1] = replace(last, end=item.end, lead_end=item.end if closed else last.lead_end)
            continue
        kept.append(item)
    kept = [_without(item, table) for item in kept]
    lead_end = outline.lead_end
    if not kept or outline.items[0] is not kept[0]:
        lead_end = (
            kept[0].start if kept and kept[0].start > table.start else outline.end if not kept else lead_end
        )
    return replace(outline, items=tuple(kept), lead_end=lead_end)
