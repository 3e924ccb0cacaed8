import gzip
import json
import subprocess
import sys

import pytest
from bench.understanding.agreement import agreements
from bench.understanding.alignment import align
from bench.understanding.annotated import ANNOTATED, annotated_report
from bench.understanding.annotations import Annotation, read_trials
from bench.understanding.bounds import annotated_demand, same_demand
from bench.understanding.brat import read_archive
from bench.understanding.mentions import find_mentions
from bench.understanding.names import Names
from bench.understanding.scores import score

from tests.shared_files import ROOT, shared_file
from trialgraph.namespaces import TGC

NAMES = Names()
SECTION = """Inclusion Criteria:

* ANC ≥ 1500/mm3 and ECOG 0-1
* Hemoglobin ≥ 9 g/dL

Exclusion Criteria:

* Stroke within 6 months
* Pregnancy
"""


def _trial(folder, *lines):
    (folder / "NCT00000000.eligibility.txt").write_text(SECTION, encoding="utf-8")
    (folder / "NCT00000000.txt").write_text("\n".join(["# NCT00000000", *lines]), encoding="utf-8")
    (trial,) = read_trials(folder)
    return trial


RIGHT = (
    "I | ANC ≥ 1500/mm3 and",
    '  value | absolute neutrophil count | >= 1.5 | 10*9/L | required | | "ANC ≥ 1500/mm3"',
    '  value | ECOG performance status | <= 1 | | required | | "ECOG 0-1"',
    "I | Hemoglobin",
    '  value | hemoglobin | < 9 | g/dL | barred | | "Hemoglobin ≥ 9 g/dL"',
    "E | Stroke",
    '  fact | condition | stroke | barred | history | 6 months | "Stroke"',
    "E | Pregnancy",
    '  fact | reproductive | pregnancy | barred | | | "Pregnancy"',
)


def _annotation(limit, unit, polarity):
    return Annotation("value", "", "x", limit, unit, polarity, "", "", "")


def test_a_reading_that_says_what_was_annotated_is_wholly_right(tmp_path):
    """Units, the ends of scales and turned bounds don't matter; everything else is right."""
    scores = score([align(_trial(tmp_path, *RIGHT), NAMES)])
    for kind, right in (("value", 3), ("fact", 2)):
        counts = scores.kinds[kind]
        assert (counts.strict.right, counts.strict.wrong, counts.strict.missed) == (right, 0, 0)
        assert counts.polarity.ratio == counts.windows.ratio == 1
    assert scores.kinds["fact"].stated_windows.of == 1


def test_a_wrong_limit_is_both_a_false_positive_and_a_miss(tmp_path):
    """A bound other than the annotated one counts against precision and recall."""
    lines = [line.replace("< 9", "< 10") for line in RIGHT]
    counts = score([align(_trial(tmp_path, *lines), NAMES)]).kinds["value"]
    assert (counts.strict.right, counts.strict.wrong, counts.strict.missed) == (2, 1, 1)
    assert counts.polarity.ratio == 1


def test_polarity_and_windows_are_scored_apart(tmp_path):
    """A fact with the wrong polarity or window still has the right concept."""
    lines = [line.replace("stroke | barred | history | 6 months", "stroke | required | | ") for line in RIGHT]
    counts = score([align(_trial(tmp_path, *lines), NAMES)]).kinds["fact"]
    assert counts.strict.right == 2
    assert counts.polarity.ratio == counts.windows.ratio == 0.5


def test_what_is_annotated_nowhere_is_a_false_positive_and_what_is_not_read_a_miss(tmp_path):
    """Extra and missing atoms are counted; a name that the vocabulary lacks is listed."""
    lines = [
        *RIGHT[:-1],
        '  fact | condition | zorblax syndrome | barred | | | "Pregnancy"',
    ]
    scores = score([align(_trial(tmp_path, *lines), NAMES)])
    counts = scores.kinds["fact"]
    assert (counts.strict.right, counts.strict.wrong, counts.strict.missed) == (1, 1, 1)
    assert scores.unknown_names == {"zorblax syndrome": 1}


