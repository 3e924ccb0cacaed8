"""How a list is laid out doesn't change what it says: its bullets, its numbers, where its lines end."""

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from trialgraph.criteria import read_text
from trialgraph.criteria.plain import plain
from trialgraph.sources.files import Refusal, read_records

TRIALS = Path(__file__).parents[1] / "data" / "trials"
SECTIONS = [
    """Exclusion criteria:

* Any of these within the past year:

  * Inhibitors of UGT 1A10
  * Myocardial infarction
  * Hemoglobin below 6
  * Chemotherapy ≤ 2 weeks prior to registration
  * Immunotherapy ≤ 4 weeks prior to registration
  * Biopsy of a lesion within 7 days
  * A gain of BCL6
  * Stroke
  * Uncontrolled infections that need treatment with intravenous antibiotics at a hospital, such as:

    * Tuberculosis
    * Hepatitis B
    * Infection with HIV
* Pregnancy""",
    """Inclusion criteria:

* Adequate organ function without growth factor support, defined as (i.e., measured within 14 days):

  * Absolute neutrophil count ≥ 1500/mm3
  * Platelet count ≥ 100 x 109/L
  * Total bilirubin ≤ 1.5 x ULN, or in patients with Gilbert's syndrome ≤ 3 x ULN
* Measurable disease by scan (diagnostic positron emission tomography and/or computed tomography) as per
  Lugano Classification, and at least one lesion of 15 mm or more in its longest diameter""",
]
LAYOUTS: dict[str, Callable[[str], str]] = {
    "dashes": lambda text: re.sub(r"(?m)^( *)\* ", r"\1- ", text),
    "dots": lambda text: re.sub(r"(?m)^( *)\* ", r"\1• ", text),
    "letters inside": lambda text: _counted(text, 1),
    "numbers, letters and romans": lambda text: _counted(text, 0),
    "wrapped lines": lambda text: _wrapped(text),
    "wrapped lines, counted": lambda text: _wrapped(_counted(text, 0)),
    "deeper indents": lambda text: re.sub(r"(?m)^( +)", r"\1\1", text),
    "blank lines between": lambda text: re.sub(r"\n(?= *\* )", "\n\n", text),
}
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def _counted(text: str, outermost: int) -> str:
    """Return a text with its bullets counted: by numbers, below these by letters, below these by romans."""
    lines: list[str] = []
    counts: dict[int, int] = {}
    for line in text.split("\n"):
        bullet = re.match(r"( *)\* ", line)
        if bullet is None:
            lines.append(line)
            continue
        depth = len(bullet[1]) // 2
        counts = {each: count for each, count in counts.items() if each <= depth}
        counts[depth] = counts.get(depth, 0) + 1
        number = counts[depth]
        names = (str(number), chr(ord("a") + (number - 1) % 26), ROMANS[(number - 1) % len(ROMANS)])
        marker = f"{names[min(depth, 2)]}. " if depth >= outermost else "* "
        lines.append(bullet[1] + marker + line[bullet.end() :])
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    """Return a text whose lines end before their 72nd column and go on below their first word."""
    lines: list[str] = []
    for line in text.split("\n"):
        hang = re.match(r" *(?:\* |\w{1,4}\. )?", line)
        assert hang is not None
        lines += textwrap.wrap(
            line, 72, subsequent_indent=" " * len(hang[0]), break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines)


def _said(text: str) -> list[str]:
    """Return what the criteria of a text say, without the bullets in words that weren't read."""
    told = [f"{each.kind} {each.scope} {plain(each.expression)}" for each in read_text(text)]
    return [re.sub(r"(?<!\S)[“(]?[*•-] | {2,}", " ", each) for each in told]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("section", SECTIONS, ids=["exclusions", "inclusions"])
def test_the_layout_of_a_list_says_nothing(section: str, layout: Callable[[str], str]) -> None:
    """Whatever marks, counts, indents or wraps its items, a section is read the same."""
    changed = layout(section)
    assert changed != section
    assert _said(changed) == _said(section)


@pytest.mark.parametrize("layout", ["dashes", "dots", "letters inside", "deeper indents"])
def test_packaged_trials_are_read_the_same_in_another_layout(layout: str) -> None:
    """The sections of the packaged trials are no exception."""
    records = list(read_records([TRIALS]))
    assert records
    for record in records:
        assert not isinstance(record, Refusal)
        assert record.eligibility is not None
        text = record.eligibility.text
        assert _said(LAYOUTS[layout](text)) == _said(text)


@pytest.mark.parametrize(
    ("lead", "joint"),
    [
        ("At least one prior line of therapy.", "all_of"),
        ("Progression by RECIST v1.1 on at least one regimen.", "all_of"),
        ("Progression by one of the criteria below.", "any_of"),
        ("Progression by RECIST, either", "any_of"),
    ],
)
def test_a_full_stop_ends_what_is_counted(lead: str, joint: str) -> None:
    """Items below "at least one line." are asked each; those below "one of the criteria below." aren't."""
    (criterion,) = read_text(f"* {lead}\n  * Albumin ≥ 3 g/dL\n  * Hemoglobin ≥ 9 g/dL")
    told = plain(criterion.expression)
    joined = "; and " if joint == "all_of" else "; or "
    assert f"albumin at least 3 g/dL{joined}hemoglobin" in told
