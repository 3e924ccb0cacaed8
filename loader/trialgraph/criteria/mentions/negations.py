"""What a "no" or "not" of a sentence that wasn't read denies: what is named next, a verb, nothing."""

from __future__ import annotations

from trialgraph.criteria.chunking.asides import FITTING, HAVING
from trialgraph.criteria.chunking.chunks import Chunk
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.offers import DEMAND
from trialgraph.criteria.mentions.unread import Sentence

__all__ = ["MODAL", "NON", "denies", "says_nothing"]

MODAL = frozenset({"must", "should", "shall", "must have", "must be", "need", "need to", "are required to",
                   "is required to"})  # fmt: skip
NON = frozenset({"non", "non -"})
_SHOWING = frozenset({"indicate", "show", "demonstrate", "reveal"})
"""What a test does that finds something ("the biopsy must not show A")."""
_AHEAD = 7


def denies(sentence: Sentence, index: int) -> bool:
    """Whether a "no" denies what is named next; a "not" may only deny a verb ("not controlled by A").

    It does before what patients have, do, plan or are fit for ("not a candidate for A", "not receiving A"),
    and before what a test must not show.
    """
    if sentence.chunks[index][0].form != "not":
        return True
    ahead = [each.form for each, _ in sentence.chunks[index + 1 : index + _AHEAD]]
    ahead = ahead[: ahead.index(",")] if "," in ahead else ahead
    soon = ahead[:2]
    fits = any(word.rstrip("s") in FITTING for form in soon for word in form.split(" "))
    opens = not any(is_content(each) for each, _ in sentence.chunks[:index])
    doing = opens and any(form.endswith("ing") for form in soon)
    candidate = opens and any(form.startswith("candidate") for form in ahead)
    following = sentence.chunk(index + 1)
    planned = following is not None and "planned" in following.classes
    before = sentence.chunk(index - 1)
    shown = not sentence.bars and bool(soon) and soon[0] in _SHOWING
    shown = shown and before is not None and before.form in MODAL
    doing = doing or planned or shown
    return fits or doing or candidate or bool(set(soon) & HAVING) or _is_state(following)


def _is_state(chunk: Chunk | None) -> bool:
    """Whether a chunk names what a woman is or isn't ("not pregnant")."""
    return chunk is not None and chunk.term is not None and chunk.term.category == "reproductive"


def says_nothing(sentence: Sentence, index: int) -> bool:
    """Whether a word denies nothing of what comes next: "non-", and "must not" within an exclusion.

    There "…, they must not receive A" bars what it denies.
    """
    chunk = sentence.chunks[index][0]
    if chunk.form in NON:
        return True
    if chunk.form not in ("not", "from"):
        return False
    before, following = sentence.chunk(index - 1), sentence.chunk(index + 1)
    needed = following is not None and "needing" in following.classes
    if sentence.over and not needed:
        return True
    within = sentence.bars and chunk.form == "not" and before is not None and before.form in MODAL
    opening = sentence.text.text[sentence.chunks[0][0].start : chunk.end]
    return within and DEMAND.match(opening) is None
