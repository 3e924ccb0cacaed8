"""Lesion statements: how many and how large ("≥3 unresectable lung metastases", "≤6 cm in diameter")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from trialgraph.criteria.language.choices import alternatives
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.limits import parse_limit
from trialgraph.criteria.quantities.lines import with_other_side
from trialgraph.criteria.quantities.sides import Found
from trialgraph.expressions import Fact, Limit, Span, Value
from trialgraph.namespaces import TGC

__all__ = ["FoundSize", "LesionReader", "counts_lesions"]

_METASTATIC = str(TGC.MetastaticMalignantNeoplasm)
_SILENT_ADJECTIVES = frozenset(
    {"total", "the", "of", "or", "distinct", "separate", "discrete", "different", "known", ","}
)
_MOST_LESIONS = 100
_NEAR = 80
_MILLIMETRES = {"mm": 1.0, "cm": 10.0}
_SIZE = re.compile(
    r"(?:(?:maximum|maximal|max\.?|largest|longest|greatest|total|single|long|the)\s+)*(?:tumou?r\s+|lesion\s+)?(?:diameters?|dimensions?|size|axis)\b"
    r"(?:\s+of\s+(?:any\s+|a\s+|the\s+|each\s+|all\s+)*(?:single\s+|largest\s+)?(?:[a-z]+\s+)?(?:lesions?|tumou?rs?|metastas[ei]s))?"
    r"(?:\s*(?::|=|of|is|are|must|be|should))*\s*",
    re.IGNORECASE,
)
_SIZE_AFTER = re.compile(
    r"\s+in\s+(?:(?:the|its|their|any)\s+)?(?:(?:maximum|maximal|largest|longest|greatest|long|single)\s+)*"
    r"(?:diameter|dimension|size|axis)\b",
    re.IGNORECASE,
)
_DISTANCE = re.compile(r"\s*(?:away\b|from\b|to\s+the\b|of\s+(?:the|any)\b)", re.IGNORECASE)
_NUMBER_FILLER = re.compile(r"(?:\s|:|,|\b(?:number|count|total|of|is|are|must|be|with|a)\b)*", re.IGNORECASE)


def counts_lesions(term: Term) -> bool:
    """Whether a concept is one whose lesions are counted and measured."""
    return term.category == "lesion" or _METASTATIC in term.ancestors


LARGEST = "LargestLesionDiameter"


@cache
def _sized() -> re.Pattern[str]:
    """Return the pattern of what a length is the diameter of, right before the length."""
    return re.compile(
        rf"\b(?P<noun>{alternatives(wording().diameters)})(?:\s*\([^()]{{1,40}}\))?\s*,?\s*"
        r"(?:(?:that|which|must|should|may|be|is|are|was|were|have|has|measure[sd]?|measuring|of|with|all|each|each\s+of\s+which|a|size|diameter)\b\s*"
        r"|\(\s*)*$",
        re.IGNORECASE,
    )


_EVALUABLE = str(TGC.EvaluableDisease)
_EITHER_WAY = re.compile(
    r"\s*(?:either\s+)?(?:non-?\s?|un)?measurable\s*(?:and/or|or|/|,\s*or)\s*"
    r"(?:(?:non-?\s?|un)measurable\s*,?\s*)?(?:but\s+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundSize:
    """A limit on a diameter, in millimetres, the characters it takes, and the quantity that it is of.

    `told` is whether the words right before it name what it is the diameter of.
    """

    size: Limit
    start: int
    end: int
    name: str = LARGEST
    told: bool = False


class LesionReader:
    """Reads lesion statements from one text."""

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        mentions: Mapping[int, Mention],
        span: Callable[[int, int], Span],
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.mentions = mentions
        self.span = span

    def read_count(self, position: int) -> tuple[Fact | Value, int] | None:
        """Return the counted lesions that start at a token, and the character they end at."""
        mention = self.mentions.get(position)
        if mention is not None and counts_lesions(mention.term):
            return self._noun_then_count(mention)
        if mention is None or not mention.term.quantity:
            return self._count_then_noun(position)
        return None

    def read_size(self, position: int) -> FoundSize | None:
        """Return a limit on a diameter that starts at a token."""
        start = self.tokens[position].start
        words = _SIZE.match(self.text, start)
        if words is not None:
            found = parse_limit(self.text, words.end())
            return self._size(found, start, found.end) if found and found.stated else None
        found = parse_limit(self.text, start)
        if found is None or found.unit is None or found.unit.ucum not in _MILLIMETRES:
            return None
        after = _SIZE_AFTER.match(self.text, found.end)
        distant = _DISTANCE.match(self.text, found.end) or not found.stated
        noun = None if distant else _sized().search(self.text, max(0, start - _NEAR), start)
        if after is None and noun is None:
            return None
        size = self._size(found, start, after.end() if after else found.end)
        if size is None or noun is None:
            return size
        name = wording().diameters[" ".join(noun["noun"].lower().split())]
        return replace(size, name=name, told=True)

    def _size(self, found: Found, start: int, end: int) -> FoundSize | None:
        factor = _MILLIMETRES.get(found.unit.ucum) if found.unit else None
        if factor is None:
            return None
        limit = found.limit
        return FoundSize(
            Limit(
                None if limit.low is None else limit.low * factor,
                limit.low_inclusive,
                None if limit.high is None else limit.high * factor,
                limit.high_inclusive,
            ),
            start,
            end,
        )

    def _noun_then_count(self, mention: Mention) -> tuple[Fact, int] | None:
        filler = _NUMBER_FILLER.match(self.text, self.tokens[mention.end - 1].end)
        found = parse_limit(self.text, filler.end()) if filler else None
        if found is None or not found.stated or not _is_count(found):
            return None
        start = self.tokens[mention.start].start
        if re.match(
            r"\s*(?:[a-z]+\s+){0,2}(?:sites?|organs?)\b", self.text[found.end : found.end + 40], re.IGNORECASE
        ):
            return None
        return self._fact(mention.term, found.limit, {}, start, found.end), found.end

    def _count_then_noun(self, position: int) -> tuple[Fact | Value, int] | None:
        start = self.tokens[position].start
        found = parse_limit(self.text, start)
        if found is None or not found.stated or not _is_count(found):
            return None
        index = position
        while index < len(self.tokens) and self.tokens[index].start < found.end:
            index += 1
        adjectives: list[str] = []
        while index < len(self.tokens) and len(adjectives) < 4:
            mention = self.mentions.get(index)
            if mention is not None:
                if mention.term.unit == "{count}":
                    if mention.end < len(self.tokens) and self.tokens[mention.end].form == "of":
                        return None
                    end = self.tokens[mention.end - 1].end
                    term, limit = mention.term, found.limit
                    if more := with_other_side(self.text, self.tokens, self.mentions, found, mention):
                        limit, end = more[0], self.tokens[more[1]].end
                    value = Value(term.iri, term.label, limit, term.unit, None, None, self.span(start, end))
                    return (value, end) if not adjectives else None
                if not counts_lesions(mention.term):
                    return None
                if self._is_either_way(mention, found.end):
                    adjectives.clear()
                modifiers = {"qualifier": " ".join(adjectives)} if adjectives else {}
                end = self.tokens[mention.end - 1].end
                return self._fact(mention.term, found.limit, modifiers, start, end), end
            after, classes = lexicon().phrase_at(self.tokens, index)
            if self.tokens[index].form not in _SILENT_ADJECTIVES:
                if not classes & {"qualifier", "active"}:
                    return None
                adjectives.append(self.text[self.tokens[index].start : self.tokens[after - 1].end])
            index = after
        return None

    def _is_either_way(self, mention: Mention, start: int) -> bool:
        """Whether "measurable or" stands before what only has to be evaluable."""
        words = self.text[start : self.tokens[mention.start].start]
        return mention.term.iri == _EVALUABLE and _EITHER_WAY.fullmatch(words) is not None

    def _fact(self, term: Term, count: Limit, modifiers: Mapping[str, str], start: int, end: int) -> Fact:
        any_will_do = count.high is None and (count.low, count.low_inclusive) in ((1, True), (0, False))
        return Fact(
            term.iri,
            term.label,
            "lesion",
            modifiers,
            None if any_will_do else count,
            None,
            None,
            self.span(start, end),
        )


def _is_count(found: Found) -> bool:
    numbers = [number for number in (found.limit.low, found.limit.high) if number is not None]
    whole = all(number == int(number) and number <= _MOST_LESIONS for number in numbers)
    return whole and found.unit is None and found.relative_to is None
