"""Where "or" turns a bar to another matter, though the phrase before it would take what follows with it.

"Radiotherapy to the lung or active infection" bars by two things, and so does "allergy to A or surgery
within 4 weeks": an infection is no place, an operation no allergen. What may as well go on with the phrase
stays in it ("systemic therapy for cancer or autoimmune disease").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import DETERMINERS, RESTARTS, VERBS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.anew import DESCRIBING, FORBIDDING, takes_all
from trialgraph.criteria.members.segments import Segment
from trialgraph.namespaces import TGC

__all__ = ["is_no_allergen", "turns_to_another"]

_APART = frozenset({"allergy", "condition", "reproductive", "lesion"})
_TAKING = ("prior", "previous", "receiving", "taking", "use of", "treatment with", "receipt of")
_GIVING = (
    "treatment with",
    "therapy with",
    "use of",
    "receipt of",
    "administration of",
    "exposure to",
    "received",
)
_NEUTRAL = frozenset({"or", "and", "known", "suspected", "confirmed", "documented", "certain"})
_HAVING = frozenset({"history", "history of", "presence of", "evidence of", "diagnosis of", "known",
                     "documented", "uncontrolled", "untreated", "serious", "severe", "current", "ongoing",
                     "concurrent", "unstable"})  # fmt: skip
"""What opens a disease that somebody has, rather than one that another thing is for."""
_DONE = GIVEN | {"reproductive"}
_PERSONS = frozenset({"women", "woman", "men", "female", "male", "person", "individual", "those"})
_PLACED = frozenset({"to", "at", "of", "on", "in", "within"})
_CAUSING = frozenset(
    {"resulting", "resulted", "leading", "led", "causing", "caused", "requiring", "that", "which"}
)
_CAUSED = frozenset({"due", "related", "unrelated", "secondary", "caused", "attributable", "attributed",
                     "from", "resulting", "associated", "induced", "because", "responding"})  # fmt: skip
"""Words behind a disease that tell what it comes from, which may be one thing or another."""
_THE = frozenset({"the", "a", "an", "any", "same"})
_RELATIVE = frozenset({"who", "whom", "that", "which"})
_UNSETTLED = frozenset({"condition", "allowance", "definition", "regardless", "example", "negation"})
_DESCRIBED_BY = frozenset({"with", "as", "including", "based on", "who", "that", "which", "without"})
"""Words behind a name that tell what goes with it or shows it, which may go on behind "or"."""
_OTHERS_BEHIND = 10
_NEOPLASM = str(TGC.Neoplasm)


def turns_to_another(chunks: Sequence[Chunk], index: int, segment: Segment) -> bool:
    """Whether "or" leads from a thing and what narrows it to another thing that bars.

    Args:
        chunks: The statement.
        index: Where the joint is.
        segment: The member before it.
    """
    following = chunks[index + 1 : index + 1 + _OTHERS_BEHIND]
    at = next((i for i, chunk in enumerate(following) if is_content(chunk)), None)
    start = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), None)
    if chunks[index].form != "or" or at is None or start is None or takes_all(segment):
        return False
    head, rest, opening, named = (
        segment.chunks[start],
        segment.chunks[start + 1 :],
        following[:at],
        following[at],
    )
    supposed = any("condition" in each.classes for each in segment.chunks)
    if not rest or supposed or any(each.classes & _UNSETTLED for each in rest if each.kind == "word"):
        return False
    if _waits(rest[-1]) or not all(map(_introduces, opening)):
        return False
    objects, timed = set(_categories(rest)), any(each.kind == "window" for each in following)
    if named.kind == "value":
        return not (objects & {"value"} or _is_described(rest)) and not opening
    kind = category_of(named)
    if kind in ("reproductive", "allergy"):
        return kind not in objects and kind != category_of(head) and not _is_described(rest)
    clause = any(each.form.split(" ")[-1] in _RELATIVE for each in rest)
    if kind in GIVEN:
        if any(each.form.split(" ")[0] in _CAUSED for each in rest):
            return False
        timed = timed and category_of(head) not in GIVEN and not clause
        return not objects & (GIVEN | {"value"}) and (_is_given(opening) or timed)
    if kind != "condition" or category_of(head) not in _DONE or "exception" in _classes(rest):
        return False
    tumour = named.term is not None and _NEOPLASM in named.term.ancestors
    if not tumour and rest[0].form in _PLACED and rest[1:] and rest[1].form in _THE:
        return True
    return _is_had(opening) and not (tumour and "condition" in objects)


def _categories(chunks: Sequence[Chunk]) -> Iterator[str]:
    """Yield what is named in some chunks and their brackets: categories, and "value" of limits."""
    for chunk in chunks:
        if chunk.kind in ("value", "limit"):
            yield "value"
        elif is_content(chunk) and (category := category_of(chunk)) is not None:
            yield category
        yield from _categories(chunk.inner)


def _classes(chunks: Sequence[Chunk]) -> frozenset[str]:
    return frozenset().union(*(chunk.classes for chunk in chunks))


def _waits(last: Chunk) -> bool:
    """Whether an adjective waits for its noun behind the joint ("needing oral or IV antibiotics")."""
    adjective = "qualifier" in last.classes or last.form.endswith((*lexicon().adjectival, "ing"))
    return last.kind == "word" and (adjective or "historic" in last.classes or last.form in _THE)


def _introduces(chunk: Chunk) -> bool:
    """Whether a word before a name only tells of what kind it is, when it was or who has it."""
    told = chunk.classes & (DESCRIBING | {"historic", "confirmation", "confirmed", "other"})
    plain = bool(told) or chunk.form.split(" ")[0] in VERBS | _PERSONS or _tells_giving(chunk)
    return plain and chunk.kind == "word" and not chunk.classes & (_UNSETTLED | {"exception"})


def _is_described(rest: Sequence[Chunk]) -> bool:
    return any(chunk.form.split(" ")[0] in _DESCRIBED_BY for chunk in rest)


def _is_given(opening: Sequence[Chunk]) -> bool:
    """Whether words before a treatment tell that somebody had it ("prior treatment with", "received")."""
    return any(_tells_giving(chunk) or "historic" in chunk.classes for chunk in opening)


def _tells_giving(chunk: Chunk) -> bool:
    return any(words in chunk.form for words in _GIVING)


def _is_had(opening: Sequence[Chunk]) -> bool:
    """Whether words before a disease tell that somebody has it ("active", "history of", "has")."""
    return any(
        "active" in chunk.classes or chunk.form in _HAVING or chunk.form.split(" ")[0] in VERBS | _PERSONS
        for chunk in opening
    )


def is_no_allergen(segment: Segment, following: Sequence[Chunk]) -> bool:
    """Whether what follows a list of allergens isn't one ("… to X, or has a history of stroke").

    Nor is a disease what is contraindicated, or what was given before.
    """
    terms = [chunk.term for chunk in segment.chunks if chunk.term is not None]
    forbids = any(term.iri == FORBIDDING for term in terms)
    if forbids and any("example" in chunk.classes for chunk in segment.chunks):
        return False
    if not forbids and not any(term.category == "allergy" for term in terms):
        return False
    caused = any(chunk.form.split(" ")[0] in _CAUSING for chunk in segment.chunks)
    taken = given = False
    for chunk in following:
        given = given or _tells_giving(chunk)
        if chunk.form in RESTARTS or chunk.form == "no":
            return True
        taken = taken or "historic" in chunk.classes or chunk.form.startswith(_TAKING)
        if forbids and taken:
            return True
        if chunk.kind == "value":
            return True
        if (
            taken
            or given
            or "qualifier" in chunk.classes
            or chunk.form in _NEUTRAL
            or chunk.form in DETERMINERS
            or chunk.kind == "bracket"
        ) and not is_content(chunk):
            continue
        if is_content(chunk):
            kind = category_of(chunk)
            timed = any(each.kind == "window" for each in following)
            apart = _APART - {"condition"} if caused else _APART
            return kind in apart or (kind in GIVEN and (given or (taken and timed)))
        return chunk.form.split(" ")[0] in VERBS or chunk.form in RESTARTS or "active" in chunk.classes
    return False
