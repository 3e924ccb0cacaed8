"""What a treatment is that is only said to be for a disease: "treatment for breast cancer", "HCV drugs"."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import GIVEN, Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_purposes"]

_THERAPY = frozenset({"treatment", "therapy"})
_EARLIER = frozenset({"prior", "previous", "concurrent", "concomitant", "any", "all", "receiving", "received",
                      "undergoing", "active", "current", "ongoing", "no", "completed"})  # fmt: skip
_FOR = frozenset({"for", "of"})
_THIS = frozenset({"this", "the", "their", "current", "same"})
_BETWEEN = _THIS | {"a", "an", "any", "another", "other", "primary", "study", "advanced", "metastatic",
                    "recurrent", "locally", "unresectable", "relapsed", "refractory", "active", "/", "or",
                    "and"}  # fmt: skip
_ILLNESS = frozenset({"disease", "indication"})
"""What a trial calls the cancer that it is about, behind "this" ("no prior therapy for this disease")."""
_FARTHEST = 8
_GIVEN_FOR = frozenset({"treatment", "therapy", "regimen", "medication", "drug", "medicine"})
"""What names a treatment by the disease before it ("lymphoma therapy")."""
_KINDS = frozenset({*_GIVEN_FOR, "chemotherapy", "radiotherapy", "radiation", "surgery", "immunotherapy",
                    "vaccine", "irradiation"})  # fmt: skip
"""Last words of kinds of treatment, which say little without the disease before them."""
_GENERAL = frozenset({"procedure", "intervention"})
"""Last words of names so general that they are rarely what was done to someone."""
_AIMED = frozenset({"directed", "specific", "targeted", "related", "associated", "induced"})
_CAUSED = frozenset({"related", "associated", "induced"})
"""Words behind a disease that tell what another one comes from ("EBV related lymphoma")."""
_AGAINST = "anti"
_OTHERWISE = frozenset({"-", "naive", "naïve", "related", "induced", "emergent", "refractory", "resistant",
                        "failure", "option", "plan", "center", "history", "toxicity"})  # fmt: skip
"""Words behind which a treatment isn't what is spoken of ("breast cancer treatment-related lymphedema")."""
_NAIVE = frozenset({"naive", "naïve"})
_BEING = frozenset({"be", "is", "are", "been", "remain", "completely", "previously", "currently", ":"})
_NAIVE_FOR = frozenset({"for", "in", ".", ";", "(", ")"})
_RELATIVE = frozenset({"that", "which", "who"})
_PERSONS = frozenset({"patient", "subject", "participant", "individual"})
_TUMOR = str(TGC.Neoplasm)
_CANCER = str(TGC.MalignantNeoplasm)
_ANTITUMOR = str(TGC.AntitumorTherapy)
_STANDARD = str(TGC.StandardTherapy)


