"""How many cycles or lines of treatment a text asks for ("at least 2 cycles of chemotherapy")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from trialgraph.criteria.language.choices import alternatives
from trialgraph.criteria.language.literals import needed_by_all
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.doses import Dose
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import Found, parse_limit
from trialgraph.expressions import Limit, Span, Value

__all__ = ["cycles_of", "with_lines"]

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
_MOST = 100


def cycles_of(
    text: str,
    tokens: Sequence[Token],
    mentions: Mapping[int, Mention],
    named: Callable[[str], Term | None],
    span: Callable[[int, int], Span],
) -> list[Dose]:
    """Return the limits on numbers of cycles of treatment, in text order.

    Args:
        text: The normalised text.
        tokens: Its tokens.
        mentions: Concepts by the token they start at.
        named: Gives the concept with a local name.
        span: Gives the verbatim span of a stretch of the text.
    """
    found: list[Dose] = []
    if "cycle" not in text:
        return found
    for index, token in enumerate(tokens):
        if token.form not in _CYCLE:
            continue
        limited = _limit_before(text, tokens, index)
        given = _treatment_behind(tokens, mentions, index + 1)
        term = _counted(given, named) if given is not None else None
        if limited is None or given is None or term is None:
            continue
        start, end = tokens[limited[0]].start, tokens[given.end - 1].end
        value = Value(term.iri, term.label, limited[1].limit, term.unit, None, None, span(start, end))
        found.append(Dose(value, start, end, start))
    return found


def _limit_before(text: str, tokens: Sequence[Token], index: int) -> tuple[int, Found] | None:
    """Return where the limit right before a token starts, and the limit."""
    for first in range(max(0, index - _FARTHEST), index):
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


@cache
def _lines() -> re.Pattern[str]:
    said = wording().lines
    adjective = (
        rf"(?:{alternatives(said['adjectives'])})(?:\s+|\s*/\s*|\s+(?:and|or)\s+(?!prior\b|previous\b)|-)"
    )
    noun = rf"(?:{alternatives(said['nouns'])})"
    head = rf"(?:{alternatives(said['heads'])})"
    linked = rf"(?:of\s+|(?=(?:prior|previous)\s))(?:{adjective})*"
    return re.compile(
        rf"(?<![\w-])(?:(?:{adjective})*{head}\s+{linked}{noun}"
        rf"|(?:{adjective})+(?:{noun}\s+)?{head})\b"
        r"(?!\s+(?:of|based|containing)\b|-)",
        re.IGNORECASE,
    )


@cache
def _lined() -> frozenset[str]:
    """Return letters of which every text that tells of lines has some, in lower case."""
    return needed_by_all([alternatives(wording().lines["heads"]).lower()])


@cache
def _lines_of() -> tuple[tuple[re.Pattern[str], str, frozenset[str]], ...]:
    """Return the patterns of lines of one kind of therapy, each with the quantity that counts them.

    Behind them are letters of which every text that a pattern fits has some, in lower case.
    """
    said = wording().lines
    adjective = rf"(?:{alternatives([*said['adjectives'], 'additional', 'combination'])})(?:\s+|\s*/\s*|-)"
    noun = rf"(?:{alternatives([*said['nouns'], 'chemotherapy'])})"
    head = rf"(?:{alternatives(said['heads'])})"
    found = []
    for name, kinds in wording().lines_of.items():
        kind = rf"(?:cytotoxic\s+)?(?:{alternatives(kinds)})"
        behind = rf"(?:{adjective})*{head}\s+of\s+(?:{adjective})*{kind}(?:\s+(?:{adjective})*{noun})?"
        ahead = rf"(?:{adjective})*{kind}\s+(?:{noun}\s+)?{head}"
        pattern = re.compile(rf"(?<![\w-])(?:{behind}|{ahead})\b(?![-/])", re.IGNORECASE)
        found.append((pattern, name, needed_by_all([alternatives(kinds).lower()])))
    therapy = r"(?:therap(?:y|ies)|treatments?)"
    counted = (
        rf"(?<![\w-])(?:{adjective})+{therapy}\b(?!\s+(?:with|of|using|lines?|regimens?|cycles?)\b|[-/])"
    )
    pattern = re.compile(counted, re.IGNORECASE)
    found.append((pattern, wording().lines["quantity"][0], needed_by_all([therapy])))
    return tuple(found)


_COUNTED = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|more|fewer))\)?\s(?:[^\s.;]+\s){0,6}?"
    r"(?:lines?|regimens?|chemotherap(?:y|ies)|therap(?:y|ies)|treatments?)\b"
)
"""A number soon before what is counted, without which no text is looked through for lines of therapy."""
_BARE = re.compile(r"(?:prior|previous)\s+(?:therap(?:y|ies)|treatments?)", re.IGNORECASE)
_OF_KINDS = re.compile(
    r"\s+(?:that\s+|which\s+)?(?:must\s+)?(?:have\s+)?(?:includ|contain|consist|compris)", re.IGNORECASE
)
_COUNTABLE = ("line", "regimen", "therap", "treatment")
_NUMBERED = re.compile(r"(?:\d|\b(?:one|two|three|four|five|six|more|fewer))\)?\s+$", re.IGNORECASE)
_NEAR = 12
_SOON = 5
_LITTLE = frozenset({"a", "an", "any", "the", "either", "prior", "single", "agent"})


def with_lines(
    text: str,
    lowered: str,
    tokens: Sequence[Token],
    mentions: dict[int, Mention],
    named: Callable[[str], Term | None],
) -> None:
    """Let numbered lines of therapy be a quantity, however they are called ("2 lines of SOC therapy").

    Args:
        text: A text.
        lowered: The same in lower case.
        tokens: Its words.
        mentions: Concepts by the token they start at; counts are put in place of what they count.
        named: Gives the concept of a local name.
    """
    if not any(map(lowered.__contains__, _COUNTABLE)) or not _COUNTED.search(lowered):
        return
    term = named(wording().lines["quantity"][0])
    starts = {token.start: index for index, token in enumerate(tokens)}
    _with_kinds(text, lowered, tokens, mentions, named, starts)
    for found in _lines().finditer(text) if any(map(lowered.__contains__, _lined())) else ():
        first = starts.get(found.start())
        if term is None or first is None:
            continue
        known = mentions.get(first)
        last = next(i for i in range(first, len(tokens)) if tokens[i].end >= found.end())
        if _of_kind(tokens, mentions, last + 1):
            if known is not None and known.term.quantity:
                del mentions[first]
            continue
        quantity = known is not None and local_name(known.term) == local_name(term) and known.end > last
        if not quantity and _NUMBERED.search(text[max(0, found.start() - _NEAR) : found.start()]):
            for inner in range(first, last + 1):
                mentions.pop(inner, None)
            mentions[first] = Mention(term, first, last + 1)


def _with_kinds(
    text: str,
    lowered: str,
    tokens: Sequence[Token],
    mentions: dict[int, Mention],
    named: Callable[[str], Term | None],
    starts: Mapping[int, int],
) -> None:
    """Let lines of one kind of therapy be a quantity, where their number has a limit.

    "At least one line of chemotherapy" only says that there was some, which is a fact; so does "at least two
    prior systemic therapies", which aren't told to be lines. Of prior therapies as such, nothing but their
    number is told.
    """
    counted = wording().lines["quantity"][0]
    for pattern, name, needed in _lines_of():
        for found in pattern.finditer(text) if any(map(lowered.__contains__, needed)) else ():
            first, term = starts.get(found.start()), named(name)
            limited = _limit_before(text, tokens, first) if first is not None else None
            if first is None or limited is None or term is None:
                continue
            bound = limited[1].limit
            least = bound.high is None and bound.low_inclusive
            bare = _BARE.fullmatch(found.group()) and not _OF_KINDS.match(text, found.end())
            if not bare and (bound == Limit(low=1.0) or (least and name == counted)):
                continue
            last = next(i for i in range(first, len(tokens)) if tokens[i].end >= found.end())
            for inner in range(first, last + 1):
                mentions.pop(inner, None)
            mentions[first] = Mention(term, first, last + 1)


def _of_kind(tokens: Sequence[Token], mentions: Mapping[int, Mention], after: int) -> bool:
    """Whether lines are of one kind of treatment, which is what is asked for ("1 line of therapy with X")."""
    if after >= len(tokens) or tokens[after].form != "with":
        return False
    for at in range(after + 1, min(after + _SOON, len(tokens))):
        mention = mentions.get(at)
        if mention is not None:
            return mention.term.category == "treatment"
        if tokens[at].form not in _LITTLE:
            return False
    return False
