"""``trialgraph validate``: the plain SHACL validation report of one patient against one trial."""

from typing import Annotated

import typer

from trialgraph.catalogue import named_concepts, screenable_trial
from trialgraph.cli.options import StoreOption, parse_date, reading_store
from trialgraph.cli.screen import AsOf, AssumeComplete, parse_completeness, single_patient
from trialgraph.derivation import screening_view
from trialgraph.shapes.eligibility import compile_shapes, view_for
from trialgraph.shapes.engines import has_violation, validation_report
from trialgraph.views import view_graph
from trialgraph.vocabularies import known_concepts


def validate(
    patient: Annotated[
        str, typer.Argument(metavar="PATIENT", help="FHIR R4 bundle, NDJSON or patient Turtle.")
    ],
    trial: Annotated[str, typer.Option("--trial", metavar="NCT…", help="Registry number of the trial.")],
    as_of: AsOf = None,
    assume_complete: AssumeComplete = None,
    view_only: Annotated[
        bool,
        typer.Option(
            "--view", help="Print what the shapes are run over instead: the screening view, as Turtle."
        ),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Print the SHACL validation report of a patient against a trial's criteria, as Turtle.

    Exit code 1 when a criterion bars the patient (a result of severity sh:Violation). With the view and
    what `trialgraph shapes` prints, any SHACL engine makes the same report.
    """
    record = single_patient(patient)
    with reading_store(store, trial) as source:
        wanted = screenable_trial(source, trial.upper())
    view = screening_view(
        record,
        parse_date(as_of),
        assume_complete=parse_completeness(assume_complete),
        concepts=known_concepts().including(named_concepts([wanted])),
    )
    graph = view_graph(view_for(view, wanted))
    if view_only:
        typer.echo(graph.serialize(format="turtle"), nl=False)
        return
    report = validation_report(graph, compile_shapes(wanted))
    typer.echo(report.serialize(format="turtle"), nl=False)
    if has_violation(report):
        raise typer.Exit(1)
