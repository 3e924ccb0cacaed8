"""Screen a patient: a verdict per criterion and trial, with the evidence, and what is missing.

The verdicts come from an engine (SHACL over the screening view, or the expressions themselves); the
explanations come from the reference evaluator, and the two are checked against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal

from trialgraph.changes import change_of
from trialgraph.errors import TrialgraphError
from trialgraph.evaluation import Finding, Truth, UnknownReason, explain
from trialgraph.expressions import to_json as expression_to_json
from trialgraph.grounds import Ground, grounds
from trialgraph.missing import MissingFact, MissingKind, missing_facts
from trialgraph.namespaces import TRIAL
from trialgraph.ontology import Axiom
from trialgraph.patients.facts import ImportReport
from trialgraph.records import Source
from trialgraph.shapes.eligibility import (
    ScreenableCriterion,
    ScreenableTrial,
    compile_shapes,
    read_of_views,
    view_for,
)
from trialgraph.shapes.engines import Rails, ShaclEngine, reported_rails
from trialgraph.versions import versions
from trialgraph.views import Completeness, ScreeningView, view_graph
from trialgraph.vocabularies import known_concepts

__all__ = [
    "CriterionVerdict",
    "Engine",
    "MissingFact",
    "Screening",
    "TrialVerdict",
    "WorklistItem",
    "report_to_json",
    "screen",
    "to_json",
]

Engine = Literal["index", "pyshacl", "rudof"]
Verdict = Literal["pass", "fail", "unknown"]
Overall = Literal["eligible", "ineligible", "possible"]

_REASONS: tuple[UnknownReason, ...] = ("conflict", "imprecise", "missing", "narrative")
"""Of several reasons the first is reported: what can be resolved soonest."""


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """The verdict on one criterion.

    Args:
        criterion: The criterion.
        verdict: ``pass`` when it doesn't bar enrolment, ``fail`` when it does.
        reason: Why it is unknown; None when it is not.
        findings: What the record shows of the atoms that decide it, or leave it open.
        changes: Of one that is failed, whether that may change: ``can be re-tested``, ``from <date>``
            or ``cannot change``; None when none of them is certain.
    """

    criterion: ScreenableCriterion
    verdict: Verdict
    reason: UnknownReason | None
    findings: tuple[Finding, ...]
    changes: str | None = None

    @property
    def explanation(self) -> str:
        """What the record shows, in one line; what is shown of several things alike is told once."""
        told: dict[str, dict[str, None]] = {}
        for finding in self.findings:
            about = "" if _bare(finding.about) == _bare(self.criterion.text) else finding.about
            told.setdefault(finding.shown, {})[about] = None
        parts = ((", ".join(filter(None, subjects)), shown) for shown, subjects in told.items())
        return "; ".join(f"{subjects}: {shown}" if subjects else shown for subjects, shown in parts)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The resources that the verdict rests on."""
        return tuple(dict.fromkeys(item for finding in self.findings for item in finding.evidence))

    @property
    def axioms(self) -> tuple[str, ...]:
        """The contestable axioms that the verdict rests on."""
        return tuple(dict.fromkeys(item for finding in self.findings for item in finding.axioms))

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """What the verdict rests on, each with its words and its place in the expression."""
        return grounds(self.criterion, self.findings)


def _bare(words: str) -> str:
    """Words without spaces and what stands around them, to see whether two texts are the same."""
    return "".join(words.split()).strip("“”.;")


@dataclass(frozen=True, slots=True)
class WorklistItem:
    """Something not in the record, with how many trials and criteria it would settle.

    It is covered when lists that are missing too would tell it.
    """

    need: str
    trials: int
    criteria: int
    kind: MissingKind = "fact"
    covered: bool = False


