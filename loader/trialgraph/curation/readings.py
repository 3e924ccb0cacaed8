"""Expressions written by hand: the contract's JSON as YAML, checked against the ontology.

Keys that say nothing may be left out, and a concept of the packaged ontology may be written
``tgc:Hemoglobin``. Everything else is as `expressions.to_json` writes it, and an unknown key is an
error: a misspelt one would silently change what a criterion asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, cast, get_args

from trialgraph.concepts import Concepts
from trialgraph.curation.documents import Place
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    CalendarUnit,
    Category,
    Expression,
    Fact,
    Limit,
    Narrative,
    NarrativeReason,
    Not,
    Reference,
    Span,
    Value,
    Window,
)
from trialgraph.namespaces import TGC
from trialgraph.units import conversion

__all__ = ["read_reading"]

_T = TypeVar("_T")
_BOUNDS = ("low", "low_inclusive", "high", "high_inclusive")
_TYPES = ("all_of", "any_of", "not", "value", "fact", "narrative")


def read_reading(place: Place, whole: Span, concepts: Concepts) -> Expression:
    """Return the expression that a document states at a place.

    Args:
        place: The expression.
        whole: The span of an atom that states none: all of the criterion's words.
        concepts: The concepts that there are.
    Raises:
        InputError: when it is no expression, or names a concept, a category or a unit that doesn't
            fit; says at which line and path.
    """
    return _Reader(whole, concepts).expression(place)


class _Reader:
    def __init__(self, whole: Span, concepts: Concepts) -> None:
        self._whole = whole
        self._concepts = concepts

    def expression(self, place: Place) -> Expression:
        kind = place.members().get("type")
        if kind is None:
            raise place.wrong("'type' is missing", f"use {', '.join(_TYPES)}")
        match kind.words():
            case "all_of" | "any_of" as name:
                below = place.fields(("type", "operands"))["operands"].items()
                operands = tuple(self.expression(each) for each in below)
                return AllOf(operands) if name == "all_of" else AnyOf(operands)
            case "not":
                return Not(self.expression(place.fields(("type", "operand"))["operand"]))
            case "value":
                return self._value(place)
            case "fact":
                return self._fact(place)
            case "narrative":
                return self._narrative(place)
        raise kind.wrong(f"unknown type {kind.words()!r}", f"use {', '.join(_TYPES)}")

    def _value(self, place: Place) -> Value:
        stated = place.fields(
            ("type", "concept"), ("concept_label", *_BOUNDS, "unit", "relative_to", "within", "span")
        )
        iri, label = self._concept(stated)
        if not self._concepts.is_quantity(iri):
            raise stated["concept"].wrong(f"{label} is not a quantity", "write it as a fact")
        unit = _optional(stated, "unit", Place.words)
        relative_to = _optional(stated, "relative_to", lambda it: _one_of(it, get_args(Reference)))
        if relative_to is not None and unit is not None:
            raise stated["unit"].wrong(f"a multiple of {relative_to} has no unit", "leave the unit out")
        if relative_to is None:
            self._check_unit(stated.get("unit", place), iri, unit)
        limit = _limit(place, stated)
        within, span = _optional(stated, "within", _window), self._span(stated)
        return Value(iri, label, limit, unit, cast("Reference | None", relative_to), within, span)

    def _fact(self, place: Place) -> Fact:
        stated = place.fields(
            ("type", "concept", "category"),
            ("concept_label", "modifiers", "count", "size", "within", "span", "exceptions"),
        )
        iri, label = self._concept(stated)
        if self._concepts.is_quantity(iri):
            raise stated["concept"].wrong(f"{label} is a quantity", "write it as a value")
        modifiers = _optional(stated, "modifiers", Place.members) or {}
        return Fact(
            concept=iri,
            concept_label=label,
            category=self._category(stated["category"], iri, label),
            modifiers={name: each.words() for name, each in modifiers.items()},
            count=_optional(stated, "count", lambda it: _limit(it, it.fields((), _BOUNDS))),
            size=_optional(stated, "size", _size),
            within=_optional(stated, "within", _window),
            span=self._span(stated),
            exceptions=tuple(map(self._iri, _optional(stated, "exceptions", Place.items) or ())),
        )

    def _narrative(self, place: Place) -> Narrative:
        stated = place.fields(("type", "text", "reason"), ("span",))
        reason = _one_of(stated["reason"], get_args(NarrativeReason))
        return Narrative(stated["text"].words(), cast(NarrativeReason, reason), self._span(stated))

    def _concept(self, stated: Mapping[str, Place]) -> tuple[str, str]:
        """Return the concept's IRI and label; a label beside it has to be one of its names."""
        written = stated["concept"].words()
        concept = self._concepts[self._iri(stated["concept"])]
        named = _optional(stated, "concept_label", Place.words)
        names = {each.casefold() for each in (concept.label, *concept.synonyms, *concept.abbreviations)}
        if named is not None and named.casefold() not in names:
            what = f"{named!r} is no name of {written}, which is {concept.label!r}"
            raise stated["concept_label"].wrong(what, "correct the concept, or leave the label out")
        return concept.iri, concept.label

    def _iri(self, place: Place) -> str:
        """Return the IRI of a concept, which may be written with a prefix."""
        written = place.words()
        iri = str(TGC) + written.removeprefix("tgc:") if written.startswith("tgc:") else written
        if iri not in self._concepts:
            raise place.wrong(
                f"there is no concept {written}", "concepts are defined in ontology/concepts.ttl"
            )
        return iri

    def _category(self, place: Place, iri: str, label: str) -> Category:
        category, known = _one_of(place, get_args(Category)), self._concepts.category(iri)
        # Conditions such as a metastasis can be counted and measured, too.
        if category != known and (category, known) != ("lesion", "condition"):
            raise place.wrong(f"{label} is of category {known}, not {category}", f"write {known}")
        return cast(Category, category)

    def _check_unit(self, place: Place, iri: str, unit: str | None) -> None:
        concept = self._concepts[iri]
        if concept.unit is None or conversion(unit or "", concept.unit, concept.molar_mass) is not None:
            return
        what = f"{concept.label} can't be in {unit}" if unit else f"{concept.label} needs a unit"
        raise place.wrong(what, f"use a UCUM code that converts to {concept.unit}")

    def _span(self, stated: Mapping[str, Place]) -> Span:
        place = stated.get("span")
        if place is None or place.value is None:
            return self._whole
        numbers = [each.number() for each in place.items()]
        start, end = (int(numbers[0]), int(numbers[-1])) if len(numbers) == 2 else (-1, -1)
        if numbers != [start, end] or not 0 <= start <= end:
            raise place.wrong("a span is a start and an end, in characters of the text")
        # Without the text, only its hash, the length of the text is not known.
        if self._whole[1] and end > self._whole[1]:
            raise place.wrong(f"the criterion's text has only {self._whole[1]} characters")
        return start, end


