"""What is planned: a fact that no past treatment shows ("scheduled to undergo prostatectomy").

Of what was done or is planned ("prior or planned transplantation") the first can be shown by what was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.statements.schedules import as_plan, in_its_time, listed_from, may_be_planned, one_of
from trialgraph.criteria.trees import all_of, any_of, is_formal, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms

__all__ = ["read_planned", "read_planned_list"]

_Read = Callable[[Sequence[Chunk]], Expression | None]

_PLANS = (
    "planned",
    "planning",
    "scheduled",
    "anticipat",
    "expect",
    "intend",
    "will ",
    "plan ",
    "plans ",
    "awaiting",
    "due to ",
    "about to ",
    "need for",
    "pending",
    "plan that",
    "plan incl",
)
"""What such a statement has, looked for first since it costs less."""
_PLAN = r"(?:planned|planning|plans?|scheduled|anticipated|expected|intended|intending)"
_REAL = (
    r"(?:prior|previous|past|recent|current|currently|concurrent|concomitant|ongoing|on-going|active"
    r"|history of|previously|receiv(?:ed|ing)|receipt|undergone|undergoing|underwent|taken|taking"
    r"|used|using|had|completed|use|treated with|enrolled|enrolled in|participated in|participating in)"
)
_VERB = r"(?:receive|undergo|have|start|begin|initiate|commence|take|use|be\s+(?:treated\s+with|given|on))"
_EITHER = re.compile(
    rf"\b{_REAL},?(?P<plan>\s+(?:or|and/or)\s+(?:(?:is|are|was|were|has|have|been|currently)\s+)*{_PLAN}"
    r"(?:\s+to\s+(?:receive|undergo|have|start|begin|take|use|enroll|enroll in|be enrolled in|participate in"
    r"|initiate)\b|\s+(?:need\s+for|use\s+of)\b)?)",
    re.IGNORECASE,
)
_OR_BEFORE = re.compile(
    r"(?P<plan>\b(?:planned|scheduled|anticipated)\s+(?:or|and/or)\s+)"
    r"(?=(?:recent|prior|previous|past|ongoing|current|concurrent|active)\s)",
    re.IGNORECASE,
)
"""How a plan is told before what was done or is going on ("planned or recent surgery")."""
_LATER = re.compile(r"\s+(?=(?:during|within|in|while|at|throughout|on)\s)", re.IGNORECASE)
"""What goes on behind a plan that leaves unsaid what is planned ("or planned during the study")."""
_OF = (
    r"(?:\s+(?:(?:use|administration|receipt|initiation|start)\s+of|(?:need|requirement)\s+(?:for|of)"
    r"|treatment\s+with)\b)?"
)
_TO_BE = (
    rf"(?:(?:planned|scheduled|planning|plans?|intended|intending|intends?|due|about)|(?:anticipated|expected)(?!\s+to\s+(?:have|be)\b))"
    rf"\s+to\s+(?:{_VERB}|require|need)\b"
    r"|(?:planned|scheduled|planning|plans?|awaiting)\s+for\b"
    rf"|will\s+(?:be\s+(?:receiving|undergoing|starting|treated\s+with)|receive|undergo)\b"
)
_HEAD = (
    rf"(?:{_TO_BE}|(?:planned|scheduled|anticipated|expected|awaiting|pending){_OF}|anticipation\s+(?:of(?:\s+(?:the\s+)?need\s+(?:for|of))?|that)"
    r"|anticipates?(?:\s+(?:the\s+)?need\s+(?:for|of)|\s+having)?"
    r"|plans?\s+(?:of|on\s+(?:having|undergoing|receiving|starting|initiating))"
    r"|treatment\s+plan\s+(?:that\s+|which\s+)?(?:includ(?:es|ing)|consist(?:s|ing)\s+of|of|for)"
    r"|planning(?=\s+an?\s)|(?:(?<=is )|(?<=are )|(?<=be ))planning)"
)
_OPENING = re.compile(
    r"\W*(?:(?:all|the|these)\s+)*(?:(?:patients?|subjects?|participants?|individuals?|adults?|women|men|females?|males?|they)\s+)?"
    r"(?:(?:who|with|must|should|has|have|having|is|are|be|been|currently|there\s+(?:is|are)|any|an?)\s+)*"
    r"(?P<denied>(?:no|not|without)\s+(?:(?:have|be|any|current|currently|for)\s+)*)?"
    rf"(?P<plan>{_HEAD})(?=\s*:|\s+(?!(?:and|or|and/or)\s))",
    re.IGNORECASE,
)
_ARRANGED = re.compile(
    r"\W*(?:(?:all|the|these)\s+)*(?:patients?|subjects?|participants?|they)\s+will\b", re.IGNORECASE
)
"""How a sentence opens that tells what is done in the trial."""
_JOINED = re.compile(
    rf",?\s+(?P<joint>or|and/or)\s+(?:(?:who|has|have|had|is|are|be|been|any|an?|patients?|subjects?|participants?)\s+)*(?P<plan>{_HEAD})(?=\s)",
    re.IGNORECASE,
)
_NEEDED = re.compile(
    r",?\s+(?P<joint>or|and/or)\s+(?P<plan>(?:a\s+|the\s+)?(?:need|requirement)\s+for)"
    r"(?=\s[^.;:]*?\b(?:during|on|throughout|while\s+on)\s+(?:the\s+|this\s+)?(?:course\s+of\s+the\s+)?(?:study|trial)\b)",
    re.IGNORECASE,
)
"""What will be needed in the study, behind what was done ("or need for live vaccines during the study")."""
_CLAUSE = re.compile(
    r"\b(?:who|has|have|had|is|are|be|been|patients?|subjects?|participants?)\b", re.IGNORECASE
)
"""What a plan has that is told by itself ("no prior surgery, or are scheduled for it")."""
_SUCH = re.compile(r"\s*such\s+(?:an?\s+)?", re.IGNORECASE)
_REQUIRED = re.compile(r"\s(?:will|would|may|might)\s+be\s+(?:required|needed|necessary)\b", re.IGNORECASE)
_WITHIN = re.compile(
    rf",?\s+(?:(?:who|that|and)\s+)?(?:(?:is|are|will\s+be|has\s+been|have\s+been|must\s+be|should\s+be)\s+)?"
    rf"(?P<plan>(?:planned|scheduled|planning|intended)\s+(?:to\s+{_VERB}\b|for\b)"
    rf"|(?<=who )will\s+(?:be\s+(?:receiving|undergoing)|receive|undergo)\b"
    rf"|with\s+(?:an?\s+)?(?:planned|scheduled)(?=\s))",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s(?P<plan>(?:(?:is|are|has\s+been|have\s+been|being|must\s+be)\s+)?(?:planned|scheduled|anticipated))"
    r"(?=\s+(?:during|within|in|at|on|while|throughout|from|for|after)\s|\s*$)",
    re.IGNORECASE,
)
_HAVING = re.compile(
    r"\W*(?:(?:patients?|subjects?|participants?|individuals?|they)\s+)?(?:who\s+)?(?:has|have|having|with)\s+(?=(?:(?!\b(?:had|been|or|and)\b)[^.;:])*\b(?:planned|scheduled)\b)",
    re.IGNORECASE,
)
"""How a statement opens that tells who has something planned ("have surgery planned within 3 months")."""
_FOR_WHOM = re.compile(
    r"\W*(?:(?:all|the)\s+)?(?:(?:patients?|subjects?|participants?|individuals?|those)\s+)?"
    r"(?:for|in)\s+whom\s+(?:(?:an?|the)\s+)?",
    re.IGNORECASE,
)
"""How a statement opens that tells for whom something is planned ("for whom surgery is planned")."""
_OPEN = re.compile(
    r"(?:\b(?:or|and/or|not|never|without|no|lesions?|metastas[ei]s|tumou?rs?|sites?|nodes?|areas?|fields?)|/or)\s*$"
    r"|\b(?:no|not|without|never)\b",
    re.IGNORECASE,
)
"""What may not stand before such a plan: a denial, or what is treated rather than who."""
_NOT_PLAIN = re.compile(
    r"\b(?:prior|previous\w*|past|history|received|had|has|have|underwent|undergone|recent\w*|who|whose|unless|if|may|must"
    r"|should|allow\w*|permit\w*|eligib\w*|not|without|before|since|only|discontinu\w*|will|or\s+(?:is|are|any|planned|current\w*)"
    r"|such|(?<!time the )(?:patients?|subjects?|participants?)"
    r"|and\s+(?:is|are)|current\w*|ongoing|but|until|candidates?|refus\w*|declin\w*"
    r"|(?:or|and)\s+(?:\w+ly\s+)?(?:receiving|undergoing))\b|[:;]|\.\s",
    re.IGNORECASE,
)
"""What may make other things of the words behind a plan than what is planned."""
_EXCEPTED = re.compile(r"\b(?:except\w*|other\s+than|excluding|exclusion)\b", re.IGNORECASE)
"""What may be excepted from both of two things."""
_TOLD_APART = re.compile(
    r"\bor\s+(?:who|has|have|had|is|are|patients?|subjects?|participants?|received|prior|concurrent|concomitant"
    r"|current|recent|major|other)\b",
    re.IGNORECASE,
)
"""What goes on with something that isn't what is planned."""
_END = re.compile(r"[,;:(]|\.\s|$")


