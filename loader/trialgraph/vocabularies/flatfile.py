"""The NCI Thesaurus as NCI publishes it: one concept a line, its fields parted by tabs.

Fields: code, concept IRI, parents, synonyms, definition; since 2017 also display name, concept
status and semantic type; since 2022 also the subsets that it is in. Several values in a field are
parted by "|". The first synonym is the preferred name.

Source: the ReadMe.txt beside each release in https://evs.nci.nih.gov/ftp1/NCI_Thesaurus/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trialgraph.errors import InputError
from trialgraph.vocabularies.published import NCIT, Edition, PublishedConcept, Tell

__all__ = ["read_flat_file"]

_FIELDS = (5, 8, 9)
"""How many fields the lines of an edition may have."""

_CODE = re.compile(r"C\d+")
_RETIRED = re.compile(r"\b(?:retired|obsolete|withdrawn)", re.IGNORECASE)
_EVERY = 5_000
_ADVICE = "give NCI's Thesaurus.txt or Thesaurus.FLAT.zip, or an OBO graph as JSON"


def read_flat_file(text: str, *, where: str, version: str, tell: Tell) -> Edition:
    """Return the concepts of a flat file of the NCI Thesaurus.

    Args:
        text: The file's content.
        where: The file, for messages.
        version: The edition's name, which the file itself doesn't state.
        tell: Is told of progress.
    Raises:
        InputError: when a line isn't one of the flat file; names it.
    """
    rows = [row for row in _rows(text, where) if row[0].lower() != "code"]
    if not rows:
        raise InputError("the file holds no concepts", where=where, advice=_ADVICE)
    codes = {row[1]: row[0] for row in rows if not row[1].startswith("<")}
    concepts = []
    for number, row in enumerate(rows):
        if number % _EVERY == 0:
            tell("reading", number, len(rows))
        if not _RETIRED.search(row[6].replace("_", " ")):
            concepts.append(_concept(row, codes))
    return Edition("NCI Thesaurus", version, tuple(concepts), len(rows) - len(concepts))


def _rows(text: str, where: str) -> Iterator[list[str]]:
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        row = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        count = count or len(row)
        header = number == 1 and row[0].lower() == "code"
        if count not in _FIELDS or len(row) != count or not (header or _CODE.fullmatch(row[0])):
            found = f"a line of {len(row)} fields that starts with {row[0][:20]!r}"
            raise InputError(
                f"not a line of the NCI Thesaurus: {found}", where=f"{where}:{number}", advice=_ADVICE
            )
        yield row + [""] * (9 - len(row))


def _concept(row: list[str], codes: dict[str, str]) -> PublishedConcept:
    code, _, parents, synonyms, definition, display, _, types, _ = row
    names = _parted(synonyms)
    label = display or (names[0] if names else code)
    above = (codes.get(parent, parent) for parent in _parted(parents))
    return PublishedConcept(
        iri=NCIT + code,
        label=label,
        synonyms=tuple(name for name in names if name != label),
        definition=definition,
        parents=tuple(NCIT + parent for parent in above if _CODE.fullmatch(parent)),
        semantic_types=_parted(types),
    )


def _parted(field: str) -> tuple[str, ...]:
    return _distinct(part.strip() for part in field.split("|"))


def _distinct(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in parts if part))
