"""Lists below words that deny what they list: "no history of any of the following:", "must not have:"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.conditions.cases import asked_of
from trialgraph.criteria.conditions.supports import unsupported
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import WHO
from trialgraph.criteria.language.offers import DEMAND, fails_list
from trialgraph.criteria.lists.lists import read_barred
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.sentences import sentences_of
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.statements.leadins import in_time_of
from trialgraph.criteria.statements.states import in_state_of
from trialgraph.criteria.trees import all_of, any_of, is_formal, negate
from trialgraph.expressions import AllOf, Expression, Fact, Not, atoms

__all__ = ["read_denied"]

_DENYING = frozenset({
    "no", "not", "none of", "without", "absence of", "lack of", "free of", "free from",
    "disease free of", "disease-free of", "disease free from", "disease-free from", "never", "neither",
    "do not have", "doe not have", "no history of", "no evidence of", "no known", "no sign of",
    "in the absence of", "cannot have", "may not have", "may not have had", "may not have received",
    "negative for", "seronegative for",
})  # fmt: skip
_LISTING = frozenset({
    "following", "any", "of", "the following", "criterion", "condition", "disease", "disorder", "illness",
    "item", "apply", "event", "therapy", "treatment", "medication", "drug", "agent", "comorbidity", "below",
    "listed", "feature", "situation", "diagnosis", "medical", "finding", "exclusion",
})  # fmt: skip
_INSTANCES = re.compile(
    r"\b(?:including|such as|e\.g|i\.e|(?:is |are )?defined (?:as|by)|namely|as follows)\b", re.IGNORECASE
)
_FOLLOWING = re.compile(r"\b(?:following|below)\b[^.;]{0,40}$", re.IGNORECASE)
_UNDOING = frozenset({"condition", "exception", "allowance", "example", "negation", "barring", "regardless"})
"""What words behind a denial do where the list isn't what they deny."""
_ASKING = re.compile(r"\b(?:must|should|shall|need\w*|requir\w*|will|however|but)\b", re.IGNORECASE)
_SUPPOSING = frozenset({"if", "when", "where", "provided", "provided that", "unless"})
_TOGETHER = re.compile(r"\b(?:and|with|plus|both)\b")
_FEW = 12
_BARRED = frozenset({"condition", "treatment", "allergy"})
_DENIED = re.compile(
    r"(?:[\w -]{1,30}:\s*)?(?:(?:the\s+)?(?:patients?|subjects?|participants?)\s+)?"
    r"(?:no\s(?!more|less|later)|none\s+of\b"
    r"|(?:must|should|may|shall|can)\s?not\s+have\b|(?:do|does|has|have)\s+not\s+(?:have|had)\b"
    r"|(?:(?!\b(?:who|that|whose|or)\b)[^.;:])*\b(?:are|will\s+be)\s+(?:not\s+eligible|ineligible|excluded)\b)(?![^:]*\b(?:unless|except|if|without)\b)",
    re.IGNORECASE,
)
"""How a lead-in seems to deny what it lists, or to bar those who have it."""
_TURNED = frozenset({"condition", "exception", "allowance", "barring"})
_MODALS = ("must", "should", "may", "can", "shall", "will")

Reader = Callable[[Text, Sequence[Chunk], int, int], Expression]


def read_denied(
    text: Text, leading: Sequence[Chunk], items: Sequence[Expression], place: tuple[int, int], read: Reader
) -> Expression | None:
    """Return a list whose lead-in denies each of its items; None below any other words.

    A list of illnesses or treatments in a demand whose lead-in denies them in words that aren't understood
    ("no sign of a higher risk:") stays words, since nobody is asked for them.

    Args:
        text: The text under reading.
        leading: The chunks of the lead-in.
        items: What each item says.
        place: Where the lead-in starts, and the list ends.
        read: Reads the sentences of a stretch, from its chunks, start and end.
    """
    told = _listed(text, leading, items, place, read)
    return narrative(text, *place) if told is None and _seems_denied(text, leading, items) else told


