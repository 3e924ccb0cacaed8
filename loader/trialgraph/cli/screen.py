"""``trialgraph screen``: patients against trials."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from trialgraph.catalogue import named_concepts, screenable_trials
from trialgraph.cli.options import StoreOption, messages, output, parse_date, reading_store
from trialgraph.derivation import screening_view
from trialgraph.errors import PatientError, UsageError
from trialgraph.patients import PatientRecord, read_patients
from trialgraph.reports.earl import screening_graph
from trialgraph.reports.page import screening_page
from trialgraph.reports.terminal import print_screening
from trialgraph.screening import Engine, Screening, to_json
from trialgraph.screening import screen as screen_view
from trialgraph.views import Completeness
from trialgraph.vocabularies import known_concepts

Format = Literal["table", "json", "ndjson", "html", "turtle"]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Screening date; today without it.")
]
AssumeComplete = Annotated[
    str | None,
    typer.Option(
        "--assume-complete",
        metavar="LIST",
        help="Categories to take as recorded completely, separated by commas: "
        f"{', '.join(get_args(Completeness))}, or all.",
    ),
]


def screen(
    patients: Annotated[
        list[str],
        typer.Argument(
            metavar="PATIENT…", help="FHIR R4 bundles, NDJSON exports, patient Turtle or CSV tables."
        ),
    ],
    trial: Annotated[
        list[str] | None, typer.Option("--trial", metavar="NCT…", help="Only this trial.")
    ] = None,
    as_of: AsOf = None,
    assume_complete: AssumeComplete = None,
    engine: Annotated[
        Engine, typer.Option(help="What evaluates the criteria; all give the same.")
    ] = "pyshacl",
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="TOML", help="What the columns of a CSV table mean."),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to show the result.")] = "table",  # noqa: A002
    store: StoreOption = None,
) -> None:
    """Say of each patient and trial: eligible, ineligible or possible, and why.

    Unknown means that the record doesn't show it. Missing is never taken as absent, unless
    --assume-complete says that what isn't recorded didn't happen.
    """
    date, assumed = parse_date(as_of), parse_completeness(assume_complete)
    with reading_store(store, *(trial or ())) as source:
        trials = screenable_trials(source, [nct.upper() for nct in trial or ()])
    if not trials:
        raise UsageError("the store holds no trials", advice="load some first with: trialgraph load PATH")
    concepts = known_concepts().including(named_concepts(trials))

    def screened(record: PatientRecord) -> Screening:
        view = screening_view(record, date, assume_complete=assumed, concepts=concepts)
        return replace(screen_view(view, trials, engine=engine), report=record.report)

    _show(_progress(map(screened, _records(patients, columns)), streamed=format == "ndjson"), format)


def parse_completeness(text: str | None) -> tuple[Completeness, ...]:
    """Return the categories of ``--assume-complete``.

    Raises:
        UsageError: when one is unknown; names the known ones.
    """
    known: tuple[Completeness, ...] = get_args(Completeness)
    asked = [name.strip() for name in (text or "").split(",") if name.strip()]
    unknown = [name for name in asked if name != "all" and name not in known]
    if unknown:
        raise UsageError(
            f"no category {unknown[0]!r} to assume complete", advice=f"use {', '.join(known)} or all"
        )
    return known if "all" in asked else tuple(name for name in known if name in asked)


def single_patient(path: str) -> PatientRecord:
    """Return the one patient of a file.

    Raises:
        PatientError: when the file holds several.
    """
    records = list(_records([path]))
    if len(records) != 1:
        raise PatientError(f"{len(records)} patients where one is wanted", where=path)
    return records[0]


def _records(paths: list[str], columns: str | None = None) -> Iterator[PatientRecord]:
    for path in paths:
        found = False
        for record in read_patients(Path(path), columns=Path(columns) if columns else None):
            found = True
            for entry in record.report:
                messages.print(f"{path}: {entry}", style="dim", markup=False, highlight=False, soft_wrap=True)
            yield record
        if not found:
            raise PatientError("no patient in it", where=path, advice="check the export")


def _progress(screenings: Iterable[Screening], *, streamed: bool) -> Iterator[Screening]:
    """Count the patients on a terminal, unless the results go there one by one themselves."""
    shown = messages.is_terminal and not (streamed and sys.stdout.isatty())
    columns = SpinnerColumn(), TextColumn("Screening: {task.completed} patients done"), TimeElapsedColumn()
    with Progress(*columns, console=messages, transient=True, disable=not shown) as progress:
        task = progress.add_task("", total=None)
        for each in screenings:
            yield each
            progress.advance(task)


def _show(screenings: Iterator[Screening], format: Format) -> None:  # noqa: A002
    if format == "ndjson":
        for screening in screenings:
            typer.echo(json.dumps(to_json(screening), ensure_ascii=False))
        return
    results = list(screenings)
    if format == "html" and len(results) != 1:
        raise UsageError(
            "an HTML report is of one patient", advice="screen one patient at a time, or use ndjson"
        )
    if format == "json":
        documents = [to_json(screening) for screening in results]
        whole = documents[0] if len(documents) == 1 else documents
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    for screening in results:
        if format == "table":
            print_screening(screening, output)
        else:
            page = screening_page(screening) if format == "html" else screening_graph(screening).serialize()
            typer.echo(page)
