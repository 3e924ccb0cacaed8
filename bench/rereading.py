"""What a change to the reader changes: the readings of a share of the cancer corpus, kept and compared.

``python -m bench.rereading before.tsv`` keeps them, ``python -m bench.rereading before.tsv --compare`` reads
again and prints each criterion that is read otherwise now, with both readings. The held-out annotated trials
are left out: their words stay unseen.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench.understanding.__main__ import SHARED
from bench.understanding.annotated import ANNOTATED
from bench.understanding.corpus import cancer_trials
from trialgraph.criteria.plain import plain

__all__ = ["main"]

Readings = dict[tuple[str, str, str], list[str]]
"""By trial, section and words: what each criterion with these words is read as, in plain English."""


def main() -> None:
    """Keep readings, or compare those that were kept with those of now."""
    options = _parser().parse_args()
    now = _readings(options.shared / "corpus" / "criteria_text.jsonl.gz", options.every)
    if options.compare:
        _print_differences(_kept(options.file), now)
        return
    lines = ("\t".join((*key, reading)) for key, readings in now.items() for reading in readings)
    options.file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _readings(corpus: Path, every: int) -> Readings:
    held_out = {path.name.partition(".")[0] for path in (ANNOTATED / "test").iterdir()}
    readings: Readings = defaultdict(list)
    for number, (nct, read) in enumerate(cancer_trials(corpus)):
        if number % every or nct in held_out:
            continue
        for criterion in read():
            scope = f"[{criterion.scope}] " if criterion.scope else ""
            words = f"{scope}{plain(criterion.expression)}"
            readings[nct, criterion.kind, _one_line(criterion.text)].append(_one_line(words))
    return readings


def _kept(file: Path) -> Readings:
    readings: Readings = defaultdict(list)
    for line in _lines(file):
        nct, kind, words, reading = line.split("\t")
        readings[nct, kind, words].append(reading)
    return readings


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


def _print_differences(before: Readings, now: Readings) -> None:
    differing = [key for key in before | now if before.get(key) != now.get(key)]
    for nct, kind, words in differing:
        print(f"{nct} {kind} | {words}")
        for sign, readings in (("-", before), ("+", now)):
            for reading in readings.get((nct, kind, words), ["(no such criterion)"]):
                print(f"    {sign} {reading}")
    print(f"{len(differing)} of {len(now)} criteria are read otherwise", file=sys.stderr)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.rereading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="where the readings are kept, a criterion a line")
    parser.add_argument("--compare", action="store_true", help="compare the kept readings with those of now")
    parser.add_argument("--every", type=int, default=12, metavar="N", help="read one trial of N")
    parser.add_argument(
        "--shared", type=Path, default=SHARED, metavar="DIR", help="the folder with the corpora"
    )
    return parser


if __name__ == "__main__":
    main()
