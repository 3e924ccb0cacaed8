"""Statements about some patients only, and lists that go on after what one member excepts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import opened
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.viruses import POSITIVE
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.conditions.sexes import SEXES, sex_of
from trialgraph.criteria.facts.allowances import TREATING
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import example_of
from trialgraph.criteria.language.connectives import RESTARTS, WHO
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_condition, read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.serologies import undetectable_each
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, is_formal, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms
from trialgraph.namespaces import TGC

__all__ = [
    "MODAL",
    "age_case",
    "aged_persons",
    "any_kind",
    "defined_at",
    "demand_on_some",
    "inner_exceptions",
    "only_names_patients",
    "required_at",
    "value_case",
    "value_with",
]

MODAL = frozenset(
    {"must", "should", "must have", "must be", "need", "need to", "are required to", "is required to",
     "need to have", "needs to have", "will need to have"}
)  # fmt: skip
_NOT_ENTER = re.compile(
    r"^\w+ not (?:be )?(?:participat|enrol|includ|enter|eligib|take part|join)", re.IGNORECASE
)
_REQUIRED = re.compile(
    r"(?:will\s+)?(?:requires?|needs?)\s+(?:to\s+)?(?:[\w()/-]+\s+){0,6}?"
    r"(?:negative|assess|evaluat|test|pcr\b|confirm|approv|clearance|consult|monitor|screen|review|discuss)",
    re.IGNORECASE,
)
"""How a sentence says what is asked of those it opens with ("… require a negative PCR")."""
_HANGING = frozenset({"who", "that", "which", "whose", "where", "and", "or", ",", "and / or", "not", "may",
                      "does", "do", "if", "when", "to", "would", "can"})  # fmt: skip
_ENTRY = re.compile(
    r"\s(?:(?:before|prior\s+to|for)\s+(?:(?:the|study|trial|protocol)\s+)*"
    r"(?:enroll?ment|entry|registration|randomi[sz]ation|inclusion|participation|eligibility)"
    r"|(?:in\s+order\s+)?to\s+be\s+(?:eligible|included|enroll?ed)(?:\s+(?:for|in|to)\s+(?:(?:the|this)\s+)?"
    r"(?:stud|trial|particip|inclu|enrol)[^.;,]*)?)\s*$",
    re.IGNORECASE,
)
"""When whatever is asked has to be so."""
_FURTHER = re.compile(
    r"(?:must|should|be|have|are|is|receive|undergo|take|agree|willing|not)\b", re.IGNORECASE
)
"""How words open that ask for something besides."""
_NEEDING = frozenset({"will", "need", "require", "required", "to"})
_OF_AGES = frozenset({"pediatric", "paediatric"})
_AROUND_AGE = frozenset({"for", "of age", "old", "who", "are", "who are", "aged", "only", "all"})
"""Words of a label that names those of some ages, and says nothing else."""
_NEAR = 4
_FERTILE = str(TGC.ChildbearingPotential)
_MAY_NOT = re.compile(r"(?:may|can) ?not\b")
_NEOPLASM = str(TGC.Neoplasm)


def age_case(label: Sequence[Chunk]) -> Expression | None:
    """Return the ages that a label names, whom alone the values behind it are asked of ("Age ≥ 16: …")."""
    values = [chunk for chunk in label if chunk.kind == "value"]
    plain = all(is_harmless(chunk, "label", "value_tail") for chunk in label if chunk.kind != "value")
    aged = len(values) == 1 and values[0].value is not None and values[0].value.terms[0].unit == "a"
    return values[0].expression if aged and plain else None


def aged_persons(text: Text, label: Sequence[Chunk], body: Expression) -> Expression | None:
    """Return whom a label names by age and nothing else, where its list tells of no disease or treatment.

    "Adults (≥ 18 years): creatinine clearance ≥ 30", "women < 50 years of age: amenorrhea".
    """
    flat = [chunk for chunk in opened(label) if chunk.kind != "sign"]
    named = [chunk for chunk in flat if "persons" in chunk.classes or chunk.form in _OF_AGES]
    rest = [chunk for chunk in flat if chunk not in named]
    facts = [atom for atom in atoms(body) if isinstance(atom, Fact) and atom.category != "demographic"]
    plain = all(chunk.kind == "value" or chunk.form in _AROUND_AGE for chunk in rest)
    if text.exclusion or not named or not plain or facts:
        return None
    aged = age_case([chunk for chunk in rest if chunk.kind == "value"])
    sexed = [chunk for chunk in named if chunk.classes & SEXES.keys()]
    sex = sex_of(text, sexed)
    if aged is None or (sexed and sex is None):
        return None
    return aged if sex is None else all_of([sex, aged])


def any_kind(text: Text, chunks: Sequence[Chunk], listed: Expression, end: int) -> Expression | None:
    """Read "solid tumors including A and B" among demands as any of them, each narrowed as the kind is.

    What follows the last disease is a demand of its own. Of a disease that is one of the kind only in part
    that part is meant ("NSCLC, including adenocarcinoma"); with one that never is, the list up to `end`
    stays in words too. None unless the kind is a tumour, and the list names diseases, beside words at most.
    """
    lead = trimmed(chunks)
    read = join_segments(text, read_segments(text, lead), "and") if any(map(is_content, lead)) else None
    kind = text.vocabulary.by_iri.get(read.concept) if isinstance(read, Fact) else None
    if kind is None or not isinstance(read, Fact) or not kind.is_a(_NEOPLASM):
        return None
    members = _members_of(listed)
    named = [i for i, each in enumerate(members) if _diseases_of(each)]
    kinds = members if named and isinstance(listed, AnyOf) else members[: named[-1] + 1] if named else ()
    behind = members[len(kinds) :]
    plain = all(i in named or isinstance(each, Narrative) for i, each in enumerate(kinds))
    if not kinds or not plain or (behind and not isinstance(listed, AllOf)):
        return None
    known = [each for each in kinds if isinstance(each, Narrative) or _is_below(text, each, kind.iri)]
    told = [example_of(read, each) for each in known]
    if not all(each in known or _overlaps(text, each, kind.iri) for each in kinds):
        told.append(narrative(text, chunks[-1].end, end))
    return all_of([any_of([read, *told]), *behind])


def _members_of(listed: Expression) -> tuple[Expression, ...]:
    """Return the members of a list, and behind them what is asked besides any of them."""
    if not isinstance(listed, AllOf | AnyOf):
        return (listed,)
    first = listed.operands[0] if isinstance(listed, AllOf) and listed.operands else None
    return (*first.operands, *listed.operands[1:]) if isinstance(first, AnyOf) else listed.operands


def _diseases_of(each: Expression) -> list[Fact]:
    """Return the disease that a member of a list names, alone or with its markers."""
    told = each.operands if isinstance(each, AllOf) else (each,)
    facts = [part for part in told if isinstance(part, Fact)]
    diseases = [fact for fact in facts if fact.category == "condition"]
    plain = all(fact.category in ("condition", "biomarker") for fact in facts)
    return diseases if plain and len(facts) == len(told) and len(diseases) == 1 else []


def _is_below(text: Text, each: Expression, kind: str) -> bool:
    terms = [text.vocabulary.by_iri.get(fact.concept) for fact in _diseases_of(each)]
    return any(term is not None and term.is_a(kind) for term in terms)


def _overlaps(text: Text, each: Expression, kind: str) -> bool:
    """Whether a concept is known that is both ("lung adenocarcinoma")."""
    names = {fact.concept for fact in _diseases_of(each)}
    return any(names & term.ancestors and kind in term.ancestors for term in text.vocabulary.by_iri.values())


def defined_at(chunks: Sequence[Chunk]) -> int | None:
    """Return where "defined as" sets a label off from its limits, as a colon would; None without one."""
    at = next((i for i, chunk in enumerate(chunks) if "definition" in chunk.classes), 0)
    labelled = all(chunk.kind == "window" or is_harmless(chunk, "label") for chunk in chunks[:at])
    labelled = labelled and any("label" in chunk.classes for chunk in chunks[:at])
    labelled = labelled and chunks[at - 1].form not in ("is", "are", "is also", "are also")
    valued = at + 1 < len(chunks) and chunks[at + 1].kind == "value"
    return at if at and labelled and valued else None


def value_case(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "patients with creatinine > 1.5 must have B": B is asked of those with that value only."""
    modal = next((i for i, chunk in enumerate(chunks) if chunk.form in MODAL), None)
    if modal is None or chunks[0].form not in RESTARTS | WHO:
        return None
    case, body = trimmed(chunks[1:modal]), trimmed(chunks[modal + 1 :])
    if not case or any(chunk.kind != "value" and not is_harmless(chunk, "label") for chunk in case):
        return None
    if chunks[0].form in WHO and not any(chunk.kind == "value" for chunk in body):
        return None
    condition = read_condition(text, case)
    if not body or not is_formal(condition):
        return None
    read = join_segments(text, read_segments(text, body), "and")
    return any_of([negate(condition), read])


