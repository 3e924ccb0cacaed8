"""What grade a fact demands of a condition ("neuropathy of grade 2 or more"), and what tells of it.

A demand stands in the fact's qualifier. A view has a key for each stretch of grades that a record
states of a condition: what is there with such a grade shows the fact, and what is known to be there
with other grades only rules it out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from trialgraph.expressions import Fact
from trialgraph.patients.severity import WORST, Degree, degrees_in, grade_tables, has_own_scale
from trialgraph.vocabularies import known_concepts

__all__ = [
    "STRETCHES",
    "Demand",
    "demanded",
    "grade_key",
    "graded_key",
    "is_of_now",
    "is_still",
    "without_grade",
]

_HIGH = WORST - 1
"""From here on a grade is as bad as can be survived: "grade 2 to 4" is grade 2 or more."""
STRETCHES = tuple((low, high) for low in range(1, WORST) for high in (*range(low, _HIGH), WORST))
"""Every stretch of grades that a demand can be about."""
_SEVERE = 3
"""CTCAE's "severe or medically significant"."""
_THERAPY = (
    r"(?:of|from|to|with|by)\s+(?:(?:any|all|the|prior|previous|earlier|past)\s+)*"
    r"(?:(?:anti-?\s?(?:cancer|tumou?r|neoplastic)|cancer|oncologic(?:al)?|systemic)\s+)*"
    r"(?:therap(?:y|ies)|treatments?)"
)
_FILLER = re.compile(
    rf"(?:[\s,;:.()\[\]/-]|\b(?:(?:related|due|secondary|attributed|associated)\s+)?{_THERAPY}\b"
    r"|\b(?:unresolved|persistent|persisting|residual|ongoing|on-going|current(?:ly)?|existing|known)\b"
    r"|\b(?:(?:that|which|and)\s+)?(?:has|have|had|is|are|did)?\s*not\s+(?:yet\s+)?(?:been\s+)?"
    r"(?:recovered|recover|resolved|resolve|returned|return|improved|improve)\s+(?:back\s+)?(?:to|from)?"
    r"|\b(?:must|should|can|may)\s+(?:be|have|not\s+be|not)\b|\b(?:resolved|recovered|returned)\s+to\b|\b(?:that|which)\s+(?:is|are)\b"
    r"|\bon\s+(?:clinical|physical)\s+examination\b"
    r"|\b(?:i\.?e\b\.?|defined\s+as|assessed\s+(?:to\s+be|as|by|using|per)|graded?(?:\s+(?:by|per|using))?|based\s+on)"
    r"|\b(?:per|according\s+to|as\s+per|by|using|in\s+accordance\s+with|under|the|of|with|a|an|to|as|defined)\b"
    r"|\b(?:national\s+cancer\s+institute(?:'s)?|nci|criteria|(?:for\s+)?adverse\s+events?|toxicity|severity)\b"
    r"|\b(?:at|on|upon)\s+(?:(?:the\s+)?time\s+of\s+)?(?:study\s+)?"
    r"(?:baseline|screening|enrol?lment|entry|registration|randomi[sz]ation|inclusion|day\s+1)\b"
    r"|\b(?:version|v)\.?\s*\d(?:\.\d+)?|\b\d\.\d+\b|\b[45](?:\.0)?\b)",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\bunresolved\b|\bnot\s+(?:yet\s+)?(?:been\s+)?(?:recover|resolv|return|improv)(?:ed|e)?\b",
    re.IGNORECASE,
)
_STILL = re.compile(
    r"\b(?:ongoing|on-going|persist\w*|residual|current(?:ly)?|existing|during\s+(?:the\s+)?screening"
    r"|at\s+(?:the\s+time\s+of\s+)?(?:study\s+)?(?:baseline|screening|enrol?lment|entry|registration))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:history|prior|previous\w*|past|experienced|had|occurred|occurring|during|while|after|following|led|"
    r"resulted|caused|ever)\b",
    re.IGNORECASE,
)
_OR = re.compile(r",?\s+or\s+(?=(?:\w+\s+)?[≥>≤<]?\s*grade)", re.IGNORECASE)
"""What parts grades of which one is enough; "grade 3 or 4" is one."""
_DOWN_TO = re.compile(r"(?:\bto|\(\s*i\.?e\.?,?)\s*$", re.IGNORECASE)


