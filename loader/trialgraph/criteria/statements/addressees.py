"""Whom a statement addresses: "women of childbearing potential must …", "… for patients with X"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import is_tumour
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.roles import tells_age
from trialgraph.criteria.conditions.sexes import SEXES, sex_of
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import of_unread_kind
from trialgraph.criteria.facts.subjects import without_subject
from trialgraph.criteria.facts.surroundings import category_of
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.criteria.language.tokens import lookup_form
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_condition, read_segments
from trialgraph.criteria.members.parting import part_statement
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.kinds import read_instances
from trialgraph.criteria.statements.subgroups import (
    MODAL,
    only_names_patients,
    required_at,
    value_case,
    value_with,
)
from trialgraph.criteria.statements.supposed import (
    case_of,
    comma_in,
    may_be_borne,
    opening_case,
    says_something,
)
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, is_formal, map_facts, negate
from trialgraph.expressions import AnyOf, Expression, Fact, Narrative, atoms
from trialgraph.namespaces import TGC

__all__ = ["concerns_reproduction", "read_conditional"]

_ABSENT = re.compile(r"in\s+(?:the\s+)?absence\s+of\s+", re.IGNORECASE)
_MODAL = ("must", "should", "shall", "need", "are required to", "is required to")
_HAVING = frozenset({"have", "has", "with", "have a", "has a"})
_STATES = frozenset(map(str, (TGC.Premenopausal, TGC.Perimenopausal, TGC.Postmenopausal, TGC.Pregnancy)))
_TELLING = frozenset({"confirmation", "confirmed"})
_LACKING = frozenset({"do not have", "doe not have", "without", "who do not have", "who doe not have"})
_FOR = "for"
_BEARING = frozenset({"patient with", "participant with", "subject with"})
_RULING = re.compile(r"\b(?:must|should|shall)\b", re.IGNORECASE)
_OF_SOME = frozenset({"for", "in", "among"})
_OF_ALL = re.compile(
    r"\b(?:eligib|inclusion|includ|enrol|particip\w+ in\b|entry|stud(?:y|ies)\b|trial|addition|general"
    r"|opinion|judg|order|screening|purpose|consent|case|which|both|total|all\b|event)",
    re.IGNORECASE,
)
"""What opens a sentence on everyone ("for inclusion in the study, …", "in the opinion of …")."""
_CHILDBEARING = str(TGC.ChildbearingPotential)
_PLAIN = frozenset({"neutral", "of some", "persons", "condition"})
_TAKING = frozenset({"receiving", "taking", "on", "using", "treated with", "undergoing"})
"""How a sentence goes on about patients of whom it tells what they are treated with."""
_PROVIDED = frozenset({"provided", "provided that", "only if"})
"""What adds a demand to the one before it, rather than telling whom that is asked of."""
_END = r"(?:(?:adequately |successfully |well[- ]|medically )?(?:treated|cured|controlled|resolved|stable))"
_BECOME = re.compile(
    rf"\w+ (?:be|have been|has been) (?P<what>{_END}(?:(?:,? and|,? or|/|,) ?{_END})*)", re.IGNORECASE
)
"""What a disease has to have become ("must have been treated and cured")."""
_ADDING = frozenset(
    {"therefore", "thus", "hence", "in addition ,", "additionally", "furthermore", "moreover"}
)
_ENTERING = re.compile(r"(?:in order )?to be eligible\b")
"""What may open a demand before whom it is asked of ("to be eligible, patients with A must …")."""
_WHENEVER = re.compile(
    r"(?:as (?:clinically|medically) (?:indicated|appropriate|necessary)|in general|similarly"
    r"|specifically|(?:as )?per (?:the )?protocol|(?:for|in) this (?:trial|study)"
    r"|(?:(?:at|by) (?:the )?(?:time of )?|(?:prior to|before) (?:the )?(?:time of )?)"
    r"(?:study )?(?:screening|enrol\w*|entry|baseline|registration|randomi[sz]ation|inclusion)),?\s*",
    re.IGNORECASE,
)
"""What may open a demand likewise, and says nothing of whom it is asked."""
_EVERY = frozenset({"all", "any", "each", "every", "adult", "enrolled"})
_PERSONS = frozenset({"patient", "subject", "participant"})
_WHO = frozenset({"patient who", "subject who", "participant who"})
_LIMITED = re.compile(r"\w+-|.*[<>≤≥]", re.DOTALL)
"""An opening with a limit of its own, or that is part of a longer word ("in-range values, ALT ≤ 2.5")."""
Reader = Callable[[Text, list[Chunk]], Expression]


def read_conditional(text: Text, chunks: list[Chunk]) -> Expression:
    """Read what is asked in some case only, or else of all."""
    if len(chunks) > 2 and (chunks[0].form in _ADDING or _tells_entry(chunks)):
        chunks = trimmed(chunks[1:])
    if (addressed := _from_persons(text, chunks)) is not chunks and len(addressed) > 2:
        told = _read_addressed(text, addressed, read_conditional)
        if told is not None and not isinstance(told, Narrative):
            return told
    if not text.exclusion and (asked := value_case(text, chunks) or value_with(text, chunks)) is not None:
        return asked
    if chunks and only_names_patients(chunks, exclusion=text.exclusion):
        return read_instances(text, chunks[1:])
    valued = any(chunk.kind == "value" for chunk in chunks)
    if valued and chunks[0].form in _WHO and not any(chunk.form in MODAL for chunk in chunks):
        return read_instances(text, trimmed(chunks[1:]))
    return _read_addressed(text, chunks, read_conditional) or read_instances(text, chunks)


def _from_persons(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Return a demand from whom it is asked of ("study patients with A must …", "any patients with A …")."""
    if text.exclusion or len(chunks) < 3:
        return chunks
    comma = comma_in(chunks)
    if comma and _WHENEVER.fullmatch(text.text, chunks[0].start, chunks[comma].end):
        return _from_persons(text, chunks[comma + 1 :])
    if chunks[0].form in _EVERY and chunks[1].form in _BEARING | _WHO:
        return chunks[1:]
    first, who = chunks[0], chunks[0].form.split(" ")[-1]
    if "persons" not in first.classes or who == first.form or who not in _PERSONS or chunks[1].form != "with":
        return chunks
    return [replace(first, form=f"{who} with", end=chunks[1].end), *chunks[2:]]


