"""How the members of a list are joined: what one adds to the one before, and what a comma means."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.viruses import INFECTIONS
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.results import is_testable
from trialgraph.criteria.facts.strokes import are_choices
from trialgraph.criteria.language.connectives import FINITE, VERBS
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import Expression, Fact, Narrative, Value, atoms
from trialgraph.namespaces import TGC

__all__ = [
    "NON",
    "asked_together",
    "avoids",
    "befallen_too",
    "befalls",
    "denies",
    "either_of_strokes",
    "is_ability",
    "is_adjectival",
    "is_bare_state",
    "is_found",
    "is_lacked_alone",
    "joins_sexes",
    "lacks_too",
    "resolved_joints",
    "share_results",
    "tells_result",
]

_FOUND = re.compile(
    r"(?<!not )\b(?:sero)?(?:positive|reactive|detected|detectable|present)\b|\+(?=\W|$)", re.IGNORECASE
)
"""A test's result that says that something is there."""
_LACKING = re.compile(r"\b(?:sero)?negative\b|\(\s*-\s*\)", re.IGNORECASE)
_TESTS = re.compile(r"\b(?:tests|results|serologies)\b", re.IGNORECASE)
"""What tells of several results at once."""
_SIGN = 2
"""A bracket with fewer chunks may hold a sign."""
_NEGATIVE_FOR = ("negative", "negative for")
_AVOIDING = re.compile(
    r"\b(?:abstain|abstaining|refrain|refraining)\s+from\b|\bavoid(?:ing)?\b", re.IGNORECASE
)
_CHILDBEARING = str(TGC.ChildbearingPotential)
_PERFORMANCE = frozenset(
    map(str, (TGC.ECOGPerformanceStatus, TGC.KarnofskyPerformanceStatus, TGC.LanskyPerformanceStatus))
)
_BESIDE = frozenset(
    {"dual", "dual active", "concurrent active", "concurrently active", "dual infection with"}
    | {f"{told} {of}" for told in ("co - infection", "coinfection", "co - infections", "coinfections")
       for of in ("with", "of", "by")}
    | {"co - infected with", "coinfected with"}
)  # fmt: skip
"""Words before the first of two infections that say that a patient has both."""
_TOGETHER = re.compile(r"\bco-?\s?infect", re.IGNORECASE)
_BEING_NOW = frozenset({"active"})
_TAKING = frozenset({"receiving", "taking", "undergoing", "on", "is receiving", "are receiving", "is taking",
                     "are taking", "who is receiving", "who are receiving"})  # fmt: skip
NON = "non -"
_COUNTS = frozenset({"10*9/L", "10*6/L"})
_PERSONS = ("those", "who", "patient", "subject", "participant", "women", "men", "male", "female")
_BEFELL = frozenset({"have", "has", "had", "have had", "has had", "experienced", "experience", "developed"})
_FITTING = frozenset({"is", "are", "is a", "are a"})
_BEING = _BEFELL | {"does", "do", "did", "is", "are", "was", "were", "who", "who has", "who have"}


def befalls(segment: Segment) -> bool:
    """Whether a member tells what came with the one before ("had X and has developed Y", "X, with Y")."""
    opening = segment.chunks[0].form
    fits = segment.expression is None and opening in _FITTING
    fits = fits and any("candidate" in chunk.form for chunk in segment.chunks[1:3])
    came_of_it = segment.joint == "and" and not segment.after_comma and (opening in _BEFELL or fits)
    return came_of_it or (segment.joint == "," and segment.chunks[0].form == "with")


def befallen_too(segments: Sequence[Segment]) -> frozenset[int]:
    """Return the places of members that list what else came with the one before ("had X and had Y or Z").

    Behind a comma of its own, "or Z" bars by itself; the last of "Y, Z, or W" doesn't.
    """
    found: set[int] = set()
    starts = (at for at in range(1, len(segments)) if segments[at].joint == "and" and befalls(segments[at]))
    for first in starts:
        last = first
        while last + 1 < len(segments) and _lists_on(segments[last + 1]):
            last += 1
        apart = last == first + 1 and segments[last].after_comma
        found.update(() if apart else range(first + 1, last + 1))
    return frozenset(found)


