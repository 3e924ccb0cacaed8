"""Allowances that lift the demands before them: "Lower counts are allowed if …"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.viruses import INFECTIONS
from trialgraph.criteria.conditions.exempting import except_for, with_exception
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.trees import all_of, any_of, asks_of_some, map_barred, map_facts
from trialgraph.expressions import AllOf, AnyOf, Atom, Expression, Fact, Narrative, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["EITHER", "excuses", "lift", "lift_kin", "widens"]

_CANCER = str(TGC.PrimaryMalignantNeoplasm)
_AGE = str(TGC.Age)
_LINES = str(TGC.PriorTherapyLineCount)
_COURSES = frozenset(map(str, (TGC.ProgressiveDisease, TGC.Recurrence, TGC.RefractoryDisease)))
_TOXICITY = str(TGC.TreatmentToxicity)
_GRADE = re.compile(r"\bgrades?\s*(?:[≥>≤<=]\s*)?[0-5]\b", re.IGNORECASE)
_OTHER_VALUE = re.compile(
    r"\b(?:lower|higher|greater|lesser|elevated|abnormal|outside|below|above|exceeding|older|younger)\b",
    re.IGNORECASE,
)
"""What an allowance says of values other than those that were asked for."""
_OTHERS = re.compile(
    r"\W*(?:patients?|subjects?|participants?|individuals?|those|women|men)\s+with\b", re.IGNORECASE
)
"""How an allowance names others than those asked for before."""
_EARLIER = re.compile(
    r"\b(?:prior|previous\w*|history|past|concurrent|second|other|another)\b", re.IGNORECASE
)
"""What an allowance says of a cancer that isn't the one under study."""
_POINTS_BACK = re.compile(
    r"^\W*(?:this|these|it|that|the\s+(?:above|former|limit|requirement|criterion|restriction))\b"
    r"|\b(?:not|n't)\s+(?:apply|applicable)\b",
    re.IGNORECASE,
)
"""How an allowance is about the demand before it, though it names nothing of it."""
_POINTS_ALL = re.compile(
    r"\b(?:this(?! (?:study|trial|protocol)\b)|these|those(?! (?:with|who)\b)|such|above|any|all|criteri\w+"
    r"|exceptions?|exclusion|conditions?|same)\b",
    re.IGNORECASE,
)
"""How an allowance may be about all that bars."""
EITHER = re.compile(r"\b(?:hepatitis|hep)\s*B\s*(?:,|/|and|or|&)+\s*C\b", re.IGNORECASE)
"""How an allowance names two viruses of which the second isn't named whole."""
_GROUPS = {
    "condition": "condition",
    "biomarker": "condition",
    "treatment": "treatment",
    "procedure": "treatment",
}
_CAPPED = re.compile(
    r"(?:\b(?:maximum|at most|(?:no|not) more than|up to|only)\b|[≤<])[^.;]{0,40}?"
    r"(?:\d|\b(?:one|two|three|lines?)\b)",
    re.IGNORECASE,
)
"""What an allowance lets in up to a number, which asks for no more than that."""

_AGED = re.compile(
    r"\b\d+\s*(?:-\s*)?years?\b(?!\s+(?:ago|prior|before|after|from|since))|\baged\b", re.IGNORECASE
)
_BESIDES = re.compile(
    r"\balso\s+(?:be\s+)?(?:eligible|included|enrol\w+|allowed|permitted|acceptable|accepted|considered|admitted"
    r"|recruited|entered|enter|participate|qualify|candidates?)\b",
    re.IGNORECASE,
)
"""How an allowance lets others in besides those who are asked for ("… are also eligible")."""
_UNTREATED = re.compile(
    r"\W*(?:an?\s+|those\s+|any\s+)?(?:patients?|subjects?|participants?|individuals?|those)\b[^.;]*"
    r"\b(?:refus\w+|declin\w+|intoleran\w+|ineligible|unsuitable|unfit|unable"
    r"|not\s+(?:be\s+|deemed\s+|considered\s+)?(?:an?\s+)?(?:(?:appropriate|suitable)\s+)?(?:candidates?|suitable|tolerate))\b"
    r"(?:(?!\b(?:if|provided|must|only)\b)[^.;])*\b(?:are|is|(?:will|may|can)\s+(?:still\s+)?be)\s+"
    r"(?:eligible|enrolled|included|allowed|permitted)\b(?![^.;]*\b(?:if|provided|must)\b)",
    re.IGNORECASE,
)
"""How an allowance lets in those whom a treatment isn't given ("who refused docetaxel are eligible")."""
_LEADING = re.compile(r"\b(?:if|they|provided|following|below|criteri\w+)\W*$", re.IGNORECASE)
_REFUSING = re.compile(
    r"\bno\s[^.;]{0,80}\b(?:allowed|permitted|acceptable)\b|\bnot\s+(?:be\s+)?(?:allowed|permitted|acceptable)\b",
    re.IGNORECASE,
)
"""What allows nothing, within a sentence that says something else as well."""


