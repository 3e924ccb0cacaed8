"""Figures as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["figure", "table"]


def figure(ratio: float | None) -> str:
    """Return a share with three decimals, a dash when there is none."""
    return "–" if ratio is None else f"{ratio:.3f}"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; columns after the first are right-aligned."""
    lines = ["| " + " | ".join(headings) + " |", "|---" + "|--:" * (len(headings) - 1) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)
