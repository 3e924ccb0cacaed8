"""Names that are passed over where they stand, since they say too little there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.namespaces import TGC

if TYPE_CHECKING:
    from trialgraph.criteria.language.tokens import Token
    from trialgraph.criteria.language.vocabulary import Mention

__all__ = ["ILLNESSES", "is_omitted"]

_UNSPECIFIC = frozenset({str(TGC.MedicalIllness), str(TGC.IntercurrentIllness)})
"""Ill health of any kind: without a word for how bad it is, what it means is left to someone's judgement."""
_LONGEST_GRADE = 7
_DIABETIC = "diabetic"
_ADJECTIVES = frozenset({"allergic", _DIABETIC})
_OTHERS = frozenset({"other", "another"})
ILLNESSES = frozenset({"disease", "disorder", "illness", "condition"})
_LIST_JOINTS = frozenset({",", "/", "or", "and"})
_JOINTS = frozenset(",/-")
_PREFIXES = frozenset(
    {"neo", "extra", "intra", "inter", "pre", "pseudo", "para", "peri", "supra", "infra", "retro"}
    | {"sub", "trans", "micro", "hypo", "hyper", "cage"}
)
"""What makes another thing of the word behind its hyphen ("pseudo-progression", "pre-malignant lesion")."""


_LESION = str(TGC.TumorLesion)
_NO_TUMOR = frozenset({
    "open", "oral", "mucosal", "herpe", "herpes", "herpetic", "genital", "benign", "inflammatory",
    "infectious", "infected", "precancerous", "premalignant", "acne", "acneiform", "psoriatic", "carious",
    "eczematous", "dysplastic", "vascular", "coronary",
})  # fmt: skip
"""What tells of a lesion that it is no tumour's ("open lesions", "oral mucosal lesions")."""
_ELSEWHERE = frozenset({"acupoint", "acupuncture", "needle", "injection", "insertion", "electrode"})
"""Where a lesion is no tumour's ("lesions at acupoints", "lesions at the injection site")."""
_NEAR = 4
_OF_GENES = frozenset({"viral", "virus", "oncogene", "ras"})
_NEOPLASM = str(TGC.Neoplasm)


def is_omitted(tokens: list[Token], mention: Mention, named: Mapping[int, Mention]) -> bool:
    """Return whether a mention is left out, for one that says more or for saying nothing.

    Args:
        tokens: Those of the text.
        mention: One of `named`.
        named: The mentions of the text by where they start.
    """
    if _opens_list(tokens, mention) or _has_prefix(tokens, mention.start):
        return True
    start, lone = mention.start, mention.end == mention.start + 1
    if lone and mention.term.iri == _LESION and _is_no_tumor(tokens, start):
        return True
    return (
        _hides_more(tokens, mention, named)
        or _says_nothing(tokens, mention)
        or _names_gene(tokens, mention)
        or _waits_for_illness(tokens, mention, named)
    )


def _names_gene(tokens: list[Token], mention: Mention) -> bool:
    """Whether a tumour is part of an oncogene's name ("rat sarcoma viral oncogene", "neuroblastoma RAS")."""
    behind = tokens[mention.end].form if mention.end < len(tokens) else ""
    return behind in _OF_GENES and mention.term.is_a(_NEOPLASM)


def _is_no_tumor(tokens: list[Token], at: int) -> bool:
    """Whether a lesion is one of something else by the word before it, or by where it is."""
    if at and tokens[at - 1].form in _NO_TUMOR:
        return True
    behind = tokens[at + 1 : at + 1 + _NEAR]
    placed = bool(behind) and behind[0].form in ("at", "around", "on", "in", "near")
    return placed and any(token.form in _ELSEWHERE for token in behind)


def _has_prefix(tokens: list[Token], start: int) -> bool:
    """Whether a name lacks the prefix that a hyphen joins to it ("extra-nodal metastatic disease")."""
    if start < 2 or tokens[start - 1].text != "-":
        return False
    joined = tokens[start - 1].joined and tokens[start].joined
    return joined and tokens[start - 2].form in _PREFIXES


def _opens_list(tokens: list[Token], mention: Mention) -> bool:
    """Whether "disease of the heart" goes on with "or lungs", which has to be read with the same noun."""
    start, end = mention.start, mention.end
    if mention.term.category != "condition" or tokens[start].form not in ILLNESSES:
        return False
    following = tokens[end].form if end < len(tokens) else ""
    return end > start + 1 and tokens[start + 1].form == "of" and following in _LIST_JOINTS


def _hides_more(tokens: list[Token], mention: Mention, named: Mapping[int, Mention]) -> bool:
    """Whether "unresectable cancer" takes the first word of "cancer of the stomach", which says more."""
    after = mention.start + 1
    inner = named.get(after)
    if inner is None or inner.end <= mention.end or mention.end != after + 1:
        return False
    _, classes = lexicon().phrase_at(tokens, mention.start)
    return "qualifier" in classes and inner.term.category == mention.term.category == "condition"


def _waits_for_illness(tokens: list[Token], mention: Mention, named: Mapping[int, Mention]) -> bool:
    """Whether an adjective tells a kind of the disease behind "or" ("allergic or irritant dermatitis").

    "Diabetic" does in "diabetic or other neuropathy", not in "diabetic or hypertensive patients".
    """
    joint = tokens[mention.end].form if mention.end < len(tokens) else ""
    word = tokens[mention.start].form
    if word not in _ADJECTIVES or mention.end > mention.start + 1 or joint not in _LIST_JOINTS:
        return False
    after = mention.end + 1
    other = after < len(tokens) and tokens[after].form in _OTHERS
    following = named.get(after + 1 if other else after)
    if following is None or following.term.category != "condition":
        return False
    return word != _DIABETIC or other or following.end > following.start + 1


def _says_nothing(tokens: list[Token], mention: Mention) -> bool:
    """Whether "any medical condition" stands without a word for how bad it is."""
    if mention.term.iri not in _UNSPECIFIC:
        return False
    before = mention.start - 1
    while before >= 0 and mention.start - before <= _LONGEST_GRADE:
        _, classes = lexicon().phrase_at(tokens, before)
        if "severity" in classes:
            return False
        kind = tokens[before].form.endswith(lexicon().adjectival) or tokens[before].form in _LIST_JOINTS
        if not classes and not kind and tokens[before].text not in _JOINTS:
            return True
        before -= 1
    return True
