"""Adjectives and remarks that the members of a list have in common."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import TURNING
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import STATED
from trialgraph.criteria.facts.recency import LATELY
from trialgraph.criteria.facts.standards import standard_end
from trialgraph.criteria.language.connectives import JOINTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import (
    Segment,
    is_bare,
    is_event,
    is_unknown_noun,
    opens_vessel,
)
from trialgraph.expressions import Expression, Fact
from trialgraph.namespaces import TGC

__all__ = [
    "name_narrower",
    "share_elided",
    "share_graded",
    "share_leading",
    "share_nouns",
    "share_other",
    "share_places",
]

_MALIGNANT = str(TGC.MalignantNeoplasm)
_PRIMARY = "primary "
_ARTICLES = frozenset({"a", "an", "any"})
_HANGING = (" to", " of", " on", " after", " during", " following")
_CONTROLLED = re.compile(r"(?:un|(?:poorly|inadequately|insufficiently|not(?: well)?)[ -])controlled", re.I)
_LOCAL = re.compile(r"(?:loco-?regional|local|unresect|non-?resect|inoperab)", re.IGNORECASE)
_RESPONSE = re.compile(r"platinum[ -](?:resistant|refractory|sensitive)\b", re.IGNORECASE)
"""What the name of a cancer tells of a treatment of it, which is said of each cancer of a list."""
_SPREAD = "metastasis"
_METASTASIS = str(TGC.DistantMetastasis)


_UNHEALED = re.compile(r"non[- ]?healing\b", re.IGNORECASE)
"""What a wound's name starts with and is said of ulcers and fractures behind it as well."""


def share_leading(text: Text, segments: list[Segment]) -> None:
    """Let "poorly controlled" before a list hold for its bare members too.

    The adjective may be part of the first member's own name ("unhealed wounds, ulcers or fractures"). In the
    midst of a list that started without one it is its member's only ("stroke, aphasia, severe injury,
    dementia").
    """
    leading: str | None = None
    first: Fact | None = None
    first_owns = False
    amid, bare, borrowed = False, 0, False
    each_its_own = sum(_has_adjective(text, each) for each in segments) > 1
    for index, segment in enumerate(segments):
        fact = segment.expression
        if leading is not None and is_unknown_noun(segment):
            continue
        own = _own_adjective(text, segment)
        told = segment.leading is not None or own is not None
        if (segment.joint == "," or segment.after_comma) and not borrowed:
            leading = None if amid else leading
            amid = told and bool(bare) and "neutral" not in segment.chunks[0].classes
        one_noun, borrowed = borrowed, segment.borrowed
        apart = (segment.joint == "," or segment.after_comma) and not (one_noun and _is_severity(leading))
        bare = bare + 1 if isinstance(fact, Fact) and not told and leading is None else 0
        if segment.leading is not None or not isinstance(fact, Fact):
            response = _response(text, segment) if segment.leading is not None else None
            leading, first_owns = " ".join(filter(None, (segment.leading, response))) or None, False
            leading = None if _is_of_its_name(leading, fact) else leading
            first = fact if isinstance(fact, Fact) else None
        elif own:
            leading, first, first_owns = own, fact, True
        elif (first is not None and not _alike(first, fact, own=first_owns)) or (
            segment.narrower or segment.joint not in JOINTS or not _opens_bare(text, segment, first, leading)
        ):
            leading = None
        elif leading is not None and _takes_none(leading, segment):
            continue
        elif leading is not None and _is_named_again(segments[:index], fact, leading):
            leading = None
        elif leading is not None and not (each_its_own and apart):
            leading = _fitting(leading, fact)
            if leading and leading.lower() in LATELY and first is not None and first.within is not None:
                segment.expression = replace(fact, within=fact.within or first.within)
                continue
            segment.expression = _qualified(fact, leading, first=True) if leading else fact


