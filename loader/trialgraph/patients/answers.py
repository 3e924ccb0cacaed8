"""What qualitative answers mean, by the tables of `data/records`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trialgraph.patients.coding import Json
from trialgraph.patients.elements import codes
from trialgraph.patients.tables import Answer, Result, answers, results

__all__ = ["answer_of", "result_of"]


def answer_of(value: Json) -> Answer | None:
    """Return what a qualitative answer means; None when its codes and words don't agree."""
    if isinstance(value, bool):
        return Answer(value, None, None)
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, Mapping):
        return None
    table = answers()
    texts = [value.get("text"), *(coding.get("display") for coding in value.get("coding") or ())]
    folded = {
        (" ".join(str(text).casefold().replace("(qualifier value)", "").split())) for text in texts if text
    }
    found = {table[code] for code in codes(value) if code in table}
    found |= {table["", text] for text in folded if ("", text) in table}
    return found.pop() if len({answer.positive for answer in found}) == 1 and found else None


def result_of(codeable: Json, subjects: Iterable[str]) -> Result | None:
    """Return what an answer means to one of the questions, by the table; None when it isn't there."""
    texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
    plain = (str(text).casefold().replace("(finding)", "") for text in texts if text)
    keys = [*codes(codeable), *(("", " ".join(text.split())) for text in plain)]
    found = {table[key] for iri in subjects if (table := results().get(iri)) for key in keys if key in table}
    return found.pop() if len(found) == 1 else None
