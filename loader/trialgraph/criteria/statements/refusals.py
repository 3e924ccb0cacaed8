"""What bars in either kind of list: "patients with X are excluded", "X is not permitted"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.viruses import INFECTIONS
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.conditions.exempting import except_for
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import WHO
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_barred, read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.kinds import lists_sorts, read_instances
from trialgraph.criteria.statements.labels import is_kind_of
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, is_formal, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms, is_judged

_PART = re.compile(
    r"\s*(from\s+(?:the\s+)?(?:study\s+)?(?:arms?|cohorts?|parts?|phase|sub-?stud(?:y|ies))\b[^.;,]*)",
    re.IGNORECASE,
)
"""What some are kept from is a part of the trial only."""
TRIAL = frozenset({"for", "from", "in", "into", "to", "the", "this", "our", "trial", "study", "protocol",
                   "entry", "inclusion", "enrollment", "enrolment", "participation", "participate",
                   "enroll", "enrol", "enter", "join", "protocol therapy"})  # fmt: skip
_REASONS = frozenset({"because", "because of", "as", "since", "due to", "given", "owing to", "in order to",
                      "in view of", "so as to", "for safety reason"})  # fmt: skip
_LIKEWISE = frozenset({"as", "as well as"})
_BEING = frozenset({"is", "are", "were", "was"})
_ALLOWED = frozenset({"allowed", "allowable", "permitted", "acceptable", "accepted", "permissible"})
_COUNTED = frozenset({"limit", "value"})
TURNED = frozenset({"negation", "condition", "exception", "barring"})
_UNFIT = frozenset({"ineligible", "not eligible"})
__all__ = ["TRIAL", "TURNED", "read_refusal", "without_trailing_verb"]


def read_refusal(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read what bars in either kind of list: "… are excluded", "excluded are …"; None without such words."""
    at = next((i for i, chunk in enumerate(chunks) if "barring" in chunk.classes), None)
    if at is None or _is_unfit_for(chunks, at):
        return _denied_leave(text, chunks) if at is None else None
    if (told := _read_excepting(text, chunks, at) or _others_too(text, chunks)) is not None:
        return told
    behind = _without_reason(chunks[at + 1 :])
    if not behind or behind[0].form in ("from", "for this") or _tells_only_when(behind) or _is_trial(behind):
        return _read_barred(text, chunks, at)
    if not any(map(is_content, chunks[:at])) and (not text.exclusion or "condition" in behind[0].classes):
        return _barred_behind(text, chunks, at)
    supposed = not text.exclusion and "condition" in behind[0].classes
    return narrative(text, chunks[0].start, chunks[-1].end) if supposed else None


