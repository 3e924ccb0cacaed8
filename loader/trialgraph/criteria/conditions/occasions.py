"""The cases in which a limit differs: a disease, a treatment under way, or several of which any will do.

"Gilbert's syndrome or liver involvement", "liver or bone metastases", "due to Gilbert's syndrome".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.language.connectives import OR
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.elisions import with_elided
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import Expression, Fact, atoms
from trialgraph.namespaces import TGC

__all__ = ["is_named", "several_occasions"]

_CANCER = str(TGC.Neoplasm)
_BY = frozenset({"by", "with", "of", "from", "due to", "secondary to", "secondary"})
_CAUSES = frozenset({"due to", "related to", "attributable to", "attributed to", "because of", "because",
                     "caused by", "associated with", "secondary to", "explained by",
                     "resulting from"})  # fmt: skip
_OPENING = frozenset({"in", "for", "there", "on", "elevated", "elevation", "increase", "increased",
                      "abnormal", "abnormality", "change", "result", "secondary", "to",
                      "case", "of", "rise", "considered", "thought", "felt", "believed", "deemed", "to be",
                      "be", "due"})  # fmt: skip
"""What may stand before the condition that makes the case."""
_PRESENT = frozenset({"involved", "are", "is", "present", "exist", "exists"})
_SILENT = frozenset({"neutral", "condition", "exception"})
_MODAL = frozenset({"must", "should", "must have", "must be", "should be", "need", "need to"})
_MOST_WORDS = 6
_DEVIATION = re.compile(
    r"abnormal|elevat|liver disease|increased|bilirubin|penia|liver function|dysfunction", re.IGNORECASE
)
_LONGEST = 4
"""Words that a condition may be described by; more of them say something else."""


def several_occasions(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the cases that words name, of which any will do; None where none of them is plainly named.

    What a value is out of its limits "due to" is needed for the case, but no proof of it, so that words
    stay beside it.
    """
    plain = [chunk for chunk, _ in with_elided(text, [(c, 0) for c in chunks if c.kind != "bracket"])]
    if any("negation" in chunk.classes for chunk in plain):
        return None
    members = _members(plain)
    named = [_named(text, member) for member in members]
    words = [narrative(text, each[0].start, each[-1].end) for each in members]
    plain_too = (each is not None or _is_short(member) for each, member in zip(named, members, strict=True))
    if not members or named[0] is None or not all(plain_too) or _goes_on(members) or _lends(named):
        return None
    causes = [_tells_cause(member) for member in members]
    asked = [narrative(text, c.start, c.end) for c in chunks if c.kind == "bracket" and _asks_more(c)]
    if asked and len(members) > 1 and chunks[-1].kind != "bracket":
        return None
    if len(named) > 1 and causes[0] and not any(causes[1:]):
        last = sum(each is not None for each in named)
        if any(each is not None for each in named[last:]):
            return None
        facts = any_of([each for each in named if each is not None])
        caused = all_of([facts, narrative(text, members[0][0].start, members[last - 1][-1].end)])
        return all_of([any_of([caused, *words[last:]]), *asked])
    because = [told if caused else None for told, caused in zip(words, causes, strict=True)]
    read = (
        (fact, cause) if fact else (told,) for fact, cause, told in zip(named, because, words, strict=True)
    )
    return all_of([any_of([all_of([each for each in member if each]) for member in read]), *asked])


def _asks_more(bracket: Chunk) -> bool:
    """Whether a bracket asks for more than a name in front of it, which it doesn't only explain."""
    asking = {"condition", "exception", "negation", "allowance", "barring"}
    measured = (chunk.term is not None and chunk.term.quantity for chunk in bracket.inner)
    return any(measured) or any(
        chunk.kind in ("limit", "value") or chunk.classes & asking or chunk.form in _MODAL
        for chunk in bracket.inner
    )


def _is_short(chunks: Sequence[Chunk]) -> bool:
    """Whether words may name one thing that the vocabulary lacks ("leukemic involvement")."""
    plain = all(chunk.kind in ("word", "concept") for chunk in chunks)
    return plain and 0 < sum(len(chunk.form.split()) for chunk in chunks) <= _MOST_WORDS


def is_named(case: Expression) -> bool:
    """Whether a case names a condition or a treatment, whatever words stand beside it."""
    return any(isinstance(atom, Fact) for atom in atoms(case))


