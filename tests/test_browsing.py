import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from typer.testing import CliRunner

from tests.shared_files import ROOT
from trialgraph.browsing import render_page, write_site
from trialgraph.browsing.entries import Entries
from trialgraph.browsing.site import concept_page
from trialgraph.cli import app
from trialgraph.concepts import Concepts, load_concepts, packaged_concepts
from trialgraph.errors import UsageError
from trialgraph.stores import Store, open_store

TGC = "https://w3id.org/trialgraph/concept/"


@pytest.fixture(scope="module")
def site(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of written pages."""
    folder = tmp_path_factory.mktemp("site") / "pages"
    assert write_site(folder, packaged_concepts(), store) == len(packaged_concepts())
    return folder


class _Page(HTMLParser):
    """Collects what a page refers to, and its words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.words = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values["href"])
        else:
            self.loaded += [values[name] for name in ("src", "href") if name in values]

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"


def _concept(site: Path, name: str) -> str:
    return " ".join(_Page(site / "concept" / f"{name}.html").words.split())


def test_every_concept_has_a_page_of_its_own_on_any_file_system(site: Path) -> None:
    """Two pages never differ by capitals only, which some file systems don't tell apart."""
    pages = [path.stem for path in (site / "concept").iterdir()]
    assert {f"{TGC}{name}" for name in pages} == set(packaged_concepts())
    assert len({name.casefold() for name in pages}) == len(pages)


def test_every_link_leads_to_a_page_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """The pages work without a network: what they load is in the folder, and so is what they link to."""
    for path in [site / "index.html", *sorted((site / "concept").iterdir())[::25]]:
        page = _Page(path)
        assert page.links
        for link in [urldefrag(link).url for link in page.links]:
            assert not link or re.match("https?://", link) or (path.parent / link).is_file(), (path, link)
        assert page.loaded
        for name in page.loaded:
            assert (path.parent / name).is_file(), (path, name)


def test_the_tree_leads_to_every_concept(site: Path) -> None:
    """Each concept below the top stands in the tree of the first page."""
    linked = {Path(link).stem for link in _Page(site / "index.html").links}
    assert {path.stem for path in (site / "concept").iterdir()} - linked == {"ClinicalConcept"}


def test_a_page_tells_what_the_ontology_states(site: Path) -> None:
    """Definition, other names, unit, relations, codes and contestable readings are on the page."""
    stable = _concept(site, "MicrosatelliteStable")
    for words in (
        packaged_concepts()[f"{TGC}MicrosatelliteStable"].definition,
        "Same as mismatch repair proficient",
        "Never together with microsatellite instability-high",
        "NCI Thesaurus",
        "MSI-low counts as MSS on unless you say otherwise",
    ):
        assert words in stable
    assert "Unit mg/dL" in _concept(site, "SerumCreatinine")
    assert "Score of Child-Pugh score" in _concept(site, "ChildPughClassA")
    assert "Stretch of its score 5 to 6" in _concept(site, "ChildPughClassA")


def test_a_page_tells_which_trials_name_the_concept(site: Path) -> None:
    """Criteria are quoted under their trial; of a class of drugs, the drugs that are named are told."""
    stable = _concept(site, "MicrosatelliteStable")
    assert "NCT06794086" in stable
    assert "I2 Patients with pMMR/MSS colorectal adenocarcinoma" in stable
    assert re.search(r"Kinds of it are named: .*serplulimab", _concept(site, "PD1Inhibitor"))
    assert "No trial at hand names it." in _concept(site, "Acne")


def test_codes_lead_to_pages_about_them(site: Path) -> None:
    """A code of a system with a public browser links there, another one to its IRI."""
    links = _Page(site / "concept" / "Neoplasm.html").links
    assert "https://browser.ihtsdotools.org/?perspective=full&conceptId1=55342001" in links
    in_situ = _Page(site / "concept" / "CervicalCarcinomaInSitu.html").links
    assert "http://purl.bioontology.org/ontology/ICD10CM/D06" in in_situ


