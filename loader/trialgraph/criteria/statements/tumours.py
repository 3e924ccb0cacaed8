"""Tumours one of which a demand names as the diagnosis, where the words around them aren't understood.

"Clinical and phenotypic verification of CLL or SLL": nobody without either meets it, whatever the other words
ask. They stay beside the tumours; one that the words name elsewhere is offered as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import is_cancer
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import with_inner
from trialgraph.criteria.facts.facts import read_fact
from trialgraph.criteria.language.connectives import JOINTS, OR
from trialgraph.criteria.statements.diagnosed import goes_on
from trialgraph.criteria.trees import all_of, any_of, asks_of_some
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, atoms
from trialgraph.namespaces import TGC

__all__ = ["with_named_tumours"]

_NEOPLASM = str(TGC.Neoplasm)
_ANY = frozenset({_NEOPLASM, *(str(TGC[name]) for name in ("MalignantNeoplasm", "PrimaryMalignantNeoplasm",
                  "BoneMarrowInvolvement", "ExtramedullaryDisease",
                  "LocallyAdvancedDisease", "UnresectableMalignantNeoplasm"))})  # fmt: skip
_LISTING = re.compile(r"\b(?:following|includ\w+|subtypes?|histolog\w+|types?)\b[^:]*$", re.IGNORECASE)
_PLAIN = frozenset(
    {"neutral", "persons", "qualifier", "confirmation", "confirmed", "grading", "value_tail", "tail"}
)
_TOLD = frozenset({"confirmation", "confirmed"})
_TURNING = frozenset({"negation", "exception", "allowance", "barring", "condition", "regardless", "others",
                      "unactual", "planned", "example", "needing", "historic"})  # fmt: skip
_OFFERING = frozenset({"exception", "allowance", "condition", "regardless", "others"})
_DIAGNOSED = re.compile(
    r"\b(?:diagnos|proven|confirm|document|evidence|patients? with|subjects? with|participants? with)"
)
_OTHERWISE = re.compile(
    r"\b(?:suspect|suspici|presum|possibl|probabl|likely|likelihood|suggestive|at risk|risks?\s+(?:of|for)"
    r"|screen|surviv|famil|relative|mother|father|sister|parent|child|sibling|spouse|caregiver|partner|healthy|treatment|treating|therap|tissue|sample"
    r"|specimen|material|block|slide|candidate|undergo|schedul|surgery|resection|plan|clinics?\b|free\b|negative|expos"
    r"|prevent|eligib|for\b|from\b|against|caused|due\b|after|before|prior\b|previous\b|histor|recover|post\b"
    r"|years?\b|months?\b|weeks?\b|since|must be|should be|may\b|can\b|completed|completion|receiv|agree"
    r"|willing|other\b|additional|in\b|able\b|cohort|arm\b|group|phase|pain|symptoms\b|toxicit|control)",
    re.IGNORECASE,
)
"""What may stand before a tumour that nobody has to have, or have now."""
_DOUBTED = re.compile(r"\b(?:suspect|presum|possibl|probabl|likelihood|suggestive)", re.IGNORECASE)
_GOING_ON = re.compile(
    r"(?:(?P<joint>\b(?:that|which|who|where|and|or|whose\s+\w+)|,)\s+)?\b(?:must|should|shall|needs?|may|can"
    r"|cannot|could|(?:is|are|be)\s+(?:required|needed|excluded|not\s+(?:eligible|permitted|allowed|included))"
    r"|not\s+(?:fulfilled|met|satisfied|included|enroll\w*))\b",
    re.IGNORECASE,
)
"""What a sentence asks of the patients with a tumour, unless it only goes on about them."""
_ASKED_OF = re.compile(r"\s*(?:the\s+)?(?:patient|participant|subject|individual|must|should)", re.IGNORECASE)
"""What follows the colon behind a label for some patients ("Confirmed Ewing sarcoma: Patients with …")."""
_NOUN_BEHIND = re.compile(
    r"\s*(?:criteri|risk|screen|tissue|sample|specimen|treat|therap|surviv|cells?\b|clinic\b|surg|vaccin|trial"
    r"|stud|care\b|histor|prevent|antigen|cent(?:er|re)|gene\b|regist|locat|group|cohort|arm\b|part\b|phase)",
    re.IGNORECASE,
)
_EITHER = OR | {"/", ";", "or a", "or an", "versus"}
_SUBORDINATE = frozenset({"that", "which", "who", "whose", "that is", "in", "at", "by", "per", "on", "of",
                          "for", "to", "based on", "as defined by", "defined as", "according to", "where",
                          "not", "with", "without", "either", "has", "have", "is", "are", "after", "during",
                          "following", "within", "despite", "having", "harboring", "harbouring",
                          "expressing"})  # fmt: skip
_PEOPLE = ("those", "patient", "subject", "participant", "individual", "person", "women", "men ", "they")
_STAGE = re.compile(r"[ivx0]+[a-d]?\d?|[tnm]\d?[a-d]?|\d")
_TUMOUR = re.compile(
    r"\b(?:\w*(?:oma|omas|omata|cancers?|malignanc(?:y|ies)|neoplasms?|tumou?rs?|leuk[a]?emias?|dysplasias?)"
    r"|[A-Z][A-Z0-9-]*[A-Z]\w*)\b"
)
_MOST_UNKNOWN = 4
_KEPT = ("confirmation", "qualifier", "status")


def with_named_tumours(expression: Expression, text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return what a statement was read as, with the tumours beside it one of which it demands.

    Args:
        expression: What was read, with words that weren't understood and no tumour.
        text: The text.
        chunks: The chunks of the statement.
    """
    if (
        text.exclusion
        or not text.naming
        or not any(isinstance(atom, Narrative) for atom in atoms(expression))
    ):
        return expression
    if _demands_tumour(text, expression) or asks_of_some(expression):
        return expression
    named = _named(text, chunks)
    known = {
        atom.concept for atom in atoms(expression) if isinstance(atom, Fact) and _names_tumour(text, atom)
    }
    complete = bool(named) and known <= {fact.concept for fact in named}
    return all_of([any_of(named), expression]) if complete else expression