def _seems_denied(text: Text, leading: Sequence[Chunk], items: Sequence[Expression]) -> bool:
    """Whether a demand's lead-in seems to deny or to bar what is listed below it."""
    if text.exclusion or not leading or not _leads_in(text, leading):
        return False
    words = text.text[sentences_of(text, leading)[-1][0].start : leading[-1].end]
    named = any(isinstance(each, Fact) and each.category in _BARRED for item in items for each in atoms(item))
    return named and _DENIED.match(words) is not None and not any(map(is_wanted, items))


def _listed(
    text: Text, leading: Sequence[Chunk], items: Sequence[Expression], place: tuple[int, int], read: Reader
) -> Expression | None:
    """Return a list whose lead-in denies each of its items, where it is understood."""
    sentences = sentences_of(text, leading) if leading else []
    last = trimmed(sentences[-1]) if sentences else []
    besides = None if text.exclusion else _besides(text, last)
    if besides is not None:
        below = [chunk for chunk in text.chunks if last[-1].end <= chunk.start < place[1]]
        if any("allowance" in chunk.classes for chunk in below):
            return narrative(text, *place)
        first = [chunk for chunk in leading if chunk.start < last[0].start]
        asked = [read(text, each, each[0].start, each[-1].end) for each in (first, besides) if each]
        any_item = any_of([_each_denied(text, item) for item in items])
        return all_of(
            [*asked, negate(in_state_of(text, last, in_time_of(leading, any_item, facts_too=True)))]
        )
    at = next((i for i in range(len(last) - 1, -1, -1) if last[i].form in _DENYING), None)
    if at is None or (text.exclusion and not _demands(text, last)) or not _leads_in(text, leading):
        return None
    behind = [chunk for chunk in last[at + 1 :] if chunk.kind != "sign"]
    if any(chunk.kind == "value" or chunk.classes & _TURNED for chunk in behind):
        return None
    plain = all(is_harmless(chunk, "label") for chunk in last[:at])
    kind = _denied_kind(text, last[at + 1 :], plain=plain) if last[at + 1 :] else ()
    if kind is None:
        return None
    if not text.exclusion and kind and any(map(is_wanted, items)):
        return _reached_without(text, last[at:], items, place, plain=plain)
    listed = _barred([_each_denied(text, item) for item in items], kind)
    if listed is None or (not kind and not all(map(_leads_on, behind))):
        return narrative(text, *place) if plain and len(behind) <= _FEW else None
    listed = in_state_of(text, last, in_time_of(leading, listed, facts_too=True))
    denied = listed if text.exclusion else negate(listed)
    if (case := _case(text, last[:at])) is not None:
        denied = asked_of(text, case, denied)
    if len(sentences) == 1:
        return denied
    before = read(text, [c for c in leading if c.start < last[0].start], place[0], last[0].start)
    return any_of([before, denied]) if text.exclusion else all_of([before, denied])


def _reached_without(
    text: Text, denial: Sequence[Chunk], items: Sequence[Expression], place: tuple[int, int], *, plain: bool
) -> Expression:
    """Return limits to keep, and what they have to be reached without ("no transfusion, defined as:")."""
    match = _INSTANCES.search(text.text, denial[0].start, denial[-1].end)
    named = [chunk for chunk in denial if match is None or chunk.end <= match.start()]
    without = unsupported(text, named) or narrative(text, named[0].start, named[-1].end)
    return all_of([without, *items]) if plain else narrative(text, *place)


def _besides(text: Text, last: list[Chunk]) -> list[Chunk] | None:
    """Return what a lead-in asks besides the list that all its words deny or bar; None where they don't."""
    if not last or last[0].form in _SUPPOSING or fails_list(text.text[last[0].start : last[-1].end]):
        return None
    if last[0].form == "however":
        last = trimmed(last[1:])
    at = next((i for i, chunk in enumerate(last) if _denies(chunk)), None)
    if at is None:
        return None
    before, behind = last[:at], last[at + 1 :]
    if "barring" in last[at].classes:
        # "patients are excluded if:", "the following are not allowed within 7 days:"
        return [] if all(map(_says_nothing, before)) and all(_may_follow(each) for each in behind) else None
    if not all(map(_says_nothing, behind)) or any(chunk.classes & _UNDOING for chunk in behind):
        return None
    if behind and _ASKING.search(text.text[behind[0].start : behind[-1].end]):
        return None
    while before and (_says_nothing(before[-1]) or "condition" in before[-1].classes):
        before = before[:-1]
    return trimmed(before)


