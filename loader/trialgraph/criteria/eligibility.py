"""Sections of eligibility criteria, read: from a record or a text to its criteria."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from functools import lru_cache, partial

from trialgraph.criteria.allergens import name_allergens, trial_drugs
from trialgraph.criteria.contradictions import without_contradictions
from trialgraph.criteria.criterion import Criterion, Kind, Part
from trialgraph.criteria.introducing import introduced
from trialgraph.criteria.labelled import scoped
from trialgraph.criteria.language.abbreviations import own_abbreviations, uses_any
from trialgraph.criteria.language.misspellings import common_words
from trialgraph.criteria.language.vocabulary import Term, Vocabulary, default_vocabulary
from trialgraph.criteria.misplaced import turn_demands
from trialgraph.criteria.offered import with_offered
from trialgraph.criteria.permits import lift_bars, word_conditions
from trialgraph.criteria.sections.closing import with_closed, without_joint
from trialgraph.criteria.sections.joined import joined
from trialgraph.criteria.sections.leads import below_leads
from trialgraph.criteria.sections.normalization import normalize, words_of
from trialgraph.criteria.sections.outline import outline, with_bullets
from trialgraph.criteria.sections.segmentation import segment
from trialgraph.criteria.statements.reading import read_expression
from trialgraph.criteria.tolerated import with_tolerated
from trialgraph.expressions import Expression, Narrative
from trialgraph.garbage import collection_paused
from trialgraph.records import EligibilityText, TrialRecord

__all__ = ["read_criteria", "read_text"]

_LOG = logging.getLogger("trialgraph.criteria")


def read_criteria(record: TrialRecord, *, vocabulary: Vocabulary | None = None) -> tuple[Criterion, ...]:
    """Return the criteria of a trial's eligibility section, in order.

    Args:
        record: The trial; without a section there are no criteria.
        vocabulary: Words of the concepts; None for the packaged ontology's.
    Returns:
        Criteria ``I1`` … and ``E1`` …, each with its expression. Spans are in the source text.
    """
    if record.eligibility is None:
        return ()
    words: Collection[str] | None = None
    if record.eligibility.lost_line_breaks:
        words = common_words() | words_of(record.study)
    vocabulary = vocabulary or default_vocabulary()
    drugs = trial_drugs(record.study, vocabulary)
    with collection_paused():
        return _read(record.eligibility, "inclusion", words, vocabulary, drugs)


def read_text(
    text: str, *, kind: Kind = "inclusion", vocabulary: Vocabulary | None = None
) -> tuple[Criterion, ...]:
    r"""Return the criteria of a plain text.

    Args:
        text: An eligibility section, or criteria without headings.
        kind: What criteria are that stand before any heading.
        vocabulary: Words of the concepts; None for the packaged ontology's.
    Example:
        >>> [each.id for each in read_text("Inclusion:\\n* Age ≥ 18 years\\nExclusion:\\n* Pregnancy")]
        ['I1', 'E1']
    """
    vocabulary = vocabulary or default_vocabulary()
    with collection_paused():
        return _read(EligibilityText(text), kind, None, vocabulary)


def _read(
    eligibility: EligibilityText,
    kind: Kind,
    words: Collection[str] | None,
    vocabulary: Vocabulary,
    drugs: Sequence[Term] = (),
) -> tuple[Criterion, ...]:
    read: list[Criterion] = []
    permitted: list[tuple[Term, ...]] = []
    counts: dict[Kind, int] = {"inclusion": 0, "exclusion": 0}
    own = own_abbreviations(eligibility.text, vocabulary)
    explained = vocabulary.having(own)
    for item in joined(below_leads(segment(eligibility, kind=kind).items), eligibility.text):
        counts[item.kind] += 1
        understood = _understood if words is None else partial(_understand, words=words)
        spoken = explained if own and uses_any(item.text, own) else vocabulary
        normalized, expression, let_in = understood(item.text, item.kind, item.parts, spoken)
        start, end = item.span
        criterion = Criterion(
            f"{'I' if item.kind == 'inclusion' else 'E'}{counts[item.kind]}",
            item.kind,
            counts[item.kind],
            item.text,
            (start + eligibility.offset, end + eligibility.offset),
            normalized,
            item.parts,
            item.scope,
            expression=name_allergens(expression, vocabulary, drugs),
        )
        read.append(scoped(criterion))
        permitted.append(let_in)
    lifted = word_conditions(lift_bars(turn_demands(introduced(read)), permitted, vocabulary))
    told = with_offered(with_tolerated(lifted, vocabulary), vocabulary)
    return tuple(without_contradictions(told, vocabulary))


def _understand(
    text: str,
    kind: Kind,
    parts: tuple[Part, ...],
    vocabulary: Vocabulary,
    *,
    words: Collection[str] | None = None,
) -> tuple[str, Expression, tuple[Term, ...]]:
    """Return the readable text of a criterion, what it says, and whom or what it lets in if no more.

    A defect of the reader costs this criterion its formal reading, and not the registry its other trials.
    """
    readable = normalize(with_bullets(text, parts), words=words)
    normalized = with_closed(without_joint(readable))
    try:
        return readable.text, *read_expression(normalized, kind, outline(text, parts, normalized), vocabulary)
    except Exception as error:  # whatever it is, the words are kept
        told = " ".join(text.split())
        _LOG.warning(
            "“%.80s” stays in words: reading it failed (%r); please report this as a defect", told, error
        )
        return readable.text, Narrative(readable.text, "not-formalised", (0, len(text))), ()


_understood = lru_cache(maxsize=8192)(_understand)
"""The same for what was read before: a tenth of the registry's criteria are word for word as others are."""
