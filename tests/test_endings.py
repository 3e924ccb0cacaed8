"""Items of a list that end in "or" are alternatives of those they go on to, not of the whole list."""

import re

import pytest

from tests.compact import compact, told
from trialgraph.criteria import read_text

COUNTS = "AbsoluteNeutrophilCount≥1.5 10*9/L, PlateletCount≥100 10*9/L"
KIDNEYS = "ANY(SerumCreatinine≤1.5×ULN, CreatinineClearance≥60 mL/min)"


def _read(lead: str, *items: str, kind: str = "inclusion") -> str:
    (criterion,) = read_text("\n".join([lead, *(f"  * {item}" for item in items)]), kind=kind)
    return told(criterion)


@pytest.mark.parametrize("joint", ["OR", "or,", "-OR-", "; or"])
def test_an_or_between_two_limits_joins_these(joint: str) -> None:
    """Whoever has a good clearance still needs blood cells."""
    limits = ["ANC ≥ 1.5 x 10^9/L", "Platelets ≥ 100 x 10^9/L", f"Creatinine ≤ 1.5 x ULN {joint}"]
    clearance = "Creatinine clearance ≥ 60 mL/min"
    assert _read("Adequate organ function:", *limits, clearance) == f"ALL({COUNTS}, {KIDNEYS})"
    read = _read("Adequate organ function:", *limits, clearance, "Albumin ≥ 30 g/L")
    assert read == f"ALL({COUNTS}, {KIDNEYS}, Albumin≥30 g/L)"


def test_a_limit_for_some_is_read_with_its_alternative() -> None:
    """Else it would let in everyone whom it isn't for."""
    read = _read(
        "Adequate organ function:",
        "ANC ≥ 1.5 x 10^9/L",
        "ALT ≤ 2.5 x ULN, OR",
        "ALT ≤ 5 x ULN if liver metastases are present",
        "Albumin ≥ 30 g/L",
    )
    assert read == (
        "ALL(AbsoluteNeutrophilCount≥1.5 10*9/L, "
        "ANY(AlanineAminotransferase≤2.5×ULN, ALL(LiverMetastasis, "
        "AlanineAminotransferase≤5×ULN)), Albumin≥30 g/L)"
    )


@pytest.mark.parametrize(
    ("lead", "items"),
    [
        ("Disease of:", ["Breast cancer,", "Lung cancer, or", "Melanoma"]),
        ("Disease of:", ["Breast cancer", "Lung cancer; or", "Melanoma"]),
        ("One of the following:", ["Breast cancer", "Lung cancer or", "Melanoma", "Sarcoma"]),
        ("Patients with:", ["PSA ≥ 2 ng/mL", "PSA ≥ 5 ng/mL or", "PSA ≥ 9 ng/mL"]),
    ],
)
def test_other_lists_with_an_or_offer_any(lead: str, items: list[str]) -> None:
    """Items set off by commas, kinds of a disease, what the lead-in offers, and limits of one quantity."""
    assert _read(lead, *items).startswith("ANY(")


def test_ands_bind_before_ors() -> None:
    """Where both stand at the ends, as in a sentence."""
    read = _read("Patients with:", "Hypertension; and", "Asthma; or", "Epilepsy")
    assert read == "ANY(ALL(Hypertension, Asthma), Epilepsy)"


def test_any_item_bars() -> None:
    """Whatever they end in."""
    text = "\n".join(["Patients with:", "  * Stroke", "  * Asthma or", "  * Epilepsy", "  * Ascites"])
    bars = [told(criterion) for criterion in read_text(text, kind="exclusion")]
    assert re.findall(r"\w+", " ".join(bars)) == ["ANY", "Stroke", "Asthma", "Epilepsy", "Ascites"]


def test_a_lead_in_asks_behind_the_name_of_a_part() -> None:
    """What it names there is asked too; a part that only a later sentence names isn't that of the list."""
    read = _read("For Part 4 only - Participants with colorectal cancer and:", "Stroke", "Asthma")
    assert read == "[For Part 4 only] ALL(ColorectalCancer, Stroke, Asthma)"
    read = _read("Part 1: Melanoma. Part 2: Sarcoma with:", "Stroke", "Asthma")
    assert read.startswith("ALL(") and "Stroke, Asthma" in read


def test_an_item_that_is_not_permitted_bars_by_itself() -> None:
    """Also below the name of something else."""
    read = _read(
        "Prior therapy of melanoma:", "Bisphosphonates are permitted", "Radiotherapy is not permitted",
        kind="exclusion",
    )  # fmt: skip
    assert read.startswith("ANY(") and "Radiotherapy" in read


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Melanoma; or sarcoma", "ANY(Melanoma, Sarcoma)"),
        ("Melanoma. OR sarcoma", "ANY(Melanoma, Sarcoma)"),
        ("Creatinine ≤ 1.5 x ULN; or creatinine clearance ≥ 60 mL/min", KIDNEYS),
        ("Albumin ≥ 30 g/L. Creatinine ≤ 1.5 x ULN; or creatinine clearance ≥ 60 mL/min",
         f"ALL(Albumin≥30 g/L, {KIDNEYS})"),
    ],
)  # fmt: skip
def test_an_or_between_sentences_offers_either(words: str, expected: str) -> None:
    """A semicolon or a full stop before it changes nothing."""
    (criterion,) = read_text(words, kind="inclusion")
    assert compact(criterion.expression) == expected


def test_an_or_behind_several_sentences_stays_open() -> None:
    """It may go back to the first of them, or to the last only."""
    (criterion,) = read_text(
        "ANC ≥ 1.5 x 10^9/L; platelets ≥ 100 x 10^9/L; or hemoglobin ≥ 9 g/dL", kind="inclusion"
    )
    assert compact(criterion.expression).startswith("ALL(")


@pytest.mark.parametrize(
    "verb", ["do not meet", "do not fulfil", "do not have", "fail to meet", "are unable to meet"]
)
def test_a_list_that_is_not_met_bars_as_a_whole(verb: str) -> None:
    """Whoever lacks one of its items is barred; of whom "any" of it isn't so, it stays open."""
    read = _read(f"Patients who {verb} the following:", "Stroke", "Asthma", kind="exclusion")
    assert read == "NOT ALL(Stroke, Asthma)"
    read = _read("Patients who do not meet any of the following:", "Stroke", "Asthma", kind="exclusion")
    assert read.startswith("«")
