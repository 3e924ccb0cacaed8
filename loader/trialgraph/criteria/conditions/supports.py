"""What a value has to be reached without: "platelets ≥ 100 without transfusion within 7 days"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import read_fact
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import trimmed
from trialgraph.expressions import Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["unsupported"]

_SUPPORT = frozenset(
    {"support", "support of", "use of", "the", "requiring", "require", "administration of", "need for"}
)
_PLAIN = frozenset({"status"})
_OXYGEN = str(TGC.OxygenTherapy)
"""What is given while a value is measured, so that only what goes on now is meant."""
_BREATHED = frozenset({"status", "relation", "need"})
_TEST = re.compile(
    r"\b(?:test|assess|sampl|count|draw|lab|result|measur|value|determin|screening)", re.IGNORECASE
)
"""What a time is told from that isn't the enrolment."""


def unsupported(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return that a treatment wasn't given within a stated time; None for anything else.

    Without a time it would bar whoever was ever given it, which the words don't say.

    Args:
        text: The text under reading.
        chunks: The words behind a value, or those of a bracket.
    """
    kept = trimmed([chunk for chunk in chunks if chunk.form not in _SUPPORT])
    if not kept or not any("negation" in chunk.classes for chunk in kept[:2]):
        return None
    reading = read_fact(text, kept)
    fact = reading.expression if reading is not None and reading.negated else None
    if not isinstance(fact, Fact) or fact.category not in GIVEN:
        return None
    if fact.within is None and fact.concept == _OXYGEN and _BREATHED.issuperset(fact.modifiers):
        return Not(replace(fact, modifiers={"status": "active"}))
    if fact.within is None:
        return None
    plain = _PLAIN.issuperset(fact.modifiers) and _TEST.search(fact.within.text) is None
    return Not(fact) if plain else None
