"""What stands behind a label and a colon: its limits, kinds, instances, or what it denies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import is_tumour
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.pieces import with_inner
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.conditions.cases import asked_of
from trialgraph.criteria.conditions.occasions import several_occasions
from trialgraph.criteria.conditions.sexes import SEXES
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import dated_alike, for_itself, instances_of
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.criteria.language.offers import asks_all, fails_list, offers_choice
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.mentions.topics import topics_of
from trialgraph.criteria.quantities.fitting import is_wanted, wanted_side
from trialgraph.criteria.statements.addressees import concerns_reproduction, read_conditional
from trialgraph.criteria.statements.allergies import read_allergies
from trialgraph.criteria.statements.kinds import read_denied_kind
from trialgraph.criteria.statements.parts import part_named
from trialgraph.criteria.statements.states import in_state_of
from trialgraph.criteria.statements.subgroups import (
    MODAL,
    age_case,
    aged_persons,
    any_kind,
    defined_at,
    demand_on_some,
)
from trialgraph.criteria.statements.supposed import case_of, opened_case
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, dated, is_formal, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value, atoms

__all__ = ["is_kind_of", "read_labelled"]

_BEING = frozenset({"are", "is", "was", "were", "who"})
"""Words before a denial that make it one of what somebody is ("who are not candidates for A …:")."""
_MOST_LABELS = 20
"""Labels within labels; a text with more of them is no criterion that anyone wrote."""
_TOPIC = re.compile(
    r"\b(?:serologic(?:al)?|serology|virology|infection|testing)\s+(?:status|results?|tests?)$"
)
"""How a label ends that tells what the demands behind it are about, and bars nothing itself."""
_SETTING = re.compile(r"\b(?:defin|requir|must|met\b|meet|fulfil|allow|permit|eligib|enrol|appl)")
"""How a label says what has to be met rather than what bars."""
_WITH_PATIENTS = re.compile(
    r"\b(?:patients?|participants?|subjects?|survivors?)\s*(?:,|/|&|and\b|or\b)[^.;:]*$|\bfamily\s+(?:\w+\s+)?history\b",
    re.IGNORECASE,
)
"""How a label opens that names the patients besides others ("Patients and caregivers: …")."""
_APART = frozenset({"with", "without", "in", "for"})
_PRESENCE = frozenset({"with", "without"})


def read_labelled(text: Text, chunks: list[Chunk], depth: int = 0) -> Expression:
    """Drop a label before a colon ("Liver function: …"); a denied list is denied as a whole."""
    signs = (i for i, each in enumerate(chunks) if each.kind == "sign" and each.form == ":")
    colon = next(signs, None) or defined_at(chunks)
    if depth == _MOST_LABELS:
        return narrative(text, chunks[0].start, chunks[-1].end)
    if colon is None or colon == 0:
        return read_conditional(text, chunks)
    label, rest = chunks[:colon], trimmed(chunks[colon + 1 :])
    words = text.text[label[0].start : label[-1].end].lower()
    if (allergies := read_allergies(text, label, [rest])) is not None:
        return allergies
    if text.exclusion and (own := _before_list(label)):
        return any_of([read_labelled(text, each, depth + 1) for each in (chunks[:own], chunks[own + 1 :])])
    if not text.exclusion and (denied := _denied_instances(text, label, rest)) is not None:
        return denied
    if not text.exclusion and (at := _object_at(label, rest)) is not None:
        return read_conditional(text, [*rest[:at], *label, *rest[at:]])
    if not any(is_content(chunk) for chunk in rest):
        return read_conditional(text, chunks) if not rest else _with_rest(text, label, rest)
    topical = text.exclusion and _TOPIC.search(text.lowered, label[0].start, label[-1].end)
    demanded = demand_on_some(text, rest) if topical else None
    body = _remarked(text, label, demanded or read_labelled(text, rest, depth + 1))
    if (part := part_named(text, label[0].start, label[-1].end) or _other(text, label, body)) is not None:
        return asked_of(text, part, body)
    if not text.exclusion and offers_choice(words) and isinstance(body, AllOf):
        if any(chunk.form == "and" for chunk in rest):
            return narrative(text, chunks[0].start, chunks[-1].end)
        body = alternatives_of(body)
    body = _together(text, words, body, (chunks[0].start, chunks[-1].end))
    if fails_list(words):
        return negate(AllOf(body.operands) if isinstance(body, AnyOf) else body)
    return _below(text, label, body, (chunks[0].start, chunks[-1].end))


def _below(text: Text, label: list[Chunk], body: Expression, place: tuple[int, int]) -> Expression:
    """Return what stands behind a label: values of some, a list, or what the label is the topic of."""
    if text.exclusion and _TOPIC.search(text.lowered, label[0].start, label[-1].end):
        return body
    if (aged := aged_persons(text, label, body)) is not None:
        return asked_of(text, aged, body)
    kinds = {type(atom) for atom in atoms(body)}
    asked = _values_of_some(text, label, body) if Value in kinds and Fact not in kinds else None
    return asked if asked is not None else _under_label(text, label, body, place)


def _together(text: Text, words: str, body: Expression, place: tuple[int, int]) -> Expression:
    """Return what bars only together behind "has received all of the following:" and its like.

    What a label among exclusions says has to be met stays words: whoever meets it isn't barred.
    """
    if not (text.exclusion and isinstance(body, AnyOf) and asks_all(words)):
        return body
    return narrative(text, *place) if _SETTING.search(words) else all_of(body.operands)


def _before_list(label: Sequence[Chunk]) -> int | None:
    """Return the "or" behind a member that stands before a list ("stroke, or any of the following:")."""
    at = next((i for i in range(len(label) - 1, 0, -1) if label[i].form == "or"), None)
    if at is None or not any(map(is_content, label[:at])) or any(map(is_content, label[at + 1 :])):
        return None
    return at if any("following" in chunk.form for chunk in label[at + 1 :]) else None


def _other(text: Text, label: list[Chunk], body: Expression) -> Expression | None:
    """Return the words of a label that names somebody else than the patient ("DONOR: age ≥ 18"), or None."""
    others = [chunk for chunk in label if "others" in chunk.classes]
    if others and _WITH_PATIENTS.search(text.text, 0, label[-1].end):
        return None
    rest = [chunk for chunk in label if chunk not in others]
    plain = all(is_harmless(chunk, "label") and "persons" not in chunk.classes for chunk in rest)
    formal = any(not isinstance(atom, Narrative) for atom in atoms(body))
    return narrative(text, label[0].start, label[-1].end) if others and plain and formal else None


def _denied_instances(text: Text, label: list[Chunk], rest: list[Chunk]) -> Expression | None:
    """Read "no serious illness, including any of the following: A, B", or None."""
    at = next((i for i, chunk in enumerate(label) if i and "example" in chunk.classes), None)
    if at is None or any(is_content(chunk) for chunk in label[at + 1 :]):
        return None
    return read_denied_kind(text, [*label[: at + 1], *rest])


def _object_at(label: Sequence[Chunk], rest: Sequence[Chunk]) -> int | None:
    """Return where a label stands for what isn't said again ("Chemotherapy: must not have had within …")."""
    at = next((i for i, chunk in enumerate(rest) if chunk.kind != "word"), None)
    if not at or rest[at].kind != "window" or not all(chunk.kind == "bracket" for chunk in rest[at + 1 :]):
        return None
    denied = [chunk for chunk in rest[:at] if "negation" in chunk.classes]
    plain = all(chunk in denied or "neutral" in chunk.classes for chunk in rest[:at])
    given = any(chunk.term is not None and chunk.term.category in GIVEN for chunk in label)
    return at if len(denied) == 1 and plain and given and not _denies(label) else None


