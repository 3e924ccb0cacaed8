"""What stands between a concept and its values ("anemia, defined as Hb < 8"), and goes on behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import tells_stain
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.pieces import TURNING, is_undergone
from trialgraph.criteria.conditions.beside import is_harmless, names_quantity
from trialgraph.criteria.conditions.roles import tells_age
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import Segment, trimmed
from trialgraph.criteria.quantities.fitting import is_wanted, limited_kinds
from trialgraph.expressions import Expression
from trialgraph.namespaces import TGC

__all__ = [
    "follows_definition",
    "heads_limits",
    "links",
    "merge_denied",
    "misleads",
    "part_values",
    "states_value",
    "unread_head",
]

_LINKS = frozenset({
    "with", "by", "as", "a", "on", "of", "to", "based", "and", "having", "at", "defined", "for", "sitting",
    "repeatedly", "sustained", "persistent", "persistently", "consistent", "repeated", "consistently",
    "resting", "-", "classified", "graded", "categorized",
})  # fmt: skip


_WITHOUT = frozenset({
    "without", "unsupported by", "in the absence of", "independent of", "without the use of",
    "without use of", "without support of", "without support from", "without the support of",
    "without the aid of", "not supported by",
})  # fmt: skip
"""What a value is measured without ("platelets ≥ 75 without transfusion or growth factors")."""
_VALUED = frozenset({"value", "limit"})
_LACKED = frozenset({"condition", "lesion", "biomarker", "other"})
_NEOPLASM = str(TGC.Neoplasm)
_SPREAD = str(TGC.MetastaticMalignantNeoplasm)
_INVOLVED = " involvement"
_MISLEADING = frozenset({"condition", "exception", "allowance", "barring", "others", "regardless", "example"})
_FUTURE = frozenset({"if", "until", "use", "because", "since", "due"})
_LEADING = frozenset({"qualifier", "active", "neutral", "historic"})
_ADEQUATE = frozenset({"adequate", "sufficient", "acceptable", "satisfactory"})
_GENERAL = frozenset({"performance", "LifeExpectancy"})
"""What tells of no organ's function."""


def merge_denied(segments: list[Segment], *, exclusion: bool) -> list[Segment]:
    """Put what a value, a tumour or an unknown thing is without into its member: B is no offer beside it.

    Args:
        segments: The members of a list.
        exclusion: Whether the list bars; one more thing that bars may stand behind what a tumour is without.
    """
    merged: list[Segment] = []
    for segment in segments:
        if (
            merged
            and segment.joint in ("or", "and", "and / or", ",")
            and (
                _goes_on(merged[-1], segment)
                or (not exclusion and _is_lacked_too(merged[-1], segment))
                or (not exclusion and _is_denied_of_unknown(merged[-1], segment))
            )
        ):
            _add(merged[-1].chunks, segment.chunks)
        else:
            merged.append(segment)
    return merged


def _add(chunks: list[Chunk], more: Sequence[Chunk]) -> None:
    """Put chunks behind others, within the bracket of an alternative limit that these end in."""
    last = chunks[-1]
    if last.kind == "bracket" and chunks[-2].kind == "value":
        chunks[-1] = replace(last, end=more[-1].end, inner=(*last.inner, *more))
    else:
        chunks.extend(more)


def _goes_on(before: Segment, segment: Segment) -> bool:
    """Whether a member goes on with what the value before it is measured without."""
    value = next((i for i, chunk in enumerate(before.chunks) if chunk.kind == "value"), None)
    behind: Sequence[Chunk] = before.chunks[value + 1 :] if value is not None else []
    behind = behind[0].inner if len(behind) == 1 and behind[0].kind == "bracket" else behind
    denied = next((i for i, chunk in enumerate(behind) if chunk.form in _WITHOUT), None)
    if denied is None or not any(map(is_undergone, behind[denied:])):
        return False
    plain = all(chunk.kind not in _VALUED and "negation" not in chunk.classes for chunk in segment.chunks)
    named = [chunk for chunk in segment.chunks if is_content(chunk)]
    first = next((chunk for chunk in segment.chunks if not chunk.classes & {"other", "neutral"}), None)
    return plain and first is not None and is_undergone(first) and all(map(is_undergone, named))


def _is_lacked_too(before: Segment, segment: Segment) -> bool:
    """Whether a member is one more of what the tumour before it is without ("NSCLC without A or B")."""
    place = next((i for i, chunk in enumerate(before.chunks) if chunk.form == "without"), 0)
    head = [chunk.term for chunk in before.chunks[:place] if chunk.term is not None]
    lacked = [chunk for chunk in before.chunks[place:] if is_content(chunk)]
    named = [chunk for chunk in segment.chunks if is_content(chunk)]
    if segment.joint != "or" or segment.after_comma or not (head and lacked and named):
        return False
    opening = segment.chunks[: segment.chunks.index(named[0])]
    plain = all(chunk.classes & _LEADING for chunk in opening)
    return plain and head[-1].is_a(_NEOPLASM) and all(map(_may_be_lacked, [*lacked, *named]))


def _is_denied_of_unknown(before: Segment, segment: Segment) -> bool:
    """Whether a member is one more thing that words deny of what isn't known ("ECG without A or B")."""
    place = next((i for i, chunk in enumerate(before.chunks) if "negation" in chunk.classes), 0)
    subject, denied = before.chunks[:place], before.chunks[place:]
    named = [chunk for chunk in segment.chunks if is_content(chunk)]
    if segment.joint not in ("or", "and") or segment.after_comma or not named:
        return False
    unknown = any(chunk.kind == "word" and not chunk.classes for chunk in subject)
    if not unknown or any(map(is_content, subject)) or not any(map(is_content, denied)):
        return False
    opening = segment.chunks[: segment.chunks.index(named[0])]
    plain = all(chunk.kind == "word" and bool(chunk.classes & _LEADING) for chunk in opening)
    return plain and all(map(_may_be_lacked, [*filter(is_content, denied), *named]))


