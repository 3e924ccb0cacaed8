"""Items that stand on the level of the words that lead them in, as where a list lost its indents.

Below "one of the following:" no single item is asked of everyone, and below "except for:" none is a demand
at all. Until such a list ends, what follows is held to be for some patients only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trialgraph.criteria.language.literals import Sought
from trialgraph.criteria.language.offers import offers_choice
from trialgraph.criteria.sections.contraceptives import lists_contraceptives
from trialgraph.criteria.sections.ends import is_over
from trialgraph.criteria.sections.items import Item
from trialgraph.criteria.sections.titles import title_scope

__all__ = ["below_leads"]

_SENTENCE = re.compile(r"[.;]\s+(?=[A-Z(])")
_EXCEPTED = re.compile(
    r"\b(?:exceptions?\b[^:.;]{0,80}|except(?:\s+(?:for|in|if|as\s+follows))?|not\s+exclu(?:ded|sionary)|unless\b[^:.;]{0,80}|other\s+than|if(?:\s+they)?)\s*:\s*$",
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
_OF_ALL = re.compile(
    r"\b(?:acceptable|adequate)\s+(?:[\w-]+[\s,/]+){0,7}?(?:functions?|values?|status|parameters|results)\b"
    r"|^\W*(?:an?\s+|all\s+)?(?:patients?|subjects?|participants?|veterans)\s+(?:must|should|cannot|can\s+not)\b"
    r"[^:]*\b(?:eligible|participate|enrol\w*)\b|\ball\s+(?:of\s+)?the\s+following\s+inclusion\s+criteria\b"
    r"|^\W*(?:all\s+)?(?:patients?|subjects?|participants?)\s+(?:are|will\s+be)\s+eligible\b[^:]*\bonly\s+if\s+all\s+of\s+the\b",
    re.IGNORECASE,
)
"""What is asked of everyone, though it speaks of what is acceptable or of being eligible."""
_LEADS_IN = Sought(r":\s*$|\bthe\s+following\s*$")
_DENIED = re.compile(r"\W*no\b[^:;]*\b(?:any\s+of|the)\s+following\b[^:;]*:?\s*$", re.IGNORECASE)
_KEPT_OUT = re.compile(
    r"\bnot\s+(?:be\s+)?eligible\b|\boutside\s+(?:of\s+)?(?:the\s+|an?\s+)?acceptable\b", re.IGNORECASE
)
_LONGEST_TITLE = 60
_BRACKETS = re.compile(r"\([^()]*\)")


def below_leads(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items; a lead-in of a choice, exception, allowance or definition is the scope of those below it.

    Args:
        items: The items of a section in order. A heading, other nested items, the next lead-in or what every
            section says end the list; an item that a heading gave a scope keeps that.
    """
    before: Item | None = None
    led: _Lead | None = None
    listed: list[str] = []
    ordered = list(items)
    for item, following in zip(ordered, [*ordered[1:], None], strict=False):
        words = " ".join(item.text.split())
        if before is None or (item.kind, item.scope) != (before.kind, before.scope) or item.parts:
            led = None
        elif _LEADS_IN.search(before.text):
            led, listed = _lead_of(before), []
        if led is not None and is_over(led.words, listed, words, item.kind, choice=led.choice):
            led = None
        listed.append(words)
        if following is None or following.kind != item.kind or _patients_in(item) is None:
            yield item if led is None or item.scope is not None else replace(item, scope=led.words)
        before = item


@dataclass(frozen=True, slots=True)
class _Lead:
    """The sentence that leads in a list, and whether one of its items is enough."""

    words: str
    choice: bool


def _patients_in(item: Item) -> str | None:
    """Return the patients whom a demand names and nothing else, as a title does ("Male participants:")."""
    words = item.text.strip(" :\n")
    if item.kind != "inclusion" or item.parts or not item.text.endswith(":") or len(words) > _LONGEST_TITLE:
        return None
    return title_scope(words, colon=True, inclusion=True) or None


def _lead_of(item: Item) -> _Lead | None:
    """Return the last sentence of an item with its nested ones, if what it leads in isn't asked of all."""
    if (patients := _patients_in(item)) is not None:
        return _Lead(patients, choice=False)
    words = " ".join(_SENTENCE.split(item.parts[-1].text if item.parts else item.text)[-1].split())
    plain = _BRACKETS.sub("", words)
    choice = item.kind == "inclusion" and offers_choice(words)
    if not choice and (_OF_ALL if item.kind == "inclusion" else _KEPT_OUT).search(plain):
        return None
    defined = _DEFINED.search(words) is not None or lists_contraceptives(words)
    denied = item.kind == "inclusion" and _DENIED.match(words) is not None
    some = defined or denied or _EXCEPTED.search(words) is not None or _ALLOWED.search(plain) is not None
    return _Lead(words.rstrip(" :"), choice and not defined) if some or choice else None