def read_planned(text: Text, chunks: Sequence[Chunk], read: _Read) -> Expression | None:
    """Return what is planned, as a fact, or what was done beside the words of a plan; None for any other.

    Args:
        text: The text under reading.
        chunks: A statement.
        read: Reads what is left of it without the plan.
    """
    if not any(map(text.lowered.__contains__, _PLANS)):
        return None
    for form in (_EITHER, _OR_BEFORE):
        if (either := form.search(text.text, chunks[0].start, chunks[-1].end)) is not None:
            return _read_either(text, chunks, read, either)
    told = _read_joined(text, chunks, read) or _read_opening(text, chunks, read)
    return told or _read_behind(text, chunks, read) or _read_trailing(text, chunks, read)


def read_planned_list(text: Text, leading: Sequence[Chunk], items: Sequence[Expression]) -> Expression | None:
    """Return what the items of a list say is planned, where the sentence before them is a plan; else None."""
    if not leading or not all(map(may_be_planned, items)):
        return None
    start, end = leading[0].start, leading[-1].end
    opening = _OPENING.match(text.text, start, end)
    if opening is None or opening["denied"] or (not text.exclusion and _ARRANGED.match(text.text, start)):
        return None
    led, chosen = listed_from(text, opening.end(), end)
    if led < end:
        return None
    joined = any_of if chosen or text.exclusion else all_of
    return joined([map_facts(each, as_plan) for each in items])


