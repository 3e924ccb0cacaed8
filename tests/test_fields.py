import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from trialgraph.errors import InputError
from trialgraph.graph.fieldtable import field_page
from trialgraph.graph.terms import prefixed
from trialgraph.records import Json
from trialgraph.sources.fields import SUBTREE, Field, load_fields, packaged_fields
from trialgraph.sources.registry import unknown_fields

from .shared_files import ROOT, shared_file

FIELDS = packaged_fields()
ROWS = {row.path: row for row in FIELDS}
SUBTREES = tuple(row.path.removesuffix("**") for row in FIELDS if row.path.endswith(SUBTREE))
CONVERTERS = {
    "string": {"text", "code", "date", "link", "PubMed", "registry identity", "trial", "doses"}
    | {"concepts", "heading concepts"},
    "boolean": {"boolean"},
    "integer": {"integer"},
    "number": {"decimal"},
}


def leaves(schemas: dict[str, Json], schema: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each leaf of a schema with its type, in the table's notation."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "array":
        yield from leaves(schemas, schema["items"], f"{path}[]")
    elif "properties" in schema:
        for name, below in schema["properties"].items():
            yield from leaves(schemas, below, f"{path}.{name}" if path else name)
    else:
        yield path, schema["type"]


def schema_leaves() -> dict[str, str]:
    """Return the leaves of the registry's own schema of a study, with their types."""
    text = shared_file("corpus/ctg-oas-v2.yaml").read_text(encoding="utf-8")
    schemas = yaml.safe_load(text)["components"]["schemas"]
    return dict(leaves(schemas, schemas["Study"]))


def _is_at(path: str, leaf: str) -> bool:
    return leaf == path or leaf.startswith((f"{path}.", f"{path}["))


def covering(path: str) -> str | None:
    """Return the path of the row that answers for a path of a record; None when none does."""
    return path if path in ROWS else next((f"{top}**" for top in SUBTREES if path.startswith(top)), None)


def test_every_field_of_the_schema_has_a_row() -> None:
    """The table holds each of the schema's leaves, or a subtree that it is in, with its type."""
    found = schema_leaves()
    assert len(found) > 300
    assert [path for path in found if covering(path) is None] == []
    mistyped = {path for path, kind in found.items() if path in ROWS and ROWS[path].type != kind}
    assert mistyped == set()


def test_every_row_is_of_the_schema_or_of_pages() -> None:
    """The table has no field that the registry doesn't have, but for the pages' own section."""
    found = schema_leaves()
    own = (row.path for row in FIELDS if not row.path.startswith("pageSection."))
    strange = [path for path in own if not any(_is_at(path.removesuffix(SUBTREE), leaf) for leaf in found)]
    assert strange == []


def test_every_field_of_the_corpus_is_in_the_table_or_reported() -> None:
    """What occurs in 670 studies and not in the table is what `unknown_fields` counts."""
    uncovered: Counter[str] = Counter()
    reported: Counter[str] = Counter()
    with gzip.open(shared_file("corpus/ctgov_v2.jsonl.gz")) as lines:
        for line in lines:
            study = json.loads(line)
            unknown = unknown_fields(study)
            reported += unknown
            for path in paths(study):
                if covering(path) is None:
                    assert any(path == top or path.startswith((f"{top}.", f"{top}[")) for top in unknown)
                    uncovered[path] += 1
    assert set(reported) == {
        "protocolSection.contactsLocationsModule.locations_nested",
        "protocolSection.armsInterventionsModule.interventions[].interventionMappedName",
    }
    assert uncovered


def paths(value: Json, path: str = "") -> Iterator[str]:
    """Yield the path of each value in a study that isn't an object or a list."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from paths(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for member in value:
            yield from paths(member, f"{path}[]")
    else:
        yield path


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: f"{row.path} {row.predicate} {row.value}")
def test_a_row_says_what_becomes_of_its_field(row: Field) -> None:
    """Terms are defined by the ontology, converters fit types, and what is omitted has a reason."""
    if row.omitted:
        assert len(row.note.split()) > 4
        return
    if row.value == "node identity":
        assert f"{{{row.path.rpartition('.')[2]}}}" in ROWS[row.path.rpartition(".")[0]].iri
        return
    assert prefixed(row.predicate.removeprefix("^"))
    assert row.subject in ("", "trial")
    if row.value == "node":
        assert row.type == "object"
        assert row.iri
        assert ("{" in row.iri) == row.path.endswith("[]")
        assert not row.node or prefixed(row.node)
        assert all(prefixed(name) for name, _ in row.states)
    elif row.value.startswith(("link tg:", "unmatched tg:")):
        node = row.value.partition(" ")[2]
        assert any(other.node == node and other.names for other in FIELDS)
    else:
        assert row.value in CONVERTERS[row.type]


def test_no_row_comes_twice() -> None:
    """A field may become several things, but not the same thing twice."""
    counted = Counter((row.path, row.predicate, row.value, row.subject) for row in FIELDS)
    assert [row for row, number in counted.items() if number > 1] == []


def test_a_field_is_omitted_or_carried() -> None:
    """No field is both, and nothing below an omitted subtree has a row of its own."""
    omitted = {row.path for row in FIELDS if row.omitted}
    carried = {row.path for row in FIELDS if not row.omitted}
    assert not omitted & carried
    assert [path for path in ROWS if path.startswith(SUBTREES) and not path.endswith(SUBTREE)] == []


def test_the_page_of_the_docs_is_made_from_the_table() -> None:
    """docs/registry-fields.md is what `python -m trialgraph.graph.fieldtable` prints."""
    assert (ROOT / "docs" / "registry-fields.md").read_text(encoding="utf-8") == field_page()


def test_the_page_has_each_row_on_a_line_of_its_own() -> None:
    """Every row is a table row of four cells."""
    lines = [line for line in field_page().splitlines() if line.startswith("| `")]
    assert len(lines) == len(FIELDS)
    assert {line.count(" | ") for line in lines} == {3}


def test_a_table_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    """A missing file or column is an input error that names the file."""
    (tmp_path / "fields.csv").write_text("path,type\nhasResults,boolean\n", encoding="utf-8")
    for name in ("fields.csv", "none.csv"):
        with pytest.raises(InputError, match=name):
            load_fields(tmp_path / name)
