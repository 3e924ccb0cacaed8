"""Words that ask for nothing, so that they leave nothing open.

Which test needn't be done, what is done when one is positive, what comes once treatment has started, whom to
tell of a pregnancy, where to read more and why something is asked: nothing of it follows for who is screened.
Examples of the vaccines that the sentence before bars are barred with them, and vaccines that aren't live
were never among the live ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.allowances import allows
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.members.sentences import ORDERED
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.sections.titles import is_topic
from trialgraph.criteria.statements.definitions import LETTING_IN, defines_again
from trialgraph.criteria.statements.examples import EXAMPLES
from trialgraph.criteria.statements.reproduction import (
    explains_reproduction,
    speaks_of_reproduction,
    without_explanations,
)
from trialgraph.criteria.statements.serologies import bars_positive_test
from trialgraph.expressions import Expression, Fact, Limit, Not, Value, atoms, is_judged
from trialgraph.namespaces import TGC

__all__ = [
    "NOTED",
    "adds_nothing",
    "arranges",
    "is_idle",
    "lists_tested",
    "orders_test",
    "without_idle",
    "without_idle_items",
]

NOTED = re.compile(r"(?:please\s+)?(?:note|nb|n\.b\.)(?=\W)", re.IGNORECASE)
_AGE = str(TGC.Age)
_TEST = r"(?:\w*tests?|\w*testing|screening|scans?|imaging|puncture|serolog\w+|assays?|report|review)\b"
_NEEDED = r"(?:required|needed|necessary|mandatory|mandated)\b"
_NOTE = r"\W*(?:(?:please\s+)?(?:note|nb|n\.b\.)\b[\s:,-]*(?:however[\s,]*)?(?:that\s+)?)?"
_PLAIN = r"(?:(?!\b(?:must|should|if|when|where|unless|who|but|however|only)\b)[^.;:()]){0,120}?"
_WAIVED = re.compile(
    rf"{_NOTE}(?:(?:there\s+is\s+)?no\s{_PLAIN}\b{_TEST}{_PLAIN}\b(?:(?:is|are|will\s+be)\s+)?{_NEEDED}"
    rf"|{_PLAIN}\b{_TEST}{_PLAIN}\b(?:(?:is|are|will\s+be|need)\s+)?not\s+(?:\w+ly\s+)?(?:be\s+)?{_NEEDED})"
    r"(?![^.;]*\b(?:but|however|must|should|exclu\w+|may|eligible|allowed|permitted)\b)",
    re.IGNORECASE,
)
"""How words say that a test needn't be done, of which nothing follows for anyone."""
_NEEDS = ("required", "needed", "necessary", "mandat")
_CHILDREN = re.compile(
    r"\W*(?:note\W+)?(?:because|since|as)\b[^.;]{0,400}\b(?:children|they|minors|adolescents)\b[^.;,]{0,30}\bexcluded\b"
    r"(?:(?!\b(?:if|unless|who|with)\b)[^.;]){0,100}$",
    re.IGNORECASE,
)
"""How words tell why those under an age are left out, which the age before them has told."""

