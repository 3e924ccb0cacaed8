"""What is kept for the next process is what would be made, whatever became of it meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.shared_files import ROOT
from trialgraph import ontology
from trialgraph.concepts import Concepts, packaged_concepts
from trialgraph.criteria.language import names
from trialgraph.criteria.language.tokens import lookup_form, token_texts
from trialgraph.criteria.language.vocabulary import Vocabulary, default_vocabulary
from trialgraph.keeping import kept

VALUE = {"words": ["α", "b"], "number": 1.5, "none": None}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache folder that isn't there yet."""
    found = tmp_path / "user" / "cache"
    monkeypatch.setenv("TRIALGRAPH_CACHE", str(found))
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file that something is made of."""
    path = tmp_path / "source.ttl"
    path.write_text("one", encoding="utf-8")
    return path


class Maker:
    """Makes the value, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, Any]:
        """Make it."""
        self.times += 1
        return VALUE


def test_it_is_made_once(folder: Path, source: Path) -> None:
    """The next one to ask gets what was kept, and nothing else is left in the folder, which is private."""
    make = Maker()
    assert [kept("thing", [source], make) for _ in range(3)] == [VALUE] * 3
    assert make.times == 1
    (file,) = folder.iterdir()
    assert file.name.startswith("thing-")
    assert not (file.stat().st_mode | folder.stat().st_mode) & 0o077


def test_an_edit_is_seen_at_once(folder: Path, source: Path) -> None:
    """Sources of the same length and time, but with other bytes, are other sources."""
    make = Maker()
    kept("thing", [source], make)
    before = source.stat()
    source.write_text("two", encoding="utf-8")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    kept("thing", [source], make)
    assert make.times == 2


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.write_bytes(file.read_bytes().replace(b"1.5", b"2.5")),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"\xff" * 500),
        lambda file: file.chmod(0o666),
        lambda file: file.chmod(0o620),
        lambda file: (file.unlink(), file.mkdir()),
    ],
    ids=["cut", "altered", "empty", "foreign", "anybody's", "a group's", "a folder"],
)
def test_what_is_broken_or_may_be_anothers_is_made_anew(
    folder: Path, source: Path, harm: Callable[[Path], object]
) -> None:
    """A file counts only if it is whole, of these sources, and writable by nobody else."""
    make = Maker()
    kept("thing", [source], make)
    harm(next(folder.iterdir()))
    assert kept("thing", [source], make) == VALUE
    assert make.times == 2


def test_of_another_owner_nothing_is_taken(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another user has put there is passed over."""
    make = Maker()
    kept("thing", [source], make)
    other = next(folder.iterdir()).stat().st_uid + 1
    monkeypatch.setattr("trialgraph.keeping.os.getuid", lambda: other)
    kept("thing", [source], make)
    assert make.times == 2


def test_a_folder_that_cannot_be_written_is_passed_over(folder: Path, source: Path) -> None:
    """Then it is made each time."""
    folder.parent.write_text("a file where the folder would be", encoding="utf-8")
    make = Maker()
    assert [kept("thing", [source], make) for _ in range(2)] == [VALUE] * 2
    assert make.times == 2


def test_old_editions_go(folder: Path, source: Path) -> None:
    """Only the newest few of a thing stay, and what has another name isn't touched."""
    kept("other", [source], Maker())
    for number in range(8):
        source.write_text(str(number), encoding="utf-8")
        kept("thing", [source], Maker())
    assert len(list(folder.glob("thing-*"))) == 4
    assert len(list(folder.glob("other-*"))) == 1
    make = Maker()
    kept("thing", [source], make)
    assert make.times == 0


def test_a_concept_that_is_added_is_known_and_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit of the ontology reaches the concepts and the names that criteria are read by."""
    packaged = default_vocabulary().by_iri
    copied = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", copied)
    for module in (ontology, names):
        monkeypatch.setattr(
            module, "product_folder", lambda name: copied if name == "ontology" else ROOT / name
        )
    monkeypatch.setattr(
        "trialgraph.concepts.packaged_concepts", lambda: Concepts(ontology.packaged_statements.__wrapped__())
    )
    table = names._packaged_table.__wrapped__
    assert Vocabulary(names.Names(table(), made=True)).find("wobble disease") is None
    with (copied / "concepts.ttl").open("a", encoding="utf-8") as file:
        file.write(
            '\ntgc:Wobble a owl:Class ; rdfs:subClassOf tgc:Condition ; rdfs:label "wobble disease"@en .\n'
        )
    found = Vocabulary(names.Names(table(), made=True)).find("wobble illness")
    assert found is not None
    assert found.label == "wobble disease"
    again = Vocabulary(names.Names(table(), made=True))
    assert again.by_iri == {**packaged, found.iri: found}
    assert Vocabulary(names.Names(table(), made=False)).find("wobble illness") is None


def test_every_name_is_in_the_table() -> None:
    """What the table gives for its first words is every name with what it names, and nothing else."""
    wanted = set()
    for name, acronym, term in names.vocabulary_entries(packaged_concepts()):
        forms = [form for form in map(lookup_form, token_texts(name)) if form not in names.SILENT]
        forms = [*forms[:1], *(form for form in forms[1:] if form not in names.ARTICLES)]
        exact = acronym or names._seems_plural(name)
        wanted.add((tuple(forms), term.iri, names.bare(name) if exact else None))
    table = names.packaged_names(made=False)
    found = {
        ((first, *line.partition("\t")[0].split(" ")[1:]), table.told(line)[0].iri, table.told(line)[1])
        for first in table.first_words()
        for line in table.starting_with(first).splitlines()
    }
    assert len(found) > 10_000
    assert found == wanted
    assert ("grave", "", "disease") in {forms for forms, _, _ in found}
