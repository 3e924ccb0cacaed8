"""One stretch of a list as a fact: a concept, what narrows it, and whether it is denied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import category_of, is_gloss, is_tumour
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.kin import KIN, age_of_kin
from trialgraph.criteria.chunking.pieces import is_content
from trialgraph.criteria.facts.assembly import FactReading, abbreviates, assemble
from trialgraph.criteria.facts.predications import tells_inability
from trialgraph.criteria.facts.requiring import REQUIRING
from trialgraph.criteria.facts.subjects import is_any_tumour, without_subject
from trialgraph.criteria.facts.surroundings import Around, read_after, read_before
from trialgraph.criteria.language.connectives import JOINTS, OR
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms
from trialgraph.namespaces import TGC

__all__ = ["is_content", "read_fact"]

_NEOPLASM = str(TGC.Neoplasm)
_STATUS = str(TGC.DiseaseStatus)
_AGAINST_CANCER = frozenset({str(TGC.AntitumorTherapy), str(TGC.SystemicAnticancerTherapy)})
_SYSTEMIC = str(TGC.SystemicAnticancerTherapy)
_OTHERS = tuple(
    map(str, (TGC.AutoimmuneDisease, TGC.GraftVersusHostDisease, TGC.InfectiousDisease, TGC.SkinDisease))
)
_TREATING = frozenset({"for", "of", "to treat", "for the treatment of", "for treatment of"})
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
_AGENTS = frozenset({"inhibitor", "inhibition", "antagonist", "antibody", "blocker", "blockade", "degrader"})
_MEDICINE = frozenset({"drug", "agent", "medication"})
_GIVEN_WITH = ("treatment with", "therapy with", "treated with", "exposure to", "exposed to")
_ALTERATION = re.compile(
    r"\b(?:mutation|mutational|variant|alteration|aberration|rearrangement|translocation|fusion|amplification"
    r"|methylation|deletion|codeletion|co-deletion|expression|overexpression)s?$",
    re.IGNORECASE,
)
_BEING = ("is ", "are ", "be ", "will ", "should ")
_OF_TRIAL = "for the study disease"
_EVERY = frozenset({"any", "all"})
"""Words with which a treatment gone through is any there was, not one that there has to be."""
_BEARING = frozenset({"harboring", "harbouring", "bearing", "carrying", "with", "that harbor", "expressing"})
_TESTED = frozenset({"positive for", "tested positive for", "test positive for"})
_ADDING = frozenset({"and", "&"})
_STACKABLE = frozenset({"biomarker", "condition"})
_RESULT = re.compile(r"\b(?:positive|negative|low|high|wild type|deficien(?:t|cy)|stable)$", re.IGNORECASE)


def read_fact(text: Text, chunks: Sequence[Chunk]) -> FactReading | None:
    """Return what a stretch with a concept says, or None when a word in it isn't understood."""
    chunks = without_subject(chunks)
    first = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), None)
    if first is None or chunks[first].kind == "value":
        return None
    around = Around()
    if not read_before(text, chunks[first], chunks[:first], around):
        return None
    _take_lack(chunks[first:], around)
    if around.gone_through and not text.exclusion and any(chunk.form in _EVERY for chunk in chunks[:first]):
        return None
    if around.negated and tells_inability(text, chunks[first]):
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
        chunks = _without_method(heads[-1], chunks, after)
    after = _over_adjectives(text, heads, chunks, after, around)
    after = _more_exact(heads, chunks, after)
    chunks = _bearing(text, chunks, after, heads[-1], around)
    chunks = _marked(text, chunks, after, heads[-1], around)
    if _speaks_of_status(text, heads[-1], chunks[after:]) or _is_target(heads, chunks, after):
        return None
    if _treats_no_cancer(heads[-1], chunks[after:]):
        return None
    if not read_after(text, heads[-1], chunks[after:], around):
        return None
    barred = any("barring" in chunk.classes and chunk.form.startswith(_BEING) for chunk in chunks[after:])
    if not text.exclusion and (barred or _bars_any(heads[-1], chunks[0], around)):
        return None
    _take_age_of_kin(text, heads[-1], around)
    return assemble(text, heads, chunks, around)


def _take_age_of_kin(text: Text, head: Chunk, around: Around) -> None:
    """Keep the age that relatives had a disease at, which stands among the words that name it in them."""
    if head.term is not None and head.term.label.startswith(KIN):
        aged = age_of_kin(text.text[head.start : head.end])
        around.qualifiers.extend([aged] if aged else [])


