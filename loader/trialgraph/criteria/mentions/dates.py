"""When what a sentence speaks of has to be so: in a time that it states, or over for some time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.washouts import time_off
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.mentions.unread import Sentence, time_counted
from trialgraph.expressions import Fact, Window

__all__ = ["dated"]


def dated(sentence: Sentence) -> Iterator[tuple[Fact, bool]]:
    """Yield the facts in the time that the sentence opens with, states after them, or that has to be over."""
    windows = [
        (sentence.text.span(chunk.start, chunk.end)[0], chunk.window.window)
        for chunk, _ in sentence.chunks
        if chunk.kind == "window" and chunk.window is not None
    ]
    waits = [
        (sentence.text.span(chunk.start, chunk.end)[0], length)
        for chunk, _ in (sentence.chunks if sentence.elapsed or sentence.since else ())
        if (length := time_counted(sentence, chunk)) is not None
    ]
    flat = [chunk for chunk, _ in sentence.chunks]
    off = [
        (sentence.text.span(chunk.start, chunk.end)[0], length)
        for index, chunk in enumerate(flat)
        if chunk.form == "for" and (length := time_off(sentence.text, flat, index)) is not None
    ]
    named = (sentence.text.span(c.start, c.end)[0] for c, _ in sentence.chunks if is_content(c))
    leads = len(windows) == 1 and windows[0][0] < next(named, 0)
    for fact, denied in sentence.found:
        window: Window | None = next((w for start, w in windows if start >= fact.span[1]), None)
        if window is None and denied and fact.category in GIVEN:
            window = next((w for start, w in off if start >= fact.span[1]), None)
        if window is None and (denied or sentence.since) and waits and fact.category in GIVEN:
            window = next((w for start, w in waits if start >= fact.span[1]), waits[-1][1])
        yield replace(fact, within=window or (windows[0][1] if leads else None)), denied
