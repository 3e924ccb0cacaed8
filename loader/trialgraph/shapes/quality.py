"""Check trial graphs: what each has to have, and places of one record that contradict each other.

What a graph has to have is SHACL Core and checked by pySHACL, trial by trial. Contradictions are
SHACL-SPARQL; their queries are asked of the store itself, once for all trials, which gives the
same results as any SHACL engine and is fast for a whole registry. What takes the meaning of criteria,
not their triples, is in `consistency`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import pyoxigraph as ox
from rdflib import RDF, SH, Graph, Node, URIRef

from trialgraph.errors import StoreError, UsageError
from trialgraph.namespaces import BASE, GRAPH, TRIAL
from trialgraph.queries import PREFIXES, insert_values, shorten
from trialgraph.resources import product_folder
from trialgraph.shapes.consistency import Clash, clashes
from trialgraph.stores import Store

__all__ = ["Finding", "Severity", "check_trial", "check_trials", "check_triples", "findings_to_graph"]

Severity = Literal["violation", "warning", "info"]
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)

_SHAPE = f"{BASE}shape/"
_BINDING = re.compile(r"\{[?$](\w+)\}")
_LONGEST = 240  # characters of a record's words in a message
_PARTS_TOGETHER = 200  # trials for which contradictions are looked for in one query


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a trial that a curator should know.

    Args:
        trial: Registry number.
        severity: ``violation`` (wrong, or unfit for screening), ``warning`` (to be looked at) or
            ``info`` (the source leaves something out).
        check: Local name of the shape, such as ``phase-text``.
        message: What is wrong; of a contradiction, with both places.
        focus: IRI of the node it is about: the trial or a part of it.
        path: IRI of the property it is about; None when it is about the node.
        value: The value at fault; None when something is missing.
    """

    trial: str
    severity: Severity
    check: str
    message: str
    focus: str
    path: str | None
    value: str | None

    @property
    def part(self) -> str:
        """The focus below its trial, such as ``arm/2``; empty for the trial itself."""
        return self.focus.removeprefix(str(TRIAL[self.trial])).removeprefix("/")


def check_trial(store: Store, trial: str) -> list[Finding]:
    """Return what is to be said of one trial, the gravest first.

    Args:
        store: Where its graph is.
        trial: Registry number.
    Raises:
        StoreError: when the store has no such trial.
    """
    return next(findings for _, findings in check_trials(store, [trial]))


