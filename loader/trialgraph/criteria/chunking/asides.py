"""Words after which something is named that the patient need not have: reasons, cases, purposes, plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from trialgraph.criteria.chunking.chunks import Chunk

__all__ = ["FITTING", "HAVING", "Aside", "aside_after", "keeps_from"]

HAVING = frozenset({"have", "has", "had", "having", "received", "receive", "receiving", "be", "been",
                     "undergone", "undergo", "have had", "has had", "require", "use", "take", "taking",
                     "participate", "planning", "currently", "using", "used", "use of", "on", "requiring",
                     "treated with", "being treated", "undergoing", "included", "include",
                     "contained", "experiencing", "experience", "experienced", "exhibiting", "showing",
                     "suffering", "suffering from"})  # fmt: skip
_LINKING = frozenset({"of", "in", "with"})
_VERBS = (
    "have",
    "has",
    "had",
    "received",
    "receiving",
    "must",
    "history",
    "presence",
    "evidence",
    "diagnosis",
)
_OTHERS = frozenset({"donor", "caregiver", "partner", "spouse", "parent", "mother", "father", "sibling",
                     "relative", "family member", "fetus", "newborn"})  # fmt: skip
"""People of whom something is said that isn't true of the patient."""
_OF_TISSUE = ("histolog", "cytolog", "histopath")
"""How the diagnosis is opened that all patients have, whatever was said of their treatment before it."""
_FORBIDDING = ("contraindicat", "preclud", "prohibit", "interfer")
FITTING = frozenset({"amenable", "suitable", "eligible", "candidate"})
"""Words that lead to a treatment that patients are fit for."""
_UNFIT = frozenset({"unsuitable", "because", "may or may not"})
"""Words after which treatments are named that there are, were or may be, not what the patient had."""
_LITTLE = frozenset({"of", "the", "a", "an", "any", "their", "is", "are", "in", "with"})
"""Neutral words that may stand inside an aside, so that they don't end it."""
_DESCRIBING = frozenset({"qualifier", "confirmed", "confirmation", "active"})
_HELD = ("if", "in ", "for ", "when", "provided", "only if")
"""How the words start that say in whose case something is asked, up to the comma of the main clause."""
Aside = Literal["", "linked", "loose", "open", "kept", "held"]
"""Whether what comes next is no demand: `linked` and `kept` end at a comma, `loose` too unless it names
something first, `open` at a verb, `held` at the comma before a demand; examples end all others."""


def aside_after(chunk: Chunk, before: Chunk | None, aside: Aside) -> Aside:
    """Return whether what follows a word is no demand, and how long."""
    if "example" in chunk.classes:
        return aside if aside == "held" else ""
    if "ability" in chunk.classes and "neutral" not in chunk.classes:
        return aside or "loose"
    held = "condition" in chunk.classes and chunk.form.startswith(_HELD)
    allergic = before is not None and before.term is not None and before.term.category == "allergy"
    held = held or (allergic and "allergen" in chunk.classes)
    if held or chunk.form in _OTHERS or chunk.form in FITTING or chunk.form in _UNFIT:
        return "held"
    if chunk.classes & {"condition", "regardless"}:
        return aside or "open"
    if chunk.form.startswith(_FORBIDDING):
        return "held" if aside == "held" else "kept"
    if _leads_away(chunk, before):
        return aside or ("linked" if chunk.form in _LINKING else "loose")
    if aside == "held" and "confirmation" in chunk.classes and chunk.form.startswith(_OF_TISSUE):
        return ""
    verb = chunk.form in HAVING or chunk.form.startswith(_VERBS)
    ends = "neutral" in chunk.classes and chunk.form not in _LITTLE and (aside == "open" or verb)
    return "" if ends and aside not in ("held", "kept") else aside


def _leads_away(chunk: Chunk, before: Chunk | None) -> bool:
    """Whether what follows a word is no longer what the patient has or was given ("risk of", "due to")."""
    if chunk.form == "following" and before is not None and before.form.endswith("the"):
        return False
    if chunk.form == "more" and before is not None and before.form == "or":
        return False
    after_concept = before is not None and before.kind == "concept"
    persons = before is not None and before.term is not None and before.term.category == "reproductive"
    if chunk.form == "with" and persons:
        return False
    if chunk.form == "for" and before is not None and before.form.startswith("test"):
        return False
    if chunk.classes & _DESCRIBING and not after_concept:
        return False
    if chunk.form in _LINKING and not after_concept:
        return before is not None and before.kind == "word" and not before.classes
    return ("post" in chunk.classes and "neutral" not in chunk.classes) or chunk.form in _LINKING


def keeps_from(chunks: Sequence[Chunk]) -> bool:
    """Whether words keep what follows from being a demand: an exception, a condition, "due to".

    Between "unless" and what it names, little words may stand ("unless the patient has X").
    """
    for chunk in reversed(chunks):
        held = "condition" in chunk.classes and chunk.form.startswith(_HELD)
        if held or chunk.classes & {"exception", "unactual"}:
            return True
        if chunk.kind != "word" or "neutral" not in chunk.classes:
            break
    return bool(chunks) and chunks[-1].kind == "word" and _leads_away(chunks[-1], None)
