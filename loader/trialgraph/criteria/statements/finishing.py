"""What is done with the expression of a whole criterion, after all its sentences and items are read."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.unions import name_each
from trialgraph.criteria.conditions.despite import with_vain_treatment
from trialgraph.criteria.conditions.granted import of_those_let_in
from trialgraph.criteria.facts.choices import with_choices
from trialgraph.criteria.facts.extents import with_extents
from trialgraph.criteria.facts.intolerances import with_intolerance
from trialgraph.criteria.facts.leftovers import without_leftovers
from trialgraph.criteria.facts.participations import add_investigational, participated_in_time
from trialgraph.criteria.facts.refinement import with_narrower
from trialgraph.criteria.facts.requiring import with_needs_to_come
from trialgraph.criteria.facts.shared import with_shared_tumour
from trialgraph.criteria.facts.spread import with_spread
from trialgraph.criteria.facts.tautologies import without_tautologies
from trialgraph.criteria.language.predicates import part_predicate
from trialgraph.criteria.lists.others import with_whole_classes
from trialgraph.criteria.members.doubts import narrow_illnesses
from trialgraph.criteria.mentions.exhausted import add_exhausted
from trialgraph.criteria.mentions.mentions import add_mentions
from trialgraph.criteria.statements.exceptions import name_exceptions
from trialgraph.criteria.statements.forbidding import word_contraindications
from trialgraph.criteria.statements.remarks import without_remarks
from trialgraph.criteria.statements.reproduction import asked_of_sexes, speaks_of_reproduction
from trialgraph.criteria.statements.serologies import without_tested_markers
from trialgraph.criteria.statements.timed import graded_in_time
from trialgraph.criteria.trees import map_facts, said_once
from trialgraph.expressions import Expression, demands_nothing

__all__ = ["finished"]


def finished(expression: Expression, text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return what a criterion says with what its words tell of it as a whole.

    Args:
        expression: What its sentences and items say, joined.
        text: The criterion.
        chunks: Its chunks.
    """
    if "other" in text.lowered:
        expression = with_whole_classes(expression, text.vocabulary)
    expression = map_facts(name_exceptions(map_facts(expression, part_predicate), text), said_once)
    expression = with_choices(without_leftovers(expression, barred=text.exclusion), text)
    expression = of_those_let_in(with_intolerance(expression, text), text)
    expression = with_narrower(with_shared_tumour(graded_in_time(expression), text), text)
    expression = with_needs_to_come(expression, text)
    expression = with_extents(with_spread(expression, text), text)
    if text.exclusion:
        expression = participated_in_time(narrow_illnesses(without_tested_markers(expression)), text)
        expression = with_vain_treatment(expression)
    expression = without_remarks(text, word_contraindications(text, expression))
    told = add_exhausted(add_investigational(add_mentions(expression, text, chunks), text), text)
    told = without_tautologies(with_narrower(name_each(told, text.vocabulary), text))
    sexed = speaks_of_reproduction(text) and not demands_nothing(told)
    return asked_of_sexes(text, told) if sexed else told
