"""Sentences that demand nothing of a patient, taken out of what is judged.

"The effects of X on the developing fetus are unknown", "measurable disease is not required", "prior
chemotherapy is allowed", "it is recommended that …": whatever a record shows, such a sentence lets nobody in
and keeps nobody out. Beside what is judged it is left out; a criterion of nothing else stays words that say
so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.statements.undemanding import Place, is_undemanding
from trialgraph.criteria.trees import all_of, any_of, asks_of_some
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Span, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["without_remarks"]

_PAIR = 2
_LABEL = 40
"""How long the name may be that stands before a remark."""
_AGE = str(TGC.Age)
_BEFORE = frozenset(".;:*•([)]\n")
_BEHIND = frozenset(".;*•)]([\n")
_ENDING = frozenset(".;)")
_NEXT = re.compile(r"[\s.;)\]*•-]*(?P<next>\w(?:[^.;]|\.(?=\d))+)")


def without_remarks(text: Text, expression: Expression) -> Expression:
    """Leave the sentences that demand nothing out of an expression; where all do, tell that they do."""
    leaves = list(atoms(expression))
    told = [atom for atom in leaves if isinstance(atom, Narrative)]
    if not told:
        return expression
    asked = [atom.limit.low for atom in leaves if isinstance(atom, Value) and atom.concept == _AGE]
    ages = frozenset(low for low in asked if low is not None)
    remarks = _Remarks(text, ages, tuple(text.normalized.readable(atom.span) for atom in leaves))
    kept = None if isinstance(expression, Narrative) else remarks.kept(expression)
    if kept is not None:
        return kept
    if not all(remarks.is_one(each, "alone") for each in told):
        return expression
    start = min(text.normalized.readable(each.span)[0] for each in told)
    before = text.text[:start].rstrip(" *•-(")
    if any(map(str.isalpha, before)) and not (before.endswith(":") and len(before) <= _LABEL):
        return expression
    end = max(text.normalized.readable(each.span)[1] for each in told)
    return Narrative(text.text[start:end].strip(" ;,.:"), "remark", text.span(start, end))


@dataclass(frozen=True, slots=True)
class _Remarks:
    """The remarks of a text.

    Args:
        text: The text.
        ages: From which ages on it asks for patients.
        places: Where the atoms stand that were read from it.
    """

    text: Text
    ages: frozenset[float]
    places: tuple[Span, ...]

    def kept(self, expression: Expression, *, inside: bool = False) -> Expression | None:
        """Return what is left of an expression without its remarks; None if that is nothing.

        Among alternatives they are left out only where these are all that an exclusion is (not `inside`
        another expression), and of what is asked of some, since one way less to meet a demand asks for more.
        """
        match expression:
            case AllOf(operands):
                place: Place = "excusing" if self.text.exclusion else "beside"
                told = [self.is_one(each, place) for each in operands]
                inside = inside or told.count(False) > 1
                return _joined(expression, self._left(operands, told, inside=inside))
            case AnyOf(operands) if self.text.exclusion and not inside:
                told = [self.is_one(each, "beside") for each in operands]
                return _joined(expression, self._left(operands, told, inside=True))
            case AnyOf(operands) if self._lets_some_in(expression):
                return None
            case AnyOf(operands) if asks_of_some(expression):
                return _joined(expression, [self.kept(each, inside=True) or each for each in operands])
            case _:
                return expression

    def is_one(self, told: Expression, place: Place) -> bool:
        """Whether words that stay words, denied or not, are whole sentences that demand nothing."""
        if isinstance(told, Not):
            told = told.operand
        if not isinstance(told, Narrative):
            return False
        words = self.text.text
        start, end = self.text.normalized.readable(told.span)
        before, behind = words[:start].rstrip(" \t"), words[end:].lstrip(" \t")
        opens = not before or before[-1] in _BEFORE or before.endswith((" -", "\n-")) or words[start] in "(["
        ends = not behind or behind[0] in _BEHIND or words[end - 1] in _ENDING
        if not (opens and ends and is_undemanding(self.text, told.text, place, self.ages)):
            return False
        return not self._goes_on_unread(end)

    def _goes_on_unread(self, end: int) -> bool:
        """Whether nothing was read from the sentence behind, which may bound what is allowed before it."""
        behind = _NEXT.match(self.text.text, end)
        if behind is None or any(
            behind.start("next") < last and first < behind.end() for first, last in self.places
        ):
            return False
        return not is_undemanding(self.text, behind["next"], "beside", self.ages)

    def _left(
        self, operands: Sequence[Expression], told: Sequence[bool], *, inside: bool
    ) -> list[Expression | None]:
        """Return what is left of operands, of which some are remarks themselves."""
        return [
            None if remark else self.kept(each, inside=inside)
            for each, remark in zip(operands, told, strict=True)
        ]

    def _lets_some_in(self, asked: AnyOf) -> bool:
        """Whether what is asked of some is no more than the sentence that names them and lets them in."""
        if not asks_of_some(asked) or len(asked.operands) != _PAIR:
            return False
        some, words = asked.operands
        if not isinstance(words, Narrative):
            return False
        first, last = words.span
        named = [atom for atom in atoms(some) if isinstance(atom, Fact)]
        within = all(first <= fact.span[0] and fact.span[1] <= last for fact in named)
        return bool(named) and within and self.is_one(words, "beside")


def _joined(whole: AllOf | AnyOf, kept: Sequence[Expression | None]) -> Expression | None:
    if all(one is two for one, two in zip(kept, whole.operands, strict=True)):
        return whole
    left = [each for each in kept if each is not None]
    if not left:
        return None
    return all_of(left) if isinstance(whole, AllOf) else any_of(left)
