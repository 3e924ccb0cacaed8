"""What is missing from a record: the facts that would settle a trial's open criteria."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Literal

from trialgraph.evaluation import Finding, evaluate, fact_key, is_qualified, need, unshown_qualities
from trialgraph.expressions import Atom, Fact, Value
from trialgraph.shapes.eligibility import ScreenableCriterion
from trialgraph.views import Completeness, Interval, ScreeningView
from trialgraph.vocabularies import known_concepts

__all__ = ["MissingFact", "MissingKind", "missing_facts"]

MissingKind = Literal["result", "fact", "list"]
"""What is missing: the result of a test or a score, a fact, or that a list is complete."""

_LISTS: Mapping[str, Completeness] = {
    "condition": "conditions",
    "treatment": "treatments",
    "procedure": "procedures",
    "lesion": "lesions",
    "allergy": "allergies",
}
"""The list of a record that shows a category's facts, and their absence when it is complete."""


_ENOUGH = 80


@dataclass(frozen=True, slots=True)
class MissingFact:
    """Something not in the record that would settle criteria of one trial.

    Args:
        need: What would have to be known, in a few words; alike in all trials.
        settles: Ids of the criteria.
        kind: What it is.
        covered: A list that is missing too would tell it.
    """

    need: str
    settles: tuple[str, ...]
    kind: MissingKind = "fact"
    covered: bool = False


def missing_facts(
    unknown: Iterable[tuple[ScreenableCriterion, Collection[Finding]]], view: ScreeningView
) -> tuple[MissingFact, ...]:
    """Return what would settle unknown criteria, that which settles most first.

    Args:
        unknown: Criteria that are unknown, each with the findings that leave it open.
        view: What the record shows.
    Returns:
        Facts, and lists that would have to be known to be complete. What can't settle a criterion
        because a person's judgement stays open beside it is left out.
    """
    settles: dict[tuple[str, MissingKind], list[str]] = defaultdict(list)
    listed: dict[tuple[str, MissingKind], set[str]] = defaultdict(set)
    for criterion, findings in unknown:
        lists = _lists(findings, view)
        for name, atoms in lists.items():
            if _settled(criterion, view, atoms, supposed=False):
                settles[name, "list"].append(criterion.id)
        for wanted, atoms in _facts(findings, view).items():
            if any(_settled(criterion, view, atoms, supposed=supposed) for supposed in (True, False)):
                settles[wanted].append(criterion.id)
                listed[wanted].add(next((name for name, on_it in lists.items() if atoms <= on_it), ""))
    facts = [
        MissingFact(wanted, tuple(ids), kind, kind != "list" and _are_wanted(listed[wanted, kind], settles))
        for (wanted, kind), ids in settles.items()
    ]
    return tuple(sorted(facts, key=lambda fact: (-len(fact.settles), fact.need)))


def _are_wanted(lists: Iterable[str], settles: Collection[tuple[str, MissingKind]]) -> bool:
    return all((name, "list") in settles for name in lists)


def _facts(findings: Iterable[Finding], view: ScreeningView) -> dict[tuple[str, MissingKind], set[Atom]]:
    wanted: dict[tuple[str, MissingKind], set[Atom]] = defaultdict(set)
    for finding in findings:
        if isinstance(finding.atom, Value):
            wanted[_wanted_result(finding.atom, finding, view), "result"].add(finding.atom)
        elif isinstance(finding.atom, Fact):
            kind: MissingKind = "result" if finding.atom.category == "biomarker" else "fact"
            wanted[_wanted_fact(finding.atom, finding), kind].add(finding.atom)
    return wanted


def _wanted_result(atom: Value, finding: Finding, view: ScreeningView) -> str:
    """Return which result is wanted: any, another than what is there, or what belongs to it."""
    quantity = view.quantities.get(atom.concept)
    if quantity is None:
        parts = view.unscored.get(atom.concept, ())
        return f"{need(atom)}, or to work it out: {', '.join(parts)}" if parts else need(atom)
    if finding.reason == "conflict":
        return f"which result of {need(atom)} is right"
    if finding.reason == "imprecise":
        return f"{need(atom)}{_so_far(quantity.value, quantity.lacking)}"
    references = {None: quantity.value, "ULN": quantity.times_uln, "LLN": quantity.times_lln}
    if references.get(atom.relative_to) is None:
        what = "baseline" if atom.relative_to == "baseline" else "reference range"
        return f"{what} of {need(atom)}"
    return f"a newer {need(atom)}"


def _so_far(known: Interval, lacking: Collection[str]) -> str:
    parts = f"; not recorded: {', '.join(lacking)}" if lacking else ""
    if math.isfinite(known.low) and math.isfinite(known.high):
        return f" ({known.low:g} to {known.high:g} so far{parts})"
    return f", more exactly{parts}"


def _wanted_fact(atom: Fact, finding: Finding) -> str:
    """Return what has to be known of a fact: whether it is so, or what the record leaves open of it."""
    if finding.reason == "conflict":
        return f"which record of {need(atom)} is right"
    if not finding.evidence and atom.count is None:
        return " / ".join(_names(atom))
    if atom.count is not None:
        return f"{need(atom)}: how many"
    if is_qualified(atom):
        qualities = shorten(", ".join(unshown_qualities(atom)), _ENOUGH, placeholder="…")
        return f"{need(atom)}: “{qualities}”?"
    if atom.size is not None:
        return f"{need(atom)}: how large"
    if atom.within is not None:
        return f"{need(atom)}: when"
    return f"{need(atom)}: whether it is ongoing" if atom.modifiers.get("status") == "active" else need(atom)


def _names(atom: Fact) -> list[str]:
    """Return the names of what is wanted: of all that mean the same, in whose words it is recorded."""
    concepts = known_concepts()
    if atom.concept not in concepts or fact_key(atom) != atom.concept:
        return [need(atom)]
    return sorted({need(atom), *map(concepts.label, concepts[atom.concept].equivalents)})


def _lists(findings: Collection[Finding], view: ScreeningView) -> dict[str, set[Atom]]:
    """Return the atoms that each list not known to be complete would show not to hold."""
    wanted: dict[str, set[Atom]] = defaultdict(set)
    for finding in findings:
        atom = finding.atom
        name = _LISTS.get(atom.category) if isinstance(atom, Fact) and not atom.is_planned else None
        if name is not None and name not in view.assumed and not finding.evidence:
            wanted[f"whether all {name} are recorded"].add(finding.atom)
    return wanted


def _settled(
    criterion: ScreenableCriterion, view: ScreeningView, atoms: Iterable[Atom], *, supposed: bool
) -> bool:
    """Whether knowing these atoms so would settle a criterion."""
    return evaluate(criterion.admits, view, dict.fromkeys(atoms, supposed)) is not None
