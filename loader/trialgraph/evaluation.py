"""The reference evaluator: an expression over a screening view, in Kleene's three values.

It is written to be read beside the design's section 4. The SHACL rails and every other engine are
held to it by property tests; it also supplies the explanations, which no engine's report contains.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from trialgraph.contraries import contrary
from trialgraph.exemptions import exempted, ruled_out_by, unmet_by
from trialgraph.expressions import (
    PLANNED,
    AllOf,
    AnyOf,
    Atom,
    Expression,
    Fact,
    Limit,
    Narrative,
    Not,
    Value,
    judged_operands,
)
from trialgraph.instances import showing_instances
from trialgraph.intervals import within_limit, within_window
from trialgraph.kleene import Truth, all_true, negated
from trialgraph.malignancies import excluded_by, shown_by
from trialgraph.purposes import given_for
from trialgraph.views import Absence, Interval, Presence, Quantity, ScreeningView

__all__ = [
    "Finding",
    "Truth",
    "UnknownReason",
    "asks_history",
    "deciding_atoms",
    "evaluate",
    "evaluate_atom",
    "explain",
    "fact_key",
    "is_qualified",
    "is_shown",
    "need",
    "unshown_qualities",
]

UnknownReason = Literal["missing", "conflict", "imprecise", "narrative"]

_SHOWN = {"relation": ("other",), "status": ("active", "history", "planned")}
"""Modifiers that a view can show; it shows no other."""


_NOTHING: Mapping[Atom, Truth] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a view shows of one atom.

    Args:
        atom: The atom.
        truth: Whether it holds.
        reason: Why it is unknown; None when it is not.
        shown: What the record shows, for a person.
        about: What `shown` is said of, where its own words don't tell; findings that show the same
            can then be told together. Empty otherwise.
        evidence: The resources that show it.
        axioms: Contestable axioms it rests on.
    """

    atom: Atom
    truth: Truth
    reason: UnknownReason | None
    shown: str
    evidence: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()
    about: str = ""


def evaluate(expression: Expression, view: ScreeningView, supposed: Mapping[Atom, Truth] = _NOTHING) -> Truth:
    """Return whether an expression holds in a view: True, False, or None for unknown.

    Args:
        expression: The expression, in canonical units.
        view: What the record shows.
        supposed: Atoms to take as true, false or unknown whatever the record shows, to ask "what if".
    Source: Kleene's strong three-valued logic; design, section 4.1.
    """
    match expression:
        case AllOf():
            return all_true([evaluate(operand, view, supposed) for operand in judged_operands(expression)])
        case AnyOf():
            parts = judged_operands(expression)
            return negated(all_true([negated(evaluate(operand, view, supposed)) for operand in parts]))
        case Not(operand):
            return negated(evaluate(operand, view, supposed))
        case _:
            return supposed[expression] if expression in supposed else evaluate_atom(expression, view).truth


def is_shown(expression: Expression, view: ScreeningView) -> bool:
    """Return whether a view proves an expression, as `evaluate` does, looking no further than that takes."""
    match expression:
        case AllOf():
            return all(is_shown(operand, view) for operand in judged_operands(expression))
        case AnyOf():
            return any(is_shown(operand, view) for operand in judged_operands(expression))
        case _:
            return evaluate(expression, view) is True


def deciding_atoms(expression: Expression, view: ScreeningView) -> tuple[Finding, ...]:
    """Return the findings that make an expression what it is.

    For a true or false expression these are the atoms that prove or disprove it; for an unknown
    one, the unknown atoms that leave it open.
    """
    return tuple(explain(expression, view)[1])


def explain(expression: Expression, view: ScreeningView) -> tuple[Truth, list[Finding]]:
    """Return whether an expression holds in a view, as `evaluate` does, with the atoms that decide."""
    match expression:
        case AllOf() | AnyOf():
            parts = [explain(operand, view) for operand in judged_operands(expression)]
            truths = [truth for truth, _ in parts]
            truth = (
                all_true(truths)
                if isinstance(expression, AllOf)
                else negated(all_true([negated(each) for each in truths]))
            )
            return truth, [finding for each, findings in parts if each is truth for finding in findings]
        case Not(operand):
            truth, findings = explain(operand, view)
            return negated(truth), findings
        case _:
            found = evaluate_atom(expression, view)
            # The words beside a mention stand for it.
            spoken_of = isinstance(expression, Fact) and expression.is_mention
            return found.truth, [] if spoken_of else [found]


def evaluate_atom(atom: Atom, view: ScreeningView) -> Finding:
    """Return what a view shows of one atom."""
    match atom:
        case Fact() if atom.is_mention:
            return Finding(atom, None, "narrative", "only spoken of in words", about=need(atom))
        case Value():
            return _value(atom, view)
        case Fact() if not atom.count and not atom.size:
            return _presence(atom, view)
        case Fact():
            return _lesions(atom, view)
        case Narrative(text):
            return Finding(atom, None, "narrative", "needs a person's judgement", about=f"“{text}”")


