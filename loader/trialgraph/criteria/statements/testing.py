"""Negative pregnancy tests that are asked for, in either kind of list, in whatever words they are ordered.

"A negative serum pregnancy test is required for women of childbearing potential", "to rule out pregnancy".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.trees import any_of, is_formal
from trialgraph.expressions import Expression, Fact, Not, atoms
from trialgraph.namespaces import TGC

__all__ = ["asks_negative_test", "with_negative_test"]

_NAMING = ("pregnan", "hcg")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_BEARING = re.compile(
    r"\b(?:child-?\s?bearing|reproductive)[\s/-]+(?:\w+\s+)?(?:potential(?:ly)?|age|status|capacity|capabilit\w+)"
    r"|\b(?:[wfip]o?cbps?|[wf]ocbps?|pocbp)\b",
    re.IGNORECASE,
)
_WORD = (
    r"(?:all|any|each|every|both|the|an?|of|in|for|are|is|who|with|either|also|at|least|note|those|this|reason|only"
    r"|females?|wom[ae]n|girls?|patients?|participants?|subjects?|persons?|people|individuals?|[wfip]o?cbps?"
    r"|sexually|active|fertile|potentially|potential(?:ly)?|menstruating|pre-?menopausal|post-?menarchal"
    r"|post-?menarche|child-?\s?bearing|bearing|child|reproductive|age|aged|capacity|capability|years?|old|over|than"
    r"|must|should|shall|will|needs?|to|ha(?:s|ve)|be|been|required|require|obtain|demonstrate|show|provide|confirm"
    r"|undergo|documented|documentation|confirmed|confirmation|proof|one|two|single|recent|baseline|screening|highly"
    r"|sensitive|serum|urine|urinary|blood|plasma|quantitative|qualitative|beta|human|chorionic|gonadotropin|b|β|ß"
    r"|hcg|βhcg|βhcg|or|and|repeat|test|tests|testing|study|\d+)"
)
_TEST = r"(?:(?:pregnancy|(?:β|ß|b|beta)?-?\s?hcg)(?:\s+tests?|\s+testing)?(?:\s+results?)?)"
_ASKED = re.compile(
    rf"\W*(?:\w{{1,2}}[.)]\s*)?(?:if\s+)?(?:(?:{_WORD}|[≤≥<>=])[\s,:/-]+)*?"
    rf"(?:negative\s+(?:results?\s+(?:for|on|of)\s+)?(?:(?:{_WORD})[\s,/-]+)*?{_TEST}"
    rf"|{_TEST}\s+(?:must|should|needs?\s+to|ha(?:s|ve)\s+to)\s+be\s+negative"
    rf"|{_TEST}\s+with\s+an?\s+negative\s+result"
    r"|blood\s+tests?\s+or\s+urine\s+stud\w+\s(?:(?!\b(?:or|and|agree)\b)[^.;,])*?to\s+rule\s+out\s+pregnancy)"
    r"(?P<tail>[^.;]*)\W*",
    re.IGNORECASE,
)
"""How a sentence asks for the test of which the words that follow tell no more than when and of whom."""
_ORDERED = re.compile(
    r"\b(?:must|should|shall|needs?|ha(?:s|ve)\s+to|required?|will\s+(?:have|be|undergo)|(?:be|been)\s+(?:obtained|done)"
    r"|ha(?:s|ve)\s+(?:an?|two|\d|negative)|demonstrate|negative\s[^.;]{0,60}?\b(?:for|in|of|from)\s+(?:all\s+|any\s+)?(?:female|wom[ae]n|wocbp))\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"\W*negative\b", re.IGNORECASE)
_RULING = re.compile(r"agree|\bmust\b|willing|menopaus|steriliz|exclu|contracepti", re.IGNORECASE)
"""What a bracket says that goes beyond the test."""
_MORE = re.compile(
    r"agree|willing|contracep|birth.control|abst[ia]in|breast|lactat|nurs|\bunless\b|\bexcept|\bbut\b|exclu|\bnot\b"
    r"|\bno\b(?!\s+(?:more|later|earlier|longer))|\bif\b|menopaus|steril|\bm[ae]n\b|\bmales?\b|positive|consent"
    r"|\bevidence|\buse\b|\busing\b|hysterect|history|\bor\s+(?:be|are|is|have|evidence|surg|who)\b|\bwho\b(?!\s+(?:is|are)\s+(?:post-?menarch|fertile))|\bit\b|:|\bpartner"
    r"|\band\s+(?:must|should|have|be|who|are|is)\b|,\s*(?:and|or)\b|\bcycles\b|\beach\b|\bsubsequent|\bevery\b|\bmonthly\b",
    re.IGNORECASE,
)
"""What is told besides: whom the test isn't asked of, what else is asked, how it goes on later."""


def asks_negative_test(words: str, *, bare: bool = False) -> bool:
    """Whether a sentence asks for a negative pregnancy test, and for nothing else.

    Args:
        words: The sentence.
        bare: Whether the test itself ("negative pregnancy test") is a demand, as it is among demands.

    Example:
        >>> asks_negative_test("A negative pregnancy test is required for all WOCBP within 7 days.")
        True
        >>> asks_negative_test("Women must have a negative pregnancy test and use contraception.")
        False
    """
    plain = _BRACKETS.sub("", words)
    found = _ASKED.fullmatch(plain)
    if found is None or _MORE.search(found["tail"]) or any(map(_RULING.search, _BRACKETS.findall(words))):
        return False
    return _ORDERED.search(plain) is not None or (bare and _BARE.match(plain) is not None)


def _negative_test(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read a sentence that asks for a negative pregnancy test: in an exclusion, pregnancy is what it bars.

    Args:
        text: The text under reading.
        chunks: A sentence of it.
    """
    if not any(map(text.lowered.__contains__, _NAMING)):
        return None
    start, end = chunks[0].start, chunks[-1].end
    if not asks_negative_test(text.text[start:end], bare=not text.exclusion):
        return None
    pregnancy = Fact(str(TGC.Pregnancy), "pregnancy", "reproductive", span=text.span(start, end))
    if text.exclusion:
        return pregnancy
    time = next((chunk.window.window for chunk in chunks if chunk.window is not None), None)
    pregnancy = replace(pregnancy, within=time)
    bearing = _BEARING.search(text.text, start, end)
    if bearing is None:
        return Not(pregnancy)
    place = text.span(bearing.start(), bearing.end())
    able = Fact(str(TGC.ChildbearingPotential), "childbearing potential", "reproductive", span=place)
    return any_of([Not(able), Not(pregnancy)])


def with_negative_test(
    text: Text, sentence: Sequence[Chunk], said: Expression | None, read: Sequence[Expression]
) -> list[Expression] | None:
    """Return what sentences say, with the test that one of them asks for in words; None for any other.

    Args:
        text: The text under reading.
        sentence: A sentence of it.
        said: What it was read as.
        read: What those before it say; a bar of pregnancy says as much as the test.
    """
    undated = isinstance(said, Not) or (isinstance(said, Fact) and said.within is None)
    if said is None or (is_formal(said) and not (text.exclusion and undated)):
        return None
    if (told := _negative_test(text, sentence)) is None:
        return None
    known = {atom.concept for each in read for atom in atoms(each) if isinstance(atom, Fact)}
    return list(read) if isinstance(told, Fact) and told.concept in known else [*read, told]
