"""One statement: its list of facts and values, how they are joined, what is denied and excepted."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.facts import is_content, read_fact
from trialgraph.criteria.lexicon import lexicon
from trialgraph.criteria.tokens import tokenize
from trialgraph.criteria.vocabulary import Term
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Expression,
    Fact,
    Narrative,
    NarrativeReason,
    Not,
    Value,
    Window,
    atoms,
)

__all__ = ["Statement", "all_of", "any_of", "map_facts", "narrative", "negate", "read_statement"]

Role = Literal["demand", "allowance"]
_JOINTS = {
    "and / or": "or",
    "as well as": "and",
    "and": "and",
    "or": "or",
    "nor": "or",
    "plus": "and",
    "&": "and",
    ",": ",",
    ";": ";",
    "/": "/",
    ":": ",",
}
_MODAL = frozenset("must should shall will may can agree need".split())
_VERBS = frozenset(
    "has have had is are was were be been must should shall will can may received receive receiving who patient subject participant underwent".split()
)
_FINITE = frozenset("must should shall will can may is are was were do does".split())
_DETERMINERS = frozenset("a an the any some such of other another".split())
_GOVERNING = frozenset({"to", "for", "of", "contraindication", "risk", "only", "candidate"})
_TIMED = re.compile(
    r"(?:within|in the|during|less than|<|≤|over the|for the) .{0,40}\b(?:hour|day|week|month|year|half|cycle)",
    re.IGNORECASE,
)
_RESTARTS = frozenset(
    {
        "patient",
        "subject",
        "participant",
        "patient with",
        "subject with",
        "participant with",
        "history",
        "history of",
        "individual",
    }
)
_DENIED_LIST = (
    "not meet",
    "not fulfill",
    "not fulfil",
    "not satisfy",
    "fail to meet",
    "fails to meet",
    "unable to meet",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement says; an allowance demands nothing by itself and may lift an earlier demand."""

    expression: Expression | None
    role: Role = "demand"
    text: str = ""


@dataclass(slots=True)
class _Segment:
    """A member of a list: how it is joined to the one before, its chunks, what it says."""

    joint: str
    chunks: list[Chunk]
    expression: Expression | None = None
    negated: bool = False
    carries: bool = False
    leading: str | None = None
    after_comma: bool = False


def all_of(operands: Sequence[Expression]) -> Expression:
    """Join with AND, flat; a single operand stays itself."""
    flat = [inner for each in operands for inner in (each.operands if isinstance(each, AllOf) else (each,))]
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def any_of(operands: Sequence[Expression]) -> Expression:
    """Join with OR, flat; a single operand stays itself."""
    flat = [inner for each in operands for inner in (each.operands if isinstance(each, AnyOf) else (each,))]
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def negate(expression: Expression) -> Expression:
    """Deny an expression; a double negation falls away."""
    return expression.operand if isinstance(expression, Not) else Not(expression)


def map_facts(expression: Expression, change: Callable[[Fact], Fact]) -> Expression:
    """Return the expression with each of its facts changed."""
    match expression:
        case Fact():
            return change(expression)
        case AllOf(operands):
            return AllOf(tuple(map_facts(each, change) for each in operands))
        case AnyOf(operands):
            return AnyOf(tuple(map_facts(each, change) for each in operands))
        case Not(operand):
            return Not(map_facts(operand, change))
        case _:
            return expression


def narrative(text: Text, start: int, end: int) -> Narrative:
    """Keep a stretch of text as words, with the reason why it isn't formal."""
    words = text.text[start:end].strip(" ;,.:")
    reason: NarrativeReason = "not-formalised"
    if lexicon().consent.search(words):
        reason = "consent"
    elif lexicon().judgement.search(words):
        reason = "judgement"
    return Narrative(words, reason, text.span(start, end))


def read_statement(text: Text, chunks: Sequence[Chunk]) -> Statement:
    """Return what a sentence says; chunks of it that aren't understood stay narrative in their place."""
    chunks = _trimmed(chunks)
    if not chunks:
        return Statement(None)
    start, end = chunks[0].start, chunks[-1].end
    words = text.text[start:end]
    if lexicon().consent.search(words) and not any(chunk.kind == "value" for chunk in chunks):
        return Statement(narrative(text, start, end), text=words)
    judged = lexicon().judgement.search(words)
    if judged and all(chunk.start >= start + judged.end() for chunk in chunks if is_content(chunk)):
        return Statement(narrative(text, start, end), text=words)
    barring = next((i for i, chunk in enumerate(chunks) if "barring" in chunk.classes), None)
    if barring is not None and (
        barring == len(chunks) - 1 or chunks[barring + 1].form in ("from", "for this")
    ):
        return Statement(_read_barred(text, chunks, barring), text=words)
    if any("allowance" in chunk.classes for chunk in chunks):
        return _read_allowance(text, chunks)
    if not any(is_content(chunk) for chunk in chunks):
        return Statement(narrative(text, start, end), text=words)
    exception = next((i for i, chunk in enumerate(chunks) if "exception" in chunk.classes and i > 0), None)
    if exception is not None:
        return Statement(_read_excepted(text, chunks, exception), text=words)
    return Statement(_read_labelled(text, chunks), text=words)


def _trimmed(chunks: Sequence[Chunk]) -> list[Chunk]:
    kept = list(chunks)
    while kept and (kept[-1].kind == "sign" or kept[-1].form in ("and", "or")):
        kept.pop()
    while kept and (kept[0].kind == "sign" or kept[0].form in ("and", "or")):
        kept.pop(0)
    return kept


