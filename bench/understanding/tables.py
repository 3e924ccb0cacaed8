"""Figures as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from trialgraph.errors import InputError

__all__ = ["figure", "replace_block", "table"]


def figure(ratio: float | None) -> str:
    """Return a share with three decimals, a dash when there is none."""
    return "–" if ratio is None else f"{ratio:.3f}"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; columns after the first are right-aligned."""
    lines = ["| " + " | ".join(headings) + " |", "|---" + "|--:" * (len(headings) - 1) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def replace_block(file: Path, name: str, content: str) -> None:
    """Put new content between the comments ``begin NAME`` and ``end NAME`` of a Markdown file.

    Raises:
        InputError: when the file hasn't got both comments.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    text = file.read_text(encoding="utf-8")
    before, found, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found and found_end):
        raise InputError(
            f"no place for the tables of {name}", where=str(file), advice=f"add {begin} and {end}"
        )
    file.write_text(f"{before}{begin}\n{content}\n{end}{after}", encoding="utf-8")
