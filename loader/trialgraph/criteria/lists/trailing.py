"""What stands behind a value in a list: whether it says more of it, and of whom."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import opened
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.alternatives import asks_no_more, restates
from trialgraph.criteria.conditions.cases import with_remark
from trialgraph.criteria.conditions.further import other_limit
from trialgraph.criteria.conditions.occasions import several_occasions
from trialgraph.criteria.conditions.roles import tells_age
from trialgraph.criteria.conditions.supports import unsupported
from trialgraph.criteria.conditions.widening import narrows
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import OBTAINED
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.trees import all_of, any_of, dated, negate
from trialgraph.expressions import AnyOf, Expression, Fact, Value, atoms
from trialgraph.namespaces import TGC

__all__ = [
    "adds_nothing",
    "beside_words",
    "by_presence",
    "is_of_some",
    "limits_age_again",
    "offers_value",
    "remarks_on_value",
    "with_told",
]

_PAIR = 2
_HEADING = re.compile(
    r"(?:[A-Z][a-z]+|[Aa]nd|[Oo]r|\s|:|(?<=[a-z] )functions?)+|liver\s+function|(?:[a-k]|[ivx]{1,4})[.):]*"
)
"""What stands behind a value where a list lost its lines: the title of the next part, or a letter."""
_OF_NORM = re.compile(
    r"(?:institutional\s+upper\s+limits?\s+of\s+normal\s+)?(?:(?:as\s+)?appropriate\s+|adjusted\s+)?for\s+"
    r"(?:(?:the|their|patient'?s?|age|sex|gender|local|institution(?:al)?|lab(?:oratory)?"
    r"|site|and|or|range|reference|AST|ALT|SGOT|SGPT)\b[\s/,]*)+",
    re.IGNORECASE,
)
"""Whose normal limit is meant ("appropriate for age", "for the local laboratory"), or of which test."""
_LACKING = frozenset({"without", "in the absence of", "in absence of"})
_PRESENCE = _LACKING | {"with"}
_SPREAD = str(TGC.MetastaticMalignantNeoplasm)
_GILBERT = str(TGC.GilbertSyndrome)
_ENDED = re.compile(r"[.;*•](?!\d)")
_OR = re.compile(r"[\s,)]*or\s+", re.IGNORECASE)
_OFFERED = re.compile(r"(?:[^.;]|\.(?=\d))*\bor\b(?:[^.;]|\.(?=\d))*")
"""How the limit of those with a disease is offered beside that of the others."""
_RULING = ("must", "should", "will")
_FAR = 60
_WHO = re.compile(
    r"\b(?:patients?|participants?|subjects?|individuals?|those)\s+who\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE
)
"""What stands in front of a value that tells of whom something is asked."""


def with_told(text: Text, expression: Expression, value: Chunk, remark: Chunk) -> Expression:
    """Take in a bracket behind a value, unless it only says the value again."""
    if restates(expression, remark):
        return expression
    inner = [c for c in remark.inner if c.kind not in ("window", "sign") and c.form not in OBTAINED]
    lacking = by_presence(text, expression, inner) if inner and inner[0].form in _LACKING else None
    if lacking is None:
        return with_remark(text, expression, value, remark)
    window = next((each.window.window for each in remark.inner if each.window is not None), None)
    return lacking if window is None else dated(lacking, window)


def adds_nothing(text: Text, rest: Sequence[Chunk], end: int) -> bool:
    """Whether words behind a value only tell how it is measured, or head what stood below it ("… Renal")."""
    start = rest[0].start
    if asks_no_more(text, start, end) or wording().method.fullmatch(text.text, start, end):
        return True
    if _OF_NORM.fullmatch(text.text, start, end):
        return True
    if not _HEADING.fullmatch(text.text, start, end):
        return False
    return all("label" in chunk.classes for chunk in rest) or end - start <= _PAIR + 1


def is_of_some(text: Text, before: Sequence[Chunk], value: Chunk) -> bool:
    """Whether a demand behind a value is on those with it only ("men < 40 kg must …").

    So it is on those of an age, where ages were limited before ("age ≥ 12. Patients aged 12-17 will not …").
    """
    if any("persons" in chunk.classes for chunk in before) and limits_age_again(text, value):
        return True
    sexes = [chunk for chunk in before if chunk.classes & {"female", "male"}]
    return len(sexes) == 1 or _WHO.search(text.text, max(0, value.start - _FAR), value.start) is not None


def limits_age_again(text: Text, value: Chunk) -> bool:
    """Whether a value is an age within one before it, and so mostly that of some ("≥ 18; ≥ 19 in Korea")."""
    before = itertools.takewhile(lambda chunk: chunk.start < value.start, opened(text.chunks))
    told, ages = value.expression, [chunk.expression for chunk in before if tells_age(chunk)]
    return isinstance(told, Value) and any(isinstance(each, Value) and narrows(told, each) for each in ages)


def beside_words(text: Text, expression: Expression, value: Chunk, rest: Sequence[Chunk]) -> Expression:
    """Return a value with words behind it that aren't understood; a second age is that of some."""
    words = narrative(text, rest[0].start, rest[-1].end)
    placed = rest[0].form == "in" or rest[0].form.startswith("in ")
    ruled = any(chunk.form.startswith(_RULING) for chunk in rest)
    if (placed or ruled) and not text.exclusion and limits_age_again(text, value):
        return any_of([negate(words), expression] if placed else [negate(expression), words])
    return all_of([expression, unsupported(text, list(rest)) or words])


