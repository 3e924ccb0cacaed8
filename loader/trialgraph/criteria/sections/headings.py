"""Headings inside an eligibility section: what kind of criteria follow, and for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialgraph.criteria.criterion import Kind
from trialgraph.criteria.language.cohorts import opening_part
from trialgraph.criteria.language.offers import lists_kinds
from trialgraph.criteria.language.steps import is_first_step
from trialgraph.criteria.sections.contraceptives import lists_contraceptives
from trialgraph.criteria.sections.groups import group_in, part_in
from trialgraph.criteria.sections.rulings import ruled_kind, ruling_end, speaks_of_list
from trialgraph.criteria.sections.titles import names_others, title_scope

__all__ = ["Heading", "is_lead_in", "lets_some_in", "parse_heading", "parse_ruling", "scoped_by_rest"]

_DECORATION = r"[\s*_#>\\-]*"
_PART = r"(?:stages?|steps?|phases?|parts?|cohorts?|arms?|groups?|strat(?:um|a))"
_TAIL = (
    r"(?P<tail>\s*(?:(?:only\s+)?(?:for|of|in)\s+[^:.;]{1,90}|(?:applicable|specific)\s+to\s+[^:.;]{1,90}|[-–—(,/\[][^:]{0,90}"
    rf"|(?:(?:all\s+{_PART}|{_PART}\s+(?:\d|[IVX]+\b|[A-Z]\b)|(?:trial|study)\s+\w+|summary)\b[^:.;]{{0,90}}"
    r"|(?:are|is|includes?|will\s+be)(?:\s+(?:as\s+follows|the\s+following|listed\s+below|as\s+below))?)(?=\s*[:：]))?)"
)
_CRITERIA = r"(?:criteri(?:a|on|as|um)|critieria|critera|critiera|criteira|criterias)"
"""Also as it is often misspelt."""
_KIND = re.compile(
    rf"""^{_DECORATION}(?:[IVX\d]{{1,4}}[.)]\s+|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}[.)]?\s+|(?P<part>{_PART}\s+\w{{1,4}})\s*[:,–-]?\s+)?
    (?P<before>(?:[^\W\d_][\w/&'’()-]*\s+){{0,6}}?)
    (?P<negated>non[-\s]?)?(?:pre[-\s]?)?(?P<kind>inclusion|exclusion)(?:s(?=\s*[:：]\s*$))?
    (?P<criteria>\s*[-–]?\s*{_CRITERIA})?
    {_TAIL}
    (?P<end>\s*[:：]{_DECORATION}|\s*[-–.;]?{_DECORATION}$)""",
    re.VERBOSE | re.IGNORECASE,
)
_CRITERIA_FOR = re.compile(
    rf"^{_DECORATION}(?:\w+\s+){{0,2}}criteria\s+for\s+(?P<kind>inclusion|exclusion){_TAIL}\s*(?:[:：]{_DECORATION}|$)",
    re.IGNORECASE,
)
_CALLED = (
    rf"(?P<before>(?:(?:additional|specific|key|main|general|major|abbreviated|physician|(?:module|{_PART})\s+[\w.]{{1,4}})\s+)*)"
    rf"(?P<negated>non[-\s]?)?(?P<kind>inclusion|exclusion)\s+{_CRITERIA}"
)
_NAMED = re.compile(
    rf"^{_DECORATION}{_CALLED}(?P<tail>\s+[^:.;]{{1,160}})?\s*(?P<end>[:：]){_DECORATION}$"
    rf"|^{_DECORATION}{_CALLED.replace('?P<', '?P<bare_')}"
    rf"(?P<bare_tail>\s+(?:(?:specific\s+(?:to|for)|to\s+receive)\b|{_PART}\s+(?:\d|[IVX]+\b|[A-Z]\b))[^:.;]{{0,90}})?"
    rf"{_DECORATION}$",
    re.IGNORECASE,
)
"""A line that is nothing but a list's name, whomever it is for ("Module 1 specific inclusion criteria:")."""
_LISTED = re.compile(
    rf"^{_DECORATION}(?:[IVX\d]{{1,4}}[.)]\s+)?(?P<before>(?:[^:.;\n]|\.(?=\d)){{0,110}}?)(?<![\w/])(?P<negated>[Nn]on-)?"
    rf"(?P<kind>I(?i:nclusion)|E(?i:xclusion))\s+C(?i:riteri(?:a|on|um))\b(?P<tail>(?:[^:;.]|\.(?=\d)){{0,160}}?)\s*(?P<end>[:：]?){_DECORATION}$"
)
"""A list's name among words of any kind, in capitals as names are ("Part B (new) Inclusion Criteria")."""
_SPOKEN_OF = re.compile(
    r"\b(?:see|per|refer\w*|defin\w+|describ\w+|may|could|might|can|will|should|must|shall|is|are|be|been|was|were|has|have|had|do|does"
    r"|not|no|outside|absence|violat\w+|reverse|opposite|numbers?|noted|within|except\w*|other|meets?|meeting|met|satisf\w+|fulfil\w*"
    r"|according|under|out|protocol|which|that|who|as|checked|mentioned|understand|willing|negative|positive)\b|#\s*\d",
    re.IGNORECASE,
)
_EXPLAINED = re.compile(r"\s*\([^()]{60,}\)\s*[:：]?\s*$")
_LONGEST_NAME = 14
_WHOSE = re.compile(r"\s*(?:only\s+for|applicable\s+to|specific\s+to)\b", re.IGNORECASE)
_SAID = re.compile(r"\s+(?:will|shall|may|are|is|includes?)\b", re.IGNORECASE)
_OTHER_LIST = re.compile(r"\b(?:inclusion|exclusion)\b", re.IGNORECASE)
_GENERAL = re.compile(
    rf"^{_DECORATION}(?:(?:eligibility|patient|disease|selection|entry|study)\s+)?"
    rf"(?:criteria|characteristics|eligibility)\s*(?:[:：]{_DECORATION}|$)",
    re.IGNORECASE,
)
_LEAD_EXCLUSION = re.compile(
    r"\b(?:exclu(?:ded|sion|de)|ineligible|disqualified|not\s+(?:be\s+)?(?:eligible|included|enrolled|allowed|participate))\b",
    re.IGNORECASE,
)
_OF_OTHER = re.compile(
    r"\b(?:ineligible|not\s+(?:be\s+)?eligible)\s+(?:for|to\s+(?:receive|undergo|have))\s+(?:the\s+|this\s+|an?\s+)?"
    r"(?!\w*\s*(?:stud|trial|participat|enrol|inclu|entry|protocol|research|screening|admission|randomi|registration|part\b"
    r"|cohort|arm\b|phase|step))",
    re.IGNORECASE,
)
"""What patients aren't fit for that isn't the trial itself ("ineligible for cisplatin")."""
_SUBJECT = re.compile(
    r"(?P<named>[^:.;]{3,60}?)\s+(?:who|that|meeting|will|are|is|must|should|may)\b", re.IGNORECASE
)
_THOSE_LISTED = re.compile(r"\b(?:patients?|subjects?|participants?|following)\b", re.IGNORECASE)
_LEAD_INCLUSION = re.compile(
    r"\b(?:eligible|eligibility|included|inclusion|enrolled|enrollment|enrolment)\b", re.IGNORECASE
)
_ENTERING = re.compile(
    r"\b(?:stud(?:y|ies)|trial|research|enrol\w*|participat\w*|inclusion\s+criteri\w+|entry|registration|randomi[sz]\w*"
    r"|cohort|to\s+be\s+(?:considered\s+)?eligible)\b",
    re.IGNORECASE,
)
"""What a sentence speaks of that heads what patients have to meet, rather than what some may be let in by."""
_SCOPE_LINE = re.compile(
    rf"^{_DECORATION}(?:(?:additional|specific)\s+\w+\s+)?(?:for\s+)?(?:the\s+)?"
    r"(?P<scope>(?:part|phase|cohort|arm|group|stratum|stage|step|substudy|sub-study)\s+[\w\s/&-]{1,40}?)"
    rf"(?:\s+(?:only|patients|subjects|participants))?\s*[:：]{_DECORATION}$",
    re.IGNORECASE,
)
_DECORATED = re.compile(rf"^{_DECORATION}")
_AROUND = re.compile(r"^(?:for|in)\s+(?:the\s+)?|\s+only$", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:all|both|and)\b", re.IGNORECASE)
"""What every name of all parts has, which needs no colon."""
_ENTERED = re.compile(
    r"\b(?:in|into|to|for)\s+(?:the\s+)?"
    r"(?P<scope>(?i:part|phase|cohort|arm|group|stratum)\s+(?:\d\w?|[IVX]+\w?|[A-Z]\d?))\s*[:：]\s*$"
)
"""The part of a trial that a sentence above a list lets people into ("… will be eligible for Arm A:")."""
_SENTENCE = re.compile(
    r"\b(?:meets?|met|fulfil\w*|all|any|none|no|not|satisf\w+|does|do|is|are|be|has|have|must|per|these|following)\b",
    re.IGNORECASE,
)
_SPEAKS_OF = re.compile(r"\b(?:reverse|opposite|all\s+other|absence|violation|that|fit)\b", re.IGNORECASE)
_INTO = re.compile(r"\s*(?:in|of)\b", re.IGNORECASE)
"""What inclusion is in, rather than whom a list is for ("inclusion in another protocol")."""
_BOTH = re.compile(
    r"inclusion\s*(?:/|and|or|&)\s*exclusion|exclusion\s*(?:/|and|or|&)\s*inclusion", re.IGNORECASE
)
_OTHERS_APPLY = re.compile(
    r"\b(?:apply|applies)\b|\b(?:protocol|other)[-\s]+(?:defined|specified)", re.IGNORECASE
)
_CHOICE = re.compile(
    r"\b(?:(?:at\s+least|any)\s+(?:one|two|three|1|2|3)|one|two|either|any|more)\b[^:]{0,40}\bfollowing\b"
    r"|\b(?:one|two|three|[1-3]|either)\s+(?:or\s+more\s+)?of\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\ball\b[^:]{0,40}\bfollowing\b", re.IGNORECASE)
_ASKING = re.compile(
    r"[≤≥<>]|=<|\b(?:exceptions?|except(?:\s+for)?)\s*:\s*$|\b(?:tested|required|needed)\s+in\s+patients\s+with\s*:\s*$|\b(?:must|should)\s+have\s+(?:a\s+)?(?!adequate|met|been)\w[^:]*,?\s+defined\s+as\s*:"
    r"|\bha(?:s|ve)\s+(?:received|had)\s+(?!(?:any|one|all|each|either|none)?\s*(?:of\s+)?the\s+following|any\s*:)[^:]*:\s*$",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\b(?:within|in|during|over)\s+(?:the\s+)?(?:(?:last|past|previous|prior|preceding)\s+)?"
    r"(?:\d+|one|two|three|four|six|twelve)[\s-]*(?:hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
"""The time that each of what stands below is barred for."""
_LET_IN = re.compile(
    r"\bexceptions?\b[^:]*:\s*$|\bnot\s+(?:required|needed|necessary|mandatory)\s+unless\s*:\s*$"
    r"|\b(?:child-?\s?bearing|menopaus\w*|reproductive\s+potential)\b[^:.;]*\b(?:defined|excludes)\b[^:.;]*:\s*$"
    r"|^\W*the\s+following\b[^:.;]*\bare\s+(?:permitted|allowed)\b[^:.;]*:\s*$"
    r"|^(?:patients?|subjects?|participants?|individuals?|those|people)\s+(?:with|on|receiving|who\s+(?:have|are|had))\s(?!(?:any|one|all|the)\b)"
    r"[^:]*(?<!not\s)(?<!not\sbe\s)\b(?:eligible|allowed|permitted|enrolled|included)\b[^:]*\b(?:if|provided|as\s+long\s+as|when)\b[^:]*:\s*$"
    r"|^(?:patients?|subjects?|participants?|individuals?|those|people)\s+(?:with|on|receiving)\s(?!(?:any|one|all|the)\b)"
    r"[^:]*\bwho\s+meet\b[^:]*\bmay\s+be\s+(?:eligible|enrolled|included)\b[^:]*:\s*$",
    re.IGNORECASE,
)
_NOTE = re.compile(r"note\b", re.IGNORECASE)
_LONGEST_LEAD = 600
_LONGEST = 240
_SHORT = 80
_RULING = re.compile(
    rf"^{_DECORATION}(?P<kind>inclusion|exclusion)\s+{_CRITERIA}\s+(?:(?:all|any)\s+)?"
    r"(?:patients?|subjects?|participants?|individuals?)\s+[^.:]{0,60}\b(?:any|one|all|following|exclusion|inclusion)\b[^.:]{0,120}[.:]?$",
    re.IGNORECASE,
)
"""A heading with the sentence that says what it means in the same line."""
_OPENS_RULING = re.compile(
    r"\s+(?=(?:In\s+order|To\s+be|All|Any|An?|Each|Patients?|Subjects?|Participants?|Individuals?)\s)"
)
"""Where the sentence may start that goes on in the line of a list's name."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's message: `kind` or `scope` is None where it doesn't say; `length` in characters.

    An empty `scope` is the whole trial again.
    """

    kind: Kind | None
    scope: str | None
    length: int
    whole: bool = True


def parse_heading(line: str) -> Heading | None:
    """Return what a line says as a heading, or None when it is none.

    Args:
        line: A line without its indent; text may follow the heading's colon.
    Example:
        >>> parse_heading("Inclusion criteria for part B:").scope
        'part B'
    """
    head = line[:_LONGEST]
    named = "clusion" in head.lower()
    match = (_KIND.match(head) or _CRITERIA_FOR.match(head)) if named else None
    if match and not _is_sentence(match):
        if _BOTH.search(match.group()):
            return Heading(None, None, match.end(), match.end() >= len(line))
        kind: Kind = "inclusion" if match["kind"].lower() == "inclusion" else "exclusion"
        if match.groupdict().get("negated"):
            kind = "exclusion"
        return Heading(kind, _scope_of(match), match.end(), match.end() >= len(line))
    if named and (called := _parse_name(line) or _parse_explained(line)) is not None:
        return called
    if named and len(line) <= _LONGEST and (ruling := _RULING.match(line)) is not None:
        return Heading("inclusion" if ruling["kind"].lower() == "inclusion" else "exclusion", None, len(line))
    if named and (listed := _parse_listed(line)) is not None:
        return listed
    general = _GENERAL.match(head)
    if general:
        return Heading(None, None, general.end(), general.end() >= len(line))
    part = _parse_part(line)
    scope = _SCOPE_LINE.match(head) if part is None and len(line) <= _LONGEST else None
    if scope is not None:
        return Heading(None, scope["scope"].strip(), len(line))
    return part or _parse_sentence_heading(line)


def parse_ruling(line: str) -> Heading | None:
    """Return what a line says whose first sentence only tells what the list below it means, or None.

    Before that sentence the list may be named ("Inclusion criteria for caregivers All subjects must …").

    Example:
        >>> parse_ruling("Patients will be excluded if they meet any of these criteria. See below.").length
        71
    """
    end = ruling_end(line)
    if end > _LONGEST or not line[:1].isalpha() or not speaks_of_list(line):
        return None
    kind = ruled_kind(line[:end])
    if kind is not None:
        return Heading(kind, None, end, end >= len(line))
    for start in _OPENS_RULING.finditer(line, 0, end):
        kind = ruled_kind(line[start.end() : end])
        named = None if kind is None else parse_heading(f"{line[: start.start()]}:")
        if named is not None and named.whole and named.kind in (None, kind):
            return Heading(kind, named.scope, end, end >= len(line))
    return None


def scoped_by_rest(heading: Heading, line: str) -> Heading:
    """Return the heading of a list with whom the rest of its line names ("Inclusion criteria: Part B")."""
    rest = line[heading.length :].strip().rstrip(" .:")
    if heading.whole or heading.kind is None or heading.scope is not None or len(rest) > _SHORT:
        return heading
    scope = title_scope(rest, colon=True, inclusion=heading.kind == "inclusion")
    return heading if scope is None else Heading(heading.kind, scope, len(line))


def _parse_part(line: str) -> Heading | None:
    """Return what a line says that is nothing but the name of a part of the trial, or of all its parts."""
    words = _DECORATED.sub("", line).rstrip()
    named = words.rstrip(" :：")
    ended = named != words
    if len(words) > _SHORT or not (ended or _SEVERAL.search(named)):
        return None
    opening = opening_part(f"{named}:")
    if opening is None or opening.rest <= len(named) or not (opening.whole or ended):
        return None
    return Heading(None, "" if opening.whole else _AROUND.sub("", named), len(line))


def _parse_name(line: str) -> Heading | None:
    """Return what a line says that is nothing but the name of a list, or None."""
    match = _NAMED.match(line) if len(line) <= _LONGEST else None
    if match is None or _BOTH.search(line) or _OTHERS_APPLY.search(line):
        return None
    bare = match["kind"] is None
    kind, tail, before = (match[f"bare_{name}" if bare else name] for name in ("kind", "tail", "before"))
    if (bare and not (tail or before)) or _OTHER_LIST.search(tail or ""):
        return None
    denied = match["bare_negated" if bare else "negated"]
    barring = kind.lower() == "exclusion" or denied is not None
    named = None if tail is None or _SAID.match(tail) else _AROUND.sub("", tail.strip(" \t()[],/*_-"))
    scope = group_in(before) if named is None else None if is_first_step(named) else named
    return Heading("exclusion" if barring else "inclusion", scope, len(line))


def _parse_explained(line: str) -> Heading | None:
    """Return what a line says that is a list's name and a bracket which explains it at length, or None."""
    name, bracket = _EXPLAINED.subn("", line) if len(line) <= _LONGEST else (line, 0)
    heading = parse_heading(f"{name}:") if bracket else None
    if heading is None or heading.kind is None or not heading.whole:
        return None
    return Heading(heading.kind, heading.scope, len(line))


def _parse_listed(line: str) -> Heading | None:
    """Return what a line says that is a list's name in capitals, whatever else it names, or None."""
    match = _LISTED.match(line) if len(line) <= _LONGEST else None
    if match is None or _BOTH.search(line):
        return None
    words = f"{match['before']} {match['tail']}"
    if not words.strip(" -–—") or _SPOKEN_OF.search(words) or _OTHER_LIST.search(words):
        return None
    if len(words.split()) > _LONGEST_NAME and not match["end"]:
        return None
    denied = match["negated"] is not None or match["kind"][0].upper() == "E"
    scope = group_in(match["tail"], match["before"])
    return Heading("exclusion" if denied else "inclusion", scope, len(line))


def _parse_sentence_heading(line: str) -> Heading | None:
    if len(line) > _LONGEST or not line.rstrip().endswith((":", "：")) or not line[:1].isalpha():
        return None
    if _BOTH.search(line):
        return Heading(None, None, len(line))
    if lets_some_in(line) or _NOTE.match(line):
        return None
    barring = _OF_OTHER.sub(" ", line)
    others = _others_in(line)
    if _LEAD_EXCLUSION.search(barring) and (others or _THOSE_LISTED.search(line)):
        return Heading("exclusion", part_in(line) or others, len(line))
    if (
        _LEAD_INCLUSION.search(line)
        and _ENTERING.search(line)
        and re.search(r"\b(?:all|following)\b", line, re.I)
        and not _CHOICE.search(line)
    ):
        entered = _ENTERED.search(line)
        return Heading("inclusion", entered["scope"] if entered else part_in(line) or others, len(line))
    return None


def _others_in(line: str) -> str | None:
    """Return whom but patients a sentence above a list is about ("Clinicians will be excluded if:")."""
    named = _SUBJECT.match(line)
    return named["named"].strip() if named is not None and names_others(named["named"].strip()) else None


def lets_some_in(line: str) -> bool:
    """Whether a sentence above a list lets some people in, or excepts something, whatever it speaks of."""
    return len(line) <= _LONGEST_LEAD and (_LET_IN.search(line) is not None or lists_contraceptives(line))


def _is_sentence(match: re.Match[str]) -> bool:
    """Whether the words around the kind make it a statement ("meets all inclusion criteria")."""
    groups = match.groupdict()
    if _OTHERS_APPLY.search(match.group()):
        return True
    colon = groups.get("end") is None or ":" in (groups.get("end") or "") or "：" in (groups.get("end") or "")
    before, tail = groups.get("before") or "", groups["tail"] or ""
    if not colon and (_SPEAKS_OF.search(before) or (groups.get("criteria") is None and _INTO.match(tail))):
        return True
    if _SENTENCE.search(before) and not before.lower().startswith("all "):
        return not colon or len(before.split()) > 4
    return not colon and len((before + tail).split()) > (_LONGEST_NAME if _WHOSE.match(tail) else 8)


def _scope_of(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if is_first_step(groups.get("part") or ""):
        return None
    named = "criteria" not in groups or groups["criteria"] is not None
    return group_in(match["tail"], groups.get("before") or "", groups.get("part") or "", parts_only=not named)


def is_lead_in(words: str, kind: Kind) -> bool:
    """Whether an unmarked line before a list is part of what the list says.

    "Any of the following:" above a list of exclusions only repeats what an exclusion list means;
    above inclusions it changes the meaning, so the list belongs to it. So it does to what asks for something
    by itself ("ALP ≤ 2.5 × ULN, with the following exceptions:", "has received radiation:").
    """
    if _ASKING.search(words):
        return True
    if kind == "inclusion":
        return _CHOICE.search(words) is not None or lists_kinds(words)
    return _ALL.search(words) is not None or _WITHIN.search(words) is not None
