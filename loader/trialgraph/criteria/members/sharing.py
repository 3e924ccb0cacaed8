"""What the members of a list lend each other: nouns, adjectives, time spans."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.omissions import ILLNESSES
from trialgraph.criteria.members.enzymes import names_enzyme
from trialgraph.criteria.members.lending import (
    ANY_ILLNESS,
    is_letter,
    is_one_word,
    leads_on,
    lend_rest,
    lent_name,
)
from trialgraph.criteria.members.remarks import is_plain
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["completed", "drop_repeated", "share_words"]


_RELATIVES = frozenset({"that", "that is", "which", "who"})
_OF_NAMES = frozenset({"small", "large"})
"""Adjectives that are part of a name without its noun ("small bowel or stomach resection")."""
_POINTING = frozenset({"this", "that", "these", "the present", "the current", "the same"})
"""What stands before a whole name ("enrolment in this study or treatment with a study drug")."""
_TIMED = frozenset({"within", "during", "while", "before", "after", "prior", "since", "for"})
_FARTHEST = 16
"""How far in a list the member may be that lends its noun, and one more."""
_UNKNOWN_WORDS = 3
"""How many words that aren't known may stand before a name in a member of a list."""
_MALIGNANT = str(TGC.MalignantNeoplasm)
_LEADING = frozenset({"neutral", "active", "negation", "example", "qualifier", "confirmation", "confirmed"})
_OTHER = frozenset({"other", "any other"})
_WELL = re.compile(r"(?:adequate|appropriate|acceptable|normal|sufficient|good)\b", re.IGNORECASE)
"""How functions are asked for, which no illness completes ("adequate renal function and good condition")."""


