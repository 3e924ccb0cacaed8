"""What words that stayed words speak of: concepts that they demand or bar, never to be judged.

Where a statement can't be read whole, the concepts it names still tell what it is about: which trials
speak of stroke is a fair question to ask of a graph. Such a fact carries its sentence as the modifier
``context``, stands beside the words it is from, and neither proves nor disproves anything.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trialgraph.criteria.chunking.asides import keeps_from
from trialgraph.criteria.chunking.brackets import nested
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import asks_consent
from trialgraph.criteria.facts.allowances import allowance_at
from trialgraph.criteria.facts.alternatives import alternatives, markers, timed
from trialgraph.criteria.facts.clauses import asked_of_allowed
from trialgraph.criteria.facts.enumerations import enumerated, fitting, kinds_behind
from trialgraph.criteria.language.connectives import RESTARTS
from trialgraph.criteria.language.offers import DEMAND
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.elisions import with_elided
from trialgraph.criteria.members.illnesses import with_illnesses
from trialgraph.criteria.mentions.bracketed import barred_in_brackets
from trialgraph.criteria.mentions.clauses import bars_as_such
from trialgraph.criteria.mentions.definitions import defined
from trialgraph.criteria.mentions.topics import Topic, topics_of
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Atom, Expression, Fact, Narrative, Not, Span, Window, atoms
from trialgraph.namespaces import TGC

__all__ = ["add_mentions"]

_NAMING = frozenset({"concept", "lesion"})
_ENDS = frozenset({";", "."})
_SHORT = frozenset({"eg", "ie", "vs", "approx", "incl", "dr", "prof"})
_NEAR = 6
_STANDARD = str(TGC.StandardTherapy)
_ILL = frozenset({"condition", "lesion", "biomarker", "other"})
_BARRED_STILL = frozenset({*GIVEN, "condition"})
_UNLESS = frozenset({"unless", "except if", "except when"})
_NARROWING = frozenset({"qualifier", "exception"})
_MOST = 60
"""How far behind a fact its own words are followed."""
Deep = tuple[Chunk, int]
"""A chunk, and the number of brackets that it stands in."""


def add_mentions(expression: Expression, text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return the expression with what its words speak of beside them."""
    taken = [atom.span for atom in atoms(expression) if not isinstance(atom, Narrative)]
    leaves = list(atoms(expression))
    allowed = any("allowance" in chunk.classes for chunk in chunks)
    tells = allowed or any(map(_may_tell_more, leaves)) or any(map(_holds_names, chunks))
    placed = with_illnesses(text, nested(chunks)) if tells else []
    readable = text.normalized.readable
    bounds = [readable(span) for span in taken]
    more = allowed or len(taken) < len(leaves) or any(map(_lists, leaves))
    if not any(chunk.kind in _NAMING for chunk, _ in (placed if more else _left(placed, bounds))):
        return expression
    placed = with_elided(text, placed)
    left = list(_left(placed, bounds))
    narrowed = any(isinstance(atom, Fact) and not _NARROWING.isdisjoint(atom.modifiers) for atom in leaves)
    free = (
        {chunk.start for chunk, _ in _left(placed, [readable(atom.span) for atom in leaves])}
        if narrowed
        else set()
    )
    source = _Source(text, placed, left, free=free)
    added = _added(expression, source, denied=False)
    if text.exclusion and any(chunk.form in _UNLESS for chunk in chunks):
        added = _with_asked_unless(added, source)
    if any(map(_bars_within, chunks)):
        denied = not text.exclusion
        barred = [each for each in barred_in_brackets(text, placed) if source.is_new(Topic(each, denied))]
        added = any_of([added, *barred]) if text.exclusion else all_of([added, *map(Not, barred)])
    return _with_asked_of_allowed(added, source) if allowed else added


def _may_tell_more(atom: Atom) -> bool:
    told = isinstance(atom, Fact) and bool(atom.modifiers.keys() & _NARROWING)
    return isinstance(atom, Narrative) or told


