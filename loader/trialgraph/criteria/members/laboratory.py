"""Where the next test starts in a table of laboratory tests that has lost its lines."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.namespaces import TGC

__all__ = ["starts_tests", "with_tests_opened"]

_CLASS = str(TGC.NYHAClass)
_LIMITED = frozenset({"value", "limit"})
_CASES = frozenset({"condition", "exception"})
_BEFORE_GROUP = _LIMITED | {"bracket", "window"}
_GROUPS = frozenset(
    {"renal", "hepatic", "hematologic", "hematological", "coagulation", "cardiac", "pulmonary"}
)
"""Groups of tests, as a table names them that lost its lines ("… ≥ 5.6 mmol/L Renal Creatinine ≤ …")."""
_JOINING = frozenset({"or", "and", ",", ";", ":"})
_SHORT = 5


def with_tests_opened(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return chunks, the bracket that holds all that "adequate function (…)" asks for read as behind a colon.

    So are those alone that tell a case, for which one value needs more than its own words.
    """
    held = next((i for i, chunk in enumerate(chunks) if chunk.kind == "bracket"), 0)
    label, behind = chunks[:held], chunks[held + 1 :]
    if not label or not all("label" in chunk.classes for chunk in label):
        return chunks
    inner = chunks[held].inner
    cases = any(chunk.kind in _LIMITED for chunk in inner) and any(chunk.classes & _CASES for chunk in inner)
    if not cases or any(chunk.form != "." for chunk in behind):
        return chunks
    start = chunks[held].start
    return [*label, Chunk("sign", start, start + 1, ":"), *inner, *behind]


def starts_tests(text: Text, chunks: Sequence[Chunk], index: int, sentence: Sequence[Chunk]) -> bool:
    """Whether a test, or the name of a group of them, starts without a full stop before it.

    Args:
        text: The text.
        chunks: Its chunks.
        index: The place of the chunk that may start one.
        sentence: What stands before it since the last full stop.
    """
    return (
        _heads(text, chunks, index)
        or _measures_next(text, chunks, index, sentence)
        or _ends_case(chunks, index, sentence)
    )


def _heads(text: Text, chunks: Sequence[Chunk], index: int) -> bool:
    """Whether the name of a group of tests starts without a full stop before it ("… g/dL Renal: …").

    Behind a limit, a table that lost its lines also tells it without a colon.
    """
    if "label" not in chunks[index].classes or not text.text[chunks[index].start].isupper():
        return False
    signs = (i for i in range(index, min(index + _SHORT, len(chunks))) if chunks[i].kind == "sign")
    name = chunks[index : next((i for i in signs if chunks[i].form == ":"), index)]
    named = bool(name) and all("label" in chunk.classes and chunk.kind == "word" for chunk in name)
    if not named and index + 1 < len(chunks) and chunks[index].form in _GROUPS:
        lost = chunks[index - 1].kind in _BEFORE_GROUP and text.text[chunks[index + 1].start].isupper()
        return lost and any(chunk.kind in _LIMITED for chunk in chunks[:index])
    heard = index > 0 and any(chunk.kind == "value" for chunk in chunks[:index])
    return named and heard and (chunks[index - 1].kind != "sign" or chunks[index - 1].form == ",")


def _measures_next(text: Text, chunks: Sequence[Chunk], index: int, sentence: Sequence[Chunk]) -> bool:
    """Whether the next test starts behind whom the last is for ("… for liver metastases Albumin ≥ 3")."""
    case = chunks[index].kind == "value" and chunks[index - 1].kind == "concept"
    case = case and not _is_class(chunks[index])
    limited = case and any(chunk.kind == "value" for chunk in sentence)
    return limited and text.text[chunks[index].start : chunks[index].end].split(" ")[0].istitle()


def _ends_case(chunks: Sequence[Chunk], index: int, sentence: Sequence[Chunk]) -> bool:
    """Whether the next test starts behind the case of the last ("… if bilirubin > 2 × ULN AST ≤ 3")."""
    if chunks[index].kind != "value" or chunks[index - 1].kind != "value":
        return False
    case = next((i for i in range(len(sentence) - 2, 0, -1) if sentence[i].classes & _CASES), 0)
    signs = _LIMITED if "exception" in sentence[case].classes else _LIMITED | {"sign"}
    if any(chunk.kind in signs for chunk in sentence[case + 1 : -1]):
        return False
    clause = next((i for i in range(case - 1, -1, -1) if sentence[i].form in _JOINING), -1)
    return any(chunk.kind in _LIMITED for chunk in sentence[clause + 1 : case])


def _is_class(chunk: Chunk) -> bool:
    """Whether a value is the class of the heart failure before it, however its scale is written."""
    return chunk.value is not None and any(term.iri == _CLASS for term in chunk.value.terms)
