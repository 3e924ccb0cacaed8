"""What is told and asked of women or men alone: childbearing potential, contraception, pregnancy tests.

Sentences that explain who is past childbearing, which methods count or who needs no test ask nothing. What is
asked of one sex, also where it stays words, leaves nothing open for the other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.cases import asked_of
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Category, Expression, Fact, Narrative, Not, atoms, is_judged
from trialgraph.namespaces import TGC

__all__ = [
    "UNDERTAKING",
    "asked_of_sexes",
    "explains_list",
    "explains_reproduction",
    "speaks_of_reproduction",
    "without_explanations",
]

_SPEAKING = (
    "bearing", "contracep", "birth control", "menopaus", "abstinen", "wocbp", "fcbp", "steril",
    "reproductive", "pregnan", "sperm", "condom", "abstain",
)  # fmt: skip
_DEFINED = ("bearing", "cbp", "menopaus", "steril", "fertil", "contracept", "birth control")
"""Of what a definition may be that asks nothing."""
_BEARING = (
    r"(?:child-?\s?bearing|reproductive)\s+(?:potential|age|status|capacity)|\b[wf]oc?bp\b|\bwcbp\b"
    r"|(?:potential\s+for|(?:able|potential|ability)\s+to\s+(?:become|get))\s+pregnan(?:cy|t)"
)
_STATE = rf"(?:{_BEARING}|menopaus|child-?\s?bearing|surgically\s+steril|permanently\s+steril|steril[ei])"
_METHODS = r"(?:contracepti\w*|birth\s+control|abstinence|barrier\s+methods?|double[\s-]barrier)"
_NOTE = r"\W*(?:(?:please\s+)?(?:note|nb|n\.b\.|definition)\b[\s:,-]*(?:that\s+)?)?"
_PLAIN = r"(?:(?![.;]\s+[A-Z])[^:;]){0,160}?"
_EXPLAINING = re.compile(
    rf"{_NOTE}(?:"
    rf"{_PLAIN}{_STATE}{_PLAIN}\b(?:is|are|will\s+be|was)\s+(?:\w+ly\s+)?(?:not\s+)?(?:\w+ly\s+)?(?:being\s+)?"
    r"(?:defined|considered|classified|regarded|those|an?|one|any(?:one|body)?|all\s+(?:women|females|individuals))\b"
    rf"|{_PLAIN}\b(?:is|are|will\s+be)\s+(?:\w+\s+)?(?:considered|deemed|defined)\b{_PLAIN}{_STATE}"
    rf"|{_PLAIN}{_STATE}{_PLAIN}\b(?:includes?|means|refers?\s+to)\b"
    rf"|{_PLAIN}\bto\s+be\s+considered\b{_PLAIN}(?:menopaus|steril|child-?\s?bearing)"
    rf"|(?:(?:examples?\s+of|the\s+following|some|other|periodic|total|true|sexual|complete|highly|medically)\s+)*"
    rf"(?:(?:effective|acceptable|adequate|appropriate|reliable|approved|suitable|recommended|allowed)\s+)?"
    rf"(?:\w+\s+){{0,3}}?{_METHODS}{_PLAIN}\b(?:includes?|consists?\s+of|is|are|comprises?|may\s+include)\b"
    rf"(?!\s+(?:not\s+)?(?:to\s+be\s+)?(?:required|used|needed|necessary|practiced|mandatory|continued))"
    rf"|{_METHODS},?\s+(?:for|during|throughout)\s+the\s+(?:course|duration|entire)\b"
    rf"|in\s+addition\s+to\s+(?:\w+\s+)?{_METHODS}\s+methods,?\W+(?:\w+\s+)?{_METHODS}\W+(?:also\s+)?includes\b"
    rf"|(?:the\s+following|these)\s+(?:are|is)\s+(?:\w+\s+){{0,5}}{_METHODS}"
    rf"|{_PLAIN}\b(?:(?:is|are|do|does|need)\s+not\s+(?:be\s+)?(?:require[ds]?|needed?|necessary)|exempt)\b"
    rf"{_PLAIN}(?:pregnancy\s+test|{_METHODS})"
    rf"|(?:pregnancy\s+test\w*|{_METHODS})\s+(?:is|are|need|does|do)\s+not\s+(?:be\s+)?(?:required?|needed?|necessary)"
    rf"|{_PLAIN}\b(?:will|should|must)\s+be\s+(?:instructed|counsell?ed|informed|advised|educated|made\s+aware)\b"
    r")",
    re.IGNORECASE,
)
"""How a sentence opens that explains who can bear children, or by what pregnancy is avoided."""
_ABOUT = re.compile(
    rf"{_NOTE}(?:(?:the|an?|all|any|other|for|this|study|protocol|trial|purposes?|of|female|adult|non|not|no|in|addition|to|routine"
    r"|however|pre-?menopausal|fertile|examples?|following|these|some|periodic|total|true|sexual|complete|highly"
    r"|medically|effective|acceptable|adequate|appropriate|reliable|approved|suitable|recommended|allowed|hormonal|only"
    r"|sexually|active|pregnant|both|list)\W+){0,8}"
    r"(?:wom[ae]n|females?|m[ae]n|males?|patients?|participants?|subjects?|individuals?|persons?|people|those|azoosperm"
    r"|child|repro|wocb|fcbp|wcbp|menopaus|post-?menopaus|surgical|permanent|steril|contracep|birth|abstinence|barrier"
    r"|methods?|pregnancy|double|definition|potential|focb)",
    re.IGNORECASE,
)
"""With whom or what such a sentence begins."""
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_OPEN = re.compile(r"(?:\b(?:as|if|they|following|criteria)|:)\W*$", re.IGNORECASE)
"""How words end below which a list goes on."""
_TO_BE_HELD = re.compile(
    r"\b(?:to\s+be\s+(?:considered|classified|deemed|defined)|in\s+order\s+to\s+be)\b", re.IGNORECASE
)
_ASKING = re.compile(
    r"\b(?:must|should|shall|agree|willing|have\s+to|has\s+to|negative|positive|exclu\w+|ineligible|eligible"
    r"|(?<!not )(?<!not be )(?:required|needed)|allowed|permitted|prohibited|breast-?feed\w*|lactat\w+"
    r"|unless\s+(?:they|she|the\s+patient)\s+(?:is|are)\s+using)\b",
    re.IGNORECASE,
)
_MENOPAUSE = re.compile(
    r"\bfsh\b|follicle[\s-]stimulating|menopaus|amenorrh|\bmenses\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\W*(?:(?:or|and)\s+)?(?:\d|[a-e]|i{1,3}|iv)[.)]\s", re.IGNORECASE)
"""How the next item of a definition starts."""
_GUARDING = re.compile(r"contracep|birth\s+control|pregnan|abstain|abstinen|willing|agree", re.IGNORECASE)
_TOLD_SO = re.compile(
    r"\b(?:will|should|must)\s+be\s+(?:instructed|counsell?ed|informed|advised|educated|made\s+aware)\b",
    re.IGNORECASE,
)
UNDERTAKING = re.compile(r"\b(?:must|should|willing|agree\w*|sign|consent\w*)\b", re.IGNORECASE)
"""What is asked of patients besides being informed ("are counselled on and willing to use")."""

_FERTILE = str(TGC.ChildbearingPotential)
_VASECTOMY = str(TGC.Vasectomy)
_PARTNERS = re.compile(r"(?:and\s+)?(?:whose\s+partner|they\s+and\s+their)", re.IGNORECASE)
"""How words start on a man and his partner."""
_UNWILLING = re.compile(
    r"\b(?:unwilling|refus\w+|(?:not|un)\s*(?:be\s+)?(?:willing|using|use|able|agree))\b", re.IGNORECASE
)
_OR_OTHERS = re.compile(
    r"(?:\s*\([^()]*\))?\s*(?:and|or|and/or)\s+(?:[\w-]+\s+){0,3}?(?:fe)?m(?:[ae]n|ales?)\b", re.IGNORECASE
)
"""How the other sex follows, of which the rest is told as well."""
_AND_BEING = re.compile(r"(?:\s*\([^()]*\))?\s*and\s+(?:is|are|who\s+(?:is|are))\b", re.IGNORECASE)
_FACTS: dict[str, tuple[str, str, Category]] = {
    "fertile": (str(TGC.ChildbearingPotential), "childbearing potential", "reproductive"),
    "female": (str(TGC.FemaleSex), "female sex", "demographic"),
    "male": (str(TGC.MaleSex), "male sex", "demographic"),
}
"""Whom a sentence may be about alone, the narrower ones first."""
_LEADING = (
    r"\W*(?:note\W+)?(?:(?:for|if|in|all|any|each|every|the|a|an|both|adult|eligible|enrolled|sexually|active"
    r"|fertile|adolescent|heterosexual(?:ly)?|pre-?menopausal|post-?menopausal|pregnant|lactating"
    r"|non-?sterili?(?:zed|sed)?|vasectomi[sz]ed|willingness\s+of|agreement\s+by|potentially)\s+)*"
)
_WOMEN = r"(?:females?|wom[ae]n|girls?)"
_WORDS = {
    "fertile": rf"(?:wocbp|fcbp|{_WOMEN}(?:\s+(?:patients?|participants?|subjects?|volunteers?))?"
    r"\s+(?:who\s+are\s+)?(?:of|with)\s+child-?\s?bearing\s+potential)",
    "female": _WOMEN,
    "male": r"(?:males?|m[ae]n|boys?)",
}
_SUBJECT = {
    sex: re.compile(
        rf"{_LEADING}(?P<who>{words})\b(?!\s*(?:partner|(?:and|or)\b|/|condom|sterili|factor))",
        re.IGNORECASE,
    )
    for sex, words in _WORDS.items()
}
_NO_PARTNER = r"(?!\s+(?:sex\w*\s+)?(?:partner|condom|sterili|latex))"
_NO_MEN = re.compile(
    rf"(?<!with a )(?<!with )(?<!her )(?<!their )\bm(?:ale|en|an)s?\b{_NO_PARTNER}", re.IGNORECASE
)
_OTHERS = {
    "fertile": _NO_MEN,
    "female": _NO_MEN,
    "male": re.compile(
        r"(?<!with )(?<!with any )(?<!his )(?<!their )(?<!a )(?<!non-pregnant )(?<!impregnate )(?<!pregnant )"
        rf"\b(?:females?|wom[ae]n)\b{_NO_PARTNER}",
        re.IGNORECASE,
    ),
}
"""Words for the other sex that aren't about a partner."""
_EVERYBODY = re.compile(
    r"[.;]\s+(?:all|both|any|each|every|the)?\s*(?:other\s+)?(?:patients?|participants?|subjects?|individuals?|persons?|volunteers?)\b",
    re.IGNORECASE,
)
_RULING = re.compile(
    r"\b(?:must|should|shall|will|agree\w*|willing|unwilling|refus\w+|refrain|needs?|ha(?:s|ve)\s+to|required|for|practic\w+)\b",
    re.IGNORECASE,
)
_OF_REPRODUCTION = re.compile(
    r"contracep|birth\s+control|abstain|abstinen|sperm|semen|condom|\begg|oocyte|\bova\b|barrier|pregnan|breast-?\s?feed|nursing"
    r"|lactat|child-?\s?bearing|reproductive|steril[ei]|vasectom|hysterectom|menopaus|\biud\b|father|conceiv|fertil",
    re.IGNORECASE,
)


