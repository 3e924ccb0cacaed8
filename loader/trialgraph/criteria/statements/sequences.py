"""Sentences of a criterion, one after the other: what demands or bars, what allows, notes and explains."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.viruses import INFECTIONS
from trialgraph.criteria.conditions.cases import asked_of, read_case, without_note
from trialgraph.criteria.conditions.lifting import excuses, widens
from trialgraph.criteria.conditions.occasions import is_named
from trialgraph.criteria.conditions.roles import defines_condition, defines_unasked, defines_word
from trialgraph.criteria.conditions.waiting import with_washout
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import RESTARTS, WHO
from trialgraph.criteria.language.offers import (
    admits,
    asks_several,
    concerns_some,
    defines_childbearing,
    handles_negative,
    waives,
)
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.admissions import (
    read_admission,
    read_permission,
)
from trialgraph.criteria.statements.assessed import tells_class, with_class_of_assessed
from trialgraph.criteria.statements.captions import without_caption
from trialgraph.criteria.statements.endings import with_alternative
from trialgraph.criteria.statements.examples import (
    EXAMPLES,
    LISTING,
    listed_instances,
    lists_allowed,
    lists_kind,
)
from trialgraph.criteria.statements.grants import granted
from trialgraph.criteria.statements.idle import NOTED, adds_nothing, orders_test
from trialgraph.criteria.statements.notes import (
    NOTE,
    lets_nobody_in,
    lift_noted,
    noted_refusal,
    notes_exception,
    permits_treatment,
    says_no_more,
    with_listed_exceptions,
)
from trialgraph.criteria.statements.reproduction import explains_list
from trialgraph.criteria.statements.statements import Statement, read_statement, read_time_since
from trialgraph.criteria.statements.testing import with_negative_test
from trialgraph.criteria.statements.turns import turned
from trialgraph.criteria.statements.undemanding import is_undemanding
from trialgraph.criteria.trees import all_of, any_of, asks_of_some, is_formal
from trialgraph.expressions import AllOf, Expression, Fact, Narrative, Span, Value, atoms

__all__ = ["read_sentences"]

_FEWEST_LETTERS = 3
_ROMAN = frozenset("ivx.) ")
_PRIOR = re.compile(r"(?:any |all )?(?:prior|previous)", re.IGNORECASE)
"""How a sentence starts that may well ask for what was given before."""
_DEMANDING = re.compile(
    r"\b(?:must|may\s+not|need(?:s|ed)?|ha(?:ve|s)\s+to|should|cannot|required)\b"
    r"|\b(?:is|are|be)\s+(?:excluded|ineligible|not\s+(?:eligible|allowed|permitted))\b",
    re.IGNORECASE,
)
_ONLY = re.compile(r"\b(?:only\s+(?:be\s+)?eligible|eligible\s+only)\b", re.IGNORECASE)
"""How a sentence lets in nobody else."""
_EXCUSING = re.compile(
    r"\bnot\s+(?:be\s+|necessarily\s+)?(?:required|needed|mandat\w+|necessary|refrain|preclude|exclude)\b"
    r"|\bno\b[^.;]*\bmust\s+be\b|\b(?:criteri\w+)[^.;]*\bexcluded\b",
    re.IGNORECASE,
)
"""How something says after all that nothing is demanded."""
_WASHOUT = re.compile(r"\bwash-?\s?out\b", re.IGNORECASE)


def read_sentences(text: Text, sentences: list[list[Chunk]], end: int) -> list[Expression]:
    """Read sentences one after the other, up to `end`; what allows or explains is joined to those before."""
    read: list[Expression] = []
    sentences = with_listed_exceptions(text, sentences)
    sentences = sentences if text.exclusion else [without_note(each) for each in sentences]
    before: list[Chunk] = []
    for sentence in sentences:
        words = text.text[sentence[0].start : sentence[-1].end]
        place = (sentence[0].start, sentence[-1].end)
        of_allowed, before = lists_allowed(text, before, sentence), sentence
        if of_allowed or _is_stray(sentence, words) or _says_no_more(text, sentence, read):
            continue
        if (joined := _joined(text, sentence, read)) is not None:
            read = joined
            continue
        if concerns_some(words):
            read.append(_of_part(text, sentence) or narrative(text, *place))
            continue
        if asks_several(words) or defines_childbearing(words):
            return _to_the_end(text, (place[0], end), read, asking=asks_several(words))
        statement = _read_sentence(text, sentence, words)
        if (tested := with_negative_test(text, sentence, statement.expression, read)) is not None:
            read = tested
        elif read and (notes_exception(text, words) or _lets_in(text, statement, words)):
            read = _lifted(text, read, sentence)
        elif read and (told := _told_of(text, sentences, sentence, read[-1])) is not None:
            read.append(told)
        elif read and NOTE.match(words):
            return _remarked(text, (place[0], end), read, words)
        elif statement.expression is not None:
            read = _without_heading(text, sentences, sentence, read, statement.expression)
            read = with_alternative(text, sentences, sentence, [*read, statement.expression])
        elif statement.role == "allowance":
            read.append(narrative(text, *place))
    return read


def _read_sentence(text: Text, sentence: list[Chunk], words: str) -> Statement:
    """Read a sentence; words that only say what may be given bar nothing."""
    statement = turned(text, read_statement(text, sentence), words, (sentence[0].start, sentence[-1].end))
    unread = isinstance(statement.expression, Narrative)
    return (
        replace(statement, expression=None, role="allowance")
        if unread and permits_treatment(text, words)
        else statement
    )


def _lets_in(text: Text, statement: Statement, words: str) -> bool:
    """Whether a sentence is an allowance, or lets others in with words that aren't understood."""
    unread = isinstance(statement.expression, Narrative) and not text.exclusion
    return statement.role == "allowance" or (unread and widens(words))


