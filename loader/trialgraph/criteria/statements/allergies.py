"""Lists of what someone is allergic to, behind the allergy ("allergy to any of the following: A, B")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.lists.lists import read_barred
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import any_of, is_formal, negate
from trialgraph.expressions import Expression, Fact

__all__ = ["read_allergies"]

_LISTS = re.compile(
    r"(?:\s*\b(?:to|including|such as|of|against))?\s*"
    r"(?:(?:at least |any |either |one |or more |all |of |the |these )*(?:following|below)\b[^:]{0,40})?"
    r":?\s*$",
    re.IGNORECASE,
)
_AGENTS = frozenset({*GIVEN, "other", None})


def read_allergies(text: Text, lead: Sequence[Chunk], items: Sequence[Sequence[Chunk]]) -> Expression | None:
    """Return the allergies that items below an allergy name agents of; None below anything else.

    Args:
        text: The text under reading.
        lead: The chunks of what stands above or before the list.
        items: Those of each item. One that names a disease is no agent, so that nothing is read of them.
    """
    if not _ends_in_allergy(lead) or not all(map(_names_agent, items)):
        return None
    start, end = lead[0].start, lead[-1].end
    listing = _LISTS.search(text.text, start, end)
    stop = listing.start() if listing is not None else end
    kept = trimmed([chunk for chunk in lead if chunk.end <= stop])
    denial = next((i for i, chunk in enumerate(kept) if "negation" in chunk.classes), None)
    if (denial is None) != text.exclusion or (denial and any(map(is_content, kept[:denial]))):
        return None
    head = read_barred(text, kept[0 if denial is None else denial + 1 :])
    if not is_formal(head):
        return None
    agents = [agent for item in items if (agent := _agent(text, item)) is not None]
    bare = isinstance(head, Fact) and "agent" not in head.modifiers
    barred = any_of(agents if bare and agents else [head, *agents])
    return barred if text.exclusion else negate(barred)


def _ends_in_allergy(lead: Sequence[Chunk]) -> bool:
    """Whether the one thing that a lead-in names, agents besides, is an allergy."""
    named = [category_of(chunk) for chunk in lead if is_content(chunk)]
    return "allergy" in named and all(each == "allergy" or each in GIVEN for each in named)


def _names_agent(item: Sequence[Chunk]) -> bool:
    told = item[: _excepts_at(item)]
    named = [category_of(chunk) for chunk in told if is_content(chunk)]
    turned = any(chunk.classes & {"negation", "condition", "allowance"} for chunk in told)
    return bool(told) and not turned and all(each in _AGENTS for each in named)


def _excepts_at(item: Sequence[Chunk]) -> int:
    return next((i for i, chunk in enumerate(item) if "exception" in chunk.classes), len(item))


def _agent(text: Text, item: Sequence[Chunk]) -> Fact | None:
    """Return the allergy to what an item names, with what it excepts."""
    general = text.vocabulary.hypersensitivity
    kept = trimmed(item)
    while kept and kept[-1].form in CONJUNCTIONS:
        kept = trimmed(kept[:-1])
    if general is None or not kept:
        return None
    at = _excepts_at(kept)
    named, excepted = trimmed(kept[:at]), kept[at + 1 :]
    if not named:
        return None
    words = {"agent": text.text[named[0].start : named[-1].end].strip(" ,;.:")}
    if excepted:
        words["exception"] = text.text[excepted[0].start : excepted[-1].end].strip(" ,;.:")
    place = text.span(named[0].start, named[-1].end)
    return Fact(general.iri, general.label, "allergy", words, span=place)
