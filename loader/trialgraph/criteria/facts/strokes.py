"""What a stroke between two names means: either of them ("PD-1/PD-L1 inhibitors"), or both."""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["are_choices"]

_NEGATIVE = re.compile(r"\b(?:negative|wild[ -]type|undetectable|absence)\b")

_HER2 = str(TGC.HER2Positive)
_HORMONAL = frozenset(
    map(str, (TGC.HormoneReceptorPositive, TGC.EstrogenReceptorPositive, TGC.ProgesteroneReceptorPositive))
)


def are_choices(text: Text, one: Fact, other: Fact) -> bool:
    """Whether a stroke between two facts offers either: results and diseases, but for negative results.

    A hormone receptor beside HER2 is asked for together with it.

    Of treatments only those of one class are alternatives ("cisplatin/carboplatin"); others may be given
    together ("fludarabine/melphalan").
    """
    if one.category != other.category:
        return False
    if one.category in GIVEN:
        return not _classes(text, one).isdisjoint(_classes(text, other))
    if _HER2 in (one.concept, other.concept) and _is_hormonal(text, one) != _is_hormonal(text, other):
        return False
    return not any(_NEGATIVE.search(fact.concept_label) for fact in (one, other))


def _is_hormonal(text: Text, fact: Fact) -> bool:
    """Whether a marker is a hormone receptor, which a cancer has beside HER2 ("HR+/HER2+")."""
    return not _HORMONAL.isdisjoint({fact.concept, *text.vocabulary.by_iri[fact.concept].ancestors})


def _classes(text: Text, fact: Fact) -> set[str]:
    """Return the concepts right above the one of a fact."""
    terms = text.vocabulary.by_iri
    above = terms[fact.concept].ancestors - {fact.concept}
    return {
        iri
        for iri in above
        if not any(iri in terms[each].ancestors - {each} for each in above if each in terms)
    }