def _opens_bare(text: Text, segment: Segment, first: Fact | None, leading: str | None) -> bool:
    """Whether a member starts with its name, or with "other" before what the first is a kind of.

    An article may stand before it where the list hangs on a preposition ("refractory to an A or a B").
    """
    fact, opening = segment.expression, segment.chunks[0]
    if opening.form in _ARTICLES and leading is not None and leading.endswith(_HANGING):
        return len(segment.chunks) > 1 and is_content(segment.chunks[1])
    bare = opening.form == "other" and len(segment.chunks) > 1 and is_content(segment.chunks[1])
    if not bare or first is None or not isinstance(fact, Fact):
        return is_content(opening)
    kind = text.vocabulary.by_iri.get(first.concept)
    return kind is not None and fact.concept in kind.ancestors


def _is_severity(words: str | None) -> bool:
    """Whether adjectives say how bad a thing is, which is said of all that one noun names."""
    return words is not None and "severity" in lexicon().opening(words.lower())[1]


def _takes_none(leading: str, segment: Segment) -> bool:
    """Whether an adjective before a list isn't said of a member.

    It isn't of what has a state in its name ("symptomatic heart failure, unstable angina"), nor is one of
    control of what is over in a moment ("uncontrolled hypertension or stroke"), nor "locally advanced" of
    what has spread, nor "platinum-resistant" of anything but a cancer.
    """
    named = next((chunk.term for chunk in segment.chunks if chunk.term is not None), None)
    if named is None or leading.lower() in LATELY:
        return False
    if named.label.startswith(STATED) or (named.iri == _METASTASIS and _LOCAL.match(leading)):
        return True
    if _RESPONSE.search(leading) is not None:
        return _MALIGNANT not in named.ancestors or named.label.endswith(_SPREAD)
    return _CONTROLLED.fullmatch(leading) is not None and is_event(segment)


def _is_named_again(segments: list[Segment], fact: Fact, leading: str) -> bool:
    """Whether a list names a thing again, to say another of it ("untreated A or A that has progressed")."""
    told = fact.modifiers.get("qualifier", "including")
    before = (each.expression for each in segments if isinstance(each.expression, Fact))
    again = any(
        each.concept == fact.concept and leading in each.modifiers.get("qualifier", "") for each in before
    )
    return again and not told.startswith("including")


def _fitting(words: str, fact: Fact) -> str | None:
    """Return adjectives without those whose contrary a concept's name has ("acute", before "chronic X")."""
    named = fact.concept_label.lower().split()
    other = lexicon().contraries
    told = [word for word in words.split(" ") if other.get(word.lower().strip(",;")) not in named]
    return words if len(told) == words.count(" ") + 1 else " ".join(told).strip(" ,;") or None


def name_narrower(text: Text, segments: list[Segment]) -> None:
    """Read the second of "strong inhibitors or inducers of CYP3A4" as the concept it then names."""
    for segment in segments:
        fact = segment.expression
        told = fact.modifiers.get("qualifier") if isinstance(fact, Fact) else None
        if told is None or not isinstance(fact, Fact) or fact.category not in GIVEN:
            continue
        first, _, others = told.partition("; ")
        term = text.vocabulary.find(f"{first} {fact.concept_label}")
        if term is None or term.category != fact.category or fact.concept not in term.ancestors:
            continue
        rest = {name: words for name, words in fact.modifiers.items() if name != "qualifier"}
        modifiers = {**rest, "qualifier": others} if others else rest
        segment.expression = replace(fact, concept=term.iri, concept_label=term.label, modifiers=modifiers)


def _has_adjective(text: Text, segment: Segment) -> bool:
    """Whether a member has an adjective or a state of its own."""
    fact = segment.expression
    status = isinstance(fact, Fact) and fact.modifiers.get("status") == "active"
    return segment.leading is not None or status or _own_adjective(text, segment) is not None


