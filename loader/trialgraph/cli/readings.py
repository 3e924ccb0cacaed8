"""A criterion's reading on the terminal, and who set it when it wasn't read."""

from collections.abc import Iterable

from rich.text import Text

from trialgraph.cli.options import messages
from trialgraph.criteria.criterion import Criterion
from trialgraph.criteria.plain import plain
from trialgraph.curation import StaleCorrection
from trialgraph.shapes.eligibility import ScreenableCriterion

__all__ = ["reading_text", "report_stale"]


def reading_text(criterion: Criterion | ScreenableCriterion, instead: Text | None = None) -> Text:
    """Return what a criterion says in plain English, with who set that by hand.

    Args:
        criterion: The criterion.
        instead: What to show for the expression itself; None for its words.
    """
    words = Text(plain(criterion.expression)) if instead is None else instead
    if criterion.curation is not None:
        who, when, why = criterion.curation.who, criterion.curation.when, criterion.curation.why
        words.append(f"\nset by hand by {who} on {when}: {why}", "dim")
    return words


def report_stale(stale: Iterable[StaleCorrection]) -> None:
    """Say on standard error which corrections weren't applied, and why."""
    for each in stale:
        correction = each.correction
        what = f"stale curation of {correction.trial} {correction.criterion} in {correction.curation.file}"
        line = f"{what}, not applied: {each.problem}"
        messages.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
