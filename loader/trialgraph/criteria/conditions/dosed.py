"""Doses that a clause says nothing but that patients are on: "requiring > 10 mg of prednisone daily"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.roles import DOSE, role_of
from trialgraph.criteria.facts.facts import read_fact
from trialgraph.criteria.quantities.doses import offers_other
from trialgraph.criteria.trees import all_of, dated, map_facts
from trialgraph.expressions import Expression, Fact, Value, Window
from trialgraph.namespaces import TGC

__all__ = ["dose_alone", "is_kept_dose"]

_TAKING = frozenset(
    {"patient", "subject", "participant", "individual", "patient who", "subject who", "participant who",
     "who", "are", "is", "have", "on", "receiving", "receive", "requiring", "require", "requires", "taking",
     "using", "treated with", "use of", "need", "need for", "of", "a", "the", "at", "dose", "doses",
     "dose of", "doses of", "that", "currently", "dosage", "dosed", "dosages", "dosing", "in",
     "administration of", "must be", "should be"}
)  # fmt: skip
"""What may stand before a dose, and says nothing but that it is given."""
_GIVEN = _TAKING | frozenset(
    {"ongoing", "daily", "concurrent", "concomitant", "systemic", "oral", "therapy", "treatment", "with",
     "treatment with", "maintenance", "use", "steroid", "regular", "requirement for", "requirement of",
     "dependence", "dependent on", "higher", "above", "exceeding", "than", "physiologic", "physiological",
     "equivalent", "to", "immunosuppressive", "i.e", "ie", "i.e.", ","}
)  # fmt: skip
"""What else may, beside the name of the drugs."""
_LASTING = frozenset({"chronic", "chronically", "long - term", "long term", "continuous", "prolonged"})
"""What says how long they have to be given for it to bar."""
_BEHIND = frozenset({"po", "daily", "of", "orally", "by mouth", "a", "day", "per", "therapy", "treatment"})
_CORTICOSTEROID = str(TGC.Corticosteroid)


def dose_alone(text: Text, clause: Sequence[Chunk], untaken: frozenset[int]) -> Expression | None:
    """Return the dose that a clause says nothing but that patients are on; None for any other clause.

    Corticosteroids that it names are barred with their dose, for who has none has no dose of them either.

    Args:
        text: The text under reading.
        clause: The chunks of a sentence, brackets opened.
        untaken: Where the limits start that nothing else read.
    """
    at = next((i for i, chunk in enumerate(clause) if chunk.kind == "value" and chunk.form == DOSE), None)
    if at is None or clause[at].start not in untaken:
        return None
    drugs = [chunk for chunk in clause if _names_steroid(chunk)] if text.exclusion else []
    lasting = [chunk for chunk in clause[:at] if drugs and chunk.form in _LASTING]
    before = [chunk for chunk in clause[:at] if chunk not in drugs and chunk not in lasting]
    behind = [chunk for chunk in clause[at + 1 :] if chunk not in drugs]
    windows = [chunk.window.window for chunk in behind if chunk.window is not None]
    behind = [chunk for chunk in behind if chunk.window is None]
    words = _GIVEN if drugs else _TAKING
    plain = all(chunk.form in words for chunk in before)
    plain = plain and all(drugs and chunk.form in _BEHIND for chunk in behind)
    if not plain or len(windows) > 1 or len(drugs) > 1:
        return None
    role = role_of(text, clause, at)
    dose = clause[at].expression if role == ("barred" if text.exclusion else "demanded") else None
    if dose is None:
        return None
    dose = dated(dose, windows[0]) if windows else dose
    read = read_fact(text, drugs) if drugs else None
    if read is None:
        return dose
    how = {"qualifier": text.text[lasting[0].start : lasting[0].end]} if lasting else {"status": "active"}
    return all_of([map_facts(read.expression, lambda fact: _given(fact, how, windows)), dose])


def is_kept_dose(text: Text, clause: Sequence[Chunk], at: int) -> bool:
    """Whether a limit is a dose that nobody may exceed, whatever else a clause offers."""
    dose = clause[at]
    little = isinstance(dose.expression, Value) and dose.expression.limit.low is None
    before, behind = text.text[clause[0].start : dose.start], text.text[dose.end : clause[-1].end]
    return dose.form == DOSE and little and not offers_other(before, behind)


def _names_steroid(chunk: Chunk) -> bool:
    return chunk.kind == "concept" and chunk.term is not None and chunk.term.is_a(_CORTICOSTEROID)


def _given(fact: Fact, how: Mapping[str, str], windows: Sequence[Window]) -> Fact:
    """Return a drug as given now or for long, or in the time that is told of its dose."""
    if windows:
        how = {name: told for name, told in how.items() if name != "status"}
    return replace(fact, modifiers={**how, **fact.modifiers}, within=fact.within or next(iter(windows), None))
