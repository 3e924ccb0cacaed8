"""What a verdict rests on: from the words of a criterion through its expression to the facts.

Each ground is an atom of the criterion's expression. It says where the atom's words stand, which node
of the trial's graph it is, and what the record shows of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trialgraph.criteria.plain import plain
from trialgraph.evaluation import Finding
from trialgraph.expressions import AllOf, AnyOf, Atom, Expression, Fact, Narrative, Not, Span, atoms
from trialgraph.shapes.eligibility import ScreenableCriterion

__all__ = ["Ground", "grounds"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a record shows of one atom of a criterion.

    Args:
        finding: What the record shows, whether the atom holds, and by which resources.
        node: The atom's node below the criterion's, such as ``expression/2/1``; empty when it is no part
            of the expression (that a criterion is for some patients only).
        asked: The atom as it was read, with the unit of its words.
        span: Where its words stand within the criterion's.
        words: Those words.
    """

    finding: Finding
    node: str
    asked: Atom
    span: Span
    words: str

    @property
    def reading(self) -> str:
        """What is asked, in plain English."""
        return self.asked.text if isinstance(self.asked, Narrative) else plain(self.asked)


def grounds(criterion: ScreenableCriterion, findings: Iterable[Finding]) -> tuple[Ground, ...]:
    """Return the grounds of a criterion's verdict.

    Args:
        criterion: The criterion.
        findings: What decides it, or leaves it open.
    """
    places = {
        _bare(atom): (node, leaf)
        for node, leaf in _leaves(criterion.expression, "expression")
        for atom in atoms(criterion.as_judged(leaf))
    }
    located = ((finding, *places.get(_bare(finding.atom), ("", finding.atom))) for finding in findings)
    return tuple(
        Ground(finding, node, asked, asked.span, criterion.text[slice(*asked.span)])
        for finding, node, asked in located
    )


def _bare(atom: Atom) -> Atom:
    """Return an atom without what only the whole criterion tells of it."""
    return replace(atom, examples=()) if isinstance(atom, Fact) and atom.examples else atom


def _leaves(expression: Expression, node: str) -> Iterator[tuple[str, Atom]]:
    """Yield the atoms of an expression, each with its node's name as the trial's graph has it."""
    match expression:
        case AllOf(operands) | AnyOf(operands):
            for number, operand in enumerate(operands, 1):
                yield from _leaves(operand, f"{node}/{number}")
        case Not(operand):
            yield from _leaves(operand, f"{node}/1")
        case _:
            yield node, expression
