"""What drugs in a list are allergens: those that an allergy before or behind them is to."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import DETERMINERS
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.anew import FORBIDDING
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.criteria.members.sharing import completed
from trialgraph.criteria.members.toxicities import tells_harm_by
from trialgraph.expressions import Expression, Fact

__all__ = ["share_allergens"]

_ALLERGIC_TO = re.compile(
    r"(?:[\w-]+\s+){1,2}(?:allerg(?:y|ies)|hypersensitivit(?:y|ies)|allergic|hypersensitivity)(?:\s+reactions?)?\W*",
    re.IGNORECASE,
)
"""The name of an allergy with what it is to in front of it."""
_ALTERNATIVES = frozenset({"or", ",", "and / or", "/"})
_NAMED = " hypersensitivity"
"""How the names of allergies end that say what they are to."""


def share_allergens(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Read the members after "allergy to A" as allergies too, not as drugs taken."""
    allergy: Term | None = None
    for index, segment in enumerate(segments):
        named = next((c for c in segment.chunks if c.kind == "concept" and is_content(c)), None)
        head = named.term if named is not None else None
        if named is not None and head is not None and head.category == "allergy":
            # "Allergic anaphylactic reactions to A": two names of it, of which the second says to what.
            named = next(c for c in reversed(segment.chunks) if c.term is not None and _is_allergy(c.term))
            head = named.term
            told = isinstance(segment.expression, Fact) and "agent" in segment.expression.modifiers
            told = told or " to " in text.text[named.start : named.end]
            allergy = head if head is not None and (told or head.cause is not None) else None
        elif allergy is not None and segment.joint != ";" and _is_allergen(segment):
            phrase = completed(text, segments, index)
            if phrase is not None:
                segment.chunks = phrase
                read(text, segment)
            else:
                start, end = segment.chunks[0].start, segment.chunks[-1].end
                agent = text.text[start:end].strip(" ,;.")
                general = text.vocabulary.general(allergy)
                segment.expression = Fact(
                    general.iri, general.label, "allergy", {"agent": agent}, span=text.span(start, end)
                )
        else:
            allergy = None
    _lend_allergy(text, segments)
    _share_agent(text, segments)


def _lend_allergy(text: Text, segments: list[Segment]) -> None:
    """Read "aspirin" in "aspirin or NSAID allergy" as one more allergy, not as a drug taken."""
    general = text.vocabulary.hypersensitivity
    lent = False
    for segment, lender in reversed(list(itertools.pairwise(segments))):
        words = text.text[lender.chunks[0].start : lender.chunks[-1].end]
        lent = (lent or _ALLERGIC_TO.fullmatch(words) is not None) and lender.joint in _ALTERNATIVES
        fact = segment.expression
        drug = isinstance(fact, Fact) and fact.category == "treatment" and not (fact.modifiers or fact.within)
        named = drug or (fact is None and len(segment.chunks) == 1 and segment.chunks[0].kind == "word")
        if general is None or not (lent and named) or lender.negated != segment.negated:
            lent = False
            continue
        first = next((chunk for chunk in segment.chunks if is_content(chunk)), segment.chunks[0])
        agent = text.text[first.start : segment.chunks[-1].end].strip(" ,;.")
        place = text.span(first.start, segment.chunks[-1].end)
        segment.expression = Fact(general.iri, general.label, "allergy", {"agent": agent}, span=place)


def _is_allergy(term: Term) -> bool:
    return term.category == "allergy"


def _share_agent(text: Text, segments: list[Segment]) -> None:
    """Let "allergy, hypersensitivity or intolerance to A" say of the allergy too what it is to."""
    agent: str | None = None
    for index, segment in reversed(list(enumerate(segments))):
        if _forbids_unread(segment.expression, segments[index + 1 : index + 2]):
            segment.expression = None
        fact = segment.expression
        to = next((i for i, c in enumerate(segment.chunks) if c.form.split(" ")[-1] == "to"), None)
        if isinstance(fact, Fact) and fact.category == "allergy":
            agent = fact.modifiers.get("agent", _allergen(text, segment, fact) or agent)
            bare = is_content(segment.chunks[-1]) and segment.chunks[-1].kind == "concept"
            if agent is not None and bare and "agent" not in fact.modifiers and _is_general(text, fact):
                segment.expression = replace(fact, modifiers={**fact.modifiers, "agent": agent})
        elif agent is not None and isinstance(fact, Fact) and _forbids_unnamed(segment, fact):
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": f"to {agent}"})
        elif (
            to is not None
            and to + 1 < len(segment.chunks)
            and (fact is None or tells_harm_by(text, segment, to))
        ):
            agent = text.text[segment.chunks[to + 1].start : segments[-1].chunks[-1].end].strip(" ,;.:")
        elif fact is None and (named := _named_allergen(text, segment)) is not None:
            agent = named
        if segment.after_comma is False and segment.joint == ";":
            agent = None


def _forbids_unread(fact: Expression | None, following: Sequence[Segment]) -> bool:
    """Whether a contraindication waits for what it is of behind a neighbour that isn't read."""
    bare = isinstance(fact, Fact) and fact.concept == FORBIDDING and "qualifier" not in fact.modifiers
    return bare and bool(following) and following[0].joint == "or" and following[0].expression is None


def _forbids_unnamed(segment: Segment, fact: Fact) -> bool:
    """Whether a contraindication doesn't tell of what yet ("contraindication or allergy to A")."""
    ends = is_content(segment.chunks[-1]) or segment.chunks[-1].form == "to"
    return ends and fact.concept == FORBIDDING and fact.modifiers.get("qualifier", "to") == "to"


def _allergen(text: Text, segment: Segment, fact: Fact) -> str | None:
    """Return what an allergy with a name of its own is to."""
    term = text.vocabulary.by_iri[fact.concept]
    named = next((chunk for chunk in segment.chunks if chunk.term == term), None)
    if named is None:
        return None
    _, _, words = text.text[named.start : named.end].partition(" to ")
    return words or (term.label.removesuffix(_NAMED) if term.cause is not None else None)


def _named_allergen(text: Text, segment: Segment) -> str | None:
    """Return what an allergy is to whose name goes on in words that aren't read."""
    named = next(
        (chunk for chunk in segment.chunks if chunk.term is not None and _is_allergy(chunk.term)), None
    )
    if named is None or " to " not in text.text[named.start : named.end]:
        return None
    _, _, words = text.text[named.start : segment.chunks[-1].end].partition(" to ")
    return words.strip(" ,;.:")


def _is_general(text: Text, fact: Fact) -> bool:
    cause = text.vocabulary.by_iri[fact.concept].cause
    return cause is None and not fact.concept_label.endswith(_NAMED)


def _is_allergen(segment: Segment) -> bool:
    fact = segment.expression
    bare = is_bare(segment) or segment.chunks[0].form in DETERMINERS | {"its", "their"}
    return bare and (fact is None or (isinstance(fact, Fact) and fact.category == "treatment"))
