"""One stretch of a list as a fact: what narrows the concept before and after it, and what it negates.

A fact is read only when every word around the concept is accounted for: before it, words that
demand nothing and words that narrow; after it, nouns that add nothing and phrases that narrow. Any
other word may turn the concept into something else ("hypertension medication", "risk of bleeding"),
so the stretch stays narrative.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.lesions import counts_lesions
from trialgraph.criteria.vocabulary import Term
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Window
from trialgraph.namespaces import TGC

__all__ = ["CONTENT", "FactReading", "is_content", "read_fact"]

CONTENT = frozenset({"concept", "value", "lesion"})
_MALIGNANT = str(TGC.MalignantNeoplasm)
_OTHER_MALIGNANT = str(TGC.OtherMalignantNeoplasm)
_AS = frozenset(
    {
        "status",
        "confirmed",
        "determined",
        "documented",
        "as",
        "is",
        "to be",
        "be",
        "type",
        "of",
        "to",
        "defined as",
        "tumor",
        "must",
        "must be",
    }
)
_STANDARD = re.compile(
    r"(?:based on|according to|as per|per|by|as defined by|as assessed by|using|following)\b.{0,80}"
    r"\b(?:criteria|guidelines?|classification|consensus|edition|RECIST|version|standards?|AJCC|UICC|WHO|AASLD|mRECIST)\b",
    re.IGNORECASE,
)
_PREDICATES = frozenset(
    [
        "must",
        "should",
        "shall",
        "will",
        "can",
        "could",
        "may",
        "might",
        "would",
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "agree",
        "need",
    ]
)
_OTHER = frozenset(
    {
        "other",
        "another",
        "second",
        "additional",
        "any other",
        "additional primary",
        "second primary",
        "other primary",
    }
)
_STACKABLE = frozenset({"biomarker", "condition"})


@dataclass(frozen=True, slots=True)
class FactReading:
    """What a stretch says.

    Args:
        expression: The fact or facts.
        negated: The stretch itself denies them ("no", "negative").
        leading: What narrows them from in front, and may narrow bare members of the list after them.
    """

    expression: Expression
    negated: bool = False
    leading: str | None = None


@dataclass(slots=True)
class _Around:
    """What is said around a concept."""

    negated: bool = False
    other: bool = False
    qualified: tuple[int, int] | None = None
    leading: str | None = None
    qualifiers: list[str] = field(default_factory=list)
    modifiers: dict[str, str] = field(default_factory=dict)
    window: Window | None = None
    count: Limit | None = None
    size: Limit | None = None
    malignant: set[str] = field(default_factory=set)
    extra: list[Expression] = field(default_factory=list)


def is_content(chunk: Chunk) -> bool:
    """Whether a chunk names something that can be formalised: a concept other than a bare quantity."""
    return chunk.kind in CONTENT and not (
        chunk.kind == "concept" and chunk.term is not None and chunk.term.quantity
    )


def read_fact(text: Text, chunks: Sequence[Chunk]) -> FactReading | None:
    """Return what a stretch with a concept says, or None when a word in it isn't understood."""
    first = next((i for i, chunk in enumerate(chunks) if is_content(chunk)), None)
    if first is None or chunks[first].kind == "value":
        return None
    around = _Around()
    if not _read_before(text, chunks[:first], around):
        return None
    after = first + 1
    heads = [chunks[first]]
    while after < len(chunks) and _stacks(heads[-1], chunks, after):
        if chunks[after].kind != "sign":
            heads.append(chunks[after])
        after += 1
    after = _more_exact(heads, chunks, after)
    if not _read_after(text, heads[-1], chunks[after:], around):
        return None
    return _assemble(text, heads, chunks, around)


def _more_exact(heads: list[Chunk], chunks: Sequence[Chunk], after: int) -> int:
    """Read "microsatellite status confirmed as MSS" as MSS; return where the rest starts."""
    index = after
    while index < len(chunks) and chunks[index].kind == "word" and chunks[index].form in _AS:
        index += 1
    found = chunks[index].term if after < index < len(chunks) else None
    head = heads[-1].term
    if found is not None and head is not None and found.iri != head.iri and head.iri in found.ancestors:
        heads[-1] = chunks[index]
        return index + 1
    return after