def _holds_names(chunk: Chunk) -> bool:
    """Whether a bracket names something, which may be kinds of what stands before it."""
    return chunk.kind == "bracket" and any(each.kind == "concept" for each in chunk.inner)


def _bars_within(chunk: Chunk) -> bool:
    """Whether a bracket may say who is excluded."""
    return chunk.kind == "bracket" and any("barring" in each.classes for each in chunk.inner)


def _lists(atom: Atom) -> bool:
    """Whether words that narrow a fact may name some kinds of it ("ulcers (gastric or duodenal)")."""
    words = atom.modifiers.get("qualifier", "") if isinstance(atom, Fact) else ""
    return " or " in words or "," in words or "/" in words


def _with_asked_of_allowed(expression: Expression, source: _Source) -> Expression:
    """Put beside a reading what those let in are asked for ("eligible if the load is undetectable")."""
    for sentence in _sentences(source.chunks):
        if not asked_of_allowed(source.text, sentence, allowance_at([chunk for chunk, _ in sentence])):
            continue
        for topic in filter(source.is_new, topics_of(source.text, sentence)):
            told = Not(topic.fact) if topic.denied else topic.fact
            expression = any_of([expression, told]) if source.text.exclusion else all_of([expression, told])
    return expression


def _with_asked_unless(expression: Expression, source: _Source) -> Expression:
    """Put beside a bar what those it spares must not have or be given ("unless off corticosteroids")."""
    for sentence in _sentences(source.chunks):
        at = next((i for i, (chunk, _) in enumerate(sentence) if i and chunk.form in _UNLESS), len(sentence))
        for topic in (
            topics_of(source.text, sentence[at + 1 :], spared=True) if at + 1 < len(sentence) else ()
        ):
            if not topic.denied and topic.fact.category in _BARRED_STILL and source.is_new(topic):
                expression = any_of([expression, topic.fact])
    return expression


def _start(each: Deep) -> int:
    return each[0].start


def _end(each: Deep) -> int:
    return each[0].end


@dataclass(frozen=True, slots=True)
class _Source:
    """A text, its chunks, those that aren't read yet, and what was told of them."""

    text: Text
    every: Sequence[Deep]
    chunks: Sequence[Deep]
    told: set[tuple[str, bool, Window | None]] = field(default_factory=set)
    free: set[int] = field(default_factory=set)

    def within(self, span: Span) -> list[Deep]:
        """Return the chunks in a verbatim span, brackets opened, without those that are read already."""
        start, end = self.text.normalized.readable(span)
        first = bisect_left(self.chunks, start, key=_start)
        last = bisect_right(self.chunks, end, lo=first, key=_end)
        return list(self.chunks[first:last])

    def behind(self, span: Span) -> list[Deep]:
        """Return the chunks behind a span up to the end of its sentence or the next atom, nested."""
        first = last = bisect_left(self.every, self.text.normalized.readable(span)[1], key=_start)
        while last < len(self.every) and last < first + _MOST and self.every[last][0].start in self.free:
            chunk = self.every[last][0]
            if chunk.kind == "sign" and chunk.form in _ENDS:
                break
            last += 1
        return list(self.every[first:last])

    def from_end(self, span: Span) -> list[Deep]:
        """Return the chunks of a bracket right behind a span, none where another atom is read from it.

        A noun that adds nothing may stand between ("anticoagulation medications (warfarin)").
        """
        first = bisect_left(self.every, self.text.normalized.readable(span)[1], key=_start)
        if first < len(self.every) and not self.every[first][1] and "tail" in self.every[first][0].classes:
            first += 1
        last = first
        while last < len(self.every) and self.every[last][1]:
            last += 1
        if first == last:
            return []
        start, end = self.every[first][0].start, self.every[last - 1][0].end
        unread = bisect_right(self.chunks, end, key=_end) - bisect_left(self.chunks, start, key=_start)
        return list(self.every[first:last]) if unread == last - first else []

    def at(self, span: Span) -> Sequence[Deep]:
        """Return the chunks of a span, nested."""
        start, end = self.text.normalized.readable(span)
        first = bisect_left(self.every, start, key=_start)
        return self.every[first : bisect_right(self.every, end, lo=first, key=_end)]

    def inside(self, span: Span, behind: Sequence[Deep]) -> list[Deep]:
        """Return the chunks behind a span up to the end of the bracket that it stands in, nested in that."""
        depth = next((each for _, each in self.at(span)), 0)
        within = itertools.takewhile(lambda each: each[1] >= depth, behind)
        return [(chunk, each - depth) for chunk, each in within]

    def is_led_away(self, start: int) -> bool:
        """Whether the word before some words keeps them from being a demand ("except for", "due to")."""
        at = bisect_left(self.every, self.text.normalized.readable((start, start))[0], key=_start)
        return keeps_from([chunk for chunk, _ in self.every[max(0, at - _NEAR) : at]])

    def is_new(self, topic: Topic) -> bool:
        """Whether a topic hasn't been told yet; a criterion that names a thing twice speaks of it once."""
        key = (topic.fact.concept, topic.denied, topic.fact.within)
        new = key not in self.told
        self.told.add(key)
        return new


