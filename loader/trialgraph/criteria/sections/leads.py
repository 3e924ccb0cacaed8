"""Items that stand on the level of the words that lead them in, as where a list lost its indents.

Below "one of the following:" no single item is asked of everyone, and below "except for:" none is a demand
at all. Where such a list ends isn't told, so what follows is held to be for some patients only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.sections.segmentation import Item

__all__ = ["below_leads"]

_SENTENCE = re.compile(r"[.;]\s+(?=[A-Z(])")
_EXCEPTED = re.compile(
    r"\b(?:exceptions?\b[^:.;]{0,80}|except(?:\s+(?:for|in|if))?|unless\b[^:.;]{0,80}|other\s+than|if(?:\s+they)?)\s*:\s*$",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"\b(?:child-?\s?bearing|(?:pre|post)?-?menopaus\w*|reproductive|sterile|(?:in)?fertile)\b[^:.;]{0,160}:\s*$",
    re.IGNORECASE,
)
_ALLOWED = re.compile(
    r"\b(?:eligible|allowed|permitted|acceptable|may\s+(?:be\s+)?(?:included|enrolled?|participate|enter))\b[^:;]{0,160}:\s*$",
    re.IGNORECASE,
)


def below_leads(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items; a lead-in of a choice, exception, allowance or definition is the scope of those below it.

    Args:
        items: The items of a section in order. A heading, other nested items or the next lead-in end the
            list; an item that a heading gave a scope keeps that.
    """
    before: Item | None = None
    led: str | None = None
    for item in items:
        if before is None or (item.kind, item.scope) != (before.kind, before.scope) or item.parts:
            led = None
        elif before.text.rstrip().endswith(":") and not before.parts:
            led = _lead_of(before)
        yield item if led is None or item.scope is not None else replace(item, scope=led)
        before = item


def _lead_of(item: Item) -> str | None:
    """Return the last sentence of an item, where what it leads in isn't asked of everyone."""
    words = " ".join(_SENTENCE.split(item.text)[-1].split())
    some = any(pattern.search(words) for pattern in (_EXCEPTED, _DEFINED, _ALLOWED))
    return words.rstrip(" :") if some or (item.kind == "inclusion" and offers_choice(words)) else None