def _value(atom: Value, view: ScreeningView) -> Finding:
    quantity = view.quantities.get(atom.concept)
    interval = _referred(quantity, atom)
    if quantity is None:
        parts = ", ".join(view.unscored.get(atom.concept, ()))
        shown = f"no usable result in the record{f', nor, to work it out: {parts}' if parts else ''}"
        return Finding(atom, None, "missing", shown, about=atom.concept_label)
    if interval is None:
        shown = f"{quantity.shown} has no {atom.relative_to or 'comparable'} reference"
        return Finding(atom, None, "missing", shown, quantity.evidence)
    recent = within_window(quantity.ago, atom.within)
    if recent is not True:
        wanted = atom.within.text if atom.within else ""
        return Finding(atom, None, "missing", f"{quantity.shown}; wanted {wanted}", quantity.evidence)
    return _measured(atom, quantity, within_limit(interval, atom.limit))


def _referred(quantity: Quantity | None, atom: Value) -> Interval | None:
    if quantity is None:
        return None
    by_reference = {None: quantity.value, "ULN": quantity.times_uln, "LLN": quantity.times_lln}
    return by_reference.get(atom.relative_to)


def _measured(atom: Atom, quantity: Quantity, truth: Truth) -> Finding:
    reason: UnknownReason | None = None
    if truth is None:
        reason = "conflict" if quantity.conflict else "imprecise"
    return Finding(atom, truth, reason, quantity.shown, quantity.evidence, quantity.axioms)


def _presence(atom: Fact, view: ScreeningView) -> Finding:
    if atom.study is not None:
        return _besides(atom, view)
    finding = _plain_presence(atom, view)
    if finding.truth is None:
        for instance in showing_instances(atom):
            shown = _presence(instance, view)
            if shown.truth:
                return replace(shown, atom=atom)
        for pair in (*unmet_by(atom), *given_for(atom)):
            if is_shown(AllOf(pair), view):
                return replace(_joined(atom, deciding_atoms(AllOf(pair), view)), truth=True)
        if (otherwise := contrary(atom)) is not None and is_shown(otherwise, view):
            told = _joined(atom, deciding_atoms(otherwise, view))
            return replace(told, truth=False, about=need(atom))
        ruling_out = ruled_out_by(atom)
        if ruling_out is not None and is_shown(ruling_out, view):
            return _told(atom, ruling_out, view)
    return finding


def _told(atom: Fact, ruling_out: Expression, view: ScreeningView) -> Finding:
    """Return that a fact doesn't hold, with what of the things excepted is there, and why they are."""
    excepted = {iri for each in exempted(atom) for iri in each.concepts}
    there = [view.present[iri] for iri in sorted(excepted) if iri in view.present]
    told: list[Presence | Finding] = [
        replace(each, shown=f"{each.shown}, which is excepted") for each in there
    ]
    told += [each for each in deciding_atoms(ruling_out, view) if isinstance(each.atom, Fact)]
    return replace(_joined(atom, told), truth=False, about=need(atom))


def _joined(atom: Fact, told: Iterable[Presence | Finding]) -> Finding:
    every = list(told)
    return Finding(
        atom,
        None,
        None,
        "; ".join(dict.fromkeys(each.shown for each in every)),
        tuple(dict.fromkeys(source for each in every for source in each.evidence)),
        tuple(dict.fromkeys(axiom for each in every for axiom in each.axioms)),
    )


def _besides(atom: Fact, view: ScreeningView) -> Finding:
    """Judge a malignancy besides the study disease, which is known."""
    readings = [(True, shown_by(atom)), *((False, each) for each in excluded_by(atom).operands)]
    for truth, reading in readings:
        if is_shown(reading, view):
            told = list(deciding_atoms(reading, view))
            # What rules it out comes before the study disease, which that names.
            words = [each.shown for each in told] if truth else [told[0].shown]
            shown = "; ".join(dict.fromkeys(words))
            return replace(_joined(atom, told), truth=truth, shown=shown, about="" if truth else need(atom))
    return replace(_open(replace(atom, study=None), view, view.present.get(fact_key(atom))), atom=atom)


def _plain_presence(atom: Fact, view: ScreeningView) -> Finding:
    key = fact_key(atom)
    present = view.present.get(key)
    if key in view.conflicts:
        shown = "the record contradicts itself"
        return Finding(atom, None, "conflict", shown, view.conflicts[key], about=need(atom))
    if present is not None and _holds(atom, present, over=key in view.over):
        return _decided(atom, present, truth=True)
    # What is over now may still have been active within the window.
    over = view.inactive.get(key) if _asks_active(atom) and atom.within is None else None
    absence = view.absent.get(key) or over
    if absence is not None:
        return replace(_decided(atom, absence, truth=False), about=need(atom))
    latest = view.latest.get(key)
    if latest is not None and within_window(latest.ago, atom.within) is False:
        known = present is not None and present.ago.days_min == latest.ago.days_min
        return replace(
            _decided(atom, present if known and present else latest, truth=False), about=need(atom)
        )
    return _open(atom, view, present)


