"""What the ontology's files state of concepts, contestable axioms and code systems, term by term."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import pyoxigraph

from trialgraph.errors import UsageError
from trialgraph.keeping import kept
from trialgraph.resources import product_folder

__all__ = [
    "CLOSURE",
    "TG_IRI",
    "Axiom",
    "Code",
    "CodeRelation",
    "CodeSystem",
    "Concept",
    "Conversion",
    "Range",
    "Statements",
    "SurfaceForm",
    "codes_of",
    "concept_iris",
    "equivalent_pairs",
    "first",
    "names_of",
    "ontology_modules",
    "packaged_statements",
    "read_axioms",
    "read_code_systems",
    "read_concept",
    "read_imported",
    "read_statements",
    "statement_files",
]

CodeRelation = Literal["exact", "narrow", "positive", "broad", "close"]
"""How a code's meaning stands to the concept: the same, narrower, a test for it, broader, near."""

Statements: TypeAlias = Mapping[str, Mapping[str, list[str]]]
"""Subject IRI to predicate IRI to the values stated, as strings."""

CLOSURE = "closure.ttl"
"""Name of the file with what a reasoner infers of the classes."""

TG_IRI = "https://w3id.org/trialgraph/ontology#"
_TGC = "https://w3id.org/trialgraph/concept/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_REPLACED_BY = "http://purl.org/dc/terms/isReplacedBy"
_SOURCE = "http://purl.org/dc/terms/source"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_MODULES = ("annotations.ttl", "concepts.ttl", CLOSURE)
_CODE_RELATIONS: Mapping[str, CodeRelation] = {
    f"{_SKOS}exactMatch": "exact",
    f"{_SKOS}narrowMatch": "narrow",
    f"{TG_IRI}positiveResultOf": "positive",
    f"{_SKOS}broadMatch": "broad",
    f"{_SKOS}closeMatch": "close",
}
_STEP = re.compile(r"(\S+)\.\.(\S+) = (\S+)\.\.(\S+)")


class Range(NamedTuple):
    """A stretch of a scale or quantity, both ends included, in the quantity's canonical unit."""

    low: float
    high: float


class Conversion(NamedTuple):
    """One step of a conversion: values of one quantity in `source` are values of another in `target`."""

    source: Range
    target: Range


class Code(NamedTuple):
    """A code of another system that a concept is mapped to, as an IRI, and how its meaning stands to it."""

    iri: str
    relation: CodeRelation


class SurfaceForm(NamedTuple):
    """A name under which texts speak of a concept; with `case_sensitive`, only in exactly this case."""

    form: str
    case_sensitive: bool
    iri: str


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A code system: how records name it, how its IRIs are made, how its codes look.

    Args:
        prefix_lengths: Where broader codes end within a code, for systems whose codes name them.
    """

    iri: str
    label: str
    iri_prefix: str
    system_uris: tuple[str, ...]
    code_pattern: str
    prefix_lengths: tuple[int, ...] = ()
    page_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept as the ontology states it; what it inherits is asked of `Concepts`.

    Args:
        label: Its one English name, singular.
        synonyms: Other names, in any case.
        abbreviations: Names that mean it only in exactly this case.
        parents: IRIs of its stated superclasses.
        equivalents: IRIs of classes stated equivalent, in either direction.
        components: IRIs of what a regimen consists of.
        unit: UCUM code that values are compared in; None for what isn't a quantity.
        molar_mass: Grams per mole of the analyte, where mass and molar units are both in use.
        plausible: Values outside it are errors; an end may be infinite.
        score_of: The quantity of whose scale it is a stretch, and `score` that stretch.
        caused_by: For a hypersensitivity, the IRI of the drug or class of drugs.
        sequel_of: IRIs of the diseases that it may follow from.
        shown_by_high: IRIs of the quantities by whose high values it is told.
        shown_by_low: IRIs of those by whose low values it is.
        disjoint: IRIs of concepts stated on it to share no instance with it.
        codes: Mappings to other systems.
        retired: It is kept only for what names it already, and no text is read as speaking of it.
        replaced_by: IRI of the concept that now has a retired one's meaning, which it is equivalent to.
        sources: IRIs of where its definition is from; this ontology's own where it was written for it.
        notes: How it is used, in words.
    """

    iri: str
    label: str
    definition: str
    synonyms: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    unit: str | None = None
    molar_mass: float | None = None
    plausible: Range | None = None
    score_of: str | None = None
    score: Range | None = None
    caused_by: str | None = None
    sequel_of: tuple[str, ...] = ()
    shown_by_high: tuple[str, ...] = ()
    shown_by_low: tuple[str, ...] = ()
    disjoint: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    retired: bool = False
    replaced_by: str | None = None
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Axiom:
    """A contestable reading that can be switched on or off.

    It either counts `sub_concept` as a kind of `super_concept`, or reads values of the quantity
    `converts_from` as values of `converts_to` by the steps of `conversion`.
    """

    iri: str
    label: str
    definition: str
    default_on: bool
    sub_concept: str | None = None
    super_concept: str | None = None
    converts_from: str | None = None
    converts_to: str | None = None
    conversion: tuple[Conversion, ...] = ()


