"""One statement: its list, what is denied, excepted, allowed or asked of some only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import asks_consent, narrative
from trialgraph.criteria.conditions.alternatives import aside_at
from trialgraph.criteria.conditions.cases import asked_of, holds_value, read_case
from trialgraph.criteria.conditions.dispensations import read_dispensation
from trialgraph.criteria.conditions.elapsed import asks_treatment, read_elapsed
from trialgraph.criteria.conditions.exempting import except_for, read_excused_first
from trialgraph.criteria.conditions.kept import read_kept
from trialgraph.criteria.conditions.recoveries import read_recovery
from trialgraph.criteria.conditions.sexed import read_by_sex
from trialgraph.criteria.conditions.sexes import sex_of, sex_told
from trialgraph.criteria.conditions.steadied import read_steadied
from trialgraph.criteria.facts.allowances import allowance_at, allows, ceiling, lets_in, washout
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.recency import or_now
from trialgraph.criteria.facts.requiring import with_denied_needs
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_barred, read_segments
from trialgraph.criteria.lists.unnamed import examples_before_judgement, gives_examples
from trialgraph.criteria.members.beginnings import opening_time
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.quantities.windows import end_of_moment
from trialgraph.criteria.statements.allowed import allows_support, taking_allowed, values_allowed
from trialgraph.criteria.statements.bystanders import is_about_others
from trialgraph.criteria.statements.diagnosed import read_diagnosis
from trialgraph.criteria.statements.endangered import read_endangered
from trialgraph.criteria.statements.exceptions import (
    except_before_examples,
    except_first,
    item_run_in,
    next_bar_at,
    read_led_in,
    resumes_at,
)
from trialgraph.criteria.statements.labels import read_labelled
from trialgraph.criteria.statements.measured import read_measurable
from trialgraph.criteria.statements.plans import read_planned
from trialgraph.criteria.statements.refusals import read_refusal, without_trailing_verb
from trialgraph.criteria.statements.statuses import read_known_status
from trialgraph.criteria.statements.subgroups import (
    demand_on_some,
    inner_exceptions,
)
from trialgraph.criteria.statements.timed import in_shared_time, time_of_tests_at_end
from trialgraph.criteria.statements.tumours import with_named_tumours
from trialgraph.criteria.statements.undemanding import leaves_free, only_advises, only_urges
from trialgraph.criteria.statements.women import read_of_women
from trialgraph.criteria.trees import (
    all_of,
    alternatives_of,
    any_of,
    dated,
    is_formal,
    map_facts,
    negate,
)
from trialgraph.expressions import AllOf, Expression, Narrative, Not, Value, atoms

__all__ = ["Statement", "read_statement", "read_time_since"]

_TREATING = ("treatment of", "treatment for")
_UNTOLD = re.compile(r"with (?!.*following).*exceptions?|.*exceptions?(?: may)? apply")
"""Exceptions that a record speaks of without telling them ("with certain exceptions")."""
_PEOPLE = re.compile(
    r"\W*(?:for\s+)?(?:patients?|subjects?|participants?|individuals?|those|people)\b", re.IGNORECASE
)
_RULING = ("must", "should", "shall", "may", "can", "will", "need", "agree")
"""What makes a denial among exclusions a demand ("women must not be pregnant")."""
Role = Literal["demand", "allowance"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement says; an allowance demands nothing by itself and may lift an earlier demand."""

    expression: Expression | None
    role: Role = "demand"
    text: str = ""


def read_statement(text: Text, chunks: Sequence[Chunk]) -> Statement:
    """Return what a sentence says; chunks of it that aren't understood stay narrative in their place."""
    chunks = or_now(text, trimmed(chunks))
    if "not require" in text.lowered:
        chunks = with_denied_needs(chunks)
    taken = taking_allowed(text, chunks, lambda rest: read_statement(text, rest).expression)
    if taken is not None:
        return Statement(None if text.exclusion and isinstance(taken, Narrative) else taken)
    told = opening_time(text, chunks) if text.exclusion else None
    if told is None or _takes_a_person(text, chunks):
        return _read_undated(text, chunks) if text.exclusion else _read_tested(text, chunks)
    found, rest = told
    statement = _read_undated(text, trimmed(rest))
    if statement.expression is None:
        return statement
    if isinstance(statement.expression, Narrative):
        return _read_undated(text, chunks)
    read = map_facts(statement.expression, lambda fact: replace(fact, within=fact.within or found))
    return replace(statement, expression=dated(read, found))


