"""Which concepts an exception names ("autoimmune disease, except vitiligo and controlled asthma")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from trialgraph.concepts import packaged_concepts
from trialgraph.criteria.chunking.chunks import Chunk, Chunker, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.exempting import except_for, with_exception
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN, Vocabulary
from trialgraph.criteria.lists.lists import read_segments
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.quantities.fitting import is_wanted, limited_kinds
from trialgraph.criteria.sections.normalization import normalize
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.statements.leadins import between
from trialgraph.criteria.trees import all_of, any_of, map_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = [
    "except_before_examples",
    "except_first",
    "item_run_in",
    "limits_excepted",
    "name_exceptions",
    "next_bar_at",
    "read_led_in",
    "resumes_at",
]

_NEOPLASM = str(TGC.Neoplasm)
_ANNOUNCED = re.compile(
    r"(?P<words>\b(?:the\s+following\s+exceptions?|exceptions?|except(?:\s+for)?|exception\s+of)(?:\s+to\s+this\s+\w+)?)\s*:\s*$",
    re.IGNORECASE,
)
_TREATED = re.compile(
    r"treat|cure|curative|resect|excis|diagnos|free|remission|complet|therap|surg", re.IGNORECASE
)
_LEADING = frozenset({"except", "except for", "excepting", "other than", "with the exception of",
                      "with exception of", "apart from", "aside from"})  # fmt: skip
_STARTING = frozenset({"any", "all", "presence", "presence of", "the", "a", "patient", "participant",
                       "subject", "other", "unresolved", "has", "have", "receipt of", "history of",
                       "prior"})  # fmt: skip
_PREDICATES = frozenset({"has", "has a", "had", "had a", "have", "is receiving", "is currently"})
_BEARING = re.compile(r"\b(?:who|whom|that|which|those|if|when|unless|patients?|subjects?|participants?)\b")
"""Words behind which a verb may be that of what is excepted."""
_RESUMING = re.compile(
    r"(?:that|which)\s+(?:(?:may|might|could|would|will|can)\s+)?(?:\w+ly\s+)?"
    r"(?:(?:interfere|confound|affect|impact|influence|compromise|impair|obscure)s?\b|requires?\b(?!\s+(?:only|no)\b))",
    re.IGNORECASE,
)
"""What goes on telling of what is barred, behind "other than": what it does to the trial, what it needs."""
_TAKEN = re.compile(
    r"\b(?:received|given|administered|completed|stopped|discontinued|started|used|taken|ended|last)\b"
)
_JOINTS = frozenset({"or", "and", "and / or", "/"})
_JOINING = (" or ", " and ", ",", ";")
_ALLOWED = re.compile(
    r"(?:note\W+(?:that\s+)?)?(?:however\W+)?(?:patients?|subjects?|participants?|individuals?|those)\s+"
    r"(?:with|who\s+ha(?:ve|d))\s+(?P<what>.+?)\s+(?:are|is|may\s+be|will\s+be|would\s+be|can\s+be)\s+"
    r"(?:still\s+|also\s+|not\s+(?=excluded))?"
    r"(?:eligible|allowed|permitted|acceptable|excluded|enrolled|included)"
    r"(?:\s+(?:to|for|in|into|on|from)\s+(?:(?:the|this|study|trial|be|enroll?\w*|participat\w+|entry)\s*)+)?\W*",
    re.IGNORECASE,
)
"""A sentence that just says who is let in all the same."""
_MALIGNANT = str(TGC.MalignantNeoplasm)
_TRIAL = r"(?:the |this |our |present |current )*(?:study|trial|protocol)"
_STUDIED = re.compile(
    rf"(?:(?:the |this |that |those |their )?(?:(?:specific|target|current|index|present) )*"
    r"(?:ones?|(?:disease|cancer|malignanc(?:y|ies)|tumou?r|indication)s?(?: types?)?|that|those)"
    r"(?: (?:which|that) (?:is|are))?(?: subject of| (?:being |to be )?(?:treated|studied|investigated)"
    r"| under (?:study|investigation|treatment))+"
    rf"(?: (?:under|in|on|of|by|for) (?:study|{_TRIAL}))?(?: {_TRIAL})?"
    r"|(?:the )?(?:current |study[ -])(?:target(?:ed)? )?(?:malignancy|indication|disease|cancer)"
    r"|(?:the )?target (?:malignancy|cancer|tumou?r)"
    r"(?: to be investigated in (?:this |the )?(?:study|trial))?)"
    r"(?:$|,? (?:and|or|unless|with the exception of|except(?: for)?) |, (?=(?:[\w-]+ ){0,3}skin\b))",
    re.IGNORECASE,
)
"""The disease that the trial is about, as what a cancer is that is no other one."""


def name_exceptions(expression: Expression, text: Text) -> Expression:
    """Return the expression with the concepts of its facts' exceptions, where all their words are read.

    An exception with a part that isn't understood may be about anything, so none of it is named. So may those
    that words announce whose list has been lost ("immunosuppressants, with the following exceptions:").
    """
    vocabulary = text.vocabulary
    alone = text.text.rstrip().endswith(":") and "* " not in text.text
    announced = _ANNOUNCED.search(text.text) if alone else None

    def named(fact: Fact) -> Fact:
        if announced is not None and "exception" not in fact.modifiers:
            fact = replace(fact, modifiers={**fact.modifiers, "exception": announced["words"]})
        fact = _other_than_studied(fact)
        words = fact.modifiers.get("exception")
        return fact if words is None else replace(fact, exceptions=_read(words, vocabulary.for_words(words)))

    return map_facts(expression, named)


def _other_than_studied(fact: Fact) -> Fact:
    """Return "cancer other than the disease under study" as another cancer, with what else is excepted."""
    words = fact.modifiers.get("exception", "") if fact.concept == _MALIGNANT else ""
    parts = words.split("; ")
    at = next((i for i, part in enumerate(parts) if words and _STUDIED.match(part)), None)
    if at is None:
        return fact
    rest = _STUDIED.sub("", parts[at], count=1)
    left = "; ".join(filter(None, [*parts[:at], rest, *parts[at + 1 :]]))
    modifiers = {**fact.modifiers, "exception": left, "relation": "other"}
    return replace(fact, modifiers={name: told for name, told in modifiers.items() if told})


def read_led_in(
    text: Text, chunks: Sequence[Chunk], read: Callable[[Sequence[Chunk]], Expression | None]
) -> Expression | None:
    """Read "with the exception of X, any Y" as "any Y, except X", or in words; None for other sentences.

    Args:
        text: The text under reading.
        chunks: A sentence of it.
        read: Reads what stands behind the exception.
    """
    valued = any(chunk.kind == "value" for chunk in chunks)
    if chunks[0].form not in _LEADING or valued or not any(map(is_content, chunks)):
        return None
    commas = [i for i, chunk in enumerate(chunks) if chunk.form == ","]
    parting = next((i for i in commas if _starts_anew(chunks[i + 1 : i + 2], one=len(commas) == 1)), 0)
    excepted, body = trimmed(chunks[1:parting]), trimmed(chunks[parting + 1 :])
    told = read(body) if any(map(is_content, excepted)) and any(map(is_content, body)) else None
    if told is None or not any(isinstance(atom, Fact | Value) for atom in atoms(told)):
        return narrative(text, chunks[0].start, chunks[-1].end)
    place = (excepted[0].start, excepted[-1].end)
    return except_for(text, told, text.text[slice(*place)], place)


def _starts_anew(chunks: Sequence[Chunk], *, one: bool) -> bool:
    """Whether words behind a comma, or the only one, start what is said rather than go on with a list."""
    told = any(chunk.form in _STARTING or "negation" in chunk.classes for chunk in chunks)
    return told or (one and not any(chunk.form in ("and", "or") for chunk in chunks))


def limits_excepted(
    text: Text,
    chunks: Sequence[Chunk],
    outline: Outline,
    items: Sequence[Expression],
    read: Callable[[Text, Sequence[Chunk], int, int], Expression],
) -> Expression | None:
    """Read limits with a list of whom others are for, or of whom they aren't asked; None for other demands.

    Args:
        text: The text under reading.
        chunks: Its chunks.
        outline: The limits, and the items below them.
        items: What the items say.
        read: Reads chunks, from one character to another.
    """
    leading = between(chunks, outline.start, outline.lead_end)
    at = next((i for i, chunk in enumerate(leading) if "exception" in chunk.classes), 0)
    if not at or not any(chunk.kind == "value" for chunk in leading[:at]):
        return None
    head = read(text, leading[:at], outline.start, outline.lead_end)
    if not all(isinstance(atom, Value) for atom in atoms(head)):
        return None
    if (lifted := _lifted_limits(head, items)) is not None:
        return lifted
    if len(items) == 1 and limited_kinds(head) & limited_kinds(items[0]):
        return read(text, between(chunks, outline.start, outline.end), outline.start, outline.end)
    return any_of([head, narrative(text, outline.items[0].start, outline.items[-1].end)])


def _lifted_limits(head: Expression, items: Sequence[Expression]) -> Expression | None:
    """Return limits with the wider ones that a list sets for some ("AST ≤ 3, except: liver metastases: ≤ 5").

    None unless every item is nothing but a limit, on one of the same quantities, for who has something.
    """
    limits = head.operands if isinstance(head, AllOf) else (head,)
    cases = [_case_and_limits(each) for each in items]
    if not all(isinstance(each, Value) for each in limits) or not all(cases):
        return None
    asked = {each.concept for each in limits if isinstance(each, Value)}
    if not {wider.concept for each in cases if each for wider in each[1]} <= asked:
        return None
    return all_of([_or_wider(each, cases) for each in limits if isinstance(each, Value)])


def _or_wider(limit: Value, cases: Iterable[tuple[Expression, list[Value]] | None]) -> Expression:
    told = [(case, each) for case, wider in filter(None, cases) for each in wider]
    return any_of([limit, *(all_of([case, each]) for case, each in told if each.concept == limit.concept)])


def _case_and_limits(item: Expression) -> tuple[Expression, list[Value]] | None:
    """Return who a limit is for, and the limit, of "no liver metastases, or AST ≤ 5 × ULN"."""
    parts = item.operands if isinstance(item, AnyOf) else ()
    case = parts[0].operand if len(parts) > 1 and isinstance(parts[0], Not) else None
    rest = [atom for part in parts[1:] for atom in atoms(part)]
    limits = [atom for atom in rest if isinstance(atom, Value)]
    if case is None or len(limits) < len(rest) or not all(is_wanted(each) for each in limits):
        return None
    return case, limits


@lru_cache(maxsize=8192)
def _read(words: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the concepts that the words of an exception name; they are remembered, since words recur."""
    allowed = _ALLOWED.fullmatch(words)
    words = words if allowed is None else allowed["what"]
    return _concepts(words, vocabulary) or _name(words)