def ontology_modules(folder: Path) -> list[Path]:
    """Return the modules of an ontology folder that people write, contestable axioms among them, sorted."""
    return sorted(path for path in folder.rglob("*.ttl") if path.name != CLOSURE)


def statement_files(folder: Path) -> list[Path]:
    """Return the files of an ontology folder that state what concepts are, in the order they are read in."""
    return [*(folder / name for name in _MODULES), *sorted((folder / "axioms").glob("*.ttl"))]


@cache
def packaged_statements() -> Statements:
    """Return what the ontology that comes with this installation states of concepts.

    Raises:
        UsageError: when a module is missing or isn't Turtle; says which, and where in it.
    """
    folder = product_folder("ontology")
    try:
        found: Statements = kept(
            "ontology", [*statement_files(folder), Path(__file__)], lambda: read_statements(folder)
        )
    except OSError as error:
        raise UsageError(f"the ontology can't be read: {error}", where=str(folder)) from error
    return found


def read_statements(folder: Path) -> Statements:
    """Return what the concept modules of an ontology folder state, with what a reasoner made of them.

    Raises:
        UsageError: when a module is missing or isn't Turtle; says which, and where in it.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in statement_files(folder):
        try:
            for triple in pyoxigraph.parse(path=str(path)):
                found[triple.subject.value][triple.predicate.value].append(triple.object.value)
        except (OSError, SyntaxError) as error:
            raise UsageError(f"the ontology can't be read: {error}", where=str(path)) from error
    return {subject: dict(stated) for subject, stated in found.items()}


def first(stated: Mapping[str, list[str]], predicate: str) -> str | None:
    """Return a predicate's value, the first when there are several, None when there is none."""
    return next(iter(stated.get(predicate, ())), None)


def concept_iris(statements: Statements) -> list[str]:
    """Return the IRIs of the concepts that statements define, sorted."""
    return sorted(iri for iri in statements if iri.startswith(_TGC))


def equivalent_pairs(statements: Statements) -> Mapping[str, set[str]]:
    """Return the IRIs of the classes that are stated to be equivalent to each that has such, either way."""
    equivalents: dict[str, set[str]] = defaultdict(set)
    for iri, stated in statements.items():
        for other in (*stated.get(f"{_OWL}equivalentClass", ()), *stated.get(_REPLACED_BY, ())):
            equivalents[iri].add(other)
            equivalents[other].add(iri)
    return dict(equivalents)


def names_of(iri: str, stated: Mapping[str, list[str]]) -> Iterator[SurfaceForm]:
    """Yield the names of a concept, none of a retired one."""
    if _is_retired(stated):
        return
    for name in (first(stated, f"{_RDFS}label") or "", *stated.get(f"{_SKOS}altLabel", ())):
        yield SurfaceForm(name, case_sensitive=False, iri=iri)
    for name in stated.get(f"{TG_IRI}abbreviation", ()):
        yield SurfaceForm(name, case_sensitive=True, iri=iri)


def codes_of(stated: Mapping[str, list[str]]) -> Iterator[Code]:
    """Yield the codes of other systems that a concept is mapped to, closest relation first."""
    for predicate, relation in _CODE_RELATIONS.items():
        yield from (Code(code, relation) for code in sorted(stated.get(predicate, ())))


def read_imported(iri: str, stated: Mapping[str, list[str]]) -> Concept:
    """Return a concept of another vocabulary, whose superclasses may be of any."""
    return replace(read_concept(iri, stated), parents=tuple(stated.get(f"{_RDFS}subClassOf", ())))


def read_axioms(statements: Statements) -> dict[str, Axiom]:
    """Return the contestable axioms that statements define, by IRI, sorted."""
    return {iri: _axiom(iri, statements[iri]) for iri in _instances(statements, "ContestableAxiom")}


