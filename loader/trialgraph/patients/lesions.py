"""Tumour lesions of a FHIR record: body structures with the sizes measured of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from trialgraph.patients.amounts import amount_of
from trialgraph.patients.coding import Json
from trialgraph.patients.dates import ANY_DAY
from trialgraph.patients.elements import (
    CHANGED,
    Context,
    extensions,
    has_profile,
    in_role,
    is_modified,
    observed_on,
    reference,
    resource_name,
)
from trialgraph.patients.facts import Amount, Coded, LesionFact, LesionSize

__all__ = ["is_size", "read_lesions"]

_LESIONS = frozenset({"condition", "lesion"})


def is_size(resource: Json) -> bool:
    """Whether an Observation is of a tumour's size."""
    return in_role(resource.get("code"), "tumor size")


def read_lesions(structures: Iterable[Json], sizes: Iterable[Json], context: Context) -> Iterator[LesionFact]:
    """Yield the lesions that body structures and sizes show.

    A size that belongs to no body structure of the record is a lesion of its own: which one it is
    isn't known, so it counts towards no kind of lesion, but keeps any number of them from being
    called complete.
    """
    structures = list(structures)
    measured: dict[str, list[LesionSize]] = defaultdict(list)
    loose: list[tuple[Json, LesionSize]] = []
    names = {resource_name(structure) for structure in structures}
    for resource in sizes:
        size = _size(resource, context)
        if size is None:
            continue
        of = [context.source_of(resource, focus) for focus in resource.get("focus") or ()]
        known = [name for name in of if name in names]
        for name in known:
            measured[name].append(size)
        if not known:
            loose.append((resource, size))
    for structure in structures:
        yield from _lesion(structure, measured[resource_name(structure)], context)
    for resource, size in loose:
        context.note(resource, "not mapped", "the size of a tumour that the record doesn't tell apart")
        organ = context.coder.organ(resource.get("bodySite") or ())
        yield LesionFact(size.source, Coded("tumor"), organ, size.when, (size,))


def _size(resource: Json, context: Context) -> LesionSize | None:
    status = context.status(resource, "Observation.status")
    if status.counts != "yes":
        context.note(resource, "not counted", status.reason)
        return None
    parts = resource.get("component") or ()
    found = [
        amount_of(part.get("valueQuantity"))
        for part in parts
        if in_role(part.get("code"), "longest diameter")
    ]
    if not parts:
        found = [amount_of(resource.get("valueQuantity"))]
    amounts: list[Amount] = [amount for amount in found if amount is not None]
    if len(amounts) != 1:
        context.note(resource, "not used", "no longest diameter could be read")
        return None
    return LesionSize(resource_name(resource), amounts[0], observed_on(resource, context))


def _lesion(structure: Json, sizes: list[LesionSize], context: Context) -> Iterator[LesionFact]:
    related = tuple(
        sorted(
            context.source_of(structure, extension["valueReference"])
            for extension in extensions(structure, "related condition")
            if reference(extension.get("valueReference"))
        )
    )
    if structure.get("active") is False:
        context.note(structure, "not counted", "no longer active")
        return
    if not (sizes or related or has_profile(structure, "tumor profile")):
        context.note(structure, "not read", "a body structure that isn't stated to be a tumour")
        return
    if is_modified(structure):
        context.note(structure, "not used", CHANGED)
        yield LesionFact(resource_name(structure), Coded("tumor"), "", ANY_DAY)
        return
    location = structure.get("location")
    text = str(structure.get("description") or (location or {}).get("text") or "tumor")
    concepts = context.coder.named(text, _LESIONS)
    if concepts:
        labels = ", ".join(sorted(context.coder.concepts.label(iri) for iri in concepts))
        context.note(structure, "by text", f"{text}: read as {labels}")
    what = Coded(text, tuple(sorted(concepts)), by_text=bool(concepts))
    organ = context.coder.organ([location] if location else [])
    if not organ:
        context.note(structure, "not mapped", f"{text}: its organ isn't known")
    yield LesionFact(resource_name(structure), what, organ, ANY_DAY, tuple(sorted(sizes, key=repr)), related)