class Demand(NamedTuple):
    """The grades that a fact demands.

    Args:
        low: The lowest of them.
        high: The highest of them.
        alone: Nothing else is demanded: who has the condition with such a grade is shown to meet it.
        least: The lowest that may do, with what else is asked of it ("grade 3, or grade 2 with pain").
    """

    low: int
    high: int
    alone: bool
    least: int


def grade_key(concept: str, low: int, high: int) -> str:
    """Return a view's key of a concept with a grade from one to another."""
    return f"{concept}-grade{low}to{high}"


def graded_key(fact: Fact) -> str | None:
    """Return the key under which a view holds that a condition has lower grades only; None for none.

    What was may have been worse then than the grade that a record states tells. Who has grade 4 isn't let
    in where "grade 3" is barred.
    """
    asked = demanded(fact) if is_of_now(fact) else None
    return None if asked is None else grade_key(fact.concept, asked.least, WORST)


def without_grade(fact: Fact) -> dict[str, str]:
    """Return the modifiers of a fact but for those that may speak of its grade."""
    return {name: said for name, said in fact.modifiers.items() if name not in ("qualifier", "severity")}


def is_of_now(fact: Fact) -> bool:
    """Whether a fact is about what goes on; harms of treatments and acute events are told as having been."""
    if not is_still(fact):
        return False
    words = fact.modifiers.get("qualifier", "")
    if fact.modifiers.get("status") == "active" or _STILL.search(words) or _GONE.search(words):
        return True
    return known_concepts().ancestors(fact.concept).isdisjoint(grade_tables().passing)


def is_still(fact: Fact) -> bool:
    """Whether nothing says that a fact is about the past."""
    words = fact.modifiers.get("qualifier", "")
    if fact.modifiers.get("status") == "history" or fact.within is not None:
        return False
    if fact.concept not in known_concepts():
        return False
    told = fact.modifiers.get("status") == "active" or _STILL.search(words) or _GONE.search(words)
    return bool(told) or _PAST.search(words) is None


@lru_cache(maxsize=16384)
def demanded(fact: Fact) -> Demand | None:
    """Return the grades that a fact demands of a condition; None where it demands none, or none for sure."""
    words = fact.modifiers.get("qualifier", "")
    if "grade" not in words.casefold() or not _is_gradable(fact):
        return None
    tables = grade_tables()
    if tables.others.search(words) is not None:
        return None
    if has_own_scale(fact.concept, known_concepts()) and tables.ctcae.search(words) is None:
        return None
    found = [each for each in map(_demand, _OR.split(words)) if each is not None and 1 <= each.low <= _HIGH]
    if not found or len(found) < len(re.findall(r"\bgrades?\b", words, re.IGNORECASE)):
        return None
    first = next((each for each in found if each.alone), found[0])
    severe = fact.modifiers.get("severity", "severe") == "severe" and first.low >= _SEVERE
    alone = first.alone and (severe or "severity" not in fact.modifiers)
    return first._replace(alone=alone, least=min(each.low for each in found))


def _is_gradable(fact: Fact) -> bool:
    plain = not (fact.is_mention or fact.count or fact.size or "relation" in fact.modifiers)
    return plain and fact.category in ("condition", "allergy") and fact.concept in known_concepts()


def _demand(words: str) -> Demand | None:
    """Return what the one grade among words demands, if it is said of the condition itself."""
    found: list[Degree | None] = [*degrees_in(words)]
    degree = found[0] if len(found) == 1 else None
    if degree is None:
        return None
    low, high = degree.low, degree.high
    before = words[: degree.start].rpartition("; ")[2]
    behind = words[degree.end :]
    if not _is_filler(before, low):
        return None
    gone, down = _GONE.search(words[: degree.start]) is not None, _DOWN_TO.search(before) is not None
    if gone and (low == 0 or (low == high and down)):
        # What hasn't come down to a grade is worse than it.
        low, high = high + 1, WORST
    elif low == 0 or (gone and (down or low == high)):
        return None
    rest = words[: degree.start].removesuffix(before)
    alone = _is_filler(rest, low) and _is_filler(behind, low)
    return Demand(low, WORST if high >= _HIGH else high, alone, low)


def _is_filler(words: str, low: int) -> bool:
    """Whether words add nothing to a grade; "severe" doesn't to a grade that means it."""
    left = grade_tables().ctcae.sub(" ", words)
    if low >= _SEVERE:
        left = re.sub(r"\bsevere\b", " ", left, flags=re.IGNORECASE)
    return _FILLER.sub("", left).strip() == ""
