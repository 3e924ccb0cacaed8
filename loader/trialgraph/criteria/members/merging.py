"""Words between the members of a list that belong to a neighbour: adjectives alone, and remarks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import is_tumour
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.epithets import adjectives_at
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import FINITE, OBTAINED, VERBS, WHO
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.members.joints import is_adjectival
from trialgraph.criteria.members.lending import unbracketed
from trialgraph.criteria.members.segments import Segment
from trialgraph.namespaces import TGC

__all__ = ["merge_qualifiers", "with_adjective"]

_CARRIED = frozenset(
    {"qualifier", "active", "confirmation", "confirmed", "negation", "neutral", "exposure", "sample", "other"}
)
_CONFIRMING = frozenset({"confirmation", "confirmed"})
_DESCRIBING = _CARRIED - {"active", "negation", "other"}
_ADJECTIVAL = _CONFIRMING | {"qualifier"}
_ACTING = frozenset({"received", "receive", "receiving", "have received", "has received", "underwent"})
_TAKING = frozenset({"on", "receiving", "requiring", "undergoing"})
_PAIR = 2
_VERB_BEFORE = 3
"""Words of a statement that its verb is among."""
_CANCER, _NEOPLASM = str(TGC.MalignantNeoplasm), str(TGC.Neoplasm)
_OUTCOMES = (str(TGC.ProgressiveDisease), str(TGC.Recurrence))
_COURSES = (
    "acute",
    "chronic",
    "latent",
    "active",
    "systemic",
    "metastatic",
    "recurrent",
    "localized",
    "disseminated",
)
"""How an adjective starts that stands beside another of its kind, rather than in a name of its own."""
_LENDING = frozenset({"condition", "treatment", "allergy"})
_LONGEST_LIST = 16
_FEW = 5
_RELATIVE = frozenset({"whom", "which"})
_CLAUSE = frozenset({"that"})
_PERSONAL = frozenset({"that", "who"})
"""Words that with a preposition start another case ("… or for whom there is none")."""


_BRACKETED = re.compile(r"^ (?:\([^()]*\) )?")
"""What parts an adjective from its noun, with an abbreviation of the adjective ("intravenous (IV) …")."""
_NEEDING = frozenset({"requiring", "require", "requires", "required", "needing", "need", "needs"})


def with_adjective(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Part "IV antibiotics" after "oral or": both adjectives narrow the noun."""
    first = chunks[0]
    if first.kind != "concept":
        return chunks
    words = text.text[first.start : first.end]
    adjective = words.partition(" ")[0]
    noun = _BRACKETED.sub("", words.removeprefix(adjective))
    _, classes = lexicon().opening(adjective)
    if noun.startswith("(") and ") " in noun:
        adjective, noun = words[: words.index(") ") + 1], words.partition(") ")[2]
    term = text.vocabulary.find(unbracketed(noun)) if "qualifier" in classes and noun else None
    if term is None:
        return chunks
    middle, start = first.start + len(adjective), first.end - len(noun)
    word = Chunk("word", first.start, middle, adjective.lower(), frozenset({"qualifier"}))
    return [word, Chunk("concept", start, first.end, noun.lower(), frozenset(), term), *chunks[1:]]


def _has_own_adjective(text: Text, chunks: list[Chunk]) -> bool:
    """Whether a name begins with an adjective that can't be taken from it ("metastatic disease")."""
    first = chunks[0]
    if first.kind != "concept" or len(with_adjective(text, chunks)) > len(chunks):
        return False
    adjective = text.text[first.start : first.end].split(" ")[0]
    return "qualifier" in lexicon().opening(adjective)[1]


