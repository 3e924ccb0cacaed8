"""Facts told in the words that narrow another fact: "solid tumor with measurable disease".

Who has a solid tumor with measurable disease has both, and who lacks either isn't meant. So the second is
a fact beside the first wherever its words read as one by themselves. What is a cause, a purpose or a
place of the first ("due to", "for", "requiring") stays in its words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.viruses import INFECTIONS
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.progressions import has_gone_on, past_treatments, where_treated
from trialgraph.criteria.language.connectives import OR
from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.criteria.trees import all_of, any_of, is_formal, map_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms
from trialgraph.namespaces import TGC

__all__ = ["with_companions"]

_HAVING = frozenset({"with", "with a", "with documented", "having", "harboring", "harbouring", "bearing",
                     "carrying", "expressing", "presenting with", "that harbor"})  # fmt: skip
_LACKING = frozenset({"without"})
_PERSONS = frozenset({"who", "patient who", "subject who", "participant who"})
_THINGS = frozenset({"that", "which", "that is"})
_STAYING = frozenset({"on", "receiving", "taking"})
_TREATED = frozenset({"treated with", "previously treated with"})
_ENTAILING = frozenset({"associated with", "resulting in", "resulting"})
"""Words behind a disease that tell what comes with it; of the two together they say more than of each."""
_FOLLOWED = frozenset({"followed by", "followed"})
"""Words behind the result of a test for another test's ("anti-HBc followed by a negative DNA test")."""
_OPENING = _ENTAILING | _FOLLOWED | _HAVING | _LACKING | _PERSONS | _THINGS | _STAYING | _TREATED
_HEADS = frozenset({"condition", "lesion", "biomarker"})
_HAD = frozenset({"condition", "lesion", "biomarker", "other"})
_PAST = ("prior", "previous", "any prior", "any previous")
_EITHER = OR | {"/"}
_DEFINING = frozenset({"defined as", "defined by", "as defined by", "as defined"})
_FOUND = frozenset({"condition", "biomarker"})
_ALSO = frozenset({"and", "with", "without", "who", "that", "which"})
_POSSIBLE = frozenset({"will", "can", "could", "may", "might", "would", "should", "either"})
_PLACING = frozenset({"of", "in", "from", "at", "per", "by", "according to", "based on"})
_LEADING_AWAY = frozenset({"post", "condition", "exception", "allowance", "definition", "regardless",
                           "example", "unactual", "barring", "negation"})  # fmt: skip
_UNSEEN = frozenset({"unactual", "planned", "condition", "exception", "allowance", "barring", "example",
                     "needing", "definition"})  # fmt: skip
_NO_DEMAND = frozenset({str(TGC.StandardTherapy), str(TGC.Biopsy)})
_JOINT = re.compile(r"\s*(?:,|/|(?:,\s*)?(?:and\s*/\s*)?or\b)\s*(?:prior\s+|previous\s+)?", re.IGNORECASE)
Read = Callable[[Sequence[Chunk]], Expression]


def with_companions(expression: Expression, text: Text, chunks: Sequence[Chunk], read: Read) -> Expression:
    """Return an expression whose facts have those told in their qualifiers beside them.

    Args:
        expression: What a text says.
        text: The text.
        chunks: Its chunks.
        read: Reads a stretch as a statement of its own.
    """
    match expression:
        case AllOf(operands):
            return _joined([with_companions(each, text, chunks, read) for each in operands])
        case AnyOf(operands):
            return _either(_treated(text, [with_companions(each, text, chunks, read) for each in operands]))
        case Not(Fact() as denied) if has_gone_on(denied):
            return expression  # "no progression following chemotherapy"
        case Not(operand):
            return Not(with_companions(operand, text, chunks, read))
        case Fact() if "qualifier" in expression.modifiers and "context" not in expression.modifiers:
            return _parted(expression, text, chunks, read)
        case _:
            return expression


def _joined(operands: Sequence[Expression]) -> Expression:
    """Join with AND what may tell the same companion twice."""
    joined = all_of(operands)
    return all_of(list(dict.fromkeys(joined.operands))) if isinstance(joined, AllOf) else joined


def _treated(text: Text, operands: Sequence[Expression]) -> list[Expression]:
    """Put all that "breast cancer treated with A, B or C" lists beside the disease."""
    kept: list[Expression] = []
    for each in operands:
        before = kept[-1] if kept else None
        ill, given = (
            before.operands if isinstance(before, AllOf) and len(before.operands) == 2 else (None, None)
        )
        last = next(reversed(list(atoms(given))), None) if given is not None else None
        goes_on = (
            isinstance(ill, Fact)
            and ill.category == "condition"
            and isinstance(last, Fact)
            and isinstance(each, Fact)
            and {last.category, each.category} <= GIVEN
            and _goes_on(text, last, each, first=given is last)
        )
        if goes_on and ill is not None and given is not None:
            kept[-1] = all_of([ill, any_of([given, each])])
        else:
            kept.append(each)
    return kept


