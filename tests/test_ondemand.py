"""What a view shows of a concept doesn't depend on what else it was asked for."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.patient_resources import lesion, record
from tests.test_laws import AS_OF, EVERYTHING, FACTS, RESULTS
from trialgraph.concepts import packaged_concepts
from trialgraph.derivation import screening_view
from trialgraph.derivation.ondemand import Layers, OnDemand
from trialgraph.derivation.times import ago
from trialgraph.patients.dates import DateRange
from trialgraph.views import ScreeningView

CONCEPTS = packaged_concepts()
KEYS = [
    *sorted(CONCEPTS),
    *(f"{iri}-{number}" for iri in sorted(CONCEPTS) for number in ("count", "organs", "size", "other")),
    "https://example.org/unknown",
    "https://example.org/unknown-count",
]
MAPPINGS = ("quantities", "present", "absent", "inactive", "complete", "latest", "conflicts")
LESIONS = [lesion("liver-1", "Liver metastasis", "liver"), lesion("lung-1", "Lung nodule", "lung")]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    resources=st.lists(st.sampled_from([*FACTS, *RESULTS, *LESIONS]), unique_by=str, max_size=8),
    complete=st.sets(st.sampled_from(EVERYTHING)),
    asked=st.lists(st.sampled_from(KEYS), min_size=40, max_size=40),
)
def test_what_is_asked_for_is_what_the_whole_view_has(
    resources: list[dict[str, Any]], complete: set[Any], asked: list[str]
) -> None:
    """Entries that are asked for one by one, in any order, are those found by going through all."""
    whole, apart = (
        screening_view(record(*resources), AS_OF, assume_complete=sorted(complete)) for _ in range(2)
    )
    entries = {name: dict(_mapping(whole, name)) for name in MAPPINGS}
    drawn = [*asked, *(key for found in entries.values() for key in list(found)[:10])]
    for key in drawn:
        for name in reversed(MAPPINGS):
            assert _mapping(apart, name).get(key) == entries[name].get(key), (name, key)
            assert (key in _mapping(apart, name)) == (key in entries[name])
    assert apart == whole


def test_what_is_absent_is_absent_in_all_its_kinds() -> None:
    """Absence is closed downwards, but for what is there or contradicts itself."""
    view = screening_view(record(*FACTS), AS_OF, assume_complete=EVERYTHING)
    absent = set(view.absent)
    below = {each for iri in absent & set(CONCEPTS) for each in CONCEPTS.descendants(iri)}
    assert len(absent) > 1000
    assert below - view.present.keys() - view.conflicts.keys() <= absent


def _mapping(view: ScreeningView, name: str) -> Mapping[str, object]:
    found: Mapping[str, object] = getattr(view, name)
    return found


def test_an_entry_is_worked_out_once_and_only_when_asked_for() -> None:
    """Nothing is worked out before, nor twice, also when there turns out to be none."""
    worked: list[str] = []

    def entry(key: str) -> str | None:
        worked.append(key)
        return key.upper() if key != "b" else None

    found = OnDemand(lambda: "abc", entry)
    assert worked == []
    assert (found.get("b"), found.get("b"), found["a"]) == (None, None, "A")
    assert worked == ["b", "a"]
    assert dict(found) == {"a": "A", "c": "C"}
    assert len(found) == 2


def test_of_two_layers_the_first_counts() -> None:
    """An entry of an upper layer hides that of a lower one; keys come once."""
    layers = Layers({"a": 1}, {"a": 2, "b": 3})
    assert dict(layers) == {"a": 1, "b": 3}
    assert len(layers) == 2
    assert layers.get("c") is None


@given(day=st.dates(date(2015, 1, 1), date(2025, 8, 31)), days=st.integers(0, 1500))
def test_months_ago_are_calendar_months(day: date, days: int) -> None:
    """So many months back from the screening day is that day or before it, and one less isn't."""
    for as_of in (day, day + timedelta(days=days), date(2028, 2, 29), date(2027, 3, 31)):
        months = int(ago(DateRange(day, day), as_of).months_min)
        assert as_of - relativedelta(months=months) <= day
        assert months == 0 or as_of - relativedelta(months=months - 1) > day
