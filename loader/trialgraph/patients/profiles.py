"""What profiles of mCODE say in ways of their own: comorbidities that are absent, genetic variants."""

from __future__ import annotations

from collections.abc import Iterator

from trialgraph.patients.answers import answer_of
from trialgraph.patients.coding import Json
from trialgraph.patients.elements import Context, extensions, in_role, observed_on, resource_name
from trialgraph.patients.facts import Coded, Fact, ResultFact

__all__ = ["absent_comorbidities", "variants"]


def absent_comorbidities(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the comorbidities that mCODE's panel states to be absent."""
    for extension in extensions(resource, "condition absent"):
        reading = context.coder.read(extension.get("valueCodeableConcept") or {}, {"condition"})
        for iri in reading.what.concepts:
            what = Coded(reading.what.text, (iri,), reading.what.by_text)
            yield ResultFact(
                resource_name(resource), what, positive=False, when=observed_on(resource, context)
            )


def variants(resource: Json, context: Context) -> Iterator[Fact]:
    """Yield the mutations that a variant shows to be there or not, by the genes studied."""
    if not in_role(resource.get("code"), "variant"):
        return
    answer = answer_of(resource.get("valueCodeableConcept") or {})
    if answer is None:
        return
    genes = [part for part in resource.get("component") or () if in_role(part.get("code"), "gene")]
    for component in genes:
        codeable = component.get("valueCodeableConcept") or {}
        symbols = {coding.get("display") for coding in codeable.get("coding") or ()} | {codeable.get("text")}
        for symbol in sorted(str(each) for each in symbols if each):
            for iri in sorted(context.coder.named(f"{symbol} gene mutation", {"biomarker"}, whole=True)):
                what = Coded(f"{symbol} variant", (iri,), by_text=True)
                when = observed_on(resource, context)
                yield ResultFact(resource_name(resource), what, positive=answer.positive, when=when)
