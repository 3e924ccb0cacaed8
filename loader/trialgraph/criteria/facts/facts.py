"""One stretch of a list as a fact: a concept, what narrows it, and whether it is denied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialgraph.criteria.chunking.brackets import category_of, is_gloss, is_tumour, only_repeats
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.criteria.facts.recency import LATELY
from trialgraph.criteria.facts.requiring import REQUIRING
from trialgraph.criteria.facts.strokes import are_choices
from trialgraph.criteria.facts.subjects import without_subject
from trialgraph.criteria.facts.surroundings import Around, read_after, read_before
from trialgraph.criteria.facts.washouts import OtherTime
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["FactReading", "is_content", "read_fact"]

_INVESTIGATIONAL = str(TGC.InvestigationalDrug)
_MALIGNANT = str(TGC.MalignantNeoplasm)
_NEOPLASM = str(TGC.Neoplasm)
_PRIMARY_MALIGNANT = str(TGC.PrimaryMalignantNeoplasm)
_OTHER_MALIGNANT = str(TGC.OtherMalignantNeoplasm)
_AGAINST_CANCER = frozenset({str(TGC.AntitumorTherapy), str(TGC.SystemicAnticancerTherapy)})
_OLIGOMETASTATIC = str(TGC.OligometastaticDisease)
_METASTATIC_LESION = str(TGC.MetastaticLesion)
_AS = frozenset(
    {
        "status",
        "confirmed",
        "determined",
        "documented",
        "as",
        "is",
        "to be",
        "be",
        "type",
        "of",
        "to",
        "defined as",
        "tumor",
        "must",
        "must be",
    }
)
_AT_MOST = re.compile(
    r"(?:[<≤]|less than|no more than|at most|up to|not (?:more|greater|worse) than)[^;,]{0,20}\bgrade"
    r"|\bgrades?\s*[0-5IV]+(?:\s*-\s*[0-5IV]+)?\s*(?:or|and)\s*(?:less|lower|better|below|under)\b"
    r"|\bgrades?\s*0\s*(?:-|to|or)\s*[12]\b",
    re.IGNORECASE,
)
_AGENTS = frozenset({"inhibitor", "inhibition", "antagonist", "antibody", "blocker", "blockade", "degrader"})
_MEDICINE = frozenset({"drug", "agent", "medication"})
_GIVEN_WITH = ("treatment with", "therapy with", "treated with", "exposure to", "exposed to")
_ALTERATION = re.compile(
    r"\b(?:mutation|mutational|variant|alteration|aberration|rearrangement|translocation|fusion|amplification"
    r"|methylation|deletion|codeletion|co-deletion|expression|overexpression)s?$",
    re.IGNORECASE,
)
_BEING = ("is ", "are ", "be ", "will ", "should ")
_EVERY = frozenset({"any", "all"})
"""Words with which a treatment gone through is any there was, not one that there has to be."""
_BEARING = frozenset({"harboring", "harbouring", "bearing", "carrying", "with", "that harbor", "expressing"})
_CHOOSING = frozenset({"or", "and/or", "and / or"})
_ADDING = frozenset({"and", "&"})
_JOINTS = _CHOOSING | _ADDING | {","}
_STACKABLE = frozenset({"biomarker", "condition"})


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


def read_fact(text: Text, chunks: Sequence[Chunk]) -> FactReading | None:
    """Return what a stretch with a concept says, or None when a word in it isn't understood."""
    chunks = without_subject(chunks)
    first = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), None)
    if first is None or chunks[first].kind == "value":
        return None
    around = Around()
    if not read_before(text, chunks[first], chunks[:first], around):
        return None
    if around.gone_through and not text.exclusion and any(chunk.form in _EVERY for chunk in chunks[:first]):
        return None
    if _requires(chunks[:first]) and not _treats_any(chunks[first]):
        return None
    after = first + 1
    heads = [chunks[first]]
    chunks = _without_method(heads[-1], chunks, after)
    while after < len(chunks) and _stacks(heads[-1], chunks, after):
        if chunks[after].kind != "sign":
            heads.append(chunks[after])
        after += 1
    after = _over_adjectives(text, heads, chunks, after, around)
    after = _more_exact(heads, chunks, after)
    chunks = _bearing(text, chunks, after, heads[-1], around)
    chunks = _marked(text, chunks, after, heads[-1], around)
    if _speaks_of_status(text, heads[-1], chunks[after:]) or _is_target(heads, chunks, after):
        return None
    if not read_after(text, heads[-1], chunks[after:], around):
        return None
    barred = any("barring" in chunk.classes and chunk.form.startswith(_BEING) for chunk in chunks[after:])
    if not text.exclusion and (barred or _bars_any(heads[-1], chunks[0], around)):
        return None
    return _assemble(text, heads, chunks, around)


