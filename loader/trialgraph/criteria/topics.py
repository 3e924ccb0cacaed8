"""What a sentence that wasn't read speaks of: concepts that its words demand or bar, each with its sentence.

What stands only in a reason, a condition, an exception, a plan or an explanation isn't spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trialgraph.criteria.asides import HAVING, Aside, aside_after
from trialgraph.criteria.chunks import Chunk, Text
from trialgraph.criteria.facts import is_content
from trialgraph.criteria.lexicon import lexicon
from trialgraph.criteria.neighbors import JOINING, goes_on, is_measured, restates
from trialgraph.criteria.offers import DEMAND
from trialgraph.criteria.vocabulary import GIVEN
from trialgraph.expressions import Fact, Window
from trialgraph.namespaces import TGC

__all__ = ["Topic", "topics_of"]

_MODAL = frozenset(
    [
        "must",
        "should",
        "shall",
        "must have",
        "must be",
        "need",
        "need to",
        "are required to",
        "is required to",
    ]
)
_THAT_IS = frozenset({"i.e", "ie", "namely"})
_MANIFEST = ("manifest", "character")
_TREATMENT = ("treatment", "therapy", "treated")
_RELATIVE = ("that", "which", "who")
_BEING = ("is", "are", "be", "will be", "should be", "must be", "were", "was", "may not", "cannot", "not ")
_REQUIRED = frozenset({"requiring", "require", "required", "requires", "that required", "needing"})
_AFTER = frozenset({"after", "following", "on", "during", "to", "by", "since", "with", "including", "of"})
_STAYING = frozenset({"be", "is", "are", "being", "currently", "stable", "maintained", "patient", "subject",
                      "participant", "who are", "individual", "must be", "ongoing", "now"})  # fmt: skip
"""Words before "on" that say what is being taken ("patients on anticoagulants")."""
_VAGUE = frozenset({str(TGC.Neoplasm), str(TGC.InformedConsent), str(TGC.TumorLesion)})
_ONLY_BARRED = frozenset({str(TGC.MalignantNeoplasm)})
_OF_WOMEN = frozenset({"procedure", "reproductive"})
_CHILDBEARING = re.compile(
    r"child-?\s?bearing|contracep|amenorr|steriliz|reproductive potential", re.IGNORECASE
)
"""What a criterion speaks of that names operations and states only to say who can't bear children."""
_MENOPAUSE = frozenset({str(TGC.Postmenopausal), str(TGC.Premenopausal)})
_OWN = ("study", "trial", "protocol")
_INVESTIGATIONAL = str(TGC.InvestigationalDrug)
_RELATIVES = str(TGC.FamilyHistory)


@dataclass(frozen=True, slots=True)
class Topic:
    """A concept that a sentence speaks of, as a fact with its sentence, and whether it is denied."""

    fact: Fact
    denied: bool


@dataclass(slots=True)
class _Sentence:
    """A sentence under reading: what its words so far make of the concept that comes next.

    Args:
        text: The text.
        chunks: The chunks of the sentence, with the number of brackets that each stands in.
        negated: A "no" holds.
        aside: What comes next is no demand.
        failed: It tells of a treatment that didn't help.
        unactual: What comes next isn't so, or isn't so yet.
        over: It tells of what is over.
        elapsed: It tells how long ago something has to be.
        only: The one category that a definition may list.
        outer: What held where the open brackets started.
    """

    text: Text
    chunks: Sequence[tuple[Chunk, int]]
    negated: bool = False
    aside: Aside = ""
    failed: bool = False
    unactual: bool = False
    over: bool = False
    elapsed: bool = False
    only: str | None = None
    outer: list[tuple[bool, Aside, bool]] = field(default_factory=list)
    found: list[tuple[Fact, bool]] = field(default_factory=list)

    def chunk(self, index: int) -> Chunk | None:
        """Return a chunk, None before the first and after the last."""
        return self.chunks[index][0] if 0 <= index < len(self.chunks) else None


def topics_of(text: Text, chunks: Sequence[tuple[Chunk, int]]) -> list[Topic]:
    """Return what a sentence demands and what it denies, in its words' order.

    Args:
        text: The text.
        chunks: The chunks of the sentence with brackets opened, each with its depth in them.
    """
    opening, closing = chunks[0][0].start, chunks[-1][0].end
    words = text.text[opening:closing]
    if not any(is_content(chunk) for chunk, _ in chunks) or lexicon().aside.search(words) or _permits(words):
        return []
    if any("allowance" in chunk.classes for chunk, _ in chunks) or _heads(chunks):
        return []
    if lexicon().explanation.search(words):
        return []
    failed = not text.exclusion and lexicon().failed.search(words) is not None
    sentence = _Sentence(text, chunks, failed=failed, over=lexicon().resolved.search(words) is not None)
    sentence.elapsed = not text.exclusion and lexicon().elapsed.search(words) is not None
    willing = lexicon().willing.search(words)
    if willing is not None:
        chunks = [each for each in chunks if each[0].start < opening + willing.start()]
        if not any(is_content(chunk) for chunk, _ in chunks):
            return []
    sentence.chunks = chunks
    barring = next((i for i, (chunk, _) in enumerate(chunks) if "barring" in chunk.classes), None)
    if barring is None:
        _read(sentence, _subject_end(sentence), len(chunks))
    elif not _bars(sentence, barring):
        return []
    if sentence.over:
        _unresolved(sentence)
    context = {"context": " ".join(words.split()).strip(" ;,.:")}
    return [
        Topic(replace(fact, modifiers={**fact.modifiers, **context}), denied)
        for fact, denied in _dated(sentence)
    ]


