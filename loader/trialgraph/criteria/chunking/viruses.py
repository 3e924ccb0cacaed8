"""Which virus an infection, a viral load or a PCR is of: the one beside it, or whose marker is.

"Those with HBcAb must have a negative PCR" speaks of HBV DNA, "HIV with undetectable viral load" of HIV.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["INFECTIONS", "POSITIVE", "UNDETECTABLE", "acid_found", "with_viruses"]

_UNDETECTABLE = str(TGC.ViralLoadUndetectable)
_INFECTION = str(TGC.InfectiousDisease)
_OF = frozenset({"with", "by", "for", "from"})
_ARTICLES = frozenset({"the", "either", "any"})
_JOINTS = CONJUNCTIONS | {"/"}
_FARTHEST = 4
"""How many words may stand between an infection and the one beside it that says of what both are."""
_ENDS = frozenset({".", ";"})
_HBV, _HCV = str(TGC.HepatitisB), str(TGC.HepatitisC)
INFECTIONS = {
    str(TGC.HBcAb): _HBV,
    str(TGC.HBsAg): _HBV,
    str(TGC.HBsAb): _HBV,
    str(TGC.HBVDNA): _HBV,
    str(TGC.HBVDNADetectable): _HBV,
    str(TGC.HBVDNAUndetectable): _HBV,
    str(TGC.HCVAntibody): _HCV,
    str(TGC.HCVRNA): _HCV,
    str(TGC.HCVRNADetectable): _HCV,
    str(TGC.HCVRNAUndetectable): _HCV,
    str(TGC.HDVAntibody): str(TGC.HepatitisD),
    str(TGC.HIVTest): str(TGC.HIVInfection),
}
"""The infection that a marker is of."""
UNDETECTABLE = {_HBV: str(TGC.HBVDNAUndetectable), _HCV: str(TGC.HCVRNAUndetectable)}
"""What is found in those who have the virus no more, by the infection."""
POSITIVE = frozenset(INFECTIONS) - frozenset(UNDETECTABLE.values())
"""Markers that an infection has, which nobody is asked to have."""
_LOADS = {
    _HBV: ("HBVDNAUndetectable", "HBVDNADetectable"),
    _HCV: ("HCVRNAUndetectable", "HCVRNADetectable"),
}
"""What a PCR finds of a virus, or doesn't."""
_KIND = r"(?:(?:real[ -]?time|quantitative|qualitative|viral|blood|DNA|RNA|reverse[ -]transcriptase)\s+)*"
_PCR = rf"{_KIND}(?:q?(?:RT[ -])?q?PCR|polymerase\s+chain\s+reaction(?:\s*[(\[](?:RT-)?PCR[)\]])?)"
_RESULT = r"(?:\s+(?:tests?|testing|results?|assays?))*"
_FOUND = r"(?:negative|undetectable|positive|detectable)"
_VIRUS = (
    r"(?P<named>(?:(?!\b(?:or|and|by|on|a|an|who|will|must|need|ha(?:ve|s)|is|are|tests?|results?|negative|positive)\b)"
    r"[^.;,()]){3,40}?)"
)
_TESTED = re.compile(
    rf"\b{_FOUND}\s+{_PCR}{_RESULT}(?!\s+(?:for|of)\b)"
    rf"|\b{_PCR}{_RESULT}\s+(?:(?:is|are|must\s+be|should\s+be|was|were)\s+)?{_FOUND}(?:\s+(?P<of>for))?\b"
    rf"|\b{_FOUND}\s+(?:for\s+)?{_VIRUS}\s+(?:by\s+)?{_PCR}{_RESULT}",
    re.IGNORECASE,
)
"""What a PCR found, of which no virus is named in the same words."""


_LOAD = re.compile(
    r"\bviral\s+loads?\b(?=(?:\s+(?:levels?|is|are|of|that\s+is|must\s+be|should\s+be|at|[(\[]))*\s*[(\[]?"
    r"(?:[<>≤≥]|(?:less|lower|fewer|more|greater|higher|not\s+more|no\s+more)\s+than|below|under|above|up\s+to|at\s+least))",
    re.IGNORECASE,
)
"""A viral load with a limit, of which no virus is named in the same words."""
_OR_HAVING = re.compile(
    r"\bor\s+(?:presenting|having|ha(?:s|ve)|with)\s+(?:with\s+)?(?:an?\s+)?$", re.IGNORECASE
)
_OF_HIV = frozenset(map(str, (TGC.CD4Count, TGC.AntiretroviralTherapy)))
"""What is only told of patients with HIV."""