def _decided(atom: Fact, record: Presence | Absence, *, truth: bool) -> Finding:
    return Finding(atom, truth, None, record.shown, record.evidence, record.axioms)


def _open(atom: Fact, view: ScreeningView, present: Presence | None) -> Finding:
    told = [("relation", "other"), ("status", "history"), ("status", "planned")]
    qualities = ", ".join(value for name, value in atom.modifiers.items() if (name, value) not in told)
    if present is None:
        return Finding(atom, None, "missing", "not settled by the record", about=need(atom))
    if qualities:
        shown = f"{present.shown}, but the record doesn't show whether: {qualities}"
        return Finding(atom, None, "missing", shown, present.evidence, present.axioms)
    if fact_key(atom) in view.over and not asks_history(atom):
        shown = f"{present.shown}; it is open whether that counts"
        return Finding(atom, None, "missing", shown, present.evidence, present.axioms)
    reason: UnknownReason = "imprecise" if fact_key(atom) in view.complete else "missing"
    wanted = f" (wanted: {atom.within.text})" if atom.within else ""
    return Finding(atom, None, reason, f"{present.shown}{wanted}", present.evidence, present.axioms)


def fact_key(atom: Fact) -> str:
    """Return the view's key of a fact: its concept, that concept as planned, or besides the study disease."""
    if atom.is_planned:
        return f"{atom.concept}{PLANNED}"
    return f"{atom.concept}-other" if atom.modifiers.get("relation") == "other" else atom.concept


def need(atom: Value | Fact) -> str:
    """Return what would have to be known to settle an atom, in a few words."""
    if isinstance(atom, Fact) and atom.modifiers.get("relation") == "other":
        return f"another {atom.concept_label}"
    if isinstance(atom, Fact) and atom.is_planned:
        return f"planned {atom.concept_label}"
    return atom.concept_label


def _asks_active(atom: Fact) -> bool:
    return atom.modifiers.get("status") == "active"


def asks_history(atom: Fact) -> bool:
    """Whether a fact that is over counts: the words ask for a history, or for a time in the past."""
    return atom.modifiers.get("status") == "history" or bool(atom.within and atom.within.amount is not None)


def is_qualified(atom: Fact) -> bool:
    """Whether a fact demands qualities that no view shows ("severe", "untreated")."""
    return bool(unshown_qualities(atom))


def unshown_qualities(atom: Fact) -> list[str]:
    """Return the qualities that a fact demands and no view shows."""
    return [value for name, value in atom.modifiers.items() if value not in _SHOWN.get(name, ())]


def _holds(atom: Fact, present: Presence, *, over: bool) -> bool:
    """Whether a presence proves the fact with all its modifiers and its window.

    What is over proves a history only: who was pregnant ten years ago isn't "pregnant".
    """
    if over and not asks_history(atom):
        return False
    if is_qualified(atom) or (_asks_active(atom) and present.active is not True):
        return False
    return within_window(present.ago, atom.within) is True


def _lesions(atom: Fact, view: ScreeningView) -> Finding:
    """Judge how many lesions there are and how large the largest is; both limits hold together."""
    findings = []
    if atom.count is None:
        findings.append(_presence(replace(atom, size=None), view))
    for limit, suffix in ((atom.count, "count"), (atom.size, "size")):
        if limit is not None:
            findings.append(_lesion_quantity(atom, limit, suffix, view))
    truth = all_true([finding.truth for finding in findings])
    deciding = [finding for finding in findings if finding.truth is truth]
    return Finding(
        atom,
        truth,
        deciding[0].reason,
        "; ".join(f"{each.about}: {each.shown}" if each.about else each.shown for each in deciding),
        tuple(dict.fromkeys(resource for finding in deciding for resource in finding.evidence)),
        tuple(dict.fromkeys(axiom for finding in deciding for axiom in finding.axioms)),
    )


def _lesion_quantity(atom: Fact, limit: Limit, suffix: str, view: ScreeningView) -> Finding:
    quantity = view.quantities.get(f"{atom.concept}-{suffix}")
    if quantity is None:
        what = "number" if suffix == "count" else "size"
        return Finding(atom, None, "missing", f"no {what} in the record", about=atom.concept_label)
    interval = quantity.value
    if is_qualified(atom):
        # Lesions of an unrecorded quality are some of those recorded: no more is known than a maximum.
        interval = Interval(-math.inf, interval.high, high_open=interval.high_open)
    return _measured(atom, quantity, within_limit(interval, limit))
