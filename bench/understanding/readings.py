"""What the product reads in a section, as atoms with their net effect on enrolment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.understanding.leaves import leaves
from trialgraph.criteria import Criterion, read_text
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value, is_judged
from trialgraph.namespaces import TGC

__all__ = ["ReadAtom", "passable", "read_atoms"]


@dataclass(frozen=True, slots=True)
class ReadAtom:
    """An atom that was read.

    Args:
        atom: The atom.
        criterion: Where it is from.
        required: Whether its being true helps enrolment (and its being false may bar).
        decides: Whether enrolment can hang on it alone: with the worse of its two values no
            other atoms' values let the patient pass.
        place: Where its words start within the section.
    """

    atom: Value | Fact
    criterion: Criterion
    required: bool
    decides: bool
    place: int

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concept, and the one that stands for it with the relation to the study disease told apart."""
        related = isinstance(self.atom, Fact) and self.atom.modifiers.get("relation") == "other"
        return (self.atom.concept, str(TGC.OtherMalignantNeoplasm)) if related else (self.atom.concept,)


def read_atoms(text: str, *, judged: bool = False) -> list[ReadAtom]:
    """Return the value and fact atoms of a section, without repetitions inside a criterion.

    Args:
        text: The section.
        judged: Leave out the facts that words which weren't read whole only speak of.
    """
    found: list[ReadAtom] = []
    for criterion in read_text(text):
        seen = set()
        for atom, denied in leaves(criterion.expression):
            if isinstance(atom, Narrative):
                continue
            required = denied != (criterion.kind == "inclusion")
            key = _said(atom, required)
            if key in seen or (judged and not is_judged(atom)):
                continue
            seen.add(key)
            decides = not passable(criterion.expression, atom, not required, criterion.kind == "inclusion")
            place = criterion.span[0] + atom.span[0]
            found.append(ReadAtom(atom, criterion, required, decides, place))
    return found


def _said(atom: Value | Fact, required: bool) -> tuple[object, ...]:  # noqa: FBT001 - part of a key
    if isinstance(atom, Value):
        return atom.concept, atom.limit, atom.unit, atom.relative_to, atom.within, required
    modifiers = tuple(sorted(atom.modifiers.items()))
    return atom.concept, modifiers, atom.count, atom.size, atom.within, required


def passable(expression: Expression, atom: Expression, truth: bool, wanted: bool) -> bool:  # noqa: FBT001
    """Return whether an expression can come out as wanted when one atom is given and all others are free."""

    def can(each: Expression, outcome: bool) -> bool:  # noqa: FBT001
        if each is atom:
            return truth is outcome
        match each:
            case Not(operand):
                return can(operand, not outcome)
            case AllOf(operands) | AnyOf(operands):
                every: Callable[..., bool] = all if isinstance(each, AllOf) is outcome else any
                return every(can(operand, outcome) for operand in operands)
            case _:
                return True

    return can(expression, wanted)