_POSITIVE = re.compile(r"\b(?:positive|detectable)\b", re.IGNORECASE)


def acid_found(marker: Term, vocabulary: Vocabulary, *, present: bool) -> Term | None:
    """Return what "RNA" or "DNA" behind another marker of a virus tells ("hepatitis C antibody or RNA").

    Args:
        marker: The marker before it.
        vocabulary: Has the names of what is found of a virus.
        present: Whether it is found, or isn't.
    Returns:
        The finding of the same virus's, or None where the marker is of none.
    """
    if (loads := _loads_of(marker, vocabulary)) is None:
        return None
    return loads[1] if present else loads[0]


def with_viruses(
    text: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> None:
    """Put the concept of its own virus in place of each undetectable viral load, or PCR, of one not named.

    Args:
        text: The text under reading.
        tokens: Its words.
        mentions: Concepts by the token they start at, changed in place.
        vocabulary: Has the names that are made of the infection's ("undetectable HIV viral load").
    """
    for start in [start for start, mention in mentions.items() if mention.term.iri == _INFECTION]:
        _with_infection(text, tokens, mentions, vocabulary, start)
    for start in [start for start, mention in mentions.items() if mention.term.iri == _UNDETECTABLE]:
        load = _named_before(tokens, mentions, start, vocabulary)
        if load is not None:
            mentions[start] = replace(mentions[start], term=load[0])
    for start in [start for start in mentions if start > 1 and tokens[start - 1].text == "/"]:
        _with_tail(text, tokens, mentions, vocabulary, start)
    for found in _LOAD.finditer(text) if "iral load" in text else ():
        start, end = token_at(tokens, found.start()), token_at(tokens, found.end() - 1) + 1
        measured = _measured_before(tokens, mentions, start, vocabulary)
        if _OR_HAVING.search(text[: found.start()]):
            continue  # Another case than that of the treatment before it, which a value behind would narrow.
        if measured is not None and not any(m.start < end and start < m.end for m in mentions.values()):
            mentions[start] = Mention(measured, start, end)
    if "PCR" in text or "olymerase" in text:
        for found in list(_TESTED.finditer(text)):
            _with_test(tokens, mentions, vocabulary, found)


def _with_tail(
    text: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary, start: int
) -> None:
    """Read "HBV/HCV viral load must be undetectable", or "HBV/HCV therapy", as that of both."""
    before = next((m for m in mentions.values() if m.end == start - 1), None)
    if before is None or _INFECTION not in before.term.ancestors:
        return
    virus = text[tokens[before.start].start : tokens[before.end - 1].end]
    term = vocabulary.find(virus + text[tokens[start].end : tokens[mentions[start].end - 1].end])
    if term is not None and term.category != "condition":
        mentions[before.start] = replace(before, term=term)


def _with_infection(
    text: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary, start: int
) -> None:
    """Read "infection for HIV-1" as that one, and both of "current infection or infection with HBV"."""
    general = mentions[start]
    index = general.end
    joined = index > 1 and tokens[index - 2].text == "-"
    if index >= len(tokens) or tokens[index - 1].form != "infection" or joined:
        return
    if tokens[index].form in _OF:
        index += 1 + (index + 1 < len(tokens) and tokens[index + 1].form in _ARTICLES)
        own = mentions.get(index)
        if own is not None and _INFECTION in own.term.ancestors - {own.term.iri}:
            del mentions[index]
            mentions[start] = Mention(own.term, start, own.end)
    elif tokens[index].form in _JOINTS:
        behind = (mentions[at] for at in range(index + 1, index + _FARTHEST) if at in mentions)
        beside = next(behind, None)
        words = text[tokens[beside.start].start : tokens[beside.end - 1].end] if beside is not None else ""
        _, _, virus = words.partition("infection with ")
        term = vocabulary.find(virus) if virus else None
        if term is not None and _INFECTION in term.ancestors:
            mentions[start] = replace(general, term=term)


def _with_test(
    tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary, found: re.Match[str]
) -> None:
    """Put what a PCR found of a virus in place of the words that tell it, and of the virus beside them."""
    start, end = token_at(tokens, found.start()), token_at(tokens, found.end() - 1) + 1
    known = [m for m in mentions.values() if _loads_of(m.term, vocabulary) is not None]
    before = next((m for m in known if m.start < start <= m.end), None)
    behind = next((m for m in known if found["of"] and m.start == end), None)
    inside = next((m for m in known if found["named"] and start < m.start < end), None)
    own = behind or inside
    if any(m.start <= start and end <= m.end for m in mentions.values()):
        return
    if own is None and (found["of"] or found["named"]):
        return
    virus = own or before
    near = _named_before(tokens, mentions, start, vocabulary)
    load = near if virus is None else _loads_of(virus.term, vocabulary)
    positive = _POSITIVE.search(found.group()) is not None
    told = load[positive] if load is not None else None
    if told is None:
        return
    start = before.start if before is not None and own is None else start
    end = end if behind is None else behind.end
    for at in [at for at, mention in mentions.items() if at < end and mention.end > start]:
        del mentions[at]
    mentions[start] = Mention(told, start, end)


def _named_before(
    tokens: Sequence[Token], mentions: dict[int, Mention], start: int, vocabulary: Vocabulary
) -> tuple[Term, Term | None] | None:
    """Return the loads of the one virus that a sentence names before a place, or None.

    "Those who are PCR positive will be excluded" is of the virus that the sentence before names.
    """
    named: dict[str, tuple[Term, Term | None]] = {}
    ended = False
    for index in range(start - 1, -1, -1):
        if tokens[index].text == ":" and named:
            break  # A label in front names what its list is about ("Hepatitis B or C serology: …").
        if tokens[index].text in _ENDS:
            if ended or named or tokens[index + 1].form != "those":
                break
            ended = True
        before = mentions.get(index)
        if before is not None and (own := _loads_of(before.term, vocabulary)) is not None:
            if _names_further(tokens, before.end):
                return None
            named[own[0].iri] = own
    return next(iter(named.values())) if len(named) == 1 else None


def _names_further(tokens: Sequence[Token], end: int) -> bool:
    """Whether another hepatitis is named by its letter alone behind one ("hepatitis B or C")."""
    joined = [token.form in _JOINTS for token in tokens[end : end + 2]]
    return joined == [True, False] and len(tokens[end + 1].text) == 1 and tokens[end + 1].text.isupper()


def _measured_before(
    tokens: Sequence[Token], mentions: dict[int, Mention], start: int, vocabulary: Vocabulary
) -> Term | None:
    """Return the quantity of the one virus that a sentence speaks of before a place, or None."""
    opening = next((i + 1 for i in range(start - 1, -1, -1) if tokens[i].text in _ENDS), 0)
    before = [mentions[index].term for index in range(opening, start) if index in mentions]
    told = {_measure_of(term, vocabulary) for term in before} - {None}
    return next(iter(told)) if len(told) == 1 else None


def _measure_of(term: Term, vocabulary: Vocabulary) -> Term | None:
    """Return the viral load of the virus that a term names, or whose marker or treatment it is."""
    if term.iri in _OF_HIV:
        return vocabulary.find("HIV viral load")
    own = INFECTIONS.get(term.iri, term.iri)
    if own in _LOADS:
        return vocabulary.find("HBV viral load" if own == _HBV else "HCV viral load")
    if _INFECTION not in term.ancestors:
        return None
    return vocabulary.find(f"{term.label.removesuffix(' infection')} viral load")


def _loads_of(term: Term, vocabulary: Vocabulary) -> tuple[Term, Term | None] | None:
    """Return an undetectable and a detectable load of the virus that a term names, or whose marker it is."""
    if (names := _LOADS.get(INFECTIONS.get(term.iri, term.iri))) is not None:
        undetectable, detectable = map(vocabulary.named, names)
        return None if undetectable is None else (undetectable, detectable)
    if _INFECTION not in term.ancestors:
        return None
    virus = term.label.removesuffix(" infection")
    undetectable = vocabulary.find(f"undetectable {virus} viral load")
    return None if undetectable is None else (undetectable, vocabulary.find(f"detectable {virus} viral load"))