def _read_allowance(text: Text, chunks: list[Chunk]) -> Statement:
    """Read "… is allowed": it demands nothing, but for a washout, which bars what is too recent."""
    start, end = chunks[0].start, chunks[-1].end
    words = text.text[start:end]
    at = next(i for i, chunk in enumerate(chunks) if "allowance" in chunk.classes)
    window = _washout(text, chunks[at:])
    if window is None or text.exclusion or any("negation" in chunk.classes for chunk in chunks):
        return Statement(None, "allowance", words)
    expression = _join(text, _segments(text, _without_trailing_verb(chunks[:at])), "or")
    recent = map_facts(expression, lambda fact: replace(fact, within=window))
    return Statement(negate(_either(recent)), text=words)


def _read_barred(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "patients with X are excluded", which bars X in either kind of list."""
    whole = narrative(text, chunks[0].start, chunks[-1].end)
    head = _without_trailing_verb(chunks[:at])
    if not any(is_content(chunk) for chunk in head) or any("exception" in chunk.classes for chunk in head):
        return whole
    expression = _join(text, _segments(text, head), "or")
    if not _formal(expression):
        return whole
    return expression if text.exclusion else negate(_either(expression))


def _without_trailing_verb(chunks: list[Chunk]) -> list[Chunk]:
    kept = list(chunks)
    while kept and kept[-1].form in ("is", "are", "be", "will be"):
        kept.pop()
    return kept


def _either(expression: Expression) -> Expression:
    return any_of(expression.operands) if isinstance(expression, AllOf) else expression


def _washout(text: Text, chunks: Sequence[Chunk]) -> Window | None:
    if "wash" not in text.text[chunks[0].start : chunks[-1].end].lower():
        return None
    units = {"d": "day", "wk": "week", "mo": "month", "a": "year"}
    for chunk in chunks:
        if chunk.window is not None:
            return chunk.window.window
        found = chunk.limit
        if (
            found is not None
            and found.unit is not None
            and found.unit.ucum in units
            and found.limit.low is not None
        ):
            wording = text.text[chunks[0].start : chunk.end]
            return Window(found.limit.low, units[found.unit.ucum], wording[wording.lower().find("wash") :])  # type: ignore[arg-type]
    return None


def _read_excepted(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "X, except Y": the exception narrows each fact of X, or stands beside what can't carry it."""
    head = _trimmed(chunks[:at])
    if not any(is_content(chunk) for chunk in head):
        return narrative(text, chunks[0].start, chunks[-1].end)
    tail = chunks[at + 1 :]
    if not tail:
        return _read_labelled(text, head)
    words = text.text[tail[0].start : tail[-1].end].strip(" ;,.:")
    return except_for(text, _read_labelled(text, head), words, (tail[0].start, tail[-1].end))


def except_for(text: Text, expression: Expression, words: str, place: tuple[int, int]) -> Expression:
    """Let an exception lift what an expression bars.

    Facts carry it as a modifier, so that their absence still settles them. A narrative exception
    stands beside anything else.
    """
    if not _only_facts(expression):
        lifted = narrative(text, *place)
        return all_of([expression, Not(lifted)]) if text.exclusion else any_of([expression, lifted])
    return map_facts(expression, lambda fact: _lifted(fact, words))


def _lifted(fact: Fact, words: str) -> Fact:
    known = fact.modifiers.get("exception")
    return replace(fact, modifiers={**fact.modifiers, "exception": f"{known}; {words}" if known else words})


def _only_facts(expression: Expression) -> bool:
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return all(_only_facts(each) for each in operands)
        case Not(operand):
            return _only_facts(operand)
        case Value():
            return False
        case _:
            return True


def _read_labelled(text: Text, chunks: list[Chunk]) -> Expression:
    """Drop a label before a colon ("Liver function: …"); a denied list is denied as a whole."""
    colon = next((i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form == ":"), None)
    if colon is None or colon == 0:
        return _read_conditional(text, chunks)
    label, rest = chunks[:colon], _trimmed(chunks[colon + 1 :])
    words = text.text[label[0].start : label[-1].end].lower()
    if not any(is_content(chunk) for chunk in rest):
        return _read_conditional(text, chunks) if not rest else _with_rest(text, label, rest)
    body = _read_labelled(text, rest)
    window = next((chunk.window.window for chunk in _flat(label) if chunk.window is not None), None)
    if window is not None:
        body = _dated(body, window)
    if any(phrase in words for phrase in _DENIED_LIST):
        return negate(AllOf(body.operands) if isinstance(body, AnyOf) else body)
    if any("negation" in chunk.classes for chunk in label) and not any(
        "condition" in chunk.classes for chunk in label
    ):
        return negate(_either(body)) if _formal(body) else narrative(text, chunks[0].start, chunks[-1].end)
    if any(is_content(chunk) for chunk in label):
        return _elaborated(text, label, body, chunks[-1].end)
    if _is_label(label):
        return body
    return narrative(text, chunks[0].start, chunks[-1].end) if _narrows(label) else body


def _with_rest(text: Text, label: list[Chunk], rest: list[Chunk]) -> Expression:
    if not any(is_content(chunk) for chunk in label):
        return narrative(text, label[0].start, rest[-1].end)
    remainder = narrative(text, rest[0].start, rest[-1].end)
    return all_of([_read_conditional(text, label), remainder])


def _elaborated(text: Text, label: list[Chunk], body: Expression, end: int) -> Expression:
    """Read "Extrahepatic metastases: bone or brain metastases", where the list says what is meant.

    "Patients with hepatitis B: …" asks something of those patients only.
    """
    of_some = label[0].form in _RESTARTS or "condition" in label[0].classes
    if of_some and not text.exclusion:
        return any_of([negate(_join(text, _segments(text, label[1:]), "or")), body])
    if _formal(body):
        return body
    if not text.exclusion:
        return narrative(text, label[0].start, end)
    return all_of([_read_conditional(text, label), body])


def _formal(expression: Expression) -> bool:
    match expression:
        case AllOf(operands) | AnyOf(operands):
            return all(_formal(each) for each in operands)
        case Not(operand):
            return _formal(operand)
        case Narrative():
            return False
        case _:
            return True


def _flat(chunks: Sequence[Chunk]) -> list[Chunk]:
    return [inner for chunk in chunks for inner in (chunk, *_flat(chunk.inner))]


def _is_label(chunks: Sequence[Chunk]) -> bool:
    return all(_harmless(chunk, "label") for chunk in chunks)


def _narrows(chunks: Sequence[Chunk]) -> bool:
    """Whether words before a colon restrict what follows, rather than name it."""
    return any(chunk.classes & {"condition", "negation", "exception"} for chunk in chunks)


def _harmless(chunk: Chunk, *classes: str) -> bool:
    if chunk.kind in ("bracket", "window", "sign"):
        return True
    if chunk.kind == "concept":
        return chunk.term is not None and chunk.term.quantity
    return bool(chunk.classes & {"neutral", *classes})


def _dated(expression: Expression, window: Window) -> Expression:
    match expression:
        case Value(within=None):
            return replace(expression, within=window)
        case AllOf(operands):
            return AllOf(tuple(_dated(each, window) for each in operands))
        case AnyOf(operands):
            return AnyOf(tuple(_dated(each, window) for each in operands))
        case Not(operand):
            return Not(_dated(operand, window))
        case _:
            return expression


def _read_instances(text: Text, chunks: list[Chunk]) -> Expression:
    """Read "X, including A and B": A and B are instances of X, in X's time and, for treatments, with its limits."""
    default = "or" if text.exclusion else "and"
    at = next((i for i, chunk in enumerate(chunks) if "example" in chunk.classes and i > 0), None)
    if at is None or not text.exclusion or not any(is_content(chunk) for chunk in chunks[:at]):
        return _join(text, _segments(text, chunks), default)
    head = _join(text, _segments(text, _trimmed(chunks[:at])), default)
    rest = _trimmed(chunks[at + 1 :])
    facts = [atom for atom in atoms(head) if isinstance(atom, Fact)]
    if not facts or not any(is_content(chunk) for chunk in rest):
        return head
    kind = facts[-1]
    inherited = {k: v for k, v in kind.modifiers.items() if kind.category in ("treatment", "procedure")}
    instances = map_facts(
        _join(text, _segments(text, rest), default),
        lambda fact: replace(
            fact, within=fact.within or kind.within, modifiers={**inherited, **fact.modifiers}
        ),
    )
    return any_of([head, instances])


def _read_conditional(text: Text, chunks: list[Chunk]) -> Expression:
    """Read "for subjects with X, Y": Y is asked of those with X only."""
    if not chunks or "condition" not in chunks[0].classes:
        return _read_instances(text, chunks)
    comma = next((i for i, chunk in enumerate(chunks) if chunk.kind == "sign" and chunk.form == ","), None)
    if comma is None or not any(is_content(chunk) for chunk in chunks[comma + 1 :]):
        return narrative(text, chunks[0].start, chunks[-1].end)
    condition = _condition(text, chunks[1:comma])
    body = _join(text, _segments(text, chunks[comma + 1 :]), "or" if text.exclusion else "and")
    if not any(not isinstance(atom, Narrative) for atom in atoms(body)):
        return narrative(text, chunks[0].start, chunks[-1].end)
    return all_of([condition, body]) if text.exclusion else any_of([negate(condition), body])


def _condition(text: Text, chunks: Sequence[Chunk]) -> Expression:
    kept = _trimmed(chunks)
    if not kept:
        return Narrative("", "not-formalised")
    if not any(is_content(chunk) for chunk in kept):
        return narrative(text, kept[0].start, kept[-1].end)
    return _join(text, _segments(text, kept), "and")


def _segments(text: Text, chunks: Sequence[Chunk]) -> list[_Segment]:
    """Part a statement at its commas and conjunctions, and read each part."""
    segments = [_Segment("", [])]
    swallowing = False
    for index, chunk in enumerate(chunks):
        joint = _JOINTS.get(chunk.form) if chunk.kind in ("word", "sign") else None
        current = segments[-1]
        if (
            joint == ","
            and current.chunks
            and index + 1 < len(chunks)
            and "definition" in chunks[index + 1].classes
        ):
            continue
        if (
            joint is None
            or (swallowing and not _strong(chunks, index, current))
            or _slash_inside(chunks, index)
        ):
            if not swallowing and _starts_new_value(current, chunk):
                segments.append(_Segment(";", [chunk]))
                swallowing = False
                continue
            current.chunks.append(chunk)
            swallowing = swallowing or _swallows(current, chunk)
            continue
        swallowing = False
        if current.chunks:
            segments.append(_Segment(joint, [], after_comma=joint == ","))
        else:
            current.after_comma = current.after_comma or joint == ","
            current.joint = joint if joint not in (",", ";") or not current.joint else current.joint
    segments = [segment for segment in segments if segment.chunks]
    segments = _merge_qualifiers(text, _merge_alternatives(text, segments))
    for segment in segments:
        _read_segment(text, segment)
    _share_words(text, segments)
    _share_allergens(text, segments)
    _share_leading(segments)
    _repeat_history(text, segments)
    return [
        segment
        for segment in _subjects(_governed(segments), exclusion=text.exclusion)
        if not _says_nothing(segment)
    ]


def _share_allergens(text: Text, segments: list[_Segment]) -> None:
    """Read the members after "allergy to A" as allergies too, not as drugs taken."""
    allergy: Term | None = None
    for index, segment in enumerate(segments):
        head = next((c.term for c in segment.chunks if c.kind == "concept" and is_content(c)), None)
        if head is not None and head.category == "allergy":
            allergy = head
        elif allergy is not None and segment.joint != ";" and _is_allergen(segment):
            phrase = _completed(text, segments, index)
            if phrase is not None:
                segment.chunks = phrase
                _read_segment(text, segment)
            else:
                start, end = segment.chunks[0].start, segment.chunks[-1].end
                agent = text.text[start:end].strip(" ,;.")
                general = text.vocabulary.general(allergy)
                segment.expression = Fact(
                    general.iri, general.label, "allergy", {"agent": agent}, span=text.span(start, end)
                )
        else:
            allergy = None


def _is_allergen(segment: _Segment) -> bool:
    fact = segment.expression
    bare = _is_bare(segment) or segment.chunks[0].form in _DETERMINERS
    return bare and (fact is None or isinstance(fact, Fact) and fact.category == "treatment")


def _share_leading(segments: list[_Segment]) -> None:
    """Let "poorly controlled" before a list hold for its bare members too."""
    leading: str | None = None
    for segment in segments:
        fact = segment.expression
        if segment.leading is not None or not isinstance(fact, Fact):
            leading = segment.leading
        elif segment.joint not in (",", "or", "and", "/") or not is_content(segment.chunks[0]):
            leading = None
        elif leading is not None:
            own = fact.modifiers.get("qualifier")
            words = f"{leading}; {own}" if own else leading
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})