def _goes_on(text: Text, before: Fact, fact: Fact, *, first: bool) -> bool:
    """Whether a treatment is the next of a list; an "or" behind a comma may start what bars by itself."""
    start, end = text.normalized.readable(before.span)[1], text.normalized.readable(fact.span)[0]
    joint = _JOINT.fullmatch(text.text, start, end) if start < end else None
    apart = text.exclusion and first and joint is not None and joint.group().strip() == ", or"
    return joint is not None and before.within == fact.within and not apart


def _either(operands: Sequence[Expression]) -> Expression:
    """Join with OR; what all of them tell beside them stands beside the choice."""
    first = operands[0].operands[1:] if isinstance(operands[0], AllOf) else ()
    shared = [
        each for each in first if all(isinstance(o, AllOf) and each in o.operands for o in operands[1:])
    ]
    if not shared:
        return any_of(operands)
    bare = [all_of([each for each in o.operands if each not in shared]) for o in operands
            if isinstance(o, AllOf)]  # fmt: skip
    return all_of([any_of(bare), *shared])


def _parted(fact: Fact, text: Text, chunks: Sequence[Chunk], read: Read) -> Expression:
    """Part the words that narrow a fact into those and the facts told in them."""
    term = text.vocabulary.by_iri.get(fact.concept)
    if term is not None and fact.category == "treatment":
        return _with_effect(fact, term, text, chunks, read)
    if term is None or (fact.category not in _HEADS and not has_gone_on(fact)):
        return fact
    end = text.normalized.readable(fact.span)[1]
    kept: list[str] = []
    told: list[Expression] = []
    for part in fact.modifiers["qualifier"].split("; "):
        at = text.text.find(part, end)
        inside = _between(chunks, at, at + len(part)) if at >= 0 else []
        found = None if has_gone_on(fact) else _companion(term, inside, read)
        if found is None:
            kept.append(part)
            told += _went_on_under(fact, text, inside, read)
            continue
        place, companion = found
        defined = _defines(inside[place])
        if defined and _marks(term, companion):
            return _in_its_place(fact, companion)
        coincident = text.exclusion and _may_be_apart(companion) and not defined
        coincident = coincident or inside[place].form in _ENTAILING
        words = part if coincident else text.text[at : inside[place].start].strip(" ,")
        kept += [words] if words else []
        under = _goes_on_under(companion)
        told.append(with_companions(companion, text, chunks, read) if under else companion)
        if (
            defined
        ):  # What stands before the disease is defined with it ("unstable liver disease defined by …").
            kept = [words for words in kept if text.text.find(words, end) >= 0]
    if not told:
        return fact
    modifiers = {name: words for name, words in fact.modifiers.items() if name != "qualifier"}
    if kept:
        modifiers["qualifier"] = "; ".join(kept)
    return _joined([replace(fact, modifiers=modifiers), *told])


def _goes_on_under(companion: Expression) -> bool:
    return isinstance(companion, Fact) and has_gone_on(companion) and "qualifier" in companion.modifiers


def _went_on_under(fact: Fact, text: Text, inside: Sequence[Chunk], read: Read) -> list[Expression]:
    """Return the treatments that a disease is told to have gone on under ("progression on nivolumab")."""
    words = text.text[inside[0].start : inside[-1].end] if inside else ""
    place = where_treated(fact, words)
    if place is None:
        return []
    named = [chunk for chunk in inside if chunk.start >= inside[0].start + place]
    either = text.lowered[: inside[0].start].rstrip(" ,").endswith((" or", "/"))
    if not named or either or named[0].start != inside[0].start + place:
        return []
    given = past_treatments(read(named), text, named[0].start, named[-1].end)
    return [given] if given is not None else []


def _marks(infection: Term, companion: Expression) -> bool:
    """Whether all that an infection is defined by are markers of it, which show it."""
    return all(INFECTIONS.get(getattr(each, "concept", "")) == infection.iri for each in atoms(companion))


def _in_its_place(fact: Fact, markers: Expression) -> Expression:
    """Return the markers that an infection is defined by, with what is excepted from it."""
    excepted = {name: words for name, words in fact.modifiers.items() if name == "exception"}
    return map_facts(markers, lambda each: replace(each, modifiers={**each.modifiers, **excepted}))


def _with_effect(fact: Fact, head: Term, text: Text, chunks: Sequence[Chunk], read: Read) -> Expression:
    """Part a treatment that goes on from what shows that it works, whose time is the one behind it.

    "On antiretroviral therapy with undetectable viral load within 6 months".
    """
    words = fact.modifiers["qualifier"]
    place, end = text.normalized.readable(fact.span)
    at = text.text.find(words, end)
    inside = _between(chunks, at, at + len(words)) if at >= 0 and words.startswith("with ") else []
    taken = next((chunk for chunk in reversed(chunks) if chunk.end <= place and chunk.form in _STAYING), None)
    found = _companion(head, inside, read) if taken is not None else None
    if found is None or not isinstance(found[1], Fact) or found[1].category != "biomarker":
        return fact
    kept = {name: told for name, told in fact.modifiers.items() if name != "qualifier"}
    shown = replace(found[1], within=fact.within or found[1].within)
    return all_of([replace(fact, within=None, modifiers={**kept, "status": "active"}), shown])