def _tells_entry(chunks: Sequence[Chunk]) -> bool:
    """Whether a demand opens with what it is for, and goes on with whom it is asked of."""
    return chunks[1].form == "," and _ENTERING.match(chunks[0].form) is not None


def _read_addressed(text: Text, chunks: list[Chunk], read: Reader) -> Expression | None:
    """Return what a statement asks in some case only; None when it is asked of all.

    Args:
        text: The text under reading.
        chunks: A statement without exceptions and labels.
        read: Reads what is asked.
    """
    if not chunks:
        return None
    if (asked := _in_absence(text, chunks, read) or _whose_case(text, chunks)) is not None:
        return asked
    if "condition" in chunks[0].classes or (chunks[0].form == _FOR and concerns_reproduction(chunks[1:2])):
        return opening_case(text, chunks)
    if text.exclusion:
        return None
    if _limits_some(text, chunks) or _left_hanging(text, chunks):
        return opening_case(text, chunks)
    return _subject_case(text, chunks) or _closing_case(text, _opened(chunks))


def _limits_some(text: Text, chunks: list[Chunk]) -> bool:
    """Whether a sentence opens with of whom a limit is asked ("for melanoma, ≤ 2 lines", "in Korea, …")."""
    comma = comma_in(chunks)
    if comma is None or chunks[0].form not in _OF_SOME or not text.text[chunks[0].start].isupper():
        return False
    if chunks[0].form == _FOR and any(map(tells_age, chunks[:comma])):
        return all(chunk.kind != "value" or tells_age(chunk) for chunk in chunks[:comma])
    opening = text.text[chunks[0].start : chunks[comma].start]
    told = any(chunk.kind in ("value", "limit", "window") for chunk in chunks[:comma])
    told = told or _LIMITED.match(opening) is not None
    asked = any(chunk.kind == "value" for chunk in chunks[comma + 1 :])
    return asked and not told and _OF_ALL.search(opening) is None