def remarks_on_value(text: Text, value: Chunk, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the brackets about a value: before any new concept or unknown word, or with its other limit."""
    other = next(
        (i for i, c in enumerate(chunks) if is_content(c) or (c.kind == "word" and not c.classes)),
        len(chunks),
    )
    behind = [(chunk, _first_limit(chunk)) for chunk in chunks[other:]]
    limited = [each for each, found in behind if found and other_limit(text, value, [found]) is not None]
    return [*(chunk for chunk in chunks[:other] if chunk.kind == "bracket"), *limited]


def offers_value(text: Text, end: int) -> bool:
    """Whether another value is offered behind one ("… if no metastases, or ALT ≤ 5 if …")."""
    found = _OR.match(text.text, end)
    return found is not None and any(
        chunk.kind == "value" and chunk.start == found.end() for chunk in text.chunks
    )


def _first_limit(chunk: Chunk) -> Chunk | None:
    """Return the limit that a bracket starts with, behind "or"."""
    inner = [each for each in chunk.inner[:_PAIR] if each.form != "or"]
    return inner[0] if inner and inner[0].kind == "limit" else None


def by_presence(text: Text, expression: Expression, rest: Sequence[Chunk]) -> Expression | None:
    """Read "≤ 2.5 × ULN without A or ≤ 5 × ULN with A": each limit is for those with or without a disease.

    Where the other limit is told beside the first, for those with the disease, that it is for the others
    is told already. Where none is, a spread or what causes a value is nobody's bar ("without metastases").
    """
    if rest[0].form not in _PRESENCE:
        return None
    if len(rest) == 1:
        return expression if isinstance(expression, AnyOf) else None
    case = several_occasions(text, rest[1:])
    if not isinstance(case, Fact) or case.modifiers:
        return None
    lacked = rest[0].form in _LACKING
    named = {atom.concept for atom in atoms(expression) if isinstance(atom, Fact)}
    if case.concept in named:
        return expression if lacked else None
    places = [text.tokens[at].start for at, each in text.mentions.items() if each.term.iri == case.concept]
    if len(places) >= _PAIR and _OFFERED.fullmatch(text.text, min(places), max(places)):
        return all_of([expression, negate(case) if lacked else case])
    again = any(
        rest[-1].end <= place and _ENDED.search(text.text, rest[-1].end, place) is None for place in places
    )
    if not lacked or again or not _excuses(text, case):
        return None
    return all_of([negate(case), expression]) if text.exclusion else any_of([case, expression])


def _excuses(text: Text, case: Fact) -> bool:
    """Whether a disease is where the cancer is too, or a cause of the value: many have another limit then."""
    term = text.vocabulary.by_iri.get(case.concept)
    told = term is not None and (term.is_a(_SPREAD) or term.label.endswith(" involvement"))
    return told or case.concept == _GILBERT