def lift(text: Text, read: list[Expression], words: str, place: tuple[int, int]) -> list[Expression]:
    """Let an allowance lift the demands before it that it may be about."""
    if text.exclusion:
        bars = any_of(read)
        some = _of_harm(text, bars, words, place) or _of_its_kind(text, bars, words, place)
        return [some or except_for(text, bars, words, place)]
    lower = _OTHER_VALUE.search(words) is not None
    aged = _AGED.search(words) is not None
    lifted = [
        _bars(each)
        or _shares_concept(text, each, place)
        or (lower and _is_limited(each))
        or (aged and _is_limited(each, by=_AGE))
        for each in read
    ]
    if not any(lifted) and _POINTS_BACK.search(words):
        lifted[-1] = True
    if not any(map(_bars, read)) and _UNTREATED.search(words) and not _BESIDES.search(words):
        return _but_for_untreated(text, read, narrative(text, *place))
    if not any(lifted) and _BESIDES.search(words) and widens(words) and any(map(_asks_for_more, read)):
        return [any_of([all_of(read), narrative(text, *place)])]
    if not any(lifted) and (_CAPPED.search(words) or _REFUSING.search(words)):
        return [*read, narrative(text, *place)]
    if not any(lifted) and _OTHERS.match(words) and not _EARLIER.search(words):
        lifted = [_is_other_cancer(text, each, place) for each in read]
    return [
        except_for(text, each, words, place, lifts=True) if is_lifted else each
        for each, is_lifted in zip(read, lifted, strict=True)
    ]


def _but_for_untreated(text: Text, read: list[Expression], words: Narrative) -> list[Expression]:
    """Return demands, of which those on treatment are met by whom the words let in without it, too."""
    told = []
    for each in read:
        parts = each.operands if isinstance(each, AllOf) else (each,)
        told.append(
            all_of([any_of([part, words]) if _asks_treatment(text, part) else part for part in parts])
        )
    return told if told != read else [*read, words]


def _asks_treatment(text: Text, part: Expression) -> bool:
    """Whether a demand is on what was given, how often, or how the disease did on it."""
    if isinstance(part, Not):
        return False
    named = [
        text.vocabulary.by_iri.get(atom.concept) for atom in atoms(part) if isinstance(atom, Fact | Value)
    ]
    return any(
        term is not None
        and (term.iri in _COURSES or term.is_a(_LINES) or _GROUPS.get(term.category or "") == "treatment")
        for term in named
    )


def widens(words: str) -> bool:
    """Whether a sentence lets others in besides those who are asked for; one that a list ends doesn't."""
    others = _BESIDES.search(words) is not None or _UNTREATED.search(words) is not None
    return others and _LEADING.search(words) is None


def lift_kin(text: Text, bars: Expression, words: str, place: tuple[int, int]) -> Expression | None:
    """Let an allowance lift what bars a kind or a class of what it names; None where it may be about all."""
    if _POINTS_ALL.search(words) or EITHER.search(words):
        return None
    named = [_infection(text, term) for term in _outermost(text, place)]
    barred = {atom.concept for atom in atoms(bars) if isinstance(atom, Fact) and not atom.is_mention}
    told = {iri for iri in barred if any(_are_kin(text, term, INFECTIONS.get(iri, iri)) for term in named)}
    if not told:
        return None
    return map_barred(bars, lambda fact: with_exception(fact, words) if fact.concept in told else fact)


def excuses(text: Text, read: Sequence[Expression], place: tuple[int, int]) -> bool:
    """Whether an allowance may be about what is barred or asked for before it.

    What is asked of some only it leaves as it is.
    """
    return any(
        (_bars(each) and not asks_of_some(each)) or _shares_concept(text, each, place) for each in read
    )


def _of_harm(text: Text, bars: Expression, words: str, place: tuple[int, int]) -> Expression | None:
    """Lift only harm, not treatments barred beside it ("those with ≤ grade 2 neuropathy are eligible")."""
    if _GRADE.search(words) is None or not isinstance(bars, AnyOf) or _bars(bars):
        return None
    barred = {atom.concept: atom for atom in atoms(bars) if isinstance(atom, Fact) and not atom.is_mention}
    harms = {iri for iri in barred if _is_harm(text, iri)}
    given = {iri for iri, atom in barred.items() if _GROUPS.get(atom.category) == "treatment"}
    named = _outermost(text, place)
    borne = [term for term in named if term.category == "condition" and _CANCER not in term.ancestors]
    treated = [term for term in named if _GROUPS.get(term.category or "") == "treatment"]
    if not (harms and given and borne) or len(borne) + len(treated) < len(named):
        return None
    if any(_are_kin(text, term, iri) for term in treated for iri in given):
        return None
    return map_facts(bars, lambda fact: with_exception(fact, words) if fact.concept in harms else fact)