def _values_of_some(text: Text, label: list[Chunk], body: Expression) -> Expression | None:
    """Read values below "with marrow involvement:" or a tumour, for some, or "without growth factors:"."""
    words = narrative(text, label[0].start, label[-1].end)
    supposed = "condition" in label[0].classes or label[0].form in RESTARTS
    if (label[0].form in _APART or (supposed and _remark_at(label))) and not _is_label(label[1:]):
        case = opened_case(text, label) if "condition" in label[0].classes else _present(text, label)
        return asked_of(text, case if is_formal(case) else words, body)
    if (tumour := _tumour_named(text, label)) is not None:
        return asked_of(text, tumour, body)
    return all_of([body, words]) if _remark_at(label) is not None else None


def _tumour_named(text: Text, label: Sequence[Chunk]) -> Fact | None:
    """Return the tumour that a label names and nothing else, of which alone a limit is asked.

    "Gastric cancer: at least 2 lines of therapy" tells it of one of several tumours. Among several ways in
    whoever hasn't that tumour would meet it.
    """
    named = [chunk for chunk in label if is_content(chunk)]
    if text.exclusion or len(named) != 1 or not is_tumour(named[0]):
        return None
    plain = all(chunk in named or is_harmless(chunk, "label") for chunk in label)
    if not plain or offers_choice(text.text[: label[0].start]):
        return None
    told = case_of(text, label)
    return told if isinstance(told, Fact) else None


