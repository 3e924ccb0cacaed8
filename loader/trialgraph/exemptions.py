"""What is excepted from a fact, and what is asked of it ("psoriasis not requiring systemic treatment").

An instance of what is excepted never shows the fact. It lets the fact be ruled out only if the record
shows what the exception asks (`data/records/exemptions.toml`): "hypothyroidism requiring only hormone
replacement" excepts the hypothyroidism of someone who takes thyroid hormone and nothing against
the immune system.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, cast

from trialgraph.concepts import Concepts, packaged_concepts
from trialgraph.expressions import AllOf, AnyOf, Category, Expression, Fact, Not, Window
from trialgraph.namespaces import TGC
from trialgraph.patients.wording import words
from trialgraph.purposes import never_for
from trialgraph.resources import product_folder
from trialgraph.vocabularies import known_concepts

__all__ = ["NAMED", "Exemption", "exempted", "exemptions", "ruled_out_by", "unmet_by"]

NAMED = "-named"
"""Ends the key of a view for that something is recorded by the name of a judgement."""
_WORD = re.compile(r"[^\W_]+")
_JOINING = re.compile(r",|\b(?:or|and)\b")
_PERSONS = re.compile(
    r"^(?:patients?|subjects?|participants?|individuals|those|people)\s+(?:with|who\s+have)\s+(?:(?:a|any)\s+)?",
    re.IGNORECASE,
)
"""Who has what is excepted."""
_NUMBERS = {"two": 2.0}
_MALIGNANT = str(TGC.MalignantNeoplasm)


class Exemption(NamedTuple):
    """Concepts that are excepted while a condition is met.

    Args:
        concepts: IRIs of what is excepted.
        condition: What has to be so; without operands where nothing is asked.
        unmet: By concept, facts of which any shows that what is asked isn't so.
    """

    concepts: frozenset[str]
    condition: AllOf
    unmet: Mapping[str, tuple[Fact, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What may be asked of something excepted, by the words for it."""

    words: tuple[re.Pattern[str], ...]
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    also: tuple[str, ...]
    shown: Mapping[str, Sequence[str]]


@lru_cache(maxsize=16384)
def ruled_out_by(fact: Fact) -> Expression | None:
    """Return what rules out a fact though something excepted from it is there; None when nothing may.

    Nothing of the fact's concept is there outside what is excepted, and each thing excepted is either not
    there or meets what is asked of it.
    """
    concepts = known_concepts()
    if fact.is_mention or fact.is_planned or fact.count or fact.size or fact.concept not in concepts:
        return None
    # Which cancers are excepted depends on the study disease: that is for `trialgraph.malignancies`.
    cancers = fact.study is not None or concepts.is_a(_MALIGNANT, fact.concept)
    if cancers or concepts.is_judged(fact.concept):
        return None
    excepted = [each for each in exempted(fact) if _concern(fact, each, concepts)]
    if not excepted:
        return None
    status = {name: said for name, said in fact.modifiers.items() if name == "status"}
    about = replace(fact, modifiers=status, exceptions=(), examples=(), disease=())
    inside = frozenset(iri for each in excepted for iri in each.concepts)
    outside = (_named(about, iri, concepts) for iri in sorted(_outside(fact.concept, inside, concepts)))
    parts: list[Expression] = [Not(_as_called(each, concepts)) for each in outside]
    for each in excepted:
        if each.condition.operands:
            there = [Not(_named(about, iri, concepts)) for iri in sorted(each.concepts)]
            parts.append(AnyOf((AllOf(tuple(there)), each.condition)))
    return AllOf(tuple(parts))


@lru_cache(maxsize=16384)
def unmet_by(fact: Fact) -> tuple[tuple[Fact, Fact], ...]:
    """Return pairs of facts, each of which shows a fact: something excepted, and what it mustn't need."""
    if ruled_out_by(fact) is None:
        return ()
    concepts = known_concepts()
    modifiers = {name: said for name, said in fact.modifiers.items() if name != "exception"}
    about = replace(fact, modifiers=modifiers, exceptions=(), examples=(), disease=())
    return tuple(
        (_named(about, iri, concepts), drug)
        for each in exempted(fact)
        for iri in sorted(each.concepts & each.unmet.keys())
        for drug in each.unmet[iri]
    )


def _concern(fact: Fact, exemption: Exemption, concepts: Concepts) -> bool:
    below = concepts.descendants(fact.concept)
    return any(not below.isdisjoint(concepts.descendants(iri)) for iri in exemption.concepts)


def _named(about: Fact, iri: str, concepts: Concepts) -> Fact:
    return replace(about, concept=iri, concept_label=concepts.label(iri))


def _as_called(fact: Fact, concepts: Concepts) -> Fact:
    """Return the fact, or of a judgement that something is recorded by its name: what isn't can't be told."""
    return replace(fact, concept=f"{fact.concept}{NAMED}") if concepts.is_judged(fact.concept) else fact


