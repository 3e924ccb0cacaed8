"""The atoms of an expression, each with whether the expression denies it."""

from __future__ import annotations

from collections.abc import Iterator

from trialgraph.expressions import AllOf, AnyOf, Atom, Expression, Not

__all__ = ["leaves"]


def leaves(expression: Expression, *, denied: bool = False) -> Iterator[tuple[Atom, bool]]:
    """Yield each atom in reading order, and whether an odd number of denials stand above it.

    Args:
        expression: The tree.
        denied: Whether it stands below a denial itself.
    """
    match expression:
        case AllOf(operands) | AnyOf(operands):
            for each in operands:
                yield from leaves(each, denied=denied)
        case Not(operand):
            yield from leaves(operand, denied=not denied)
        case _:
            yield expression, denied