def _read_tested(text: Text, chunks: list[Chunk]) -> Statement:
    """Read a demand, its values in the time that it ends with if that is told of their tests."""
    closing = time_of_tests_at_end(chunks)
    if closing is None:
        return _read_undated(text, chunks)
    statement = _read_undated(text, trimmed(closing[1]))
    read = statement.expression
    if read is None:
        return _read_undated(text, chunks)
    return replace(statement, expression=dated(read, closing[0]))


def _read_undated(text: Text, chunks: list[Chunk]) -> Statement:
    if not chunks:
        return Statement(None)
    start, end = chunks[0].start, chunks[-1].end
    words = text.text[start:end]
    told = read_of_women(text, chunks) or read_recovery(
        text, chunks, lambda rest: read_statement(text, rest).expression
    )
    if told is None and (judged := _read_judged(text, chunks, words)) is not None:
        return judged
    told = told or read_planned(text, chunks, lambda rest: read_statement(text, rest).expression)
    for read_whole in (read_known_status, read_refusal, read_by_sex, read_steadied, read_kept):
        told = told or read_whole(text, chunks)
    told = told or read_led_in(text, chunks, lambda rest: read_statement(text, rest).expression)
    told = told or read_endangered(text, chunks, lambda rest: read_statement(text, rest).expression)
    told = told or read_excused_first(text, chunks, lambda rest: read_statement(text, rest).expression)
    told = told or read_dispensation(text, chunks, lambda before: read_statement(text, before).expression)
    if told is not None:
        return Statement(told, text=words)
    allowing = allows(chunks)
    case = None if text.exclusion and allowing else read_case(text, chunks)
    if case is not None and (not allowing or _widens(text, case, start)):
        return Statement(asked_of(text, *case.operands), text=words)
    asked = demand_on_some(text, chunks) if text.exclusion and not allowing else None
    if asked is not None:
        return Statement(asked, text=words)
    elapsed = None if allowing else read_time_since(text, chunks)
    if elapsed is not None:
        return Statement(elapsed, text=words)
    chunks = inner_exceptions(text, _with_untold(chunks))
    exception = next((i for i, chunk in enumerate(chunks) if "exception" in chunk.classes and i > 0), None)
    if allows(chunks[:exception] if _bars_all_others(text, chunks, exception) else chunks):
        return _read_allowance(text, chunks)
    sex = sex_told(text, chunks)
    if sex is not None and sex[1]:
        return Statement(sex[0], text=words)
    told_aside = text.exclusion and any(map(gives_examples, chunks))
    if not told_aside and not any(is_content(chunk) or holds_value(chunk) for chunk in chunks):
        return Statement(read_measurable(text, chunks) or narrative(text, start, end), text=words)
    if exception is not None:
        return Statement(_read_excepted(text, chunks, exception), text=words)
    asked = _read_asked(text, chunks, sex)
    free = not text.exclusion and asks_treatment(asked) and leaves_free(words)
    return Statement(narrative(text, start, end) if free else asked, text=words)


def _read_judged(text: Text, chunks: list[Chunk], words: str) -> Statement | None:
    """Read what a person decides on or only advises, or what is asked of others; None for anything else."""
    decided = _takes_a_person(text, chunks)
    if decided and text.exclusion and lets_in(words):
        return Statement(None, "allowance", words)
    urged = only_advises(words) if text.exclusion else only_urges(words)
    if decided or urged or _is_about_others(chunks):
        return Statement(narrative(text, chunks[0].start, chunks[-1].end), text=words)
    return None