def merge_qualifiers(text: Text, segments: list[Segment]) -> list[Segment]:
    """Join "severe" and "uncontrolled infections": words alone qualify what comes next."""
    merged: list[Segment] = []
    carried: Segment | None = None
    for index, segment in enumerate(segments):
        following = segments[index + 1] if index + 1 < len(segments) else None
        described = text.exclusion and _describes(segments, index)
        if text.exclusion and merged and carried is None and segment.chunks[0].form in WHO and not described:
            merged.append(_of_others(segment))
            continue
        if carried is not None:
            if (_acts(segment) and is_adjectival(carried)) or (
                segment.joint == "or"
                and (_has_own_adjective(text, segment.chunks) or _names_its_own(text, carried, segment))
            ):
                merged.append(carried)
            elif (wider := _wider(text, segment)) is not None:
                carried.chunks, segment.narrower = [*carried.chunks, wider], True
                merged.append(carried)
            else:
                segment.chunks = [*carried.chunks, *with_adjective(text, segment.chunks)]
                if merged and segment.joint == "or" and _name_alike(merged[-1], segment):
                    segment.tight = True
                segment.joint = carried.joint
            carried = None
        if _names_a_place(text, segment, segments[index + 1 :]):
            merged.append(segment)
        elif not (merged and _confirms_too(merged[-1], segment, following)) and (
            all(c.kind == "word" and c.classes & _CARRIED for c in segment.chunks)
            or _is_adjective(segment, following)
            or _ends_in_way_to_tell(segment, following)
        ):
            carried = segment
        elif (explained := _explained(segment, segments[index + 1 :])) is not None:
            segment.chunks = explained
            carried = segment
        elif merged and (
            described
            or _tells_when(merged[-1], segment)
            or _confirms_too(merged[-1], segment, following)
            or (
                _is_remark(segment)
                and not _grades_another(text, segment)
                and not _adds_to_value(merged[-1], segment)
                and not (
                    text.exclusion
                    and (_is_on_something(merged[-1], segment) or _is_listed(merged[-1], segment, following))
                )
            )
        ):
            merged[-1].chunks += _with_joint(text, segment)
        else:
            merged.append(segment)
    if carried is not None:
        _end_with(merged, carried)
    return merged


def _of_others(segment: Segment) -> Segment:
    """Return a member on patients of its own with a plain "patients who", where it tells what they had."""
    who, *rest = segment.chunks
    denied = any("negation" in chunk.classes for chunk in rest)
    plain = replace(who, classes=frozenset({"neutral"}))
    return segment if denied or not any(map(is_content, rest)) else replace(segment, chunks=[plain, *rest])


def _ends_in_way_to_tell(segment: Segment, following: Segment | None) -> bool:
    """Whether "recurrent/metastatic histologically" goes on with "or cytologically confirmed cancer"."""
    if following is None or following.joint not in ("or", "and", "/") or following.after_comma:
        return False
    told = "confirmation" in segment.chunks[-1].classes and "confirmation" in following.chunks[0].classes
    named = any(chunk.kind == "concept" for chunk in following.chunks)
    plain = all(chunk.kind in ("word", "sign") and chunk.form not in VERBS for chunk in segment.chunks)
    turned = any("negation" in chunk.classes for chunk in segment.chunks)
    return told and named and plain and not turned and len(segment.chunks) <= _FEW


def _end_with(merged: list[Segment], carried: Segment) -> None:
    """Put adjectives that nothing follows behind a list; how the last of it was confirmed belongs to it."""
    if merged and all(chunk.classes & _CONFIRMING for chunk in carried.chunks):
        whole = replace(carried.chunks[0], end=carried.chunks[-1].end, classes=frozenset({"post"}))
        merged[-1].chunks = [*merged[-1].chunks, whole]
    else:
        merged.append(carried)


def _confirms_too(before: Segment, segment: Segment, following: Segment | None) -> bool:
    """Whether a member is one more means by which the one before was confirmed ("… or cytology")."""
    means = all(chunk.kind == "word" and chunk.classes & _CONFIRMING for chunk in segment.chunks)
    ends = following is None or following.joint in ("and", ";", ",") or following.after_comma
    told = "confirmation" in before.chunks[-1].classes and any(map(is_content, before.chunks))
    return means and ends and told and segment.joint in ("or", "and", "/")


def _name_alike(before: Segment, segment: Segment) -> bool:
    """Whether two members name one thing, which is a choice ("new X, recurrent, or metastatic X")."""
    one, two = (next((c.term for c in each.chunks if is_content(c)), None) for each in (before, segment))
    return one is not None and one == two


def _wider(text: Text, segment: Segment) -> Chunk | None:
    """Return the noun that an adjective before "or" goes with, where the name behind has its own.

    "High-grade or muscle-invasive urothelial carcinoma": any urothelial carcinoma of a high grade.
    """
    first = segment.chunks[0]
    if segment.joint not in ("or", "/") or sum(map(is_content, segment.chunks)) > 1 or first.term is None:
        return None
    if first.term.category != "condition" or text.text[first.start :].lower().startswith(_COURSES):
        return None
    start = first.start
    for _ in range(text.text.count(" ", first.start, first.end)):
        start = text.text.index(" ", start) + 1
        term = text.vocabulary.find(unbracketed(text.text[start : first.end]))
        if term is not None and term.iri in first.term.ancestors - {first.term.iri, _CANCER, _NEOPLASM}:
            return Chunk("concept", start, first.end, term=term)
    return None


def _acts(segment: Segment) -> bool:
    """Whether a verb starts a new statement ("… metastatic, and either previously received A")."""
    return any(chunk.form in _ACTING for chunk in segment.chunks[:_VERB_BEFORE])


