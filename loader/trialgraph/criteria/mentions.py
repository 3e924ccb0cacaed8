"""What words that stayed words speak of: concepts that they demand or bar, never to be judged.

Where a statement can't be read whole, the concepts it names still tell what it is about: which trials
speak of stroke is a fair question to ask of a graph. Such a fact carries its sentence as the modifier
``context``, stands beside the words it is from, and neither proves nor disproves anything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trialgraph.criteria.brackets import opened
from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.facts import is_content
from trialgraph.criteria.lexicon import lexicon
from trialgraph.criteria.offers import DEMAND
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.criteria.vocabulary import GIVEN
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Span, Window, atoms

__all__ = ["add_mentions"]

_JOINING = frozenset({"and", "or", ",", "/", "nor", "and/or", "and / or"})
_ENDS = frozenset({";", "."})
_MODAL = frozenset(
    [
        "must",
        "should",
        "shall",
        "must have",
        "must be",
        "need",
        "need to",
        "are required to",
        "is required to",
    ]
)
_HAVING = frozenset(
    ["have", "has", "had", "having", "received", "receive", "be", "been", "undergone", "have had", "has had"]
)
_THAT_IS = frozenset({"i.e", "i.e.", "ie", "namely"})
_REQUIRED = frozenset({"requiring", "require", "required", "requires", "that required", "needing"})
_ABOUT_DISEASES = frozenset(
    {"treatment", "therapy", "drug", "medication", "surgery", "agent", "center", "study"}
)
_AFTER = frozenset({"after", "following", "on", "during", "to", "by", "since", "with", "including", "of"})


@dataclass(slots=True)
class _Sentence:
    """A sentence under reading: what its words so far make of the concept that comes next."""

    text: Text
    chunks: list[Chunk]
    negated: bool = False
    aside: bool = False
    failed: bool = False
    unactual: bool = False
    over: bool = False
    found: list[tuple[Fact, bool]] = field(default_factory=list)


def add_mentions(expression: Expression, text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return the expression with what its words speak of beside them."""
    taken = [atom.span for atom in atoms(expression) if not isinstance(atom, Narrative)]
    if len(taken) == sum(1 for _ in atoms(expression)):
        return expression
    left = list(_left(text, chunks, taken)) if any(map(is_content, opened(chunks))) else []
    return _added(expression, _Source(text, left), denied=False)


@dataclass(frozen=True, slots=True)
class _Source:
    """A text, and its chunks with their verbatim spans, in order, without those that are read already."""

    text: Text
    chunks: Sequence[tuple[Span, Chunk]]

    def within(self, span: Span) -> list[Chunk]:
        """Return the chunks in a verbatim span, brackets opened, without those that are read already."""
        first = bisect_left(self.chunks, span[0], key=lambda each: each[0][0])
        last = bisect_right(self.chunks, span[1], lo=first, key=lambda each: each[0][1])
        return [chunk for _, chunk in self.chunks[first:last]]


def _left(text: Text, chunks: Sequence[Chunk], taken: Sequence[Span]) -> Iterator[tuple[Span, Chunk]]:
    """Yield the chunks that overlap nothing taken, brackets opened, with their verbatim spans."""
    bounds: list[Span] = []
    for start, end in sorted(taken):
        if bounds and start <= bounds[-1][1]:
            bounds[-1] = (bounds[-1][0], max(end, bounds[-1][1]))
        else:
            bounds.append((start, end))
    for chunk in opened(chunks):
        start, end = text.span(chunk.start, chunk.end)
        following = bisect_right(bounds, start, key=lambda other: other[1])
        if following == len(bounds) or bounds[following][0] >= end:
            yield (start, end), chunk


def _added(expression: Expression, source: _Source, *, denied: bool) -> Expression:
    match expression:
        case AllOf(operands):
            return all_of([_added(each, source, denied=denied) for each in operands])
        case AnyOf(operands):
            return any_of([_added(each, source, denied=denied) for each in operands])
        case Not(Narrative(words) as demand) if source.text.exclusion and DEMAND.match(words):
            return Not(_spoken_of(demand, source, turned=False))
        case Not(operand):
            return Not(_added(operand, source, denied=True))
        case Narrative() if not denied and expression.reason != "consent":
            return _spoken_of(expression, source, turned=source.text.exclusion)
        case _:
            return expression


def _spoken_of(words: Narrative, source: _Source, *, turned: bool) -> Expression:
    """Put what words speak of beside them; `turned` where "must have" is meant the other way round."""
    demanded: list[Expression] = []
    denied: list[Expression] = []
    for sentence in _sentences(source.within(words.span)):
        opening = source.text.text[sentence[0].start : sentence[-1].end]
        turn = turned and DEMAND.match(opening) is not None
        for fact, negated in _mentions(source.text, sentence):
            (denied if negated != turn else demanded).append(fact)
    beside = any_of([*demanded, words]) if demanded else words
    return all_of([*map(Not, denied), beside]) if denied else beside


