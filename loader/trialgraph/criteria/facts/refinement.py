"""Facts whose own words make the name of a narrower concept ("grade 3, acute graft-versus-host disease").

A name is found where its words stand together. Here another word parts them, or they stand in another order
("melanoma of uveal origin", "radiation directed to the pelvis", "systemic treatment with corticosteroids").
Words that leave a choice ("acute or chronic hepatitis B") name neither of the two.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.criteria.trees import any_of, map_facts
from trialgraph.expressions import Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["with_narrower"]

_TUMOUR = str(TGC.Neoplasm)
_LONGEST = 3
"""How many words that stand before a concept may be part of a narrower one's name."""
_FEWEST_LETTERS = 2
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_UNSURE = re.compile(
    r"\b(?:or|and|not?|non|without|except|excluding|other|than|of|for|to|with|by|from|in|suspected|possible|potential"
    r"|related|associated|induced|specific|stage|secondary)\b|[/():]",
    re.IGNORECASE,
)
"""What keeps words before a concept from all telling of it."""
_PLACE = re.compile(
    r"\s+(?:(?:directed|delivered|administered|given|applied|localized|located|arising|originating)\s+)?"
    r"(?:of|to|in|at|involving|affecting|with)\s+(?:(?:the|a|an|their|his|her)\s+)?"
    r"(?P<place>(?!(?:or|and|of|to|in|at|the)\b)[^\W_]+(?:[ -](?!(?:or|and|of|to|in|at|the)\b)[^\W_]+){0,2}?)"
    r"(?P<noun>\s+(?:origin|component|site|region|area|type|histology)(?:\s+of\s+interest)?)?"
    r"(?=\s*(?:$|[.;()]|,?\s*(?:within|at|that|which|who|requiring|prior|before|during|intended|at|≤|<)\b))",
    re.IGNORECASE,
)
"""Where a concept is, or what it has, with nothing behind that offers another place."""
_END = r"(?!(?:or|and|of|to|in|at|the|with)\b)"
_ONE = rf"{_END}[^\W\d_]+(?:[ -]{_END}[^\W\d_]+){{0,2}}?"
_ORIGINS = re.compile(
    r"(?:\s*\([A-Z][\w-]{1,9}\))?\s+(?P<said>(?:of|with)\s+(?:(?:either|an?|any|significant)\s+)?"
    rf"(?P<places>{_ONE}(?:(?:\s*[,/]\s*(?:or\s+)?|\s+or\s+){_ONE}){{0,4}})"
    r"(?:\s+cells?)?\s+(?:origin|histolog(?:y|ies)|(?:sub)?types?|components?))\b(?!\s+(?:and|or)\b|\s*/)",
    re.IGNORECASE,
)
"""Of which origins or histologies a tumour may be, and where the words for each end."""
_APART = re.compile(r"\s*[,/]\s*(?:or\s+)?|\s+or\s+", re.IGNORECASE)
_ROUTE = re.compile(
    r"\b(?P<how>[a-z]+(?:-[a-z]+)?)\s+(?:treatment|therapy|use|administration|application|dosing)\s+(?:with|of)\s+"
    r"(?:either\s+|any\s+|the\s+|a\s+|an\s+)?$",
    re.IGNORECASE,
)
_LEADING = frozenset({"with", "of", "either", "any", "the", "a", "an"})
_NEAR = 20


def with_narrower(expression: Expression, text: Text) -> Expression:
    """Return the expression with the narrowest concepts that its facts and their own words name together."""

    def narrower(fact: Fact) -> Expression:
        return _narrower(fact, text)

    return map_facts(expression, narrower)


