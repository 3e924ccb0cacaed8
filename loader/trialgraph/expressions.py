"""The formal reading of a criterion: a tree of ``all_of``, ``any_of``, ``not`` and three atoms.

An expression states what the text says. Whether the criterion includes or excludes is not in the
tree; it negates the tree when the criterion is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from trialgraph.errors import InputError

__all__ = [
    "AllOf",
    "AnyOf",
    "Category",
    "Expression",
    "Fact",
    "Limit",
    "Narrative",
    "NarrativeReason",
    "Not",
    "Reference",
    "Span",
    "Value",
    "Window",
    "atoms",
    "demands_nothing",
    "from_json",
    "is_judged",
    "is_narrative",
    "judged_operands",
    "to_json",
]

Span: TypeAlias = tuple[int, int]
"""Start and end, in characters, within the criterion's verbatim text."""

PLANNED = "-planned"
"""Ends the key of a view for that something is planned."""
Category = Literal[
    "condition",
    "treatment",
    "procedure",
    "biomarker",
    "allergy",
    "reproductive",
    "lesion",
    "demographic",
    "other",
]
Reference = Literal["ULN", "LLN", "baseline"]
NarrativeReason = Literal["judgement", "consent", "remark", "not-formalised"]
CalendarUnit = Literal["day", "week", "month", "year"]

_DAYS: dict[CalendarUnit, float] = {"day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on either side of a number; None leaves that side open.

    Units are those of the node that carries it; a lesion size is in millimetres.
    """

    low: float | None = None
    low_inclusive: bool = True
    high: float | None = None
    high_inclusive: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time before the screening date, in the criterion's own words.

    ``within 6 months`` is Window(6, "month"). Weeks are seven days; months and years are calendar
    arithmetic. An `amount` of None keeps wording whose length isn't stated ("current"). An `open`
    window certainly holds for its amount and may reach further back ("within 4 weeks or 5
    half-lives, whichever is longer").
    """

    amount: float | None
    unit: CalendarUnit
    text: str
    open: bool = False

    @property
    def max_days(self) -> int | None:
        """Nominal length in days (a month is 365.25 / 12 of them), for readers that don't do calendars."""
        return None if self.amount is None else round(self.amount * _DAYS[self.unit])


@dataclass(frozen=True, slots=True)
class Value:
    """A measured quantity lies within a limit.

    Args:
        concept: IRI of the quantity.
        concept_label: Its label, for people.
        limit: Bounds in `unit`; multiples of the reference when `relative_to` is set.
        unit: UCUM code; None for scores and multiples.
        relative_to: ``ULN`` or ``LLN`` of the very result's reference range, or ``baseline``.
        within: How recent the measurement has to be.
        span: Where the criterion says so.
    """

    concept: str
    concept_label: str
    limit: Limit
    unit: str | None = None
    relative_to: Reference | None = None
    within: Window | None = None
    span: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something is true of the patient: a condition, an exposure, a lesion, a biomarker.

    Args:
        concept: IRI of the clinical concept.
        concept_label: Its label, for people.
        category: Kind of record that can show it.
        modifiers: Further demands, such as ``{"status": "active"}``. One that records can't show
            keeps the fact from being proved, never from being disproved.
        count: How many (lesions, organs); None when any will do.
        size: Largest diameter of the lesions, in millimetres.
        within: How recently.
        span: Where the criterion says so.
        exceptions: IRIs of the concepts that the modifier ``exception`` names, when all its words are
            understood: an instance of `concept` that is certainly none of these proves the fact.
        study: Of another malignancy, once it is judged for a trial: IRIs of the trial's own disease,
            none where that isn't known. No part of the reading, so not of the JSON.
        examples: Of a general name, once it is judged: IRIs of the kinds that its examples are about.
        disease: Of a treatment for the study disease, once it is judged: IRIs of that disease.
    """

    concept: str
    concept_label: str
    category: Category
    modifiers: Mapping[str, str] = field(default_factory=dict)
    count: Limit | None = None
    size: Limit | None = None
    within: Window | None = None
    span: Span = (0, 0)
    exceptions: tuple[str, ...] = ()
    study: tuple[str, ...] | None = None
    examples: tuple[str, ...] = ()
    disease: tuple[str, ...] = ()

    @property
    def is_mention(self) -> bool:
        """Whether words that weren't read whole only speak of it, so that it is never judged."""
        return "context" in self.modifiers

    @property
    def is_planned(self) -> bool:
        """Whether it is to be done rather than was done, which only a plan in the record shows."""
        return self.modifiers.get("status") == "planned"

    def __hash__(self) -> int:
        return hash((self.concept, self.span))


@dataclass(frozen=True, slots=True)
class Narrative:
    """Words that stay words: they take a judgement, demand nothing, or could not be formalised."""

    text: str
    reason: NarrativeReason
    span: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every operand holds."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one operand holds."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The operand doesn't hold."""

    operand: Expression


Atom: TypeAlias = Value | Fact | Narrative
Expression: TypeAlias = AllOf | AnyOf | Not | Value | Fact | Narrative


def atoms(expression: Expression) -> Iterator[Atom]:
    """Yield the leaves of an expression, in reading order."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            for operand in operands:
                yield from atoms(operand)
        case Not(operand):
            yield from atoms(operand)
        case _:
            yield expression


def judged_operands(expression: AllOf | AnyOf) -> tuple[Expression, ...]:
    """Return the operands without mentions and remarks, which decide nothing; all if there is no other."""
    kept = tuple(each for each in expression.operands if not _is_spoken_of(each))
    return kept or expression.operands


def _is_spoken_of(expression: Expression) -> bool:
    inner = expression.operand if isinstance(expression, Not) else expression
    if isinstance(inner, Narrative):
        return inner.reason == "remark"
    return isinstance(inner, Fact) and inner.is_mention


def demands_nothing(expression: Expression) -> bool:
    """Return whether an expression has only remarks, which nothing can go against, and what they speak of."""
    leaves = list(atoms(expression))
    told = [atom for atom in leaves if isinstance(atom, Narrative)]
    return bool(told) and not any(
        atom.reason != "remark" if isinstance(atom, Narrative) else is_judged(atom) for atom in leaves
    )


def is_narrative(expression: Expression) -> bool:
    """Return whether nothing of an expression is formal, so that all of it takes a person's judgement."""
    return not any(map(is_judged, atoms(expression))) and not demands_nothing(expression)


def is_judged(atom: Atom) -> bool:
    """Return whether a record may show that an atom holds, or that it doesn't."""
    return isinstance(atom, Value) or (isinstance(atom, Fact) and not atom.is_mention)


def to_json(expression: Expression) -> dict[str, Any]:
    """Return the JSON object of an expression, as the design's section 6 lays it down.

    Example:
        >>> to_json(Narrative("Good compliance", "judgement", (0, 15)))
        {'type': 'narrative', 'text': 'Good compliance', 'reason': 'judgement', 'span': [0, 15]}
    """
    match expression:
        case AllOf(operands):
            return {"type": "all_of", "operands": [to_json(operand) for operand in operands]}
        case AnyOf(operands):
            return {"type": "any_of", "operands": [to_json(operand) for operand in operands]}
        case Not(operand):
            return {"type": "not", "operand": to_json(operand)}
        case Value():
            return {
                "type": "value",
                "concept": expression.concept,
                "concept_label": expression.concept_label,
                **_limit_to_json(expression.limit),
                "unit": expression.unit,
                "relative_to": expression.relative_to,
                "within": _window_to_json(expression.within),
                "span": list(expression.span),
            }
        case Fact():
            return {
                "type": "fact",
                "concept": expression.concept,
                "concept_label": expression.concept_label,
                "category": expression.category,
                "modifiers": dict(expression.modifiers),
                "count": None if expression.count is None else _limit_to_json(expression.count),
                "size": None
                if expression.size is None
                else {**_limit_to_json(expression.size), "unit": "mm"},
                "within": _window_to_json(expression.within),
                "span": list(expression.span),
                **({"exceptions": list(expression.exceptions)} if expression.exceptions else {}),
            }
        case Narrative(text, reason, span):
            return {"type": "narrative", "text": text, "reason": reason, "span": list(span)}


def from_json(data: Mapping[str, Any], *, where: str = "$") -> Expression:
    """Read an expression from its JSON object.

    Args:
        data: An object in the form that `to_json` writes.
        where: JSON path of `data`, for messages.
    Raises:
        InputError: when the object is not an expression; says at which JSON path.
    """
    try:
        return _from_json(data, where)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"not an expression: {error!r}", where=where) from error