def _adds_to_value(before: Segment, segment: Segment) -> bool:
    """Whether "or requiring dialysis" behind a value is an alternative to it rather than a remark on it."""
    first = segment.chunks[0]
    other = first.kind == "word" and "condition" not in first.classes
    return other and segment.joint == "or" and any(chunk.kind == "value" for chunk in before.chunks)


def _is_on_something(before: Segment, segment: Segment) -> bool:
    """Whether "or on steroids" behind a disease bars by itself, as no word about its course does."""
    last = before.chunks[-1]
    while last.kind == "bracket" and len(before.chunks) > 1:
        last = before.chunks[before.chunks.index(last) - 1]
    ill = last.term if is_content(last) else None
    apart = segment.joint == "or" and segment.chunks[0].form == "on" and len(segment.chunks) > 1
    return apart and ill is not None and ill.category == "condition" and not any(map(ill.is_a, _OUTCOMES))


def _is_listed(before: Segment, segment: Segment, following: Segment | None) -> bool:
    """Whether "on dialysis" in "clearance < 30 mL/min, on dialysis, or with kidney injury" bars by itself."""
    ends = following is not None and following.joint == "or" and following.after_comma
    named = (
        len(segment.chunks) > 1 and is_content(segment.chunks[-1]) and segment.chunks[-1].kind == "concept"
    )
    given = segment.chunks[0].form in _TAKING and named and len(segment.chunks) == _PAIR
    return ends and given and segment.joint == "," and before.chunks[-1].kind == "value"


def _tells_when(before: Segment, segment: Segment) -> bool:
    """Whether words behind a value only tell of what time it is (", performed within 7 days")."""
    obtained = segment.joint == "," and segment.chunks[0].form in OBTAINED
    timed = all(chunk.kind == "window" for chunk in segment.chunks[1:])
    return obtained and timed and any(chunk.kind == "value" for chunk in before.chunks)


def _names_its_own(text: Text, carried: Segment, segment: Segment) -> bool:
    """Whether "measurable" with the noun of "or evaluable disease" is a concept, so no adjective of it."""
    first, last = segment.chunks[0], carried.chunks[-1]
    noun = (
        unbracketed(text.text[first.start : first.end].partition(" ")[2]) if first.kind == "concept" else ""
    )
    return bool(noun) and text.vocabulary.find(f"{text.text[last.start : last.end]} {noun}") is not None


def _names_a_place(text: Text, segment: Segment, following: Sequence[Segment]) -> bool:
    """Whether "pulmonary" with the noun of "… or renal disease" behind it names a concept.

    So does "intrahepatic" with that of "hilar cholangiocarcinoma": both are kinds of what the noun names.
    So does "antineoplastic" with that of "biological agents", unless it only narrows ("oral antibiotics").
    """
    word = segment.chunks[-1]
    placed = word.form in lexicon().places
    narrows = "qualifier" in word.classes or word.form.endswith(lexicon().adjectival)
    if not placed and (word.kind != "word" or not narrows):
        return False
    concepts = (chunk for other in following[:_LONGEST_LIST] for chunk in other.chunks if is_content(chunk))
    lender = next(concepts, None)
    if lender is None or lender.term is None or lender.term.category not in _LENDING:
        return False
    noun = text.text[lender.start : lender.end].rpartition(" ")[2]
    term = text.vocabulary.find(f"{word.form} {noun}")
    if lender.term.category == "treatment":
        plain = len(segment.chunks) == 1 and text.vocabulary.find(noun) is None
        given = plain and term is not None and term.category == "treatment"
        return given and term is not None and lender.term.iri not in {term.iri, *term.ancestors}
    if term is None or term.category != "condition" or term.iri == lender.term.iri:
        return False
    return placed or _are_kinds(text, noun, term, lender.term)


def _are_kinds(text: Text, noun: str, term: Term, other: Term) -> bool:
    """Whether two concepts are kinds of the one that a noun names, and not of how bad or how far it is."""
    general = text.vocabulary.find(noun)
    if general is None or term.judged or general.iri in (_CANCER, _NEOPLASM, term.iri, other.iri):
        return False
    return other.iri not in term.ancestors and general.iri in term.ancestors & other.ancestors


def _is_adjective(segment: Segment, following: Segment | None) -> bool:
    """Whether "ipsilateral" goes with the noun of the member behind it ("or contralateral breast cancer")."""
    if following is None or following.joint not in ("or", "and", "/") or following.after_comma:
        return False
    concept = next((i for i, chunk in enumerate(following.chunks) if is_content(chunk)), 0)
    return (
        _ends_in_adjective(following.chunks[:concept])
        and _ends_in_adjective(segment.chunks)
        and (
            segment.chunks[-1].form.endswith(lexicon().adjectival)
            or "qualifier" in segment.chunks[-1].classes
        )
    )