def _read_asked(text: Text, chunks: list[Chunk], sex: tuple[Expression, bool] | None) -> Expression:
    """Read what is asked for: a list, or else the tumour that words which aren't understood narrow."""
    shorter = _without_requiring(text, chunks)
    read = in_shared_time(chunks, read_labelled(text, shorter))
    if all(isinstance(atom, Narrative) for atom in atoms(read)):
        diagnosis = read_diagnosis(text, chunks) or read_measurable(text, chunks)
        if diagnosis is None:
            read = read if shorter is chunks else read_labelled(text, chunks)
            return with_named_tumours(read, text, chunks)
        read = diagnosis
    read = with_named_tumours(read, text, chunks)
    told = _sex_lacking(text, chunks, read) if sex is None else sex[0]
    return read if told is None else all_of([told, read])


def _sex_lacking(text: Text, chunks: Sequence[Chunk], read: Expression) -> Expression | None:
    """Return the sex that is barred for lacking something ("men without a vasectomy"); None where none is."""
    lacking = text.exclusion and isinstance(read, Not) and is_formal(read)
    ruled = any(chunk.form.startswith(_RULING) for chunk in chunks)
    return sex_of(text, chunks[:1]) if lacking and not ruled else None


def read_time_since(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return what a sentence bars that tells how long a treatment must be over; None for any other."""
    return read_elapsed(
        text, chunks, lambda rest: read_barred(text, rest), lambda rest: read_statement(text, rest).expression
    )


def _takes_a_person(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether a sentence is about consent, a judgement on what it names, or what has to be over."""
    valued = any(chunk.kind == "value" for chunk in chunks)
    if valued:
        return False
    words = text.text[chunks[0].start : chunks[-1].end]
    for chunk in chunks if text.abilities else ():
        if chunk.classes & {"ability", "lacked ability"}:
            at = chunk.start - chunks[0].start
            words = words[:at] + " " * (chunk.end - chunk.start) + words[at + chunk.end - chunk.start :]
    if not text.exclusion and text.search(lexicon().resolved, words):
        return True
    named = [chunk for chunk in chunks if is_content(chunk) and category_of(chunk) != "other"]
    if text.exclusion and (listed := examples_before_judgement(chunks)) is not None:
        named.append(listed)
    judged = text.search(lexicon().judgement, words)
    behind = judged is not None and chunks[0].start + judged.end()
    told = judged is not None and all(chunk.start >= behind for chunk in named)
    consented = asks_consent(text, words)
    if consented is None or not text.exclusion:
        return told or consented is not None
    return told or all(chunk.start >= chunks[0].start + consented.start() for chunk in named)


def _is_about_others(chunks: Sequence[Chunk]) -> bool:
    """Whether a sentence asks something of other people, or of the patient for them ("donors may …")."""
    return is_about_others(chunks) and not allows(chunks)


def _without_requiring(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Drop "… is required (before treatment starts)", which a demand says anyway; a time stays."""
    at = next((i for i, chunk in enumerate(chunks) if i and "demanding" in chunk.classes), len(chunks))
    treats = text.lowered.startswith(_TREATING, chunks[0].start) and chunks[0].kind == "word"
    if text.exclusion or at == len(chunks) or treats:
        return chunks
    behind = chunks[at + 1 :]
    timed = len(behind) == 1 and behind[0].kind == "window"
    if behind and not timed and end_of_moment(text.text, behind[0].start) < behind[-1].end:
        return chunks
    return [*trimmed(chunks[:at]), *(behind if timed else [])] or chunks


def _read_allowance(text: Text, chunks: list[Chunk]) -> Statement:
    """Read "… is allowed": it demands nothing, but for a washout, which bars what is too recent."""
    if (aside := aside_at(chunks)) is not None:
        return read_statement(text, chunks[:aside])
    if (told := values_allowed(text, chunks)) is not None:
        read, rest = read_statement(text, told[0]).expression, told[1]
        return Statement(read if read is None or rest is None else all_of([read, rest]))
    if not text.exclusion and allows_support(text, chunks):
        return Statement(None)
    if (most := ceiling(text, chunks)) is not None:
        return Statement(most)
    words = text.text[chunks[0].start : chunks[-1].end]
    at = allowance_at(chunks) or 0
    window = washout(text, chunks[at:])
    if window is None or text.exclusion or any("negation" in chunk.classes for chunk in chunks):
        return Statement(None, "allowance", words)
    expression = join_segments(text, read_segments(text, without_trailing_verb(chunks[:at])), "or")
    recent = map_facts(expression, lambda fact: replace(fact, within=window))
    return Statement(negate(alternatives_of(recent)), text=words)


def _bars_all_others(text: Text, chunks: list[Chunk], exception: int | None) -> bool:
    """Whether what stands before an exception is barred or limited, and people are let in behind it.

    "Thyroiditis, except patients on hormones are eligible" bars, and "X, except Y, is allowed" doesn't.
    """
    if exception is None:
        return False
    if any(chunk.kind == "value" for chunk in chunks[:exception]):
        return True
    people = _PEOPLE.match(text.text, chunks[exception].end) is not None
    return text.exclusion and (people or any(chunk.form == "unless" for chunk in chunks[exception:]))


def _with_untold(chunks: list[Chunk]) -> list[Chunk]:
    """Return chunks with the exceptions of the list before them that a bracket speaks of untold."""
    last = chunks[-1]
    untold = last.kind == "bracket" and len(last.inner) == 1 and _UNTOLD.fullmatch(last.inner[0].form)
    return [*chunks[:-1], last.inner[0]] if untold else chunks


def _read_excepted(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "X, except Y": the exception narrows each fact of X, or stands beside what can't carry it."""
    head = trimmed(chunks[:at])
    if not any(is_content(chunk) for chunk in head):
        return narrative(text, chunks[0].start, chunks[-1].end)
    tail = chunks[at + 1 :]
    if not tail and not _UNTOLD.fullmatch(chunks[at].form):
        return _read_head(text, head)
    tail = tail or [chunks[at]]
    end = tail[-1].end
    own = item_run_in(text, tail) if text.exclusion else None
    if own is not None and own > 0:
        remainder = narrative(text, tail[own].start, end)
        return any_of([_read_excepted(text, [*chunks[: at + 1], *tail[:own]], at), remainder])
    if text.exclusion and (other := next_bar_at(text, chunks, at)):
        words = text.text[tail[0].start : chunks[other].start].strip(" ;,.:")
        if any(chunk.kind == "window" for chunk in chunks[at:other]):
            read = _read_excepted(text, trimmed(chunks[:other]), at)
            barred = read_statement(text, chunks[other + 1 :]).expression
            return read if barred is None else any_of([read, barred])
        return except_first(text, _read_head(text, [*head, *chunks[other:]]), words, tail[0].start)
    if text.exclusion and (behind := resumes_at(text, chunks, at)):
        place = (tail[0].start, chunks[behind - 1].end)
        words = text.text[slice(*place)].strip(" ;,.:")
        rest = chunks[behind:]
        second = next((i for i, chunk in enumerate(rest) if i and "exception" in chunk.classes), None)
        read = except_for(text, _read_head(text, [*head, *trimmed(rest[:second])]), words, place)
        if second is None or second + 1 >= len(rest):
            return read
        after = (rest[second + 1].start, end)
        return except_for(text, read, text.text[slice(*after)].strip(" ;,.:"), after)
    told = except_before_examples(text, chunks, at, lambda each: read_labelled(text, each))
    if text.exclusion and told is not None:
        return told
    words = text.text[tail[0].start : end].strip(" ;,.:")
    place = (tail[0].start, end)
    return except_for(text, _read_head(text, head), words, place, lifts=chunks[at].form == "unless")


def _read_head(text: Text, chunks: list[Chunk]) -> Expression:
    """Read what stands before an exception: a list, or what was done beside what is planned."""
    planned = read_planned(text, chunks, lambda rest: read_statement(text, rest).expression)
    return planned or read_labelled(text, chunks)


def _widens(text: Text, case: AllOf, start: int) -> bool:
    """Whether a quantity of a case was limited before, so that a permission widens that limit."""
    before = [chunk.expression for chunk in text.chunks if chunk.end <= start and chunk.expression]
    named = {atom.concept for each in before for atom in atoms(each) if isinstance(atom, Value)}
    return any(isinstance(atom, Value) and atom.concept in named for atom in atoms(case))
