"""What the members of a list lend each other: nouns, adjectives, time spans."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.facts import is_content
from trialgraph.criteria.lexicon import lexicon
from trialgraph.criteria.segments import DETERMINERS, RESTARTS, VERBS, Segment, is_bare
from trialgraph.criteria.tokens import tokenize
from trialgraph.criteria.vocabulary import Term
from trialgraph.expressions import Fact, Window

__all__ = [
    "repeat_history",
    "share_allergens",
    "share_remarks",
    "share_times",
    "share_windows",
    "share_words",
]

_TIMED = re.compile(
    r"(?:within|in the|during|less than|<|≤|over the|for the) .{0,40}"
    r"\b(?:hour|day|week|month|year|half|cycle)",
    re.IGNORECASE,
)

_LEADING = frozenset({"neutral", "active", "negation", "example", "qualifier", "confirmation", "confirmed"})
_EVENTS = frozenset({"condition", "procedure"})
_WITHIN = re.compile(r"\bwithin .{0,40}\b(?:hour|day|week|month|year)", re.IGNORECASE)


def share_words(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Complete "bone" in "bone or brain metastases" and "C" in "hepatitis B or C"."""
    for index, segment in enumerate(segments):
        if segment.expression is not None or any(is_content(chunk) for chunk in segment.chunks):
            continue
        phrase = _completed(text, segments, index)
        if phrase is not None:
            segment.chunks = phrase
            segment.borrowed = True
            read(text, segment)


def _named(segment: Segment) -> bool:
    return any(chunk.kind == "concept" and is_content(chunk) for chunk in segment.chunks)


def _completed(text: Text, segments: list[Segment], index: int) -> list[Chunk] | None:
    segment = segments[index]
    first = next(
        (i for i, c in enumerate(segment.chunks) if not c.classes & _LEADING),
        None,
    )
    if first is None:
        return None
    start, end = segment.chunks[first].start, segment.chunks[-1].end
    words = text.text[start:end]
    earlier = [i for i in range(index - 1, max(-1, index - 7), -1) if _named(segments[i])]
    following = next((i for i in range(index + 1, min(index + 6, len(segments))) if _named(segments[i])), -1)
    for other, ahead in [*([(following, True)] if following >= 0 else []), *((i, False) for i in earlier)]:
        named = next((c for c in segments[other].chunks if c.kind == "concept" and is_content(c)), None)
        if named is None:
            continue
        tokens = [token.text for token in tokenize(text.text[named.start : named.end])]
        for shared, lost in _shared(tokens, ahead=ahead):
            term = text.vocabulary.find(f"{words} {shared}" if ahead else f"{shared} {words}")
            if (
                term is not None
                and not term.quantity
                and named.term is not None
                and term.iri != named.term.iri
            ):
                return [*segment.chunks[:first], *lost, Chunk("concept", start, end, term=term)]
    return None


def _shared(tokens: list[str], *, ahead: bool) -> Iterator[tuple[str, list[Chunk]]]:
    """Yield the words that a name may lend its neighbour, with an adjective ("active") left out of them."""
    for size in range(1, len(tokens)):
        if ahead:
            yield " ".join(tokens[-size:]), []
            continue
        kept = tokens[:-size]
        yield " ".join(kept), []
        _, classes = lexicon().phrase_at(tokenize(kept[0]), 0)
        if len(kept) > 1 and "active" in classes:
            yield " ".join(kept[1:]), [Chunk("word", 0, 0, kept[0].lower(), classes)]


