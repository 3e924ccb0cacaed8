"""Turns of phrase that say a thing the long way round, as the plain words for it.

"Infection with hepatitis B" is hepatitis B, "systemic treatment with corticosteroids" is systemic
corticosteroids, and who "requires" a drug and is barred for it has it now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import OR
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.namespaces import TGC

__all__ = ["reword"]

_INFECTION = str(TGC.InfectiousDisease)
_GENERAL = frozenset({str(TGC.SystemicAnticancerTherapy), str(TGC.AntitumorTherapy)})
_BY = frozenset({"with", "by", "due to", "caused by"})
_BESIDE = frozenset({"either", "the", "a", "an", "any", "known"})
_FERTILE = str(TGC.ChildbearingPotential)
_EXPECTING = frozenset({str(TGC.Pregnancy), str(TGC.PositivePregnancyTest), str(TGC.Breastfeeding)})
_LINKING = frozenset({"who", "that", "with", "are", "is", "has", "have", "has a", "have a", "a", "test",
                      "tested", "currently", "either", "known to be"})  # fmt: skip
_QUALIFIER, _NEUTRAL, _ACTIVE = frozenset({"qualifier"}), frozenset({"neutral"}), frozenset({"active"})
_AGAINST_CANCER = frozenset({str(TGC.AntitumorTherapy), str(TGC.SystemicAnticancerTherapy)})
_MOMENTARY = frozenset({str(TGC.BloodTransfusion), str(TGC.Vaccine)})
_LASTING = frozenset({str(TGC.Dialysis), str(TGC.MechanicalVentilation)})
_HAVING = frozenset({"requiring", "require", "requires", "needing", "on", "upon"})
"""Ends of words for that something is needed and had ("dependent on"); "need for" may be to come."""
_ILL = ("disease", "diseases", "disorder", "disorders")
_ILLNESSES = frozenset({"syndrome", "syndromes", "disorder", "disorders"})
_OTHERS = frozenset({"patient who", "those who", "anyone who"})
"""How a list goes on with other patients ("HIV infection or patients who had surgery")."""
_PERSONS = ("women", "woman", "females", "female", "patients", "men")


def reword(text: Text, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the chunks of a statement with its roundabout phrases put plainly."""
    plain: list[Chunk] = []
    chunks = [chunk for index, chunk in enumerate(chunks) if not _denies_contrary(chunks, index)]
    position = 0
    while position < len(chunks):
        if _is_hyphen(plain, chunks[position]):
            position += 1
            continue
        named = _named_after(chunks, position) if chunks[position].kind == "concept" else None
        if named is not None:
            plain = [
                *_alike(plain, chunks[position], chunks[named]),
                *_kept_of(text, chunks[position], chunks[named]),
            ]
            position = named
            continue
        if (again := _illness_again(text, chunks, position)) is not None:
            position = again
            continue
        if not text.exclusion and _combines(chunks, position):
            position += 2
            continue
        if text.exclusion and _leads_to_allergy_too(chunks, position):
            position += 1
            continue
        if text.exclusion and (state := _state_of_fertile(chunks, position)) is not None:
            position = state
            continue
        if chunks[position].form in _OTHERS and plain and plain[-1].form in OR:
            plain.append(replace(chunks[position], form="subject who", classes=frozenset({"neutral"})))
            position += 1
            continue
        plain.append(_needed(text, chunks, position))
        position += 1
        if (having := _persons_end(text, chunks, position - 1)) is not None:
            plain.append(replace(chunks[having], form="and", classes=frozenset()))
            position = having + 1
    return plain


def _illness_again(text: Text, chunks: Sequence[Chunk], at: int) -> int | None:
    """Return where "or syndrome" ends behind the name of a disease, which it only says again; else None.

    "Autoimmune disease, or a syndrome that requires steroids" names another.
    """
    if not at or chunks[at].form not in ("or", "/") or category_of(chunks[at - 1]) != "condition":
        return None
    if not text.text[chunks[at - 1].start : chunks[at - 1].end].lower().endswith(_ILL):
        return None
    again = at + 1 < len(chunks) and chunks[at + 1].form in _ILLNESSES
    return at + 2 if again else None