def _outside(iri: str, inside: Collection[str], concepts: Concepts) -> set[str]:
    """Return the widest kinds of a concept that share no instance with any of some concepts."""
    within = frozenset(below for each in inside for below in concepts.descendants(each))
    above = frozenset(up for each in inside for up in concepts.ancestors(each))
    return _widest(iri, within, above, concepts)


def _widest(iri: str, within: frozenset[str], above: frozenset[str], concepts: Concepts) -> set[str]:
    if iri in within:
        return set()
    if iri not in above and not concepts.descendants(iri) & within:
        return {iri}
    children = (each for each in concepts.descendants(iri) if iri in concepts[each].parents)
    return {found for each in children for found in _widest(each, within, above, concepts)}


def exempted(fact: Fact) -> tuple[Exemption, ...]:
    """Return what is excepted from a fact: by words, by examples, or as nothing that it can be about."""
    others = fact.examples or never_for(fact) or (fact.exceptions if "agent" in fact.modifiers else ())
    if others:
        return (Exemption(frozenset(others), AllOf(())),)
    return exemptions(fact.modifiers.get("exception", ""))


@lru_cache(maxsize=4096)
def exemptions(said: str) -> tuple[Exemption, ...]:
    """Return what the words of an exception except, as far as they are understood.

    Semicolons part what stands for itself. A part with anything that isn't understood excepts nothing here.
    That the last of a list mustn't need a treatment is asked of all before it: it may be meant so. What it
    may be treated with is only its own: nobody asks of vitiligo that it needs hormones.
    """
    return tuple(each for group in said.split(";") for each in _group(group))


def _group(said: str) -> Iterator[Exemption]:
    found: list[tuple[frozenset[str], tuple[_Asked, Window | None] | None]] = []
    for item in (_PERSONS.sub("", each.strip()) for each in _JOINING.split(said)):
        if not item:
            continue
        name, asked = _parted(item)
        iris = _names().get(_plain(name), frozenset())
        if not iris:
            return
        found.append((iris, asked))
    common: tuple[_Asked, Window | None] | None = None
    for iris, asked in reversed(found):
        if asked is None:
            yield Exemption(iris, _condition(common), _unmet(common))
            continue
        common = None if asked[0].has else asked
        yield Exemption(iris, _condition(asked), _unmet(asked))
        if asked[0].also:
            also = frozenset(str(TGC[name]) for name in asked[0].also)
            yield Exemption(also, AllOf((_any_of(asked[0].has), *_condition(asked).operands)))


def _parted(item: str) -> tuple[str, tuple[_Asked, Window | None] | None]:
    """Return a name and what stands behind it and is asked of it, if anything is."""
    for asked in _provisos():
        for pattern in asked.words:
            match = re.search(rf"\s(?:{pattern.pattern})\.?$", item, re.IGNORECASE)
            if match:
                return item[: match.start()], (asked, _window(match))
    return item, None


def _window(match: re.Match[str]) -> Window | None:
    told = match.groupdict()
    if not told.get("amount"):
        return None
    amount = _NUMBERS.get(told["amount"].casefold()) or float(told["amount"])
    return Window(amount, cast(Literal["month", "year"], told["unit"].casefold()), match.group().strip())


def _condition(asked: tuple[_Asked, Window | None] | None) -> AllOf:
    """Return what has to be so: none of what isn't to be needed was given."""
    if asked is None:
        return AllOf(())
    return AllOf(tuple(Not(_treated(name, asked[1])) for name in asked[0].lacks))


def _unmet(asked: tuple[_Asked, Window | None] | None) -> Mapping[str, tuple[Fact, ...]]:
    if asked is None:
        return MappingProxyType({})
    told = asked[0].shown.items()
    return {str(TGC[name]): tuple(_treated(drug, asked[1]) for drug in drugs) for name, drugs in told}


def _any_of(names: Iterable[str]) -> AnyOf:
    return AnyOf(tuple(_treated(name, None) for name in names))


def _treated(name: str, within: Window | None) -> Fact:
    concepts, iri = packaged_concepts(), str(TGC[name])
    category = cast(Category, concepts.category(iri))
    return Fact(iri, concepts.label(iri), category, within=within)


def _plain(name: str) -> str:
    tokens = _WORD.findall(name.casefold().replace("'s ", " ").replace("’s ", " "))
    while tokens and tokens[0] in words().joining:
        tokens.pop(0)
    return " ".join(tokens)


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for form in packaged_concepts().surface_forms():
        name = _plain(form.form)
        found[name] = found.get(name, frozenset()) | {form.iri}
    return found


@lru_cache(maxsize=1)
def _provisos() -> tuple[_Asked, ...]:
    with (product_folder("data") / "records" / "exemptions.toml").open("rb") as file:
        rows: Iterable[dict[str, list[str]]] = tomllib.load(file).values()
    return tuple(
        _Asked(
            tuple(re.compile(each) for each in row["words"]),
            tuple(row["has"]),
            tuple(row["lacks"]),
            tuple(row.get("also", ())),
            cast(Mapping[str, Sequence[str]], row.get("shown", {})),
        )
        for row in rows
    )
