"""A curation to fill in: the present reading of a criterion, as the YAML that overrides it."""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

from trialgraph.expressions import Expression, to_json

__all__ = ["curation_template"]

_HEADER = """\
# Save as {trial}.yaml in {folder}
# Fill in who and why, and correct the expression. Then: trialgraph curation check
"""


class _Writer(yaml.SafeDumper):
    """Writes lines of text as a block, and spans and bounds on one line."""


def curation_template(
    trial: str, criterion: str, text: str, expression: Expression, *, day: date, folder: str
) -> str:
    """Return a curation file that states a criterion's present reading.

    Args:
        trial: Registry number.
        criterion: Id of the criterion.
        text: Its words, verbatim.
        expression: Its present reading.
        day: When it is being curated.
        folder: Where the file is to be put.
    """
    entry = {"who": "", "when": day, "why": "", "text": text, "expression": _editable(to_json(expression))}
    document = {"trial": trial, "criteria": {criterion: entry}}
    written = yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100)
    return _HEADER.format(trial=trial, folder=folder) + str(written)


def _editable(document: Any) -> Any:
    """Return an expression's JSON without the nominal days that follow from a window's amount."""
    if isinstance(document, list):
        return [_editable(each) for each in document]
    if not isinstance(document, dict):
        return document
    derived = "max_days" if "amount" in document else None
    return {name: _editable(value) for name, value in document.items() if name != derived}


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(writer: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    plain = all(isinstance(each, int | float) for each in items)
    return writer.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=plain)


_Writer.add_representer(str, _text)
_Writer.add_representer(list, _list)
