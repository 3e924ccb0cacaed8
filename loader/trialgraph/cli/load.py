"""``trialgraph load``: put trial records into a store."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from trialgraph.cli.options import CurationOption, StoreOption, messages, output, writing_store
from trialgraph.cli.readings import report_stale
from trialgraph.cli.vocabulary import prepared_vocabularies
from trialgraph.curation import curation_folders, read_corrections
from trialgraph.errors import InputError
from trialgraph.loading import LoadReport, load_records
from trialgraph.sources.files import read_records

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH…", help="Files or folders: .json, .jsonl, .txt, also as .gz or .zip."),
]


def load(paths: Paths, store: StoreOption = None, curation: CurationOption = None) -> None:
    """Load trial records; a trial that is already there is replaced, at once or not at all.

    ClinicalTrials.gov API v2 JSON (single studies, result pages, lists, JSON lines) and saved pages
    of the layouts in `data/layouts`.
    """
    prepared_vocabularies()
    report = LoadReport()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} trials"),
        TimeElapsedColumn(),
    )
    records = read_records(paths)
    corrections = read_corrections(curation_folders(curation))
    with writing_store(store) as target, Progress(*columns, console=messages, transient=True) as progress:
        task = progress.add_task("loading", total=None)
        for _ in load_records(records, target, report, corrections=corrections):
            progress.update(task, advance=1)
    for refusal in report.refused:
        messages.print(
            f"refused: {refusal.error}", style="red", markup=False, highlight=False, soft_wrap=True
        )
    for nct in report.repeated:
        messages.print(f"{nct} came more than once; the last one stays", highlight=False)
    report_stale(report.stale)
    if report.refused and not report.trials:
        raise InputError("no record could be loaded", where=", ".join(map(str, paths)))
    output.print(summary(report), highlight=False)


def summary(report: LoadReport) -> str:
    """Return in one line what a load did."""
    refused = f"; refused {len(report.refused)} records" if report.refused else ""
    curated = f", {report.curated:,} readings set by hand" if report.curated else ""
    return (
        f"Loaded {report.trials:,} trials: {report.criteria:,} criteria, {report.atoms:,} formal atoms, "
        f"{report.narrative:,} criteria stayed narrative{curated}, {report.triples:,} triples{refused}."
    )
