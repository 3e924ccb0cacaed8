"""Notes and allowances in a list of their own below a statement: "brain metastases * Note: …"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.lifting import lift, lift_kin
from trialgraph.criteria.conditions.recoveries import read_recovery
from trialgraph.criteria.facts.allowances import allows
from trialgraph.criteria.language.offers import DEMAND, DEMANDED
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.segments import Segment, says_nothing, trimmed
from trialgraph.criteria.members.sentences import sentences_of
from trialgraph.criteria.statements.idle import NOTED, arranges
from trialgraph.criteria.statements.refusals import read_refusal
from trialgraph.criteria.trees import all_of, any_of, is_formal
from trialgraph.expressions import (
    AllOf,
    Atom,
    Expression,
    Fact,
    Narrative,
    Not,
    Span,
    Value,
    atoms,
    is_judged,
)

__all__ = [
    "NOTE",
    "are_notes",
    "excuses_only",
    "is_of_some",
    "is_title",
    "lets_nobody_in",
    "lift_noted",
    "lifted_by",
    "noted_refusal",
    "notes_exception",
    "only_notes",
    "permits_treatment",
    "says_more",
    "says_no_more",
    "with_listed_exceptions",
    "with_notes",
    "without_fields",
]

_EXCEPTION = re.compile(
    r"^(?:\W*(?:(?:note|nb|n\.b\.)\W+)?"
    r"(?:(?:the|these|such|only|allowed|accepted|permitted|additional|acceptable|following) )*exceptions?"
    r"|exempt|however"
    r"|\W*(?:(?:note|nb|n\.b\.)\W+)?(?:the following|these) (?:are|is) (?:an? |the )?(?:\w+ )?exceptions?"
    r"|(?:see|refer to) [^.;]{0,60}\bexceptions?"
    r"|note that .{0,60}(?:allowed|eligible|permitted|not excluded)"
    r"|(?:note\W+)?(?:this|these|the (?:above|exclusion)|(?:exclusion )?criteri(?:on|a))\b[^.;]{0,40}"
    r"\b(?:do(?:es)? not apply|(?:is|are) not applicable) (?:to|for|in)"
    r"|(?:note\W+)?(?:the|this) time (?:requirement|limit|restriction|period|frame) (?:also )?"
    r"(?:do(?:es)? not apply|is not applicable) (?:to|for|in))\b",
    re.IGNORECASE,
)
_NOT_INCLUDED = re.compile(
    r"\W*(?:(?:note|nb|n\.b\.)\W+)?(?:(?!exceptions?\b)[\w-]+\s+){0,3}(?:does|do|would)\s+not\s+include\s+(?!\W*(?:$|:))",
    re.IGNORECASE,
)
"""How a sentence opens that says what isn't among what is barred before it."""
_PERMITTING = re.compile(
    r"\W*(?:(?:note|nb|n\.b\.)\W+(?:that\s+)?)?(?:however\W+|in\s+addition\W+)?(?:the\s+|these\s+|such\s+|eligible\s+)?"
    r"(?:patients?|subjects?|participants?|individuals?|they)\s+(?:may|can)\s+(?:also\s+|still\s+)?"
    r"(?:be\s+(?:on|receiving|taking|using|maintained\s+on)|receive|take|use|remain\s+on|continue\s+(?:on|to\s+(?:receive|take|use)))\b"
    r"(?!\s+(?:no\b(?!\s+more)|not\b|only\b))"
    r"(?![^.;]{0,200}\b(?:must|only|but|should|exclu\w+|not\s+(?:permitted|allowed|eligible|be|receive))\b)",
    re.IGNORECASE,
)
"""How a sentence opens that says what patients may be given, or may go on taking."""
_BOUNDING = re.compile(
    r"\b(?:allowed|permitted|acceptable|allowable)\b\s*[,(]?\s*"
    r"(?:only\b|but\b(?!\s+not\s+(?:required|mandatory|necessary|needed))"
    r"|(?<=[,(])(?:must|not|at\s+least|should|provided|[≥>]))",
    re.IGNORECASE,
)
"""How a sentence goes on that bounds what it allows ("transfusions are allowed, but not within 7 days")."""
_OPENING = re.compile(
    r"\W*(?:(?:note|nb|n\.b\.)\W+)?(?:(?:the following|these) (?:are|is) (?:an? |the )?(?:\w+ )?exceptions?"
    r"|(?:(?:the|only|allowed|accepted|permitted|additional|acceptable|following) )*exceptions?"
    r"(?: (?:are|is|includes?|apply)(?: (?:allowed|permitted|accepted)(?= ?:))?|(?= ?:)))"
    r"(?: (?:to|for|from) (?:this|the|these)(?: exclusion)?(?: criteri\w+)?)?(?:\s*:|\s+|$)\s*",
    re.IGNORECASE,
)
"""How a sentence opens that lists exceptions, before it names any."""
NOTE = re.compile(
    r"^(?:note|nb|n\.b\.|definition|this (?:includes?|does|criterion|applies)"
    r"|these (?:include|are)|examples?|for example|including)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:not|no|nor|never|only|unless|until|without|exclu\w*|ineligib\w*|prohibit\w*|agree\w*)\b",
    re.IGNORECASE,
)
"""What an item may bar with that speaks of who is let in."""
_LETTING_IN = re.compile(
    r"\b(?:eligible|allowed|allowable|permitted|permissible|acceptable|exceptions?"
    r"|(?:may|can)\s+(?:still\s+|also\s+)?(?:be\s+)?(?:enter\w*|enrol\w*|includ\w+|participate))\b",
    re.IGNORECASE,
)
_DEMANDING = re.compile(
    r"\b(?:must|should|required|exclud(?:ed|able)|ineligible|not\s+(?:be\s+)?eligible)\b", re.IGNORECASE
)
_BOUNDING_BAR = re.compile(
    r"\b(?:allow\w*|permi\w+|accept\w*|except\w*|exempt\w*|may|can|could|waive\w*|enrol\w*|consult\w*|discuss\w*|case|unless|only"
    r"|excludes|defin\w+|mean\w*|includ\w+|confirm\w*|document\w*|repeat\w*|consider\w*|count\w*|appl\w+|criteri\w+|measured|average\w*"
    r"|no|request\w*|approv\w*|lead|exclusion|\d+\s*(?:hours?|days?|weeks?|months?|years?)"
    r"|eligible\s+(?:if|when|provided)|(?:do|does|is|are|be|been|will)\s+not|without|other\s+than)\b"
    r"|(?<!in)(?<!not )(?<!not be )\beligible\b",
    re.IGNORECASE,
)
"""What may let some in, or tell more closely what is barred."""
_SEXES = frozenset({"female", "male"})
_OWN_FIELD = re.compile(r"Healthy volunteers (?:are )?(?:allowed|accepted)\b")
Item = Sequence[Chunk]
Grant = Callable[[Text, Sequence[Expression], Item], list[Expression] | None]


