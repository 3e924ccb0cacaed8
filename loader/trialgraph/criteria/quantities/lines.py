"""How many lines of therapy a text asks for ("2 prior lines of standard therapy")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from trialgraph.criteria.language.choices import alternatives
from trialgraph.criteria.language.literals import needed_by_all
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.courses import limit_before
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.quantities.sides import Found, are_opposite, merged
from trialgraph.expressions import Limit

__all__ = ["with_lines", "with_other_side"]


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
        kind = rf"(?:cytotoxic\s+)?(?:{alternatives(kinds)})(?:-(?:based|containing))?"
        behind = rf"(?:{adjective})*{head}\s+of\s+(?:{adjective})*{kind}(?:\s+(?:{adjective})*{noun})?"
        ahead = rf"(?:{adjective})*{kind}\s+(?:{noun}\s+)?{head}"
        pattern = re.compile(rf"(?<![\w-])(?:{behind}|{ahead})\b(?![-/])", re.IGNORECASE)
        found.append((pattern, name, needed_by_all([alternatives(kinds).lower()])))
    cytotoxic = re.compile(
        rf"(?<![\w-])(?:{adjective})+(?:cytotoxic\s+)?chemotherapies\b(?![-/])", re.IGNORECASE
    )
    found.append((cytotoxic, "PriorChemotherapyLineCount", frozenset({"chemotherapies"})))
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
_BUT = re.compile(
    r"\s*(?:(?P<enclosed>\()\s*(?:(?:but|and)\s+)?|,?\s*(?:but|and)\s+)"
    r"(?=(?:no|not|at|fewer|less|up|maximum|max)\b|[<≤])",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\s*(?:(?:prior|previous|total|systemic)\s+)*(?:lines?|regimens?|therap(?:y|ies)|treatments?)?"
    r"(?=\s*(?:[,;.)]|$|(?:in|for|with|and)\b))",
    re.IGNORECASE,
)
"""What is counted, said again or left out."""
_CLOSED = re.compile(rf"{_AGAIN.pattern}\s*\)", re.IGNORECASE)
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
        quantity = known is not None and known.end > last and _counts_lines(known.term)
        if not quantity and _NUMBERED.search(text[max(0, found.start() - _NEAR) : found.start()]):
            for inner in range(first, last + 1):
                mentions.pop(inner, None)
            mentions[first] = Mention(term, first, last + 1)


def with_other_side(
    text: str, tokens: Sequence[Token], mentions: Mapping[int, Mention], limit: Found, counted: Mention
) -> tuple[Limit, int] | None:
    """Return the limit of "at least 1 regimen, but no more than 3 (regimens)", and its last token.

    The other side may stand in a bracket of its own ("at least 1 regimen (no more than 3)").

    Args:
        text: The normalised text; `tokens` are its tokens, `mentions` the concepts by token.
        tokens: The tokens of the text.
        mentions: Concepts by the token they start at.
        limit: The limit before what is counted.
        counted: What is counted.
    """
    joint = _BUT.match(text, tokens[counted.end - 1].end) if _counts_lines(counted.term) else None
    second = parse_limit(text, joint.end()) if joint else None
    if second is None or not second.stated or not are_opposite(text, limit, second):
        return None
    both = merged(limit, second)
    after = next((i for i in range(counted.end, len(tokens)) if tokens[i].start >= second.end), -1)
    again, nouns = mentions.get(after), _AGAIN.match(text, second.end)
    if both is None or both is limit or joint is None:
        return None
    if joint["enclosed"]:
        closing = _CLOSED.match(text, second.end)
        last = next((i for i, token in enumerate(tokens) if closing and token.end == closing.end()), None)
        return None if last is None else (both.limit, last)
    if again is not None:
        return (both.limit, again.end - 1) if again.term.iri == counted.term.iri else None
    last = max(i for i, token in enumerate(tokens) if token.start < (nouns.end() if nouns else 0) or not i)
    return (both.limit, last) if nouns else None


def _counts_lines(term: Term) -> bool:
    """Whether a concept is a number of lines, of any therapy or of one kind."""
    return term.quantity and local_name(term).endswith("LineCount")


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
            limited = limit_before(text, tokens, first) if first is not None else None
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