def _speaks_of_status(text: Text, head: Chunk, behind: Sequence[Chunk]) -> bool:
    """Whether a marker is only what a status is of ("known KRAS mutation status" is no mutation)."""
    told = bool(behind) and behind[0].form == "status" and category_of(head) == "biomarker"
    return told and _ALTERATION.search(text.text, head.start, head.end) is not None


def _is_target(heads: Sequence[Chunk], chunks: Sequence[Chunk], after: int) -> bool:
    """Whether a marker is what a drug acts on ("a BRAF V600 inhibitor", "treatment with KRAS G12D or …")."""
    if category_of(heads[-1]) != "biomarker":
        return False
    acted_on = after < len(chunks) and chunks[after].form in _AGENTS
    return acted_on or any(chunk.form.endswith(_GIVEN_WITH) for chunk in chunks[: chunks.index(heads[0])])


def _bars_any(head: Chunk, opening: Chunk, around: Around) -> bool:
    """Whether "any surgery within 4 weeks" stands among demands by mistake, since nobody demands it so."""
    given = category_of(head) in ("treatment", "procedure")
    return given and opening.form in _EVERY and around.window is not None and not around.negated


def _over_adjectives(
    text: Text, heads: list[Chunk], chunks: Sequence[Chunk], after: int, around: Around
) -> int:
    """Read "HER2-negative early-stage breast cancer" as both; return where the rest starts."""
    index = after
    while index < len(chunks) and chunks[index].kind == "word" and "qualifier" in chunks[index].classes:
        index += 1
    tumour = chunks[index].term if after < index < len(chunks) and chunks[index].kind == "concept" else None
    if tumour is None or category_of(heads[-1]) != "biomarker" or _NEOPLASM not in tumour.ancestors:
        return after
    around.qualifiers.append(text.text[chunks[after].start : chunks[index - 1].end])
    heads.append(chunks[index])
    return index + 1


def _kinds_of(head: Chunk) -> frozenset[str]:
    return head.term.ancestors | {head.term.iri} if head.term is not None else frozenset()


def _without_method(head: Chunk, chunks: Sequence[Chunk], after: int) -> Sequence[Chunk]:
    """Drop how a marker was found between it and its tumour ("HER2-positive (IHC 3+) breast cancer")."""
    inside = after + 1 < len(chunks) and chunks[after].kind == "bracket" and category_of(head) == "biomarker"
    tumour = inside and category_of(chunks[after + 1]) == "condition"
    return [*chunks[:after], *chunks[after + 1 :]] if tumour else chunks


def _bearing(text: Text, chunks: Sequence[Chunk], after: int, head: Chunk, around: Around) -> Sequence[Chunk]:
    """Take "harboring a KRAS mutation" behind a tumour as a marker of its own; return what is before it."""
    at = next((i for i in range(after, len(chunks)) if chunks[i].form in _BEARING), None)
    if at is None or category_of(head) != "condition":
        return chunks
    named = next((chunk for chunk in chunks[at + 1 :] if is_content(chunk)), None)
    if (
        named is None
        or category_of(named) != "biomarker"
        or (chunks[at].form == "with" and _NEOPLASM not in _kinds_of(head))
    ):
        return chunks
    reading = read_fact(text, chunks[at + 1 :])
    if reading is None or reading.negated:
        return chunks
    around.extra.append(reading.expression)
    return chunks[:at]


def _marked(text: Text, chunks: Sequence[Chunk], after: int, head: Chunk, around: Around) -> Sequence[Chunk]:
    """Take markers in a bracket behind a tumour as facts of their own; return the chunks without it."""
    at = after
    while at < len(chunks) and _abbreviates(head, chunks[at]):
        at += 1
    if at == len(chunks) or not is_tumour(head) or chunks[at].kind != "bracket":
        return chunks
    members: list[list[Chunk]] = [[]]
    for chunk in chunks[at].inner:
        if chunk.form in _JOINTS:
            members.append([])
        else:
            members[-1].append(chunk)
    members = [each for each in members if each and not all(is_gloss(head, chunk) for chunk in each)]
    marked = all(category_of(chunk) == "biomarker" for each in members for chunk in each if is_content(chunk))
    told = [read_fact(text, each) if marked else None for each in members]
    read = [Not(each.expression) if each.negated else each.expression for each in told if each is not None]
    joints = {chunk.form for chunk in chunks[at].inner if chunk.form in _JOINTS}
    either = not joints.isdisjoint(_CHOOSING)
    if not read or len(read) < len(members) or (either and not joints.isdisjoint(_ADDING)):
        return chunks
    if isinstance(read[0], Fact):
        read[0] = replace(read[0], span=(text.span(chunks[at].start, chunks[at].end)[0], read[0].span[1]))
    around.extra.append(read[0] if len(read) == 1 else AnyOf(tuple(read)) if either else AllOf(tuple(read)))
    return [*chunks[:at], *chunks[at + 1 :]]


