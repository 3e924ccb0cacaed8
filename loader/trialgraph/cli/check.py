"""``trialgraph check``: contradictions and gaps of trial records, as a curator would read them."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table
from rich.text import Text

from trialgraph.cli.options import StoreOption, messages, output, reading_store
from trialgraph.errors import UsageError
from trialgraph.shapes.quality import Finding, Severity, check_trials, findings_to_graph
from trialgraph.stores import Store

__all__ = ["check"]

_FORMATS = ("table", "json", "turtle")
_PLACES = 3  # parts that are named before "and 27 more"
_STYLES = {"violation": "bold red", "warning": "yellow", "info": "dim"}


def check(
    trials: Annotated[list[str] | None, typer.Argument(metavar="[NCT]…", help="Registry numbers.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Check every trial of the store.")] = False,
    form: Annotated[str, typer.Option("--format", help="table, json or turtle (a SHACL report).")] = "table",
    store: StoreOption = None,
) -> None:
    """Check loaded trials: what each has to have, and places of a record that contradict each other.

    Exits with 1 when there is a violation; warnings and hints don't count.
    """
    if form not in _FORMATS:
        raise UsageError(f"unknown format {form!r}", advice=f"use one of {', '.join(_FORMATS)}")
    if every == bool(trials):
        raise UsageError("name trials, or give --all, and not both", advice="trialgraph check NCT06794086")
    with reading_store(store, *(trials or ())) as opened:
        asked = opened.trials() if every else _wanted(opened, trials or [])
        checked = dict(_progress(opened, asked))
    findings = [finding for found in checked.values() for finding in found]
    if form == "json":
        typer.echo(json.dumps([_to_json(trial, found) for trial, found in checked.items()], indent=2))
    elif form == "turtle":
        typer.echo(findings_to_graph(findings), nl=False)
    else:
        _print_report(checked)
    if any(finding.severity == "violation" for finding in findings):
        raise typer.Exit(1)


def _wanted(store: Store, trials: list[str]) -> list[str]:
    known, wanted = set(store.trials()), [trial.upper() for trial in trials]
    for trial in wanted:
        if trial not in known:
            advice = "load it first, or see trialgraph query trials-overview"
            raise UsageError(f"the store has no trial {trial}", where=store.location, advice=advice)
    return list(dict.fromkeys(wanted))


def _progress(store: Store, trials: list[str]) -> Iterator[tuple[str, list[Finding]]]:
    """Check trials with a progress bar on a terminal."""
    hidden = not messages.is_terminal or len(trials) == 1
    return iter(
        track(
            check_trials(store, trials),
            description="Checking",
            total=len(trials),
            console=messages,
            transient=True,
            disable=hidden,
        )
    )


def _print_report(checked: dict[str, list[Finding]]) -> None:
    for trial, findings in checked.items():
        if findings:
            output.print(Text(trial, style="bold"), Text(_summary(findings), style="dim"))
            output.print(_findings_table(findings))
    clean = sum(not findings for findings in checked.values())
    total = _summary([finding for findings in checked.values() for finding in findings])
    output.print(Text(f"{len(checked)} checked, {clean} without a finding; {total or 'nothing found'}"))


def _findings_table(findings: list[Finding]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 1), pad_edge=True)
    for column in ("severity", "place", "message"):
        table.add_column(column, overflow="fold", no_wrap=column == "severity")
    for (severity, _, message), alike in groupby(
        findings, key=lambda one: (one.severity, one.check, one.message)
    ):
        parts = [finding.part for finding in alike]
        shown = ", ".join(part for part in parts[:_PLACES] if part)
        more = f" and {len(parts) - _PLACES} more" if len(parts) > _PLACES else ""
        table.add_row(Text(severity, style=_STYLES[severity]), Text(shown + more), Text(message))
    return table


def _summary(findings: list[Finding]) -> str:
    numbers = Counter(finding.severity for finding in findings)
    words: dict[Severity, str] = {"violation": "violations", "warning": "warnings", "info": "hints"}
    return ", ".join(
        f"{numbers[one]} {many if numbers[one] != 1 else many[:-1]}"
        for one, many in words.items()
        if numbers[one]
    )


def _to_json(trial: str, findings: list[Finding]) -> dict[str, object]:
    return {"trial": trial, "findings": [asdict(finding) for finding in findings]}