def read_code_systems(statements: Statements) -> tuple[CodeSystem, ...]:
    """Return the code systems that statements define, sorted by IRI."""
    return tuple(_code_system(iri, statements[iri]) for iri in _instances(statements, "CodeSystem"))


def _instances(statements: Statements, kind: str) -> list[str]:
    return sorted(iri for iri, stated in statements.items() if TG_IRI + kind in stated.get(_TYPE, ()))


def read_concept(
    iri: str, stated: Mapping[str, list[str]], equivalents: Iterable[str] = frozenset()
) -> Concept:
    """Return what is stated of a concept, given the classes that are stated to be equivalent to it."""
    mass = first(stated, f"{TG_IRI}molarMass")
    return Concept(
        iri=iri,
        label=first(stated, f"{_RDFS}label") or "",
        definition=first(stated, f"{_SKOS}definition") or "",
        synonyms=tuple(stated.get(f"{_SKOS}altLabel", ())),
        abbreviations=tuple(stated.get(f"{TG_IRI}abbreviation", ())),
        parents=_named(stated, f"{_RDFS}subClassOf"),
        equivalents=tuple(sorted(each for each in equivalents if each.startswith(_TGC))),
        components=_named(stated, f"{TG_IRI}hasComponent"),
        unit=first(stated, f"{TG_IRI}canonicalUnit"),
        molar_mass=float(mass) if mass else None,
        plausible=_range(stated, f"{TG_IRI}plausible"),
        score_of=first(stated, f"{TG_IRI}scoreOf"),
        score=_range(stated, f"{TG_IRI}score"),
        caused_by=first(stated, f"{TG_IRI}causedBy"),
        sequel_of=_named(stated, f"{TG_IRI}sequelOf"),
        shown_by_high=_named(stated, f"{TG_IRI}shownByHigh"),
        shown_by_low=_named(stated, f"{TG_IRI}shownByLow"),
        disjoint=_named(stated, f"{_OWL}disjointWith"),
        codes=tuple(codes_of(stated)),
        retired=_is_retired(stated),
        replaced_by=first(stated, _REPLACED_BY),
        sources=tuple(sorted(stated.get(_SOURCE, ()))),
        notes=tuple(sorted(stated.get(f"{_SKOS}scopeNote", ()))),
    )


def _is_retired(stated: Mapping[str, list[str]]) -> bool:
    return first(stated, f"{_OWL}deprecated") == "true"


def _named(stated: Mapping[str, list[str]], predicate: str) -> tuple[str, ...]:
    return tuple(sorted(iri for iri in stated.get(predicate, ()) if iri.startswith(_TGC)))


def _range(stated: Mapping[str, list[str]], predicate: str) -> Range | None:
    low, high = first(stated, f"{predicate}Low"), first(stated, f"{predicate}High")
    if low is None and high is None:
        return None
    return Range(float(low or "-inf"), float(high or "inf"))


def _axiom(iri: str, stated: Mapping[str, list[str]]) -> Axiom:
    steps = (_STEP.fullmatch(step) for step in stated.get(f"{TG_IRI}conversion", ()))
    bounds = [[float(bound) for bound in step.groups()] for step in steps if step]
    return Axiom(
        iri=iri,
        label=first(stated, f"{_RDFS}label") or "",
        definition=first(stated, f"{_SKOS}definition") or "",
        default_on=first(stated, f"{TG_IRI}defaultOn") == "true",
        sub_concept=first(stated, f"{TG_IRI}subConcept"),
        super_concept=first(stated, f"{TG_IRI}superConcept"),
        converts_from=first(stated, f"{TG_IRI}convertsFrom"),
        converts_to=first(stated, f"{TG_IRI}convertsTo"),
        conversion=tuple(Conversion(Range(a, b), Range(c, d)) for a, b, c, d in sorted(bounds)),
    )


def _code_system(iri: str, stated: Mapping[str, list[str]]) -> CodeSystem:
    return CodeSystem(
        iri=iri,
        label=first(stated, f"{_RDFS}label") or "",
        iri_prefix=first(stated, f"{TG_IRI}iriPrefix") or "",
        system_uris=tuple(stated.get(f"{TG_IRI}systemUri", ())),
        code_pattern=first(stated, f"{TG_IRI}codePattern") or "",
        page_prefix=first(stated, f"{TG_IRI}pagePrefix") or "",
        prefix_lengths=tuple(sorted(int(n) for n in stated.get(f"{TG_IRI}prefixLength", ()))),
    )
