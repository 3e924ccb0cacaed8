"""What went wrong in each trial, with the words of the criterion, for those who improve the reading."""

from __future__ import annotations

from pathlib import Path

from bench.understanding.alignment import Alignment, Expected, Pair
from bench.understanding.annotations import Annotation, Item
from bench.understanding.details import has_status, same_status, same_window
from bench.understanding.readings import ReadAtom
from bench.understanding.scores import harmful
from trialgraph.criteria.plain import plain

__all__ = ["write_listing"]


def write_listing(alignment: Alignment, folder: Path) -> None:
    """Write ``NCT….txt`` with every wrong and missed atom of a trial under its criterion's words."""
    lines = [f"# {alignment.trial.nct}", *(f"! {problem}" for problem in alignment.problems)]
    for item in alignment.trial.items:
        faults = _faults(alignment, item)
        if faults:
            words = " ".join(alignment.trial.text[item.start : item.end].split())
            lines += ["", f"{item.kind[0].upper()} | {words}", *faults, *_readings(alignment, item)]
    stray = [
        atom
        for atom in alignment.extra
        if not any(item.start <= atom.place < item.end for item in alignment.trial.items)
    ]
    if stray:
        lines += ["", "outside every annotated criterion", *map(_extra, stray)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{alignment.trial.nct}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _faults(alignment: Alignment, item: Item) -> list[str]:
    missed = [_missed(each) for each in alignment.missed if each.item is item and each.demanded]
    wrong = [_pair(pair) for pair in alignment.pairs if pair.expected.item is item]
    extra = [_extra(atom) for atom in alignment.extra if item.start <= atom.place < item.end]
    return [line for line in (*missed, *wrong, *extra) if line]


def _missed(expected: Expected) -> str:
    unknown = "" if expected.named.iris else "  [not in vocabulary]"
    return f"    MISSED    {_annotated(expected.atom)}{unknown}"


def _pair(pair: Pair) -> str:
    faults = []
    if not pair.expected.demanded:
        faults += ["wrong on what is excepted"] if harmful(pair) else []
    else:
        faults += ["near concept"] if pair.match == 1 else []
        faults += [] if pair.same_limit else ["wrong limit"]
        faults += [] if pair.same_polarity else ["wrong polarity"]
        faults += [] if same_window(pair) else ["wrong window"]
        faults += ["status not read"] if has_status(pair) and not same_status(pair) else []
    if not faults:
        return ""
    return f"    {', '.join(faults).upper()}    {_annotated(pair.expected.atom)}    READ {_read(pair.read)}"


def _extra(atom: ReadAtom) -> str:
    return f"    EXTRA     {_read(atom)}"


def _annotated(atom: Annotation) -> str:
    fields = (atom.category, atom.name, atom.limit, atom.unit, atom.polarity, atom.status, atom.window)
    return f'{atom.kind} {" | ".join(field for field in fields if field)} "{atom.quote}"'


def _read(read: ReadAtom) -> str:
    start, end = read.atom.span
    effect = "required" if read.required else "barred"
    concept = read.atom.concept.rpartition("/")[2]
    words = " ".join(read.criterion.text[start:end].split())
    return f'{effect}: {plain(read.atom)} <{concept}> "{words}"'


def _readings(alignment: Alignment, item: Item) -> list[str]:
    """Return the whole readings of the criteria that the faults are in."""
    criteria = {}
    atoms = [*(pair.read for pair in alignment.pairs), *alignment.extra, *alignment.told]
    for atom in atoms:
        if item.start <= atom.place < item.end:
            criteria[atom.criterion.id] = atom.criterion
    return [f"    = {name}: {plain(criteria[name].expression)}" for name in sorted(criteria)]
