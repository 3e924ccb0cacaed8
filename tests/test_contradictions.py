"""What bars everyone whom a trial asks for is held to be for some patients only."""

import pytest

from trialgraph.criteria import read_text


def _scoped(inclusions: tuple[str, ...], exclusions: tuple[str, ...] = ()) -> list[str]:
    lines = ["Inclusion criteria:", *(f"* {each}" for each in inclusions)]
    lines += ["Exclusion criteria:", *(f"* {each}" for each in exclusions)]
    return [each.id for each in read_text("\n".join(lines)) if each.scope is not None]


@pytest.mark.parametrize(
    ("inclusions", "exclusions", "scoped"),
    [
        (("Multiple myeloma",), ("Concomitant hematologic malignancy",), ["E1"]),
        (("Age ≥ 18 years",), ("Age ≥ 18 years", "Pregnancy"), ["E1"]),
        (("NYHA class I",), ("NYHA class I or II",), ["E1"]),
        (("No breast cancer", "Breast cancer stage II"), (), ["I1", "I2"]),
        (("Age ≥ 18 years", "Age 1 to 17 years", "Written consent"), (), ["I1", "I2"]),
        (("Women", "Men"), (), ["I1", "I2"]),
        (("ECOG 0-1 or stable gout.",), ("ECOG 0-1 or stable gout", "Stroke"), ["E1"]),
        (("CD4 count < 300/µL", "CD4 count ≥ 450/µL"), (), ["I1", "I2"]),
    ],
)
def test_what_nobody_could_meet(
    inclusions: tuple[str, ...], exclusions: tuple[str, ...], scoped: list[str]
) -> None:
    """A fail of it isn't certain."""
    assert _scoped(inclusions, exclusions) == scoped


def test_what_a_part_of_the_trial_asks_for_bars_nobody_there() -> None:
    """Others whom the trial bars for it stay open, too."""
    text = "* Age ≥ 18 years\n\nCohort A:\n\n* Prior irinotecan\n\nExclusion criteria:\n\n* Prior irinotecan"
    assert [each.id for each in read_text(text) if each.scope is not None] == ["I2", "E1"]


@pytest.mark.parametrize(
    ("inclusions", "exclusions"),
    [
        (("Multiple myeloma",), ("Another malignancy", "Plasma cell leukemia")),
        (("Lung cancer",), ("Small cell lung cancer", "Lung cancer with an EGFR mutation")),
        (("Brain metastases",), ("Active brain metastases", "Symptomatic brain metastases")),
        (("Prior platinum-based chemotherapy",), ("Chemotherapy within 3 weeks",)),
        (("No active hepatitis B", "History of hepatitis B"), ()),
        (("Age ≥ 18 years", "Age ≤ 75 years"), ("Age > 80 years",)),
        (("Breast cancer or ovarian cancer",), ("Breast cancer",)),
        (("History of breast cancer",), ("Active breast cancer",)),
    ],
)
def test_what_can_be_met_is_asked_of_all(inclusions: tuple[str, ...], exclusions: tuple[str, ...]) -> None:
    """Kinds, times, other states and alternatives leave a way in."""
    assert _scoped(inclusions, exclusions) == []
