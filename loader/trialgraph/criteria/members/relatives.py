"""What runs in the family, told of several diseases at once: "family history of breast or ovarian cancer"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.kin import KIN
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.expressions import Fact

__all__ = ["share_relatives"]


def share_relatives(text: Text, segments: Sequence[Segment]) -> None:
    """Let "family history of" before a list hold for its bare members, which the patient need not have.

    Behind a comma it does where the whole list is led in so. A member of which no such concept is known
    keeps its words.
    """
    kin = listed = False
    for index, segment in enumerate(segments):
        fact = segment.expression
        if isinstance(fact, Fact) and fact.concept_label.startswith(KIN):
            kin, listed = True, index == 0
            continue
        alike = isinstance(fact, Fact) and fact.category == "condition" and is_bare(segment)
        close = segment.joint in ("or", "and", "/") and not segment.after_comma
        kin = kin and alike and (close or (listed and segment.joint in (",", "or", "and")))
        if kin and isinstance(fact, Fact):
            segment.expression = _of_family(text, fact)


def _of_family(text: Text, fact: Fact) -> Fact | None:
    term = text.vocabulary.find(KIN + fact.concept_label)
    if term is None or term.category is None:
        return None
    kept = {name: told for name, told in fact.modifiers.items() if name != "status"}
    return replace(fact, concept=term.iri, concept_label=term.label, category=term.category, modifiers=kept)
