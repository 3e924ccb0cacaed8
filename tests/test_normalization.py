from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_files import ROOT
from trialgraph.criteria import read_criteria
from trialgraph.criteria.language.misspellings import common_words
from trialgraph.criteria.sections.normalization import normalize
from trialgraph.sources.files import read_records

JOINTS = [
    line
    for line in (Path(__file__).parent / "cases" / "joints_NCT06794086.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(
    ("verbatim", "readable"),
    [
        ("hard\n  wrapped\tlines", "hard wrapped lines"),
        (r"\<50% and \> 3 \[see A\]", "<50% and > 3 [see A]"),
        (">=1.5 <= 3 =< 4 ≧2", "≥1.5 ≤ 3 ≤ 4 ≥2"),
        ("≥1.5×109/L", "≥1.5×10^9/L"),
        ("≥1.5 x 109/L", "≥1.5 × 10^9/L"),
        ("1.5×10⁹/L", "1.5×10^9/L"),
        (r"1.5 x 10\^9/L", "1.5 × 10^9/L"),
        ("2.5 x ULN", "2.5 × ULN"),
        ("109/L of nothing", "109/L of nothing"),
        ("18–75 years’", "18-75 years'"),
    ],
)
def test_readable_forms(verbatim, readable):
    """Signs, escapes, wrapped lines and lost superscripts are put right."""
    assert normalize(verbatim).text == readable


def test_every_joint_of_the_damaged_page_is_parted_and_nothing_else():
    """Exactly the words that the page ran together get a space; no other character changes."""
    (record,) = read_records([ROOT / "data" / "trials" / "NCT06794086.txt"])
    parted = []
    for criterion in read_criteria(record):
        plain = normalize(criterion.text)
        damaged, repaired = plain.text, criterion.normalized
        position = 0
        for index, letter in enumerate(repaired):
            if position < len(damaged) and letter == damaged[position]:
                position += 1
                continue
            assert letter == " "
            left = repaired[:index].split(" ")[-1].lstrip("(")
            parted.append(f"{left}|{repaired[index + 1 :].split(' ')[0].rstrip('.,;)')}")
        assert position == len(damaged)
    assert parted == JOINTS
    assert len(JOINTS) == 42


@pytest.mark.parametrize(
    "word", ["hepatobiliary", "immunomodulators", "unresectable", "inpatient", "anti-PD-1", "mmHg"]
)
def test_words_are_not_parted(word):
    """A word, even a rare one, stays whole."""
    assert normalize(word, words=common_words()).text == word


@given(st.text(alphabet="aB1 \n\t\\<>=×x10^⁹9/L≥.,;（≦ ofthe"))
def test_alignment_is_exact(verbatim):
    """Every readable character stands for a stretch of the verbatim text, in order."""
    for words in (None, common_words()):
        text = normalize(verbatim, words=words)
        assert len(text.text) == len(text.starts) == len(text.ends)
        assert list(text.starts) == sorted(text.starts)
        for letter, start, end in zip(text.text, text.starts, text.ends, strict=True):
            assert 0 <= start <= end <= len(verbatim)
            if letter.isalpha() and end == start + 1:
                assert verbatim[start] == letter or not verbatim[start].isascii()
