"""Items below an exclusion that they don't belong to, as where a list has lost its indents."""

from __future__ import annotations

import re

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.trees import is_formal
from trialgraph.expressions import AnyOf, Expression, Fact, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["bars_apart"]

_LEADS = re.compile(
    r":[\W\d]*$|\b(?:as|if|with|of|by|who|that|which|are|is|for|in|to|or|and|includ\w*|below|follow\w*|either|any)\W*(?:\w[.)]\W*)?$",
    re.IGNORECASE,
)
"""How words end that go on in the list below them."""
_OPENS = re.compile(
    r"\W*(?:for|in|if|among|regarding|concerning)\b|.*\bexcept|\W*(?:patients?|subjects?|participants?)\b[^.;]*$",
    re.IGNORECASE | re.DOTALL,
)
"""How words open that only say whom the list below them is about, or are lifted by it."""
_RULING = re.compile(
    r"\b(?:must|should|may|allow\w*|permit\w*|eligible|acceptable|except\w*)\b", re.IGNORECASE
)
"""What is in a list that does more than bar."""
_ASIDE = re.compile(r"\([^()]*\)")
_GENERAL = re.compile(r"\b(?:illness|condition|disorder|disease|therapy|treatment)$")
_MALIGNANT = str(TGC.MalignantNeoplasm)


def bars_apart(text: Text, outline: Outline, head: Expression, body: Expression) -> bool:
    """Whether the items of a list bar something else than what stands above them, which leads them in nowise.

    "Claustrophobia that interferes with imaging * Known allergy to PEG300 * Pregnancy" lost its indents.

    Args:
        text: The text under reading.
        outline: Where its lead-in and its items are.
        head: What stands above them says.
        body: What the items say together.
    """
    lead, listed = text.text[outline.start : outline.lead_end], text.text[outline.lead_end : outline.end]
    if _LEADS.search(lead) or _OPENS.match(lead) or _RULING.search(_ASIDE.sub("", listed)):
        return False
    named = [each for each in atoms(head) if isinstance(each, Fact | Value)]
    items = body.operands if isinstance(body, AnyOf) else (body,)
    barred = all(
        not isinstance(each, Not) and any(isinstance(atom, Fact) for atom in atoms(each)) for each in items
    )
    if not (barred and is_formal(head) and is_formal(body)):
        return False
    terms = text.vocabulary.by_iri
    below = {each.concept for each in atoms(body) if isinstance(each, Fact)}
    above = {iri for concept in below for iri in terms[concept].ancestors | {concept}}
    general = any(_MALIGNANT in terms[each.concept].ancestors for each in named if isinstance(each, Fact))
    general = general or any(_GENERAL.search(each.concept_label) for each in named)
    return not general and above.isdisjoint(each.concept for each in named)
