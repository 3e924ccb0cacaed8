import gzip
import io
import json
import tracemalloc
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from trialgraph.errors import InputError
from trialgraph.records import Json, TrialRecord
from trialgraph.sources.files import Refusal, read_records

from .shared_files import ROOT, shared_file


def study(number: int = 1) -> dict[str, Json]:
    """Return a least study."""
    nct = f"NCT{number:08}"
    return {"protocolSection": {"identificationModule": {"nctId": nct, "briefTitle": f"Trial {number}"}}}


def read(*paths: Path) -> list[TrialRecord | Refusal]:
    """Read everything in paths."""
    return list(read_records(paths))


def only_refusal(path: Path) -> Refusal:
    """Return what a path is refused for; nothing else may come of it."""
    [refusal] = read(path)
    assert isinstance(refusal, Refusal)
    return refusal


def ncts(found: list[TrialRecord | Refusal]) -> list[str]:
    """Return the numbers of the records, and "refused" for what is none."""
    return [each.nct if isinstance(each, TrialRecord) else "refused" for each in found]


def names(found: list[TrialRecord | Refusal]) -> list[str]:
    """Return where each record says it came from."""
    return [each.source.name for each in found if isinstance(each, TrialRecord)]


FORMS = {
    "study.json": json.dumps(study(1)),
    "indented.json": json.dumps(study(1), indent=2),
    "bom.json": "\ufeff" + json.dumps(study(1), indent=2),
    "blank-lines.json": "\n\n" + json.dumps(study(1)) + "\n\n",
    "page.json": json.dumps({"studies": [study(1), study(2)], "nextPageToken": "x"}),
    "list.json": json.dumps([study(1), study(2)], indent=1),
    "lines.jsonl": "\n".join(json.dumps(study(n)) for n in (1, 2)) + "\n",
    "lines.ndjson": "\n".join(json.dumps(study(n)) for n in (1, 2)),
    "lines-by-content.json": "\n\n".join(json.dumps(study(n)) for n in (1, 2)),
    "no-suffix": json.dumps([study(1)]),
    "json-in.txt": json.dumps(study(1)),
}
SINGLE = {"study.json", "indented.json", "bom.json", "blank-lines.json", "no-suffix", "json-in.txt"}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", FORMS)
def test_each_form_of_the_registrys_json_is_read(name: str, packed: bool, tmp_path: Path) -> None:
    """Single studies, result pages, lists and JSON lines, told apart by content, plain and as gzip."""
    data = FORMS[name].encode()
    path = tmp_path / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(data) if packed else data)
    assert ncts(read(path)) == ["NCT00000001", "NCT00000002"][: 1 if name in SINGLE else 2]


def test_gzip_is_recognised_without_its_suffix(tmp_path: Path) -> None:
    """What a file is follows from its content."""
    path = tmp_path / "download"
    path.write_bytes(gzip.compress(FORMS["study.json"].encode()))
    assert ncts(read(path)) == ["NCT00000001"]


def test_provenance_names_the_line_the_item_and_the_member(tmp_path: Path) -> None:
    """A record's source name leads to it within its file."""
    (tmp_path / "a.jsonl").write_text(FORMS["lines.jsonl"], encoding="utf-8")
    (tmp_path / "b.json").write_text(FORMS["page.json"], encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("in/d.json", FORMS["study.json"])
    assert names(read(tmp_path)) == ["a.jsonl:1", "a.jsonl:2", "b.json[0]", "b.json[1]", "c.zip!in/d.json"]


def test_the_hash_is_that_of_the_records_own_bytes(tmp_path: Path) -> None:
    """The same study has the same hash in a file, packed, and as a line."""
    data = FORMS["study.json"].encode()
    (tmp_path / "a.json").write_bytes(data)
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(data))
    (tmp_path / "c.jsonl").write_bytes(data + b"\n")
    found = read(tmp_path)
    assert {each.source.sha256 for each in found if isinstance(each, TrialRecord)} == {
        sha256(data).hexdigest()
    }
    assert len(found) == 3


