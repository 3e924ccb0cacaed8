"""The reading against Chia: entities, measurement–value and temporal relations, polarity.

Trials with an even registry number are the development set, those with an odd one are held out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.understanding.brat import Document, Entity, read_archive
from bench.understanding.mentions import KINDS, Found, Mention, find_mentions
from bench.understanding.scores import Counts
from bench.understanding.tables import figure, table

__all__ = ["chia_report"]

_SETS = ("development", "held out")
_ALL = "all seven"
_CANCER = re.compile(
    r"cancer|carcinoma|malignan|neoplas|tumou?r|lymphoma|leuk(?:a?em)ia|myeloma|melanoma|sarcoma|glioma"
    r"|blastoma|mesothelioma|metasta|NSCLC|SCLC|\bHCC\b|\bMDS\b|myelodysplas",
    re.IGNORECASE,
)
"""Words of malignancies; not the vocabulary, so that the set stays the same as that grows."""


@dataclass(slots=True)
class _Tally:
    """Right and wrong of what was found; found and missed of what is annotated, which needn't be as many."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    missed: int = 0

    def figures(self) -> tuple[str, str, str]:
        precision = Counts(self.right, self.wrong).precision
        recall = Counts(self.found, 0, self.missed).recall
        f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
        return figure(precision), figure(recall), figure(f1)


@dataclass(slots=True)
class _Results:
    documents: int = 0
    lost: int = 0
    entities: int = 0
    tallies: dict[tuple[str, str, str], _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    polarity: Counts = field(default_factory=Counts)
    same_polarity: list[bool] = field(default_factory=list)


def chia_report(archive: Path) -> str:
    """Return the tables for each set, for cancer trials and for all."""
    documents = read_archive(archive)
    cancer = {document.nct for document in documents if _is_cancer(document)}
    results: dict[tuple[str, str], _Results] = defaultdict(_Results)
    for document in documents:
        found = find_mentions(document.text, document.kind)
        part = _SETS[int(document.nct[3:]) % 2]
        groups = ["all trials", "cancer trials"] if document.nct in cancer else ["all trials"]
        for group in groups:
            _score(document, found, results[part, group])
    return "\n\n".join(
        _tables(f"{part}, {group}", results[part, group])
        for group in ("cancer trials", "all trials")
        for part in _SETS
    )


def _is_cancer(document: Document) -> bool:
    """Whether an inclusion criterion has a malignancy among its conditions."""
    denied = {each.source for each in document.relations if each.kind == "Has_negation"}
    return document.kind == "inclusion" and any(
        entity.kind == "Condition"
        and name not in denied
        and _CANCER.search(document.text[slice(*entity.span)])
        for name, entity in document.entities.items()
    )


def _score(document: Document, found: Found, results: _Results) -> None:
    results.documents += 1
    results.lost += document.lost
    results.entities += len(document.entities)
    for way, mentions in (("recognised", found.recognised), ("read", sorted(found.read))):
        for kind in KINDS:
            wanted = [each for each in document.entities.values() if each.kind == kind]
            offered = [each for each in mentions if each.kind == kind]
            for strictness in ("relaxed", "strict"):
                for name in (kind, _ALL):
                    tally = results.tallies[way, strictness, name]
                    _count(offered, wanted, tally, strict=strictness == "strict")
    _count_relations(document, found, results)
    _count_polarity(document, found, results)


def _count(offered: Iterable[Mention], wanted: Sequence[Entity], tally: _Tally, *, strict: bool) -> None:
    offered = list(offered)
    for mention in offered:
        right = any(_matches(mention, entity, strict=strict) for entity in wanted)
        tally.right += right
        tally.wrong += not right
    for entity in wanted:
        found = any(_matches(mention, entity, strict=strict) for mention in offered)
        tally.found += found
        tally.missed += not found


def _matches(mention: Mention, entity: Entity, *, strict: bool) -> bool:
    if strict:
        return (mention.start, mention.end) == entity.span
    return entity.overlaps(mention.start, mention.end)


def _count_relations(document: Document, found: Found, results: _Results) -> None:
    entities = document.entities
    related = [(each.kind, entities[each.source], entities[each.target]) for each in document.relations]
    values = [(one, two) for kind, one, two in related if kind == "Has_value" and one.kind == "Measurement"]
    numeric = [(one, two) for one, two in values if any(map(str.isdigit, document.text[slice(*two.span)]))]
    signed = [pair for pair in numeric if document.text[pair[1].span[0]] not in "=_"]
    any_value = [(one, two) for kind, one, two in related if kind == "Has_value"]
    times = [(one, two) for kind, one, two in related if kind == "Has_temporal"]
    for name, offered, wanted, right in (
        ("measurement–value, known", found.pairs, values, values),
        ("measurement–number, known", found.pairs, numeric, values),
        ("measurement–number, known, sign kept", found.pairs, signed, values),
        ("measurement–number, known, any type of entity", found.pairs, numeric, any_value),
        ("measurement–value, read", found.values, values, values),
        ("measurement–number, read", found.values, numeric, values),
        ("temporal, read", found.times, times, times),
    ):
        tally = results.tallies["relation", "relaxed", name]
        for pair in offered:
            fits = any(_related(pair, each) for each in right)
            tally.right += fits
            tally.wrong += not fits
        for each in wanted:
            there = any(_related(pair, each) for pair in offered)
            tally.found += there
            tally.missed += not there


def _related(pair: tuple[Mention, Mention], wanted: tuple[Entity, Entity]) -> bool:
    return all(
        entity.overlaps(mention.start, mention.end) for mention, entity in zip(pair, wanted, strict=True)
    )


def _count_polarity(document: Document, found: Found, results: _Results) -> None:
    """Compare denial of the facts' concepts with the negations of the entities that they overlap."""
    denied = {each.source for each in document.relations if each.kind == "Has_negation"}
    for mention, negated in found.negated.items():
        names = [
            name
            for name, entity in document.entities.items()
            if entity.kind in KINDS[:4] and entity.overlaps(mention.start, mention.end)
        ]
        if names:
            wanted = any(name in denied for name in names)
            results.same_polarity.append(wanted == negated)
            results.polarity.right += wanted and negated
            results.polarity.wrong += negated and not wanted
            results.polarity.missed += wanted and not negated


def _tables(title: str, results: _Results) -> str:
    rows = []
    for kind in (*KINDS, _ALL):
        row: list[object] = [kind]
        for way in ("recognised", "read"):
            row += results.tallies[way, "relaxed", kind].figures()
            row.append(results.tallies[way, "strict", kind].figures()[2])
        rows.append(row)
    headings = ("entity", "known: P", "R", "F1", "strict F1", "read: P", "R", "F1", "strict F1")
    relations = [
        (name, *tally.figures()) for (way, _, name), tally in results.tallies.items() if way == "relation"
    ]
    same = results.same_polarity
    accuracy = sum(same) / len(same) if same else None
    polarity = results.polarity
    return "\n\n".join(
        [
            f"### Chia, {title}",
            f"{results.documents} texts, {results.entities} entities; {results.lost} could not be placed.",
            table(headings, rows),
            table(("relation", "P", "R", "F1"), relations),
            f"Polarity right of {len(same)} facts on annotated entities: {figure(accuracy)}; "
            f"of the denied: P {figure(polarity.precision)}, R {figure(polarity.recall)}.",
        ]
    )
