"""A trial as its page shows it: what the record states, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from trialgraph.concepts import packaged_concepts
from trialgraph.namespaces import TGC
from trialgraph.server.pages.records import Record

__all__ = [
    "Arm",
    "Contact",
    "Dose",
    "Fact",
    "Given",
    "Outcome",
    "Picture",
    "Place",
    "Source",
    "contacts",
    "facts",
    "outcomes",
    "picture",
    "places",
    "references",
    "sources",
]

_FACTS = (
    ("Status", "overallStatus"),
    ("Last known status", "lastKnownStatus"),
    ("Why it stopped", "whyStopped"),
    ("Phase", "phase"),
    ("Type", "studyType"),
    ("Conditions", "condition"),
    ("Start", "startDate"),
    ("Primary completion", "primaryCompletionDate"),
    ("Completion", "completionDate"),
    ("Allocation", "allocation"),
    ("Model", "interventionModel"),
    ("Observational model", "observationalModel"),
    ("Time perspective", "timePerspective"),
    ("Purpose", "primaryPurpose"),
    ("Masking", "masking"),
    ("Who is masked", "whoMasked"),
    ("Sex", "sex"),
    ("Minimum age", "minimumAge"),
    ("Maximum age", "maximumAge"),
    ("Healthy volunteers", "healthyVolunteers"),
)
_CODES = frozenset(
    {
        "allocation",
        "interventionModel",
        "lastKnownStatus",
        "masking",
        "observationalModel",
        "overallStatus",
        "phase",
        "primaryPurpose",
        "sex",
        "studyType",
        "timePerspective",
        "whoMasked",
    }
)
"""Properties whose values are codes of the registry."""


class Fact(NamedTuple):
    """Something stated of a trial: a heading, values, and whether these are the registry's codes."""

    heading: str
    values: tuple[str, ...]
    coded: bool = False


class Dose(NamedTuple):
    """A dose as written; `concept` is the label of what is given, empty where the record doesn't say."""

    text: str
    concept: str


