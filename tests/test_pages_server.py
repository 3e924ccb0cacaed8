"""The pages of trials and concepts: what each shows, in each of its states, and what it refuses."""

import html
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.serving import serving
from trialgraph.catalogue import screenable_trial
from trialgraph.loading import graph_of
from trialgraph.namespaces import GRAPH
from trialgraph.packaged import packaged_store
from trialgraph.server.pages.demands import demands_of
from trialgraph.server.pages.memory import Memory
from trialgraph.sources.registry import read_study
from trialgraph.stores import Store, open_store

TRIAL, OTHER, THIRD = "NCT06794086", "NCT06850103", "NCT06120127"
HOSTILE = '<script>alert("x")</script>'


def page(client: httpx.Client, address: str, expected: int = 200, **values: Any) -> str:
    """Return a page without the entities and the surplus of space that its source has."""
    answer = client.get(address, params=values or None)
    assert answer.status_code == expected, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    assert HOSTILE not in answer.text
    return " ".join(html.unescape(answer.text).split())


def words(text: str) -> str:
    """Return what a reader sees of a piece of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def listed(text: str) -> list[str]:
    """Return the registry numbers of a list of trials, in order."""
    return re.findall(r'<h2><a href="/trial/(NCT\d{8})"', text)


def test_the_menu_shows_where_a_page_belongs(client: httpx.Client) -> None:
    """One entry is marked, for people and for screen readers."""
    for address, name in (("/", "Trials"), (f"/trial/{TRIAL}", "Trials"), ("/compare/map", "Compare")):
        marked = re.findall(r'<a href="[^"]*" aria-current="true">(\w+)</a>', page(client, address))
        assert marked[0] == name


class TestTrials:
    """The list of trials."""

    def test_all_trials_are_listed_with_what_tells_them_apart(self, client: httpx.Client) -> None:
        """Title, number, status, phase, conditions and the numbers of criteria; the latest start first."""
        text = page(client, "/")
        assert len(listed(text)) == 5
        assert listed(text)[:2] == [OTHER, TRIAL]
        for shown in ("not yet recruiting", "phase 3", "Rectal Cancer", "12 inclusion criteria"):
            assert shown in words(text)

    @pytest.mark.parametrize(
        ("values", "found"),
        [
            ({"q": "SBRT hcc"}, ["NCT06592612"]),
            ({"q": TRIAL}, [TRIAL]),
            ({"phase": "PHASE3"}, [TRIAL]),
            ({"criterion": "hemoglobin", "status": "NOT_YET_RECRUITING"}, ["NCT06592612"]),
            ({"condition": "rectal cancer"}, [TRIAL]),
            ({"intervention": "PD1Inhibitor", "sort": "nct"}, [THIRD, TRIAL, OTHER]),
        ],
    )
    def test_a_search_finds_trials_and_can_be_taken_back(
        self, client: httpx.Client, values: dict[str, str], found: list[str]
    ) -> None:
        """By words and by each facet; what was chosen stands above the list, with a way to remove it."""
        text = page(client, "/", **values)
        assert listed(text) == found
        assert "Clear all" in text
        chosen = [value for name, value in values.items() if name != "sort"]
        removed = re.findall(r'<a class="chip on" href="([^"]+)">', text)
        assert len(removed) == len(chosen)
        assert len(listed(page(client, removed[0]))) >= len(found)

    def test_a_facet_counts_what_choosing_it_gives(self, client: httpx.Client) -> None:
        """The number beside a value is the number of trials that its link lists."""
        text = page(client, "/", status="RECRUITING")
        section = text[text.index('id="filters"') :]
        links = re.findall(
            r'<li><a href="(/\?[^"]+)"><span>[^<]*</span> <span class="quiet">(\d+)</span>', section
        )
        assert len(links) > 10
        for address, count in links[::7]:
            if "status=RECRUITING" in address and address.count("status=") == 1:
                assert len(listed(page(client, address))) == int(count)

    def test_nothing_found_is_a_state_of_its_own(self, client: httpx.Client) -> None:
        """It says so, and how to go on."""
        assert "No trial has all of this" in page(client, "/", q="zzz qqq")

    def test_an_unknown_concept_is_explained_where_it_was_asked(self, client: httpx.Client) -> None:
        """With names near it; what else was asked still holds."""
        text = page(client, "/", 400, criterion="hemoglobbin", phase="PHASE3")
        assert "No concept is called 'hemoglobbin' (near: hemoglobin" in text
        assert listed(text) == [TRIAL]

    @pytest.mark.parametrize(
        ("values", "status", "said"),
        [
            ({"page": "0"}, 400, "not the number of a page"),
            ({"page": "x"}, 400, "not the number of a page"),
            ({"page": "99"}, 404, "The list has 1 page."),
            ({"sort": HOSTILE}, 400, "Trials can be sorted by"),
            ({"criterion": HOSTILE}, 400, "No concept is called"),
        ],
    )
    def test_what_cannot_be_listed_is_refused(
        self, client: httpx.Client, values: dict[str, str], status: int, said: str
    ) -> None:
        """On a page that says what is wrong, with the status that fits."""
        assert said in page(client, "/", status, **values)

    def test_an_empty_store_says_how_to_fill_it(self) -> None:
        """On each page that lists what trials hold."""
        with open_store() as empty, serving(empty) as client:
            for address in ("/", "/compare/map", "/concepts?used=yes"):
                assert "trialgraph load" in page(client, address)
            assert page(client, "/compare")

    def test_a_changed_store_changes_the_pages(self) -> None:
        """What pages keep of a store is let go of when it is written to."""
        with packaged_store() as changing, serving(changing) as client:
            assert len(listed(page(client, "/"))) == 5
            assert len(demands_of(changing).titles) == 5
            changing.remove_graph(str(GRAPH[TRIAL]))
            assert len(listed(page(client, "/"))) == 4
            assert len(demands_of(changing).titles) == 4
            page(client, f"/trial/{TRIAL}", 404)


class TestTrial:
    """The page of a trial."""

    def test_it_shows_each_criterion_with_its_words_and_reading(
        self, client: httpx.Client, store: Store
    ) -> None:
        """Every one has its words, unbroken by what is marked in them, and can be linked to."""
        text = page(client, f"/trial/{TRIAL}")
        for criterion in screenable_trial(store, TRIAL).criteria:
            start = text.index(f'id="{criterion.id}"')
            card = text[start : text.index("</details>", start)]
            said = re.sub(r"<[^>]+>", "", card[card.index('class="prose"') :].partition(">")[2])
            assert said.startswith(" ".join(criterion.text.split())[:60])
            assert ("criterion narrative" in text[start - 60 : start]) is criterion.is_narrative

    def test_recognised_words_lead_to_their_concept(self, client: httpx.Client) -> None:
        """They are marked as a limit or a fact, and say what they were taken for."""
        text = page(client, f"/trial/{TRIAL}")
        marked = '<a class="hit value" href="/concept/ECOGPerformanceStatus" data-tip='
        assert f'{marked}"ECOG performance status from 0 to 1">' in text
        assert 'class="hit fact" href="/concept/BoneMetastasis"' in text

    def test_its_shape_and_graph_are_a_click_away(self, client: httpx.Client) -> None:
        """Both as Turtle, with where the words stand in the source."""
        text = page(client, f"/trial/{TRIAL}")
        card = text[text.index('id="I9"') : text.index('id="I10"')]
        assert "x:I9\\/disproved a sh:NodeShape" in card
        assert "tg:concept tgc:ECOGPerformanceStatus" in card
        assert "Read from characters 2338 to 2366 of the page." in card

    def test_narrative_criteria_say_why(self, client: httpx.Client) -> None:
        """Alone they can be asked for, and so can the others."""
        text = page(client, f"/trial/{TRIAL}", show="narrative")
        assert (
            len(re.findall(r'class="card criterion narrative"', text))
            == len(re.findall(r'class="id"', text))
            > 3
        )
        assert "is a matter of consent" in text
        assert "criterion narrative" not in page(client, f"/trial/{TRIAL}", show="formal")
        page(client, f"/trial/{TRIAL}", 400, show=HOSTILE)

    def test_it_tells_what_contradicts_itself(self, client: httpx.Client) -> None:
        """What the checks find stands on the page, with a link to the criterion it is about."""
        assert "The phase field says PHASE3, but" in page(client, f"/trial/{TRIAL}")

    def test_it_tells_facts_interventions_and_provenance(self, client: httpx.Client) -> None:
        """What the record states, what it assigns to no arm, and what it was read from."""
        text = words(page(client, f"/trial/{TRIAL}"))
        for shown in (
            "24 participants",
            "the record doesn't list arms",
            "8-12 Gy in 5 fractions",
            "Jun Huang",
            "NCT06794086.txt",
            "5ef05271d0e611d58c91d7eccfb6e89d5eb228bff69bf285f1878ef1b8439eac",
        ):
            assert shown in text

    def test_similar_trials_are_as_the_named_query_has_them(self, client: httpx.Client) -> None:
        """The same pairs in the same order, with the demands that they share."""
        rows = client.get("/api/queries/similar-trials", params={"trial": TRIAL, "fewest": "3", "least": "0"})
        expected = [
            (row["other"]["value"].rpartition("/")[2], row["shared"]["value"])
            for row in rows.json()["results"]["bindings"]
        ]
        text = page(client, f"/trial/{TRIAL}")
        section = text[text.index('id="similar"') :]
        shown = re.findall(r'<a href="/trial/(NCT\d{8})">NCT.*?data-label="Shared">(\d+)', section)
        assert shown == expected[:5]

    @pytest.mark.parametrize("address", ["/trial/NCT99999999", "/trial/x", "/trial/NCT06794086.pdf"])
    def test_an_unknown_trial_is_not_found(self, client: httpx.Client, address: str) -> None:
        """The page says so, in the frame of all others."""
        assert "Not Found" in page(client, address, 404)


def _study() -> dict[str, Any]:
    """Return a study whose every text is hostile, with two arms and a dose."""
    other = f"Other: {HOSTILE}"
    drug = {"type": "DRUG", "name": "Pembrolizumab", "description": "200 mg pembrolizumab"}
    given = [
        {**drug, "armGroupLabels": ["A"]},
        {"type": "OTHER", "name": HOSTILE, "armGroupLabels": ["A", "B"]},
        {"type": "DEVICE", "name": "A pump"},
    ]
    arms = [
        {"label": "A", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Pembrolizumab", other]},
        {"label": "B", "description": HOSTILE, "interventionNames": [other]},
    ]
    criteria = f"Inclusion Criteria:\n\n* ANC \\>= 1.5 x 10^9/L {HOSTILE}\n* {HOSTILE}"
    return {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": HOSTILE},
            "statusModule": {"overallStatus": "RECRUITING"},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": HOSTILE, "class": "OTHER"}},
            "conditionsModule": {"conditions": [HOSTILE]},
            "designModule": {
                "designInfo": {"allocation": "RANDOMIZED"},
                "enrollmentInfo": {"count": 1200, "type": "ACTUAL"},
            },
            "armsInterventionsModule": {"armGroups": arms, "interventions": given},
            "eligibilityModule": {"eligibilityCriteria": criteria},
            "contactsLocationsModule": {
                "locations": [{"facility": HOSTILE, "city": "Rome", "country": "Italy"}],
                "centralContacts": [{"name": HOSTILE, "email": '"><script>@x.org'}],
            },
        }
    }


@pytest.fixture(scope="module")
def hostile() -> Iterator[httpx.Client]:
    """Return a client of a server with one study that tries to write its own page."""
    record = read_study(_study(), name="hostile.json", sha256="0" * 64)
    with open_store() as store:
        store.replace_graph(str(GRAPH[record.nct]), graph_of(record).triples)
        with serving(store) as client:
            yield client


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/trial/NCT00000001",
        "/compare?trial=NCT00000001",
        "/concept/AbsoluteNeutrophilCount",
    ],
)
def test_no_text_of_a_record_becomes_markup(hostile: httpx.Client, address: str) -> None:
    """Titles, sponsors, criteria, contacts: all of it is shown as it is written."""
    text = hostile.get(address).text
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text


def test_the_picture_shows_each_arm_with_what_it_is_given(hostile: httpx.Client) -> None:
    """Participants, how they are divided, arms with interventions and doses, and what no arm has."""
    text = page(hostile, "/trial/NCT00000001")
    picture = text[text.index('class="picture"') : text.index('id="criteria"')]
    assert "1,200 participants enrolled, divided at random" in words(picture)
    first, second = picture.split('<li class="arm card">')[1:]
    assert "200 mg pembrolizumab" in words(first)
    assert "Pembrolizumab" not in second.partition("assigns to no arm")[0]
    assert "A pump" in second.partition("assigns to no arm")[2]


def test_the_registrys_escapes_are_not_shown(hostile: httpx.Client) -> None:
    """A backslash before a sign is how the registry writes it, not what the criterion says."""
    text = hostile.get("/trial/NCT00000001").text
    assert "ANC &gt;= 1.5" in re.sub(r"</?a[^>]*>", "", text.partition('id="I1"')[2].partition("<details")[0])


def test_what_two_ask_for_at_once_is_made_once() -> None:
    """The second waits for the first; the result stays until the store changes."""
    revision, made, together = [1], [], threading.Barrier(4)
    memory = Memory(lambda: revision[0])

    def make() -> int:
        made.append(threading.get_ident())
        time.sleep(0.05)
        return len(made)

    def ask() -> int:
        together.wait()
        return memory.recall("key", make)

    with ThreadPoolExecutor(4) as pool:
        assert {each.result() for each in [pool.submit(ask) for _ in range(4)]} == {1}
    assert memory.recall("other", make) == 2
    revision[0] = 2
    assert memory.recall("key", make) == 3


def test_what_was_made_of_an_earlier_state_is_not_kept() -> None:
    """When the store changes meanwhile, whoever asked gets it, and the next one what is true now."""
    revision = [1]
    memory = Memory(lambda: revision[0])

    def make() -> int:
        revision[0] += 1
        return revision[0]

    assert memory.recall("key", make) == 2
    assert memory.recall("key", lambda: 9) == 9


def test_a_making_that_fails_is_tried_again() -> None:
    """The error is the asker's; nothing is left locked."""
    memory = Memory(lambda: 1)
    with pytest.raises(ZeroDivisionError):
        memory.recall("key", lambda: 1 // 0)
    assert memory.recall("key", lambda: 5) == 5
