"""What a clause makes of a limit in it: demanded, barred, or neither that can be told."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from trialgraph.criteria.chunking.brackets import opened
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.continued import CONTINUED
from trialgraph.criteria.facts.allowances import allowance_at
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.trees import asks_of_some
from trialgraph.expressions import Expression, Fact, Narrative, Value, atoms

__all__ = [
    "COURSE",
    "DOSE",
    "SIZE",
    "defines_condition",
    "defines_unasked",
    "defines_word",
    "is_of_all",
    "role_of",
]

Role = Literal["demanded", "barred", "open"]
_MODAL = frozenset({"must", "should", "must be", "must have", "shall", "need", "are required to"})
_OF_SOME = frozenset({"with", "for", "in", "who", "whose", "those", "those with", "on", "that", "which"})
_DESCRIBING = RESTARTS | {
    "with",
    "who",
    "whose",
    "those",
    "those with",
    "that",
    "which",
    "patient who",
    "subject who",
}
_BEING = frozenset({"is", "are", "is also", "are also", "was", "were", "be", "will be", "further"})
_MAYBE = ("may", "can", "could")
_WITH = frozenset({"with documented"})
_BUT = frozenset({"unless", "except if", "except when"})
_TOLD = re.compile(r"=|\b(?:equations?|equivalent to|cm lesions?|sensitivity)\b", re.IGNORECASE)
_AIMED = re.compile(
    r"\b(?:to|will|would|not) (?:achieve|maintain|meet|reach|keep|be required)\b", re.IGNORECASE
)
_TUMOR = re.compile(r"tumou?r|mass\b|cancer|carcinoma", re.IGNORECASE)
_MEASURED = re.compile(
    r"measurab|measured|recist|evaluab|lugano|lesions|metasta|lymph|\bnod(?:e|al|ule)|axis|biops|spleen|polyp|residual|cavity|margin|thick"
    r"|adjacent|within|from|between",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"measurab|recist|rano\b|evaluab|lugano|biops|spleen|margin|adjacent|cavity|tissue|slide|recommend"
    r"|not (?:require|need)|\bT[0-4][a-d]?(?:\b|N)",
    re.IGNORECASE,
)
"""What tells a size that has to be seen, or one of something else, from that of a tumour."""
_METASTASIS = "BrainMetastasisDiameter"
_PEOPLE = r"(?:adults?|patients?|subjects?|participants?|individuals?|persons?|people|volunteers?)"
_ENTRANTS = re.compile(
    rf"\s*(?:(?:(?:fe)?males?|men|women|adult|and|or|and/or|non-?\s?pregnant|eligible|all|healthy|human|consenting)\b[\s,/]*)*"
    rf"(?:{_PEOPLE}|(?:fe)?males?\s+(?:and|or)\s+(?:fe)?males?|(?:wo)?men\s+(?:and|or)\s+(?:wo)?men)(?:\s+(?:must\s+be|is|are))?\s*,?\s*"
    r"[(\[]?\s*(?:i\.?\s?e\.?\s*,?\s*)?(?:(?:who\s+are|with(?:\s+an?)?|of)\s+)?",
    re.IGNORECASE,
)
"""Everyone whom a criterion is about, at its start, and what leads from them to their age."""
_ENTERED = re.compile(
    r"\b(?:eligible|considered|included|enrolled|accepted)(?:\s+(?:to\s+(?:enroll?|participate)|for\s+(?:inclusion|enrollment|participation)"
    r"|(?:for|in)\s+(?:this|the)\s+(?:study|trial|protocol)))?\W*$",
    re.IGNORECASE,
)
"""How a criterion ends that says of everyone whom it is about that they are let in."""
_BEING_AGED = re.compile(r"\W*(?:(?:must\s+)?be\s+)?", re.IGNORECASE)
"""What may stand before an age that a criterion starts with."""
_OF_PARTS = re.compile(r"\b(?:parts?|cohorts?|arms?|phase|groups?|strat(?:um|a)|regimens?)\b", re.IGNORECASE)
_GIVEN = frozenset({"received", "previously treated with", "treated with", "have received", "has received"})
_ENTERS = re.compile(r"eligib|enrol|includ|particip|enter|accru")
DOSE = "dose"
COURSE = "course"
SIZE = "size"
"""What chunks are called that tell how much of a treatment was given."""


def role_of(text: Text, clause: Sequence[Chunk], index: int) -> Role:
    """Return what a clause makes of a limit in it; "open" where that can't be told."""
    if clause[index].form in (DOSE, COURSE):
        return _given_role(text, clause, index)
    if clause[index].form == CONTINUED:
        kept = is_wanted(clause[index].expression)
        return "open" if kept == text.exclusion else "demanded" if kept else "barred"
    words = text.text[clause[0].start : clause[-1].end]
    if clause[index].form == SIZE and not _tells_tumor(clause[index], words, exclusion=text.exclusion):
        return "open"
    aged = tells_age(clause[index])
    if aged and not text.exclusion and (_enters_plainly(clause, index) or is_of_all(text, clause, index)):
        return "demanded"
    if aged or lexicon().explanation.search(words) or _TOLD.search(words):
        return "open"
    before = clause[:index]
    if not text.exclusion and _defined_in(before):
        return "open"
    denied = any(
        "negation" in chunk.classes and not _is_aside(text, chunk, clause[index]) for chunk in before
    )
    aimed = _AIMED.search(text.text[clause[0].start : clause[index].start])
    wanted = _is_kept(text, clause, index)
    if (denied and not wanted) or aimed or _is_point(clause[index]):
        return "open"
    if text.exclusion and _is_example(before):
        return "barred"
    return _role_in_clause(text, clause, index, wanted=wanted)