def value_with(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "without liver metastases, ALT ≤ 2.5 × ULN": the limit is for those without them only."""
    comma = next((i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form == ","), None)
    if comma is None or chunks[0].form not in ("with", "without") or text.exclusion:
        return None
    case, body = trimmed(chunks[1:comma]), trimmed(chunks[comma + 1 :])
    if not case or not any(chunk.kind == "value" for chunk in body) or any(c.kind == "value" for c in case):
        return None
    read = join_segments(text, read_segments(text, body), "and")
    condition = read_condition(text, case)
    if any(isinstance(atom, Fact) for atom in atoms(read)) or not is_formal(condition):
        return None
    return any_of([condition if chunks[0].form == "without" else negate(condition), read])


def inner_exceptions(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Let "requiring drugs other than A or B, stroke" except drugs only: the list goes on after them."""
    at = next((i for i, chunk in enumerate(chunks) if "exception" in chunk.classes and i > 0), None)
    if at is None or not text.exclusion or chunks[at].form == "unless":
        return chunks
    told = [chunk.term.category for chunk in chunks[:at] if is_content(chunk) and chunk.term is not None]
    treated = any(
        each.form in TREATING or "needing" in each.classes for each in chunks[max(0, at - _NEAR) : at]
    )
    for index in range(at + 1, len(chunks)):
        if chunks[index].form != ",":
            continue
        excepted = {c.term.category for c in chunks[at:index] if is_content(c) and c.term is not None}
        after = next((c.term.category for c in chunks[index:] if is_content(c) and c.term is not None), None)
        over = any(each.form in ("or", "and") for each in chunks[at:index])
        drugs = "condition" not in excepted and (excepted or (treated and over))
        if drugs and "condition" in told and after == "condition":
            inner = replace(chunks[at], classes=frozenset({"post"}))
            return [*chunks[:at], inner, *chunks[at + 1 :]]
    return chunks


def required_at(text: Text, chunks: Sequence[Chunk]) -> int | None:
    """Return where "patients with X require a negative test" says what is asked of them; None without it.

    Behind "who" or "and" the words tell more of whom it is said of.
    """
    if "requir" not in text.lowered and "need" not in text.lowered:
        return None
    places = [
        at
        for at in range(1, len(chunks))
        if chunks[at].form.startswith(("will", "requir", "need")) and chunks[at - 1].form not in _HANGING
    ]
    return next((at for at in places if _REQUIRED.match(text.text, chunks[at].start, chunks[-1].end)), None)


def _rules(chunk: Chunk) -> bool:
    """Whether a word says what those before it have to meet ("must", "must have received")."""
    return chunk.form in MODAL or chunk.form.startswith("must have ")


def demand_on_some(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "patients with X must be stable" among exclusions: it bars those with X who aren't."""
    modal = next((i for i, chunk in enumerate(chunks) if _rules(chunk)), None)
    opens = chunks[0].form in RESTARTS or chunks[0].form in WHO
    first = 1
    if modal is None and (modal := required_at(text, chunks)) is not None:
        persons = "persons" in chunks[0].classes
        first, opens = (0, True) if persons else (first, opens)
    if (denied := _denied_of_fertile(chunks)) is not None:
        first, modal, opens = denied - 1, denied, True
    if modal is None or modal < first + 1 or not opens:
        return None
    if chunks[modal - 1].form == "will" and modal > first + 1:
        modal -= 1
    start, end = chunks[modal].start, chunks[-1].end
    asking = copy(text)
    asking.exclusion = False
    condition = read_condition(text, chunks[first:modal])
    if isinstance(condition, AnyOf) and any(isinstance(each, Not) for each in condition.operands):
        condition = read_condition(asking, chunks[first:modal])  # "who are A and not B"
    if not is_formal(condition):
        return narrative(text, chunks[0].start, end)
    if not any(isinstance(each, Not) for each in getattr(condition, "operands", ())):
        condition = alternatives_of(condition)
    if _NOT_ENTER.search(text.text[start:end]):
        return condition
    entry = _ENTRY.search(text.text, start, end)
    body = trimmed([chunk for chunk in chunks[modal:] if entry is None or chunk.start < entry.start()])
    while body and body[0].form in _NEEDING:
        body = trimmed(body[1:])
    if (each := undetectable_each(text, condition, (start, end))) is not None:
        return each
    asked = join_segments(asking, read_segments(asking, body), "and") if any(map(is_content, body)) else None
    told = negate(asked) if asked is not None and _is_told(asked) else Not(narrative(text, start, end))
    return all_of([condition, told])


def _denied_of_fertile(chunks: Sequence[Chunk]) -> int | None:
    """Return where a sentence says what women of childbearing potential must not be; None for any other."""
    of = next((i for i, each in enumerate(chunks[:2]) if each.term is not None), None)
    if of is None or chunks[of].term.iri != _FERTILE or len(chunks) < of + 3:
        return None
    if of and "female" not in chunks[0].classes:
        return None
    asks, denies = chunks[of + 1 : of + 3]
    negated = asks.form in MODAL and "negation" in denies.classes
    return of + 1 if negated or _MAY_NOT.match(asks.form) else None


def _is_told(asked: Expression) -> bool:
    """Whether what is asked of some is read, in whole or before further demands that stay words."""
    parts = asked.operands if isinstance(asked, AllOf) else (asked,)
    words = [each for each in parts if not is_formal(each)]
    told = [atom for each in parts if is_formal(each) for atom in atoms(each)]
    if words and any(isinstance(atom, Fact) and atom.concept in POSITIVE for atom in told):
        return False  # "must have HBsAg and HBV DNA testing"
    further = all(isinstance(each, Narrative) and _FURTHER.match(each.text) for each in words)
    return is_formal(parts[0]) and further and all(map(_is_plain, told))


def _is_plain(atom: Expression) -> bool:
    """Whether an atom is said with nothing that may narrow it otherwise."""
    return not (isinstance(atom, Fact) and "qualifier" in atom.modifiers)


def only_names_patients(chunks: list[Chunk], *, exclusion: bool) -> bool:
    """Whether "patients who have had A, B or C" just goes on to what they had, without a demand on them."""
    valued = any(chunk.kind == "value" for chunk in chunks)
    goes_on = len(chunks) > 1 and not any(c.form in MODAL or (_rules(c) and not valued) for c in chunks)
    once = exclusion or not any(chunk.form in ("who", "whose") for chunk in chunks)
    return goes_on and once and chunks[0].form in WHO
