"""Where one statement ends and the next one starts, also where the signs between them are lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.language.offers import lets_in, offers_choice
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.laboratory import starts_tests, with_tests_opened
from trialgraph.expressions import Window
from trialgraph.namespaces import TGC

__all__ = ["ORDERED", "sentences_of", "time_of_label", "with_list"]

_ABBREVIATED = frozenset(
    ["e.g", "i.e", "vs", "approx", "no", "inc", "etc", "dr", "st", "fig", "max", "min", "incl", "resp", "gr"]
)
_LETTERED = re.compile(r"\b[A-E](?:\s*,\s*|\s+)(?:(?:and|or|and/or)\s+)[A-E]$|\b[A-E]/[A-E]$")
"""A letter that ends a list of them ("hepatitis B or C. Patients …"), and is no initial."""
_NEAR = 20
_OPENING = frozenset({"condition", "negation"})
_TURNING = frozenset({"condition", "allowance", "barring"})
_ENDS = frozenset({".", ";", "-"})
_BULLETS = frozenset({"*", "•"})
_PARTING = _BULLETS | {"-", ":"}
_LETTERS = 4
_RUN_TOGETHER = re.compile(rf"[a-z]{{{_LETTERS}}}\.[A-Z][a-z]{{2}}")
"""The end of a sentence and the start of the next, where the blank between them is lost."""
_FEW = 2
_LASTING = re.compile(r"[≥>]\s*\d+\s*(?:day|week|month|hour|year)s?\b", re.IGNORECASE)
_SEX_AND_LIMIT = 2
ORDERED = re.compile(
    r"\W*(?:these|such|those)\s+(?:patients|participants|subjects|individuals)\s+(?:should|must|will)\s+"
    r"(?:receive|be\s+(?:given|treated|started)|take|start)\b",
    re.IGNORECASE,
)
"""How it is told what is given to those who are let in ("these patients should receive prophylaxis")."""
_LONGEST_LEAD = 10
_SHORT = 5
_APART = frozenset({"with", "without"})
_RELATIVE = frozenset({"that", "which", "who"})
_LONGEST_ASIDE = 14
_RESTATED = re.compile(r"Must (?:be|have)\b|Healthy volunteers\b")
_NEOPLASM, _MALIGNANT = str(TGC.Neoplasm), str(TGC.MalignantNeoplasm)
_METASTASIS = str(TGC.MetastaticMalignantNeoplasm)
_RESTATING = "MH"
"""What the registry's own fields say, where they stand in lines of their own under the last criterion."""
_ALLERGIC = Sought(r"\b(?:allerg|hypersensitiv)\w*(?:\s+reactions?)?\s+to\s")
_GIVEN_NOW = Sought(
    r"\b(?:concurrent|concomitant|current(?:ly)?|ongoing)\s+(?:use|therapy|treatment|receiving|taking)\b|^\W*receiving\b"
)
_EXCEPTING = Sought(
    r"(?:;\s*\(?(?:with\s+(?:the\s+)?exceptions?\s+(?:of|for)|except(?:ing)?(?:\s+for)?|unless|excluding|other\s+than)\b"
    r"|\.\s*(?:unless|(?:with\s+the\s+exception\s+of|except(?:\s+for)?)(?=\s*:|[^,.]*(?:\.|$)))\b)"
    r"(?![^;.]*,\s*(?:any|all|no|other|presence|history|patients?|subjects?|participants?|has|have|had|prior)\b)",
)
"""What is excepted from what stands before it, not from what follows ("except alopecia, any toxicity")."""
_EXCUSING = Sought(
    r"(?:;\s*\(?|\.\s*(?=[^,.]*(?:\.|$)))(?:with\s+the\s+exception\s+of|except(?:\s+(?:for|in|if))?|unless)\b"
    r"(?![^;.]*,\s*(?:any|all|no|other|patients?|subjects?|participants?|has|have|had|prior|must|should)\b)",
)
"""What excuses from a demand that stands before it ("INR ≤ 1.5 × ULN; unless on anticoagulants")."""
_WAIVING = Sought(
    r"[.;]\s*this(?:\s+(?:criterion|limit|requirement|exclusion(?:\s+criterion)?))?\s+(?:does|will|would)\s+not\s+apply"
    r"\s+(?:to|for)\b(?![^.;]*\b(?:must|should|may|allowed|but|only|whom|discuss\w*|approv\w*)\b)",
)
"""A sentence that names those of whom the limit before it isn't asked, and asks nothing of them itself."""


