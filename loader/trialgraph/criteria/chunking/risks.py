"""Risk classes of a cancer as one narrowing word: "intermediate-2 or high risk MDS", "NCCN very low risk".

Where each class of a list has a concept of its own ("low or intermediate risk prostate cancer"), those
are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_risks"]

_CLASS = (
    r"(?:(?:very|extremely|ultra)[\s-]+)?(?:(?:un)?favou?rable[\s-]+intermediate|low(?:er)?|intermediate|int\b|high(?:er)?"
    r"|poor|(?:un)?favou?rable|adverse|standard|average|moderate)(?:[\s-]*(?:[12]|i{1,2})\b)?"
)
_RISK = r"[\s-]*risk\b"
_JOINT = r"\s*(?:-?\s*,\s*(?:(?:and/or|or|and)\s)?|-?\s*/|-?\s(?:and/or|or|and|to)\s|-(?=\s*to\b)\s*to\s)\s*"
_SCALE = (
    r"(?:(?:national\s+comprehensive\s+cancer\s+network|(?:(?:revised|dynamic)\s+)?international\s+prognostic\s+(?:scoring|score)\s+system"
    r"(?:[\s-]+(?:revised|molecular))?|international\s+metastatic\s+(?:rcc|renal\s+cell\s+carcinoma)\s+database\s+consortium"
    r"|european\s+leukemia\s?net)"
    r"\s*(?:\([\w-]{3,8}\)\s*)?|\b(?:nccn|d?ipss(?:-?[rm]\b|[\s-]+plus\b)?|r-?ipss|imdc|mskcc|eln|igcccg|(?:aa|r-)?ipi)(?:\s+\d{4})?[\s:-]+)"
    r"(?:(?:defined|classified|score|risk\s+(?:score|group|category))\s+(?:of\s+)?)?"
)
_PHRASE = re.compile(
    rf"(?<![\w-])(?P<scale>{_SCALE})?(?P<classes>{_CLASS}(?:{_RISK})?(?:{_JOINT}{_CLASS}(?:{_RISK})?){{0,4}})"
    r"(?<=risk)(?![\w-]|\s+(?:of|for|factors?|to|from|assess\w+|models?|hpv|human|patients?|women|men|individuals?|people"
    r"|populations?|subjects?|participants?)\b)"
)
_ONE = re.compile(_CLASS)
_RISKY = re.compile(rf"(?:{_RISK})?-?")
_PLAIN = re.compile(rf"(?:high|low|intermediate){_RISK}")
"""Classes that the lexicon has."""
_TOGETHER = re.compile(r"\b(?:and|to)\b(?!/)")
_NOUN = re.compile(r"\s+(?:disease|features?|group|category|status)", re.IGNORECASE)
_CANCER = str(TGC.Neoplasm)
_NEAR = 6


def add_risks(
    text: str, lowered: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> Mapping[int, tuple[int, bool]]:
    """Return where risk classes end, by the token that they start at, and whether a noun follows.

    Args:
        text: The normalised text.
        lowered: It in small letters.
        tokens: Its words.
        mentions: Concepts by the token they start at, changed in place where a name has but one class.
        vocabulary: Has the concepts that are named by a class.
    """
    if "risk" not in lowered:
        return {}
    places: dict[int, tuple[int, bool]] = {}
    for found in _PHRASE.finditer(lowered):
        first, after = (token_at(tokens, place) for place in found.span())
        plain = found["scale"] is None and _PLAIN.fullmatch(found["classes"]) is not None
        if tokens[first].start != found.start() or plain or not _is_near(mentions, first, after):
            continue
        end = _named(found, text, tokens, mentions, vocabulary)
        if end > found.start():
            places[first] = len(lowered[:end].rstrip(" :")), _leads(text, end, mentions, after)
    return places


def _named(
    found: re.Match[str],
    text: str,
    tokens: Sequence[Token],
    mentions: dict[int, Mention],
    vocabulary: Vocabulary,
) -> int:
    """Name what the classes and the noun behind them do, and return up to where they only narrow it."""
    first, after = (token_at(tokens, place) for place in found.span())
    own = next((mentions[i] for i in range(first, after) if i in mentions and mentions[i].end > after), None)
    last = own or mentions.get(after)
    noun = text[found.end() : tokens[last.end - 1].end] if last is not None else ""
    classes = list(_ONE.finditer(found.string, *found.span("classes")))
    names = (vocabulary.find(f"{one.group()}-risk{noun}") for one in classes if noun)
    terms = [term for term in names if term is not None]
    together = _TOGETHER.search(_ONE.sub("", found["classes"])) is not None
    whole, end = bool(terms) and len(terms) == len(classes), found.end()
    if whole and last is not None and (not together or len({term.iri for term in terms}) == 1):
        ends = [*(_RISKY.match(found.string, one.end()) for one in classes[:-1]), None]
        places = [
            (
                token_at(tokens, one.start()),
                token_at(tokens, risk.end()) if risk else last.end,
            )
            for one, risk in zip(classes, ends, strict=True)
        ]
        if len({term.iri for term in terms}) == 1:
            places, terms = [(places[0][0], last.end)], terms[:1]
        named = [Mention(term, *place) for term, place in zip(terms, places, strict=True)]
        end = found.start("classes")
    elif own is not None:
        term = vocabulary.find(noun.strip(" -"))
        if term is None or len(classes) == 1:
            return found.start()
        named = [Mention(term, after, own.end)]
    else:
        named = []
    for index in range(first, after):
        mentions.pop(index, None)
    mentions.update({each.start: each for each in named})
    return end


def _leads(text: str, end: int, mentions: Mapping[int, Mention], after: int) -> bool:
    """Whether a tumour is named close behind classes, or a noun is that they narrow."""
    named = (mentions.get(index) for index in range(after, after + _NEAR))
    return _NOUN.match(text, end) is not None or any(
        each is not None and each.term.is_a(_CANCER) for each in named
    )


def _is_near(mentions: Mapping[int, Mention], first: int, after: int) -> bool:
    """Whether a tumour is named close by."""
    return any(
        each.term.is_a(_CANCER) and each.end >= first - _NEAR and each.start <= after + _NEAR
        for each in mentions.values()
    )
