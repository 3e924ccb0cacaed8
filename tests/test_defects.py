"""What a defect of the reader costs: the formal reading of one criterion."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from trialgraph.criteria import eligibility, read_text
from trialgraph.expressions import Expression, Fact, Narrative, Value


@pytest.mark.parametrize("error", [KeyError("exception"), RecursionError("too deep")])
def test_keeps_one_criterion_in_words(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The other criteria are read, and the words of this one are kept."""
    read = eligibility.read_expression

    def failing(normalized: Any, *others: Any) -> tuple[Expression, Any]:
        if "platelets" in normalized.text:
            raise error
        return read(normalized, *others)

    monkeypatch.setattr(eligibility, "read_expression", failing)
    monkeypatch.setattr(logging.getLogger("trialgraph.criteria"), "handlers", [])
    eligibility._understood.cache_clear()
    found = read_text("* Age ≥ 18 years\n* Sufficient\n  platelets\n* Diabetes mellitus")
    eligibility._understood.cache_clear()
    assert [type(each.expression) for each in found] == [Value, Narrative, Fact]
    assert found[1].expression == Narrative("Sufficient platelets", "not-formalised", (0, 22))
    (told,) = (each.getMessage() for each in caplog.records)
    assert told.startswith(f"“Sufficient platelets” stays in words: reading it failed ({error!r})")


def test_fails_every_other_test() -> None:
    """What is logged so doesn't pass unseen where the reader is tested."""
    with pytest.raises(AssertionError, match="a defect"):
        logging.getLogger("trialgraph.criteria").warning("a defect")