def test_what_is_excepted_may_stay_unread_but_not_bar(tmp_path):
    """An excepted atom isn't demanded; read as barring it is a false positive of its own kind."""
    lines = [line.replace("pregnancy | barred", "pregnancy | excepted") for line in RIGHT]
    lines.append('  fact | condition | zorblax syndrome | excepted | | | "Pregnancy"')
    counts = score([align(_trial(tmp_path, *lines), NAMES)]).kinds["fact"]
    assert (counts.strict.right, counts.strict.wrong, counts.strict.missed) == (1, 1, 0)
    assert counts.wrong_on_excepted == 1


@pytest.mark.parametrize(
    ("concept", "one", "other", "equal"),
    [
        ("AbsoluteNeutrophilCount", (">= 1500", "/mm3", "required"), ("< 1.5", "10*9/L", "barred"), True),
        ("AbsoluteNeutrophilCount", (">= 1500", "/mm3", "required"), ("<= 1.5", "10*9/L", "barred"), False),
        ("AbsoluteNeutrophilCount", (">= 1.5", "10*9/L", "required"), ("> 1.5", "10*9/L", "required"), False),
        ("ECOGPerformanceStatus", ("0..2", "", "required"), ("> 2", "", "barred"), True),
        ("ECOGPerformanceStatus", ("< 2", "", "required"), ("<= 1", "", "required"), True),
        ("ChildPughScore", ("5..6", "", "required"), (">= 7", "", "barred"), True),
        ("TotalBilirubin", ("<= 1.5", "ULN", "required"), ("> 1.5", "ULN", "barred"), True),
        ("TotalBilirubin", ("<= 1.5", "ULN", "required"), ("<= 1.5", "mg/dL", "required"), False),
        ("Age", ("18..75", "a", "required"), ("18..75", "a", "barred"), False),
    ],
)
def test_demands_are_equal_when_they_let_the_same_patients_enrol(concept, one, other, equal):
    """Bounds are compared in the canonical unit, at the ends of scales, and whichever way they are put."""
    demands = [
        annotated_demand(_annotation(*each), str(TGC[concept]), NAMES.concepts) for each in (one, other)
    ]
    assert same_demand(*demands) is equal


@pytest.mark.parametrize(
    ("category", "name", "concept", "match"),
    [
        ("condition", "brain metastases", "BrainMetastasis", 2),
        ("biomarker", "microsatellite stable", "MismatchRepairProficient", 2),
        ("condition", "uncontrolled hypertension", "Hypertension", 2),
        ("treatment", "nivolumab", "PD1Inhibitor", 1),
        ("treatment", "nivolumab", "Radiotherapy", 0),
        ("condition", "zorblax syndrome", "Hypertension", 0),
    ],
)
def test_names_meet_concepts_by_the_products_own_words(category, name, concept, match):
    """The same or an equivalent concept is a match, one a step or two away a near one."""
    atom = Annotation("fact", category, name, "", "", "barred", "", "", "")
    assert NAMES.match(NAMES.resolve(atom), str(TGC[concept])) == match


@pytest.mark.parametrize(
    ("name", "status", "polarity", "stated"),
    [
        (
            "HER2-positive breast cancer",
            "",
            "required",
            [("required", TGC.HER2Positive), ("required", TGC.BreastCancer)],
        ),
        ("negative pregnancy test", "", "required", [("barred", TGC.Pregnancy)]),
        ("pregnancy test", "negative, serum", "required", [("barred", TGC.Pregnancy)]),
        ("ability to swallow", "", "barred", [("required", TGC.InabilityToSwallow)]),
        ("zorblax syndrome", "", "barred", []),
    ],
)
def test_a_name_without_a_concept_is_read_as_a_criterion_would_be(name, status, polarity, stated):
    """What it denies is turned round; what isn't understood names nothing."""
    atom = Annotation("fact", "condition", name, "", "", polarity, status, "", name)
    found = [(told.polarity, iri) for told, named in NAMES.stated(atom) for iri in named.iris]
    assert found == [(polarity, str(iri)) for polarity, iri in stated]


def test_annotators_agree_on_what_both_say_alike_and_on_nothing_else(tmp_path):
    """Contraries of turned values are alike; a unit or a concept of its own isn't."""
    (tmp_path / "again").mkdir()
    one = _trial(tmp_path, *RIGHT)
    other = _trial(
        tmp_path / "again",
        *RIGHT[:1],
        '  value | ANC | < 1500 | /mm3 | barred | | "ANC ≥ 1500/mm3"',
        *RIGHT[2:3],
        *RIGHT[3:4],
        '  value | hemoglobin | >= 9 | mmol/L | required | | "Hemoglobin ≥ 9 g/dL"',
        *RIGHT[5:7],
        '  fact | reproductive | breastfeeding | barred | | | "Pregnancy"',
    )
    there = agreements([(one, other)], NAMES)
    assert (there["value"].found, there["value"].atoms) == (2, 3)
    assert (there["fact"].found, there["fact"].atoms) == (1, 2)
    whole = agreements([(one, one)], NAMES)
    assert all(each.found == each.polarity == each.atoms for each in whole.values())


