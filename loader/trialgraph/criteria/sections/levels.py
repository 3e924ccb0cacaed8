"""Lists that are open at a line of an eligibility section, outermost first."""

from __future__ import annotations

from dataclasses import dataclass

from trialgraph.criteria.sections.markers import Line, Marker, Numbering

__all__ = ["Level", "Levels"]


@dataclass(slots=True)
class Level:
    """A list: how far it is indented, how its items are marked, and the last number it has got to."""

    indent: int
    style: str
    number: int
    counted: tuple[str, int] | None = None


class Levels:
    """The lists that are open at a line, outermost first."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.stack: list[Level] = []

    def clear(self) -> None:
        """Close all lists, as below a heading."""
        self.stack.clear()

    def place(self, line: Line, marker: Marker, *, led_in: bool) -> int:
        """Return the depth of a marked line, 0 for a criterion of its own, and open or close lists."""
        stack = self.stack
        if (resumed := self._resumed(line, marker)) is not None:
            return resumed
        while stack and line.indent < stack[-1].indent:
            stack.pop()
        if not stack or line.indent > stack[-1].indent:
            stack.append(Level(line.indent, marker.style, marker.number, marker.counted))
            return len(stack) - 1
        for depth in range(len(stack) - 1, -1, -1):
            level = stack[depth]
            if level.indent != line.indent:
                break
            if level.style == marker.style and not (led_in and marker.number == 1 and level.number > 1):
                del stack[depth + 1 :]
                level.number, level.counted = marker.number, marker.counted or level.counted
                return depth
        if led_in or self._goes_on(line, marker):
            stack.append(Level(line.indent, marker.style, marker.number, marker.counted))
        else:
            stack[-1] = Level(line.indent, marker.style, marker.number, marker.counted)
        return len(stack) - 1

    def _resumed(self, line: Line, marker: Marker) -> int | None:
        """Return the depth of the list that a number goes on with, however far it is indented.

        The registry indents numbers in paragraphs of another item ("* 1. A", then "2. B").
        """
        if marker.counted is None:
            return None
        style, number = marker.counted
        for depth in range(len(self.stack) - 1, -1, -1):
            level = self.stack[depth]
            if level.counted == (style, number - 1) and level.indent <= line.indent:
                del self.stack[depth + 1 :]
                level.counted = marker.counted
                level.number = level.number and number
                return depth
        return None

    def _goes_on(self, line: Line, marker: Marker) -> bool:
        """Whether the enclosing list continues below, so that this other style is nested in it."""
        level = self.stack[-1]
        if level.number:
            return self.numbering.continues(level.style, level.indent, level.number + 1, line.index)
        return marker.number == 1 and self.numbering.continues(level.style, level.indent, 0, line.index)