def _may_be_apart(companion: Expression) -> bool:
    """Whether a patient may have both a disease and this without the one being with the other.

    A bleeding beside a brain metastasis isn't yet a metastasis with hemorrhage, so the words stay.
    """
    return any(
        isinstance(each, Fact) and each.category in ("condition", "other") for each in atoms(companion)
    )


def _between(chunks: Sequence[Chunk], start: int, end: int) -> list[Chunk]:
    """Return the chunks of a stretch that starts and ends with one of them, else none."""
    first = bisect_left(chunks, start, key=lambda chunk: chunk.start)
    last = first
    while last < len(chunks) and chunks[last].end <= end:
        last += 1
    exact = first < last and chunks[first].start == start
    return list(chunks[first:last]) if exact else []


def _companion(head: Term, chunks: Sequence[Chunk], read: Read) -> tuple[int, Expression] | None:
    """Return where the words of a fact beside another start, and that fact."""
    for index, opening in enumerate(chunks):
        if _defines(opening) and (defined := _definition(head, chunks, index, read)) is not None:
            return defined
        if opening.form in _STAYING and any(map(_offers, chunks[max(0, index - 2) : index])):
            return None  # "in either arm or be on anticoagulants"
        if opening.form in _OPENING:
            start = index if opening.form in _LACKING else index + 1
            if _may_stand(head, opening, chunks[start:]):
                told = read(chunks[start:])
                if _is_whole(told, chunks[start:]) and not _denies_part(opening, told):
                    return index, map_facts(told, _ongoing) if opening.form in _STAYING else told
        elif is_content(opening) or (opening.classes & _LEADING_AWAY and opening.form not in _PLACING):
            return None
    return None


def _defines(opening: Chunk) -> bool:
    return opening.form in _DEFINING


def _definition(head: Term, chunks: Sequence[Chunk], at: int, read: Read) -> tuple[int, Expression] | None:
    """Return where a disease is defined by alternatives, and these ("defined by ascites or jaundice")."""
    listed = chunks[at + 1 :]
    plain = not any(
        chunk.form in _ALSO or chunk.kind == "value" or chunk.classes & _UNSEEN for chunk in listed
    )
    if head.category != "condition" or not plain or not _may_stand(head, chunks[at], listed):
        return None
    told = read(listed)
    found = all(isinstance(each, Fact) and each.category in _FOUND for each in atoms(told))
    return (at, told) if found and isinstance(told, Fact | AnyOf) and _is_whole(told, listed) else None


def _offers(chunk: Chunk) -> bool:
    return chunk.form in OR or chunk.form.startswith("or ")


def _may_stand(head: Term, opening: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether a stretch names what is so, of a kind that its first word leads to."""
    at = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), None)
    named = chunks[at].term if at is not None else None
    if at is None or named is None:
        return False
    if named.iri == head.iri or named.iri in head.ancestors or named.iri in _NO_DEMAND:
        return False
    if named.category == "other" and chunks[at + 1 : at + 2] and chunks[at + 1].form == "of":
        return False
    first = 1 if opening.form in _LACKING else 0
    if any(chunk.classes & _UNSEEN or chunk.form in _POSSIBLE | _OPENING for chunk in chunks[first:at]):
        return False
    given = named.category in GIVEN
    if given and opening.form in _THINGS and any(c.kind == "word" and not c.classes for c in chunks[:at]):
        return False  # "that precludes radiotherapy"
    if opening.form in _ENTAILING:
        return head.category == named.category == "condition"
    if opening.form in _FOLLOWED:
        return head.category == named.category == "biomarker"
    if opening.form in _STAYING:
        past = any("historic" in chunk.classes or chunk.form.startswith(_PAST) for chunk in chunks[:at])
        return named.category == "treatment" and not past
    if opening.form in _TREATED:
        return named.category in GIVEN
    return named.category in _HAD or (opening.form not in _HAVING | _LACKING and named.category in GIVEN)


def _is_whole(told: Expression, chunks: Sequence[Chunk]) -> bool:
    """Whether alternatives are told as such and of one category, so that none was lost or parted wrongly."""
    if not is_formal(told):
        return False
    at = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), 0)
    joint = next((i for i, chunk in enumerate(chunks) if i > at and chunk.form in _EITHER), len(chunks))
    if not any(is_content(chunk) or chunk.kind == "window" for chunk in chunks[joint:]):
        return True
    kinds = {each.category for each in atoms(told) if isinstance(each, Fact)}
    said = told.operand if isinstance(told, Not) else told
    stroke = chunks[joint].form == "/" and kinds == {"biomarker"} and isinstance(said, AllOf)
    return (isinstance(said, AnyOf) or stroke) and len(kinds) == 1


def _denies_part(opening: Chunk, told: Expression) -> bool:
    """Whether a thing is said not to have been treated, which the patient may well have been."""
    return opening.form in _THINGS and isinstance(told, Not)


def _ongoing(fact: Fact) -> Fact:
    given = fact.category == "treatment"
    return replace(fact, modifiers={"status": "active", **fact.modifiers}) if given else fact
