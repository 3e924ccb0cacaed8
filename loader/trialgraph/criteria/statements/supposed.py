"""Of whom alone something is said: "if they have X, Y", "for those with X, Y"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import is_cancer
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.cases import words_of
from trialgraph.criteria.conditions.sexes import sex_of
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.language.offers import DEMANDED
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_condition, read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, is_formal, negate
from trialgraph.expressions import AllOf, Expression, Fact, Narrative, Not, atoms
from trialgraph.namespaces import TGC

__all__ = ["case_of", "comma_in", "may_be_borne", "opened_case", "opening_case", "says_something"]

_OTHER_CANCER = str(TGC.OtherMalignantNeoplasm)
_INFECTION_MARKER = str(TGC.InfectionMarker)
_BORNE = GIVEN | {"condition", "reproductive", "allergy"}
"""What some of those whom a trial is for may have; a tumour is what it is for."""
_SUPPOSING = frozenset({"if", "when", "in case of", "in the case of", "in cases of", "in the event of"})
_RULED = re.compile(
    r"\b(?:must|should|shall|needs?|will|ha(?:s|ve)\s+to|(?:is|are)\s+required)\b", re.IGNORECASE
)
_PRONOUNS = frozenset({"they", "she", "he", "he / she", "he or she", "it", "this", "these"})


def opening_case(text: Text, chunks: list[Chunk]) -> Expression:
    """Read "for subjects with X, Y", "if they have X, Y": Y is said of those with X only.

    Y may be words, as long as X is understood, so that nothing is open of those without it.
    """
    whole = narrative(text, chunks[0].start, chunks[-1].end)
    parting = _parting(text, chunks)
    if parting is None:
        return whole
    behind = trimmed(chunks[parting:])
    condition = opened_case(text, chunks[:parting])
    if not any(map(is_content, behind)):
        return _in_words(text, chunks, condition, behind) or whole
    body = join_segments(text, read_segments(text, behind), "or" if text.exclusion else "and")
    if not says_something(body):
        return _in_words(text, chunks, condition, behind) or whole
    if text.exclusion and DEMANDED.search(text.text, behind[0].start, chunks[-1].end):
        if not is_formal(body):
            return _in_words(text, chunks, condition, behind) or whole
        return all_of([condition, negate(body)])
    return all_of([condition, body]) if text.exclusion else any_of([negate(condition), body])


def _in_words(
    text: Text, chunks: Sequence[Chunk], condition: Expression, behind: Sequence[Chunk]
) -> Expression | None:
    """Return words that are said of some alone, or None where it isn't understood of whom."""
    borne = chunks[0].form in _SUPPOSING or all(may_be_borne(text, atom) for atom in atoms(condition))
    if not behind or not borne or not is_formal(condition):
        return None
    words = words_of(text, behind)
    if not text.exclusion:
        return any_of([negate(condition), words])
    asked = DEMANDED.search(text.text, behind[0].start, behind[-1].end)
    return all_of([condition, Not(words) if asked else words])


def _parting(text: Text, chunks: Sequence[Chunk]) -> int | None:
    """Return where what is said of some starts: behind the last comma before its verb, or at "they must"."""
    found = _RULED.search(text.text, chunks[0].end, chunks[-1].end)
    ruled = len(chunks) if found is None else sum(1 for chunk in chunks if chunk.start <= found.start()) - 1
    commas = [i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form == ","]
    before = [i for i in commas if i < ruled] if found is not None else []
    if commas:
        return (before or commas)[-1 if before else 0] + 1
    return ruled - 1 if 1 < ruled < len(chunks) and chunks[ruled - 1].form in _PRONOUNS else None


def case_of(text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return in whose case something is asked; words where that isn't understood."""
    kept = trimmed(chunks)
    if len(kept) > 1 and kept[-1].form in ("only", "will"):
        kept = kept[:-1]
    reading = read_fact(text, kept) if kept else None
    if reading is not None:
        return Not(reading.expression) if reading.negated else reading.expression
    read = read_condition(text, kept)
    if is_formal(read) or not kept:
        return _any_disease(text, read)
    return narrative(text, kept[0].start, kept[-1].end)


def opened_case(text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return whom words in front of a demand say it is for ("for women", "for patients with X")."""
    sex = sex_of(text, chunks)
    return case_of(text, chunks[1:]) if sex is None else sex


def _any_disease(text: Text, case: Expression) -> Expression:
    """Return patients with several diseases as those with any ("patients with A, B and C must …").

    Of two diseases that aren't both primary cancers, a patient may have to have both.
    """
    if not isinstance(case, AllOf):
        return case
    diseases = [each for each in case.operands if isinstance(each, Fact) and each.category == "condition"]
    apart = len(diseases) > 2 or all(is_cancer(text.vocabulary.by_iri.get(each.concept)) for each in diseases)
    return alternatives_of(case) if apart and len(diseases) == len(case.operands) else case


def may_be_borne(text: Text, atom: Expression) -> bool:
    """Whether an atom is what some of those whom a trial is for may have, rather than what it is for."""
    term = text.vocabulary.by_iri.get(atom.concept) if isinstance(atom, Fact) else None
    if not isinstance(atom, Fact) or term is None:
        return False
    if atom.concept == _OTHER_CANCER or atom.modifiers.get("relation") == "other":
        return True
    borne = atom.category in _BORNE or _INFECTION_MARKER in term.ancestors
    return borne and not is_cancer(term)


def says_something(expression: Expression) -> bool:
    """Whether an expression has more than words."""
    return any(not isinstance(atom, Narrative) for atom in atoms(expression))


def comma_in(chunks: Sequence[Chunk]) -> int | None:
    """Return where the first comma stands."""
    return next((i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form == ","), None)
