"""Times since a treatment: "at least 4 weeks must have elapsed since chemotherapy"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.pieces import TURNING, is_undergone
from trialgraph.criteria.conditions.demands import ASKING, DEMAND_JOINTS, clause_after
from trialgraph.criteria.conditions.exempting import except_for
from trialgraph.criteria.conditions.intervals import (
    AGAIN,
    BARE,
    BARRED,
    DONE,
    ENDED,
    ENDINGS,
    FRAMES,
    LISTED,
    LISTED_BARRED,
    SINCE_LEAST,
    SINCE_MOST,
    STOPPED,
    WASHED,
    WHO_HAD,
)
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.washouts import in_time, is_shorter
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.quantities.windows import is_narrowed, length_in, tells_time, window_of
from trialgraph.criteria.trees import all_of, any_of, is_formal, map_facts, negate, only_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms
from trialgraph.namespaces import TGC

__all__ = ["asks_treatment", "read_elapsed", "read_interval", "tells_elapsed", "too_recent"]

_PARTICIPATION = str(TGC.TrialParticipation)
_LONGEST_LABEL = 12
_OF_LABELS = frozenset({"word", "concept", "bracket", "sign"})
_BEING = frozenset({"is", "are", "was", "were", "has", "have", "has been", "have been", "must", "must be"})
_ALL_JOINTS = frozenset({*DEMAND_JOINTS, "or", "and / or"})
_TIMED = frozenset({"limit", "window", "value"})
_TELLING = ("week", "day", "month", "wash")
"""What the words of a time have in them, one of which every statement of it has."""
_UNSAID = frozenset({"agent", "antibody", "drug", "therapy", "treatment", "medication", "dose", "infusion",
                     "last", "it", "them", "product", "procedure"})  # fmt: skip
"""What stands for a treatment that the label names ("Antibodies: at least 3 weeks since the last dose")."""
_GIVING = frozenset({"dose", "administration", "infusion", "cycle"})
"""What a treatment's name may end in where its last time is meant ("since the last chemotherapy dose")."""
_ENTERING = (
    r"(?:enrol|random|regist|stud(?:y|ies)|trial|first|treatment|screen|day|c\s?1|start|initiat|begin|protocol|entr|baseline"
    r"|consent|leuka|apher|lymphod|infus|inclusion|planned|cycle)"
)
_BEFORE = re.compile(
    rf"\s*,?\s*(?:and\s+)?(?:(?:prior\s+to|before|until|at(?!\s+(?:least|a)\b))\s+|to\s+(?=[^,;]*\b{_ENTERING}))[\w\s/,()\[\]-]{{0,80}}$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"\s+and\s+(?=[^,;]*\b{_ENTERING})[\w\s/()\[\]-]{{0,80}}$", re.IGNORECASE)
_UP_TO = re.compile(
    r"\s+and\s+(?:the\s+)?(?:start|enrol\w*|randomi\w+|registration|initiation|first\s+dose|(?:first\s+)?administration)\b[\w\s/()\[\]-]{0,80}$",
    re.IGNORECASE,
)
"""Up to when a time is told that counts "since" or "from" a treatment."""
_OF_SOME = re.compile(r"\bfor\s+(?:those|patients?|participants?|subjects?|individuals?)\b", re.IGNORECASE)
"""Of whom alone a time is asked."""
_USED_FOR = re.compile(
    r"(?:[^.;:,]{3,60}:\s*)?(?P<case>if\s+(?:used|given|administered|taken)\s+(?:to|for|as)\s[^.;:,]{3,100}),\s*",
    re.IGNORECASE,
)
"""In what use alone a treatment must be over for some time."""
_UNTIL_WORSE = re.compile(r"\b(?:to|until|and)\s+(?:\w+\s+){0,3}(?:recurr|relaps|progress)", re.IGNORECASE)
"""What makes a time one that a treatment worked for."""
_ELAPSED = re.compile(
    r"wash-?\s?out|\belapsed\b|\b(?:times?|intervals?|periods?)\b[^:;]{0,40}\b(?:since|from|after|between)\b"
    r"|\b(?:last|final|most recent)\s+(?:dose|fraction|administration|infusion|cycle|course)s?\s+"
    r"(?:of|with|for)\s*:?\s*$",
    re.IGNORECASE,
)
_PERIODS = re.compile(
    r"wash-?\s?out\b[^:;]*:\s*$"
    r"|\b(?:within|in|during|for)\s[^:;.]{0,40}\b(?:periods?|times?|time\s?frames?|intervals?|windows?)\b[^:;]*:\s*$",
    re.IGNORECASE,
)

_GOING_ON = ("must", "should", "may", "has ", "have ", "is ", "are ")
"""How a clause opens that says more of the treatment, or of whoever had it."""

Reader = Callable[[list[Chunk]], Expression]
Beside = Callable[[list[Chunk]], Expression | None]


def tells_elapsed(lead: str) -> bool:
    """Whether the items below a lead-in are treatments with the time that they have to be over for."""
    return _ELAPSED.search(lead.rsplit(". ", 1)[-1]) is not None


def tells_periods(lead: str) -> bool:
    """Whether the items below a lead-in are treatments with the time in which they bar."""
    return _PERIODS.search(lead.rsplit(". ", 1)[-1]) is not None


def read_elapsed(text: Text, chunks: Sequence[Chunk], read: Reader, beside: Beside) -> Expression | None:
    """Return what a time since treatments bars; None when a statement is about none.

    Args:
        text: The text under reading.
        chunks: A statement of it.
        read: Reads the treatments.
        beside: Reads what else is demanded in the same sentence.
    """
    if not tells_time(text.lowered):
        return None
    if (case := _USED_FOR.match(text.text, chunks[0].start, chunks[-1].end)) is not None:
        rest = trimmed([chunk for chunk in chunks if chunk.start >= case.end()])
        barred = _read(text, rest, read, beside) if rest else None
        return None if barred is None else _told_of(barred, case["case"])
    chunks = _without_instances(chunks)
    at = next((i for i, chunk in enumerate(chunks) if i and _excepts(chunk)), None)
    if at is None:
        return _read(text, chunks, read, beside)
    labelled = chunks[at].kind == "bracket" and any(chunk.form == ":" for chunk in chunks[at + 1 :])
    again = text.lowered[chunks[at].start : chunks[at].end]
    rest = [chunk for chunk in chunks[at:] if labelled and text.lowered[chunk.start : chunk.end] != again]
    barred = _read(text, trimmed([*chunks[:at], *rest]), read, beside)
    start = (chunks[at].inner[0] if chunks[at].kind == "bracket" else chunks[at]).end
    end = chunks[at].end if labelled else chunks[-1].end
    words = text.text[start:end].strip(" ;,.:()")
    return None if barred is None else except_for(text, barred, words, (start, end))


def too_recent(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Return the treatments of a member that is a time since them ("less than 4 weeks since X"), or None."""
    return _since(text, chunks, SINCE_MOST, read) if chunks and tells_time(text.lowered) else None


def _told_of(barred: Expression, words: str) -> Expression:
    """Return treatments that bar only where they were used for something, which no record shows."""
    return map_facts(
        barred,
        lambda fact: replace(
            fact,
            modifiers={
                **fact.modifiers,
                "qualifier": "; ".join(filter(None, (fact.modifiers.get("qualifier"), words))),
            },
        ),
    )


def _without_instances(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return a demand without the instances between a kind and what it asks ("X, including A, must be …").

    They are in the time of their kind, also those that aren't known.
    """
    pairs = [*enumerate(itertools.pairwise(chunks))]
    first = next((i for i, (one, two) in pairs if one.form == "," and "example" in two.classes), None)
    asks = (i for i, (one, two) in pairs if one.form == "," and two.form.startswith(ASKING))
    last = next(asks, None)
    if first is None or last is None or last < first:
        return chunks
    aside = chunks[first:last]
    turned = any(chunk.classes & TURNING or chunk.kind in _TIMED for chunk in aside)
    return chunks if turned or any(map(_excepts, aside)) else [*chunks[:first], *chunks[last + 1 :]]


def _excepts(chunk: Chunk) -> bool:
    """Whether a chunk is an exception, or a bracket with one ("(except for palliative radiotherapy)")."""
    return "exception" in chunk.classes or bool(chunk.inner and "exception" in chunk.inner[0].classes)


def _read(text: Text, chunks: Sequence[Chunk], read: Reader, beside: Beside) -> Expression | None:
    if text.exclusion:
        return _barred_as_such(text, chunks, read)
    words = text.text[chunks[0].start : chunks[-1].end].lower()
    if not any(chunk.kind in _TIMED for chunk in chunks) and not any(unit in words for unit in _TELLING):
        return None
    if (barred := _framed(text, chunks, (WHO_HAD,), read)) is not None:
        return negate(barred)
    clause = clause_after(text, chunks)
    barred = _barred(text, chunks[:clause], read)
    if barred is None and _framed(text, chunks, (BARE,), read) is not None:
        return narrative(text, chunks[0].start, chunks[-1].end)
    if barred is None or clause is None:
        return None if barred is None else negate(barred)
    rest = trimmed(chunks[clause + 1 :])
    if not rest:
        return negate(barred)
    own = rest[0].form.startswith(_GOING_ON)
    if own and any(chunk.term is not None and chunk.term.category == "lesion" for chunk in rest):
        return None
    told = narrative(text, rest[0].start, rest[-1].end) if own else beside(rest)
    return None if told is None else all_of([negate(barred), told])


def _barred_as_such(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read "less than 4 weeks since X" among exclusions, also as a demand ("X must be completed …")."""
    barred = _since(text, chunks, SINCE_MOST, read) or _framed(text, chunks, BARRED, read)
    if barred is None and "wash" in text.lowered:
        barred = _framed(text, chunks, WASHED, read)
    if barred is not None:
        return barred
    if not any(chunk.form.startswith(ASKING) for chunk in chunks):
        return None
    clause = clause_after(text, chunks)
    rest = trimmed(chunks[clause + 1 :]) if clause is not None else []
    barred = _ended(text, chunks[:clause], read) or _framed(text, chunks[:clause], (STOPPED,), read)
    if barred is None and " elapsed" in text.lowered:
        barred = _since(text, chunks[:clause], SINCE_LEAST, read)
    if barred is None or not rest:
        return barred
    return any_of([barred, Not(narrative(text, rest[0].start, rest[-1].end))])


def _barred(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    barred = _since(text, chunks, SINCE_LEAST, read) or _framed(text, chunks, FRAMES, read)
    barred = barred or _ended(text, chunks, read)
    if barred is None and (colon := _label_before(chunks)):
        label, rest = chunks[:colon], chunks[colon + 1 :]
        return _since(text, rest, SINCE_LEAST, read, label) if rest else None
    return barred


def read_interval(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Return what an item below "time since prior treatment:" bars ("nitrosoureas: 6 weeks"), or None."""
    kept = trimmed(chunks)
    barred = _framed(text, kept, LISTED, read) or _of_unread_time(text, kept, read) if kept else None
    return None if barred is None else negate(barred)


def read_barred_interval(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Return what an item below "therapy within the following periods:" bars ("nitrosoureas, 6 weeks")."""
    kept = trimmed(chunks)
    return _framed(text, kept, LISTED_BARRED, read) if kept else None


def asks_treatment(expression: Expression) -> bool:
    """Whether a treatment is demanded, which no item below "time since prior treatment:" does."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return any(map(asks_treatment, operands))
        case Fact():
            return expression.category in GIVEN and not expression.is_mention
        case _:
            return False


def _of_unread_time(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Read "chemotherapy: longer than its cycle": the treatment, narrowed by words that nobody records."""
    colon = _label_before(chunks)
    if not colon or not chunks[colon + 1 :] or any(chunk.classes & TURNING for chunk in chunks):
        return None
    label, words = chunks[:colon], text.text[chunks[colon + 1].start : chunks[-1].end].strip(" ;,.")
    given = any(map(is_undergone, label)) and not any(chunk.kind == "value" for chunk in chunks)
    named = read(list(label)) if given else None
    if named is None or not is_formal(named) or not only_facts(named):
        return None
    facts = [atom for atom in atoms(named) if isinstance(atom, Fact)]
    if any(fact.category not in GIVEN for fact in facts):
        return None
    return map_facts(named, lambda fact: replace(fact, modifiers={**fact.modifiers, "qualifier": words}))


def _label_before(chunks: Sequence[Chunk]) -> int | None:
    """Return the colon behind a label such as "Monoclonal antibodies:", None without one."""
    colon = next((i for i, chunk in enumerate(chunks[:_LONGEST_LABEL]) if chunk.form == ":"), None)
    plain = all(chunk.kind in _OF_LABELS and not chunk.classes & TURNING for chunk in chunks[:colon])
    return colon if colon and plain else None


def _since(
    text: Text, chunks: Sequence[Chunk], pattern: str, read: Reader, label: Sequence[Chunk] = ()
) -> Expression | None:
    start, end = chunks[0].start, chunks[-1].end
    match = length_in(pattern).match(text.text, start, end)
    if match is None:
        return None
    times = [match, *length_in(AGAIN).finditer(text.text, match.end(), end)]
    places = [start, *(each.start() for each in times[1:]), end]
    barred = []
    for index, each in enumerate(times):
        stop = places[index + 1]
        inside = trimmed([chunk for chunk in chunks if each.end() <= chunk.start < stop])
        named = _named(text, inside, each) if inside else None
        if named is not None and label and all(map(_is_unsaid, named)):
            named = _labelled(text, label)
        barred.append(_within(text, named, each, places[index], read) if named else None)
    return any_of([each for each in barred if each]) if all(barred) else None


def _labelled(text: Text, label: Sequence[Chunk]) -> list[Chunk]:
    """Return the treatments that a label names; "antibodies" are some when doses of them are told."""
    therapy = text.vocabulary.find("antibody therapy")
    if len(label) == 1 and label[0].form == "antibody" and therapy is not None:
        return [replace(label[0], kind="concept", term=therapy)]
    return list(label)


def _is_unsaid(chunk: Chunk) -> bool:
    return chunk.kind == "word" and (chunk.form in _UNSAID or "neutral" in chunk.classes)


def _named(text: Text, chunks: list[Chunk], match: re.Match[str]) -> list[Chunk] | None:
    """Return the treatments without up to when the time is told; None where more is said."""
    start, end = chunks[0].start, chunks[-1].end
    if _UNTIL_WORSE.search(text.text, start, end):
        return None
    between = re.search(r"\bbetween\b", match.group(), re.IGNORECASE) is not None
    after = (_BETWEEN if between else _BEFORE).search(text.text, start, end)
    after = after or _UP_TO.search(text.text, start, end)
    if after is None:
        return None if between else chunks
    kept = trimmed([chunk for chunk in chunks if chunk.end <= after.start()])
    cut = [chunk for chunk in chunks if chunk.start >= after.start()]
    return (kept or chunks) if not _joins_more(cut[1:]) else None


def _joins_more(chunks: Sequence[Chunk]) -> bool:
    """Whether something is named behind a joint, so that it would be lost with what stands before."""
    joint = next((i for i, chunk in enumerate(chunks) if chunk.form in _ALL_JOINTS), len(chunks))
    return any(map(is_content, chunks[joint:]))


def _framed(text: Text, chunks: Sequence[Chunk], frames: Sequence[str], read: Reader) -> Expression | None:
    start, end = chunks[0].start, chunks[-1].end
    for frame in frames:
        if (match := length_in(frame).match(text.text, start, end)) is None:
            continue
        first, last = match.span("named")
        inside = [chunk for chunk in chunks if first <= chunk.start and chunk.end <= last]
        named: list[Chunk] | None = trimmed(inside)
        tail = [chunk for chunk in chunks if chunk.start >= match.end()]
        if "tail" in match.groupdict():
            if _joins_more(tail) or (named and _UNTIL_WORSE.search(text.text, first, end)):
                continue
            if any(map(is_undergone, (inner for chunk in tail for inner in chunk.inner))):
                continue
        elif named:
            named = _named(text, named, match)
        timed = any(map(_tells_time, named or ()))
        if inside and "least" in match.groupdict() and match["least"] is None:
            # "completed radiotherapy within 12 weeks before" demands it
            timed = timed or text.text[inside[-1].end : match.start("number")].strip() not in ("", "for")
        if named and not timed and (barred := _within(text, named, match, start, read)) is not None:
            return barred
    return None


def _tells_time(chunk: Chunk) -> bool:
    """Whether a chunk tells a time, and not a share or a dose ("radiation to ≥ 50% of the pelvis")."""
    unit = chunk.limit.unit if chunk.limit is not None else None
    return chunk.kind in ("limit", "window") and (unit is None or unit.dimension == "time")


def _ended(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    start, end = chunks[0].start, chunks[-1].end
    words = text.text[start:end].lower()
    if not any(ending in words for ending in (*ENDINGS, *DONE)):
        return None
    match = length_in(ENDED).search(text.text, start, end)
    if (
        match is None
        or _OF_SOME.search(text.text, match.end(), end)
        or _joins_more([chunk for chunk in chunks if chunk.start >= match.end()])
    ):
        return None
    head = trimmed([chunk for chunk in chunks if chunk.end <= match.start()])
    while head and head[-1].form in _BEING:
        head.pop()
    return _within(text, head, match, match.start(), read)


def _within(
    text: Text, chunks: Sequence[Chunk], match: re.Match[str], start: int, read: Reader
) -> Expression | None:
    """Return the treatments in the time that has to be over, when nothing else is said of them."""
    if chunks[-1:] and chunks[-1].form in _GIVING:
        chunks = chunks[:-1]
    if not any(map(_is_over, chunks)) or any("negation" in chunk.classes for chunk in chunks):
        return None
    expression = read(list(chunks))
    facts = [atom for atom in atoms(expression) if isinstance(atom, Fact)]
    undergone = all(fact.category in GIVEN or fact.concept == _PARTICIPATION for fact in facts)
    if isinstance(expression, Not) or not is_formal(expression) or not undergone:
        return None
    window = window_of(match, text.text[start : match.end()].strip(" ("))
    if any(fact.within is not None and is_shorter(fact.within, window) for fact in facts):
        return None
    told = is_narrowed(match)
    dated = map_facts(expression, lambda fact: in_time(fact, window, narrowed=told))
    return any_of(dated.operands) if isinstance(dated, AllOf | AnyOf) else dated


def _is_over(chunk: Chunk) -> bool:
    """Whether a chunk names what is over at some time: a treatment, or another trial."""
    return is_undergone(chunk) or (chunk.term is not None and chunk.term.iri == _PARTICIPATION)
