"""How far a cancer has spread, told by letters: "N2-3 or M1 disease", "T3-4, N0, M0".

What nodes and metastases are asked for or barred is what M0, M1, N0 and N1 to N3 say. The size of the tumour
narrows which cancer is meant, and so do nodes that may be there or not ("N0-1"), and a stage that stands
alone ("stage III or IV disease").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.trees import all_of, any_of, map_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not
from trialgraph.namespaces import TGC

__all__ = ["with_spread"]

_NODES = str(TGC.LymphNodeMetastasis)
_NODE_NEGATIVE = str(TGC.LymphNodeNegative)
_DISTANT = str(TGC.DistantMetastasis)
_CANCER = str(TGC.MalignantNeoplasm)
_SIZE = r"(?:[0-4](?:mi|[a-d](?:[/-][a-d](?![TNM]))*)?|is|[xX])"
_RANGE = rf"{_SIZE}(?:(?:\s*[-/]\s*|\s?-\s?[cpyr]{{0,2}}[TNM]){_SIZE}(?![a-z0-9]))*"
_MORE = r"(?:\s+or\s+(?:higher|greater|above|more)(?:\s+stage)?)?"
_ONE = rf"(?:(?:[≥>≤<]\s*)?[cpyr]{{0,2}}[TNM](?:\+|{_RANGE}){_MORE}|[Aa]ny\s+[TNM]\b)"
_LETTER = re.compile(
    rf"(?P<sign>[≥>≤<]\s*)?[cpyr]{{0,2}}(?P<letter>[TNM])(?P<size>\+|{_RANGE})(?P<more>{_MORE})"
)
_SYSTEM = r"(?:AJCC|TNM|UICC|FIGO|BCLC|ISS|Ann\s+Arbor|American\s+Joint|[Ee]d(?:ition|\.)?|[Ss]taging)\b"
_TAIL = (
    r"(?:\s+of\s+any\s+histology)?(?:\s*,?\s*(?:\(?(?:by|per|according\s+to|as\s+per|as\s+defined\s+by|based\s+on|using|in)"
    rf"\s+(?:(?!\b(?:not|but|with|unless|except|if)\b|allow|permi|eligib|exclu)[^.;,]){{0,60}}|\()\b{_SYSTEM}"
    r"(?:(?!\b(?:not|but|with|unless|except|if)\b|allow|permi|eligib|exclu)[^.;,]){0,60})?\W*"
)
_LEAD = (
    r"(?:(?i:presence|evidence|known|has|have|with|of|must|be|patients?|subjects?|participants?|an?|any|the|disease"
    r"|clinical(?:ly)?|pathologic(?:al)?(?:ly)?|radiologic(?:al)?(?:ly)?|nodal|stages?:?|tumou?rs?|cancers?"
    r"|(?:AJCC|TNM|UICC|FIGO)(?:\s+\(?(?:v(?:ersion)?\.?\s*)?\d+(?:th)?(?:\s+ed(?:ition|\.)?)?\)?)?"
    r"|\((?:AJCC|TNM|UICC|FIGO)[^()]{0,20}\):?)\s+)*?"
)
_WHOLE = re.compile(
    rf"[^\w≥≤<>]*{_LEAD}"
    rf"(?P<said>{_ONE}(?:\s*(?:,\s*(?:and|or)|and/or|or|and|[,/])?\s*(?:(?:clinical\s+)?stages?\s+)?{_ONE})*)"
    rf"(?:[\s-]*(?:disease|stages?|tumou?rs?|categor(?:y|ies)|status|cancers?))?{_TAIL}",
)
_ROMAN = r"(?:I{1,3}|IV|0|[1-4])(?:[A-Da-d][1-3]?)?(?![A-Za-z0-9])"
_STAGE = rf"[Ss]tages?\s+(?:[≥≤><]\s*)?{_ROMAN}"
_STAGED = re.compile(
    r"[^\w≥≤<>]*(?:(?i:presence|evidence|known|has|have|with|of|must|be|patients?|subjects?|participants?|an?|any|the)\s+)*?"
    r"(?P<said>(?P<told>(?i:clinical(?:ly)?|pathologic(?:al)?|(?:AJCC|FIGO|TNM|UICC)(?:\s+\(?\d+(?:th)?(?:\s+ed(?:ition|\.)?)?\)?)?"
    r"|Ann\s+Arbor|surgical|overall)\s+)*"
    rf"{_STAGE}(?P<more>\s*(?:-|to|through|/|,|,?\s*or|and)\s*(?:[Ss]tages?\s+)?{_ROMAN})*"
    r"(?P<parts>\s*\([A-D](?:\s*(?:,|/|and|or)\s*)*(?:[A-D](?:\s*(?:,|/|and|or)\s*)*)*\))?)"
    rf"(?P<named>\s+(?:disease|cancers?|tumou?rs?|malignanc(?:y|ies)\b))?{_TAIL}",
)
_LIVER = re.compile(
    r"(?i:[^\w]*(?:(?:has|have|with|patients?|participants?|subjects?|must)\s+)*(?P<said>(?:Barcelona\s+Clinic(?:al)?\s+Liver\s+Cancer"
    r"|BCLC)\b(?:(?!disease)[^.;]){0,60}?)(?:\s+disease)?\W*)"
)
_OTHER_STAGES = re.compile(
    r"kidney|renal|\bCKD\b|ulcer|o?edema|sarcoid|endometrios|hypertens|heart|cirrhosis|arthr|disease\W+stage"
    r"|fibrosis|sores?\b|Hurley|\b(?:study|trial|part|cohort)\b",
    re.IGNORECASE,
)
"""What else has stages than cancer."""
_LIVER_CANCER = str(TGC.HepatocellularCarcinoma)
_SIZED = re.compile(r"(?<![A-Za-z])[cpyr]{0,2}T\d")
_FEWEST = 2
_OR = re.compile(r"\s*,?\s*\b(?:and/or|or(?!\s+(?:higher|greater|above|more)))\b\s*")
_NEAR = re.compile(r"[TNM][0-4+]|\b[Ss]tages?\s")


def with_spread(expression: Expression, text: Text) -> Expression:
    """Return the expression with words that only tell how far a cancer has spread read as facts."""
    if _NEAR.search(text.text) is not None:
        expression = _read(expression, text)
    if "negative" in text.lowered:
        expression = map_facts(expression, _without_nodes(text))
    return expression


def _without_nodes(text: Text) -> Callable[[Fact], Expression]:
    """Return what reads "node-negative" as no metastasis in a lymph node, which records show."""
    nodes = text.vocabulary.by_iri[_NODES]

    def read(fact: Fact) -> Expression:
        if fact.concept != _NODE_NEGATIVE or "qualifier" in fact.modifiers:
            return fact
        return Not(replace(fact, concept=nodes.iri, concept_label=nodes.label, category="condition"))

    return read


def _read(expression: Expression, text: Text) -> Expression:
    match expression:
        case AllOf(operands):
            return all_of([_read(each, text) for each in _with_choices(operands, text)])
        case AnyOf(operands):
            return any_of([_read(each, text) for each in operands])
        case Not(operand):
            return Not(_read(operand, text))
        case Narrative():
            return _spread(expression, text) or expression
        case _:
            return expression


def _with_choices(operands: Sequence[Expression], text: Text) -> list[Expression]:
    """Return what is asked for, with items that each tell a size of the tumour as a choice of one."""
    sized = [each for each in operands if _tells_size(each, text)]
    if len(sized) < _FEWEST:
        return list(operands)
    at = next(i for i, each in enumerate(operands) if each is sized[0])
    rest = [each for each in operands if not any(each is other for other in sized)]
    return [*rest[:at], any_of(sized), *rest[at:]]


def _tells_size(expression: Expression, text: Text) -> bool:
    if not isinstance(expression, Narrative):
        return False
    found = _WHOLE.fullmatch(text.text, *text.normalized.readable(expression.span))
    return found is not None and _SIZED.search(found["said"]) is not None


def _spread(words: Narrative, text: Text) -> Expression | None:
    """Return what words say that only tell of a spread; None for any other, and where nothing is read."""
    start, end = text.normalized.readable(words.span)
    found = _WHOLE.fullmatch(text.text, start, end)
    if found is None:
        return _stage(text, start, end)
    bounds, at = [], found.start("said")
    for joint in _OR.finditer(text.text, at, found.end("said")):
        bounds.append((at, joint.start()))
        at = joint.end()
    bounds.append((at, found.end("said")))
    groups = [list(_LETTER.finditer(text.text, *bound)) for bound in bounds]
    if len(groups) > 1 and all(len(group) == 1 for group in groups[1:]):
        # "T4, N3 or M1"
        groups = [[each] for group in groups for each in group]
    if any(not group or len({each["letter"] for each in group}) < len(group) for group in groups):
        return None
    return any_of([_together(group, text) for group in groups])


def _together(group: Sequence[re.Match[str]], text: Text) -> Expression:
    """Return what letters say side by side; those that only narrow which cancer is meant narrow one."""
    parts = [_part(found, text) for found in group]
    narrowing = [found for found, part in zip(group, parts, strict=True) if part is None]
    told = [part for part in parts if part is not None]
    if not narrowing:
        return all_of(told)
    words = ", ".join(found.group() for found in narrowing)
    return all_of([_cancer(text, _CANCER, words, narrowing[0].start(), narrowing[-1].end()), *told])


def _stage(text: Text, start: int, end: int) -> Expression | None:
    """Return the cancer that a stage alone is one of; None for what may be a stage of another thing."""
    if "stage" not in text.lowered:
        return None
    if "Liver" in text.text or "BCLC" in text.text:
        found = _LIVER.fullmatch(text.text, start, end)
        return _cancer(text, _LIVER_CANCER, found["said"], *found.span("said")) if found is not None else None
    found = _STAGED.fullmatch(text.text, start, end)
    if found is None or _OTHER_STAGES.search(text.text) is not None:
        return None
    if not (found["told"] or found["more"] or found["named"] or found["parts"]):
        return None
    return _cancer(text, _CANCER, found["said"], *found.span("said"))


def _cancer(text: Text, name: str, words: str, start: int, end: int) -> Fact:
    term = text.vocabulary.by_iri[name]
    return Fact(term.iri, term.label, "condition", {"qualifier": words}, span=text.span(start, end))


def _part(found: re.Match[str], text: Text) -> Expression | None:
    """Return what one letter with its numbers says; None where it only narrows which cancer is meant."""
    letter, size = found["letter"], found["size"]
    sizes = set(re.findall(r"[0-4+xX]", size))
    upper = (found["sign"] or "").strip() in ("≤", "<")
    if letter == "T" or upper or not (sizes == {"0"} or sizes.isdisjoint("0xX")):
        return None
    open_end = bool(found["sign"] or found["more"])
    if open_end and sizes == {"0"}:
        return None
    term = text.vocabulary.by_iri[_NODES if letter == "N" else _DISTANT]
    plain = size in ("0", "+", "1") if letter == "M" or open_end else size in ("0", "+")
    said = {} if plain else {"qualifier": found.group()}
    span = text.span(found.start(), found.end())
    fact = Fact(term.iri, term.label, "condition", said, span=span)
    return Not(fact) if sizes == {"0"} else fact
