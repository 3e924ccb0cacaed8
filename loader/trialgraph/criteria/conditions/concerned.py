"""Which of several diseases an exception is about ("lupus, colitis or psoriasis, except mild psoriasis").

An exception is written behind the whole list, and told of each of its members. What names another disease
lifts nothing of a member: who has lupus is barred, whatever becomes of those with psoriasis.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from trialgraph.concepts import packaged_concepts
from trialgraph.criteria.chunking.viruses import INFECTIONS
from trialgraph.criteria.conditions.exempting import with_exception
from trialgraph.criteria.conditions.lifting import EITHER
from trialgraph.criteria.language.tokens import tokenize
from trialgraph.criteria.language.vocabulary import Vocabulary
from trialgraph.criteria.sections.normalization import normalize
from trialgraph.criteria.trees import any_of, map_facts
from trialgraph.expressions import AnyOf, Expression, Fact, atoms
from trialgraph.namespaces import TGC

__all__ = ["lift_what_is_named"]

_PARTING = "; "
_NAME, _OTHER_NAME = "§", "¤"
"""Stand for the name of a disease, and of anything else, in the words of an exception."""
_DISEASES = frozenset({"condition", "lesion"})
_BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_JOINT = re.compile(r"[,;/]|\b(?:and|or|nor|as well as)\b", re.IGNORECASE)
_LET_IN = re.compile(
    r"\W*(?:\w+\W+){0,2}(?:patients|subjects|participants|individuals|those)\b", re.IGNORECASE
)
"""How a part opens that lets in others than the one before it."""
_UNLED = re.compile(
    r"\b(?:of|without|not?|never|non|on|if|unless|that|due|in|after|before|receiv\w+|us(?:e|ing)|requir\w+)\b"
    rf"|{_OTHER_NAME}",
    re.IGNORECASE,
)
"""Behind these words the name of a disease isn't what is let in ("no colitis", "steroids for asthma")."""
_HAVING = re.compile(r"\b(?:history|cases?|forms?|diagnosis|presence) of\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?<!the )(?<!underlying )(?<!following )(?<!their )(?:conditions?|diseases?(?! is\b)|disorders?"
    r"|illness(?:es)?|syndromes?|infections?|events?|cancers?|tumou?rs?|malignanc\w+|those|these|this|any|such|above"
    r"|criteri\w+|exceptions?|others?|whose)\b",
    re.IGNORECASE,
)
"""What may be about more than is named."""
_KINDS = frozenset(
    map(
        str,
        (TGC.ImmuneSystemDisease, TGC.AutoimmuneDisease, TGC.SystemicAutoimmuneDisease,
         TGC.InflammatoryDisorder, TGC.MalignantNeoplasm, TGC.MetastaticMalignantNeoplasm,
         TGC.DistantMetastasis),
    )
)  # fmt: skip
"""What diseases that stand elsewhere in the ontology may be some kind of all the same."""
_HEPATITIS_C = str(TGC.HepatitisC)
_NEOPLASM, _METASTATIC = str(TGC.Neoplasm), str(TGC.MetastaticMalignantNeoplasm)


def lift_what_is_named(expression: Expression, vocabulary: Vocabulary) -> Expression:
    """Return an expression whose diseases keep of a shared exception only what may be about them.

    A part of an exception is taken from a disease if it is about other diseases only, and one that it may
    be about is barred beside it.

    Args:
        expression: A criterion's expression, whose facts have their exceptions in words.
        vocabulary: The words of the concepts.
    """
    told = [atom for atom in atoms(expression) if isinstance(atom, Fact) and "exception" in atom.modifiers]
    if not told:
        return expression
    expression = _shared_with_named(expression, told, vocabulary)
    diseases = {each for each in map(_disease, told) if each is not None}
    if len(diseases) < 2:
        return expression
    about = {part: _named(part, vocabulary) for each in told for part in _parts(each)}
    freed = {
        (iri, part)
        for part, named in about.items()
        if named and any(_may_concern(named, iri, diseases) for iri in diseases)
        for iri in diseases
        if not _may_concern(named, iri, diseases)
    }
    return map_facts(expression, lambda fact: _lifted(fact, freed)) if freed else expression


