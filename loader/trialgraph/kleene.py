"""Kleene's strong three-valued logic: true, false, or unknown.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

__all__ = ["Truth", "all_true", "negated"]

Truth: TypeAlias = bool | None
"""True, False, or None for unknown."""


def all_true(truths: Iterable[Truth]) -> Truth:
    """Return their conjunction: false when one is false, else unknown when one is unknown."""
    every = list(truths)
    if False in every:
        return False
    return None if None in every else True


def negated(truth: Truth) -> Truth:
    """Return the opposite; what is unknown stays so."""
    return None if truth is None else not truth
