"""Infections that are barred and with which some are let in all the same, where it is understood with what.

"Active hepatitis C. Those with antibodies are eligible if their HCV RNA is negative." What lets them in is
read, so that a record can show it, or that it isn't so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import TypeGuard

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.viruses import INFECTIONS
from trialgraph.criteria.conditions.exempting import with_exception
from trialgraph.criteria.conditions.lifting import EITHER
from trialgraph.criteria.facts.allowances import allowance_at
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.admissions import read_permission, whom
from trialgraph.criteria.statements.idle import NOTED
from trialgraph.criteria.statements.statements import read_statement
from trialgraph.criteria.trees import all_of, any_of, is_formal, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, atoms
from trialgraph.namespaces import TGC

__all__ = ["granted"]

_VIRUSES = (str(TGC.HepatitisB), str(TGC.HepatitisC), str(TGC.HIVInfection))
_STATES = re.compile(
    r"\b(?:controlled|stable|stabili[sz]ed|suppressed|cured|resolved|cleared|inactive|asymptomatic|treated|eradicated"
    r"|normal|adequate\w*|successful\w*|completed|finished)\b",
    re.IGNORECASE,
)
"""What those let in may be said to be like besides what they have and take."""
_BOUNDING = re.compile(
    r"\b(?:must|should|shall|needs?|requir\w+|only|but|however|if|provided|providing|when|as\s+long|after|unless|who)\b",
    re.IGNORECASE,
)
"""How a sentence goes on that asks something of those it lets in."""
_ADVERSE = frozenset({"but", "however", "although"})
_OPENING = _ADVERSE | {"*", "-", "also"}
_ALSO = frozenset({"treatment", "procedure"})


def granted(text: Text, read: Sequence[Expression], sentence: Sequence[Chunk]) -> list[Expression] | None:
    """Return what is barred but for those whom a sentence lets in with one virus; None for any other.

    Args:
        text: The text under reading, one of exclusions.
        read: What its sentences bar so far.
        sentence: The one behind them.
    """
    if not text.exclusion or not any(_is_of(text, fact) for each in read for fact in _facts(each)):
        return None
    words = text.text[sentence[0].start : sentence[-1].end]
    told = None if EITHER.search(words) else _let_in(text, sentence)
    if told is None:
        return None
    let_in, asked = told
    borne = [atom for atom in atoms(let_in) if not _is_given(atom)]
    viruses = {_virus(text, atom) for atom in borne}
    virus = next(iter(viruses)) if len(viruses) == 1 else None
    if virus is None or not all(map(_is_borne_or_taken, atoms(let_in))):
        return None
    if not any(_virus(text, fact) == virus for each in read for fact in _facts(each)):
        return None
    barred = [_barred(text, each, (virus, let_in, words)) for each in read]
    cases = {fact.concept for fact in _facts(let_in)}
    known = any(fact.concept in cases for each in read for fact in _facts(each))
    return barred if asked is None or known else [*barred, asked]


def _let_in(text: Text, sentence: Sequence[Chunk]) -> tuple[Expression, Expression | None] | None:
    """Return who is let in, and who isn't of those a condition is set for; None where it isn't understood."""
    asking = copy(text)
    asking.exclusion = False
    noted = NOTED.match(text.text, sentence[0].start, sentence[-1].end)
    chunks = trimmed([chunk for chunk in sentence if noted is None or chunk.start >= noted.end()])
    while chunks and chunks[0].form in _OPENING:
        chunks = trimmed(chunks[1:])
    at = allowance_at(chunks) or 0
    denied = any("negation" in chunk.classes for chunk in chunks[max(0, at - 2) : at])
    subject = [] if denied or not at else whom(chunks[:at])
    if not subject:
        return None
    defined = _defined(asking, subject)
    told = _conditional(asking, chunks, subject, defined)
    if told is not None and (defined is not None or _says_all(text, subject, told)):
        return all_of(told), all_of([told[0], negate(told[1])])
    if _BOUNDING.search(text.text, chunks[at].end, chunks[-1].end):
        return None
    read = defined or read_statement(asking, [_plain(chunk) for chunk in subject]).expression
    if read is None or not is_formal(read) or not (defined or _says_all(text, subject, [read])):
        return None
    return read, None


def _conditional(
    text: Text, chunks: list[Chunk], subject: Sequence[Chunk], defined: Expression | None
) -> tuple[Expression, Expression] | None:
    """Return whom a sentence lets in on a condition, and the condition; None unless all is understood."""
    told = read_permission(text, chunks)
    if defined is not None:
        at = next(
            (i for i, each in enumerate(chunks) if each.start >= subject[-1].end and _is_condition(each)),
            None,
        )
        asked = None if at is None else read_statement(text, trimmed(chunks[at + 1 :])).expression
        told = None if asked is None else (defined, asked)
    return told if told is not None and all(map(is_formal, told)) else None


def _is_condition(chunk: Chunk) -> bool:
    return "condition" in chunk.classes


def _says_all(text: Text, subject: Sequence[Chunk], read: Sequence[Expression]) -> bool:
    """Whether what those let in are said to be like is kept ("well controlled on antiretroviral therapy")."""
    told = " ".join(words for each in read for fact in _facts_in(each) for words in fact.modifiers.values())
    said = _STATES.findall(text.text[subject[0].start : subject[-1].end])
    return all(word.lower() in told.lower() for word in said)


def _facts_in(expression: Expression) -> list[Fact]:
    return [atom for atom in atoms(expression) if isinstance(atom, Fact)]


def _plain(chunk: Chunk) -> Chunk:
    """Return "but", between what those let in have and haven't, as the "and" that it means there."""
    return replace(chunk, form="and") if chunk.form in _ADVERSE else chunk


