"""A list with the words that lead it in: whom it is asked of, what it lists instances of, when."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.beside import bracketed_window
from trialgraph.criteria.conditions.cases import asked_of
from trialgraph.criteria.facts.allowances import allows
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import for_itself, instances_of, with_times
from trialgraph.criteria.language.cohorts import Opening, opening_part
from trialgraph.criteria.language.offers import SOME_ASKED
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.sentences import sentences_of
from trialgraph.criteria.mentions.topics import topics_of
from trialgraph.criteria.mentions.unread import VAGUE
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.statements.apart import bars_apart
from trialgraph.criteria.statements.captions import without_caption
from trialgraph.criteria.statements.entrants import OBLIGING, allowed_case, also_asked
from trialgraph.criteria.statements.notes import only_notes
from trialgraph.criteria.statements.parts import part_led_in
from trialgraph.criteria.statements.states import in_state_of
from trialgraph.criteria.statements.subgroups import aged_persons
from trialgraph.criteria.statements.supposed import case_of
from trialgraph.criteria.trees import all_of, any_of, asks_of_some, dated, map_facts, negate
from trialgraph.expressions import AnyOf, Expression, Fact, Narrative, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["between", "in_time_of", "with_lead"]


_OR_AT_END = re.compile(r"\bor$", re.IGNORECASE)
_INSTANCES = re.compile(
    r"\b(?:includ\w*|such as)\b[^;.()]{0,80}$|\b(?:includ\w*|such as|e\.g\.?)\W*$",
    re.IGNORECASE,
)
_OR_ANY = re.compile(
    r"\binclud|such as|e\.g|\bor\b[^;:]{0,40}\b(?:any|one)\b[^;:]{0,15}\bfollowing\b", re.IGNORECASE
)
_EXCLUDED = re.compile(
    r"\b(?:are|is|be|must) (?:also )?(?:excluded|ineligible|not (?:be )?(?:eligible|allowed|permitted))\b",
    re.IGNORECASE,
)
_ABOUT = frozenset({"for", "in"})
_WAIVED = re.compile(r"\bnot (?:\w+ )?(?:need|require|necessary|mandatory|applicable|apply)", re.IGNORECASE)
_FOLLOWING = re.compile(
    r"(?:\b(?:with|as|by|have|has|meet\w*|including|defined|according to)\b[^:,]{0,40})?"
    r"\b(?:the )?follow(?:ing|s)\b[^:]{0,60}:?\s*$|:\s*$",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\bunless (?P<cause>(?:due|related|secondary|attribut\w+) to [^:;()]*[^\s:;()])", re.IGNORECASE
)
"""What excuses from the limits listed below ("adequate counts, unless due to marrow involvement:")."""
_DEFINED = re.compile(
    r"\bdefined\b|\bas follows?\b|\bmeeting\b|\(\s*any of the following\s*\)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(?:whose|if|unless|except)\b|(?<!patients )(?<!subjects )(?<!participants )\bwho\b"
    r"|\bwith (?:any|one|\d|at least|the following|either)|\band (?:with |one|any|at least|meet|either)"
    r"|\bwhich\b|\bthat\b|\bmeets?\b|\b(?:allow|permit|eligib|accept)",
    re.IGNORECASE,
)
"""What a lead-in says of a list that adds to what it names, rather than telling what that is."""
_OF_PARTS = re.compile(
    r"(?:for|in)\s+(?:the\s+)?(?:cohorts?|arms?|parts?|phases?|groups?)\s[^.;]*:\s*$"
    r"|[^.;:]*\b(?:cohorts?|arms?|parts?|groups?)\b[^.;:]{0,30}\bonly\s*:\s*$",
    re.IGNORECASE,
)
"""What a lead-in is that names parts of the trial, in brackets or behind a name too."""
_TO_PART = re.compile(
    r"(?!.*\b(?:all|both|any|each|either)\s+(?:\w+\s+)?(?:cohorts|arms|parts|phases|groups|modules)\b)"
    r"\s*(?:(?:key|main|additional|specific|other|further|inclusion|exclusion|eligibility|criteria|requirements?|for|in|to|of|the)\s+)*"
    r"(?:(?:those|patients?|subjects?|participants?)\s+(?:(?:enroll?(?:ed|ing)|assigned|participating)\s+)?(?:in|on|to|into)\s+)?"
    r"(?:the\s+)?(?:[\w/-]+\s+){0,3}?(?:cohorts?|arms?|parts?|sub-?stud(?:y|ies)|strat(?:um|a)|modules?)\s+(?-i:[A-Z\d][A-Za-z\d]?)\b"
    r"[^.;]{0,110}$",
    re.IGNORECASE,
)
"""How a lead-in tells for which part its list is, if it names nothing else ("Criteria for part B:")."""
_LABEL = re.compile(
    r"\W*(?:[0-9a-z][.)]\s*)?(?!.*\b(?:must|should|ha[sd]|have|received|treated|failed|completed|undergone|includ\w+"
    r"|following|who|patients|with|for|one|two|least|no|not)\b)[^:;,.]{3,60}:\W*",
    re.IGNORECASE,
)
"""A lead-in that is no more than a heading ("Radiation therapy (XRT):")."""
_SPEAKING = re.compile(
    r"\b(?:must|should|may|can|will|needs?\s+to|(?:is|are)\s+(?:not\s+)?\w+)\b", re.IGNORECASE
)
"""What an item has that is a sentence of its own."""
_LETTING_IN = re.compile(r"\b(?:eligible|allowed|permitted|excluded|may)\b", re.IGNORECASE)
_REASONED = re.compile(
    r"\b(?:ineligib\w*|unfit|unsuitable|contraindicat\w*|not\b[^:]{0,20}\b(?:eligible|fit|suitable|candidates?))\b",
    re.IGNORECASE,
)
"""What a lead-in says whose list tells why ("ineligible for cisplatin due to one of: …")."""
_LONG = 30
"""Up to how many words a lead-in has that only announces its list."""
_SHORT = 3
"""Up to how many words lead from whom a list is asked of to its items ("… must meet either")."""
_MALIGNANT = str(TGC.MalignantNeoplasm)
Reader = Callable[[Text, Sequence[Chunk], int, int], Expression]


def between(chunks: Sequence[Chunk], start: int, end: int) -> list[Chunk]:
    """Return the chunks between two places of the text."""
    first = bisect_left(chunks, start, key=lambda chunk: chunk.start)
    return list(chunks[first : bisect_right(chunks, end, lo=first, key=lambda chunk: chunk.end)])


def in_time_of(leading: Sequence[Chunk], body: Expression, *, facts_too: bool) -> Expression:
    """Return a list in the time that its lead-in tells: its values, and its facts where they bar."""
    recent = next((chunk.window.window for chunk in leading if chunk.window is not None), None)
    recent = recent or next(filter(None, map(bracketed_window, leading)), None)
    if recent is None:
        return body
    body = dated(body, recent)
    return map_facts(body, lambda fact: replace(fact, within=fact.within or recent)) if facts_too else body


def with_lead(
    text: Text, chunks: Sequence[Chunk], outline: Outline, body: Expression, read: Reader, *, either: bool
) -> Expression:
    """Join a list with the words that lead it in.

    Args:
        text: The text under reading.
        chunks: The chunks of the stretch.
        outline: Where its lead-in and its items are.
        body: What the items say together.
        read: Reads the sentences of a stretch, from its chunks, start and end.
        either: Whether any one of the items is enough.
    """
    start, lead_end = outline.start, outline.lead_end
    lead = text.text[start:lead_end]
    leading = between(chunks, start, lead_end)
    opening = _part_before(text, leading)
    if opening is not None:
        case = narrative(text, start, start + opening.end)
        rest = replace(outline, start=start + opening.rest)
        return asked_of(text, case, with_lead(text, chunks, rest, body, read, either=either))
    items, body = body, in_time_of(leading, body, facts_too=text.exclusion)
    body = in_state_of(text, leading, body) if text.exclusion else body
    following = _FOLLOWING.search(lead)
    stop = start + following.start() if following else lead_end
    asked = _asked_of_some(text, chunks, (start, stop, lead_end), body, read)
    if asked is not None:
        return asked
    head = read(text, between(chunks, start, stop), start, stop)
    facts = [atom for atom in atoms(head) if isinstance(atom, Fact)]
    if not text.exclusion and (_is_heading(lead, head) or _is_topic(text, head, outline)):
        return body
    several = [] if text.exclusion else sentences_of(text, leading)
    if len(several) > 1 and _WAIVED.search(text.text[several[-1][0].start : lead_end]):
        last = several[-1][0].start
        return all_of([read(text, between(chunks, start, last), start, last),
                       narrative(text, last, outline.end)])  # fmt: skip
    if not text.exclusion and facts and (asked := _of_named(text, leading, head, body)) is not None:
        return asked
    if not text.exclusion and leading and leading[0].form == "if":
        return _asked_in_case(text, leading, head, body)
    if not any(not isinstance(atom, Narrative) for atom in atoms(head)):
        return _below_words(text, leading, (start, stop, lead_end), head, body, either=either)
    if text.exclusion and facts and either and _INSTANCES.search(lead):
        words = (stop, outline.end)
        kind = with_times(text, for_itself(text, head, body, words), between(chunks, *words), body)
        return any_of([kind, instances_of(facts[-1], body)])
    of_some = SOME_ASKED.match(text.text[slice(lead_end, outline.end)].lstrip(" *-•")) is not None
    apart = of_some or _OR_ANY.search(lead) is not None or only_notes(text, [_first_item(chunks, outline)])
    apart = apart or lead.rstrip().endswith(";")
    if text.exclusion and either and bars_apart(text, outline, head, items):
        return any_of([head, items])
    if (text.exclusion and either and (apart or _excludes(text, outline))) or _OR_AT_END.search(
        lead.rstrip(" ,;:.*-•")
    ):
        return any_of([head, body])
    if text.exclusion and either and _tells_kind(text, lead, head, body):
        named = {atom.concept for atom in atoms(body) if isinstance(atom, Fact)}
        topics = topics_of(text, [(chunk, 0) for chunk in leading])
        spoken = [topic.fact for topic in topics if not topic.denied and topic.fact.concept not in named]
        return any_of([body, *spoken])
    return all_of([head, body])


def _tells_kind(text: Text, lead: str, head: Expression, body: Expression) -> bool:
    """Whether a list tells what its lead-in means ("severe comorbidity, defined as follows: …").

    A list of limits alone narrows what is named before it, and so does one that patients have "with" it.
    """
    kinds = [each for each in atoms(head) if not isinstance(each, Narrative)]
    named = [each for each in atoms(body) if isinstance(each, Fact) and each.category == "condition"]
    if not named or _BESIDE.search(lead) or not all(_is_condition(each) for each in (*kinds, *atoms(head))):
        return False
    above = {iri for each in named for iri in text.vocabulary.by_iri[each.concept].ancestors - {each.concept}}
    general = any(isinstance(each, Fact) and each.concept in above for each in kinds)
    return general or _DEFINED.search(lead) is not None


def _is_condition(atom: Expression) -> bool:
    return isinstance(atom, Fact) and atom.category == "condition"


def _is_heading(lead: str, head: Expression) -> bool:
    """Whether a lead-in only names the treatments that its list is about, without asking for them."""
    given = all(isinstance(atom, Fact) and atom.category in GIVEN for atom in atoms(head))
    return given and not isinstance(head, Not) and _LABEL.fullmatch(lead) is not None


def _is_topic(text: Text, head: Expression, outline: Outline) -> bool:
    """Whether a lead-in only names the illness that its list is about, of which each item speaks for itself.

    "Hepatitis B: * Participants with … are eligible if …" asks nobody to have it.
    """
    if not isinstance(head, Fact) or head.category != "condition" or head.modifiers:
        return False
    term = text.vocabulary.by_iri.get(head.concept)
    told = [text.text[item.start : item.end] for item in outline.items]
    speaking = all(map(_SPEAKING.search, told)) and any(map(_LETTING_IN.search, told))
    return speaking and term is not None and not term.is_a(_MALIGNANT)


def _part_before(text: Text, leading: Sequence[Chunk]) -> Opening | None:
    """Return the one part of the trial that a lead-in names before what it asks there; None without one."""
    if not leading or (opening := opening_part(text.text[leading[0].start : leading[-1].end])) is None:
        return None
    behind = leading[0].start + opening.rest
    named = any(is_content(chunk) for chunk in leading if chunk.start >= behind)
    if opening.whole or not named:
        return None
    others = sentences_of(text, leading)[1:]
    parted = any(opening_part(text.text[each[0].start : each[-1].end]) is not None for each in others)
    return None if parted else opening


def _asked_of_some(
    text: Text, chunks: Sequence[Chunk], lead: tuple[int, int, int], body: Expression, read: Reader
) -> Expression | None:
    """Return a list below a part of the trial, whom it allows, or what excuses from it; None below others.

    The `lead` is where the lead-in starts, where it goes over to "the following:", and where it ends.
    """
    start, stop, lead_end = lead
    leading = between(chunks, start, stop)
    case = part_led_in(text, start, lead_end) or _opening_case(text, leading)
    case = case or aged_persons(text, leading, body)
    if case is None and _is_for_part(text, start, lead_end, between(chunks, start, lead_end)):
        case = narrative(text, start, lead_end)
    if case is not None:
        return asked_of(text, case, body)
    if text.exclusion:
        return None
    sentences = sentences_of(text, between(chunks, start, lead_end))
    if sentences and (case := allowed_case(text, sentences[-1])) is not None:
        last = sentences[-1][0].start
        before = [read(text, between(chunks, start, last), start, last)] if len(sentences) > 1 else []
        return all_of([*before, asked_of(text, case, all_of([*also_asked(text, sentences[-1]), body]))])
    waived = _CAUSE.search(text.text, start, lead_end)
    return any_of([body, narrative(text, waived.start("cause"), waived.end())]) if waived else None


def _is_for_part(text: Text, start: int, end: int, leading: Sequence[Chunk]) -> bool:
    """Whether a lead-in only tells for which part of the trial its list is."""
    lead = text.text[start:end]
    named = any(is_content(chunk) or chunk.kind in ("value", "limit") for chunk in leading)
    return _OF_PARTS.match(lead) is not None or (not named and _TO_PART.match(lead) is not None)


def _of_named(text: Text, leading: Sequence[Chunk], head: Expression, body: Expression) -> Expression | None:
    """Return a list below some, or below a mere title; None where the lead-in asks for what it names."""
    if (told := without_caption(text, leading, head, body)) is not None:
        return told
    if not _some_named(leading):
        return None
    if asks_of_some(head):
        rest = any_of(head.operands[1:])
        return any_of([head.operands[0], body if isinstance(rest, Narrative) else all_of([rest, body])])
    return any_of([negate(head), body])


def _first_item(chunks: Sequence[Chunk], outline: Outline) -> list[Chunk]:
    return between(chunks, outline.items[0].start, outline.items[0].end)


def _excludes(text: Text, outline: Outline) -> bool:
    """Whether an item below the name of what it is about bars by itself ("… should be excluded")."""
    return any(_EXCLUDED.search(text.text[item.start : item.end]) for item in outline.items)


def _asked_in_case(text: Text, leading: Sequence[Chunk], head: Expression, body: Expression) -> Expression:
    """Ask a list below "if older than 75, the following must be met:" of those in that case only."""
    if asks_of_some(head):
        return any_of([head.operands[0], all_of([any_of(head.operands[1:]), body])])
    if isinstance(head, AnyOf) and any(isinstance(each, Value) for each in atoms(head)):
        return all_of([head, body])  # "If not on A: INR ≤ 1.5": those on A are spoken of below
    comma = next((chunk for chunk in leading if chunk.form == ","), leading[-1])
    words = narrative(text, leading[0].start, comma.start if comma is not leading[-1] else comma.end)
    return any_of([Not(words), body])


def _opening_case(text: Text, leading: Sequence[Chunk]) -> Expression | None:
    """Return whom alone a list below "for patients with melanoma:" is about; None when it is about all."""
    opening = leading[0] if leading else None
    if opening is None or "condition" not in opening.classes or opening.form.split(" ")[0] not in _ABOUT:
        return None
    sign = next((i for i, chunk in enumerate(leading) if chunk.form in (",", ":")), len(leading))
    case, behind = leading[1:sign], leading[sign:]
    named = any(map(is_content, case)) and not any(chunk.kind == "value" for chunk in case)
    return case_of(text, case) if named and not any(map(is_content, behind)) else None


def _some_named(leading: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return of whom alone a lead-in asks its list ("patients who received X must meet:"); none of all."""
    modal = next((i for i, chunk in enumerate(leading) if chunk.form.startswith(OBLIGING)), None)
    subject = leading[:modal] if modal is not None else ()
    told = any(chunk.classes & {"confirmation", "confirmed"} for chunk in subject)
    told = told or any(is_content(chunk) for chunk in leading[len(subject) :])
    return subject if not told and any(is_content(chunk) for chunk in subject) else ()