def _repeat_history(text: Text, segments: list[_Segment]) -> None:
    """Read "active X or history within 2 years": the same thing, in another time."""
    for before, segment in itertools.pairwise(segments):
        window = next((chunk.window.window for chunk in segment.chunks if chunk.window is not None), None)
        told = any(chunk.form in ("history", "history of") for chunk in segment.chunks)
        plain = all(
            chunk.kind in ("window", "bracket", "sign") or "neutral" in chunk.classes
            for chunk in segment.chunks
        )
        if isinstance(before.expression, Fact) and segment.expression is None and window and told and plain:
            bracket = next((c for c in segment.chunks if c.kind == "bracket"), None)
            words = (
                text.text[bracket.inner[0].end : bracket.end - 1].strip(" :")
                if bracket and bracket.inner
                else ""
            )
            excepted = {"exception": words} if bracket and "exception" in bracket.inner[0].classes else {}
            place = text.span(segment.chunks[0].start, segment.chunks[-1].end)
            segment.expression = replace(before.expression, modifiers=excepted, within=window, span=place)
            before.expression = replace(
                before.expression, modifiers={**before.expression.modifiers, **excepted}
            )


def _governed(segments: list[_Segment]) -> list[_Segment]:
    """Let a phrase that isn't understood keep the bare list that hangs on it ("contraindications to A, B or C")."""
    kept: list[_Segment] = []
    for segment in segments:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.expression is None
            and _governs(last)
            and _is_bare(segment)
            and segment.joint != ";"
        ):
            last.chunks = [*last.chunks, *segment.chunks]
        else:
            kept.append(segment)
    return kept


