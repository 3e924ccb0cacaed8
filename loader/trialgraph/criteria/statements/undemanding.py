"""Sentences that demand nothing of a patient: what isn't known, needn't be done, is advised or allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.elapsed import asks_treatment
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.statements.idle import arranges, is_idle
from trialgraph.criteria.statements.reproduction import UNDERTAKING, explains_reproduction
from trialgraph.criteria.trees import all_of, asks_of_some
from trialgraph.expressions import AllOf, Expression, Narrative

__all__ = [
    "Place",
    "is_undemanding",
    "leaves_free",
    "only_advises",
    "permits_list",
    "permitted_words",
    "without_permitted",
]

Place = Literal["alone", "beside", "excusing"]
"""Where a sentence stands: with nothing else, beside what is asked, or where it may excuse from a bar."""

_ADVISED = Sought(
    r"\b(?:(?:is|are|be) (?:strongly |generally )?(?:discouraged|not recommended)|should be avoided"
    r"|(?:used|given|taken) with caution)\b(?:,? but [^.;]*)?[.;]?$",
)
_URGED = re.compile(
    r"\W*(?:all\s+)?(?:patients?|subjects?|participants?|individuals|those)\b[^.;:]*\b(?:are|is|will\s+be)\s+(?:also\s+|strongly\s+)?"
    r"(?:not\s+(?:required|obliged)|requested|asked|encouraged|advised|invited)\s+to\b",
    re.IGNORECASE,
)
_PERMITTING = ("permi", "allow", "may ", "can ", "could ", "accept", "regardless")
_PERMITS = re.compile(
    r"(?!.*\b(?:if|provid\w+|unless|only|(?<!or may )not|no|must|should|shall|requir\w+|need\w*|all|long|when"
    r"|who|whose|once|after|conditions?|circumstances?|situations?|criteri\w+|exceptions?|up to|maximum)\b)"
    r".*(?:\b(?:may|can|could|might|(?:permitted|allowed|permissible)\s+to)\s+(?:also\s+|or\s+may\s+not\s+)?"
    r"(?:have\s+(?:also\s+)?(?:had|received|been|undergone)\b|receive\b|undergo\b|include\b)"
    r"|\b(?:permitted|allowed|permissible|allowable|acceptable)\b[^:]{0,40}:?\s*$|\bregardless\s+of\b[^:]*:?\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_LAST = re.compile(r"(?<=[.;])\s+")
_MARKS = " \t\n;,.:*•-–"
_SIGNS = " \t\n;,.:*•-–()[]"
_NOTED = re.compile(
    r"(?:(?:please\s+|of\s+)?(?:note|nb|n\.b\.)\b[\s:,;-]*(?:that\s+)?"
    r"|(?:however|in addition|also|thus),\s+)+",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?<=[.;)\]])\s+(?=[A-Z(\[*•])|\s+[*•]\s+|\n+")
_DEMANDING = Sought(
    r"\b(?:must|shall|exclu\w+|ineligib\w+|not\s+(?:be\s+)?(?:eligible|allowed|permitted|enrolled)|unless|except\w*"
    r"|prohibited|barred|requires?|required|have\s+to|has\s+to|need(?:s|ed)?\s+to|mandatory)\b",
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
_TAIL = (
    r"(?:\s+(?:prior\s+to|before|during|throughout|on|while\s+on|in|for)\s+(?:the\s+|this\s+)?(?:time\s+of\s+)?"
    r"(?:enrol+ment|study|trial|protocol|screening|treatment|therapy|registration|randomi[sz]ation)"
    r"(?:\s+(?:treatment|therapy|participation|entry|drugs?|period|start|eligibility))?)?"
    r"(?:\s+(?:in\s+order\s+)?to\s+(?:meet|achieve|reach|obtain|control|manage|reduce|lower|maintain|treat)\b(?P<aim>[^.;:]{0,80}))?"
)
_ALLOWED = re.compile(
    r"(?P<what>[^.;:*()\[\]]{3,200}?)\s+(?:(?:is|are|will\s+be|were)\s+)?(?:also\s+)?"
    rf"(?:allowed|allowable|permitted|permissible|acceptable){_TAIL}\s*$"
    r"|(?:patients?|participants?|subjects?|they)\s+(?:may|can)\s+(?:also\s+|still\s+)?"
    r"(?:have\s+(?:also\s+)?(?:had|received|undergone)|be\s+(?:on|receiving|taking|using|treated\s+with)|receive|take|use|undergo"
    r"|continue(?:\s+(?:to\s+(?:receive|take|use)|on|with))?)"
    r"\s+(?P<had>[^.;:*()\[\]]{3,160})$",
    re.IGNORECASE,
)
"""A sentence that does no more than allow something."""
_ANY = re.compile(
    r"any\s+(?!(?:of\s+the\s+)?following\b)(?:type\s+of\s+|number\s+of\s+)?(?:[\w/-]+\s+){0,4}?"
    r"(?:histolog\w+|subtypes?|status|history|number|types?|therap\w+|lines?|stage|gender|sex|race|age)\b",
    re.IGNORECASE,
)
"""What may be anything."""
_GIVEN = re.compile(
    r"\b(?:(?:neo)?adjuvant|(?:\w+)?therap(?:y|ies)|treatments?|(?:immuno|chemo)\w+|radiation|radiotherapy|steroids?"
    r"|(?:gluco)?corticosteroids?|bisphosphonates?|denosumab|transfusions?|growth\s+factors?|hormon\w+|vaccin\w+|anti\w+|medications?"
    r"|surger(?:y|ies)|resections?|inhibitors?|analog(?:ue)?s?|agonists?|blockers?|hydroxyurea|leukapheresis|insulin|opioids?"
    r"|prednisone|dexamethasone|supplement\w*|vitamins?|re-?screening|enrol+ment|co-?enrol+ment|heparin|aspirin|megestrol"
    r"|\w*transplant\w*|a?hs?ct|a?sct|(?:auto|allo)\w*\W(?:hs?ct|sct))\b",
    re.IGNORECASE,
)
"""What is given or done, of which some may have had it and some not."""
_BOUNDED = re.compile(
    r"\b(?:no|not|nor|never|without|only|other\s+than|unless|except\w*|if|provided|providing|as\s+long|so\s+long|must|should"
    r"|up\s+to|maximum|minimum|at\s+least|at\s+most|more|less|fewer|until|but|however|prior\s+to|after|before|since|within"
    r"|during|stable|for\s+whom|one|two|three|four|five|single|limited|least|last|required|eligible|those|patients?\s+(?:with|who)"
    r"|(?:participants?|subjects?|individuals?|those|people)\s+(?:with|who)|while|when|where|approv\w+|discuss\w*|case"
    r"|following|methods?|contracep\w+|planned|naive|newly|symptomatic|untreated|uncontrolled|active|progress\w+|refractory|failed|low|physiologic\w*|replacement)\b"
    r"|[≥≤<>%]|(?<![\w-])(?<!radium )\d",
    re.IGNORECASE,
)
"""What makes a sentence that allows something one that bounds or bars, too."""
_CHILDREN = re.compile(
    r"(?:because|since|as)\b[^.;]{0,400}?<\s*(?P<age>\d+)\s*years?\b[^.;]{0,80}?,\s*children\s+(?:are|will\s+be)\s+excluded\b"
    r"(?:(?!\b(?:if|unless|who|with)\b)[^.;]){0,100}$",
    re.IGNORECASE,
)
"""Why children are left out, below an age that was told."""
_BRACKET = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*(?:\)|$)|\[[^\[\]]*(?:\]|$)")
_HAVING = re.compile(r"(?:no|without|any)\s+(?:known|history|evidence|active|prior|current)\b", re.IGNORECASE)
"""How a sentence starts that asks for the absence of something, before it speaks of a test for it."""
_EXPANDED = re.compile(r"(?P<short>[A-Z][\w-]{1,9})\s*=\s*(?P<long>[A-Za-z][A-Za-z ,()/-]{4,90})")
_FREE = re.compile(
    r"(?:\b(?:is|are|remains?)\s+optional\W*$"
    r"|\b(?:counts?|(?:is|are|will\s+be)\s+counted)\s+as\s+(?:an?|one|1)\b"
    r"|\b(?:do|does|will|would|should|shall|is|are)\s+not\s+(?:be\s+)?(?:count(?:ed)?|considered)\s+"
    r"(?=[^.;]{0,40}?\b(?:line|regimen|number|therap|treatment)))",
    re.IGNORECASE,
)
"""How it is told of a treatment that it need not be, or makes no line of therapy."""
_FORMULA = re.compile(r"\b140\s*[-–−]\s*age\b", re.IGNORECASE)
_LIMITING = re.compile(r"[≥≤<>]|\b(?:must|should|at\s+least|greater|less|more)\b", re.IGNORECASE)
_POINTED_ASIDE = re.compile(
    r"exclu|inclu|criteri|eligib|prohibit|restrict|wash|limits?\b|contraindic|\bnot\b", re.IGNORECASE
)
"""What may be demanded where a sentence points to."""


def only_advises(words: str) -> bool:
    """Whether a sentence advises against what it names, which bars nobody for certain.

    Example:
        >>> only_advises("Use of phenytoin and rifampin is discouraged, but not contraindicated")
        True
    """
    return _ADVISED.search(words) is not None


def only_urges(words: str) -> bool:
    """Whether a sentence only urges some patients to something, or doesn't oblige them to it.

    Example:
        >>> only_urges("Patients with glioma who have stored tissue are requested to submit it")
        True
    """
    return _URGED.match(words) is not None


def leaves_free(words: str) -> bool:
    """Whether a demand's sentence only says that what it names is optional, or how it is counted.

    Example:
        >>> leaves_free("Salpingo-oophorectomy and omentectomy are optional")
        True
        >>> leaves_free("At least 2 lines, of which adjuvant therapy is not counted as one")
        False
    """
    plain = _BRACKET.sub(" ", words)
    found = _FREE.search(plain)
    return found is not None and not _demands(plain) and _LIMITING.search(plain, 0, found.start()) is None


def permits_list(lead: str) -> bool:
    """Whether a lead-in only permits what stands below it ("patients may have received:").

    Example:
        >>> permits_list("Prior treatment with the following is allowed:")
        True
        >>> permits_list("Prior chemotherapy is allowed if:")
        False
    """
    lowered = lead.lower()
    if not any(map(lowered.__contains__, _PERMITTING)):
        return False
    return _PERMITS.match(_LAST.split(lowered.strip())[-1]) is not None


def without_permitted(text: Text, place: tuple[int, int], read: Expression) -> Expression:
    """Return what an item of such a list asks besides: a washout or a limit, and no treatment."""
    parts = read.operands if isinstance(read, AllOf) else (read,)
    kept = [each for each in parts if asks_of_some(each) or not asks_treatment(each)]
    if len(kept) == len(parts):
        return read
    return all_of(kept) if kept else permitted_words(text, *place)


def permitted_words(text: Text, start: int, end: int) -> Narrative:
    """Return words that only permit something, which ask nothing of a patient."""
    return replace(narrative(text, start, end), reason="remark")


def is_undemanding(text: Text, words: str, place: Place, ages: frozenset[float] = frozenset()) -> bool:
    """Whether each sentence of some words demands nothing of a patient.

    Args:
        text: The text that they are from.
        words: The words, whole sentences.
        place: Where they stand; beside what is asked they may also explain it or point elsewhere, and where
            they may excuse someone, they mustn't allow or waive anything.
        ages: From which ages on patients are asked for beside them.
    """
    sentences = list(_sentences(words))
    return bool(sentences) and all(_demands_nothing(text, each, place, ages) for each in sentences)


def _sentences(words: str) -> Iterator[str]:
    for each in _NEXT.split(words):
        plain = each.strip(_SIGNS) if each.lstrip(_MARKS)[:1] in "([" else each.strip(_MARKS)
        noted = _NOTED.match(plain)
        said = plain[noted.end() :].strip(_MARKS) if noted is not None else plain
        if any(map(str.isalpha, said)):
            yield said


def _demands_nothing(text: Text, sentence: str, place: Place, ages: frozenset[float]) -> bool:
    if _FORMULA.search(sentence) is not None:
        return ("=" in sentence or "×" in sentence) and _LIMITING.search(sentence) is None
    if _HAVING.match(sentence) is None and arranges(sentence):
        return True
    if is_idle(text, sentence) if place != "alone" else explains_reproduction(sentence):
        return True
    plain = " ".join(_BRACKET.sub(" ", sentence).split())
    inside = " ".join(_BRACKET.findall(sentence))
    if _demands(inside):
        return False
    if place != "excusing" and _allows_only(plain) and _BOUNDED.search(inside) is None:
        return True
    return _is_told(plain, inside, place) or (
        place != "alone" and (_explains(sentence) or _restates_age(sentence, ages))
    )


def _is_told(sentence: str, inside: str, place: Place) -> bool:
    """Whether a sentence without what stands in its brackets tells, waives or advises something."""
    table = lexicon()
    for phrases in (table.remark,) if place == "excusing" else (table.remark, table.waiver):
        told = phrases.search(sentence)
        if told is not None:
            rest = sentence[told.end() :]
            return not (_demands(rest) or _ASKING.search(rest) or _ASKING.search(inside))
    told = table.advice.search(sentence)
    rest = sentence[told.end() :] if told is not None else ""
    return told is not None and not (_demands(rest) or UNDERTAKING.search(rest))


def _restates_age(sentence: str, ages: frozenset[float]) -> bool:
    """Whether a sentence tells why those are left out who are younger than patients have to be."""
    found = _CHILDREN.match(sentence)
    return found is not None and float(found["age"]) in ages


def _demands(words: str) -> bool:
    return _DEMANDING.search(_NOT_DEMANDING.sub(" ", words)) is not None


def _allows_only(sentence: str) -> bool:
    """Whether a sentence only allows what is given or done ("bisphosphonates are permitted")."""
    found = _ALLOWED.match(sentence)
    if found is None:
        return False
    what = found["what"] or found["had"]
    if " - " in what:
        return False
    free = _GIVEN.search(what) is not None or _ANY.match(what) is not None
    return free and _BOUNDED.search(what) is None and _BOUNDED.search(found["aim"] or "") is None


def _explains(sentence: str) -> bool:
    """Whether a sentence tells what letters stand for, or where to read more."""
    found = _EXPANDED.fullmatch(sentence)
    if found is not None:
        return found["short"][0].lower() == found["long"][0].lower()
    told = lexicon().pointer.search(sentence)
    return told is not None and not _demands(sentence) and _POINTED_ASIDE.search(sentence) is None
