"""The part of a sentence that tells what patients need: without its brackets, or behind what it allows.

"Tumours must be HER2 positive (central testing is not required)" tells as much as without its bracket.
"Patients with hepatitis B are eligible if HBV DNA is negative" asks nothing but what stands behind "if".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.asides import FITTING
from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.namespaces import TGC

__all__ = ["as_unfit", "asked_of_allowed", "names_others", "permits", "telling", "without_remarks"]

Deep = tuple[Chunk, int]
_DENIAL = frozenset({"negation"})
_UNFIT = "ineligible"
_UNCONSIDERED = "not considered"
_ENDS = frozenset({",", ";", "."})
_SOON = 7
_RULING = frozenset({"allowance", "barring"})
_PERSONS = ("patient", "subject", "participant")
_CONDITIONS = frozenset({"if", "only if", "provided", "provided that", "providing", "providing that",
                         "as long as", "so long as", "on condition that", "on the condition that",
                         "only when"})  # fmt: skip
_INFECTIONS = frozenset({str(TGC.InfectiousDisease), str(TGC.InfectionMarker)})
_RELATIVE = ("that", "which", "who")
_WHO = frozenset({"who", "with", "whose", "having"})


def without_remarks(text: Text, chunks: Sequence[Deep]) -> Sequence[Deep]:
    """Return a sentence without what allows, excepts, supposes or explains something beside it.

    That stands in brackets, or in a relative clause ("…, which may have started before enrolment").
    """
    chunks = _before_relative(chunks)
    outside = min(depth for _, depth in chunks)
    if all(depth == outside for _, depth in chunks):
        return chunks
    kept: list[Deep] = []
    bracket: list[Deep] = []
    for each in [*chunks, None]:
        if each is not None and each[1] > outside:
            bracket.append(each)
            continue
        if bracket and not _is_remark(text, bracket):
            kept += bracket
        bracket = []
        if each is not None:
            kept.append(each)
    return kept


def as_unfit(chunks: Sequence[Deep]) -> Sequence[Deep]:
    """Return a sentence with "not eligible for surgery" as what patients aren't fit for, not as a bar.

    Who is "ineligible for A", up to a comma, may or may not have had A: that says nothing of A.
    """
    for index, (chunk, depth) in enumerate(chunks[:-2]):
        if chunk.form == _UNCONSIDERED and chunks[index + 1][0].form in FITTING:
            denial = replace(chunk, form="not", classes=_DENIAL)
            fitting = replace(chunks[index + 1][0], classes=frozenset())
            return [*chunks[:index], (denial, depth), (fitting, depth), *chunks[index + 2 :]]
        if "barring" not in chunk.classes or not chunk.form.endswith("eligible"):
            continue
        named = next((each for each, _ in chunks[index + 2 : index + _SOON] if is_content(each)), None)
        if chunks[index + 1][0].form != "for" or not named or category_of(named) not in GIVEN:
            continue
        if chunk.form.endswith(_UNFIT):
            ends = (i for i, (each, _) in enumerate(chunks[index:], index) if each.form in _ENDS)
            return [*chunks[:index], *chunks[next(ends, len(chunks)) :]]
        denial = replace(chunk, form="not", classes=_DENIAL)
        fitting = replace(chunk, form="eligible", classes=frozenset())
        return [*chunks[:index], (denial, depth), (fitting, depth), *chunks[index + 1 :]]
    return chunks


def _before_relative(chunks: Sequence[Deep]) -> Sequence[Deep]:
    for index in range(2, len(chunks)):
        apart = chunks[index - 1][0].form in _RELATIVE and chunks[index - 2][0].form == ","
        if apart and "allowance" in chunks[index][0].classes:
            return chunks[: index - 2] or chunks
    return chunks


def _is_remark(text: Text, bracket: Sequence[Deep]) -> bool:
    words = text.text[bracket[0][0].start : bracket[-1][0].end]
    first = bracket[0][0]
    supposes = "condition" in first.classes and not first.form.startswith(_PERSONS)
    told = supposes or "exception" in first.classes or any(c.classes & _RULING for c, _ in bracket)
    return told or lexicon().aside.search(words) is not None or permits(text, words)


def telling(text: Text, chunks: Sequence[Deep]) -> str:
    """Return the words of chunks, those left out between them left out too."""
    pieces: list[str] = []
    start = end = chunks[0][0].start
    for chunk, _ in chunks:
        if "(" in text.text[end : chunk.start] and text.text[end : chunk.start].count(")"):
            pieces.append(text.text[start:end])
            start = chunk.start
        end = chunk.end
    return " ".join([*pieces, text.text[start:end]])


def permits(text: Text, words: str) -> bool:
    """Whether a sentence tells what patients may do ("patients may have received A")."""
    permitted = text.search(lexicon().permission, words)
    return permitted is not None and not words[: permitted.start()].rstrip().endswith(_RELATIVE)


def asked_of_allowed(text: Text, chunks: Sequence[Deep], allowed: int | None) -> Sequence[Deep]:
    """Return what a sentence asks of those it allows ("A are eligible if they have B"), or nothing.

    `allowed` is the chunk that allows something, None where none does.
    Who is allowed in spite of an infection is told by its state ("HIV on A with undetectable viral load").
    Where an exclusion doesn't say before whom it allows, what it supposes is just that.
    """
    if allowed is None:
        return ()
    if text.exclusion and not any(is_content(chunk) for chunk, _ in chunks[:allowed]):
        return ()
    if not text.exclusion and chunks[allowed + 1 : allowed + 2] and chunks[allowed + 1][0].form == ":":
        return chunks[allowed + 2 :]
    first = next((i for i, (chunk, _) in enumerate(chunks[:allowed]) if is_content(chunk)), allowed)
    depth = chunks[allowed][1]
    for index in range(allowed + 1, len(chunks)):
        chunk, inside = chunks[index]
        if "exception" in chunk.classes or chunk.classes & {"barring", "regardless"}:
            return ()
        if inside == depth and chunk.form in _CONDITIONS:
            return chunks[index + 1 :]
    return chunks[first + 1 : allowed] if first < allowed and _is_infection(chunks[first][0]) else ()


def _is_infection(chunk: Chunk) -> bool:
    above = chunk.term.ancestors if chunk.term is not None else frozenset()
    return not above.isdisjoint(_INFECTIONS)


def names_others(chunks: Sequence[Chunk], index: int, before: Sequence[Chunk]) -> bool:
    """Whether other people are named behind a conjunction ("… and women who are pregnant").

    Not so behind words `before` it that say in whose case something is asked ("for patients with A and …").
    """
    person = chunks[index + 1] if index + 2 < len(chunks) else None
    if person is None or chunks[index].form not in ("and", "or"):
        return False
    if any(chunk.form == "for" or "condition" in chunk.classes for chunk in before):
        return False
    told = person.form.split(" ")
    named = "persons" in person.classes or told[0] in (*_PERSONS, "individual", "those")
    return named and (told[-1] in _WHO or (len(told) == 1 and chunks[index + 2].form in _WHO))
