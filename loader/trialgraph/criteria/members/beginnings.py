"""The time that a statement opens with, before the list that it is of."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.recency import time_aside
from trialgraph.criteria.language.connectives import DETERMINERS, RESTARTS, VERBS, WHO
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.expressions import Window

__all__ = ["opening_time"]

_SOON = 4
_LEADING = frozenset({"neutral", "qualifier", "active"})
_LATELY = frozenset({"recent", "any recent", "a recent"})
_EARLIER = frozenset({"prior", "any prior", "previous", "any previous", "past"})
_TURNED = frozenset({"negation", "active", "planned", "exception", "condition"})
_GIVEN = frozenset(
    {
        "treatment",
        "therapy",
        "use",
        "administration",
        "exposure",
        "receipt",
        "treated",
        "received",
        "taken",
        "used",
    }
)
"""What a time may follow that stands before the name of what was given."""
_BEFELL = frozenset({"have", "has", "had", "experienced", "undergone"})
_WITH = frozenset({"with", "of", "to", "by", ","})
_GOING_ON = frozenset({"neutral", "active", "historic"})
_EITHER = frozenset({"or", "and / or", ",", "prior", "previous"})
_LATER = 8
_USING = frozenset({"use of", "use", "treatment with", "therapy with", "administration of", "receipt of"})


def opening_time(text: Text, chunks: Sequence[Chunk]) -> tuple[Window, list[Chunk]] | None:
    """Return the time that a statement opens with, and its other chunks; None when it has another too.

    It is set off by a comma, or stands between "history" and "of", or "recent" and "use of", or behind the
    kind of treatment meant ("systemic treatment, within 14 days before the first dose, with A or B").
    """
    found = chunks[0].window if len(chunks) > 2 and chunks[1].form == "," else None
    rest = list(chunks[1:])
    if (
        found is None
        and [chunk.form for chunk in chunks[1:5]][::2] == [",", ","]
        and chunks[4].form == "with"
    ):
        found = chunks[2].window if category_of(chunks[0]) == "treatment" else None
        rest = [chunks[0], *chunks[4:]]
    if found is None:
        return _time_of_history(text, chunks) or _time_of_use(chunks)
    alone = not any(chunk.kind == "window" for chunk in rest)
    return (found.window, rest) if alone and not found.narrowed else None


def _time_of_history(text: Text, chunks: Sequence[Chunk]) -> tuple[Window, list[Chunk]] | None:
    """Return the time in "history (within 6 months) of A, B or C", and the rest without it; else None.

    So in "current or recent (within 10 days) use of A or B".
    """
    at = next(
        (i for i, chunk in enumerate(chunks[:_SOON]) if (chunk.window or time_aside(text, chunk))), None
    )
    if not at or at + 2 >= len(chunks):
        return None
    found = chunks[at].window or time_aside(text, chunks[at])
    alone = not any(chunk.window is not None for chunk in chunks[at + 1 :])
    before = chunks[:at] if chunks[at + 1].form == "of" else chunks[: at + 2]
    used = chunks[at - 1].form in _LATELY and chunks[at + 1].form in _USING
    used = used or (chunks[at - 1].form in _LATELY | _EARLIER and _lists_treatments(chunks[at + 1 :]))
    led = used or "historic" in before[-1].classes
    led = led and all(chunk.classes & _LEADING or chunk.form == "or" for chunk in chunks[:at])
    if found is None or found.narrowed or not led or not alone:
        return None
    lead = [] if used else [chunk for chunk in chunks[:at] if chunk.form not in _LATELY]
    return found.window, [*lead, *chunks[at + 1 :]]


def _time_of_use(chunks: Sequence[Chunk]) -> tuple[Window, list[Chunk]] | None:
    """Return the time in "(current treatment or) treatment within 4 weeks with A", and A; else None.

    What is given now was given within the time. Commas may set the time off ("have, within 4 weeks, had A").
    """
    at = next((i for i, chunk in enumerate(chunks[:_LATER]) if chunk.window is not None), None)
    if not at or at + 2 > len(chunks):
        return None
    rest = list(chunks[at + 1 :])
    apart = at > 1 and len(rest) > 1 and chunks[at - 1].form == rest[0].form == ","
    before, rest = (chunks[: at - 1], rest[1:]) if apart else (chunks[:at], rest)
    verb = before[-1].form.split(" ")[-1]
    befell = apart and verb in _BEFELL
    if verb not in _GIVEN and not befell:
        return None
    led = befell or all(chunk.classes & _GOING_ON or chunk.form in _EITHER for chunk in before)
    if rest[0].form in _WITH | VERBS | DETERMINERS and len(rest) > 1:
        rest = rest[1:]
    elif not is_content(rest[0]):
        return None
    given = [category_of(chunk) in GIVEN for chunk in rest if is_content(chunk)]
    anew = any(chunk.form in RESTARTS | WHO or chunk.form.startswith("who") for chunk in rest)
    plain = not (anew or any(chunk.window or chunk.classes & _TURNED for chunk in rest))
    window = chunks[at].window
    if not (led and plain and given and (befell or all(given))) or window is None or window.narrowed:
        return None
    return window.window, rest


def _lists_treatments(chunks: Sequence[Chunk]) -> bool:
    """Whether chunks list treatments alone, which one time before them is of ("prior (≤ 4 weeks) A or B")."""
    named = [category_of(chunk) in GIVEN for chunk in chunks if is_content(chunk)]
    plain = not any(chunk.classes & _TURNED or chunk.form in RESTARTS for chunk in chunks)
    return len(named) > 1 and all(named) and plain and is_content(chunks[0])
