"""Laws of verdicts: what a change of a record may and may not do to the criteria of the packaged trials."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.packaged_trials import packaged_trials
from tests.patient_resources import bundle, condition, medication, observation, procedure, record
from trialgraph.derivation import screening_view
from trialgraph.evaluation import Truth, deciding_atoms, evaluate, evaluate_atom, is_shown
from trialgraph.expressions import AllOf, AnyOf, Atom, Expression, Fact, Limit, Not, Value, atoms
from trialgraph.namespaces import TGC
from trialgraph.patients.fhir import from_fhir
from trialgraph.views import Completeness, Interval, Quantity, ScreeningView, TimeAgo

Json = dict[str, Any]
AS_OF = date(2025, 9, 1)
NOW = TimeAgo(0, 0, 0, 0)
EVERYTHING: tuple[Completeness, ...] = get_args(Completeness)
FACTS = [
    condition("liver metastasis", onsetDateTime="2025-01-10"),
    condition("rectal adenocarcinoma", onsetDateTime="2024-12-01"),
    condition("hepatocellular carcinoma", onsetDateTime="2025-02"),
    condition("pneumonitis", clinical="resolved", abatementDateTime="2024-02"),
    condition("myocardial infarction", onsetDateTime="2025-04", clinical=""),
    condition("rheumatoid arthritis"),
    condition("Some rare thing"),
    medication("nivolumab", effectiveDateTime="2024-03-01"),
    medication("oxaliplatin", effectivePeriod={"start": "2025-02", "end": "2025-05"}),
    medication("prednisone", kind="MedicationStatement", status="active", effectivePeriod={"start": "2025"}),
    procedure("hepatectomy", performedDateTime="2025-08-20"),
    procedure("radiotherapy", performedDateTime="2024-07"),
    observation("Microsatellite instability status", "MSS"),
]
RESULTS = [
    observation("ECOG performance status", 1),
    observation("Karnofsky performance status", (80, "{score}")),
    observation("hemoglobin", (121, "g/L")),
    observation("absolute neutrophil count", (1.2, "10*9/L")),
    observation("platelet count", (90, "10*9/L")),
    observation("total bilirubin", (30, "umol/L")),
    observation("albumin", (30, "g/L")),
    observation("INR", (1.4, "1")),
]
NEWER = {
    "ECOG performance status": 3,
    "hemoglobin": (70, "g/L"),
    "absolute neutrophil count": (4.0, "10*9/L"),
    "platelet count": (200, "10*9/L"),
    "albumin": (45, "g/L"),
}
UNCOUNTED = [
    condition("brain metastasis", verified="refuted"),
    condition("hepatitis B", verified="entered-in-error"),
    medication("pembrolizumab", kind="MedicationRequest", status="active"),
    medication("ipilimumab", status="not-done"),
    procedure("liver transplantation", status="draft"),
    observation("hemoglobin", (30, "g/L"), id="mistaken", status="entered-in-error", day="2025-08-30"),
]
UNVERIFIED = [
    observation("platelet count", (3, "10*9/L"), id="early", status="preliminary", day="2025-08-30"),
    observation("microsatellite instability", "MSI-H", id="msi-2", status="preliminary", day="2025-08-30"),
    observation("HIV antibody", "Positive", id="hiv-2", status="preliminary", day="2025-08-30"),
    observation("ECOG performance status", 4, id="ecog-2", status="preliminary", day="2025-08-30"),
]
LATER = [
    condition("brain metastasis", onsetDateTime="2025-09-02"),
    medication("pembrolizumab", effectiveDateTime="2025-10"),
    procedure("liver transplantation", performedDateTime="2026"),
    observation("hemoglobin", (30, "g/L"), id="tomorrow", day="2025-09-02"),
]
some = st.lists(st.sampled_from(FACTS + RESULTS), max_size=8, unique_by=lambda each: each["id"])
assumed = st.sampled_from([(), EVERYTHING, ("conditions", "treatments")])
few = settings(max_examples=12)


@cache
def _criteria() -> dict[str, Expression]:
    trials = packaged_trials().values()
    return {f"{trial.nct} {each.id}": each.admits for trial in trials for each in trial.criteria}


def _view(*resources: Json, complete: Collection[Completeness] = ()) -> ScreeningView:
    return screening_view(record(*resources), AS_OF, assume_complete=complete)


def _verdicts(view: ScreeningView) -> dict[str, Truth]:
    return {name: evaluate(admits, view) for name, admits in _criteria().items()}


def test_there_are_criteria_to_hold_the_laws_to() -> None:
    """The five packaged trials, and patients that pass some criteria and fail others."""
    verdicts = _verdicts(_view(*FACTS, *RESULTS, complete=EVERYTHING))
    assert len(verdicts) > 100
    assert min(list(verdicts.values()).count(truth) for truth in (True, False, None)) > 5


def test_without_facts_nothing_is_known() -> None:
    """Who is only named meets and fails no criterion: none of them needs no fact."""
    nobody = {"resourceType": "Patient", "id": "p1"}
    view = screening_view(from_fhir(bundle(nobody)), AS_OF)
    assert set(_verdicts(view).values()) == {None}
    known = {name for name, truth in _verdicts(_view()).items() if truth is not None}
    demographic = {str(TGC[name]) for name in ("Age", "FemaleSex", "MaleSex")}
    for name in known:
        found = deciding_atoms(_criteria()[name], _view())
        assert all(each.evidence == ("Patient/p1",) or _concept(each.atom) in demographic for each in found)


def _concept(atom: Atom) -> str | None:
    return atom.concept if isinstance(atom, Value | Fact) else None


@few
@given(some, assumed, st.lists(st.sampled_from(LATER), min_size=1, unique_by=lambda each: each["id"]))
def test_what_is_dated_after_the_day_changes_no_verdict(
    resources: list[Json], complete: tuple[Completeness, ...], later: list[Json]
) -> None:
    """It doesn't exist yet, whatever is assumed."""
    assert _verdicts(_view(*resources, complete=complete)) == _verdicts(
        _view(*resources, *later, complete=complete)
    )