def _subjects(segments: list[_Segment], *, exclusion: bool) -> list[_Segment]:
    """Keep "women of childbearing potential and men … must" together: its first half isn't a demand."""
    kept: list[_Segment] = []
    verbs = _MODAL if exclusion else _MODAL | {"is", "are"}
    for segment in segments:
        speaks = segment.expression is None and any(chunk.form in verbs for chunk in segment.chunks)
        while (
            speaks
            and kept
            and segment.joint in ("and", "or", "/")
            and not segment.after_comma
            and _is_noun(kept[-1])
        ):
            before = kept.pop()
            segment.chunks, segment.joint, segment.after_comma = (
                [*before.chunks, *segment.chunks],
                before.joint,
                before.after_comma,
            )
        kept.append(segment)
    return kept


def _is_noun(segment: _Segment) -> bool:
    return not segment.negated and not any(
        chunk.form in _VERBS - {"patient", "subject", "participant", "who"} for chunk in segment.chunks
    )


def _governs(segment: _Segment) -> bool:
    return any(
        chunk.classes & {"post", "condition"}
        or chunk.form in _GOVERNING
        or lexicon().judgement.search(chunk.form)
        for chunk in segment.chunks
        if chunk.form not in ("have", "has", "had", "is", "are", "with", "who", "such")
    )


def _is_bare(segment: _Segment) -> bool:
    """Whether a member of a list starts with its noun, so that it may hang on what stands before."""
    for chunk in segment.chunks:
        if is_content(chunk):
            return chunk.kind == "concept"
        if (
            chunk.kind not in ("bracket", "window")
            and chunk.form not in _DETERMINERS
            and not (chunk.kind == "word" and not chunk.classes)
        ):
            return False
    return True