_ILL = re.compile(r"diseas|illness|condition", re.IGNORECASE)
"""What is asked for where it stands among demands ("one of these: * renal disease")."""
_JOINT = re.compile(r"\W*(?:and\s*/\s*)?or\W*|\W*and\W*", re.IGNORECASE)
"""What only joins an item to the next one ("metastatic disease; and/or")."""
_LATER = re.compile(
    r"\W*note\W+(?:that\s+)?(?:(?:the\s+)?(?:patients?|subjects?|participants?),?\s+)?(?:if\s+enrolled,?\s+)?(?:they\s+)?"
    r"(?:should|must)\s+(?:not\s+)?(?:be\s+)?(?:receiv|remain|continue|given)\w*\b[^.;]*"
    r"\b(?:during|while|whilst|throughout|following)\s+(?:the\s+)?(?:receiving\s+|on\s+|enrolled\s+|in\s+)*"
    r"(?:stud|trial|treat|particip|interven|therap)",
    re.IGNORECASE,
)
"""How a note opens on what is to be done once treatment has started, of which nothing follows before."""
_LETTING = re.compile(
    r"\b(?:allow(?:ed|able)|permitted|eligible|acceptable|participate|enroll?(?:ed)?|not excluded)\b",
    re.IGNORECASE,
)
_SAYING_MORE = re.compile(
    r"[a-z)][.;]\s+[A-Z]|(?<!not )\bexclu|\bineligible|\bnot\s+(?:be\s+)?(?:allow|permit|eligib|accept)"
)
_TESTS = (
    r"(?:tests?|testing|pretesting|screening|imaging|scans?|E[CK]Gs?|biops(?:y|ies)|evaluations?"
    r"|assessments?)"
)
_ARRANGING = re.compile(
    rf"\bno\b[^.;]{{0,30}}\b{_TESTS}\b[^.;]{{0,60}}\b(?:is|are)\s+(?:required|needed|necessary)\b"
    rf"|\b{_TESTS}\b[^.;]{{0,80}}?\b(?:not\s+(?:be\s+)?(?:required|needed|mandatory|necessary|performed)"
    r"|not\s+need|need\s+not|required\s+(?:at|only)"
    r"|(?:will|should|must|to)\s+be\s+(?:\w+ly\s+)?(?:performed|conducted|repeated|obtained|required|done))\b"
    rf"|\b(?:must|should|will)\s+undergo\s[^.;]{{0,60}}(?:{_TESTS}|\b(?:CT|MRI|tomography|puncture)\b)"
    r"|\brequires?\s[^.;]{0,30}\b(?:assessments?|evaluations?)\b|\bno\s+requirement\s+to\s+(?:screen|test)\b"
    r"|\bpuncture\s[^.;]{0,80}\bnot\s+need\b"
    r"|\bshould\s+not\s+receive\s+(?:an?\s+)?live\s+vaccines?\s+(?:during|while|whilst)\b"
    r"|\bbreast\s+milk\s+cannot\s+be\s+stored\b",
    re.IGNORECASE,
)
_BEARING = re.compile(
    r"(?<!if )\benrol|eligib|allow|permi[st]|exclu|except|acceptab|includ|prohibit|admit|\bmay\b"
    r"|\bwithout\s+(?:\w+\s+)?(?:transfus|support|requir)|\bif\b(?! enrol)"
    r"|\bpositive\b|\bnegative\b|\bapplicable\b|\bappl(?:y|ies)\b",
    re.IGNORECASE,
)
"""What makes a note about tests one about who can enter."""
_ECG = r"(?:E[CK]Gs?|electrocardio\w+(?:\s*\(E[CK]Gs?\))?)"
_MEASURED = Sought(
    rf"{_NOTE}(?:if\s+a\s+single\s+{_ECG}\b(?:[^.;]|\.(?!\s))*\bmust\s+be\s+performed\b"
    rf"|triplicate\s+{_ECG}\b[^.;]*\bperformed\s+and\s+the\s+average\b"
    r"|in\s+the\s+(?:event|case)\s+(?:that\s+)?(?:\d+\s+\w+\s+have\s+elapsed\s+between\s+the\s+screening\s+pregnancy\s+test\b"
    rf"|of\s+potentially\s+correct[ia]ble\s+causes\s+of\s+QT\s+prolongation\b[^;]*\btriplicate\s+{_ECG}\s+may\s+be\s+repeated\b)"
    r"|without\s+known\s+history,?\s+testing\s+needs\s+to\s+be\s+performed\b"
    r"|hepatitis\s+C\s+antibody\s+(?:\(\w+\)\s+)?testing\s+is\s+allowed\s+for\s+screening\s+purposes\b"
    r"|(?:[\w()/-]+\s+){1,12}(?:should|must|will)\s+be\s+calculated\s+(?:as|using|by|from|with)\b)[^.;≤≥<>]*\W*",
)
"""How a sentence tells how something is measured, or that it is again, of which nothing follows."""
_TESTED_FOR = (
    r"(?:\bhepatitis\b|\bhep\s[BC]\b|\bH[BCI]V\b|\bHB[sc]A[gb]\b|\banti-?\s?HBc|\bviral\s+loads?\b"
    r"|\bserolog|\bpregnancy\s+(?:test|status))"
)
_RULED = (
    r"(?:is|are|to\s+be|(?:must|should|will|shall|needs?\s+to|ha(?:s|ve)\s+to)\s+"
    r"(?:also\s+|then\s+)?(?:be|undergo|have))"
)
_TESTED = re.compile(
    rf"{_NOTE}(?=[^.;]*{_TESTED_FOR})"
    r"(?:[^.;]*?\b(?:\w*tests?|\w*testing|screening|serolog\w+|DNA|RNA|PCR|quantitation|status"
    rf"|determination|assays?)\b[^.;]*?\b{_RULED}\s+(?:\w+ly\s+)?(?:performed|obtained|done|conducted|mandatory|optional"
    r"|repeated|recommended|collected|carried\s+out|checked|measured|required(?!\s+to)|tested|assessed|monitored)"
    rf"|[^.;]*?\b{_RULED}\s+(?:\w+ly\s+)?(?:tested|screened|monitored|checked)(?:\s+(?:for|with|every|by|using)\b|$)"
    r"|[^.;]*?\b(?:(?:will|would|shall)\s+)?(?:requires?|needs?)\s[^.;]*?"
    r"\b(?:tests?|testing|screening|evaluation|monitoring|PCR|DNA|RNA|reaction|serolog\w+)\b)"
    r"[^.;]*\W*",
    re.IGNORECASE,
)
"""How a sentence tells that a test for a virus or pregnancy is to be done, by which nobody is let in."""
_IN_CASE = re.compile(
    r"\b(?:with|if|who|whose|when|in\s+case\s+of)\b(?:(?!\b(?:must|should|will|shall|needs?|is\s+required)\b)[^.;,])*?"
    r"\b(?:positive|negative|reactive|detectable)\b(?:[^.;,]{0,40}?\b(?:but|and|or)\s+(?:positive|negative)\b)?",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"negative|positive|detect|eligib|exclu|ineligib|allow|permit|enroll?ed|\bnormal\b|below|less\s+than|limit|[<>≤≥]"
    r"|\bno\b|\bnot\b(?!\s+(?:be\s+)?(?:mandatory|required|needed|necessary))|cured|suppress|prophyla"
    r"|must\s+receive|\bon\s+(?:\w+\s+)?therapy|anti-?\s?(?:retro)?viral|contracep|birth\s+control|agree|willing",
    re.IGNORECASE,
)
"""What says what such a test has to find, or asks for something else."""
_LIVE = frozenset({str(TGC.LiveVaccine), str(TGC.LiveAttenuatedVaccine)})
_VACCINE = re.compile(r"vaccin|immuni[sz]", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:must|should|agree)\b", re.IGNORECASE)
_REASON = re.compile(
    r"\W*(?:(?:please\s+)?note(?:\s+that)?\b\W*)?"
    r"(?:these (?:potential )?risks? may also apply"
    r"|(?:in addition|furthermore|moreover),? these (?:patients|individuals|participants|subjects) are at "
    r"|there is an unknown but potential risk|the effects? of [^.;]{3,160} (?:is|are) (?:unknown|not known)"
    r"|because the lists? of these agents)",
    re.IGNORECASE,
)
"""How a sentence starts that gives a reason."""
_ASKING = re.compile(
    r"\b(?:must|exclu|ineligib|eligib|not allowed|agree|discontinue|have to|required to|if so"
    r"|women|female|menopaus)",
    re.IGNORECASE,
)
_NO_EXCEPTION = re.compile(r"\W*th(?:is|e|ese) exceptions? (?:do|does) not include\b", re.IGNORECASE)
_SAID_AGAIN = re.compile(
    r"\W*(?:note\W+)?(?:these|such|those)\s+(?:patients|subjects|participants|individuals|women|people|persons)\s+"
    r"(?:are|will\s+be|should\s+be|must\s+be)\s+(?:excluded|ineligible|not\s+eligible)"
    r"(?:\s+(?:from|for)\s+(?:the|this)\s+(?:study|trial))?\W*(?:(?:because|since|due\s+to|as)\b.*)?",
    re.IGNORECASE | re.DOTALL,
)
"""How a sentence says of those whom the one before it bars that they are barred."""
_SUSPECTED = re.compile(
    rf"{_NOTE}[^.;]{{1,80}}\btest(?:ing)?\b[^.;]{{0,12}}\bis\s+required\b[^.;]{{0,30}}\bsuspected\s+of\b[^.;]*\band\s+\w+"
    r"\s+must\s+be\s+excluded\s+if\b[^;]*",
    re.IGNORECASE,
)
"""How a sentence tells that those in whom a disease is suspected are tested, and barred by the same limit."""
_HEADS = re.compile(
    r"(?![^:]*\b(?:such as|includ|allow|permi|eligib|except|enrol|may\b|not exclu))"
    r"(?:[^.;:]*\b(?:following|criteria|cohorts?|arms?|parts?)\b[^.;:]{0,60}|[^.;:()]{1,40}(?:\([^()]*\))?\s*):",
    re.IGNORECASE,
)
"""The last item of a criterion that only heads the criteria below it ("Presence of the following:")."""
_UNSAID = re.compile(r"\W*(?:(?:please\s+)?note(?:\s+that)?\b)?\W*", re.IGNORECASE)
"""What may stand before words that add nothing."""
_TIMED = re.compile(r"\d\s*(?:hour|day|week|month)", re.IGNORECASE)
_EXPLAINED = re.compile(
    r"\b(?:allow|permit|accept|may be)|\b(?:is|are)\s+(?:\w+\s+)?(?:killed|inactivated|not\s+live)\b",
    re.IGNORECASE,
)
"""What lets a vaccine be given, or tells why, so that a time beside it bars nobody."""
_NOT_LIVE = re.compile(
    r"\b(?:killed|inactivated|non-?live|seasonal|influenza|flu|covid|sars)\b", re.IGNORECASE
)


