"""``trialgraph fetch``: get records from the registry's API."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from trialgraph.errors import InputError
from trialgraph.sources.fetch import REGISTRY, REGISTRY_VARIABLE, fetch_studies

Numbers = Annotated[list[str], typer.Argument(metavar="NCT…", help="Registry numbers, such as NCT06794086.")]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the records are put.")]
Registry = Annotated[
    str | None,
    typer.Option(
        "--registry", metavar="URL", envvar=REGISTRY_VARIABLE, help=f"The API; otherwise {REGISTRY}."
    ),
]


def fetch(ncts: Numbers, out: Out = Path(), registry: Registry = None) -> None:
    """Get records from ClinicalTrials.gov's API v2, each as FOLDER/NCT….json.

    Prints the path of each file written. A registry that is busy is asked again, as it wants to be.
    """
    for fetched in fetch_studies(ncts, base_url=registry):
        target = out / f"{fetched.record.nct}.json"
        _write(target, fetched.content)
        typer.echo(target)


def _write(target: Path, content: bytes) -> None:
    """Write a file at once or not at all.

    Raises:
        InputError: when the folder can't be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.stem}-", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            f"can't be written: {error.strerror}", where=str(target), advice="name another folder"
        ) from error
