"""The pages that compare trials and tell of concepts: what each shows, and what it refuses."""

import re

import httpx
import pytest

from tests.test_pages_server import HOSTILE, OTHER, THIRD, TRIAL, page, words
from trialgraph.catalogue import screenable_trials
from trialgraph.concepts import packaged_concepts
from trialgraph.expressions import AnyOf, Expression, Fact, Limit, Narrative, Not, Value
from trialgraph.namespaces import TGC
from trialgraph.server.pages.alignment import Row, align, side
from trialgraph.server.pages.limits import demanded_of, families_of, map_family
from trialgraph.server.pages.readings import pieces, reading
from trialgraph.shapes.eligibility import Kind, ScreenableCriterion, ScreenableTrial
from trialgraph.stores import Store

LIVER = "LiverFunctionMeasurement"


def criterion(name: str, expression: object, scope: str | None = None) -> ScreenableCriterion:
    """Return a criterion whose id begins with I or E."""
    kind: Kind = "inclusion" if name.startswith("I") else "exclusion"
    return ScreenableCriterion(name, kind, "words", expression, scope)  # type: ignore[arg-type]


def rows(*trials: ScreenableCriterion) -> dict[str, Row]:
    """Return the rows of trials with one criterion each, by the name of the concept."""
    sides = [side(ScreenableTrial(f"NCT{n}", "", (each,))) for n, each in enumerate(trials)]
    return {row.concepts[0].rpartition("/")[2]: row for row in align(sides)}


def value(high: float, **more: object) -> Value:
    """Return a limit of bilirubin in a multiple of the upper limit."""
    return Value(str(TGC.TotalBilirubin), "bilirubin", Limit(high=high), None, "ULN", **more)  # type: ignore[arg-type]


def either(*operands: Expression) -> AnyOf:
    """Return an expression of which one operand is enough."""
    return AnyOf(operands)


def fact(name: str, **modifiers: str) -> Fact:
    """Return a fact about a packaged concept."""
    return Fact(str(TGC[name]), packaged_concepts().label(str(TGC[name])), "condition", modifiers)


class TestAlignment:
    """What of several trials is stricter."""

    def test_the_narrower_limit_is_the_stricter_side(self) -> None:
        """Whether it includes or excludes; of equal limits neither is."""
        two, three = criterion("I1", value(2)), criterion("E1", Not(value(3)))
        row = rows(two, three)["TotalBilirubin"]
        assert (row.order, [cell.strictest for cell in row.cells]) == ("ordered", [True, False])
        assert rows(two, two)["TotalBilirubin"].order == "same"

    def test_limits_of_another_kind_are_not_compared(self) -> None:
        """A multiple of the normal limit and an absolute one may lie either way."""
        absolute = Value(str(TGC.TotalBilirubin), "bilirubin", Limit(high=1), "mg/dL")
        row = rows(criterion("I1", value(2)), criterion("I1", absolute))["TotalBilirubin"]
        assert row.order == "not comparable"
        assert not any(cell.strictest for cell in row.cells)

    def test_a_wider_bar_covers_a_narrower_one(self) -> None:
        """Who bars every checkpoint inhibitor bars PD-1 inhibitors, and more."""
        wide, narrow = (
            criterion("E1", fact("ImmuneCheckpointInhibitor")),
            criterion("E2", fact("PD1Inhibitor")),
        )
        row = rows(wide, narrow)["PD1Inhibitor"]
        assert row.order == "ordered"
        assert [each.criterion for each in row.cells[0].covered] == ["E1"]
        assert [cell.strictest for cell in row.cells] == [True, False]
        assert rows(wide, narrow)["ImmuneCheckpointInhibitor"].order == ""

    def test_silence_is_not_called_looser(self) -> None:
        """A concept that one trial speaks of has no order, whatever else the other says."""
        row = rows(criterion("I1", value(2)), criterion("E1", fact("Asthma")))["TotalBilirubin"]
        assert (row.order, row.stating) == ("", 1)

    def test_a_criterion_of_one_cohort_is_not_compared(self) -> None:
        """It demands nothing of the trial's other patients."""
        scoped = criterion("I1", value(1), scope="cohort A")
        assert rows(scoped, criterion("I1", value(2)))["TotalBilirubin"].order == "not comparable"

    def test_no_packaged_trial_is_stricter_than_itself(self, store: Store) -> None:
        """A trial beside itself demands the same everywhere, or what can't be compared."""
        (first, *_) = screenable_trials(store)
        orders = {row.order for row in align([side(first), side(first)])}
        assert orders <= {"same", "not comparable"}