def _denies_contrary(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether a bracket only says what an adjective before it isn't ("allogeneic (non-autologous) cells")."""
    inner = chunks[at].inner
    told = len(inner) == 1 and inner[0].kind == "word" and inner[0].form.startswith("non -")
    return told and at > 0 and "qualifier" in chunks[at - 1].classes


def _is_hyphen(before: Sequence[Chunk], chunk: Chunk) -> bool:
    """Whether a hyphen only ties a way of telling a diagnosis to its verb ("histologically-confirmed")."""
    told = bool(before) and "confirmation" in before[-1].classes
    return told and chunk.form == "-" and before[-1].end == chunk.start


def _persons_end(text: Text, chunks: Sequence[Chunk], at: int) -> int | None:
    """Return where "with" goes on with what persons have ("postmenopausal women with cancer")."""
    if text.exclusion or category_of(chunks[at]) != "reproductive":
        return None
    following = at + 1
    if following < len(chunks) and "persons" in chunks[following].classes:
        following += 1
    elif not text.text[chunks[at].start : chunks[at].end].lower().endswith(_PERSONS):
        return None
    return following if following < len(chunks) and chunks[following].form == "with" else None


def _state_of_fertile(chunks: Sequence[Chunk], at: int) -> int | None:
    """Return where "pregnant" stands in "women of childbearing potential who are pregnant", else None."""
    found = chunks[at].term
    if found is None or found.iri != _FERTILE:
        return None
    following = at + 1
    while following < len(chunks) and chunks[following].form in _LINKING:
        following += 1
    told = chunks[following].term if at + 1 < following < len(chunks) else None
    return following if told is not None and told.iri in _EXPECTING else None


def _combines(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether "combination of A and B" is asked for, which is both; a bar needs them together."""
    return chunks[at].form == "combination" and at + 1 < len(chunks) and chunks[at + 1].form == "of"


def _leads_to_allergy_too(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether "to" between two words for an allergy says what the second says again ("allergy to or …")."""
    if chunks[at].form != "to" or at == 0 or category_of(chunks[at - 1]) != "allergy":
        return False
    joined = at + 1 < len(chunks) and chunks[at + 1].form in OR
    named = next((chunk for chunk in chunks[at + 1 :] if is_content(chunk)), None)
    return joined and named is not None and category_of(named) == "allergy"


def _named_after(chunks: Sequence[Chunk], at: int) -> int | None:
    """Return where the concept stands that "infection with" or "treatment with" only leads up to."""
    head = chunks[at].term
    if head is None or at + 2 >= len(chunks) or chunks[at + 1].form not in _BY:
        return None
    index = at + 2
    while index < len(chunks) - 1 and chunks[index].form in _BESIDE:
        index += 1
    found = chunks[index].term if chunks[index].kind == "concept" else None
    if found is None or found.iri == head.iri:
        return None
    kind = head.iri in found.ancestors and (head.iri == _INFECTION or head.category == "treatment")
    general = head.iri in _GENERAL and found.category == "treatment"
    return index if kind or general else None


def _alike(before: Sequence[Chunk], head: Chunk, found: Chunk) -> list[Chunk]:
    """Let the first of "infection or active infection due to B" be one due to B too."""
    same = [i for i, chunk in enumerate(before[:-1]) if chunk.term is not None and chunk.term == head.term]
    if (
        not same
        or before[same[-1] + 1].form not in ("or", "and")
        or any(map(is_content, before[same[-1] + 1 :]))
    ):
        return list(before)
    at = same[-1]
    return [*before[:at], replace(before[at], term=found.term), *before[at + 1 :]]


def _kept_of(text: Text, head: Chunk, found: Chunk) -> list[Chunk]:
    """Return the first word of "systemic treatment", where what follows isn't one against cancer."""
    if head.term is None or found.term is None or head.term.iri in found.term.ancestors:
        return []
    word = text.text[head.start : head.end].split(" ")[0]
    systemic = word.lower() == "systemic"
    return [Chunk("word", head.start, head.start + len(word), word.lower(), _QUALIFIER)] if systemic else []


def _needed(text: Text, chunks: Sequence[Chunk], at: int) -> Chunk:
    """Let "requiring" straight before a treatment narrow it; "must not require" only denies it.

    Who is barred for requiring a drug, dialysis or ventilation has it already.
    """
    chunk = chunks[at]
    if chunk.kind != "word" or "needing" not in chunk.classes or any(is_content(c) for c in chunks[:at]):
        return chunk
    following = next((each for each in chunks[at + 1 :] if is_content(each)), None)
    between = chunks[at + 1 : chunks.index(following)] if following is not None else []
    denied = bool(at) and chunks[at - 1].form == "not"
    led = all(each.kind == "word" and "neutral" in each.classes for each in chunks[: at - denied])
    plain = all(
        each.classes & {"qualifier", "neutral", "active"} or each.form in (",", "or", "and")
        for each in between
    )
    given = following is not None and category_of(following) in GIVEN
    if not (led and plain and given):
        return chunk
    kept = text.exclusion and following is not None and _goes_on(chunk, following)
    return replace(chunk, classes=_NEUTRAL if denied else _ACTIVE if kept else _QUALIFIER)


def _goes_on(needing: Chunk, given: Chunk) -> bool:
    """Whether what is needed is what is had now: no operation, and nothing against cancer."""
    kinds = {given.term.iri, *given.term.ancestors} if given.term is not None else set()
    lasting = category_of(given) == "treatment" or not kinds.isdisjoint(_LASTING)
    return (
        lasting and kinds.isdisjoint(_AGAINST_CANCER | _MOMENTARY) and needing.form.split(" ")[-1] in _HAVING
    )
