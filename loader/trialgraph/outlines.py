"""What an exception may be about at most, where not all of its words are understood.

"Systemic corticosteroids at ≤10 mg/day, corticosteroids as premedication" excepts some corticosteroids,
whatever doses and purposes mean. So tacrolimus isn't excepted. Each part has to begin with the name of a
treatment that the rest narrows; all others that are named anywhere count as excepted too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from trialgraph.concepts import packaged_concepts
from trialgraph.namespaces import TGC

__all__ = ["most_excepted", "treatments_in"]

_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r";|(?<=[a-z)])\s+(?=[A-Z][a-z])")
"""Between parts: a list that lost its lines begins each item with a capital."""
_NARROWS = re.compile(
    r"[(≤<≥>]|\b(?:at|as|with|within|for|in|on|up to|of|that|which|who|given|used|taken|if|when|during|prior"
    r"|before)\b"
)
_JOINS = re.compile(r",|\b(?:or|and)\b")
_OPENING = re.compile(
    r"^(?:the )?(?:use|receipt|administration|treatment|therapy) (?:of|with)\s+", re.IGNORECASE
)
_AGENT = re.compile(
    r"\b(?:drugs?|agents?|therap\w+|medic\w+|treatments?|inhibitors?|blockers?|antibod\w+|biologic\w*|antagonists?"
    r"|suppress\w+|\w+(?:mab|nib|mus|cept|prin|azine|amide|trexate|sone|solone|vir|mycin|platin|taxel)s?)\b",
    re.IGNORECASE,
)
_TRAILING = frozenset(
    {"injection", "injections", "use", "therapy", "treatment", "doses", "dose", "sprays", "creams"}
)
_LONGEST = 6


@lru_cache(maxsize=4096)
def most_excepted(said: str) -> tuple[str, ...]:
    """Return the IRIs of treatments that an exception's words may be about at most; none where that is open.

    Args:
        said: The words of an exception from a treatment.
    """
    found: set[str] = set()
    for part in _parts(said):
        named = _part(_OPENING.sub("", part))
        if not named:
            return ()
        found |= named
    return tuple(sorted({iri for each in found for iri in _unjudged(each)}))


def _parts(said: str) -> Iterator[str]:
    """Yield the items of an exception; a name of two words with capitals is one ("Traditional Chinese")."""
    lone = ""
    for piece in _PARTS.split(said):
        part = f"{lone}{piece.strip(' .')}"
        lone = "" if " " in part else f"{part} "
        if not lone:
            yield part
    if lone:
        yield lone.strip()


def _unjudged(iri: str) -> frozenset[str]:
    """Return a concept, or what it is a judgement of: of systemic corticosteroids, corticosteroids."""
    concepts = packaged_concepts()
    if not concepts.is_judged(iri):
        return frozenset({iri})
    return frozenset[str]().union(*(_unjudged(parent) for parent in concepts[iri].parents))


def _part(words: str) -> set[str]:
    """Return what one part names, if it begins with a name and names no agent that isn't known."""
    narrowed = _NARROWS.search(words)
    head = words[: narrowed.start()] if narrowed else words
    tokens = _WORD.findall(head.casefold())
    while tokens and tokens[-1] in _TRAILING:
        tokens.pop()
    if not tokens or not any(end == len(tokens) for _, end, _ in treatments_in(tokens)):
        return set()
    found = {iri for _, _, iris in treatments_in(tokens) for iri in iris}
    for piece in _JOINS.split(words[len(head) :])[1:]:
        named = {iri for _, _, iris in treatments_in(_WORD.findall(piece.casefold())) for iri in iris}
        if not named and _AGENT.search(piece):
            return set()
        found |= named
    return found


def treatments_in(tokens: list[str]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield where the longest names of treatments start and end among words in lower case, and their IRIs."""
    at = 0
    while at < len(tokens):
        ends = range(min(len(tokens), at + _LONGEST), at, -1)
        end = next((each for each in ends if " ".join(tokens[at:each]) in _treatments()), at)
        if end > at:
            yield at, end, _treatments()[" ".join(tokens[at:end])]
        at = max(end, at + 1)


@lru_cache(maxsize=1)
def _treatments() -> dict[str, frozenset[str]]:
    concepts = packaged_concepts()
    below = concepts.descendants(str(TGC.Treatment))
    found: dict[str, frozenset[str]] = {}
    for form in concepts.surface_forms():
        if form.iri in below:
            name = " ".join(_WORD.findall(form.form.casefold()))
            for each in (name, f"{name}s"):
                found[each] = found.get(each, frozenset()) | {form.iri}
    return found
