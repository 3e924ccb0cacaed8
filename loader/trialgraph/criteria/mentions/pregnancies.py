"""Negative pregnancy tests, which sentences about contraception ask for as well."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["tested_for_pregnancy"]

_PREGNANCY = str(TGC.Pregnancy)
_ABSENT = frozenset({"negative", "negative for"})
_SUPPOSING = frozenset({"if", "unless", "when", "until", "in case", "in case of"})
_PROVING = frozenset({"confirmed by", "by", "not"})
"""Words after which a test is a case or a proof of something else, not what is asked for."""
_NEAR = 7
_SOON = 5


def tested_for_pregnancy(text: Text, chunks: Sequence[tuple[Chunk, int]]) -> Fact | None:
    """Return the pregnancy that a sentence denies by a negative test; None where it asks for none.

    Args:
        text: The text.
        chunks: The chunks of the sentence with brackets opened, each with its depth in them.
    """
    for index, (chunk, depth) in enumerate(chunks[:-1]):
        if (
            chunk.term is None
            or chunk.term.iri != _PREGNANCY
            or not chunks[index + 1][0].form.startswith("test")
        ):
            continue
        before = [each for each, inside in chunks[max(0, index - _NEAR) : index] if inside == depth]
        after = [each for each, inside in chunks[index + 2 : index + 2 + _SOON] if inside == depth]
        at = next((i for i in range(len(before) - 1, -1, -1) if before[i].form in _ABSENT), None)
        led = at is not None and all(each.form not in (",", ";") for each in before[at:])
        ends = any(each.form in _ABSENT for each in after)
        leading = before[:at] if led else before
        supposed = any(each.form in _SUPPOSING for each, _ in chunks[:index])
        if (led or ends) and not (supposed or any(each.form in _PROVING for each in leading)):
            return Fact(
                chunk.term.iri, chunk.term.label, "reproductive", span=text.span(chunk.start, chunk.end)
            )
    return None
