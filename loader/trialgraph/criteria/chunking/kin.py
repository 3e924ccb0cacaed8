"""Diseases told of relatives: "a first-degree relative with X", "sudden death under 40 in relatives"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["KIN", "add_kin", "age_of_kin"]

KIN = "family history of "
"""How the names of what runs in the family start."""
_RELATIVES = str(TGC.FamilyHistory)
_SUDDEN = str(TGC.SuddenCardiacDeath)
_GATE = Sought(r"\b(?:relatives?|family members?|sudden)\b")
_NTH = r"(?:first|second|third|1st|2nd|3rd)"
_NEAR = (
    rf"(?:{_NTH}(?:[ -](?:degree|order))?(?:\s*(?:,|/|or|and|to)\s*{_NTH})*[ -]*(?:degree|order)|close|blood"
    r"|biological|immediate)\s+"
)
_WHO = rf"(?:(?:{_NEAR})*relatives?|(?:{_NEAR})+family\s+members?)(?:\s*\([^()]{{2,60}}\))?"
_HAVING = re.compile(
    rf"\b{_WHO}\s+(?:(?:(?:with|who|that|has|have|had|having|was|were|been|diagnosed)\s+)+)"
    r"(?:(?:an?|any|known|documented)\s+)*(?:(?:personal\s+)?(?:history|diagnosis)\s+of\s+(?:an?\s+)?)?"
    r"(?::\s*)?(?P<others>[^.;:*•]*)$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:(?!(?:history|personal|own|patients?|participants?|subjects?|prior|previous|current|known|active|who|with"
    r"|has|have|had|women|men|person|self|no|not|without|except|unless|treated|untreated)\b)"
    r"[^\W\d_][\w'-]*(?:\s+|(?:\s*\([^()]*\))?\s*(?:at\s+(?:any\s+)?age\s*(?:[<≤]\s*\d\d\s*y?)?)?\s*[,/]\s*))*",
    re.IGNORECASE,
)
"""Names that may stand before another of the list of what relatives have, with the ages they had it at."""
_JOINED = re.compile(r"(?:,|/|\bor|\band)\s*(?:other\s+|an?\s+)*(?:[a-z-]+\s+)?$", re.IGNORECASE)
_AGED = (
    r"(?:\s*,?\s*(?:(?:occurring|diagnosed)\s+)?(?:under|before|below|at|prior\s+to|<|≤)\s*(?:the\s+)?"
    r"(?:age\s+(?:of\s+)?)?[<≤]?\s*\d\d(?:\s*-?\s*years?)?(?:[ -]of[ -]age|[ -]old)?)"
)
_IN_KIN = re.compile(
    rf"{_AGED}?\s*(?:in|among)\s+(?:(?:an?|any|their|the|one|or|more|at\s+least)\s+)*{_WHO}", re.IGNORECASE
)
_YOUNG = re.compile(_AGED, re.IGNORECASE)
_UNEXPLAINED = frozenset({"unexplained", "idiopathic", "unexpected"})
_LONGEST = 160


def add_kin(text: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Read a disease that relatives have as a family history of it; none of them as the patient's own.

    Whoever is screened didn't die: an early sudden death is one in the family, whether that is said or not.
    """
    if _GATE.search(text) is None:
        return
    reached = 0
    whole = _all_of_kin(text, tokens, mentions)
    for at, mention in sorted(mentions.items()):
        term = mention.term
        if term.category not in ("condition", "biomarker") or _RELATIVES in term.ancestors:
            continue
        start, end = tokens[at].start, tokens[mention.end - 1].end
        led = _led(text, start, whole=whole)
        told = None if led else _IN_KIN.match(text, end)
        if told is None and led is None and term.iri == _SUDDEN:
            told = _YOUNG.match(text, end)
        if led is None and told is None:
            continue
        del mentions[at]
        listed = led is not None and bool(led["others"])
        first = token_at(tokens, led.start()) if led and not listed else at
        after = token_at(tokens, told.end()) if told else mention.end
        if first and tokens[first - 1].form in _UNEXPLAINED and term.iri == _SUDDEN:
            first -= 1
        named = _family_history(vocabulary, text[start:end], term)
        if named is not None and first >= reached:
            mentions[first] = Mention(named, first, after)
            reached = after


def age_of_kin(name: str) -> str:
    """Return the words for the age that relatives had a disease at, of all those that name it in them.

    Examples:
        >>> age_of_kin("sudden death under 40 years of age in a first-degree relative")
        'under 40 years of age'
        >>> age_of_kin("family history of sudden death")
        ''
    """
    aged = _YOUNG.search(name)
    return aged.group().strip(" ,") if aged else ""


def _all_of_kin(text: str, tokens: Sequence[Token], mentions: dict[int, Mention]) -> bool:
    """Whether the first disease of a text is one of relatives, so that a list that goes on is of theirs."""
    named = sorted(
        at for at, mention in mentions.items() if mention.term.category in ("condition", "biomarker")
    )
    start = tokens[named[0]].start if named else 0
    return bool(named) and _led(text, start, whole=True) is not None


def _led(text: str, start: int, *, whole: bool) -> re.Match[str] | None:
    """Return the words that say of relatives that they have what is named at a place, or a list up to it.

    Args:
        text: The text.
        start: Where the name starts.
        whole: Whether a list of more than two may be of theirs.
    """
    led = _HAVING.search(text, max(0, start - _LONGEST), start)
    if led is None or not led["others"]:
        return led
    others = led["others"]
    if _JOINED.search(others) is None or _OTHERS.fullmatch(others) is None:
        return None
    return led if whole or "," not in others else None


def _family_history(vocabulary: Vocabulary, surface: str, term: Term) -> Term | None:
    return vocabulary.find(KIN + surface.lower()) or vocabulary.find(KIN + term.label)
