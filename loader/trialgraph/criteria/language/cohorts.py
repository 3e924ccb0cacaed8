"""The part of the trial that a statement opens with: "Part 1A (monotherapy): …", "In phase 2, …"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialgraph.criteria.language.literals import Sought

__all__ = ["Opening", "closing_part", "opening_part"]

_PARTS = (
    r"(?:cohorts?|arms?|parts?|aims?|phases?|groups?|sub-?stud(?:y|ies)|strat(?:um|a)|portions?|segments?"
    r"|modules?)"
)
_NUMBER = r"(?:\d{1,2}(?:[A-Za-z]|\.\d)?|(?-i:[IVX]{1,4}[A-Da-d]?|[A-Z]{1,2}\d{0,2}(?:\.\d)?|[a-e]))(?![\w%])"
_JOINED = rf"(?:\s*(?:,|/|&|-|–|,?\s+and|,?\s+or|\s+to)\s*(?:{_PARTS}\s+)?{_NUMBER}|\s+{_PARTS}\s+{_NUMBER})*"
_STEP = (
    r"(?:dose[\s-]+(?:escalation|expansion|finding|confirmation|optimi[sz]ation)|dose[\s-]+level\s+\d+|expansion|escalation"
    r"|(?:safety[\s-]+)?(?:lead|run)[\s-]?in)"
)
_NAMED = (
    rf"(?:(?:treatment|combination|expansion|study)\s+)?(?:{_PARTS}\s+{_NUMBER}{_JOINED}(?:\s+{_STEP})?"
    rf"|(?:(?:monotherapy|combination|single[\s-]agent|separate)\s+)?{_STEP}"
    rf"|(?:(?-i:[A-Z])[\w/+-]*\s+|[\w]+-risk\s+|(?:mono|combination\s+)therapy\s+){{1,3}}(?:cohorts?|arms?|strat(?:um|a)))"
    r"(?:\s+(?:phases?|parts?|cohorts?|arms?|portions?|stages?|of\s+the\s+(?:study|trial)))*"
)
_ALL = (
    rf"(?:(?:all|both)\s+(?:study\s+|treatment\s+)?(?:{_PARTS}|{_STEP}\s+and\s+{_STEP})"
    rf"|dose[\s-]+escalation\s+(?:and|&)\s+(?:dose[\s-]+)?expansion(?:\s+{_PARTS})?"
    r"|phase\s+(?:1|I)\s+and\s+(?:phase\s+)?(?:2|II)\b(?:\s+portions?(?:\s+of\s+(?:the\s+)?(?:study|trial))?)?)"
)
_PERSONS = r"(?:patients?|subjects?|participants?|individuals?)"
_ENTRY = (
    rf"(?:{_PERSONS}(?:\s+enrol(?:led|ling))?"
    r"|enrol(?:l?ment|ling)|participation|inclusion|entry|registration)"
)
_ASIDE = r"(?:\s*(?:\([^()]{1,90}\)|\[[^\[\]]{1,90}\]))?"
_ONLY = rf"(?:\s+{_PERSONS})?(?:\s*,?\s*only)?"
_OPENING = re.compile(
    rf"""(?:(?P<lead>(?:only\s+)?(?:for|in)\s+(?:the\s+)?(?:{_ENTRY}\s+(?:in(?:to)?|on(?:to)?|to)\s+(?:the\s+)?)?)?)
    (?:(?P<all>{_ALL})|(?P<some>{_NAMED}(?:\s+and\s+{_NAMED})?)){_ONLY}(?P<aside>{_ASIDE}){_ONLY}
    (?P<end>\s*:\s*|\s+[-–]\s+|\s*,\s+|\.?\s+(?=(?-i:[A-Z])|[≥≤<>])|[\s.]*$)""",
    re.VERBOSE | re.IGNORECASE,
)
_BRACKET = re.compile(
    rf"[(\[]\s*(?:(?:for|in)\s+)?(?:the\s+)?(?:(?P<all>{_ALL})|(?P<some>{_NAMED}(?:\s+and\s+{_NAMED})?))"
    rf"(?P<rest>[^()\[\]:]{{0,40}})[)\]]\s*[:,-]?\s*",
    re.IGNORECASE,
)
_BRACKETED_LABEL = re.compile(r"[(\[]\s*(?P<name>(?:for|in)\b[^()\[\]]{2,120})[)\]]\s*:\s*", re.IGNORECASE)
_OF_PERSONS = re.compile(
    rf"(?:all\s+|the\s+)?{_PERSONS}\s+(?:enrolled\s+|enrolling\s+|participating\s+|treated\s+)?(?:in|into|on|to)\s+(?:the\s+)?"
    rf"(?P<some>{_NAMED}(?:\s+and\s+{_NAMED})?){_ASIDE}\s*,?\s+(?=(?:must|should|will|shall|need|are\s+required|have|has)\b)",
    re.IGNORECASE,
)
_OF_ARM = re.compile(
    rf"""(?:only\s+)?(?:for|in)\s+(?:the\s+)?
    (?:(?!must\b|should\b|all\b|both\b|any\b|left\b|right\b|upper\b|affected\b|(?:non-?)?dominant\b)[\w/+-]+\s+){{1,5}}
    (?:cohorts?|arms?)(?:\s+(?:in|of)\s+(?:the\s+)?{_PARTS}\s+{_NUMBER}{_JOINED})?{_ASIDE}(?P<end>\s*[:,]\s+)""",
    re.VERBOSE | re.IGNORECASE,
)
"""An arm by its name: "for the initial staging arm, …", "for CRC and HNSCC cohorts in phase 2a: …"."""
_EVERYONE = (
    r"(?:[^:]*\b(?:must|may|should|have|has|is|are|including|child-?bearing|reproductive|fertile)\b"
    r"|(?:for\s+|in\s+)?(?:the\s+|all\s+)*(?:(?:wo|fe)?m(?:en|ales?)|patients?|subjects?|participants?|adults?)\b\s*(?:only|:))"
)
_THOSE = re.compile(
    rf"(?!{_EVERYONE})(?P<some>(?:[^.:;()\[\]]|\([^()]{{1,60}}\)){{2,90}}?\bonly\s*(?:\([^()]{{1,90}}\))?"
    rf"|[^.:;()\[\]]{{2,60}}\(\s*{_PARTS}\s+{_NUMBER}[^()]{{0,20}}\)"
    rf"|for\s+(?!\w*\s*(?:fe)?males?\b)[^.,:;()]{{2,80}}\s(?:patients|subjects|participants))\s*:\s+(?=\S)",
    re.IGNORECASE,
)
"""Whom alone something is asked of: "Regimen B only (with trastuzumab): …", "For lymphoma patients: …"."""
_NAMING = re.compile(
    rf"""(?P<some>(?=(?-i:[a-z]?[A-Z\d\[(])|for\b|in\b)(?=[^:]{{0,60}}\b(?:(?<!grade\s)(?<!working\s)(?:{_PARTS})\s+\#?{_NUMBER}|cohorts?\b|expansion\s+{_NUMBER}))
    (?![^:]*\b(?:must|may|should|shall|will|can|have|has|had|is|are|was|were|not|no|other|following|within|prior|previous\w*|perform\w*
    |treated|eligib\w*|requir\w*|includ\w*|receiv\w*|defin\w*|enrol\w*|participat\w*|criteria|trials?|history)\b)[^:.;]{{2,70}}?)\s*:\s+(?=\S)(?!.*\b(?:{_PARTS})\s+{_NUMBER}\s*:)""",
    re.VERBOSE | re.IGNORECASE,
)
"""A label that names a part among other words: "NSCLC (1L) cohort C3: …", "Part 2 with B: …"."""
_ANY_PART = Sought(
    r"cohort|arm|part|phase|group|stud|strat|portion|segment|module|expansion",
)
_CLOSING = Sought(
    rf"(?:[(\[]\s*(?:(?:for|in)\s+)?(?:the\s+)?(?:{_PARTS}\s+{_NUMBER}{_JOINED}(?:\s+only)?|{_NAMED}(?:\s+and\s+{_NAMED})?\s+only)"
    rf"\s*[)\]]|\b(?:in|for)\s+(?:the\s+)?{_PARTS}\s+{_NUMBER}{_JOINED}(?:\s+only)?)[\s.;,]*$",
)
_LED = re.compile(
    r"\b(?:only|cohort|arm|part|phase|group|stratum|strata|portion|segment|module)", re.IGNORECASE
)
_OWN_PART = re.compile(
    r"\b(?:participat|enrol|eligib|allow|permit|complet|irrespective|regardless|except|unless|exclu|includ|appl|assign|described"
    r"|qualify|treated|dose[sd]?\b|used)\w*",
    re.IGNORECASE,
)
"""Words of which the part at the end may be part ("have completed treatment in part A")."""
_FIRST = re.compile(
    r"[(\[]|for\b|in\b|only\b|all\b|both\b|patients?\b|subjects?\b|participants?\b|individuals?\b|the\b"
    r"|cohort|arm|part|aim|phase|group|sub-?stud|strat|portion|segment|module|dose|expansion|escalation|safety|lead|run|mono|combination"
    r"|single|separate|(?:[\w/+-]+\s+){1,3}(?:cohort|arm|strat)",
    re.IGNORECASE,
)
_LONGEST = 260
_COLON = ":"


@dataclass(frozen=True, slots=True)
class Opening:
    """The part of a trial that a statement opens with.

    Args:
        end: Where the words that name the part end.
        rest: Where what is asked there starts.
        whole: All of the trial's parts are named, so that nothing is asked of some only.
        labelled: A colon or a bracket sets the name off, so that the rest can't be more of it.
    """

    end: int
    rest: int
    whole: bool
    labelled: bool


def opening_part(words: str) -> Opening | None:
    """Return the part of the trial that words open with, or None when they open with none.

    Example:
        >>> opening_part("Part 1A (Monotherapy): Platelets").rest
        23
    """
    head = words[:_LONGEST]
    if _FIRST.match(words) is None:
        return _of_those(head)
    if match := _BRACKET.match(head):
        return Opening(match.end("rest") + 1, match.end(), match["all"] is not None, labelled=True)
    if match := _BRACKETED_LABEL.match(head):
        return Opening(match.end("name") + 1, match.end(), whole=False, labelled=True)
    if match := _OF_PERSONS.match(head):
        return Opening(match.end("some"), match.end(), whole=False, labelled=True)
    if match := _OF_ARM.match(head):
        return Opening(match.start("end"), match.end(), whole=False, labelled=match["end"].strip() == _COLON)
    match = _OPENING.match(head)
    if match is None or not _sets_off(match):
        return _of_those(head)
    end = match.start("end")
    return Opening(end, match.end(), match["all"] is not None, labelled=match["end"].strip() == _COLON)


def closing_part(words: str) -> tuple[int, int] | None:
    """Return where the part of the trial stands that a statement ends with, if nothing else names a part.

    Example:
        >>> closing_part("Prior sotorasib (cohort 2 only)")
        (16, 31)
    """
    match = _CLOSING.search(words)
    if (
        match is None
        or len(_LED.findall(words, 0, match.start()))
        or _OWN_PART.search(words, 0, match.start())
    ):
        return None
    return match.start(), len(words[: match.end()].rstrip(" .;,"))


def _of_those(head: str) -> Opening | None:
    """Return whom words ask something of, told by a treatment, a place or a disease; None without them."""
    if _COLON not in head:
        return None
    match = _THOSE.match(head)
    if match is None and _ANY_PART.search(head, 0, head.index(_COLON)):
        match = _NAMING.match(head)
    return None if match is None else Opening(match.end("some"), match.end(), whole=False, labelled=True)


def _sets_off(match: re.Match[str]) -> bool:
    """Whether what stands between a part's name and the rest parts them, rather than going on with it."""
    sign = match["end"].strip()
    if sign == _COLON:
        return True
    if sign == ",":
        return match["lead"] is not None
    if sign in ("-", "–", "."):
        return True
    return bool(match["aside"].strip()) or (bool(match["lead"]) and match.end() == len(match.string))
