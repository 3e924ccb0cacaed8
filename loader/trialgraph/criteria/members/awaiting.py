"""Members that end before what they are about, which the next one names ("imminent or established X").

"Treatment with approved or investigational therapy within 14 days" is two treatments, each in that time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import FINITE
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.lending import ANY_ILLNESS
from trialgraph.criteria.members.merging import with_adjective
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["share_objects"]

_DESCRIBING = frozenset({"qualifier", "active", "confirmed", "grading", "exposure"})
_MALIGNANT = str(TGC.MalignantNeoplasm)
_PARTICIPLES = ("ed", "ing", "ent", "ant")
_NOUNS = frozenset(
    {"removal", "withdrawal", "approval", "implant", "excipient", "agent", "component", "patient"}
)
_NOMINAL = ("ment", "ments")
_LONGEST = 5
"""How many words may stand before what they wait for."""


def share_objects(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Read a member of words alone with what the next one is about, where every word is understood then."""
    for segment, following in reversed(list(itertools.pairwise(segments))):
        joints = ("or", "/", "and") if text.exclusion else ("or", "/")
        if segment.expression is not None or following.joint not in joints or following.after_comma:
            continue
        if not isinstance(following.expression, Fact) or following.negated:
            continue
        waits = _without_hyphen(segment)
        rest = _object(text, following, hyphened=waits is not None)
        if rest is None or rest[0].term is None or not (waits or _is_open(segment, rest[0].term)):
            continue
        own, segment.chunks = segment.chunks, [*(waits or segment.chunks), *rest]
        read(text, segment)
        if not _is_sound(text, segment):
            segment.chunks, segment.expression, segment.leading = own, None, None
            segment.negated, segment.examples = False, ()
        elif rest[0].start > next(chunk.start for chunk in following.chunks if is_content(chunk)):
            following.narrower = True
        segment.borrowed = segment.expression is not None


def _is_open(segment: Segment, term: Term) -> bool:
    """Whether a member is a few words that end in a verb, an adjective or a place.

    Of a cancer only words that are known are taken for its adjectives: others may name another one.
    """
    last, plain = segment.chunks[-1], all(map(_is_plain, segment.chunks))
    if len(segment.chunks) > _LONGEST or not plain:
        return False
    if last.classes & _DESCRIBING or last.form in lexicon().places:
        return True
    adjective = last.form.endswith((*lexicon().adjectival, *_PARTICIPLES)) and last.form not in _NOUNS
    adjective = adjective and not last.form.endswith(_NOMINAL)
    return _MALIGNANT not in term.ancestors and adjective


def _is_plain(chunk: Chunk) -> bool:
    """Whether a word leads to a name, and says nothing of a person by itself ("are institutionalized")."""
    return chunk.kind == "word" and chunk.form not in FINITE


def _without_hyphen(segment: Segment) -> list[Chunk] | None:
    """Return "well-" of "well- or moderately-differentiated tumor" as an adjective; None without one."""
    *before, word, hyphen = [None, *segment.chunks] if len(segment.chunks) > 1 else [None, None, None]
    if word is None or hyphen is None or hyphen.form != "-" or word.end != hyphen.start:
        return None
    known = all(chunk is None or chunk.classes & {"neutral", "confirmation", "confirmed"} for chunk in before)
    if word.kind != "word" or not known:
        return None
    whole = replace(word, end=hyphen.end, classes=frozenset({"qualifier"}))
    return [*(chunk for chunk in before if chunk is not None), whole]


def _object(text: Text, segment: Segment, *, hyphened: bool) -> list[Chunk] | None:
    """Return what a member is about, without the verb or adjective that is its own; None without one.

    What a hyphen leads to has an adjective with one too ("… or moderately-differentiated").
    """
    at = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), None)
    if at is None or segment.chunks[at].kind != "concept":
        return None
    rest = segment.chunks[at:]
    if hyphened and "-" not in text.text[segment.chunks[0].start : rest[0].end]:
        return None
    parted = with_adjective(text, rest)
    if len(parted) > len(rest):
        return parted[1:]
    return rest if at and "qualifier" not in rest[0].classes else None


def _is_sound(text: Text, segment: Segment) -> bool:
    """Whether a member was read as a fact, and not as an illness of any kind."""
    fact = segment.expression
    if not isinstance(fact, Fact) or segment.negated or fact.category == "allergy":
        return False
    term = text.vocabulary.by_iri.get(fact.concept)
    return term is not None and ANY_ILLNESS not in term.ancestors
