"""The Chia corpus: eligibility texts with entities and relations, in brat's standoff format.

In two documents of three the text has lost characters since it was annotated (blanks at the ends of
lines), so that annotations lie ever further off. They carry their words, by which they are put right.
"""

from __future__ import annotations

import tarfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from trialgraph.errors import InputError

__all__ = ["Document", "Entity", "Relation", "read_archive"]

_FURTHEST = 40


class Entity(NamedTuple):
    """A typed stretch of text; `fragments` are its parts when other words interrupt it."""

    kind: str
    fragments: tuple[tuple[int, int], ...]

    @property
    def span(self) -> tuple[int, int]:
        """From its first to its last character."""
        return self.fragments[0][0], self.fragments[-1][1]

    def overlaps(self, start: int, end: int) -> bool:
        """Return whether a stretch shares a character with one of its parts."""
        return any(start < stop and begin < end for begin, stop in self.fragments)


class Relation(NamedTuple):
    """A typed relation between two entities, by their ids."""

    kind: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Document:
    """One side of a trial's section."""

    nct: str
    kind: Literal["inclusion", "exclusion"]
    text: str
    entities: dict[str, Entity]
    relations: tuple[Relation, ...]
    lost: int = 0
    """Entities whose words are not in the text where they should be; they are left out."""


def read_archive(path: Path) -> list[Document]:
    """Return the documents of the corpus in the order of their names.

    Raises:
        InputError: when an annotated text has no annotations beside it, or the other way round.
    """
    files: dict[str, dict[str, str]] = defaultdict(dict)
    with tarfile.open(path) as archive:
        for member in archive:
            name = Path(member.name)
            content = archive.extractfile(member) if name.suffix in (".txt", ".ann") else None
            if content is not None:
                files[name.stem][name.suffix] = content.read().decode("utf-8")
    documents = []
    for stem, pair in sorted(files.items()):
        if pair.keys() != {".txt", ".ann"}:
            raise InputError(
                "a text without annotations, or the other way round", where=f"{path.name}!{stem}"
            )
        documents.append(_document(stem, pair[".txt"], pair[".ann"]))
    return documents


def _document(stem: str, text: str, annotations: str) -> Document:
    nct, _, side = stem.partition("_")
    stated: dict[str, tuple[Entity, str]] = {}
    relations = []
    for line in annotations.splitlines():
        name, _, rest = line.partition("\t")
        head, _, words = rest.partition("\t")
        kind, _, tail = head.partition(" ")
        if name.startswith("T"):
            stated[name] = Entity(kind, _fragments(tail)), words
        elif name.startswith("R"):
            source, target = (each.partition(":")[2] for each in tail.split()[:2])
            relations.append(Relation(kind, source, target))
    entities = _placed(text, stated)
    known = tuple(each for each in relations if each.source in entities and each.target in entities)
    lost = len(stated) - len(entities)
    return Document(nct, "inclusion" if side == "inc" else "exclusion", text, entities, known, lost)


def _fragments(words: str) -> tuple[tuple[int, int], ...]:
    pairs = (each.split() for each in words.split(";"))
    return tuple((int(start), int(end)) for start, end in pairs)


def _placed(text: str, stated: dict[str, tuple[Entity, str]]) -> dict[str, Entity]:
    """Move entities to where their words are, following the drift from one to the next."""
    drift = 0
    placed = {}
    for name, (entity, words) in sorted(stated.items(), key=lambda each: each[1][0].fragments[0]):
        fragments = []
        position = 0
        for start, end in entity.fragments:
            part = words[position : position + end - start]
            position += end - start + 1
            found = _nearest(text, part, start + drift)
            if found is None:
                break
            drift = found - start
            fragments.append((found, found + end - start))
        else:
            placed[name] = Entity(entity.kind, tuple(sorted(fragments)))
    return placed


def _nearest(text: str, words: str, place: int) -> int | None:
    """Return where words start nearest to a place, if they are near."""
    first, last = max(0, place - _FURTHEST), place + len(words) + _FURTHEST
    found = []
    start = text.find(words, first, last)
    while start >= 0:
        found.append(start)
        start = text.find(words, start + 1, last)
    return min(found, key=lambda each: abs(each - place), default=None)
