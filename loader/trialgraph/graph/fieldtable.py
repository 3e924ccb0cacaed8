"""The table of fields as a page of the docs: ``python -m trialgraph.graph.fieldtable``."""

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from trialgraph.sources.fields import Field, packaged_fields

__all__ = ["field_page"]

_HEAD = """# What becomes of the registry's fields

Every field of ClinicalTrials.gov's API v2 (schema `Study`), and of `pageSection`, where values go that
only saved pages state. This page is made from `data/registry/fields.csv`, which is also what builds the
graph: `python -m trialgraph.graph.fieldtable > docs/registry-fields.md`.

`[]` marks a list, `.**` everything below. A field is about the nearest node above it, or about the trial
when it says so. "node" makes one, with an IRI below that of the node above; `^` turns a triple round.
A field of a record that is not in this table is named by `tg:unreadField` in the record's graph.
"""


def field_page(fields: Iterable[Field] | None = None) -> str:
    """Return the page, in Markdown; for the packaged table when none is given."""
    rows = packaged_fields() if fields is None else tuple(fields)
    lines = [_HEAD.rstrip()]
    for section, group in groupby(rows, key=lambda row: _section(row.path)):
        lines += [f"\n## {section}\n", "| field | becomes | how | note |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(_cells(row, section))} |" for row in group]
    return "\n".join(lines) + "\n"


def _section(path: str) -> str:
    names = path.split(".")
    return ".".join(names[:2]) if len(names) > 2 else names[0]


def _cells(row: Field, section: str) -> Iterator[str]:
    yield f"`{row.path.removeprefix(section + '.')}`"
    yield f"`{row.predicate}`" if row.predicate else "–"
    how = f"node `{row.node or 'trial'}` at `{row.iri}`" if row.value == "node" else row.value
    stated = "".join(f', `{name}` "{value}"' for name, value in row.states)
    yield how + stated + (" of the trial" if row.subject == "trial" else "")
    yield row.note


if __name__ == "__main__":
    sys.stdout.write(field_page())
