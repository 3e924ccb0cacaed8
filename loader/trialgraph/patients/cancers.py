"""What cancer a Condition is of: narrowed by its site, its histology and where it has spread to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trialgraph.namespaces import TGC
from trialgraph.patients.coding import Coder, Json, Reading
from trialgraph.patients.elements import Context, extensions
from trialgraph.patients.facts import Coded
from trialgraph.patients.tumours import organs
from trialgraph.patients.wording import words

__all__ = ["read_spread", "related", "sited"]

_CONDITIONS = frozenset({"condition", "lesion", "reproductive", "biomarker"})
_CANCER = str(TGC.MalignantNeoplasm)
_METASTASIS = str(TGC.MetastaticMalignantNeoplasm)
_METASTASES = ("metastases", "metastasis", "mets")


def sited(resource: Json, reading: Reading, context: Context) -> tuple[str, ...]:
    """Narrow a cancer by its body site and histology: what is so called is a kind of what is coded."""
    found = reading.what.concepts
    if len(found) != 1:
        return found
    coder, sites = context.coder, resource.get("bodySite") or ()
    text = " ".join(reading.what.text.casefold().split())
    told = next((text.partition(phrase)[2] for phrase in words().spread if phrase in text), "")
    organ = coder.organ(sites) or coder.organ([{"text": told}])
    candidates = [entry.metastasis for entry in organs() if entry.name == organ and entry.metastasis]
    if found == (str(TGC.PrimaryMalignantNeoplasm),):
        place = coder.organ(sites) or coder.organ([{"text": text}])
        candidates += sorted(coder.named(f"{place} cancer", _CONDITIONS, whole=True))
    texts = [str(site.get("text") or "") for site in sites] + [organ]
    for extension in extensions(resource, "histology"):
        histology = extension.get("valueCodeableConcept") or {}
        names = [histology.get("text"), *(coding.get("display") for coding in histology.get("coding") or ())]
        kinds = {str(name).split("(")[0].strip() for name in names if name}
        for phrase in (f"{text} {kind}" for kind in sorted(kinds) for text in texts if text):
            candidates += sorted(coder.named(phrase, _CONDITIONS, whole=True))
    kinds_of_it = [iri for iri in candidates if iri in coder.concepts and coder.concepts.is_a(iri, found[0])]
    narrowed = coder.agreed([frozenset(found), *(frozenset({iri}) for iri in kinds_of_it)])
    return tuple(sorted(narrowed | _metastases(reading, coder)))


def read_spread(resource: Json, codeable: Json, context: Context) -> Reading | None:
    """Return the cancer and the metastasis that a name without a concept tells of; None for any other."""
    coder = context.coder
    if coder.read(codeable, _CONDITIONS).what.concepts:
        return None
    texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
    text = next((str(text) for text in texts if text), "")
    found = _spread(text, coder)
    if not found:
        return None
    labels = ", ".join(coder.concepts.label(iri) for iri in found)
    context.note(resource, "by text", f"{text}: read as {labels}")
    return Reading(Coded(text, found, by_text=True))


def _spread(text: str, coder: Coder) -> tuple[str, ...]:
    """Return a cancer and its metastasis, where words say both.

    "Colon cancer metastatic to liver", "lung metastases from rectal cancer", "metastatic rectal cancer".
    """
    told = " ".join(text.split())
    folded = told.casefold()
    if coder.is_doubtful(told) or words().negations & set(re.findall(r"\w+", folded)):
        return ()
    for phrase in words().spread:
        head, place = _around(told, phrase)
        there = [entry.metastasis for entry in organs() if entry.name == coder.organ([{"text": place}])]
        cancers = coder.named(head, _CONDITIONS)
        if place and any(there) and (cancers or not head.strip()):
            return _joined(cancers, frozenset(there), coder)
    for phrase in words().arising:
        metastasis, origin = _around(told, phrase)
        kinds, cancers = coder.named(metastasis, _CONDITIONS), coder.named(origin, _CONDITIONS)
        if cancers and kinds and all(coder.concepts.is_a(iri, _METASTASIS) for iri in kinds):
            return _joined(cancers, kinds, coder)
    before, cancer = _around(told, "metastatic ")
    cancers = frozenset() if before else coder.named(cancer, _CONDITIONS)
    if cancers and all(coder.concepts.is_a(iri, _CANCER) for iri in cancers):
        return _joined(cancers, frozenset({_METASTASIS}), coder)
    return ()


def _around(text: str, phrase: str) -> tuple[str, str]:
    """Return what stands before and behind a phrase, in small letters or not; nothing behind without it."""
    place = text.casefold().find(phrase)
    return (text, "") if place < 0 else (text[:place], text[place + len(phrase) :])


def _joined(cancers: Iterable[str], metastases: Iterable[str], coder: Coder) -> tuple[str, ...]:
    """Return a cancer and its metastasis as what both are, such as a colorectal liver metastasis."""
    concepts = coder.concepts
    both = {*cancers, *metastases}
    above = frozenset[str]().union(*(concepts.ancestors(iri) for iri in both))
    joint = {
        iri
        for each in metastases
        for iri in concepts.descendants(each)
        if cancers and len(concepts[iri].parents) > 1 and above.issuperset(concepts[iri].parents)
    }
    return tuple(sorted(coder.narrowest(both | joint)))


def _metastases(reading: Reading, coder: Coder) -> frozenset[str]:
    """Return the metastases that a cancer is said to be with: "rectal cancer with liver metastases"."""
    _, _, tail = " ".join(reading.what.text.casefold().split()).partition(" with ")
    last = next((word for word in _METASTASES if tail.endswith(word)), "")
    if not last or reading.doubtful:
        return frozenset()
    parts = [part.strip() for part in re.split(r",|\band\b", tail) if part.strip()]
    named = [coder.named(part if part.endswith(last) else f"{part} {last}", _CONDITIONS) for part in parts]
    kinds = frozenset[str]().union(*named)
    return (
        kinds if all(named) and all(coder.concepts.is_a(iri, _METASTASIS) for iri in kinds) else frozenset()
    )


def related(resource: Json, context: Context) -> tuple[str, ...]:
    """Return the sources of the conditions that a Condition arose from, or belongs to."""
    found = {
        context.source_of(resource, extension["valueReference"])
        for extension in extensions(resource, "related condition")
        if extension.get("valueReference")
    }
    return tuple(sorted(found))
