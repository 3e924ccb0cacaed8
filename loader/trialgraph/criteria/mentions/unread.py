"""A sentence that wasn't read: what its words so far make of the name that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from trialgraph.criteria.chunking.asides import FITTING, Aside
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.washouts import length_of
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.expressions import Fact, Window
from trialgraph.namespaces import TGC

__all__ = [
    "UNAVAILABLE",
    "VAGUE",
    "Sentence",
    "is_number_behind",
    "leads_on",
    "lists_kinds",
    "names_kind",
    "time_counted",
]

VAGUE = frozenset({str(TGC.Neoplasm), str(TGC.InformedConsent), str(TGC.TumorLesion)})
UNAVAILABLE = frozenset({str(TGC.DefinitiveTherapy), str(TGC.StandardTherapy)})
"""What patients are told not to be fit for, or that there isn't, which doesn't mean that they had none."""
_TREATMENT = ("treatment", "therapy", "treated")
_HAVING = frozenset({"with", "on", "who", "have", "has", "receiving", "and"})
_ANY_THERAPY = frozenset({str(TGC.SystemicAnticancerTherapy), str(TGC.AntitumorTherapy)})
"""What "systemic treatment" for a disease besides the cancer would wrongly be taken for."""
_CANCER = str(TGC.MalignantNeoplasm)
_FOR = frozenset({"for", "to", "for a", "to a", "for an"})
_SOON = 7
_LAST = frozenset({"last", "prior", "previous", "completion of", "any", "any prior", "the"})
_COUNTS = ("one", "1", "two", "2", "a ", "single")
_OUTCOMES = ("progress", "relaps", "recurr", "remission", "respon", "disease", "free")
"""What a time is told of that a treatment worked for, before it."""
_REQUIRED = frozenset({"requiring", "require", "required", "requires", "that required", "needing"})
_AFTER = frozenset(
    {"after", "following", "on", "during", "to", "by", "since", "with", "including", "of", "based on"}
)
_LEADING = _REQUIRED | _AFTER
"""Words that may lead to what was given; "on" and "with" are among them."""
_STAYING = frozenset({"be", "is", "are", "being", "currently", "stable", "maintained", "patient", "subject",
                      "participant", "who are", "individual", "must", "must be", "ongoing", "now",
                      "stable dose", "effective", "still", "continue", "continued", "remain",
                      "maintain"})  # fmt: skip
"""Words before "on" that say what is being taken ("patients on anticoagulants")."""
_ILL = frozenset({"condition", "lesion", "biomarker"})
_GENE_MUTATION = str(TGC.GeneMutation)
_WITHIN = frozenset({"in", "of", "involving", "affecting", "to"})
_SITES = frozenset({"site", "area", "focus", "foci"})
_MADE = frozenset({"consisting", "combination", "composed", "recipient"})
_BULLETS = frozenset({"*", "•", ":", ",", ";"})
_STANDARD = str(TGC.StandardTherapy)
_STATUS = str(TGC.DiseaseStatus)


@dataclass(slots=True)
class Sentence:
    """A sentence under reading: what its words so far make of the concept that comes next.

    Args:
        text: The text.
        chunks: The chunks of the sentence, with the number of brackets that each stands in.
        bars: What it names bars patients, unless a word turns it.
        negated: A "no" holds.
        aside: What comes next is no demand.
        failed: It tells of a treatment that didn't help.
        unactual: What comes next isn't so, or isn't so yet.
        over: It tells of what is over.
        elapsed: It tells how long ago something has to be.
        since: A time is counted from a treatment that it names ("less than 14 days since the last X").
        lead: Whether a "no" holds for each item of a list in it; None before the first.
        state: It tells in what state someone has a disease, each word of it as a demand.
        only: The one category that a definition may list.
        outer: What held where the open brackets started.
    """

    text: Text
    chunks: Sequence[tuple[Chunk, int]]
    bars: bool
    negated: bool = False
    aside: Aside = ""
    failed: bool = False
    unactual: bool = False
    over: bool = False
    elapsed: bool = False
    since: bool = False
    lead: bool | None = None
    state: bool = False
    only: str | None = None
    outer: list[tuple[bool, Aside, bool]] = field(default_factory=list)
    found: list[tuple[Fact, bool]] = field(default_factory=list)

    def chunk(self, index: int) -> Chunk | None:
        """Return a chunk, None before the first and after the last."""
        return self.chunks[index][0] if 0 <= index < len(self.chunks) else None


def lists_kinds(sentence: Sentence) -> bool:
    """Whether a definition may list the diseases that are barred ("cardiac disease, defined as …")."""
    if not sentence.bars or not sentence.found or sentence.found[-1][0].category != "condition":
        return False
    sentence.only = "condition"
    return True


def names_kind(sentence: Sentence, index: int) -> bool:
    """Whether a definition in a bracket lists kinds of what is before it ("GI cancers (defined as HCC …")."""
    following = next((chunk.term for chunk, _ in sentence.chunks[index + 1 :] if is_content(chunk)), None)
    found = sentence.found[-1][0].concept if sentence.found else None
    return following is not None and found is not None and found in following.ancestors


def is_number_behind(sentence: Sentence, index: int) -> bool:
    """Whether "only" tells how many there were ("received only one prior line"), not in which case."""
    following = sentence.chunk(index + 1)
    counted = following is not None and (following.kind == "limit" or following.form.startswith(_COUNTS))
    return sentence.chunks[index][0].form == "only" and counted


def leads_on(sentence: Sentence, index: int) -> bool:
    """Whether a word leads on to something that the patient has or was given."""
    if sentence.state and sentence.chunks[index][0].form in _HAVING:
        return True
    if _leads_to_gene(sentence, index) or _is_symptom_of(sentence, index):
        return True
    if _counts_from(sentence, index):
        sentence.since = True
        sentence.elapsed = sentence.elapsed or not sentence.bars
        return True
    treats = sentence.chunks[index][0].form == "for" and _treats(sentence, index)
    treats = treats or _has_beside(sentence, index) or _is_timed(sentence, index)
    return treats or _fits(sentence, index) or _leads_to_treatment(sentence, index)


def _is_symptom_of(sentence: Sentence, index: int) -> bool:
    """Whether "from" leads from symptoms to the disease that they are of."""
    if sentence.chunks[index][0].form not in ("from", "of"):
        return False
    depth = sentence.chunks[index][1]
    outside = [each for each, inside in sentence.chunks[max(0, index - _SOON) : index] if inside == depth]
    return bool(outside) and outside[-1].form.startswith("symptom")


def _counts_from(sentence: Sentence, at: int) -> bool:
    """Whether a time is counted from the last of a treatment ("4 weeks out from A", "14 days since A")."""
    form = sentence.chunks[at][0].form
    if form not in ("since", "from"):
        return False
    before, following = sentence.chunk(at - 1), sentence.chunk(at + 1)
    if before is None or following is None:
        return False
    out = before.form == "out"
    place = at - 2 if out else at - 1
    length, told = sentence.chunk(place), sentence.chunk(place - 1)
    counted = form == "since" or out or following.form in _LAST
    if length is None or not counted or time_counted(sentence, length) is None:
        return False
    if told is not None and (told.kind == "concept" or told.form.startswith(_OUTCOMES)):
        return False
    behind = [each for each, _ in sentence.chunks[at + 1 : at + _SOON]]
    named = next((i for i, each in enumerate(behind) if is_content(each)), None)
    if named is None or any("negation" in each.classes for each in behind[:named]):
        return False
    return (term := behind[named].term) is not None and term.category in GIVEN


def _is_timed(sentence: Sentence, at: int) -> bool:
    """Whether a bar sets a time of its own for a treatment ("…, or < 42 days for mitomycin")."""
    if sentence.chunks[at][0].form != "for" or not sentence.bars:
        return False
    time, before, following = (sentence.chunk(at + step) for step in (-1, -2, 1))
    if time is None or following is None:
        return False
    timed = time.window is not None or time_counted(sentence, time) is not None
    apart = before is None or before.kind == "sign" or before.form in ("or", "and")
    return timed and apart and following.term is not None and following.term.category in GIVEN


def time_counted(sentence: Sentence, chunk: Chunk) -> Window | None:
    """Return the time that a demand has to be over for at least, or that a bar reaches back at most."""
    if not sentence.bars:
        return length_of(sentence.text, chunk)
    found = chunk.limit
    if found is None or found.limit.low is not None or found.limit.high is None:
        return None
    least = replace(found, limit=replace(found.limit, low=found.limit.high, high=None))
    return length_of(sentence.text, replace(chunk, limit=least))


def _doses(sentence: Sentence, at: int) -> bool:
    """Whether "on" leads to a dose of what is being taken ("pain on stable doses of opioids")."""
    for chunk, _ in sentence.chunks[at + 1 : at + _SOON]:
        if is_content(chunk):
            return False
        if chunk.form.startswith("stable") or "dose" in chunk.form:
            return True
    return False


def _leads_to_gene(sentence: Sentence, index: int) -> bool:
    """Whether a word leads from a mutation to the genes that it is in ("a mutation in one of: BRCA1, …")."""
    if sentence.chunks[index][0].form not in _WITHIN:
        return False
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    if following is None or following.term is None or _GENE_MUTATION not in following.term.ancestors:
        return False
    return sentence.text.text[following.start : following.end].isupper()


def _has_beside(sentence: Sentence, index: int) -> bool:
    """Whether a word leads from a disease to what goes with it, or from its relapse to the disease."""
    if sentence.chunks[index][0].form not in ("of", "with"):
        return False
    before = sentence.chunk(index - 1)
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    if before is None or following is None or following.term is None:
        return False
    form, told = sentence.chunks[index][0].form, following.term.category
    if form == "of":
        led = before.form in _MADE | _SITES or (before.term is not None and before.term.category == "other")
        return led and (told in GIVEN if before.form in _MADE else told == "condition")
    ill = before.term is not None and before.term.category in _ILL
    return form == "with" and ill and (told in _ILL or _STATUS in following.term.ancestors)


def _fits(sentence: Sentence, index: int) -> bool:
    """Whether "eligible for" or "amenable to" leads to a treatment that patients have to be fit for."""
    word, after = sentence.chunks[index][0], sentence.chunk(index + 1)
    first = index - 1 if word.form in _FOR else index
    fitting, link = sentence.chunk(first), sentence.chunk(first + 1)
    if fitting is None or fitting.form not in FITTING or link is None or link.form not in _FOR:
        return False
    following = next(
        (each for each, _ in sentence.chunks[first + 2 : first + _SOON] if is_content(each)), None
    )
    named = following.term if following is not None else None
    given = named is not None and named.category in GIVEN and named.iri != _STANDARD
    terms = [chunk.term for chunk, _ in sentence.chunks[:first] if chunk.term is not None]
    others = any(t.category in ("biomarker", "lesion") or t.iri in VAGUE for t in terms)
    return given and after is not None and (sentence.negated or not others)


def _treats(sentence: Sentence, index: int) -> bool:
    """Whether "for" leads from a treatment without a name to the disease that it was for, not the cancer."""
    before = sentence.chunk(index - 1)
    treated = before is not None and before.kind == "word" and before.form.endswith(_TREATMENT)
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    named = following.term if following is not None else None
    disease = named is not None and named.category == "condition" and _CANCER not in named.ancestors
    return sentence.bars and not sentence.negated and treated and disease


def _leads_to_treatment(sentence: Sentence, index: int) -> bool:
    """Whether a word leads to what was given: from failure, from need, or from one treatment to its drugs."""
    form = sentence.chunks[index][0].form
    if form not in _LEADING:
        return False
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    if following is None or following.term is None or following.term.category not in GIVEN:
        return False
    before = sentence.chunk(index - 1)
    if form == "on" and (
        before is None or before.form in _STAYING | _BULLETS or before.form == "or" or _doses(sentence, index)
    ):
        sentence.negated = sentence.negated and before is not None and before.form != "or"
        return True
    if form == "with" and before is not None and before.term is not None and before.term.category in GIVEN:
        return True
    if sentence.bars or (sentence.negated and form in _REQUIRED):
        return form in _REQUIRED and following.term.iri not in _ANY_THERAPY
    return sentence.failed and form in _AFTER
