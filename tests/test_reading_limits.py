"""Laws of reading for any text at all: no error, spans inside the text, time in proportion to the text."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialgraph.criteria import read_text
from trialgraph.expressions import atoms, from_json, to_json

WORDS = [
    "melanoma", "hepatitis B", "ANC", "≥ 1.5 x ULN", "no", "or", "and/or", "except", "unless",
    "within 4 weeks", "including:", "vaccines such as measles", "(", ")", "[", "]", "\n* ",
    "\n    - ", "\n1. ", "; ", ", ", ". ", ":", "/", "-", "≤", "1" * 400,
    "Inclusion Criteria:\n", "Exclusion Criteria:\n", "stage IV", "10^9/L", "\t", "x109/L",
    "\\>", "\x00", "\ud800", "مرض", "e\u0301", "\u202e", "\u2028", "①", "history of", "if",
    "patients must not", "Child-Pugh B", "1-5 lesions", "aged 18 years",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=40).map("".join),
)
MONSTERS: dict[str, Callable[[int], str]] = {
    "a million letters": lambda size: "a" * size,
    "prose": lambda size: (
        "Patients with breast cancer (stage IV) and ANC ≥ 1.5; or no melanoma. " * (size // 68)
    ),
    "one long list": lambda size: "melanoma, " * (size // 10),
    "only commas": lambda size: "," * size,
    "only brackets": lambda size: "([" * (size // 4) + ")]" * (size // 4),
    "open brackets around words": lambda size: "(melanoma " * (size // 10),
    "flat bullets": lambda size: "* breast cancer\n" * (size // 16),
    "nested bullets": lambda size: "".join(
        "\t" * (i % 300) + "* breast cancer\n" for i in range(size // 160)
    ),
    "inline numbers": lambda size: " ".join(f"{i % 20 + 1}) melanoma;" for i in range(size // 13)),
    "quantities without a limit": lambda size: "ANC " * (size // 4),
    "limits without a quantity": lambda size: "≥ 1; " * (size // 5),
    "digits": lambda size: "1" * size,
    "vaccines": lambda size: "vaccines including measles " * (size // 27),
    "right to left": lambda size: "مرض السرطان " * (size // 12),
    "nothing to see": lambda size: "\x00\ud800\u202e " * (size // 4),
}


def _read(text: str) -> None:
    """Read a text as `parse` does, and hold its result to what every result has to be."""
    for criterion in read_text(text):
        start, end = criterion.span
        assert text[start:end] == criterion.text
        written = json.dumps(to_json(criterion.expression))
        assert from_json(json.loads(written)) == criterion.expression
        for atom in atoms(criterion.expression):
            assert 0 <= atom.span[0] <= atom.span[1] <= len(criterion.text)


@settings(max_examples=100)
@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    """Every text has a reading, whose spans lie inside it and whose JSON says the same."""
    _read(text)


@pytest.mark.parametrize("make", MONSTERS.values(), ids=MONSTERS)
def test_monsters_are_read(make: Callable[[int], str]) -> None:
    """Texts of a shape that no registry has are read like any other."""
    _read(make(4_000))


@pytest.mark.parametrize("make", MONSTERS.values(), ids=MONSTERS)
def test_time_grows_with_the_text_and_no_faster(make: Callable[[int], str]) -> None:
    """Four times the text takes about four times as long; what grows with its square takes sixteen."""
    read_text(make(500))
    small, large = (min(_seconds(make(size)) for _ in range(2)) for size in (1_500, 6_000))
    assert large < 9 * small + 0.05


def _seconds(text: str) -> float:
    started = time.process_time()
    read_text(text)
    return time.process_time() - started


def test_a_megabyte_in_one_criterion() -> None:
    """One criterion of a million characters is read at once, as words."""
    text = "melanoma or ANC ≥ 1.5, " * 45_000
    started = time.process_time()
    _read(text)
    assert time.process_time() - started < 5


def test_a_list_of_any_depth() -> None:
    """However deep a list is nested, reading follows it without running out of stack."""
    text = "".join(" " * depth + "* breast cancer\n" for depth in range(500))
    _read(text + "* melanoma\n" * 2_000)
