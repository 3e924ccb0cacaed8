"""Where a statement is parted into members, and what a phrase within a member takes with it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.clauses import names_others
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.recency import requires_treatment
from trialgraph.criteria.facts.regimens import ends_in_dose
from trialgraph.criteria.language.connectives import FINITE, RESTARTS, VERBS
from trialgraph.criteria.members.anew import (
    DESCRIBING,
    NARROWING,
    RELATIVE,
    bars_anew,
    is_beside_measured,
    names_another,
    supposes,
    takes_all,
)
from trialgraph.criteria.members.besides import names_state, with_limit_beside
from trialgraph.criteria.members.joints import joins_sexes
from trialgraph.criteria.members.matters import is_no_allergen, turns_to_another
from trialgraph.criteria.members.segments import Segment
from trialgraph.expressions import Value
from trialgraph.namespaces import TGC

__all__ = ["part_statement", "stops_treatment"]

_BY = frozenset({"by", "on"})
_GROUNDING = frozenset(
    {"evidenced", "documented", "determined", "demonstrated", "diagnosed", "confirmed", "established",
     "verified", "indicated", "suggested", "supported", "shown", "detected"}
)  # fmt: skip
_LIMITED = frozenset({"value", "limit"})
_COUNTED = frozenset({"value", "lesion", "size"})
_FINDING = frozenset({"history", "history of", "presence of", "known", "evidence of"})
_HISTORIES = (" history", " history of")
_CLAUSES = RELATIVE | {"that", "which", "who", "affecting"}
_AGE = str(TGC.Age)
_SHORTEST_CLAUSE = 2
_SHORTEST_NAME = 3
_OPENING_WORDS = 3
_STOPPED = ("discontinued", "stopped", "withdrawn", "discontinue")
_BEHIND_STAGE = frozenset({",", ";", "or", "and"})
"""What goes on behind a stage that isn't the next member's."""
_SPREAD = re.compile(r"[TNM][0-4Xx]")
"""How letters tell how far a cancer has spread, which are facts of their own."""

_JOINTS = {
    "and / or": "or",
    "as well as": "and",
    "and": "and",
    "or": "or",
    "nor": "or",
    "plus": "and",
    "&": "and",
    ",": ",",
    ";": ";",
    "/": "/",
    ":": ",",
}


def part_statement(
    chunks: Sequence[Chunk], *, barring: bool = False, text: Text | None = None
) -> list[Segment]:
    """Part a statement at its commas and conjunctions; one that bars also where it names others.

    "Patients with A who aren't B and patients with C" are two who are barred. With the text at hand, a
    stage behind a comma stays with its disease.
    """
    segments = [Segment("", [])]
    swallowing = False
    for index, chunk in enumerate(chunks):
        joint = _JOINTS.get(chunk.form) if chunk.kind in ("word", "sign") else None
        current = segments[-1]
        if (
            joint == ","
            and current.chunks
            and index + 1 < len(chunks)
            and ("definition" in chunks[index + 1].classes or _stages_before(text, chunks, index, current))
        ):
            continue
        if (
            joint is None
            or (
                swallowing
                and (not _strong(chunks, index, current) or (barring and supposes(chunks, index, current)))
                and not names_another(chunks, index, current)
                and not (barring and names_others(chunks, index, current.chunks))
                and not (barring and bars_anew(chunks, index, current))
                and not (barring and turns_to_another(chunks, index, current))
            )
            or _slash_inside(chunks, index)
            or joins_sexes(chunks, index)
        ):
            if chunk.kind == "value" and not swallowing and _starts_new_value(current):
                segments = with_limit_beside(segments, chunk, barring=barring)
                continue
            apart = not swallowing or chunk.kind == "value"
            if not barring and apart and _tells_more_of_person(chunks, index, current):
                segments.append(Segment(";", [chunk]))
                swallowing = False
                continue
            current.chunks.append(chunk)
            swallowing = swallowing or _swallows(current, chunk)
            continue
        swallowing = False
        if current.chunks:
            tight, beside = chunk.form == "and / or", _adds(chunks, index, current, barring=barring)
            segments.append(Segment(joint, [], after_comma=joint == ",", tight=tight, beside=beside))
        else:
            current.after_comma = current.after_comma or joint == ","
            current.joint = joint if joint not in (",", ";") or not current.joint else current.joint
            current.tight = current.tight or chunk.form == "and / or"
    return [segment for segment in segments if segment.chunks]


def _stages_before(text: Text | None, chunks: Sequence[Chunk], index: int, segment: Segment) -> bool:
    """Whether a comma leads to the stage or grade of the disease before it ("melanoma, stage III or IV")."""
    told, last = chunks[index + 1], segment.chunks[-1]
    named = segment.chunks[-2:][0] if last.kind == "bracket" else last
    staged = told.form == "stage" and "qualifier" in told.classes
    if text is None or not staged or not is_content(named) or category_of(named) != "condition":
        return False
    behind = chunks[index + 2] if index + 2 < len(chunks) else None
    plain = behind is None or behind.form in _BEHIND_STAGE
    return plain and _SPREAD.search(text.text, told.start, told.end) is None


def _adds(chunks: Sequence[Chunk], index: int, segment: Segment, *, barring: bool) -> bool:
    """Whether "plus" joins what is given together ("prior A plus B and C")."""
    adds = chunks[index].form == "plus" or (segment.beside and chunks[index].form == "and")
    return adds and (barring or all(map(is_content, chunks[index + 1 : index + 2])))


def _slash_inside(chunks: Sequence[Chunk], index: int) -> bool:
    """Whether a slash joins biomarkers or words of one name, not members of a list."""
    if chunks[index].form != "/":
        return False
    before = chunks[index - 1] if index else None
    after = chunks[index + 1] if index + 1 < len(chunks) else None
    if before is None or after is None or not (is_content(before) or is_content(after)):
        return True
    if not is_content(after) and after.end - after.start <= _SHORTEST_NAME:
        letters = after.end - after.start == 1 and before.kind == "concept"
        return not (letters and before.term is not None and before.term.category == "condition")
    return (
        before.kind == after.kind == "concept"
        and before.term is not None
        and before.term.category == "biomarker"
    )


def _starts_new_value(segment: Segment) -> bool:
    """Whether a value follows another without any sign between, as in a list that lost its lines."""
    last = segment.chunks[-1] if segment.chunks else None
    if last is None or last.form == "for" or "condition" in last.classes:
        return False
    return any(each.kind == "value" for each in segment.chunks)


def _tells_more_of_person(chunks: Sequence[Chunk], index: int, segment: Segment) -> bool:
    """Whether "with melanoma" stands behind how old someone is, and so is a demand too, of everyone.

    So is all behind "non-pregnant women", of whom the prefix denies no more.
    """
    if names_state(segment.chunks, chunks[index:]):
        return any(is_content(each) or each.kind == "value" for each in chunks[index:])
    value = segment.chunks[-1].expression if segment.chunks else None
    aged = isinstance(value, Value) and value.concept == _AGE
    if not aged or chunks[index].form != "with":
        return False
    return not any("condition" in chunk.classes for chunk in chunks[index:])


def _swallows(segment: Segment, chunk: Chunk) -> bool:
    """Whether a phrase after a concept takes what follows with it ("requiring X or Y")."""
    opens = _opens_case(chunk)
    narrows = not chunk.classes.isdisjoint(NARROWING) and "tail" not in chunk.classes
    if not opens and not narrows:
        return False
    before = segment.chunks[:-1]
    if not any(is_content(each) and each.kind not in _LIMITED for each in before):
        valued = any(each.kind == "value" for each in before)
        in_case = "condition" in chunk.classes and chunk.classes.isdisjoint(("male", "female"))
        return opens and (valued or (in_case and any(each.kind == "limit" for each in before)))
    return narrows


def _opens_case(chunk: Chunk) -> bool:
    """Whether a word says in whose case a value is asked ("… for patients with A and B")."""
    return chunk.form == "for" or "condition" in chunk.classes


def _strong(chunks: Sequence[Chunk], index: int, segment: Segment) -> bool:
    """Whether a comma or conjunction ends a swallowing phrase: what follows stands on its own."""
    chunk = chunks[index]
    following = list(chunks[index + 1 : index + 9])
    if chunk.form == ";" or takes_all(segment):
        return chunk.form == ";" or is_no_allergen(segment, following)
    if _is_apart(chunk, following, segment):
        return True
    in_case = _is_in_case(segment, chunk, following)
    if in_case or _lists_grounds(segment, chunk):
        return not in_case and _states_anew(following)
    after_comma = chunk.form == ","
    plain = True
    if following and following[0].form in ("or", "and"):
        following = following[1:]
    elif index and chunks[index - 1].form == "," and chunk.form in ("or", "and"):
        after_comma = True
    for each in following:
        if (
            "active" in each.classes
            and each.kind == "word"
            and (after_comma or _goes_on_alike(segment, following))
        ):
            return True
        if _asks_anew(segment, following, each):
            return True
        if is_content(each):
            return _names_anew(segment, each, plain=plain, after_comma=after_comma)
        history = chunk.form == "or" and each.form.endswith(_HISTORIES)
        if history or "negation" in each.classes or each.form in _FINDING:
            return not (chunk.form == "or" and plain and not after_comma and _denies_behind(segment))
        if each.kind not in ("word", "window") or not each.classes & DESCRIBING or each.form in FINITE:
            return False
        plain = plain and bool(each.classes & {"qualifier", "active"})
    return False


def _lasted(segment: Segment, following: Sequence[Chunk]) -> bool:
    """Whether a member ends in how long it went on, before another ("A for at least 4 weeks and have B")."""
    ends = [chunk.form if chunk.kind == "word" else chunk.kind for chunk in segment.chunks[-2:]]
    if ends != ["for", "limit"]:
        return False
    named = next((each for each in following if not each.classes & DESCRIBING), None)
    return named is not None and is_content(named)


def _is_apart(joint: Chunk, following: Sequence[Chunk], segment: Segment) -> bool:
    """Whether what follows tells that a treatment was stopped, or names no treatment that is required."""
    if joint.form in ("and", "or") and is_beside_measured(segment, following):
        return True
    if joint.form == "and":
        return stops_treatment(following) or _lasted(segment, following)
    apart = requires_treatment(segment.chunks, following) or ends_in_dose(segment.chunks, following)
    return joint.form == "or" and apart


def _is_in_case(segment: Segment, joint: Chunk, following: Sequence[Chunk]) -> bool:
    """Whether what is named next belongs to a value's case ("≥ 5 for patients with A and known B")."""
    valued = next((i for i, each in enumerate(segment.chunks) if each.kind in _LIMITED), None)
    if joint.form not in ("and", "or", ",") or valued is None:
        return False
    behind = following[1:] if following and following[0].form in ("and", "or") else following
    named = next((each for each in behind if not each.classes & DESCRIBING), None)
    told = named is not None and named.kind == "concept"
    return named is not None and told and _are_diseases(segment.chunks[valued + 1 :], named)


