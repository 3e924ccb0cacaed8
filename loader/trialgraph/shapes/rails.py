"""What a screening view must contain for an expression to be proved, and for it to be disproved.

Proof and disproof are compiled together through the tree: the proof of NOT is the disproof of its
operand, the proof of AND is the AND of proofs, its disproof the OR of disproofs. The pair is
Kleene's logic, exactly (design, section 8).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from trialgraph.contraries import contrary
from trialgraph.evaluation import asks_history, fact_key, is_qualified
from trialgraph.exemptions import ruled_out_by
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Expression,
    Fact,
    Limit,
    Narrative,
    Not,
    Value,
    Window,
    judged_operands,
)
from trialgraph.instances import showing_instances
from trialgraph.malignancies import excluded_by, shown_by
from trialgraph.narrowed import narrowed_key

__all__ = ["Bound", "Condition", "Every", "Never", "Shows", "Some", "disproof", "proof", "reads"]

Facet = Literal["minInclusive", "minExclusive", "maxInclusive", "maxExclusive"]
List = Literal["has", "hasActive", "lacks", "lacksActive", "hasResultOf", "hasStill"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of the view lies on one side of a limit: ``<key>-<end> <facet> <number>``."""

    key: str
    end: str
    facet: Facet
    number: float


@dataclass(frozen=True, slots=True)
class Shows:
    """The view lists a concept, for instance among what it has or lacks."""

    list: List
    key: str


@dataclass(frozen=True, slots=True)
class Every:
    """All conditions are met."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one condition is met."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Never:
    """No view meets this: the words take a person."""


Condition: TypeAlias = Bound | Shows | Every | Some | Never


def proof(expression: Expression) -> Condition:
    """Return the condition under which a view proves an expression."""
    match expression:
        case AllOf():
            return _every(*map(proof, judged_operands(expression)))
        case AnyOf():
            return _some(*map(proof, judged_operands(expression)))
        case Not(operand):
            return disproof(operand)
        case Value():
            return _every(_inside(_path(expression), expression.limit), _recent(expression))
        case Fact() if expression.is_mention:
            return Never()
        case Fact() if expression.count or expression.size:
            return _lesions_inside(expression)
        case Fact():
            return _present(expression)
        case Narrative():
            return Never()


def disproof(expression: Expression) -> Condition:
    """Return the condition under which a view disproves an expression."""
    match expression:
        case AllOf():
            return _some(*map(disproof, judged_operands(expression)))
        case AnyOf():
            return _every(*map(disproof, judged_operands(expression)))
        case Not(operand):
            return proof(operand)
        case Value():
            return _every(_outside(_path(expression), expression.limit), _recent(expression))
        case Fact() if expression.is_mention:
            return Never()
        case Fact() if expression.count or expression.size:
            return _lesions_outside(expression)
        case Fact():
            return _absent(expression)
        case Narrative():
            return Never()


def reads(condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield what a condition reads of a view: keys, each with the end or the list that is looked at."""
    match condition:
        case Every(conditions) | Some(conditions):
            for each in conditions:
                yield from reads(each)
        case Bound(key, end):
            yield key, end
        case Shows(list_name, key):
            yield key, list_name


def _every(*conditions: Condition) -> Condition:
    flat = [part for c in conditions for part in (c.conditions if isinstance(c, Every) else (c,))]
    if any(isinstance(part, Never) for part in flat):
        return Never()
    return flat[0] if len(flat) == 1 else Every(tuple(dict.fromkeys(flat)))


def _some(*conditions: Condition) -> Condition:
    flat = [part for c in conditions for part in (c.conditions if isinstance(c, Some) else (c,))]
    possible = tuple(dict.fromkeys(part for part in flat if not isinstance(part, Never)))
    if not possible:
        return Never()
    return possible[0] if len(possible) == 1 else Some(possible)


def _path(atom: Value) -> str:
    suffix = {None: "", "ULN": "-timesULN", "LLN": "-timesLLN", "baseline": "-timesBaseline"}
    return atom.concept + suffix[atom.relative_to]


def _recent(atom: Value) -> Condition:
    return _inside_window(atom.concept, atom.within)


def _at_least(path: str, number: float, *, inclusive: bool) -> Condition:
    """At least (or more than) a number, whatever end of its interval is open."""
    if inclusive:
        return Bound(path, "low", "minInclusive", number)
    return Some((Bound(path, "low", "minExclusive", number), Bound(path, "above", "minInclusive", number)))


