"""Further facts that an exclusion names behind what narrows a fact: "radiotherapy to the pelvis or surgery".

The words behind a fact are kept whole where not all of them are understood. An "or" among them may start
another fact, which is told beside it and never judged. Or it joins what narrows the fact itself ("bleeding
from an ulcer or a tumor"), as the words before it tell.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.asides import HAVING
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.neighbors import goes_on
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.washouts import length_of
from trialgraph.criteria.language.connectives import JOINTS, OR
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.expressions import Fact, Window
from trialgraph.namespaces import TGC

__all__ = ["alternatives", "markers", "timed"]

_FOR = frozenset({"for", "if"})
_DESCRIBING = frozenset(
    {"qualifier", "grading", "active", "historic", "neutral", "other", "tail", "confirmed"}
)
_ANEW = frozenset({"active", "historic", "other"})
"""What says of a name that it is something else that patients have, had or were given."""
_ENDING = frozenset({"exception", "condition", "allowance", "barring", "regardless", "definition", "example"})
_CAUSES = frozenset({"due to", "caused by", "secondary to", "from", "resulting from", "associated with",
                     "related to", "attributed to", "attributable to", "of", "for", "by", "because of",
                     "as a result of", "risk", "suspected", "against"})  # fmt: skip
"""Words that lead to a cause, a purpose or a place, to which an "or" may add another."""
_GROUPS = {"treatment": "given", "procedure": "given", "condition": "ill", "lesion": "ill"}
_STARTING = re.compile(
    r"\b(?:dose|start|initiation|administration|treatment|beginning|receipt|infusion)\b.*\b(?:of|with)\s+"
    r"(?!.*\b(?:study|trial|protocol|investigational|therapy|treatment|medication)\b)",
    re.IGNORECASE,
)
"""How a time is told from what is given first ("before the first dose of A", which may go on "or B")."""
_MOST_LEADING = 7
_LEADING = frozenset({"to", "with", "-"})
_UNDER = frozenset({"under", "exposure to", "exposure", "use of", "receipt of", "treatment with", "need of"})
"""Words, besides verbs, that say of what follows that patients are given it."""
_NEW = frozenset({"needing", "planned"})
"""What says of a treatment that it is needed or planned, whatever stands before it."""
_INFECTION = str(TGC.InfectiousDisease)
_MARKER = str(TGC.InfectionMarker)
_VAGUE = frozenset({str(TGC.InvestigationalDrug), str(TGC.TumorLesion), str(TGC.Neoplasm),
                    str(TGC.TreatmentToxicity), str(TGC.StandardTherapy), str(TGC.MalignantNeoplasm),
                    str(TGC.SystemicAnticancerTherapy), str(TGC.AntitumorTherapy)})  # fmt: skip
"""What words behind a fact name without speaking of it: the study drug, the cancer, its treatment."""
Deep = tuple[Chunk, int]


def alternatives(text: Text, fact: Fact, chunks: Sequence[Deep]) -> Iterator[Fact]:
    """Yield the facts that an exclusion names behind an "or" among the words that narrow a fact.

    Args:
        text: The text of an exclusion.
        fact: The fact, which these words narrow.
        chunks: The chunks behind it in its sentence that no other atom is read from, brackets opened, each
            with its depth in them.
    """
    group = _GROUPS.get(fact.category)
    named: set[str] = set()
    caused = False
    index = 0
    while group is not None and index < len(chunks):
        chunk, depth = chunks[index]
        if not depth and chunk.classes & _ENDING:
            return
        if chunk.form in OR and not depth:
            unclear = caused or _goes_on_before(text, chunks, index)
            start = _named_after(chunks, index, group, named - {""}, caused=unclear)
            if start is not None and _is_same(fact, chunks[start][0]) and chunks[start - 1][0].form in OR:
                start = None
            if start is not None:
                index = yield from _list_from(text, chunks, start)
                caused = False
                continue
        term = chunk.term if is_content(chunk) and not depth else None
        if term is not None and term.iri not in _VAGUE | {fact.concept}:
            named.add(_GROUPS.get(term.category or "", ""))
        if not depth:
            caused = chunk.form in _CAUSES or (caused and chunk.form != "," and chunk.kind != "window")
        index += 1


def markers(text: Text, fact: Fact, chunks: Sequence[Deep]) -> Iterator[Fact]:
    """Yield the positive tests by which an exclusion tells an infection ("as shown by detectable HCV RNA").

    Args:
        text: The text of an exclusion.
        fact: The infection.
        chunks: The chunks behind it, as for `alternatives`.
    """
    term = text.vocabulary.by_iri.get(fact.concept)
    if term is None or not term.is_a(_INFECTION):
        return
    for index, (chunk, _) in enumerate(chunks):
        if chunk.classes & {"exception", "condition", "allowance", "negation", "barring", "regardless"}:
            return
        if chunk.form in ("negative", "undetectable", "status", "vaccination"):
            return
        if is_content(chunk) and chunk.term is not None and _MARKER in chunk.term.ancestors:
            following = chunks[index + 1][0] if index + 1 < len(chunks) else None
            if following is None or not goes_on(text, chunk, following):
                yield _told(text, chunk, None)


def timed(text: Text, fact: Fact, chunks: Sequence[Deep]) -> Iterator[Fact]:
    """Yield the treatments that another time is set for ("therapy within 4 weeks (2 weeks for radiation)").

    Args:
        text: The text.
        fact: What there mustn't have been.
        chunks: The chunks behind it, as for `alternatives`.
    """
    if fact.category not in GIVEN:
        return
    for index, (chunk, depth) in enumerate(chunks[:-1]):
        window = _time_of(text, chunk)
        apart = depth > 0 or (index > 0 and chunks[index - 1][0].form in JOINTS)
        if window is None or not apart or chunks[index + 1][0].form not in _FOR:
            continue
        behind = _inside(chunks[index + 2 :], depth)
        if behind and _GROUPS.get(_category(behind[0][0])) == "given":
            for told in _list_from(text, behind, 0):
                yield replace(told, within=window)


def _inside(chunks: Sequence[Deep], depth: int) -> list[Deep]:
    """Return chunks up to the end of a bracket, nested in it, without words that only describe."""
    listed = itertools.takewhile(lambda each: each[1] >= depth, chunks)
    return [(each, inside - depth) for each, inside in listed if not _describes(each, inside)]


def _time_of(text: Text, chunk: Chunk) -> Window | None:
    return chunk.window.window if chunk.window is not None else length_of(text, chunk)


def _category(chunk: Chunk) -> str:
    return (chunk.term.category or "") if is_content(chunk) and chunk.term is not None else ""


def _describes(chunk: Chunk, depth: int) -> bool:
    """Whether a word only describes what is named next; a bracket may do so in words that nothing knows."""
    known = bool(chunk.classes & _DESCRIBING) or (depth > 0 and not chunk.classes)
    return chunk.kind == "word" and known and chunk.form not in JOINTS


def _is_same(fact: Fact, chunk: Chunk) -> bool:
    return chunk.term is not None and chunk.term.iri == fact.concept


def _goes_on_before(text: Text, chunks: Sequence[Deep], at: int) -> bool:
    """Whether an "or" may only go on with what stands before it: an adjective, or what a time starts with."""
    before = chunks[at - 1][0] if at else None
    if before is None or before.kind == "window":
        return before is not None and _STARTING.search(text.text, before.start, before.end) is not None
    return before.kind == "word" and bool(before.classes & {"qualifier", "active"})


def _named_after(chunks: Sequence[Deep], at: int, group: str, named: set[str], *, caused: bool) -> int | None:
    """Return where the concept stands that goes on the fact's list behind an "or"; None where none does."""
    anew = False
    for index in range(at + 1, min(len(chunks), at + 1 + _MOST_LEADING)):
        chunk, depth = chunks[index]
        if depth:
            return None
        if is_content(chunk):
            kind = _GROUPS.get(chunk.term.category or "") if chunk.term is not None else None
            clear = kind is not None and kind not in named and chunk.term is not None
            vague = chunk.term is not None and chunk.term.iri in _VAGUE
            fits = anew or (kind == group and not caused)
            return index if clear and fits and not vague else None
        having = chunk.form in HAVING | _UNDER or bool(chunk.classes & _NEW)
        if chunk.classes & (_ENDING | {"negation"}) or ("unactual" in chunk.classes and not having):
            return None
        unknown = anew and not chunk.classes and chunk.form.endswith(lexicon().adjectival)
        anew = anew or having or bool(chunk.classes & _ANEW)
        if not (having or unknown or chunk.classes & _DESCRIBING or chunk.form in _LEADING):
            return None
    return None