def _is_unfit_for(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether words say what the patient can't be given ("transplant ineligible"), not who is barred."""
    named = chunks[at - 1].term if at else None
    return chunks[at].form in _UNFIT and named is not None and named.category in GIVEN


def _read_excepting(text: Text, chunks: list[Chunk], at: int) -> Expression | None:
    """Read "patients with X are excluded, unless Y"; None without an exception, or where X isn't read."""
    places = (i for i in range(at + 1, len(chunks) - 1) if "exception" in chunks[i].classes)
    exception = next(places, None)
    if exception is None:
        return None
    barred = read_refusal(text, trimmed(chunks[:exception]))
    if barred is None or not is_formal(barred):
        return None
    place = (chunks[exception + 1].start, chunks[-1].end)
    words = text.text[slice(*place)].strip(" ;,.:")
    return except_for(text, barred, words, place, lifts=chunks[exception].form == "unless")


def _others_too(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "patients with X are excluded, as are patients with Y", which bars both; None for any other."""
    at = next((i for i, chunk in enumerate(chunks[:-1]) if chunk.form in _LIKEWISE), 0)
    if not at or chunks[at + 1].form not in _BEING:
        return None
    first = read_refusal(text, trimmed(chunks[:at]))
    others = read_barred(text, trimmed(chunks[at + 2 :]))
    if first is None or not is_formal(first) or not is_formal(others) or isinstance(others, Not):
        return narrative(text, chunks[0].start, chunks[-1].end)
    barred = others if text.exclusion else negate(alternatives_of(others))
    return any_of([first, barred]) if text.exclusion else all_of([first, barred])


def _without_reason(chunks: list[Chunk]) -> list[Chunk]:
    """Leave out why something bars ("… are ineligible because of possible interactions")."""
    reason = next((i for i, chunk in enumerate(chunks) if chunk.form in _REASONS), len(chunks))
    return trimmed(chunks[:reason])


def _is_trial(chunks: Sequence[Chunk]) -> bool:
    """Whether words behind a refusal only say of what ("… are not eligible for the trial")."""
    return all(chunk.kind == "sign" or chunk.form in TRIAL for chunk in chunks)


def _tells_only_when(chunks: Sequence[Chunk]) -> bool:
    """Whether words behind a refusal only say for what time it holds ("… not permitted within 14 days")."""
    timed = any(chunk.kind == "window" for chunk in chunks[:2])
    return timed and all(chunk.kind in ("window", "sign") or is_harmless(chunk, "tail") for chunk in chunks)


def _read_barred(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "patients with X are excluded", which bars X in either kind of list."""
    whole = narrative(text, chunks[0].start, chunks[-1].end)
    head = without_trailing_verb(chunks[:at])
    if (rest := _behind_label(text, head)) is None:
        return whole
    head = rest[1:] if rest and rest[0].form in WHO else rest
    if not any(is_content(chunk) for chunk in head) or any("exception" in chunk.classes for chunk in head):
        return whole
    if lists_sorts(head):
        return read_instances(text, head) if text.exclusion else whole
    expression = read_barred(text, head)
    of_some = any("condition" in chunk.classes or chunk.form == ":" for chunk in head)
    listed = text.exclusion and isinstance(expression, AnyOf) and not of_some
    if not is_formal(expression) and not (listed and any(map(is_judged, atoms(expression)))):
        return whole
    window = next((chunk.window.window for chunk in chunks[at + 1 :] if chunk.window is not None), None)
    if window is not None:
        expression = map_facts(expression, lambda fact: replace(fact, within=fact.within or window))
    barred = expression if text.exclusion else alternatives_of(expression)
    if (part := _PART.match(text.text, chunks[at].end)) is not None:
        barred = all_of([narrative(text, *part.span(1)), barred])
    return barred if text.exclusion else negate(barred)


def _behind_label(text: Text, head: list[Chunk]) -> list[Chunk] | None:
    """Return what is barred behind a label ("Steroids: patients who take prednisone are …").

    None where the label names what isn't said again ("hepatitis B: patients with active infection …").
    """
    colon = next((i for i, chunk in enumerate(head) if chunk.form == ":"), 0)
    label, rest = head[:colon], trimmed(head[colon + 1 :])
    if not any(map(is_content, label)) or not rest:
        return head
    named = rest[1:] if rest[0].form in WHO else rest
    barred = read_barred(text, named)
    return rest if is_kind_of(text, label, barred) or _are_markers_of(label, barred) else None


def _are_markers_of(label: Sequence[Chunk], barred: Expression) -> bool:
    """Whether all that is barred are markers of infections that a label names ("hepatitis B: HBsAg …")."""
    named = {chunk.term.iri for chunk in label if chunk.term is not None}
    told = [INFECTIONS.get(atom.concept) if isinstance(atom, Fact) else None for atom in atoms(barred)]
    return bool(told) and all(infection in named for infection in told)


def _barred_behind(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "patients will be excluded if they have X", which bars X in either kind of list."""
    rest = trimmed(chunks[at + 1 :])
    while rest and "condition" in rest[0].classes:
        rest = rest[1:]
    read = join_segments(text, read_segments(text, rest), "or") if any(map(is_content, rest)) else None
    if text.exclusion and read is not None and any(map(is_judged, atoms(read))):
        return read
    alternatives = read is not None and is_formal(read) and not isinstance(read, AllOf)
    return (
        negate(read)
        if read is not None and alternatives
        else narrative(text, chunks[0].start, chunks[-1].end)
    )


def _denied_leave(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "no prior A is allowed", which bars A in either kind of list; None for anything else."""
    told = [i for i, chunk in enumerate(chunks) if "allowance" in chunk.classes]
    denies = chunks[0].form == "no" and len(told) == 1 and chunks[told[0]].form in _ALLOWED
    if denies and (excepted := _leave_except(text, chunks, told[0])) is not None:
        return excepted
    if not denies or any(chunk.classes & TURNED or chunk.kind in _COUNTED for chunk in chunks[1:]):
        return None
    before = without_trailing_verb(chunks[1 : told[0]])
    barred = read_barred(text, [*before, *chunks[told[0] + 1 :]]) if any(map(is_content, before)) else None
    if barred is None or not is_formal(barred):
        return None
    return barred if text.exclusion else negate(alternatives_of(barred))


def _leave_except(text: Text, chunks: list[Chunk], at: int) -> Expression | None:
    """Read "no other malignancy is allowed, except for: A, B"; None where nothing is excepted."""
    behind = at + 1 + (at + 1 < len(chunks) and chunks[at + 1].form == ",")
    if behind + 1 >= len(chunks) or "exception" not in chunks[behind].classes:
        return None
    barred = _denied_leave(text, chunks[: at + 1])
    if barred is None:
        return None
    rest = chunks[behind + 1 :]
    while len(rest) > 1 and (rest[0].form in (":", ",") or rest[0].form.endswith("following")):
        rest = rest[1:]
    place = (rest[0].start, rest[-1].end)
    return except_for(text, barred, text.text[slice(*place)].strip(" ;,.:"), place)


def without_trailing_verb(chunks: list[Chunk]) -> list[Chunk]:
    """Return what stands before "are", "will be" and the like at the end of some words."""
    kept = list(chunks)
    while kept and kept[-1].form in ("is", "are", "be", "will be", "should", "must", "may", "will"):
        kept.pop()
    return kept
