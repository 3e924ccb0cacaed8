"""Exceptions that lift what an expression bars: "unless X", "except Y", "those with Z are eligible"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.conditions.cases import SILENT, read_case
from trialgraph.criteria.conditions.excuses import excused_by
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import all_of, any_of, map_barred, map_facts, only_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms

__all__ = ["except_for", "read_excused_first", "with_exception"]

_SENTENCE = ". "


def read_excused_first(
    text: Text, chunks: Sequence[Chunk], read: Callable[[list[Chunk]], Expression | None]
) -> Expression | None:
    """Read "unless contraindicated, patients must have had A" as A with that exception; None for any other.

    Args:
        text: The text under reading.
        chunks: A statement of it.
        read: Reads what is asked, or bars, behind the comma.
    """
    if chunks[0].form != "unless":
        return None
    asking = next((i for i, chunk in enumerate(chunks) if _asks(chunk)), len(chunks))
    commas = [i for i, chunk in enumerate(chunks[:asking]) if chunk.kind == "sign" and chunk.form == ","]
    behind = trimmed(chunks[commas[-1] + 1 :]) if commas else []
    excused = trimmed(chunks[1 : commas[-1]]) if commas else []
    if not excused or not any(map(is_content, behind)):
        return None
    asked, place = read(behind), (excused[0].start, excused[-1].end)
    if asked is None:
        return None
    return except_for(text, asked, text.text[slice(*place)], place, lifts=True)


def _asks(chunk: Chunk) -> bool:
    """Whether a chunk starts what is asked, rather than going on with who is excused from it."""
    return chunk.kind == "value" or "persons" in chunk.classes


def except_for(
    text: Text, expression: Expression, words: str, place: tuple[int, int], *, lifts: bool = False
) -> Expression:
    """Let an exception lift what an expression bars.

    Facts carry it as a modifier, so that their absence still settles them; words go on with it. A narrative
    exception stands beside anything else, and beside a demand that it `lifts` ("unless …", "… are eligible").
    """
    demanded = lifts and not text.exclusion and not isinstance(expression, Not)
    in_words = not demanded and all(isinstance(atom, Narrative) for atom in atoms(expression))
    if in_words and _SENTENCE not in words:
        return _in_words(text, expression, place[1])
    if not (in_words or demanded or not only_facts(expression)):
        mapped = map_barred if text.exclusion else map_facts
        return mapped(expression, lambda fact: with_exception(fact, words))
    granted = _granted(text, expression, place)
    lifted = granted or narrative(text, *place)
    if not text.exclusion:
        return any_of([expression, lifted])
    if granted is not None and isinstance(expression, AnyOf) and any(map(only_facts, expression.operands)):
        return _last_lifted(text, expression.operands, (granted, words, place))
    return all_of([expression, Not(lifted)])


def _granted(text: Text, limited: Expression, place: tuple[int, int]) -> Expression | None:
    """Return the case and limit that an exception at a place in the text grants, or None."""
    inside = [chunk for chunk in text.chunks if place[0] <= chunk.start and chunk.end <= place[1]]
    return read_case(text, inside, excepted=True) or _lone_value(inside) or excused_by(text, limited, inside)


def _lone_value(chunks: Sequence[Chunk]) -> Expression | None:
    """Return the limit that an exception is and nothing else ("unless clearance is ≥ 60 mL/min")."""
    values = [chunk.expression for chunk in chunks if chunk.kind == "value"]
    rest = [chunk for chunk in chunks if chunk.kind != "value"]
    plain = all(is_harmless(chunk, *SILENT) and "negation" not in chunk.classes for chunk in rest)
    return values[0] if len(values) == 1 and plain else None


def _in_words(text: Text, expression: Expression, end: int) -> Expression:
    """Let the last words of an expression go on up to the end of their exception."""
    match expression:
        case Narrative(span=span):
            return narrative(text, text.normalized.readable(span)[0], end)
        case Not(operand):
            return Not(_in_words(text, operand, end))
        case AllOf(operands):
            return all_of([*operands[:-1], _in_words(text, operands[-1], end)])
        case AnyOf(operands):
            return any_of([*operands[:-1], _in_words(text, operands[-1], end)])
        case _:
            return expression


def _last_lifted(
    text: Text, barred: Sequence[Expression], exception: tuple[Expression, str, tuple[int, int]]
) -> Expression:
    """Let an exception behind a list of facts and limits lift the last; of the others it is told in words.

    "Angina, NYHA class III heart failure, or heart block unless paced": who is paced isn't free of angina.
    A kind of the last is excepted from that alone ("arrhythmia except atrial fibrillation").
    """
    lifted, words, place = exception
    if _is_kind_of(text, lifted, barred[-1]):
        return any_of([*barred[:-1], map_facts(barred[-1], lambda fact: with_exception(fact, words))])
    doubt = Not(narrative(text, *place))
    told = [
        map_facts(each, lambda fact: with_exception(fact, words)) if only_facts(each)
        else all_of([each, Not(lifted) if each is barred[-1] else doubt])
        for each in barred
    ]  # fmt: skip
    return any_of(told)


def _is_kind_of(text: Text, excepted: Expression, barred: Expression) -> bool:
    if not isinstance(barred, Fact):
        return False
    known = [text.vocabulary.by_iri.get(getattr(atom, "concept", "")) for atom in atoms(excepted)]
    return all(term is not None and barred.concept in term.ancestors for term in known)


def with_exception(fact: Fact, words: str) -> Fact:
    """Return a fact with one more exception."""
    known = fact.modifiers.get("exception")
    return replace(fact, modifiers={**fact.modifiers, "exception": f"{known}; {words}" if known else words})
