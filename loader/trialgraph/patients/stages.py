"""Stages and TNM categories of a FHIR record: what they show of spread.

M1 is a distant metastasis. So is a stage IV of the cancers of which all of it is M1; of the others it
may be one. A lower stage was so at the diagnosis, and says nothing of now.

Source: AJCC Cancer Staging Manual, 8th edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trialgraph.namespaces import TGC
from trialgraph.patients.coding import Json, Reading
from trialgraph.patients.dates import DateRange
from trialgraph.patients.elements import Context, observed_on, resource_name
from trialgraph.patients.facts import Coded, ConditionFact, Fact
from trialgraph.patients.tumours import metastatic_stages
from trialgraph.patients.wording import words

__all__ = ["beside_stage", "is_staging", "read_stage", "staged", "stages_of"]

_CANCER = str(TGC.MalignantNeoplasm)
_METASTASIS = str(TGC.MetastaticMalignantNeoplasm)
_CONDITIONS = frozenset({"condition"})
_DISTANT = re.compile(r"\b[ypcar]{0,2}T?[0-4X]?[a-d]?\s?(?:N[0-3X][a-c]?)?\s?[ypcar]{0,2}M1[a-d]?\b")
_FOURTH = re.compile(r"\bstage\s*(?:group(?:ing)?\s*)?(?:IV|4)[a-c]?\b", re.IGNORECASE)
_BARE = re.compile(r"(?:IV|4)[A-Ca-c]?")


def is_staging(resource: Json) -> bool:
    """Whether an Observation is of a stage, of a category of TNM or of a grade."""
    name = " ".join(_texts(resource.get("code") or {})).casefold()
    return bool(words().staging & set(re.findall(r"[^\W\d_]+", name)))


def read_stage(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield what an Observation of a stage shows."""
    parts = [resource, *(resource.get("component") or ())]
    values = [part.get("valueCodeableConcept") or {"text": part.get("valueString")} for part in parts]
    texts = [_named(text) for value in values for text in _texts(value)]
    of = [context.resolve(resource, focus) or {} for focus in resource.get("focus") or ()]
    cancers = [
        iri for each in of for iri in context.coder.read(each.get("code") or {}, _CONDITIONS).what.concepts
    ]
    yield from staged(resource, texts, cancers, observed_on(resource, context), context)


def beside_stage(facts: Iterable[Fact], context: Context) -> Iterator[Fact]:
    """Yield what else an Observation of a stage shows: that it speaks of a cancer doesn't say of which."""
    for fact in facts:
        told = isinstance(fact, ConditionFact) and not fact.certain and fact.what.concepts
        if not told or not any(context.coder.concepts.is_a(iri, _CANCER) for iri in told):
            yield fact


def staged(
    resource: Json, texts: Iterable[str], cancers: Iterable[str], when: DateRange, context: Context
) -> Iterator[Fact]:
    """Yield the metastasis, of no stated site, that stages in words show.

    Args:
        resource: That states them.
        texts: The stages: "Stage IVA", "cT3 N1 M1".
        cancers: IRIs of the cancer that is staged; empty where that isn't known.
        when: When it was so.
        context: Of the record.
    """
    concepts, known = context.coder.concepts, [*cancers]
    for text in dict.fromkeys(texts):
        distant, fourth = _DISTANT.search(text), _FOURTH.search(text)
        if not (distant or fourth):
            continue
        always = any(concepts.is_a(iri, each) for iri in known for each in metastatic_stages())
        what = Coded(text, (_METASTASIS,), by_text=True)
        context.note(resource, "by text", f"{text}: read as {concepts.label(_METASTASIS)}")
        yield ConditionFact(resource_name(resource), what, certain=bool(distant) or always, began=when)
        return


def stages_of(condition: Json, reading: Reading) -> list[str]:
    """Return the stages that a Condition states, in its name or as its stage."""
    summaries = [each.get("summary") or {} for each in condition.get("stage") or ()]
    return [reading.what.text, *(_named(text) for summary in summaries for text in _texts(summary))]


def _named(text: str) -> str:
    return f"stage {text}" if _BARE.fullmatch(text) else text


def _texts(codeable: Json) -> list[str]:
    texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
    return [str(text) for text in texts if text]