@few
@given(some, assumed, st.lists(st.sampled_from(UNCOUNTED), min_size=1, unique_by=lambda each: each["id"]))
def test_what_does_not_count_changes_no_verdict(
    resources: list[Json], complete: tuple[Completeness, ...], uncounted: list[Json]
) -> None:
    """Refuted, mistaken, prescribed and planned things neither show nor hide anything."""
    assert _verdicts(_view(*resources, complete=complete)) == _verdicts(
        _view(*resources, *uncounted, complete=complete)
    )


@few
@given(some, assumed, st.lists(st.sampled_from(UNVERIFIED), min_size=1, unique_by=lambda each: each["id"]))
def test_what_is_not_verified_settles_nothing(
    resources: list[Json], complete: tuple[Completeness, ...], unverified: list[Json]
) -> None:
    """A preliminary result leaves a verdict as it is, or opens it; it makes no new one."""
    before = _verdicts(_view(*resources, complete=complete))
    after = _verdicts(_view(*resources, *unverified, complete=complete))
    assert all(truth in (None, before[name]) for name, truth in after.items())


@few
@given(some, assumed, st.randoms(use_true_random=False))
def test_the_order_of_resources_changes_nothing(
    resources: list[Json], complete: tuple[Completeness, ...], random: Any
) -> None:
    """The whole view is the same, with what it shows and from where."""
    shuffled = list(resources)
    random.shuffle(shuffled)
    assert _view(*resources, complete=complete) == _view(*shuffled, complete=complete)


@settings(max_examples=25)
@given(some, st.sampled_from(FACTS + RESULTS))
def test_in_the_open_world_a_new_fact_settles_and_never_turns(resources: list[Json], more: Json) -> None:
    """What was known stays so; contradictions and newer results have laws of their own."""
    kept = [each for each in resources if each["id"] != more["id"]]
    before, after = _verdicts(_view(*kept)), _verdicts(_view(*kept, more))
    turned = {name for name, truth in before.items() if truth is not None and after[name] is not truth}
    assert not turned


@pytest.mark.parametrize("name", NEWER)
def test_a_newer_result_takes_the_place_of_the_older(name: str) -> None:
    """With it every verdict is what it would be without the older one, and rests on the newer."""
    older = [each for each in RESULTS if each["code"]["text"] == name]
    others = [each for each in FACTS + RESULTS if each not in older]
    newer = observation(name, NEWER[name], id="newer", day="2025-08-25")
    together = _view(*others, *older, newer)
    assert _verdicts(together) == _verdicts(_view(*others, newer))
    evidence = {item for quantity in together.quantities.values() for item in quantity.evidence}
    assert "Observation/newer" in evidence
    assert f"Observation/{older[0]['id']}" not in evidence