def _members(chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    either = any(chunk.form in OR for chunk in chunks)
    members: list[list[Chunk]] = [[]]
    for index, chunk in enumerate(chunks):
        beside = [each.term for each in chunks[max(0, index - 1) : index + 2] if is_content(each)]
        stroke = chunk.form == "/" and len(beside) > 1
        ill = all(term is not None and term.category == "condition" for term in beside)
        if chunk.form in OR or (either and chunk.form == ",") or (stroke and ill):
            members.append([])
        else:
            members[-1].append(chunk)
    return [member for member in members if member]


def _goes_on(members: Sequence[Sequence[Chunk]]) -> bool:
    """Whether a member may only go on naming by what the one before it is ("involvement by CLL or MM")."""
    counts = [sum(map(is_content, member)) for member in members]
    lone = (next((each.term for each in member if is_content(each)), None) for member in members)
    return any(
        before > 1 and count == 1 and term is not None and _CANCER in term.ancestors
        for before, count, term in zip(counts, counts[1:], list(lone)[1:], strict=False)
    )


def _lends(named: Sequence[Fact | None]) -> bool:
    """Whether what narrows the first may be said of those behind it too ("treated A or B")."""
    narrowed = [each is not None and "qualifier" in each.modifiers for each in named]
    return narrowed[0] and not all(narrowed)


def _tells_cause(chunks: Sequence[Chunk]) -> bool:
    opening = chunks[: len(chunks) - len(_behind_opening(chunks))]
    return any(_is_cause(chunk) or chunk.form == "secondary" for chunk in opening)


def _named(text: Text, chunks: Sequence[Chunk]) -> Fact | None:
    """Return the condition, or the treatment under way, that a member of a case names plainly."""
    kept = _without_author(_behind_opening(chunks))
    while kept and (kept[-1].form in _PRESENT or kept[-1].kind == "sign"):
        kept.pop()
    if not kept or not any(map(is_content, kept)):
        return None
    reading = read_fact(text, kept)
    if reading is None or reading.negated or not isinstance(reading.expression, Fact):
        return None
    fact = reading.expression
    if fact.category == "treatment" and not fact.modifiers and fact.within is None:
        fact = replace(fact, modifiers={"status": "active"})
    plain = len(fact.modifiers.get("qualifier", "").split()) <= _LONGEST
    return fact if plain and fact.category in {"condition", *GIVEN} else None


def _without_author(chunks: list[Chunk]) -> list[Chunk]:
    """Leave out by what an organ is involved, where that is the cancer, as it is in most trials."""
    at = next((i for i, chunk in enumerate(chunks) if _is_involvement(chunk)), None)
    if at is None or at + 1 >= len(chunks) or chunks[at + 1].form not in _BY:
        return chunks
    behind = [chunk for chunk in chunks[at + 2 :] if is_content(chunk)]
    cancers = all(chunk.term is not None and _CANCER in chunk.term.ancestors for chunk in behind)
    return chunks[: at + 1] if len(behind) <= 1 and cancers else chunks


def _is_involvement(chunk: Chunk) -> bool:
    return chunk.kind == "concept" and chunk.term is not None and chunk.term.label.endswith("involvement")


def _is_cause(chunk: Chunk) -> bool:
    return chunk.form in _CAUSES or chunk.form.endswith(tuple(f" {cause}" for cause in _CAUSES))


def _tells_deviation(chunk: Chunk) -> bool:
    """Whether a name only says again that a value is out of its limits ("abnormal liver function tests")."""
    term = chunk.term
    return term is not None and (term.quantity or _DEVIATION.search(term.label) is not None)


def _behind_opening(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return what stands behind "in patients with", "there is", "elevated due to" and the like."""
    kept = trimmed(chunks)
    cause = next((i for i, chunk in enumerate(kept) if _is_cause(chunk)), 0)
    if all(_tells_deviation(chunk) for chunk in kept[:cause] if is_content(chunk)):
        kept = kept[cause:]
    while kept:
        first = kept[0]
        silent = bool(first.classes & _SILENT)
        opens = _is_cause(first) or first.form in _OPENING or first.kind == "sign"
        measured = first.kind == "concept" and first.term is not None and first.term.quantity
        if not (silent or opens or measured):
            break
        kept = kept[1:]
    return list(kept)
