"""One statement: its list, what is denied, excepted, allowed or asked of some only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import asks_consent, narrative
from trialgraph.criteria.conditions.alternatives import aside_at, is_harmless
from trialgraph.criteria.conditions.cases import asked_of, except_for, holds_value, read_case, widens
from trialgraph.criteria.conditions.dispensations import read_dispensation
from trialgraph.criteria.conditions.elapsed import read_elapsed
from trialgraph.criteria.conditions.recoveries import read_recovery
from trialgraph.criteria.conditions.sexed import read_by_sex
from trialgraph.criteria.conditions.sexes import read_sex
from trialgraph.criteria.facts.allowances import allowance_at, allows, ceiling, washout
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import for_itself, instances_of
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.lists.lists import join_segments, read_barred, read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.timing import opening_time
from trialgraph.criteria.mentions.topics import topics_of
from trialgraph.criteria.statements.addressees import case_of, concerns_reproduction, read_addressed
from trialgraph.criteria.statements.exceptions import item_run_in, resumes_at
from trialgraph.criteria.statements.kinds import read_instances
from trialgraph.criteria.statements.refusals import read_refusal, without_trailing_verb
from trialgraph.criteria.statements.subgroups import (
    MODAL,
    age_case,
    any_kind,
    defined_at,
    demand_on_some,
    inner_exceptions,
    only_names_patients,
    value_case,
    value_with,
)
from trialgraph.criteria.trees import (
    all_of,
    alternatives_of,
    any_of,
    dated,
    is_formal,
    map_facts,
    negate,
)
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value, atoms

__all__ = ["Statement", "of_part", "read_statement"]

_DENIED_LIST = ("not meet", "not fulfil", "not satisfy", "fail to meet", "fails to meet", "unable to meet")
_BEING = frozenset({"are", "is", "was", "were", "who"})
"""Words before a denial that make it one of what somebody is ("who are not candidates for A …:")."""
_MOST_LABELS = 20
"""Labels within labels; a text with more of them is no criterion that anyone wrote."""
_WHO = frozenset({"patient who", "subject who", "participant who"})
_APART = frozenset({"with", "without", "in", "for"})
Role = Literal["demand", "allowance"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement says; an allowance demands nothing by itself and may lift an earlier demand."""

    expression: Expression | None
    role: Role = "demand"
    text: str = ""


def read_statement(text: Text, chunks: Sequence[Chunk]) -> Statement:
    """Return what a sentence says; chunks of it that aren't understood stay narrative in their place."""
    chunks = trimmed(chunks)
    told = opening_time(chunks) if text.exclusion else None
    if told is None or _takes_a_person(text, chunks):
        return _read_undated(text, chunks)
    found, rest = told
    statement = _read_undated(text, trimmed(rest))
    if statement.expression is None:
        return statement
    read = map_facts(statement.expression, lambda fact: replace(fact, within=fact.within or found))
    return replace(statement, expression=dated(read, found))


def _read_undated(text: Text, chunks: list[Chunk]) -> Statement:
    if not chunks:
        return Statement(None)
    start, end = chunks[0].start, chunks[-1].end
    words = text.text[start:end]
    told = read_recovery(text, chunks, lambda rest: read_statement(text, rest).expression)
    if told is None and _takes_a_person(text, chunks):
        return Statement(narrative(text, start, end), text=words)
    told = told or read_refusal(text, chunks) or read_by_sex(text, chunks)
    told = told or read_dispensation(text, chunks, lambda before: read_statement(text, before).expression)
    if told is not None:
        return Statement(told, text=words)
    case = None if text.exclusion and allows(chunks) else read_case(text, chunks)
    if case is not None and (not allows(chunks) or widens(text, case, start)):
        return Statement(asked_of(text, *case.operands), text=words)
    asked = demand_on_some(text, chunks) if text.exclusion and not allows(chunks) else None
    if asked is not None:
        return Statement(asked, text=words)
    elapsed = read_elapsed(text, chunks, lambda rest: read_barred(text, rest))
    if elapsed is not None and not allows(chunks):
        return Statement(elapsed, text=words)
    chunks = inner_exceptions(text, chunks)
    exception = next((i for i, chunk in enumerate(chunks) if "exception" in chunk.classes and i > 0), None)
    limited = exception is not None and any(chunk.kind == "value" for chunk in chunks[:exception])
    if allows(chunks[:exception] if limited else chunks):
        return _read_allowance(text, chunks)
    sex = None if text.exclusion else read_sex(text, chunks)
    if sex is not None and sex[1]:
        return Statement(sex[0], text=words)
    if not any(is_content(chunk) or holds_value(chunk) for chunk in chunks):
        return Statement(narrative(text, start, end), text=words)
    if exception is not None:
        return Statement(_read_excepted(text, chunks, exception), text=words)
    shorter = _without_requiring(text, chunks)
    read = _read_labelled(text, shorter)
    plain = any(not isinstance(atom, Narrative) for atom in atoms(read))
    if not plain and shorter is not chunks:
        read = _read_labelled(text, chunks)
    return Statement(all_of([sex[0], read]) if sex is not None and plain else read, text=words)