def _at_most(path: str, number: float, *, inclusive: bool) -> Condition:
    """At most (or less than) a number, whatever end of its interval is open."""
    if inclusive:
        return Bound(path, "high", "maxInclusive", number)
    return Some((Bound(path, "high", "maxExclusive", number), Bound(path, "below", "maxInclusive", number)))


def _inside(path: str, limit: Limit) -> Condition:
    sides: list[Condition] = []
    if limit.low is not None:
        sides.append(_at_least(path, limit.low, inclusive=limit.low_inclusive))
    if limit.high is not None:
        sides.append(_at_most(path, limit.high, inclusive=limit.high_inclusive))
    return _every(Shows("hasResultOf", path), *sides) if not sides else _every(*sides)


def _outside(path: str, limit: Limit) -> Condition:
    sides: list[Condition] = []
    if limit.low is not None:
        sides.append(_at_most(path, limit.low, inclusive=not limit.low_inclusive))
    if limit.high is not None:
        sides.append(_at_least(path, limit.high, inclusive=not limit.high_inclusive))
    return _some(*sides)


def _window(window: Window) -> tuple[str, float]:
    amount = window.amount or 0
    if window.unit in ("month", "year"):
        return "months", amount * (12 if window.unit == "year" else 1)
    return "days", amount * (7 if window.unit == "week" else 1)


def _inside_window(key: str, window: Window | None) -> Condition:
    if window is None or window.amount is None:
        return Every(())
    unit, amount = _window(window)
    return Bound(key, f"{unit}AgoMax", "maxInclusive", amount)


def _outside_window(key: str, window: Window | None) -> Condition:
    if window is None or window.amount is None or window.open:
        return Never()
    unit, amount = _window(window)
    return Bound(key, f"{unit}AgoLatest", "minExclusive", amount)


def _is_active(atom: Fact) -> bool:
    return atom.modifiers.get("status") == "active"


def _present(atom: Fact) -> Condition:
    if key := narrowed_key(atom):
        return _every(
            Shows("has" if asks_history(atom) else "hasStill", key), _inside_window(key, atom.within)
        )
    if atom.study is not None:
        return proof(shown_by(atom))
    if instances := showing_instances(atom):
        return _some(*map(_present, instances))
    if is_qualified(atom):
        return Never()
    key = fact_key(atom)
    shown = Shows("hasActive" if _is_active(atom) else "has" if asks_history(atom) else "hasStill", key)
    return _every(shown, _inside_window(key, atom.within))


def _absent(atom: Fact) -> Condition:
    if atom.study and (key := narrowed_key(atom)):
        return _some(Shows("lacks", key), _outside_window(key, atom.within))
    if atom.study is not None:
        return proof(excluded_by(atom))
    key = fact_key(atom)
    # What is over now may still have been active within the window.
    now = _is_active(atom) and atom.within is None
    lacking = Shows("lacksActive" if now else "lacks", key)
    absent = _some(lacking, _outside_window(key, atom.within))
    if (otherwise := contrary(atom)) is not None:
        absent = _some(absent, proof(otherwise))
    if ruled_out_by(atom) is None or not (narrowed := narrowed_key(atom)):
        return absent
    return _some(absent, Shows("lacks", narrowed), _outside_window(narrowed, atom.within))


def _lesion_limits(atom: Fact) -> list[tuple[str, Limit]]:
    limits = [(f"{atom.concept}-count", atom.count), (f"{atom.concept}-size", atom.size)]
    return [(path, limit) for path, limit in limits if limit is not None]


def _lesions_inside(atom: Fact) -> Condition:
    sides = [_within_limit(path, limit, atom) for path, limit in _lesion_limits(atom)]
    return _every(*([] if atom.count else [_present(atom)]), *sides)


def _within_limit(path: str, limit: Limit, atom: Fact) -> Condition:
    """Prove a limit on lesions; of those with a quality that no record shows, only a maximum can be."""
    return Never() if is_qualified(atom) and limit.low is not None else _inside(path, limit)


def _lesions_outside(atom: Fact) -> Condition:
    sides: list[Condition] = [] if atom.count else [_absent(atom)]
    for path, limit in _lesion_limits(atom):
        disprovable = Limit(low=limit.low, low_inclusive=limit.low_inclusive) if is_qualified(atom) else limit
        sides.append(_outside(path, disprovable))
    return _some(*sides)