def _tells_tumor(chunk: Chunk, words: str, *, exclusion: bool) -> bool:
    """Whether a diameter is one of a tumour, not of what has to be seen, or of a metastasis for itself."""
    if chunk.size is not None and chunk.size.told:
        # How large a metastasis has to be is asked of what is measured, or treated.
        least = chunk.size.name == _METASTASIS and chunk.size.size.high is None and not exclusion
        return not least and _SEEN.search(words) is None
    return _TUMOR.search(words) is not None and _MEASURED.search(words) is None


def _role_in_clause(text: Text, clause: Sequence[Chunk], index: int, *, wanted: bool) -> Role:
    """Return what words of rule, permission and case make of a limit behind them."""
    before = clause[:index]
    excluding = "barring" in _classes(clause)
    barred = text.exclusion or excluding
    allowed = allowance_at(before)
    supposing = [i for i, chunk in enumerate(before) if _supposes(chunk)]
    opening = max((i for i in supposing if not _is_aside(text, before[i], clause[index])), default=None)
    ruled = max((i for i, chunk in enumerate(before) if chunk.form in _MODAL), default=None)
    labelled = opening is not None and any(chunk.form == ":" for chunk in before[opening:])
    if labelled and not text.exclusion and allowed is None:
        return "demanded"
    if opening is not None and (ruled is None or ruled < opening):
        if allowed is None and _is_condition_of_entry(text, clause, opening, index):
            return "demanded"
        if allowed is None and ruled is None and _describes(text, clause, opening, index):
            return "barred" if barred else "demanded"
        if allowed is None or allowed > opening:
            case = "condition" in before[opening].classes and before[opening].form not in _DESCRIBING
            supposed = case and allowance_at(clause) is None
            kept = wanted and not excluding and not supposed
            return "demanded" if kept else "barred" if excluding else "open"
        return "barred" if before[opening].form in _BUT else "demanded"
    if allowed is not None and text.exclusion and _repeats(text, clause[index]):
        return "open"
    if ruled is not None or (allowed is not None and text.exclusion):
        return "demanded"
    return "barred" if barred and not (wanted and allowance_at(clause) is not None) else "demanded"


def _enters_plainly(clause: Sequence[Chunk], index: int) -> bool:
    """Whether "patients with X aged 40 to 75 will be considered" lets in only people of that age."""
    allowed = allowance_at(clause[index + 1 :])
    if allowed is None or clause[index + 1 + allowed].form.startswith(_MAYBE):
        return False
    around = _classes([chunk for chunk in clause if chunk.form not in _DESCRIBING])
    first = all(chunk.kind != "value" for chunk in clause[:index])
    return first and not around & {"negation", "barring", "exception", "condition"}


def tells_age(chunk: Chunk) -> bool:
    return chunk.value is not None and any(term.unit == "a" for term in chunk.value.terms)


def is_of_all(text: Text, clause: Sequence[Chunk], index: int) -> bool:
    """Whether an age is that of everyone a criterion starts with ("adults (≥ 18 years) undergoing X").

    So is the one that it starts with itself ("≥ 18 years at the time of surgery for X").
    """
    if not tells_age(clause[index]):
        return False
    told = _ENTRANTS.match(text.text, 0, clause[index].start)
    if told is None and not any(map(tells_age, clause[index + 1 :])) and not _OF_PARTS.search(text.text):
        told = _BEING_AGED.match(text.text)
    after = itertools.takewhile(lambda chunk: chunk.form != ",", clause[index + 1 :])
    ruled = any(c.form in _MODAL or c.classes & {"allowance", "barring", "negation"} for c in after)
    ruled = ruled or any("barring" in chunk.classes for chunk in clause[index + 1 :])
    ruled = ruled and not (_enters_plainly(clause, index) and _ENTERED.search(text.text))
    return told is not None and told.end() == clause[index].start and not ruled


