"""What is asked in a part of the trial only: "Part 1A (monotherapy): …", and what follows there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.cohorts import closing_part, opening_part
from trialgraph.expressions import Expression

__all__ = ["by_part_of_trial", "part_led_in", "part_named"]

Sentence = list[Chunk]

_OFFERED = re.compile(r"\b(?:and/)?or[\s;,:]*$", re.IGNORECASE)
"""How what stands before a sentence ends that is the other of a choice."""


def by_part_of_trial(
    text: Text, sentences: Sequence[Sentence]
) -> Iterator[tuple[Expression | None, list[Sentence]]]:
    """Yield runs of sentences with the words of the part that they are for, None where they are for all.

    What stands behind the name of a part is for that part up to the next name; a part that a sentence ends
    with is of that sentence only.
    """
    case: Expression | None = None
    run: list[Sentence] = []
    for sentence in sentences:
        found = _parted(text, sentence)
        if found is None and case is None and (ended := _ended(text, sentence)) is not None:
            if run:
                yield None, run
            yield ended[0], [ended[1]]
            run = []
            continue
        if found is None:
            run.append(sentence)
            continue
        if run or case is not None:
            yield case, run
        case, rest = found
        run = [rest] if rest else []
    if run or case is not None:
        yield case, run


def _parted(text: Text, sentence: Sentence) -> tuple[Expression | None, Sentence] | None:
    """Return the words of the part that a sentence opens with, and the rest; None when it opens with none."""
    start, end = sentence[0].start, sentence[-1].end
    opening = opening_part(text.text[start:end])
    if opening is None:
        return None
    behind = start + opening.rest
    if any(chunk.start < behind < chunk.end for chunk in sentence):
        return None
    case = None if opening.whole else narrative(text, start, start + opening.end)
    return case, [chunk for chunk in sentence if chunk.start >= behind]


def _ended(text: Text, sentence: Sentence) -> tuple[Expression, Sentence] | None:
    """Return the words of the part that a sentence ends with ("… (cohort B only)"), and the rest."""
    start, end = sentence[0].start, sentence[-1].end
    found = closing_part(text.text[start:end])
    if found is None or _OFFERED.search(text.text, 0, start):
        return None
    at, stop = start + found[0], start + found[1]
    rest = [chunk for chunk in sentence if chunk.end <= at]
    if not rest or any(chunk.start < at < chunk.end for chunk in sentence):
        return None
    bracket = text.text[at] in "(["
    return narrative(text, at + bracket, stop - bracket), rest


def part_led_in(text: Text, start: int, end: int) -> Expression | None:
    """Return the words of the part that a lead-in names and nothing else ("Cohort B only:"), or None."""
    words = text.text[start:end].rstrip()
    opening = opening_part(words)
    if opening is None and closing_part(words.rstrip(" :")) is not None:
        opening = opening_part(f"{words.rstrip(' :')}: -")
    alone = opening is not None and opening.rest >= len(words) and not opening.whole
    return narrative(text, start, start + opening.end) if opening is not None and alone else None


def part_named(text: Text, start: int, end: int) -> Expression | None:
    """Return the words of a label that names a part of the trial and nothing else ("Cohort B"), or None."""
    words = text.text[start:end].rstrip()
    opening = opening_part(f"{words}: …")
    alone = opening is not None and opening.end == len(words) and not opening.whole
    return narrative(text, start, start + len(words)) if alone else None
