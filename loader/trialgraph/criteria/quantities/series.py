"""Several quantities in front of one limit ("ALT (SGPT) and AST (SGOT) ≤ 2.5 × ULN")."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from trialgraph.criteria.language.tokens import Token, bracket_pairs, token_at
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.fillers import AGES, GLOSS
from trialgraph.criteria.quantities.fitting import local_name

__all__ = ["EITHER", "SeriesReader"]

_JOINERS = {"/": "/", ",": ",", "and": "and", "or": "or", "&": "and", "plus": "and", ";": ";"}
_MOST_TOKENS = 200
"""How far the names before a limit are followed, so that a text of nothing but names takes no longer."""
_MEASURED = frozenset({"measured", "calculated", "estimated"})
_BEFORE_QUANTITY = _MEASURED | {
    "radioisotope", "isotope", "nuclear", "serum", "plasma", "total", "a", "an", "the", "corrected",
}  # fmt: skip
_CORRECTED = frozenset({"corrected", "adjusted"})
_OPENERS = frozenset({"(", "["})
_CLOSERS = frozenset({")", "]"})
_APART = _JOINERS.keys() | {"for", "in", "with", "if", "patient", "patients", "subjects", "participants"}
"""Words that no name of a quantity holds."""
_SOON = 4
_IN_PLACE = re.compile(
    r"\s*\([^()]*(?:[(\[][^()\[\]]*[)\]])?[^()]*?\bused in (?:place|stead|lieu) of\b", re.IGNORECASE
)
EITHER = "or, and"
"""What joins quantities of which either of the first is limited, and the last too ("INR or PT aPTT")."""


def _of_a_kind(mention: Mention, following: Mention) -> bool:
    """Whether two quantities tell of one thing but aren't the same ("PT", "aPTT")."""
    first, second = (wording().kinds.get(local_name(each.term)) for each in (mention, following))
    return first is not None and first == second and mention.term.iri != following.term.iri


