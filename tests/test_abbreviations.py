"""What an abbreviation means is told by the text that explains it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compact import compact
from trialgraph.criteria import read_text
from trialgraph.criteria.language.abbreviations import own_abbreviations
from trialgraph.criteria.language.vocabulary import default_vocabulary


@pytest.mark.parametrize(
    ("explained", "used", "meaning"),
    [
        ("History of polycythemia vera (PV)", "Prior PV", "PolycythemiaVera{status=history}"),
        ("Total body irradiation (TBI) in childhood", "TBI within 3 months", "TotalBodyIrradiation @3m"),
        ("Use of aromatase inhibitors (AIs)", "Prior AI", "AromataseInhibitor"),
        ("Use of an aromatase inhibitor [AI]", "Prior AIs", "AromataseInhibitor"),
        ("Documented in the electronic medical record (EMR)", "Prior EMR", "«Prior EMR»"),
        ("Major depressive disorder (MDD)", "Prior MDD", "MajorDepression{status=history}"),
        ("Progressive disease (PD)", "PD-L1 positive", "PDL1Positive"),
    ],
)
def test_an_abbreviation_means_what_it_is_explained_by(explained: str, used: str, meaning: str) -> None:
    """What the first bullet explains the second says."""
    *_, last = read_text(f"* {explained}\n* {used}", kind="exclusion")
    assert compact(last.expression) == meaning


def test_an_abbreviation_explained_in_two_ways_isn_t_taken() -> None:
    """A second meaning leaves both open."""
    text = "* Consent of the principal investigator (PI)\n* Use of a proteasome inhibitor (PI)\n* Prior PI"
    *_, last = read_text(text, kind="exclusion")
    assert compact(last.expression) == "«Prior PI»"


def test_an_abbreviation_isn_t_a_second_fact_where_it_is_explained() -> None:
    """The bracket adds nothing to the words before it."""
    told = read_text("* Isolated extramedullary disease (EMD)\n* Treatment for EMD", kind="exclusion")
    assert compact(told[0].expression) == "IsolatedExtramedullaryRelapse"


@given(st.text(alphabet="ABCDabcd pv(),;\n", max_size=80))
def test_what_a_text_explains_is_written_in_it(text: str) -> None:
    """No text makes the search fail or find what is not there."""
    found = own_abbreviations(text, default_vocabulary())
    assert all(f"({short}" in text for short in found)


def test_abbreviations_that_are_used_as_everywhere_are_no_texts_own() -> None:
    """The vocabulary's own meanings stay."""
    text = "non-small cell lung cancer (NSCLC), international normalize ratio (INR), consent (IC)"
    text += ", investigational medicinal product (IMP)"
    assert own_abbreviations(text, default_vocabulary()) == {}
