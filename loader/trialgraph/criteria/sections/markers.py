"""Lines of an eligibility section, and the bullets and numbers they start with."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

__all__ = ["Line", "Marker", "Numbering", "RunOn", "lines_of", "run_ons"]

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_MARKER = re.compile(
    r"""(?![(（]?(?:[iI]\.\s?e|[eE]\.\s?g)\b)(?:
      (?P<bullet>\\?[*•●○◦▪■□◆◇➢►▶✓✔‣⁃·°](?!\S*[*]{2})|o(?=\s+[A-Z≥≤<>]))\s*
    | (?P<dash>[-–—]{1,2})(?:\s+|(?=[^\W\d_]|[≥≤<>(]))
    | (?P<circled>[①-⑳])\s*
    | (?P<nested>\d{1,2}(?:\.\d{1,2}){1,3})[.)]?\s+(?=[A-Z(])
    | (?P<open>[(（])?(?:(?P<number>\d{1,2})|(?P<letter>[A-Za-z])|(?P<roman>[ivx]{2,5}))
      (?P<close>\\?[.)）、．:]|\s?-\s)(?:\\?[.)])?(?:\s+|(?=[^\W\d_])|(?=[≥≤<>"“(])|$)
    )""",
    re.VERBOSE,
)
_NUMBERED = re.compile(r"(?P<open>\()?(?P<number>\d{1,2})(?P<close>\\?[.)])\s+(?=[A-Z≥≤<>\"“(])")
"""A number behind a bullet ("* 1. Age")."""
_TWICE = re.compile(r"[•●○◦▪■□]\s*(?=\w)")
"""A bullet behind a bullet ("* • Age"), of an item on the level of those below it."""
_LEADS_IN = re.compile(r"\bfollowing\b[^.;]*$", re.IGNORECASE)
_RUN_ON = re.compile(r"[0-9]{1,2}(?:\\?[.)])(?:\s+(?=[A-Z≥≤<>])|(?=[A-Z][a-z]))")


@dataclass(frozen=True, slots=True)
class Marker:
    """A bullet or number at the start of a line.

    Args:
        text: As it is written, both of two that stand together ("* 1.").
        style: The bullet, or how numbers of its kind are framed.
        number: 0 for a bullet.
        counted: Style and number of the number itself, also of one behind a bullet; None for a letter.
    """

    text: str
    style: str
    number: int
    counted: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class RunOn:
    """A number inside a line that may start an item: where it and its words start, its style and number."""

    start: int
    content: int
    counted: tuple[str, int]


def run_ons(text: str, start: int, end: int) -> Iterator[RunOn]:
    """Yield the numbers inside a stretch that stand before a capital as an item's number would."""
    for match in _RUN_ON.finditer(text, start, end):
        at = match.start()
        opened = at > start and text[at - 1] == "("
        at -= opened
        if at > start and text[at - 1].isspace():
            number = match.group().rstrip()
            frame = f"1{'(' if opened else ''}{number[-1]}"
            yield RunOn(at, match.end(), (frame, int(number.rstrip(".)\\"))))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: where it starts (after its indent), where its content starts, where it ends."""

    index: int
    start: int
    content: int
    end: int
    indent: int
    marker: Marker | None
    leads_in: bool

    @property
    def blank(self) -> bool:
        """Whether the line holds nothing but white space."""
        return self.start == self.end


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text, each with its marker where it has one that is in sequence."""
    found: list[Line] = []
    twice: list[int] = []
    plausible = _Plausible()
    position = 0
    for index, raw in enumerate(text.split("\n")):
        start = position + len(raw) - len(raw.lstrip())
        end = max(start, position + len(raw.rstrip()))
        indent = _indent(raw)
        match = _MARKER.match(text, start, end)
        marker = plausible.marker(match, indent) if match else None
        content = min(match.end(), end) if match and marker else start
        if match and marker and marker.number == 0:
            second = _NUMBERED.match(text, content, end)
            inner = plausible.marker(second, indent) if second else None
            if second and inner and inner.counted:
                marker = Marker(text[start : second.end()].strip(), marker.style, 0, inner.counted)
                content = min(second.end(), end)
        plausible.note(run_ons(text, content, end))
        leads_in = end > start and text[end - 1] in ":："
        if marker and marker.number == 0 and (doubled := _TWICE.match(text, content, end)) is not None:
            content = doubled.end()
            twice.append(len(found))
        found.append(Line(index, start, content, end, indent, marker, leads_in))
        position += len(raw) + 1
    return _deepened(text, found, twice)


def _deepened(text: str, lines: list[Line], places: Iterable[int]) -> list[Line]:
    """Return lines, those with a bullet behind a bullet on the level of those below them, if that is deeper.

    The registry nests a list in its own first item where that kept its own bullet ("* • Age", "  * ECOG").
    """
    for place in places:
        line = lines[place]
        below = next((each for each in lines[place + 1 :] if not each.blank), None)
        if below is None or line.leads_in or _LEADS_IN.search(text, line.content, line.end):
            continue
        if below.marker is not None and below.indent > line.indent:
            lines[place] = replace(line, indent=below.indent)
    return lines


def _indent(raw: str) -> int:
    width = len(raw) - len(raw.lstrip())
    return width + 3 * raw[:width].count("\t")


class _Plausible:
    """Tells numbers that mark an item from numbers that a wrapped line happens to start with."""

    def __init__(self) -> None:
        self.last: dict[str, set[int]] = defaultdict(set)
        self.indents: dict[tuple[str, int], int] = {}

    def marker(self, match: re.Match[str], indent: int) -> Marker | None:
        for style, number in self._readings(match, indent):
            if number in (0, 1) or self._follows(style, number):
                self.last[style].add(number)
                self.indents[style, number] = indent
                counted = (style, number) if style.startswith("1") else None
                return Marker(match.group().strip(), style, number, counted)
        return None

    def note(self, numbers: Iterable[RunOn]) -> None:
        """Take in numbers inside a line that count on, so that those in the lines below are plausible."""
        for each in numbers:
            style, number = each.counted
            if number - 1 in self.last[style]:
                self.last[style].add(number)

    def _follows(self, style: str, number: int) -> bool:
        seen = self.last[style]
        return any(number - step in seen for step in (1, 2, 3))

    def _readings(self, match: re.Match[str], indent: int) -> Iterable[tuple[str, int]]:
        groups = defaultdict(lambda: None, match.groupdict())
        point = (groups["close"] or "").lstrip("\\") in (".", "、", "．")
        frame = f"{'(' if groups['open'] else ''}{'.' if point else ')'}"
        if groups["bullet"]:
            yield groups["bullet"].lstrip("\\"), 0
        elif groups["dash"]:
            yield "-", 0
        elif groups["circled"]:
            yield "①", _CIRCLED.index(groups["circled"]) + 1
        elif groups["nested"]:
            head, _, last = groups["nested"].rpartition(".")
            yield f"{head}.n", int(last)
        elif groups["number"]:
            yield f"1{frame}", int(groups["number"])
        elif groups["letter"]:
            yield from self._lettered(groups["letter"], frame, indent)
        elif groups["roman"] in _ROMAN:
            yield f"i{frame}", _ROMAN.index(groups["roman"]) + 1

    def _lettered(self, letter: str, frame: str, indent: int) -> Iterable[tuple[str, int]]:
        """Yield what a letter may count; "i" below "h" further out starts a list of its own."""
        style, number = f"{'a' if letter.islower() else 'A'}{frame}", ord(letter.lower()) - ord("a") + 1
        if letter not in _ROMAN:
            yield style, number
            return
        roman = (f"i{frame}", _ROMAN.index(letter) + 1)
        inner = self.indents.get((style, number - 1), -1) < indent
        yield from (roman, (style, number)) if inner else ((style, number), roman)


class Numbering:
    """Where each number of each list style stands, to tell whether a list goes on below a line."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._places: dict[tuple[str, int, int], list[int]] = defaultdict(list)
        self._counted: dict[tuple[str, int], list[int]] = defaultdict(list)
        for line in lines:
            if line.marker is not None:
                self._places[line.marker.style, line.indent, line.marker.number].append(line.index)
                if line.marker.counted is not None:
                    self._counted[line.marker.counted].append(line.index)

    def continues(self, style: str, indent: int, number: int, after: int) -> bool:
        """Whether `number` of that style and indent stands below line `after`."""
        places = self._places.get((style, indent, number), [])
        return bisect_right(places, after) < len(places)

    def next_counted(self, style: str, number: int, after: int) -> int | None:
        """Return the first greater number of that style that a line below line `after` starts with."""
        below: list[tuple[int, int]] = []
        for (name, counted), places in self._counted.items():
            at = bisect_right(places, after)
            if name == style and counted > number and at < len(places):
                below.append((places[at], counted))
        return min(below)[1] if below else None
