"""What is missing from a record: the facts that would settle a trial's open criteria."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from trialgraph.evaluation import Finding, evaluate, need
from trialgraph.expressions import Atom, Fact, Narrative
from trialgraph.shapes.eligibility import ScreenableCriterion
from trialgraph.views import Completeness, ScreeningView

__all__ = ["MissingFact", "missing_facts"]

_LISTS: Mapping[str, Completeness] = {
    "condition": "conditions",
    "treatment": "treatments",
    "procedure": "procedures",
    "lesion": "lesions",
    "allergy": "allergies",
}
"""The list of a record that shows a category's facts, and their absence when it is complete."""


@dataclass(frozen=True, slots=True)
class MissingFact:
    """Something not in the record that would settle criteria of one trial."""

    need: str
    settles: tuple[str, ...]


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
    settles: dict[str, list[str]] = defaultdict(list)
    for criterion, findings in unknown:
        for wanted, atoms in _facts(findings).items():
            if any(_settled(criterion, view, atoms, supposed=supposed) for supposed in (True, False)):
                settles[wanted].append(criterion.id)
        for wanted, atoms in _lists(findings, view).items():
            if _settled(criterion, view, atoms, supposed=False):
                settles[wanted].append(criterion.id)
    ordered = sorted(settles.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(MissingFact(wanted, tuple(ids)) for wanted, ids in ordered)


def _facts(findings: Iterable[Finding]) -> dict[str, set[Atom]]:
    wanted: dict[str, set[Atom]] = defaultdict(set)
    for finding in findings:
        if not isinstance(finding.atom, Narrative):
            wanted[need(finding.atom)].add(finding.atom)
    return wanted


def _lists(findings: Collection[Finding], view: ScreeningView) -> dict[str, set[Atom]]:
    """Return the atoms that each list not known to be complete would show not to hold."""
    wanted: dict[str, set[Atom]] = defaultdict(set)
    for finding in findings:
        name = _LISTS.get(finding.atom.category) if isinstance(finding.atom, Fact) else None
        if name is not None and name not in view.assumed and not finding.evidence:
            wanted[f"whether all {name} are recorded"].add(finding.atom)
    return wanted


def _settled(
    criterion: ScreenableCriterion, view: ScreeningView, atoms: Iterable[Atom], *, supposed: bool
) -> bool:
    """Whether knowing these atoms so would settle a criterion."""
    return evaluate(criterion.admits, view, dict.fromkeys(atoms, supposed)) is not None