def arranges(words: str) -> bool:
    """Whether words say how something is measured, that a test isn't needed, or in a note how it is done.

    Example:
        >>> arranges("Note: no HIV testing is required unless mandated by local health authority.")
        True
        >>> arranges("HIV testing is required.")
        False
    """
    lowered = words.lower()
    if any(need in lowered for need in _NEEDS) and _WAIVED.match(words):
        return True
    if _MEASURED.fullmatch(words):
        return True
    noted = NOTED.match(words) is not None
    return noted and _ARRANGING.search(words) is not None and _BEARING.search(words) is None


def lists_tested(words: str) -> bool:
    """Whether a list only tells in which cases a test is done ("HIV testing is not required unless: …").

    Example:
        >>> lists_tested("HIV testing is not required unless: * Known history of HIV * As mandated by law")
        True
        >>> lists_tested("HIV testing is not required unless: * Known HIV. Those with HIV are eligible")
        False
    """
    return _WAIVED.match(words) is not None and _BEARING.search(words) is None


def without_idle(text: Text, sentences: Sequence[list[Chunk]]) -> list[list[Chunk]]:
    """Leave out sentences that ask for nothing, behind those that do.

    A sentence that is a bracket is what stands in it, if that allows something of the one before.
    """
    sentences = without_explanations(text, sentences)
    kept = list(sentences[:1])
    for sentence in sentences[1:]:
        words = _words(text, sentence)
        if not (
            arranges(words)
            or _JOINT.fullmatch(words)
            or _LATER.match(words)
            or _explains_age(text, sentence, kept)
            or (not text.exclusion and sentence is sentences[-1] and _is_title(words))
        ):
            kept.append(_opened(text, sentence))
    return kept


