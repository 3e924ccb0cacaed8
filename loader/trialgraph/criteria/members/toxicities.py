"""Treatments listed as causes of harm: "toxicities from chemotherapy, radiotherapy or surgery"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import DETERMINERS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.anew import FORBIDDING
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["share_harm", "tells_harm_by"]

_TOXICITY = str(TGC.TreatmentToxicity)
_INFUSION = str(TGC.InfusionReaction)
_COMPLICATION = str(TGC.SurgicalComplication)
_CAUSED = re.compile(r"\b(?:from|of|due to|related to|caused by|after)\s", re.IGNORECASE)
_JOINTS = (",", "or", "and", "/")
_CLAUSES = ("that ", "which ")


def share_harm(text: Text, segments: Sequence[Segment]) -> None:
    """Read the treatments behind "toxicities from A" as what caused harm too, not as treatments given."""
    harmed: list[Segment] = []
    for segment in segments:
        if _names_harm(text, segment):
            harmed = [segment]
        elif (
            harmed
            and segment.joint in _JOINTS
            and _is_cause(segment)
            and isinstance(segment.expression, Fact)
        ):
            harm = _harm(text, segment.expression, _words(text, segment))
            segment.expression = harm if is_bare(segment) else _as_before(harmed[0], harm)
            harmed.append(segment)
        else:
            _close(harmed)
            harmed = []
    _close(harmed)


def tells_harm_by(text: Text, segment: Segment, to: int) -> bool:
    """Whether "to" behind harm, or what forbids, tells of what; an allergy before it is to that as well."""
    fact = segment.expression
    term = text.vocabulary.by_iri.get(fact.concept) if isinstance(fact, Fact) else None
    harm = term is not None and any(map(term.is_a, (_TOXICITY, _INFUSION, FORBIDDING)))
    return harm and to > 0 and is_content(segment.chunks[to - 1])


def _names_harm(text: Text, segment: Segment) -> bool:
    """Whether a member ends in harm with its cause ("unresolved toxicity from prior chemotherapy")."""
    named, fact = segment.chunks[-1], segment.expression
    term = named.term if named.kind == "concept" else None
    harm = term is not None and (term.is_a(_TOXICITY) or term.is_a(_COMPLICATION))
    return harm and isinstance(fact, Fact) and _CAUSED.search(text.text, named.start, named.end) is not None


def _is_cause(segment: Segment) -> bool:
    fact = segment.expression
    opening = segment.chunks[0]
    earlier = opening.form in ("prior", "previous") and not segment.after_comma
    bare = is_bare(segment) or opening.form in DETERMINERS or earlier
    return bare and isinstance(fact, Fact) and fact.category in GIVEN and fact.within is None


def _words(text: Text, segment: Segment) -> str:
    named: Chunk = next(chunk for chunk in segment.chunks if is_content(chunk))
    return text.text[named.start : named.end]


def _harm(text: Text, given: Fact, words: str) -> Fact:
    """Return the harm that a treatment does: what has a name of its own, else some toxicity "from" it."""
    term = text.vocabulary.find(f"{given.concept_label} toxicity") or text.vocabulary.find(
        f"{words} toxicity"
    )
    told = {name: each for name, each in given.modifiers.items() if name == "qualifier"}
    if term is not None:
        return replace(
            given, concept=term.iri, concept_label=term.label, category="condition", modifiers=told
        )
    general = text.vocabulary.by_iri[_TOXICITY]
    told["qualifier"] = "; ".join(filter(None, [f"from {words}", told.get("qualifier")]))
    return replace(
        given, concept=general.iri, concept_label=general.label, category="condition", modifiers=told
    )


def _as_before(first: Segment, harm: Fact) -> Fact:
    """Return harm with what is said of the one before it ("unresolved"), for "prior" parts the two."""
    told = first.expression.modifiers.get("qualifier") if isinstance(first.expression, Fact) else None
    words = "; ".join(filter(None, [told, harm.modifiers.get("qualifier")]))
    return replace(harm, modifiers={**harm.modifiers, "qualifier": words}) if words else harm


def _close(harmed: Sequence[Segment]) -> None:
    """Let "that have not resolved" behind the last treatment be said of the harm that each of them did."""
    last = harmed[-1].expression if len(harmed) > 1 else None
    told = last.modifiers.get("qualifier", "") if isinstance(last, Fact) else ""
    clause = next((part for part in told.split("; ") if part.startswith(_CLAUSES)), None)
    for segment in harmed[:-1] if clause is not None else ():
        fact = segment.expression
        if isinstance(fact, Fact):
            own = "; ".join(filter(None, [fact.modifiers.get("qualifier"), clause]))
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": own})