@dataclass(frozen=True)
class TrialVerdict:
    """The verdict on one trial: ineligible when a criterion fails, eligible when all pass."""

    trial: ScreenableTrial
    criteria: tuple[CriterionVerdict, ...]
    view: ScreeningView

    @cached_property
    def missing(self) -> tuple[MissingFact, ...]:
        """What would settle open criteria, what settles most first; nothing once a criterion bars.

        It takes longer than the verdicts, so it is found out when it is asked for.
        """
        if self.verdict == "ineligible":
            return ()
        unknown = (each for each in self.criteria if each.verdict == "unknown")
        return missing_facts(((each.criterion, each.findings) for each in unknown), self.view)

    @property
    def verdict(self) -> Overall:
        """The overall verdict."""
        verdicts = {criterion.verdict for criterion in self.criteria}
        if "fail" in verdicts:
            return "ineligible"
        return "eligible" if verdicts == {"pass"} else "possible"


@dataclass(frozen=True, slots=True)
class Screening:
    """One patient screened against some trials.

    Args:
        view: What the record shows.
        trials: The verdict on each trial.
        report: What the import made of the record; None when that isn't told.
    """

    view: ScreeningView
    trials: tuple[TrialVerdict, ...]
    report: ImportReport | None = None

    @property
    def patient(self) -> str:
        """Identifier of the patient in the record."""
        return self.view.patient

    @property
    def assumed_complete(self) -> tuple[Completeness, ...]:
        """Categories that were assumed to be complete."""
        return self.view.assumed

    @property
    def axioms(self) -> tuple[Axiom, ...]:
        """The contestable axioms that verdicts rest on."""
        used = (verdict.axioms for trial in self.trials for verdict in trial.criteria)
        return tuple(
            known_concepts().axioms[iri] for iri in dict.fromkeys(iri for each in used for iri in each)
        )

    @property
    def worklist(self) -> tuple[WorklistItem, ...]:
        """What would settle most, first; a fact that can't change an ineligible trial doesn't count."""
        settled: dict[tuple[str, MissingKind], list[MissingFact]] = defaultdict(list)
        for trial in self.trials:
            for fact in trial.missing:
                settled[fact.need, fact.kind].append(fact)
        items = (
            WorklistItem(
                need,
                len(facts),
                sum(len(fact.settles) for fact in facts),
                kind,
                all(fact.covered for fact in facts),
            )
            for (need, kind), facts in settled.items()
        )
        return tuple(sorted(items, key=lambda item: (-item.trials, -item.criteria, item.need)))


def screen(
    view: ScreeningView, trials: Iterable[ScreenableTrial], *, engine: Engine = "pyshacl"
) -> Screening:
    """Screen one patient against trials.

    Args:
        view: What the patient's record shows as of the screening date.
        trials: The trials, with their criteria.
        engine: ``pyshacl`` or ``rudof`` validate the compiled shapes; ``index`` evaluates the
            expressions directly. All give the same verdicts.
    Raises:
        TrialgraphError: when an engine and the reference evaluator disagree.
    """
    results = []
    for trial in trials:
        rails = None if engine == "index" else _rails(view, trial, engine)
        criteria = tuple(_criterion_verdict(criterion, view, rails) for criterion in trial.criteria)
        results.append(TrialVerdict(trial, criteria, view))
    return Screening(view, tuple(results))


def _rails(view: ScreeningView, trial: ScreenableTrial, engine: ShaclEngine) -> Rails:
    asked, shapes, read = _shapes(trial)
    rails = reported_rails(view_graph(view_for(view, trial), read), shapes, engine=engine)
    return rails | {criterion.id: {"proved"} for criterion in trial.criteria if criterion.id not in asked}


@lru_cache(maxsize=1024)
def _shapes(trial: ScreenableTrial) -> tuple[frozenset[str], str, frozenset[tuple[str, str]]]:
    """Return the ids of the criteria that a view can settle, their shapes, and what those read."""
    asked = replace(trial, criteria=tuple(each for each in trial.criteria if not each.is_open))
    return frozenset(each.id for each in asked.criteria), compile_shapes(asked), read_of_views(asked)