def _takes_a_person(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether a sentence is about consent, a judgement on what it names, or what has to be over."""
    valued = any(chunk.kind == "value" for chunk in chunks)
    if valued:
        return False
    words = text.text[chunks[0].start : chunks[-1].end]
    for chunk in chunks if text.abilities else ():
        if "ability" in chunk.classes:
            at = chunk.start - chunks[0].start
            words = words[:at] + " " * (chunk.end - chunk.start) + words[at + chunk.end - chunk.start :]
    if not text.exclusion and text.search(lexicon().resolved, words):
        return True
    named = [chunk for chunk in chunks if is_content(chunk) and category_of(chunk) != "other"]
    judged = text.search(lexicon().judgement, words)
    behind = judged is not None and chunks[0].start + judged.end()
    told = judged is not None and all(chunk.start >= behind for chunk in named)
    consented = asks_consent(text, words)
    if consented is None or not text.exclusion:
        return told or consented is not None
    return told or all(chunk.start >= chunks[0].start + consented.start() for chunk in named)


def _without_requiring(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Drop "… is required", which a demand says anyway."""
    if text.exclusion or "demanding" not in chunks[-1].classes:
        return chunks
    return trimmed(chunks[:-1]) or chunks


def of_part(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read "Part B: platelets ≥ 75 × 10^9/L": what is asked in one part of the trial, or None."""
    signs = [i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form in (":", ",")]
    colon = next((i for i in signs if chunks[i].form == ":"), signs[0] if signs else None)
    if not colon or any(is_content(chunk) for chunk in chunks[:colon]):
        return None
    body = read_statement(text, chunks[colon + 1 :]).expression
    asked = Value | Fact if chunks[colon].form == ":" else Value
    if body is None or not any(isinstance(atom, asked) for atom in atoms(body)):
        return None
    return asked_of(text, narrative(text, chunks[0].start, chunks[colon - 1].end), body)


def _read_allowance(text: Text, chunks: list[Chunk]) -> Statement:
    """Read "… is allowed": it demands nothing, but for a washout, which bars what is too recent."""
    if (aside := aside_at(chunks)) is not None:
        return read_statement(text, chunks[:aside])
    if (most := ceiling(text, chunks)) is not None:
        return Statement(most)
    start, end = chunks[0].start, chunks[-1].end
    words = text.text[start:end]
    at = allowance_at(chunks) or 0
    window = washout(text, chunks[at:])
    if window is None or text.exclusion or any("negation" in chunk.classes for chunk in chunks):
        return Statement(None, "allowance", words)
    expression = join_segments(text, read_segments(text, without_trailing_verb(chunks[:at])), "or")
    recent = map_facts(expression, lambda fact: replace(fact, within=window))
    return Statement(negate(alternatives_of(recent)), text=words)


def _read_excepted(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "X, except Y": the exception narrows each fact of X, or stands beside what can't carry it."""
    head = trimmed(chunks[:at])
    if not any(is_content(chunk) for chunk in head):
        return narrative(text, chunks[0].start, chunks[-1].end)
    tail = chunks[at + 1 :]
    if not tail:
        return _read_labelled(text, head)
    end = tail[-1].end
    own = item_run_in(text, tail) if text.exclusion else None
    if own is not None and own > 0:
        remainder = narrative(text, tail[own].start, end)
        return any_of([_read_excepted(text, [*chunks[: at + 1], *tail[:own]], at), remainder])
    if text.exclusion and (behind := resumes_at(chunks, at)):
        place = (tail[0].start, chunks[behind - 1].end)
        words = text.text[slice(*place)].strip(" ;,.:")
        rest = chunks[behind:]
        second = next((i for i, chunk in enumerate(rest) if i and "exception" in chunk.classes), None)
        read = except_for(text, _read_labelled(text, [*head, *trimmed(rest[:second])]), words, place)
        if second is None or second + 1 >= len(rest):
            return read
        after = (rest[second + 1].start, end)
        return except_for(text, read, text.text[slice(*after)].strip(" ;,.:"), after)
    words = text.text[tail[0].start : end].strip(" ;,.:")
    place = (tail[0].start, end)
    return except_for(text, _read_labelled(text, head), words, place, lifts=chunks[at].form == "unless")


def _read_labelled(text: Text, chunks: list[Chunk], depth: int = 0) -> Expression:
    """Drop a label before a colon ("Liver function: …"); a denied list is denied as a whole."""
    signs = (i for i, each in enumerate(chunks) if each.kind == "sign" and each.form == ":")
    colon = next(signs, None) or defined_at(chunks)
    if depth == _MOST_LABELS:
        return narrative(text, chunks[0].start, chunks[-1].end)
    if colon is None or colon == 0:
        return _read_conditional(text, chunks)
    label, rest = chunks[:colon], trimmed(chunks[colon + 1 :])
    words = text.text[label[0].start : label[-1].end].lower()
    if not any(is_content(chunk) for chunk in rest):
        return _read_conditional(text, chunks) if not rest else _with_rest(text, label, rest)
    body = _remarked(text, label, _read_labelled(text, rest, depth + 1))
    if not text.exclusion and offers_choice(words) and isinstance(body, AllOf):
        if any(chunk.form == "and" for chunk in rest):
            return narrative(text, chunks[0].start, chunks[-1].end)
        body = alternatives_of(body)
    if any(phrase in words for phrase in _DENIED_LIST):
        return negate(AllOf(body.operands) if isinstance(body, AnyOf) else body)
    kinds = {type(atom) for atom in atoms(body)}
    asked = _values_of_some(text, label, body) if Value in kinds and Fact not in kinds else None
    return asked if asked is not None else _under_label(text, label, body, (chunks[0].start, chunks[-1].end))


def _values_of_some(text: Text, label: list[Chunk], body: Expression) -> Expression | None:
    """Read values below "with marrow involvement:", for some, or "without growth factors:"."""
    words = narrative(text, label[0].start, label[-1].end)
    supposed = "condition" in label[0].classes or label[0].form in RESTARTS
    if (label[0].form in _APART or (supposed and _remark_at(label))) and not _is_label(label[1:]):
        return asked_of(text, words, body)
    return all_of([body, words]) if _remark_at(label) is not None else None


def _under_label(text: Text, label: list[Chunk], body: Expression, place: tuple[int, int]) -> Expression:
    """Return what a list says below its label."""
    denial = next((i for i, c in enumerate(label) if c.kind == "word" and "negation" in c.classes), None)
    if denial is not None and not any("condition" in chunk.classes for chunk in label):
        told = bool(denial) and label[denial - 1].form.split(" ")[-1] in _BEING
        which = any(chunk.form.startswith(("that", "which")) for chunk in label[max(0, denial - 2) : denial])
        if told and (which or any(map(is_content, label[denial:]))):
            return narrative(text, *place)
        return _under_denial(text, body, place)
    if any(is_content(chunk) for chunk in label):
        return _elaborated(text, label, body, place[1])
    if _is_label(label):
        return body
    restricting = any(chunk.classes & {"condition", "negation", "exception"} for chunk in label)
    return narrative(text, *place) if restricting else body


def _under_denial(text: Text, body: Expression, place: tuple[int, int]) -> Expression:
    """Return a list below "no:" denied; below "non-pregnant: test negative" it says so itself."""
    if not is_formal(body):
        return narrative(text, *place)
    if any(isinstance(each, Not) for each in (body, *getattr(body, "operands", ()))):
        return body if isinstance(body, Not) else narrative(text, *place)
    return negate(alternatives_of(body))


def _remarked(text: Text, label: Sequence[Chunk], body: Expression) -> Expression:
    """Return what stands behind a label, in the time the label states, or beside its bracketed denial."""
    demand = next((chunk for chunk in label if chunk.kind == "bracket" and _denies(chunk.inner)), None)
    if demand is not None:
        remark = narrative(text, demand.start, demand.end)
        return any_of([body, remark]) if text.exclusion else all_of([body, remark])
    dated_by = label[: _remark_at(label)]
    window = next((chunk.window.window for chunk in _flat(dated_by) if chunk.window is not None), None)
    if window is None:
        return body
    return dated(map_facts(body, lambda fact: replace(fact, within=fact.within or window)), window)


def _denies(chunks: Sequence[Chunk]) -> bool:
    return any("negation" in chunk.classes for chunk in chunks)


def _remark_at(label: Sequence[Chunk]) -> int | None:
    """Return where a "no" before a colon denies something of its own ("without growth factors:")."""
    at = next((i for i, chunk in enumerate(label) if "negation" in chunk.classes), None)
    own = at is not None and any(not is_harmless(chunk, "label") for chunk in label[at + 1 :])
    return at if own else None


def _with_rest(text: Text, label: list[Chunk], rest: list[Chunk]) -> Expression:
    if not any(is_content(chunk) for chunk in label):
        return narrative(text, label[0].start, rest[-1].end)
    valued = any(chunk.kind == "value" for chunk in label)
    if not text.exclusion and not valued:
        return narrative(text, label[0].start, rest[-1].end)
    remainder = narrative(text, rest[0].start, rest[-1].end)
    return all_of([_read_conditional(text, label), remainder])


def _elaborated(text: Text, label: list[Chunk], body: Expression, end: int) -> Expression:
    """Read "Extrahepatic metastases: bone or brain metastases", where the list says what is meant.

    "Patients with hepatitis B: …" asks something of those patients only.
    """
    if text.exclusion and (own := _ends_item(text, label, body)):
        before = _read_labelled(text, trimmed(label[:own]))
        return any_of([before, _elaborated(text, trimmed(label[own + 1 :]), body, end)])
    if not text.exclusion and concerns_reproduction(label):
        return any_of([negate(case_of(text, label)), body])
    if "condition" in label[0].classes:
        return asked_of(text, case_of(text, label[1:]), body)
    if label[0].form in RESTARTS and not text.exclusion:
        return any_of([negate(join_segments(text, read_segments(text, label[1:]), "or")), body])
    case = age_case(label)
    facts = [atom for atom in atoms(body) if isinstance(atom, Fact) and atom.category != "demographic"]
    if case is not None and not text.exclusion and not facts:
        return asked_of(text, case, body)
    if text.exclusion and "example" in label[-1].classes:
        return _with_kind(text, label, body, end)
    if is_formal(body) and (text.exclusion or _is_kind_of(text, label, body)):
        if not text.exclusion and "example" in label[-1].classes and isinstance(body, AllOf):
            return alternatives_of(body)
        return _with_topics(text, label, body) if text.exclusion else body
    if not text.exclusion:
        kinds = any_kind(text, label[:-1], body, end) if "example" in label[-1].classes else None
        return kinds or narrative(text, label[0].start, end)
    return all_of([_read_conditional(text, label), body])


def _ends_item(text: Text, label: list[Chunk], body: Expression) -> int | None:
    """Return the "or" behind a member of its own, where a list tells only what follows it ("X or Y: Z")."""
    ors = [index for index, chunk in enumerate(label) if chunk.form == "or"]
    named = [text.vocabulary.by_iri.get(atom.concept) for atom in atoms(body) if isinstance(atom, Fact)]
    above = {iri for term in named if term is not None for iri in term.ancestors}
    for index in reversed(ors):
        before, after = _named(label[:index]), _named(label[index + 1 :])
        if before and after:
            return index if after & above and not before & above else None
    return None


def _named(chunks: Sequence[Chunk]) -> set[str]:
    return {chunk.term.iri for chunk in chunks if chunk.term is not None and is_content(chunk)}


def _with_topics(text: Text, label: list[Chunk], body: Expression) -> Expression:
    """Let a list speak of what its label narrows ("active heart disease: A"); a bare title says nothing."""
    if not any("qualifier" in chunk.classes or "active" in chunk.classes for chunk in label):
        return body
    said = {atom.concept for atom in atoms(body) if isinstance(atom, Fact)}
    told = [topic.fact for topic in topics_of(text, [(chunk, 0) for chunk in label]) if not topic.denied]
    return any_of([body, *(fact for fact in told if fact.concept not in said)])


def _with_kind(text: Text, label: list[Chunk], body: Expression, end: int) -> Expression:
    """Read "heart disease, including but not limited to: A, B" as the kind or its instances."""
    head = _read_conditional(text, trimmed(label[:-1]))
    facts = [atom for atom in atoms(head) if isinstance(atom, Fact)]
    if not facts:
        return any_of([head, body])
    head = for_itself(text, head, body, (label[-1].start, end))
    return any_of([head, instances_of(facts[-1], body)])


def _is_kind_of(text: Text, label: list[Chunk], body: Expression) -> bool:
    """Whether a list names kinds of what its label names, rather than demands on those with it."""
    named = {chunk.term.iri for chunk in label if chunk.term is not None and is_content(chunk)}
    terms = [text.vocabulary.by_iri.get(a.concept) for a in atoms(body) if isinstance(a, Fact)]
    return bool(terms) and all(term is not None and bool(named & term.ancestors) for term in terms)


def _flat(chunks: Sequence[Chunk]) -> list[Chunk]:
    return [inner for chunk in chunks for inner in (chunk, *_flat(chunk.inner))]


def _is_label(chunks: Sequence[Chunk]) -> bool:
    return all(is_harmless(chunk, "label") for chunk in chunks)


def _read_conditional(text: Text, chunks: list[Chunk]) -> Expression:
    """Read what is asked in some case only, or else of all."""
    if not text.exclusion and (asked := value_case(text, chunks) or value_with(text, chunks)) is not None:
        return asked
    if chunks and only_names_patients(chunks, exclusion=text.exclusion):
        return read_instances(text, chunks[1:])
    valued = any(chunk.kind == "value" for chunk in chunks)
    if valued and chunks[0].form in _WHO and not any(chunk.form in MODAL for chunk in chunks):
        return read_instances(text, trimmed(chunks[1:]))
    return read_addressed(text, chunks, _read_conditional) or read_instances(text, chunks)