def _read_either(
    text: Text, chunks: Sequence[Chunk], read: _Read, either: re.Match[str]
) -> Expression | None:
    """Read "prior or planned X": what was done, and what is planned or else its words."""
    end = chunks[-1].end
    first, last = either.span("plan")
    kept = [chunk for chunk in chunks if chunk.end <= first or chunk.start >= last]
    dropped = [chunk for chunk in chunks if first <= chunk.start and chunk.end <= last]
    if not dropped or len(kept) + len(dropped) < len(chunks) or any(chunk.term for chunk in dropped):
        return None
    done = read(kept)
    stop = _END.search(text.text, last, end)
    if done is None or not is_formal(done) or stop is None:
        return None
    apart = _apart(text, done, last) if isinstance(done, AllOf) else None
    if apart is not None:
        beside, given = apart
        likewise = map_facts(map_facts(given, _undated), as_plan)
        return all_of([*beside, any_of([map_facts(given, in_its_time), likewise])])
    if isinstance(done, AllOf) and not text.exclusion and not may_be_planned(map_facts(done, _undated)):
        return None
    done_so_far = map_facts(done, in_its_time)
    behind = _TOLD_APART.search(text.text, last, end)
    planned = _planned_among(text, map_facts(done, _undated), (last, behind.start() if behind else end))
    if planned is not None:
        return any_of([done_so_far, planned])
    plan = next(chunk.start for chunk in dropped if chunk.form not in ("or", "and / or"))
    return any_of([done_so_far, narrative(text, plan, stop.start())])


def _apart(text: Text, done: AllOf, first: int) -> tuple[list[Expression], Expression] | None:
    """Part what is asked besides, before a plan, from what is given or planned; None where that isn't so."""
    given = [each for each in done.operands if _stands_behind(text, each, first)]
    beside = [each for each in done.operands if each not in given]
    told = all_of(given) if given and beside else None
    return None if told is None or not may_be_planned(map_facts(told, _undated)) else (beside, told)