def are_notes(text: Text, items: Sequence[Item]) -> bool:
    """Whether all items of a list only explain or allow something of what stands above it."""
    return all(item and _is_note(text, item) for item in items)


def excuses_only(text: Text, item: Item, read: Expression) -> bool:
    """Whether an item among those that bar only lets some in ("* patients on replacement are eligible").

    Args:
        text: The text under reading.
        item: The item's chunks.
        read: What it says by itself.
    """
    silent = all(isinstance(atom, Narrative) for atom in atoms(read))
    turning = any(chunk.classes & {"barring", "negation", "exception"} for chunk in item)
    return (
        silent and not turning and _REFUSED.search(text.text, *_place(item)) is None and _allows(text, item)
    )


def only_notes(text: Text, items: Sequence[Item]) -> bool:
    """Whether all items of a list say that they are notes."""
    return all(item and NOTED.match(text.text, item[0].start, item[-1].end) for item in items)


def noted_refusal(text: Text, note: Item) -> Expression | None:
    """Return what a note bars ("Note: patients with uveal melanoma are excluded"), or None.

    Among exclusions one that tells what patients must be or have bars those who aren't or haven't. What
    patients must have recovered from bars in either kind.
    """
    called = NOTED.match(text.text, note[0].start, note[-1].end)
    if called is None:
        return None
    rest = trimmed([chunk for chunk in note if chunk.start >= called.end()])
    recovery = read_recovery(text, rest, lambda _: None) if rest else None
    if recovery is not None:
        return recovery
    if text.exclusion and DEMAND.match(text.text[called.end() : note[-1].end]):
        return Not(narrative(text, note[0].start, note[-1].end))
    if not any("barring" in chunk.classes for chunk in note):
        return None
    refused = read_refusal(text, rest)
    return refused if refused is not None and is_formal(refused) else None