def _left(chunks: Sequence[Deep], taken: Sequence[Span]) -> Iterator[Deep]:
    """Yield the chunks that overlap nothing taken."""
    bounds: list[Span] = []
    for start, end in sorted(taken):
        if bounds and start <= bounds[-1][1]:
            bounds[-1] = (bounds[-1][0], max(end, bounds[-1][1]))
        else:
            bounds.append((start, end))
    following = 0
    for chunk, depth in chunks:
        while following < len(bounds) and bounds[following][1] <= chunk.start:
            following += 1
        if following == len(bounds) or bounds[following][0] >= chunk.end:
            yield chunk, depth


def _added(expression: Expression, source: _Source, *, denied: bool) -> Expression:
    told = _told(expression, source, denied=denied)
    demands = not denied and not source.text.exclusion
    if demands and isinstance(expression, Fact) and not _NARROWING.isdisjoint(expression.modifiers):
        return all_of([told, *_excepted(expression, source)])
    return told


def _told(expression: Expression, source: _Source, *, denied: bool) -> Expression:
    match expression:
        case AllOf(operands):
            return all_of([_added(each, source, denied=denied) for each in operands])
        case AnyOf(operands):
            return any_of([_added(each, source, denied=denied) for each in operands])
        case Not(Narrative(words) as demand) if source.text.exclusion and DEMAND.match(words):
            return Not(_spoken_of(demand, source, turned=False))
        case Not(operand):
            return Not(_added(operand, source, denied=True))
        case Fact() if "qualifier" in expression.modifiers:
            return _with_listed(expression, source, denied=denied)
        case Fact():
            listed = kinds_behind(source.text, expression, source.from_end(expression.span))
            new = [each for each in listed if source.is_new(Topic(each, denied))]
            return any_of([expression, *new]) if new else expression
        case Narrative() if not denied and (expression.reason != "consent" or source.text.exclusion):
            return _spoken_of(expression, source, turned=source.text.exclusion)
        case _:
            return expression


def _excepted(fact: Fact, source: _Source) -> Iterator[Expression]:
    """Yield what a demanded disease mustn't be ("leukemia, excluding the promyelocytic one")."""
    behind = source.behind(fact.span)
    at = next((i for i, (chunk, _) in enumerate(behind) if "exception" in chunk.classes), len(behind))
    inside = list(itertools.takewhile(lambda each: each[1] >= behind[at][1], behind[at + 1 :]))
    term = source.text.vocabulary.by_iri.get(fact.concept)
    if not inside or term is None or fact.category != "condition":
        return
    for topic in topics_of(source.text, inside):
        other = topic.fact.category == fact.category and topic.fact.concept not in (term.iri, *term.ancestors)
        if other and not topic.denied and source.is_new(replace(topic, denied=True)):
            yield Not(topic.fact)