def _left_hanging(text: Text, chunks: list[Chunk]) -> bool:
    """Whether a sentence leaves off whom it names ("patients with hepatitis B, the viral load must …").

    Those with a tumour may be whom the trial is for.
    """
    comma = comma_in(chunks)
    if comma is None or chunks[0].form not in _BEARING or len(chunks) < comma + 3:
        return False
    named = [chunk for chunk in chunks[1:comma] if is_content(chunk)]
    ill = len(named) == 1 and category_of(named[0]) == "condition" and not is_tumour(named[0])
    ruled = _RULING.search(text.text, chunks[comma].end, chunks[-1].end) is not None
    return ill and chunks[comma + 1].form in ("the", "their") and ruled


def _in_absence(text: Text, chunks: list[Chunk], read: Reader) -> Expression | None:
    """Read "in the absence of X, B": B is said of those without X only."""
    comma = comma_in(chunks)
    opening = _ABSENT.match(text.text, chunks[0].start)
    if opening is None or comma is None or not any(is_content(chunk) for chunk in chunks[comma + 1 :]):
        return None
    condition = read_condition(text, [chunk for chunk in chunks[:comma] if chunk.start >= opening.end()])
    body = read(text, chunks[comma + 1 :])
    return all_of([negate(condition), body]) if text.exclusion else any_of([condition, body])


