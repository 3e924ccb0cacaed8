"""What a sentence that wasn't read speaks of: concepts that its words demand or bar, each with its sentence.

What stands only in a reason, a condition, an exception, a plan or an explanation isn't spoken of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialgraph.criteria.chunking.asides import aside_after
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.neighbors import goes_on, is_against, is_measured, restates
from trialgraph.criteria.facts.allowances import allowance_at
from trialgraph.criteria.facts.clauses import as_unfit, asked_of_allowed, permits, telling, without_remarks
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.results import is_testable
from trialgraph.criteria.language.connectives import JOINTS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.names import is_examination
from trialgraph.criteria.language.offers import DEMAND, SOME_ASKED
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.anew import FORBIDDING
from trialgraph.criteria.mentions.atoms import RELATIVES, fact_of
from trialgraph.criteria.mentions.clauses import (
    ANEW,
    admits_cancers,
    clause_after,
    forbids,
    heads,
    is_said_of,
    is_unfit,
    keeps_on,
    may_be_asked,
)
from trialgraph.criteria.mentions.dates import dated
from trialgraph.criteria.mentions.leading import leads_to
from trialgraph.criteria.mentions.negations import MODAL, NON, denies, says_nothing
from trialgraph.criteria.mentions.pregnancies import tested_for_pregnancy
from trialgraph.criteria.mentions.risks import goes_on_listing, tells_of_risk
from trialgraph.criteria.mentions.states import take_state
from trialgraph.criteria.mentions.unread import (
    Sentence,
    is_number_behind,
    leads_on,
    lists_kinds,
    names_kind,
)
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["Topic", "topics_of"]

_NAMING = frozenset({"concept", "lesion"})
_BULLETS = frozenset({"*", "•"})
_IF = frozenset({"if", "when", "in case", "in case of"})
_THAT_IS = frozenset({"i.e", "ie", "namely", "asfollow"})
_PROGRESSING = ("progression", "progressive disease")
_MANIFEST = ("manifest", "character")
_PROGRESSION = str(TGC.ProgressiveDisease)
_TOXICITY = str(TGC.TreatmentToxicity)


@dataclass(frozen=True, slots=True)
class Topic:
    """A concept that a sentence speaks of, as a fact with its sentence, and whether it is denied."""

    fact: Fact
    denied: bool


def topics_of(text: Text, chunks: Sequence[tuple[Chunk, int]], *, spared: bool = False) -> list[Topic]:
    """Return what a sentence demands and what it denies, in its words' order.

    Args:
        text: The text.
        chunks: The chunks of the sentence with brackets opened, each with its depth in them.
        spared: They tell whom an exclusion spares ("unless …"), so that they bar nothing by themselves.
    """
    if not any(chunk.kind in _NAMING for chunk, _ in chunks):
        return []
    told = _topics_of(text, chunks, spared=spared)
    tested = None if spared else tested_for_pregnancy(text, chunks)
    if tested is None or any(topic.fact.concept == tested.concept for topic in told):
        return told
    words = text.text[chunks[0][0].start : chunks[-1][0].end]
    if text.exclusion and DEMAND.search(words) is None and SOME_ASKED.match(words) is None:
        return told
    sentence = Sentence(text, chunks, bars=False, found=[(tested, True)])
    context = {"context": " ".join(words.split()).strip(" ;,.:")}
    return [*told, *(Topic(replace(fact, modifiers=context), denied=True) for fact, _ in dated(sentence))]


def _topics_of(text: Text, chunks: Sequence[tuple[Chunk, int]], *, spared: bool) -> list[Topic]:
    whole = text.text[chunks[0][0].start : chunks[-1][0].end]
    chunks = as_unfit(without_remarks(text, chunks))
    bars = text.exclusion and not spared and not (SOME_ASKED.match(whole) and not DEMAND.match(whole))
    supposed, state = False, False
    allowed = allowance_at([chunk for chunk, _ in chunks])
    if allowed is not None and not text.exclusion and admits_cancers(chunks, allowed):
        chunks = chunks[:allowed]
    elif allowed is not None and not forbids(chunks[:allowed]):
        asked, bars = asked_of_allowed(text, chunks, allowed), False
        supposed = bool(asked) and any(is_content(c) for c, _ in chunks if c.start < asked[0][0].start)
        state = bool(asked) and asked[-1][0].end <= chunks[allowed][0].start
        chunks = asked
    if not any(chunk.kind in _NAMING for chunk, _ in chunks):
        return []
    words = telling(text, chunks)
    if lexicon().aside.search(words) or permits(text, words) or heads(chunks):
        return []
    if text.search(lexicon().explanation, words):
        return []
    context = {"context": " ".join(whole.split()).strip(" ;,.:")}
    return [
        Topic(replace(fact, modifiers={**fact.modifiers, **context}), denied != (bars != text.exclusion))
        for fact, denied in dated(_told(Sentence(text, chunks, bars, state=state), words))
        if not supposed or denied or may_be_asked(text, fact)
    ]


def _told(sentence: Sentence, words: str) -> Sentence:
    """Return a sentence with what it demands and denies."""
    text, chunks = sentence.text, sentence.chunks
    sentence.failed = not sentence.bars and text.search(lexicon().failed, words) is not None
    sentence.over = text.search(lexicon().resolved, words) is not None
    sentence.elapsed = not sentence.bars and text.search(lexicon().elapsed, words) is not None
    willing = text.search(lexicon().willing, text.text[chunks[0][0].start : chunks[-1][0].end])
    kept = keeps_on(text, chunks) if sentence.bars else chunks
    if len(kept) < len(chunks):
        sentence.chunks = chunks = kept
    elif willing is not None and not _can_not_be_examined(chunks, chunks[0][0].start + willing.end()):
        end = chunks[0][0].start + willing.start()
        sentence.chunks = chunks = [
            *(each for each in chunks if each[0].start < end),
            *clause_after([each for each in chunks if each[0].start >= end]),
        ]
    if not any(chunk.kind in _NAMING for chunk, _ in chunks):
        return sentence
    barring = next((i for i, (chunk, _) in enumerate(chunks) if "barring" in chunk.classes), None)
    if barring is None or is_unfit(chunks, barring) or (sentence.bars and not is_said_of(chunks, barring)):
        _read(sentence, _subject_end(sentence), len(chunks))
    else:
        _bars(sentence, barring)
    if sentence.over:
        _unresolved(sentence)
    return sentence


def _can_not_be_examined(chunks: Sequence[tuple[Chunk, int]], end: int) -> bool:
    """Whether "unable to undergo" ends before an examination, which is what a bar is about."""
    inability = any("inability" in chunk.classes for chunk, _ in chunks if chunk.start < end)
    named = next((chunk for chunk, _ in chunks if chunk.start >= end and is_content(chunk)), None)
    return inability and named is not None and named.term is not None and is_examination(named.term)


def _read(sentence: Sentence, start: int, end: int) -> None:
    """Take in the chunks from a place up to an exception or the end."""
    depth = outside = sentence.chunks[start][1] if start < end else 0
    excepted: int | None = None
    for index in range(start, end):
        chunk, inside = sentence.chunks[index]
        _open_and_close(sentence, depth, inside)
        depth = inside
        if excepted is not None and inside >= excepted:
            continue
        excepted = None
        if "exception" in chunk.classes:
            if inside <= outside:
                break
            excepted = inside
            continue
        that_is = chunk.form == "that is" or chunk.form.replace(" ", "").strip(".") in _THAT_IS
        manifest = chunk.form.startswith(_MANIFEST)
        if manifest and _marks(sentence, index):
            continue
        if "definition" in chunk.classes and not that_is and (manifest or not lists_kinds(sentence)):
            if inside <= outside:
                break
            if not names_kind(sentence, index):
                excepted = inside
        _take(sentence, index)


def _marks(sentence: Sentence, index: int) -> bool:
    """Whether "characterized by" leads to a marker of the tumour before it."""
    following = next((chunk for chunk, _ in sentence.chunks[index + 1 :] if is_content(chunk)), None)
    return following is not None and following.term is not None and following.term.category == "biomarker"


def _open_and_close(sentence: Sentence, before: int, now: int) -> None:
    """Let what a bracket says end with it."""
    for _ in range(before, now):
        sentence.outer.append((sentence.negated, sentence.aside, sentence.unactual))
    for _ in range(now, before):
        if sentence.outer:
            sentence.negated, sentence.aside, sentence.unactual = sentence.outer.pop()


def _bars(sentence: Sentence, at: int) -> None:
    """Take in what a sentence bars that ends in "… are excluded", unless that may be turned round.

    "Patients are excluded if they have had A" bars what stands behind.
    """
    chunks = [chunk for chunk, _ in sentence.chunks[:at]]
    if at + 1 < len(sentence.chunks) and not any(map(is_content, chunks)):
        if sentence.chunks[at + 1][0].form in _IF:
            _read(sentence, at + 2, len(sentence.chunks))
            sentence.found = [(fact, denied == sentence.bars) for fact, denied in sentence.found]
        return
    turned = {"exception", "definition"} if sentence.over else {"exception", "negation", "definition"}
    if (
        not is_said_of(sentence.chunks, at)
        or any(chunk.classes & turned for chunk in chunks)
        or not any(map(is_content, chunks))
    ):
        return
    _read(sentence, 0, at)
    sentence.found = [(fact, not sentence.bars) for fact, _ in sentence.found if fact.category != "lesion"]


def _unresolved(sentence: Sentence) -> None:
    """Take "toxicity has resolved" for a bar to toxicity, and "has not recovered from it" too."""
    opening = sentence.text.text[sentence.chunks[0][0].start : sentence.chunks[-1][0].end]
    demanded = DEMAND.match(opening) is not None
    barred = not sentence.bars or demanded
    kinds = ("condition",) if barred else ("condition", "procedure")
    past = [(fact, True) for fact, denied in sentence.found if denied and fact.category in GIVEN]
    over = [(fact, barred) for fact, _ in sentence.found if fact.category in kinds]
    sentence.found = over + past


def _subject_end(sentence: Sentence) -> int:
    """Return where the demand starts in "patients with X must have Y", which is about Y."""
    if sentence.bars or sentence.over:
        return 0
    first = next((chunk.term for chunk, _ in sentence.chunks if is_content(chunk)), None)
    if sentence.elapsed and first is not None and first.category in GIVEN:
        return 0
    if sentence.chunks[0][0].form == "no":
        return 0
    modal = (index for index, (chunk, _) in enumerate(sentence.chunks) if chunk.form in MODAL)
    return next(modal, 0)


def _take(sentence: Sentence, index: int) -> None:
    chunk = sentence.chunks[index][0]
    before = sentence.chunk(index - 1)
    if chunk.kind in ("concept", "lesion") and is_content(chunk):
        _name(sentence, index)
        return
    if chunk.kind == "concept" and chunk.term is not None and chunk.term.quantity:
        _test(sentence, chunk, before)
    elif chunk.kind == "sign":
        _part(sentence, index)
    elif chunk.form in _BULLETS:
        sentence.lead = sentence.negated if sentence.lead is None else sentence.lead
        sentence.negated, sentence.aside = sentence.lead, "held" if sentence.aside == "held" else ""
    elif chunk.form == "negative":
        _lacks(sentence, index)
    elif (
        sentence.negated and before is not None and before.form == "and" and chunk.form.split(" ")[0] in ANEW
    ):
        sentence.negated, sentence.aside = False, ""
    elif says_nothing(sentence, index) or is_number_behind(sentence, index) or take_state(sentence, index):
        return
    elif "negation" in chunk.classes:
        named = denies(sentence, index)
        kept = sentence.aside if sentence.aside == "held" else ""
        sentence.negated, sentence.aside = named, kept if named else "open"
    elif "exposure" in chunk.classes and chunk.form.startswith(_PROGRESSING):
        _progresses(sentence, chunk)
    elif (
        chunk.form in JOINTS or chunk.kind != "word" or leads_on(sentence, index) or leads_to(sentence, index)
    ):
        _open_examples(sentence, chunk)
    elif not tells_of_risk(sentence, index):
        sentence.aside = aside_after(chunk, before, sentence.aside)


def _open_examples(sentence: Sentence, chunk: Chunk) -> None:
    """Let examples end an aside, however they are led in ("A for lung cancer, including B")."""
    if "example" in chunk.classes and sentence.aside != "held":
        sentence.aside = ""


def _lacks(sentence: Sentence, index: int) -> None:
    """Let "negative" deny the marker before it ("HBsAg negative but HBcAb positive"), else what follows."""
    before, depth = sentence.chunks[index - 1] if index else (None, 0)
    beside = before is not None and depth == sentence.chunks[index][1] and is_testable(before)
    term = before.term if before is not None and beside else None
    if term is None:
        sentence.negated = True
    elif sentence.found and sentence.found[-1][0].concept == term.iri:
        fact, denied = sentence.found[-1]
        sentence.found[-1] = (fact, not denied)


def _test(sentence: Sentence, chunk: Chunk, before: Chunk | None) -> None:
    """Take "negative for HCV RNA" for a test whose positive result has a name."""
    if before is None or not before.form.startswith("negative"):
        return
    words = sentence.text.text[chunk.start : chunk.end]
    term = sentence.text.vocabulary.find(f"{words} positive")
    if term is not None and term.category == "biomarker":
        span = sentence.text.span(chunk.start, chunk.end)
        sentence.found.append((Fact(term.iri, term.label, term.category, span=span), True))


def _progresses(sentence: Sentence, chunk: Chunk) -> None:
    """Take in the progression of "progression during or after cisplatin", which its preposition goes with."""
    term = sentence.text.vocabulary.by_iri.get(_PROGRESSION)
    if term is not None and not (sentence.aside or sentence.unactual):
        span = sentence.text.span(chunk.start, chunk.end)
        sentence.found.append((Fact(term.iri, term.label, "condition", span=span), sentence.negated))


def _part(sentence: Sentence, index: int) -> None:
    """Let a colon, or a comma that fits, end an aside."""
    form, aside = sentence.chunks[index][0].form, sentence.aside
    later = sentence.chunks[index + 1 :] if aside == "held" else ()
    demanded = any(chunk.form in MODAL for chunk, _ in later)
    ends = aside in ("loose", "linked", "kept") or demanded
    if form == ":" or (form == "," and (ends or (aside == "open" and goes_on_listing(sentence, index)))):
        sentence.aside = ""
    following = sentence.chunk(index + 1)
    if form == "," and following is not None and following.form.split(" ")[0] in ANEW:
        sentence.unactual = False


def _name(sentence: Sentence, index: int) -> None:
    """Take in a concept, unless it stands in an aside or its neighbours make it another."""
    chunk, before = sentence.chunks[index][0], sentence.chunk(index - 1)
    if chunk.term is not None and chunk.term.iri == FORBIDDING and tells_of_risk(sentence, index):
        return
    fact = fact_of(sentence, chunk)
    aside = "" if sentence.over and _is_toxicity(chunk) else sentence.aside
    told = aside or sentence.unactual or (before is not None and _restates(sentence, before, chunk))
    told = (
        told
        or is_measured(sentence.chunks, index, bars=sentence.bars)
        or (before is not None and before.form in NON)
        or is_against(sentence.text, sentence.chunks, index)
    )
    if sentence.aside == "loose":
        sentence.aside = "open"
    elif chunk.term is not None and RELATIVES in chunk.term.ancestors:
        sentence.aside = "held"
    if fact is None or told or goes_on(sentence.text, chunk, sentence.chunk(index + 1)):
        return
    if sentence.only in (None, fact.category):
        examined = chunk.term is not None and is_examination(chunk.term)
        past = sentence.elapsed and fact.category in GIVEN and not examined
        following = sentence.chunk(index + 1)
        lacking = "lacking" in (chunk.classes | (following.classes if following is not None else frozenset()))
        sentence.found.append((fact, past or lacking or sentence.negated))


def _restates(sentence: Sentence, before: Chunk, chunk: Chunk) -> bool:
    """Whether a name only repeats the one before it, or says of which drug the dose of a treatment is."""
    told = any(fact.category in GIVEN for fact, _ in sentence.found)
    return restates(before, chunk) and (told or before.kind != "limit")


def _is_toxicity(chunk: Chunk) -> bool:
    """Whether a chunk names what "recovered from" is about, however the words before it are turned."""
    return chunk.term is not None and chunk.term.is_a(_TOXICITY)
