"""Histologies that share the organ of the last: "squamous cell carcinoma or adenocarcinoma of the cervix"."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_histologies"]

_MALIGNANT = str(TGC.MalignantNeoplasm)
_NOUNS = ("carcinoma", "sarcoma", "small cell lung cancer")
_BARE = {"squamous": "squamous cell carcinoma", "adenosquamous": "adenosquamous carcinoma"}
"""Histologies that leave their noun to those behind them."""
_JOINTS = frozenset({",", "/", "or", "and", "and/or"})
_MORE = frozenset({"or", "/", "and/or"})
_FILLING = frozenset({"the", "uterine"})
_STAGED = frozenset({"stage", "figo"})
_LONGEST_ORGAN = 3
_ABBREVIATED = 3
"""Tokens of an abbreviation in brackets."""
_LONGEST_LIST = 7


def add_histologies(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Name histologies that are listed before one of an organ by what they are called there.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found are put in place of the general ones.
        vocabulary: Has the cancers of an organ ("adenocarcinoma of the cervix").
    """
    for at in sorted(mentions):
        last = mentions[at]
        before = _listed_before(tokens, mentions, at) if _is_carcinoma(last.term) else []
        organ, behind = _organ_of(tokens, last, vocabulary) if before else ("", 0)
        if not organ:
            continue
        for start, end, name in [*before, (at, behind, last.term.label)]:
            term = vocabulary.find(f"{name} of the {organ}")
            if term is not None and _is_carcinoma(term):
                mentions[start] = Mention(term, start, end)


def _is_carcinoma(term: Term) -> bool:
    return term.label.endswith(_NOUNS) and _MALIGNANT in term.ancestors


def _listed_before(
    tokens: Sequence[Token], mentions: dict[int, Mention], at: int
) -> list[tuple[int, int, str]]:
    """Return the histologies listed straight before one: where each starts and ends, and its name."""
    ends = {mentions[start].end: start for start in sorted(mentions, reverse=True)}
    found: list[tuple[int, int, str]] = []
    while at and tokens[at - 1].form in _JOINTS:
        end = at - 1
        while end and tokens[end - 1].form in _JOINTS:
            end -= 1
        end = _before_bracket(tokens, end)
        start = ends.get(end)
        if start is not None and _is_carcinoma(mentions[start].term):
            found.append((start, end, mentions[start].term.label))
        elif start is None and end and tokens[end - 1].form in _BARE:
            start = end - 1
            found.append((start, end, _BARE[tokens[start].form]))
        else:
            break
        at = start
    return found


def _before_bracket(tokens: Sequence[Token], end: int) -> int:
    """Return where a name ends that an abbreviation follows ("squamous cell carcinoma (SCC)")."""
    opened = end - _ABBREVIATED
    return opened if opened > 0 and tokens[end - 1].text == ")" and tokens[opened].text == "(" else end


def _organ_of(tokens: Sequence[Token], named: Mention, vocabulary: Vocabulary) -> tuple[str, int]:
    """Return the one organ that a carcinoma is of by the words of its name or behind it, and its end."""
    words = [token.form for token in tokens[named.start : named.end]]
    start = named.start + words.index("of") if "of" in words else named.end
    if start >= len(tokens) or tokens[start].form != "of":
        return "", 0
    start += 1
    while start < len(tokens) and tokens[start].form in _FILLING:
        start += 1
    for stop in range(min(start + _LONGEST_ORGAN, len(tokens)), start, -1):
        organ = " ".join(token.form for token in tokens[start:stop])
        if vocabulary.find(f"cancer of the {organ}") is not None:
            return ("", 0) if _offers_more(tokens, stop) else (organ, stop)
    return "", 0


def _offers_more(tokens: Sequence[Token], end: int) -> bool:
    """Whether another organ follows one ("of the esophagus or stomach", "of the anus, vulva or vagina")."""
    if end >= len(tokens) or tokens[end].form not in _JOINTS:
        return False
    following = [token.form for token in tokens[end : end + _LONGEST_LIST]]
    return not _STAGED & set(following[:3]) and not _MORE.isdisjoint(following)
