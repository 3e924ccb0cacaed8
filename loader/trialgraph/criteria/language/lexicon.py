"""What words do in a criterion: the table ``data/language/lexicon.toml``, ready for look-up."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import cast

from trialgraph.criteria.language.literals import needed_by_all, needed_letters
from trialgraph.criteria.language.tokens import Token, tokenize
from trialgraph.resources import product_folder

__all__ = ["Lexicon", "Phrases", "lexicon"]

_START = re.compile(r"(\\b)?([a-z](?![?*+{]))?(.*)")
_CHOICE = re.compile(r"((?:\\b)?)\(\?:([^()]*)\)(?![?*+{])(.*)")
_NONE = frozenset[str]()
_SILENT = frozenset("-'’")


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()


_ANCHOR = re.compile(r"(?<!\[)\^|\$")
"""Where a pattern minds the edges of what it is sought in, which a part has of its own."""


class Phrases:
    """Turns of phrase that tell a kind of statement; searches are remembered, since words recur.

    Patterns are in lower case, and so are the words they are sought in: that is four times as fast as
    a search that minds both cases. Most words have none of the letters that some pattern needs.
    """

    def __init__(self, patterns: list[str]) -> None:
        self._needed = needed_by_all(patterns)
        self._pieces = _by_letter(patterns)
        self._patterns = cache(lambda piece: re.compile(self._pieces[piece]))
        self._users: dict[str, set[int]] = {}
        for index, piece in enumerate(self._pieces):
            for letters in needed_letters(piece):
                self._users.setdefault(letters, set()).add(index)
        self._found = lru_cache(maxsize=16_384)(self._find)
        self._anchored = any(map(_ANCHOR.search, patterns))

    def may_stand_in(self, text: str) -> bool:
        """Whether a part of a text may have such a turn of phrase, which may open or end that part."""
        if self._anchored:
            return any(map(text.lower().__contains__, self._needed))
        return self.search(text) is not None

    def search(self, words: str) -> re.Match[str] | None:
        """Return where the words, in lower case, have such a turn of phrase, or None."""
        words = words.lower()
        return self._found(words) if any(map(words.__contains__, self._needed)) else None

    def _find(self, words: str) -> re.Match[str] | None:
        """Return the first place that a pattern fits: only those are tried whose letters the words have."""
        tried = {
            piece for letters in filter(words.__contains__, self._users) for piece in self._users[letters]
        }
        places = (self._patterns(piece).search(words) for piece in sorted(tried))
        return min(filter(None, places), key=re.Match.start, default=None)


def _by_letter(patterns: Iterable[str]) -> list[str]:
    """Return patterns parted into what each choice at their start may be, those that start alike together."""
    groups: dict[str, dict[str, list[str]]] = {}
    for pattern in itertools.chain.from_iterable(map(_unfolded, patterns)):
        edge, letter, rest = cast(re.Match[str], _START.match(pattern)).groups(default="")
        groups.setdefault(edge, {}).setdefault(letter, []).append(edge + letter + rest)
    return [each for letters in groups.values() for same in letters.values() for each in same]


def _opening(patterns: Iterable[str]) -> list[str]:
    """Return patterns that fit only where words start."""
    return [f"^(?:{pattern})" for pattern in patterns]


def _unfolded(pattern: str) -> list[str]:
    """Return one pattern for each member of a choice that a pattern starts with."""
    choice = _CHOICE.match(pattern)
    return [pattern] if choice is None else [f"{choice[1]}{each}{choice[3]}" for each in choice[2].split("|")]


class Lexicon:
    """Finds the longest phrase at a token, and the classes it belongs to.

    `adjectival` are the endings by which an unknown word is taken for an adjective, `places` the
    narrowing adjectives that name a part of the body, `prefixes` what may stand for a whole word,
    `contraries` the adjectives that another one excludes.
    """

    def __init__(self, phrases: dict[str, list[str]], patterns: dict[str, list[str]]) -> None:
        self._root = _Node()
        self._opened = lru_cache(maxsize=16_384)(self._open)
        self.adjectival = tuple(phrases.pop("adjectival"))
        self.places = frozenset(phrases.pop("places"))
        self.prefixes = frozenset(phrases.pop("prefixes"))
        pairs = [pair.partition(" ") for pair in phrases.pop("contraries")]
        self.contraries = {**{a: b for a, _, b in pairs}, **{b: a for a, _, b in pairs}}
        for name, members in phrases.items():
            for phrase in members:
                self._add(phrase, name)
        self.judgement = Phrases(patterns["judgement"])
        self.undertaking = Phrases(patterns["undertaking"])
        self.consent = Phrases(patterns["consent"])
        self.own_drugs = Phrases(patterns["own_drugs"])
        self.aside = Phrases(patterns["aside"])
        self.permission = Phrases(patterns["permission"])
        self.willing = Phrases(patterns["willing"])
        self.elapsed = Phrases(patterns["elapsed"])
        self.failed = Phrases(patterns["failed"])
        self.exhausted = Phrases(patterns["exhausted"])
        self.resolved = Phrases(patterns["resolved"])
        self.explanation = Phrases(patterns["explanation"])
        self.idle = Phrases(patterns["idle"])
        self.hindering = Phrases(patterns["hindering"])
        self.cases = Phrases(patterns["cases"])
        self.remark = Phrases(_opening(patterns["remark"]))
        self.waiver = Phrases(_opening(patterns["waiver"]))
        self.advice = Phrases(_opening(patterns["advice"]))
        self.pointer = Phrases(_opening(patterns["pointer"]))

    def _add(self, phrase: str, name: str) -> None:
        node = self._root
        for token in tokenize(phrase):
            if token.form not in _SILENT:
                node = node.children.setdefault(token.form, _Node())
        node.classes |= {name}

    def phrase_at(self, tokens: list[Token], position: int) -> tuple[int, frozenset[str]]:
        """Return where the longest known phrase ends, and its classes; the next token when unknown."""
        end, classes = position + 1, _NONE
        node = self._root.children.get(tokens[position].form) if position < len(tokens) else None
        index = position + 1
        while node is not None:
            if node.classes and not _cuts_with_or_without(tokens, position, index):
                end, classes = index, node.classes
            while index < len(tokens) and tokens[index].form in _SILENT:
                index += 1
            node = node.children.get(tokens[index].form) if index < len(tokens) else None
            index += 1
        return end, classes

    def opening(self, words: str) -> tuple[int, frozenset[str]]:
        """Return where the phrase that words start with ends, 0 when it is all of them, and its classes."""
        return self._opened(words)

    def _open(self, words: str) -> tuple[int, frozenset[str]]:
        tokens = tokenize(words)
        after, classes = self.phrase_at(tokens, 0)
        return (tokens[after - 1].end if after < len(tokens) else 0), classes


def _cuts_with_or_without(tokens: list[Token], start: int, end: int) -> bool:
    """Whether a phrase would end inside "with or without" ("therapy with" in "therapy with or without A")."""
    if end - start < 2 or tokens[end - 1].form != "with":
        return False
    behind = [token.form for token in tokens[end : end + 4]]
    return "without" in behind and behind[0] in ("or", "and")


@cache
def lexicon() -> Lexicon:
    """Return the packaged lexicon."""
    path = product_folder("data") / "language" / "lexicon.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    phrases = {name: members for name, members in table.items() if isinstance(members, list)}
    patterns = {name: members["patterns"] for name, members in table.items() if isinstance(members, dict)}
    return Lexicon(phrases, patterns)
