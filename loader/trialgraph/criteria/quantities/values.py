"""Value atoms: quantities with their limits, one limit for several quantities, ages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.ages import end_of_diagnosis, from_days_to_years, is_of_diagnosis
from trialgraph.criteria.quantities.bounds import (
    after_distance,
    is_exact,
    is_from_age,
    is_ratio,
    led,
    on_scale,
    tells_change,
    tells_distance,
)
from trialgraph.criteria.quantities.directions import directed_by_use, ends_item
from trialgraph.criteria.quantities.fillers import averaged, past_fillers, told_when
from trialgraph.criteria.quantities.findings import ASTRAY, astray, is_no_result, tells_finding
from trialgraph.criteria.quantities.fitting import (
    bounded_alike,
    fit_limit,
    is_wanted,
    likely_value,
    local_name,
    within_normal,
)
from trialgraph.criteria.quantities.limits import parse_limit, parse_range, side_of
from trialgraph.criteria.quantities.methods import past_method
from trialgraph.criteria.quantities.outsides import other_beside, outside_of, reference_beside
from trialgraph.criteria.quantities.scales import alike_scales, parse_choice, parse_scale_limit, parse_sum
from trialgraph.criteria.quantities.series import EITHER, SeriesReader
from trialgraph.criteria.quantities.sides import Found
from trialgraph.criteria.trees import all_of, any_of, dated
from trialgraph.expressions import Expression, Limit, Narrative, Span, Value, Window
from trialgraph.namespaces import TGC

__all__ = ["FoundValue", "ValueReader"]

_BRACKETED = re.compile(
    r"\s*[(\[]\s*(?:i\.?\s?e\.?,?\s*|defined\s+as\s+)?(?=[≤≥<>]|(?:at\s+least|(?:less|more|greater|lower|higher)\s+than)\b)",
    re.IGNORECASE,
)
_BY_SEX = re.compile(
    r"\s*(?:for|in)\s+(?:fe)?(?:males?|men|women)\b[^()]{1,40}\b(?:fe)?(?:males?|men|women)\s*\)",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"\s*[)\]]")
_SIGNS = {("low", True): "≥", ("low", False): ">", ("high", True): "≤", ("high", False): "<"}
_RESULTS = frozenset({"level", "value", "concentration"})
_ARTICLES = frozenset({"a", "an", "the"})
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.IGNORECASE)
_NEAR = 20
_SOON = 4
_PAIR = 2
_FOR_CHILDREN = str(TGC.LanskyPerformanceStatus)
_PERFORMANCE = str(TGC.PerformanceStatus)
_UNKNOWN_UNIT = re.compile(
    r"\s*(?:[×/%^]|-?(?:folds?|times)\b|(?:h|hrs?|hours?)\b|\*(?!\s)|\+\s?\d|,\s?\d{3}\b|x\b|(?!(?:and|or|drinks?|cigs?|steps?|pads?|stools?|voids?)\b)[a-zµ]{1,6}\s?/)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundValue:
    """An expression over value atoms, and the tokens it takes."""

    expression: Expression
    terms: tuple[Term, ...]
    joiner: str
    start: int
    end: int


class ValueReader:
    """Reads values from one text.

    Args:
        text: The normalised text; `tokens` are its tokens.
        mentions: Concepts by the token they start at.
        span: Gives the verbatim span of a stretch of the text.
        term_named: Gives the concept with a local name.
        exclusion: Whether a list of quantities before one limit offers alternatives.
    """

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        mention_at: Callable[[int], Mention | None],
        span: Callable[[int, int], Span],
        term_named: Callable[[str], Term | None],
        *,
        exclusion: bool,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.mention_at = mention_at
        self.span = span
        self.term_named = term_named
        self.exclusion = exclusion
        self.window: Window | None = None
        self.series = SeriesReader(text, tokens, mention_at, exclusion=exclusion)

    def read(self, position: int, lead: str = "") -> FoundValue | None:
        """Return the value that starts with the quantity at a token, or None when it has no limit.

        Args:
            position: The token the quantity starts at.
            lead: A comparator before the quantity ("> NYHA class II", "minimum weight of 40 kg").
        """
        start = self.tokens[position].start
        if tells_change(self.text, start):
            return None
        if group := self._read_scale_group(position):
            return group
        terms, joiner, after = self.series.read(position)
        if not terms or after >= len(self.tokens) or (len(terms) > 1 and any(t.unit == "a" for t in terms)):
            return None
        terms = self._of_diagnosis(terms, is_of_diagnosis(self.text, start))
        offset = self.tokens[after - 1].end
        if not lead and (apart := self._apart(terms, position, offset)) is not None:
            return apart
        found = self._limit_after(terms, position, self.tokens[after - 1].end)
        if found is not None and lead:
            found = led(lead, found)
        elif found is not None and not found.stated:
            found = found if self.exclusion else directed_by_use(self.text, terms, start, found)
        if found is None or not (
            found.stated
            or local_name(terms[-1]) in wording().scales
            or is_from_age(terms[-1], found)
            or is_exact(self.text, terms[-1], found)
        ):
            return None
        if is_ratio(self.text, terms, self.tokens[after - 1].end, found):
            return None
        if tells_distance(self.text, found.end):
            return self._beside_distance(terms, position, found)
        if (either := self._beside_reference(terms, position, found)) is not None:
            return either
        past = end_of_diagnosis(self.text, found.end) if terms[0].unit == "a" else None
        terms = self._of_diagnosis(terms, past is not None)
        end = self.past_method(found.end) if past is None else token_at(self.tokens, past)
        window = (
            self.window
            or told_when(self.text, found.end, self.tokens[end - 1].end)
            or averaged(self.text, start)
        )
        read = self.build(terms, joiner, found, self.tokens[position].start, position, end)
        if read is None or window is None:
            return read
        return replace(read, expression=dated(read.expression, window))

    def _of_diagnosis(self, terms: tuple[Term, ...], told: bool) -> tuple[Term, ...]:  # noqa: FBT001
        """Return the age at diagnosis in place of an age that the words around tell to be it."""
        asked = told and len(terms) == 1 and local_name(terms[0]) == "Age"
        found = self.term_named("AgeAtDiagnosis") if asked else None
        return (found,) if found is not None else terms

    def _outside(self, terms: tuple[Term, ...], position: int, offset: int) -> FoundValue | None:
        """Read "< 0.26 or > 1.65", of which either is enough."""
        told = outside_of(
            self.text, past_fillers(self.text, offset)[0], lambda at: self._parse(terms[-1], at)
        )
        atoms = [self._atom(terms[0], each, self.tokens[position].start) for each in told[:2]] if told else []
        known = [atom for atom in atoms if atom is not None]
        if told is None or len(terms) > 1 or len(known) < len(atoms):
            return None
        return FoundValue(any_of(known), terms, "", position, token_at(self.tokens, told[2]))

    def _apart(self, terms: tuple[Term, ...], position: int, offset: int) -> FoundValue | None:
        """Read two limits that no single one can stand for."""
        return self._outside(terms, position, offset) or self._aged(terms, position, offset)

    def _aged(self, terms: tuple[Term, ...], position: int, offset: int) -> FoundValue | None:
        """Read an age "> 28 days and < 22 years", whose ends are told in units of their own."""
        aged = terms[0].unit == "a" and not self.exclusion
        ends = from_days_to_years(self.text, past_fillers(self.text, offset)[0]) if aged else None
        atoms = [self._atom(terms[0], each, self.tokens[position].start) for each in ends or ()]
        known = [atom for atom in atoms if atom is not None]
        if ends is None or len(known) < len(atoms):
            return None
        return FoundValue(all_of(known), terms, "", position, token_at(self.tokens, ends[1].end))

    def _beside_distance(self, terms: tuple[Term, ...], position: int, found: Found) -> FoundValue | None:
        """Read "> 2 g/dL below the lower limit of normal or < 10 g/dL": of the first only its words."""
        places = after_distance(self.text, found.end)
        second = self._parse(terms[-1], places[1]) if places else None
        if places is None or second is None or not second.stated or tells_distance(self.text, second.end):
            return None
        start = self.tokens[position].start
        read = self.build(terms, "", second, start, position, self.past_method(second.end))
        if read is None:
            return None
        words = Narrative(self.text[start : places[0]].strip(), "not-formalised", self.span(start, places[0]))
        return replace(read, expression=any_of([words, read.expression]))

    def _beside_reference(self, terms: tuple[Term, ...], position: int, found: Found) -> FoundValue | None:
        """Read "≥ 50% or the lower limit of normal", and "< LLN or < 50%, whichever is lower"."""
        beside = None
        if len(terms) == 1:
            beside = reference_beside(self.text, found)
            beside = beside or other_beside(self.text, found, lambda at: self._parse(terms[0], at))
        if beside is None:
            return None
        other, both = beside
        start = self.tokens[position].start
        first, second = self._atom(terms[0], found, start), self._atom(terms[0], other, start)
        if first is None or second is None:
            return None
        joined = (all_of if both else any_of)([first, second])
        expression = joined if self.window is None else dated(joined, self.window)
        return FoundValue(expression, terms, "", position, self.past_method(other.end))

    def past_method(self, offset: int) -> int:
        """Return the token after how a value is measured, which stands behind it."""
        return past_method(self.text, self.tokens, self.mention_at, offset)

    def read_led(self, position: int) -> FoundValue | None:
        """Return the value whose comparator, or "normal", stands before its quantity, at a token."""
        if self.tokens[position].form not in wording().leads:
            return None
        lead, following = self._lead_at(position)
        while lead and following < len(self.tokens) and self.tokens[following].form in _ARTICLES:
            following += 1
        mention = self.mention_at(following) if lead else None
        if mention is None or not mention.term.quantity:
            return None
        if lead in ASTRAY:
            told = tells_finding(self.tokens, position)
            return self._read_astray(position, following, lead) if told else None
        if lead != "normal":
            return self.read(following, lead if lead != "between" else "")
        terms, joiner, after = self.series.read(following)
        offset = self.tokens[after - 1].end
        if self._limit_after(terms, following, offset) is not None or not terms:
            if len(terms) != _PAIR or mention.term.members:
                return None
            # "Normal ALT, and HBV DNA < 2,000 IU/mL": the limit is on the second alone.
            terms, joiner, after = terms[:1], "", self.series.skip_gloss(mention.end)
            offset = self.tokens[after - 1].end
        while after < len(self.tokens) and self.tokens[after].form in _RESULTS:
            after += 1
        start = self.tokens[position].start
        found = Found(Limit(low=1.0, high=1.0), None, None, start, offset, normal=True)
        return self.build(terms, joiner, found, start, following, after)

    def _read_astray(self, position: int, following: int, lead: str) -> FoundValue | None:
        """Read "elevated LDH" and "abnormal potassium": out of the normal range, where no limit is told."""
        if (told := self.read(following)) is not None:
            return replace(told, start=position)
        terms, joiner, after = self.series.read(following)
        if not terms or self._limit_after(terms, following, self.tokens[after - 1].end) is not None:
            return None
        place = self.span(self.tokens[position].start, self.tokens[after - 1].end)
        read = astray(lead, terms, place, either=joiner != "and" or self.exclusion)
        unread = read is None or is_no_result(self.text, self.tokens[after - 1].end)
        return None if unread or read is None else FoundValue(read, terms, joiner, position, after)

    def _lead_at(self, position: int) -> tuple[str, int]:
        """Return the comparator, "between" or "normal" that stands at a token, and the token after it."""
        token = self.tokens[position]
        if token.form in ("normal", "between", *ASTRAY):
            return token.form, position + 1
        compare = wording().compare.match(self.text, token.start)
        if compare is None:
            return "", position
        side, inside = side_of(compare.group())
        return _SIGNS[side, inside], token_at(self.tokens, compare.end())

    def _scale_behind(self, position: int, members: Iterable[Term]) -> Mention | None:
        """Return the scale that is named behind a limit ("performance status ≥ 70 by Lansky")."""
        near = range(position, min(position + _SOON, len(self.tokens)))
        mentions = [mention for index in near if (mention := self.mention_at(index)) is not None]
        return next((mention for mention in mentions if mention.term in members), None)

    def _closes(self, start: int, end: int) -> bool:
        """Whether the token at the end closes a bracket that was opened after the start."""
        opened = any(token.text == "(" for token in self.tokens[start:end])
        return opened and end < len(self.tokens) and self.tokens[end].text == ")"

    def build(
        self, terms: tuple[Term, ...], joiner: str, found: Found, start: int, first: int, end: int
    ) -> FoundValue | None:
        """Return the expression of quantities that share a limit, None when a unit doesn't fit one."""
        if first >= 0 and self._names_group(first) and found.relative_to is None and not found.normal:
            return None
        terms = bounded_alike(terms, found)
        if not terms:
            return None
        atoms = [self._atom(term, found, start) for term in terms]
        known = [atom for atom in atoms if atom is not None]
        if len(known) < len(atoms):
            return None
        listed = joiner != "and" or (len(known) > _PAIR and not is_wanted(all_of(known)))
        either = joiner == "or" or (self.exclusion and listed) or _is_by_age(terms)
        if found.normal and joiner != "or":
            either = False
        if joiner == EITHER and not self.exclusion and len(known) > 1:
            known = [any_of(known[:-1]), known[-1]]
        expression = (any_of if either else all_of)(known)
        if found.loose:
            words = self.text[found.start : found.end].strip()
            expression = all_of(
                [expression, Narrative(words, "not-formalised", self.span(found.start, found.end))]
            )
        return FoundValue(expression, terms, joiner, first, end)

    def _names_group(self, position: int) -> bool:
        """Whether the quantity at a token is a group: its members share multiples, not numbers."""
        mention = self.mention_at(position)
        return mention is not None and bool(mention.term.members)

    def _limit_after(self, terms: tuple[Term, ...], position: int, offset: int) -> Found | None:
        offset, self.window = past_fillers(self.text, offset)
        if bracket := _BRACKETED.match(self.text, offset):
            found = self._parse(terms[-1], bracket.end())
            method = wording().method.match(self.text, found.end) if found else None
            closing = _CLOSING.match(self.text, method.end() if method else found.end) if found else None
            if found and closing is None and _BY_SEX.match(self.text, found.end):
                return found
            return replace(found, end=closing.end()) if found and closing else None
        start = self.tokens[position].start
        if _BETWEEN.search(self.text[max(0, start - _NEAR) : start]):
            return parse_range(self.text, offset)
        return self._parse(terms[-1], offset)

    def _parse(self, term: Term, offset: int) -> Found | None:
        if local_name(term) in wording().sums and (told := parse_sum(self.text, offset)) is not None:
            return told
        if (scale := wording().scales.get(local_name(term))) is not None:
            return parse_scale_limit(self.text, offset, scale)
        if term.unit == "{score}" and (choice := parse_choice(self.text, offset)) is not None:
            return choice
        return on_scale(self.text, term, parse_limit(self.text, offset))

    def _read_scale_group(self, position: int) -> FoundValue | None:
        """Read a limit on "performance status": on the first of its scales that has the numbers."""
        mention = self.mention_at(position)
        scales = wording().scales
        if mention is None or not any(local_name(term) in scales for term in mention.term.members):
            return None
        offset, _ = past_fillers(self.text, self.tokens[mention.end - 1].end)
        members = {local_name(term): term for term in mention.term.members}
        for name in scales:
            found = parse_scale_limit(self.text, offset, scales[name]) if name in members else None
            if found is not None:
                start, end = self.tokens[position].start, token_at(self.tokens, found.end)
                told = self._scale_behind(end, members.values())
                name = local_name(told.term) if told is not None else name
                alike = alike_scales(self.text, name, self.term_named)
                if told is not None and len(alike) == 1:
                    end = told.end + self._closes(end, told.end)
                return self.build(alike, "or" if len(alike) > 1 else "", found, start, -1, end)
        return None

    def _parts(self, offset: int) -> bool:
        """Whether a stroke behind a limit parts it from the next quantity ("SBP > 170/DBP > 105")."""
        following = token_at(self.tokens, offset) + 1
        stroke = following < len(self.tokens) and self.tokens[following - 1].text == "/"
        mention = self.mention_at(following) if stroke else None
        return mention is not None and mention.term.quantity

    def _atom(self, term: Term, found: Found, start: int) -> Expression | None:
        span = self.span(start, found.end)
        if found.normal:
            return within_normal(term, span)
        bare = found.unit is None and found.relative_to is None
        scored = local_name(term) in wording().scales
        if bare and not scored and _UNKNOWN_UNIT.match(self.text, found.end) and not self._parts(found.end):
            return None
        fitted = fit_limit(term, found)
        if fitted is None and bare and ends_item(self.text, found.end):
            return likely_value(term, found, self.text[start : found.end].strip(), span)
        named = [self.term_named(name) for name in wording().by_unit.get(local_name(term), ()) if not bare]
        told = found.unit.ucum if found.unit is not None else None
        others = sorted(named, key=lambda other: other is None or other.unit != told)
        for other in others:
            if fitted is None and other is not None:
                term, fitted = other, fit_limit(other, found)
        if fitted is None:
            return None
        limit, unit = fitted
        return Value(term.iri, term.label, limit, unit, found.relative_to, None, span)


def _is_by_age(terms: tuple[Term, ...]) -> bool:
    """Whether some score children and others adults, so that nobody has both ("Karnofsky/Lansky ≥ 60")."""
    children = {term.iri == _FOR_CHILDREN for term in terms}
    return len(children) > 1 and all(term.is_a(_PERFORMANCE) for term in terms)
