"""How many cycles or agents of treatment a text asks for ("at least 2 cycles of chemotherapy")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from trialgraph.criteria.language.choices import alternatives
from trialgraph.criteria.language.literals import Sought, needed_by_all
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.doses import Dose
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.quantities.sides import Found
from trialgraph.expressions import Limit, Span, Value

__all__ = ["counts_of", "limit_before"]

_CYCLE = frozenset({"cycle"})
_BETWEEN = frozenset(
    [
        "prior",
        "previous",
        "full",
        "complete",
        "completed",
        "total",
        "initial",
        "additional",
        "consecutive",
        ",",
    ]
)
_BEHIND = _BETWEEN | {
    "of", "the", "any", "a", "an", "standard", "care", "induction", "neoadjuvant", "adjuvant", "systemic",
    "front", "line", "first", "1l", "combination", "intensive", "cytotoxic", "upfront", "frontline",
}  # fmt: skip
_FARTHEST = 7
_FARTHEST_LIMIT = 12
_NOUNS = ("agent", "agents", "drug", "drugs", "inhibitor", "inhibitors", "based", "containing")
_HOLDING = r"(?:with|containing|using|that\s+(?:include[ds]?|contain(?:s|ed)?))"
_COUNTED_AGENTS = Sought(
    r"(?:\d|\b(?:one|two|three|four|five|more|fewer))\)?\s+(?:[^\s.;]+\s+){0,4}?[a-zA-Z-]*"
    r"(?:TK|RPI|RSI|RTA|NHA|nhibitor|gent|ndrogen|axane|TNF|umor nec|nduction|CDK|line|regimen)",
    re.NOFLAG,
)
"""A number soon before what agents may be called."""
_MOST = 100


def counts_of(
    text: str,
    tokens: Sequence[Token],
    mentions: Mapping[int, Mention],
    named: Callable[[str], Term | None],
    span: Callable[[int, int], Span],
) -> list[Dose]:
    """Return the limits on numbers of cycles of treatment and of agents of one kind, in text order.

    Args:
        text: The normalised text.
        tokens: Its tokens.
        mentions: Concepts by the token they start at.
        named: Gives the concept with a local name.
        span: Gives the verbatim span of a stretch of the text.
    """
    return [
        *(_cycles_of(text, tokens, mentions, named, span) if "cycle" in text else ()),
        *(_agents_of(text, tokens, named, span) if _COUNTED_AGENTS.search(text) else ()),
    ]


def _cycles_of(
    text: str,
    tokens: Sequence[Token],
    mentions: Mapping[int, Mention],
    named: Callable[[str], Term | None],
    span: Callable[[int, int], Span],
) -> list[Dose]:
    found: list[Dose] = []
    for index, token in enumerate(tokens):
        if token.form not in _CYCLE:
            continue
        limited = limit_before(text, tokens, index)
        given = _treatment_behind(tokens, mentions, index + 1)
        term = _counted(given, named) if given is not None else None
        if limited is None or given is None or term is None:
            continue
        start, end = tokens[limited[0]].start, tokens[given.end - 1].end
        value = Value(term.iri, term.label, limited[1].limit, term.unit, None, None, span(start, end))
        found.append(Dose(value, start, end, start))
    return found


@cache
def _agents() -> tuple[tuple[re.Pattern[str], str, frozenset[str]], ...]:
    """Return the patterns of agents of one kind, or lines of them, each with what counts them."""
    said = wording()
    adjective = rf"(?:{alternatives([*said.lines['adjectives'], 'approved', 'oral', 'additional'])})[\s-]+"
    noun = rf"(?:{alternatives([*said.lines['nouns'], *said.lines['heads'], *_NOUNS])})"
    found = []
    for name, kinds in said.agents_of.items():
        kind = rf"(?:{alternatives(kinds)})"
        lines = rf"(?:(?:lines?|regimens?)\s+(?:of|with)\s+(?:{adjective})*)?"
        one = rf"(?<![\w-])(?:{adjective})*{lines}{kind}s?(?:\s+{noun})*\b(?![-/])"
        pattern = re.compile(rf"{one}(?!\s+(?:cycle|dose|course|week|month|year|infusion))", re.IGNORECASE)
        found.append((pattern, name, needed_by_all([alternatives(kinds).lower()])))
    therapy = rf"(?:{alternatives(said.lines['nouns'])})"
    held = rf"(?:{adjective})*(?:lines?|regimens?)\s+of\s+(?:{adjective})*{therapy}\s+"
    for name, kinds in said.lines_of.items():
        kind = rf"(?:an?\s+)?(?:{alternatives(kinds)})(?:-(?:based|containing))?s?(?:\s+{noun})*"
        pattern = re.compile(rf"(?<![\w-]){held}{_HOLDING}\s+{kind}\b(?![-/])", re.IGNORECASE)
        found.append((pattern, name, needed_by_all([alternatives(kinds).lower()])))
    return tuple(found)


def _agents_of(
    text: str,
    tokens: Sequence[Token],
    named: Callable[[str], Term | None],
    span: Callable[[int, int], Span],
) -> list[Dose]:
    """Return the limits on numbers of agents of a kind; that there was one at least is but a fact."""
    lowered, starts = text.lower(), {token.start: index for index, token in enumerate(tokens)}
    found: dict[int, Dose] = {}
    for pattern, name, needed in _agents():
        for match in pattern.finditer(text) if any(map(lowered.__contains__, needed)) else ():
            first, term = starts.get(match.start()), named(name)
            limited = limit_before(text, tokens, first) if first is not None else None
            if limited is None or term is None or limited[1].limit == Limit(low=1.0):
                continue
            start, end = tokens[limited[0]].start, match.end()
            if start not in found or found[start].end < end:
                value = Value(term.iri, term.label, limited[1].limit, term.unit, None, None, span(start, end))
                found[start] = Dose(value, start, end, start)
    return list(found.values())


def limit_before(text: str, tokens: Sequence[Token], index: int) -> tuple[int, Found] | None:
    """Return where the limit right before a token starts, and the limit."""
    for first in range(max(0, index - _FARTHEST_LIMIT), index):
        found = parse_limit(text, tokens[first].start)
        if found is None or not found.stated or found.unit is not None or found.end > tokens[index].start:
            continue
        between = [token.form for token in tokens[first:index] if token.start >= found.end]
        numbers = [number for number in (found.limit.low, found.limit.high) if number is not None]
        if all(form in _BETWEEN for form in between) and all(number <= _MOST for number in numbers):
            return first, found
    return None


def _treatment_behind(tokens: Sequence[Token], mentions: Mapping[int, Mention], index: int) -> Mention | None:
    """Return the treatment that cycles are of."""
    if index >= len(tokens) or tokens[index].form != "of":
        return None
    for at in range(index + 1, min(index + _FARTHEST, len(tokens))):
        mention = mentions.get(at)
        if mention is not None and mention.term.category == "treatment":
            return mention
        if tokens[at].form not in _BEHIND and tokens[at].text != "-":
            return None
    return None


def _counted(given: Mention, named: Callable[[str], Term | None]) -> Term | None:
    """Return the number that cycles of a treatment are counted by; None for one without."""
    name = wording().cycles.get(local_name(given.term))
    return None if name is None else named(name)