def _shared_with_named(expression: Expression, told: list[Fact], vocabulary: Vocabulary) -> Expression:
    """Return alternatives with what a bracket behind one of them excepts of those before it.

    "HIV, hepatitis B, hepatitis C (patients cured of HBV or HCV are allowed)": hepatitis B is excepted, too.
    """
    if not isinstance(expression, AnyOf):
        return expression
    of_others = [(fact, part, _let_in(part, vocabulary)) for fact in told for part in _parts(fact)]

    def shared(fact: Fact) -> Fact:
        iri = _disease(fact)
        if iri is None:
            return fact
        below = packaged_concepts().descendants(iri)
        for other, part, named in of_others:
            known = fact.modifiers.get("exception", "")
            behind = other.span[0] > fact.span[0]
            if behind and part not in known and not named.isdisjoint(below):
                fact = with_exception(fact, part)
        return fact

    operands = [shared(each) if isinstance(each, Fact) else each for each in expression.operands]
    return any_of(operands)


@lru_cache(maxsize=4096)
def _let_in(part: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the diseases that a part of an exception names as what those have whom it lets in."""
    masked, named = _masked(part, vocabulary)
    leads = [_JOINT.split(_HAVING.sub("", lead))[-1] for lead in masked.split(_NAME)[:-1]]
    told = {iri for lead, iri in zip(leads, named, strict=True) if _UNLED.search(lead) is None}
    return frozenset(told | ({_HEPATITIS_C} if EITHER.search(part) else set()))


def _disease(fact: Fact) -> str | None:
    """Return the disease that a fact bars, or the infection that a marker is of; None for a cancer.

    What is excepted from a cancer may tell where it came from.
    """
    named = INFECTIONS.get(fact.concept, fact.concept if fact.category in _DISEASES else "")
    concepts = packaged_concepts()
    if named not in concepts or fact.is_mention or fact.study is not None or "relation" in fact.modifiers:
        return None
    primary = concepts.is_a(named, _NEOPLASM) and not concepts.is_a(named, _METASTATIC)
    return None if primary else named


def _parts(fact: Fact) -> list[str]:
    """Return what semicolons part outside of brackets, and of the conditions that a part ends with."""
    parts: list[str] = []
    for each in fact.modifiers.get("exception", "").split(_PARTING):
        goes_on = parts and ":;" in parts[-1] + ";" and not _LET_IN.match(each)
        if goes_on or (parts and parts[-1].count("(") > parts[-1].count(")")):
            parts[-1] += _PARTING + each
        else:
            parts.append(each)
    return parts


def _lifted(fact: Fact, freed: set[tuple[str, str]]) -> Fact:
    left = [part for part in _parts(fact) if (_disease(fact), part) not in freed]
    others = {name: words for name, words in fact.modifiers.items() if name != "exception"}
    return replace(fact, modifiers={**others, "exception": _PARTING.join(left)} if any(left) else others)


def _may_concern(named: frozenset[str], iri: str, diseases: set[str]) -> bool:
    """Whether one of the diseases named may be a kind of one barred, or above it, or what it leads to."""
    concepts = packaged_concepts()
    below = concepts.descendants(iri)
    if iri in _KINDS or concepts.is_judged(iri) or not below.isdisjoint(diseases - {iri}):
        return True
    if concepts.is_a(iri, _NEOPLASM) and not any(concepts.is_a(name, _NEOPLASM) for name in named):
        return True
    kin = {each for name in named for each in (name, *concepts[name].sequel_of)}
    return any(not below.isdisjoint(concepts.descendants(each)) for each in kin)


@lru_cache(maxsize=4096)
def _named(part: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the diseases that a part of an exception is about; none where it may be about others."""
    concepts = packaged_concepts()
    masked, named = _masked(part, vocabulary)
    named += [_HEPATITIS_C] if EITHER.search(part) else []
    unsure = any(concepts.is_judged(iri) or iri in _KINDS for iri in named)
    if unsure or _OTHERS.search(masked):
        return frozenset()
    pieces = [piece.strip() for piece in _JOINT.split(_BRACKET.sub(" ", masked))]
    treated = False
    for index, piece in enumerate(pieces):
        lead, name, _ = piece.partition(_NAME)
        if not name and (index == 0 or (_OTHER_NAME in piece and not treated)):
            return frozenset()
        if name and _UNLED.search(_HAVING.sub("", lead)):
            return frozenset()
        treated = _OTHER_NAME in piece
    return frozenset(named)


def _masked(part: str, vocabulary: Vocabulary) -> tuple[str, list[str]]:
    """Return words with signs for the names in them, and the diseases that are named."""
    text = normalize(part).text
    tokens = tokenize(text)
    masked, named, end = "", [], 0
    for _, mention in sorted(vocabulary.mentions(tokens).items()):
        start = tokens[mention.start].start
        if start < end:
            continue
        disease = mention.term.category in _DISEASES
        masked += text[end:start] + (_NAME if disease else _OTHER_NAME)
        named += [mention.term.iri] if disease else []
        end = tokens[mention.end - 1].end
    return masked + text[end:], named
