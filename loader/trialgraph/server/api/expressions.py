"""The formal reading of a criterion, as the JSON interface documents it.

Source: the design, section 6.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from trialgraph.expressions import Category, NarrativeReason, Reference

__all__ = ["Expression"]


class _Node(BaseModel):
    model_config = ConfigDict(extra="allow")


class Limit(_Node):
    """A stretch of numbers; null leaves a side open."""

    low: float | None
    low_inclusive: bool
    high: float | None
    high_inclusive: bool


class Window(_Node):
    """A stretch of time before the screening date."""

    max_days: int | None = Field(description="Nominal length; a month is 365.25 / 12 days.")
    text: str = Field(description="The criterion's own words.")


class AllOf(_Node):
    """Every operand holds."""

    type: Literal["all_of"]
    operands: list[Expression]


class AnyOf(_Node):
    """At least one operand holds."""

    type: Literal["any_of"]
    operands: list[Expression]


class Not(_Node):
    """The operand doesn't hold."""

    type: Literal["not"]
    operand: Expression


class Value(_Node):
    """A measured quantity lies within a limit."""

    type: Literal["value"]
    concept: str = Field(description="IRI of the quantity.")
    concept_label: str
    low: float | None
    low_inclusive: bool
    high: float | None
    high_inclusive: bool
    unit: str | None = Field(description="UCUM code; null for scores and multiples.")
    relative_to: Reference | None
    within: Window | None
    span: tuple[int, int] = Field(description="Characters of the criterion's text that say so.")


class Fact(_Node):
    """Something is true of the patient."""

    type: Literal["fact"]
    concept: str = Field(description="IRI of the clinical concept.")
    concept_label: str
    category: Category
    modifiers: dict[str, str]
    count: Limit | None
    size: Limit | None = Field(description="Largest diameter of the lesions, in millimetres.")
    within: Window | None
    span: tuple[int, int]


class Narrative(_Node):
    """Words that stay words: they take a judgement, or could not be formalised."""

    type: Literal["narrative"]
    text: str
    reason: NarrativeReason
    span: tuple[int, int]


Expression = Annotated[AllOf | AnyOf | Not | Value | Fact | Narrative, Field(discriminator="type")]
"""A tree of ``all_of``, ``any_of`` and ``not`` over values, facts and narrative words."""

for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()
