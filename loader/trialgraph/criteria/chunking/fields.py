"""Where radiotherapy is given or surgery done, in words of its own: "radiation to the pelvic region".

The part of the body, or how large the field is, makes the name of a narrower treatment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_fields"]

_RADIOTHERAPY = str(TGC.Radiotherapy)
_SURGERY = str(TGC.Surgery)
_CUTTING = {str(TGC.Surgery): "surgery", str(TGC.TumorResection): "resection"}
"""What makes, with an organ, the name of a surgery of it, by the noun that it then has."""
_GIVEN = frozenset({"directed", "delivered", "given", "administered", "applied", "targeted", "aimed", "done"})
_LEADING = frozenset({"to", "in", "of", "at", "on", "with", "over", "towards", "toward", "involving"})
_ARTICLES = frozenset({"the", "a", "an", "their", "his", "her", "any", "entire"})
_FIELD = "field"
_REGIONS = frozenset({"region", "area", _FIELD})
_OF_RADIATION = ("of", "radiation")
_FOR_PALLIATION = ("for", "palliation")
_LONGEST = 4
"""How many words the place may have that is irradiated."""
_LISTING = frozenset({",", "or", "and", "/"})
_BEHIND_PLACE = frozenset({",", "or", "and", "/", ".", ";", ")", ""})
_ONWARD = frozenset({
    "or", "and", "within", "in", "prior", "before", "for", "that", "which", "with", "during", "if",
    "of", "at", "less", "more", "greater", "is", "are", "was", "were", "unless", "except", "as",
    "to", "must", "who", "outside", "from", "after", "given", "received", "completed", "when",
    "than", "by", "not", "will", "should", "may", "have", "has", "other", "exceeding", "while",
    "since", "on", "under", "using", "administered", "any",
})  # fmt: skip
"""What may follow a place without being part of its name."""


def add_fields(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Read the places behind a radiotherapy or surgery as part of its name, each as one of its own.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; a narrower one takes the place of each found.
        vocabulary: Names the narrower ones.
    """
    for start, mention in sorted(mentions.items()):
        given = _is_given_somewhere(mention.term) or mention.term.iri in _CUTTING
        if start not in mentions or not given:
            continue
        placed = _Placing(tokens, mentions, mention, vocabulary).places()
        for found in placed:
            for inside in range(found.start, found.end):
                mentions.pop(inside, None)
            mentions[found.start] = found


def _is_given_somewhere(term: Term) -> bool:
    return term.iri == _RADIOTHERAPY or _RADIOTHERAPY in term.ancestors


@dataclass(frozen=True, slots=True)
class _Placing:
    """Finds where one radiotherapy is given."""

    tokens: Sequence[Token]
    mentions: Mapping[int, Mention]
    named: Mention
    vocabulary: Vocabulary

    def places(self) -> list[Mention]:
        """Return the radiotherapy of each place listed behind; none when one of them isn't known."""
        own = " ".join(self._form(at) for at in range(self.named.start, self.named.end))
        at = self.named.end
        if not _LEADING.isdisjoint(own.split()):
            end = _over_region(self.tokens, at)
            whole = end > at and self._closes(end)
            return [Mention(self.named.term, self.named.start, end)] if whole else []
        at += self._form(at) in _GIVEN
        if self._form(at) not in _LEADING:
            return []
        found: list[Mention] = []
        start = self.named.start
        while (placed := self._place(at, own)) is not None and self._closes(placed[1]):
            found.append(Mention(placed[0], start, placed[1]))
            start = at = placed[1]
            while self._form(at) in _LISTING:
                at += 1
            if at == start:
                return found
            start = at
        unknown = bool(found) and at not in self.mentions and self._form(at + 1) in _BEHIND_PLACE
        return [] if unknown else found

    def _form(self, at: int) -> str:
        return self.tokens[at].form if at < len(self.tokens) else ""

    def _place(self, at: int, own: str) -> tuple[Term, int] | None:
        """Return the radiotherapy that a place at a token makes, and where the place ends."""
        while self._form(at) in _LEADING | _ARTICLES:
            at += 1
        for end in range(min(at + _LONGEST, len(self.tokens)), at, -1):
            if self._form(end - 1) in _LEADING:
                continue
            place = " ".join(map(self._form, range(at, end)))
            term = self._first(_names(place, own, _CUTTING.get(self.named.term.iri)))
            if term is not None:
                sized = self._form(end - 1) == _FIELD
                return term, (_over_radiation if sized else _over_region)(self.tokens, end)
        return None

    def _first(self, names: Iterator[tuple[str, bool]]) -> Term | None:
        """Return the first narrower treatment that is named."""
        for name, same in names:
            term = self.vocabulary.find(name)
            if term is None or term.iri == self.named.term.iri:
                continue
            cut = self.named.term.iri in _CUTTING and _SURGERY in term.ancestors
            if cut or self.named.term.iri in term.ancestors or (same and _is_given_somewhere(term)):
                return term
        return None

    def _closes(self, end: int) -> bool:
        """Whether a place ends there: no noun that it would be part of follows ("the lung metastases")."""
        return not self._form(end).isalpha() or self._form(end) in _ONWARD


def _names(place: str, own: str, cutting: str | None) -> Iterator[tuple[str, bool]]:
    """Yield how a treatment of a place may be named, and whether the words it has here are kept."""
    if cutting is not None:
        yield f"{place} {cutting}", False
        yield f"{cutting} of the {place}", False
        return
    yield f"{place} {own}", True
    yield f"{own} to the {place}", True
    for kind in ("radiotherapy", "radiation", "irradiation"):
        yield f"{place} {kind}", False
        yield f"{kind} to the {place}", False


def _over_region(tokens: Sequence[Token], end: int) -> int:
    return end + 1 if end < len(tokens) and tokens[end].form in _REGIONS else end


def _over_radiation(tokens: Sequence[Token], end: int) -> int:
    """Return the end of "a limited field of radiation for palliation"."""
    for words in (_OF_RADIATION, _FOR_PALLIATION):
        if tuple(token.form for token in tokens[end : end + len(words)]) == words:
            end += len(words)
    return end
