"""The fact that a name in a sentence stands for, where naming it demands or bars anything."""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.members.anew import FORBIDDING
from trialgraph.criteria.mentions.unread import UNAVAILABLE, VAGUE, Sentence
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["RELATIVES", "fact_of"]

_ONLY_BARRED = frozenset({str(TGC.MalignantNeoplasm)})
_OF_WOMEN = frozenset({"procedure", "reproductive"})
_CHILDBEARING = re.compile(
    r"child-?\s?bearing|contracep|amenorr|steriliz|reproductive potential", re.IGNORECASE
)
"""What a criterion speaks of that names operations and states only to say who can't bear children."""
_MENSTRUAL = frozenset({str(TGC.Postmenopausal), str(TGC.Premenopausal), str(TGC.MenstrualDisorder)})
_OWN = ("study", "trial", "protocol")
_INVESTIGATIONAL = str(TGC.InvestigationalDrug)
RELATIVES = str(TGC.FamilyHistory)


def _describes(sentence: Sentence, chunk: Chunk) -> bool:
    """Whether a name is but an adjective of the treatment right behind it ("standard-of-care surgery")."""
    behind = (each for each, _ in sentence.chunks if each.start >= chunk.end)
    following = next(behind, None)
    if following is None or following.term is None or not is_content(following):
        return False
    joined = not sentence.text.text[chunk.end : following.start].strip()
    return joined and following.term.category in GIVEN


def fact_of(sentence: Sentence, chunk: Chunk) -> Fact | None:
    """Return the fact that a name stands for; None where naming it demands or bars nothing."""
    term, text = chunk.term, sentence.text
    if isinstance(chunk.expression, Fact):
        return chunk.expression
    if term is None or term.category is None or term.iri in VAGUE or RELATIVES in term.ancestors:
        return None
    demanded = not (sentence.bars or sentence.negated)
    if demanded and term.category in _OF_WOMEN and _CHILDBEARING.search(text.text):
        return None
    of_some = term.category == "reproductive" and _MENSTRUAL.isdisjoint((term.iri, *term.ancestors))
    if demanded and (term.iri in _ONLY_BARRED or of_some):
        return None
    if term.iri in UNAVAILABLE and not sentence.bars and (sentence.negated or _describes(sentence, chunk)):
        return None
    if term.iri == FORBIDDING:
        return None
    if term.iri == _INVESTIGATIONAL and chunk.form.startswith(_OWN):
        return None
    return Fact(term.iri, term.label, term.category, span=text.span(chunk.start, chunk.end))
