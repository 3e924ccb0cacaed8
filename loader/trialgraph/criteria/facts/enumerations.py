"""What the words that narrow a fact list besides it: instances in brackets, treatments behind a purpose.

"Immunotherapy (tumor vaccine, cytokine or growth factor given to control the cancer)" is read as
immunotherapy, narrowed by the bracket. That it speaks of vaccines and cytokines too is told apart,
as facts that are never judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.asides import FITTING
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.allowances import allowance_at
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import CONJUNCTIONS, JOINTS
from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["enumerated", "fitting", "kinds_behind"]

_ENOUGH = 2
"""After how many members of a list a name that isn't known is one more, not what the others are named for."""
_THAT_IS = frozenset({"i.e", "ie", "namely"})
_GIVEN = frozenset(GIVEN)
_REQUIRING = frozenset({"requiring", "require", "requires", "required", "that requires", "needing"})
_TAKING = frozenset({"receiving", "taking"})
_HOLDING = frozenset({"included", "contained", "containing", "contain", "comprising", "consisting of"})
"""Words that lead from a treatment to its parts ("a regimen that included A and B")."""
_FOR = frozenset({"for", "to"})
_ANY_THERAPY = frozenset({str(TGC.SystemicAnticancerTherapy), str(TGC.AntitumorTherapy), str(TGC.Surgery)})
"""What "systemic treatment" for a disease besides the cancer would wrongly be taken for."""
_ANY_ILLNESS = str(TGC.MedicalIllness)
"""What "medical illness of the heart or lungs" says of diseases of the heart and of the lungs."""
_NO_DEMAND = (_ANY_THERAPY - {str(TGC.Surgery)}) | {str(TGC.StandardTherapy), str(TGC.Biopsy)}
_LISTED = GIVEN | {"condition", "biomarker"}
_HARMLESS = frozenset({"neutral", "qualifier", "active", "tail", "example", "grading", "other", "sample"})
_WITH_KINDS = frozenset({"tail", "example", "definition"})
_SPEAKING = frozenset({"must", "must have", "must be", "should", "patient", "subject", "participant", "is",
                       "are", "was", "were", "may", "can", "will", "has", "have"})  # fmt: skip
"""Words by which a sentence of its own goes on in a bracket."""
_CLOSING = frozenset({"negation", "exception", "allowance", "condition", "unactual", "barring", "regardless"})


def enumerated(text: Text, fact: Fact, chunks: Sequence[tuple[Chunk, int]]) -> Iterator[Fact]:
    """Yield the facts that the words behind a fact list besides it.

    Args:
        text: The text.
        fact: The fact, which these words narrow.
        chunks: The chunks behind it in its sentence that no other atom is read from, brackets opened,
            each with its depth in them; the fact's own bracket starts with the first of them.
    """
    term = text.vocabulary.by_iri.get(fact.concept)
    if term is None or fact.category not in _LISTED:
        return
    if allowance_at([chunk for chunk, _ in chunks]) is not None:
        return
    inside = _Listing(text, fact)
    for index, (chunk, depth) in enumerate(chunks):
        if "exception" in chunk.classes:
            break
        if inside.depth is not None and depth < inside.depth:
            yield from inside.ended()
        if inside.depth is None:
            if _goes_on_after_purpose(text, fact, chunks, index, inside.before) and chunk.term is not None:
                yield _alike(text, fact, chunk, chunk.term)
            inside.opened(_opened_for(text, fact, chunk, depth, index), depth)
            if not (index == 0 and depth):
                named = chunk.term if is_content(chunk) and not depth else None
                inside.before = named or inside.before
                continue
        yield from inside.taken(chunk, term)
    yield from inside.ended()


