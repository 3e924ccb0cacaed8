"""A tumour behind the last of several markers that is that of each: "EGFR-mutated or ALK-positive NSCLC"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.trees import all_of, any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not, atoms
from trialgraph.namespaces import TGC

__all__ = ["with_shared_tumour"]

_NEOPLASM = str(TGC.Neoplasm)
_JOINT = re.compile(r"[\s,/()-]*(?:\b(?:and/or|or)\b)?[\s,/()-]*", re.IGNORECASE)
_NOUN = re.compile(
    r"\b(?:mutation|variant|alteration|aberration|rearrangement|translocation|fusion|amplification|deletion"
    r"|insertion|loss|(?:over)?expression|deficiency|positivity|instability)s?$",
    re.IGNORECASE,
)
"""How a marker ends that needs no tumour behind it ("IDH mutations or H3 K27M diffuse midline glioma")."""


def with_shared_tumour(expression: Expression, text: Text) -> Expression:
    """Return the expression in which a tumour is that of each of the markers listed right before it."""
    match expression:
        case AllOf(operands):
            return all_of([with_shared_tumour(each, text) for each in operands])
        case Not(operand):
            return Not(with_shared_tumour(operand, text))
        case AnyOf(operands):
            kept: list[Expression] = []
            for each in (with_shared_tumour(each, text) for each in operands):
                first = _first_of(kept, each, text)
                if first < len(kept) and isinstance(each, AllOf):
                    kept[first:] = [_shared(kept[first:], each, text)]
                else:
                    kept.append(each)
            return any_of(kept)
        case _:
            return expression


def _shared(markers: Sequence[Expression], borne: AllOf, text: Text) -> Expression:
    """Give markers the tumour of the last, and what else it must have or lack ("ER+ or PR+, HER2- cancer").

    What tells the last from them is its own ("HER2+ or HR+, HER2- cancer"). Commas alone tell one tumour
    with all of them ("ER negative, HER2 negative breast cancer").
    """
    last, *others, tumour = borne.operands
    if not _offer_choice([*markers, last], text):
        return all_of([*markers, *borne.operands])
    genes = {_gene(each) for each in (*markers, last)}
    if any(_gene(each) in genes for each in others):
        return all_of([any_of([*markers, all_of([last, *others])]), tumour])
    return all_of([any_of([*markers, last]), *others, tumour])


def _offer_choice(markers: Sequence[Expression], text: Text) -> bool:
    """Whether more than commas stands between markers that follow each other."""
    told = [each.span for marker in markers for each in atoms(marker) if isinstance(each, Fact)]
    places = [text.normalized.readable(span) for span in told]
    between = (text.text[one[1] : two[0]] for one, two in itertools.pairwise(places))
    return any(gap.strip() != "," for gap in between)


def _gene(expression: Expression) -> str:
    """Return the first word of a marker's name, by which markers of one gene are known."""
    marker = expression.operand if isinstance(expression, Not) else expression
    return marker.concept_label.split(" ")[0] if isinstance(marker, Fact) else ""


def _first_of(listed: Sequence[Expression], borne: Expression, text: Text) -> int:
    """Return the first of the markers that end a list and are joined to a marker with its tumour."""
    first = len(listed)
    if not isinstance(borne, AllOf) or not _is_tumour(borne.operands[-1], text):
        return first
    following = borne.operands[0]
    while first and _are_joined(listed[first - 1], following, text):
        first -= 1
        following = listed[first]
    return first


def _are_joined(one: Expression, other: Expression, text: Text) -> bool:
    """Whether two markers stand side by side, nothing but "or" between them; the first may be several."""
    told = one.operands if isinstance(one, AllOf) else (one,)
    if not isinstance(other, Fact) or other.category != "biomarker" or not all(map(_is_marker, told)):
        return False
    last = told[-1]
    if not isinstance(last, Fact) or _NOUN.search(text.text, *text.normalized.readable(last.span)):
        return False
    end, start = text.normalized.readable(last.span)[1], text.normalized.readable(other.span)[0]
    return end <= start and _JOINT.fullmatch(text.text, end, start) is not None


def _is_marker(expression: Expression) -> bool:
    return isinstance(expression, Fact) and expression.category == "biomarker"


def _is_tumour(expression: Expression, text: Text) -> bool:
    term = text.vocabulary.by_iri.get(expression.concept) if isinstance(expression, Fact) else None
    return term is not None and term.is_a(_NEOPLASM)
