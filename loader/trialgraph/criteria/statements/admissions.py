"""Demands worded as whom a trial lets in: "patients are eligible if they have X", "only Y are eligible".

Those with a disease may be let in "if …", which is asked of them alone, in either kind of list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.sexes import read_sex
from trialgraph.criteria.facts.allowances import allowance_at
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.language.connectives import RESTARTS, WHO
from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.sentences import sentences_of
from trialgraph.criteria.statements.controlled import GOING_WITH, goes_on, is_given, let_in_with, state_of
from trialgraph.criteria.statements.refusals import TRIAL, TURNED, without_trailing_verb
from trialgraph.criteria.statements.statements import read_statement
from trialgraph.criteria.statements.supposed import case_of, may_be_borne
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, asks_of_some, is_formal, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms, is_judged

__all__ = [
    "asks_some",
    "barred_unless",
    "permitted",
    "read_admission",
    "read_permission",
    "who_is_let_in",
    "whom",
]

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
_MODALS = ("must", "should", "shall", "need")
_PROVIDED = frozenset({"if", "only if", "provided", "provided that", "providing", "providing that",
                       "as long as", "so long as", "on condition that", "on the condition that", "when",
                       "only when", "unless"})  # fmt: skip
_OWN = frozenset({"their", "his or her"})
_BEING = frozenset({"is", "are", "be", "was", "were", "also", "still"})
_ON = frozenset({"on", "onto"})
_NOTE = 2
_LISTS = frozenset({":", "*"})
_PEOPLE = re.compile(r"\b(?:patients?|subjects?|participants?|individuals?|those)\b", re.IGNORECASE)
_GOING_ON = frozenset({"but", "however", "-", ";", "*"})
"""What joins a permission to a bar before it, whose subject isn't its own."""
_ADDED = frozenset({"only", "also", "still", "considered", "consider", "be considered", "may", "can",
                    "may be", "can be", "as"})  # fmt: skip