def _lifted(text: Text, read: list[Expression], sentence: list[Chunk]) -> list[Expression]:
    """Return what is read, as an allowance lifts it; "all races are eligible" lifts no demand."""
    place = (sentence[0].start, sentence[-1].end)
    words = text.text[slice(*place)]
    if not text.exclusion and is_undemanding(text, words, "excusing"):
        return read
    lifted = granted(text, read, sentence) or lift_noted(text, read, words, place)
    demanded = _turned_to(text, sentence) if lifted == read and not text.exclusion else None
    return lifted if demanded is None else [*read, demanded]


def _turned_to(text: Text, sentence: list[Chunk]) -> Expression | None:
    """Return what a sentence demands that excepts nothing ("However, 14 days must have passed")."""
    if _ONLY.search(text.text, sentence[0].start, sentence[-1].end):
        return narrative(text, sentence[0].start, sentence[-1].end)
    told = trimmed(sentence[1:]) if sentence[0].form == "however" else []
    words = text.text[told[0].start : told[-1].end] if told else ""
    demands = _DEMANDING.search(words) and not _EXCUSING.search(words)
    return _read_sentence(text, told, words).expression if demands else None


def _without_heading(
    text: Text, sentences: list[list[Chunk]], sentence: list[Chunk], read: list[Expression], told: Expression
) -> list[Expression]:
    """Return what is read, without a first sentence that only names the treatments that the second bars."""
    second = len(read) == 1 and not text.exclusion and len(sentences) > 1 and sentence is sentences[1]
    second = second and not _PRIOR.match(text.text, sentences[0][0].start)
    captioned = second and without_caption(text, sentences[0], read[0], told) is not None
    return [] if captioned else read


def _to_the_end(text: Text, place: Span, read: list[Expression], *, asking: bool) -> list[Expression]:
    """Return what is read, and all that follows in words, unless it only explains who can bear children."""
    if read and not asking and explains_list(text.text[slice(*place)]):
        return read
    return [*read, narrative(text, *place)]


