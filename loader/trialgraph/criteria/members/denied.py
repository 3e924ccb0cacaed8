"""What goes on under a "no" before it in a list, so that it is denied too: "no A, B or other C"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.results import is_testable
from trialgraph.criteria.language.connectives import FINITE, VERBS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.members.joints import denies
from trialgraph.criteria.members.segments import Segment, is_bare
from trialgraph.expressions import AllOf, Expression, Fact, Narrative, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = [
    "denied_too",
    "denied_with_verb",
    "follows_nor",
    "forbids_all",
    "hangs_on",
    "is_kind_of",
    "is_limit_too",
    "may_be_denied",
    "seems_to_ask_for_illness",
]

_ABSENT = frozenset({"undetectable", "negative", "no", "normal"})
"""First words of names that deny something by themselves."""
_BEARING = frozenset(map(str, (TGC.Pregnancy, TGC.Breastfeeding)))
_NOR = re.compile(r"\bnor\b", re.IGNORECASE)
_WITHOUT = frozenset({"no", "without", "absence", "free", "disease", "disease-free", "lack", "seronegative"})
_NOMINAL = frozenset({"tail", "qualifier", "label", "value_tail", "active", "historic", "other"})
"""What words of a noun that isn't known may do, such as the "disease" of "no locoregional disease"."""
_MODAL = frozenset({"must", "may", "should", "can", "could", "shall"})
_CANNOT = ("cannot", "can not", "must not", "may not", "should not")
_INFINITE = frozenset({
    "be", "been", "have", "had", "receive", "received", "receiving", "require", "required", "take",
    "taking", "use", "used", "using", "undergone", "undergo",
})  # fmt: skip
"""Verbs that go on behind the modal of another ("must not have A or be receiving B")."""
_HARMLESS = re.compile(
    r"(?<!un)(?<!not )(?<!not well )(?<!poorly )\b(?:well[- ])?(?:treated|stable|controlled|mild|asymptomatic"
    r"|remission|resolved|cured|inactive|ago)\b",
    re.IGNORECASE,
)
"""What makes a disease one that somebody may have."""
_NO = re.compile(
    r"\b(?:no|without|free (?:of|from)|absence of)\b(?! (?:more|longer|later|less)\b)", re.IGNORECASE
)
_OTHERWISE = tuple(map(str, (TGC.MalignantNeoplasm, TGC.MedicalInoperability, TGC.TreatmentIntolerance)))
"""Conditions that demands offer as a choice besides what they deny ("no prior surgery, or inoperable")."""
_BRACKETED = re.compile(r"\([^()]*(?:\)|$)")
_FORBIDDEN = re.compile(
    r"\b(?:is|are)\s+(?:not\s+(?:allowed|permitted|acceptable)|prohibited|forbidden|excluded)\b",
    re.IGNORECASE,
)
"""What a list ends in whose members are all barred ("A and inhibitors of B are prohibited")."""
_CLASSES = frozenset({str(TGC.NYHAClass), str(TGC.ChildPughScore)})


def denied_too(text: Text, unread: Segment, segment: Segment) -> bool:
    """Whether a member goes on under the "no" of a noun that isn't known ("no brain or lung disease")."""
    words = [chunk for chunk in unread.chunks if not chunk.classes & {"negation", "neutral"}]
    plain = all(
        not (is_content(chunk) or chunk.classes - _NOMINAL or chunk.kind == "sign") for chunk in words
    )
    return plain and may_be_denied(text, unread, segment) and not denies(segment)


def may_be_denied(text: Text, unread: Segment, segment: Segment) -> bool:
    """Whether a member may go on under the "no" of words that weren't read, of which only a person can tell.

    So may any illness behind the "no" of "no contraindication to A, including B or C".
    """
    if _NOR.search(text.text, unread.chunks[0].start, segment.chunks[0].start):
        return True
    if segment.joint == "or" and not text.exclusion and _is_one_more(segment):
        return True
    denial = next(chunk for chunk in unread.chunks if "negation" in chunk.classes)
    listed = segment.joint in ("or", ",", "/") or (segment.joint == "and" and _is_tested_too(denial, segment))
    noun = denial.form.split(" ")[0] in _WITHOUT | {"neither"} and listed
    return noun and hangs_on(text, segment, tested=False)


