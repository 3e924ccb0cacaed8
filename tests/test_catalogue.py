"""Search for trials and criteria, held to what the store's own graphs say."""

from typing import get_args

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialgraph.catalogue import (
    CriterionFilter,
    TrialFilter,
    concept_called,
    screenable_trials,
    search_criteria,
    search_trials,
)
from trialgraph.catalogue.columns import Among, Column, positions
from trialgraph.catalogue.index import Facet
from trialgraph.catalogue.words import searchable
from trialgraph.errors import UsageError
from trialgraph.namespaces import GRAPH, TG, TGC, TRIAL
from trialgraph.packaged import packaged_store
from trialgraph.stores import Store, open_store

SBRT = "NCT06794086"


def _found(store: Store, wanted: TrialFilter) -> list[str]:
    return [trial.nct for trial in search_trials(store, wanted).trials]


def test_without_a_filter_every_trial_is_found(store: Store) -> None:
    """In the order of their numbers, with the number of all."""
    found = search_trials(store, TrialFilter())
    assert found.total == 5
    assert [trial.nct for trial in found.trials] == store.trials()


@pytest.mark.parametrize("facet", get_args(Facet))
def test_a_count_is_the_number_of_trials_that_the_value_finds(store: Store, facet: Facet) -> None:
    """Whoever follows a facet finds as many trials as it said."""
    values = search_trials(store, TrialFilter(), most_values=100).facets[facet]
    assert values
    for told in values[::7]:
        found = search_trials(store, TrialFilter(**{facet: (told.value,)}), most_values=1)
        assert found.total == told.count == len(found.trials) > 0
        assert next(each for each in found.facets[facet] if each.value == told.value).chosen


def test_a_concept_stands_for_its_kinds(store: Store) -> None:
    """Serplulimab is a PD-1 inhibitor, rectal cancer a colorectal one; either name will do."""
    drug = _found(store, TrialFilter(intervention=("serplulimab",)))
    assert drug
    assert set(drug) <= set(_found(store, TrialFilter(intervention=("PD-1 inhibitor",))))
    assert set(_found(store, TrialFilter(condition=("RectalCancer",)))) < set(
        _found(store, TrialFilter(condition=(str(TGC.ColorectalCancer),)))
    )


def test_values_of_one_facet_add_up_and_facets_narrow(store: Store) -> None:
    """Phase 2 or 3 is more than either; and recruiting in China is less than either."""
    both = _found(store, TrialFilter(phase=("PHASE2", "PHASE3")))
    assert {
        *_found(store, TrialFilter(phase=("PHASE2",))),
        *_found(store, TrialFilter(phase=("PHASE3",))),
    } == {*both}
    wanted = TrialFilter(phase=("PHASE3",), status=("RECRUITING",))
    assert set(_found(store, wanted)) == set(_found(store, TrialFilter(phase=("PHASE3",)))) & set(
        _found(store, TrialFilter(status=("RECRUITING",)))
    )


def test_a_facets_own_choice_does_not_hide_its_other_values(store: Store) -> None:
    """So that a search can be widened; a choice that finds nothing is told with a count of 0."""
    facets = search_trials(store, TrialFilter(phase=("PHASE3",), status=("WITHDRAWN",))).facets
    assert {each.value: each.count for each in facets["status"]}["WITHDRAWN"] == 0
    assert all(each.count == 0 for each in facets["phase"])
    assert search_trials(store, TrialFilter(phase=("PHASE3",))).facets["phase"] == tuple(
        type(each)(each.value, each.label, each.count, each.value == "PHASE3")
        for each in search_trials(store, TrialFilter()).facets["phase"]
    )


@pytest.mark.parametrize(
    "text", ["SBRT", "sbrt pd 1", "pd-1 Sbrt", "colorectal liver metastas", SBRT.lower()]
)
def test_words_find_a_trial(store: Store, text: str) -> None:
    """Beginnings of words, in any order and case, hyphens or not, and its number."""
    assert SBRT in _found(store, TrialFilter(text=text))


def test_words_that_do_not_occur_find_nothing(store: Store) -> None:
    """All have to occur, and not in the middle of a word."""
    assert _found(store, TrialFilter(text="sbrt zebra")) == []
    assert _found(store, TrialFilter(text="orectal")) == []


def test_a_concepts_name_finds_what_is_called_otherwise(store: Store) -> None:
    """A class of drugs by its name, though no title has the word."""
    assert SBRT in _found(store, TrialFilter(text="immune checkpoint inhibitor"))


def test_an_unknown_concept_is_refused_with_near_names(store: Store) -> None:
    """An empty answer would look as if no trial had it."""
    with pytest.raises(UsageError, match=r"near: .*colorectal cancer"):
        search_trials(store, TrialFilter(condition=("colorectal cancr",)))
    assert concept_called(store, "tgc:ECOGPerformanceStatus") == concept_called(
        store, "ecog performance status"
    )