def _present(text: Text, label: Sequence[Chunk]) -> Expression:
    """Return the case of those with or without a disease ("Without bone marrow involvement: …")."""
    told = several_occasions(text, label[1:]) if label[0].form in _PRESENCE else None
    if told is None or not is_formal(told):
        return narrative(text, label[0].start, label[-1].end)
    return negate(told) if label[0].form == "without" else told


def _under_label(text: Text, label: list[Chunk], body: Expression, place: tuple[int, int]) -> Expression:
    """Return what a list says below its label."""
    denial = next((i for i, c in enumerate(label) if c.kind == "word" and "negation" in c.classes), None)
    if denial is not None and not any("condition" in chunk.classes for chunk in label):
        told = bool(denial) and label[denial - 1].form.split(" ")[-1] in _BEING
        which = any(chunk.form.startswith(("that", "which")) for chunk in label[max(0, denial - 2) : denial])
        if told and (which or any(map(is_content, label[denial:]))):
            return narrative(text, *place)
        if not all(is_harmless(chunk, "label", "qualifier", "active") for chunk in label[:denial]):
            return _without(text, label, denial, body) or narrative(text, *place)
        return _under_denial(text, body, place)
    if text.exclusion:
        body = in_state_of(text, label, body)
    if any(is_content(chunk) for chunk in label):
        return _elaborated(text, label, body, place[1])
    if _is_label(label):
        return body
    if "condition" in label[0].classes and label[0].classes & SEXES.keys() and is_formal(body):
        return asked_of(text, opened_case(text, label), body)
    restricting = any(chunk.classes & {"condition", "negation", "exception"} for chunk in label)
    return narrative(text, *place) if restricting else body


def _without(text: Text, label: list[Chunk], denial: int, body: Expression) -> Expression | None:
    """Read "lymphoma without any of the following: …" as the one and not the others; else None."""
    head = trimmed(label[:denial])
    if text.exclusion or label[denial].form != "without" or not is_formal(body) or not head:
        return None
    read = read_conditional(text, head)
    return all_of([read, negate(alternatives_of(body))]) if is_formal(read) else None


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
    window = next((chunk.window.window for chunk in with_inner(dated_by) if chunk.window is not None), None)
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
    return all_of([read_conditional(text, label), remainder])