def test_concepts_are_found_by_all_their_names(site: Path) -> None:
    """The data of the search box has every label, synonym and abbreviation."""
    data = (site / "names.js").read_text(encoding="utf-8").removeprefix("const NAMES = ").rstrip(";\n")
    names = {page: others for page, *others in json.loads(data)}
    assert names["MicrosatelliteStable"][0] == "microsatellite stable"
    assert {"MSS", "non-MSI-H"} <= set(names["MicrosatelliteStable"])


def test_pages_are_written_anew_and_other_folders_left_alone(tmp_path: Path) -> None:
    """Pages of concepts that are gone go too; a folder that holds something else isn't touched."""
    few = Concepts({f"{TGC}Thing": {}})
    write_site(tmp_path / "pages", few, open_store())
    write_site(tmp_path / "pages", Concepts({f"{TGC}Other": {}}), open_store())
    assert [path.name for path in (tmp_path / "pages" / "concept").iterdir()] == ["Other.html"]
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear", encoding="utf-8")
    for path in (tmp_path / "letters", tmp_path / "letters" / "one.txt"):
        with pytest.raises(UsageError, match="not a folder of ontology pages"):
            write_site(path, few, open_store())
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["one.txt"]


def test_a_retired_concept_points_to_its_successor(tmp_path: Path) -> None:
    """Its page stays, says that it is retired, and links to what took its place."""
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    with (tmp_path / "ontology" / "concepts.ttl").open("a", encoding="utf-8") as file:
        file.write(
            'tgc:FunnyLump a owl:Class ; rdfs:label "funny lump"@en ; owl:deprecated true ;\n'
            "  dcterms:isReplacedBy tgc:Neoplasm .\n"
        )
    entries = Entries(load_concepts(tmp_path / "ontology"), {})
    page = concept_page(entries.entry(f"{TGC}FunnyLump"))
    assert "Retired" in page
    assert '<a href="Neoplasm.html">' in page
    assert "FunnyLump" not in {link.name for link in entries.roots}


def test_the_schema_has_a_page_with_its_mappings(site: Path) -> None:
    """Classes and properties stand there with definitions, and with terms of other vocabularies."""
    page = _Page(site / "schema.html")
    words = " ".join(page.words.split())
    assert "PD-1 inhibitor trial arm tg:PD1InhibitorArm Arm whose participants receive" in words
    assert "below immunotherapy arm" in words
    assert "inclusion criterion broad match obo:OBI_0500027 0.9 a rule on who" in words
    assert "comparator arm tg:ComparatorArm" in words
    assert "after clinicaltrials.gov" in words
    assert "http://schema.org/MedicalTrial" in page.links


def test_one_page_is_rendered_without_files(site: Path) -> None:
    """A server asks for a page by its address; an unknown one is refused."""
    entries = Entries(packaged_concepts(), {})
    assert "serplulimab" in render_page(entries, "concept/Serplulimab")
    assert render_page(entries, "schema") == (site / "schema.html").read_text(encoding="utf-8")
    assert "<h1>" in render_page(entries)
    for address in ("concept/Nothing", "other"):
        with pytest.raises(UsageError):
            render_page(entries, address)


def test_names_are_escaped() -> None:
    """Words of the ontology can't become markup."""
    stated = {"http://www.w3.org/2000/01/rdf-schema#label": ["a <b>bold</b> name"]}
    page = concept_page(Entries(Concepts({f"{TGC}Thing": stated}), {}).entry(f"{TGC}Thing"))
    assert "<b>bold" not in page
    assert "a &lt;b&gt;bold" in page


def test_the_command_writes_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`trialgraph ontology docs` says how many concepts there are and where to look."""
    monkeypatch.setenv("TRIALGRAPH_STORE", str(tmp_path / "none"))
    result = CliRunner().invoke(app, ["ontology", "docs", str(tmp_path / "pages")])
    assert result.exit_code == 0, result.output
    assert "index.html" in result.stdout
    assert (tmp_path / "pages" / "index.html").is_file()