def _permits(words: str) -> bool:
    """Whether a sentence tells what patients may do ("patients may have received A")."""
    permitted = lexicon().permission.search(words)
    return permitted is not None and not words[: permitted.start()].rstrip().endswith(_RELATIVE)


def _heads(chunks: Sequence[tuple[Chunk, int]]) -> bool:
    """Whether words only say whom what follows is for ("PERIPHERAL T-CELL LYMPHOMA (PTCL) ONLY")."""
    last = next((chunk for chunk, _ in reversed(chunks) if chunk.kind != "sign"), None)
    return last is not None and last.form == "only" and sum(is_content(chunk) for chunk, _ in chunks) <= 2


def _read(sentence: _Sentence, start: int, end: int) -> None:
    """Take in the chunks from a place up to an exception or the end."""
    depth = sentence.chunks[start][1] if start < end else 0
    for index in range(start, end):
        chunk, inside = sentence.chunks[index]
        _open_and_close(sentence, depth, inside)
        depth = inside
        if "exception" in chunk.classes:
            break
        that_is = chunk.form.replace(" ", "").strip(".") in _THAT_IS
        manifest = chunk.form.startswith(_MANIFEST)
        if "definition" in chunk.classes and not that_is and (manifest or not _lists_kinds(sentence)):
            break
        _take(sentence, index)


def _open_and_close(sentence: _Sentence, before: int, now: int) -> None:
    """Let what a bracket says end with it."""
    for _ in range(before, now):
        sentence.outer.append((sentence.negated, sentence.aside, sentence.unactual))
    for _ in range(now, before):
        if sentence.outer:
            sentence.negated, sentence.aside, sentence.unactual = sentence.outer.pop()


def _lists_kinds(sentence: _Sentence) -> bool:
    """Whether a definition may list the diseases that are barred ("cardiac disease, defined as …")."""
    if not sentence.text.exclusion or not sentence.found or sentence.found[-1][0].category != "condition":
        return False
    sentence.only = "condition"
    return True


def _bars(sentence: _Sentence, at: int) -> bool:
    """Take in what a sentence bars that ends in "… are excluded"; False where that may be turned round."""
    chunks = [chunk for chunk, _ in sentence.chunks[:at]]
    turned = {"exception", "negation", "definition"}
    verb = sentence.chunks[at][0].form.startswith(_BEING) or (bool(chunks) and chunks[-1].form in _BEING)
    if not verb or any(chunk.classes & turned for chunk in chunks) or not any(map(is_content, chunks)):
        return False
    _read(sentence, 0, at)
    sentence.found = [
        (fact, not sentence.text.exclusion) for fact, _ in sentence.found if fact.category != "lesion"
    ]
    return True


def _unresolved(sentence: _Sentence) -> None:
    """Take "toxicity has resolved" for a bar to toxicity, and "has not recovered from it" too."""
    opening = sentence.text.text[sentence.chunks[0][0].start : sentence.chunks[-1][0].end]
    demanded = DEMAND.match(opening) is not None
    barred = not sentence.text.exclusion or demanded
    kinds = ("condition",) if barred else ("condition", "procedure")
    sentence.found = [(fact, barred) for fact, _ in sentence.found if fact.category in kinds]


def _subject_end(sentence: _Sentence) -> int:
    """Return where the demand starts in "patients with X must have Y", which is about Y."""
    if sentence.text.exclusion:
        return 0
    modal = (index for index, (chunk, _) in enumerate(sentence.chunks) if chunk.form in _MODAL)
    return next(modal, 0)


def _take(sentence: _Sentence, index: int) -> None:
    chunk = sentence.chunks[index][0]
    before = sentence.chunk(index - 1)
    if chunk.kind in ("concept", "lesion") and is_content(chunk):
        _name(sentence, index)
        return
    if chunk.kind == "sign":
        _part(sentence, index)
    elif chunk.form == "negative":
        sentence.negated = True
    elif _says_nothing(sentence, chunk, before):
        return
    elif "negation" in chunk.classes:
        soon = {each.form for each, _ in sentence.chunks[index + 1 : index + 3]}
        denies = chunk.form != "not" or bool(soon & HAVING)
        kept = sentence.aside if sentence.aside == "held" else ""
        sentence.negated, sentence.aside = denies, kept if denies else "open"
    elif chunk.form in JOINING or chunk.kind != "word" or _leads_on(sentence, index):
        return
    elif "unactual" in chunk.classes:
        sentence.unactual = "planned" not in chunk.classes
    else:
        sentence.aside = aside_after(chunk, before, sentence.aside)


