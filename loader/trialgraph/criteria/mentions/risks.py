"""Words of a sentence that wasn't read that tell what isn't so, or not yet, and what goes on after them.

A risk, a plan or a contraindication isn't what patients have. What an exclusion lists as examples of them is:
"risk of perforation, including diverticulitis", "contraindication to exercise (e.g. angina)". What it says is
needed is given or about to be.
"""

from __future__ import annotations

from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.mentions.unread import VAGUE, Sentence
from trialgraph.namespaces import TGC

__all__ = ["goes_on_listing", "tells_of_risk"]

_THAT_IS = frozenset({"i.e", "ie", "namely"})
_DUE = frozenset({"due to", "because of", "secondary to"})
_OR = frozenset({"or", "/", "and/or", "and / or"})
_HAD = frozenset({"history", "evidence", "presence", "current evidence"})
_UNCLEAR = frozenset({"condition", "regardless", "negation", "unactual", "exception"})
_TOXICITY = str(TGC.TreatmentToxicity)
_ENOUGH = 3
"""How many diseases make a list that the cause of the last of them doesn't end."""


def tells_of_risk(sentence: Sentence, index: int) -> bool:
    """Take in a word of what isn't so, or not yet, or of its examples, and whether it was one."""
    chunk = sentence.chunks[index][0]
    if "unactual" in chunk.classes:
        actual = _is_needed(sentence, index) or _is_had_too(sentence, index)
        sentence.unactual = not (actual or "planned" in chunk.classes)
        sentence.aside = "" if actual and sentence.aside not in ("held", "kept") else sentence.aside
        return True
    lists = "example" in chunk.classes or chunk.form.replace(" ", "").strip(".") in _THAT_IS
    lists = lists or chunk.form in _DUE
    if not (sentence.unactual and sentence.bars and lists and _lists_reasons(sentence, index)):
        return False
    sentence.unactual, sentence.aside = False, ""
    return True


def goes_on_listing(sentence: Sentence, index: int) -> bool:
    """Whether a list of barred diseases goes on at a comma behind what the last of them comes with.

    "…, thrombosis associated with antiphospholipid syndrome, vasculitis".
    """
    listed = [fact for fact, denied in sentence.found if fact.category == "condition" and not denied]
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    if not sentence.bars or len(listed) < _ENOUGH or not _is_disease(following):
        return False
    start = next((i for i in range(index - 1, -1, -1) if sentence.chunks[i][0].form == ","), -1) + 1
    part = [chunk for chunk, _ in sentence.chunks[start:index]]
    named = [chunk for chunk in part if is_content(chunk)]
    plain = len(named) > 1 and all(map(_is_disease, named))
    told = plain and sentence.text.span(named[0].start, named[0].end) == listed[-1].span
    return told and not any(chunk.classes & _UNCLEAR for chunk in part)


def _is_disease(chunk: Chunk | None) -> bool:
    return chunk is not None and chunk.term is not None and chunk.term.category == "condition"


def _is_needed(sentence: Sentence, index: int) -> bool:
    """Whether an exclusion bars by a word what patients need to be given ("need for anticoagulation")."""
    if "needing" not in sentence.chunks[index][0].classes or not sentence.bars or sentence.negated:
        return False
    following = next((each for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    return following is not None and following.term is not None and following.term.category in GIVEN


def _is_had_too(sentence: Sentence, index: int) -> bool:
    """Whether an exclusion bars the disease as well as its risk ("history or risk of autoimmune disease")."""
    joint, before = sentence.chunk(index - 1), sentence.chunk(index - 2)
    if joint is None or before is None or joint.form not in _OR or not sentence.bars or sentence.negated:
        return False
    return before.kind == "word" and ("historic" in before.classes or before.form in _HAD)


def _lists_reasons(sentence: Sentence, index: int) -> bool:
    """Whether examples are what makes a risk or a contraindication, rather than what it is of.

    "At risk of toxicity, such as colitis" lists what may come.
    """
    if any("factor" in each.form for each, _ in sentence.chunks[:index]):
        return True
    at = max(i for i in range(-1, index) if i < 0 or "unactual" in sentence.chunks[i][0].classes)
    form = sentence.chunks[at][0].form if at >= 0 else ""
    if form.startswith("contraindic"):
        sentence.only = "condition"
        return True
    named = [each.term for each, _ in sentence.chunks[at + 1 : index] if is_content(each)]
    following = next((each.term for each, _ in sentence.chunks[index + 1 :] if is_content(each)), None)
    if "risk" not in form or following is None or not named or following.category != "condition":
        return False
    vague = any(term is None or term.iri in VAGUE or term.is_a(_TOXICITY) for term in named)
    return not vague and not any(term is not None and term.iri in following.ancestors for term in named)