def _defined(text: Text, subject: Sequence[Chunk]) -> Expression | None:
    """Return how those let in are defined ("past hepatitis B (defined as …)"), or None."""
    for at, chunk in enumerate(subject):
        if chunk.kind == "bracket" and chunk.inner and "definition" in chunk.inner[0].classes:
            return read_statement(text, trimmed(chunk.inner[1:])).expression
        if at and "definition" in chunk.classes:
            return read_statement(text, trimmed(subject[at + 1 :])).expression
    return None


def _facts(expression: Expression) -> Iterator[Fact]:
    """Yield the facts that an expression bars, but for those that it excepts."""
    match expression:
        case Fact(is_mention=False):
            yield expression
        case AllOf(operands) | AnyOf(operands):
            for each in operands:
                yield from _facts(each)
        case _:
            return


def _virus(text: Text, atom: Expression) -> str | None:
    """Return the virus that an atom is an infection with, or a marker of."""
    iri = getattr(atom, "concept", "")
    term: Term | None = text.vocabulary.by_iri.get(INFECTIONS.get(iri, iri))
    if term is None:
        return None
    above = {term.iri, *term.ancestors}
    found = next((virus for virus in _VIRUSES if virus in above), None)
    return found or next((virus for virus in _VIRUSES if _names(text, virus, term)), None)


def _names(text: Text, virus: str, term: Term) -> bool:
    """Whether the name of a finding or drug is made of the infection's ("undetectable HIV viral load")."""
    infection = text.vocabulary.by_iri.get(virus)
    label = "" if infection is None else infection.label.removesuffix(" infection")
    return bool(label) and label in term.label and term.category in ("biomarker", "other", *_ALSO)


def _is_of(text: Text, atom: Expression) -> bool:
    return _virus(text, atom) is not None


def _is_given(atom: Expression) -> bool:
    return isinstance(atom, Fact) and atom.category in _ALSO


def _barred(text: Text, barred: Expression, grant: tuple[str, Expression, str]) -> Expression:
    """Return what is barred, but for those let in of the infections with the same virus."""
    virus, let_in, words = grant
    match barred:
        case Fact(is_mention=True):
            return barred
        case Fact() if _virus(text, barred) == virus:
            return all_of([barred, _except(text, [barred], let_in)])
        case Fact() if _is_above(text, barred, virus):
            return with_exception(barred, words)
        case AnyOf(operands):
            own = [each for each in operands if _is_known(each) and _virus(text, each) == virus]
            if len(own) < 2:
                return any_of([_barred(text, each, grant) for each in operands])
            together = all_of([any_of(own), _except(text, own, let_in)])
            return any_of([
                together if each is own[0] else _barred(text, each, grant)
                for each in operands if each is own[0] or each not in own
            ])  # fmt: skip
        case AllOf(operands):
            return all_of([_barred(text, each, grant) for each in operands])
        case _:
            return barred


def _except(text: Text, barred: Sequence[Expression], let_in: Expression) -> Expression:
    """Return that someone isn't let in, without saying once more that they have what is barred."""
    parts = let_in.operands if isinstance(let_in, AllOf) else (let_in,)
    terms = [text.vocabulary.by_iri.get(getattr(each, "concept", "")) for each in barred]
    above = [frozenset() if term is None else frozenset({term.iri, *term.ancestors}) for term in terms]
    rest = [each for each in parts if not (_is_plain(each) and all(each.concept in kinds for kinds in above))]
    return negate(all_of(rest) if rest else let_in)


def _is_plain(atom: Expression) -> TypeGuard[Fact]:
    return isinstance(atom, Fact) and set(atom.modifiers) <= {"status"} and atom.within is None


def _is_borne_or_taken(atom: Expression) -> bool:
    """Whether an atom is no vaccine, which keeps nobody free of the infection."""
    return "vaccin" not in getattr(atom, "concept_label", "")


def _is_above(text: Text, fact: Fact, virus: str) -> bool:
    infection = text.vocabulary.by_iri.get(virus)
    return infection is not None and fact.concept in infection.ancestors


def _is_known(expression: Expression) -> bool:
    return isinstance(expression, Fact) and not expression.is_mention