def _demands_tumour(text: Text, expression: Expression) -> bool:
    """Whether what was read asks everyone for some tumour."""
    match expression:
        case AllOf(operands):
            return any(_demands_tumour(text, each) for each in operands)
        case AnyOf(operands):
            return all(_demands_tumour(text, each) for each in operands)
        case Fact():
            return _names_tumour(text, expression)
        case _:
            return False


def _names_tumour(text: Text, fact: Fact) -> bool:
    term = text.vocabulary.by_iri.get(fact.concept)
    return term is not None and term.is_a(_NEOPLASM)


def _named(text: Text, chunks: Sequence[Chunk]) -> list[Fact]:
    """Return the tumours of a statement that opens with a diagnosis; none where it may offer others."""
    at = next((i for i, chunk in enumerate(chunks) if _is_tumour(chunk)), None)
    if at is None or not _opens_diagnosis(text, chunks[:at]):
        return []
    rest = chunks[at:]
    words = text.text[rest[0].start : rest[-1].end]
    confirmed = _tells_diagnosis(text, chunks[:at])
    if any(chunk.classes & _OFFERING for chunk in rest) or _turns(text, rest, words, told=confirmed):
        return []
    if _offers_other(text, rest):
        return []
    found: dict[str, Fact] = {}
    above: set[str] = set()
    offered = listed = True
    said_before = _said_before(text, chunks[:at], chunks[at])
    said = [chunk for chunk in rest if not any(each.classes & _TURNING for each in chunk.inner)]
    for chunk in with_inner(said):
        term = chunk.term
        offered = offered or chunk.form in _EITHER or chunk.form in (",", ":", "•", "*")
        if term is None or term.category is None or not _is_tumour(chunk):
            listed = listed and (chunk.form in JOINTS or chunk.kind == "bracket")
            continue
        if offered or term.iri not in above:
            span = text.span(chunk.start, chunk.end)
            told = said_before if listed else {}
            found.setdefault(
                term.iri, Fact(term.iri, term.label, term.category, told, None, None, None, span)
            )
        above |= term.ancestors
        offered = False
    return list(found.values())


def _said_before(text: Text, before: Sequence[Chunk], tumour: Chunk) -> dict[str, str]:
    """Return what the words before a tumour say of it, and of those listed with it."""
    concepts = any(chunk.kind == "concept" for chunk in before)
    if before and (before[-1].form in OR or (concepts and any(chunk.form in OR for chunk in before))):
        return {}  # "Relapsed or primary refractory AML" isn't all relapsed.
    reading = read_fact(text, [*(chunk for chunk in before if not _is_unknown(chunk)), tumour])
    told = [] if reading is None or reading.negated else list(atoms(reading.expression))
    named = (
        each for each in told if isinstance(each, Fact) and tumour.term and each.concept == tumour.term.iri
    )
    fact = next(named, None)
    return {} if fact is None else {name: fact.modifiers[name] for name in _KEPT if name in fact.modifiers}


