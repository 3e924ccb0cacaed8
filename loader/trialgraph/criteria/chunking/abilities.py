"""What patients have to be able to do: "able to swallow tablets" denies "inability to swallow tablets".

Whatever it is that has to be swallowed, and kept down, is part of what they are able to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_abilities", "add_swallowed"]

_FIRST = frozenset({"able", "ability", "capable", "capability"})
_LACKED = frozenset({"unable", "inability", "not", "incapable"})
_ABLE = _FIRST | _LACKED
_PLAIN = frozenset({"ability", "neutral"})
_DENYING = frozenset({"ability", "negation"})
_LACKING_IT = frozenset({"lacked ability", "negation"})
_LACKING = ("inability", "to")
_SWALLOWING = str(TGC.InabilityToSwallow)
_FORMS = frozenset({
    "tablet", "capsule", "pill", "drug", "medication", "medicine", "treatment", "therapy", "agent", "product",
    "formulation", "whole", "intact", "mouth", "chewing", "crushing", "opening", "difficulty", "gel",
    "orally",
})  # fmt: skip
_BETWEEN = frozenset({
    "and", "or", "/", ",", "retain", "absorb", "ingest", "take", "digest", "the", "a", "an", "any", "oral",
    "administered", "study", "trial", "investigational", "large", "number", "of", "many",
    "multiple", "solid", "by", "without", "size", "sized",
})  # fmt: skip
_JOINTS = frozenset({",", "or", "and", "/"})
_LONGEST = 24


def add_abilities(
    tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary, *, exclusion: bool
) -> Mapping[int, frozenset[str]]:
    """Return what "able to" does, by the token it starts at, where it is known what patients are able to.

    It does nothing to a language behind it, and denies what someone can't do; "unable to" denies the
    language.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; the inability that is denied is added in place.
        vocabulary: Has the names of inabilities ("inability to swallow").
        exclusion: The text is an exclusion, which asks for no ability.
    """
    found: dict[int, frozenset[str]] = {}
    for position in [position for position, token in enumerate(tokens) if token.form in _ABLE]:
        token = tokens[position]
        if token.form in _LACKED and _denies_trait(tokens, position, mentions):
            found[position] = _LACKING_IT
        if token.form not in _FIRST or exclusion:
            continue
        after, classes = lexicon().phrase_at(list(tokens), position)
        if "ability" not in classes:
            continue
        named, own = mentions.get(after), mentions.get(position)
        if named is not None and named.term.category == "demographic":
            found[position] = _PLAIN
        elif (lacking := vocabulary.mention_behind(_LACKING, list(tokens), after)) is not None:
            named = mentions[after] = lacking
            found[position] = _DENYING
        if position in found and own is not None and named is not None and own.end <= named.end:
            del mentions[position]
    return found


def add_swallowed(tokens: Sequence[Token], mentions: dict[int, Mention]) -> None:
    """Let an inability to swallow take in what can't be: "swallow and retain the study drug tablets whole".

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those that go on are put in place of theirs.
    """
    for start, mention in list(mentions.items()):
        if mention.term.iri != _SWALLOWING or start not in mentions:
            continue
        index = end = mention.end
        while index < min(len(tokens), end + _LONGEST):
            named = mentions.get(index)
            if named is not None and named.term.category == "treatment":
                if tokens[index - 1].form in _JOINTS:
                    break
                index = end = named.end
            elif tokens[index].form in _FORMS or (named is None and tokens[index].form in _BETWEEN):
                index += 1
                end = index if tokens[index - 1].form in _FORMS else end
            else:
                break
        for inside in range(mention.end, end):
            mentions.pop(inside, None)
        mentions[start] = Mention(mention.term, start, end)


def _denies_trait(tokens: Sequence[Token], position: int, mentions: Mapping[int, Mention]) -> bool:
    """Whether words like "unable to" stand before a language that someone speaks."""
    after, classes = lexicon().phrase_at(list(tokens), position)
    named = mentions.get(after) if "inability" in classes else None
    return named is not None and named.term.category == "demographic"