def test_pages_are_the_list_cut_up(store: Store) -> None:
    """Nothing is lost or repeated, and a page beyond the last is empty."""
    pages = [search_trials(store, TrialFilter(), page=page, size=2) for page in (1, 2, 3, 4)]
    assert [trial.nct for page in pages for trial in page.trials] == store.trials()
    assert ({page.total for page in pages}, pages[3].trials) == ({5}, ())


def test_orders(store: Store) -> None:
    """By title; by start, the latest first."""
    titles = [each.title.casefold() for each in search_trials(store, TrialFilter(), order="title").trials]
    assert titles == sorted(titles)
    starts = {
        row["nct"].value: row["day"].value
        for row in store.select(f"SELECT ?nct ?day {{ ?t <{TG.nctId}> ?nct ; <{TG.startDate}> ?day }}")
    }
    found = [starts.get(each.nct, "") for each in search_trials(store, TrialFilter(), order="start").trials]
    assert found == sorted(found, reverse=True)


def test_a_search_sees_what_was_written() -> None:
    """A trial that is replaced is found by its new words at once."""
    with packaged_store() as store:
        assert search_trials(store, TrialFilter(text="zebra")).total == 0
        graph, title = str(GRAPH[SBRT]), ox.NamedNode(str(TG.briefTitle))
        triples = [
            ox.Triple(each.subject, each.predicate, ox.Literal("Zebra")) if each.predicate == title else each
            for each in store.graph(graph)
        ]
        store.replace_graph(graph, triples)
        assert [each.title for each in search_trials(store, TrialFilter(text="zebra")).trials] == ["Zebra"]
        store.remove_graph(graph)
        assert search_trials(store, TrialFilter()).total == 4


def test_an_empty_store_has_no_trials_and_no_facets() -> None:
    """No error, no value."""
    with open_store() as store:
        found = search_trials(store, TrialFilter())
        assert (found.total, found.trials) == (0, ())
        assert not any(found.facets.values())
        assert search_criteria(store, CriterionFilter()).total == 0


def test_all_criteria_come_in_the_order_of_records(store: Store) -> None:
    """Each once, as screening has them."""
    found = search_criteria(store, CriterionFilter(), size=1000)
    expected = [
        (trial.nct, each.id, each.kind, each.text, each.expression)
        for trial in screenable_trials(store)
        for each in trial.criteria
    ]
    told = ((each.nct, each.criterion) for each in found.criteria)
    assert [(nct, each.id, each.kind, each.text, each.expression) for nct, each in told] == expected
    assert found.total == len(expected)


def test_narrative_criteria_are_those_of_which_nothing_is_formal(store: Store) -> None:
    """The two answers share out all criteria as each criterion says of itself."""
    for narrative in (True, False):
        found = search_criteria(store, CriterionFilter(narrative=narrative), size=1000)
        assert found.total > 0
        assert {each.criterion.is_narrative for each in found.criteria} == {narrative}


def test_criteria_by_trial_kind_concept_and_words(store: Store) -> None:
    """All of a filter holds for each found."""
    wanted = CriterionFilter(trial=(SBRT.lower(),), kind="inclusion", concept=("Child-Pugh score",))
    (found,) = search_criteria(store, wanted).criteria
    assert (found.nct, found.criterion.kind) == (SBRT, "inclusion")
    assert "Child" in found.criterion.text
    spoken = search_criteria(store, CriterionFilter(text="child pugh"), size=1000).criteria
    assert found in spoken
    assert all("child" in each.criterion.text.lower() for each in spoken)


def test_every_criterion_is_named_by_where_it_is(store: Store) -> None:
    """The index takes the trial of a part from its IRI, which the graph holds to."""
    rows = store.select(f"SELECT ?t ?nct ?c {{ ?t <{TG.nctId}> ?nct ; <{TG.criterion}> ?c }}")
    assert all(row["c"].value.startswith(f"{TRIAL[row['nct'].value]}/criterion/") for row in rows)


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc"))), st.sets(st.sampled_from("abc")))
def test_a_column_has_the_rows_of_its_values(pairs: list[tuple[int, str]], values: set[str]) -> None:
    """Sets as bits, and as positions where they are small, are sets."""
    column, expected = Column(41, pairs), {row for row, value in pairs if value in values}
    assert positions(column.having(values), range(41), 41) == sorted(expected)
    some = {row for row, value in pairs if value == "a"}
    assert Among(column.having("a"), 41).count(column.rows(values)) == len(expected & some)


@given(st.text(max_size=30))
def test_searchable_words_are_found_by_themselves(text: str) -> None:
    """Whatever the text, its own words are in it, and doing it twice changes nothing."""
    assert searchable(searchable(text)) == searchable(text)
