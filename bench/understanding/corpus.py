"""How much of the criteria of thousands of trials is understood, what is in the way, and how fast."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import process_time

from bench.understanding.tables import figure, table
from trialgraph.criteria import Criterion, read_criteria, read_text
from trialgraph.criteria.diagnosis import Diagnosis
from trialgraph.expressions import Fact, Value, atoms, is_judged
from trialgraph.records import TrialRecord
from trialgraph.sources.files import read_records

__all__ = ["cancer_trials", "coverage_report", "growth_report"]

_FIELDS = re.compile(
    r"^(?:Healthy volunteers allowed|Must be (?:FE)?MALE|Must have (?:min|max)imum age of .*)$", re.MULTILINE
)
"""Structured fields of the registry, which the collection of cancer trials writes below the prose."""

_PHRASES = 50
_EXAMPLE = 70


def coverage_report(shared: Path, every: int) -> str:
    """Return how criteria of the cancer corpus and of the registry sample are read, and the rate.

    Args:
        shared: The folder with ``corpus``.
        every: Take one trial of so many.
    """
    rows = []
    diagnoses: dict[str, Diagnosis] = {}
    for name, trials in (
        ("cancer trials", cancer_trials(shared / "corpus" / "criteria_text.jsonl.gz")),
        ("registry sample", _registry_trials(shared / "corpus" / "ctgov_v2.jsonl.gz")),
    ):
        diagnosis, counts = Diagnosis(), _Counts()
        for number, (nct, read) in enumerate(trials):
            if number % every == 0:
                counts.read(nct, read, diagnosis)
        rows.append(_row(name, diagnosis, counts))
        diagnoses[name] = diagnosis
    headings = ("corpus", "trials", "criteria", "with an atom", "all formal", "and no words kept",
                "judgement", "not understood", "named only", "atoms", "criteria/s")  # fmt: skip
    return "\n\n".join(
        [
            table(headings, rows),
            f"Why words stayed words, in parts of criteria:\n\n{_causes(diagnoses)}",
            f"The {_PHRASES} phrases most often in the way, cancer trials:",
            _phrases(diagnoses["cancer trials"]),
        ]
    )


class _Counts:
    """Time taken to read, and the atoms it gave."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.atoms = 0
        self.bare = 0
        self.named = 0

    def read(self, nct: str, read: Callable[[], Iterable[Criterion]], diagnosis: Diagnosis) -> None:
        """Read one trial against the clock and take in what came of it."""
        started = process_time()
        criteria = list(read())
        self.seconds += process_time() - started
        diagnosis.add(nct, criteria)
        for criterion in criteria:
            leaves = list(atoms(criterion.expression))
            self.atoms += sum(is_judged(each) for each in leaves)
            self.bare += all(_is_bare(each) for each in leaves)
            facts = any(isinstance(each, Fact) for each in leaves)
            self.named += facts and not any(map(is_judged, leaves))


def _is_bare(atom: object) -> bool:
    """Whether an atom keeps no words that take a reader: a qualifier, an exception, an agent."""
    told = {"status", "relation", "confirmation"}
    return isinstance(atom, Value) or (isinstance(atom, Fact) and not atom.modifiers.keys() - told)


def cancer_trials(path: Path) -> Iterator[tuple[str, Callable[[], Iterable[Criterion]]]]:
    """Yield the trials of the cancer corpus, in its order, with a function that reads one's criteria."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield (
                record["nct_id"],
                lambda record=record: (  # type: ignore[misc]
                    *read_text(_FIELDS.sub("", record["inclusion_criteria"] or ""), kind="inclusion"),
                    *read_text(record["exclusion_criteria"] or "", kind="exclusion"),
                ),
            )


def _registry_trials(path: Path) -> Iterator[tuple[str, Callable[[], Iterable[Criterion]]]]:
    for record in read_records([path]):
        if isinstance(record, TrialRecord):
            yield record.nct, lambda record=record: read_criteria(record)  # type: ignore[misc]


def _row(name: str, diagnosis: Diagnosis, counts: _Counts) -> list[object]:
    total = diagnosis.criteria or 1
    outcomes = diagnosis.outcomes
    shares = (
        outcomes["formal"] + outcomes["partly formal"],
        outcomes["formal"],
        counts.bare,
        outcomes["judgement"],
        outcomes["not understood"],
        counts.named,
    )
    return [
        name,
        f"{diagnosis.trials:,}",
        f"{diagnosis.criteria:,}",
        *(figure(share / total) for share in shares),
        f"{counts.atoms:,}",
        f"{total / counts.seconds:,.0f}",
    ]


def _causes(diagnoses: dict[str, Diagnosis]) -> str:
    causes = Counter[str]()
    for diagnosis in diagnoses.values():
        causes.update(diagnosis.causes)
    rows = [
        (cause, *(f"{diagnosis.causes[cause]:,}" for diagnosis in diagnoses.values()))  # type: ignore[index]
        for cause, _ in causes.most_common()
    ]
    return table(("cause", *diagnoses), rows)


def _phrases(diagnosis: Diagnosis) -> str:
    rows = []
    for unread in diagnosis.most_frequent(_PHRASES):
        key = (unread.cause, unread.phrase)
        phrase, example = (words.replace("|", "/") for words in (unread.phrase, unread.text[:_EXAMPLE]))
        rows.append(
            (f"`{phrase}`", unread.cause, diagnosis.alone[key], diagnosis.phrases[key], f"`{example}`")
        )
    return table(("phrase", "cause", "alone", "times", "for example"), rows)


def growth_report() -> str:
    """Return how the time to read grows when a text doubles: twice the time is linear."""
    rows = []
    for name, text in _GROWING.items():
        half, whole = (_fastest(text(size)) for size in (1, 2))
        rows.append((name, f"{len(text(2)):,}", f"{1000 * whole:,.0f}", f"{whole / half:.2f}"))
    return table(("text", "characters", "ms", "time for twice the text"), rows)


def _fastest(text: str) -> float:
    times = []
    for run in range(3):
        new = f"{text} {len(text)} {run}"  # Criteria that are word for word alike are read once.
        started = process_time()
        read_text(new)
        times.append(process_time() - started)
    return min(times)


_WORDS = "No prior treatment with anti-PD-1 within 28 days, ANC ≥ 1.5 x 109/L or AST/ALT ≤ 2.5 x ULN; "
_GROWING: dict[str, Callable[[int], str]] = {
    "a criterion of 1 MB": lambda size: "- " + _WORDS * (500_000 * size // len(_WORDS)),
    "10,000 nested bullets": lambda size: "\n".join(
        " " * (level % 40) + "- Hemoglobin ≥ 9 g/dL" for level in range(5_000 * size)
    ),
    "10,000 criteria": lambda size: "\n".join(
        f"{number}. {_WORDS}{number}" for number in range(5_000 * size)
    ),
    "one sentence of 19,000 characters": lambda size: "- " + _WORDS * (9_500 * size // len(_WORDS)),
    "a list of 19,000 characters": lambda size: "- no " + "stroke or " * (950 * size),
    "19,000 characters of one name": lambda size: "- " + "AST " * (2_375 * size),
    "19,000 brackets": lambda size: "- " + "(" * 9_500 * size,
    "19,000 digits and signs": lambda size: "- Hemoglobin " + "≥ 9 < " * (1_580 * size),
}
