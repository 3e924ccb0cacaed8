"""Eligibility criteria as SHACL Core: two node shapes per criterion over a screening view.

One is violated when the criterion is disproved, the other when it is not proved. The Turtle is
written to be read by a person, so it is composed as text; any SHACL engine can run it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from trialgraph.allergies import of_trial_drugs
from trialgraph.canonical import in_canonical_units
from trialgraph.criteria.criterion import Curation
from trialgraph.examples import with_examples
from trialgraph.expressions import (
    AllOf,
    AnyOf,
    Expression,
    Narrative,
    Not,
    Span,
    demands_nothing,
    is_narrative,
)
from trialgraph.malignancies import besides, earlier
from trialgraph.measured import with_measured
from trialgraph.namespaces import BASE, TGC
from trialgraph.narrowed import narrowed_facts, with_narrowed
from trialgraph.purposes import for_study_disease
from trialgraph.records import Source
from trialgraph.shapes.rails import Bound, Condition, Every, Never, Shows, Some, disproof, proof, reads
from trialgraph.views import ScreeningView

__all__ = [
    "Kind",
    "ScreenableCriterion",
    "ScreenableTrial",
    "compile_shapes",
    "read_of_views",
    "view_for",
    "view_iri",
]

Kind = Literal["inclusion", "exclusion"]

_HEADER = f"""\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix tg: <{BASE}ontology#> .
@prefix tgc: <{TGC}> .
"""
_INDENT = "    "
_FEW = 3


@dataclass(frozen=True)
class ScreenableCriterion:
    """What screening needs of a criterion: its id, kind, words and formal reading.

    A criterion with a scope ("part B") is one that only some of the trial's patients have to meet.
    One with a curation was read by a person. `study` holds the concepts of the trial's own disease, as
    `trialgraph.malignancies.study_disease` returns them; `given` the words in which the record tells what it
    gives, where the criterion is about allergies to that. The span tells where its words stand in the trial's
    source; what comes of a structured field has none.
    """

    id: str
    kind: Kind
    text: str
    expression: Expression
    scope: str | None = None
    curation: Curation | None = None
    study: tuple[str, ...] | None = None
    span: Span | None = None
    given: str = ""

    @property
    def is_narrative(self) -> bool:
        """Whether nothing of it is formal, so that all of it takes a person's judgement."""
        return is_narrative(self.expression)

    @cached_property
    def admits(self) -> Expression:
        """The expression, in canonical units, that holds when the criterion doesn't bar enrolment.

        One that demands nothing never bars it.
        """
        if demands_nothing(self.expression):
            return AllOf(())
        stated = self.as_judged(self.expression)
        admits = stated if self.kind == "inclusion" else Not(stated)
        if self.scope is None:
            return admits
        return AnyOf((admits, Narrative(f"doesn't apply outside: {self.scope}", "judgement")))

    def as_judged(self, part: Expression) -> Expression:
        """Return a part of the expression in canonical units, as this trial's disease and drugs make it."""
        stated = with_measured(in_canonical_units(part), self.text)
        if self.kind == "exclusion":
            stated = earlier(stated, self.study)
        told = with_examples(besides(stated, self.study), self.text)
        return for_study_disease(of_trial_drugs(told, self.given), self.study)

    @property
    def is_open(self) -> bool:
        """Whether no view can settle it, so that no engine has to be asked about it."""
        return isinstance(proof(self.admits), Never) and isinstance(disproof(self.admits), Never)


@dataclass(frozen=True, slots=True)
class ScreenableTrial:
    """What screening needs of a trial, and which version of its record that was read from."""

    nct: str
    title: str
    criteria: tuple[ScreenableCriterion, ...]
    source: Source | None = None

    def __hash__(self) -> int:
        # Not over its criteria: whole trees of expressions, for every screening that looks up its shapes.
        return hash((self.nct, self.title))


def compile_shapes(trial: ScreenableTrial) -> str:
    """Return the eligibility shapes of a trial as Turtle.

    Each criterion gives ``…/criterion/<id>/disproved`` with severity ``sh:Violation`` and
    ``…/criterion/<id>/proved`` with severity ``sh:Warning``. Both conform: the criterion is passed;
    only the second reports: it is unknown; the first reports: it is failed.
    """
    header = f"{_HEADER}@prefix x: <{BASE}trial/{trial.nct}/criterion/> .\n"
    title = f"\n# {trial.nct}: {_one_line(trial.title)}\n"
    return header + title + "".join(_criterion(criterion) for criterion in trial.criteria)


