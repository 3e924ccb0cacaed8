"""Laws of the reading over real criteria: one trial of forty of the collection of cancer trials."""

import gzip
import itertools
import json
from collections.abc import Iterator

from tests.shared_files import shared_file
from trialgraph.criteria import Criterion, Kind, read_text
from trialgraph.expressions import atoms, from_json, to_json

EVERY = 40
KINDS: tuple[Kind, ...] = ("inclusion", "exclusion")


def _criteria() -> Iterator[Criterion]:
    with gzip.open(shared_file("corpus/criteria_text.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in itertools.islice(lines, 0, None, EVERY):
            trial = json.loads(line)
            for kind in KINDS:
                yield from read_text(trial[f"{kind}_criteria"] or "", kind=kind)


def test_every_criterion_is_read_within_its_words() -> None:
    """None of them fails, each says something, and what it says is from words of its own."""
    read = 0
    for criterion in _criteria():
        found = list(atoms(criterion.expression))
        assert found, criterion.text
        for atom in found:
            start, end = atom.span
            assert 0 <= start <= end <= len(criterion.text), (criterion.text, atom)
        assert from_json(to_json(criterion.expression)) == criterion.expression, criterion.text
        read += 1
    assert read > 1_000