class TestCompare:
    """The page with trials side by side."""

    def test_two_trials_are_aligned_by_concept(self, client: httpx.Client) -> None:
        """Each row has what both demand, with links to the criteria, and marks the stricter side."""
        text = page(client, f"/compare?trial={TRIAL}&trial={OTHER}")
        start = text.index('<a href="/concept/ChildPughScore">')
        row = text[start : text.index("</tr>", start)]
        left, right = row.split("<td")[1:]
        assert "stricter" in left
        assert f'href="/trial/{TRIAL}#I8"' in left
        assert "stricter" not in right
        assert "at most 7" in right

    def test_rows_of_one_trial_alone_are_shown_when_asked_for(self, client: httpx.Client) -> None:
        """First those that several trials speak of."""
        address = f"/compare?trial={TRIAL}&trial={OTHER}"
        few, many = page(client, address), page(client, f"{address}&rows=all")
        assert len(re.findall("<tr>", few)) < len(re.findall("<tr>", many))

    def test_one_field_may_hold_several_numbers(self, client: httpx.Client) -> None:
        """With commas or spaces, in any case; each trial can be left out again."""
        text = page(client, "/compare", trial=f"{TRIAL}, {OTHER.lower()} {THIRD}")
        assert re.findall(r'aria-label="Leave (NCT\d+) out"', text) == [TRIAL, OTHER, THIRD]

    def test_with_fewer_than_two_trials_it_helps_to_choose(self, client: httpx.Client) -> None:
        """Of none all are offered while they are few, of one those most like it."""
        assert page(client, "/compare").count('<li><a class="chip"') == 5
        text = page(client, f"/compare?trial={TRIAL}")
        assert f'href="/compare?trial={TRIAL}&trial={OTHER}"' in text
        assert "One trial so far" in text

    @pytest.mark.parametrize(
        ("asked", "status", "said"),
        [
            (HOSTILE, 400, "is no registry number"),
            ("NCT1", 400, "is no registry number"),
            (" ".join(f"NCT0000000{n}" for n in range(7)), 400, "Up to 6 trials"),
            (f"{TRIAL} NCT99999999", 404, "There is no trial NCT99999999"),
        ],
    )
    def test_what_cannot_be_compared_is_refused(
        self, client: httpx.Client, asked: str, status: int, said: str
    ) -> None:
        """With the status that fits, and what is wrong."""
        assert said in page(client, "/compare", status, trial=asked)


class TestMap:
    """The map over all trials."""

    def test_families_are_the_ontologys_classes(self, store: Store) -> None:
        """Each has several kinds that trials demand something of."""
        families = families_of(store)
        assert str(TGC[LIVER]) in {each.iri for each in families}
        for each in families:
            kinds = packaged_concepts().descendants(each.iri)
            assert len(kinds & demanded_of(store).keys()) >= 3

    def test_it_shows_the_limits_of_a_family(self, client: httpx.Client) -> None:
        """A row for each trial, a column for each concept, the strictest with the strongest colour."""
        text = page(client, "/compare/map", family=LIVER)
        start = text.index(f'href="/trial/{OTHER}"')
        row = text[start : text.index("</tr>", start)]
        assert re.search(r'class="heat h5"><a href="/trial/NCT06850103#I7"[^>]*>≥ 3.5</a>', row)
        assert "≤ 3 × ULN" in words(row)

    def test_the_strictest_of_a_kind_has_the_highest_level(self, store: Store) -> None:
        """Of an upper limit that is the lowest; limits of another kind don't count."""
        found = map_family(store, {str(TGC.AlanineAminotransferase)})
        levels = {square.demanded[0].words: square.level for _, (square,) in found.rows}
        assert levels == {"≤ 2.5 × ULN": 5, "≤ 3 × ULN": 1}

    def test_what_is_barred_is_told_in_words(self, client: httpx.Client) -> None:
        """A family that isn't measured has no numbers."""
        assert "barred" in words(page(client, "/compare/map", family="immune checkpoint inhibitor"))

    @pytest.mark.parametrize(
        ("values", "status", "said"),
        [
            ({"family": HOSTILE}, 400, "No concept is called"),
            ({"family": LIVER, "page": "99"}, 404, "The map has 1 page."),
            ({"family": "Asthma"}, 200, "No trial demands anything of it"),
        ],
    )
    def test_what_it_cannot_show(
        self, client: httpx.Client, values: dict[str, str], status: int, said: str
    ) -> None:
        """An unknown family is explained, one without demands is a state of its own."""
        assert said in page(client, "/compare/map", status, **values)