def _lists_on(segment: Segment) -> bool:
    """Whether a member goes on a list: it names no other person, and denies and forbids nothing."""
    opening = segment.chunks[0].form
    anew = opening.startswith(_PERSONS) or (segment.after_comma and opening.split(" ")[0] in FINITE)
    return segment.joint in (",", "or", "/") and not (anew or segment.negated or denies(segment))


def lacks_too(segment: Segment) -> bool:
    """Whether a member says what those barred lack as well ("surgery in 2 weeks and has not recovered")."""
    opening = next((chunk for chunk in segment.chunks if chunk.form not in _BEING), segment.chunks[0])
    return segment.joint == "and" and not segment.after_comma and "negation" in opening.classes


def asked_together(text: Text, segments: Sequence[Segment]) -> frozenset[int]:
    """Return the places of members that bar, or are denied, only with the one before.

    Limits of two quantities ("ALT > 3 x ULN and bilirubin > 2 x ULN"), what "both" joins, an infection beside
    another ("co-infection with HBV and HCV", "HBV/HCV co-infection"), what those with a disease are treated
    with ("HIV infection and receiving antiretroviral therapy") or have had ("cirrhosis and a history of
    encephalopathy").
    """
    return frozenset(
        at
        for at in range(1, len(segments))
        if _infect_together(text, segments[at - 1], segments[at])
        or (
            segments[at].joint == "and"
            and not segments[at].after_comma
            and (
                segments[at].beside
                or _are_both(segments, at)
                or _has_had_too(segments, at)
                or (text.exclusion and _is_limit_beside(segments, at))
                or (text.exclusion and _is_given_to(segments[at - 1], segments[at]))
            )
        )
    )


def _infect_together(text: Text, before: Segment, segment: Segment) -> bool:
    """Whether a member is an infection beside the one before it ("HBV and HCV co-infection")."""
    ill = [isinstance(each, Fact) and each.category == "condition"
           for each in (before.expression, segment.expression)]  # fmt: skip
    words = text.text[segment.chunks[0].start : segment.chunks[-1].end]
    return all(ill) and segment.joint in ("and", "/") and _TOGETHER.search(words) is not None


def _has_had_too(segments: Sequence[Segment], at: int) -> bool:
    """Whether a member tells what those with the one disease before it have had ("A and a history of B")."""
    opening = [chunk.form for chunk in segments[at].chunks[:2]]
    one, two = segments[at - 1].expression, segments[at].expression
    ill = all(isinstance(each, Fact) and each.category == "condition" for each in (one, two))
    alone = segments[at - 1].joint in ("", "or", ";") and not segments[at].negated
    return (
        ill
        and alone
        and opening[:1] == ["a"]
        and opening[-1] in ("history", "history of", "prior history of")
    )


def _are_both(segments: Sequence[Segment], at: int) -> bool:
    """Whether words before the first of two things of a kind say that both are meant.

    Of infections so do words before another pair of the list ("co-infection with A and B or A and C").
    """
    one, two = segments[at - 1].expression, segments[at].expression
    opening = segments[at].chunks[0].form.split(" ")[0]
    if one is None or segments[at].negated or opening in FINITE | VERBS:
        return False
    told = (one,) if two is None else (one, two)
    kinds = {each.category for read in told for each in atoms(read) if isinstance(each, Fact)}
    if "both" in _opening(segments[at - 1]):
        return two is not None and len(kinds) == 1 and not segments[at - 1].negated
    return kinds <= {"condition", "biomarker"} and any(_opening(each) & _BESIDE for each in segments[:at])


def _opening(segment: Segment) -> set[str]:
    """Return the words of a member before what it names."""
    return {chunk.form for chunk in itertools.takewhile(lambda chunk: not is_content(chunk), segment.chunks)}


