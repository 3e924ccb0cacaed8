"""Limits that hold in some case only, and asides that leave a limit as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.beside import comes_of_disease, is_harmless
from trialgraph.criteria.conditions.excuses import excused_by
from trialgraph.criteria.conditions.further import other_limit, plainer
from trialgraph.criteria.conditions.occasions import several_occasions
from trialgraph.criteria.conditions.supports import is_support, unsupported
from trialgraph.criteria.conditions.widening import with_limit_for_some
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.language.connectives import CONJUNCTIONS, RESTARTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import Expression, Not, Value

__all__ = ["aside_at", "asks_no_more", "restates", "with_alternative"]

_REFERENCE = re.compile(
    r"[(\[]?\s*(?:the\s+)?(?:i?[ul]ln|normal|upper limit[^()\d]{0,30})\s*(?:[:=]|is|of)\s*\d", re.IGNORECASE
)
_REFERRING = frozenset({"see", "refer", "appendix"})
_ASKING = ("must", "should", "need", *"0123456789")
_SEVERAL = 2
_IN_CASE = frozenset({"for", "in", "with"})
_BEING = frozenset({"is", "are", "will be", "also", "still"})
_TIMES = frozenset({"d", "wk", "mo", "a", "h"})


def with_alternative(
    text: Text, expression: Expression, value: Chunk, chunks: list[Chunk], place: tuple[int, int]
) -> Expression:
    """Join a limit with another that holds in some case ("≤5 × ULN if liver metastases are present")."""
    referring = next((i for i, chunk in enumerate(chunks) if chunk.form in _REFERRING and i > 0), None)
    chunks = plainer(text, chunks[:referring])
    several = _several(text, expression, value, chunks) or _without_either(text, expression, value, chunks)
    if several is not None:
        return several
    limits = [chunk for chunk in chunks if chunk.kind == "limit" and chunk.limit is not None]
    words = [
        chunk
        for chunk in chunks
        if chunk.kind != "limit"
        and not is_harmless(chunk, "condition", "post", "value_tail", "tail", "definition")
    ]
    if _forbids(chunks):
        return all_of([expression, unsupported(text, chunks) or narrative(text, *place)])
    if (
        _gives_examples(chunks)
        or _allows_besides(chunks)
        or _REFERENCE.match(text.text, place[0])
        or asks_no_more(text, *place)
    ):
        return expression
    plain = not any(chunk.kind == "value" for chunk in chunks)
    always = not any(chunk.classes & {"condition", "exception", "allowance"} for chunk in chunks)
    if plain and always and (not limits or _asks_time(chunks, limits)):
        without = unsupported(text, chunks) if words else None
        told = without or (narrative(text, *place) if words else None)
        if without is not None or not limits:
            return expression if told is None else all_of([expression, told])
    other = other_limit(text, value, limits)
    values = [chunk.expression for chunk in chunks if chunk.kind == "value" and chunk.expression is not None]
    if len(values) == 1 and not limits and not [c for c in words if c.kind != "value"]:
        # "Karnofsky ≥ 60 (patients > 16 years) or Lansky ≥ 60 (≤ 16 years)": the age tells the scale.
        return (
            expression if _is_age(values[0]) and not _is_age(expression) else any_of([expression, values[0]])
        )
    if plain and other is None and _asks_time(chunks, limits):
        return all_of([expression, narrative(text, *place)])
    if plain and other is None and is_support(chunks):
        return all_of([expression, narrative(text, *place)])
    if other is None or values:
        lifted = excused_by(text, expression, chunks) or narrative(text, *place)
        return all_of([expression, Not(lifted)]) if text.exclusion else any_of([expression, lifted])
    asked = [chunk for chunk in chunks if chunk is not limits[0]]
    if not words:
        restated = text.text[place[0]] in "([" and all(
            is_harmless(chunk, "value_tail", "tail") for chunk in asked
        )
        return expression if restated else any_of([expression, other.expression])
    case = _case(text, asked)
    if text.exclusion:
        return any_of([all_of([negate(case), expression]), all_of([case, other.expression])])
    return with_limit_for_some(expression, case, other.expression)


def _without_either(
    text: Text, expression: Expression, value: Chunk, chunks: Sequence[Chunk]
) -> Expression | None:
    """Read "≥ 9 g/dL or ≥ 5.6 mmol/L without transfusion", which is one limit in two units."""
    at = next((i for i, chunk in enumerate(chunks) if chunk.kind == "limit"), None)
    if text.exclusion or at is None or any(chunk.form != "or" for chunk in chunks[:at]):
        return None
    if not chunks[at + 1 :] or any(chunk.kind in ("value", "limit") for chunk in chunks[at + 1 :]):
        return None
    other = other_limit(text, value, [chunks[at]])
    two = other.expression if other is not None else None
    without = unsupported(text, chunks[at + 1 :])
    if without is None or not isinstance(expression, Value) or not isinstance(two, Value):
        return None
    if (expression.unit, expression.relative_to) != (two.unit, two.relative_to):
        return all_of([any_of([expression, two]), without])
    return all_of([expression, without]) if expression.limit == two.limit else None


def _several(text: Text, expression: Expression, value: Chunk, chunks: Sequence[Chunk]) -> Expression | None:
    """Read "≤ 3 × ULN with A and ≤ 2 × ULN for patients with B": each further limit holds in a case."""
    places = [i for i, chunk in enumerate(chunks) if chunk.kind == "limit"]
    if len(places) < _SEVERAL or any(chunk.kind == "value" for chunk in chunks):
        return None
    if any(
        not is_harmless(chunk, "exception", "label") and chunk.form != "or" for chunk in chunks[: places[0]]
    ):
        return None
    options = []
    for first, end in zip(places, [*places[1:], len(chunks)], strict=True):
        case = [*chunks[first + 1 : end]]
        while case and (case[-1].form in CONJUNCTIONS or case[-1].kind == "sign"):
            case.pop()
        other = other_limit(text, value, [chunks[first]])
        opened = case and ("condition" in case[0].classes or case[0].form in _IN_CASE)
        if other is None or not opened:
            return None
        options.append((_case(text, case), other.expression))
    wider = [all_of(option) for option in options]
    if not text.exclusion:
        return any_of([expression, *wider])
    return any_of([all_of([negate(any_of([case for case, _ in options])), expression]), *wider])


def restates(expression: Expression, remark: Chunk) -> bool:
    """Whether a bracket only says the same limit again ("score of 5 or 6 (i.e., Child-Pugh A)")."""
    silent = {"definition", "label", "neutral"}
    inner = [c for c in remark.inner if c.kind != "sign" and not (c.kind == "word" and c.classes & silent)]
    again = inner[0].expression if len(inner) == 1 and inner[0].kind == "value" else None
    if not isinstance(expression, Value) or not isinstance(again, Value):
        return False
    return replace(again, span=expression.span, within=expression.within) == expression


def _gives_examples(chunks: Sequence[Chunk]) -> bool:
    """Whether a bracket only names examples of what is counted ("(e.g. chemotherapy, immunotherapy)")."""
    plain = all(each.kind in ("concept", "word", "sign") for each in chunks)
    asking = {"negation", "condition", "exception"}
    return plain and "example" in chunks[0].classes and not any(each.classes & asking for each in chunks)


def asks_no_more(text: Text, start: int, end: int) -> bool:
    """Whether words about a value add nothing to it ("may receive transfusions")."""
    words = text.text[start:end].strip("()[] -–")
    found = text.search(lexicon().idle, words)
    return found is not None and found.start() == 0


def _asks_time(chunks: Sequence[Chunk], limits: Sequence[Chunk]) -> bool:
    """Whether a bracket only asks how long something has been so ("unsupported for 14 days")."""
    timed = bool(limits) and all(c.limit and c.limit.unit and c.limit.unit.ucum in _TIMES for c in limits)
    either = any(c.classes & {"condition", "exception", "allowance"} or c.form == "or" for c in chunks)
    return timed and not either


def _is_age(expression: Expression) -> bool:
    return isinstance(expression, Value) and expression.concept.endswith("/Age")


def _forbids(chunks: Sequence[Chunk]) -> bool:
    """Whether a bracket says that something beside the limit isn't allowed ("no transfusion allowed")."""
    allowed = next((i for i, chunk in enumerate(chunks) if "allowance" in chunk.classes), 0)
    return any(chunk.form == "no" for chunk in chunks[:allowed]) and any(map(is_content, chunks[:allowed]))


