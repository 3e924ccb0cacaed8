"""Sentences that demand nothing of a patient, taken out of what is judged.

"The effects of X on the developing fetus are unknown", "measurable disease is not required", "prior
chemotherapy is allowed", "it is recommended that …": whatever a record shows, such a sentence lets nobody in
and keeps nobody out. Beside what is judged it is left out; a criterion of nothing else stays words that say
so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.statements.idle import arranges, is_idle
from trialgraph.criteria.trees import all_of, any_of, asks_of_some
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms

__all__ = ["is_remark", "without_remarks"]

_PAIR = 2
_SIGNS = " \t\n;,.:*•-–()[]"
_NOTED = re.compile(
    r"(?:(?:please\s+|of\s+)?(?:note|nb|n\.b\.)\b[\s:,;-]*(?:that\s+)?"
    r"|(?:however|in addition|also|thus),\s+)+",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?<=[.;)\]])\s+(?=[A-Z(\[*•])|\s+[*•]\s+|\n+")
_BEFORE = frozenset(".;:*•([)]")
_BEHIND = frozenset(".;*•)]([")
_DEMANDING = re.compile(
    r"\b(?:must|shall|exclu\w+|ineligib\w+|not\s+(?:be\s+)?(?:eligible|allowed|permitted|enrolled)|unless|except\w*"
    r"|prohibited|barred|requires?|required\s+(?:to|for|that|if)|have\s+to|has\s+to|need(?:s|ed)?\s+to|mandatory)\b",
    re.IGNORECASE,
)
"""Words that demand or bar, whatever they stand behind."""
_NOT_DEMANDING = re.compile(
    r"\bnot\s+(?:strictly\s+)?(?:be\s+)?(?:required|mandatory)\b|\bno\s+[^.;]{0,40}?\brequired\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:should|agree\w*|eligib\w+|allow\w*|permit\w*|acceptable|only|if|provided|providing|as\s+long\s+as|but|however"
    r"|required|negative|cannot|not\s+be|may|otherwise|until|willing)\b|[≥≤<>]",
    re.IGNORECASE,
)
"""Words that ask, let in or suppose something, where a sentence goes on with them."""
_ALLOWED = re.compile(
    r"(?P<what>[^.;:]{3,200}?)\s+(?:(?:is|are|will\s+be|were)\s+)?(?:also\s+)?(?:allowed|permitted|permissible)\s*$"
    r"|(?:patients|participants|subjects|they)\s+may\s+(?:also\s+)?have\s+(?:also\s+)?(?:had|received|undergone)"
    r"\s+(?P<had>[^.;:]{3,160})$",
    re.IGNORECASE,
)
"""A sentence that does no more than allow something."""
_GIVEN = re.compile(
    r"\b(?:(?:neo)?adjuvant|(?:\w+)?therap(?:y|ies)|treatments?|(?:immuno|chemo)\w+|radiation|radiotherapy|steroids?"
    r"|(?:gluco)?corticosteroids?|bisphosphonates?|denosumab|transfusions?|growth\s+factors?|hormon\w+|vaccin\w+|anti\w+|medications?"
    r"|surger(?:y|ies)|resections?|inhibitors?|analog(?:ue)?s?|agonists?|hydroxyurea|leukapheresis|insulin|opioids?|prednisone"
    r"|dexamethasone|supplements?|vitamins?|re-?screening|enrol+ment|co-?enrol+ment|anticoagulants?|heparin|aspirin)\b",
    re.IGNORECASE,
)
"""What is given or done, of which some may have had it and some not."""
_BOUNDED = re.compile(
    r"\b(?:no|not|nor|never|without|only|other\s+than|unless|except\w*|if|provided|providing|as\s+long|so\s+long|must|should"
    r"|up\s+to|maximum|minimum|at\s+least|at\s+most|more|less|fewer|until|but|however|prior\s+to|after|before|since|within"
    r"|during|stable|for\s+whom|one|two|three|four|five|single|limited|least|last|required|eligible|those|patients?\s+(?:with|who)"
    r"|(?:participants?|subjects?|individuals?|those|people)\s+(?:with|who)|while|when|where|approv\w+|discuss\w*|case)\b"
    r"|[≥≤<>/%]|\d",
    re.IGNORECASE,
)
"""What makes a sentence that allows something one that bounds or bars, too."""
_EXPANDED = re.compile(r"(?P<short>[A-Z][\w-]{1,9})\s*=\s*(?P<long>[A-Za-z][A-Za-z ,()/-]{4,90})")
_FORMULA = re.compile(r"\b140\s*[-–−]\s*age\b", re.IGNORECASE)
_LIMITING = re.compile(r"[≥≤<>]|\b(?:must|should|at\s+least|greater|less|more)\b", re.IGNORECASE)
_POINTED_ASIDE = re.compile(
    r"exclu|inclu|criteri|eligib|prohibit|restrict|wash|limits?\b|contraindic|\bnot\b", re.IGNORECASE
)
"""What may be demanded where a sentence points to."""


def is_remark(text: Text, words: str, *, beside: bool = False) -> bool:
    """Whether each sentence of some words demands nothing of a patient.

    Args:
        text: The text that they are from.
        words: The words, whole sentences.
        beside: Whether something else is asked beside them, so that they may also point to it or explain it.
    """
    sentences = list(_sentences(words))
    return bool(sentences) and all(_demands_nothing(text, each, beside=beside) for each in sentences)


def without_remarks(text: Text, expression: Expression) -> Expression:
    """Leave the sentences that demand nothing out of an expression; where all do, tell that they do."""
    if not any(isinstance(atom, Narrative) for atom in atoms(expression)):
        return expression
    if isinstance(expression, Narrative):
        return _remark(expression) if _is_told_only(text, expression, beside=False) else expression
    kept = _kept(text, expression)
    if kept is not None:
        return kept
    told = [atom for atom in atoms(expression) if isinstance(atom, Narrative)]
    if all(_is_told_only(text, each, beside=False) for each in told):
        start = min(text.normalized.readable(each.span)[0] for each in told)
        end = max(text.normalized.readable(each.span)[1] for each in told)
        return Narrative(text.text[start:end].strip(" ;,.:"), "remark", text.span(start, end))
    return expression


def _kept(text: Text, expression: Expression, *, inside: bool = False) -> Expression | None:
    """Return what is left of an expression without its remarks; None if that is nothing.

    Among alternatives they are left out only where these are all that an exclusion is (not `inside` another
    expression).
    """
    match expression:
        case Narrative():
            return None if _is_told_only(text, expression, beside=True) else expression
        case AllOf(operands):
            told = [isinstance(each, Narrative) and _kept(text, each) is None for each in operands]
            alone = not inside and told.count(False) == 1
            return _joined(expression, [_kept(text, each, inside=not alone) for each in operands])
        case AnyOf(operands) if text.exclusion and not inside:
            return _joined(expression, [_kept(text, each, inside=True) for each in operands])
        case AnyOf(operands) if asks_of_some(expression) and _lets_some_in(text, operands):
            return None
        case AnyOf(operands):
            each = [
                one if isinstance(one, Narrative) else _kept(text, one, inside=True) or one
                for one in operands
            ]
            return _joined(expression, each)
        case _:
            return expression


def _joined(whole: AllOf | AnyOf, kept: Sequence[Expression | None]) -> Expression | None:
    if all(one is two for one, two in zip(kept, whole.operands, strict=True)):
        return whole
    left = [each for each in kept if each is not None]
    if not left:
        return None
    return all_of(left) if isinstance(whole, AllOf) else any_of(left)


def _lets_some_in(text: Text, operands: Sequence[Expression]) -> bool:
    """Whether what is asked of some is no more than the sentence that names them and lets them in."""
    if len(operands) != _PAIR:
        return False
    some, words = operands
    named = some.operand if isinstance(some, Not) else some
    if not isinstance(named, Fact) or not isinstance(words, Narrative):
        return False
    within = words.span[0] <= named.span[0] and named.span[1] <= words.span[1]
    return within and _is_told_only(text, words, beside=True)


def _remark(told: Narrative) -> Narrative:
    return replace(told, reason="remark")


def _is_told_only(text: Text, told: Narrative, *, beside: bool) -> bool:
    """Whether words that stay words are whole sentences or brackets that demand nothing."""
    start, end = text.normalized.readable(told.span)
    before, behind = text.text[:start].rstrip(" \t"), text.text[end:].lstrip(" \t")
    opens = not before or before[-1] in _BEFORE or before[-1] == "\n" or before.endswith((" -", "\n-"))
    opens = opens or text.text[start : start + 1] in ("(", "[")
    ends = (
        not behind or behind[0] in _BEHIND or behind[0] == "\n" or text.text[end - 1 : end] in (".", ";", ")")
    )
    return opens and ends and is_remark(text, told.text, beside=beside)


def _sentences(words: str) -> Iterator[str]:
    for each in _NEXT.split(words):
        plain = each.strip(_SIGNS) if each.count("(") == each.count(")") or each[:1] in "([" else each.strip()
        noted = _NOTED.match(plain)
        said = plain[noted.end() :].strip(_SIGNS) if noted is not None else plain
        if any(map(str.isalpha, said)):
            yield said


def _demands_nothing(text: Text, sentence: str, *, beside: bool) -> bool:
    if arranges(sentence) or (beside and is_idle(text, sentence)):
        return True
    told = lexicon().remark.search(sentence)
    if told is not None:
        rest = sentence[told.end() :]
        return not (_demands(rest) or _ASKING.search(rest))
    told = lexicon().advice.search(sentence)
    if told is not None:
        return not _demands(sentence[told.end() :])
    if _FORMULA.search(sentence) is not None:
        return ("=" in sentence or "×" in sentence) and _LIMITING.search(sentence) is None
    return _allows_only(sentence) or (beside and _explains(sentence))


def _demands(words: str) -> bool:
    return _DEMANDING.search(_NOT_DEMANDING.sub(" ", words)) is not None


def _allows_only(sentence: str) -> bool:
    """Whether a sentence only allows what is given or done ("bisphosphonates are permitted")."""
    found = _ALLOWED.match(sentence)
    if found is None:
        return False
    what = found["what"] or found["had"]
    return _GIVEN.search(what) is not None and _BOUNDED.search(what) is None


def _explains(sentence: str) -> bool:
    """Whether a sentence tells what letters stand for, or where to read more."""
    found = _EXPANDED.fullmatch(sentence)
    if found is not None:
        return found["short"][0].lower() == found["long"][0].lower()
    told = lexicon().pointer.search(sentence)
    return told is not None and not _demands(sentence) and _POINTED_ASIDE.search(sentence) is None
