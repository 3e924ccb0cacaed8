"""What words of a clause make of the rest: who is unfit, what a bar is said of, where it starts anew."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.allowances import TREATING
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = [
    "ANEW",
    "admits_cancers",
    "bars_as_such",
    "clause_after",
    "forbids",
    "heads",
    "is_said_of",
    "is_unfit",
    "keeps_on",
    "may_be_asked",
]

ANEW = frozenset({"have", "has", "had", "are", "is", "receive", "received", "receiving", "must", "on",
                   "taking", "treated", "progressed", "undergone", "should", "shall", "will"})  # fmt: skip
"""Verbs with which a clause of its own starts, that a "no" before it doesn't reach."""
_BEING = ("is", "are", "be", "will be", "should be", "must be", "were", "was", "may not", "cannot", "not ")
_RULING = frozenset({"must", "are", "is"})
_MALIGNANT = str(TGC.MalignantNeoplasm)
_TRIED = frozenset({_MALIGNANT, str(TGC.PlasmaCellDisorder)})
_LET_IN = frozenset({"eligible", "will be considered", "will be included", "are included"})
_METASTATIC = str(TGC.MetastaticMalignantNeoplasm)
_PERSONS = ("patient", "subject", "participant", "individual")
_OPENING = 2
_BESIDES = frozenset({"historic", "other", "negation", "exception", "condition", "barring", "regardless"})
_STATUS = str(TGC.DiseaseStatus)
_KEEPING = re.compile(
    r"\b(?:un(?:willing|able)|inab\w+|unwillingness|refus\w+|not\s+(?:willing|able)|cannot)\b[^.;,]{0,30}?"
    r"\b(?:stop|discontinue|cease|withhold|forgo|forego|interrupt|abstain\s+from)(?:\s+(?:taking|using))?\b",
    re.IGNORECASE,
)
_SOON = 3
_UNFIT = frozenset({"ineligible", "not eligible"})


def admits_cancers(chunks: Sequence[tuple[Chunk, int]], allowed: int) -> bool:
    """Whether "patients with lung cancer or lymphoma are eligible" tells whom a trial is for.

    Other diseases, metastases and earlier cancers are let in besides what the trial is for.
    """
    before, behind = [chunk for chunk, _ in chunks[:allowed]], [chunk for chunk, _ in chunks[allowed + 1 :]]
    named = [chunk.term for chunk in before if chunk.kind in ("concept", "lesion")]
    first = named[0] if named else None
    cancers = first is not None and not _TRIED.isdisjoint(first.ancestors)
    cancers = cancers and all(term is not None and _is_of_cancer(term) for term in named)
    spread = any(term is not None and term.is_a(_METASTATIC) for term in named)
    persons = any(chunk.form.startswith(_PERSONS) for chunk in before[:_OPENING])
    persons = persons and chunks[allowed][0].form in _LET_IN
    besides = any(chunk.classes & _BESIDES or chunk.form == "also" for chunk in before)
    supposed = any(chunk.classes & _BESIDES for chunk in behind)
    return cancers and not spread and persons and not besides and not supposed


def _is_of_cancer(term: Term) -> bool:
    """Whether something is a cancer or a marker of one ("lymphoma with translocations of MYC and BCL2")."""
    return not _TRIED.isdisjoint(term.ancestors) or term.category == "biomarker"


def bars_as_such(text: Text, fact: Fact) -> bool:
    """Whether nobody demands a thing, so that an exclusion that denies it bars it ("no hypercalcemia")."""
    term = text.vocabulary.by_iri.get(fact.concept)
    above = (term.iri, *term.ancestors) if term is not None and fact.category == "condition" else ()
    return bool(above) and (_MALIGNANT not in above or _METASTATIC in above)


def clause_after(chunks: Sequence[tuple[Chunk, int]]) -> Sequence[tuple[Chunk, int]]:
    """Return what a verb behind a comma says of the patient again ("willing to have A, has B")."""
    for index in range(1, len(chunks)):
        comma, verb = chunks[index - 1][0].form == ",", chunks[index][0].form.split(" ")[0]
        if comma and verb in ANEW - _RULING:
            return chunks[index - 1 :]
    return ()


def keeps_on(text: Text, chunks: Sequence[tuple[Chunk, int]]) -> Sequence[tuple[Chunk, int]]:
    """Return a bar without its "unwilling to stop", since whom it bars is taking what follows."""
    found = _KEEPING.search(text.text, chunks[0][0].start, chunks[-1][0].end) if chunks else None
    if found is None:
        return chunks
    return [each for each in chunks if each[0].end <= found.start() or each[0].start >= found.end()]


def is_unfit(chunks: Sequence[tuple[Chunk, int]], at: int) -> bool:
    """Whether a word says what patients aren't fit for ("relapsed or ineligible for A"), and bars nobody."""
    following = chunks[at + 1][0].form if at + 1 < len(chunks) else ""
    before = chunks[at - 1][0].form if at else ""
    given = any(chunk.form in TREATING for chunk, _ in chunks[at + 2 : at + 2 + _SOON])
    told = given or not at or before not in _BEING
    unfit = chunks[at][0].form in _UNFIT or (given and chunks[at][0].form.endswith("eligible"))
    return unfit and following == "for" and told


def is_said_of(chunks: Sequence[tuple[Chunk, int]], at: int) -> bool:
    """Whether a word that bars is said of what stands before it ("… are excluded"), and is no adjective."""
    return chunks[at][0].form.startswith(_BEING) or (at > 0 and chunks[at - 1][0].form in _BEING)


def heads(chunks: Sequence[tuple[Chunk, int]]) -> bool:
    """Whether words only say whom what follows is for ("PERIPHERAL T-CELL LYMPHOMA (PTCL) ONLY")."""
    last = next((chunk for chunk, _ in reversed(chunks) if chunk.kind != "sign"), None)
    return last is not None and last.form == "only" and sum(is_content(chunk) for chunk, _ in chunks) <= 2


def forbids(chunks: Sequence[tuple[Chunk, int]]) -> bool:
    """Whether a "no" turns what is allowed behind it ("no transfusion allowed within 7 days")."""
    named = next((i for i, (chunk, _) in enumerate(chunks) if is_content(chunk)), 0)
    return any(chunk.form == "no" for chunk, _ in chunks[:named])


def may_be_asked(text: Text, fact: Fact) -> bool:
    """Whether those let in may be asked for a thing, rather than told apart by it ("if it is controlled")."""
    term = text.vocabulary.by_iri.get(fact.concept)
    status = term is not None and _STATUS in term.ancestors
    return status or fact.category == "biomarker" or fact.category in GIVEN