def _sentences(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    sentence: list[Chunk] = []
    for chunk in chunks:
        sentence.append(chunk)
        if chunk.kind == "sign" and chunk.form in _ENDS:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _mentions(text: Text, chunks: list[Chunk]) -> list[tuple[Fact, bool]]:
    """Return the concepts that a sentence demands, and those that it denies."""
    words = text.text[chunks[0].start : chunks[-1].end]
    if not any(is_content(chunk) for chunk in chunks) or lexicon().aside.search(words):
        return []
    if any(chunk.classes & {"allowance", "barring"} for chunk in chunks):
        return []
    failed = not text.exclusion and lexicon().failed.search(words) is not None
    sentence = _Sentence(text, chunks, failed=failed, over=lexicon().resolved.search(words) is not None)
    start = _subject_end(sentence)
    for index in range(start, len(chunks)):
        if chunks[index].classes & {"exception", "definition"} and chunks[index].form not in _THAT_IS:
            break
        _take(sentence, index)
    if sentence.over:
        _unresolved(sentence)
    context = {"context": " ".join(words.split()).strip(" ;,.:")}
    return [
        (replace(fact, modifiers={**fact.modifiers, **context}), negated)
        for fact, negated in _dated(sentence)
    ]


def _unresolved(sentence: _Sentence) -> None:
    """Take "toxicity has resolved" for a bar to toxicity, and "has not recovered from it" too."""
    barred = not sentence.text.exclusion
    kinds = ("condition",) if barred else ("condition", "procedure")
    sentence.found = [(fact, barred) for fact, _ in sentence.found if fact.category in kinds]


def _subject_end(sentence: _Sentence) -> int:
    """Return where the demand starts in "patients with X must have Y", which is about Y."""
    if sentence.text.exclusion:
        return 0
    modal = (index for index, chunk in enumerate(sentence.chunks) if chunk.form in _MODAL)
    return next(modal, 0)


def _take(sentence: _Sentence, index: int) -> None:
    chunk = sentence.chunks[index]
    before = sentence.chunks[index - 1] if index else None
    following = sentence.chunks[index + 1] if index + 1 < len(sentence.chunks) else None
    if chunk.kind in ("concept", "lesion") and is_content(chunk):
        fact = _fact(sentence.text, chunk)
        if (
            fact is not None
            and not (sentence.aside or sentence.unactual)
            and not _goes_on(sentence.text, chunk, following)
        ):
            sentence.found.append((fact, sentence.negated))
        return
    if chunk.kind == "sign" and chunk.form == ":":
        sentence.aside = False
    elif chunk.form == "negative":
        sentence.negated = True
    elif sentence.over and chunk.form in ("not", "from"):
        return
    elif "negation" in chunk.classes:
        soon = {each.form for each in sentence.chunks[index + 1 : index + 3]}
        denies = chunk.form != "not" or bool(soon & _HAVING)
        sentence.negated, sentence.aside = denies, not denies
    elif chunk.form in _JOINING or chunk.kind != "word" or _leads_to_treatment(sentence, index):
        return
    elif "example" in chunk.classes:
        sentence.aside = False
    elif "unactual" in chunk.classes:
        sentence.unactual = not (sentence.text.exclusion and "planned" in chunk.classes)
    elif chunk.classes & {"condition", "regardless"} or _leads_away(chunk, before):
        sentence.aside = True
    elif "neutral" in chunk.classes and chunk.form not in (
        "of",
        "the",
        "a",
        "any",
        "their",
        "is",
        "are",
        "in",
        "with",
    ):
        sentence.aside = False


def _leads_to_treatment(sentence: _Sentence, index: int) -> bool:
    """Whether a word leads from failure to what failed ("progressed after"), or from need to therapy."""
    form = sentence.chunks[index].form
    following = next((each for each in sentence.chunks[index + 1 :] if is_content(each)), None)
    given = following is not None and following.term is not None and following.term.category in GIVEN
    asked = _REQUIRED if sentence.text.exclusion else _AFTER if sentence.failed else frozenset()
    return given and form in asked


def _leads_away(chunk: Chunk, before: Chunk | None) -> bool:
    """Whether what follows a word is no longer what the patient has or was given ("risk of", "due to")."""
    after_concept = before is not None and before.kind == "concept"
    if chunk.form == "for" and before is not None and before.form.startswith("test"):
        return False
    if chunk.form in ("of", "in", "with") and not after_concept:
        return before is not None and before.kind == "word" and not before.classes
    return ("post" in chunk.classes and "neutral" not in chunk.classes) or chunk.form in ("of", "in", "with")


def _goes_on(text: Text, chunk: Chunk, following: Chunk | None) -> bool:
    """Whether the next word turns the concept into something else ("hypertension medication")."""
    if following is None or following.kind not in ("word", "concept"):
        return False
    joined = not text.text[chunk.end : following.start].strip()
    if chunk.term is not None and chunk.term.category == "condition" and following.form in _ABOUT_DISEASES:
        return True
    return joined and following.kind == "word" and not following.classes and following.form not in _JOINING


def _fact(text: Text, chunk: Chunk) -> Fact | None:
    term = chunk.term
    if isinstance(chunk.expression, Fact):
        return chunk.expression
    if term is None or term.category in (None, "demographic", "other"):
        return None
    return Fact(term.iri, term.label, term.category, span=text.span(chunk.start, chunk.end))


def _dated(sentence: _Sentence) -> Iterator[tuple[Fact, bool]]:
    """Yield the facts in the time that the sentence states after them."""
    windows = [
        (sentence.text.span(chunk.start, chunk.end)[0], chunk.window.window)
        for chunk in sentence.chunks
        if chunk.kind == "window" and chunk.window is not None
    ]
    for fact, negated in sentence.found:
        window: Window | None = next((w for start, w in windows if start >= fact.span[1]), None)
        yield replace(fact, within=window), negated