def _remarked(text: Text, place: Span, read: list[Expression], words: str) -> list[Expression]:
    """Return what is read, and a note to the end in words, which bars by examples or demands."""
    remark = narrative(text, *place)
    if not text.exclusion:
        return [*read, remark]
    bars = EXAMPLES.match(words) is not None or lets_nobody_in(text.text[slice(*place)])
    return [any_of([*read, remark]) if bars else all_of([any_of(read), remark])]


def _joined(text: Text, sentence: list[Chunk], read: list[Expression]) -> list[Expression] | None:
    """Return what is said with a sentence that lets some in, or says something besides; None for others."""
    if (other := _other_way(text, sentence, read) or _excused(text, sentence, read)) is not None:
        return [*read[:-1], other]
    if read and (washed := with_washout(text, sentence, read[-1])) is not None:
        return [*read[:-1], washed]
    if read and tells_class(text, sentence):
        assessed = with_class_of_assessed(read[-1], read_statement(text, sentence).expression)
        if assessed is not None:
            return [*read[:-1], assessed]
    told = _told_besides(text, sentence, read)
    return None if told is None else [*read, told]


def _says_no_more(text: Text, sentence: list[Chunk], read: list[Expression]) -> bool:
    """Whether a sentence leaves what those before it say as it is."""
    if not read:
        return False
    defined = not text.exclusion and (defines_unasked(sentence, read) or defines_word(text, sentence, read))
    return defined or adds_nothing(text, sentence, read) or says_no_more(sentence)


def _is_stray(sentence: list[Chunk], words: str) -> bool:
    """Whether a sentence is a stray sign or number."""
    letters = itertools.islice(filter(str.isalpha, words), _FEWEST_LETTERS - 1, None)
    stray = next(letters, None) is None or (words[0] in _ROMAN and _ROMAN.issuperset(words))
    return stray and not any(chunk.kind == "value" for chunk in sentence)


def _told_of(
    text: Text, sentences: list[list[Chunk]], sentence: list[Chunk], before: Expression
) -> Expression | None:
    """Return what a note bars, or the instances that a sentence lists of what the one before it bars."""
    words = text.text[sentence[0].start : sentence[-1].end]
    if not (NOTE.match(words) or LISTING.match(words) or lists_kind(sentence, before)):
        return None
    told = noted_refusal(text, sentence) or _noted_case(text, sentence)
    return told or listed_instances(text, sentences, sentence, before)


def _noted_case(text: Text, sentence: list[Chunk]) -> Expression | None:
    """Return what a note says of some alone ("Note: if they had surgery, they must have recovered")."""
    called = NOTED.match(text.text, sentence[0].start, sentence[-1].end)
    told = trimmed([chunk for chunk in sentence if called and chunk.start >= called.end()])
    if not told or told[0].form != "if":
        return None
    read = read_statement(text, told).expression
    of_some = isinstance(read, AllOf) and is_formal(read.operands[0])
    return read if read is not None and (asks_of_some(read) or (text.exclusion and of_some)) else None


def _told_besides(text: Text, sentence: list[Chunk], read: list[Expression]) -> Expression | None:
    """Return what a sentence says without demanding or barring what it names; None for a plain one."""
    place = (sentence[0].start, sentence[-1].end)
    words = text.text[slice(*place)]
    if text.exclusion:
        viral = any(chunk.term is not None and chunk.term.iri in INFECTIONS for chunk in sentence)
        ordered = viral and sentence[0].form in RESTARTS | WHO and orders_test(words)
        told = ordered or admits(words) or handles_negative(words)
        return narrative(text, *place) if told else None
    if _is_washout(words, sentence):
        return read_time_since(text, trimmed(sentence)) or narrative(text, *place)
    if waives(words) or defines_condition(sentence, read) or defines_word(text, sentence, read):
        return narrative(text, *place)
    return read_admission(text, sentence, first=not read) or _permitted(text, sentence, read)


