"""Treatments that must be over or steady: "off corticosteroids or on a stable dose of them"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.cases import words_of
from trialgraph.criteria.facts.facts import read_fact
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import Expression, Fact, Not

__all__ = ["read_steadied"]

_STEADY = re.compile(
    r"or\s+(?:(?:must\s+)?(?:be|are|is|have\s+been)\s+)?(?:on|receiving|taking|using)\s+"
    r"(?:(?:an?|the|only|no\s+more\s+than)\s+)?(?:low,?\s+)?"
    r"(?:stable|steady|decreas|taper|wean|physiologic|replacement|maintenance|≤|<|at\s+most|less\s+than)",
    re.IGNORECASE,
)
"""How the other way starts, in which a treatment may go on."""


def read_steadied(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return that a treatment isn't taken, or else the words on its dose; None for any other statement.

    Args:
        text: The text under reading.
        chunks: A sentence among demands.
    """
    found = None if text.exclusion else _STEADY.search(text.text, chunks[0].start, chunks[-1].end)
    if found is None:
        return None
    at = next((i for i, chunk in enumerate(chunks) if chunk.start == found.start()), 0)
    before = trimmed(chunks[:at])
    read = read_fact(text, before) if before else None
    if read is None or not read.negated or not isinstance(read.expression, Fact):
        return None
    fact = read.expression
    if fact.category not in GIVEN or fact.modifiers.keys() - {"status"} or fact.within is not None:
        return None
    behind = (chunk.term for chunk in chunks[at + 1 :])
    if any(term.category in GIVEN and not term.is_a(fact.concept) for term in behind if term is not None):
        # "Not on A or on a stable dose of B": which of the two is denied isn't told.
        return words_of(text, chunks)
    taken = replace(fact, modifiers={"status": "active"})
    doses = [dose.value for dose in text.doses.values() if found.start() < dose.start < chunks[-1].end]
    return any_of([Not(taken), all_of([words_of(text, chunks[at + 1 :]), *doses])])
