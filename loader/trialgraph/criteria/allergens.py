"""What a patient must not be allergic to: each drug named, and the trial's own drugs where it says so."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trialgraph.criteria.chunking.brackets import are_related
from trialgraph.criteria.chunking.chunks import Chunk, Chunker, Text
from trialgraph.criteria.language.connectives import DETERMINERS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import tokenize
from trialgraph.criteria.language.vocabulary import Term, Vocabulary
from trialgraph.criteria.members.parting import part_statement
from trialgraph.criteria.sections.normalization import normalize
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not

__all__ = ["name_allergens", "trial_drugs"]

_GENERAL = frozenset({"hypersensitivity", "drug hypersensitivity"})
_ANY = "hypersensitivity"
_TO = frozenset({"to", "either", "both", "of", "against"})
_CLAUSE = frozenset({"that", "which", "who"})
_AND_SO_ON = frozenset({"etc", "and so on"})
_ORIGINS = frozenset({"human", "humanized", "humanised", "murine", "mouse", "bovine", "porcine", "equine"})
_OWN = re.compile(
    r"\b(?:any|component|excipient|ingredient|constituent|formulation|additive|metabolite)", re.I
)
_OPENING = re.compile(
    r"(?:(?:(?:an?|any|known|prior|previous|suspected|other|adverse|history\s+of|(?P<bad>severe|serious))\s+)*"
    r"(?:(?:hypersensitiv|allerg|sensitivit|intoleranc|anaphyla)\w+(?:\s+reactions?)?|reactions?)"
    r"\s+(?:to|of|against)\s+|(?:to|either|both)\s+)",
    re.IGNORECASE,
)
"""What a member of a list of agents may start with that the allergy says already."""
_ASIDE = re.compile(r"\([^()]*\)")
_BOTH = re.compile(r"(?:to\s+)?both\s+(?:(?!\bor\b)[^,;])+\sand\s(?:(?!\bor\b)[^,;])+$", re.IGNORECASE)
"""Two agents of which whoever can't have either is meant ("allergy to both A and B")."""