def test_a_newer_result_may_turn_a_verdict() -> None:
    """An ECOG of 1 that is 3 five days later fails what it passed, which no other new fact does."""
    before = _view(observation("ECOG performance status", 1))
    after = _view(
        observation("ECOG performance status", 1),
        observation("ECOG performance status", 3, id="newer", day="2025-08-25"),
    )
    turned = {name for name, truth in _verdicts(before).items() if truth and _verdicts(after)[name] is False}
    assert turned
    ecog = str(TGC.ECOGPerformanceStatus)
    assert all(ecog in {_concept(atom) for atom in atoms(_criteria()[name])} for name in turned)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            observation("Microsatellite instability status", "MSS"),
            observation("Microsatellite instability status", "MSI-H", id="again"),
            id="results that exclude each other",
        ),
        pytest.param(
            observation("ECOG performance status", 0),
            observation("ECOG performance status", 3, id="again"),
            id="scores of one day",
        ),
        pytest.param(
            observation("hemoglobin", (121, "g/L")),
            observation("hemoglobin", (60, "g/L"), id="again"),
            id="values of one day",
        ),
    ],
)
def test_a_contradiction_makes_unknown_what_reads_it(one: Json, other: Json) -> None:
    """Where each alone gives another verdict, both give none, with reason conflict; no other one turns."""
    first, second, both = _view(one), _view(other), _view(one, other)
    apart, against, together = _verdicts(first), _verdicts(second), _verdicts(both)
    turned = {name for name in together if apart[name] is not against[name]}
    assert turned
    for name, truth in together.items():
        assert truth in (apart[name], against[name], None)
        if name in turned:
            assert truth is None
            reasons = {finding.reason for finding in deciding_atoms(_criteria()[name], both)}
            assert "conflict" in reasons


def _limits() -> Iterator[tuple[str, Value, float]]:
    """Yield the limits of the packaged criteria: criterion, atom, bound."""
    for name, admits in _criteria().items():
        for atom in atoms(admits):
            if isinstance(atom, Value) and atom.relative_to is None:
                for bound in (atom.limit.low, atom.limit.high):
                    if bound is not None:
                        yield name, atom, bound


def test_moving_a_value_across_a_bound_changes_only_what_reads_it() -> None:
    """Below, at and above each limit: no other criterion changes, and the atom does as it says."""
    base = _view(*FACTS, *RESULTS, complete=EVERYTHING)
    changed = set()
    for _, atom, bound in set(_limits()):
        step = max(abs(bound), 1.0) * 1e-6
        shown = [_with(base, atom.concept, bound + each) for each in (-step, 0.0, step)]
        for each, view in zip((bound - step, bound, bound + step), shown, strict=True):
            assert evaluate_atom(replace(atom, within=None), view).truth is _meets(each, atom.limit)
        verdicts = [_verdicts(view) for view in shown]
        for name in verdicts[0]:
            if len({each[name] for each in verdicts}) > 1:
                assert (atom.concept, bound) in _bounds_of(name), name
                changed.add(name)
    assert len(changed) > 10


def _with(view: ScreeningView, concept: str, number: float) -> ScreeningView:
    exact = Quantity(Interval(number, number), None, None, NOW, "a result", ("Observation/moved",))
    return replace(view, quantities={**view.quantities, concept: exact})


def _meets(number: float, limit: Limit) -> bool:
    low, high = limit.low, limit.high
    above = low is None or number > low or (limit.low_inclusive and number == low)
    return above and (high is None or number < high or (limit.high_inclusive and number == high))


@cache
def _bounds_of(criterion: str) -> frozenset[tuple[str, float]]:
    return frozenset((atom.concept, bound) for name, atom, bound in _limits() if name == criterion)


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    match expression:
        case AllOf(operands) | AnyOf(operands):
            for operand in operands:
                yield from _parts(operand)
        case Not(operand):
            yield from _parts(operand)


@few
@given(some, assumed)
@example(FACTS + RESULTS, EVERYTHING)
def test_what_is_shown_is_what_is_true(resources: list[Json], complete: Collection[Completeness]) -> None:
    """Looking no further than a proof takes tells the same as weighing every part."""
    view = _view(*resources, complete=complete)
    for expression in _criteria().values():
        for each in _parts(expression):
            assert is_shown(each, view) == (evaluate(each, view) is True)
            assert is_shown(Not(each), view) == (evaluate(each, view) is False)
