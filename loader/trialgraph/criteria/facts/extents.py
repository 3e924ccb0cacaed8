"""How far a disease has come, told as what it must be: "disease must be metastatic or unresectable"."""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not
from trialgraph.namespaces import TGC

__all__ = ["with_extents"]

_NAMED = {
    "locally advanced": "locally advanced disease",
    "metastatic": "metastatic disease",
    "oligometastatic": "oligometastatic disease",
    "unresectable": "unresectable disease",
    "surgically unresectable": "unresectable disease",
    "inoperable": "unresectable disease",
    "resectable": "resectable disease",
    "recurrent": "recurrent disease",
    "relapsed": "recurrent disease",
    "refractory": "refractory disease",
    "advanced": None,
    "incurable": None,
}
"""What each adjective says of a disease by a concept of its own; None where it only narrows the cancer."""
_ONE = (
    r"(?:locally[\s-]+advanced|(?:oligo)?metastatic|(?:surgically\s+)?unresectable|inoperable|resectable|recurrent"
    r"|relapsed|refractory|advanced|incurable)"
)
_JOINT = r"(?:\s*,\s*(?:and/or|or|and)\s+|\s*[,/]\s*|\s+(?:and/or|or|and)\s+)"
_STATE = re.compile(
    r"[^\w]*(?:(?:and|who|whose|patients?|participants?|subjects?|individuals?|has|have|had|must|should|with|of)\s+)*"
    r"(?:(?:(?:the|their|an?|all|your)\s+)*(?:primary\s+|underlying\s+)?(?:diseases?|tumou?rs?|cancers?|malignanc(?:y|ies))\s+"
    r"(?:(?:that|which)\s+)?)?"
    r"(?:(?:must|should|has\s+to|have\s+to|needs?\s+to)\s+(?:be|have\s+been)|is|are|be)\s+(?:either\s+)?"
    rf"(?P<said>{_ONE}(?:{_JOINT}(?:(?:is|are|be)\s+)?{_ONE})*)(?:\s+(?:disease|tumou?rs?|cancers?))?\W*",
    re.IGNORECASE,
)
_EACH = re.compile(_ONE, re.IGNORECASE)
_JOINING = re.compile(r"\b(?:and/or|or|and)\b", re.IGNORECASE)
_NEAR = Sought(r"\b(?:is|are|be|been)\s+(?:either\s+)?" + _ONE)
_CANCER = str(TGC.MalignantNeoplasm)


def with_extents(expression: Expression, text: Text) -> Expression:
    """Return the expression with words that only tell how far a disease has come read as facts."""
    return _read(expression, text) if _NEAR.search(text.text) is not None else expression


def _read(expression: Expression, text: Text) -> Expression:
    match expression:
        case AllOf(operands):
            return all_of([_read(each, text) for each in operands])
        case AnyOf(operands):
            return any_of([_read(each, text) for each in operands])
        case Not(operand):
            return Not(_read(operand, text))
        case Narrative():
            return _state(expression, text) or expression
        case _:
            return expression


def _state(words: Narrative, text: Text) -> Expression | None:
    """Return what words say that only tell how far a disease has come; None for any other."""
    found = _STATE.fullmatch(text.text, *text.normalized.readable(words.span))
    if found is None or text.text[found.end() :].lstrip().startswith(","):
        # "Disease that is relapsed, refractory, or intolerant to standard therapy": a list that goes on.
        return None
    said = list(_EACH.finditer(text.text, *found.span("said")))
    between = _EACH.sub(" ", found["said"])
    joints = {joint.lower() for joint in _JOINING.findall(between)} | ({"or"} if "/" in between else set())
    if len(said) > 1 and len(joints) != 1:
        return None
    terms = [text.vocabulary.find(_NAMED[_plain(each.group())] or "") for each in said]
    if any(term is None for term in terms):
        term = text.vocabulary.by_iri[_CANCER]
        told = {"qualifier": found["said"]}
        return Fact(term.iri, term.label, "condition", told, span=text.span(*found.span("said")))
    facts = [
        Fact(term.iri, term.label, term.category or "condition", {}, span=text.span(*each.span()))
        for term, each in zip(terms, said, strict=True)
        if term is not None
    ]
    return all_of(facts) if joints == {"and"} else any_of(facts)


def _plain(words: str) -> str:
    return " ".join(words.lower().replace("-", " ").split())