def fitting(text: Text, fact: Fact, chunks: Sequence[tuple[Chunk, int]]) -> Iterator[tuple[Fact, bool]]:
    """Yield the treatments that a demanded disease has to be fit for, and whether it must not be.

    "Cancer suitable for A and B", "tumors not amenable to surgery or radiation".
    """
    if text.exclusion or fact.category != "condition":
        return
    words = [chunk for chunk, _ in chunks]
    starts = (i for i, chunk in enumerate(words[:-1]) if chunk.form in FITTING)
    at = next((i for i in starts if words[i + 1].form in _FOR), None)
    if at is None:
        return
    denied = any("negation" in chunk.classes for chunk in words[max(0, at - 2) : at])
    for chunk in words[at + 2 :]:
        if is_content(chunk) and chunk.term is not None and chunk.term.category in GIVEN:
            if chunk.term.iri not in _NO_DEMAND:
                yield _alike(text, fact, chunk, chunk.term), denied
        elif _closes(chunk) and chunk.form != "with":
            return


def kinds_behind(text: Text, fact: Fact, chunks: Sequence[tuple[Chunk, int]]) -> list[Fact]:
    """Return the kinds of a fact that a bracket behind it names ("gastric cancer (gastric adenocarcinoma)").

    Args:
        text: The text.
        fact: The fact.
        chunks: The chunks of the bracket right behind it, with their depths; none where there is no bracket.
    Returns:
        Nothing where the bracket says something else too.
    """
    named = [chunk for chunk, _ in chunks if is_content(chunk)]
    below = all(chunk.term is not None and fact.concept in chunk.term.ancestors for chunk in named)
    plain = all(
        chunk.form in JOINTS or (chunk.kind == "word" and chunk.classes & _WITH_KINDS)
        for chunk, _ in chunks
        if not is_content(chunk)
    )
    if not named or not below or not plain or fact.category not in (*GIVEN, *_LISTED):
        return []
    terms = ((chunk, chunk.term) for chunk in named if chunk.term is not None)
    return [_alike(text, fact, chunk, term) for chunk, term in terms if term.iri != fact.concept]


class _Listing:
    """What is listed behind a fact: where the list is open, for what, and the word that isn't known yet."""

    def __init__(self, text: Text, fact: Fact) -> None:
        self.text = text
        self.fact = fact
        self.depth: int | None = None
        self.kinds: frozenset[str] = frozenset()
        self.before: Term | None = None
        self.pending: list[Chunk] = []
        self.told = 0
        self.skipping = False

    def opened(self, kinds: frozenset[str], depth: int) -> None:
        """Open the list for concepts of some categories, none of which leaves it closed."""
        self.kinds, self.depth = kinds, depth if kinds else None

    def taken(self, chunk: Chunk, term: Term) -> Iterator[Fact]:
        """Take in a chunk of the list, which may end it."""
        if self.skipping and chunk.form not in JOINTS:
            self.depth = None if chunk.classes & _CLOSING else self.depth
            return
        self.skipping = False
        if is_content(chunk):
            self.before = (chunk.term if not self.depth else None) or self.before
            self.pending = []
            if chunk.term is None or chunk.term.category not in self.kinds:
                self.depth = None
            elif not _restates(term, chunk.term):
                self.told += 1
                yield _alike(self.text, self.fact, chunk, chunk.term)
        elif chunk.form in JOINTS:
            yield from self._target()
        elif _closes(chunk):
            unknown = chunk.kind == "word" and not chunk.classes and self.kinds == _GIVEN
            self.pending = [*self.pending, chunk] if unknown or chunk.form == "-" else []
            self.skipping = not self.pending and self._may_skip(chunk)
            self.depth = self.depth if self.pending or self.skipping else None

    def _may_skip(self, chunk: Chunk) -> bool:
        """Whether a member of a bracket may be passed over for a word of it, up to the next one."""
        plain = chunk.kind == "word" and not chunk.classes & _CLOSING and chunk.form not in _SPEAKING
        return bool(self.depth) and "condition" in self.kinds and plain

    def ended(self) -> Iterator[Fact]:
        """Close the list."""
        yield from self._target()
        self.depth = None

    def _target(self) -> Iterator[Fact]:
        """Yield what is given against a target that stands for it ("(e.g. CTLA-4, OX-40)")."""
        if self.pending and self.depth is not None:
            whole = _joined(self.pending)
            term = self.text.vocabulary.find(f"anti-{self.text.text[whole.start : whole.end]}")
            if term is not None and term.category in GIVEN:
                yield _alike(self.text, self.fact, whole, term)
            elif self.told < _ENOUGH:
                self.depth = None
        self.pending = []


