"""How records tell of tumours: the tables of organs, lesions, stages and stained proteins, read once."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from trialgraph.namespaces import TGC
from trialgraph.patients.tables import rows

__all__ = ["Organ", "Stain", "lesion_quantities", "metastatic_stages", "organs", "stain_answers", "stains"]


class Organ(NamedTuple):
    """An organ, its names in records, and IRIs of the metastasis, the lesion and radiotherapy there.

    The IRIs may be empty. In a soft organ, lesions are measurable by their longest diameter.
    """

    name: str
    names: tuple[str, ...]
    metastasis: str
    lesion: str
    radiotherapy: str
    soft: bool


class Stain(NamedTuple):
    """A protein that is stained, the IRI of its loss, and of its panel: names, any loss, none lost."""

    protein: str
    loss: str
    panel: tuple[str, ...]
    loss_of_any: str
    all_kept: str


@lru_cache(maxsize=1)
def stains() -> tuple[Stain, ...]:
    """Return the proteins of which records state the loss."""
    return tuple(
        Stain(
            row["protein"],
            str(TGC[row["loss"]]),
            tuple(row["panel"].split(";")),
            str(TGC[row["loss_of_any"]]),
            str(TGC[row["all_kept"]]),
        )
        for row in rows("stains")
    )


@lru_cache(maxsize=1)
def stain_answers() -> dict[str, tuple[bool, bool]]:
    """Return what answers in small letters say of a stained protein.

    Whether it is there, and whether the answer says so only where it is known that it was stained.
    """
    return {row["text"]: (row["kept"] == "yes", row["plain"] == "yes") for row in rows("stain-answers")}


@lru_cache(maxsize=1)
def organs() -> tuple[Organ, ...]:
    """Return the organs that lesions are told apart by."""

    def iri(row: dict[str, str], kind: str) -> str:
        return str(TGC[row[kind]]) if row[kind] else ""

    return tuple(
        Organ(
            name=row["organ"],
            names=tuple(row["names"].split(";")),
            metastasis=iri(row, "metastasis"),
            lesion=iri(row, "lesion"),
            radiotherapy=iri(row, "radiotherapy"),
            soft=row["measurable"] == "yes",
        )
        for row in rows("organs")
    )


@lru_cache(maxsize=1)
def lesion_quantities() -> tuple[tuple[str, str, str], ...]:
    """Return quantities that are numbers of lesions: their IRI, the kind's IRI, and which number."""
    return tuple(
        (str(TGC[row["quantity"]]), str(TGC[row["kind"]]), row["number"]) for row in rows("lesion-quantities")
    )


@lru_cache(maxsize=1)
def metastatic_stages() -> tuple[str, ...]:
    """Return the IRIs of cancers of which every stage IV is one with a distant metastasis."""
    return tuple(str(TGC[row["concept"]]) for row in rows("metastatic-stages"))