def _is_tested_too(denial: Chunk, segment: Segment) -> bool:
    """Whether a member is one more of what "seronegative for" says."""
    named = next((chunk for chunk in segment.chunks if is_content(chunk)), segment.chunks[0])
    return denial.form.endswith("negative for") and is_testable(named) and not denies(segment)


def seems_to_ask_for_illness(text: Text, members: Sequence[tuple[str, Expression]]) -> bool:
    """Whether a demand that denies illnesses goes on with another one that its "no" was not read to deny.

    "No A or B, C, or D that affects E" asks for none of them: nobody has to be ill otherwise instead. Nor is
    anybody asked for an injury by "28 days since any surgery, or injury".
    """
    denied: set[str] = set()
    unread = False
    for joint, told in members:
        if (denied or unread) and joint != "and" and _is_illness(text, told, denied):
            return True
        if isinstance(told, Not):
            facts = [atom for atom in atoms(told) if isinstance(atom, Fact)]
            ill = all(fact.category == "condition" for fact in facts)
            denied.update(fact.concept for fact in facts if ill)
            unread = unread or (bool(facts) and all(fact.within for fact in facts))
        unread = unread or (isinstance(told, Narrative) and _NO.search(told.text) is not None)
    return False


def forbids_all(text: Text, segments: Sequence[Segment]) -> bool:
    """Whether a list ends in words that weren't read and forbid what is named before them too."""
    last = segments[-1]
    if last.expression is not None or len(segments) == 1:
        return False
    words = text.text[last.chunks[0].start : last.chunks[-1].end]
    return _FORBIDDEN.search(_BRACKETED.sub("", words)) is not None


def _is_illness(text: Text, told: Expression, denied: set[str]) -> bool:
    """Whether a member is an illness, other than a milder kind of one that is denied."""
    fact = told.operands[0] if isinstance(told, AllOf) else told
    if not isinstance(fact, Fact) or fact.category != "condition":
        return False
    term = text.vocabulary.by_iri.get(fact.concept)
    if term is None or any(map(term.is_a, _OTHERWISE)):
        return False
    return fact.concept not in denied or _HARMLESS.search(fact.modifiers.get("qualifier", "")) is None


def is_limit_too(segment: Segment) -> bool:
    """Whether a member is the limit of "no A or bilirubin > 3 mg/dL", which is denied as A is.

    So is a disease told by its class: "no A, NYHA class III or IV heart failure".
    """
    told = segment.expression
    if isinstance(told, AllOf):
        classed = any(isinstance(each, Value) and each.concept in _CLASSES for each in told.operands)
        ill = any(isinstance(each, Fact) and each.category == "condition" for each in told.operands)
        return classed and ill and segment.joint in ("or", ",") and segment.chunks[0].kind == "value"
    return segment.joint == "or" and not segment.after_comma and isinstance(told, Value)


def is_kind_of(denied: Expression, segment: Segment) -> bool:
    """Whether a member is a milder kind of just what is denied, and so the choice ("no A or controlled A").

    Whoever has no A has no such A either: denied too, it would say nothing.
    """
    told = segment.expression
    if not (isinstance(denied, Fact) and isinstance(told, Fact)) or segment.joint != "or":
        return False
    bare = not denied.modifiers.keys() - {"status"} and denied.within is None
    harmless = _HARMLESS.search(told.modifiers.get("qualifier", "")) is not None
    return bare and denied.concept == told.concept and harmless