def _elaborated(text: Text, label: list[Chunk], body: Expression, end: int) -> Expression:
    """Read "Extrahepatic metastases: bone or brain metastases", where the list says what is meant.

    "Patients with hepatitis B: …" asks something of those patients only.
    """
    if text.exclusion and (own := _ends_item(text, label, body)):
        before = read_labelled(text, trimmed(label[:own]))
        return any_of([before, _elaborated(text, trimmed(label[own + 1 :]), body, end)])
    if not text.exclusion and concerns_reproduction(label):
        opened = {"condition"} < label[0].classes & {"condition", *SEXES} or label[0].form == "for"
        return any_of([negate(case_of(text, label[1:] if opened else label)), body])
    if not text.exclusion and "example" in label[-1].classes and _opens_persons(label[0]):
        # "Patients with solid tumours, including: …" says of which kinds, and asks nothing more of them.
        label = [chunk for chunk in trimmed(label[1:]) if chunk.form not in MODAL]
    if "condition" in label[0].classes:
        return asked_of(text, case_of(text, label[1:]), body)
    if label[0].form in RESTARTS and not text.exclusion and "example" not in label[-1].classes:
        return any_of([negate(join_segments(text, read_segments(text, label[1:]), "or")), body])
    case = age_case(label)
    facts = [atom for atom in atoms(body) if isinstance(atom, Fact) and atom.category != "demographic"]
    if case is not None and not text.exclusion and not facts:
        return asked_of(text, case, body)
    if text.exclusion and "example" in label[-1].classes:
        return _with_kind(text, label, body, end)
    if is_formal(body) and (text.exclusion or is_kind_of(text, label, body)):
        if not text.exclusion and "example" in label[-1].classes and isinstance(body, AllOf):
            return alternatives_of(body)
        return _with_topics(text, label, body) if text.exclusion else body
    if not text.exclusion and _tells_how_bad(label, body):
        return all_of([join_segments(text, read_segments(text, label), "and"), body])
    if not text.exclusion:
        kinds = any_kind(text, label[:-1], body, end) if "example" in label[-1].classes else None
        return kinds or narrative(text, label[0].start, end)
    return all_of([read_conditional(text, label), body])


def _tells_how_bad(label: Sequence[Chunk], body: Expression) -> bool:
    """Whether nothing but values on the bad side stand below a condition ("Anemia: hemoglobin ≤ 10 g/dL").

    They say what is meant by it, since nobody is asked to be worse for having it.
    """
    values = [atom for atom in atoms(body) if isinstance(atom, Value)]
    bad = bool(values) and all(wanted_side(value) is not None and not is_wanted(value) for value in values)
    named = [chunk for chunk in label if is_content(chunk)]
    condition = len(named) == 1 and named[0].term is not None and named[0].term.category == "condition"
    return bad and condition and len(values) == len(list(atoms(body)))


def _opens_persons(chunk: Chunk) -> bool:
    """Whether a word opens whom something is about, which names a case where a demand follows."""
    return chunk.form in RESTARTS or ("condition" in chunk.classes and chunk.form.endswith("with"))


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
    head = read_conditional(text, trimmed(label[:-1]))
    facts = [atom for atom in atoms(head) if isinstance(atom, Fact)]
    if not facts:
        return any_of([head, body])
    head = dated_alike(head, body, ()) if text.exclusion else head
    head = for_itself(text, head, body, (label[-1].start, end))
    return any_of([head, instances_of(facts[-1], body)])


def is_kind_of(text: Text, label: list[Chunk], body: Expression) -> bool:
    """Whether a list names kinds of what its label names, rather than demands on those with it."""
    named = {chunk.term.iri for chunk in label if chunk.term is not None and is_content(chunk)}
    terms = [text.vocabulary.by_iri.get(a.concept) for a in atoms(body) if isinstance(a, Fact)]
    return bool(terms) and all(term is not None and bool(named & term.ancestors) for term in terms)


def _is_label(chunks: Sequence[Chunk]) -> bool:
    return all(is_harmless(chunk, "label") for chunk in chunks)