def _says_nothing(segment: _Segment) -> bool:
    if "regardless" in segment.chunks[0].classes:
        return True
    return segment.expression is None and all(
        chunk.kind == "word"
        and bool(chunk.classes & {"neutral", "tail", "value_tail"})
        and "negation" not in chunk.classes
        for chunk in segment.chunks
    )


def _slash_inside(chunks: Sequence[Chunk], index: int) -> bool:
    """Whether a slash joins biomarkers or words of one name, not members of a list."""
    if chunks[index].form != "/":
        return False
    before = chunks[index - 1] if index else None
    after = chunks[index + 1] if index + 1 < len(chunks) else None
    if before is None or after is None or not (is_content(before) or is_content(after)):
        return True
    return (
        before.kind == after.kind == "concept"
        and before.term is not None
        and before.term.category == "biomarker"
    )


def _starts_new_value(segment: _Segment, chunk: Chunk) -> bool:
    """Whether a value stands right after another without any sign between, as in a list that lost its lines."""
    last = segment.chunks[-1] if segment.chunks else None
    if last is None or chunk.kind != "value" or last.form == "for" or "condition" in last.classes:
        return False
    return any(each.kind == "value" for each in segment.chunks)


def _swallows(segment: _Segment, chunk: Chunk) -> bool:
    """Whether a phrase after a concept takes what follows with it ("requiring X or Y")."""
    if not any(is_content(each) and each.kind != "value" for each in segment.chunks[:-1]):
        return False
    return bool(chunk.classes & {"post", "definition", "condition", "regardless"}) and not chunk.classes & {
        "tail"
    }


def _takes_all(segment: _Segment) -> bool:
    """Whether a segment keeps everything up to its end: a definition, or what an allergy is to."""
    concept = next((i for i, chunk in enumerate(segment.chunks) if is_content(chunk)), len(segment.chunks))
    rest = segment.chunks[concept + 1 :]
    if any("definition" in chunk.classes for chunk in rest):
        return True
    term = segment.chunks[concept].term if concept < len(segment.chunks) else None
    return (
        term is not None
        and term.category == "allergy"
        and any(chunk.form in ("to", "of", "against") for chunk in rest)
    )


def _strong(chunks: Sequence[Chunk], index: int, segment: _Segment) -> bool:
    """Whether a comma or conjunction ends a swallowing phrase: what follows stands on its own."""
    chunk = chunks[index]
    if chunk.form in (";",):
        return True
    if _takes_all(segment):
        return False
    following = [each for each in chunks[index + 1 : index + 9]]
    after_comma = chunk.form == ","
    plain = True
    if following and following[0].form in ("or", "and"):
        following = following[1:]
    elif index and chunks[index - 1].form == "," and chunk.form in ("or", "and"):
        after_comma = True
    for each in following:
        if "active" in each.classes and each.kind == "word":
            return True
        if is_content(each):
            head = next((c.term.category for c in segment.chunks if is_content(c) and c.term), None)
            category = each.term.category if each.term else None
            if category == "biomarker" == head:
                return True
            return after_comma and (category == head or not plain or each.kind != "concept")
        if "negation" in each.classes or each.form in (
            "history",
            "history of",
            "presence of",
            "known",
            "evidence of",
        ):
            return True
        if (
            each.kind not in ("word", "window")
            or not each.classes & {"neutral", "qualifier", "active"}
            or each.form in _FINITE
        ):
            return False
        plain = plain and bool(each.classes & {"qualifier", "active"})
    return False


def _merge_alternatives(text: Text, segments: list[_Segment]) -> list[_Segment]:
    """Put "or ≤5 × ULN if …" in brackets after the value that it is an alternative to."""
    merged: list[_Segment] = []
    for segment in segments:
        limit = next((chunk for chunk in segment.chunks if chunk.kind == "limit"), None)
        value = (
            next((c.value for c in reversed(merged[-1].chunks) if c.kind == "value"), None)
            if merged
            else None
        )
        found = limit.limit if limit is not None else None
        fits = value is not None and found is not None and (found.relative_to or found.unit) is not None
        fits = fits and text.values.build(value.terms, value.joiner, found, found.start, 0, 0) is not None
        if (
            fits
            and segment.joint in ("or", ",", "and")
            and not any(c.kind in ("value", "lesion") for c in segment.chunks)
        ):
            start, end = segment.chunks[0].start, segment.chunks[-1].end
            merged[-1].chunks.append(Chunk("bracket", start, end, inner=tuple(segment.chunks)))
        else:
            merged.append(segment)
    return merged


def _with_adjective(text: Text, chunks: list[Chunk]) -> list[Chunk]:
    """Part "IV antibiotics" after "oral or": both adjectives narrow the noun."""
    first = chunks[0]
    if first.kind != "concept":
        return chunks
    words = text.text[first.start : first.end]
    adjective, _, noun = words.partition(" ")
    _, classes = lexicon().phrase_at(tokenize(adjective), 0)
    term = text.vocabulary.find(noun) if "qualifier" in classes and noun else None
    if term is None:
        return chunks
    middle = first.start + len(adjective)
    word = Chunk("word", first.start, middle, adjective.lower(), frozenset({"qualifier"}))
    return [word, Chunk("concept", middle + 1, first.end, noun.lower(), frozenset(), term), *chunks[1:]]