def hangs_on(text: Text, segment: Segment, *, tested: bool) -> bool:
    """Whether a member goes on under the "no" before it, being a noun without a verb of its own.

    Under a test's result ("negative …") go on only things that are tested for, and under no "no" what is
    an absence itself ("undetectable viral load").
    """
    opening = segment.chunks[0].form.split(" ")[0]
    if segment.joint == ";" or not segment.carries or opening in FINITE or opening in _WITHOUT:
        return False
    named = next((chunk for chunk in segment.chunks if is_content(chunk)), segment.chunks[0])
    if named.term is not None and named.term.label.split(" ")[0] in _ABSENT:
        return False
    if follows_nor(text, segment):
        return True
    told = segment.expression
    ill = isinstance(told, Fact) and told.category == "condition"
    joined = segment.joint in ("or", "/") and not segment.after_comma
    listed = segment.joint == "," and not text.exclusion
    close = (joined or listed) and is_bare(segment) and ill
    more = not text.exclusion and (ill or told is None) and _is_one_more(segment)
    close = close or more or (not text.exclusion and _is_named_too(segment))
    words = text.text[segment.chunks[0].start : segment.chunks[-1].end]
    if not close and text.search(lexicon().judgement, words):
        return False
    if tested:
        return is_testable(named) and category_of(named) != "reproductive"
    if more and told is None:
        return True
    for chunk in segment.chunks:
        if (
            is_content(chunk)
            or chunk.classes & {"qualifier", "active"}
            or (not chunk.classes and chunk.kind == "word")
        ):
            return True
        if chunk.form in VERBS:
            return False
    return True


def denied_with_verb(text: Text, segments: Sequence[Segment]) -> frozenset[int]:
    """Return the places of members that "must not" before them in a demand denies, with verbs of their own.

    "Patients must not have A or be receiving B": neither may be. What only some can be is a choice instead.
    """
    found: set[int] = set()
    going_on = False
    for at, segment in enumerate(() if text.exclusion else segments):
        forms = [chunk.form for chunk in segment.chunks]
        if any("negation" in chunk.classes for chunk in segment.chunks):
            pairs = itertools.pairwise(forms)
            told = any(modal in _MODAL and denial.startswith("not") for modal, denial in pairs)
            going_on = (told or any(form.startswith(_CANNOT) for form in forms)) and not _of_some(segment)
        elif (
            going_on
            and segment.joint == "or"
            and (forms[0].split(" ")[0] in _INFINITE or _has_now(text, segment))
        ):
            found.update(() if _of_some(segment) else {at})
        elif going_on and segment.joint == "and" and _says_again(segments[at - 1], segment):
            found.add(at)
        elif segment.joint not in ("or", ",") or forms[0].split(" ")[0] in FINITE:
            going_on = False
    return frozenset(found)


def _says_again(before: Segment, segment: Segment) -> bool:
    """Whether a member says the same again ("have participated in a study and received study therapy")."""
    one, two = before.expression, segment.expression
    return isinstance(one, Fact) and isinstance(two, Fact) and one.concept == two.concept


def _has_now(text: Text, segment: Segment) -> bool:
    """Whether a member says what else nobody may have ("must not have a history of A or has current A")."""
    told = segment.chunks[0].form == "has" and any("active" in chunk.classes for chunk in segment.chunks)
    return told and not _HARMLESS.search(text.text, segment.chunks[0].start, segment.chunks[-1].end)


def _of_some(segment: Segment) -> bool:
    """Whether a member names a state that only some can be in, other than being with child."""
    states = [chunk.term for chunk in segment.chunks if category_of(chunk) == "reproductive"]
    return any(term is not None and term.iri not in _BEARING for term in states)


def follows_nor(text: Text, segment: Segment) -> bool:
    """Whether "nor" leads to a member of what a demand denies ("must not have A, nor have B")."""
    start = segment.chunks[0].start
    return not text.exclusion and text.lowered[:start].rstrip(" ,").endswith(" nor")


def _is_named_too(segment: Segment) -> bool:
    """Whether a member goes on the "no" of a demand with a name ("no A or B known to cause C").

    Of a state that only some can be it offers the choice ("not pregnant or postmenopausal").
    """
    named = segment.chunks[0]
    offered = (
        category_of(named) == "reproductive" and named.term is not None and named.term.iri not in _BEARING
    )
    return is_content(named) and not offered and segment.joint in ("or", "/") and not segment.after_comma


def _is_one_more(segment: Segment) -> bool:
    """Whether a member ends a list with what is left of its kind ("or any other illness that …")."""
    opening = segment.chunks[0]
    following = segment.chunks[1].form if len(segment.chunks) > 1 else "of"
    some = opening.form == "any" and following not in ("of", "one")
    return segment.joint in ("or", ",") and ("other" in opening.classes or some)