def _list_from(text: Text, chunks: Sequence[Deep], start: int) -> Generator[Fact, None, int]:
    """Yield the facts of a list that starts at a concept; return where the words behind it start."""
    index, category = start, None
    while index < len(chunks):
        chunk, depth = chunks[index]
        following = chunks[index + 1][0] if index + 1 < len(chunks) else None
        if is_content(chunk) and chunk.term is not None and not depth:
            group = _GROUPS.get(chunk.term.category or "")
            if (category or group) != group or goes_on(text, chunk, following):
                return index
            category = group
            if chunk.term.iri not in _VAGUE:
                yield _told(text, chunk, _time_behind(chunks, index))
        elif (
            chunk.form not in JOINTS
            and not (chunk.classes & {"qualifier", "historic", "active"})
            and not depth
        ):
            return index
        index += 1
    return index


def _time_behind(chunks: Sequence[Deep], at: int) -> Window | None:
    """Return the time that is stated right behind the list of a concept, or None."""
    for chunk, _ in chunks[at + 1 :]:
        if chunk.kind == "window" and chunk.window is not None:
            return chunk.window.window
        if not (is_content(chunk) or chunk.form in JOINTS):
            return None
    return None


def _told(text: Text, chunk: Chunk, within: Window | None) -> Fact:
    """Return a concept as a fact that is told as words only."""
    term = chunk.term
    assert term is not None
    words = text.text[max(0, chunk.start - 80) : chunk.end + 40].strip(" ,;.:")
    span = text.span(chunk.start, chunk.end)
    category = term.category or "other"
    return Fact(term.iri, term.label, category, {"context": words}, None, None, within, span)
