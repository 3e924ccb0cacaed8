"""Slips of the pen are read as the word that was meant, and words of their own are left alone."""

from __future__ import annotations

import re
import tomllib

import pytest

from trialgraph.concepts import packaged_concepts
from trialgraph.criteria.language.misspellings import common_words
from trialgraph.criteria.language.tokens import lookup_form
from trialgraph.criteria.language.vocabulary import default_vocabulary
from trialgraph.resources import product_folder


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("temozolamide", "temozolomide"),
        ("Promyeloctyic", "promyelocytic"),
        ("fluropyrimidines", "fluoropyrimidine"),
        ("metatases", "metastasis"),
        ("additiional", "additional"),
        ("karnosfsky", "karnofsky"),
    ],
)
def test_a_slip_is_read_as_what_was_meant(written: str, meant: str) -> None:
    """Names, texts and all other words of criteria are looked up alike."""
    assert lookup_form(written) == meant


@pytest.mark.parametrize(
    "word",
    [
        "microvascular",
        "macrometastasis",
        "hemithorax",
        "bradycardic",
        "metabolizer",
        "lucitanib",
        "zzzzzzzzzz",
    ],
)
def test_a_word_of_its_own_is_left_alone(word: str) -> None:
    """Prefixes and endings make other words; a word that is near to none stays."""
    assert lookup_form(word) == word


def test_words_of_their_own_would_otherwise_be_taken_for_others() -> None:
    """The table lists no word that the rule leaves alone anyhow, for being common."""
    path = product_folder("data") / "language" / "spellings.toml"
    own = tomllib.loads(path.read_text(encoding="utf-8"))["own"]["words"]
    assert own == sorted(set(own))
    assert not set(own) & common_words()
    assert [word for word in own if lookup_form(word) != word] == []


def test_no_concept_is_taken_for_another_by_a_slip() -> None:
    """A name with a word that is read as a common one is still the name of its concept."""
    vocabulary = default_vocabulary()
    slips = 0
    for form in packaged_concepts().surface_forms():
        words = [word for word in re.findall(r"[a-z]{9,}", form.form.lower()) if lookup_form(word) != word]
        term = vocabulary.find(form.form) if any(not word.endswith("s") for word in words) else None
        if term is not None:
            slips += 1
            assert term.iri == form.iri, form.form
    assert slips > 10