class TestConcepts:
    """The tree of concepts and their pages."""

    def test_the_tree_begins_with_the_widest(self, client: httpx.Client) -> None:
        """With the number of trials that name a concept or a kind of it; unused ones can be left out."""
        every, used = page(client, "/concepts"), page(client, "/concepts?used=yes")
        assert (
            '<a href="/concept/Measurement">measurement</a> <span class="quiet small keep">5 trials' in every
        )
        assert used.count("<li") < every.count("<li")
        assert 'class="unnamed"' not in used

    def test_a_search_finds_by_any_name(self, client: httpx.Client) -> None:
        """The nearest first; by which name it was found is told."""
        text = page(client, "/concepts", q="haemoglobin")
        assert re.findall(r'<li class="found"><a href="/concept/(\w+)"', text)[0] == "Hemoglobin"
        assert "also haemoglobin" in words(text)
        assert "No concept has such a name" in page(client, "/concepts", q=HOSTILE)

    def test_a_concept_shows_what_it_means_and_who_names_it(self, client: httpx.Client) -> None:
        """Definition, names, codes with links, kinds, and each criterion with its part in it."""
        text = page(client, "/concept/PD1Inhibitor")
        assert packaged_concepts()[str(TGC.PD1Inhibitor)].definition in text
        for shown in ("Other names", "Is a kind of", "Codes", "Its kinds"):
            assert shown in words(text)
        uses = text[text.index('id="trials"') :]
        assert re.search(rf'href="/trial/{OTHER}#E2">E2</a> <span class="chip exclusion">barred', uses)

    def test_what_it_offers_to_search_on_finds_as_many(self, client: httpx.Client) -> None:
        """The number beside the link to the list of trials is theirs."""
        text = page(client, "/concept/PD1Inhibitor")
        (count,) = re.findall(r'href="/\?criterion=PD1Inhibitor">(\d+) in a criterion', text)
        listed = re.findall(r'<h2><a href="/trial/', page(client, "/?criterion=PD1Inhibitor"))
        assert len(listed) == int(count)

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/concept/Nope", 404),
            ("/concept/Hemoglobin%22%3E", 404),
            ("/concept/Hemoglobin?page=9", 404),
            ("/concept/Hemoglobin?page=-1", 400),
        ],
    )
    def test_an_unknown_concept_is_not_found(self, client: httpx.Client, address: str, status: int) -> None:
        """Nor is a page that its list doesn't have."""
        page(client, address, status)


class TestReadings:
    """The words of a criterion, cut by what was read from them."""

    def test_overlapping_spans_cut_the_words_at_each_end(self) -> None:
        """Nothing is lost or doubled; where two overlap, both are told."""
        one = Fact(str(TGC.Asthma), "asthma", "condition", span=(0, 14))
        other = Value(str(TGC.TotalBilirubin), "bilirubin", Limit(high=1), span=(7, 20))
        found = pieces("severe asthma, grade 2 or so", either(one, other))
        assert "".join(each.text for each in found) == "severe asthma, grade 2 or so"
        assert [each.kind for each in found] == ["fact", "value", "value", None]
        assert found[1].tip == "bilirubin at most 1; asthma"

    def test_spans_outside_the_words_are_passed_over(self) -> None:
        """A correction may have none."""
        found = pieces("words", Fact(str(TGC.Asthma), "asthma", "condition", span=(0, 99)))
        assert [(each.text, each.kind) for each in found] == [("words", None)]

    def test_words_that_stay_words_are_marked_beside_others_only(self) -> None:
        """A criterion that is all words needs no marks; the page calls it narrative."""
        rest = Narrative("good mood", "judgement", span=(8, 17))
        assert [each.kind for each in pieces("asthma, good mood", rest)] == [None]
        both = either(Fact(str(TGC.Asthma), "asthma", "condition", span=(0, 6)), rest)
        assert [each.kind for each in pieces("asthma, good mood", both)] == ["fact", None, "words"]

    def test_a_reading_is_a_tree_of_words(self) -> None:
        """Operators by name, atoms in plain English with their concept's page, words with their reason."""
        tree = reading(either(Not(fact("Asthma")), Narrative("good mood", "judgement")))
        assert (tree.joint, [each.words for each in tree.parts]) == ("any", ["no asthma", "good mood"])
        assert tree.parts[0].address == "/concept/Asthma"
        assert tree.parts[1].note == "takes a person's judgement"