def _leads_on(sentence: _Sentence, index: int) -> bool:
    """Whether a word leads on to something that the patient has or was given."""
    treats = sentence.chunks[index][0].form == "for" and _treats(sentence, index)
    return treats or _leads_to_treatment(sentence, index)


def _treats(sentence: _Sentence, index: int) -> bool:
    """Whether "for" leads from a treatment without a name to the disease that it was for."""
    before = sentence.chunk(index - 1)
    treated = before is not None and before.kind == "word" and before.form.endswith(_TREATMENT)
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    disease = following is not None and following.term is not None and following.term.category == "condition"
    return sentence.text.exclusion and not sentence.negated and treated and disease


def _says_nothing(sentence: _Sentence, chunk: Chunk, before: Chunk | None) -> bool:
    """Whether a word denies nothing of what comes next: "non-", and "must not" within an exclusion.

    There "…, they must not receive A" bars what it denies.
    """
    if chunk.form == "non" or (sentence.over and chunk.form in ("not", "from")):
        return True
    within = sentence.text.exclusion and chunk.form == "not" and before is not None and before.form in _MODAL
    opening = sentence.text.text[sentence.chunks[0][0].start : chunk.end]
    return within and DEMAND.match(opening) is None


def _part(sentence: _Sentence, index: int) -> None:
    """Let a colon, or a comma that fits, end an aside."""
    form, aside = sentence.chunks[index][0].form, sentence.aside
    later = sentence.chunks[index + 1 :] if aside == "held" else ()
    demanded = any(chunk.form in _MODAL for chunk, _ in later)
    if form == ":" or (form == "," and (aside in ("loose", "linked", "kept") or demanded)):
        sentence.aside = ""


def _name(sentence: _Sentence, index: int) -> None:
    """Take in a concept, unless it stands in an aside or its neighbours make it another."""
    chunk, before = sentence.chunks[index][0], sentence.chunk(index - 1)
    fact = _fact(sentence, chunk)
    told = sentence.aside or sentence.unactual or (before is not None and restates(before, chunk))
    told = (
        told
        or is_measured(sentence.text, sentence.chunks, index)
        or (before is not None and before.form == "non")
    )
    if sentence.aside == "loose":
        sentence.aside = "open"
    elif chunk.term is not None and _RELATIVES in chunk.term.ancestors:
        sentence.aside = "held"
    if fact is None or told or goes_on(sentence.text, chunk, sentence.chunk(index + 1)):
        return
    if sentence.only in (None, fact.category):
        past = sentence.elapsed and fact.category in GIVEN
        sentence.found.append((fact, past or sentence.negated))


def _leads_to_treatment(sentence: _Sentence, index: int) -> bool:
    """Whether a word leads to what was given: from failure, from need, or from one treatment to its drugs."""
    form = sentence.chunks[index][0].form
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    if following is None or following.term is None or following.term.category not in GIVEN:
        return False
    before = sentence.chunk(index - 1)
    if form == "on" and (before is None or before.form in _STAYING or before.form == "or"):
        sentence.negated = sentence.negated and before is not None and before.form != "or"
        return True
    if form == "with" and before is not None and before.term is not None and before.term.category in GIVEN:
        return True
    return form in (_REQUIRED if sentence.text.exclusion else _AFTER if sentence.failed else frozenset())


def _fact(sentence: _Sentence, chunk: Chunk) -> Fact | None:
    term, text = chunk.term, sentence.text
    if isinstance(chunk.expression, Fact):
        return chunk.expression
    if term is None or term.category is None or term.iri in _VAGUE or _RELATIVES in term.ancestors:
        return None
    demanded = not (text.exclusion or sentence.negated)
    if demanded and term.category in _OF_WOMEN and _CHILDBEARING.search(text.text):
        return None
    if demanded and (
        term.iri in _ONLY_BARRED or (term.category == "reproductive" and term.iri not in _MENOPAUSE)
    ):
        return None
    if term.iri == _INVESTIGATIONAL and chunk.form.startswith(_OWN):
        return None
    return Fact(term.iri, term.label, term.category, span=text.span(chunk.start, chunk.end))


def _dated(sentence: _Sentence) -> Iterator[tuple[Fact, bool]]:
    """Yield the facts in the time that the sentence states after them."""
    windows = [
        (sentence.text.span(chunk.start, chunk.end)[0], chunk.window.window)
        for chunk, _ in sentence.chunks
        if chunk.kind == "window" and chunk.window is not None
    ]
    for fact, denied in sentence.found:
        window: Window | None = next((w for start, w in windows if start >= fact.span[1]), None)
        yield replace(fact, within=window), denied
