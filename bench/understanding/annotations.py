"""Trials annotated by hand: what their criteria say, atom by atom, and where the text says it.

The format is described in ``bench/annotated/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from trialgraph.errors import InputError

__all__ = ["AnnotatedTrial", "Annotation", "Item", "Polarity", "read_trials"]

Polarity = Literal["required", "barred", "excepted", "condition"]
POLARITIES = ("required", "barred", "excepted", "condition")
_BLANK = re.compile(r"\s+")
_FEWEST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Annotation:
    """One atom as the annotator wrote it.

    Args:
        kind: ``value`` or ``fact``.
        category: Of a fact; empty for a value.
        name: The concept in words.
        limit: Of a value: ``>= 1.5``, ``18..75``; empty for a fact.
        unit: UCUM or the text's; ``ULN``, ``LLN`` for multiples of the reference limits.
        polarity: Net effect on enrolment.
        status: What narrows a fact.
        window: Time within which it counts.
        quote: The words it is read from.
        place: Where those words start within the section.
    """

    kind: Literal["value", "fact"]
    category: str
    name: str
    limit: str
    unit: str
    polarity: Polarity
    status: str
    window: str
    quote: str
    place: int = -1


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion of the section, from `start` up to `end`, with its atoms in text order."""

    kind: Literal["inclusion", "exclusion"]
    opening: str
    start: int = 0
    end: int = 0
    atoms: tuple[Annotation, ...] = ()
    rest: str = ""


@dataclass(frozen=True, slots=True)
class AnnotatedTrial:
    """A section's text and what it says; `problems` are lines that break the format."""

    nct: str
    text: str
    items: tuple[Item, ...]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    items: list[Item] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_trials(folder: Path, sections: Path | None = None) -> list[AnnotatedTrial]:
    """Return the annotated trials of a folder, by number.

    Args:
        folder: ``NCT….txt`` files.
        sections: Has the section's words of each as ``NCT….eligibility.txt``; None for the same folder.
    Raises:
        InputError: when an annotation has no text beside it.
    """
    files = (path for path in sorted(folder.glob("NCT*.txt")) if path.suffixes == [".txt"])
    return [_read_trial(path, (sections or folder) / f"{path.stem}.eligibility.txt") for path in files]


def _read_trial(path: Path, section: Path) -> AnnotatedTrial:
    if not section.is_file():
        raise InputError("an annotated trial lacks its text", where=str(section))
    text = section.read_text(encoding="utf-8")
    draft = _Draft()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                _add(line, draft)
            except ValueError as error:
                draft.problems.append(f"{path.name}:{number}: {error}")
    return AnnotatedTrial(path.stem, text, tuple(_located(text, draft.items)), tuple(draft.problems))


def _add(line: str, draft: _Draft) -> None:
    first, _, others = (each.strip() for each in line.partition("|"))
    if first in ("I", "E"):
        draft.items.append(Item("inclusion" if first == "I" else "exclusion", others))
    elif not draft.items:
        raise ValueError("an atom stands before any criterion")
    elif first == "rest":
        draft.items[-1] = replace(draft.items[-1], rest=others)
    else:
        item = draft.items[-1]
        draft.items[-1] = replace(item, atoms=(*item.atoms, _annotation(line)))


def _annotation(line: str) -> Annotation:
    kind, second, third, fourth, fifth, *tail = [each.strip() for each in line.split("|", 6)]
    window, quote = [*tail, "", ""][:2]
    quote = quote.strip('"“”')
    if kind == "value":
        polarity, found = fifth, ("value", "", second, third, fourth, fifth, "", window, quote)
    elif kind == "fact":
        polarity, found = fourth, ("fact", second, third, "", "", fourth, fifth, window, quote)
    else:
        raise ValueError(f"{kind!r} is neither value, fact nor rest")
    if polarity not in POLARITIES:
        raise ValueError(f"{polarity!r} is no polarity")
    return Annotation(*found)  # type: ignore[arg-type]


def _located(text: str, items: list[Item]) -> Iterator[Item]:
    """Give items and atoms their places; what can't be found is put where the one before it is."""
    search = _Search(text)
    starts, cursor = [], 0
    for item in items:
        found = search.find(item.opening, cursor)
        cursor = found if found is not None else cursor
        starts.append(cursor)
    for position, item in enumerate(items):
        later = [start for start in starts[position + 1 :] if start > starts[position]]
        end = min(later, default=len(text))
        yield replace(
            item,
            start=starts[position],
            end=end,
            atoms=tuple(_placed(search, item.atoms, starts[position], end)),
        )


def _placed(search: _Search, atoms: tuple[Annotation, ...], start: int, end: int) -> Iterator[Annotation]:
    for atom in atoms:
        found = search.find(atom.quote, start)
        yield replace(atom, place=found if found is not None and found < end else start)


class _Search:
    """Finds words in a text whatever its blanks and letter case."""

    def __init__(self, text: str) -> None:
        self._places: list[int] = []
        letters: list[str] = []
        for place, letter in enumerate(text):
            blank = letter.isspace()
            if not blank or (letters and letters[-1] != " "):
                letters.append(" " if blank else letter.lower() if len(letter.lower()) == 1 else letter)
                self._places.append(place)
        self._text = "".join(letters)

    def find(self, words: str, start: int) -> int | None:
        """Return where the words, or as many of their first as can be found, start from a place on."""
        sought = _BLANK.sub(" ", words).strip(" …").removesuffix("...").lower()
        first = next((i for i, place in enumerate(self._places) if place >= start), 0)
        while sought:
            found = self._text.find(sought, first)
            if found >= 0:
                return self._places[found]
            if len(sought) <= _FEWEST_LETTERS:
                return None
            sought = sought[: max(_FEWEST_LETTERS, len(sought) * 2 // 3)].strip()
        return None