def check_trials(store: Store, trials: Sequence[str]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each trial with what is to be said of it, the gravest first; an empty list when all is well.

    Args:
        store: Where their graphs are.
        trials: Registry numbers.
    Raises:
        StoreError: when the store has no such trial.
    """
    for start in range(0, len(trials), _PARTS_TOGETHER):
        together = trials[start : start + _PARTS_TOGETHER]
        contradictions, apart = _contradictions(store, together), clashes(store, together)
        for trial in together:
            found = [*_failures(store, trial), *contradictions.get(trial, [])]
            found += (_clash(each) for each in apart.get(trial, ()))
            yield trial, sorted(found, key=_gravity)


def findings_to_graph(findings: Iterable[Finding]) -> str:
    """Return findings as a SHACL validation report in Turtle."""
    report, triples = ox.BlankNode("report"), []
    sh, listed = str(SH), list(findings)
    conforms = ox.Literal(str(not listed).lower(), datatype=ox.NamedNode(f"{PREFIXES['xsd']}boolean"))
    a = ox.NamedNode(str(RDF.type))
    triples.append(ox.Triple(report, a, ox.NamedNode(f"{sh}ValidationReport")))
    triples.append(ox.Triple(report, ox.NamedNode(f"{sh}conforms"), conforms))
    for number, finding in enumerate(listed, 1):
        result = ox.BlankNode(f"result{number}")
        triples.append(ox.Triple(report, ox.NamedNode(f"{sh}result"), result))
        triples.append(ox.Triple(result, a, ox.NamedNode(f"{sh}ValidationResult")))
        for name, value in _report_values(finding):
            triples.append(ox.Triple(result, ox.NamedNode(f"{sh}{name}"), value))
    prefixes = {**PREFIXES, "sh": sh, "shape": _SHAPE}
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


def _report_values(finding: Finding) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    yield "focusNode", ox.NamedNode(finding.focus)
    yield "resultSeverity", ox.NamedNode(f"{SH}{finding.severity.title()}")
    yield "sourceShape", ox.NamedNode(_SHAPE + finding.check)
    yield "resultMessage", ox.Literal(finding.message)
    if finding.path:
        yield "resultPath", ox.NamedNode(finding.path)
    if finding.value is not None:
        yield "value", ox.Literal(finding.value)


def _gravity(finding: Finding) -> tuple[int, str, str]:
    return _SEVERITIES.index(finding.severity), finding.check, _in_order(finding.part)


def _in_order(part: str) -> str:
    return re.sub(r"\d+", lambda number: number[0].zfill(6), part)


@cache
def _core_shapes() -> Graph:
    return Graph().parse(product_folder("shapes") / "trial-quality.ttl")


def _failures(store: Store, trial: str) -> list[Finding]:
    """Return what the SHACL Core shapes report of one trial."""
    triples = list(store.graph(str(GRAPH[trial])))
    if not triples:
        raise StoreError(f"the store has no trial {trial}", where=store.location, advice="load it first")
    return check_triples(triples, trial)


def check_triples(triples: Iterable[ox.Triple], trial: str) -> list[Finding]:
    """Return what the SHACL Core shapes report of a graph, the gravest first.

    Args:
        triples: The graph, whether it is in a store or not.
        trial: Registry number of the trial that it should be of.
    """
    import pyshacl

    lines = "".join(f"{triple} .\n" for triple in triples)
    data = Graph().parse(data=lines, format="nt")
    _, report, text = pyshacl.validate(data, shacl_graph=_core_shapes(), advanced=False)
    if not isinstance(report, Graph):
        raise UsageError(f"the shapes could not be applied: {text}", where=trial)
    return sorted(
        {_failure(report, result, trial) for result in report.objects(None, SH.result)}, key=_gravity
    )


def _failure(report: Graph, result: Node, trial: str) -> Finding:
    focus, path, value, shape, message, severity = (
        report.value(result, name)
        for name in (
            SH.focusNode, SH.resultPath, SH.value, SH.sourceShape, SH.resultMessage, SH.resultSeverity,
        )
    )  # fmt: skip
    named = str(shape).removeprefix(_SHAPE) if isinstance(shape, URIRef) else "unnamed"
    return Finding(
        trial=trial,
        severity=_severity(str(severity)),
        check=named,
        message=str(message),
        focus=str(focus),
        path=str(path) if isinstance(path, URIRef) else None,
        value=None
        if value is None or (isinstance(value, URIRef) and str(value) == str(focus))
        else str(value),
    )


def _severity(iri: str) -> Severity:
    name = iri.removeprefix(str(SH)).lower()
    return next(severity for severity in _SEVERITIES if severity == name)


@dataclass(frozen=True, slots=True)
class _Contradiction:
    """One SHACL-SPARQL constraint."""

    check: str
    severity: Severity
    message: str
    select: str


@cache
def _constraints() -> tuple[_Contradiction, ...]:
    shapes = Graph().parse(product_folder("shapes") / "contradictions.ttl")
    return tuple(
        _Contradiction(
            check=str(shape).removeprefix(_SHAPE),
            severity=_severity(str(shapes.value(shape, SH.severity))),
            message=str(shapes.value(constraint, SH.message)),
            select=str(shapes.value(constraint, SH.select)),
        )
        for shape, constraint in sorted(shapes.subject_objects(SH.sparql))
    )


def _contradictions(store: Store, trials: Sequence[str]) -> dict[str, list[Finding]]:
    """Return what the SHACL-SPARQL constraints report, by trial."""
    found: dict[str, list[Finding]] = {}
    terms = " ".join(str(ox.NamedNode(TRIAL[trial])) for trial in trials)
    for constraint in _constraints():
        text = insert_values(constraint.select, "this", terms, where=constraint.check)
        solutions = store.select(text, prefixes=PREFIXES)
        names = [variable.value for variable in solutions.variables]
        for row in solutions:
            values = {name: row[name] for name in names}
            finding = _contradiction(constraint, values)
            found.setdefault(finding.trial, []).append(finding)
    return found


def _contradiction(
    constraint: _Contradiction, row: Mapping[str, ox.NamedNode | ox.Literal | None]
) -> Finding:
    focus, path, value = row["this"], row.get("path"), row.get("value")
    if not isinstance(focus, ox.NamedNode):
        raise UsageError("a constraint has to bind $this to a trial", where=constraint.check)
    return Finding(
        trial=shorten(focus),
        severity=constraint.severity,
        check=constraint.check,
        message=_BINDING.sub(lambda name: _quote(row.get(name[1])), constraint.message),
        focus=focus.value,
        path=None if path is None else path.value,
        value=None if value is None else value.value,
    )


def _clash(clash: Clash) -> Finding:
    return Finding(
        trial=clash.trial,
        severity="info" if clash.check == "criterion-same" else "warning",
        check=clash.check,
        message=clash.message,
        focus=f"{TRIAL[clash.trial]}/criterion/{clash.criterion}",
        path=clash.path,
        value=clash.value,
    )


def _quote(term: ox.NamedNode | ox.Literal | None) -> str:
    text = " ".join(shorten(term).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