def _merge_qualifiers(text: Text, segments: list[_Segment]) -> list[_Segment]:
    """Join "severe" and "uncontrolled infections": words alone qualify what comes next."""
    merged: list[_Segment] = []
    carried: _Segment | None = None
    for segment in segments:
        if carried is not None:
            segment.chunks = [*carried.chunks, *_with_adjective(text, segment.chunks)]
            segment.joint, carried = carried.joint, None
        if all(
            c.kind == "word" and c.classes & {"qualifier", "active", "confirmation", "negation", "neutral"}
            for c in segment.chunks
        ):
            carried = segment
        elif merged and _is_remark(segment):
            merged[-1].chunks += segment.chunks
        else:
            merged.append(segment)
    if carried is not None:
        merged.append(carried)
    return merged


def _is_remark(segment: _Segment) -> bool:
    """Whether a segment only goes on about the one before it ("or after first-line therapy", "if …")."""
    first = segment.chunks[0]
    if first.kind in ("window", "bracket", "limit"):
        return not any(is_content(chunk) for chunk in segment.chunks)
    return bool(first.classes & {"post", "condition"}) and not first.classes & {
        "negation",
        "neutral",
        "active",
        "qualifier",
    }


def _read_segment(text: Text, segment: _Segment) -> None:
    chunks = segment.chunks
    segment.carries = True
    value = next((i for i, chunk in enumerate(chunks) if chunk.kind == "value"), None)
    concept = next((i for i, chunk in enumerate(chunks) if is_content(chunk) and chunk.kind != "value"), None)
    if value is not None and (concept is None or value < concept):
        segment.expression = _read_value(text, chunks, value, segment)
        segment.carries = False
        return
    reading = read_fact(text, chunks)
    if reading is not None:
        segment.expression, segment.negated, segment.leading = (
            reading.expression,
            reading.negated,
            reading.leading,
        )
        return
    segment.carries = not any(chunk.form in _FINITE for chunk in chunks)


def _read_value(text: Text, chunks: list[Chunk], at: int, segment: _Segment) -> Expression | None:
    before, after = chunks[:at], chunks[at + 1 :]
    for chunk in before:
        if "negation" in chunk.classes:
            segment.negated = not segment.negated
        elif not _harmless(chunk, "label", "qualifier", "active", "value_tail"):
            return None
    expression = chunks[at].expression
    if expression is None:
        return None
    window = _value_window(before, after)
    if window is not None:
        expression = _dated(expression, window)
    rest = [chunk for chunk in after if chunk.kind not in ("window", "sign") and not _method(chunk)]
    for chunk in [each for each in rest if each.kind == "bracket"]:
        expression = _with_alternative(
            text, expression, chunks[at], list(chunk.inner), (chunk.start, chunk.end)
        )
        rest.remove(chunk)
    if not rest or all(chunk.classes & {"value_tail"} for chunk in rest):
        return expression
    named = read_fact(text, rest) if is_content(rest[0]) else None
    if named is not None and not named.negated:
        return all_of([expression, named.expression])
    condition = next(
        (i for i, chunk in enumerate(rest) if chunk.classes & {"condition"} or chunk.form == "for"), None
    )
    if condition is not None:
        asked = _condition(text, rest[condition + 1 :])
        return all_of([asked, expression]) if text.exclusion else any_of([negate(asked), expression])
    return all_of([expression, narrative(text, rest[0].start, after[-1].end)])


def _value_window(before: Sequence[Chunk], after: Sequence[Chunk]) -> Window | None:
    """Return how recent a value has to be: a time span next to it, not one in a remark on it."""
    for chunk in before:
        if chunk.window is not None:
            return chunk.window.window
    for chunk in after:
        if chunk.window is not None:
            return chunk.window.window
        if (
            chunk.kind == "word"
            and not chunk.classes & {"value_tail", "confirmed"}
            and chunk.form != "obtained"
        ):
            return None
    return None


def _with_alternative(
    text: Text, expression: Expression, value: Chunk, chunks: list[Chunk], place: tuple[int, int]
) -> Expression:
    """Join a limit with another that holds in some case ("≤5 × ULN if liver metastases are present")."""
    limits = [chunk for chunk in chunks if chunk.kind == "limit" and chunk.limit is not None]
    words = [
        chunk
        for chunk in chunks
        if chunk.kind != "limit" and not _harmless(chunk, "condition", "post", "value_tail", "tail")
    ]
    if _allows_besides(chunks):
        return expression
    plain = not any(chunk.kind == "value" for chunk in chunks)
    if (
        plain
        and not limits
        and not any(chunk.classes & {"condition", "exception", "allowance"} for chunk in chunks)
    ):
        return all_of([expression, narrative(text, *place)]) if words else expression
    found = limits[0].limit if len(limits) == 1 else None
    other = (
        text.values.build(value.value.terms, value.value.joiner, found, found.start, 0, 0)
        if found and value.value
        else None
    )
    values = [chunk.expression for chunk in chunks if chunk.kind == "value" and chunk.expression is not None]
    if len(values) == 1 and not limits and not [c for c in words if c.kind != "value"]:
        return any_of([expression, values[0]])
    if other is None or values:
        lifted = narrative(text, *place)
        return all_of([expression, Not(lifted)]) if text.exclusion else any_of([expression, lifted])
    asked = [chunk for chunk in chunks if chunk is not limits[0]]
    if not words:
        restated = text.text[place[0]] in "([" and all(
            _harmless(chunk, "value_tail", "tail") for chunk in asked
        )
        return expression if restated else any_of([expression, other.expression])
    case = _case(text, asked)
    if text.exclusion:
        return any_of([all_of([negate(case), expression]), all_of([case, other.expression])])
    return any_of([expression, all_of([case, other.expression])])