def _allows_besides(chunks: Sequence[Chunk]) -> bool:
    """Whether a bracket allows something that has nothing to do with the limit ("transfusion allowed")."""
    allowed = any("allowance" in chunk.classes for chunk in chunks)
    about = any(
        chunk.kind in ("value", "limit")
        or (chunk.term is not None and chunk.term.quantity)
        or chunk.form in RESTARTS
        or bool(chunk.classes & {"condition", "exception"})
        or chunk.form.startswith(_ASKING)
        for chunk in chunks
    )
    return allowed and not about


def aside_at(chunks: Sequence[Chunk]) -> int | None:
    """Return where ", transfusion allowed" behind a value starts, which leaves the value as it is."""
    signs = [i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form in (",", ":", ";")]
    for at in signs:
        head, tail = chunks[:at], chunks[at + 1 :]
        valued = any(chunk.kind == "value" for chunk in head)
        lifting = any(chunk.term is not None and chunk.term.category == "condition" for chunk in tail)
        lifting = lifting or _names_patients(head) or _is_verdict(head, tail)
        if valued and not lifting and _allows_besides(tail) and not _mentions_allowance(head):
            return at
    return None


def _is_verdict(head: Sequence[Chunk], tail: Sequence[Chunk]) -> bool:
    """Whether words behind a comma only let in the diseases before it ("A, such as B, are not excluded")."""
    plain = all(chunk.form in _BEING or "allowance" in chunk.classes for chunk in tail)
    return plain and any(chunk.term is not None and chunk.term.category == "condition" for chunk in head)


