"""Which virus "undetectable viral load" is of: that of the infection named before it in its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["with_viruses"]

_UNDETECTABLE = str(TGC.ViralLoadUndetectable)
_INFECTION = str(TGC.InfectiousDisease)
_ENDS = frozenset({".", ";"})


def with_viruses(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Put the concept of its own virus in place of each undetectable viral load of one that isn't named.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at, changed in place.
        vocabulary: Has the names that are made of the infection's ("undetectable HIV viral load").
    """
    loads = [start for start, mention in mentions.items() if mention.term.iri == _UNDETECTABLE]
    for start in loads:
        named: dict[str, Term] = {}
        for index in range(start - 1, -1, -1):
            if tokens[index].text in _ENDS:
                break
            before = mentions.get(index)
            if before is not None and (own := _load_of(before.term, vocabulary)) is not None:
                named[own.iri] = own
        if len(named) == 1:
            mentions[start] = replace(mentions[start], term=next(iter(named.values())))


def _load_of(infection: Term, vocabulary: Vocabulary) -> Term | None:
    if _INFECTION not in infection.ancestors:
        return None
    return vocabulary.find(f"undetectable {infection.label.removesuffix(' infection')} viral load")
