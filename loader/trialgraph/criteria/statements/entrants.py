"""Whom alone a list is about that says what they have to meet: "patients with HIV are allowed if: …".

Nobody else has to meet it. Where it isn't understood who they are, the words that tell so are the case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import is_cancer
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.conditions.roles import tells_age
from trialgraph.criteria.conditions.sexes import SEXES
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.refusals import without_trailing_verb
from trialgraph.criteria.statements.supposed import case_of
from trialgraph.expressions import Expression

__all__ = ["OBLIGING", "allowed_case", "also_asked"]

OBLIGING = ("must", "should", "need", "are required to", "have to")
"""How verbs start that say what has to be."""
_BEING = re.compile(r"\b(?:is|are|be|may|can|could|will)\b", re.IGNORECASE)
_NEAR = 25
"""Within how many letters before "eligible" its verb stands."""
_PERSONS = frozenset({"patient", "subject", "participant", "individual", "person"})
_FURTHER = re.compile(
    r"\b(?:prior|previous(?:ly)?|history|survivors?|second(?:ary)?|other|another)\b", re.IGNORECASE
)
"""What tells of a cancer that the trial isn't for."""
_LISTED = re.compile(r"\b(?:following|below|listed|these)\b", re.IGNORECASE)
_BOUNDING = re.compile(
    r"[^.;:]*\b(?:if|provided|providing|when|as\s+long\s+as|so\s+long\s+as|only|meet\w*|circumstances|conditions|situations)\b",
    re.IGNORECASE,
)
_ALSO = re.compile(r"\balso\b", re.IGNORECASE)
"""How a lead-in says that its list is another way to meet what was demanded before."""


def allowed_case(text: Text, leading: Sequence[Chunk]) -> Expression | None:
    """Return whom alone a list below "patients with HIV are allowed if:" is about; None when it is about all.

    The cancer that a trial is for isn't allowed, but asked for.

    Args:
        text: The text.
        leading: The sentence that leads in the list.
    """
    at = next((i for i, chunk in enumerate(leading) if "allowance" in chunk.classes), 0)
    before = trimmed(without_trailing_verb(list(leading[:at])))
    if not before or leading[0].form == "if" or any(chunk.form.startswith(OBLIGING) for chunk in before):
        return None
    if _ALSO.search(text.text, before[0].start, leading[at].end) is not None:
        return None
    named = [chunk for chunk in before if is_content(chunk)]
    if _is_of_all(text, before, named):
        return None
    turned = any(chunk.classes & {"negation", "exception"} for chunk in leading[: at + 1])
    if not named or turned or is_cancer(named[0].term):
        told = _bounds(text, before, leading[at])
        return narrative(text, before[0].start, before[-1].end) if told else None
    return case_of(text, before)


def _bounds(text: Text, before: Sequence[Chunk], allowing: Chunk) -> bool:
    """Whether a list bounds what words before "is allowed" name, rather than being what they speak of."""
    words = text.text[before[0].start : before[-1].end].rpartition(":")[2]
    said = _BEING.search(text.text, max(before[0].start, allowing.start - _NEAR), allowing.end) is not None
    bounded = said and _BOUNDING.match(text.text, allowing.end) is not None
    return bounded and _LISTED.search(words) is None


def _is_of_all(text: Text, before: Sequence[Chunk], named: Sequence[Chunk]) -> bool:
    """Whether words before "are eligible if:" speak of everyone, of a sex, or of the trial's own disease."""
    if any(map(tells_age, before)):
        return True
    if not named:
        return all(is_harmless(chunk, *SEXES) for chunk in before)
    if any(chunk.kind == "value" for chunk in named):
        return before[0].form.split(" ")[0].rstrip("s") not in _PERSONS
    return is_cancer(named[0].term) and _FURTHER.search(text.text, before[0].start, before[-1].end) is None


def also_asked(text: Text, leading: Sequence[Chunk]) -> list[Expression]:
    """Return what a lead-in asks beside its list of whom it allows, as words ("if stable, and:")."""
    at = next(i for i, chunk in enumerate(leading) if "allowance" in chunk.classes)
    behind = [chunk for chunk in leading[at + 1 :] if chunk.kind != "sign"]
    if not any(map(is_content, behind)):
        return []
    return [narrative(text, behind[0].start, behind[-1].end)]
