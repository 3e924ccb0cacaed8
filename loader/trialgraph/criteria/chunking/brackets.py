"""What a bracket beside a concept says: an abbreviation of it, its number, an adjective."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.language.tokens import CLOSING
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.expressions import Fact, Limit
from trialgraph.namespaces import TGC

__all__ = [
    "are_related",
    "category_of",
    "count_in",
    "explains_adjective",
    "holds_adjectives",
    "instances_behind",
    "is_cancer",
    "is_gloss",
    "is_tumour",
    "listed_in",
    "markers_in",
    "nested",
    "only_repeats",
    "opened",
    "says_again",
    "tells_stain",
    "tells_way_too",
    "words_in",
]

_FEW_WORDS = 4
_EFFECT = re.compile(r"(?:interfer|affect|impair|prevent|preclud|compromis|expected|could|would|might|may\b)")
"""What a disease does or may do, of which a bracket behind it tells no instances."""
_JOINTS = CONJUNCTIONS | {"etc"}
_RESULTS = frozenset({"positive", "reactive", "detected", "detectable"})
_STAIN = str(TGC.HER2ImmunohistochemistryScore)
_INFECTION = str(TGC.InfectiousDisease)
_NEOPLASM = str(TGC.Neoplasm)
_METASTASIS = str(TGC.MetastaticMalignantNeoplasm)
_GERMS = frozenset({"bacterial", "viral", "fungal"})
_OTHER_GERMS = frozenset(
    {"parasitic", "protozoal", "mycobacterial", "mycotic", ",", "or", "and", "and / or", "/"}
)
_DISTANT = str(TGC.DistantMetastasis)
_SPREAD = re.compile(
    r"\W*(?:(?:AJCC|TNM|UICC)\s+)?(?:(?:any\s+T,?\s+)?(?:any\s+N,?\s+)?M[1+][a-d]?|stage\s+(?:IV|4))\W*",
    re.IGNORECASE,
)
"""What letters say of a cancer that has spread to other organs."""
_CONFIRMING = frozenset({"confirmation", "confirmed"})
_LACKING = ("negative", "negativity", "undetectable")


def holds_adjectives(bracket: Chunk) -> bool:
    """Whether a bracket before a concept holds adjectives only ("(non-infectious) pneumonitis")."""
    narrowing = {"qualifier", "active", "negation"}
    few = bracket.kind == "bracket" and 0 < len(bracket.inner) <= _FEW_WORDS
    return few and all(
        (chunk.kind == "word" and (not chunk.classes or chunk.classes & narrowing))
        or chunk.form in (",", "or", "and", "/")
        for chunk in bracket.inner
    )


def explains_adjective(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether a bracket tells what the adjective before it means ("recurrent (after surgery) melanoma")."""
    bracket = chunks[at]
    described = at > 0 and chunks[at - 1].kind == "word" and "qualifier" in chunks[at - 1].classes
    named = any(is_tumour(chunk) or chunk.kind in ("value", "limit", "size") for chunk in bracket.inner)
    return described and bracket.kind == "bracket" and bool(bracket.inner) and not named


def only_repeats(head: Chunk, inner: Sequence[Chunk]) -> bool:
    """Whether a bracket only abbreviates or paraphrases the concept before it.

    A marker paraphrases the infection that it shows, but narrows a tumour ("NSCLC (PD-L1 positive)").
    """
    if len(inner) == 1 and inner[0].kind == "word" and not inner[0].classes:
        return True
    if _is_by_any(head, inner):
        return True
    for chunk in inner:
        marked = category_of(head) == "condition" and category_of(chunk) == "biomarker"
        if marked and is_tumour(head):
            return False
        if (
            not (marked or is_gloss(head, chunk))
            and not chunk.classes & {"tail", "neutral"}
            and chunk.form not in ("-", "/", ",", ";", "or", "and", "antibody")
        ):
            return False
    return True


def _is_by_any(head: Chunk, inner: Sequence[Chunk]) -> bool:
    """Whether a bracket behind an infection names every kind of germ ("(bacterial, viral or fungal)")."""
    forms = {chunk.form for chunk in inner}
    infection = head.term is not None and head.term.iri == _INFECTION
    return infection and _GERMS <= forms <= _GERMS | _OTHER_GERMS


def tells_stain(head: Chunk, bracket: Chunk) -> bool:
    """Whether a bracket tells by which score of a stain a marker is called positive or negative."""
    scored = [value.terms for chunk in bracket.inner if (value := chunk.value) is not None]
    named = all(term.iri == _STAIN for terms in scored for term in terms)
    return bool(scored) and named and category_of(head) == "biomarker"


def says_again(text: str, head: Chunk, bracket: Chunk) -> bool:
    """Whether a bracket tells by a score what a marker is called, or by letters that a cancer has spread."""
    spread = head.term is not None and head.term.iri == _DISTANT
    return tells_stain(head, bracket) or (
        spread and _SPREAD.fullmatch(text, bracket.start, bracket.end) is not None
    )


def tells_way_too(bracket: Chunk) -> bool:
    """Whether a bracket only tells once more how a disease was found ("pathologically (histologically)")."""
    inner = bracket.inner
    told = any("confirmation" in chunk.classes for chunk in inner)
    return told and all(chunk.classes & _CONFIRMING or chunk.form in _JOINTS for chunk in inner)