def speaks_of_reproduction(text: Text) -> bool:
    """Whether anything in a text may be about childbearing or contraception."""
    return _speaks(text.lowered)


@lru_cache(maxsize=64)
def _speaks(lowered: str) -> bool:
    """Whether words in lower case have one that tells of it; several rules ask for the same text."""
    return any(map(lowered.__contains__, _SPEAKING))


def explains_reproduction(words: str) -> bool:
    """Whether a sentence only explains who can bear children, what counts as contraception or whom to tell.

    Example:
        >>> explains_reproduction("Women are considered postmenopausal after 12 months of amenorrhea.")
        True
        >>> explains_reproduction("Women of childbearing potential must use contraception.")
        False
    """
    plain = _BRACKETS.sub(" ", words)
    if not _ABOUT.match(plain) or not _EXPLAINING.match(plain) or _OPEN.search(words):
        return False
    asking = _ASKING.search(words)
    if asking is None or _TO_BE_HELD.search(words) is not None:
        return True
    informed = _TOLD_SO.search(words)
    return informed is not None and UNDERTAKING.search(words, informed.end()) is None


def explains_list(words: str) -> bool:
    """Whether a definition and the list that goes with it only explain, and ask for nothing besides.

    Example:
        >>> explains_list("A WOCBP is any woman who: 1) has a uterus; or 2) has had menses")
        True
        >>> explains_list("A WOCBP is any woman who has had menses. She must use contraception.")
        False
    """
    asking = _ASKING.search(_BRACKETS.sub(" ", words))
    told = any(map(words.lower().__contains__, _DEFINED))
    return told and asking is None