def _criterion_verdict(
    criterion: ScreenableCriterion, view: ScreeningView, rails: Rails | None
) -> CriterionVerdict:
    admits = criterion.admits
    truth, found = explain(admits, view)
    if rails is not None and _truth_of(rails.get(criterion.id, set())) is not truth:
        raise TrialgraphError(
            "the SHACL engine and the reference evaluator disagree",
            where=f"criterion {criterion.id}",
            advice="report this as a defect and use --engine index meanwhile",
        )
    findings = tuple(found)
    verdict: Verdict = "unknown" if truth is None else "pass" if truth else "fail"
    return CriterionVerdict(
        criterion,
        verdict,
        reason=_reason(findings) if truth is None else None,
        findings=findings,
        changes=change_of(admits, findings, view) if truth is False else None,
    )


def _truth_of(rails: Collection[str]) -> Truth:
    return False if "disproved" in rails else None if "proved" in rails else True


def _reason(findings: Collection[Finding]) -> UnknownReason:
    reasons = {finding.reason for finding in findings}
    return next(reason for reason in _REASONS if reason in reasons)


def to_json(screening: Screening) -> dict[str, Any]:
    """Return a screening as the JSON object of the design's section 7, with what each verdict rests on."""
    told = _screening_to_json(screening)
    return told if screening.report is None else {**told, "report": report_to_json(screening.report)}


def report_to_json(report: ImportReport) -> dict[str, Any]:
    """Return what became of the resources of a record."""
    notes = [{"resource": note.resource, "kind": note.kind, "why": note.why} for note in report]
    return {"resources": report.resources, "notes": notes}


def _screening_to_json(screening: Screening) -> dict[str, Any]:
    return {
        "patient": screening.patient,
        "as_of": screening.view.as_of.isoformat(),
        "assumed_complete": list(screening.assumed_complete),
        "trials": [_trial_to_json(trial) for trial in screening.trials],
        "worklist": [
            {
                "need": item.need,
                "kind": item.kind,
                "trials": item.trials,
                "criteria": item.criteria,
                "covered": item.covered,
            }
            for item in screening.worklist
        ],
        "axioms": [
            {"iri": axiom.iri, "label": axiom.label, "definition": axiom.definition}
            for axiom in screening.axioms
        ],
        "versions": asdict(versions()),
    }


def _trial_to_json(result: TrialVerdict) -> dict[str, Any]:
    return {
        "trial": result.trial.nct,
        "title": result.trial.title,
        "source": _source_to_json(result.trial.source),
        "verdict": result.verdict,
        "criteria": [_criterion_to_json(verdict, result.trial.nct) for verdict in result.criteria],
        "missing": [
            {
                "need": fact.need,
                "kind": fact.kind,
                "settles": list(fact.settles),
                "covered": fact.covered,
            }
            for fact in result.missing
        ],
    }


def _source_to_json(source: Source | None) -> dict[str, Any] | None:
    return None if source is None else asdict(source)


def _criterion_to_json(verdict: CriterionVerdict, nct: str) -> dict[str, Any]:
    criterion = verdict.criterion
    return {
        "id": criterion.id,
        "kind": criterion.kind,
        "text": criterion.text,
        "span": list(criterion.span) if criterion.span else None,
        "scope": criterion.scope,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "explanation": verdict.explanation,
        "evidence": list(verdict.evidence),
        "axioms": list(verdict.axioms),
        "changes": verdict.changes,
        "grounds": [_ground_to_json(ground, f"{nct}/criterion/{criterion.id}") for ground in verdict.grounds],
    }


def _ground_to_json(ground: Ground, criterion: str) -> dict[str, Any]:
    finding = ground.finding
    return {
        "span": list(ground.span),
        "words": ground.words,
        "node": str(TRIAL[f"{criterion}/{ground.node}"]) if ground.node else None,
        "atom": expression_to_json(ground.asked),
        "reading": ground.reading,
        "holds": finding.truth,
        "reason": finding.reason,
        "shown": finding.shown,
        "evidence": list(finding.evidence),
        "axioms": list(finding.axioms),
    }