def _are_diseases(case: Sequence[Chunk], named: Chunk) -> bool:
    """Whether a case is one of diseases, and what is named after it is another."""
    first = next((i for i, each in enumerate(case) if _opens_case(each)), len(case))
    told = [each.term.category for each in (*case[first:], named) if each.kind == "concept" and each.term]
    return len(told) > 1 and set(told) == {"condition"}


def _names_anew(segment: Segment, chunk: Chunk, *, plain: bool, after_comma: bool) -> bool:
    """Whether what is named behind a comma or conjunction is a member of its own."""
    head = next((each.term.category for each in segment.chunks if is_content(each) and each.term), None)
    category = chunk.term.category if chunk.term else None
    if category == "biomarker" == head:
        return True
    if category == head == "condition" and _leaves_open(segment):
        return True
    return after_comma and (
        category == head or not plain or chunk.kind != "concept" or _clause_is_over(segment)
    )


def stops_treatment(chunks: Sequence[Chunk]) -> bool:
    """Whether a clause says that the treatment before it was stopped ("and was discontinued due to X")."""
    verb = next((chunk for chunk in chunks if not chunk.classes & {"neutral"} and chunk.form != "to"), None)
    opens = verb is not None and all(not is_content(each) for each in chunks if each.start < verb.start)
    return verb is not None and opens and verb.form.startswith(_STOPPED)