@dataclass(frozen=True, slots=True)
class Given:
    """An intervention as one arm has it.

    Args:
        kind: The registry's code of its type; empty when not stated.
        concepts: What is given, as names of concepts' addresses and labels.
        doses: Those that the record states with this intervention, or with this arm for what it is.
    """

    name: str
    kind: str
    description: str
    concepts: tuple[tuple[str, str], ...]
    doses: tuple[Dose, ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm or group with what it is given; `doses` are those that no intervention of it accounts for."""

    label: str
    kind: str
    description: str
    given: tuple[Given, ...]
    doses: tuple[Dose, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Arms and interventions.

    Args:
        enrolled: Number of participants; empty when not stated.
        enrolled_as: ``ACTUAL`` or ``ESTIMATED``; empty when not stated.
        allocation: The registry's code; empty when not stated.
        arms: In the record's order.
        unassigned: Interventions that the record assigns to no arm.
        doses: Doses that only the trial's description mentions.
    """

    enrolled: str
    enrolled_as: str
    allocation: str
    arms: tuple[Arm, ...]
    unassigned: tuple[Given, ...]
    doses: tuple[Dose, ...] = field(default=())


class Outcome(NamedTuple):
    """What is measured: ``primary``, ``secondary`` or ``other``."""

    kind: str
    measure: str
    frame: str
    description: str


class Place(NamedTuple):
    """A site."""

    facility: str
    town: str
    country: str
    status: str


class Contact(NamedTuple):
    """Someone to ask; `address` is an e-mail address, empty when not stated."""

    name: str
    role: str
    phone: str
    address: str


class Source(NamedTuple):
    """What a trial was read from."""

    file: str
    layout: str
    sha256: str
    updated: str


def facts(record: Record) -> Iterator[Fact]:
    """Yield what is stated of a trial, in the order that a reader asks for it."""
    for heading, name in _FACTS:
        values = record.texts(name)
        if values:
            known = {"true": "accepted", "false": "not accepted"} if name == "healthyVolunteers" else {}
            yield Fact(heading, tuple(known.get(each, each) for each in values), name in _CODES)
        if name == "condition":
            yield from _people(record)


def _people(record: Record) -> Iterator[Fact]:
    if record.text("enrollmentCount"):
        planned = {"ESTIMATED": "planned", "ACTUAL": "enrolled"}.get(record.text("enrollmentType"), "")
        yield Fact("Participants", (f"{int(record.text('enrollmentCount')):,} {planned}".strip(),))
    for heading, name in (("Sponsor", "leadSponsor"), ("With", "collaborator")):
        names = tuple(record.text("name", each) for each in record.parts(name))
        if names:
            yield Fact(heading, names)
    if countries := record.texts("country"):
        yield Fact("Countries", tuple(sorted(countries)))


def picture(record: Record) -> Picture:
    """Return the arms of a trial with what each is given."""
    arms = tuple(_arm(record, each) for each in record.parts("arm"))
    used = {each for arm in record.parts("arm") for each in record.texts("usesIntervention", arm)}
    rest = [each for each in record.parts("intervention") if each not in used]
    return Picture(
        enrolled=record.text("enrollmentCount"),
        enrolled_as=record.text("enrollmentType"),
        allocation=record.text("allocation"),
        arms=arms,
        unassigned=tuple(_given(record, each, ()) for each in rest),
        doses=tuple(_doses(record, record.iri)),
    )


def _arm(record: Record, iri: str) -> Arm:
    order = {each: place for place, each in enumerate(record.parts("intervention"))}
    uses = sorted(record.texts("usesIntervention", iri), key=lambda each: order.get(each, 0))
    stated = list(_dose_nodes(record, iri))
    taken: set[str] = set()
    given = []
    for each in uses:
        concepts = set(record.texts("interventionConcept", each))
        own = [(node, dose) for node, dose in stated if record.text("concept", node) in concepts]
        taken |= {node for node, _ in own}
        given.append(_given(record, each, [dose for _, dose in own]))
    rest = tuple(dict.fromkeys(dose for node, dose in stated if node not in taken))
    label, kind = record.text("label", iri), record.text("armType", iri)
    return Arm(label, kind, record.text("description", iri), tuple(given), rest)


def _given(record: Record, iri: str, of_arm: Iterable[Dose]) -> Given:
    concepts = sorted(record.texts("interventionConcept", iri))
    return Given(
        name=record.text("name", iri),
        kind=record.text("interventionType", iri),
        description=record.text("description", iri),
        concepts=tuple((each.removeprefix(str(TGC)), _label(each)) for each in concepts),
        doses=tuple(dict.fromkeys([*of_arm, *_doses(record, iri)])),
    )


def _doses(record: Record, iri: str) -> Iterator[Dose]:
    yield from dict.fromkeys(dose for _, dose in _dose_nodes(record, iri))


def _dose_nodes(record: Record, iri: str) -> Iterator[tuple[str, Dose]]:
    for node in (*record.parts("dose", iri), *record.parts("mentionsDose", iri)):
        concept = record.text("concept", node)
        yield node, Dose(record.text("doseText", node), _label(concept) if concept else "")


def _label(iri: str) -> str:
    concepts = packaged_concepts()
    return concepts.label(iri) if iri in concepts else iri.rpartition("/")[2]


def outcomes(record: Record) -> list[Outcome]:
    """Return what is measured, primary outcomes first."""
    kinds = ("primary", "secondary", "other")
    found = [
        Outcome(*(record.text(name, each) for name in ("outcomeType", "measure", "timeFrame", "description")))
        for each in record.parts("outcome")
    ]
    return sorted(found, key=lambda each: kinds.index(each.kind) if each.kind in kinds else len(kinds))


def places(record: Record) -> list[tuple[str, list[Place]]]:
    """Return the sites by country, the country with most first."""
    found = []
    for each in record.parts("location"):
        town = ", ".join(filter(None, (record.text("city", each), record.text("state", each))))
        names = (record.text(name, each) for name in ("facility", "country", "recruitmentStatus"))
        facility, country, status = names
        found.append(Place(facility, town, country, status))
    counts = Counter(each.country for each in found)
    return [
        (country, sorted(each for each in found if each.country == country))
        for country, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


def contacts(record: Record) -> list[Contact]:
    """Return whom to ask about a trial, and who answers for it."""
    found = [
        Contact(*(record.text(name, each) for name in ("name", "role", "phone", "email")))
        for way in ("centralContact", "overallOfficial")
        for each in record.parts(way)
    ]
    return list(dict.fromkeys(found))


def references(record: Record) -> list[tuple[str, str]]:
    """Return the publications, each with its number in PubMed or nothing."""
    return [(record.text("citation", each), record.text("pmid", each)) for each in record.parts("reference")]


def sources(record: Record) -> list[Source]:
    """Return what the trial was read from."""
    graph = f"https://w3id.org/trialgraph/graph/{record.nct}"
    return [
        Source(*(record.text(name, each) for name in ("fileName", "layout", "sha256", "lastUpdated")))
        for each in record.texts("http://www.w3.org/ns/prov#wasDerivedFrom", graph)
    ]