def add_purposes(
    tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> dict[int, int]:
    """Take the treatment of "prior treatment for breast cancer" for antitumor therapy, with that purpose.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; the therapies are added in place.
        vocabulary: Has the concepts.
    Returns:
        For each disease that only tells what a treatment is for or another disease comes from ("lymphoma
        therapy", "EBV related lymphoma"), by the token behind it, the token that this starts at.
    """
    term = vocabulary.by_iri.get(_ANTITUMOR)
    if term is None:
        return {}
    _narrow_standard(tokens, mentions)
    for index in range(1, len(tokens) - 2):
        if tokens[index].form not in _THERAPY or tokens[index - 1].form not in _EARLIER or index in mentions:
            continue
        after = _behind_bracket(tokens, index + 1)
        if tokens[after].form in _FOR and _is_cancer(tokens, mentions, after + 1):
            mentions[index] = Mention(term, index, index + 1)
            mentions.pop(index - 1, None)
    _add_naive(tokens, mentions, term)
    led = {}
    for mention in [each for each in mentions.values() if each.term.category == "condition"]:
        start = _treatment_after(tokens, mentions, mention)
        if start is None or _within_name(mention, mentions) or _needs_no_name(tokens, mention):
            continue
        led[mention.end] = start
        if start not in mentions and _TUMOR in mention.term.ancestors and not _names_drug(tokens, start + 1):
            mentions[start] = Mention(term, start, start + 1)
        first = _first(tokens, mentions, mention)
        if first < mention.start:
            del mentions[mention.start]
            mentions[first] = Mention(mention.term, first, mention.end)
    return led


def _behind_bracket(tokens: Sequence[Token], start: int) -> int:
    """Return where what follows a bracket starts ("treatment (surgery) for …"); the start without one."""
    if tokens[start].text != "(":
        return start
    depth = 0
    for index in range(start, len(tokens) - 1):
        depth += {"(": 1, ")": -1}.get(tokens[index].text, 0)
        if not depth:
            return index + 1
    return start


def _narrow_standard(tokens: Sequence[Token], mentions: dict[int, Mention]) -> None:
    """Let "standard of care" before a treatment only tell of what kind it is."""
    for mention in [each for each in mentions.values() if each.term.iri == _STANDARD]:
        after = _behind_bracket(tokens, mention.end) if mention.end < len(tokens) - 1 else mention.end
        behind = mentions.get(after)
        known = behind is not None and behind.term.category in GIVEN
        if behind is not None and known and tokens[behind.end - 1].form not in _GENERAL:
            del mentions[mention.start]


def _add_naive(tokens: Sequence[Token], mentions: dict[int, Mention], term: Term) -> None:
    """Let "treatment-naive" name the therapy that is lacking, where patients are so and no disease."""
    for at, token in enumerate(tokens):
        if token.form not in _NAIVE or at < 1:
            continue
        start = at - 2 if tokens[at - 1].text == "-" else at - 1
        if start < 0 or tokens[start].form not in _THERAPY:
            continue
        led = start == 0 or (
            tokens[start - 1].form in _BEING and not (start > 1 and tokens[start - 2].form in _RELATIVE)
        )
        behind = [each.form for each in tokens[at + 1 : at + 3]]
        behind = behind[1:] if behind and behind[0] in _PERSONS else behind
        if led and (not behind or behind[0] in _NAIVE_FOR):
            mentions[start] = Mention(term, start, at + 1)


def _first(tokens: Sequence[Token], mentions: dict[int, Mention], disease: Mention) -> int:
    """Return where the words start that name a disease: "anti-lymphoma", "HER2-positive breast cancer"."""
    start = disease.start
    if start > 1 and tokens[start - 2].form == _AGAINST:
        return start - 2
    markers = (each for each in mentions.values() if each.end == start and each.term.category == "biomarker")
    return min((each.start for each in markers), default=start)


def _is_cancer(tokens: Sequence[Token], mentions: dict[int, Mention], start: int) -> bool:
    for index in range(start, min(start + _FARTHEST, len(tokens))):
        named = mentions.get(index)
        if named is not None:
            return named.term.is_a(_CANCER)
        if tokens[index].form not in _BETWEEN:
            told = tokens[index].form in _ILLNESS and tokens[index - 1].form in _THIS
            return told and (index + 1 == len(tokens) or tokens[index + 1].form not in ("of", "("))
    return False


def _treatment_after(tokens: Sequence[Token], mentions: dict[int, Mention], disease: Mention) -> int | None:
    """Return where what a disease right before it says the purpose or the cause of starts."""
    start = disease.end
    if start + 1 < len(tokens) and tokens[start].text == "-" and tokens[start + 1].form in _AIMED:
        start += 1
    if start < len(tokens) and tokens[start].form in _AIMED:
        start += 1
    if start >= len(tokens):
        return None
    named = mentions.get(start)
    if named is None:
        end, known = start + 1, tokens[start].form in _GIVEN_FOR
    else:
        end, known = named.end, _is_led(tokens, disease, named)
    if not known or (end < len(tokens) and tokens[end].form in _OTHERWISE):
        return None
    return start


def _is_led(tokens: Sequence[Token], disease: Mention, named: Mention) -> bool:
    """Whether what stands behind a disease is named by it: its treatment, or what comes from it."""
    between = tokens[named.start - 1].form if named.start > disease.end else ""
    if named.term.category in GIVEN:
        return between in _AIMED or tokens[named.end - 1].form in _KINDS
    return named.term.category == "condition" and between in _CAUSED


def _within_name(disease: Mention, mentions: dict[int, Mention]) -> bool:
    """Whether a longer name has the disease ("anti-seizure medication")."""
    return any(each.start < disease.start and each.end > disease.end for each in mentions.values())


def _needs_no_name(tokens: Sequence[Token], disease: Mention) -> bool:
    """Whether what is against a disease has a word of its own ("anti-cancer", "anti-HCV")."""
    against = disease.start > 1 and tokens[disease.start - 2].form == _AGAINST
    return against and (_TUMOR not in disease.term.ancestors or disease.term.iri == _CANCER)


def _names_drug(tokens: Sequence[Token], after: int) -> bool:
    """Whether the drug follows that a treatment was with ("breast cancer treatment with tamoxifen")."""
    return after < len(tokens) and tokens[after].form == "with"
