"""Where something else is barred or asked within a statement: in another case, or beside what came before."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.requiring import REQUIRING
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment
from trialgraph.namespaces import TGC

__all__ = [
    "DESCRIBING",
    "FORBIDDING",
    "NARROWING",
    "RELATIVE",
    "TURNING",
    "bars_anew",
    "is_beside_measured",
    "names_another",
    "supposes",
    "takes_all",
]

TURNING = frozenset({"negation", "exception", "condition", "allowance"})
DESCRIBING = frozenset({"neutral", "qualifier", "active"})
RELATIVE = frozenset({"that is"})
"""What starts a clause about one thing as often as it tells what is meant."""
FORBIDDING = str(TGC.Contraindication)
_TO_COME = ("anticipat", "planned", "expected")
_EXPECTED = frozenset({"unactual", "planned"})
_ANEW = frozenset({"any", "prior", "previous"})
_TUMOURS = str(TGC.SolidTumor)
"""What the full name of RECIST names."""
_SUPPOSING = frozenset({"if", "only if"})
NARROWING = frozenset({"post", "definition", "condition", "regardless"})
"""What is said behind a name that takes what follows with it."""
_DESCRIBED = frozenset({"other", "qualifier"})
_OPENING_WORDS = 3
_AMOUNT = ["of", "limit"]
_NEAR = 6
_PLACED = frozenset({"to", "at", "on"})
_AIMED = _PLACED | {"for"}
_GIVING = frozenset(
    {"treatment with", "therapy with", "use of", "receipt of", "administration of", "any", "recent"}
)
_SEEING = (None, "", "procedure", "other")
_SAYING = frozenset({"has", "have", "had", "is", "are", "was", "were"})
_RELATING = ("that", "which", "who", "if", "unless", "except", "defined")
_CLAUSAL = frozenset({"who", "that", "which", "if", "when", "during", "after", "before", "while"})
_DEFINED_BY = frozenset({"as defined by", "defined by", "as defined"})
_RULES = frozenset({"criteria", "classification", "guideline", "consensus", "edition", "standard"})
_STANDARDS = frozenset({"recist", "irecist", "mrecist", "imrecist", "rano", "lugano", "cheson", "pcwg"})


def supposes(chunks: Sequence[Chunk], index: int, segment: Segment) -> bool:
    """Whether a denial goes on with a case that bars ("a cancer if treated and no evidence of disease")."""
    behind = itertools.dropwhile(lambda chunk: chunk.form in (",", "and"), chunks[index:])
    denied = "negation" in getattr(next(behind, None), "classes", ())
    joined = any(chunk.form == "and" for chunk in chunks[index : index + 2])
    return denied and joined and any(chunk.form in _SUPPOSING for chunk in segment.chunks)


def is_beside_measured(segment: Segment, following: Sequence[Chunk]) -> bool:
    """Whether another thing than measurable disease follows its rules ("per RECIST or bone lesions")."""
    at = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), len(segment.chunks) - 1)
    head, behind = segment.chunks[at].term, [each for c in segment.chunks[at + 1 :] for each in (c, *c.inner)]
    named = next((each for each in following if not each.classes & DESCRIBING), None)
    measured = head is not None and head.category == "lesion" and named is not None and is_content(named)
    plain = all(chunk.term is None or chunk.term.iri == _TUMOURS for chunk in behind)
    return measured and plain and any(chunk.form in _STANDARDS for chunk in behind[-_NEAR:])


def names_another(chunks: Sequence[Chunk], index: int, segment: Segment) -> bool:
    """Whether another treatment follows behind the time of one, or another disease behind "regardless of".

    "Radiotherapy with a wide field within 4 weeks or radiotherapy with a limited one within 2 weeks." So does
    another disease behind how much there is of one ("hemoptysis of > 2.5 mL of blood, or other bleeding").
    """
    following = chunks[index + 1 : index + 9]
    named = next((chunk.term for chunk in following if is_content(chunk)), None)
    at = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    head, rest = segment.chunks[at].term, segment.chunks[at + 1 :]
    turned = takes_all(segment) or any(chunk.classes & TURNING for chunk in following[:_OPENING_WORDS])
    if named is None or head is None or turned:
        return False
    given = {named.category, head.category} <= GIVEN
    if not (given or named.category == head.category):
        return False
    if given:
        first = next(each for each in following if each.kind != "word" or not each.classes & _DESCRIBED)
        timed = bool(rest) and rest[-1].kind == "window" and is_content(first)
        own = named.iri == head.iri or any(chunk.kind == "window" for chunk in following)
        return timed and own and any(not chunk.classes.isdisjoint(NARROWING) for chunk in rest)
    sized = [chunk.form or chunk.kind for chunk in rest[:2]] == _AMOUNT
    told = next((i for i, chunk in enumerate(rest) if sized or "regardless" in chunk.classes), None)
    return told is not None and head.category == "condition" and not any(map(is_content, rest[told:]))


def bars_anew(chunks: Sequence[Chunk], index: int, segment: Segment) -> bool:
    """Whether "or" leads from what narrows a treatment or disease to the same in another case, or to come.

    "Radiotherapy for bone metastases within 2 weeks or any other radiotherapy within 4 weeks", "surgery
    within 4 weeks of the first dose or anticipation of need for surgery".
    """
    following = chunks[index + 1 : index + 9]
    head = next((chunk.term for chunk in segment.chunks if is_content(chunk)), None)
    if chunks[index].form != "or" or not following or head is None or takes_all(segment):
        return False
    if following[0].form.split(" ")[0] in _SAYING and not _is_in_clause(segment):
        return True
    at = next((i for i, chunk in enumerate(following) if is_content(chunk)), 0)
    named = following[at].term
    if following[at].kind == "value" and head.category == "condition":
        return at == 0 and _needs_only(segment)
    if following[0].form.startswith(_TO_COME) and following[0].classes & _EXPECTED:
        return named is not None and named.category in GIVEN
    opening = {word for chunk in following[:at] for word in chunk.form.split(" ")}
    plain = all(chunk.kind == "word" and not chunk.classes & TURNING for chunk in following[:at])
    akin = named is not None and (named.iri in head.ancestors | {head.iri} or head.iri in named.ancestors)
    same = named is not None and named.iri == head.iri
    if plain and (_gives_beside(segment, following[:at], following[at]) or _is_seen(segment, following)):
        return True
    return plain and ((akin and "any" in opening) or (same and not opening.isdisjoint(_ANEW)))


def _gives_beside(segment: Segment, opening: Sequence[Chunk], named: Chunk) -> bool:
    """Whether another treatment follows one that is narrowed by its place or purpose.

    "Chemotherapy for breast cancer or treatment with a taxane", "radiotherapy to several sites or surgery".
    """
    at = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    rest = segment.chunks[at + 1 :]
    given = all(category_of(chunk) in GIVEN for chunk in (segment.chunks[at], named))
    leads = all(chunk.classes & (DESCRIBING | {"historic"}) for chunk in opening)
    if not (given and leads and rest) or rest[0].form not in _AIMED or _tells_more(rest):
        return False
    if rest[0].form in _PLACED and not any(map(is_content, rest)):
        return True
    return any(chunk.form in _GIVING or "historic" in chunk.classes for chunk in opening)


def _is_seen(segment: Segment, following: Sequence[Chunk]) -> bool:
    """Whether any other thing follows how a disease is seen ("lung disease on a CT scan or any illness")."""
    at = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    rest = segment.chunks[at + 1 :]
    seen = bool(rest) and rest[0].form == "on" and all(category_of(each) in _SEEING for each in rest)
    return seen and category_of(segment.chunks[at]) == "condition" and following[0].form.startswith("any")


def _is_in_clause(segment: Segment) -> bool:
    """Whether a verb behind "or" may be that of a clause about the thing named before it."""
    at = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), 0)
    rest = segment.chunks[at + 1 :]
    return any(chunk.form.startswith(_RELATING) or "definition" in chunk.classes for chunk in rest)


def _tells_more(rest: Sequence[Chunk]) -> bool:
    """Whether what narrows a treatment goes on in a clause, a list, a denial or with other treatments."""
    return any(
        chunk.classes & TURNING - {"condition"}
        or category_of(chunk) in GIVEN
        or (chunk.kind != "word" and category_of(chunk) != "condition")
        or chunk.form in _CLAUSAL
        or chunk.form in REQUIRING
        for chunk in rest
    )


def _needs_only(segment: Segment) -> bool:
    """Whether a member ends in what a disease requires, without any limit ("requiring hospitalization")."""
    needing = any(chunk.form in REQUIRING for chunk in segment.chunks)
    return needing and all(chunk.kind not in ("value", "limit") for chunk in segment.chunks)


def _is_by_rules(chunks: Sequence[Chunk]) -> bool:
    """Whether a definition only names rules that it is made by ("as defined by the WHO classification")."""
    ruled = chunks[0].form in _DEFINED_BY and chunks[-1].form in _RULES
    return ruled and not any(is_content(chunk) or chunk.form == "," for chunk in chunks)


def takes_all(segment: Segment) -> bool:
    """Whether a segment keeps everything up to its end: a definition, what an allergy is to."""
    concept = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), len(segment.chunks))
    rest = segment.chunks[concept + 1 :]
    defined = [chunk for chunk in rest if "definition" in chunk.classes and chunk.form not in RELATIVE]
    if defined:
        return not _is_by_rules([chunk for chunk in rest if chunk.start >= defined[0].start])
    term = segment.chunks[concept].term if concept < len(segment.chunks) else None
    told = term is not None and (term.category == "allergy" or term.iri == FORBIDDING)
    return told and any("allergen" in chunk.classes for chunk in rest)
