"""Markers whose result stands apart from their name: "negative for ER and PR", "HER2 must be negative"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.viruses import POSITIVE, acid_found
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary

__all__ = ["add_results"]

_RESULTS = frozenset({"positive", "negative"})
_TESTS = frozenset({"test", "testing", "result", "serology", "serologic", "serological", "assay",
                    "at", "screening", "baseline"})  # fmt: skip
"""What may stand between a result and what it is the result for ("positive test result for HBsAg")."""
_ACIDS = frozenset({"RNA", "DNA"})
_JOINING = frozenset({",", "/", "or", "and", "&", "both", "for"})
_LEADING = frozenset({"both", "the", "either"})
_VERBS = frozenset({"is", "are", "was", "were", "be", "been", "status"})
_LINKING = _VERBS | {"must", "should", "has", "have", "to", "documented", "confirmed", "tested", "receptor"}
_SHOWN = frozenset({"expression", "receptor", "protein", "status"})
_ENDING = frozenset(",.;:()[]/") | {"and", "or", "by", "indicating", "as", "per", "on", "in", "with", "at"}
"""What may follow a marker's name where the name is all of what a test is negative or positive for."""
_LONGEST = 10
_PLAIN = 3
"""How many words "positive test for" has, behind which a marker is read without them."""


def add_results(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Add the markers whose result is told in front of them, or behind a verb.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those of markers are added in place.
        vocabulary: Names a marker with its result ("HER2 negative").
    """
    for at in [index for index, token in enumerate(tokens) if token.form in _RESULTS]:
        told = list(_behind(tokens, mentions, at, vocabulary) or _before(tokens, mentions, at, vocabulary))
        for mention in told:
            inside = [start for start in mentions if mention.start <= start < mention.end]
            for start in inside:
                del mentions[start]
            mentions[mention.start] = mention


def _behind(
    tokens: Sequence[Token], mentions: Mapping[int, Mention], at: int, vocabulary: Vocabulary
) -> list[Mention]:
    """Return the markers listed behind "negative for"; none where any of several may lack."""
    start = at + 1
    while start < len(tokens) and tokens[start].form in _TESTS:
        start += 1
    if start + 1 >= len(tokens) or tokens[start].form != "for":
        return []
    found: list[Mention] = []
    first, joints = start + 1, set[str]()
    last: Term | None = None
    start = first
    if at in mentions and ((longer := _shown(mentions, first)) is None or longer.end <= mentions[at].end):
        return []
    while start < len(tokens):
        while start < len(tokens) and tokens[start].form in _LEADING:
            start += 1
        if (own := _shown(mentions, start)) is not None and tokens[at].form == "positive":
            if start == first and _opens_name(tokens, at) and (at in mentions or first > at + _PLAIN):
                found.append(replace(own, start=at))
            last = own.term
            start = _past_bracket(tokens, own.end)
        else:
            end, term = _named(tokens, mentions, start, tokens[at].form, vocabulary)
            if term is None and last is not None and tokens[start].text in _ACIDS:
                end, term = start + 1, acid_found(last, vocabulary, present=tokens[at].form == "positive")
            if term is None:
                break
            last = term
            found.append(Mention(term, at if start == first else start, end))
            start = end
        while start < len(tokens) and tokens[start].form in _JOINING:
            joints.add(tokens[start].form)
            start += 1
    several = len(found) > 1 and joints & {"or", "/"}
    return [] if several and tokens[at].form == "negative" else found


def _shown(mentions: Mapping[int, Mention], start: int) -> Mention | None:
    """Return the marker of an infection at a token whose name says that it was found ("HBsAg"), else None."""
    own = mentions.get(start)
    return own if own is not None and own.term.iri in POSITIVE and not own.term.quantity else None


def _opens_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether no verb stands before "positive", with which it says the result ("who test positive for")."""
    return at == 0 or tokens[at - 1].form not in ("test", "tested")


def _past_bracket(tokens: Sequence[Token], start: int) -> int:
    """Return where a bracket that starts at a token ends, or that token where none does."""
    if start >= len(tokens) or tokens[start].text != "(":
        return start
    return next((i + 1 for i in range(start, len(tokens)) if tokens[i].text == ")"), start)


def _named(
    tokens: Sequence[Token], mentions: Mapping[int, Mention], start: int, result: str, vocabulary: Vocabulary
) -> tuple[int, Term | None]:
    """Return where the longest name of a marker at a token ends, and what its result is called."""
    for end in range(min(len(tokens), start + _LONGEST), start, -1):
        after = end
        while after < len(tokens) and tokens[after].form in _SHOWN:
            after += 1
        if after < len(tokens) and tokens[after].form not in _ENDING:
            continue
        if (term := _told(tokens, mentions, start, end, result, vocabulary)) is not None:
            return after, term
    return start, None


def _before(
    tokens: Sequence[Token], mentions: Mapping[int, Mention], at: int, vocabulary: Vocabulary
) -> Iterator[Mention]:
    """Yield the markers before a verb and their result ("ER and PR must be negative"), the last first."""
    end = at
    while end and tokens[end - 1].form in _LINKING:
        end -= 1
    if not _VERBS & {token.form for token in tokens[end:at]}:
        return
    last = at + 1
    while end:
        spans = ((start, end) for start in range(max(0, end - _LONGEST), end))
        told = (
            (start, _told(tokens, mentions, start, end, tokens[at].form, vocabulary)) for start, _ in spans
        )
        start, term = next(((start, term) for start, term in told if term is not None), (end, None))
        if term is None:
            return
        yield Mention(term, start, last)
        end = start
        while end and tokens[end - 1].form in _JOINING:
            end -= 1
        last = end


def _told(
    tokens: Sequence[Token],
    mentions: Mapping[int, Mention],
    start: int,
    end: int,
    result: str,
    vocabulary: Vocabulary,
) -> Term | None:
    """Return the marker with its result that some words name, unless they name something without it."""
    words = "".join(f"{'' if token.joined else ' '}{token.text}" for token in tokens[start:end]).strip()
    across = [each for each in mentions.values() if each.start < end and each.end > start]
    if any(_stands_for_itself(each, start, end) for each in across):
        return None
    term = vocabulary.find(f"{words} {result}")
    return term if term is not None and term.category == "biomarker" else None


def _stands_for_itself(mention: Mention, start: int, end: int) -> bool:
    """Whether a concept named in some words goes on beyond them, or is what all of them name."""
    beyond = mention.start < start or mention.end > end
    return beyond or (mention.end - mention.start == end - start and not mention.term.quantity)