def _allows_besides(chunks: Sequence[Chunk]) -> bool:
    """Whether a bracket allows something that has nothing to do with the limit ("transfusion allowed")."""
    allowed = any("allowance" in chunk.classes for chunk in chunks)
    about = any(
        chunk.kind in ("value", "limit")
        or chunk.term is not None
        and chunk.term.quantity
        or chunk.form in _RESTARTS
        or bool(chunk.classes & {"condition", "exception"})
        for chunk in chunks
    )
    return allowed and not about


def _case(text: Text, chunks: list[Chunk]) -> Expression:
    """Return in which case an alternative limit holds: a fact when it is plainly one, else its words."""
    content = [chunk for chunk in chunks if is_content(chunk)]
    others = [
        c
        for c in chunks
        if not is_content(c)
        and not _harmless(c, "condition", "post", "tail", "value_tail", "confirmation", "confirmed")
    ]
    if len(content) == 1 and content[0].kind == "concept" and not others:
        reading = read_fact(text, content)
        if reading is not None:
            return reading.expression
    start, end = min(chunk.start for chunk in chunks), max(chunk.end for chunk in chunks)
    return narrative(text, start, end)


def _method(chunk: Chunk) -> bool:
    return chunk.kind == "bracket" and not any(
        is_content(each) or each.kind == "limit" for each in chunk.inner
    )


def _share_words(text: Text, segments: list[_Segment]) -> None:
    """Complete "bone" in "bone or brain metastases" and "C" in "hepatitis B or C"."""
    for index, segment in enumerate(segments):
        if segment.expression is not None or any(is_content(chunk) for chunk in segment.chunks):
            continue
        phrase = _completed(text, segments, index)
        if phrase is not None:
            segment.chunks = phrase
            _read_segment(text, segment)


def _named(segment: _Segment) -> bool:
    return any(chunk.kind == "concept" and is_content(chunk) for chunk in segment.chunks)


def _completed(text: Text, segments: list[_Segment], index: int) -> list[Chunk] | None:
    segment = segments[index]
    first = next(
        (
            i
            for i, c in enumerate(segment.chunks)
            if not c.classes & {"neutral", "active", "negation", "example", "qualifier"}
        ),
        None,
    )
    if first is None:
        return None
    start, end = segment.chunks[first].start, segment.chunks[-1].end
    words = text.text[start:end]
    earlier = [i for i in range(index - 1, max(-1, index - 7), -1) if _named(segments[i])]
    following = next((i for i in range(index + 1, min(index + 6, len(segments))) if _named(segments[i])), -1)
    for other, ahead in [*([(following, True)] if following >= 0 else []), *((i, False) for i in earlier)]:
        named = next((c for c in segments[other].chunks if c.kind == "concept" and is_content(c)), None)
        if named is None:
            continue
        tokens = [token.text for token in tokenize(text.text[named.start : named.end])]
        for shared, lost in _shared(tokens, ahead=ahead):
            term = text.vocabulary.find(f"{words} {shared}" if ahead else f"{shared} {words}")
            if (
                term is not None
                and not term.quantity
                and named.term is not None
                and term.iri != named.term.iri
            ):
                return [*segment.chunks[:first], *lost, Chunk("concept", start, end, term=term)]
    return None


def _shared(tokens: list[str], *, ahead: bool) -> Iterator[tuple[str, list[Chunk]]]:
    """Yield the words that a name may lend its neighbour, with an adjective ("active") left out of them."""
    for size in range(1, len(tokens)):
        if ahead:
            yield " ".join(tokens[-size:]), []
            continue
        kept = tokens[:-size]
        yield " ".join(kept), []
        _, classes = lexicon().phrase_at(tokenize(kept[0]), 0)
        if len(kept) > 1 and "active" in classes:
            yield " ".join(kept[1:]), [Chunk("word", 0, 0, kept[0].lower(), classes)]


def _join(text: Text, segments: list[_Segment], default: str) -> Expression:
    """Put the members of a list together as their conjunctions say."""
    blocks: list[list[_Segment]] = []
    for segment in segments:
        if segment.joint == ";" or not blocks or default == "and" and _stands_alone(segment):
            blocks.append([])
        blocks[-1].append(segment)
    joined = [_join_block(text, block, default) for block in blocks]
    return any_of(joined) if default == "or" else all_of(joined)


def _stands_alone(segment: _Segment) -> bool:
    """Whether ", and must not …" starts a demand of its own rather than ending a list of alternatives."""
    speaks = segment.negated or any(
        chunk.form in _VERBS | {"must have", "must be"} for chunk in segment.chunks[:3]
    )
    return segment.joint == "and" and segment.after_comma and speaks


def _join_block(text: Text, segments: list[_Segment], default: str) -> Expression:
    if all(segment.expression is None for segment in segments):
        return narrative(text, segments[0].chunks[0].start, segments[-1].chunks[-1].end)
    operands = _negated_groups(text, segments)
    joints = _resolved([joint for joint, _ in operands], default, text.exclusion)
    alternatives: list[list[Expression]] = [[]]
    for joint, (_, expression) in zip(joints, operands, strict=True):
        if joint == "or" and alternatives[-1]:
            alternatives.append([])
        alternatives[-1].append(expression)
    return any_of([all_of(group) for group in alternatives if group])


