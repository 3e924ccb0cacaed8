"""Limits that a sentence asks of everyone, though it stayed words for what else it says.

"Patients must have progressed after at least 2 lines of therapy", "adequate renal function, creatinine < 2".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.diameters import opens_diameter
from trialgraph.criteria.conditions.roles import SIZE
from trialgraph.expressions import Value

__all__ = ["asks_plainly"]

_PEOPLE = r"(?:(?:all|each|every|eligible)\s+)*(?:patients?|subjects?|participants?|individuals?|persons?)"
_RULED = re.compile(
    rf"\W*(?:note\W+)?(?:{_PEOPLE}\s+)?(?:also\s+)?"
    r"(?:must|should|shall|needs?\s+to|(?:are|is)\s+required\s+to)\s+(?:also\s+)?(?:have|be|show|present|demonstrate|meet)\b",
    re.IGNORECASE,
)
"""How a demand on everyone opens."""
_TREATED = re.compile(
    r"\W*(?:(?:has|have)\s+)?(?:(?:previously|already)\s+)?(?:received|treat(?:ed|ment)\s+with|failed|failure\s+of"
    r"|relapsed/refractory|(?:relapse|progress|recur|refractory|resistan)\w*)\b",
    re.IGNORECASE,
)
"""How what someone has to have gone through opens."""
_FUNCTION = re.compile(
    r"\W*(?:(?:patients?|subjects?|participants?)\s+)?(?:(?:must|should)\s+)?(?:(?:have|has)\s+)?"
    r"(?:adequate|acceptable|sufficient|satisfactory|normal|preserved|baseline)\s+(?:\w+\s+){0,4}?"
    r"(?:functions?|reserves?|parameters|values|counts?|levels?|status)\b",
    re.IGNORECASE,
)
"""How a demand opens that the limits behind it tell the meaning of."""
_JOINT = re.compile(
    r"\b(?:relapsed?|refractory|progress(?:ed|ing|ion)?|recurr(?:ed|ent)|resistant|intolerant)(?:\s+(?:to|on|after|during))?"
    r"\s+or\s+(?=(?:relapsed?|refractory|progress\w*|recurr\w+|resistant|intolerant|is|are|during|after|on)\b)",
    re.IGNORECASE,
)
"""Two ways of failing a treatment, both of which what follows is told of."""
_OPEN = re.compile(
    r"\b(?:or|if|unless|except\w*|without|not|no|none|nor|never|may|can|could|allow\w*|permit\w*|eligible|acceptable|who|whom"
    r"|whose|those|when|where|otherwise|either|neither|patients?\s+with|subjects?\s+with|participants?\s+with|for\s+whom|case"
    r"|cohorts?|arms?|parts?|groups?|phase|stratum|strata|defined\s+as|e\.?g|such\s+as|includ\w+|exclud\w+|preferred"
    r"|recommend\w*|will|would|per)\b|[:*•/]|\band/or\b",
    re.IGNORECASE,
)
"""What leaves open whether everyone is asked for what stands with it in a sentence."""
_LABEL = re.compile(
    r"(?:\s+(?:as\s+)?defined\s+(?:as|by)|\s+as\s+(?:evidenced|demonstrated|shown)\s+by)?\s*[:,(]?",
    re.IGNORECASE,
)
_OF_SOME = re.compile(
    r"\b(?:if|unless|except\w*|when|where|allow\w*|permit\w*|acceptable|eligible|otherwise|considered|waive\w*)\b"
    r"|\b(?:for|in|among)\s+(?:\w+\s+){0,2}?(?:patients?|subjects?|participants?|those|individuals?|cases?|cohorts?|arms?|adults|children|males?"
    r"|females?|(?:wo)?men|phase|parts?|groups?)\b|[(\[]\s*(?:for|in|phase|cohorts?|arms?|parts?|groups?)\b",
    re.IGNORECASE,
)
"""What says behind a limit that it is asked of some only, or isn't all that is asked."""
_ALTERNATIVE = re.compile(r"\bor\b(?!\s+without\b)|\band/or\b", re.IGNORECASE)
_LISTED = re.compile(
    r"\b(?:includ\w+|consisting\s+of|such\s+as|i\.?e\b|e\.?g\b|by|per|on|using|with)\b", re.IGNORECASE
)
"""What only tells more of what was limited, from where on "or" joins nothing to the limit."""
_ANY = re.compile(
    r"\b(?:one|any|either|two|some|\d)\s+(?:or\s+more\s+|\([^)]*\)\s+)?of\b|\bor\W*$", re.IGNORECASE
)
"""What makes of what is listed behind it a choice."""
_ALLOWS = re.compile(r"\b(?:allow|permit|eligib|acceptab|approv|except|unless|waive)", re.IGNORECASE)
_COUNT = "{count}"


def asks_plainly(text: Text, clause: Sequence[Chunk], index: int) -> bool:
    """Whether a limit in a demand's words is asked of everyone by itself, whatever the other words are.

    At most so many treatments are often meant in some setting only, so their number isn't.

    Args:
        text: The text of an inclusion criterion.
        clause: The chunks of the sentence, brackets opened.
        index: The limit among them.
    """
    chunk = clause[index]
    behind = text.text[chunk.end : clause[-1].end]
    if _ALLOWS.search(text.text, chunk.end) or _ANY.search(text.text, 0, clause[0].start):
        return False
    if _OF_SOME.search(behind) or _ALTERNATIVE.search(_LISTED.split(behind, 1)[0]) or _counts_at_most(chunk):
        return False
    if chunk.form == SIZE:
        return opens_diameter(text, clause[0].start, chunk)
    before = _JOINT.sub("", text.text[clause[0].start : chunk.start])
    function = _FUNCTION.match(before)
    opening = function or _RULED.match(before) or _TREATED.match(before)
    if opening is None or before.count("(") - before.count(")") > 1:
        return False
    told = _LABEL.match(before, opening.end()) if function else None
    return _OPEN.search(before, told.end() if told else opening.end()) is None


def _counts_at_most(chunk: Chunk) -> bool:
    """Whether a limit is the most that was given of something."""
    value = chunk.expression
    return isinstance(value, Value) and value.unit == _COUNT and value.limit.high is not None
