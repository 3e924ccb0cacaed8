"""What is said around a concept: words that demand nothing, words that narrow, denials, times.

Every word is accounted for. One that isn't known may turn the concept into something else
("hypertension medication", "risk of bleeding"), so then nothing is read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from trialgraph.criteria.chunking.brackets import (
    category_of,
    explains_adjective,
    holds_adjectives,
    instances_behind,
    is_gloss,
    kinds_in,
    listed_in,
    markers_in,
    only_repeats,
    says_again,
    tells_way_too,
    words_in,
)
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.epithets import adjectives_at
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.criteria.facts.lesions import asks_for_any, lesions_defined
from trialgraph.criteria.facts.measurability import measuring_end
from trialgraph.criteria.facts.moments import tells_moment
from trialgraph.criteria.facts.predications import PREDICATES, asks_otherwise, is_counted, is_none
from trialgraph.criteria.facts.provisos import limits_in, names_cause
from trialgraph.criteria.facts.recency import (
    done_lately,
    for_illness,
    for_time_before,
    happens,
    is_taken_now,
    time_of_test,
    time_off_too_short,
    treated_lately,
)
from trialgraph.criteria.facts.regimens import of_unread_drugs, regimen_after
from trialgraph.criteria.facts.requiring import UNNAMED, after_requiring
from trialgraph.criteria.facts.results import (
    is_testable,
    read_aside,
    result_after,
    tells_time_of_plan,
    tells_whom_or_when,
)
from trialgraph.criteria.facts.standards import standard_end
from trialgraph.criteria.facts.washouts import OtherTime, is_shorter, other_time, time_off, time_without
from trialgraph.expressions import AnyOf, Expression, Limit, Window
from trialgraph.namespaces import TGC

__all__ = ["Around", "category_of", "read_after", "read_before"]

_BESIDES = re.compile(r"\b(?:previous|prior|history|concurrent|concomitant|coexisting|co-existing)\b")
_PAST = (
    r"\b(?:received|participated|undergone|underwent|used|taken|had|enrolled|treated"
    r"|prior|previous\w*|history|past|second)\b"
)
_OR = r"\bor\b(?!\s+(?:(?:is|are)\s+)?(?:planned|planning|scheduled|anticipated|expected)\b)"
_EVER = re.compile(rf"{_PAST}.{{0,40}}{_OR}|{_OR}.{{0,40}}{_PAST}", re.IGNORECASE)
_OR_STAGE = re.compile(r"\bor\s+stages?\b", re.IGNORECASE)
_FINDING = frozenset({"confirmed", "determined", "detected", "assessed", "tested", "measured", "by", "per",
                      "documented", "identified", "as determined", "found"})  # fmt: skip
_TREATED = frozenset({"treated with", "previously treated with", "receiving", "taking", "currently receiving",
                      "having", "harboring", "harbouring", "bearing", "carrying"})  # fmt: skip
_ILL = frozenset({"condition", "lesion", "biomarker"})
_UNDERGOING = "undergoing"
_MEASURABLE = str(TGC.MeasurableDisease)
_NARROWING = frozenset({"post", "condition", "negation", "definition", "qualifier", "confirmed"})


@dataclass(slots=True)
class Around:
    """What is said around a concept."""

    negated: bool = False
    other: bool = False
    besides: bool = False
    historic: bool = False
    once_active: bool = False
    qualified: tuple[int, int] | None = None
    tested: bool = False
    gone_through: bool = False
    leading: str | None = None
    qualifiers: list[str] = field(default_factory=list)
    modifiers: dict[str, str] = field(default_factory=dict)
    window: Window | None = None
    count: Limit | None = None
    size: Limit | None = None
    malignant: set[str] = field(default_factory=set)
    extra: list[Expression] = field(default_factory=list)
    examples: Sequence[Chunk] = ()
    other_time: OtherTime | None = None


def read_before(text: Text, head: Chunk, chunks: Sequence[Chunk], around: Around) -> bool:
    """Take in the words before a concept; False when one of them isn't known to be harmless."""
    told: list[Chunk] = []
    plain: set[str] = set()
    chunks = after_requiring(text, chunks, around)
    adjectives = adjectives_at(chunks)
    for index, chunk in enumerate(chunks):
        joined = chunk.form in ("or", "and", "/") and bool(told or around.qualified)
        now = chunk.form == _UNDERGOING and is_taken_now(text, head, chunks)
        if (
            joined
            or now
            or _is_comma(chunk)
            or tells_way_too(chunk)
            or read_aside(text, head, chunk, around)
            or asks_for_any(head, chunk)
        ):
            continue
        treated = for_illness(text, head, chunks, index)
        if treated is not None or holds_adjectives(chunk) or explains_adjective(chunks, index):
            _qualify(text, treated or chunk, around)
            continue
        if chunk.kind != "word" or _is_with_more(text, chunks, index):
            return False
        classes = chunk.classes
        around.besides = around.besides or _BESIDES.search(chunk.form) is not None
        around.historic = around.historic or "historic" in classes
        if classes & {"confirmation", "confirmed"} and not (
            chunk.form in ("evidence of", "diagnosis of") and not told
        ):
            told.append(chunk)
        elif "negation" in classes:
            around.negated = not around.negated
        elif "other" in classes:
            around.other = True
        elif "qualifier" in classes or _is_one_of(text, chunks, index):
            _qualify(text, chunk, around)
        elif "active" in classes:
            _activate(text, chunks, around)
        elif index in adjectives:
            _qualify(text, chunk, around)
            plain.add(around.qualifiers[-1])
        elif "neutral" not in classes and not (text.exclusion and "example" in classes):
            return False
    _tell(text, told, around)
    _go_on(text, head, chunks, around)
    lone = [
        words
        for words in around.qualifiers
        if (words not in plain or " or " in words) and words.lower() not in ("multiple", "first", "new")
    ]
    around.leading = "; ".join(lone) or None
    return True