def _stacks(head: Chunk, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether the next chunk is another concept of one noun phrase ("pMMR/MSS colorectal adenocarcinoma")."""
    chunk = chunks[index]
    if chunk.kind == "sign" and chunk.form == "/":
        following = chunks[index + 1] if index + 1 < len(chunks) else None
        return (
            following is not None and following.kind == "concept" and _category(following) == _category(head)
        )
    if chunk.kind != "concept" or chunk.term is None or chunk.term.quantity:
        return False
    if chunks[index - 1].kind == "sign":
        return _category(chunk) == _category(head)
    return _category(head) in _STACKABLE and _category(chunk) == "condition"


def _category(chunk: Chunk) -> str | None:
    return chunk.term.category if chunk.term else None


def _read_before(text: Text, chunks: Sequence[Chunk], around: _Around) -> bool:
    """Take in the words before a concept; False when one of them isn't known to be harmless."""
    told: list[Chunk] = []
    for chunk in chunks:
        if chunk.kind == "window" and chunk.window is not None:
            around.window = chunk.window.window
            continue
        if (chunk.kind == "sign" and chunk.form in (",", ".")) or (chunk.form in ("or", "and", "/") and told):
            continue
        if chunk.kind != "word":
            return False
        classes = chunk.classes
        if classes & {"confirmation", "confirmed"} and not (
            chunk.form in ("evidence of", "diagnosis of") and not told
        ):
            told.append(chunk)
        elif "negation" in classes:
            around.negated = not around.negated
        elif chunk.form in _OTHER:
            around.other = True
        elif "active" in classes:
            around.modifiers["status"] = "active"
        elif "qualifier" in classes:
            _qualify(text, chunk, around)
        elif "neutral" not in classes and not (text.exclusion and "example" in classes):
            return False
    _tell(text, told, around)
    lone = [words for words in around.qualifiers if words.lower() not in ("multiple", "first", "new")]
    around.leading = "; ".join(lone) or None
    return True


def _qualify(text: Text, chunk: Chunk, around: _Around) -> None:
    """Keep a narrowing word; words that stand together stay together."""
    if around.qualified is not None:
        between = text.text[around.qualified[1] : chunk.start].strip(" ,")
        if between in ("", "or", "and", "/", "and/or"):
            around.qualified = (around.qualified[0], chunk.end)
            around.qualifiers[-1] = text.text[around.qualified[0] : chunk.end]
            return
    around.qualified = (chunk.start, chunk.end)
    around.qualifiers.append(text.text[chunk.start : chunk.end])


def _tell(text: Text, told: list[Chunk], around: _Around) -> None:
    """Keep how a diagnosis has to be confirmed, unless the clinic's word is enough."""
    means = [chunk for chunk in told if "confirmation" in chunk.classes]
    if means and not any(chunk.form.startswith("clinic") for chunk in means):
        around.modifiers["confirmation"] = text.text[means[0].start : told[-1].end]


def _read_after(text: Text, head: Chunk, chunks: Sequence[Chunk], around: _Around) -> bool:
    """Take in what follows a concept; False when it makes the concept something else."""
    for index, chunk in enumerate(chunks):
        classes = chunk.classes
        if chunk.form in _PREDICATES and not (
            head.term is not None and counts_lesions(head.term) and chunk.form in ("is", "are")
        ):
            return False
        if chunk.kind == "value" and chunk.expression is not None:
            around.extra.append(chunk.expression)
        elif chunk.kind == "window" and chunk.window is not None:
            around.window = around.window or chunk.window.window
            if chunk.window.narrowed:
                around.qualifiers.append(text.text[chunk.start : chunk.end])
        elif chunk.kind == "bracket":
            _read_bracket(text, head, chunk, around)
        elif chunk.kind == "size" and chunk.size is not None and head.term and counts_lesions(head.term):
            around.size = chunk.size.size
        elif (
            chunk.form == "negative"
            and head.term is not None
            and head.term.category in ("biomarker", "reproductive")
        ):
            around.negated = not around.negated
        elif "tail" in classes or (chunk.kind == "sign" and chunk.form in (".", ",", ":")):
            continue
        elif "active" in classes:
            around.modifiers["status"] = "active"
        elif (
            classes & {"example", "regardless"}
            or _is_standard(text, chunks[index:])
            or _is_method(head, chunk)
        ):
            return True
        elif (
            classes & {"post", "condition", "negation", "definition", "qualifier", "confirmed"}
            or chunk.kind == "limit"
        ):
            _keep_rest(text, head, chunks[index:], around)
            return True
        elif _is_gloss(head, chunk):
            continue
        else:
            return False
    return True


def _keep_rest(text: Text, head: Chunk, chunks: Sequence[Chunk], around: _Around) -> None:
    """Keep what narrows a concept in its own words; a diameter among them is read."""
    rest = []
    plain = not any("definition" in chunk.classes or chunk.form == "or" for chunk in chunks)
    for chunk in chunks:
        if (
            plain
            and chunk.kind == "size"
            and chunk.size is not None
            and head.term
            and counts_lesions(head.term)
        ):
            around.size = chunk.size.size
        else:
            rest.append(chunk)
    while rest and (rest[-1].kind == "sign" or rest[-1].form in ("with", "and", "a", "with a")):
        rest.pop()
    if rest:
        name = "agent" if head.term is not None and head.term.category == "allergy" else "qualifier"
        words = text.text[rest[0].start : rest[-1].end]
        if name == "agent":
            around.modifiers[name] = words.removeprefix("to ").strip()
        else:
            around.qualifiers.append(words)


def _is_standard(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether the rest only names the rules by which a diagnosis is made."""
    words = text.text[chunks[0].start : chunks[-1].end]
    return _STANDARD.match(words) is not None and not any(
        chunk.kind in ("value", "lesion", "size") for chunk in chunks
    )


def _is_method(head: Chunk, chunk: Chunk) -> bool:
    """Whether the rest tells how a marker was found, which doesn't change what was found."""
    return _category(head) == "biomarker" and chunk.form in (
        "confirmed",
        "determined",
        "detected",
        "assessed",
        "tested",
        "measured",
        "by",
        "documented",
    )


def _is_gloss(head: Chunk, chunk: Chunk) -> bool:
    """Whether a chunk only repeats the concept, or names one above or below it."""
    if chunk.kind != "concept" or chunk.term is None or head.term is None:
        return False
    return _related(head.term, chunk.term)


def _related(one: Term, other: Term) -> bool:
    return one.iri == other.iri or one.iri in other.ancestors or other.iri in one.ancestors


def _read_bracket(text: Text, head: Chunk, bracket: Chunk, around: _Around) -> None:
    inner = bracket.inner
    if not inner or any("example" in chunk.classes for chunk in inner[:1]) or _only_repeats(head, inner):
        return
    opening = inner[0]
    if head.term and counts_lesions(head.term) and (count := _bracketed_count(inner)) is not None:
        around.count = count
        return
    if opening.form in ("using", "by", "per", "calculated", "based", "according") or _is_standard(
        text, inner
    ):
        return
    values = [chunk.expression for chunk in inner if chunk.kind == "value" and chunk.expression is not None]
    if len(inner) == 1 and inner[0].kind == "window" and inner[0].window is not None:
        around.window = around.window or inner[0].window.window
    elif values and all(chunk.kind in ("value", "sign") or chunk.form == "or" for chunk in inner):
        around.extra.append(values[0] if len(values) == 1 else AnyOf(tuple(values)))
    else:
        words = text.text[bracket.start + 1 : max(bracket.start + 1, bracket.end - 1)].strip()
        name = "exception" if "exception" in opening.classes else "qualifier"
        if name == "exception":
            around.modifiers[name] = text.text[opening.end : bracket.end - 1].strip(" :,")
        else:
            around.qualifiers.append(words)


def _bracketed_count(inner: Sequence[Chunk]) -> Limit | None:
    """Return the number of lesions that a bracket states ("> 5 lesions")."""
    first = inner[0]
    if first.kind == "lesion" and isinstance(first.expression, Fact):
        return first.expression.count
    plain = (
        first.kind == "limit" and first.limit is not None and first.limit.unit is None and first.limit.stated
    )
    return (
        first.limit.limit if plain and len(inner) == 2 and inner[1].form == "lesion" and first.limit else None
    )


def _only_repeats(head: Chunk, inner: Sequence[Chunk]) -> bool:
    """Whether a bracket only abbreviates or paraphrases the concept before it."""
    if len(inner) == 1 and inner[0].kind == "word" and not inner[0].classes:
        return True
    for chunk in inner:
        repeats = _is_gloss(head, chunk) or (
            _category(head) == "condition" and _category(chunk) == "biomarker"
        )
        if (
            not repeats
            and not chunk.classes & {"tail", "neutral"}
            and chunk.form not in ("-", "/", ",", "or", "and", "antibody")
        ):
            return False
    return True


def _assemble(text: Text, heads: list[Chunk], chunks: Sequence[Chunk], around: _Around) -> FactReading | None:
    groups: list[list[Fact]] = []
    for chunk in heads:
        if chunk.term is not None and _MALIGNANT in chunk.term.ancestors:
            around.malignant.add(chunk.term.iri)
        fact = _fact(text, chunk)
        if fact is None:
            return None
        same = groups and groups[-1][-1].category == fact.category and fact.category == "biomarker"
        (groups[-1].append(fact) if same else groups.append([fact]))
    groups[-1] = [_narrowed(fact, around) for fact in groups[-1]]
    parts: list[Expression] = [group[0] if len(group) == 1 else AnyOf(tuple(group)) for group in groups]
    parts += around.extra
    expression = parts[0] if len(parts) == 1 else AllOf(tuple(parts))
    ends_with_concept = chunks[-1].kind == "concept"
    return FactReading(expression, around.negated, around.leading if ends_with_concept else None)


def _fact(text: Text, chunk: Chunk) -> Fact | None:
    if isinstance(chunk.expression, Fact):
        return chunk.expression
    if chunk.term is None or chunk.term.category is None:
        return None
    if chunk.term.iri == _OTHER_MALIGNANT:
        span = text.span(chunk.start, chunk.end)
        return Fact(
            _MALIGNANT, "malignant neoplasm", "condition", {"relation": "other"}, None, None, None, span
        )
    return Fact(
        chunk.term.iri,
        chunk.term.label,
        chunk.term.category,
        {},
        None,
        None,
        None,
        text.span(chunk.start, chunk.end),
    )


def _narrowed(fact: Fact, around: _Around) -> Fact:
    modifiers: dict[str, str] = {**fact.modifiers, **around.modifiers}
    qualifiers = [words for words in around.qualifiers if not _goes_without_saying(fact, words, around)]
    if around.other:
        if fact.concept == _MALIGNANT:
            modifiers["relation"] = "other"
        elif fact.category in ("treatment", "procedure"):
            qualifiers.insert(0, "other")
    if qualifiers:
        modifiers["qualifier"] = "; ".join([*filter(None, [modifiers.get("qualifier")]), *qualifiers])
    lesion = around.count is not None or around.size is not None
    return replace(
        fact,
        modifiers=modifiers,
        category="lesion" if lesion else fact.category,
        count=around.count or fact.count,
        size=around.size or fact.size,
        within=fact.within or around.window,
    )


def _goes_without_saying(fact: Fact, words: str, around: _Around) -> bool:
    """Whether a word adds nothing here: "recent" beside a time span, "primary" before a cancer."""
    lower = words.lower()
    if lower == "primary":
        return fact.concept == _MALIGNANT or fact.concept in around.malignant
    if lower == "multiple":
        return (around.count or fact.count) is not None
    return lower in ("recent", "recently") and (fact.within or around.window) is not None


def with_modifiers(fact: Fact, modifiers: Mapping[str, str]) -> Fact:
    """Return a fact with more modifiers."""
    return replace(fact, modifiers={**fact.modifiers, **modifiers})