def without_explanations(text: Text, sentences: Sequence[list[Chunk]]) -> Sequence[list[Chunk]]:
    """Leave out the sentences that only explain, and those behind them that tell more of menopause."""
    if not speaks_of_reproduction(text):
        return sentences
    kept: list[list[Chunk]] = []
    explained = False
    for sentence in sentences:
        words = text.text[sentence[0].start : sentence[-1].end] if sentence else ""
        if explains_reproduction(words) or (explained and _tells_more(text, sentence, words)):
            explained = True
        else:
            kept.append(sentence)
    return kept or sentences


def _tells_more(text: Text, sentence: Sequence[Chunk], words: str) -> bool:
    """Whether a sentence goes on explaining: of menopause, or as the next item of the same definition."""
    if _MENOPAUSE.search(words) is not None and _GUARDING.search(words) is None:
        return True
    parted = bool(sentence) and text.text[: sentence[0].start].rstrip()[-1:] in (";", ",", ":")
    return (parted or _NUMBERED.match(words) is not None) and _ASKING.search(words) is None


def asked_of_sexes(text: Text, expression: Expression) -> Expression:
    """Return an expression with what it keeps in words of one sex asked of that sex only.

    A part of it counts that has to hold by itself ("men must agree to use condoms"), not one of a choice.
    """
    if text.exclusion:
        each = expression.operands if isinstance(expression, AnyOf) else (expression,)
        told = [_of_fertile(text, part, each) for part in _of_fertile_men(text, each)]
        return any_of([part for part in told if part is not None])
    each = expression.operands if isinstance(expression, AllOf) else (expression,)
    return all_of([_asked(text, part) for part in _of_fertile_men(text, each)])