_DEFINED = frozenset({"condition", "lesion"})
_ASKED_FOR = re.compile(
    r"adequate|accepta|sufficient|normal|function|reserve|recover|measurab|evaluab|eligib|status|criteri|candida|prior|previous"
    r"|popul|\b(?:this|these|it|that|must|should|fit|unfit|for|in|with|if)\b"
)
"""What a definition of asks for, or of whom it tells something."""


def defines_condition(sentence: Sequence[Chunk], told: Sequence[Expression]) -> bool:
    """Whether a sentence behind others only says what is called so ("Severe hypertension is defined as …").

    One that is asked for in them is told more of by it.
    """
    asked = {each.concept for each in told if isinstance(each, Fact) and not _offers_kinds(each)}
    named = {term.iri for term in _defined_in(sentence)}
    return bool(told) and bool(named) and not named & asked


def defines_word(text: Text, sentence: Sequence[Chunk], told: Sequence[Expression]) -> bool:
    """Whether a sentence only says what is called by words that name nothing ("CRp is defined as …").

    What has to be adequate, or what sentences before it ask for, is asked for by its definition.
    """
    at = _definition_in(sentence)
    subject = sentence[:at]
    if not at or any(chunk.term is not None or chunk.kind in ("value", "bracket") for chunk in subject[:-1]):
        return False
    words = text.lowered[sentence[0].start : sentence[at - 1].start].strip()
    asked = [each.text.lower() for each in told if isinstance(each, Narrative)]
    asked = [each for each in asked if words.strip(" *-•") in each and " or " not in each]
    return not asked and _ASKED_FOR.search(words) is None


def _offers_kinds(fact: Fact) -> bool:
    """Whether a fact's own words offer several kinds of it, of which a definition tells one."""
    told = fact.modifiers.get("qualifier", "")
    return " or " in told or "/" in told


def defines_unasked(sentence: Sequence[Chunk], told: Sequence[Expression]) -> bool:
    """Whether a sentence among demands only says what is called so that none of them asks for or bars.

    "In hypertension it must be controlled. Uncontrolled hypertension is defined as > 160/100 mmHg" asks no
    more of anybody. What is called a lesion bounds which of them count.
    """
    defined = _defined_in(sentence)
    parts = [part for each in told for part in (each.operands[1:] if asks_of_some(each) else (each,))]
    judged = {atom.concept for part in parts for atom in atoms(part) if isinstance(atom, Fact)}
    plain = all(term.category == "condition" and term.iri not in judged for term in defined)
    return plain and defines_condition(sentence, told)


def _defined_in(clause: Sequence[Chunk]) -> list[Term]:
    """Return the conditions of which a clause says what they are defined as."""
    at = _definition_in(clause)
    return [c.term for c in clause[:at] if c.term is not None and c.term.category in _DEFINED]


def _definition_in(clause: Sequence[Chunk]) -> int:
    """Return the place of the word behind "is" that tells what something is called so for; 0 without one."""
    at = next((i for i, chunk in enumerate(clause) if i and _tells_meaning(chunk)), 0)
    return at if at and clause[at - 1].form in _BEING else 0


def _tells_meaning(chunk: Chunk) -> bool:
    """Whether a word behind "is" tells what something is called so for, or can't be measured."""
    return "definition" in chunk.classes or chunk.form in (
        "defined",
        "non measurable",
        "non - measurable",
        "nonmeasurable",
    )


def _given_role(text: Text, clause: Sequence[Chunk], index: int) -> Role:
    """Return what a clause makes of how much was given: little enough is asked for, too much is barred."""
    value = clause[index].expression
    before = _classes([chunk for chunk in clause[:index] if chunk.form not in _DESCRIBING])
    too_much = isinstance(value, Value) and value.limit.high is None
    allowed = allowance_at(clause) is not None
    if text.exclusion:
        ruled = any(chunk.form in _MODAL for chunk in clause[:index])
        if not too_much:
            return "demanded" if ruled and not before & {"negation", "exception"} else "open"
        return "open" if allowed or before & {"negation", "exception", "condition"} else "barred"
    if too_much and clause[index].form == COURSE:
        plain = not (before | _classes(clause)) & {"negation", "exception", "condition", "barring"}
        return "demanded" if plain and not allowed else "open"
    if too_much:
        denied = ("barring" in _classes(clause)) != ("negation" in before)
        return "barred" if denied and not allowed and "exception" not in before else "open"
    return "open" if before & {"exception", "negation"} or "barring" in _classes(clause) else "demanded"