def share_allergens(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Read the members after "allergy to A" as allergies too, not as drugs taken."""
    allergy: Term | None = None
    for index, segment in enumerate(segments):
        head = next((c.term for c in segment.chunks if c.kind == "concept" and is_content(c)), None)
        if head is not None and head.category == "allergy":
            allergy = head
        elif allergy is not None and segment.joint != ";" and _is_allergen(segment):
            phrase = _completed(text, segments, index)
            if phrase is not None:
                segment.chunks = phrase
                read(text, segment)
            else:
                start, end = segment.chunks[0].start, segment.chunks[-1].end
                agent = text.text[start:end].strip(" ,;.")
                general = text.vocabulary.general(allergy)
                segment.expression = Fact(
                    general.iri, general.label, "allergy", {"agent": agent}, span=text.span(start, end)
                )
        else:
            allergy = None


def _is_allergen(segment: Segment) -> bool:
    fact = segment.expression
    bare = is_bare(segment) or segment.chunks[0].form in DETERMINERS
    return bare and (fact is None or (isinstance(fact, Fact) and fact.category == "treatment"))


def repeat_history(text: Text, segments: list[Segment]) -> None:
    """Read "active X or history within 2 years": the same thing, in another time."""
    for before, segment in itertools.pairwise(segments):
        window = next((chunk.window.window for chunk in segment.chunks if chunk.window is not None), None)
        told = any(chunk.form in ("history", "history of") for chunk in segment.chunks)
        plain = all(
            chunk.kind in ("window", "bracket", "sign") or "neutral" in chunk.classes
            for chunk in segment.chunks
        )
        if isinstance(before.expression, Fact) and segment.expression is None and window and told and plain:
            bracket = next((c for c in segment.chunks if c.kind == "bracket"), None)
            words = (
                text.text[bracket.inner[0].end : bracket.end - 1].strip(" :")
                if bracket and bracket.inner
                else ""
            )
            excepted = {"exception": words} if bracket and "exception" in bracket.inner[0].classes else {}
            place = text.span(segment.chunks[0].start, segment.chunks[-1].end)
            segment.expression = replace(before.expression, modifiers=excepted, within=window, span=place)
            before.expression = replace(
                before.expression, modifiers={**before.expression.modifiers, **excepted}
            )


def share_windows(segments: list[Segment]) -> None:
    """Let a time span at the end of a list hold for its members that state none."""
    while len(segments) > 2 and _speaks_anew(segments[-1]):
        segments = segments[:-1]
    if len(segments) < 2 or any(segment.joint == ";" for segment in segments):
        return
    last = segments[-1]
    if isinstance(last.expression, Fact):
        window, category = last.expression.within, last.expression.category
    else:
        window, category = _last_window(last), None
    starts = (
        last.chunks[0].form in DETERMINERS
        or is_content(last.chunks[0])
        or not last.chunks[0].classes & {"neutral", "negation"}
    )
    if window is None or (not starts and (last.after_comma or last.joint != "or")):
        return
    given = {"treatment", "procedure"}
    members = [
        s
        for s in segments
        if isinstance(s.expression, Fact)
        and (category in (None, s.expression.category) or {category, s.expression.category} <= given)
        and (not last.after_comma or s.expression.modifiers.get("status") != "active")
    ]
    if any(isinstance(s.expression, Fact) and s.expression.within not in (None, window) for s in members):
        return
    facts = [segment.expression for segment in members if isinstance(segment.expression, Fact)]
    kinds = {(fact.concept, *fact.modifiers) for fact in facts}
    if len(kinds) > len({concept for concept, *_ in kinds}):
        return
    for segment in _reached(segments, members):
        if isinstance(segment.expression, Fact):
            segment.expression = replace(segment.expression, within=window)
    _share_doubtful_window(segments, category, window)


def _speaks_anew(segment: Segment) -> bool:
    """Whether a member is a clause with a verb of its own ("or has not recovered from …")."""
    return segment.expression is None and segment.chunks[0].form in VERBS


def _share_doubtful_window(segments: list[Segment], category: str | None, window: Window) -> None:
    """Narrow bare procedures listed with a dated condition, and the other way round, in words only.

    Whether "bypass, or stroke within 3 months" means a recent bypass, its words don't settle.
    """
    for segment in segments[:-1]:
        fact = segment.expression
        bare = isinstance(fact, Fact) and not fact.modifiers and fact.within is None and is_bare(segment)
        if bare and isinstance(fact, Fact) and {category, fact.category} == _EVENTS:
            segment.expression = replace(fact, modifiers={"qualifier": window.text})


def _reached(segments: list[Segment], members: list[Segment]) -> list[Segment]:
    """Return the members from the last back to one with a lead-in of its own ("history of A, B or C")."""
    reached = []
    for segment in reversed(segments):
        if segment in members:
            reached.append(segment)
        if segment is not segments[-1] and any(chunk.form in RESTARTS for chunk in segment.chunks):
            break
    return reached


def _share_inner_time(text: Text, segments: list[Segment]) -> None:
    """Let a time inside the second of "A or B … within 4 weeks" narrow the first too, which it may be of."""
    for before, segment in itertools.pairwise(segments):
        one, two = before.expression, segment.expression
        if segment.joint not in ("or", "and") or segment.after_comma or not isinstance(one, Fact):
            continue
        told = isinstance(two, Fact) and (two.within is not None or two.category != "allergy")
        end = segment.chunks[-1].end
        found = _WITHIN.search(text.text, segment.chunks[0].start, end)
        if not told and found and one.within is None and "qualifier" not in one.modifiers:
            words = text.text[found.start() : end]
            before.expression = replace(one, modifiers={**one.modifiers, "qualifier": words})


def share_times(text: Text, segments: list[Segment]) -> None:
    """Let a time that could not be read as a window narrow all members of its list, not only the last."""
    _share_inner_time(text, segments)
    last = segments[-1]
    words = last.expression.modifiers.get("qualifier", "") if isinstance(last.expression, Fact) else ""
    if len(segments) < 2 or not _TIMED.match(words) or (not is_bare(last) and last.after_comma):
        return
    members = [segment for segment in segments[:-1] if isinstance(segment.expression, Fact)]
    for segment in _reached(segments, members):
        fact = segment.expression
        if isinstance(fact, Fact) and fact.within is None and "qualifier" not in fact.modifiers:
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})


def _last_window(segment: Segment) -> Window | None:
    found = segment.chunks[-1].window
    alone = (
        segment.expression is None
        and segment.joint in ("or", "and")
        and (is_bare(segment) or not segment.after_comma)
    )
    return found.window if found is not None and alone else None


def share_remarks(segments: list[Segment]) -> None:
    """Let what narrows the last of "pregnant or breastfeeding women who …" narrow the first as well."""
    for first, second in itertools.pairwise(segments):
        one, two = first.expression, second.expression
        if (
            second.joint in ("or", "and")
            and not second.after_comma
            and isinstance(one, Fact)
            and isinstance(two, Fact)
            and len(first.chunks) <= 2
        ):
            words = two.modifiers.get("qualifier")
            narrowed_after = words is not None and len(second.chunks) > 1 and is_content(second.chunks[0])
            if narrowed_after and not one.modifiers and one.category == two.category:
                first.expression = replace(one, modifiers=two.modifiers)
