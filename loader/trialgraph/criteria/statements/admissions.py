"""Demands worded as whom a trial lets in: "patients are eligible if they have X", "only Y are eligible"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.sexes import read_sex
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.refusals import TRIAL, without_trailing_verb
from trialgraph.criteria.statements.statements import read_statement
from trialgraph.expressions import AllOf, Expression, Fact, Not, atoms, is_judged

__all__ = ["read_admission"]

_ADMITTED = frozenset({"eligible", "enrolled", "recruited", "included", "are included", "will be included",
                       "be included", "accrued", "accepted"})  # fmt: skip
_SUPPOSED = frozenset({"if", "only if"})
_RESTRICTING = re.compile(
    r"\W*only\b(?!\s+(?:if|when)\b)[^.;:]*?\b(?:eligible|enrolled|recruited|included|allowed|permitted|accepted|enter)\b",
    re.IGNORECASE,
)
"""How a sentence opens that lets nobody else in ("only tumors with a BRCA mutation are eligible")."""
_BESIDES = frozenset({"also", "still", "additionally", "even"})
_SEXES = frozenset({"female", "male"})
_PRONOUNS = frozenset({"they", "she", "he", "he / she", "he or she"})


def read_admission(text: Text, chunks: Sequence[Chunk], *, first: bool) -> Expression | None:
    """Return what a sentence among demands asks by whom it lets in; None for any other.

    Args:
        text: The text under reading.
        chunks: A sentence of it.
        first: Whether nothing was asked before, from which "patients are eligible if …" might excuse.
    """
    at = next((i for i, chunk in enumerate(chunks) if chunk.form in _ADMITTED), None)
    if at is None:
        return _in_words(text, chunks)
    subject, behind = chunks[:at], chunks[at + 1 :]
    if subject and subject[0].form == "only" and all(_is_trial(chunk) for chunk in behind):
        return _told(text, trimmed(without_trailing_verb(list(subject[1:])))) or _in_words(text, chunks)
    supposed = next((i for i, chunk in enumerate(behind) if chunk.form in _SUPPOSED), None)
    if supposed is None or not all(map(_is_trial, behind[:supposed])):
        return _in_words(text, chunks)
    if not first and behind[supposed].form != "only if":
        return None
    if not _names_anyone(subject):
        return None
    asked = list(behind[supposed + 1 :])
    told = _told(text, asked[1:] if asked and asked[0].form in _PRONOUNS else asked)
    of_sex = any(chunk.classes & _SEXES for chunk in subject)
    return told if told is None or not of_sex or _denies_states(told) else None


def _in_words(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the words of a sentence that lets nobody in but those it names; None for any other."""
    start, end = chunks[0].start, chunks[-1].end
    return narrative(text, start, end) if _RESTRICTING.match(text.text, start, end) else None


def _told(text: Text, chunks: list[Chunk]) -> Expression | None:
    sex = read_sex(text, chunks) if chunks else None
    if sex is not None and sex[1]:
        return sex[0]
    last = next((i for i in range(len(chunks) - 1, -1, -1) if is_content(chunks[i])), None)
    if last is None:
        return None
    if any(chunk.kind == "limit" for chunk in chunks[last + 1 :]):
        # "…, and at least one of", which leads in a list
        chunks = chunks[: last + 1]
    read = read_statement(text, chunks).expression
    return read if read is not None and any(map(is_judged, atoms(read))) else None


def _names_anyone(chunks: Sequence[Chunk]) -> bool:
    """Whether words name patients, or those of a sex, and say nothing else of them."""
    plain = all("neutral" in chunk.classes and chunk.form not in _BESIDES for chunk in chunks)
    return plain and any(chunk.classes & {"persons", *_SEXES} for chunk in chunks)


def _is_trial(chunk: Chunk) -> bool:
    return chunk.kind == "sign" or chunk.form in TRIAL


def _denies_states(expression: Expression) -> bool:
    """Whether only reproductive states are denied, which those of the other sex are never in."""
    operands = expression.operands if isinstance(expression, AllOf) else (expression,)
    facts = [atom for each in operands for atom in atoms(each) if isinstance(atom, Fact)]
    denied = all(isinstance(each, Not) for each in operands if any(map(is_judged, atoms(each))))
    return denied and all(fact.category == "reproductive" for fact in facts)