def _explained(segment: Segment, behind: Sequence[Segment]) -> list[Chunk] | None:
    """Return adjectives of the next member's noun with what a bracket says of the last of them.

    "Locally advanced (stage III) or metastatic (stage IV) melanoma" speaks of melanoma in both cases, and
    so does "unresectable (by the surgeon's judgement), recurrent melanoma".
    """
    *words, bracket = segment.chunks
    if not behind or bracket.kind != "bracket" or not words:
        return None
    following = behind[0]
    plain = all(c.form == "/" or (c.kind == "word" and c.classes & _DESCRIBING) for c in words)
    noun = following.chunks[0]
    told = plain and "qualifier" in words[-1].classes and noun.kind == "word"
    either = following.joint in ("or", "/") and "qualifier" in noun.classes
    if not told or not (either or _go_on_to_tumour(behind)):
        return None
    if any(chunk.kind == "value" for chunk in bracket.inner):
        return None
    following.chunks = _with_bracket(following.chunks, 0)
    return _with_bracket(segment.chunks, len(words) - 1)


def _go_on_to_tumour(behind: Sequence[Segment]) -> bool:
    """Whether members behind a comma end in the tumour that the adjectives before it are of, too."""
    words = [chunk for each in behind for chunk in each.chunks]
    named = next((i for i, chunk in enumerate(words) if is_content(chunk)), 0)
    adjectives = all(chunk.classes & _ADJECTIVAL or chunk.form in ("or", "/") for chunk in words[:named])
    return behind[0].joint == "," and named > 0 and adjectives and is_tumour(words[named])


def _with_bracket(chunks: list[Chunk], at: int) -> list[Chunk]:
    """Return chunks with a bracket behind the adjective at a place as part of it."""
    if at + 1 == len(chunks) or chunks[at + 1].kind != "bracket":
        return chunks
    return [*chunks[:at], replace(chunks[at], end=chunks[at + 1].end), *chunks[at + 2 :]]


def _ends_in_adjective(chunks: Sequence[Chunk]) -> bool:
    if not chunks or chunks[-1].kind != "word":
        return False
    return "qualifier" in chunks[-1].classes or len(chunks) - 1 in adjectives_at(chunks)


def _describes(segments: Sequence[Segment], at: int) -> bool:
    """Whether ", that might affect immunity" or, behind one thing alone, ", who need steroids" narrows it."""
    alone = at == 1 and len(segments) == _PAIR and all(c.window is None for c in segments[0].chunks)
    described = segments[at].chunks[0].form.split(" ")[0] in (_PERSONAL if alone else _CLAUSE)
    cut = at + 1 < len(segments) and segments[at + 1].chunks[0].form.split(" ")[0] in FINITE
    return at > 0 and segments[at].joint == "," and described and not cut and len(segments[at].chunks) > 1


def _grades_another(text: Text, segment: Segment) -> bool:
    """Whether a grade opens a member with a disease of its own ("stroke, grade 3 arrhythmia, or …")."""
    first = segment.chunks[0]
    graded = text.lowered.startswith("grade", first.start)
    return graded and any(is_content(chunk) for chunk in segment.chunks[1:])


def _is_remark(segment: Segment) -> bool:
    """Whether a segment only goes on about the one before it ("or after first-line therapy", "if …")."""
    first = segment.chunks[0]
    if segment.joint == "or" and len(segment.chunks) > 1 and segment.chunks[1].form in _RELATIVE:
        return False
    staged = first.form == "stage" and segment.joint == ","
    if staged and all(chunk.kind != "word" for chunk in segment.chunks[1:]):
        return True
    if first.form == "which" and segment.joint == ",":
        return True
    found = first.form == "as" and segment.joint == "," and len(segment.chunks) > 1
    if found and "post" in segment.chunks[1].classes:
        return True
    if first.kind in ("window", "bracket", "limit"):
        return not any(is_content(chunk) for chunk in segment.chunks)
    return bool(first.classes & {"post", "condition"}) and not first.classes & {
        "negation",
        "neutral",
        "active",
        "qualifier",
    }


def _with_joint(text: Text, segment: Segment) -> list[Chunk]:
    """Return a remark with the "or" that makes it another thing that is enough ("or requiring steroids")."""
    first = segment.chunks[0]
    before = text.text[: first.start].rstrip()
    joint = before.rpartition(" ")[2]
    if first.form not in _NEEDING or joint.casefold() not in ("or", "and/or"):
        return segment.chunks
    return [replace(first, start=len(before) - len(joint)), *segment.chunks[1:]]
