"""The words by which records wrap the names of things (`data/records/words.toml`)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import NamedTuple

from trialgraph.resources import product_folder

__all__ = ["Words", "words"]


class Words(NamedTuple):
    """Words around a name.

    Args:
        neutral: They only narrow what is named.
        fillers: Patterns of what tells more of what is named, such as a stage.
        causing: In the name of a condition, they say what caused it.
        along: Between the names of drugs, they say that each was given.
        allergic: Before a substance, they say that the patient is allergic to it.
        allergic_behind: Behind it, they say the same.
        objects: Of procedures: what they are done to, and how much of it.
        parts: They part an organ.
        doubts: They cast doubt.
        negations: Behind a name, they may say that it isn't so.
        denied: Before the name of a condition, they say that it isn't there.
        denied_behind: Behind it, they say the same.
        supposed: Before the name of a condition, they say that it may be there.
        supposed_behind: Behind it, they say the same.
        over: Before the name of a condition, they say that it is over.
        over_behind: Behind it, they say the same.
        exceptions: In what is denied, they say that something of it may be so.
        past: Before a name, they say that it was so once.
        once: Behind a name, they say the same.
        tails: They lead in more of what is named.
        local: Of drugs: given where they act.
        systemic: Of drugs: given so that they reach the whole body.
        spread: Before an organ, they say where a cancer has spread to.
        arising: Behind a metastasis, they say which cancer it came from.
        staging: In the name of an observation, they say that it stages or grades a cancer.
        relatives: In the name of an observation, they say that it is about a relative.
        fluids: In the name of a specimen, they say that it isn't blood.
        stains: In the name of an observation, they say that a protein was stained.
        stained: Beside the name of a stained protein, they say no more.
        joining: Of exceptions: they join what is excepted.
        cured: Of exceptions: they ask no more than that it is over.
        cure: Those of them that what is going on surely doesn't meet.
    """

    neutral: frozenset[str]
    fillers: tuple[str, ...]
    causing: frozenset[str]
    along: tuple[str, ...]
    allergic: tuple[str, ...]
    allergic_behind: tuple[str, ...]
    objects: frozenset[str]
    parts: frozenset[str]
    doubts: tuple[str, ...]
    negations: frozenset[str]
    denied: tuple[str, ...]
    denied_behind: tuple[str, ...]
    supposed: tuple[str, ...]
    supposed_behind: tuple[str, ...]
    over: tuple[str, ...]
    over_behind: tuple[str, ...]
    exceptions: frozenset[str]
    past: tuple[str, ...]
    once: tuple[str, ...]
    tails: tuple[str, ...]
    local: frozenset[str]
    systemic: frozenset[str]
    spread: tuple[str, ...]
    arising: tuple[str, ...]
    staging: frozenset[str]
    relatives: tuple[str, ...]
    fluids: frozenset[str]
    stains: frozenset[str]
    stained: frozenset[str]
    joining: frozenset[str]
    cured: frozenset[str]
    cure: frozenset[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the words by which texts wrap a name."""
    stated = tomllib.loads((product_folder("data") / "records" / "words.toml").read_text(encoding="utf-8"))
    return Words(**{name: _listed(each) for name, each in stated.items()})  # type: ignore[arg-type]


def _listed(stated: str | list[str]) -> frozenset[str] | tuple[str, ...]:
    """Return single words as a set; phrases keep their order."""
    return frozenset(stated.split()) if isinstance(stated, str) else tuple(stated)