def _below_words(
    text: Text,
    leading: Sequence[Chunk],
    lead: tuple[int, int, int],
    head: Expression,
    body: Expression,
    *,
    either: bool,
) -> Expression:
    """Return a list below words that weren't read; those that only announce it are left out.

    The `lead` is where the lead-in starts, where it goes over to "the following:", and where it ends.
    """
    start, stop, lead_end = lead
    words = text.text[start:lead_end]
    named = any(map(is_content, leading)) and not allows(leading)
    unended = stop < lead_end or words.rstrip().endswith(",")
    announced = not named or unended or _DEFINED.search(words) is not None
    announced = announced and (len(words.split()) <= _LONG or either)
    whole = narrative(text, start, lead_end) if isinstance(head, Narrative) else head
    if text.exclusion:
        return body if announced else any_of([whole, body])
    subject = _some_named(leading)
    if subject and len(text.text[subject[-1].end : stop].split()) <= _SHORT:
        return asked_of(text, case_of(text, subject), body)
    told_below = _DEFINED.search(words) or _REASONED.search(words) or _LABEL.fullmatch(words)
    told = named and told_below is None and _names_more(text, leading, body)
    told = told or not announced or any(chunk.kind in ("value", "limit") for chunk in leading)
    return all_of([whole, body]) if told else body


def _names_more(text: Text, leading: Sequence[Chunk], body: Expression) -> bool:
    """Whether words name what their list says nothing of ("undergoing ASCT for one of: * myeloma")."""
    told = [atom.concept for atom in atoms(body) if not isinstance(atom, Narrative)]
    terms = [term for term in map(text.vocabulary.by_iri.get, told) if term is not None]
    known = {iri for term in terms for iri in term.ancestors} | VAGUE
    named = [chunk.term for chunk in leading if is_content(chunk) and chunk.term is not None]
    return any(term.iri not in known for term in named)
