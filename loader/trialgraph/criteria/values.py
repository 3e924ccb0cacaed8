"""Value atoms: quantities with their limits, one limit for several quantities, ages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from trialgraph.criteria.limits import Found, parse_limit, parse_scale_limit
from trialgraph.criteria.tokens import Token
from trialgraph.criteria.vocabulary import Mention, Term
from trialgraph.criteria.wording import wording
from trialgraph.expressions import AllOf, AnyOf, Expression, Limit, Span, Value

__all__ = ["FoundValue", "ValueReader"]

_MASS_AND_MOLAR = frozenset({"mass concentration", "molar concentration"})
_EXCHANGEABLE = (
    _MASS_AND_MOLAR,
    frozenset({"clearance", "clearance per area"}),
    frozenset({"mass", "mass rate"}),
    frozenset({"enzyme concentration", "arbitrary concentration"}),
)
_FILLER = re.compile(
    r"(?:\s|:|=|,(?=\s*(?:must|should|of|is|with)\b)|-(?=\s)|\b(?:of|is|are|was|were|be|been|being|must|should|shall|has|have|to|with|a(?=\s+(?:minimum|maximum|score|level|value|count|value))|an|the|as|at(?!\s+(?:least|most))|level|levels|count|counts|value"
    r"|values|score|scores|scale|status|performance|class|grade|concentration|results?|estimate[sd]?|calculated|measured|by|for|liver"
    r"|function|in|range|ranging|points?|index|rate|defined|serum|plasma|total|cells?|ps|patients?|both|fasting|either|time|dose|dipstick|classification|rating|each|equals?|functional|when|screening|baseline|ratio)\b)*",
    re.IGNORECASE,
)
_GLOSS = re.compile(r"\s*[(\[][^()\[\]≤≥<>]{1,90}[)\]]")
_JOINERS = {"/": "/", ",": ",", "and": "and", "or": "or", "&": "and", "plus": "and", ";": ";"}
_THOUSAND = 1000
_MOST_TOKENS = 200
"""How far the names before a limit are followed, so that a text of nothing but names takes no longer."""
_YEARS_PER = {"a": 1.0, "mo": 1 / 12}


@dataclass(frozen=True, slots=True)
class FoundValue:
    """An expression over value atoms, and the tokens it takes."""

    expression: Expression
    terms: tuple[Term, ...]
    joiner: str
    start: int
    end: int


@cache
def _dimensions() -> dict[str, str]:
    return {unit.ucum: unit.dimension for unit in wording().units.values()}


class ValueReader:
    """Reads values from one text.

    Args:
        text: The normalised text, of which `tokens` are the tokens.
        mentions: Concepts by the token they start at.
        span: Gives the verbatim span of a stretch of the text.
        exclusion: Whether a list of quantities before one limit offers alternatives.
    """

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        mention_at: Callable[[int], Mention | None],
        span: Callable[[int, int], Span],
        *,
        exclusion: bool,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.mention_at = mention_at
        self.span = span
        self.exclusion = exclusion

    def read(self, position: int) -> FoundValue | None:
        """Return the value that starts with the quantity at a token, or None when it has no limit."""
        terms, joiner, after = self._quantities(position)
        if not terms or after >= len(self.tokens):
            return None
        found = self._limit_after(terms[-1], self.tokens[after - 1].end)
        if found is None:
            return None
        end = self._token_at(found.end)
        return self.build(terms, joiner, found, self.tokens[position].start, position, end)

    def build(
        self, terms: tuple[Term, ...], joiner: str, found: Found, start: int, first: int, end: int
    ) -> FoundValue | None:
        """Return the expression of quantities that share a limit, None when a unit doesn't fit one."""
        if self._names_group(first) and found.relative_to is None:
            return None
        atoms = [self._atom(term, found, start) for term in terms]
        known = [atom for atom in atoms if atom is not None]
        if len(known) < len(atoms):
            return None
        either = joiner == "or" or (self.exclusion and joiner != "and")
        expression: Expression = known[0] if len(known) == 1 else (AnyOf if either else AllOf)(tuple(known))
        return FoundValue(expression, terms, joiner, first, end)

    def _names_group(self, position: int) -> bool:
        """Whether the quantity at a token is a group: its members share multiples, not numbers."""
        mention = self.mention_at(position)
        return mention is not None and bool(mention.term.members)

    def _quantities(self, position: int) -> tuple[tuple[Term, ...], str, int]:
        mention = self.mention_at(position)
        terms: list[Term] = []
        joiner = ""
        furthest = position + _MOST_TOKENS
        while mention is not None and mention.term.quantity and mention.start < furthest:
            terms += [term for term in mention.term.members or (mention.term,) if term not in terms]
            after = self._skip_gloss(mention.end)
            following, joined = after, ""
            while (
                following < len(self.tokens)
                and self.tokens[following].form in _JOINERS
                and following < after + 3
            ):
                sign = _JOINERS[self.tokens[following].form]
                joined = sign if joined in ("", ",", "/") else joined
                following += 1
            if not joined:
                adjacent = self.mention_at(after)
                if adjacent is None or adjacent.term.iri != mention.term.iri:
                    return tuple(terms), joiner, after
                mention = adjacent
                continue
            position = after
            mention = self._next_quantity(following)
            if mention is not None:
                joiner = joined if joiner in ("", ",", "/") else joiner
        return tuple(terms), joiner, position

    def _next_quantity(self, position: int) -> Mention | None:
        while position < len(self.tokens) and self.tokens[position].form in (
            "serum",
            "plasma",
            "total",
            "a",
            "an",
            "the",
        ):
            mention = self.mention_at(position)
            if mention is not None:
                return mention
            position += 1
        return self.mention_at(position) if position < len(self.tokens) else None

    def _skip_gloss(self, position: int) -> int:
        """Step over a bracketed abbreviation or explanation of a quantity."""
        while position < len(self.tokens) and self.tokens[position].form in ("(", "["):
            gloss = _GLOSS.match(self.text, self.tokens[position - 1].end)
            if gloss is None:
                return position
            position = self._token_at(gloss.end())
        return position

    def _token_at(self, offset: int) -> int:
        """Return the first token at or after a character."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        return low

    def _limit_after(self, term: Term, offset: int) -> Found | None:
        for _ in range(4):
            filler = _FILLER.match(self.text, offset)
            offset = filler.end() if filler else offset
            gloss = _GLOSS.match(self.text, offset)
            if gloss is None:
                break
            offset = gloss.end()
        scale = wording().scales.get(term.iri.rpartition("/")[2])
        if scale is not None:
            return parse_scale_limit(self.text, offset, scale)
        found = parse_limit(self.text, offset)
        return found if found and found.stated else None

    def _atom(self, term: Term, found: Found, start: int) -> Value | None:
        fitted = fit_limit(term, found)
        if fitted is None:
            return None
        limit, unit = fitted
        return Value(term.iri, term.label, limit, unit, found.relative_to, None, self.span(start, found.end))


def fit_limit(term: Term, found: Found) -> tuple[Limit, str | None] | None:
    """Return the limit and its UCUM unit for a quantity; None when the unit can't be one of it."""
    is_scale = term.iri.rpartition("/")[2] in wording().scales
    if found.relative_to is not None:
        return None if is_scale or term.unit == "a" else (found.limit, None)
    if is_scale:
        return found.limit, None
    if term.unit == "a":
        return _fit_age(found)
    if found.unit is None:
        return _fit_bare(term, found)
    dimension = _dimensions().get(term.unit or "")
    if dimension is None or found.unit.dimension == dimension:
        return (found.limit, found.unit.ucum) if dimension is not None else None
    if any({found.unit.dimension, dimension} <= group for group in _EXCHANGEABLE):
        return found.limit, f"{found.unit.ucum}/(24.h)" if found.unit.dimension == "mass" else found.unit.ucum
    return None


def _fit_age(found: Found) -> tuple[Limit, str | None] | None:
    if found.unit is None:
        return found.limit, "a"
    if found.unit.ucum not in ("a", "mo", "wk", "d"):
        return None
    return found.limit, found.unit.ucum


def _fit_bare(term: Term, found: Found) -> tuple[Limit, str | None] | None:
    """Fit a limit without a unit: right for ratios and scores, and plain for cell counts per microlitre."""
    if term.unit is None or term.unit.startswith("{") or term.unit == "1":
        return found.limit, None
    low, high = found.limit.low, found.limit.high
    if term.unit == "10*9/L" and min(v for v in (low, high) if v is not None) >= _THOUSAND:
        return (
            Limit(
                None if low is None else low / _THOUSAND,
                found.limit.low_inclusive,
                None if high is None else high / _THOUSAND,
                found.limit.high_inclusive,
            ),
            term.unit,
        )
    return None
