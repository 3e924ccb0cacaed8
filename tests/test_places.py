"""Names that are made by rule of a place and what is found or done there."""

from __future__ import annotations

import pytest

from trialgraph.criteria.language.names import is_examination
from trialgraph.criteria.language.places import of_places
from trialgraph.criteria.language.vocabulary import default_vocabulary


def test_a_made_name_means_its_name_or_is_another_concepts_own():
    """Law: a place put otherwise or behind names the concept, except where a concept of that name exists."""
    vocabulary = default_vocabulary()
    same, other = 0, []
    for term in vocabulary.by_iri.values():
        for name in () if is_examination(term) else of_places(term.label, term.category):
            found = vocabulary.find(name)
            assert found is not None, (term.label, name)
            if found.iri == term.iri:
                same += 1
            else:
                other.append((term.label, name, found.label))
    assert same > 500
    assert len(other) < same / 10, other


@pytest.mark.parametrize(
    ("name", "category", "made"),
    [
        ("renal abscess", "condition", {"kidney abscess", "abscess of kidney", "abscess in kidney"}),
        ("EGFR amplification", "biomarker", {"amplification of EGFR"}),
        ("liver surgery", "procedure", {"hepatic surgery"}),
        ("liver surgery", "condition", set()),
        ("abscess", "condition", set()),
    ],
)  # fmt: skip
def test_names_made_of_a_name(name, category, made):
    """The place is an adjective or another noun, or stands behind."""
    assert set(of_places(name, category)) == made