def _of_fertile_men(text: Text, parts: Sequence[Expression]) -> Sequence[Expression]:
    """Return parts with what is asked of men without a vasectomy, and their partners, asked of them alone."""
    for at, (part, told) in enumerate(itertools.pairwise(parts)):
        operated = part.operand if isinstance(part, Not) else None
        if not isinstance(operated, Fact) or operated.concept != _VASECTOMY:
            continue
        if isinstance(told, Narrative) and _PARTNERS.match(told.text) is not None:
            iri, label, category = _FACTS["male"]
            man = Fact(iri, label, category, span=operated.span)
            if operated.modifiers.get("qualifier", "").lower() == "sexually active":
                operated = replace(operated, modifiers={})
            asked = all_of([man, part, told]) if text.exclusion else any_of([Not(man), operated, told])
            return [*parts[:at], asked, *parts[at + 2 :]]
    return parts


def _of_fertile(text: Text, part: Expression, barred: Sequence[Expression]) -> Expression | None:
    """Return what bars who may bear children where she is only named beside it, None for nothing else.

    "A woman of childbearing potential and is pregnant" is pregnant, and "women of childbearing potential or
    fertile men unwilling to use contraception" are both unwilling.
    """
    if not isinstance(part, Fact) or part.concept != _FERTILE or part.modifiers:
        return _asked(text, part)
    behind = text.text[text.normalized.readable(part.span)[1] :]
    if len(barred) > 1 and _AND_BEING.match(behind) is not None:
        return None
    unwilling = (each for each in barred if isinstance(each, Narrative) and _UNWILLING.search(each.text))
    ruled = next(unwilling, None) if _OR_OTHERS.match(behind) is not None else None
    return part if ruled is None else all_of([part, ruled])


def _asked(text: Text, part: Expression) -> Expression:
    judged = [atom for atom in atoms(part) if isinstance(atom, Narrative) or is_judged(atom)]
    told = [atom for atom in judged if isinstance(atom, Narrative)]
    if not told or judged[0] is not told[0]:
        return part
    words = ". ".join(each.text for each in told)
    for sex, (iri, label, category) in _FACTS.items():
        subject = _SUBJECT[sex].match(words)
        if subject is not None and _concerns_alone(sex, words):
            start = text.text.find(told[0].text)
            place = (
                text.span(start + subject.start("who"), start + subject.end()) if start >= 0 else told[0].span
            )
            return asked_of(text, Fact(iri, label, category, span=place), part)
    return part


def _concerns_alone(sex: str, words: str) -> bool:
    """Whether words rule something about reproduction, and nothing for the other sex or for everybody."""
    if _OTHERS[sex].search(words) or _EVERYBODY.search(words):
        return False
    return _OF_REPRODUCTION.search(words) is not None and _RULING.search(words) is not None