def _whose_case(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "patients who had A, B or C must have D": D is asked of those only, as "who are not A" says too.

    None where what they are is what the trial is for, and for any other statement.
    """
    who = 1 if chunks[0].form in _WHO else 2 if len(chunks) > 1 and chunks[1].form == "who" else 0
    if text.exclusion or not who or not (chunks[0].form in _WHO or chunks[0].classes & {"persons", *SEXES}):
        return None
    modal = next((i for i, chunk in enumerate(chunks) if i > who and _is_modal(chunk)), None)
    case, body = trimmed(chunks[who:modal]), trimmed(chunks[modal:]) if modal else []
    if (
        not body
        or not any(map(is_content, case))
        or any(c.kind in ("value", "limit", "window") for c in case)
    ):
        return None
    told = read_condition(text, case)
    if not is_formal(told) or not all(_may_be_told(text, atom) for atom in atoms(told)):
        if (lacking := _lacking_case(text, chunks[:modal], chunks[modal:])) is not None:
            return lacking
        unsure = any("negation" in chunk.classes or chunk.form in (",", "or") for chunk in case)
        return narrative(text, chunks[0].start, chunks[-1].end) if unsure else None
    asked = join_segments(text, read_segments(text, body), "and") if any(map(is_content, body)) else None
    if asked is None or not says_something(asked):
        asked = narrative(text, body[0].start, body[-1].end)
    sex = sex_of(text, chunks[:1])
    return any_of([*([] if sex is None else [negate(sex)]), negate(told), asked])


def _may_be_told(text: Text, atom: Expression) -> bool:
    return may_be_borne(text, atom) or (isinstance(atom, Fact) and atom.category == "procedure")


def _subject_case(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "patients with X must have Y": Y is asked of those with X only."""
    modal = next((i for i, chunk in enumerate(chunks) if _is_modal(chunk)), None)
    required = required_at(text, chunks) if modal is None else None
    modal = required or modal
    if modal and (lacking := _lacking_case(text, chunks[:modal], chunks[modal:])) is not None:
        return lacking
    if modal is None and concerns_reproduction(chunks) and not _tells_whom(chunks):
        modal = next((i for i, chunk in enumerate(chunks) if i > 1 and chunk.form in _HAVING), None)
    if not modal:
        return None
    case, body = trimmed(chunks[:modal]), trimmed(chunks[modal:])
    named = next((i for i, chunk in enumerate(case) if is_content(chunk)), None)
    if named and body and (counted := _several_with(text, case, body)) is not None:
        return counted
    if named is None or not body or _is_told(case) or without_subject(chunks) is not chunks:
        return None
    if case[0].kind == "value" and any(chunk.form == "," for chunk in case):
        return None  # "Hemoglobin ≥ 9, patients must not be transfused": both are asked.
    subject = case[0].form in RESTARTS or _names_patients(text, case) or concerns_reproduction(case)
    tumour = is_tumour(case[named])
    if not subject or any(not _describes(chunk, tumour=tumour) for chunk in case[:named]):
        return None
    if not any(is_content(chunk) for chunk in body):
        taken = category_of(case[named]) == "treatment" and any(c.form in _TAKING for c in case[1:named])
        apart = tumour or (required is None and category_of(case[named]) != "condition" and not taken)
        return None if apart else _asked_in_words(text, case, body)
    read = join_segments(text, read_segments(text, body), "and")
    if not says_something(read):
        valued = any(chunk.kind == "value" for chunk in case)
        return None if valued else _asked_in_words(text, case, body)
    return any_of([negate(case_of(text, case)), read])


def _several_with(text: Text, case: list[Chunk], body: list[Chunk]) -> Expression | None:
    """Read "patients with A, B or C cancer must have had ≤ 3 lines", which isn't asked of the last only."""
    said = {chunk.kind for chunk in body if is_content(chunk) or chunk.kind in ("value", "bracket")}
    valued = said == {"value"}
    if not valued or case[0].form not in RESTARTS or not any(chunk.form == "or" for chunk in case):
        return None
    told = case_of(text, case)
    if not isinstance(told, AnyOf) or not is_formal(told):
        return None
    asked = join_segments(text, read_segments(text, body), "and")
    return all_of([told, asked]) if _is_told(case) else any_of([negate(told), asked])


def _asked_in_words(text: Text, case: list[Chunk], body: list[Chunk]) -> Expression:
    """Return words that are asked of those with a disease only, or of all where that isn't sure."""
    told = case_of(text, case)
    if not is_formal(told) or not all(may_be_borne(text, atom) for atom in atoms(told)):
        return narrative(text, case[0].start, body[-1].end)
    become = _BECOME.fullmatch(text.text, body[0].start, body[-1].end)
    if become is not None and isinstance(told, Fact):
        return any_of([negate(told), map_facts(told, lambda fact: of_unread_kind(fact, become["what"]))])
    return any_of([negate(told), narrative(text, body[0].start, body[-1].end)])


def _lacking_case(text: Text, subject: list[Chunk], demand: list[Chunk]) -> Expression | None:
    """Read "patients who do not have X must have Y", which asks Y of those without X, and bars no X.

    So are those meant who aren't treated with X ("patients not receiving anticoagulants must have …").
    """
    at = next((i for i, chunk in enumerate(subject) if chunk.form in _LACKING or _takes(subject, i)), None)
    taken = at is not None and _takes(subject, at)
    named = subject[at + 1 + taken :] if at else []
    persons = [chunk for chunk in subject[:at] if "persons" in chunk.classes or chunk.form in _WHO]
    if not named or not persons or any(map(is_content, subject[:at])) or not any(map(is_content, named)):
        return None
    case = alternatives_of(read_condition(text, named))
    if taken:
        case = map_facts(case, lambda fact: replace(fact, modifiers={"status": "active", **fact.modifiers}))
    body = join_segments(text, read_segments(text, trimmed(demand)), "and")
    if not is_formal(case) or not says_something(body):
        return narrative(text, subject[0].start, demand[-1].end)
    return any_of([case, body])


def _takes(subject: Sequence[Chunk], at: int) -> bool:
    """Whether a "not" says what those meant aren't treated with ("patients not receiving X")."""
    behind = subject[at + 1 : at + 2]
    return subject[at].form == "not" and bool(behind) and behind[0].form in _TAKING - {"treated with"}


def _describes(chunk: Chunk, *, tumour: bool) -> bool:
    """Whether a word before a disease only tells who is meant; "advanced" before a cancer asks for that."""
    told = "qualifier" in chunk.classes and chunk.form.split(" ")[-1] in ("of", "from")
    return "neutral" in chunk.classes or (not tumour and (told or chunk.form in ("or", "and", "and / or")))


def _tells_whom(chunks: Sequence[Chunk]) -> bool:
    """Whether whom a trial is for starts with their state ("premenopausal women with X")."""
    first = next((chunk.term for chunk in chunks if is_content(chunk)), None)
    return first is not None and first.iri in _STATES


def _names_patients(text: Text, case: Sequence[Chunk]) -> bool:
    """Whether words end in those they are about ("HIV-infected patients")."""
    return lookup_form(text.text[case[0].start : case[-1].end].split()[-1]) in RESTARTS


def _is_modal(chunk: Chunk) -> bool:
    return chunk.kind == "word" and chunk.form.startswith(_MODAL) and not chunk.form.startswith("needed")


def _is_told(chunks: Sequence[Chunk]) -> bool:
    """Whether a subject is described by what all have to have ("patients with confirmed X must …")."""
    return any(chunk.classes & _TELLING and "neutral" not in chunk.classes for chunk in chunks)


def _opened(chunks: list[Chunk]) -> list[Chunk]:
    """Return a demand without the brackets around whom it is asked of ("(women of … potential only)")."""
    inner = trimmed(chunks[-1].inner) if len(chunks) > 1 and chunks[-1].kind == "bracket" else []
    named = [chunk.term.iri for chunk in inner if chunk.term is not None and is_content(chunk)]
    plain = all(is_content(each) or each.classes & _PLAIN or each.form == "only" for each in inner)
    twice = any(chunk.term is not None and chunk.term.iri == _CHILDBEARING for chunk in chunks)
    if named != [_CHILDBEARING] or not plain or twice:
        return chunks
    if "of some" in inner[0].classes:
        return [*chunks[:-1], *inner]
    return [*chunks[:-1], replace(chunks[-1], kind="word", inner=(), classes=frozenset({"of some"})), *inner]


def _closing_case(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "Y for patients with X": Y is asked of those with X only; "Y provided X" asks for both.

    In a list it would be open how many of its members that holds for, so there nothing is read.
    """
    at = next((i for i, chunk in enumerate(chunks) if i and "of some" in chunk.classes), None)
    if at is None or not any(is_content(chunk) for chunk in chunks[at + 1 :]):
        return None
    body, case = trimmed(chunks[:at]), trimmed(chunks[at + 1 :])
    if not any(is_content(chunk) for chunk in body) or any(chunk.kind == "value" for chunk in body):
        return None
    members = part_statement(body)
    if any(member.joint not in ("", "or") for member in members):
        return None
    read = join_segments(text, read_segments(text, body), "and")
    if not says_something(read):
        return None
    told = case_of(text, case)
    if isinstance(told, Fact) and told.category == "reproductive" and told.within is not None:
        # "A negative test for women of childbearing potential within 7 days": when it is to be done.
        window, told = told.within, replace(told, within=None)
        read = map_facts(read, lambda fact: replace(fact, within=fact.within or window))
    if chunks[at].form in _PROVIDED or (chunks[at].form.startswith("in ") and _is_status(text, told)):
        return all_of([read, told])
    return any_of([negate(told), read])


def _is_status(text: Text, case: Expression) -> bool:
    """Whether a case tells what has become of the disease ("leukemia in patients with relapsed disease")."""
    term = text.vocabulary.by_iri.get(case.concept) if isinstance(case, Fact) else None
    return term is not None and term.category == "other"


def concerns_reproduction(chunks: Sequence[Chunk]) -> bool:
    """Whether the first concept named is a reproductive state, which some patients only can be in."""
    first = next((chunk for chunk in chunks if is_content(chunk)), None)
    return first is not None and category_of(first) == "reproductive"