def share_elided(text: Text, segments: list[Segment]) -> None:
    """Let "major" in "any major organic or infectious disease" hold for the disease that is read."""
    for before, segment in itertools.pairwise(segments):
        fact = segment.expression
        narrows = (chunk for chunk in before.chunks if "qualifier" in chunk.classes)
        told = [chunk for chunk in narrows if chunk.form not in lexicon().places]
        elided = all(
            chunk.kind == "word" and not chunk.classes & {"negation", "post"} for chunk in before.chunks
        )
        one_noun = segment.joint in ("or", "and", "/") and not segment.after_comma and is_bare(segment)
        if before.expression is None and elided and told and one_noun and isinstance(fact, Fact):
            words = _fitting(text.text[told[0].start : told[-1].end], fact)
            segment.expression = fact if words is None else _qualified(fact, words, first=True)


def share_graded(text: Text, segments: list[Segment]) -> None:
    """Read "or grade 3" behind "neuropathy of grade 2 with pain" as that neuropathy of another grade."""
    for before, segment in itertools.pairwise(segments):
        fact, chunks = before.expression, segment.chunks
        first = text.text[chunks[0].start : chunks[0].end].lower()
        if segment.expression is not None or segment.joint != "or" or before.negated or "grade" not in first:
            continue
        words = text.text[chunks[0].start : chunks[-1].end].strip(" .;")
        plain = not any(is_content(chunk) or chunk.classes & (TURNING | {"regardless"}) for chunk in chunks)
        if plain and isinstance(fact, Fact) and fact.category == "condition":
            parts = fact.modifiers.get("qualifier", "").split("; ")
            graded = [part for part in parts if "grade" in part.lower()]
            if len(graded) == 1 and graded == parts[:1]:
                told = {**fact.modifiers, "qualifier": "; ".join([words, *parts[1:]])}
                span = text.span(chunks[0].start, chunks[-1].end)
                segment.expression = replace(fact, modifiers=told, span=span)


def _alike(first: Fact, fact: Fact, *, own: bool) -> bool:
    """Whether what narrows one member may narrow another: "major surgery, chemotherapy" isn't major twice."""
    if own:
        return first.category == fact.category == "condition"
    return first.category == fact.category or {first.category, fact.category} <= GIVEN


def _qualified(fact: Fact, words: str, *, first: bool) -> Fact:
    own = fact.modifiers.get("qualifier")
    if own is not None and words in own:
        return fact
    joined = words if own is None else f"{words}; {own}" if first else f"{own}; {words}"
    return replace(fact, modifiers={**fact.modifiers, "qualifier": joined})


def _own_adjective(text: Text, segment: Segment) -> str | None:
    """Return the grading word that a concept's name starts with, for a member that is nothing else."""
    first = segment.chunks[-1]
    if first.kind != "concept" or not all("neutral" in chunk.classes for chunk in segment.chunks[:-1]):
        return None
    if (response := _response(text, segment)) is not None:
        return response
    if (unhealed := _UNHEALED.match(text.text, first.start, first.end)) is not None:
        return unhealed.group()
    end, classes = lexicon().opening(text.text[first.start : first.end])
    return text.text[first.start : first.start + end] if end and "grading" in classes else None


def _is_of_its_name(leading: str | None, fact: Expression | None) -> bool:
    """Whether "primary" is part of the one name, as in "primary peritoneal or fallopian tube cancer"."""
    named = isinstance(fact, Fact) and fact.concept_label.startswith(_PRIMARY)
    return leading is not None and leading.lower() == _PRIMARY.strip() and named


def _response(text: Text, segment: Segment) -> str | None:
    """Return "platinum-resistant", where the name of a member's cancer starts with it."""
    named = next((chunk for chunk in segment.chunks if is_content(chunk)), segment.chunks[0])
    found = _RESPONSE.match(text.text, named.start, named.end)
    return found.group() if found is not None and found.end() < named.end else None


