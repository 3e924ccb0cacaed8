"""Further enzymes that drugs act on: "strong inhibitors or inducers of CYP3A4, CYP2C8 or P-gp"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Fact

__all__ = ["names_enzyme", "share_enzymes"]

_ENZYME = re.compile(
    r"(?:(?:the|human|isoenzymes?|isozymes?|enzymes?|transporters?|cytochrome|P450)\s+)*"
    r"(?P<name>CYP\s?\d[A-Z]\d*(?:/\d)?|\d[A-Z]\d+|P-?gp|P-glycoprotein|BCRP|UGT\s?1A\d+|OATP\s?1B\d|MATE\d?|OCT\d)\b"
    r"(?:\s*\((?:P-?gp|BCRP|\w{2,5}\d)\))?(?:\s+(?:enzymes?|transporters?|isoenzymes?|isozymes?|activity)\b)*",
    re.IGNORECASE,
)
"""An enzyme or a transporter at the start of a member."""
_ACTING = re.compile(
    r"(?P<grade>(?:(?:strong|moderate|weak|moderate/strong)\s)?)(?P<target>.+)\s(?P<agent>inhibitor|inducer|substrate)"
)
"""How the name of a concept tells what its drugs do to which enzyme."""
_PREFIX = "CYP"


def names_enzyme(words: str) -> bool:
    """Whether words are the name of an enzyme or a transporter that drugs act on, and no more."""
    return _ENZYME.fullmatch(words) is not None


def share_enzymes(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Read an enzyme behind those that drugs inhibit or induce as what they do to it, too.

    Where no concept is known for one of them, the member stays words as well.
    """
    for index in range(len(segments) - 1, 0, -1):
        segment = segments[index]
        if segment.expression is not None or segment.joint == ";" or any(map(is_content, segment.chunks)):
            continue
        named = _ENZYME.match(text.text, segment.chunks[0].start, segment.chunks[-1].end)
        acts = [*_acts(text, segments[:index])][::-1] if named is not None else []
        if named is None or not acts:
            continue
        told = [_acting(text, segment, named, act, read) for act in acts]
        found = [each for each in told if each is not None]
        for each in found[1:]:
            each.joint, each.after_comma = "or", False
        segments[index : index + 1] = [*found, *([segment] if len(found) < len(acts) else [])]


def _acting(
    text: Text,
    segment: Segment,
    named: re.Match[str],
    act: tuple[str, str],
    read: Callable[[Text, Segment], None],
) -> Segment | None:
    """Return a member as the drugs that act on its enzyme; None where no concept is known for them.

    How strongly they do stays words, where no concept tells it.
    """
    enzyme, (grade, agent) = named["name"].replace(" ", ""), act
    enzyme = _PREFIX + enzyme if enzyme[0].isdigit() else enzyme
    exact = text.vocabulary.find(f"{grade}{enzyme} {agent}")
    term = exact or text.vocabulary.find(f"{enzyme} {agent}")
    if term is None:
        return None
    rest = [chunk for chunk in segment.chunks if chunk.start >= named.end()]
    whole = Chunk("concept", segment.chunks[0].start, named.end(), term=term)
    told = replace(segment, chunks=[whole, *rest])
    read(text, told)
    fact = told.expression
    if exact is None and isinstance(fact, Fact):
        words = "; ".join(filter(None, [grade.strip(), fact.modifiers.get("qualifier", "")]))
        told.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})
    return told


def _acts(text: Text, before: Sequence[Segment]) -> Iterator[tuple[str, str]]:
    """Yield how strongly drugs do what to the enzyme that the last of some members ends in."""
    lent = False
    for segment in reversed(before):
        fact = segment.expression
        if not lent and fact is None and _ENZYME.match(text.text, segment.chunks[0].start):
            continue
        match = _ACTING.fullmatch(fact.concept_label) if isinstance(fact, Fact) else None
        named = next((chunk for chunk in segment.chunks if is_content(chunk)), segment.chunks[-1])
        of_enzyme = _ENZYME.search(text.text[named.start : named.end])
        ends = of_enzyme is not None and of_enzyme.end() == named.end - named.start
        if not isinstance(fact, Fact) or match is None or ends == lent:
            return
        lent = True
        told = fact.modifiers.get("qualifier", "").partition("; ")[0]
        yield match["grade"] or (f"{told} " if told else ""), match["agent"]
