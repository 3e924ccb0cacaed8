"""Print the measurements of understanding as Markdown tables, those of ``docs/understanding.md``."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.understanding.annotated import ANNOTATED, DEVELOPMENT, annotated_report
from bench.understanding.chia import chia_report
from bench.understanding.corpus import coverage_report, growth_report
from bench.understanding.tables import replace_block

SPLITS = (DEVELOPMENT, "test")
PARTS = ("annotated", "chia", "corpus", "growth")
SHARED = Path(__file__).resolve().parents[3] / "shared"
QUICK = 20
"""One trial of so many, with --quick."""


def main() -> None:
    """Measure what the arguments ask for."""
    parser = _parser()
    options = parser.parse_args()
    if options.errors and options.split == "test":
        parser.error("--errors is for the development set: the words of the held-out set stay unseen")
    parts = options.part or (["annotated"] if options.split or options.errors else list(PARTS))
    if not (options.shared / "corpus").is_dir() and {"chia", "corpus"} & set(parts):
        parser.error(
            f"{options.shared} has no corpus; say where it is with --shared, or use --part annotated"
        )
    for part in parts:
        report = _report(part, options)
        print(f"## {part.capitalize()}\n\n{report}\n", flush=True)
        if options.write:
            replace_block(options.write, part, report)


def _report(part: str, options: argparse.Namespace) -> str:
    if part == "annotated":
        splits = (options.split,) if options.split else SPLITS
        return annotated_report(options.annotated, splits, options.errors)
    if part == "chia":
        return chia_report(options.shared / "corpus" / "chia.tar.gz")
    if part == "corpus":
        return coverage_report(options.shared, QUICK if options.quick else 1)
    return growth_report()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.understanding", description=__doc__)
    parser.add_argument(
        "--shared", type=Path, default=SHARED, metavar="DIR", help="the folder with the corpora"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"read one trial of {QUICK} of the large corpora"
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be given again")
    parser.add_argument(
        "--annotated", type=Path, default=ANNOTATED, metavar="DIR", help="the annotated trials"
    )
    parser.add_argument("--split", choices=SPLITS, help="only this set of the annotated trials")
    parser.add_argument(
        "--errors",
        type=Path,
        metavar="DIR",
        help="write what went wrong in the development set, a file per trial",
    )
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the tables in place of those in a Markdown file"
    )
    return parser


if __name__ == "__main__":
    main()