def sentences_of(text: Text, chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    """Part the chunks of a stretch at semicolons, full stops, and what else ends a statement."""
    sentences: list[list[Chunk]] = [[]]
    chunks = _with_asides(text, _without_etc(with_tests_opened(chunks)))
    chunks = _with_drugs(text, _with_exceptions(text, chunks))
    for index, chunk in enumerate(chunks):
        if (
            chunk.kind == "sign"
            and (
                (chunk.form == ";" and not _stays(text, chunks, index, sentences[-1]))
                or (chunk.form == "," and text.exclusion and ORDERED.match(text.text, chunk.end))
                or (chunk.form == "." and not _lists_exceptions(sentences[-1]) and _ends(text, chunks, index))
            )
        ) or (sentences[-1] and chunk.form in _PARTING and _parts(text, chunks, index, sentences[-1])):
            sentences.append([])
        elif (
            sentences[-1]
            and not text.text[chunk.start].islower()
            and (
                _runs_on(text, chunks, index)
                or _notes(text, chunks, index)
                or starts_tests(text, chunks, index, sentences[-1])
            )
        ):
            sentences.append([chunk])
        else:
            sentences[-1].append(chunk)
    return [sentence for sentence in sentences if sentence]


def _with_exceptions(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return commas for the signs before what is excepted ("INR ≤ 1.5; unless …").

    Among demands an excuse is from one or two limits; of more it isn't plain which are meant.
    """
    patterns = (_EXCEPTING if text.exclusion else _EXCUSING, _WAIVING)
    told = [each for each in patterns if each.search(text.text) is not None]
    if not told:
        return chunks
    kept = list(chunks)
    limits = 0
    for index, chunk in enumerate(chunks):
        limits += chunk.kind == "value"
        if chunk.form in (";", "."):
            opening = next((each for each in told if each.match(text.text, chunk.start)), None)
            if opening is not None and (opening is not _EXCUSING or limits <= _FEW):
                kept[index] = replace(chunk, form=",")
            limits = 0
    return kept


def _with_drugs(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return commas for the semicolons of a list of drugs ("allergy to latex; penicillin")."""
    found = None
    if ";" in text.text:
        found = _ALLERGIC.search(text.text) or (text.exclusion and _GIVEN_NOW.search(text.text)) or None
    if found is None:
        return chunks
    kept = list(chunks)
    at = next((i for i, chunk in enumerate(kept) if chunk.end >= found.end()), len(kept))
    for index in range(at, len(kept)):
        if kept[index].form == ".":
            break
        if kept[index].form == ";":
            end = next((i for i in range(index + 1, len(kept)) if kept[i].form in (";", ".")), len(kept))
            told = kept[index + 1 : end]
            if not any(chunk.form[:1].isalpha() for chunk in told) or not all(map(_may_be_drug, told)):
                break
            kept[index] = replace(kept[index], form=",")
    return kept


def _may_be_drug(chunk: Chunk) -> bool:
    if is_content(chunk):
        return chunk.term is not None and chunk.term.category in GIVEN
    return (
        chunk.kind in ("sign", "bracket")
        or chunk.form in ("or", "and")
        or (chunk.kind == "word" and not chunk.classes)
    )


def _without_etc(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Drop "etc." and the signs around it where it parts a list from its time ("A, B, etc. in 4 weeks")."""
    timed = [i for i, chunk in enumerate(chunks) if i > 1 and chunk.kind == "window"]
    dropped: set[int] = set()
    for at in timed:
        first = next(i for i in range(at - 1, -1, -1) if chunks[i].kind != "sign" or i == 0)
        if chunks[first].form == "etc":
            dropped.update(range(first - (chunks[first - 1].form == ","), at))
    return [chunk for index, chunk in enumerate(chunks) if index not in dropped] if dropped else chunks


def _with_asides(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Drop the commas in "that, in the opinion of the investigator, would …", which part no members."""
    dropped: set[int] = set()
    for index, chunk in enumerate(chunks[:-3]):
        if chunk.form in _RELATIVE and chunks[index + 1].form == ",":
            near = range(index + 2, min(index + _LONGEST_ASIDE, len(chunks)))
            end = next((i for i in near if chunks[i].form == ","), None)
            if end and text.search(lexicon().judgement, text.text[chunk.end : chunks[end].start]):
                dropped |= {index + 1, end}
    return [chunk for index, chunk in enumerate(chunks) if index not in dropped] if dropped else chunks


def time_of_label(chunks: Sequence[Chunk]) -> Window | None:
    """Return the time that a label sets for the values behind it ("within 28 days, as follows: …")."""
    label = next((i for i, chunk in enumerate(chunks) if chunk.form == ":"), 0)
    valued = any(chunk.kind in ("value", "limit") or "negation" in chunk.classes for chunk in chunks[:label])
    told = [
        each for chunk in chunks[:label] for each in ((chunk, *chunk.inner) if _is_one(chunk) else (chunk,))
    ]
    times = [chunk.window.window for chunk in told if chunk.window is not None]
    return times[0] if len(times) == 1 and not valued else None


def _is_one(chunk: Chunk) -> bool:
    """Whether a bracket holds nothing but one thing, as the time of a label does."""
    return chunk.kind == "bracket" and len(chunk.inner) == 1


def with_list(text: Text, sentences: list[list[Chunk]]) -> list[list[Chunk]]:
    """Keep what lets some in after all, in an exclusion, with the list behind it ("… eligible if: …")."""
    for index, sentence in enumerate(sentences):
        if text.exclusion and lets_in(text.text[sentence[0].start : sentence[-1].end]):
            return [*sentences[:index], [chunk for each in sentences[index:] for chunk in each]]
    return sentences


def _stays(text: Text, chunks: Sequence[Chunk], index: int, sentence: Sequence[Chunk]) -> bool:
    """Whether a semicolon parts no statements: items of a list, limits of the sexes, exceptions."""
    listed = _lists(text, sentence) or _names_other_sex(chunks, index)
    return listed or _excepts_further(chunks[index + 1 :], sentence)


def _excepts_further(following: Sequence[Chunk], sentence: Sequence[Chunk]) -> bool:
    """Whether an exception goes on ("other cancer, except for skin cancer; carcinoma in situ")."""
    at = next((i for i, chunk in enumerate(sentence) if "exception" in chunk.classes), 0)
    heads = [chunk.term for chunk in sentence[:at] if is_content(chunk) and chunk.term is not None]
    end = next((i for i, chunk in enumerate(following) if chunk.form == ";"), len(following))
    named = next((chunk.term for chunk in following[:end] if is_content(chunk)), None)
    turned = any("negation" in chunk.classes for chunk in sentence[:at])
    if not heads or named is None or turned or any(chunk.classes & _TURNING for chunk in following[:end]):
        return False
    return heads[-1].is_a(_MALIGNANT) and named.is_a(_NEOPLASM) and not named.is_a(_METASTASIS)


def _names_other_sex(chunks: Sequence[Chunk], index: int) -> bool:
    """Whether a semicolon parts the limits of the sexes ("QTc: male < 450 ms; female < 470 ms")."""
    following = chunks[index + 1 : index + 3]
    sexed = len(following) == _SEX_AND_LIMIT and bool(following[0].classes & {"female", "male"})
    return sexed and following[1].kind == "limit"


def _parts(text: Text, chunks: Sequence[Chunk], index: int, sentence: Sequence[Chunk]) -> bool:
    """Whether a sign opens a remark on the value before it ("≥ 9 g/dL - no …"), or a line lost."""
    chunk, before = chunks[index], chunks[index - 1]
    if index + 1 == len(chunks):
        return False
    apart = before.end < chunk.start and chunk.end < chunks[index + 1].start
    if chunk.form in _BULLETS:
        return apart
    if chunk.form == "-":
        return apart and (before.kind == "value" or _allows_behind(text, chunks, index))
    return chunk.form == ":" and before.kind == "value" and _is_asked_of_all(sentence)


def _allows_behind(text: Text, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether a dash opens what is allowed nevertheless ("infection - chronic hepatitis is allowed")."""
    if not text.exclusion and not any("negation" in chunk.classes for chunk in chunks[:index]):
        return False
    ends = (i for i in range(index + 1, len(chunks)) if chunks[i].form in _ENDS)
    behind = chunks[index + 1 : next(ends, len(chunks))]
    allowed = next((i for i, chunk in enumerate(behind) if "allowance" in chunk.classes), 0)
    return any(map(is_content, behind[:allowed])) and any(map(is_content, chunks[:index]))


def _is_asked_of_all(sentence: Sequence[Chunk]) -> bool:
    """Whether a value before a colon is a demand of its own, not the case that the rest is asked in."""
    aged = any(each.value is not None and each.value.terms[0].unit == "a" for each in sentence)
    of_some = any("condition" in each.classes for each in sentence) or sentence[0].form in RESTARTS
    return not aged and not of_some and sentence[0].form not in _APART


def _notes(text: Text, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether a note starts without a full stop before it ("… ≥ 90 g/L Note: …")."""
    chunk = chunks[index]
    return chunk.form == "note" and text.text[chunk.start].isupper() and chunks[index - 1].kind != "sign"


def _lists(text: Text, sentence: Sequence[Chunk]) -> bool:
    """Whether a sentence has announced a list whose items semicolons part: denials, choices, dated kinds."""
    if text.exclusion and (_lists_dated(sentence) or _tells_exceptions(sentence)):
        return True
    colon = next((i for i, chunk in enumerate(sentence) if chunk.kind == "sign" and chunk.form == ":"), None)
    if colon is None:
        return False
    choice = not text.exclusion and offers_choice(text.text[sentence[0].start : sentence[colon].start])
    denies = any("negation" in chunk.classes for chunk in sentence[:colon])
    excepts = any("exception" in chunk.classes for chunk in sentence[max(0, colon - 3) : colon])
    return choice or denies or excepts or _announces_exceptions(sentence[:colon])


def _tells_exceptions(sentence: Sequence[Chunk]) -> bool:
    """Whether a sentence is a list of exceptions, also without a colon ("Exceptions include A; B; or C")."""
    return bool(sentence) and sentence[0].form.startswith("exception") and "exception" in sentence[0].classes


def _lists_dated(sentence: Sequence[Chunk]) -> bool:
    """Whether a time is set for all that a sentence lists ("diseases in the last 6 months, including").

    So does one before a colon, with nothing named ("any of the following within 6 months:").
    """
    listing = next((i for i, chunk in enumerate(sentence) if "example" in chunk.classes), 0)
    colon = next((i for i, chunk in enumerate(sentence) if chunk.form == ":"), 0)
    led = colon if not any(map(is_content, sentence[:colon])) else 0
    return any(chunk.kind == "window" for chunk in sentence[: max(listing, led)])


def _announces_exceptions(leading: Sequence[Chunk]) -> bool:
    """Whether words end in "unless … all of the following criteria (are met)"."""
    told = max((i for i, chunk in enumerate(leading) if "follow" in chunk.form), default=0)
    opening = any("exception" in chunk.classes for chunk in leading[max(0, told - _LONGEST_LEAD) : told])
    return opening and len(leading) - told <= _SHORT


def _lists_exceptions(sentence: Sequence[Chunk]) -> bool:
    """Whether a sentence has announced "the following exceptions:", which full stops may part."""
    colon = next((i for i, chunk in enumerate(sentence) if chunk.kind == "sign" and chunk.form == ":"), None)
    leading = sentence[max(0, (colon or 0) - 4) : colon or 0]
    listed = any("follow" in chunk.form for chunk in leading)
    return listed and any("exception" in chunk.classes for chunk in leading)


def _runs_on(text: Text, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether a capital starts a new statement where a list lost its lines ("… <2+ For subjects with …")."""
    chunk, before = chunks[index], chunks[index - 1]
    if (
        text.text[chunk.start] in _RESTATING
        and before.kind != "sign"
        and _RESTATED.match(text.text, chunk.start)
    ):
        return True
    measured = chunk.kind == "value" and before.kind in ("window", "limit", "value")
    if measured or (text.exclusion and before.kind == "window" and _opens_item(chunk)):
        return text.text[chunk.start : chunk.end].split(" ")[0].istitle()
    labelled = chunk.form in _APART and any(c.form == ":" for c in chunks[index + 1 : index + _SHORT])
    opens = not chunk.classes.isdisjoint(_OPENING) or (
        before.kind == "value" and (chunk.form in RESTARTS or labelled)
    )
    if chunk.kind != "word" or not opens:
        return False
    word = text.text[chunk.start : chunk.end].split(" ")[0]
    return word.istitle() and before.kind != "sign" and before.form not in ("and", "or")


def _opens_item(chunk: Chunk) -> bool:
    """Whether an item of a list that lost its lines may start with a chunk: a disease, or its adjective."""
    return chunk.kind == "concept" or "qualifier" in chunk.classes


def _is_time(text: Text, chunk: Chunk) -> bool:
    """Whether a sentence starts with how long something has to be over ("≥ 21 days after …")."""
    return _LASTING.match(text.text, chunk.start) is not None


def _ends(text: Text, chunks: Sequence[Chunk], index: int) -> bool:
    if index + 1 >= len(chunks):
        return True
    before, after = chunks[index - 1] if index else None, chunks[index + 1]
    if before is not None and before.kind == "word" and before.form.split(" ")[-1] in _ABBREVIATED:
        return False
    if after.start == chunks[index].end:
        return _RUN_TOGETHER.match(text.text, max(0, chunks[index].start - _LETTERS)) is not None
    if before is not None and before.kind == "word" and before.end - before.start == 1:
        return _LETTERED.search(text.text, max(0, before.end - _NEAR), before.end) is not None
    # What comes next may have been left out, such as a reason, up to a small letter.
    opening = text.text[chunks[index].end : after.start + 1].lstrip()[:1]
    return opening.isupper() or opening.isdigit() or opening in "*•(-" or _is_time(text, after)
