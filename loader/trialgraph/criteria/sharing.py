"""What the members of a list lend each other: nouns, adjectives, time spans."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.connectives import DETERMINERS, RESTARTS, VERBS
from trialgraph.criteria.facts import is_content
from trialgraph.criteria.lexicon import lexicon
from trialgraph.criteria.segments import Segment, is_bare
from trialgraph.criteria.tokens import tokenize
from trialgraph.criteria.vocabulary import Term
from trialgraph.expressions import Expression, Fact, Window

__all__ = [
    "repeat_history",
    "share_allergens",
    "share_clauses",
    "share_purpose",
    "share_remarks",
    "share_times",
    "share_windows",
    "share_words",
]

_TIMED = re.compile(
    r"(?:within|in the|during|while|less than|<|≤|over the|for the) .{0,40}"
    r"\b(?:hour|day|week|month|year|half|cycle|study|trial)",
    re.IGNORECASE,
)

_EVENTS = frozenset({"condition", "procedure"})
_APART = frozenset({"other", "any", "any other", "another", "additional"})
_WITHIN = re.compile(r"\bwithin .{0,40}\b(?:hour|day|week|month|year)", re.IGNORECASE)


def share_words(text: Text, segments: list[Segment], read: Callable[[Text, Segment], None]) -> None:
    """Complete "bone" in "bone or brain metastases" and "C" in "hepatitis B or C"."""
    for segment in list(segments):
        if segment.expression is not None:
            continue
        phrase = _completed(text, segments, segments.index(segment))
        following = next(iter(segments[segments.index(segment) + 1 :]), None)
        if phrase is not None and following is not None and _says_the_same(phrase, following):
            following.chunks = [*phrase[:-1], *following.chunks]
            following.joint, following.after_comma = segment.joint, segment.after_comma
            segments.remove(segment)
            read(text, following)
        elif phrase is not None:
            segment.chunks = phrase
            segment.borrowed = True
            read(text, segment)


def _says_the_same(phrase: list[Chunk], segment: Segment) -> bool:
    """Whether "stem cell or marrow transplant" names one concept twice, so that one member will do."""
    named, first = phrase[-1].term, segment.chunks[0].term
    return named is not None and first is not None and named.iri == first.iri


def _named(segment: Segment) -> bool:
    return any(chunk.kind == "concept" and is_content(chunk) for chunk in segment.chunks)


def _completed(text: Text, segments: list[Segment], index: int) -> list[Chunk] | None:
    segment = segments[index]
    first = next(
        (
            i
            for i, c in enumerate(segment.chunks)
            if not c.classes & {"neutral", "active", "negation", "example", "qualifier"}
        ),
        None,
    )
    if first is None:
        return None
    last = _name_end(segment, first)
    start, end = segment.chunks[first].start, segment.chunks[last].end
    words = text.text[start:end]
    earlier = [i for i in range(index - 1, max(-1, index - 7), -1) if _named(segments[i])]
    following = next((i for i in range(index + 1, min(index + 6, len(segments))) if _named(segments[i])), -1)
    for other, ahead in [*([(following, True)] if following >= 0 else []), *((i, False) for i in earlier)]:
        named = next((c for c in segments[other].chunks if c.kind == "concept" and is_content(c)), None)
        if named is None:
            continue
        tail = _noun_after(segments[other], named) if ahead else named.end
        tokens = [token.text for token in tokenize(text.text[named.start : tail])]
        for shared, lost in _shared(tokens, ahead=ahead):
            term = text.vocabulary.find(f"{words} {shared}" if ahead else f"{shared} {words}")
            if (
                term is not None
                and not term.quantity
                and named.term is not None
                and (term.iri != named.term.iri or (ahead and other == index + 1))
            ):
                found = Chunk("concept", start, end, term=term)
                return [*segment.chunks[:first], *lost, found, *segment.chunks[last + 1 :]]
    return None


def _noun_after(segment: Segment, named: Chunk) -> int:
    """Return where the noun after a name ends, which it may lend ("psychiatric or drug abuse disorders")."""
    after = segment.chunks.index(named) + 1
    following = segment.chunks[after] if after < len(segment.chunks) else named
    return following.end if "tail" in following.classes else named.end


def _name_end(segment: Segment, first: int) -> int:
    """Return the place of the last chunk before a time or a bracket, where a name may end."""
    last = len(segment.chunks) - 1
    while last > first and segment.chunks[last].kind in ("window", "bracket", "sign"):
        last -= 1
    return last


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
            told = isinstance(segment.expression, Fact) and "agent" in segment.expression.modifiers
            allergy = head if told or head.cause is not None else None
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
    _share_agent(text, segments)


def _share_agent(text: Text, segments: list[Segment]) -> None:
    """Let "allergy, hypersensitivity or intolerance to A" say of the allergy too what it is to."""
    agent: str | None = None
    for segment in reversed(segments):
        fact = segment.expression
        to = next((i for i, c in enumerate(segment.chunks) if c.form.split(" ")[-1] == "to"), None)
        if isinstance(fact, Fact) and fact.category == "allergy":
            agent = fact.modifiers.get("agent", agent)
            bare = is_content(segment.chunks[-1]) and segment.chunks[-1].kind == "concept"
            if agent is not None and bare and "agent" not in fact.modifiers and _is_general(text, fact):
                segment.expression = replace(fact, modifiers={**fact.modifiers, "agent": agent})
        elif segment.expression is None and to is not None and to + 1 < len(segment.chunks):
            agent = text.text[segment.chunks[to + 1].start : segments[-1].chunks[-1].end].strip(" ,;.:")
        if segment.after_comma is False and segment.joint == ";":
            agent = None


def _is_general(text: Text, fact: Fact) -> bool:
    return text.vocabulary.by_iri[fact.concept].cause is None


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
        and (
            category in (None, s.expression.category)
            or {category, s.expression.category} <= given
            or (category in given and s.expression.category == "other" and not s.expression.modifiers)
        )
        and (not last.after_comma or s.expression.modifiers.get("status") != "active")
    ]
    if any(isinstance(s.expression, Fact) and s.expression.within not in (None, window) for s in members):
        return
    facts = [s.expression for s in members if isinstance(s.expression, Fact) and not s.borrowed]
    kinds = {
        (fact.concept, *(name for name, told in fact.modifiers.items() if told != "history"))
        for fact in facts
    }
    if len(kinds) > len({concept for concept, *_ in kinds}):
        return
    for segment in _reached(segments, members):
        if isinstance(segment.expression, Fact):
            segment.expression = _timed(segment.expression, window, last.expression)
    _share_doubtful_window(segments, category, window)


def _timed(fact: Fact, window: Window, last: Expression | None) -> Fact:
    """Return a fact in the time of the last of its list, with what narrows it ("whichever is shorter")."""
    told = last.modifiers.get("qualifier", "") if isinstance(last, Fact) else ""
    own = fact.modifiers.get("qualifier")
    if window.text not in told or (own is not None and window.text in own):
        return replace(fact, within=window)
    words = f"{own}; {window.text}" if own else window.text
    return replace(fact, within=window, modifiers={**fact.modifiers, "qualifier": words})


def _speaks_anew(segment: Segment) -> bool:
    """Whether a member is a clause with a verb of its own ("or has not recovered from …")."""
    return segment.expression is None and segment.chunks[0].form in VERBS


def _share_doubtful_window(segments: list[Segment], category: str | None, window: Window) -> None:
    """Narrow bare procedures listed with a dated condition, and the other way round, in words only.

    Whether "bypass, or stroke within 3 months" means a recent bypass, its words don't settle.
    """
    for segment in segments[:-1]:
        fact = segment.expression
        bare = isinstance(fact, Fact) and "exception" not in fact.modifiers and is_bare(segment)
        if bare and isinstance(fact, Fact) and fact.within is None and {category, fact.category} == _EVENTS:
            told = filter(None, [fact.modifiers.get("qualifier"), window.text])
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": "; ".join(told)})


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
    told = last.expression.modifiers.get("qualifier", "") if isinstance(last.expression, Fact) else ""
    words = next((part for part in told.split("; ") if _TIMED.match(part)), "")
    if len(segments) < 2 or not words or (not is_bare(last) and last.after_comma):
        return
    members = [segment for segment in segments[:-1] if isinstance(segment.expression, Fact)]
    for segment in _reached(segments, members):
        fact = segment.expression
        known = fact.modifiers.get("qualifier", "") if isinstance(fact, Fact) else ""
        if isinstance(fact, Fact) and fact.within is None and not _TIMED.search(known):
            joined = f"{known}; {words}" if known else words
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": joined})


def _last_window(segment: Segment) -> Window | None:
    times = [chunk.window for chunk in segment.chunks if chunk.window is not None]
    ends = segment.chunks[-1].kind in ("window", "bracket")
    found = times[0] if len(times) == 1 and ends else None
    alone = (
        segment.expression is None
        and segment.joint in ("or", "and")
        and (not segment.after_comma or is_bare(segment) or _is_noun_phrase(segment))
    )
    return found.window if found is not None and alone else None


def _is_noun_phrase(segment: Segment) -> bool:
    """Whether a member has no verb and nothing like "history of" or "no" of its own."""
    own = {"neutral", "negation", "active"}
    return not any(chunk.form in VERBS or chunk.classes & own for chunk in segment.chunks)


def share_purpose(segments: list[Segment]) -> None:
    """Let "for castration-resistant disease" behind "use of A, B or C" be said of all three."""
    last = segments[-1].expression
    told = last.modifiers.get("qualifier", "") if isinstance(last, Fact) else ""
    words = next((part for part in told.split("; ") if part.startswith("for ")), None)
    if not isinstance(last, Fact) or last.category != "treatment" or words is None:
        return
    for segment in reversed(segments[:-1]):
        fact = segment.expression
        if not isinstance(fact, Fact) or fact.category != "treatment" or fact.modifiers:
            return
        if fact.within not in (None, last.within):
            return
        segment.expression = replace(fact, modifiers={"qualifier": words})


def share_clauses(text: Text, segments: list[Segment]) -> None:
    """Let "illness/social situations that would limit compliance" be said of the illness too."""
    for first, second in itertools.pairwise(segments):
        fact = first.expression
        one_noun = second.joint in ("/", "or", "and") and not second.after_comma
        if not one_noun or not isinstance(fact, Fact) or second.expression is not None:
            continue
        words = _clause(text, second)
        if words is not None and "qualifier" not in fact.modifiers:
            first.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})


def _clause(text: Text, segment: Segment) -> str | None:
    """Return the relative clause of a member that starts with a noun; None without one."""
    at = next((i for i, c in enumerate(segment.chunks) if c.form in ("that", "which") and i > 0), None)
    noun = segment.chunks[:at]
    words = [chunk for chunk in noun if chunk.kind in ("word", "concept") and chunk.form not in _APART]
    if at is None or len(words) < len(noun) or words[0].form in VERBS or at + 1 == len(segment.chunks):
        return None
    return text.text[segment.chunks[at].start : segment.chunks[-1].end]


def _is_plain(fact: Fact) -> bool:
    """Whether nothing is said of a fact but that it may be over."""
    return fact.within is None and fact.modifiers.items() <= {("status", "history")}


def share_remarks(segments: list[Segment]) -> None:
    """Let what narrows the last of "pregnant or breastfeeding women who …" narrow the first as well."""
    for first, second in reversed(list(itertools.pairwise(segments))):
        one, two = first.expression, second.expression
        if (
            second.joint in ("or", "and", "/")
            and not second.after_comma
            and isinstance(one, Fact)
            and isinstance(two, Fact)
            and len(first.chunks) <= 2
        ):
            words = two.modifiers.get("qualifier")
            narrowed_after = words is not None and len(second.chunks) > 1 and is_content(second.chunks[0])
            if narrowed_after and not one.modifiers and one.category == two.category:
                first.expression = replace(one, modifiers=two.modifiers)
            elif words is not None and one.concept == two.concept and _is_plain(one):
                first.expression = replace(one, modifiers={**one.modifiers, "qualifier": words})
