"""States that have to last: a disease under control, by those who have it, and a remission, by everyone.

"Hypertension must be controlled" and "seizures must be stable for at least 2 weeks" ask for neither disease.
"No evidence of disease has been maintained for ≥ 6 months" asks for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, takewhile

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.instances import of_unread_kind
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["read_kept"]

_CONTROLLED = "controlled"
_STATES = frozenset({"stable", "stabilized", "quiescent", "inactive", "asymptomatic"})
_LASTING = frozenset({"maintained", "sustained", "lasting", "lasted"})
_MUST = frozenset({"must", "should"})
_HOW = frozenset({"adequately", "medically", "well", "appropriately", "sufficiently", "optimally", "fully",
                  "relatively", "clinically", "neurologically", "radiologically"})  # fmt: skip
_BADLY = frozenset({"poorly", "inadequately", "insufficiently", "incompletely", "not"})
_SILENT, _HISTORIC = frozenset({"neutral", "regardless"}), "historic"
_EITHER_WAY = "with or without"
_FOR = frozenset({"for", "over", "lasting", "lasted"})
_MOMENT = frozenset({
    "a", "an", "the", "of", "to", "at", "prior", "before", "study", "trial", "enrollment", "enrolment",
    "entry", "registration", "randomization", "randomisation", "screening", "inclusion", "treatment", "first",
    "dose",
})  # fmt: skip
_NOTE = frozenset({"*", "note", "nb", ":"})
_TIMES = frozenset({"limit", "window"})
_PRESSURE, _HYPERTENSION = str(TGC.BloodPressure), str(TGC.Hypertension)
_STUDIED = (str(TGC.Neoplasm), str(TGC.InfectiousDisease), str(TGC.TreatmentToxicity))
"""What a trial may be for, or what those in it have from treatment."""
_STATUS = str(TGC.DiseaseStatus)
_SPREAD = str(TGC.CentralNervousSystemMetastasis)
"""What few trials of a cancer are for, though it is one of its tumours."""


def read_kept(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return that nobody has a disease but in a state, or what has lasted; None for any other sentence.

    What a trial may be for is asked for, controlled or not: a cancer, an infection.

    Args:
        text: The text under reading.
        chunks: A sentence.
    """
    if text.exclusion:
        return None
    chunks = list(dropwhile(lambda chunk: chunk.form in _NOTE, chunks))
    at = next((i for i, chunk in enumerate(chunks) if _tells_state(chunk)), None)
    named = [chunk for chunk in chunks if chunk.term is not None]
    if at is None or not named or named[0].kind != "concept":
        return None
    held = chunks[at]
    time = _time_behind(chunks[at], chunks[at + 1 :])
    first = at - (at > 0 and chunks[at - 1].form in _HOW)
    told = text.text[chunks[first].start : (time[-1] if time else held).end]
    rest = [chunk for chunk in (*chunks[:at], *chunks[at + 1 + len(time) :]) if chunk not in named]
    if held.form in _LASTING:
        return _lasting(text, named, told) if time and all(map(_says_nothing, rest)) else None
    if held.form in _STATES and not any(chunk.form.split(" ")[0] in _MUST for chunk in chunks[:at]):
        return None
    return _kept(text, named, rest, told) if _BADLY.isdisjoint(held.form.split(" ")) else None


def _kept(text: Text, named: Sequence[Chunk], rest: Sequence[Chunk], told: str) -> Expression | None:
    """Return that nobody, or nobody of those with another disease, has a disease but in a state."""
    cases = [chunk for chunk in rest if "of some" in chunk.classes]
    if len(named) != 1 + len(cases) or len(cases) > 1:
        return None
    if not all(map(_says_nothing, (chunk for chunk in rest if chunk not in cases))):
        return None
    if cases and not named[0].end <= cases[0].start < named[1].start:
        return None
    facts = [_fact(text, chunk) for chunk in named]
    if any(fact is None for fact in facts):
        return None
    fact, *others = [fact for fact in facts if fact is not None]
    term = text.vocabulary.by_iri[fact.concept]
    if any(map(term.is_a, _STUDIED)) and not term.is_a(_SPREAD):
        return None
    return any_of([*map(Not, others), Not(fact), of_unread_kind(fact, told)])


def _lasting(text: Text, named: Sequence[Chunk], told: str) -> Expression | None:
    """Return the remission that has lasted, with how long."""
    term = named[0].term
    if len(named) > 1 or term is None or not term.is_a(_STATUS):
        return None
    span = text.span(named[0].start, named[0].end)
    modifiers = {"qualifier": told}
    return Fact(term.iri, term.label, term.category or "other", modifiers=modifiers, span=span)


def _fact(text: Text, chunk: Chunk) -> Fact | None:
    """Return the disease that a chunk names; hypertension for a blood pressure."""
    term: Term | None = chunk.term
    if term is not None and term.iri == _PRESSURE:
        term = text.vocabulary.by_iri.get(_HYPERTENSION)
    if term is None or term.category != "condition":
        return None
    return Fact(term.iri, term.label, term.category, span=text.span(chunk.start, chunk.end))


def _tells_state(chunk: Chunk) -> bool:
    return chunk.term is None and (
        chunk.form in _STATES or chunk.form in _LASTING or chunk.form.split(" ")[-1] == _CONTROLLED
    )


def _time_behind(held: Chunk, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the chunks right behind a state that only tell for how long; none where they tell more."""
    told = list(takewhile(lambda chunk: chunk.kind in _TIMES or chunk.form in _FOR | _MOMENT, chunks))
    leads = bool(told) and (told[0].form in _FOR or held.form in _FOR)
    return told if leads and any(chunk.kind in _TIMES for chunk in told) else []


def _says_nothing(chunk: Chunk) -> bool:
    """Whether a word only says how well, or that how is no matter."""
    silent = chunk.kind == "word" and not _SILENT.isdisjoint(chunk.classes) and _HISTORIC not in chunk.classes
    return silent or chunk.form in _HOW or chunk.form.startswith(_EITHER_WAY)