def without_idle_items(text: Text, outline: Outline) -> Outline:
    """Leave out the items of a list that ask for nothing, unless there is nothing else."""
    bearing = speaks_of_reproduction(text)
    if not outline.items:
        return outline
    lead = text.text[outline.start : outline.lead_end].strip()
    titled = not (text.exclusion or offers_choice(lead))
    told = tuple(
        item
        for item in outline.items
        if item.items
        or not (
            _asks_nothing(text, item, bearing=bearing)
            or (titled and _is_title(text.text[item.start : item.end]))
        )
    )
    if len(told) == len(outline.items) or not (told or lead):
        return outline
    return replace(outline, items=told, end=outline.end if told else outline.lead_end)


def _asks_nothing(text: Text, item: Outline, *, bearing: bool) -> bool:
    words = text.text[item.start : item.end].strip()
    heads = text.exclusion and item.end == len(text.text) and _HEADS.fullmatch(words) is not None
    return heads or arranges(words) or is_idle(text, words) or (bearing and explains_reproduction(words))


def _is_title(words: str) -> bool:
    """Whether words only tell what the demands behind them are about ("Renal function:")."""
    return is_topic(words.strip(" :;.°-")) and _ILL.search(words) is None


def _words(text: Text, sentence: Sequence[Chunk]) -> str:
    return text.text[sentence[0].start : sentence[-1].end] if sentence else ""