def lets_nobody_in(words: str) -> bool:
    """Whether a note only demands or bars something more, so that what is barred before it stays barred.

    Example:
        >>> lets_nobody_in("Note: treatment must be completed 7 days before")
        True
        >>> lets_nobody_in("Note: hypertension must be confirmed twice")
        False
    """
    noted = NOTED.match(words) is not None and _DEMANDING.search(words) is not None
    return noted and _BOUNDING_BAR.search(words) is None


def is_of_some(read: Expression) -> bool:
    """Whether a note among exclusions bars those of some alone who don't meet what stays words."""
    parts = read.operands if isinstance(read, AllOf) else ()
    lacking = any(isinstance(each, Not) and not is_formal(each) for each in parts[1:])
    return lacking and is_formal(parts[0])


def _bars_besides(text: Text, item: Item, read: Expression) -> bool:
    """Whether a note among exclusions bars something of its own ("Note: they must have recovered")."""
    return is_formal(read) and noted_refusal(text, item) is not None


def with_notes(
    text: Text,
    head: Expression,
    lead: str,
    items: Sequence[Item],
    read: Sequence[Expression],
    granted: Grant,
) -> Expression | None:
    """Return what stands above notes, lifted by those that allow something.

    Args:
        text: The text under reading.
        head: What stands above them says.
        lead: Its words.
        items: The notes' chunks.
        read: What each of them says by itself.
        granted: Returns what is barred but for those whom a sentence lets in, where that is understood.
    Returns:
        None when nothing is asked there, or just a name stands above what is allowed of it ("HIV: *
        patients with HIV are eligible if …"), since a demand only tells so in as many words.
    """
    allowing = [_allows(text, item) for item in items]
    asked = text.exclusion or isinstance(head, Not) or DEMANDED.search(lead) is not None
    if not any(map(says_more, atoms(head))) or (any(allowing) and not asked):
        return None
    for item, lifts, own in zip(items, allowing, read, strict=True):
        start, end = _place(item)
        if arranges(text.text[start:end]):
            continue
        if lifts:
            told = granted(text, [head], item) if len(sentences_of(text, item)) == 1 else None
            head = any_of(told or lift(text, [head], text.text[start:end], (start, end)))
        elif text.exclusion and (is_of_some(own) or _bars_besides(text, item, own)):
            head = any_of([head, own])
        elif text.exclusion and lets_nobody_in(text.text[start:end]):
            head = any_of([head, narrative(text, start, end)])
        else:
            head = all_of([head, narrative(text, start, end)])
    return head


def lifted_by(text: Text, barred: Expression, items: Sequence[Item], granted: Grant) -> Expression:
    """Return what the other items of a list bar, but for those whom some of its items let in.

    One that names nothing of what they bar stays beside limits, which it may have nothing to do with.
    """
    for item in items:
        place = _place(item)
        words = text.text[slice(*place)].strip(" ;,.")
        told = granted(text, [barred], item) if len(sentences_of(text, item)) == 1 else None
        kin = None if told is not None else lift_kin(text, barred, words, place)
        if told is None and kin is None and any(isinstance(atom, Value) for atom in atoms(barred)):
            barred = any_of([barred, narrative(text, *place)])
        else:
            barred = kin or any_of(told or lift(text, [barred], words, place))
    return barred