def _denies(chunk: Chunk) -> bool:
    """Whether a word denies what follows, which "non-" does of its own noun only."""
    return bool(chunk.classes & {"negation", "barring"}) and chunk.form != "non"


def _says_nothing(chunk: Chunk) -> bool:
    return chunk.form in WHO or is_harmless(chunk, "label", "tail", "historic", "active", "persons")


def _may_follow(chunk: Chunk) -> bool:
    return "condition" in chunk.classes or (_says_nothing(chunk) and not chunk.classes & _UNDOING)


def _leads_in(text: Text, leading: Sequence[Chunk]) -> bool:
    """Whether words end in a colon, or name what follows."""
    words = text.text[leading[0].start : leading[-1].end + 1].rstrip()
    return words.endswith(":") or _FOLLOWING.search(words) is not None


def _demands(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether an exclusion is worded as a demand, so that what it denies bars ("patients must not have:")."""
    words = text.text[chunks[0].start : chunks[-1].end] if chunks else ""
    return DEMAND.match(words) is not None or any(chunk.form.startswith(_MODALS) for chunk in chunks)


def _denied_kind(text: Text, chunks: Sequence[Chunk], *, plain: bool) -> tuple[Expression, ...] | None:
    """Return the kind that a list names instances of ("no serious illness, such as:"); None without one.

    A kind that isn't known stays words, where the denial is `plain`: its instances are denied all the same.
    """
    match = _INSTANCES.search(text.text, chunks[0].start, chunks[-1].end)
    named = trimmed([chunk for chunk in chunks if match is not None and chunk.end <= match.start()])
    told = any(map(is_content, named))
    if not told and (not named or all(map(_leads_on, named))):
        return None if any(map(is_content, chunks)) else ()
    read = read_barred(text, named) if told else None
    if read is not None and is_formal(read) and not isinstance(read, Not):
        return (read,)
    return (narrative(text, named[0].start, named[-1].end),) if plain else None


def _each_denied(text: Text, item: Expression) -> Expression:
    """Return an item that names several things behind commas as any of them, since none may be there."""
    told = item.operands if isinstance(item, AllOf) else ()
    facts = [each for each in told if isinstance(each, Fact)]
    if len(facts) < max(len(told), 2):
        return item
    places = [text.normalized.readable(fact.span) for fact in facts]
    commas = all(
        "," in (between := text.lowered[one[1] : two[0]]) and _TOGETHER.search(between) is None
        for one, two in itertools.pairwise(places)
    )
    return any_of(facts) if commas else item


def _barred(items: Sequence[Expression], kind: Sequence[Expression]) -> Expression | None:
    """Return any of what the items name; None where one of them is denied itself."""
    if any(isinstance(atom, Not) for item in items for atom in (item, *getattr(item, "operands", ()))):
        return None
    told = any(isinstance(atom, Fact) for item in items for atom in atoms(item))
    return any_of([*kind, *items]) if told or all(map(is_formal, items)) else None


def _leads_on(chunk: Chunk) -> bool:
    return (
        chunk.kind == "window" or chunk.form in _LISTING or is_harmless(chunk, "label", "qualifier", "active")
    )


def _case(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the words for whom alone something is denied ("patients with X must not have:")."""
    if not any(map(is_content, chunks)):
        return None
    modal = next((i for i, chunk in enumerate(chunks) if chunk.form.startswith(_MODALS)), len(chunks))
    kept = trimmed(chunks[:modal])
    return narrative(text, kept[0].start, kept[-1].end) if kept else None
