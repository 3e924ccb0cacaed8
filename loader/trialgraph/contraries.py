"""What rules a fact out though its condition is there: another quality or grade than asked, or no need.

Who is recorded to have a well controlled hypertension, and no other one, doesn't have an uncontrolled
one. A view has a key for each quality that all that is recorded of a condition is stated not to have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not
from trialgraph.graded import graded_key, is_of_now, is_still
from trialgraph.needs import unneeded
from trialgraph.patients.qualitytables import Quality, either_of, qualities, quality_words

__all__ = ["contrary"]

_HAD = ("condition", "lesion", "allergy")
_ASKED = ("qualifier", "severity")


@lru_cache(maxsize=16384)
def contrary(fact: Fact) -> Expression | None:
    """Return what rules a fact out by what is stated of its condition; None where nothing may.

    Of demands that stand side by side one that isn't met is enough, of alternatives none may be.
    """
    if fact.is_mention or fact.is_planned or "relation" in fact.modifiers or fact.category not in _HAD:
        return None
    ruled = [each for name in _ASKED for each in _parts(fact, fact.modifiers.get(name, ""))]
    if graded := graded_key(fact):
        ruled.append(_lacks(fact, graded))
    return AnyOf(tuple(ruled)) if ruled else None


def _lacks(fact: Fact, key: str, **modifiers: str) -> Expression:
    return Not(Fact(key, fact.concept_label, fact.category, modifiers, span=fact.span))


def _parts(fact: Fact, said: str) -> Iterator[Expression]:
    """Yield what rules out each part of what is demanded; nothing of parts that may be met anyhow."""
    if said.casefold() in quality_words().either:
        return
    for part in re.split(r";(?!\s*(?:or|and/or)\b)", said.casefold()):
        options = [_option(fact, each) for each in re.split(r";\s*(?:or|and/or)\b", part)]
        known = [each for each in options if each is not None]
        if known and len(known) == len(options):
            yield AllOf(tuple(known))


def _option(fact: Fact, words: str) -> Expression | None:
    """Return what rules out words of which one is enough: none of them may be met."""
    needless = next(unneeded(fact, words), None)
    if needless is not None:
        return needless
    alternatives = [_ruled_out(fact, each) for each in either_of(words)]
    known = [each for each in alternatives if each is not None]
    return AllOf(tuple(known)) if known and len(known) == len(alternatives) else None


def _ruled_out(fact: Fact, words: str) -> Expression | None:
    """Return what rules out words that are the names of qualities, and others that only add to them."""
    if words.strip() == "active":
        return _lacks(fact, fact.concept, status="active") if is_still(fact) else None
    found = list(_pattern().finditer(words))
    rest = re.findall(r"[^\s,]+", _pattern().sub(" ", words))
    if not found or not quality_words().beside.issuperset(rest):
        return None
    ruled = []
    for match in found:
        named = [quality for quality in qualities() if match[0] in quality.demanded]
        if all(quality.without and _is_timely(fact, quality) for quality in named):
            keys = [f"{fact.concept}-{quality.name}" for quality in named]
            ruled.append(AllOf(tuple(_lacks(fact, key) for key in keys)))
    return AnyOf(tuple(ruled)) if ruled else None


def _is_timely(fact: Fact, quality: Quality) -> bool:
    """Whether a fact asks for a quality at present, of which a record tells."""
    return is_still(fact) if quality.now else is_of_now(fact)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = {name for quality in qualities() if quality.without for name in quality.demanded}
    longest = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])")