"""What stands between those who are let in and "eligible"."""
_LONGEST_PERMISSION = 600
_PERMITTING = Sought(
    r"\b(?:eligible|allowed|permitted|acceptable|not\s+(?:be\s+)?excluded|(?:may|can)\s+(?:be\s+)?(?:enroll?|includ|participat))",
)
_REFUSING = re.compile(
    r"\b(?:not|never|no|nor|cannot)\s+(?:be\s+|been\s+)?(?:eligible|allowed|permitted|acceptable|enroll|includ|participat)"
    r"|\bineligible|(?<!not )(?<!not be )\bexcluded\b|\bonly\s+(?:patients|subjects|participants|those)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"(?:it|its|their|this|these|that)\b", re.IGNORECASE)
"""How a condition starts that tells more of what those have who are let in."""


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


def read_permission(
    text: Text, chunks: Sequence[Chunk], *, first: bool = True
) -> tuple[Expression, Expression] | None:
    """Read "patients with X are eligible if Y", which asks Y of those with X, and nothing of others.

    Args:
        text: The text under reading.
        chunks: A sentence of it, or an item.
        first: Whether nothing was asked before; behind a demand "those with X are eligible" asks nothing.
    Returns:
        Who has X, and what is asked of them, in words where that isn't understood. Where no more is
        said than that they are let in, those are the words. None for any other sentence, and where X is a
        tumour or isn't understood.
    """
    at = allowance_at(chunks)
    if not at:
        return None
    subject, behind = whom(chunks[:at]), chunks[at + 1 :]
    provided = next((i for i in range(len(behind)) if _provides(behind[i : i + 2])), None)
    if not all(_is_trial(each) or each.form in _ADDED for each in behind[:provided]):
        return None
    worded = [chunk for chunk in subject if chunk.form not in GOING_WITH]
    if any(chunk.classes & TURNED or chunk.kind == "limit" for chunk in worded):
        return None
    if any(chunk.kind == "value" for chunk in subject):
        return let_in_with(text, subject) if provided is None else None
    if provided is None and not first and sum(map(is_content, subject)) == 1:
        return None
    if provided is None and (let_in := let_in_with(text, subject)) is not None:
        return let_in
    if provided is None:
        turned = any(chunk.form.split(" ")[0] in _GOING_ON for chunk in [*subject, chunks[at]])
        said = chunks[at].form != "eligible" or chunks[at - 1].form.split(" ")[-1] in _BEING
        given = first and said and not turned and _is_all(text, [chunks])
        words = state_of(text, subject) or narrative(text, chunks[0].start, chunks[-1].end)
        return _let_in(text, subject, words, given=given)
    asked = list(behind[provided + 1 :])
    asked = trimmed(asked[1:] if asked and asked[0].form in _PRONOUNS else asked)
    if not asked or not any(map(is_content, subject)):
        return None
    read = case_of(text, subject)
    if isinstance(read, AllOf):
        return _let_in(text, subject, narrative(text, chunks[0].start, chunks[-1].end))
    case = alternatives_of(read)
    borne = [atom for atom in atoms(case) if may_be_borne(text, atom)]
    told = sum(map(is_content, subject)) <= len(borne) or not any(map(goes_on, borne))
    if not told or not is_formal(case) or len(borne) < sum(1 for _ in atoms(case)):
        return None
    return case, _asked(text, asked, denied=behind[provided].form == "unless")


def barred_unless(text: Text, sentences: Sequence[Sequence[Chunk]]) -> list[Expression] | None:
    """Read a list of exclusions' "patients with X are eligible if Y", which bars those with X without Y.

    None where any of the sentences says anything else, and where they aren't the whole of a criterion, since
    they lift what it bars then.
    """
    if not text.exclusion or not sentences or not _is_all(text, sentences):
        return None
    read: list[Expression] = []
    for sentence in sentences:
        listed = any(chunk.form in _LISTS for chunk in sentence[_NOTE:])
        subject = [] if listed else who_is_let_in(text, sentence)
        told = _asked_for(text, sentence) if subject else None
        if told is None:
            return None
        case, asked = told
        conditional = not isinstance(asked, Narrative) or asked.text != _words(text, sentence)
        people = _PEOPLE.search(text.text, sentence[0].start, subject[-1].end) is not None
        if not conditional and not people and not all(is_given(atom) for atom in atoms(case)):
            return None
        read.append(all_of([case, negate(asked)]))
    return read


def _is_all(text: Text, sentences: Sequence[Sequence[Chunk]]) -> bool:
    first, last = sentences[0][0], sentences[-1][-1]
    return first.start <= text.chunks[0].start and last.end >= text.chunks[-1].start


def asks_some(text: Text, chunks: Sequence[Chunk], read: Expression) -> bool:
    """Whether an item asks something of those with X only, so that it can't be one of several ways in.

    Those without X would have met it, whatever the others ask.
    """
    case = asks_of_some(read) and not is_formal(read)
    modal = any(chunk.form.startswith(_MODALS) for chunk in chunks)
    return (case and modal) or read_permission(text, chunks) is not None


def permitted(text: Text, chunks: Sequence[Chunk]) -> tuple[Term, ...]:
    """Return whom or what a criterion lets in that says no more than that; nothing for any other."""
    words = text.text
    if len(words) > _LONGEST_PERMISSION or _PERMITTING.search(words) is None or _REFUSING.search(words):
        return ()
    named: list[Term] = []
    for sentence in sentences_of(text, chunks):
        let_in = who_is_let_in(text, sentence)
        terms = [chunk.term for chunk in let_in if chunk.term is not None and is_content(chunk)]
        if not terms:
            return ()
        named += terms
    return tuple(named)


def _asked_for(text: Text, sentence: Sequence[Chunk]) -> tuple[Expression, Expression] | None:
    """Return whom a sentence of an exclusion lets in, and what it asks of them, as a demand says it."""
    asking = copy(text)
    asking.exclusion = False
    return read_permission(asking, trimmed(sentence))


def who_is_let_in(text: Text, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return whom or what a sentence lets in ("patients with X are eligible if …"); nothing for any other."""
    at = allowance_at(chunks)
    subject = whom(chunks[:at]) if at else []
    named = next((i for i, chunk in enumerate(subject) if is_content(chunk)), len(subject))
    turned = any(chunk.classes & TURNED or chunk.form in _GOING_ON for chunk in subject)
    # Where a full stop is lost, those let in stand behind what was barred before.
    again = any(_is_person(chunk) and text.text[chunk.start].isupper() for chunk in subject[named:])
    return [] if turned or again or named == len(subject) else subject


def _is_person(chunk: Chunk) -> bool:
    return "persons" in chunk.classes or chunk.form in RESTARTS


def _words(text: Text, chunks: Sequence[Chunk]) -> str:
    kept = trimmed(chunks)
    return narrative(text, kept[0].start, kept[-1].end).text


def _provides(chunks: Sequence[Chunk]) -> bool:
    """Whether words start what those let in have to meet ("if …", "but must …")."""
    adds = chunks[0].form == "but" and len(chunks) > 1 and chunks[1].form.startswith(_MODALS)
    return adds or chunks[0].form in _PROVIDED


def whom(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return who is let in ("for patients with X, they are …", "patients who are X may only be …")."""
    subject = without_trailing_verb(list(chunks[chunks[0].form in WHO and len(chunks) > 1 :]))
    while subject and subject[-1].form in _ADDED:
        subject = without_trailing_verb(subject[:-1])
    if len(subject) > 1 and subject[-1].form in _PRONOUNS and subject[-2].form == ",":
        subject = subject[1:-2] if "of some" in subject[0].classes else subject[:-2]
    return trimmed(subject)


def _let_in(
    text: Text, subject: Sequence[Chunk], words: Expression, *, given: bool = False
) -> tuple[Expression, Expression] | None:
    """Return who has a disease, or else a treatment, with which a trial lets some in.

    "Those with X who take Y are eligible" is said of X.
    """
    named = [read_fact(text, [chunk]) for chunk in subject if is_content(chunk)]
    diseases = [each.expression for each in named if each is not None and not each.negated]
    facts = [each for each in diseases if isinstance(each, Fact)]
    borne = [each for each in facts if each.category == "condition"]
    borne = borne or [each for each in facts if given and is_given(each)]
    first = borne[:1] == diseases[:1] and all(may_be_borne(text, each) for each in borne)
    return (any_of(borne), words) if borne and first else None


def _asked(text: Text, chunks: list[Chunk], *, denied: bool) -> Expression:
    """Return what a permission asks, or what it denies ("unless …"); in words unless all is understood."""
    if len(chunks) > 1 and chunks[0].form in _OWN and chunks[1].kind == "value":
        chunks = chunks[1:]
    pointing = _POINTING.match(text.text, chunks[0].start) is not None
    read = None if pointing else read_statement(text, chunks).expression
    unsure = read is not None and not is_formal(read) and (denied or _chooses(read))
    if read is None or unsure or any(map(goes_on, atoms(read))):
        read = narrative(text, chunks[0].start, chunks[-1].end)
        return Not(read) if denied else read
    return negate(alternatives_of(read)) if denied else read


def _chooses(read: Expression) -> bool:
    """Whether something is asked for in one of two ways, which what isn't understood may part otherwise."""
    return isinstance(read, AnyOf) or any(map(_chooses, getattr(read, "operands", ())))


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
    neutral = all("neutral" in chunk.classes and chunk.form not in _BESIDES for chunk in chunks)
    plain = neutral and not any(map(is_content, chunks))
    return plain and any(chunk.classes & {"persons", *_SEXES} for chunk in chunks)


def _is_trial(chunk: Chunk) -> bool:
    return chunk.kind == "sign" or chunk.form in TRIAL | _ON or TRIAL.issuperset(chunk.form.split())


def _denies_states(expression: Expression) -> bool:
    """Whether only reproductive states are denied, which those of the other sex are never in."""
    operands = expression.operands if isinstance(expression, AllOf) else (expression,)
    facts = [atom for each in operands for atom in atoms(each) if isinstance(atom, Fact)]
    denied = all(isinstance(each, Not) for each in operands if any(map(is_judged, atoms(each))))
    return denied and all(fact.category == "reproductive" for fact in facts)
