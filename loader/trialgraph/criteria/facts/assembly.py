"""The facts of a noun phrase, put together with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialgraph.criteria.chunking.brackets import category_of, only_repeats
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.recency import LATELY
from trialgraph.criteria.facts.strokes import are_choices
from trialgraph.criteria.facts.surroundings import Around
from trialgraph.criteria.facts.washouts import OtherTime
from trialgraph.criteria.language.names import is_examination
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["FactReading", "abbreviates", "assemble"]

_INFECTION = str(TGC.InfectiousDisease)
_INVESTIGATIONAL = str(TGC.InvestigationalDrug)
_MALIGNANT = str(TGC.MalignantNeoplasm)
_NEOPLASM = str(TGC.Neoplasm)
_PRIMARY_MALIGNANT = str(TGC.PrimaryMalignantNeoplasm)
_OTHER_MALIGNANT = str(TGC.OtherMalignantNeoplasm)
_OLIGOMETASTATIC = str(TGC.OligometastaticDisease)
_RELATIVES = str(TGC.FamilyHistory)
_METASTATIC_LESION = str(TGC.MetastaticLesion)
_AT_MOST = re.compile(
    r"(?:[<≤]|less than|no more than|at most|up to|not (?:more|greater|worse) than)[^;,]{0,20}\bgrade"
    r"|\bgrades?\s*[0-5IV]+(?:\s*-\s*[0-5IV]+)?\s*(?:or|and)\s*(?:less|lower|better|below|under)\b"
    r"|\bgrades?\s*0\s*(?:-|to|or)\s*[12]\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FactReading:
    """What a stretch says.

    Args:
        expression: The fact or facts.
        negated: The stretch itself denies them ("no", "negative").
        leading: What narrows them from in front, and may narrow bare members of the list after them.
        examples: The instances of them that a bracket lists ("(e.g. A or B)").
        other_time: The time that a bracket sets for some treatments of its own.
        tested: The result of a test denies them ("negative pregnancy test"), but nothing else in a list.
    """

    expression: Expression
    negated: bool = False
    leading: str | None = None
    examples: Sequence[Chunk] = ()
    tested: bool = False
    other_time: OtherTime | None = None


def assemble(text: Text, heads: list[Chunk], chunks: Sequence[Chunk], around: Around) -> FactReading | None:
    """Return the facts that the concepts of a stretch name, each with what is said around them."""
    groups: list[list[Fact]] = []
    before: Chunk | None = None
    for chunk in heads:
        if chunk.term is not None and _MALIGNANT in chunk.term.ancestors:
            around.malignant.add(chunk.term.iri)
        fact = _fact(text, chunk)
        if fact is None or _is_to_be_done(text, chunk, around):
            return None
        lacking = any(each.term is not None and each.term.label.endswith("negative") for each in heads)
        glued = lacking or (before is not None and "/" not in text.text[before.end : chunk.start])
        marked = fact.category == "biomarker" and not glued
        same = bool(groups) and (marked or fact.category in GIVEN) and are_choices(text, groups[-1][-1], fact)
        before = chunk
        (groups[-1].append(fact) if same else groups.append([fact]))
    _count_apart(text, heads[-1], around)
    if not (text.exclusion or around.negated) and category_of(heads[-1]) == "condition":
        _bar_worse(around)
    groups[-1] = [_narrowed(text, fact, around) for fact in groups[-1]]
    parts: list[Expression] = [group[0] if len(group) == 1 else AnyOf(tuple(group)) for group in groups]
    parts += around.extra
    expression = parts[0] if len(parts) == 1 else AllOf(tuple(parts))
    last = next((chunk for chunk in reversed(chunks) if not abbreviates(heads[-1], chunk)), chunks[-1])
    leading = around.leading if last.kind == "concept" else None
    of_kin = heads[-1].term is not None and heads[-1].term.is_a(_RELATIVES)
    told = () if of_kin else around.examples, around.tested, around.other_time
    return FactReading(expression, around.negated, leading, *told)


def _is_to_be_done(text: Text, chunk: Chunk, around: Around) -> bool:
    """Whether an examination is demanded, which may still be done: who hasn't had it isn't unfit."""
    examined = chunk.term is not None and is_examination(chunk.term)
    return examined and text.exclusion == around.negated


def _bar_worse(around: Around) -> None:
    """Read "neuropathy ≤ grade 1" among demands as no neuropathy that is worse, which none meets too."""
    mild = [_AT_MOST.search(words) is not None for words in around.qualifiers]
    if any(mild):
        around.negated = True
        around.qualifiers = [
            f"not {words}" if told else words for told, words in zip(mild, around.qualifiers, strict=True)
        ]


def abbreviates(head: Chunk, chunk: Chunk) -> bool:
    """Whether a bracket only says a concept again ("non-small cell lung cancer (NSCLC)")."""
    return chunk.kind == "bracket" and bool(chunk.inner) and only_repeats(head, chunk.inner)


def _count_apart(text: Text, head: Chunk, around: Around) -> None:
    """Read the number of oligometastases as one of metastases there, since those are what is counted."""
    term, count = head.term, around.count
    if term is None or count is None or not term.is_a(_OLIGOMETASTATIC):
        return
    general = {_OLIGOMETASTATIC, *text.vocabulary.by_iri[_OLIGOMETASTATIC].ancestors}
    above = term.ancestors - general - {term.iri}
    named = [text.vocabulary.by_iri[iri] for iri in above if iri in text.vocabulary.by_iri]
    sites = [site for site in named if _OLIGOMETASTATIC not in site.ancestors]
    counted = max(sites, key=lambda site: (len(site.ancestors), site.iri), default=None)
    counted = counted or text.vocabulary.by_iri[_METASTATIC_LESION]
    span = text.span(head.start, head.end)
    around.extra.append(Fact(counted.iri, counted.label, "lesion", {}, count, None, None, span))
    around.count = None


def _fact(text: Text, chunk: Chunk) -> Fact | None:
    if isinstance(chunk.expression, Fact):
        return chunk.expression
    if chunk.term is None or chunk.term.category is None:
        return None
    if chunk.term.iri == _OTHER_MALIGNANT:
        span = text.span(chunk.start, chunk.end)
        return Fact(
            _MALIGNANT, "malignant neoplasm", "condition", {"relation": "other"}, None, None, None, span
        )
    return Fact(
        chunk.term.iri,
        chunk.term.label,
        chunk.term.category,
        {},
        None,
        None,
        None,
        text.span(chunk.start, chunk.end),
    )


def _narrowed(text: Text, fact: Fact, around: Around) -> Fact:
    modifiers: dict[str, str] = {**fact.modifiers, **around.modifiers}
    qualifiers = [words for words in around.qualifiers if not _goes_without_saying(fact, words, around)]
    any_cancer = fact.concept in (_MALIGNANT, _PRIMARY_MALIGNANT)
    barred = text.exclusion or around.negated
    if around.besides and any_cancer and barred:
        # The study disease itself is neither earlier nor concurrent.
        fact = replace(fact, concept=_MALIGNANT, concept_label="malignant neoplasm")
        modifiers["relation"] = "other"
    if around.other:
        if fact.concept == _PRIMARY_MALIGNANT:
            fact = replace(fact, concept=_MALIGNANT, concept_label="malignant neoplasm")
        if fact.concept in (_MALIGNANT, _NEOPLASM):
            modifiers["relation"] = "other"
        elif (fact.category in GIVEN and fact.concept != _INVESTIGATIONAL) or (
            barred and fact.concept in around.malignant
        ):
            # Whoever is screened hasn't had the drug under study, so any investigational drug is another.
            qualifiers.insert(0, "other")
    historic = around.historic and fact.category == "condition"
    if historic and modifiers.get("status") == "active" and (fact.within or around.window) is None:
        fact = _once_active(text, fact, qualifiers)
        del modifiers["status"]
    if qualifiers:
        modifiers["qualifier"] = "; ".join([*filter(None, [modifiers.get("qualifier")]), *qualifiers])
    if historic:
        modifiers.setdefault("status", "history")
    if fact.category in GIVEN and (fact.within or around.window) is not None:
        # What was going on within 4 weeks was given then.
        modifiers.pop("status", None)
    lesion = around.count is not None or around.size is not None
    return replace(
        fact,
        modifiers=modifiers,
        category="lesion" if lesion else fact.category,
        count=around.count or fact.count,
        size=around.size or fact.size,
        within=fact.within or around.window,
    )


def _once_active(text: Text, fact: Fact, qualifiers: list[str]) -> Fact:
    """Return what "history of active tuberculosis" tells of: any disease was active once, not any infection.

    Args:
        text: The words.
        fact: The disease.
        qualifiers: Gets the word itself, where an infection's active form has no concept.
    """
    term = text.vocabulary.by_iri.get(fact.concept)
    if term is None or not term.is_a(_INFECTION):
        return fact
    active = text.vocabulary.by_iri.get(str(TGC[f"Active{local_name(term)}"]))
    if active is None:
        qualifiers.insert(0, "active")
        return fact
    return replace(fact, concept=active.iri, concept_label=active.label)


def _goes_without_saying(fact: Fact, words: str, around: Around) -> bool:
    """Whether a word adds nothing here: "recent" beside a time span, "primary" before a cancer."""
    lower = words.lower()
    if lower == "primary":
        return fact.concept == _MALIGNANT or fact.concept in around.malignant
    if lower == "multiple":
        return (around.count or fact.count) is not None
    return lower in LATELY and (fact.within or around.window) is not None
