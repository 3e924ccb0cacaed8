"""Qualities that whatever has the name has: "pregnancy, as confirmed by a test", "asthma of any kind".

They narrow nothing: whoever is pregnant is barred. Kept with the fact, they would keep the record from
showing it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from trialgraph.criteria.trees import map_facts
from trialgraph.expressions import Expression, Fact
from trialgraph.namespaces import TGC

__all__ = ["without_tautologies"]

_ANY = re.compile(
    r"(?:for|of|in|at|from|by|due to) any (?:reason|indication|condition|purpose|kind|type|form|cause"
    r"|a?etiology|origin|classification|grade|severity|stage|degree|setting|histology|dose(?: level)?"
    r"|time(?: point)?)"
    r"|if (?:known|present|any|applicable)",
    re.IGNORECASE,
)
"""What says of a thing that it doesn't matter which."""
_SHOWN = (
    r"(?:documented|confirmed|evidenced|determined|defined|verified|demonstrated|detected|shown|proven"
    r"|indicated|evaluated|assessed?|diagnosed|measured|identified)"
)
_FURTHER = (
    r"\b(?:agree|contracepti|birth control|abstain|practicing|unless|hysterectomy|sterili|menopaus|nursing"
    r"|lactat|breast-?\s?feed)|\band (?:be|must|use)\b"
)
"""What is asked beside a pregnancy, so that it is kept."""
_PREGNANT = re.compile(
    r"(?:where(?:by)? pregnancy is defined as (?:the state of a female after con(?:tra)?ception\b)?"
    rf"|(?:(?:as|was|is|to be) )?{_SHOWN}\b|(?:as )?(?:per|by|via|through) |on the basis of "
    r"|(?:positive|negative)\b|with (?:an? )?(?:negative|positive|sensitivity)\b|sensitive to\b"
    r"|(?:in )?(?:serum|urine|blood)\b"
    r"|(?:(?:beta|β)[- ]?)?(?:human|hcg|bhcg|βhuman|βhcg)\b|to be performed\b|(?:due to|because)\b"
    r"|self-reported\b|prior to|before"
    r"|at (?:screening|baseline|pre-?entry|study entry|enroll?ment|the time of )"
    rf"|(?:up)?on (?:the )?(?:day|study)\b|during (?:the |their )?screening)(?:(?!{_FURTHER}).)*",
    re.IGNORECASE,
)
"""How a pregnancy is found, and when."""
_NURSING = re.compile(
    rf"where(?:by)? pregnancy is defined\b(?:(?!{_FURTHER}).)*|actively|(?:due to|because)\b.*"
    r"|at (?:the time of )?(?:screening|baseline|pre-?entry|study entry|enroll?ment)",
    re.IGNORECASE,
)
_OF_CANCER = re.compile(r"(?:for|of|against) (?:(?:any|a|the|their) )?(?:cancer|malignancy|tumou?rs?)", re.I)
_TUBERCULOUS = re.compile(r"clinical evaluation (?:that|which) (?:may )?includes?\b.*", re.IGNORECASE)
_CENTERS = (
    r"(?:as )?(?:based (?:up)?on|by|per|(?:as )?defined by) (?:the )?(?:current )?"
    r"(?:CDC|Centers? for Disease Control)\b.*"
)
_OWN: Mapping[str, re.Pattern[str]] = {
    str(TGC.Pregnancy): _PREGNANT,
    str(TGC.Breastfeeding): _NURSING,
    str(TGC.AIDS): re.compile(_CENTERS, re.IGNORECASE),
    str(TGC.HIVInfection): re.compile(
        r"(?:HIV[- ]?)?1(?: (?:or|and|and/or) |/)2|(?:acute|active)(?: or |/)chronic"
        rf"|chronic(?: or |/)(?:acute|active)|chronic|{_CENTERS}",
        re.IGNORECASE,
    ),
    str(TGC.Tuberculosis): _TUBERCULOUS,
    str(TGC.ActiveTuberculosis): _TUBERCULOUS,
    str(TGC.UnstableAngina): re.compile(r"(?:angina(?:l)? )?(?:symptoms )?at rest", re.IGNORECASE),
    str(TGC.AntitumorTherapy): _OF_CANCER,
    str(TGC.SystemicAnticancerTherapy): _OF_CANCER,
    str(TGC.LiveVaccine): re.compile(r"against infectious diseases?(?: \(.*\))?", re.IGNORECASE),
    str(TGC.CNSInvolvement): re.compile(
        r"(?:by|with|of) (?:(?:the|their|any) )?(?:malignancy|cancer|disease|tumou?r|malignant cells)", re.I
    ),
    str(TGC.POEMSSyndrome): re.compile(r"polyneuropathy,? organomegaly\b.*", re.IGNORECASE),
    str(TGC.OrganizingPneumonia): re.compile(r"i\.?e\.?,? bronchiolitis obliterans\b.*", re.IGNORECASE),
    str(TGC.GranulomatosisWithPolyangiitis): re.compile(r"granulomatosis with polyangiitis\b.*", re.I),
    str(TGC.CerebrovascularEvent): re.compile(r"(?:a )?stroke or transient ischa?emic attack", re.IGNORECASE),
    str(TGC.StudyStaff): re.compile(r"(?:this )?applies to both\b.*", re.IGNORECASE),
}
"""What everybody with a concept has, by the concept: its kinds, its signs, how it is found."""
_STRENGTHS = frozenset({"strong", "moderate", "weak"})
"""Adjectives of which a member has its own, so that a neighbour's isn't one of its."""


def without_tautologies(expression: Expression) -> Expression:
    """Return an expression whose facts are without the qualities that narrow nothing."""
    return map_facts(expression, _plain)


def _plain(fact: Fact) -> Fact:
    told = fact.modifiers.get("qualifier")
    if told is None:
        return fact
    own = _OWN.get(fact.concept)
    parts = told.split("; ")
    kept = [
        part for part in parts
        if not (_ANY.fullmatch(part) or _repeats(fact, part) or (own is not None and own.fullmatch(part)))
    ]  # fmt: skip
    if len(kept) == len(parts):
        return fact
    others = {name: words for name, words in fact.modifiers.items() if name != "qualifier"}
    return replace(fact, modifiers=others | ({"qualifier": "; ".join(kept)} if kept else {}))


def _repeats(fact: Fact, quality: str) -> bool:
    """Whether a quality is an adjective that the name has ("strong" of a strong CYP3A4 inducer)."""
    words, adjective = fact.concept_label.casefold().split(), quality.casefold()
    return adjective in words or (adjective in _STRENGTHS and not _STRENGTHS.isdisjoint(words))
