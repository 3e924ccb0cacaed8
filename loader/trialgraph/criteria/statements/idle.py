"""Sentences behind a demand or a bar that add nothing to it, so that they leave nothing open.

What is done when a test is positive, whom to tell of a pregnancy, where to read more and the reasons for a
demand ask nothing of who is screened. Examples of the vaccines that the sentence before bars are barred with
them, and vaccines that aren't live were never among the live ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.offers import defines_childbearing
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.statements.examples import EXAMPLES
from trialgraph.expressions import Expression, Fact, Value, atoms, is_judged
from trialgraph.namespaces import TGC

__all__ = ["adds_nothing", "defines_to_the_end", "is_idle", "without_idle_remarks", "without_idle_steps"]

_LIVE = frozenset({str(TGC.LiveVaccine), str(TGC.LiveAttenuatedVaccine)})
_VACCINE = re.compile(r"vaccin|immuni[sz]", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:must|should|agree)\b", re.IGNORECASE)
_EXCEPTED = re.compile(r"\b(?:except|allow|permit|exclu|eligib)", re.IGNORECASE)
_REASON = re.compile(
    r"\W*(?:(?:please\s+)?note(?:\s+that)?\b\W*)?"
    r"(?:these (?:potential )?risks? may also apply"
    r"|(?:in addition|furthermore|moreover),? these (?:patients|individuals|participants|subjects) are at "
    r"|there is an unknown but potential risk|the effects? of [^.;]{3,160} (?:is|are) (?:unknown|not known)"
    r"|because the lists? of these agents)",
    re.IGNORECASE,
)
"""How a sentence starts that gives a reason."""
_ASKING = re.compile(
    r"\b(?:must|exclu|ineligib|eligib|not allowed|agree|discontinue|have to|required to|if so"
    r"|women|female|menopaus)",
    re.IGNORECASE,
)
_NO_EXCEPTION = re.compile(r"\W*th(?:is|e|ese) exceptions? (?:do|does) not include\b", re.IGNORECASE)
_UNSAID = re.compile(r"\W*(?:(?:please\s+)?note(?:\s+that)?\b)?\W*", re.IGNORECASE)
"""What may stand before words that add nothing."""
_NOT_LIVE = re.compile(
    r"\b(?:killed|inactivated|non-?live|seasonal|influenza|flu|covid|sars)\b", re.IGNORECASE
)


def adds_nothing(text: Text, sentence: Sequence[Chunk], read: Sequence[Expression]) -> bool:
    """Whether a sentence leaves what the sentences before it say as it is.

    Args:
        text: The text under reading.
        sentence: Its chunks.
        read: What the sentences before it say.
    """
    told = [atom for each in read for atom in atoms(each) if is_judged(atom)]
    if not told:
        return False
    words = text.text[sentence[0].start : sentence[-1].end]
    if is_idle(text, words) or (_REASON.match(words) and _ASKING.search(words) is None):
        return True
    if _NO_EXCEPTION.match(words) and {chunk.term.iri for chunk in sentence if chunk.term is not None} <= {
        atom.concept for atom in told if isinstance(atom, Fact | Value)
    }:
        return True
    live = text.exclusion and all(isinstance(atom, Fact) and atom.concept in _LIVE for atom in told)
    vaccines = live and _VACCINE.search(words) is not None and _ASKED.search(words) is None
    return vaccines and (EXAMPLES.match(words) is not None or _NOT_LIVE.search(words) is not None)


def is_idle(text: Text, words: str) -> bool:
    """Whether words tell what is done when a test is positive, whom to inform or where to read more."""
    found = text.search(lexicon().idle, words)
    told = found is not None and _UNSAID.fullmatch(words[: found.start()]) is not None
    return told and _EXCEPTED.search(words) is None


def without_idle_remarks(text: Text, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Leave out brackets that add nothing to what stands before them ("(with or without transfusion)")."""
    if text.search(lexicon().idle, text.text) is None:
        return chunks
    kept = [
        chunk
        for chunk in chunks
        if chunk.kind != "bracket" or not is_idle(text, text.text[chunk.start + 1 : chunk.end - 1])
    ]
    return kept or chunks


def without_idle_steps(text: Text, outline: Outline) -> Outline:
    """Leave out the items behind others that add nothing to them, such as how a score is taken."""
    if not outline.items or text.search(lexicon().idle, text.text) is None:
        return outline
    told = tuple(
        item for item in outline.items if item.items or not is_idle(text, text.text[item.start : item.end])
    )
    lead = text.text[outline.start : outline.lead_end].strip()
    if len(told) == len(outline.items) or not (told or lead):
        return outline
    return replace(outline, items=told, end=outline.end if told else outline.lead_end)


def defines_to_the_end(
    text: Text, sentence: list[Chunk], sentences: list[list[Chunk]], read: Sequence[Expression]
) -> bool:
    """Whether all that is left only explains who can bear children, behind what is asked of them."""
    asked = [atom for each in read for atom in atoms(each) if isinstance(atom, Fact) and not atom.is_mention]
    if not any(fact.category == "reproductive" for fact in asked):
        return False
    rest = sentences[sentences.index(sentence) :]
    return all(defines_childbearing(text.text[each[0].start : each[-1].end]) for each in rest)