def _is_harm(text: Text, iri: str) -> bool:
    term = text.vocabulary.by_iri.get(iri)
    return term is not None and term.is_a(_TOXICITY)


def _of_its_kind(text: Text, bars: Expression, words: str, place: tuple[int, int]) -> Expression | None:
    """Lift only what bars a kind of which an allowance names one ("controlled atrial fibrillation can …").

    Arrhythmias are lifted by it and infarctions aren't. Where the allowance names something else as well,
    a wider disease, or points back at all that bars, nothing is told by its names.
    """
    if _POINTS_ALL.search(words) or EITHER.search(words) or not isinstance(bars, AnyOf):
        return None
    if any(isinstance(each, Not) for each in bars.operands):
        return None
    named = [_infection(text, term) for term in _outermost(text, place)]
    barred = {atom.concept: atom for atom in atoms(bars) if isinstance(atom, Fact) and not atom.is_mention}
    told = {iri for iri in barred if any(_are_kin(text, term, INFECTIONS.get(iri, iri)) for term in named)}
    groups = {_GROUPS.get(barred[iri].category, "") for iri in told}
    if len(groups) != 1 or "" in groups or len(told) == len(barred):
        return None
    alike = [term for term in named if _GROUPS.get(term.category or "", "") in groups]
    wider = groups == {"condition"} and any(
        _is_above(text, term, INFECTIONS.get(iri, iri)) for term in alike for iri in barred
    )
    if wider or not all(
        any(_are_kin(text, term, INFECTIONS.get(iri, iri)) for iri in told) for term in alike
    ):
        return None
    return map_barred(bars, lambda fact: with_exception(fact, words) if fact.concept in told else fact)


def _infection(text: Text, term: Term) -> Term:
    """Return the infection that a marker is of, which is what an allowance that names it is about."""
    infection: Term | None = text.vocabulary.by_iri.get(INFECTIONS.get(term.iri, ""))
    return term if infection is None else infection


def _outermost(text: Text, place: tuple[int, int]) -> list[Term]:
    """Return the concepts that a stretch of the text names, but for those inside another's name."""
    named, end = [], 0
    for position, mention in sorted(text.mentions.items()):
        if position >= end and place[0] <= text.tokens[position].start < place[1]:
            named.append(mention.term)
            end = mention.end
    return named


def _are_kin(text: Text, term: Term, concept: str) -> bool:
    """Whether one of two concepts is a kind of the other."""
    return term.iri == concept or concept in term.ancestors or _is_above(text, term, concept)


def _is_above(text: Text, term: Term, concept: str) -> bool:
    narrower = text.vocabulary.by_iri.get(concept)
    return narrower is not None and term.iri != concept and term.iri in narrower.ancestors


def _is_other_cancer(text: Text, expression: Expression, place: tuple[int, int]) -> bool:
    """Whether an allowance names a cancer beside the one that is asked for, so that either will do."""
    asked = {atom.concept for atom in atoms(expression) if isinstance(atom, Fact)}
    cancers = (term for term in _named(text, place) if _CANCER in term.ancestors)
    if all(asked & {term.iri, *term.ancestors} for term in cancers):
        return False
    known = (text.vocabulary.by_iri.get(iri) for iri in asked)
    return any(term is not None and _CANCER in term.ancestors for term in known)


def _bars(expression: Expression) -> bool:
    match expression:
        case Not():
            return True
        case AllOf(operands) | AnyOf(operands):
            return any(_bars(each) for each in operands)
        case _:
            return False


def _shares_concept(text: Text, expression: Expression, place: tuple[int, int]) -> bool:
    named = {iri for term in _named(text, place) for iri in (term.iri, *term.ancestors)}
    return any(not isinstance(atom, Narrative) and atom.concept in named for atom in _asked(expression))


def _asked(expression: Expression) -> Iterator[Atom]:
    """Yield the atoms of an expression, but for the case in which a limit of it is a wider one."""
    if isinstance(expression, AnyOf) and any(isinstance(each, Value) for each in expression.operands):
        for each in expression.operands:
            inner = each.operands if isinstance(each, AllOf) else (each,)
            values = [part for part in inner if isinstance(part, Value)]
            yield from values or atoms(each)
    elif isinstance(expression, AllOf | AnyOf):
        for each in expression.operands:
            yield from _asked(each)
    else:
        yield from atoms(expression)


def _named(text: Text, place: tuple[int, int]) -> list[Term]:
    """Return the concepts that a stretch of the text names."""
    return [mention.term for position, mention in text.mentions.items()
            if place[0] <= text.tokens[position].start < place[1]]  # fmt: skip


def _asks_for_more(expression: Expression) -> bool:
    return any(not isinstance(atom, Narrative) or atom.reason != "consent" for atom in atoms(expression))


def _is_limited(expression: Expression, by: str | None = None) -> bool:
    return any(isinstance(atom, Value) and by in (None, atom.concept) for atom in atoms(expression))