def test_folders_are_searched_through_in_the_order_of_names(tmp_path: Path) -> None:
    """Other files are not looked at; hidden ones neither; nested ones are."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.json").write_text(json.dumps(study(2)), encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(study(1)), encoding="utf-8")
    (tmp_path / "c").write_text(json.dumps(study(3)), encoding="utf-8")
    (tmp_path / "LICENSE").write_text("Permission is granted", encoding="utf-8")
    (tmp_path / "notes.md").write_text("{", encoding="utf-8")
    (tmp_path / ".hidden.json").write_text("{", encoding="utf-8")
    assert ncts(read(tmp_path)) == ["NCT00000001", "NCT00000003", "NCT00000002"]


def test_a_saved_page_is_read() -> None:
    """A page of a described layout gives a record like any other."""
    [record] = read(ROOT / "data" / "trials" / "NCT06794086.txt")
    assert isinstance(record, TrialRecord)
    assert record.nct == "NCT06794086"
    assert record.source.name == "NCT06794086.txt"


BROKEN = {
    "empty.json": (b"", "empty"),
    "blank.jsonl": (b" \n\n", "empty"),
    "truncated.json": (json.dumps(study(1), indent=2).encode()[:-9], "ends too early"),
    "in-a-string.json": (b'{"protocolSection": {\n "identif', "ends too early"),
    "wrong.json": (b'{"protocolSection": \n  oops}', "line 2, column 3"),
    "patient.json": (b'{"resourceType": "Patient"}', "neither a study"),
    "number.jsonl": (b"42\n", "neither a study"),
    "nothing.json": (b'{"studies": []}', "no studies"),
    "latin1.json": ('{"protocolSection": "é"}'.encode("latin-1"), "not UTF-8"),
    "utf16.txt": ("Trial".encode("utf-16"), "UTF-16"),
    "unknown.txt": (b"Dear colleague,\n\nhere is a trial.\n", "unknown layout"),
    "broken.json.gz": (gzip.compress(b"{}" * 5000)[:-20], "broken"),
    "not-gzip.gz": (b"\x1f\x8bnonsense", "broken"),
    "broken.zip": (b"PK\x03\x04nonsense", "broken"),
    "surrogate.json": (b'{"protocolSection": {"a": "\\ud800"}}', "not valid JSON"),
    "deep.json": (b"[" * 100_000, "not valid JSON"),
    "no-number.json": (b'{"protocolSection": {"identificationModule": {}}}', "nctId"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_refused_by_name(name: str, tmp_path: Path) -> None:
    """The refusal says what is wrong and where, in one line."""
    content, said = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content)
    refusal = only_refusal(path)
    assert refusal.where.startswith(str(path))
    assert said in str(refusal.error)
    assert str(path) in str(refusal.error)
    assert "\n" not in str(refusal.error)
    assert refusal.error.advice


def test_truncated_json_is_refused_with_line_and_column(tmp_path: Path) -> None:
    """The place is where the JSON stops, counted from the file's first line."""
    path = tmp_path / "cut.json"
    path.write_text('\n{\n "protocolSection": {\n', encoding="utf-8")
    assert only_refusal(path).error.where == f"{path}, line 4, column 1"


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson.gz"])
def test_a_broken_line_does_not_keep_the_others_out(suffix: str, tmp_path: Path) -> None:
    """Of JSON lines, only the broken one is refused, with its number, be it the first."""
    path = tmp_path / f"a{suffix}"
    pack = gzip.compress if suffix.endswith(".gz") else bytes
    text = f'{{"protocol\n{json.dumps(study(2))}\n{{}}\n{json.dumps(study(4))}\n'
    path.write_bytes(pack(text.encode()))
    found = read(path)
    assert ncts(found) == ["refused", "NCT00000002", "refused", "NCT00000004"]
    assert [each.where for each in found if isinstance(each, Refusal)] == [f"{path}:1", f"{path}:3"]


def test_lines_before_a_gzip_breaks_off_are_kept(tmp_path: Path) -> None:
    """A cut download gives the studies it has, and says that it is cut."""
    lines = "".join(f"{json.dumps(study(n))}\n" for n in range(1, 2000)).encode()
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-100])
    found = ncts(read(path))
    assert found[0] == "NCT00000001"
    assert found.count("refused") == 1
    assert found[-1] == "refused"


def test_of_an_archive_only_the_broken_member_is_refused(tmp_path: Path) -> None:
    """A member with a wrong checksum gives nothing but a refusal by its name; the rest loads."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.json", json.dumps(study(1)))
        archive.writestr("b.jsonl", "".join(f"{json.dumps(study(n))}\n" for n in range(2, 5000)))
        archive.writestr("c.json.gz", gzip.compress(json.dumps(study(4)).encode()))
        archive.writestr("d.json", "{")
        archive.writestr("e.zip", b"PK\x05\x06" + bytes(18))
        archive.writestr("__MACOSX/._a.json", "junk")
        archive.writestr("readme.md", "about")
    path = tmp_path / "a.zip"
    path.write_bytes(content.getvalue().replace(b"Trial 4999", b"Trial 5999"))
    found = read(path)
    assert ncts(found) == ["NCT00000001", "refused", "NCT00000004", "refused", "refused"]
    assert [each.where.partition("!")[2] for each in found if isinstance(each, Refusal)] == [
        "b.jsonl",
        "d.json",
        "e.zip",
    ]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    """A member that needs a password is named, not raised."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.json", json.dumps(study(1)))
    data = bytearray(content.getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert "password" in str(only_refusal(path).error)


def test_folder_and_archive_without_records_are_refused(tmp_path: Path) -> None:
    """Nothing to load is said, not passed over."""
    assert "no records" in str(only_refusal(tmp_path).error)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.md", "about")
    assert "no records" in str(only_refusal(tmp_path / "a.zip").error)


def test_a_missing_path_is_wrong_usage() -> None:
    """It is raised at once, before anything is read."""
    with pytest.raises(InputError, match=r"nowhere\.json: no such file"):
        read_records(["nowhere.json"])


def test_json_lines_are_not_held_in_memory(tmp_path: Path) -> None:
    """Twenty thousand studies in a gzip take no more memory than a few."""
    line = json.dumps({**study(1), "filler": "x" * 2000}).encode() + b"\n"
    path = tmp_path / "many.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(20_000):
            file.write(line)
    tracemalloc.start()
    try:
        number = sum(1 for _ in read_records([path]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert number == 20_000
    assert peak < 10 * 2**20


def test_every_study_of_the_corpus_is_read() -> None:
    """None of the 670 is refused."""
    found = ncts(read(shared_file("corpus/ctgov_v2.jsonl.gz")))
    assert len(found) == 670
    assert "refused" not in found
