"""The annotated trials: development and held-out set, scored."""

from __future__ import annotations

from pathlib import Path

from bench.understanding.agreement import agreement_report
from bench.understanding.alignment import align
from bench.understanding.annotations import read_trials
from bench.understanding.listings import write_listing
from bench.understanding.names import Names
from bench.understanding.scores import AtomScore, Scores, score
from bench.understanding.tables import figure, table

__all__ = ["ANNOTATED", "DEVELOPMENT", "annotated_report"]

ANNOTATED = Path(__file__).resolve().parents[1] / "annotated"
DEVELOPMENT = "dev"
_AGAIN = "again"
"""The folder of trials of the development set that somebody else annotated once more."""
_HEADINGS = ("set", "atoms", "precision", "recall", "F1", "lenient P", "lenient R", "polarity", "windows",
             "stated windows", "status", "wrong on excepted")  # fmt: skip


def annotated_report(folder: Path, splits: tuple[str, ...], errors: Path | None) -> str:
    """Return the table of scores for each split.

    Args:
        folder: Has a folder of annotated trials for each split, and ``again`` with some annotated twice.
        splits: Names of the splits.
        errors: Where to write what went wrong, of the development set only, so that the words of
            the held-out set stay unseen.
    """
    names, rows, notes, agreed = Names(), [], [], ""
    for split in splits:
        trials = read_trials(folder / split)
        if not trials:
            continue
        alignments = [align(trial, names) for trial in trials]
        scores = score(alignments)
        judged = score(align(trial, names, judged=True) for trial in trials).kinds["fact"]
        rows += [
            _row(f"{split}, value atoms", scores.kinds["value"]),
            _row(f"{split}, fact atoms", scores.kinds["fact"]),
            _row(f"{split}, judged fact atoms", judged),
        ]
        notes.append(_note(split, scores))
        if split == DEVELOPMENT and errors is not None:
            for alignment in alignments:
                write_listing(alignment, errors)
        if split == DEVELOPMENT and (folder / _AGAIN).is_dir():
            agreed = "\n\n" + agreement_report(trials, read_trials(folder / _AGAIN, folder / split))
    return table(_HEADINGS, rows) + "\n\n" + "\n".join(notes) + agreed


def _row(name: str, counts: AtomScore) -> list[object]:
    strict, lenient = counts.strict, counts.lenient
    shares = (counts.polarity, counts.windows, counts.stated_windows, counts.status)
    return [
        name,
        strict.right + strict.missed,
        *map(figure, (strict.precision, strict.recall, strict.f1, lenient.precision, lenient.recall)),
        *(figure(share.ratio) for share in shares),
        counts.wrong_on_excepted,
    ]


def _note(split: str, scores: Scores) -> str:
    unknown = sum(scores.unknown_names.values())
    lines = [
        f"{split}: {scores.trials} trials, {scores.criteria} criteria; "
        f"{unknown} missed atoms name what the vocabulary lacks."
    ]
    if split == DEVELOPMENT and scores.unknown_names:
        listed = ", ".join(f"{name} ({times})" for name, times in scores.unknown_names.most_common(40))
        lines.append(f"Most frequent of them: {listed}.")
        lines += [f"Not read: {problem}" for problem in scores.problems]
    elif scores.problems:
        lines.append(f"{len(scores.problems)} lines break the format.")
    return "\n".join(lines)
