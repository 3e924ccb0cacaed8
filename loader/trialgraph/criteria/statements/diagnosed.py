"""A confirmed tumour that a demand opens with, where words around it aren't understood.

"Histologically confirmed, MRI-visible prostate adenocarcinoma with plan for …": nobody without that tumour
meets it, whatever the other words ask. They stay with the fact as its qualifiers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import are_related, is_cancer
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.assembly import abbreviates
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.facts.predications import PREDICATES
from trialgraph.criteria.language.connectives import CONJUNCTIONS
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["goes_on", "read_diagnosis"]

_NEOPLASM = str(TGC.Neoplasm)
_TOLD = frozenset({"confirmation", "confirmed"})
_TURNING = frozenset({"exception", "allowance", "barring", "condition", "regardless", "others"})
_NARROWING = frozenset({"post", "definition", "confirmed", "example", "planned"})
_EITHER = CONJUNCTIONS | {"/", ";"}
_JOINTS = _EITHER | {","}
_TUMOUR = re.compile(
    r"\b(?:\w*(?:oma|omas|omata|cancers?|malignanc(?:y|ies)|neoplasms?|tumou?rs?|leuk[a]?emias?)|[A-Z][A-Z0-9-]*[A-Z]\w*)\b"
)
"""What may name a tumour, or be short for one."""
_RELATIVE = frozenset({"that", "which", "who", "whose", "whom", "where", "and", "for"})
_LEADS = [[word] for word in _RELATIVE]
_MODAL = frozenset(
    {"must", "should", "shall", "must be", "must have", "are required to", "is required to", "may", "can"}
)
_LEADING = frozenset({"undergoing", "stage", "previously", "either", "appropriate", "appropriate for"})
_MOST_UNKNOWN = 3


def read_diagnosis(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read the confirmed tumour that a demand opens with, the words around it its qualifiers; else None."""
    if text.exclusion:
        return None
    at = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), None)
    while at is not None and at + 1 < len(chunks) and _is_marker(chunks[at]):
        at += 1
    term = chunks[at].term if at is not None and chunks[at].kind == "concept" else None
    if at is None or term is None or term.iri == _NEOPLASM or not is_cancer(term):
        return None
    end = at + 1
    while end < len(chunks) and abbreviates(chunks[at], chunks[end]):
        end += 1
    rest = trimmed(chunks[end:])
    if any(chunk.form == ":" for chunk in chunks[end:]):
        return None
    before, unknown = _parted(chunks[:at], behind=rest)
    if before is None or not _only_narrows(text, chunks[at], rest):
        return None
    reading = read_fact(text, [*before, *chunks[at:end]])
    if reading is None or reading.negated:
        return None
    told = [text.text[each[0].start : each[-1].end] for each in (unknown, rest) if each]
    told = [words for words in told if any(map(str.isalnum, words))]
    return map_facts(
        reading.expression, lambda fact: _narrowed(fact, told) if fact.concept == term.iri else fact
    )


def _is_marker(chunk: Chunk) -> bool:
    return chunk.term is not None and chunk.term.category == "biomarker"


def _parted(chunks: Sequence[Chunk], behind: Sequence[Chunk]) -> tuple[list[Chunk] | None, list[Chunk]]:
    """Return the words before a tumour that are known, and the stretch of those that aren't.

    None for the known ones where nothing is confirmed, or what isn't known may name another tumour.
    """
    told = max((i for i, chunk in enumerate(chunks) if chunk.classes & _TOLD), default=-1)
    if told < 0 and not (behind and _is_confirmed(behind)):
        return None, []
    places = [i for i, chunk in enumerate(chunks) if chunk.kind == "word" and not chunk.classes]
    places = [i for i in places if chunks[i].form not in _JOINTS]
    if not places:
        return list(chunks), []
    unknown = chunks[places[0] : places[-1] + 1]
    joined = any(chunk.form in _EITHER for chunk in chunks[places[0] :])
    if places[0] < told or joined or len(unknown) > _MOST_UNKNOWN:
        return None, []
    return [*chunks[: places[0]], *chunks[places[-1] + 1 :]], list(unknown)


def _only_narrows(text: Text, head: Chunk, rest: Sequence[Chunk]) -> bool:
    """Whether the words behind a tumour ask for something more, and offer nothing in its place."""
    if not rest:
        return True
    led = rest[0].kind in ("bracket", "window", "value") or bool(rest[0].classes & _NARROWING)
    led = led or rest[0].form in _LEADING or _is_confirmed(rest)
    if not led or goes_on(rest):
        return False
    if any(chunk.classes & _TURNING for chunk in rest):
        return False
    either = next((i for i, chunk in enumerate(rest) if chunk.form in _EITHER), len(rest))
    return not any(_may_be_other(text, head, chunk) for chunk in rest[either:])


def _is_confirmed(behind: Sequence[Chunk]) -> bool:
    """Whether a tumour is confirmed in the words behind it ("SCC histologically confirmed by …")."""
    if behind[0].form == "previously":
        behind = behind[1:]
    told = [chunk.classes for chunk in behind[:2]]
    return len(told) > 1 and "confirmation" in told[0] and "confirmed" in told[1]


def goes_on(rest: Sequence[Chunk]) -> bool:
    """Whether a sentence goes on with what its subject must be or do, so that the tumour is no demand."""
    for index, chunk in enumerate(rest):
        before = rest[index - 1].form.split() if index else []
        if chunk.form in _MODAL and not (before and before[0] in _RELATIVE):
            return True
        if chunk.form in PREDICATES and not any(each.form.split()[:1] in _LEADS for each in rest[:index]):
            return True
    return False


def _may_be_other(text: Text, head: Chunk, chunk: Chunk) -> bool:
    """Whether a chunk may name another tumour than the one before it."""
    if chunk.inner:
        return any(_may_be_other(text, head, each) for each in chunk.inner)
    if chunk.term is not None and head.term is not None:
        return is_cancer(chunk.term) and not are_related(head.term, chunk.term)
    named = chunk.kind == "word" and not chunk.classes
    return named and _TUMOUR.match(text.text, chunk.start, chunk.end) is not None


def _narrowed(fact: Fact, told: Sequence[str]) -> Fact:
    words = "; ".join([*filter(None, [fact.modifiers.get("qualifier")]), *told])
    return replace(fact, modifiers={**fact.modifiers, "qualifier": words}) if told else fact