def _may_be_lacked(chunk: Chunk) -> bool:
    """Whether a chunk names what a tumour may be without, not another tumour."""
    term = chunk.term
    if term is None or term.category not in _LACKED:
        return False
    return term.is_a(_SPREAD) or not term.is_a(_NEOPLASM) or term.label.endswith(_INVOLVED)


def part_values(
    text: Text, chunks: list[Chunk], concept: int
) -> tuple[list[Chunk], list[Chunk], bool] | None:
    """Part a concept from the values behind it ("hypertension with systolic pressure ≥ 160 or …").

    Returns:
        The chunks of the concept; those of its values; whether the values are what those who are let in must
        have. None where no value is linked to the concept.
    """
    value = next((i for i, chunk in enumerate(chunks) if i > concept and states_value(chunk)), None)
    if value is None or any(chunk.classes & TURNING for chunk in chunks[concept + 1 : value]):
        return None
    opening = value
    while opening > concept + 1 and (links(chunks[opening - 1]) or follows_definition(chunks, opening - 1)):
        opening -= 1
    bracket = chunks[value].kind == "bracket"
    scaled = _names_scale(chunks[:concept], chunks[value])
    if opening == value and not bracket and not scaled:
        return None
    told = tells_stain(chunks[concept], chunks[value]) or _defined_by_list(chunks[concept + 1 : value])
    if bracket and told:
        return None
    if text.exclusion and bracket and any("allowance" in chunk.classes for chunk in chunks[value].inner):
        return None
    tail = trimmed([*(chunks[value].inner if bracket else (chunks[value],)), *chunks[value + 1 :]])
    if bracket and value + 1 < len(chunks):
        tail = trimmed(list(chunks[value].inner))
    while tail and (links(tail[0]) or tail[0].kind == "sign"):
        tail.pop(0)
    kept = [chunk for chunk in chunks[:opening] if not (scaled and links(chunk) and chunk.kind != "word")]
    kept += chunks[value + 1 :] if bracket else []
    asking = text.exclusion and bracket and _asks_for_values(text, chunks[value])
    return (kept, tail, asking) if tail else None


def _defined_by_list(chunks: Sequence[Chunk]) -> bool:
    """Whether a list tells what a concept is, so that a limit in it is one member's ("i.e. A, B (≥ 3)")."""
    at = next((i for i, chunk in enumerate(chunks) if "definition" in chunk.classes), len(chunks))
    return any(chunk.form == "," for chunk in chunks[at + 2 :]) and any(map(is_content, chunks[at:]))


def misleads(chunks: Sequence[Chunk]) -> bool:
    """Whether words bound a value in a way that isn't read ("if", "except", "regardless of")."""
    return any(chunk.classes & _MISLEADING or chunk.form in _FUTURE for chunk in chunks)


def unread_head(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Return the words of what values are of, unless they turn the values' meaning."""
    turning = any(chunk.classes & TURNING for chunk in chunks)
    return (
        None
        if turning or misleads(chunks) or not chunks
        else narrative(text, chunks[0].start, chunks[-1].end)
    )


def _asks_for_values(text: Text, bracket: Chunk) -> bool:
    """Whether a bracket tells what the values of those have to be who are let in ("(CD4 must be ≥ 200)")."""
    return text.lowered[bracket.start : bracket.end].count(" must ") > 0


def follows_definition(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether a sign is the comma behind "i.e."."""
    return chunks[at].kind == "sign" and "definition" in chunks[at - 1].classes


def states_value(chunk: Chunk) -> bool:
    """Whether a chunk is a value, or a bracket that starts with one; an age tells when something began."""
    if chunk.kind == "bracket":
        first = next((each for each in chunk.inner if not links(each) and each.kind != "sign"), None)
        return first is not None and first.kind == "value" and not tells_age(first)
    return chunk.kind == "value" and not tells_age(chunk)


def _names_scale(before: Sequence[Chunk], chunk: Chunk) -> bool:
    """Whether the scale of a value stands before the disease that it grades ("NYHA heart failure > II")."""
    value = next((each for each in (chunk, *chunk.inner) if each.value is not None), None)
    terms = value.value.terms if value is not None and value.value is not None else ()
    return any(names_quantity(each) and each.term in terms for each in before)


def links(chunk: Chunk) -> bool:
    """Whether a chunk only leads from a concept to its values ("defined as blood pressure (BP) of")."""
    leading = {"definition", "neutral", "qualifier", "active", "label", "value_tail"}
    if chunk.kind == "bracket":
        return bool(chunk.inner) and all(map(names_quantity, chunk.inner))
    named = chunk.kind == "word" and (bool(chunk.classes & leading) or chunk.form in _LINKS)
    return named or names_quantity(chunk)


def heads_limits(segments: Sequence[Segment]) -> bool:
    """Whether a list starts with what its limits tell ("adequate renal function, with creatinine ≤ 1.5")."""
    head = segments[0]
    named = (
        len(segments) > 1
        and head.expression is None
        and any(chunk.form in _ADEQUATE for chunk in head.chunks)
    )
    plain = all(is_harmless(chunk, "label", "persons") for chunk in head.chunks)
    if not named or not plain or segments[1].joint != ",":
        return False
    return is_wanted(segments[1].expression) and not limited_kinds(segments[1].expression) & _GENERAL
