"""What excuses from a limit: "unless the patient has Gilbert's syndrome", "(unless due to metastases)"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.occasions import several_occasions
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.trees import all_of
from trialgraph.expressions import Expression, Fact, Value, atoms

__all__ = ["excused_by"]

_APART = re.compile(
    r"\b(?:other\s+than|excluding|apart\s+from|aside\s+from|not\s+including|exclusive\s+of)\s*$",
    re.IGNORECASE,
)
"""What sets one cause apart from others ("from any disease other than leukaemia"), and excuses nobody."""
_PROVISOS = frozenset({"as long as", "so long as", "provided", "provided that", "providing",
                       "providing that", "if", "and", "but", ";"})  # fmt: skip
_NEAR = 20
_SEVERAL = 2
_MOST = 3
_SOON = 7


def excused_by(text: Text, limited: Expression, chunks: Sequence[Chunk]) -> Expression | None:
    """Return the condition, or the treatment under way, that excuses from a limit; None for anything else.

    What a value is out of its limits "due to" is needed for the excuse, but no proof of it, so that words
    stay beside it.

    Args:
        text: The text under reading.
        limited: What the limit is, of which the excuse may be about a part only where they are several.
        chunks: An exception without its limit; a bracket around it is opened.
    """
    if len(chunks) == 1 and chunks[0].kind == "bracket":
        chunks = chunks[0].inner
    if not chunks or any("allowance" in chunk.classes for chunk in chunks):
        return None
    start = chunks[1].start if len(chunks) > 1 and "exception" in chunks[0].classes else chunks[0].start
    whose = any(
        chunk.classes & {"persons", "of some"} or chunk.form.endswith(" with") for chunk in chunks[:3]
    )
    if _APART.search(text.text[max(0, start - _NEAR) : start]) and not whose:
        return None
    if not _is_one_limit(limited) or _named_again(text, chunks):
        return None
    if (parting := _proviso_at(chunks)) is not None:
        return _excused_if(text, chunks[:parting], chunks[parting:])
    return several_occasions(text, chunks)


def _proviso_at(chunks: Sequence[Chunk]) -> int | None:
    """Return where more is asked of those excused ("as long as …", "in which case …", "and …"), or None."""
    forms = [chunk.form for chunk in chunks]
    for i, form in enumerate(forms):
        if i and any(map(is_content, chunks[:i])):
            case = form == "in" and forms[i + 1 : i + 2] and forms[i + 1].startswith("which")
            if form in _PROVISOS or case:
                return i
    return None


def _excused_if(text: Text, case: Sequence[Chunk], proviso: Sequence[Chunk]) -> Expression | None:
    """Return the excuse with what is asked of those who have it, in words.

    None where a further excuse may stand behind an "or" in these words.
    """
    fact = several_occasions(text, case)
    either = next((i for i, chunk in enumerate(proviso) if chunk.form == "or"), len(proviso))
    named = {chunk.term for chunk in case if is_content(chunk)}
    others = [chunk for chunk in proviso[either:] if is_content(chunk) and chunk.term not in named]
    told = all(chunk.kind == "concept" and chunk.term and chunk.term.quantity for chunk in others)
    if not isinstance(fact, Fact) or not told:
        return None
    return all_of([fact, narrative(text, proviso[0].start, proviso[-1].end)])


def _is_one_limit(expression: Expression) -> bool:
    """Whether no values are limited otherwise than others ("ALT and AST ≤ 2.5 × ULN" are one limit)."""
    values = [each for each in atoms(expression) if isinstance(each, Value)]
    limits = {(each.limit, each.unit, each.relative_to) for each in values}
    return len(limits) < _SEVERAL and len(values) <= _MOST


def _named_again(text: Text, chunks: Sequence[Chunk]) -> bool:
    """Whether what excuses is spoken of again behind, where a limit of its own may be set for it."""
    named = {chunk.term for chunk in chunks if is_content(chunk) and chunk.term is not None}
    behind = (at for at, mention in text.mentions.items() if mention.term in named)
    return any(text.tokens[at].start >= chunks[-1].end and not _excuses_too(text, at) for at in behind)


def _excuses_too(text: Text, at: int) -> bool:
    """Whether what a token names excuses from another limit too, or only tells what a range is for."""
    before = [token.form for token in text.tokens[max(0, at - _SOON) : at]]
    return "unless" in before or before[-2:] == ["use", "of"]
