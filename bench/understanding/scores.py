"""Precision, recall and the accuracy of details, from the alignments of annotated trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench.understanding.alignment import Alignment, Pair
from bench.understanding.details import has_status, has_window, same_status, same_window
from trialgraph.expressions import Fact, Value, is_judged

__all__ = ["AtomScore", "Counts", "Scores", "harmful", "score"]


@dataclass(slots=True)
class Counts:
    """True positives, false positives, false negatives.

    Example:
        >>> Counts(8, 2, 2).f1
        0.8
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was said that is right; None when nothing was said."""
        return _ratio(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Share of what there is to say that was said; None when there is nothing."""
        return _ratio(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return _ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)


@dataclass(slots=True)
class Share:
    """How many of how many."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:  # noqa: FBT001 - the one thing it counts
        """Count one more."""
        self.right += right
        self.of += 1

    @property
    def ratio(self) -> float | None:
        """The share; None of nothing."""
        return _ratio(self.right, self.of)


class AtomScore:
    """Scores of one kind of atom.

    `strict` counts the same concept only, `lenient` one a step or two above or below as well.
    """

    def __init__(self) -> None:
        self.strict = Counts()
        self.lenient = Counts()
        self.polarity = Share()
        self.windows = Share()
        self.stated_windows = Share()
        self.status = Share()
        self.wrong_on_excepted = 0


class Scores:
    """Scores of a set of trials: `kinds` holds ``value`` and ``fact``."""

    def __init__(self) -> None:
        self.trials = 0
        self.criteria = 0
        self.kinds = {"value": AtomScore(), "fact": AtomScore()}
        self.unknown_names: Counter[str] = Counter()
        self.problems: list[str] = []


def score(alignments: Iterable[Alignment]) -> Scores:
    """Return the scores of aligned trials."""
    scores = Scores()
    for alignment in alignments:
        scores.trials += 1
        scores.criteria += len(alignment.trial.items)
        scores.problems += alignment.problems
        for pair in alignment.pairs:
            _count_pair(pair, scores.kinds[pair.expected.atom.kind])
        for expected in alignment.missed:
            if expected.demanded:
                counts = scores.kinds[expected.atom.kind]
                counts.strict.missed += 1
                counts.lenient.missed += 1
                if not expected.named.iris:
                    scores.unknown_names[expected.atom.name] += 1
        for read in alignment.extra:
            counts = scores.kinds["value" if isinstance(read.atom, Value) else "fact"]
            counts.strict.wrong += 1
            counts.lenient.wrong += 1
    return scores


def harmful(pair: Pair) -> bool:
    """Return whether what the text only excepts or supposes was read as barring or being required.

    What is excepted may not hurt at all. A supposition may not decide alone, which a fact with a
    qualifier that records can't show never does, since it is never proved.
    """
    fact = pair.read.atom
    if pair.expected.atom.polarity == "excepted" and not pair.read.required and not is_judged(fact):
        return True
    kept = isinstance(fact, Fact) and "qualifier" in fact.modifiers and not pair.read.required
    return pair.read.decides and is_judged(fact) and not kept


def _count_pair(pair: Pair, counts: AtomScore) -> None:
    if not pair.expected.demanded:
        if harmful(pair):
            counts.wrong_on_excepted += 1
            counts.strict.wrong += 1
            counts.lenient.wrong += 1
        return
    right = pair.same_limit
    for tally, needed in ((counts.strict, 2), (counts.lenient, 1)):
        tally.right += right and pair.match >= needed
        tally.wrong += not (right and pair.match >= needed)
        tally.missed += not (right and pair.match >= needed)
    if pair.match < 2:
        return
    counts.polarity.add(pair.same_polarity)
    if right:
        counts.windows.add(same_window(pair))
        if has_window(pair):
            counts.stated_windows.add(same_window(pair))
        if pair.expected.atom.kind == "fact" and has_status(pair):
            counts.status.add(same_status(pair))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