class SeriesReader:
    """Reads the quantities that stand before a limit in one text.

    Args:
        text: The normalised text; `tokens` are its tokens.
        mention_at: Gives the concept that starts at a token.
        exclusion: Whether the text bars.
    """

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        mention_at: Callable[[int], Mention | None],
        *,
        exclusion: bool = False,
    ) -> None:
        self.text = text
        self.exclusion = exclusion
        self.tokens = tokens
        self.mention_at = mention_at

    def read(self, position: int) -> tuple[tuple[Term, ...], str, int]:
        """Return the quantities from a token on, what joins them, and the token after them."""
        mention, first = self.mention_at(position), position
        terms: list[Term] = []
        joiner, unpaired = "", False
        furthest = position + _MOST_TOKENS
        while mention is not None and mention.term.quantity and mention.start < furthest:
            terms += [term for term in mention.term.members or (mention.term,) if term not in terms]
            stead = None if self.exclusion else self._in_stead(mention)
            if stead is not None and stead not in terms:
                terms, joiner = [*terms, stead], "or"
            if (beside := self._in_bracket(mention)) is not None and beside[1] not in terms and not joiner:
                terms, joiner = [*terms, beside[1]], beside[0]
            alone = self._closes_around(mention)
            after = self._skip_ages(self.skip_gloss(mention.end + alone), mention.term)
            after = self._skip_correction(after)
            while unpaired and after < len(self.tokens) and self.tokens[after].text in _CLOSERS:
                after += 1
            following, joined = after, ""
            while (
                following < len(self.tokens)
                and self.tokens[following].form in _JOINERS
                and following < after + 4
            ):
                sign = _JOINERS[self.tokens[following].form]
                if sign in ("and", "or") and joiner != ";" and self.tokens[following - 1].form == ";":
                    return tuple(terms), joiner, after
                both = joined == "and" and self.tokens[following - 1].form == "/"
                joined = "/" if both else sign if joined in ("", ",", "/") else joined
                following += 1
            if not joined:
                adjacent = self._next_quantity(self._past_openers(after, unpaired=unpaired))
                if adjacent is not None and joiner == "or" and _of_a_kind(mention, adjacent):
                    mention, joiner = adjacent, EITHER
                    continue
                if adjacent is None or adjacent.term.iri != mention.term.iri:
                    return tuple(terms), joiner, after + self._closes_series(first, after)
                mention, unpaired = adjacent, True
                continue
            position = after
            mention = self._next_quantity(following)
            if mention is not None and beside is not None and (joiner, joined) == ("or", "and"):
                joiner = EITHER
            elif mention is not None:
                joiner = joined if joiner in ("", ",", "/") else joiner
        return tuple(terms), joiner, position

    def _in_stead(self, mention: Mention) -> Term | None:
        """Return the quantity that a bracket lets stand for another ("(GFR can be used in place of …)")."""
        told = _IN_PLACE.match(self.text, self.tokens[mention.end - 1].end)
        inside = range(mention.end + 1, token_at(self.tokens, told.end())) if told else ()
        found = (other.term for at in inside if (other := self.mention_at(at)) is not None)
        return next((term for term in found if term.quantity and term != mention.term), None)

    def _in_bracket(self, mention: Mention) -> tuple[str, Term] | None:
        """Return another quantity that a bracket puts beside one, and what joins them ("PT (or INR)")."""
        ahead = self.tokens[mention.end : mention.end + 2]
        if len(ahead) < 2 or ahead[0].text not in _OPENERS:
            return None
        joined = _JOINERS.get(ahead[1].form)
        other = self._next_quantity(mention.end + 2) if joined in ("and", "or") else None
        if joined is None or other is None or not other.term.quantity or other.term.members:
            return None
        closed = other.end < len(self.tokens) and self.tokens[other.end].text in _CLOSERS
        return (joined, other.term) if closed else None

    def _closes_around(self, mention: Mention) -> bool:
        """Whether a quantity stands alone in a bracket, behind a name that isn't known."""
        opened = mention.start > 0 and self.tokens[mention.start - 1].text == "("
        return opened and mention.end < len(self.tokens) and self.tokens[mention.end].text == ")"

    def _skip_correction(self, position: int) -> int:
        """Step over what a quantity before another one is corrected for ("DLCO corrected for Hb, FEV1")."""
        if position >= len(self.tokens) or self.tokens[position].form not in _CORRECTED:
            return position
        told = wording().method.match(self.text, self.tokens[position - 1].end)
        end = token_at(self.tokens, told.end()) if told else position
        joined = end < len(self.tokens) and self.tokens[end].form in _JOINERS
        return end if joined else position

    def _closes_series(self, first: int, after: int) -> bool:
        """Whether a bracket that opens right before several quantities closes behind the last of them."""
        opened = 0 < first < after < len(self.tokens) and self.tokens[first - 1].text == "("
        alone = self.mention_at(first)
        several = alone is not None and alone.end < after
        return opened and several and self.tokens[after].text == ")"

    def _past_openers(self, position: int, *, unpaired: bool) -> int:
        """Step over brackets that open, of which a name given again has more than it closes."""
        if position >= len(self.tokens) or self.tokens[position].text not in _OPENERS:
            return position
        end = position if position in self._paired and not unpaired else position + 1
        while position < end < len(self.tokens) and self.tokens[end].text in _OPENERS:
            end += 1
        return end

    @cached_property
    def _paired(self) -> frozenset[int]:
        return bracket_pairs(self.tokens)

    def _next_quantity(self, position: int) -> Mention | None:
        while position < len(self.tokens) and self.tokens[position].form in _BEFORE_QUANTITY:
            mention = self.mention_at(position)
            if mention is not None:
                return mention
            told = self.tokens[position].form in _MEASURED
            position += 1
            if told and position < len(self.tokens) and self.tokens[position].form == "or":
                position += 1
        mention = self.mention_at(position) if position < len(self.tokens) else None
        return mention or self._abbreviated(position)

    def _abbreviated(self, position: int) -> Mention | None:
        """Return the quantity in a bracket behind a name that isn't known ("alanine transminase (ALT)")."""
        end = position
        while end < len(self.tokens) and end < position + _SOON and self.tokens[end].text.isalpha():
            if self.mention_at(end) is not None or self.tokens[end].form in _APART:
                return None
            end += 1
        mention = self.mention_at(end + 1) if position < end < len(self.tokens) - 1 else None
        if mention is None or not mention.term.quantity or not self._closes_around(mention):
            return None
        return mention

    def skip_gloss(self, position: int) -> int:
        """Step over a bracketed abbreviation or explanation of a quantity."""
        while position < len(self.tokens) and self.tokens[position].form in ("(", "["):
            gloss = GLOSS.match(self.text, self.tokens[position - 1].end)
            if gloss is None:
                return position
            position = token_at(self.tokens, gloss.end())
        return position

    def _skip_ages(self, position: int, term: Term) -> int:
        """Step over the ages that a scale of performance is for."""
        if position >= len(self.tokens) or self.tokens[position].text != "(":
            return position
        ages = AGES.match(self.text, self.tokens[position - 1].end)
        return (
            position
            if ages is None or local_name(term) not in wording().scales
            else token_at(self.tokens, ages.end())
        )