def _negated_groups(text: Text, segments: list[_Segment]) -> list[tuple[str, Expression]]:
    """Return joint and expression of each member; what one "no" denies together is one member."""
    members: list[tuple[str, Expression]] = []
    denied: list[Expression] = []
    _share_windows(segments)
    _share_remarks(segments)
    _share_times(segments)
    for segment in segments:
        expression = segment.expression or narrative(text, segment.chunks[0].start, segment.chunks[-1].end)
        if segment.expression is None and _denies(segment):
            denied = []
            members.append((segment.joint, expression))
        elif segment.negated and segment.expression is not None:
            denied = [expression]
            members.append((segment.joint, negate(expression)))
        elif members and segment.joint == "," and segment.chunks[0].form == "with" and text.exclusion:
            members[-1] = (members[-1][0], all_of([members[-1][1], expression]))
        elif denied and segment.carries and segment.joint != ";" and _hangs_on(segment):
            denied.append(expression)
            members[-1] = (members[-1][0], negate(any_of(denied)))
        else:
            denied = []
            members.append((segment.joint, expression))
    return members


def _hangs_on(segment: _Segment) -> bool:
    """Whether a member goes on under the "no" before it: it starts with a noun, not with a verb of its own."""
    for chunk in segment.chunks:
        if (
            is_content(chunk)
            or chunk.classes & {"qualifier", "active"}
            or not chunk.classes
            and chunk.kind == "word"
        ):
            return True
        if chunk.form in _VERBS:
            return False
    return True


def _denies(segment: _Segment) -> bool:
    return any("negation" in chunk.classes for chunk in segment.chunks)


def _share_windows(segments: list[_Segment]) -> None:
    """Let a time span at the end of a list hold for its members that state none."""
    if len(segments) < 2 or any(segment.joint == ";" for segment in segments):
        return
    last = segments[-1]
    if isinstance(last.expression, Fact):
        window, category = last.expression.within, last.expression.category
    else:
        window, category = _last_window(last), None
    starts = (
        last.chunks[0].form in _DETERMINERS
        or is_content(last.chunks[0])
        or not last.chunks[0].classes & {"neutral", "negation"}
    )
    if window is None or not starts and (last.after_comma or last.joint != "or"):
        return
    given = {"treatment", "procedure"}
    members = [
        s
        for s in segments
        if isinstance(s.expression, Fact)
        and (category in (None, s.expression.category) or {category, s.expression.category} <= given)
        and (not last.after_comma or s.expression.modifiers.get("status") != "active")
    ]
    if any(isinstance(s.expression, Fact) and s.expression.within not in (None, window) for s in members):
        return
    if len({s.expression.concept for s in members if isinstance(s.expression, Fact)}) < len(members):
        return
    for segment in _reached(segments, members):
        if isinstance(segment.expression, Fact):
            segment.expression = replace(segment.expression, within=window)


def _reached(segments: list[_Segment], members: list[_Segment]) -> list[_Segment]:
    """Return the members, from the last back to the first that has a lead-in of its own ("history of A, B or C")."""
    reached = []
    for segment in reversed(segments):
        if segment in members:
            reached.append(segment)
        if segment is not segments[-1] and any(chunk.form in _RESTARTS for chunk in segment.chunks):
            break
    return reached


def _share_times(segments: list[_Segment]) -> None:
    """Let a time that could not be read as a window narrow all members of its list, not only the last."""
    last = segments[-1]
    words = last.expression.modifiers.get("qualifier", "") if isinstance(last.expression, Fact) else ""
    if len(segments) < 2 or not _TIMED.match(words) or not _is_bare(last) and last.after_comma:
        return
    members = [segment for segment in segments[:-1] if isinstance(segment.expression, Fact)]
    for segment in _reached(segments, members):
        fact = segment.expression
        if isinstance(fact, Fact) and fact.within is None and "qualifier" not in fact.modifiers:
            segment.expression = replace(fact, modifiers={**fact.modifiers, "qualifier": words})


def _last_window(segment: _Segment) -> Window | None:
    found = segment.chunks[-1].window
    alone = (
        segment.expression is None
        and segment.joint in ("or", "and")
        and (_is_bare(segment) or not segment.after_comma)
    )
    return found.window if found is not None and alone else None


def _share_remarks(segments: list[_Segment]) -> None:
    """Let what narrows the last of "pregnant or breastfeeding women who …" narrow the first as well."""
    for first, second in itertools.pairwise(segments):
        one, two = first.expression, second.expression
        if (
            second.joint in ("or", "and")
            and not second.after_comma
            and isinstance(one, Fact)
            and isinstance(two, Fact)
            and len(first.chunks) <= 2
        ):
            words = two.modifiers.get("qualifier")
            narrowed_after = words is not None and len(second.chunks) > 1 and is_content(second.chunks[0])
            if narrowed_after and not one.modifiers and one.category == two.category:
                first.expression = replace(one, modifiers=two.modifiers)


def _resolved(joints: list[str], default: str, exclusion: bool) -> list[str]:
    """Let a comma mean the next conjunction to its right; a list of exclusions offers alternatives."""
    resolved = []
    meaning = default
    for joint in reversed(joints):
        if joint in ("and", "or"):
            meaning = joint
            if joint == "and" and exclusion:
                meaning = "or"
        elif joint in (";", ""):
            resolved.append(default)
            continue
        resolved.append(meaning if joint != "/" else default)
    return resolved[::-1]