def _is_given_to(before: Segment, segment: Segment) -> bool:
    """Whether a member tells what those with the disease before it are treated with at the time."""
    one, two = before.expression, segment.expression
    opening = next((chunk for chunk in segment.chunks if not chunk.classes & _BEING_NOW), segment.chunks[0])
    taking = opening.form in _TAKING or any(chunk.form in _TAKING for chunk in segment.chunks[:2])
    ill = isinstance(one, Fact) and one.category == "condition"
    return ill and taking and isinstance(two, Fact) and two.category in GIVEN


def _is_limit_beside(segments: Sequence[Segment], at: int) -> bool:
    """Whether a limit stands beside one of another quantity.

    Not so in a list with commas, whose "and" ends it, between limits of performance, of which each is for
    other patients, and between counts of cells, where too few of any kind are meant.
    """
    one, two = _limited(segments[at - 1]), _limited(segments[at])
    if not one or not two or not one.isdisjoint(two) or (one | two) & _PERFORMANCE:
        return False
    counts = _units(segments[at - 1]) | _units(segments[at]) <= _COUNTS
    return not counts and not _in_list(segments, at)


def _limited(segment: Segment) -> set[str]:
    """Return the quantities that a member sets limits to; none where it says anything else."""
    told = [] if segment.expression is None or segment.negated else list(atoms(segment.expression))
    alone = len(segment.chunks) == 1 and segment.chunks[0].kind == "value"
    plain = alone or all(isinstance(each, Value) for each in told)
    return {each.concept for each in told if isinstance(each, Value)} if plain else set()


def _units(segment: Segment) -> set[str | None]:
    told = [] if segment.expression is None else atoms(segment.expression)
    return {each.unit for each in told if isinstance(each, Value)}


def _in_list(segments: Sequence[Segment], at: int) -> bool:
    """Whether a member joined by "and" isn't joined to the one before alone, but ends or goes on a list."""
    first = at
    while first and segments[first].joint == "and" and not segments[first].after_comma:
        first -= 1
    behind = segments[at + 1].joint if at + 1 < len(segments) else ""
    listed = first == at or (first and segments[first].joint in (",", "/")) or behind == ","
    return bool(listed or segments[at].chunks[0].form.startswith(_PERSONS))


def either_of_strokes(text: Text, operands: list[tuple[str, Expression]]) -> list[tuple[str, Expression]]:
    """Let a stroke between two things of a kind offer either of them ("breast/ovarian cancer", "ECOG/KPS").

    Not so between treatments of different classes, which it may join ("fludarabine/melphalan"), between
    negative results, and in a list whose commas and conjunctions tell what it means.
    """
    if any(joint in (",", "or") for joint, _ in operands[1:]):
        return operands
    joined: list[tuple[str, Expression]] = []
    last: Fact | None = None
    for joint, each in operands:
        fact = each if isinstance(each, Fact) else None
        scored = joint == "/" and bool(joined) and _is_performance(each) and _is_performance(joined[-1][1])
        chosen = last is not None and fact is not None and are_choices(text, last, fact)
        chosen = chosen or (bool(joined) and _is_half_read(joined[-1][1], each))
        if scored or (joint == "/" and chosen):
            joined[-1] = (joined[-1][0], any_of([joined[-1][1], each]))
        else:
            joined.append((joint, each))
        last = fact
    return joined


def _is_half_read(one: Expression, other: Expression) -> bool:
    """Whether only one of two diseases was understood ("serous ovarian/fallopian tube cancer")."""
    ill = any(isinstance(each, Fact) and each.category == "condition" for each in (one, other))
    return ill and isinstance(one, Narrative) != isinstance(other, Narrative)


def _is_performance(expression: Expression) -> bool:
    """Whether a limit is one of a scale of performance, of which a patient is rated on either."""
    return isinstance(expression, Value) and expression.concept in _PERFORMANCE


def resolved_joints(joints: list[str], default: str, *, exclusion: bool) -> list[str]:
    """Let a comma mean the next conjunction to its right; a list of exclusions offers alternatives."""
    resolved = []
    meaning = default
    for joint in reversed(joints):
        if joint in ("and", "or"):
            meaning = joint
            if joint == "and" and exclusion:
                meaning = "or"
        elif joint in (";", ""):
            resolved.append(default)
            continue
        resolved.append(meaning if joint != "/" else default)
    return resolved[::-1]