def _with_listed(fact: Fact, source: _Source, *, denied: bool) -> Expression:
    """Put what the words that narrow a fact list besides it beside the fact."""
    behind = source.behind(fact.span)
    listed = list(enumerated(source.text, fact, behind))
    if source.text.exclusion and not denied:
        spans = {each.span for each in listed}
        inside = source.inside(fact.span, behind)
        more = itertools.chain(
            markers(source.text, fact, inside),
            alternatives(source.text, fact, inside),
            defined(source.text, fact, inside),
        )
        listed += [each for each in more if each.span not in spans]
    if source.text.exclusion or denied:
        listed += timed(source.text, fact, behind)
    new = [each for each in listed if source.is_new(Topic(each, denied))]
    told = any_of([fact, *new]) if new else fact
    for each, unfit in fitting(source.text, fact, behind):
        if not denied and source.is_new(Topic(each, unfit)):
            told = all_of([told, Not(each) if unfit else each])
    if denied or source.text.exclusion:
        return told
    return all_of([told, *_told_behind(fact, source)])


def _told_behind(fact: Fact, source: _Source) -> Iterator[Expression]:
    """Yield what else the words that narrow a demanded fact ask ("relapsed after X or Y")."""
    term = source.text.vocabulary.by_iri.get(fact.concept)
    behind = source.behind(fact.span)
    if term is None or fact.category not in _ILL or not behind:
        return
    told = [*source.at(fact.span), *behind] if fact.category == "other" else behind
    for topic in topics_of(source.text, told):
        other = topic.fact.concept
        if other == term.iri or other in term.ancestors or (topic.denied and other == _STANDARD):
            continue
        if source.is_new(topic):
            yield Not(topic.fact) if topic.denied else topic.fact


def _spoken_of(words: Narrative, source: _Source, *, turned: bool) -> Expression:
    """Put what words speak of beside them; `turned` where "must have" is meant the other way round."""
    demanded: list[Expression] = []
    denied: list[Expression] = []
    start, end = words.span
    if words.reason == "consent" and (asked := asks_consent(source.text, words.text)) is not None:
        end = start + asked.start()
    sentences = list(_sentences(source.within((start, end))))
    if source.is_led_away(words.span[0]):
        del sentences[:1]
    for sentence in sentences:
        opening = source.text.text[sentence[0][0].start : sentence[-1][0].end]
        turn = turned and DEMAND.match(opening) is not None
        none = turned and opening[:3].lower() == "no "
        for topic in filter(source.is_new, topics_of(source.text, sentence)):
            meant = turn or (none and topic.denied and bars_as_such(source.text, topic.fact))
            (denied if topic.denied != meant else demanded).append(topic.fact)
    beside = any_of([*demanded, words]) if demanded else words
    return all_of([*map(Not, denied), beside]) if denied else beside


def _sentences(chunks: Sequence[Deep]) -> Iterator[list[Deep]]:
    sentence: list[Deep] = []
    for index, (chunk, depth) in enumerate(chunks):
        if sentence and chunk.form == "and" and _rules_anew(chunks[index + 1 : index + 3]):
            yield sentence
            sentence = []
            continue
        sentence.append((chunk, depth))
        if chunk.kind == "sign" and chunk.form in _ENDS and not _abbreviates(sentence):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _rules_anew(chunks: Sequence[Deep]) -> bool:
    """Whether a clause of its own starts ("… and patients must have recovered")."""
    forms = [chunk.form for chunk, _ in chunks]
    return len(forms) > 1 and forms[0] in RESTARTS and forms[1].startswith(("must", "should"))


def _abbreviates(sentence: Sequence[Deep]) -> bool:
    """Whether a full stop belongs to an abbreviation ("eg.")."""
    return len(sentence) > 1 and sentence[-2][0].form in _SHORT
