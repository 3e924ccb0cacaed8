"""Expressions in plain English, as a coordinator would read them beside the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialgraph.criteria.plain import plain
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value, Window


def value(label: str, unit: str | None, low: float | None = None, high: float | None = None) -> Value:
    """Return a limit that includes its bounds."""
    return Value("https://example.org/x", label, Limit(low, True, high, True), unit)


def fact(label: str, category: str = "condition", **more: object) -> Fact:
    """Return a fact."""
    return Fact("https://example.org/x", label, category, **more)  # type: ignore[arg-type]


MONTHS = Window(6, "month", "Within 6 months before enrolment")
STROKE = fact("stroke", within=MONTHS)
JUDGED = Narrative("good compliance", "judgement")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (value("age", "a", 18), "age at least 18 years"),
        (value("age", "a", 1), "age at least 1 year"),
        (value("age", "a", 1, 18), "age from 1 to 18 years"),
        (value("life expectancy", "mo", 3), "life expectancy at least 3 months"),
        (value("ECOG performance status", "{score}", 0, 1), "ECOG performance status from 0 to 1"),
        (value("NYHA class", "{score}", 4, 4), "NYHA class exactly 4"),
        (value("ejection fraction", "%", 50), "ejection fraction at least 50%"),
        (value("platelet count", "10*9/L", 100), "platelet count at least 100 ×10⁹/L"),
        (value("red cell count", "10*12/L", 4), "red cell count at least 4 ×10¹²/L"),
        (value("body mass index", "kg/m2", None, 30), "body mass index at most 30 kg/m²"),
        (value("GFR", "mL/min/{1.73_m2}", 60), "GFR at least 60 mL/min/1.73 m²"),
        (value("systolic pressure", "mm[Hg]", None, 140), "systolic pressure at most 140 mmHg"),
        (value("TSH", "m[IU]/L", None, 5), "TSH at most 5 mIU/L"),
        (value("HBV DNA", "[IU]/mL", None, 2000), "HBV DNA at most 2,000 IU/mL"),
        (value("viral load", "{copies}/mL", None, 1_000_000), "viral load at most 1,000,000 copies/mL"),
        (value("creatinine", "umol/L", None, 0.000075), "creatinine at most 0.000075 µmol/L"),
        (value("ferritin", "ug/L", 1234567.5), "ferritin at least 1,234,567.5 µg/L"),
        (value("protein in urine", "{plus}", None, 1), "protein in urine at most 1+"),
        (value("heart rate", "/min", None, 100), "heart rate at most 100 per minute"),
        (value("INR", "{INR}", None, 1.5), "INR at most 1.5"),
        (value("hemoglobin", "g/dL"), "hemoglobin measured"),
        (
            Value("x", "ALT", Limit(high=3, high_inclusive=False), relative_to="ULN", within=MONTHS),
            "ALT less than 3 times the upper limit of normal, within 6 months before enrolment",
        ),
        (Value("x", "age", Limit(11, True, 25, False), "a"), "age at least 11 and less than 25 years"),
    ],
)
def test_limits(expression: Expression, words: str) -> None:
    """Numbers have all their digits, units are written as people write them, bounds are said in words."""
    assert plain(expression) == words


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (STROKE, "stroke [within 6 months before enrolment]"),
        (fact("hepatitis B", modifiers={"status": "active"}), "active hepatitis B"),
        (fact("stroke", modifiers={"status": "history"}), "history of stroke"),
        (fact("malignant neoplasm", modifiers={"relation": "other"}), "other malignant neoplasm"),
        (fact("nivolumab", "treatment"), "treatment with nivolumab"),
        (fact("chemotherapy", "treatment"), "chemotherapy"),
        (
            fact("anticoagulant", "treatment", modifiers={"status": "active"}),
            "ongoing treatment with anticoagulant",
        ),
        (fact("pregnancy", "reproductive", modifiers={"status": "active"}), "current pregnancy"),
        (
            fact("hypersensitivity", "allergy", modifiers={"agent": "platinum"}),
            "hypersensitivity to platinum",
        ),
        (
            fact("malignant neoplasm", modifiers={"exception": "basal cell carcinoma"}),
            "malignant neoplasm [except basal cell carcinoma]",
        ),
        (
            fact("immunotherapy", "treatment", modifiers={"exception": "Prior IL-2 is permitted"}),
            "immunotherapy [but: Prior IL-2 is permitted]",
        ),
        (
            fact("liver metastasis", "lesion", count=Limit(1, True, 5, True), size=Limit(high=60)),
            "liver metastasis [from 1 to 5 in number; at most 60 mm in diameter]",
        ),
    ],
)
def test_facts(expression: Expression, words: str) -> None:
    """A fact reads as a phrase, with what is demanded of it in brackets."""
    assert plain(expression) == words


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (Not(fact("pregnancy", "reproductive")), "no pregnancy"),
        (Not(STROKE), "no stroke [within 6 months before enrolment]"),
        (Not(fact("chemotherapy", "treatment")), "no chemotherapy"),
        (Not(fact("HER2 positive", "biomarker")), "not HER2 positive"),
        (Not(fact("male sex", "demographic")), "not male sex"),
        (Not(value("creatinine", "mg/dL", 3)), "creatinine not at least 3 mg/dL"),
        (
            Not(fact("brain metastasis", "lesion", count=Limit(3))),
            "not (brain metastasis [at least 3 in number])",
        ),
        (
            Not(AnyOf((STROKE, JUDGED))),
            "not (stroke [within 6 months before enrolment]; or “good compliance” (takes judgement))",
        ),
        (Not(Not(fact("stroke"))), "not (no stroke)"),
        (
            AllOf((fact("stroke"), AnyOf((JUDGED, Not(fact("nausea")))))),
            "stroke; and (“good compliance” (takes judgement); or no nausea)",
        ),
    ],
)
def test_what_is_denied_is_plain(expression: Expression, words: str) -> None:
    """Every denial says of what: a fact, a limit, a number of lesions, or a whole group in brackets."""
    assert plain(expression) == words


LATELY = Window(6, "month", "within 6 months of informed consent")
LIFTED = {"exception": "patients whose disease was resected or irradiated and is gone are eligible"}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (
            AnyOf((fact("stroke", within=LATELY), fact("angina", within=LATELY))),
            "stroke; or angina, each [within 6 months of informed consent]",
        ),
        (
            AnyOf((fact("fever"), fact("stroke", within=LATELY), fact("angina", within=LATELY))),
            "fever; or (stroke; or angina), each [within 6 months of informed consent]",
        ),
        (
            AnyOf((fact("stroke", within=LATELY), fact("fever"), fact("angina", within=LATELY))),
            "stroke [within 6 months of informed consent]; or fever; "
            "or angina [within 6 months of informed consent]",
        ),
        (
            AnyOf(
                (
                    fact("melanoma", modifiers=LIFTED),
                    fact("sarcoma", modifiers={"status": "active", "qualifier": "large", **LIFTED}),
                )
            ),
            "melanoma [but: patients whose disease was resected or irradiated and is gone are eligible]; "
            "or active sarcoma [large; but: patients whose disease was resected or irradiated and …]",
        ),
        (AnyOf((fact("stroke"), fact("angina"), fact("stroke"))), "stroke; or angina"),
        (AnyOf((fact("stroke", within=LATELY), STROKE)), None),
    ],
)
def test_shared_brackets(expression: Expression, words: str | None) -> None:
    """What neighbours have in their brackets alike stands once, behind "each"; other brackets stay apart."""
    told = plain(expression)
    assert told == words if words else told.count("[") == 2


@given(st.lists(st.sampled_from([fact("stroke", within=LATELY), STROKE, fact("fever"), JUDGED]), min_size=1))
def test_each_operand_is_told(operands: list[Expression]) -> None:
    """Whatever is shared, each name and each different bracket is in the words."""
    told = plain(AnyOf(tuple(operands)))
    for each in operands:
        for word in plain(each).replace("]", "").split(" ["):
            assert word in told