def _from_json(data: Mapping[str, Any], where: str) -> Expression:
    match data["type"]:
        case "all_of" | "any_of" as name:
            operands = tuple(
                from_json(operand, where=f"{where}.operands[{position}]")
                for position, operand in enumerate(data["operands"])
            )
            return AllOf(operands) if name == "all_of" else AnyOf(operands)
        case "not":
            return Not(from_json(data["operand"], where=f"{where}.operand"))
        case "value":
            return Value(
                concept=data["concept"],
                concept_label=data["concept_label"],
                limit=_limit_from_json(data),
                unit=data["unit"],
                relative_to=data["relative_to"],
                within=_window_from_json(data["within"]),
                span=_span(data),
            )
        case "fact":
            if data["category"] not in get_args(Category):
                raise ValueError(f"unknown category {data['category']!r}")
            return Fact(
                concept=data["concept"],
                concept_label=data["concept_label"],
                category=data["category"],
                modifiers=dict(data["modifiers"]),
                count=None if data["count"] is None else _limit_from_json(data["count"]),
                size=None if data["size"] is None else _limit_from_json(data["size"]),
                within=_window_from_json(data["within"]),
                span=_span(data),
                exceptions=tuple(data.get("exceptions", ())),
            )
        case "narrative":
            return Narrative(data["text"], data["reason"], _span(data))
        case unknown:
            raise ValueError(f"unknown type {unknown!r}")


def _limit_to_json(limit: Limit) -> dict[str, Any]:
    return {
        "low": limit.low,
        "low_inclusive": limit.low is not None and limit.low_inclusive,
        "high": limit.high,
        "high_inclusive": limit.high is not None and limit.high_inclusive,
    }


def _limit_from_json(data: Mapping[str, Any]) -> Limit:
    return Limit(
        low=data["low"],
        low_inclusive=data["low_inclusive"] or data["low"] is None,
        high=data["high"],
        high_inclusive=data["high_inclusive"] or data["high"] is None,
    )


def _window_to_json(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    told = {"max_days": window.max_days, "text": window.text, "amount": window.amount, "unit": window.unit}
    return {**told, "open": True} if window.open else told


def _window_from_json(data: Mapping[str, Any] | None) -> Window | None:
    if data is None:
        return None
    if "unit" in data:
        return Window(data["amount"], data["unit"], data["text"], data.get("open", False))
    return Window(data["max_days"], "day", data["text"])


def _span(data: Mapping[str, Any]) -> Span:
    start, end = data["span"]
    return start, end