def _optional(stated: Mapping[str, Place], name: str, read: Callable[[Place], _T]) -> _T | None:
    place = stated.get(name)
    return None if place is None or place.value is None else read(place)


def _one_of(place: Place, known: tuple[str, ...]) -> str:
    word = place.words()
    if word not in known:
        raise place.wrong(f"unknown {place.path.rpartition('.')[2]} {word!r}", f"use {', '.join(known)}")
    return word


def _limit(place: Place, stated: Mapping[str, Place]) -> Limit:
    low, high = _optional(stated, "low", Place.number), _optional(stated, "high", Place.number)
    if low is None and high is None:
        raise place.wrong("a limit needs a low or a high end")
    if low is not None and high is not None and low > high:
        raise place.wrong(f"no number is at least {low:g} and at most {high:g}")
    from_low, to_high = (
        _optional(stated, name, Place.truth) is not False for name in ("low_inclusive", "high_inclusive")
    )
    # An open end has no number to include; the contract's JSON writes false there.
    return Limit(low, low is None or from_low, high, high is None or to_high)


def _size(place: Place) -> Limit:
    stated = place.fields((), (*_BOUNDS, "unit"))
    if _optional(stated, "unit", Place.words) not in (None, "mm"):
        raise stated["unit"].wrong("the size of a lesion is in mm", "convert it")
    return _limit(place, stated)


def _window(place: Place) -> Window:
    stated = place.fields(("text",), ("max_days", "amount", "unit", "open"))
    amount, days = (_optional(stated, name, Place.number) for name in ("amount", "max_days"))
    if (amount or 0) < 0 or (days or 0) < 0:
        raise place.wrong("a window can't be negative")
    words = stated["text"].words()
    if "unit" not in stated:
        if amount is not None:
            raise place.wrong("'unit' is missing", f"use {', '.join(get_args(CalendarUnit))}")
        return Window(days, "day", words)
    unit = cast(CalendarUnit, _one_of(stated["unit"], get_args(CalendarUnit)))
    window = Window(amount, unit, words, _optional(stated, "open", Place.truth) or False)
    if days is not None and window.max_days != days:
        what = f"{days:g} days are not {amount:g} {window.unit}s" if amount is not None else "no amount"
        raise stated["max_days"].wrong(what, "leave max_days out, it follows from amount and unit")
    return window
