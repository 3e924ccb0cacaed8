"""Names that English makes by rule of a place and what is found or done there: "bleeding from the stomach".

"Renal", "kidney" and "of the kidney" say the same of an illness or an operation. So is what is told of a gene
or a substance put before it: "deficiency of DPD".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from trialgraph.resources import product_folder

__all__ = ["of_places"]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that names of places are made with.

    Args:
        forms: All nouns and adjectives for a part of the body, by each of them.
        nouns: Its nouns, by each of its nouns and adjectives.
        ends: Last words of further parts.
        linking: For each category the words between what is found or done and the place, by what that is.
        told: The same for what is told of genes and substances.
    """

    forms: Mapping[str, Sequence[str]]
    nouns: Mapping[str, Sequence[str]]
    ends: tuple[str, ...]
    linking: Mapping[str, Mapping[str, Sequence[str]]]
    told: Mapping[str, Sequence[str]]

    def nouns_of(self, place: str) -> Sequence[str]:
        """Return the nouns for a place; none for words that are no place."""
        return self.nouns.get(place, (place,) if place.endswith(self.ends) else ())


@cache
def _words() -> _Words:
    table = tomllib.loads((product_folder("data") / "language" / "places.toml").read_text(encoding="utf-8"))
    forms: dict[str, list[str]] = {}
    nouns: dict[str, list[str]] = {}
    for part in table["parts"]:
        every = [*part["nouns"], *part["adjectives"]]
        forms.update(dict.fromkeys(every, every))
        nouns.update(dict.fromkeys(every, part["nouns"]))
    linking = {"condition": table["found"], "procedure": table["done"], "treatment": table["done"]}
    return _Words(forms, nouns, tuple(f" {end}" for end in table["ends"]), linking, table["told"])


def of_places(name: str, category: str | None) -> Iterator[str]:
    """Yield the names that put a place, a gene or a substance another way or behind.

    Args:
        name: A name in use.
        category: The category of what it names; None for a quantity.
    Example:
        >>> list(of_places("renal abscess", "condition"))
        ['kidney abscess', 'abscess of kidney', 'abscess in kidney']
    """
    words = _words()
    found = words.linking.get(category or "", {})
    for place, head in _parted(name):
        if head in found:
            yield from (f"{form} {head}" for form in words.forms.get(place, ()) if form != place)
            nouns = words.nouns_of(place)
            yield from (f"{head} {link} {noun}" for noun in nouns for link in found[head])
        elif head in words.told and category in ("condition", "biomarker"):
            yield from (f"{head} {link} {place}" for link in words.told[head])


def _parted(name: str) -> Iterator[tuple[str, str]]:
    """Yield the two ways to part a name before its last word or its last two."""
    place, _, head = name.rpartition(" ")
    yield place, head
    place, _, before = place.rpartition(" ")
    yield place, f"{before} {head}"
