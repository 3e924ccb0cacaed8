"""Diseases that have to be kept under control, by those who have them: "hypertension must be controlled"."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.instances import of_unread_kind
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["read_kept"]

_CONTROLLED = "controlled"
_HOW = frozenset({"adequately", "medically", "well", "appropriately", "sufficiently", "optimally", "fully"})
_BADLY = frozenset({"poorly", "inadequately", "insufficiently", "incompletely", "not"})
_SILENT = frozenset({"neutral", "regardless"})
_EITHER_WAY = "with or without"
_PRESSURE, _HYPERTENSION = str(TGC.BloodPressure), str(TGC.Hypertension)
_STUDIED = (str(TGC.Neoplasm), str(TGC.InfectiousDisease), str(TGC.TreatmentToxicity))
"""What a trial may be for, or what those in it have from treatment."""


def read_kept(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return that nobody has a disease but where it is controlled; None for any other statement.

    What a trial may be for is asked for, controlled or not: a cancer, an infection.

    Args:
        text: The text under reading.
        chunks: A sentence.
    """
    if text.exclusion:
        return None
    held = next((chunk for chunk in chunks if chunk.form.split(" ")[-1] == _CONTROLLED), None)
    named = [chunk for chunk in chunks if chunk.term is not None]
    if held is None or len(named) != 1 or named[0].kind != "concept":
        return None
    rest = [chunk for chunk in chunks if chunk is not held and chunk is not named[0]]
    if not _BADLY.isdisjoint(held.form.split(" ")) or not all(map(_says_nothing, rest)):
        return None
    term = named[0].term
    if term is not None and term.iri == _PRESSURE:
        term = text.vocabulary.by_iri.get(_HYPERTENSION)
    if term is None or term.category != "condition" or any(map(term.is_a, _STUDIED)):
        return None
    fact = Fact(term.iri, term.label, term.category, span=text.span(named[0].start, named[0].end))
    return any_of([Not(fact), of_unread_kind(fact, text.text[held.start : held.end])])


def _says_nothing(chunk: Chunk) -> bool:
    """Whether a word only says how well, or that how is no matter."""
    silent = chunk.kind == "word" and not _SILENT.isdisjoint(chunk.classes)
    return silent or chunk.form in _HOW or chunk.form.startswith(_EITHER_WAY)