def _turns(text: Text, rest: Sequence[Chunk], words: str, *, told: bool) -> bool:
    """Whether the words behind a tumour are about those who have it, or about something else of it.

    A tumour before a colon is only a label, unless words before it have told that it is the diagnosis.
    """
    words = " ".join(text.text[chunk.start : chunk.end] for chunk in rest if chunk.kind != "bracket")
    colon = words.find(":")
    label = not told or _ASKED_OF.match(words, colon + 1) is not None
    labelled = colon >= 0 and label and not _LISTING.search(words[:colon])
    asked = any(not found["joint"] for found in _GOING_ON.finditer(words))
    about = _NOUN_BEHIND.match(text.text, rest[0].end) is not None
    return labelled or asked or about or goes_on(rest[1:]) or _DOUBTED.search(words) is not None


def _is_tumour(chunk: Chunk) -> bool:
    return chunk.term is not None and chunk.term.iri not in _ANY and is_cancer(chunk.term)


def _opens_diagnosis(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether the words before a tumour only say that a patient has it, as far as they are understood."""
    if not chunks:
        return True
    words = _plain_words(text, chunks)
    told = _tells_diagnosis(text, chunks)
    unknown, bare = 0, False
    for chunk in chunks:
        if chunk.classes & _TURNING or chunk.form in (":", ";") or (bare and chunk.form in JOINTS):
            return False  # A noun may have been left out before "or": "ovarian, tubal or peritoneal cancer".
        bare = _is_unknown(chunk) or (bare and chunk.kind == "bracket")
        if chunk.kind == "concept" and not ("qualifier" in chunk.classes or _is_told_of_tumour(chunk)):
            return False
        unknown += _is_unknown(chunk)
        if not told and _is_unknown(chunk) and _TUMOUR.match(text.text, chunk.start, chunk.end):
            return False
    return unknown <= (_MOST_UNKNOWN if told else 1) and _OTHERWISE.search(words) is None


def _tells_diagnosis(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether words before a tumour say that it is confirmed, or that patients have it."""
    if any(chunk.classes & _TOLD for chunk in chunks):
        return True
    return _DIAGNOSED.search(_plain_words(text, chunks).lower()) is not None


def _plain_words(text: Text, chunks: Sequence[Chunk]) -> str:
    return " ".join(text.text[chunk.start : chunk.end] for chunk in chunks if chunk.kind in ("word", "sign"))


def _is_unknown(chunk: Chunk) -> bool:
    return chunk.kind == "word" and chunk.classes.isdisjoint(_PLAIN) and _STAGE.fullmatch(chunk.form) is None


def _is_told_of_tumour(chunk: Chunk) -> bool:
    return chunk.term is not None and chunk.term.category == "biomarker"


def _offers_other(text: Text, rest: Sequence[Chunk]) -> bool:
    """Whether something may be offered beside a tumour that isn't known as one."""
    subordinate = False
    for index, chunk in enumerate(rest):
        led = chunk.form in _SUBORDINATE or chunk.kind == "window"
        subordinate = not _is_tumour(chunk) and (subordinate or led)
        listed = chunk.form in _EITHER or (chunk.form in JOINTS and not subordinate)
        if listed and _is_other(text, rest[index + 1 :], subordinate=subordinate):
            return True
    return False


def _is_other(text: Text, offered: Sequence[Chunk], *, subordinate: bool) -> bool:
    """Whether a phrase behind "or" may be about another disease, or about other people."""
    phrase: list[Chunk] = []
    for chunk in offered:
        if phrase and (chunk.form in _SUBORDINATE or chunk.form in _EITHER or chunk.form == ","):
            break
        phrase.append(chunk)
    if any(_is_tumour(chunk) for chunk in phrase):
        return False
    if not phrase or phrase[0].form in _SUBORDINATE | JOINTS:
        return False
    if "persons" in phrase[0].classes or phrase[0].form.startswith(_PEOPLE):
        return True
    ill = any(chunk.term is not None and chunk.term.category == "condition" for chunk in phrase)
    unknown = [chunk for chunk in phrase if chunk.kind == "word" and not chunk.classes]
    told = (
        text.text[chunk.start : chunk.end]
        for chunk in unknown
        if _TUMOUR.match(text.text, chunk.start, chunk.end)
    )
    named = any(not (subordinate and words.isupper()) for words in told)
    return named or (not subordinate and (ill or bool(unknown)))
