"""What the neighbours of a name make of it: a measure, the same thing once more, something else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.connectives import JOINTS
from trialgraph.criteria.language.vocabulary import GIVEN

__all__ = ["goes_on", "is_against", "is_measured", "restates"]

_ABOUT_DISEASES = frozenset({"treatment", "therapy", "drug", "medication", "surgery", "agent", "center",
                             "study", "clinical", "trial", "resistance", "screening", "clinic", "risk",
                             "threshold"})  # fmt: skip
_DOING = frozenset({"harboring", "harbouring", "harbor", "harbour", "undergoing", "receiving",
                    "precluding", "preventing", "impairing", "encompassing", "comprising",
                    "precludes", "undergo", "targeting", "lasting", "measuring", "involving", "occurring",
                    "occurred", "consistent", "consisting", "exist", "existed", "identified", "alone", "upon",
                    "outside", "involvement", "requiring", "affecting", "progressing", "located",
                    "potentially", "situation", "administered", "given", "planned", "directed", "judged",
                    "found", "impacting", "hindering", "making", "limiting", "impeding", "hampering",
                    "compromising", "prohibiting", "rendering", "originating", "abutting",
                    "incompatible", "prescribed", "dosed",
                    "orally", "intravenously", "topically", "usage", "placement", "indicating", "observed",
                    "noted", "listed", "included", "delivered", "showing", "detectable", "recorded",
                    "evaluable", "assessable", "believed", "impinging", "inhibiting", "conferring",
                    "described", "accompanied", "preoperatively", "periodically", "starting", "thought",
                    '"'})  # fmt: skip
"""Words that no lexicon has and that leave the name before them what it is."""
_MADE_AS = frozenset({"product", "supplement", "wafer", "implant", "implantation", "intervention",
                      "combination", "monotherapy", "maintenance", "injection", "option", "doublet",
                      "conditioning", "course", "butyrate", "dipropionate", "combined"})  # fmt: skip
"""Words that leave the treatment before them what it is."""
_CALLED_STILL = frozenset({"nos", "state", "evolved", "felt", "thought"})
"""Words that leave the disease before them what it is."""
_CONTAINING = re.compile(
    r"\s*-?\s*(?:regimen|therap|treatment|compound|product|combination|chemotherap|(?:an?|the)\s)"
)
_BASED = re.compile(r"(?:based|containing)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,2}[.)]\s+[A-Z]")
"""The number of the next item of a list whose items stand in one line."""
_BLOCKING = re.compile(r"inhibit|antagon|antibod|blocker", re.IGNORECASE)
_DOSES = frozenset({"dose", "dose of", "equivalent"})
_EXCEEDING = re.compile(
    r"\s*(?:(?:of|to)\s+)?(?:>|≥|(?:greater|more|higher)\s+than|at\s+least)(?:\s*or\s+equal\s+to)?"
    r"\s*[\d.,]+\s*(?:mg|g|gy|mcg|µg|units?)\b",
    re.IGNORECASE,
)
"""A dose that bars whoever is given more ("steroid doses > 10 mg per day")."""
_INDEPENDENT = frozenset({"independent", "independence"})
_BULLETS = frozenset({"*", "•"})
_LINKING = frozenset({"of", "the", "a", "any", "first", "before", "prior", "to", "prior to", "start"})
_SUSPENDED = re.compile(r"\s*(?:,|/|or\b|and\b)")
_TYPE = re.compile(
    r"(?:(?:sub)?types?|histolog(?:y|ies)|diagnos[ie]s)\b(?!\s+(?:other|different|not|[A-Z]\b|[IVX\d]+\b))"
)
"""What a disease is called once more behind its name, unless it is told apart from others by it."""
_NEAR = 5
_NEXT = 2
_Deep = tuple[Chunk, int]


def is_measured(chunks: Sequence[_Deep], index: int, *, bars: bool) -> bool:
    """Whether words set how much of a treatment there may be at most, or count a time from it.

    "No more than 2 lines of chemotherapy" as a demand; "within 30 days of receiving durvalumab".
    """
    chunk, depth = chunks[index]
    nearby = [each for each, inside in chunks[max(0, index - _NEAR) : index] if inside <= depth]
    limits = [each.limit.limit for each in nearby if each.limit is not None]
    if not bars and any(limit.high is not None and limit.low is None for limit in limits):
        return True
    while nearby and nearby[-1].form in _LINKING:
        nearby.pop()
    last = [each.kind == "window" for each in nearby[-_NEXT:]]
    opening = any(each.kind == "window" for each, _ in chunks[:2])
    apart = opening or any(each.kind == "sign" or each.form in JOINTS for each in nearby[-_NEXT:])
    return chunk.term is not None and chunk.term.category in GIVEN and any(last) and not apart


def restates(before: Chunk, chunk: Chunk) -> bool:
    """Whether a concept only says once more what stands before it, or of which drug a dose is.

    "Hepatitis B (HBV) infection"; "corticosteroids (> 10 mg prednisone per day)".
    """
    one, two = before.term, chunk.term
    if before.kind == "limit":
        return before.limit is not None and before.limit.unit is not None
    if before.kind != "concept" or one is None or two is None:
        return False
    return one.iri == two.iri or two.iri in one.ancestors


def is_against(text: Text, chunks: Sequence[_Deep], index: int) -> bool:
    """Whether a treatment is one against what is named ("anti-cytokine therapy").

    "Anti-EGFR inhibitor" is named whole, prefix or not.
    """
    chunk = chunks[index][0]
    before = [each.form for each, _ in chunks[max(0, index - 2) : index]]
    joined = before == ["anti", "-"] and chunks[index - 1][0].end == chunk.start
    return joined and _BLOCKING.search(text.text, chunk.start, chunk.end) is None


def goes_on(text: Text, chunk: Chunk, following: Chunk | None) -> bool:
    """Whether the next word turns the concept into something else ("hypertension medication")."""
    if following is None or following.kind not in ("word", "concept") or following.form in _BULLETS:
        return False
    joined = not text.text[chunk.end : following.start].strip()
    if _leaves_alone(text, chunk, following):
        return False
    if (
        joined
        and chunk.term is not None
        and chunk.term.category == "condition"
        and following.form in _ABOUT_DISEASES
    ):
        return True
    if joined and (following.form in _INDEPENDENT or _causes(chunk, following)):
        return True
    given = chunk.term is not None and chunk.term.category in GIVEN
    if given and following.form in _DOSES:
        return not (text.exclusion and _EXCEEDING.match(text.text, following.end))
    unknown = following.kind == "word" and not following.classes and following.form not in _DOING
    return joined and unknown and following.form not in JOINTS


def _leaves_alone(text: Text, chunk: Chunk, following: Chunk) -> bool:
    """Whether the next word isn't joined to a name: a dash behind it, or "gene" after its mutation.

    A plus adds one treatment to another, and "taxane-, platinum- or …" leaves out what is said once.
    """
    category = chunk.term.category if chunk.term is not None else None
    if category == "condition" and (
        following.form in _CALLED_STILL or _TYPE.match(text.text, following.start)
    ):
        return True
    if following.form == "etc" or (category != "biomarker" and _ends_item(text, following)):
        return True
    if category in GIVEN and following.form in ("+", "±") and chunk.end < following.start:
        return True
    if category in GIVEN and following.form == "-" and _BASED.match(text.text, following.end):
        return True
    if category in GIVEN and (
        (following.form in _MADE_AS and text.text[following.start].islower())
        or (following.form == "containing" and _CONTAINING.match(text.text, following.end))
    ):
        return True
    if category in GIVEN and following.form == "-" and _SUSPENDED.match(text.text, following.end):
        return True
    if following.form == "-" and chunk.end < following.start:
        return not text.exclusion and category not in GIVEN
    return following.form == "gene" and category == "biomarker"


def _ends_item(text: Text, following: Chunk) -> bool:
    """Whether the number of another item follows; of what is excepted, the later ones would look barred."""
    return _NUMBERED.match(text.text, following.start) is not None and "except" not in text.lowered


def _causes(chunk: Chunk, following: Chunk) -> bool:
    """Whether a treatment only tells what a disease is from ("radiation pneumonitis")."""
    one, two = chunk.term, following.term
    given = one is not None and one.category in GIVEN
    return given and two is not None and two.category == "condition"