def tells_result(segment: Segment) -> bool:
    """Whether what a member denies is the result of a test ("negative HBsAg", "negative for HBsAg")."""
    return segment.tested or any(chunk.form.endswith(_NEGATIVE_FOR) for chunk in segment.chunks)


def is_found(text: Text, segment: Segment) -> bool:
    """Whether a member has a result of its own, by which something is there ("HBcAb (+)")."""
    told = (text.text[chunk.start : chunk.end + 1] for chunk in segment.chunks if len(chunk.inner) < _SIGN)
    return any(map(_FOUND.search, told))


def share_results(text: Text, segments: Sequence[Segment]) -> None:
    """Let markers take the result that stands behind the last of them ("HIV, HBV and HCV negative")."""
    for at, segment in enumerate(segments):
        behind = text.text[segment.chunks[0].end : segment.chunks[-1].end]
        several = segment.joint == "," and _TESTS.search(behind) is not None
        if not (segment.tested and segment.negated and (several or segment.joint in ("and", "or", "/"))):
            continue
        if not _LACKING.search(behind):
            continue
        for before in reversed(segments[:at]):
            if not before.negated:
                if not _is_marker(text, before):
                    break
                before.negated = before.tested = True
            if before.joint not in ("and", "or", ",", "/"):
                break


def _is_marker(text: Text, segment: Segment) -> bool:
    """Whether a member is no more than the name of what is tested for: letters ("HBsAg"), an infection."""
    named = segment.chunks[0]
    words = text.text[named.start : segment.chunks[-1].end]
    bare = isinstance(segment.expression, Fact) and not (segment.negated or segment.expression.modifiers)
    if not bare or is_found(text, segment) or not is_content(named) or not is_testable(named):
        return False
    letters = words.isalpha() and not words[1:].islower()
    infection = named.term is not None and (
        named.term.category == "condition" or named.term.iri in INFECTIONS
    )
    return letters or (infection and all(chunk.kind == "bracket" for chunk in segment.chunks[1:]))


def denies(segment: Segment) -> bool:
    """Whether a member has a "no" among its words."""
    return any("negation" in chunk.classes for chunk in segment.chunks)


def avoids(text: Text, segment: Segment) -> bool:
    """Whether a member that wasn't read asks to keep from something ("abstain from sunbathing and A")."""
    words = text.text[segment.chunks[0].start : segment.chunks[-1].end]
    return segment.expression is None and _AVOIDING.search(words) is not None


def is_bare_state(segment: Segment) -> bool:
    """Whether a member names women who may bear children, and says no more of them."""
    fact = segment.expression
    return isinstance(fact, Fact) and fact.concept == _CHILDBEARING and "qualifier" not in fact.modifiers


def is_adjectival(segment: Segment) -> bool:
    """Whether a member is an adjective of what the list ends in ("no local, invasive, or metastatic …")."""
    return all("qualifier" in chunk.classes for chunk in segment.chunks)


def is_ability(segment: Segment) -> bool:
    """Whether a member says what patients are able to do, which nothing else hangs on."""
    return any("ability" in chunk.classes for chunk in segment.chunks)


def is_lacked_alone(segment: Segment) -> bool:
    """Whether a "no" is part of what a member names ("non-APL and AML", "JAKi-naive or treated with A")."""
    return any("lacking" in chunk.classes or chunk.form == NON for chunk in segment.chunks)


def joins_sexes(chunks: Sequence[Chunk], index: int) -> bool:
    """Whether a joint stands between the sexes of people whom a word describes ("healthy men or women").

    So may their age ("30 to 75-year-old men and women").
    """
    around = [chunks[index - 1], chunks[index + 1]] if 0 < index < len(chunks) - 1 else []
    sexes = {name for each in around if each.kind == "word" for name in each.classes & {"male", "female"}}
    before = chunks[index - 2] if index > 1 else None
    described = before is not None and not before.classes and before.kind in ("value", "word")
    return described and len(sexes) > 1
