"""What the name of a condition says besides its name: that it isn't so, may be so, or is a relative's."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import Literal, NamedTuple

from trialgraph.namespaces import TGC
from trialgraph.patients.coding import Coder, Json
from trialgraph.patients.dates import DateRange
from trialgraph.patients.elements import Context, resource_name
from trialgraph.patients.facts import Coded, ConditionFact, Fact, ResultFact
from trialgraph.patients.wording import words

__all__ = ["Said", "read_said", "said_of"]

_KINDS = frozenset({"condition", "lesion", "reproductive", "biomarker"})
_ALLERGIES = frozenset({"allergy", "treatment"})
_CANCER = str(TGC.MalignantNeoplasm)

_Mode = Literal["", "denied", "supposed", "relative", "over"]


class Said(NamedTuple):
    """How a CodeableConcept says what it names.

    Args:
        mode: It is denied, supposed, of a relative, over, or plainly so.
        codeable: What is denied, supposed or over, by its words alone.
        plain: Nothing but a name seems to be left of its words.
    """

    mode: _Mode
    codeable: Json
    plain: bool


def said_of(codeable: Json, coder: Coder, categories: Collection[str]) -> Said:
    """Return how a CodeableConcept says what it names; plainly, where a code says what it is.

    The text decides; without one, the displays, if they agree.
    """
    codings = codeable.get("coding") or ()
    told = [codeable["text"]] if codeable.get("text") else [each.get("display") for each in codings]
    texts = [" ".join(str(text).split()) for text in told if text]
    readings = {_said(text) for text in texts}
    if coder.coded(codeable, categories) or len({mode for mode, _ in readings}) != 1:
        return Said("", codeable, plain=False)
    mode, name = sorted(readings)[0]
    plain = not _besides().search(name)
    return Said(mode, {"text": name} if mode else codeable, plain)


def allergen_of(codeable: Json, context: Context) -> Coded | None:
    """Return what the patient is allergic to, where a condition is called so; None where it isn't.

    "Penicillin allergy" names the allergy; of "allergic to oxaliplatin" the substance is named.
    """
    coder = context.coder
    texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
    text = next((" ".join(str(each).split()) for each in texts if each), "")
    match = _framed(words().allergic, words().allergic_behind).fullmatch(text)
    if match is None or coder.coded(codeable, _KINDS) or coder.is_doubtful(text) or _said(text)[0]:
        return None
    named = next(group for group in match.groups() if group)
    found = coder.named(text, _ALLERGIES) or coder.named(named, _ALLERGIES)
    return Coded(text, tuple(sorted(found)), by_text=True) if found else None


def read_said(
    resource: Json, said: Said, began: DateRange, recorded: DateRange | None, context: Context
) -> list[Fact] | None:
    """Return what a Condition states that isn't plainly there.

    What is denied is a negative result; what is supposed shows nothing, but keeps it from being called
    absent; what is of a relative is no fact. That there was no cancer before says nothing of now.

    Returns:
        None where the Condition is to be read as any other.
    """
    text = str((resource.get("code") or {}).get("text") or said.codeable.get("text") or "")
    if said.mode == "relative":
        context.note(resource, "not counted", "a relative's history is not the patient's")
        return []
    what = context.coder.read(said.codeable, _KINDS).what
    if said.mode == "supposed" and what.concepts:
        context.note(resource, "not counted", f"{text}: its words leave open whether it is so")
        what = replace(what, text=text)
        return [ConditionFact(resource_name(resource), what, certain=False, began=began)]
    if said.mode != "denied" or not said.plain:
        return None
    denied = [iri for iri in what.concepts if not context.coder.concepts.is_a(_CANCER, iri)]
    if not denied:
        context.note(resource, "not counted", f"{text}: that something isn't there")
        return []
    labels = ", ".join(context.coder.concepts.label(iri) for iri in denied)
    context.note(resource, "by text", f"{text}: read as no {labels}")
    name, when = resource_name(resource), began if recorded is None else recorded
    return [
        ResultFact(name, Coded(labels, (iri,), by_text=True), positive=False, when=when) for iri in denied
    ]


def _said(text: str) -> tuple[_Mode, str]:
    if any(re.match(rf"(?:no )?{re.escape(each)}\b", text.casefold()) for each in words().relatives):
        return "relative", text
    modes: tuple[tuple[_Mode, re.Pattern[str]], ...] = (
        ("supposed", _framed(words().supposed, words().supposed_behind)),
        ("denied", _framed(words().denied, words().denied_behind)),
        ("over", _framed(words().over, words().over_behind)),
    )
    for mode, pattern in modes:
        match = pattern.fullmatch(text)
        if match is not None:
            return mode, next(group for group in match.groups() if group)
    return "", text


@lru_cache(maxsize=8)
def _framed(before: tuple[str, ...], behind: tuple[str, ...]) -> re.Pattern[str]:
    first, last = ("|".join(re.escape(each) for each in frame) for frame in (before, behind))
    return re.compile(
        rf"(?:{first})(?![^\W_])[\s:]*(\S.*)|(\S.*?)(?:[\s:,(-]+(?:{last})\)?|\s*\?)", re.IGNORECASE
    )


@lru_cache(maxsize=1)
def _besides() -> re.Pattern[str]:
    return re.compile(rf"[,;:.()]|\b(?:{'|'.join(sorted(words().exceptions))})\b", re.IGNORECASE)