def _stands_behind(text: Text, told: Expression, first: int) -> bool:
    return all(first <= text.normalized.readable(atom.span)[0] for atom in atoms(told))


def _planned_among(text: Text, done: Expression, place: tuple[int, int]) -> Expression | None:
    """Return what of things that were done stands within a place, as planned; None where that isn't clear."""
    first, last = place
    if not may_be_planned(done):
        return None
    facts = [atom for atom in atoms(done) if isinstance(atom, Fact)]
    inside = [fact for fact in facts if first <= text.normalized.readable(fact.span)[0] < last]
    if len(inside) == len(facts):
        return map_facts(done, as_plan)
    return any_of(list(map(as_plan, inside))) if inside and isinstance(done, AnyOf) else None


def _read_joined(text: Text, chunks: Sequence[Chunk], read: _Read) -> Expression | None:
    """Read "X within 28 days or planned Y", of which either is enough."""
    first, last = chunks[0].start, chunks[-1].end
    for joint in (*_JOINED.finditer(text.text, first, last), *_NEEDED.finditer(text.text, first, last)):
        before = trimmed([chunk for chunk in chunks if chunk.end <= joint.start("joint")])
        if (again := _read_again(text, chunks, before, read, joint.end())) is not None:
            return again
        if (told := _with_planned(text, chunks, before, joint, read)) is not None:
            return told
    return None


def _with_planned(
    text: Text, chunks: Sequence[Chunk], before: Sequence[Chunk], joint: re.Match[str], read: _Read
) -> Expression | None:
    """Return what was done or is planned, of which either is enough, or neither where it is denied."""
    if not any(map(is_content, before)) or _EXCEPTED.search(text.text, joint.end(), chunks[-1].end):
        return None
    such = _SUCH.match(text.text, joint.end())
    planned = _planned(text, chunks, such.end() if such else joint.end(), read)
    done = read(before) if planned is not None else None
    if planned is not None and done is not None and such is not None:
        planned = _such(text, planned, done)
    if planned is None or done is None:
        return None
    if not _denies(done):
        return any_of([done, planned])
    return None if _CLAUSE.search(joint.group()) else all_of([done, negate(planned)])


def _denies(done: Expression) -> bool:
    """Whether what was done is denied, and so what is planned beside it ("no A or planned B")."""
    each = done.operands if isinstance(done, AllOf) else (done,)
    return all(isinstance(operand, Not) for operand in each)


def _such(text: Text, planned: Expression, done: Expression) -> Expression | None:
    """Return "such a vaccine" as those of its kind that are named before; None where there are none."""
    if not isinstance(planned, Fact):
        return None
    terms = [text.vocabulary.by_iri.get(each.concept) for each in atoms(done) if isinstance(each, Fact)]
    kinds = {term.iri: term for term in terms if term is not None and term.is_a(planned.concept)}
    return (
        any_of([replace(planned, concept=term.iri, concept_label=term.label) for term in kinds.values()])
        if kinds
        else None
    )


def _read_again(
    text: Text, chunks: Sequence[Chunk], before: Sequence[Chunk], read: _Read, end: int
) -> Expression | None:
    """Read "surgery within 4 weeks or planned during the study": either way the same treatments."""
    later = _LATER.match(text.text, end, chunks[-1].end)
    if later is None or any(map(is_content, (chunk for chunk in chunks if chunk.start >= end))):
        return None
    done = read(before) if any(map(is_content, before)) else None
    told = done.operands if isinstance(done, AnyOf) else (done,)
    given = [fact for fact in told if isinstance(fact, Fact) and may_be_planned(_undated(fact))]
    if done is None or not given or not is_formal(done):
        return None
    when = text.text[later.end() : chunks[-1].end].strip(" .,")
    planned = [as_plan(replace(fact, within=None, modifiers={"qualifier": when})) for fact in given]
    return any_of([done, *planned])