def _go_on(text: Text, head: Chunk, chunks: Sequence[Chunk], around: Around) -> None:
    if is_taken_now(text, head, chunks):
        around.modifiers["status"] = "active"


def _is_comma(chunk: Chunk) -> bool:
    return chunk.kind == "sign" and chunk.form in (",", ".")


def _is_measured(head: Chunk) -> bool:
    return head.term is not None and head.term.is_a(_MEASURABLE)


def _is_with_more(text: Text, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether the last of several stages has something with it ("stage IV or stage II with bulk")."""
    stage, following = chunks[index], chunks[index + 1 : index + 2]
    joined = stage.form == "stage" and _OR_STAGE.search(text.text, stage.start, stage.end) is not None
    return joined and any(each.form.split(" ")[0] == "with" for each in following)


def _is_one_of(text: Text, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether "active" is one of two things a disease may be ("active or chronic"): neither is needed."""
    if "active" not in chunks[index].classes:
        return False
    for before, after in itertools.pairwise(chunks[max(0, index - 1) : index + 2]):
        between = text.text[before.end : after.start].strip().lower()
        other = after if before is chunks[index] else before
        if between in ("or", "and/or", "/") and "qualifier" in other.classes:
            return True
    return False


def _activate(text: Text, chunks: Sequence[Chunk], around: Around) -> None:
    """Take "currently" for a state, unless what is over will do as well ("received or is receiving")."""
    if not _EVER.search(text.text, chunks[0].start, chunks[-1].end):
        around.modifiers["status"] = "active"
        around.once_active = around.historic


def _qualify(text: Text, chunk: Chunk, around: Around) -> None:
    """Keep a narrowing word; words that stand together stay together."""
    if around.qualified is not None:
        between = text.text[around.qualified[1] : chunk.start].strip(" ,")
        if between in ("", "or", "and", "/", "and/or"):
            around.qualified = (around.qualified[0], chunk.end)
            around.qualifiers[-1] = text.text[around.qualified[0] : chunk.end]
            return
    around.qualified = (chunk.start, chunk.end)
    around.qualifiers.append(text.text[chunk.start : chunk.end])


def _tell(text: Text, told: list[Chunk], around: Around) -> None:
    """Keep how a diagnosis has to be confirmed, unless the clinic's word is enough."""
    means = [chunk for chunk in told if "confirmation" in chunk.classes]
    if means and not any(chunk.form.startswith("clinic") for chunk in means):
        around.modifiers["confirmation"] = text.text[means[0].start : told[-1].end]


def read_after(text: Text, head: Chunk, chunks: Sequence[Chunk], around: Around) -> bool:
    """Take in what follows a concept; False when it makes the concept something else."""
    of_illness = bool(chunks) and chunks[0].form in UNNAMED and category_of(head) == "treatment"
    if of_illness or (chunks and of_unread_drugs(text, head, chunks[0])):
        return False
    if tells_time_of_plan(text, head, chunks):
        return True
    for index, chunk in enumerate(chunks):
        classes = chunk.classes
        if (onward := _step_over(text, head, chunks[index:], around)) is not None:
            return read_after(text, head, onward, around)
        if chunk.form in PREDICATES and not (is_counted(head) and chunk.form in ("is", "are")):
            return False
        following = chunks[index + 1] if index + 1 < len(chunks) else None
        if happens(text, head, chunk, following):
            continue
        if _take_detail(text, head, chunk, following, around) or "tail" in classes:
            continue
        if classes & {"example", "regardless"} or _is_method(head, chunk):
            _pass_over(text, head, chunks[index:], around)
            return True
        asked = not text.exclusion and asks_otherwise(head, chunks[index:], negated=around.negated)
        if asked or is_none(chunks[index:]):
            return False
        if classes & _NARROWING or chunk.kind == "limit" or _is_treated(head, chunks[index:]):
            _keep_rest(text, head, chunks[index:], around)
            return True
        if not is_gloss(head, chunk):
            return False
    return True


def _pass_over(text: Text, head: Chunk, chunks: Sequence[Chunk], around: Around) -> None:
    """Keep the instances that are listed, or the time behind how a marker is measured ("within 6 months")."""
    classes, times = chunks[0].classes, [chunk for chunk in chunks if chunk.kind == "window"]
    if "example" in classes and text.exclusion:
        around.examples = around.examples or chunks[1:]
    elif len(times) == 1 and classes.isdisjoint({"example", "regardless"}):
        _take_detail(text, head, times[0], None, around)


def _is_treated(head: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether what follows tells what a disease is treated with, or has ("lymphoma treated with X")."""
    return chunks[0].form in _TREATED and category_of(head) in _ILL and any(map(is_content, chunks))


def _step_over(text: Text, head: Chunk, chunks: Sequence[Chunk], around: Around) -> Sequence[Chunk] | None:
    """Return what follows a test's result, a regimen, a time without or a diagnosis's rules, else None."""
    if (after := result_after(text, head, chunks, around)) is not None:
        return chunks[after:]
    if after := regimen_after(head, chunks):
        return chunks[after:]
    if around.negated and (washed := time_without(text, chunks[0])) is not None:
        around.window = around.window or washed.window
        return [chunk for chunk in chunks if chunk.start >= washed.end]
    if around.negated and (lasting := time_off(text, chunks, 0)) is not None:
        around.window = around.window or lasting
        return chunks[2:]
    if standard := standard_end(text, chunks, measures=_is_measured(head)):
        return [chunk for chunk in chunks if chunk.start >= standard]
    barred = text.exclusion or around.negated
    return chunks[1:] if barred and for_time_before(head, chunks) else None


def _take_detail(text: Text, head: Chunk, chunk: Chunk, following: Chunk | None, around: Around) -> bool:
    """Take in a detail that stands on its own behind a concept: a value, a time, a bracket, a status."""
    barred = text.exclusion or around.negated
    if chunk.kind == "value" and chunk.expression is not None:
        around.extra.append(chunk.expression)
    elif chunk.kind == "window" and chunk.window is not None:
        around.window = around.window or chunk.window.window
        if chunk.window.narrowed:
            around.qualifiers.append(text.text[chunk.start : chunk.end])
    elif barred and (short := time_off_too_short(text, head, chunk, following)) is not None:
        around.window = around.window or short.window
        around.qualifiers += [short.window.text] if short.narrowed else []
    elif chunk.kind == "bracket":
        _read_bracket(text, head, chunk, around)
    elif chunk.kind == "size" and chunk.size is not None and is_counted(head):
        around.size = chunk.size.size
    elif chunk.form == "stage" and following is not None and following.kind == "window":
        around.qualifiers.append(text.text[chunk.start : chunk.end])
    elif chunk.kind == "word" and "active" in chunk.classes:
        around.modifiers["status"] = "active"
    else:
        return chunk.kind == "sign" and chunk.form in (".", ",", ":")
    return True


def _keep_rest(text: Text, head: Chunk, chunks: Sequence[Chunk], around: Around) -> None:
    """Keep what narrows a concept in its own words; a diameter among them is read."""
    told = text.text[chunks[0].start : chunks[-1].end]
    if tells_moment(told, around, exclusion=text.exclusion) or tells_whom_or_when(text, head, chunks):
        return
    if (defined := lesions_defined(head, chunks)) is not None:
        around.count = around.count or defined
        return
    rest = []
    plain = not any("definition" in chunk.classes or chunk.form == "or" for chunk in chunks)
    for chunk in chunks:
        if plain and chunk.kind == "size" and chunk.size is not None and is_counted(head):
            around.size = chunk.size.size
        else:
            rest.append(chunk)
    while rest and (rest[-1].kind == "sign" or rest[-1].form in ("with", "and", "a", "with a")):
        rest.pop()
    if behind := instances_behind(head, rest):
        around.examples = around.examples or behind
        rest.pop()
    around.window = around.window or treated_lately(text, rest)
    if around.window is None and (done := done_lately(text, head, rest)) is not None:
        around.window = done
        if rest[-1].window is not None and not rest[-1].window.narrowed:
            rest.pop()
    if rest:
        allergic = head.term is not None and head.term.category == "allergy"
        name = "agent" if allergic and names_cause(rest[0]) else "qualifier"
        words = text.text[rest[0].start : rest[-1].end]
        if name == "agent":
            opening = rest[0].end - rest[0].start if "allergen" in rest[0].classes else 0
            around.modifiers[name] = words[opening:].strip()
        else:
            around.qualifiers.append(words)
            around.extra += [] if around.historic else limits_in(rest)


def _is_method(head: Chunk, chunk: Chunk) -> bool:
    """Whether the rest tells how a marker was found, which doesn't change what was found."""
    return category_of(head) == "biomarker" and chunk.form in _FINDING


def _limits_it(inner: Sequence[Chunk]) -> bool:
    """Whether a bracket says by a limit what is meant, and not what there is of it ("ie, > 10 mg/day")."""
    return "definition" in inner[0].classes and any(chunk.kind in ("value", "limit") for chunk in inner)


def _read_bracket(text: Text, head: Chunk, bracket: Chunk, around: Around) -> None:
    inner = bracket.inner
    if inner and "example" in inner[0].classes and not _limits_it(inner):
        around.examples = inner[1:]
        return
    other = other_time(text, inner) if text.exclusion or around.negated else None
    if other is not None and not is_shorter(other.window, around.window):
        around.other_time = other
        return
    markers = markers_in(head, inner)
    if inner and tells_whom_or_when(text, head, inner):
        return
    if not inner or markers or only_repeats(head, inner) or says_again(text.text, head, bracket):
        around.examples = around.examples or markers or kinds_in(head, inner)
        return
    if is_testable(head) and all("sample" in chunk.classes or chunk.form == "or" for chunk in inner):
        return
    opening = inner[0]
    if (count := lesions_defined(head, inner)) is not None:
        around.count = count
        return
    if opening.form in ("using", "by", "per", "calculated", "based", "according") or standard_end(
        text, inner
    ):
        return
    if _is_measured(head) and measuring_end(text.text, inner[0].start, inner[-1].end, bracketed=True):
        return
    told = inner[1:] if "definition" in opening.classes else inner
    values = [chunk.expression for chunk in told if chunk.kind == "value" and chunk.expression is not None]
    when = inner[0].window if len(inner) == 1 else time_of_test(head, bracket)
    if when is not None:
        around.window = around.window or when.window
        around.qualifiers += [when.window.text] if when.narrowed else []
    elif values and all(chunk.kind in ("value", "sign") or chunk.form == "or" for chunk in told):
        around.extra.append(values[0] if len(values) == 1 else AnyOf(tuple(values)))
    else:
        words = words_in(text.text, bracket)
        excepted = "exception" in opening.classes
        granted = text.exclusion and not excepted and any("allowance" in chunk.classes for chunk in inner)
        name = "exception" if granted or excepted else "qualifier"
        around.examples = around.examples or listed_in(inner)
        if name == "exception":
            around.modifiers[name] = (
                words if granted else text.text[opening.end : bracket.end - 1].strip(" :,") or words
            )
        else:
            around.qualifiers.append(words)
            around.extra += [] if around.historic else limits_in(inner)
