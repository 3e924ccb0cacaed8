"""Proteins that are quantities where a share of stained cells follows ("ER and PR < 1%"); tests for HER2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from trialgraph.criteria.language.choices import alternatives
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.language.wording import wording

__all__ = ["with_stains"]


_ELIDED = r"o?estrogen(?=(?:\s*/\s*|\s+(?:and/or|and|or)\s+)progesterone\s+receptors?\b)"
"""A protein whose second word is that of the next ("estrogen and progesterone receptors")."""


@cache
def _elided() -> re.Pattern[str]:
    return re.compile(rf"\b{_ELIDED}", re.IGNORECASE)


@cache
def _stained() -> re.Pattern[str]:
    """Return the pattern of a protein's name, with its share of stained cells ahead."""
    said = wording()
    names = alternatives(said.stains)
    between = (
        rf"(?:[\s,/()-]|(?:{names}|and|or|both|status|expressions?|expressed|expressing|positive|staining|stained|positivity|levels?|nuclear|nuclei|tumou?r"
        r"|cells?|in|of|is|are|with|by|immunohistochemistry|IHC|TC|TPS|the)\b){0,60}"
    )
    return re.compile(
        rf"\b(?P<name>{names}|{_ELIDED})\b(?={between}(?:{said.compare.pattern})\s*\d+(?:\.\d+)?\s*%)",
        re.IGNORECASE,
    )


_SCORED = re.compile(
    r"\b(?:(?:(?:HER-?\s?2|ERBB2)(?:/neu)?\s+)?(?:IHC|immunohistochemistry(?:\s*\(IHC\))?)"
    r"(?:\s+status(?=\s+(?:of\s+)?[0-3]\+?(?![\d.%])))?(?=\s*(?:scores?\s*)?(?:of\s*)?[0-3]\+?(?![\d.%]))"
    r"|(?:HER-?\s?2|ERBB2)(?:/neu)?(?:\s+(?:score|status|protein|staining))?"
    r"(?=\s*(?:of\s+|is\s+|:\s*|=\s*)?[0-3]\+(?![\d.%])))",
    re.IGNORECASE,
)
_SCORE = "HER2ImmunohistochemistryScore"
_HER2 = re.compile(r"\b(?:HER-?\s?2|ERBB2)", re.IGNORECASE)


def _scored(text: str) -> Iterator[re.Match[str]]:
    """Yield the names of the score of a stain for HER2 ("IHC 3+"), in a text that names it."""
    if "+" in text and _HER2.search(text):
        yield from _SCORED.finditer(text)


_HYBRIDIZED = re.compile(
    r"(?:\b(?P<before>[A-Z][A-Z\d]{2,6})[\s-]+)?"
    r"\b(?P<told>(?:[FDCS]?ISH|(?:[Ff]luorescen(?:ce|t)\s+)?[Ii]n[\s-]+[Ss]itu\s+[Hh]ybridi[sz]ation"
    r"(?:\s*\([FDCS]?ISH\))?)\s*"
    r"(?:-?\s*(?P<found>[Pp]ositiv(?:e|ity)|[Aa]mplified|[Aa]mplification)\b"
    r"|-?\s*(?P<lacking>[Nn]egativ(?:e|ity)|(?:[Nn]on-?\s?|not\s+|un)[Aa]mplified)\b"
    r"|(?P<plus>\+)|(?P<minus>[-−])(?=[\s,;.)\]/]|$)))"
    r"(?!\s*(?:with\b|or\s+(?:un(?:tested|known|available)|not\b)))"
)
_STAINED = frozenset({"HER2", "ERBB2", "IHC", "AND"})


def _hybridized(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where in situ hybridization of HER2 has a result ("ISH+"), in a text that names it, and which."""
    if "ISH" not in text and "ybridi" not in text:
        return
    for found in _HYBRIDIZED.finditer(text) if _HER2.search(text) else ():
        if found["before"] is None or found["before"] in _STAINED:
            positive = found["found"] or found["plus"]
            yield *found.span("told"), "HER2Positive" if positive else "HER2ISHNegative"


_SHOWING = (
    r"(?:(?:must|should|is\s+to|to)\s+be\s+(?:collected|obtained)\s+)?(?:and\s+)?(?:(?:must|should|will|to)\s+)?"
    r"(?:demonstrat(?:e|es|ing)|show(?:s|ing)?)"
)
_LIMITED_BY_UNIT = re.compile(r"24\s?-?\s?h|GFR|learance|[Cc]ortisol|itamin D|reatine\b")

_OF_SOME_UNIT = ("24", "GFR", "learance", "ortisol", "itamin D", "reatine")
"""What each of these has, looked for first since it costs less."""


@cache
def _of_unit() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns of names that a unit behind their limit makes those of a quantity."""
    said = wording()
    limit = rf"\s*(?:\(?\s*(?:of|is|:|{_SHOWING})?\s*(?:{said.compare.pattern})\s*)\d+(?:\.\d+)?\s*"
    return tuple(
        (
            re.compile(
                rf"\b(?P<name>{alternatives(told['names'])})\b(?={limit}(?:{alternatives(told['units'])}))",
                re.IGNORECASE,
            ),
            name,
        )
        for name, told in said.named_by_unit.items()
    )


def _protein(name: str) -> str:
    """Return the quantity that is the share of cells with a protein."""
    words = " ".join(name.lower().split())
    return wording().stains.get(words) or wording().stains[f"{words} receptor"]


def with_stains(
    text: str,
    tokens: Sequence[Token],
    mentions: Mapping[int, Mention],
    named: Callable[[str], Term | None],
) -> dict[int, Mention]:
    """Return the mentions with the proteins of which a text limits the share of stained cells.

    Args:
        text: The normalised text.
        tokens: Its tokens.
        mentions: Concepts by the token they start at.
        named: Gives the concept with a local name.
    """
    kept = dict(mentions)
    shares = _stained().finditer(text) if "%" in text else ()
    names = [(*found.span(), _protein(found["name"])) for found in shares]
    names += [(*found.span(), _SCORE) for found in _scored(text)]
    names += _hybridized(text)
    if any(map(text.__contains__, _OF_SOME_UNIT)) and _LIMITED_BY_UNIT.search(text):
        names += [(*found.span(), name) for pattern, name in _of_unit() for found in pattern.finditer(text)]
    elided = [found.start() for found in _elided().finditer(text)] if "progesterone" in text.lower() else ()
    if not names and not elided:
        return kept
    starts = {token.start: index for index, token in enumerate(tokens)}
    for each in elided:
        kept.pop(starts.get(each, -1), None)
    within = {at for each in mentions.values() for at in range(each.start + 1, each.end)}
    for start, end, name in names:
        first, term = starts.get(start), named(name)
        if first is None or term is None or first in within:
            continue
        known = kept.get(first)
        last = next(i for i in range(first, len(tokens)) if tokens[i].end >= end)
        if known is None or (not known.term.quantity and known.end <= last + 1):
            kept[first] = Mention(term, first, last + 1)
    return kept