def _take_lack(chunks: Sequence[Chunk], around: Around) -> None:
    """Deny what "treatment-naive" names; alone it tells of the disease that the trial is about."""
    if "lacking" not in chunks[0].classes:
        return
    around.negated = not around.negated
    if all(chunk.kind == "sign" or "persons" in chunk.classes for chunk in chunks[1:]):
        around.qualifiers.append(_OF_TRIAL)


def _treats_no_cancer(head: Chunk, behind: Sequence[Chunk]) -> bool:
    """Whether a systemic therapy is one of another disease than cancer ("systemic therapy for psoriasis")."""
    if head.term is None or head.term.iri != _SYSTEMIC or not behind or behind[0].form not in _TREATING:
        return False
    treated = next((chunk.term for chunk in behind if chunk.term is not None), None)
    return treated is not None and any(map(treated.is_a, _OTHERS)) and not treated.is_a(_NEOPLASM)


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
    """Drop how a marker was found between it and its tumour ("HER2-positive (IHC 3+) breast cancer").

    Drop what abbreviates it before another marker as well ("ER-positive (ER+) HER2-negative …").
    """
    inside = after + 1 < len(chunks) and chunks[after].kind == "bracket" and category_of(head) == "biomarker"
    dropped = inside and (
        category_of(chunks[after + 1]) == "condition"
        or (category_of(chunks[after + 1]) == "biomarker" and abbreviates(head, chunks[after]))
    )
    return [*chunks[:after], *chunks[after + 1 :]] if dropped else chunks


def _bearing(text: Text, chunks: Sequence[Chunk], after: int, head: Chunk, around: Around) -> Sequence[Chunk]:
    """Take "harboring a KRAS mutation" behind a tumour as a marker of its own; return what is before it.

    So is a marker straight behind its tumour ("breast cancer HER2-negative", "NSCLC positive for …").
    """
    straight = is_tumour(head) and not is_any_tumour(head) and _opens_marker(chunks[after:])
    at = next((i for i in range(after, len(chunks)) if straight or chunks[i].form in _BEARING), None)
    if at is None or category_of(head) != "condition":
        return chunks
    start = at + (not is_content(chunks[at]))
    named = next((chunk for chunk in chunks[start:] if is_content(chunk)), None)
    if (
        named is None
        or category_of(named) != "biomarker"
        or (chunks[at].form == "with" and _NEOPLASM not in _kinds_of(head))
    ):
        return chunks
    reading = read_fact(text, chunks[start:])
    if reading is None or reading.negated or (straight and _is_timed(reading.expression)):
        return chunks
    around.extra.append(reading.expression)
    return chunks[:at]


def _opens_marker(chunks: Sequence[Chunk]) -> bool:
    """Whether a stretch opens with a marker, or with words for its being found."""
    first = 1 if chunks and chunks[0].form in _TESTED else 0
    return first < len(chunks) and category_of(chunks[first]) == "biomarker"


def _is_timed(expression: Expression) -> bool:
    return any(isinstance(each, Fact) and each.within is not None for each in atoms(expression))


def _marked(text: Text, chunks: Sequence[Chunk], after: int, head: Chunk, around: Around) -> Sequence[Chunk]:
    """Take markers in a bracket behind a tumour as facts of their own; return the chunks without it."""
    at = after
    while at < len(chunks) and abbreviates(head, chunks[at]):
        at += 1
    if at == len(chunks) or not is_tumour(head) or chunks[at].kind != "bracket":
        return chunks
    members: list[list[Chunk]] = [[]]
    for chunk in chunks[at].inner:
        if chunk.form in JOINTS:
            members.append([])
        else:
            members[-1].append(chunk)
    members = [each for each in members if each and not all(is_gloss(head, chunk) for chunk in each)]
    marked = all(category_of(chunk) == "biomarker" for each in members for chunk in each if is_content(chunk))
    told = [read_fact(text, each) if marked else None for each in members]
    read = [Not(each.expression) if each.negated else each.expression for each in told if each is not None]
    joints = {chunk.form for chunk in chunks[at].inner if chunk.form in JOINTS}
    either = not joints.isdisjoint(OR)
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
    """Whether the next chunk is another concept of one noun phrase ("pMMR/MSS colorectal adenocarcinoma").

    So is the tumour behind what it has become resistant to ("platinum-resistant small cell lung cancer").
    """
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
        return chunk.start == head.end or (_tells_result(head) and _tells_result(chunk))
    if head.term is not None and head.term.is_a(_STATUS) and is_tumour(chunk) and chunk.term.iri != _NEOPLASM:
        return True
    return category_of(head) in _STACKABLE and category_of(chunk) == "condition"


def _tells_result(marker: Chunk) -> bool:
    """Whether a marker is named with what was found of it, so that another may stand straight behind it."""
    return marker.term is not None and _RESULT.search(marker.term.label) is not None