def _names_patients(chunks: Sequence[Chunk]) -> bool:
    """Whether words name patients with a disease, of whom all that follows is said ("patients with HIV")."""
    people = bool(chunks) and (chunks[0].form in RESTARTS or "persons" in chunks[0].classes)
    return people and any(chunk.term is not None and chunk.term.category == "condition" for chunk in chunks)


def _mentions_allowance(chunks: Sequence[Chunk]) -> bool:
    return any("allowance" in chunk.classes for chunk in chunks)


def _case(text: Text, chunks: list[Chunk]) -> Expression:
    """Return in which case an alternative limit holds: a fact when it is plainly one, else its words."""
    content = [chunk for chunk in chunks if is_content(chunk)]
    others = [
        c
        for c in chunks
        if not is_content(c)
        and not is_harmless(c, "condition", "post", "tail", "value_tail", "confirmation", "confirmed")
    ]
    denials = sum("negation" in chunk.classes for chunk in chunks)
    if comes_of_disease(text, chunks):
        return narrative(text, min(chunk.start for chunk in chunks), max(chunk.end for chunk in chunks))
    if len(content) == 1 and content[0].kind == "concept" and not others and denials < 2:
        reading = read_fact(text, content)
        if reading is not None:
            return negate(reading.expression) if denials else reading.expression
    if (either := several_occasions(text, chunks)) is not None:
        return either
    start, end = min(chunk.start for chunk in chunks), max(chunk.end for chunk in chunks)
    return narrative(text, start, end)