def _is_aside(text: Text, denial: Chunk, value: Chunk) -> bool:
    """Whether a denial stands in a bracket that is closed before a value ("(no G-CSF), Hb ≥ 9")."""
    between = text.text[denial.end : value.start]
    return between.count(")") > between.count("(")


def _is_condition_of_entry(text: Text, clause: Sequence[Chunk], opening: int, index: int) -> bool:
    """Whether "those with A and B ≥ 1 are eligible" lets in only those who keep the limit."""
    plain = clause[opening].form in _DESCRIBING and not _classes(clause) & {
        "negation",
        "barring",
        "exception",
    }
    after = clause[index + 1 :]
    allowed = allowance_at(after)
    enters = allowed is not None and _ENTERS.search(after[allowed].form) is not None
    return plain and enters and not _limits_again(text, clause[index])


def _limits_again(text: Text, value: Chunk) -> bool:
    """Whether a quantity was limited before, so that what is allowed of it only widens that."""
    named = {
        atom.concept
        for chunk in opened(text.chunks)
        if chunk.kind == "value" and chunk.end <= value.start and chunk.expression is not None
        for atom in atoms(chunk.expression)
        if isinstance(atom, Value)
    }
    mine = atoms(value.expression) if value.expression is not None else ()
    return any(isinstance(atom, Value) and atom.concept in named for atom in mine)


def _is_kept(text: Text, clause: Sequence[Chunk], index: int) -> bool:
    """Whether patients have to keep a limit wherever it is told, as with how much they were given."""
    value = clause[index].expression
    counted = isinstance(value, Value) and value.unit == "{count}" and not text.exclusion
    given = counted and index > 0 and clause[index - 1].form in _GIVEN
    return given or (is_wanted(value) and not _turns(text, clause[index]))


def _turns(text: Text, value: Chunk) -> bool:
    """Whether a quantity was limited on its other side before."""
    sides = _sides(
        chunk for chunk in opened(text.chunks) if chunk.kind == "value" and chunk.end <= value.start
    )
    return any((concept, not low) in sides for concept, low in _sides([value]))


def _sides(chunks: Iterable[Chunk]) -> set[tuple[str, bool]]:
    """Return the quantities that values limit, with whether from below."""
    read = [atom for chunk in chunks if chunk.expression is not None for atom in atoms(chunk.expression)]
    return {(atom.concept, atom.limit.low is not None) for atom in read if isinstance(atom, Value)}


def _describes(text: Text, clause: Sequence[Chunk], opening: int, index: int) -> bool:
    """Whether "patients who had A and B ≥ 1" only describes who is meant, and rules nothing of them."""
    form, classes = clause[opening].form, clause[opening].classes
    named = (form in _WITH and text.exclusion) or (
        form in _DESCRIBING and not classes & {"condition", "exception"}
    )
    rest = clause[index + 1 :]
    ruled = any(chunk.form in _MODAL or chunk.classes & {"allowance", "barring"} for chunk in rest)
    supposed = any(chunk.classes & {"condition", "exception"} for chunk in clause[opening + 1 : index])
    return named and not ruled and not supposed


def _repeats(text: Text, value: Chunk) -> bool:
    """Whether an allowance in spite of a limit only repeats it ("eligible with QTc > 500")."""
    barred = {
        (atom.concept, atom.limit.low is None)
        for chunk in opened(text.chunks)
        if chunk.kind == "value" and chunk.end <= value.start and chunk.expression is not None
        for atom in atoms(chunk.expression)
        if isinstance(atom, Value)
    }
    allowed = atoms(value.expression) if value.expression is not None else ()
    return any((a.concept, a.limit.low is None) in barred for a in allowed if isinstance(a, Value))


def _is_example(before: Sequence[Chunk]) -> bool:
    """Whether a value is the first example of what is barred, or explains it ("e.g. INR > 3")."""
    opening = next((chunk for chunk in reversed(before) if "neutral" not in chunk.classes), None)
    sign = opening is not None and opening.kind == "sign" and len(before) > 1
    told = before[-2] if sign else opening
    return told is not None and bool(told.classes & {"example", "definition"})


def _is_point(chunk: Chunk) -> bool:
    """Whether a value is one number or the reference range, which a name in a table may have beside it."""
    limits = (
        [atom.limit for atom in atoms(chunk.expression) if isinstance(atom, Value)]
        if chunk.expression
        else []
    )
    return chunk.form.startswith("normal") or any(limit.low == limit.high for limit in limits)


def _classes(chunks: Sequence[Chunk]) -> set[str]:
    return {name for chunk in chunks for name in chunk.classes}


def _supposes(chunk: Chunk) -> bool:
    """Whether a word opens whom or which case something is about."""
    return (
        bool(chunk.classes & {"condition", "exception"}) or chunk.form in RESTARTS or chunk.form in _OF_SOME
    )