def listed_in(inner: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the list that a bracket is ("(chemotherapy, radiotherapy or surgery)", "(i.e. X)"), or ()."""
    told = "definition" in inner[0].classes
    rest = inner[1:] if told else inner
    named = [chunk for chunk in rest if chunk.kind == "concept" and chunk.term and not chunk.term.quantity]
    plain = all(chunk.kind in ("concept", "sign", "bracket") or _joins(chunk, told=told) for chunk in rest)
    enough = len(named) >= (1 if told else 2)
    joint = (
        told and any(chunk.form in ("and", "with") for chunk in rest) and not any(c.form == "," for c in rest)
    )
    return rest if plain and enough and not joint else ()


def kinds_in(head: Chunk, inner: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the list of kinds of a concept that a bracket behind it is, or ()."""
    named = {chunk.term.iri: chunk.term for chunk in inner if chunk.kind == "concept" and chunk.term}
    below = [term for term in named.values() if head.term is not None and head.term.iri in term.ancestors]
    return listed_in(inner) if len(below) == len(named) > 1 else ()


def markers_in(head: Chunk, inner: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the markers that a bracket behind an infection knows it by ("HIV (HIV 1/2 antibodies)"), or ().

    Any of them will do, so those that have to be found together are none.
    """
    if head.term is None or _INFECTION not in head.term.ancestors:
        return ()
    named = [chunk.term for chunk in inner if chunk.term is not None]
    found = all(
        term.category == "biomarker" and not any(word in term.label for word in _LACKING) for term in named
    )
    together = any(chunk.form in ("and", "+") for chunk in inner)
    told = [chunk for chunk in inner if chunk.kind != "bracket"]
    return told if named and found and not together and only_repeats(head, told) else ()


def instances_behind(head: Chunk, rest: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the diseases that a last bracket names as instances of the one narrowed in front of it, or ().

    "Autoimmune disease requiring systemic treatment (including lupus or vasculitis)".
    """
    inner = rest[-1].inner if len(rest) > 1 and rest[-1].kind == "bracket" else ()
    if not inner or "example" not in inner[0].classes or head.term is None:
        return ()
    named = [chunk.term for chunk in inner if chunk.kind == "concept" and chunk.term is not None]
    alike = category_of(head) == "condition" and all(term.category == "condition" for term in named)
    told = any(category_of(chunk) == "condition" for chunk in rest[:-1])
    effect = any(_EFFECT.match(chunk.form) for chunk in rest[:-1])
    kinds = effect or any(head.term.iri in term.ancestors for term in named)
    return inner[1:] if alike and not told and named and kinds else ()


def _joins(chunk: Chunk, *, told: bool) -> bool:
    """Whether a word in a list joins its members or only goes with one of them."""
    with_member = {"neutral", "tail", "sample", "tested"} if told else {"neutral", "tail", "qualifier"}
    if "negation" in chunk.classes:
        return False
    joining = chunk.form in _JOINTS or (told and chunk.form in _RESULTS)
    return chunk.kind == "word" and (joining or bool(chunk.classes & with_member))


def count_in(inner: Sequence[Chunk]) -> Limit | None:
    """Return the number of lesions that a bracket states ("> 5 lesions", "i.e. up to 5 lesions")."""
    if "definition" in inner[0].classes and len(inner) > 1:
        inner = inner[1:]
    first = inner[0]
    if len(inner) > 2 or (len(inner) == 2 and first.kind == "lesion"):
        return None
    if first.kind == "lesion" and isinstance(first.expression, Fact):
        return first.expression.count
    plain = (
        first.kind == "limit" and first.limit is not None and first.limit.unit is None and first.limit.stated
    )
    return (
        first.limit.limit if plain and len(inner) == 2 and inner[1].form == "lesion" and first.limit else None
    )


def is_gloss(head: Chunk, chunk: Chunk) -> bool:
    """Whether a chunk only repeats the concept, or names one above or below it."""
    if chunk.kind != "concept" or chunk.term is None or head.term is None:
        return False
    return are_related(head.term, chunk.term)


def are_related(one: Term, other: Term) -> bool:
    """Whether two concepts are the same, or one is above the other."""
    return one.iri == other.iri or one.iri in other.ancestors or other.iri in one.ancestors


def is_tumour(chunk: Chunk) -> bool:
    """Whether a chunk names a tumour of any kind."""
    return chunk.term is not None and chunk.term.is_a(_NEOPLASM)


def is_cancer(term: Term | None) -> bool:
    """Whether a concept is a tumour, rather than what it has spread to: what a trial may be for."""
    return term is not None and term.is_a(_NEOPLASM) and not term.is_a(_METASTASIS)


def category_of(chunk: Chunk) -> str | None:
    """Return the category of a chunk's concept; None when it names none."""
    return chunk.term.category if chunk.term else None


def words_in(text: str, bracket: Chunk) -> str:
    """Return the words in a bracket; those of a dose have no brackets around them."""
    words = text[bracket.start : bracket.end]
    return words[1:-1].strip() if words[:1] in CLOSING else words.strip()


def opened(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks of a text, those of each bracket in its place."""
    for chunk, _ in nested(chunks):
        yield chunk


def nested(chunks: Sequence[Chunk], depth: int = 0) -> list[tuple[Chunk, int]]:
    """Return the chunks of a text, those of each bracket in its place, with the number of brackets around."""
    found: list[tuple[Chunk, int]] = []
    for chunk in chunks:
        if chunk.kind == "bracket":
            found += nested(chunk.inner, depth + 1)
        else:
            found.append((chunk, depth))
    return found
