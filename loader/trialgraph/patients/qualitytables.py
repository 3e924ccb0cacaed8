"""What criteria and records call qualities of a condition or an allergy (`data/records/qualities.toml`)."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any, NamedTuple

from trialgraph.namespaces import TGC
from trialgraph.resources import product_folder

__all__ = ["Quality", "QualityWords", "either_of", "qualities", "quality_words"]

_OR = re.compile(r"\band/or\b|/")


class Quality(NamedTuple):
    """A quality of a condition or an allergy: what criteria call it, and what records state it by.

    Args:
        name: Its name, which ends the keys of views.
        demanded: What criteria call it.
        words: What records call it.
        codes: Codes of severities and statuses that mean it.
        evidence: Words and codes of the tests that show it.
        without: Names of qualities that whatever has any of them doesn't have at that time.
        now: It is of the present: what is over no longer has it.
    """

    name: str
    demanded: frozenset[str]
    words: tuple[str, ...]
    codes: frozenset[str]
    evidence: frozenset[str]
    without: frozenset[str]
    now: bool


class QualityWords(NamedTuple):
    """What holds of qualities altogether.

    Args:
        whole: IRIs of conditions that a patient has as a whole.
        either: Words for qualities of which whatever there is has one or the other.
        beside: Words that may stand beside the name of a quality, and only add to it.
        lifted: Words that stand before a quality that isn't so, or not wholly, or not now.
    """

    whole: frozenset[str]
    either: frozenset[str]
    beside: frozenset[str]
    lifted: frozenset[str]


@lru_cache(maxsize=1)
def qualities() -> tuple[Quality, ...]:
    """Return the qualities that records may state."""
    return tuple(
        Quality(
            name,
            frozenset(row["demanded"]),
            tuple(row["words"]),
            frozenset(row["codes"]),
            frozenset(row.get("evidence", ())),
            frozenset(row.get("without", ())),
            bool(row.get("now", False)),
        )
        for name, row in _read().items()
        if isinstance(row, dict)
    )


@lru_cache(maxsize=1)
def quality_words() -> QualityWords:
    """Return what holds of qualities altogether."""
    told = _read()
    whole = frozenset(str(TGC[name]) for name in told["whole"])
    lists = (frozenset(told[name]) for name in ("either", "beside", "lifted"))
    return QualityWords(whole, *lists)


def either_of(words: str) -> list[str]:
    """Return what words demand either of ("severe and/or uncontrolled"); commas part only what "or" does."""
    told = _OR.sub(" or ", words)
    if " or " in told:
        told = told.replace(",", " or ")
    return [" ".join(part.split()) for part in told.split(" or ") if part.strip()]


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    path = product_folder("data") / "records" / "qualities.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