def says_more(atom: Atom) -> bool:
    """Whether an atom asks something formal, more than whom a list is for ("females who: …")."""
    return is_judged(atom) and not (isinstance(atom, Fact) and atom.category == "demographic")


def notes_exception(text: Text, words: str) -> bool:
    """Whether a sentence opens as one that tells an exception, or says what isn't among what is barred."""
    return bool(_EXCEPTION.match(words)) or (text.exclusion and _NOT_INCLUDED.match(words) is not None)


def permits_treatment(text: Text, words: str) -> bool:
    """Whether a sentence of an exclusion only says what may be given ("patients may be on steroids")."""
    return text.exclusion and _PERMITTING.match(words) is not None


def _place(item: Item) -> Span:
    return item[0].start, item[-1].end


def _is_note(text: Text, item: Item) -> bool:
    words = text.text[slice(*_place(item))]
    return notes_exception(text, words) or NOTE.match(words) is not None or allows(item)


def _allows(text: Text, item: Item) -> bool:
    """Whether the first sentence of a note allows something; what a later one allows is beside its point."""
    return notes_exception(text, text.text[slice(*_place(item))]) or allows(sentences_of(text, item)[0])


def lift_noted(text: Text, read: list[Expression], words: str, place: Span) -> list[Expression]:
    """Let a sentence lift what those before it bar; one that only opens a list below it lifts nothing.

    Where it lifts nothing of what is demanded, and bounds what it allows, it stays words.
    """
    found = (_NOT_INCLUDED.match(words) if text.exclusion else None) or _OPENING.match(words)
    excepted = words if found is None else words[found.end() :].strip(" :;.*")
    if not excepted and place[1] < len(text.text.rstrip(" :")):
        return read
    lifted = lift(text, read, excepted or words, place)
    if lifted == read and not text.exclusion and _BOUNDING.search(words) is not None:
        return [*read, narrative(text, *place)]
    return lifted


def with_listed_exceptions(text: Text, sentences: list[list[Chunk]]) -> list[list[Chunk]]:
    """Join what is parted of a sentence that lists exceptions ("exceptions are: A; B; C")."""
    if not text.exclusion or "exception" not in text.lowered:
        return sentences
    joined: list[list[Chunk]] = []
    for sentence in sentences:
        before = joined[-1] if joined else []
        words = text.text[slice(*_place(before))] if before else ""
        opening = _OPENING.match(words)
        alone = opening is not None and not words[opening.end() :].strip(" :")
        parted = bool(before) and ";" in text.text[before[-1].end - 1 : sentence[0].start + 1]
        if alone or (
            parted and "exception" in words.lower() and ":" in words and notes_exception(text, words)
        ):
            joined[-1] = [*before, *sentence]
        else:
            joined.append(sentence)
    return joined


def without_fields(text: Text, sentences: list[list[Chunk]]) -> list[list[Chunk]]:
    """Leave out what the registry's own fields say behind the last criterion, which allows nothing of it."""
    rest = (each for each in sentences[1:] if not _OWN_FIELD.match(text.text, each[0].start))
    return [*sentences[:1], *rest]


def says_no_more(sentence: Sequence[Chunk]) -> bool:
    """Whether a sentence behind another adds nothing to it ("…; no upper age limit"); a sex it names does."""
    told = trimmed(sentence)
    sexed = any(not _SEXES.isdisjoint(chunk.classes) for chunk in told)
    return bool(told) and not sexed and says_nothing(Segment("", told))


def is_title(sentence: Sequence[Chunk]) -> bool:
    """Whether a sentence is a lone name that heads those after it ("Growth factors. The last dose …")."""
    term = sentence[0].term if len(sentence) == 1 else None
    return term is not None and term.category in GIVEN