def _permitted(text: Text, sentence: list[Chunk], read: list[Expression]) -> Expression | None:
    """Return what is asked of some whom a sentence lets in, unless it excuses them from what was asked.

    A limit without a quantity of its own is another for the one before ("may enroll if ≤ 5 × ULN").
    """
    bare = bool(read) and any(chunk.kind == "limit" for chunk in sentence)
    widened = read_case(text, sentence) if bare else None
    if widened is not None and (is_formal(widened) or is_named(widened.operands[0])):
        return None
    told = read_permission(text, sentence, first=not read)
    if told is None or excuses(text, read, (sentence[0].start, sentence[-1].end)):
        return None
    return asked_of(text, *told)


def _other_way(text: Text, sentence: list[Chunk], read: list[Expression]) -> Expression | None:
    """Return what the demand before a sentence asks, or what the sentence lets some in with instead.

    "Hepatitis C must have been cured. Those on treatment are eligible if their viral load is undetectable."
    """
    if text.exclusion or not read or not asks_of_some(read[-1]):
        return None
    place = (sentence[0].start, sentence[-1].end)
    told = read_permission(text, sentence, first=False)
    if told is None or not all(map(is_formal, told)) or not excuses(text, read[-1:], place):
        return None
    return None if excuses(text, read[:-1], place) else any_of([read[-1], all_of(told)])


def _excused(text: Text, sentence: list[Chunk], read: list[Expression]) -> Expression | None:
    """Return a limit with that of those whom a sentence excepts ("…; except patients with A (≤ 3 × ULN)").

    Those who are excepted in words that aren't understood are excused from the limit in these words.
    """
    at = next((i for i, chunk in enumerate(sentence) if chunk.kind != "sign" and chunk.form != "note"), 0)
    rest = trimmed([chunk for chunk in sentence[at + 1 :] if chunk.form != ":"])
    if text.exclusion or not read or not sentence[at].form.startswith("except") or not rest:
        return None
    case = read_case(text, rest, excepted=True)
    parts = read[-1].operands if isinstance(read[-1], AllOf) else (read[-1],)
    if case is None:
        limits = all(isinstance(atom, Value) for atom in atoms(read[-1]))
        return any_of([read[-1], narrative(text, sentence[0].start, sentence[-1].end)]) if limits else None
    told = [not _limited_by(case.operands[1]).isdisjoint(_limited_by(part)) for part in parts]
    changed = [any_of([part, case]) if same else part for part, same in zip(parts, told, strict=True)]
    return all_of(changed) if any(told) else None


def _limited_by(expression: Expression) -> set[str]:
    return {atom.concept for atom in atoms(expression) if isinstance(atom, Value)}


def _is_washout(words: str, sentence: Sequence[Chunk]) -> bool:
    """Whether a demand tells how long something must be over, which names it without asking for it."""
    told = "wash" in words.lower() and _WASHOUT.search(words) is not None
    return told and not any("allowance" in chunk.classes for chunk in sentence)


def _of_part(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read "Part B: platelets ≥ 75 × 10^9/L": what is asked in one part of the trial, or None."""
    signs = [i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form in (":", ",")]
    colon = next((i for i in signs if chunks[i].form == ":"), signs[0] if signs else None)
    if not colon or any(is_content(chunk) for chunk in chunks[:colon]):
        return None
    rest = list(chunks[colon + 1 :])
    place = (rest[0].start, rest[-1].end) if rest else (0, 0)
    body = turned(text, read_statement(text, rest), text.text[slice(*place)], place).expression
    asked = Value | Fact if chunks[colon].form == ":" else Value
    if body is None or not any(isinstance(atom, asked) for atom in atoms(body)):
        return None
    return asked_of(text, narrative(text, chunks[0].start, chunks[colon - 1].end), body)