def read_of_views(trial: ScreenableTrial) -> frozenset[tuple[str, str]]:
    """Return all that the eligibility shapes of a trial read of a view, as `view_graph` takes it."""
    rails = (rail(each.admits) for each in trial.criteria for rail in (proof, disproof))
    return frozenset(read for rail in rails for read in reads(rail))


def view_for(view: ScreeningView, trial: ScreenableTrial) -> ScreeningView:
    """Return a view with the keys that the shapes of a trial look for beside those of concepts."""
    narrowed = [fact for each in trial.criteria for fact in narrowed_facts(each.admits)]
    return with_narrowed(view, narrowed) if narrowed else view


def view_iri(name: str) -> str:
    """Return the IRI of a view's key; concepts of the packaged namespace are shortened."""
    local = name.removeprefix(str(TGC))
    if local != name and local.replace("-", "").isalnum():
        return f"tgc:{local}"
    return f"<{name}>"


def _criterion(criterion: ScreenableCriterion) -> str:
    words = _one_line(criterion.text)
    barred = _node(disproof(criterion.admits), 1)
    shown = _node(proof(criterion.admits), 1)
    return f"""
# {criterion.id} ({criterion.kind}): {words}
x:{criterion.id}\\/disproved a sh:NodeShape ;
    sh:targetClass tg:ScreeningView ;
    sh:severity sh:Violation ;
    sh:message {_literal(f"{criterion.id} bars enrolment: {words}")}@en ;
    sh:not {barred} .
x:{criterion.id}\\/proved a sh:NodeShape ;
    sh:targetClass tg:ScreeningView ;
    sh:severity sh:Warning ;
    sh:message {_literal(f"{criterion.id} is not shown to be met: {words}")}@en ;
    sh:node {shown} .
"""


def _node(condition: Condition, depth: int) -> str:
    """Write a condition as an anonymous node shape."""
    pad = _INDENT * (depth + 1)
    lines = [f"{pad}{line}" for line in _statements(condition, depth + 1)] or [f"{pad}a sh:NodeShape"]
    if len(lines) == 1 and "\n" not in lines[0]:
        return f"[ {lines[0].strip()} ]"
    return "[\n" + " ;\n".join(lines) + f"\n{_INDENT * depth}]"


def _statements(condition: Condition, depth: int) -> Iterable[str]:
    match condition:
        case Every(conditions):
            listed = _listed([each for each in conditions if isinstance(each, Shows)])
            if listed:
                yield _all_listed(listed, len(listed), depth)
            for part in conditions:
                if part not in listed:
                    yield from _statements(part, depth)
        case Some(conditions) if listed := _listed(conditions):
            yield _all_listed(listed, 1, depth)
        case Some(conditions):
            inner = _INDENT * (depth + 1)
            options = "\n".join(inner + _node(part, depth + 1) for part in conditions)
            yield f"sh:or (\n{options}\n{_INDENT * depth})"
        case Shows(list_name, key):
            yield f"sh:property [ sh:path tg:{list_name} ; sh:hasValue {view_iri(key)} ]"
        case Bound(key, end, facet, number):
            path = view_iri(f"{key}-{end}")
            yield f"sh:property [ sh:path {path} ; sh:{facet} {_number(number)} ; sh:minCount 1 ]"
        case Never():
            yield "sh:property [ sh:path tg:judgedByPerson ; sh:minCount 1 ]"


def _all_listed(listed: Sequence[Shows], least: int, depth: int) -> str:
    """Write that at least so many of some keys are in the list of the view that they are looked for in."""
    keys = " ".join(view_iri(shows.key) for shows in listed)
    return (
        f"sh:property [ sh:path tg:{listed[0].list} ; sh:qualifiedMinCount {least} ;\n"
        f"{_INDENT * (depth + 1)}sh:qualifiedValueShape [ sh:in ( {keys} ) ] ]"
    )


def _listed(conditions: Sequence[Condition]) -> list[Shows]:
    """Return the conditions when they are a choice among many entries of one list of the view; else none."""
    shown = [each for each in conditions if isinstance(each, Shows)]
    one_list = len({each.list for each in shown}) == 1
    return shown if one_list and len(shown) == len(conditions) > _FEW else []


def _number(number: float) -> str:
    return f"{number:.12f}".rstrip("0").rstrip(".")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