def _joined(chunks: Sequence[Chunk]) -> Chunk:
    """Return one chunk for several that stand side by side."""
    return Chunk("word", chunks[0].start, chunks[-1].end)


def _opened_for(text: Text, fact: Fact, chunk: Chunk, depth: int, index: int) -> frozenset[str]:
    """Return the categories of what a chunk opens a list of, none where it opens none.

    Instances stand in a bracket right behind a fact, or after "such as"; the treatments that a barred
    disease requires after "requiring"; the results that tell an infection after "defined as".
    """
    alike = _GIVEN if fact.category in GIVEN else frozenset({fact.category})
    if fact.category == "condition" and text.exclusion:
        if chunk.form in _REQUIRING or chunk.form in _TAKING:
            return _GIVEN
        if "definition" in chunk.classes:
            return frozenset({"condition", "biomarker"}) if _is_that_is(chunk) else frozenset({"biomarker"})
    holds = chunk.form in _HOLDING and fact.category in GIVEN
    holds = holds or (index == 0 and chunk.form == "of" and fact.concept == _ANY_ILLNESS)
    if depth and text.exclusion and fact.category == "condition" and "example" in chunk.classes:
        return frozenset({"condition", "procedure"})
    opens = (index == 0 and depth > 0) or _is_that_is(chunk) or "example" in chunk.classes or holds
    return alike if opens else frozenset()


def _is_that_is(chunk: Chunk) -> bool:
    return "definition" in chunk.classes and chunk.form.replace(" ", "").strip(".") in _THAT_IS


def _restates(term: Term, other: Term) -> bool:
    """Whether a concept says nothing besides another: the same, a wider one, or any treatment at all."""
    return other.iri == term.iri or other.iri in term.ancestors or other.iri in _ANY_THERAPY


def _closes(chunk: Chunk) -> bool:
    """Whether a word ends a list of instances, since what follows may be about something else."""
    if chunk.kind in ("window", "limit", "size", "value"):
        return chunk.kind != "window"
    if chunk.kind == "sign" or chunk.form in JOINTS:
        return chunk.form in (";", ".")
    if chunk.classes & _CLOSING or chunk.form in _SPEAKING:
        return True
    return not _is_that_is(chunk) and not chunk.classes & _HARMLESS


def _goes_on_after_purpose(
    text: Text, fact: Fact, chunks: Sequence[tuple[Chunk, int]], index: int, before: Term | None
) -> bool:
    """Whether a treatment goes on the list behind what another is for ("A for cancer, or B")."""
    chunk = chunks[index][0]
    if not text.exclusion:
        return False
    given = chunk.term is not None and chunk.term.category in GIVEN and is_content(chunk)
    if not given or fact.category not in GIVEN or before is None or before.category in GIVEN:
        return False
    last = index - 1
    while last >= 0 and chunks[last][0].kind == "word" and chunks[last][0].classes & {"qualifier", "other"}:
        last -= 1
    return last >= 0 and chunks[last][0].form in CONJUNCTIONS


def _alike(text: Text, fact: Fact, chunk: Chunk, term: Term) -> Fact:
    """Return a listed instance in the time and state of the fact, told as words only."""
    words = {name: told for name, told in fact.modifiers.items() if name == "status"}
    context = text.text[max(0, chunk.start - 80) : chunk.end + 40].strip(" ,;.:")
    span = text.span(chunk.start, chunk.end)
    category = term.category or fact.category
    return replace(
        fact,
        concept=term.iri,
        concept_label=term.label,
        category=category,
        modifiers={**words, "context": context},
        count=None,
        size=None,
        span=span,
        exceptions=(),
    )
