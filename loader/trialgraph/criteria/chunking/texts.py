"""A text under reading, with what its words name: concepts, values, tables, doses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trialgraph.criteria.chunking.abilities import add_abilities, add_swallowed
from trialgraph.criteria.chunking.biopsies import add_biopsied
from trialgraph.criteria.chunking.effects import add_effects
from trialgraph.criteria.chunking.examinations import without_means
from trialgraph.criteria.chunking.genes import add_markers
from trialgraph.criteria.chunking.kin import add_kin
from trialgraph.criteria.chunking.languages import add_languages
from trialgraph.criteria.chunking.leukemias import add_leukemias
from trialgraph.criteria.chunking.markers import add_results
from trialgraph.criteria.chunking.namings import add_unlisted
from trialgraph.criteria.chunking.pieces import Chunk
from trialgraph.criteria.chunking.purposes import add_purposes
from trialgraph.criteria.chunking.risks import add_risks
from trialgraph.criteria.chunking.sensitivities import add_sensitivities
from trialgraph.criteria.chunking.targets import add_targeting
from trialgraph.criteria.chunking.vaccines import without_vaccines
from trialgraph.criteria.chunking.viruses import with_viruses
from trialgraph.criteria.language.lexicon import Phrases
from trialgraph.criteria.language.tokens import Token, tokenize
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary
from trialgraph.criteria.quantities.doses import Dose, doses_of
from trialgraph.criteria.quantities.lesions import LesionReader
from trialgraph.criteria.quantities.lines import with_lines
from trialgraph.criteria.quantities.minors import minors_of
from trialgraph.criteria.quantities.stains import with_stains
from trialgraph.criteria.quantities.tables import Table, tables_of
from trialgraph.criteria.quantities.values import ValueReader
from trialgraph.criteria.sections.normalization import NormalizedText
from trialgraph.expressions import Span

__all__ = ["Text"]


@dataclass(slots=True)
class Text:
    """A normalised text under reading.

    Its `naming` is off where tumours that unread words name are not to be demanded.
    """

    normalized: NormalizedText
    vocabulary: Vocabulary
    exclusion: bool
    text: str = field(init=False)
    lowered: str = field(init=False)
    tokens: list[Token] = field(init=False)
    mentions: dict[int, Mention] = field(init=False)
    values: ValueReader = field(init=False)
    lesions: LesionReader = field(init=False)
    tables: dict[int, Table] = field(init=False)
    doses: dict[int, Dose] = field(init=False)
    abilities: Mapping[int, frozenset[str]] = field(init=False)
    purposes: Mapping[int, int] = field(init=False)
    risks: Mapping[int, tuple[int, bool]] = field(init=False)
    joints: frozenset[int] = field(init=False)
    chunks: tuple[Chunk, ...] = field(init=False, default=())
    naming: bool = field(init=False, default=True)
    _told: dict[Phrases, bool] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.text = self.normalized.text
        self.lowered = self.text.lower()
        self.tokens = tokenize(self.text)
        self.tables = (
            minors_of(self.text, self.lowered, self.vocabulary.named, self.span)
            if self.exclusion
            else tables_of(self.text, self.vocabulary.find, self.span)
        )
        self.doses = doses_of(self.text, self.vocabulary.named, self.span)
        mentions = self.vocabulary.mentions(self.tokens)
        mentions = without_means(self.tokens, mentions, exclusion=self.exclusion)
        mentions = without_vaccines(self.text, self.tokens, mentions, self.vocabulary)
        self.mentions = with_stains(self.text, self.tokens, mentions, self.vocabulary.named)
        add_leukemias(self.tokens, self.mentions, self.vocabulary)
        self.risks = add_risks(self.text, self.lowered, self.tokens, self.mentions, self.vocabulary)
        self.joints = add_markers(self.tokens, self.mentions, self.vocabulary)
        add_results(self.tokens, self.mentions, self.vocabulary)
        add_languages(self.tokens, self.mentions, self.vocabulary)
        self.abilities = add_abilities(self.tokens, self.mentions, self.vocabulary, exclusion=self.exclusion)
        if "swallow" in self.lowered:
            add_swallowed(self.tokens, self.mentions)
        add_unlisted(self.tokens, self.mentions, self.vocabulary)
        add_kin(self.text, self.tokens, self.mentions, self.vocabulary)
        self.purposes = add_purposes(self.tokens, self.mentions, self.vocabulary)
        if self.exclusion:
            add_sensitivities(self.tokens, self.mentions, self.vocabulary)
        add_biopsied(self.text, self.lowered, self.tokens, self.mentions, self.vocabulary)
        add_effects(self.text, self.lowered, self.tokens, self.mentions, self.vocabulary)
        add_targeting(self.text, self.lowered, self.tokens, self.mentions, self.vocabulary)
        with_viruses(self.text, self.tokens, self.mentions, self.vocabulary)
        with_lines(self.text, self.lowered, self.tokens, self.mentions, self.vocabulary.named)
        at, named = self.mentions.get, self.vocabulary.named
        self.values = ValueReader(self.text, self.tokens, at, self.span, named, exclusion=self.exclusion)
        self.lesions = LesionReader(self.text, self.tokens, self.mentions, self.span)

    def search(self, phrases: Phrases, words: str) -> re.Match[str] | None:
        """Return where words of this text have a turn of phrase: nowhere, when the whole text hasn't."""
        if phrases not in self._told:
            self._told[phrases] = phrases.search(self.text) is not None
        return phrases.search(words) if self._told[phrases] else None

    def span(self, start: int, end: int) -> Span:
        """Return the verbatim span of a stretch of the normalised text, its edges trimmed."""
        words = self.text[start:end]
        if words[:1].isspace() or words[-1:].isspace():
            start += len(words) - len(words.lstrip())
            words = words.strip()
        return self.normalized.verbatim(start, start + len(words))