def _requires(chunks: Sequence[Chunk]) -> bool:
    """Whether a concept is what an unnamed condition requires ("conditions requiring steroids")."""
    return any(chunk.form in REQUIRING for chunk in chunks)


def _treats_any(head: Chunk) -> bool:
    """Whether a treatment is one that any condition may require: what treats cancer isn't."""
    given = category_of(head) in ("treatment", "procedure")
    return given and head.term is not None and head.term.iri not in _AGAINST_CANCER


def _more_exact(heads: list[Chunk], chunks: Sequence[Chunk], after: int) -> int:
    """Read "microsatellite status confirmed as MSS" as MSS, "the PARP inhibitor olaparib" as olaparib.

    Returns:
        Where the rest starts.
    """
    index = after
    while index < len(chunks) and chunks[index].kind == "word" and chunks[index].form in _AS:
        index += 1
    given = category_of(heads[-1]) in GIVEN
    if given and index < len(chunks) and chunks[index].form in _MEDICINE:
        index += 1
    found = chunks[index].term if index < len(chunks) and (index > after or given) else None
    head = heads[-1].term
    if found is not None and head is not None and found.iri != head.iri and head.iri in found.ancestors:
        heads[-1] = chunks[index]
        return index + 1
    return after


def _stacks(head: Chunk, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether the next chunk is another concept of one noun phrase ("pMMR/MSS colorectal adenocarcinoma")."""
    chunk = chunks[index]
    if chunk.kind == "sign" and chunk.form == "/":
        following = chunks[index + 1] if index + 1 < len(chunks) else None
        return (
            following is not None
            and following.kind == "concept"
            and category_of(following) == category_of(head)
        )
    if chunk.kind != "concept" or chunk.term is None or chunk.term.quantity:
        return False
    if head.term is not None and category_of(head) == "condition" and chunk.term.iri in head.term.ancestors:
        return False
    if chunks[index - 1].kind == "sign":
        return category_of(chunk) == category_of(head)
    if category_of(head) == category_of(chunk) == "biomarker":
        return chunk.start == head.end
    return category_of(head) in _STACKABLE and category_of(chunk) == "condition"


def _assemble(text: Text, heads: list[Chunk], chunks: Sequence[Chunk], around: Around) -> FactReading | None:
    groups: list[list[Fact]] = []
    before: Chunk | None = None
    for chunk in heads:
        if chunk.term is not None and _MALIGNANT in chunk.term.ancestors:
            around.malignant.add(chunk.term.iri)
        fact = _fact(text, chunk)
        if fact is None:
            return None
        lacking = any(each.term is not None and each.term.label.endswith("negative") for each in heads)
        glued = lacking or (before is not None and chunk.start == before.end)
        same = groups and not glued and groups[-1][-1].category == fact.category == "biomarker"
        same = same or (bool(groups) and fact.category in GIVEN and are_choices(text, groups[-1][-1], fact))
        before = chunk
        (groups[-1].append(fact) if same else groups.append([fact]))
    _count_apart(text, heads[-1], around)
    if not (text.exclusion or around.negated) and category_of(heads[-1]) == "condition":
        _bar_worse(around)
    groups[-1] = [_narrowed(text, fact, around) for fact in groups[-1]]
    parts: list[Expression] = [group[0] if len(group) == 1 else AnyOf(tuple(group)) for group in groups]
    parts += around.extra
    expression = parts[0] if len(parts) == 1 else AllOf(tuple(parts))
    last = next((chunk for chunk in reversed(chunks) if not _abbreviates(heads[-1], chunk)), chunks[-1])
    leading = around.leading if last.kind == "concept" else None
    told = around.examples, around.tested, around.other_time
    return FactReading(expression, around.negated, leading, *told)


def _bar_worse(around: Around) -> None:
    """Read "neuropathy ≤ grade 1" among demands as no neuropathy that is worse, which none meets too."""
    mild = [_AT_MOST.search(words) is not None for words in around.qualifiers]
    if any(mild):
        around.negated = True
        around.qualifiers = [
            f"not {words}" if told else words for told, words in zip(mild, around.qualifiers, strict=True)
        ]


def _abbreviates(head: Chunk, chunk: Chunk) -> bool:
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
    if qualifiers:
        modifiers["qualifier"] = "; ".join([*filter(None, [modifiers.get("qualifier")]), *qualifiers])
    if around.historic and fact.category == "condition":
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


def _goes_without_saying(fact: Fact, words: str, around: Around) -> bool:
    """Whether a word adds nothing here: "recent" beside a time span, "primary" before a cancer."""
    lower = words.lower()
    if lower == "primary":
        return fact.concept == _MALIGNANT or fact.concept in around.malignant
    if lower == "multiple":
        return (around.count or fact.count) is not None
    return lower in LATELY and (fact.within or around.window) is not None