def _read_opening(text: Text, chunks: Sequence[Chunk], read: _Read) -> Expression | None:
    """Read a statement that opens on a plan ("planned radiotherapy", "no planned surgery")."""
    opening = _OPENING.match(text.text, chunks[0].start, chunks[-1].end)
    if opening is None or (opening["denied"] and text.exclusion):
        return None
    if not text.exclusion and _ARRANGED.match(text.text, chunks[0].start):
        return None
    planned = _planned(text, chunks, opening.end(), read)
    return negate(planned) if planned is not None and opening["denied"] else planned


def _read_behind(text: Text, chunks: Sequence[Chunk], read: _Read) -> Expression | None:
    """Read a statement of whom a plan behind it narrows ("breast cancer scheduled for mastectomy")."""
    behind = _WITHIN.search(text.text, chunks[0].start, chunks[-1].end)
    if behind is None or _OPEN.search(text.text, chunks[0].start, behind.start()) is not None:
        return None
    if text.exclusion and behind.group().lstrip(" ,").lower().startswith("and"):
        return None
    before = trimmed([chunk for chunk in chunks if chunk.end <= behind.start()])
    if not before or any(chunk.start < behind.start() < chunk.end for chunk in chunks):
        return None
    planned = _planned(text, chunks, behind.end(), read)
    who = read(before) if planned is not None else None
    return all_of([who, planned]) if who is not None and planned is not None and is_formal(who) else None


def _read_trailing(text: Text, chunks: Sequence[Chunk], read: _Read) -> Expression | None:
    """Read a statement whose verb says that it is planned ("surgery is planned during the study")."""
    start, end = chunks[0].start, chunks[-1].end
    trailing = _TRAILING.search(text.text, start, end)
    if trailing is None:
        return None
    whose = _FOR_WHOM.match(text.text, start, end)
    had = whose or _HAVING.match(text.text, start, end)
    said_from = had.end() if had is not None else start
    if whose is not None:
        chunks, start = trimmed([chunk for chunk in chunks if chunk.start >= said_from]), said_from
    first, last = trailing.span("plan")
    if any(_NOT_PLAIN.search(text.text, *place) for place in ((said_from, first), (last, end))):
        return None
    rest = [chunk for chunk in chunks if chunk.end <= first or chunk.start >= last]
    said = [chunk for chunk in chunks if first <= chunk.start and chunk.end <= last]
    if not (said and rest) or len(rest) + len(said) < len(chunks) or rest[0].start > first:
        return None
    told = read(rest)
    return map_facts(told, as_plan) if told is not None and may_be_planned(told) else None


def _planned(text: Text, chunks: Sequence[Chunk], start: int, read: _Read) -> Expression | None:
    """Return what stands behind the words of a plan as planned; None where anything else may be meant."""
    start, chosen = listed_from(text, start, chunks[-1].end)
    rest = trimmed([chunk for chunk in chunks if chunk.start >= start])
    if not rest or any(chunk.start < start < chunk.end for chunk in chunks):
        return None
    if (required := _REQUIRED.search(text.text, start, rest[-1].end)) is not None:
        return _required(text, rest, required, read)
    if _NOT_PLAIN.search(text.text, start, rest[-1].end) is not None:
        return None
    told = read(rest)
    return (
        map_facts(one_of(told) if chosen else told, as_plan)
        if told is not None and may_be_planned(told)
        else None
    )


def _required(text: Text, rest: Sequence[Chunk], verb: re.Match[str], read: _Read) -> Expression | None:
    """Return what "anticipation that X will be required during the study" is of, with when that will be."""
    named = trimmed([chunk for chunk in rest if chunk.end <= verb.start() + 1])
    if not named or _NOT_PLAIN.search(text.text, named[0].start, named[-1].end) is not None:
        return None
    told, when = read(named), text.text[verb.end() : rest[-1].end].strip()
    if told is None or not may_be_planned(told) or not re.match(r"(?:during|in|at|for|within|$)", when):
        return None

    def planned(fact: Fact) -> Fact:
        return as_plan(
            replace(fact, modifiers={**fact.modifiers, "qualifier": when} if when else fact.modifiers)
        )

    return map_facts(told, planned)


def _undated(fact: Fact) -> Fact:
    """Return a treatment without what says that it was, or is being, given."""
    said = {
        name: told for name, told in fact.modifiers.items() if name != "status" and told.lower() != "recent"
    }
    return replace(fact, modifiers=said)