def share_words(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Complete "bone" in "bone or brain metastases" and "C" in "hepatitis B or C".

    The noun of "diseases of the heart, lung or liver" is the last one's, too, for what else they share.
    """
    for before, segment in itertools.pairwise(segments):
        before.borrowed = before.borrowed or _is_organ(text, segment)
    for segment in list(segments) if len(segments) > 1 else ():
        if segment.expression is not None:
            continue
        at = next(index for index, each in enumerate(segments) if each is segment)
        if _ends_in_hyphen(segment.chunks) and _named(segment):
            segment.chunks = _with_result(text, segment.chunks[:-1], segments[at + 1 : at + 2])
            read(text, segment)
            _tighten(segments, segment)
            continue
        phrase = completed(text, segments, at)
        following = segments[at + 1] if at + 1 < len(segments) else None
        if phrase is not None and following is not None and _says_the_same(phrase, following):
            following.chunks = [*phrase[:-1], *following.chunks]
            following.joint, following.after_comma = segment.joint, segment.after_comma
            segments.remove(segment)
            read(text, following)
        elif phrase is not None:
            own, segment.chunks = segment.chunks, phrase
            segment.borrowed = True
            read(text, segment)
            lend_rest(text, segments, at, read)
            if segment.expression is None:
                segment.chunks, segment.borrowed = own, False
            elif following is not None and not text.exclusion and _are_cancers(text, segment, following):
                following.joint = "or"


def _is_organ(text: Text, segment: Segment) -> bool:
    """Whether a member is a disease by the noun before its list, and an organ by its own words."""
    first = segment.chunks[0]
    if not is_content(first) or first.term is None or first.term.category != "condition":
        return False
    return text.vocabulary.find(text.text[first.start : first.end]) is None


def _with_result(text: Text, chunks: list[Chunk], following: Sequence[Segment]) -> list[Chunk]:
    """Return "estrogen-" with the result that it shares ("… or progesterone-receptor positive")."""
    marker = next((c for each in following for c in each.chunks if is_content(c)), None)
    if marker is None or marker.term is None or marker.term.category != "biomarker":
        return chunks
    words = re.split(r"[ -]", text.text[marker.start : marker.end])
    own = text.text[chunks[-1].start : chunks[-1].end]
    names = (" ".join([own, *words[at:]]) for at in range(1, len(words)))
    found = (text.vocabulary.find(name) for name in names)
    term = next((each for each in found if each is not None and each.category == "biomarker"), None)
    return chunks if term is None else [*chunks[:-1], replace(chunks[-1], term=term)]


def _are_cancers(text: Text, segment: Segment, following: Segment) -> bool:
    """Whether "gastric and oesophageal cancer" names two, of which patients have to have one."""
    facts = [each.expression for each in (segment, following) if isinstance(each.expression, Fact)]
    terms = [term for fact in facts if (term := text.vocabulary.by_iri.get(fact.concept)) is not None]
    apart = len(terms) > 1 and not (terms[0].is_a(terms[1].iri) or terms[1].is_a(terms[0].iri))
    return following.joint == "and" and apart and all(_MALIGNANT in term.ancestors for term in terms)


def _tighten(segments: list[Segment], waiting: Segment) -> None:
    """Let "A- or B-based chemotherapy" be one choice, whatever stands before it."""
    at = next(index for index, each in enumerate(segments) if each is waiting)
    for following in segments[at + 1 : at + 2]:
        following.tight = following.joint == "or"


def drop_repeated(segments: list[Segment]) -> list[Segment]:
    """Leave out the first of "cerebrovascular accident/stroke (within 6 months)", which is the same thing."""
    kept: list[Segment] = []
    for segment in segments:
        one, two = kept[-1].expression if kept else None, segment.expression
        same = isinstance(one, Fact) and isinstance(two, Fact) and one.concept == two.concept
        if same and segment.joint == "/" and isinstance(one, Fact) and is_plain(one):
            before = kept.pop()
            segment.joint, segment.after_comma = before.joint, before.after_comma
        kept.append(segment)
    return kept


def _says_the_same(phrase: list[Chunk], segment: Segment) -> bool:
    """Whether "stem cell or marrow transplant" names one concept twice, so that one member will do."""
    named, first = phrase[-1].term, segment.chunks[0].term
    return named is not None and first is not None and named.iri == first.iri


def _named(segment: Segment) -> bool:
    return any(chunk.kind == "concept" and is_content(chunk) for chunk in segment.chunks)


def completed(text: Text, segments: list[Segment], index: int) -> list[Chunk] | None:
    """Return a member with the words that it shares with others of its list; None when it needs none.

    Args:
        text: The text.
        segments: The members of the list.
        index: Which of them.
    """
    segment = segments[index]
    opening = segment.chunks[0].form in _OTHER and len(segment.chunks) > 1
    first = next((i for i, c in enumerate(segment.chunks) if not c.classes & _LEADING), None)
    found = _completed_at(text, segments, index, first)
    if found is None and first == 0 and opening and segment.chunks[-1].form not in ILLNESSES:
        first = next((i for i, c in enumerate(segment.chunks) if i and not c.classes & _LEADING), None)
        found = _completed_at(text, segments, index, first)
        named = found[-1].term if found is not None else None
        return found if named is not None and named.category == "condition" else None
    return found


def _completed_at(text: Text, segments: list[Segment], index: int, first: int | None) -> list[Chunk] | None:
    """Return a member completed by what a neighbour lends, its own words from a place on; None without one.

    Where all of its words only lead to a name, the last of them is its own.
    """
    segment = segments[index]
    if first is None and "qualifier" in segment.chunks[-1].classes:
        first = len(segment.chunks) - 1
    if first is None:
        return None
    if first and "confirmation" in segment.chunks[first - 1].classes:
        first -= 1
    before = segment.chunks[first - 1] if first else None
    if before is not None and before.form in _POINTING:
        return None
    if before is not None and before.form in _OF_NAMES:
        return _completed_from(text, segments, index, first - 1)
    placed = before is not None and before.form in lexicon().places
    found = _completed_from(text, segments, index, first, behind=not placed)
    if found is None and before is not None and "qualifier" in before.classes:
        found = _completed_from(text, segments, index, first - 1)
    return found or _completed_later(text, segments, index, first)


def _completed_later(text: Text, segments: list[Segment], index: int, first: int) -> list[Chunk] | None:
    """Return a member whose name starts behind words that aren't known ("uncompensated respiratory or …")."""
    chunks = segments[index].chunks
    for start in range(first + 1, min(first + 1 + _UNKNOWN_WORDS, len(chunks))):
        known = chunks[start].form.isalpha() or bool(chunks[start].classes & _LEADING)
        if any(chunk.kind != "word" for chunk in chunks[first:start]) or not known:
            return None
        found = _completed_from(text, segments, index, start, behind=False)
        named = None if found is None else next((c.term for c in found if is_content(c)), None)
        if named is not None and ANY_ILLNESS not in named.ancestors:
            return found
    return None


def _stands_apart(segment: Segment, named: Chunk) -> bool:
    """Whether a member names something else before its concept."""
    return leads_on(segment.chunks[: segment.chunks.index(named)])


def _completed_from(
    text: Text, segments: list[Segment], index: int, first: int, *, behind: bool = True
) -> list[Chunk] | None:
    """Return a member completed by the words that a neighbour lends, its own from a place on."""
    segment = segments[index]
    last = _name_end(segment, first)
    ends = [last, _noun_end(segment, first)]
    if is_letter(text.text[segment.chunks[first].start : segment.chunks[first].end]) and last > first:
        ends += [first + 1, first]
    places = ((first, end) for end in ends if end is not None)
    found = (_completed_to(text, segments, index, place, behind=behind) for place in places)
    return next((each for each in found if each is not None), None)


def _noun_end(segment: Segment, first: int) -> int | None:
    """Return the place of the noun that "C" stands before in "C virus infection with a detectable load"."""
    chunks = segment.chunks
    noun = next((i for i in range(first + 1, len(chunks) - 1) if chunks[i].kind != "word"), None)
    if noun is None or chunks[noun].kind != "concept" or "tail" not in chunks[noun].classes:
        return None
    return noun if chunks[noun + 1].classes & {"post", "tail"} else None


def _completed_to(
    text: Text, segments: list[Segment], index: int, place: tuple[int, int], *, behind: bool
) -> list[Chunk] | None:
    """Return a member whose name, at a place in it, the words that a neighbour lends complete."""
    first, last = place
    segment = segments[index]
    start, end = segment.chunks[first].start, segment.chunks[last].end
    words = text.text[start:end]
    before = range(index - 1, max(-1, index - _FARTHEST - 1), -1) if behind else ()
    earlier = [i for i in before if _named(segments[i])]
    following = list(_lenders(segments, index))
    lenders = [(i, True) for i in following[:1]] + [(i, False) for i in earlier]
    lenders += [(i, True) for i in following[1:]]
    for other, ahead in lenders:
        named = next((c for c in segments[other].chunks if c.kind == "concept" and is_content(c)), None)
        if named is None or (_stands_apart(segments[other], named) if ahead else names_enzyme(words)):
            continue
        if ahead and not text.exclusion and _asks_well(text, segments):
            continue
        tail = _noun_after(segments[other], named) if ahead else named.end
        found = lent_name(text, words, named, tail, ahead=ahead, same=ahead and other == index + 1)
        if found is not None:
            term, lost = found
            whole = Chunk("concept", start, end, term=term)
            return [*segment.chunks[:first], *lost, whole, *segment.chunks[last + 1 :]]
    return None


def _asks_well(text: Text, segments: Sequence[Segment]) -> bool:
    """Whether a list asks for functions, so that none of its members lends another the name of an illness."""
    return _WELL.match(text.text, segments[0].chunks[0].start) is not None


def _lenders(segments: list[Segment], index: int) -> Iterator[int]:
    """Yield the named members behind one that may lend it a noun: the next, and the one behind a word."""
    for other in range(index + 1, min(index + _FARTHEST, len(segments))):
        if not _named(segments[other]):
            continue
        yield other
        if not is_one_word(segments[other].chunks) or segments[other].joint != ",":
            return


def _noun_after(segment: Segment, named: Chunk) -> int:
    """Return where the noun after a name ends, which it may lend ("psychiatric or drug abuse disorders")."""
    after = segment.chunks.index(named) + 1
    following = segment.chunks[after] if after < len(segment.chunks) else named
    return following.end if "tail" in following.classes else named.end


def _name_end(segment: Segment, first: int) -> int:
    """Return the place of the last chunk before a time, a clause or a bracket, where a name may end."""
    last = len(segment.chunks) - 1
    behind = (
        i
        for i in range(first + 1, last + 1)
        if ("post" in segment.chunks[i].classes and segment.chunks[i].form in _TIMED)
        or (segment.chunks[i].form in _RELATIVES and "tail" not in segment.chunks[i - 1].classes)
    )
    last = next(behind, last + 1) - 1
    while last > first and segment.chunks[last].kind in ("window", "bracket", "sign"):
        last -= 1
    return last


def _ends_in_hyphen(chunks: list[Chunk]) -> bool:
    """Whether a name waits for what its hyphen joins it to ("hypo-")."""
    return len(chunks) > 1 and chunks[-1].form == "-" and chunks[-2].end == chunks[-1].start