def _leaves_open(segment: Segment) -> bool:
    """Whether a disease ends in what it may have or not ("CML with or without BCR-ABL1 and AML")."""
    at = next((i for i, chunk in enumerate(segment.chunks) if "regardless" in chunk.classes), None)
    named = [] if at is None else [chunk.term for chunk in segment.chunks[at:] if chunk.term is not None]
    return bool(named) and all(term.category != "condition" for term in named)


def _clause_is_over(segment: Segment) -> bool:
    """Whether a clause that names nothing narrows a member ("X that is likely to affect absorption")."""
    forms = [chunk.form for chunk in segment.chunks]
    at = next((i for i in range(len(forms) - 1, 0, -1) if forms[i] in _CLAUSES), len(forms))
    behind = segment.chunks[at + 1 :]
    plain = not any(is_content(chunk) or chunk.form == "," for chunk in behind)
    return plain and len(behind) >= _SHORTEST_CLAUSE


def _lists_grounds(segment: Segment, joint: Chunk) -> bool:
    """Whether a list goes on of what something rests on ("as evidenced by A, B or the presence of C")."""
    pairs = enumerate(itertools.pairwise(segment.chunks), start=1)
    at = next((i for i, (told, by) in pairs if by.form in _BY and told.form in _GROUNDING), 0)
    at = at or next((i for i, chunk in enumerate(segment.chunks) if chunk.form == "based on"), 0)
    rest = segment.chunks[at:]
    if not at or any(chunk.kind == "window" for chunk in rest):
        return False
    return joint.form != "and" or any(chunk.form == "," for chunk in rest)


