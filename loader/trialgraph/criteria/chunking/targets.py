"""Treatments told by what they are directed against: "agents that target EGFR or MET"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import GIVEN, Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_targeting"]

_MARKS = (
    "targeting", "target ", "targets ", "directed ", "blocking ", "blocks ", "block ", "inhibiting ",
    "inhibits ", "inhibit ", "targeted ",
)  # fmt: skip
_ANY = (
    r"(?:agents?|drugs?|medications?|medicines?|compounds?|molecules?|products?|therap(?:y|ies)|treatments?"
    r"|regimens?)"
)
_OWN = r"(?P<own>inhibitors?|antibod(?:y|ies)|mabs?)"
_AIMED = re.compile(
    rf"\b(?:{_ANY}|{_OWN})\s+(?:(?:that|which|specifically|selectively|directly|is|are)\s+)*"
    r"(?:target(?:s|ing|ed\s+(?:to|at|against))?|directed\s+(?:to|at|against|towards?)|block(?:s|ing)?|inhibit(?:s|ing)?)"
    r"\s+(?=\S)",
    re.IGNORECASE,
)
_NAMES: dict[bool, tuple[str, ...]] = {
    True: ("{} inhibitor", "anti-{} antibody"),
    False: ("{}-targeted therapy", "anti-{}", "{}-directed therapy", "{} inhibitor"),
}
"""What treatments of a kind, or of any, are called by their target."""
_LITTLE = re.compile(r"(?:the|either|any|human)\s+", re.IGNORECASE)
_TARGET = re.compile(r"[^\s,;:.()/]+(?:[ /][^\s,;:.()/]+){0,6}")
_BRACKET = re.compile(r"\s*\(\s*([\w/-]{2,14})\s*\)")
_ASIDE = re.compile(
    r"\s+(?:(?:signal(?:l)?ing|pathways?|receptors?|axis|activity|proteins?|mutations?|family)\b\s*)+",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:,\s*(?:and/or|and|or)|,|/|\band/or\b|\bor\b|\band\b)\s*", re.IGNORECASE)
_WIDE = frozenset(
    str(iri)
    for iri in (TGC.SystemicAnticancerTherapy, TGC.AntitumorTherapy, TGC.TargetedTherapy, TGC.BiologicTherapy)
)
"""Treatments of which any may be the one with such a target."""


def add_targeting(
    text: str, lowered: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> None:
    """Add the treatment for each target that words tell a treatment by.

    Args:
        text: The normalised text.
        lowered: The same in lower case.
        tokens: Its tokens.
        mentions: Concepts by the token they start at; those found take the place of what their words name.
        vocabulary: Has the concepts.
    """
    if not any(map(lowered.__contains__, _MARKS)):
        return
    for aimed in _AIMED.finditer(text):
        found = list(_targets(text, aimed.end(), _NAMES[aimed["own"] is not None], vocabulary))
        first = bisect_left(tokens, aimed.start(), key=lambda token: token.start)
        noun = next((each for each in mentions.values() if each.start <= first < each.end), None)
        if not found or (noun is not None and not _is_narrowed(noun, [term for term, _, _ in found])):
            continue
        start = first if noun is None else noun.start
        for index, (term, begin, end) in enumerate(found):
            begins = bisect_left(tokens, begin, key=lambda token: token.start) if index else start
            ends = bisect_left(tokens, end, lo=begins, key=lambda token: token.start)
            across = [each for each in mentions.values() if each.start < ends and each.end > begins]
            for each in across:
                mentions.pop(each.start, None)
            mentions[begins] = Mention(term, begins, ends)


def _is_narrowed(noun: Mention, terms: Sequence[Term]) -> bool:
    """Whether what a treatment is called is no more than the kind of each that its targets tell."""
    wide = noun.term.iri in _WIDE
    return noun.term.category in GIVEN and (wide or all(noun.term.iri in each.ancestors for each in terms))


def _targets(
    text: str, position: int, names: Sequence[str], vocabulary: Vocabulary
) -> Iterator[tuple[Term, int, int]]:
    """Give each treatment by its target, and where that is told, as long as all are known."""
    while True:
        little = _LITTLE.match(text, position)
        position = little.end() if little is not None else position
        found = _target(text, position, names, vocabulary)
        if found is None:
            return
        term, end = found
        aside = _ASIDE.match(text, end)
        end = aside.end() if aside is not None else end
        yield term, position, len(text[:end].rstrip())
        joint = _JOINT.match(text, end)
        if joint is None:
            return
        position = joint.end()


def _target(
    text: str, position: int, names: Sequence[str], vocabulary: Vocabulary
) -> tuple[Term, int] | None:
    """Return the treatment by the longest name of a target there, or by its abbreviation in brackets."""
    match = _TARGET.match(text, position)
    if match is None:
        return None
    words, starts = match.group(), [0, *(each.end() for each in re.finditer(r"[ /]", match.group()))]
    short = _BRACKET.match(text, match.end())
    for end in (len(words), *(start - 1 for start in reversed(starts[1:]))):
        for name in names:
            term = vocabulary.find(name.format(words[:end].strip()))
            if term is not None and term.category in GIVEN:
                behind = _BRACKET.match(text, position + end)
                return term, behind.end() if behind is not None else position + end
    told = short and next(filter(None, (vocabulary.find(name.format(short[1])) for name in names)), None)
    return (told, short.end()) if told and short and told.category in GIVEN else None