def _explains_age(text: Text, sentence: Sequence[Chunk], before: Sequence[Sequence[Chunk]]) -> bool:
    """Whether a sentence only tells why children are left out, below the age that was asked for before."""
    if "excluded" not in text.lowered:
        return False
    named = [limit for chunk in sentence if (limit := _age(chunk)) is not None]
    if len(named) != 1 or named[0].high is None or not _CHILDREN.match(_words(text, sentence)):
        return False
    asked = [limit for each in before for chunk in each if (limit := _age(chunk)) is not None]
    return any(each.low == named[0].high for each in asked)


def _age(chunk: Chunk) -> Limit | None:
    """Return the limit of an age, which stands behind "patients" without its name ("patients < 18 years")."""
    if chunk.kind == "limit" and chunk.limit is not None and chunk.limit.unit is not None:
        return chunk.limit.limit if chunk.limit.unit.ucum == "a" else None
    told = chunk.expression
    return told.limit if isinstance(told, Value) and told.concept == _AGE else None


def _opened(text: Text, sentence: list[Chunk]) -> list[Chunk]:
    """Return the words of a sentence that stands in brackets and allows something; any other as it is."""
    told = [chunk for chunk in sentence if chunk.kind != "sign"]
    if len(told) != 1 or told[0].kind != "bracket" or not allows(told[0].inner):
        return sentence
    words = _words(text, told[0].inner)
    return (
        list(told[0].inner)
        if _LETTING.search(words) and not _SAYING_MORE.search(words.replace("NOT", "not"))
        else sentence
    )


def adds_nothing(text: Text, sentence: Sequence[Chunk], read: Sequence[Expression]) -> bool:
    """Whether a sentence leaves what the sentences before it say as it is.

    Args:
        text: The text under reading.
        sentence: Its chunks.
        read: What the sentences before it say.
    """
    told = [atom for each in read for atom in atoms(each) if is_judged(atom)]
    if not told:
        return False
    words = text.text[sentence[0].start : sentence[-1].end]
    if is_idle(text, words) or (_REASON.match(words) and _ASKING.search(words) is None):
        return True
    if orders_test(words) or (text.exclusion and (_SAID_AGAIN.fullmatch(words) or ORDERED.match(words))):
        return True
    if text.exclusion and _SUSPECTED.fullmatch(words) and _limits_again(sentence, told):
        return True
    if text.exclusion and bars_positive_test(words, told):
        return True
    if text.exclusion and "define" in text.lowered and defines_again(text, sentence):
        return True
    if _NO_EXCEPTION.match(words) and {chunk.term.iri for chunk in sentence if chunk.term is not None} <= {
        atom.concept for atom in told if isinstance(atom, Fact | Value)
    }:
        return True
    barring = text.exclusion or all(isinstance(each, Not) for each in read)
    live = barring and all(isinstance(atom, Fact) and atom.concept in _LIVE for atom in told)
    vaccines = live and _VACCINE.search(words) is not None and _ASKED.search(words) is None
    barred = _TIMED.search(words) is not None and _EXPLAINED.search(words) is None
    harmless = _NOT_LIVE.search(words) is not None and not barred
    return vaccines and (EXAMPLES.match(words) is not None or harmless)


def _limits_again(sentence: Sequence[Chunk], told: Sequence[Expression]) -> bool:
    """Whether the limits of a sentence are those that the sentences before it have told."""
    limits = [chunk.expression for chunk in sentence if isinstance(chunk.expression, Value)]
    before = [(each.concept, each.limit) for each in told if isinstance(each, Value)]
    return bool(limits) and all((each.concept, each.limit) in before for each in limits)


def orders_test(words: str) -> bool:
    """Whether a sentence only says that a test for a virus or pregnancy is to be done, whatever it finds.

    Example:
        >>> orders_test("HBV DNA must be obtained in patients with positive hepatitis B core antibody.")
        True
        >>> orders_test("Those with hepatitis B must be tested and have a negative PCR.")
        False
    """
    return _TESTED.fullmatch(words) is not None and _FINDING.search(_IN_CASE.sub(" ", words)) is None


def is_idle(text: Text, words: str) -> bool:
    """Whether words tell what is done when a test is positive, whom to inform or where to read more."""
    found = text.search(lexicon().idle, words)
    told = found is not None and _UNSAID.fullmatch(words[: found.start()]) is not None
    return told and LETTING_IN.search(words) is None