def trial_drugs(study: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[Term, ...]:
    """Return the treatments that a trial's own interventions name, in their order.

    Args:
        study: The registry's `Study` object.
        vocabulary: Words of the concepts.
    """
    module = study.get("protocolSection", {}).get("armsInterventionsModule", {})
    found: dict[str, Term] = {}
    for intervention in module.get("interventions", []):
        for name in (intervention.get("name", ""), *intervention.get("otherNames", [])):
            found |= {term.iri: term for term in _treatments(name, vocabulary)}
    above = {iri for term in found.values() for iri in term.ancestors - {term.iri}}
    return tuple(term for iri, term in found.items() if iri not in above and _is_agent(term, vocabulary))


def _is_agent(term: Term, vocabulary: Vocabulary) -> bool:
    """Whether one may be allergic to a treatment: to a drug or a class that has an allergy of its own.

    "Systemic therapy" names no drug; "paclitaxel" does, whatever allergies the vocabulary has.
    """
    allergy = vocabulary.allergy_to(term)
    if allergy is not None and allergy.label not in _GENERAL:
        return True
    return not term.judged and not any(
        term.iri in each.ancestors - {each.iri} for each in vocabulary.by_iri.values()
    )


def _treatments(words: str, vocabulary: Vocabulary) -> Iterator[Term]:
    tokens = tokenize(words)
    position = 0
    while position < len(tokens):
        mention = vocabulary.mention_at(tokens, position)
        if mention is not None and mention.term.category == "treatment":
            yield mention.term
        position = mention.end if mention is not None else position + 1


def name_allergens(expression: Expression, vocabulary: Vocabulary, drugs: Sequence[Term]) -> Expression:
    """Return the expression with an allergy for each agent that "allergy to A, B or the study drugs" lists.

    Args:
        expression: What a criterion says.
        vocabulary: Words of the concepts.
        drugs: The trial's own treatments, for "study drugs"; none when they aren't known.
    """
    match expression:
        case AllOf(operands):
            return all_of([name_allergens(each, vocabulary, drugs) for each in operands])
        case AnyOf(operands):
            return _once(any_of([name_allergens(each, vocabulary, drugs) for each in operands]))
        case Not(operand):
            return Not(name_allergens(operand, vocabulary, drugs))
        case Fact() if _lists_agents(expression):
            listed = list(dict.fromkeys(_allergies(expression, vocabulary, drugs))) or [expression]
            together = _BOTH.match(_ASIDE.sub("", expression.modifiers["agent"])) is not None
            return all_of(listed) if together else any_of(listed)
        case _:
            return expression


def _once(expression: Expression) -> Expression:
    """Leave out an allergy that is told twice ("allergy or hypersensitivity to A", "allergy or severe …").

    So is one to nothing named, where others say to what ("the following hypersensitivity: …").
    """
    if not isinstance(expression, AnyOf):
        return expression
    told = {_bare(each) for each in expression.operands if _is_allergy(each) and isinstance(each, Fact)}
    named = any("agent" in each.modifiers for each in told)
    kept: dict[object, Expression] = {}
    for each in expression.operands:
        if not (isinstance(each, Fact) and _is_allergy(each)):
            kept[id(each)] = each
            continue
        key = _bare(each)
        if named and each.concept_label == _ANY and not each.modifiers and each.within is None:
            continue
        wider = replace(key, modifiers={k: v for k, v in key.modifiers.items() if k != "qualifier"})
        if wider == key or wider not in told:
            kept.setdefault(key, each)
    return any_of(list(kept.values()))


def _is_allergy(expression: Expression) -> bool:
    return isinstance(expression, Fact) and expression.category == "allergy" and not expression.is_mention


def _bare(fact: Fact) -> Fact:
    return replace(fact, span=(0, 0))


def _lists_agents(fact: Fact) -> bool:
    plain = fact.category == "allergy" and fact.concept_label in _GENERAL
    return plain and not fact.is_mention and "agent" in fact.modifiers


def _allergies(fact: Fact, vocabulary: Vocabulary, drugs: Sequence[Term]) -> Iterator[Fact]:
    text = Text(normalize(fact.modifiers["agent"]), vocabulary, exclusion=True)
    start: int | None = None
    members = part_statement(Chunker(text).chunks())
    for segment in members:
        start = segment.chunks[0].start if start is None else start
        words = text.text[start : segment.chunks[-1].end].strip(" ,;.:")
        opening = _OPENING.match(text.text, start, segment.chunks[-1].end)
        named = [chunk for chunk in segment.chunks if opening is None or chunk.start >= opening.end()]
        if segment is not members[-1] and len(segment.chunks) == 1 and _is_adjective(segment.chunks[0]):
            continue
        start = None
        if words.lower() in _AND_SO_ON:
            continue
        own = drugs if lexicon().own_drugs.search(words) else ()
        drug = None if own else _bare_drug(named)
        told = _as_bad(fact, opening)
        if drug is not None:
            yield _allergy(told, vocabulary, drug, words)
            yield from _bracketed(told, vocabulary, text, segment.chunks, drug)
            continue
        yield from (_allergy(told, vocabulary, each, each.label) for each in own)
        if not own:
            yield from _bracketed(told, vocabulary, text, segment.chunks, None)
        if not own or _OWN.search(words):
            # What a tablet is made of besides its drug isn't among the concepts.
            yield replace(told, modifiers={**told.modifiers, "agent": _without_opening(words)})


def _as_bad(fact: Fact, opening: re.Match[str] | None) -> Fact:
    """Return an allergy as bad as a member of its list says ("… or severe reaction to B")."""
    told, bad = fact.modifiers.get("qualifier", ""), opening["bad"] if opening is not None else None
    if bad is None or bad in told:
        return fact
    return replace(fact, modifiers={**fact.modifiers, "qualifier": f"{told}; {bad}" if told else bad})


def _bracketed(
    fact: Fact, vocabulary: Vocabulary, text: Text, chunks: Iterable[Chunk], named: Term | None
) -> Iterator[Fact]:
    """Yield the allergies to drugs that a bracket lists ("any of the study drugs (A, B or C)").

    `named` is the drug before the bracket, which this may only abbreviate. "The …" tells what it is, and
    a clause before it what the reaction is treated with ("which can't be controlled (e.g. antihistamines)").
    """
    told = itertools.takewhile(lambda chunk: chunk.form.split(" ")[0] not in _CLAUSE, chunks)
    brackets = (chunk for chunk in told if chunk.kind == "bracket" and chunk.inner)
    for bracket in (each for each in brackets if each.inner[0].form != "the"):
        for chunk in bracket.inner:
            term = chunk.term if chunk.kind == "concept" else None
            if term is None or term.category != "treatment":
                continue
            if named is None or not are_related(named, term):
                yield _allergy(fact, vocabulary, term, text.text[chunk.start : chunk.end])


def _is_adjective(chunk: Chunk) -> bool:
    """Whether a member of a list goes with the noun of the next ("chimeric or humanized antibodies")."""
    adjective = chunk.form in _ORIGINS or chunk.form.endswith(lexicon().adjectival)
    return chunk.kind == "word" and not chunk.classes and adjective


def _without_opening(words: str) -> str:
    return words[found.end() :] if (found := _OPENING.match(words)) is not None else words


def _bare_drug(chunks: Iterable[Chunk]) -> Term | None:
    """Return the treatment that a member of a list names, when it says nothing else."""
    named: Term | None = None
    for chunk in chunks:
        if chunk.kind == "concept" and chunk.term is not None and named is None:
            named = chunk.term
        elif chunk.kind == "bracket" or (named is not None and "tail" in chunk.classes):
            continue
        elif chunk.form not in DETERMINERS - {"other", "another", "such"} and chunk.form not in _TO:
            return None
    return named if named is not None and named.category == "treatment" else None


def _allergy(fact: Fact, vocabulary: Vocabulary, drug: Term, words: str) -> Fact:
    """Return the allergy to a drug, which is the concept's own or, with its name, one to its class."""
    allergy = vocabulary.allergy_to(drug)
    modifiers = {name: told for name, told in fact.modifiers.items() if name != "agent"}
    if allergy is None or allergy.cause != drug.iri:
        modifiers["agent"] = _without_opening(words)
    term = allergy or vocabulary.by_iri[fact.concept]
    return replace(fact, concept=term.iri, concept_label=term.label, modifiers=modifiers)
