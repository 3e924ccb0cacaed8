"""Names whose noun or beginning a neighbour lends them, in words that aren't read as a list.

"Partial" in "complete resection (partial or radical nephrectomy)" names a partial nephrectomy, and
"gastric" in "ulcers (gastric or duodenal)" a gastric ulcer, whatever becomes of the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import JOINTS, VERBS
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.criteria.members.lending import ANY_ILLNESS, is_one_word, leads_on, lent_name, unbracketed
from trialgraph.namespaces import TGC

__all__ = ["with_elided"]

_CONJUNCTIONS = JOINTS - {","}
_AIMS = frozenset(
    {"targeting", "against", "directed against", "directed at", "targeted against", "that target"}
)
_OPENING = "("
"""What joins the first of a list of instances to what they are instances of: a bracket, or "such as"."""
_MALIGNANT = str(TGC.MalignantNeoplasm)
_THAT_IS = frozenset({"i.e", "i.e.", "ie", "ie.", "namely"})
_LONGEST_NAME = 3
"""How many chunks a name may have that lacks its noun."""
_LONGEST_LIST = 7
_LONGEST_MEMBER = 4
Deep = tuple[Chunk, int]


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands between two joints or brackets: its place among the chunks, what joins it, its depth."""

    start: int
    end: int
    joint: str
    depth: int


def with_elided(text: Text, chunks: Sequence[Deep]) -> list[Deep]:
    """Return the chunks of a text, brackets opened, with a concept for each name that a neighbour completes.

    Args:
        text: The text.
        chunks: Its chunks, each with the number of brackets around it.
    """
    kept, changed = list(chunks), False
    cells = list(_cells(chunks))
    if len(cells) == 1:
        return kept
    for index, cell in enumerate(cells):
        inside = [chunk for chunk, _ in chunks[cell.start : cell.end]]
        if not inside:
            continue
        if any(map(is_content, inside)):
            found = _aimed(text, chunks, cells, index) if any(c.form in _AIMS for c in inside) else None
        else:
            found = _completed_by_any(text, chunks, cells, index)
        if found is not None:
            (first, last, term), changed = found, True
            whole = Chunk("concept", kept[first][0].start, kept[last][0].end, term=term)
            kept[first : last + 1] = [(whole, cell.depth)] * (last + 1 - first)
    if not changed:
        return kept
    return [each for index, each in enumerate(kept) if not index or each[0] is not kept[index - 1][0]]


def _completed_by_any(
    text: Text, chunks: Sequence[Deep], cells: Sequence[_Cell], index: int
) -> tuple[int, int, Term] | None:
    """Return the place of a name without its noun, and what it names; None where nothing completes it."""
    return (
        _ahead(text, chunks, cells, index)
        or _behind(text, chunks, cells, index)
        or _kind_of(text, chunks, cells, index)
        or _aimed(text, chunks, cells, index)
    )


def _cells(chunks: Sequence[Deep]) -> Iterator[_Cell]:
    start, joint, depth = 0, "", 0
    for index, (chunk, inside) in enumerate(chunks):
        if inside != depth:
            yield _Cell(start, index, joint, depth)
            start, joint, depth = index, _OPENING if inside > depth else ")", inside
        form = chunk.form
        if form in JOINTS or chunk.kind == "sign":
            yield _Cell(start, index, joint, depth)
            start, joint = index + 1, form
        elif chunk.kind == "word" and (form in _THAT_IS or "example" in chunk.classes):
            yield _Cell(start, index, joint, depth)
            start, joint = index + 1, _OPENING
    yield _Cell(start, len(chunks), joint, depth)


def _ahead(
    text: Text, chunks: Sequence[Deep], cells: Sequence[_Cell], index: int
) -> tuple[int, int, Term] | None:
    """Return the place of a name that a member behind it in its list completes, and what it names."""
    cell, joined = cells[index], False
    for other in cells[index + 1 : index + _LONGEST_LIST]:
        if other.joint not in JOINTS or other.depth != cell.depth:
            return None
        joined = joined or other.joint in _CONJUNCTIONS
        if other.end == other.start:
            continue
        named = _named(chunks, other)
        if named is None:
            if not _is_member(chunks, other):
                return None
            continue
        if named - other.start > _LONGEST_NAME:
            return None
        found = _lent_by(text, chunks, (cell, other), named, close=other is cells[index + 1])
        if (
            joined
            or found is not None
            or not is_one_word([chunk for chunk, _ in chunks[other.start : other.end]])
        ):
            return found if joined else None
    return None


def _lent_by(
    text: Text, chunks: Sequence[Deep], cells: tuple[_Cell, _Cell], named: int, *, close: bool
) -> tuple[int, int, Term] | None:
    """Return the place of what ends a cell and what it names with the noun of another's concept."""
    cell, lender = cells[0], chunks[named][0]
    if leads_on([chunk for chunk, _ in chunks[cells[1].start : named]]):
        return None
    after = chunks[named + 1][0] if named + 1 < len(chunks) else lender
    end = after.end if "tail" in after.classes else lender.end
    for first in range(max(cell.start, cell.end - _LONGEST_NAME), cell.end):
        term = _completed(text, chunks, (first, cell.end - 1), (lender, end), ahead=True)
        if term is not None and (term.category != "biomarker" or close):
            return first, cell.end - 1, term
    return None


