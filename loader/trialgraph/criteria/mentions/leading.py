"""Words that lead on in a demand: from a treatment to its disease, from a plan to the treatment, to a denial.

"Undergoing treatment for breast cancer" is asked of who has breast cancer; "MRI to rule out brain
metastases" of who has none.
"""

from __future__ import annotations

from trialgraph.criteria.chunking.brackets import is_tumour
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.mentions.unread import Sentence
from trialgraph.namespaces import TGC

__all__ = ["leads_to"]

_TREATING = ("treatment", "therapy", "treated", "surgery", "resection", "regimen", "chemotherapy")
_CHOSEN = frozenset({"indicated", "indication", "recommended", "considered", "referred", "appropriate"})
"""Words that lead to the treatment that a trial's patients are to have."""
_TO = frozenset({"for", "to", "to undergo", "to receive", "for a", "to have"})
_RULED = frozenset({"rule", "ruled", "ruling"})
_OTHERS = frozenset({"other", "others", "negation", "exception", "condition", "historic", "unactual"})
_NO_DEMAND = frozenset({str(TGC.StandardTherapy), str(TGC.Biopsy), str(TGC.SystemicAnticancerTherapy),
                        str(TGC.AntitumorTherapy)})  # fmt: skip
_METASTATIC = str(TGC.MetastaticMalignantNeoplasm)
_PRIMARY = str(TGC.PrimaryMalignantNeoplasm)
_EXTENTS = frozenset({_METASTATIC, _PRIMARY, str(TGC.LocallyAdvancedDisease), str(TGC.DistantMetastasis)})
"""How far a cancer had spread when it was treated, which it may since have done further."""
_SOON = 6


def leads_to(sentence: Sentence, index: int) -> bool:
    """Whether a word leads on in a demand to what patients have, are to be given or must not have."""
    if sentence.bars or sentence.over:
        return False
    return _excludes(sentence, index) or (
        not sentence.negated and (_for_disease(sentence, index) or _chooses(sentence, index))
    )


def _excludes(sentence: Sentence, index: int) -> bool:
    """Take in "to exclude" or "to rule out", which denies what it names."""
    form, before = sentence.chunks[index][0].form, sentence.chunk(index - 1)
    ruled = form == "out" and before is not None and before.form in _RULED
    excluded = form == "exclude" and before is not None and before.form == "to"
    if not (ruled or excluded):
        return False
    sentence.negated, sentence.aside = True, ""
    return True


def _for_disease(sentence: Sentence, index: int) -> bool:
    """Whether "for" leads from a treatment to the tumour that is treated, no earlier or other one."""
    before, form = sentence.chunk(index - 1), sentence.chunks[index][0].form
    if form not in ("for", "of") or before is None or sentence.elapsed:
        return False
    named = _named(sentence, index, _SOON)
    if named is None:
        return False
    given = before.term is not None and before.term.category in GIVEN
    if not given and (form == "of" or not before.form.endswith(_TREATING)):
        return False
    if named.term is None or named.term.iri in _EXTENTS:
        return False
    spread = _METASTATIC in named.term.ancestors and _PRIMARY not in named.term.ancestors
    return is_tumour(named) and not spread


def _chooses(sentence: Sentence, index: int) -> bool:
    """Whether "for" leads from "indicated" or "considered" to the treatment that patients are to have."""
    before = sentence.chunk(index - 1)
    if sentence.chunks[index][0].form not in _TO or before is None or before.form not in _CHOSEN:
        return False
    named = _named(sentence, index, 3)
    term = named.term if named is not None else None
    return term is not None and term.category in GIVEN and term.iri not in _NO_DEMAND


def _named(sentence: Sentence, index: int, within: int) -> Chunk | None:
    """Return what is named soon behind a word, if nothing before it turns its meaning."""
    for chunk, _ in sentence.chunks[index + 1 : index + 1 + within]:
        if is_content(chunk):
            return chunk
        if chunk.classes & _OTHERS or chunk.kind == "sign":
            return None
    return None