def _states_anew(following: Sequence[Chunk]) -> bool:
    """Whether a verb, a person, a denial or a number opens another statement, behind a list or in it."""
    words = [chunk for chunk in following[:_OPENING_WORDS] if chunk.form not in ("or", "and")]
    return any(
        chunk.kind in _COUNTED
        or chunk.form.split(" ")[0] in VERBS
        or chunk.form in RESTARTS
        or "negation" in chunk.classes
        for chunk in words
    )


def _denies_behind(segment: Segment) -> bool:
    """Whether words behind a name deny something, so that "or evidence of X" is denied with it."""
    named = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), len(segment.chunks))
    return any("negation" in chunk.classes for chunk in segment.chunks[named + 1 :])


def _goes_on_alike(segment: Segment, following: Sequence[Chunk]) -> bool:
    """Whether the next concept is of the kind that a segment starts with ("X requiring A or active Y")."""
    named = (chunk.term for chunk in following if is_content(chunk))
    head = next((chunk.term for chunk in segment.chunks if is_content(chunk)), None)
    term = next(named, None)
    return term is None or head is None or term.category == head.category


def _asks_anew(segment: Segment, following: Sequence[Chunk], chunk: Chunk) -> bool:
    """Whether a value behind "… for patients with A" is a demand, or a limit another one, of its own."""
    contents = [each for each in segment.chunks if is_content(each)]
    if chunk.kind not in ("value", "limit") or not contents or contents[0].kind != "value":
        return False
    if (found := chunk.limit) is not None:
        bound = found.stated and (found.unit is not None or found.relative_to is not None)
        return bound and segment.chunks[0].kind == "value" and all(c.kind != "limit" for c in segment.chunks)
    behind = following[list(following).index(chunk) + 1 :][:1]
    return len(contents) == 1 or contents[-1].kind != "value" or any(map(_opens_case, behind))
