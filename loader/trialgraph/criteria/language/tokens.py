"""Words, numbers and signs of a normalised text, each with a form to look it up by."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from trialgraph.criteria.language.misspellings import word_meant
from trialgraph.criteria.language.spellings import usual_spelling

__all__ = [
    "BRACKETS",
    "CLOSING",
    "Token",
    "bracket_pairs",
    "ends_sentence",
    "hyphenated",
    "lookup_form",
    "token_at",
    "token_texts",
    "tokenize",
]

_TOKEN = re.compile(
    r"[Nn]on-resectable\b|[^\W\d_]+(?:'[a-z]+)?"
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+|\S"
)
_NON = "non"
_NOT_A_STATE = re.compile(rf"{_NON}(?:pregnant|lactating|nursing|breastfeeding|smokers?)", re.IGNORECASE)
CLOSING = {"(": ")", "[": "]"}
BRACKETS = frozenset([*CLOSING, *CLOSING.values()])
_ABBREVIATED = 3
"""How long a word may be that a full stop shortens ("St. Gallen", "H. Pylori")."""


@dataclass(slots=True)
class Token:
    """One word, number or sign; not frozen, since that makes building one four times as slow.

    Args:
        text: As it stands in the normalised text.
        form: Lower case and singular, for look-up.
        start: First character in the normalised text.
        end: Character after its last.
        joined: No space stands before it.
    """

    text: str
    form: str
    start: int
    end: int
    joined: bool

    @property
    def number(self) -> float | None:
        """Its value, when it is a number."""
        if self.text[0].isdecimal() or (self.text[0] == "." and len(self.text) > 1):
            return float(self.text.replace(",", ""))
        return None


def token_at(tokens: Sequence[Token], offset: int) -> int:
    """Return the first token at or after a character."""
    return bisect_right(tokens, offset, key=attrgetter("end"))


def token_texts(text: str) -> list[str]:
    """Return the words, numbers and signs of a text in order."""
    return [text[start:end] for start, end in _parts(text)]


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text in order; hyphens and slashes are tokens of their own.

    Of "non-resectable" the hyphen isn't, since that is but another spelling of "unresectable".
    """
    tokens: list[Token] = []
    start = 0
    for word in text.split(" "):
        for piece, form, first, last, joined in _pieces(word):
            tokens.append(Token(piece, form, start + first, start + last, joined))
        start += len(word) + 1
    return tokens


@lru_cache(maxsize=65536)
def _pieces(word: str) -> tuple[tuple[str, str, int, int, bool], ...]:
    """Return the fields of the tokens of what stands between two spaces, as if that started a text.

    They are remembered, since most of a criterion is made of what others are made of.
    """
    return tuple(
        (
            word[first:end],
            lookup_form(word[first:end]),
            first,
            end,
            first > 0 and not word[first - 1].isspace(),
        )
        for first, end in _parts(word)
    )


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each token starts and ends; "non" before what a woman may be is one ("nonpregnant")."""
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        if text[start] in "nN" and _NOT_A_STATE.fullmatch(found[0]):
            yield start, start + len(_NON)
            start += len(_NON)
        yield start, end


@lru_cache(maxsize=65536)
def lookup_form(word: str) -> str:
    """Return the form under which a word is looked up: lower case, plural endings gone, one spelling.

    Example:
        >>> lookup_form("Metastases")
        'metastasis'
    """
    return word_meant(_spelt(word), _spelt)


def _spelt(word: str) -> str:
    return usual_spelling(_singular(word))


def _singular(word: str) -> str:
    form = word.lower().removesuffix("'s").removesuffix("'")
    if len(word) > 2 and word[:-1].isupper() and word[-1] == "s":  # "AEs", "SSRIs"
        return form[:-1]
    if len(form) < 4 or not form.endswith("s") or form.endswith(("ss", "us", "is")):
        return form
    if form.endswith("ies") and len(form) > 4:
        return form[:-3] + "y"
    if form.endswith(("ases", "eses", "oses", "yses", "ises")) and form not in _PLAIN_ES:
        return form[:-2] + "is"
    if form.endswith(("sses", "xes", "ches", "shes", "uses")) and form not in _PLAIN_ES:
        return form[:-2]
    return form[:-1]


_PLAIN_ES = frozenset(
    [
        "diseases",
        "increases",
        "decreases",
        "phases",
        "cases",
        "doses",
        "exercises",
        "releases",
        "bases",
        "bruises",
        "purposes",
        "noses",
        "databases",
        "causes",
        "uses",
        "courses",
        "nurses",
        "kinases",
        "ligases",
        "transaminases",
        "aminotransferases",
        "abuses",
        "aches",
        "backaches",
        "clauses",
        "excuses",
        "headaches",
        "houses",
        "pauses",
        "refuses",
        "spouses",
    ]
)


def hyphenated(tokens: Sequence[Token], index: int) -> bool:
    """Whether a hyphen joins a word to the next ("extra-hepatic")."""
    return index + 2 < len(tokens) and tokens[index + 1].text == "-" and tokens[index + 1].joined


def bracket_pairs(tokens: Sequence[Token]) -> frozenset[int]:
    """Return which tokens are brackets that open or close with another."""
    opened: list[int] = []
    paired: set[int] = set()
    for index in [index for index, token in enumerate(tokens) if token.text in BRACKETS]:
        sign = tokens[index].text
        if sign in CLOSING:
            opened.append(index)
        elif opened and CLOSING[tokens[opened[-1]].text] == sign:
            paired |= {opened.pop(), index}
    return frozenset(paired)


def ends_sentence(tokens: Sequence[Token], index: int) -> bool:
    """Whether a full stop behind a whole word has a capital behind it ("breastfeeding. Women …")."""
    if tokens[index].form != "." or not 0 < index < len(tokens) - 1:
        return False
    before, after = tokens[index - 1], tokens[index + 1]
    return len(before.text) > _ABBREVIATED and after.text[0].isupper() and not after.joined