def test_annotators_do_not_agree_across_criteria(tmp_path):
    """What one says of a criterion isn't what the other says of another, though the words be the same."""
    (tmp_path / "again").mkdir()
    told = '  fact | condition | stroke | barred | | | "{}"'
    one = _trial(tmp_path, "E | Stroke", told.format("Stroke"), "E | Pregnancy")
    other = _trial(tmp_path / "again", "E | Stroke", "E | Pregnancy", told.format("Pregnancy"))
    assert agreements([(one, other)], NAMES)["fact"].found == 0


def test_the_words_of_the_held_out_set_stay_unseen(tmp_path):
    """No listing of errors is written for the held-out set, and asking for one is refused."""
    for split in ("dev", "test"):
        (tmp_path / split).mkdir()
        _trial(tmp_path / split, *RIGHT)
    annotated_report(tmp_path, ("test",), tmp_path / "errors")
    assert not (tmp_path / "errors").exists()
    annotated_report(tmp_path, ("dev", "test"), tmp_path / "errors")
    assert [path.name for path in (tmp_path / "errors").iterdir()] == ["NCT00000000.txt"]
    command = [sys.executable, "-m", "bench.understanding", "--split", "test", "--errors", str(tmp_path)]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "stay unseen" in refused.stderr


def test_a_reading_that_changed_is_shown_beside_the_one_that_was_kept(tmp_path):
    """Readings that are kept are those of now until one differs; held-out trials are never among them."""
    held_out = next((ANNOTATED / "test").iterdir()).name.partition(".")[0]
    (tmp_path / "corpus").mkdir()
    with gzip.open(tmp_path / "corpus" / "criteria_text.jsonl.gz", "wt", encoding="utf-8") as corpus:
        for nct in ("NCT00000000", held_out):
            record = {"nct_id": nct, "inclusion_criteria": "* Pregnancy", "exclusion_criteria": "* Stroke"}
            corpus.write(json.dumps(record) + "\n")
    kept = tmp_path / "kept.tsv"
    command = [sys.executable, "-m", "bench.rereading", str(kept), "--every", "1", "--shared", str(tmp_path)]

    def run(*arguments):
        return subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)

    run()
    assert held_out not in kept.read_text(encoding="utf-8")
    assert run("--compare").stdout == ""
    kept.write_text(kept.read_text(encoding="utf-8").replace("\tstroke", "\tdementia"), encoding="utf-8")
    assert run("--compare").stdout == "NCT00000000 exclusion | Stroke\n    - dementia\n    + stroke\n"


def test_the_annotated_development_trials_keep_to_the_format():
    """Every line of the development set is read, and of those annotated again."""
    dev = ANNOTATED / "dev"
    trials = [*read_trials(dev), *read_trials(ANNOTATED / "again", dev)]
    assert len(trials) >= 26
    for trial in trials:
        assert not trial.problems
        assert trial.items


def test_mentions_of_a_text_carry_the_places_of_their_words():
    """Names and limits of a value are told apart; the denied concept of a fact is known for it."""
    text = "AST and ALT ≤ 2.5 x ULN\nNo stroke within 6 months\n"
    found = find_mentions(text, "inclusion")
    words = {(each.kind, text[each.start : each.end]) for each in found.read}
    assert {("Measurement", "AST"), ("Measurement", "ALT"), ("Value", "≤ 2.5 x ULN")} <= words
    assert {("Condition", "stroke"), ("Negation", "No"), ("Temporal", "within 6 months")} <= words
    assert [
        negated for each, negated in found.negated.items() if text[each.start :].startswith("stroke")
    ] == [True]


def test_entities_of_the_corpus_are_put_where_their_words_are():
    """Annotations that lie off because the text lost characters are moved to their words."""
    documents = read_archive(shared_file("corpus/chia.tar.gz"))
    assert len(documents) == 1248
    assert sum(document.lost for document in documents) == 0
