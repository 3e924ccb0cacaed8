"""Names that are complete only with words of a neighbour: "bone" in "bone or brain metastases"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import token_texts
from trialgraph.criteria.language.variants import usual_noun
from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.criteria.members.segments import Segment
from trialgraph.namespaces import TGC

__all__ = ["ANY_ILLNESS", "is_letter", "is_one_word", "leads_on", "lend_rest", "lent_name", "unbracketed"]

_CANCER = "cancer"
_LEADING = frozenset({"for", "to"})
_TARGETING = frozenset({"targeting", "against", "directed"})
_ACTING_TWICE = re.compile(r"\b(?:inhibitor|inducer|substrate)s?\s*(?:or|and|and/or|/|,)\s*$", re.IGNORECASE)
"""What is done to an enzyme beside what its name tells ("inhibitors or inducers of CYP3A4, 1A2 or 2C9")."""
_NEAR = 30
_COURSES = frozenset({"acute", "chronic", "or", "and", "/"})
"""What may stand before "active" in a name without narrowing it."""
_TESTED = "for"
"""What a name may start with before what it lends ("test for hepatitis B surface or core antigen")."""
ANY_ILLNESS = str(TGC.MedicalIllness)
"""What "chronic medical" in "acute or chronic medical or psychiatric condition" would say of any."""


def is_one_word(chunks: Sequence[Chunk]) -> bool:
    """Whether a member is a word that has no noun of its own ("radiopharmaceutical", "stroke")."""
    return len(chunks) == 1 and " " not in chunks[0].form


def leads_on(chunks: Sequence[Chunk]) -> bool:
    """Whether words before a concept name something else ("cardiac function to be fit for surgery")."""
    return any(chunk.form.split(" ")[-1] in _LEADING for chunk in chunks)


def lent_name(
    text: Text, words: str, lender: Chunk, end: int, *, ahead: bool, same: bool
) -> tuple[Term, list[Chunk]] | None:
    """Return what some words name with words that a neighbour lends them; None where they name nothing.

    Args:
        text: The text.
        words: The words that lack a noun, or the start of their name.
        lender: The concept that the neighbour names.
        end: Where the lender's name ends, with the noun behind it.
        ahead: Whether the lender stands behind the words and lends its end, or before them, its start.
        same: Whether what the lender names will do too.
    Returns:
        The concept, and the adjective that the lender's start leaves out.
    """
    if ahead and (prefix := words.rstrip(" -").lower()) in lexicon().prefixes:
        return _prefixed(text, prefix, lender)
    if not ahead and _ACTING_TWICE.search(text.text, max(0, lender.start - _NEAR), lender.start):
        return None
    tokens = token_texts(unbracketed(text.text[lender.start : end]))
    lent: list[Iterable[tuple[str, list[Chunk]]]] = [_shared(tokens, ahead=ahead)]
    if end > lender.end:
        lent.append(_shared(token_texts(unbracketed(text.text[lender.start : lender.end])), ahead=ahead))
    if ahead and tokens:
        nouns = (usual_noun(tokens[-1]), _noun_of(lender.term))
        lent.append((noun, []) for noun in nouns if noun is not None)
    if not ahead and lender.term is not None and not _TARGETING.isdisjoint(tokens):
        target = text.vocabulary.find(f"anti-{words}")
        return (target, []) if target is not None and target.category == lender.term.category else None
    for shared, lost in itertools.chain.from_iterable(lent):
        term = text.vocabulary.find(f"{words} {shared}" if ahead else f"{shared} {words}")
        if term is None or term.quantity or lender.term is None:
            continue
        more = len(tokens) > 1 or lender.term.iri in term.ancestors
        if more and (same or term.iri != lender.term.iri):
            return term, lost
    return None


def _noun_of(term: Term | None) -> str | None:
    """Return the noun for a malignancy that a concept's label ends in, where its name is another."""
    return _CANCER if term is not None and term.label.endswith(f" {_CANCER}") else None


def _prefixed(text: Text, prefix: str, lender: Chunk) -> tuple[Term, list[Chunk]] | None:
    """Return what "hypo-" names beside "hyperthyroidism", or None."""
    name = text.text[lender.start : lender.end].lower()
    for other in lexicon().prefixes:
        rest = name.removeprefix(other)
        if rest == name or other == prefix:
            continue
        term = text.vocabulary.find(prefix + rest) or text.vocabulary.find(f"{prefix}-{rest.lstrip('-')}")
        given = term is not None and lender.term is not None and term.category in GIVEN
        if (
            term is not None
            and lender.term is not None
            and (term.category == lender.term.category or (given and lender.term.category in GIVEN))
        ):
            return term, []
    return None


def unbracketed(name: str) -> str:
    """Return a name without the abbreviation in brackets that it ends in."""
    return name.partition(" (")[0] if name.endswith(")") else name


def _shared(tokens: list[str], *, ahead: bool) -> Iterator[tuple[str, list[Chunk]]]:
    """Yield the words that a name may lend its neighbour, with an adjective ("active") left out of them."""
    sizes = range(1, len(tokens) if len(tokens) > 1 or not ahead else 2)
    for size in reversed(sizes) if ahead else sizes:
        if ahead:
            yield " ".join(tokens[-size:]), []
            continue
        kept = tokens[:-size]
        yield " ".join(kept), []
        if _TESTED in kept:
            yield " ".join(kept[kept.index(_TESTED) + 1 :]), []
        if (parted := _without_active(kept)) is not None:
            yield parted


def _without_active(name: list[str]) -> tuple[str, list[Chunk]] | None:
    """Part "active" from a name, or "acute or chronic active"; None where it doesn't start so."""
    for index, word in enumerate(name[:-1]):
        _, classes = lexicon().opening(word)
        if "active" in classes:
            return " ".join(name[index + 1 :]), [Chunk("word", 0, 0, word.lower(), classes)]
        if word.lower() not in _COURSES:
            return None
    return None


def lend_rest(
    text: Text, segments: Sequence[Segment], index: int, read: Callable[[Text, Segment], None]
) -> None:
    """Let what stands behind the last of "hepatitis B or C with detectable viral load" be said of each."""
    chunks = segments[index].chunks
    at = next(i for i, chunk in enumerate(chunks) if is_content(chunk))
    rest = chunks[at + 1 :]
    if not rest or rest[0].kind != "word" or segments[index].expression is None:
        return
    if not is_letter(text.text[chunks[at].start : chunks[at].end].split(" ")[0]):
        return
    for before in reversed(segments[:index]):
        named = before.chunks[-1]
        if named.kind != "concept" or not is_letter(text.text[named.start : named.end].split(" ")[-1]):
            return
        before.chunks = [*before.chunks, *rest]
        read(text, before)


def is_letter(word: str) -> bool:
    """Whether a word is the letter that tells one of several things of a name ("hepatitis B or C")."""
    return len(word) == 1 and word.isupper()