def _narrower(fact: Fact, text: Text) -> Expression:
    term = text.vocabulary.by_iri.get(fact.concept)
    if term is None or term.category in (None, "allergy") or fact.modifiers.get("relation") == "other":
        return fact
    start, end = text.normalized.readable(fact.span)
    words = text.text[start:end]
    told = fact.modifiers.get("qualifier", "").split("; ")
    for index, part in enumerate(told):
        if part and text.text.find(part, 0, start) >= 0 and _UNSURE.search(part) is None:
            for kind, rest in _before(text, term, words, part):
                return _named(fact, kind, [*told[:index], rest, *told[index + 1 :]])
    placed = _PLACE.match(text.text, end)
    if placed is not None and (found := _placed(text, term, words, placed["place"])) is not None:
        return _named(fact, found, [part for part in told if part != placed.group().strip()])
    if term.is_a(_TUMOUR) and (kinds := _of_origins(fact, text, term, words)):
        return any_of(kinds)
    led = term.category in GIVEN and _leads_up(text.text, start)
    route = _ROUTE.search(text.text, 0, start) if led else None
    found = _first(text, term, _spelled(term, words, route["how"])) if route is not None else None
    return fact if found is None else _named(fact, found, told)


def _of_origins(fact: Fact, text: Text, term: Term, words: str) -> list[Fact]:
    """Return a tumour of each of the origins or histologies named behind it, where all have a name so."""
    end = text.normalized.readable(fact.span)[1]
    placed = _ORIGINS.match(text.text, end)
    if placed is None:
        return []
    said, told = placed["said"], fact.modifiers.get("qualifier", "").split("; ")
    if not any(part.startswith(said) for part in told):
        return []
    found = [_first(text, term, _spelled(term, words, each)) for each in _APART.split(placed["places"])]
    rest = [part.removeprefix(said).strip(" ,") for part in told]
    kinds = [_named(fact, kind, [part for part in rest if part]) for kind in found if kind is not None]
    return kinds if len(kinds) == len(found) else []


def _leads_up(words: str, start: int) -> bool:
    """Whether the last word before a place may be one that `_ROUTE` ends with, which is looked at first."""
    before = words[max(0, start - _NEAR) : start].lower().split()
    return bool(before) and before[-1] in _LEADING


def _before(text: Text, term: Term, words: str, part: str) -> Iterator[tuple[Term, str]]:
    """Yield what words before a concept make of it, most words first, and the words that are left."""
    tokens = list(_WORD.finditer(part))
    for length in range(min(_LONGEST, len(tokens)), 0, -1):
        for at in range(len(tokens) - length, -1, -1):
            one, two = tokens[at], tokens[at + length - 1]
            named = part[one.start() : two.end()]
            if len(named) < _FEWEST_LETTERS:
                continue
            found = _first(text, term, _spelled(term, words, named))
            if named == part and found is not None:
                yield found, ""
            elif found is not None and found.iri != term.iri and not _cuts(text, tokens, at, at + length):
                yield found, (part[: one.start()] + part[two.end() :].lstrip(" ,")).strip(" ,")


def _cuts(text: Text, tokens: Sequence[re.Match[str]], start: int, end: int) -> bool:
    """Whether words are part of another name ("lung" in "lung cancer surgery")."""
    across = [tokens[edge - 1 : edge + 1] for edge in (start, end) if 0 < edge < len(tokens)]
    return any(text.vocabulary.find(f"{one.group()} {two.group()}") is not None for one, two in across)


def _placed(text: Text, term: Term, words: str, place: str) -> Term | None:
    names = itertools.chain(
        _spelled(term, words, place),
        (f"{term.label} {joint} {place}" for joint in ("of the", "to the", "with")),
    )
    return _first(text, term, names)


def _spelled(term: Term, words: str, named: str) -> Iterator[str]:
    yield f"{named} {words}"
    yield f"{named} {term.label}"


def _first(text: Text, term: Term, names: Iterator[str]) -> Term | None:
    """Return the first concept that a name is of, itself or one below it, of its category."""
    for name in names:
        found = text.vocabulary.find(name)
        if found is not None and term.iri in found.ancestors and found.category == term.category:
            return found
    return None


def _named(fact: Fact, term: Term, told: list[str]) -> Fact:
    left = {"qualifier": "; ".join(filter(None, told))}
    modifiers = {name: left.get(name, words) for name, words in fact.modifiers.items()}
    modifiers = {name: words for name, words in modifiers.items() if words}
    return replace(fact, concept=term.iri, concept_label=term.label, modifiers=modifiers)
