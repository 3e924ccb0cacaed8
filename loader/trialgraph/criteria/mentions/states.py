"""What has to be so: a disease without symptoms ("must be asymptomatic"), a treatment that was stopped."""

from __future__ import annotations

from bisect import bisect_left

from trialgraph.criteria.chunking.brackets import opened
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.washouts import time_off
from trialgraph.criteria.language.offers import DEMAND
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.mentions.unread import Sentence
from trialgraph.expressions import Fact

__all__ = ["take_state"]

_STATES = {"asymptomatic": "symptomatic", "treated": "untreated", "adequately treated": "untreated"}
"""Words that say in which state a disease must be, with the state that is barred so."""
_RULED = frozenset({"been", "must have been", "must be", "should have been", "be"})
_BEING = frozenset({"is", "are", "be", "must be", "been", "have been", "has been", "remain", "if", "only if",
                    "they", "patient", "subject", "participant", ",", "and", "or", "unless", "should be",
                    "provided", "who are", "who is", "clinically", "neurologically", "currently", "both",
                    "also"})  # fmt: skip
_ENDING = frozenset({",", ";", "and", "."})
_STOPPED = ("discontinu", "stopp", "ceas", "tapered off")
_SOON = 7
_FURTHEST = 60
"""How far back in a text the disease is sought that is without symptoms, in chunks."""


def take_state(sentence: Sentence, index: int) -> bool:
    """Take in a word that tells what has to be so; whether it is one.

    "Asymptomatic", said of the disease named last, bars it with symptoms; "have discontinued" denies.
    """
    chunk = sentence.chunks[index][0]
    if _is_stopped(sentence, index):
        sentence.negated, sentence.aside = True, ""
        return True
    state = _STATES.get(chunk.form)
    if state is None or not (
        _is_said(sentence, index) if state == "symptomatic" else _is_ruled(sentence, index)
    ):
        return False
    if not _is_asked(sentence, index) or sentence.negated or sentence.aside or sentence.unactual:
        return True
    disease = _disease_before(sentence, chunk)
    if disease is not None and disease.term is not None:
        term, span = disease.term, sentence.text.span(chunk.start, chunk.end)
        fact = Fact(term.iri, term.label, "condition", {"qualifier": state}, span=span)
        sentence.found.append((fact, True))
    return True


def _is_stopped(sentence: Sentence, index: int) -> bool:
    """Whether "have discontinued A for at least 4 weeks" bars A; without a time, it tells of the past."""
    if not sentence.chunks[index][0].form.startswith(_STOPPED) or not _is_asked(sentence, index):
        return False
    behind = [chunk for chunk, _ in sentence.chunks[index + 1 :]]
    named = next((i for i, chunk in enumerate(behind[:_SOON]) if is_content(chunk)), None)
    given = behind[named].term if named is not None else None
    lasting = any(
        each.kind == "window" or time_off(sentence.text, behind, i) for i, each in enumerate(behind)
    )
    return given is not None and given.category in GIVEN and lasting


def _is_asked(sentence: Sentence, index: int) -> bool:
    """Whether a sentence says what has to be so, which in an exclusion only a demand does."""
    opening = sentence.text.text[sentence.chunks[0][0].start : sentence.chunks[index][0].end]
    return not sentence.bars or DEMAND.match(opening) is not None


def _is_said(sentence: Sentence, index: int) -> bool:
    """Whether a word is what somebody has to be, rather than an adjective of a name behind it."""
    before, after = sentence.chunk(index - 1), sentence.chunk(index + 1)
    told = before is None or before.form in _BEING
    while after is not None and after.kind == "word" and "qualifier" in after.classes:
        index += 1
        after = sentence.chunk(index + 1)
    return told and (after is None or not (is_content(after) or after.form == "for"))


def _is_ruled(sentence: Sentence, index: int) -> bool:
    """Whether "must have been treated" ends there, so that it is no part of "treated with A"."""
    before, after = sentence.chunk(index - 1), sentence.chunk(index + 1)
    ruled = any(chunk.form.startswith("must") for chunk, _ in sentence.chunks[max(0, index - 2) : index])
    ends = after is None or after.form in _ENDING
    return ruled and before is not None and before.form in _RULED and ends


def _disease_before(sentence: Sentence, chunk: Chunk) -> Chunk | None:
    """Return the disease that a text named last before a word; None when it was something else."""
    every = list(opened(sentence.text.chunks)) or [each for each, _ in sentence.chunks]
    at = bisect_left(every, chunk.start, key=lambda each: each.start)
    named = [each for each in every[max(0, at - _FURTHEST) : at] if each.kind == "concept" and each.term]
    diseases = [each for each in reversed(named) if each.term and each.term.category == "condition"]
    last = diseases[0].term if diseases else None
    narrower = (each for each in diseases if last and each.term and last.iri in each.term.ancestors)
    return next(narrower, diseases[0] if diseases else None)