def share_places(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Read "cerebral infarction or hemorrhage" as cerebral in both, where that names a concept.

    Behind a stroke it may be the very same ("pulmonary hemorrhage/bleeding"), and no wider one. So may the
    stenting of "coronary angioplasty, or stenting".
    """
    for before, segment in itertools.pairwise(segments):
        first, last, times = before.chunks[-1], segment.chunks[0], segment.chunks[1:]
        timed = all(chunk.kind == "window" for chunk in times)
        opened = first.term is not None and opens_vessel(first.term)
        opened = opened and not (last.term is not None and opens_vessel(last.term))
        joints = ("or", "and", "/", ",") if opened else ("or", "and", "/")
        if segment.joint not in joints or (segment.after_comma and not opened) or not timed:
            continue
        if first.kind != "concept" or last.kind != "concept" or first.term is None or last.term is None:
            continue
        adjective, _, noun = text.text[first.start : first.end].partition(" ")
        term = text.vocabulary.find(f"{adjective} {text.text[last.start : last.end]}") if noun else None
        slash = text.text[first.end : last.start].strip() == "/"
        known = (last.term.iri,) if slash or opened else (first.term.iri, last.term.iri)
        new = term is not None and term.iri not in known
        if term is not None and new and term.category == last.term.category == first.term.category:
            segment.chunks = [replace(last, term=term), *times]
            read(text, segment)


def share_nouns(text: Text, segments: list[Segment]) -> None:
    """Let what narrows a noun narrow each member that borrows it ("alcohol or drug abuse affecting …")."""
    for index, segment in enumerate(segments):
        fact = segment.expression
        if not segment.borrowed or not isinstance(fact, Fact):
            continue
        lender = next((each for each in segments[index + 1 :] if not each.borrowed and each.expression), None)
        words = _remark(text, lender.chunks) if lender is not None else None
        lent = lender.expression if lender is not None else None
        if words is not None and isinstance(lent, Fact):
            told = lent.within is not None and lent.within.text in words
            narrowed = replace(fact, within=fact.within or lent.within) if told else fact
            segment.expression = _qualified(narrowed, words, first=False)


def _remark(text: Text, chunks: list[Chunk]) -> str | None:
    """Return what narrows a concept from behind, from the first such word on."""
    concept = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), len(chunks))
    rest = [chunk for chunk in chunks[concept + 1 :] if "tail" not in chunk.classes]
    rest = list(itertools.dropwhile(lambda chunk: _is_aside(text, chunk), rest))
    if not rest or rest[0].kind != "word" or not rest[0].classes & {"post", "condition", "definition"}:
        return None
    if standard_end(text, rest) >= rest[-1].end:
        return None
    return text.text[rest[0].start : chunks[-1].end]


def _is_aside(text: Text, chunk: Chunk) -> bool:
    """Whether a bracket gives examples or exceptions, or says only that there may be several ("(s)")."""
    if chunk.kind != "bracket":
        return False
    listed = bool(chunk.inner) and not chunk.inner[0].classes.isdisjoint(("example", "exception"))
    return listed or text.text[chunk.start : chunk.end] in ("(s)", "(es)")


def share_other(text: Text, segments: list[Segment]) -> None:
    """Let "other" before one of two cancers be said of both ("other carcinoma or lymphoma").

    "Leukemia or other blood cancer" goes without it: it is other than what stands before it.
    """
    for before, segment in itertools.pairwise(segments):
        one, two = before.expression, segment.expression
        if not isinstance(one, Fact) or not isinstance(two, Fact) or segment.joint not in JOINTS:
            continue
        first, _, rest = two.modifiers.get("qualifier", "").partition("; ")
        if first == "other" and one.category == two.category == "condition":
            others = {name: words for name, words in two.modifiers.items() if name != "qualifier"}
            segment.expression = replace(two, modifiers={**others, "qualifier": rest} if rest else others)
        elif (
            _is_other(one) and _is_cancer(text, two) and is_bare(segment) and "relation" not in two.modifiers
        ):
            segment.expression = _qualified(two, "other", first=True)


def _is_other(fact: Fact) -> bool:
    return fact.category == "condition" and fact.modifiers.get("qualifier", "").split("; ")[0] == "other"


def _is_cancer(text: Text, fact: Fact) -> bool:
    term = text.vocabulary.by_iri.get(fact.concept)
    return term is not None and _MALIGNANT in term.ancestors and "relation" not in fact.modifiers