def _behind(
    text: Text, chunks: Sequence[Deep], cells: Sequence[_Cell], index: int
) -> tuple[int, int, Term] | None:
    """Return the place of a name that a member before it in its list completes, and what it names."""
    cell = cells[index]
    if cell.joint not in JOINTS or not _is_member(chunks, cell):
        return None
    for at in range(index - 1, max(-1, index - _LONGEST_LIST), -1):
        other = cells[at]
        if other.depth != cell.depth:
            return None
        named = _named(chunks, other, last=True)
        if named is None and other.end > other.start and not _is_member(chunks, other):
            return None
        if named is not None:
            if named != other.end - 1:
                return None
            lender = chunks[named][0]
            places = (cell.start, cell.end - 1)
            term = _completed(text, chunks, places, (lender, lender.end), ahead=False)
            return None if term is None or term.category == "biomarker" else (*places, term)
        if other.joint not in JOINTS:
            return None
    return None


def _kind_of(
    text: Text, chunks: Sequence[Deep], cells: Sequence[_Cell], index: int
) -> tuple[int, int, Term] | None:
    """Return the place of an instance that its kind before the list completes ("ulcers (gastric or …)")."""
    first = index
    while first > 0 and cells[first].joint in JOINTS and cells[first].depth == cells[index].depth:
        first -= 1
    cell = cells[index]
    inside = [chunk for chunk, _ in chunks[cell.start : cell.end]]
    described = all("qualifier" in each.classes and each.form not in lexicon().places for each in inside)
    if cells[first].joint != _OPENING or described or not _is_member(chunks, cell):
        return None
    before = next((each for each in reversed(cells[:first]) if each.start < each.end), None)
    lender = chunks[before.end - 1][0] if before is not None else None
    if before is None or lender is None or lender.term is None or not is_content(lender):
        return None
    places = (cell.start, cell.end - 1)
    words = text.text[chunks[cell.start][0].start : chunks[cell.end - 1][0].end]
    name = unbracketed(text.text[lender.start : lender.end])
    whole = text.vocabulary.find(f"{words} {name}")
    if whole is not None and not whole.quantity and whole.category == lender.term.category:
        return (*places, whole)
    term = text.vocabulary.find(f"{name} {words}")
    term = term or _completed(text, chunks, places, (lender, lender.end), ahead=True)
    below = term is not None and bool((term.ancestors - {term.iri}) & {lender.term.iri, _MALIGNANT})
    return (*places, term) if term is not None and below else None


def _aimed(
    text: Text, chunks: Sequence[Deep], cells: Sequence[_Cell], index: int
) -> tuple[int, int, Term] | None:
    """Return the place of a target that stands for what is given against it ("targeting CTLA-4 or …")."""
    cell = cells[index]
    for at in range(index, max(-1, index - _LONGEST_LIST), -1):
        other = cells[at]
        aims = [i for i in range(other.start, other.end) if chunks[i][0].form in _AIMS]
        if aims:
            first = aims[-1] + 1 if at == index else cell.start
            inside = [chunk for chunk, _ in chunks[first : cell.end]]
            if not inside or len(inside) > _LONGEST_MEMBER or any(chunk.kind != "word" for chunk in inside):
                return None
            term = text.vocabulary.find(f"anti-{text.text[inside[0].start : inside[-1].end]}")
            given = term is not None and term.category in GIVEN
            return (first, cell.end - 1, term) if term is not None and given else None
        if (
            other.joint not in JOINTS
            or other.depth != cell.depth
            or other.end - other.start > _LONGEST_MEMBER
        ):
            return None
    return None


def _named(chunks: Sequence[Deep], cell: _Cell, *, last: bool = False) -> int | None:
    """Return the place of a concept in a cell, the first or the last; None without one."""
    places = range(cell.start, cell.end)
    concepts = (i for i in (reversed(places) if last else places) if is_content(chunks[i][0]))
    at = next(concepts, None)
    return at if at is not None and chunks[at][0].kind == "concept" else None


def _is_member(chunks: Sequence[Deep], cell: _Cell) -> bool:
    """Whether a cell is a few words without a verb, as members of a list are."""
    inside = [chunk for chunk, _ in chunks[cell.start : cell.end]]
    return len(inside) <= _LONGEST_MEMBER and all(
        chunk.kind == "word" and chunk.form not in VERBS and "negation" not in chunk.classes
        for chunk in inside
    )


def _completed(
    text: Text, chunks: Sequence[Deep], place: tuple[int, int], lender: tuple[Chunk, int], *, ahead: bool
) -> Term | None:
    """Return what the chunks from one place to another name with what a neighbour lends them, or None."""
    first, last = chunks[place[0]][0], chunks[place[1]][0]
    if any(chunk.kind != "word" for chunk, _ in chunks[place[0] : place[1] + 1]):
        return None
    found = lent_name(text, text.text[first.start : last.end], *lender, ahead=ahead, same=False)
    term, other = None if found is None else found[0], lender[0].term
    if term is None or other is None or ANY_ILLNESS in term.ancestors:
        return None
    alike = term.category == other.category or {term.category, other.category} <= GIVEN
    return term if alike else None