def _name(words: str) -> tuple[str, ...]:
    """Return the concept that the whole of an exception is a name of, also one that isn't read for itself."""
    return _names().get(" ".join(words.casefold().split()), ())


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for form in packaged_concepts().surface_forms():
        name = form.form.casefold()
        found[name] = (*found.get(name, ()), form.iri)
    return {name: iris for name, iris in found.items() if len(iris) == 1}


def _concepts(words: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    text = Text(normalize(words), vocabulary, exclusion=True)
    chunks = trimmed(Chunker(text).chunks())
    if not chunks:
        return ()
    found = set(_named(chunks))
    for segment in read_segments(text, chunks):
        parts = [] if segment.expression is None else list(atoms(segment.expression))
        if (
            not parts
            or segment.negated
            or not all(isinstance(part, Fact) and _is_one(part) for part in parts)
        ):
            return ()
        found |= {part.concept for part in parts if isinstance(part, Fact)}
    return tuple(sorted(found))


def _named(chunks: Iterable[Chunk]) -> Iterator[str]:
    for chunk in chunks:
        if chunk.term is not None:
            yield chunk.term.iri
        yield from _named(chunk.inner)


def _is_one(fact: Fact) -> bool:
    """Whether what narrows a fact can't hide a further exception ("eczema that is mild or a rash")."""
    return not any(joining in words for words in fact.modifiers.values() for joining in _JOINING)


def item_run_in(text: Text, chunks: Sequence[Chunk]) -> int | None:
    """Return where an item with a time of its own starts in exceptions that lost their lines.

    Whether it is an exception or a bar ("… premedication Receipt of live vaccines within 4 weeks before
    the first dose") can't be told, so it must not be taken for either.
    """
    at = next((i for i, chunk in enumerate(chunks) if chunk.kind == "window"), None)
    if at is None or not (chunks[0].kind == "sign" and chunks[0].form == ":"):
        return None
    starts = [
        index
        for index in range(2, at)
        if text.text[chunks[index].start : chunks[index].end].split(" ")[0].istitle()
        and chunks[index - 1].kind not in ("sign", "window")
        and chunks[index - 1].form not in ("and", "or")
    ]
    return starts[-1] if starts else None


def _excepts_cancers(text: Text, chunks: Sequence[Chunk], at: int, end: int) -> bool:
    """Whether kinds of cancer are excepted from any, and nothing is told of their treatment."""
    named = [chunk.term for chunk in (*chunks[:at], *chunks[at + 1 : end]) if chunk.term is not None]
    cancers = bool(named) and all(term.is_a(_NEOPLASM) for term in named)
    words = text.text[chunks[at].end : chunks[end].start]
    return cancers and chunks[end - 1].term is not None and _TREATED.search(words) is None


def next_bar_at(text: Text, chunks: Sequence[Chunk], at: int) -> int | None:
    """Return where another bar stands behind an exception ("surgery other than biopsy, or had an injury").

    Not so behind a cancer: "malignancy, except skin cancer, or had one that was cured" goes on excepting.
    """
    if any(chunk.term is not None and chunk.term.is_a(_NEOPLASM) for chunk in chunks[:at]):
        return None
    for index in range(at + 2, len(chunks) - 2):
        if chunks[index].form in ("or", "and / or"):
            start = index + 2 if chunks[index + 1].form == "who" else index + 1
            forms = [chunk.form for chunk in chunks[start : start + 2]]
            if not _PREDICATES.isdisjoint((forms[0], " ".join(forms))):
                told = text.text[chunks[at].end : chunks[index].start]
                return None if _BEARING.search(told) else index
    return None


def except_first(text: Text, barred: Expression, words: str, start: int) -> Expression:
    """Return bars of which those that stand before an exception's start carry it."""

    def excepted(fact: Fact) -> Fact:
        before = fact.span is not None and text.normalized.readable(fact.span)[0] < start
        return with_exception(fact, words) if before else fact

    return map_facts(barred, excepted)


def resumes_at(text: Text, chunks: Sequence[Chunk], at: int) -> int | None:
    """Return where the time of what is barred goes on behind an exception that stands inside its sentence.

    "Surgery, other than biopsy, within 4 weeks": the weeks are those of the surgery. So they are without
    the commas after "other than", which stands with the noun it narrows, behind the cancers excepted
    from any ("cancer except skin cancer in the past 5 years") and behind treatments of which nothing
    else is told ("immunosuppressants with the exception of corticosteroids within 2 weeks"). So is a clause
    on what is barred only for what it does or needs ("skin disease other than acne that may interfere").
    """
    for index in range(at + 2, len(chunks)):
        if chunks[at].form == "other than" and _RESUMING.match(text.text, chunks[index].start):
            return index
        if chunks[index].kind == "window":
            after_comma = chunks[index - 1].form == ","
            own = after_comma or chunks[at].form == "other than" or _excepts_cancers(text, chunks, at, index)
            return index if own or _excepts_treatments(text, chunks, at, index) else None
        goes_on = chunks[index].form == "," and index + 1 < len(chunks) and chunks[index + 1].kind != "window"
        goes_on = goes_on and not _RESUMING.match(text.text, chunks[index + 1].start)
        if "exception" in chunks[index].classes or (goes_on and not _excepts_its_kind(chunks, at)):
            return None
    return None


def _excepts_treatments(text: Text, chunks: Sequence[Chunk], at: int, end: int) -> bool:
    """Whether treatments are excepted from others, and the only time is not told of those."""
    excepted = [chunk.term for chunk in chunks[at + 1 : end] if chunk.term is not None]
    barred = [chunk.term for chunk in chunks[:at] if chunk.term is not None]
    if not (barred and excepted) or any(term.category not in GIVEN for term in (*barred, *excepted)):
        return False
    if any(chunk.kind == "window" for chunk in chunks[:at]) or _continues(chunks[end + 1 : end + 2]):
        return False
    told = text.text[chunks[at].end : chunks[end].start]
    return text.text.startswith(("within", "in "), chunks[end].start) and not (
        _TAKEN.search(told) or _BEARING.search(told)
    )


def _continues(behind: Sequence[Chunk]) -> bool:
    return any(chunk.form == "and" for chunk in behind)


def _excepts_its_kind(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether all that is named is treatments, or cancers, and a time ends it ("surgery other than A, B")."""
    named = [chunk.term for chunk in (*chunks[:at], *chunks[at + 1 :]) if chunk.term is not None]
    given = all(term.category in GIVEN for term in named)
    ended = chunks[-1].kind == "window" and sum(chunk.kind == "window" for chunk in chunks) == 1
    return ended and bool(named) and (given or all(term.is_a(_NEOPLASM) for term in named))


def except_before_examples(
    text: Text, chunks: Sequence[Chunk], at: int, read: Callable[[list[Chunk]], Expression]
) -> Expression | None:
    """Read "disease other than A, such as B", whose examples are barred; None for others.

    Args:
        text: The text under reading, one of exclusions.
        chunks: A statement of it.
        at: Where its exception starts.
        read: Reads what is barred.
    """
    places = range(at + 2, len(chunks) - 2) if chunks[at].form == "other than" else ()
    comma = next((i for i in places if chunks[i].form == "," and "example" in chunks[i + 1].classes), None)
    turned = any("exception" in chunk.classes or chunk.form == ":" for chunk in chunks[at + 1 :])
    if comma is None or turned or any(chunk.form in _JOINTS for chunk in chunks[at:comma]):
        return None
    behind, place = chunks[comma + 1 :], (chunks[at + 1].start, chunks[comma].start)
    tumours = any(chunk.term is not None and chunk.term.is_a(_NEOPLASM) for chunk in chunks[:at])
    if tumours or not any(map(is_content, behind)):
        return None
    barred = read([*chunks[:at], *behind])
    known = any(isinstance(atom, Fact) for atom in atoms(barred))
    return except_for(text, barred, text.text[slice(*place)], place) if known else None
