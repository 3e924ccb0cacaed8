"""Print the measurements of understanding as Markdown."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.understanding.annotated import ANNOTATED, DEVELOPMENT, annotated_report

SPLITS = (DEVELOPMENT, "test")


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m bench.understanding", description=__doc__)
    parser.add_argument(
        "--annotated",
        type=Path,
        default=ANNOTATED,
        metavar="DIR",
        help="annotated trials, a folder for each set",
    )
    parser.add_argument("--split", choices=SPLITS, help="only this set of the annotated trials")
    parser.add_argument(
        "--errors",
        type=Path,
        metavar="DIR",
        help="write what went wrong in the development set, a file per trial",
    )
    options = parser.parse_args()
    if options.errors and options.split == "test":
        parser.error("--errors is for the development set: the words of the held-out set stay unseen")
    print(annotated_report(options.annotated, (options.split,) if options.split else SPLITS, options.errors))


if __name__ == "__main__":
    main()
