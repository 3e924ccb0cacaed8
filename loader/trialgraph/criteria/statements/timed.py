"""The time that several values share: told behind the last of them, or in a sentence about their tests."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.pieces import Chunk, with_inner
from trialgraph.criteria.conditions.beside import bracketed_window
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import OBTAINED
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.windows import parse_window
from trialgraph.criteria.trees import all_of, dated
from trialgraph.expressions import AllOf, AnyOf, Atom, Expression, Fact, Narrative, Not, Value, Window, atoms

__all__ = ["graded_in_time", "in_shared_time", "in_time_of_tests", "time_of_tests_at_end"]

_LASTING = frozenset({"a", "mo", "{count}", "{score}"})
"""Units of what isn't measured on one day: ages, counts of courses, scores of a disease."""
_STATES = frozenset({"condition", "treatment"})
_TESTED = re.compile(
    r"(?:note:?\s*)?(?:(?:all|each|any)\s+(?:of\s+)?)?(?:the\s+|these\s+|those\s+|this\s+)?(?:(?:above|screening|baseline|following|required"
    r"|eligibility|laboratory|lab|blood|clinical|safety|organ\s+function|pre-?treatment|creatinine|hematolog\w+|chemistry)\s+)*"
    r"(?:tests?|labs?|laborator(?:y|ies)|laboratory\s+(?:tests?|values?|results?)|assessments?|parameters?|values?|results?"
    r"|evaluations?|studies|specimens?|samples?|measurements?)"
    r"(?:\s+(?:above|listed\s+above|used\s+in\s+the\s+calculation|(?:required\s+)?for\s+(?:eligibility|the\s+above)))?\s+"
    r"(?:(?:must|should|need|needs|has|have|are|is|will|to|be|have\s+been|been)\s+)+"
    r"(?:(?:performed|obtained|conducted|done|drawn|completed|collected|taken|measured|met|assessed|documented|from|and"
    r"|processed)\s+)*"
    r"(?=(?:within\s|≤|<|no\s+(?:more|later|greater)\s+than\s))",
    re.IGNORECASE,
)


def in_shared_time(chunks: Sequence[Chunk], read: Expression) -> Expression:
    """Return values of which the last is told a time in that time: "AST and platelets … within 14 days"."""
    windows = [chunk.window.window for chunk in with_inner(chunks) if chunk.window is not None]
    values = [atom for atom in atoms(read) if isinstance(atom, Value)]
    alike = all(isinstance(atom, Value) or _says_something(atom) for atom in atoms(read))
    if len(windows) != 1 or not alike or not values:
        return read
    last = max(values, key=lambda value: value.span[1])
    if last.within != windows[0] or any(value.unit in _LASTING for value in values):
        return read
    return dated(read, windows[0])


def time_of_tests_at_end(chunks: Sequence[Chunk]) -> tuple[Window, list[Chunk]] | None:
    """Return when the values of a statement have to be obtained, and the statement without it.

    "AST ≤ 2 × ULN, or ≤ 5 × ULN with liver metastases (obtained within 14 days)": it ends the statement, and
    nothing stands before it that is done or taken itself.
    """
    last = chunks[-1] if len(chunks) > 1 and chunks[-1].kind == "bracket" else None
    if last is None or not any(each.form in OBTAINED for each in last.inner):
        return None
    window = bracketed_window(last)
    before = chunks[:-1]
    values = [chunk for chunk in before if chunk.kind == "value" and chunk.expression is not None]
    told = [atom for chunk in values if chunk.expression for atom in atoms(chunk.expression)]
    lasting = any(isinstance(atom, Value) and atom.unit in _LASTING for atom in told)
    named = next((chunk for chunk in reversed(before) if is_content(chunk)), None)
    taken = named is not None and named.term is not None and named.term.category not in _STATES
    if window is None or not values or lasting or taken:
        return None
    return window, list(before)


def _says_something(atom: Atom) -> bool:
    """Whether an atom is words, and not the number of another item that a list has run into."""
    return isinstance(atom, Narrative) and any(map(str.isalpha, atom.text))


def in_time_of_tests(read: Expression) -> Expression:
    """Return the values of a criterion in the time that a sentence of it sets for their tests."""
    operands = read.operands if isinstance(read, AllOf) else ()
    for index, each in enumerate(operands):
        window = _time_of_tests(each)
        if window is None:
            continue
        rest = all_of([*operands[:index], *operands[index + 1 :]])
        values = [atom for atom in atoms(rest) if isinstance(atom, Value)]
        if values and not any(value.unit in _LASTING for value in values):
            return dated(rest, window)
    return read


def graded_in_time(expression: Expression) -> Expression:
    """Return classes of a disease in the time of the disease ("heart failure, NYHA III, within 6 months")."""
    match expression:
        case AllOf(operands):
            inner = tuple(map(graded_in_time, operands))
            windows = [
                (each.concept, each.within) for each in inner if isinstance(each, Fact) and each.within
            ]
            return AllOf(tuple(_graded(each, windows) for each in inner))
        case AnyOf(operands):
            return AnyOf(tuple(map(graded_in_time, operands)))
        case Not(operand):
            return Not(graded_in_time(operand))
        case _:
            return expression


def _graded(expression: Expression, windows: Sequence[tuple[str, Window]]) -> Expression:
    scale = wording().scales.get(_name(expression.concept)) if isinstance(expression, Value) else None
    times = [window for concept, window in windows if scale is not None and _name(concept) in scale.grades]
    return dated(expression, times[0]) if len(times) == 1 else expression


def _name(concept: str) -> str:
    return concept.rpartition("/")[2]


def _time_of_tests(expression: Expression) -> Window | None:
    """Return the time in a sentence that tells of nothing else than when tests are done."""
    if not isinstance(expression, Narrative):
        return None
    told = _TESTED.match(expression.text)
    found = parse_window(expression.text, told.end()) if told else None
    return found.window if found is not None and not expression.text[found.end :].strip(" .,;)") else None
