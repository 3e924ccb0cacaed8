"""Diseases told of relatives: "a first-degree relative with X", "sudden death under 40 in relatives"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["KIN", "add_kin"]

KIN = "family history of "
"""How the names of what runs in the family start."""
_RELATIVES = str(TGC.FamilyHistory)
_SUDDEN = str(TGC.SuddenCardiacDeath)
_GATE = re.compile(r"\b(?:relatives?|family members?|sudden)\b", re.IGNORECASE)
_NTH = r"(?:first|second|third|1st|2nd|3rd)"
_NEAR = (
    rf"(?:{_NTH}(?:[ -](?:degree|order))?(?:\s*(?:,|/|or|and|to)\s*{_NTH})*[ -]*(?:degree|order)|close|blood"
    r"|biological|immediate)\s+"
)
_WHO = rf"(?:(?:{_NEAR})*relatives?|(?:{_NEAR})+family\s+members?)(?:\s*\([^()]{{2,60}}\))?"
_HAVING = re.compile(
    rf"\b{_WHO}\s+(?:(?:(?:with|who|that|has|have|had|having|was|were|been|diagnosed)\s+)+)"
    r"(?:(?:an?|any|known|documented)\s+)*(?:(?:personal\s+)?(?:history|diagnosis)\s+of\s+(?:an?\s+)?)?$",
    re.IGNORECASE,
)
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
    for at, mention in sorted(mentions.items()):
        term = mention.term
        if term.category not in ("condition", "biomarker") or _RELATIVES in term.ancestors:
            continue
        start, end = tokens[at].start, tokens[mention.end - 1].end
        led = _HAVING.search(text, max(0, start - _LONGEST), start)
        told = None if led else _IN_KIN.match(text, end)
        if told is None and led is None and term.iri == _SUDDEN:
            told = _YOUNG.match(text, end)
        if led is None and told is None:
            continue
        del mentions[at]
        first = token_at(tokens, led.start()) if led else at
        after = token_at(tokens, told.end()) if told else mention.end
        if first and tokens[first - 1].form in _UNEXPLAINED and term.iri == _SUDDEN:
            first -= 1
        named = _family_history(vocabulary, text[start:end], term)
        if named is not None and first >= reached:
            mentions[first] = Mention(named, first, after)
            reached = after


def _family_history(vocabulary: Vocabulary, surface: str, term: Term) -> Term | None:
    return vocabulary.find(KIN + surface.lower()) or vocabulary.find(KIN + term.label)
