"""Examinations that criteria ask for or bar, rather than the means by which something was found.

An exclusion for "colonoscopy within 10 years" and "unable to undergo MRI" speak of an examination, "confirmed
by MRI" and "tissue from a biopsy" don't. What only has to be done ("MRI within 28 days") tells of no patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trialgraph.criteria.language.names import is_examination
from trialgraph.criteria.language.tokens import Token, ends_sentence
from trialgraph.criteria.language.vocabulary import Mention

__all__ = ["without_means"]

_BEGINS = frozenset({".", ";", ":", "*", "•"})
_DONE = frozenset({"undergone", "undergo", "underwent", "undergoing", "had", "have", "has", "having",
                   "completed", "complete", "received", "receive", "tolerate"})  # fmt: skip
_HISTORY = frozenset({"history", "evidence", "performance", "completion", "receipt"})
_EARLIER = frozenset({"prior", "previous", "recent", "earlier"})
_MEANS = frozenset({"by", "on", "via", "per", "using", "with", "from", "at", "through", "in", "after",
                    "following", "for", "before", "during", "and", "if", "than", "to", "as", "based",
                    "under", "upon", "of", "confirmed", "without", "no", "not", "until", "since", "be",
                    "is", "are", "was", "were", "("})  # fmt: skip
_ABLE = frozenset({"able", "ability", "unable", "inability", "capable", "cannot", "not"})
_AHEAD = frozenset({"will", "may", "must", "should", "shall"})
_LISTING = frozenset({"or", ",", "/", "and"})
_TOLD = frozenset({"proven", "confirmed", "finding", "result", "evidence", "sample", "tissue",
                   "specimen", "material", "report", "confirmation", "guided", "showing", "show",
                   "demonstrating", "demonstrate", "demonstrated", "confirming", "confirm",
                   "documenting", "criteria", "core", "reveal", "revealing", "proof", "diagnosis",
                   "block", "slide", "site", "that", "which", "device", "contrast", "data", "suite",
                   "cassette", "needle", "measurement", "machine", "scanner", "is", "are", "will",
                   "may", "must", "should", "can", "negative", "positive", "abnormality", "visible",
                   "measurable", "assessable", "evaluable", "based", "for", "change"})  # fmt: skip
_TIMES = frozenset({"within", "past", "last", "less", "<", "≤", "prior", "before", "during", "previous",
                    "preceding", "performed", "obtained", "completed", "done", "≥", ">", "ago"})  # fmt: skip
_MOST_BETWEEN = 8
_FURTHEST = 20
_SOON = 4


def without_means(
    tokens: Sequence[Token], mentions: dict[int, Mention], *, exclusion: bool
) -> dict[int, Mention]:
    """Return the mentions without examinations that only say how something is known.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at.
        exclusion: The text is an exclusion.
    """
    named = [start for start, mention in mentions.items() if is_examination(mention.term)]
    if not named:
        return mentions
    sought = _Sought(tokens, mentions, exclusion)
    kept = {start for start in sorted(named) if sought.is_asked(mentions[start])}
    return {start: mention for start, mention in mentions.items() if start in kept or start not in named}


@dataclass(slots=True)
class _Sought:
    """The examinations of a text, from the first, and where those that are asked for end."""

    tokens: Sequence[Token]
    mentions: dict[int, Mention]
    exclusion: bool
    ends: set[int] = field(default_factory=set)

    def is_asked(self, mention: Mention) -> bool:
        """Whether an examination is asked for or barred."""
        after = self.tokens[mention.end] if mention.end < len(self.tokens) else None
        told = after is not None and (after.form in _TOLD or (after.text == "-" and after.joined))
        asked = not told and self._leads(mention)
        if asked:
            self.ends.add(mention.end)
        return asked

    def _leads(self, mention: Mention) -> bool:
        """Whether the words before an examination lead to it, or it stands first with a time of its own."""
        earlier = False
        for index in range(mention.start - 1, max(-1, mention.start - _MOST_BETWEEN), -1):
            form = self.tokens[index].form
            if form in _BEGINS and (form != "." or ends_sentence(list(self.tokens), index)):
                break
            if (led := self._led(index, mention)) is not None:
                return led
            if form in _MEANS | _AHEAD | _LISTING or index in self.mentions:
                return False
            earlier = earlier or form in _EARLIER
        else:
            if mention.start >= _MOST_BETWEEN:
                return False
        ends = mention.end == len(self.tokens)
        return self.exclusion and (earlier or ends or self._is_timed(mention.end))

    def _led(self, index: int, mention: Mention) -> bool | None:
        """Return whether a word leads to an examination; None when it doesn't tell."""
        form, before = self.tokens[index].form, self.tokens[index - 1].form if index else ""
        if form in _DONE:
            ahead = before in _AHEAD or (form == "have" and before == "to")
            return (self.exclusion and not ahead) or self._is_able(index)
        if not self.exclusion:
            earlier = self.tokens[index + 1].form in _EARLIER
            return (form == "no" and (earlier or self._is_timed(mention.end))) or None
        if form == "of" and before in _HISTORY:
            return True
        return True if form in _LISTING and self._is_listed(index) else None

    def _is_able(self, verb: int) -> bool:
        """Whether a demand tells that somebody can be examined, or hasn't been."""
        return any(token.form in _ABLE for token in self.tokens[max(0, verb - _SOON) : verb])

    def _is_listed(self, joint: int) -> bool:
        """Whether a joint stands behind another examination that is barred, or an operation."""
        while joint and self.tokens[joint - 1].form in _LISTING:
            joint -= 1
        treated = (each.term for each in self.mentions.values() if each.end == joint)
        operated = (term.category == "procedure" and not is_examination(term) for term in treated)
        return joint in self.ends or any(operated)

    def _is_timed(self, after: int) -> bool:
        """Whether a time follows in the same sentence, before anything is told of what was found."""
        for token in self.tokens[after : after + _FURTHEST]:
            if token.form in _TIMES:
                return True
            if token.form in _BEGINS or token.form in _TOLD:
                return False
        return False
