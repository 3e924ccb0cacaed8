"""Concepts that unread words speak of: which, how, and that none of them is ever judged."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compact import mentioned
from tests.shared_files import ROOT
from tests.strategies import expressions, views
from trialgraph.criteria import read_text
from trialgraph.criteria.chunking.chunks import Chunker, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.vocabulary import default_vocabulary
from trialgraph.criteria.mentions.mentions import add_mentions
from trialgraph.criteria.plain import plain
from trialgraph.criteria.sections.normalization import normalize
from trialgraph.evaluation import deciding_atoms, evaluate, evaluate_atom
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms, is_judged
from trialgraph.shapes.rails import Never, disproof, proof
from trialgraph.views import Absence, ScreeningView


def _cases(name: str) -> list[tuple[str, str, str]]:
    lines = (ROOT / "tests/cases/readings" / name).read_text(encoding="utf-8").splitlines()
    return [line.rstrip("\n").partition(" ;") for line in lines if line and not line.startswith("#")]


CASES = _cases("mentions.txt")
BESIDE = _cases("beside.txt")


def _unread(kind: str, words: str) -> Expression:
    """Return words as if nothing of them had been understood, with what they speak of."""
    text = Text(normalize(words), default_vocabulary(), exclusion=kind == "E")
    return add_mentions(narrative(text, 0, len(text.text)), text, Chunker(text).chunks())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_words_speak_of_what_they_demand_or_bar(case: tuple[str, str, str]) -> None:
    """What stands only in a reason, a condition, an exception or a plan is not spoken of."""
    kind, _, words = case[0].partition(" | ")
    assert mentioned(_unread(kind, words)) == case[2].strip()


@pytest.mark.parametrize("case", BESIDE, ids=lambda case: case[0])
def test_words_beside_what_is_read_speak_too(case: tuple[str, str, str]) -> None:
    """What narrows a fact may demand or bar something else, which is spoken of beside the fact."""
    kind, _, words = case[0].partition(" | ")
    (criterion,) = read_text(words, kind="exclusion" if kind == "E" else "inclusion")
    assert mentioned(criterion.expression) == case[2].strip()


def test_a_mention_keeps_its_words_beside_it() -> None:
    """Whoever reads of a mention finds the words that it is from, in the tree and in plain English."""
    tree = _unread("E", "Stroke or infection")
    mentions = [atom for atom in atoms(tree) if isinstance(atom, Fact) and atom.is_mention]
    assert mentions
    assert any(isinstance(atom, Narrative) for atom in atoms(tree))
    assert "[speaks of" in plain(tree)


def _with_mentions(tree: Expression) -> Expression:
    """Put beside every narrative and every fact what its words could speak of."""
    fact = Fact("https://w3id.org/trialgraph/concept/Nivolumab", "nivolumab", "treatment", {"context": "…"})
    match tree:
        case AllOf(operands):
            return AllOf(tuple(map(_with_mentions, operands)))
        case AnyOf(operands):
            return AnyOf(tuple(map(_with_mentions, operands)))
        case Not(operand):
            return Not(_with_mentions(operand))
        case Narrative():
            return AllOf((Not(fact), AnyOf((replace(fact), tree))))
        case Fact():
            return AnyOf((tree, fact))
        case _:
            return tree


@given(expressions, views())
def test_mentions_change_no_verdict(tree: Expression, view: ScreeningView) -> None:
    """An expression is as true with the mentions of its words as without them, whatever is recorded."""
    spoken = _with_mentions(tree)
    assert evaluate(spoken, view) is evaluate(tree, view)
    assert all(
        is_judged(finding.atom) or isinstance(finding.atom, Narrative)
        for finding in deciding_atoms(spoken, view)
    )


@given(st.sampled_from([None, {"status": "active"}]))
def test_a_mention_is_never_judged(more: dict[str, str] | None) -> None:
    """Not even by a record that shows the concept's absence, nor by either rail."""
    fact = Fact(
        "https://w3id.org/trialgraph/concept/Stroke", "stroke", "condition", {**(more or {}), "context": "…"}
    )
    view = ScreeningView("nobody", date(2025, 1, 1), absent={fact.concept: Absence("none recorded")})
    assert evaluate_atom(replace(fact, modifiers=more or {}), view).truth is False
    assert evaluate_atom(fact, view).truth is None
    assert proof(fact) == disproof(fact) == Never()
