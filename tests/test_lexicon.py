import re
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shared_files import ROOT
from trialgraph.criteria.language.choices import alternatives
from trialgraph.criteria.language.lexicon import Phrases, lexicon
from trialgraph.criteria.language.literals import needed_letters
from trialgraph.criteria.language.tokens import token_texts, tokenize

PATH = ROOT / "data" / "language" / "lexicon.toml"
TABLE = tomllib.loads(PATH.read_text(encoding="utf-8"))
PATTERNS = {name: table["patterns"] for name, table in TABLE.items() if isinstance(table, dict)}
WORDS = sorted(set(re.findall(r"[a-z]+", str(PATTERNS))))
LETTERS = st.text("aB µ/.+", min_size=1, max_size=5).map(str.strip).filter(bool)


def test_patterns_are_in_lower_case():
    """Words are sought in lower case, so a capital in a pattern would never be found."""
    tables = tomllib.loads(PATH.read_text(encoding="utf-8")).values()
    patterns = [pattern for table in tables if isinstance(table, dict) for pattern in table["patterns"]]
    assert len(patterns) >= 27
    for pattern in patterns:
        letters = re.sub(r"\\.", "", pattern)
        assert letters == letters.lower()


def test_letter_case_does_not_matter_in_a_turn_of_phrase():
    """Judgement and consent are told in capitals as well."""
    assert lexicon().judgement.search("In the OPINION of the Investigator")
    assert lexicon().consent.search("Signed ICF")


@pytest.mark.parametrize("name", PATTERNS)
@given(words=st.lists(st.sampled_from([*WORDS, "the", "3", "-", "(", ","]), max_size=12).map(" ".join))
def test_finds_what_each_pattern_alone_finds(name, words):
    """Parting the patterns by first letter changes neither whether one is found nor where it starts."""
    plain = [found.start() for each in PATTERNS[name] if (found := re.search(each, words))]
    found = Phrases(PATTERNS[name]).search(words)
    assert (found.start() if found else None) == min(plain, default=None)


@pytest.mark.parametrize(
    ("words", "found"),
    [("unable to comply", "unable"), ("a capable man", "capable"), ("capability", None), ("table", None)],
)
def test_choices_keep_their_edges(words, found):
    """A choice of whole words that is taken apart still stands for whole words."""
    match = Phrases([r"\b(?:able|unable|capable)\b"]).search(words)
    assert (match.group() if match else None) == found


@pytest.mark.parametrize(
    ("words", "end", "told"),
    [("severe asthma", 6, True), ("severe", 0, True), ("asthma", 0, False), ("", 0, False)],
)
def test_opening_ends_where_the_first_phrase_does(words, end, told):
    """The opening of a name is its first phrase; it has no end when nothing follows it."""
    after, classes = lexicon().opening(words)
    assert after == end
    assert ("grading" in classes) is told


@pytest.mark.parametrize("pattern", [each for patterns in PATTERNS.values() for each in patterns])
@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_what_a_pattern_fits_has_letters_that_it_needs(pattern, data):
    """No text that a pattern fits lacks all of the letters without which the pattern isn't tried."""
    words = data.draw(st.from_regex(pattern.removeprefix("^"), alphabet=st.characters(codec="ascii")))
    assert any(letters in words for letters in needed_letters(pattern))


@given(phrases=st.lists(LETTERS, min_size=1, max_size=8), words=LETTERS)
def test_the_longest_of_the_phrases_is_found_whatever_its_case(phrases, words):
    """A pattern for many phrases finds what trying them one by one, the longest first, would find."""
    spaced = " ".join(words.split())
    fitting = [len(each) for each in (" ".join(each.split()) for each in phrases)
               if spaced.lower().startswith(each.lower())]  # fmt: skip
    found = re.compile(alternatives(phrases), re.IGNORECASE).match(spaced)
    assert (found.end() if found else None) == max(fitting, default=None)


@pytest.mark.parametrize("words", ["mg/dl", "MG / dL", "mg /dl"])
def test_strokes_of_units_may_stand_apart(words):
    """A unit is found with blanks around its stroke, and without a blank that its spelling has."""
    unit = re.compile(alternatives(["mg/dL", "mm Hg"], loose=True), re.IGNORECASE)
    assert unit.fullmatch(words)
    assert unit.fullmatch("mmhg")


@given(text=st.text("aB9 ,.-_\n'µ½", max_size=30))
def test_tokens_are_those_of_the_whole_text(text):
    """Parting a text at its blanks first changes no token; each stands where its words do."""
    tokens = tokenize(text)
    assert [token.text for token in tokens] == token_texts(text)
    before = 0
    for token in tokens:
        assert text[token.start : token.end] == token.text
        assert token.joined is (0 < token.start == before)
        before = token.end
