"""Where a Turtle file speaks of what: the lines of each term's block.

RDF parsers forget lines, so the file is read a second time, by its tokens only. It is meant for files
that a parser has already accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["Block", "read_blocks"]

_TOKEN = re.compile(
    r"""
      (?P<skip>\s+|\#[^\n]*)
    | (?P<long>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3})
    | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<iri><[^<>\s]*>)
    | (?P<name>(?:_|[^\W\d_][\w.-]*)?:(?:[\w:%-]|\\.|\.(?=[\w:%-]))*)
    | (?P<word>@?[^\W\d][\w-]*|\^\^)
    | (?P<number>[+-]?(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = "([", ")]"


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """One statement of a Turtle file, from its subject to the full stop.

    Args:
        subject: IRI of what it is about; empty when that has no name.
        line: Line of its subject, from 1.
        mentions: IRIs and literals that it holds, each with its first line; literals as written
            between their quotes, in small letters.
    """

    path: Path
    subject: str
    line: int
    mentions: Mapping[str, int]


def read_blocks(path: Path, text: str) -> tuple[list[Block], dict[str, str]]:
    """Return the blocks of a Turtle file in order, and the namespaces of its prefixes."""
    prefixes: dict[str, str] = {}
    blocks = []
    for statement in _statements(text):
        first = statement[0]
        if first.text.lower().lstrip("@") == "prefix" and first.kind == "word":
            prefixes[statement[1].text.rstrip(":")] = statement[2].text[1:-1]
        elif first.text.lower().lstrip("@") != "base" or first.kind != "word":
            blocks.append(_block(path, statement, prefixes))
    return blocks, prefixes


def _statements(text: str) -> Iterator[list[_Token]]:
    found: list[_Token] = []
    depth = 0
    for token in _tokens(text):
        if token.kind == "sign" and token.text in _OPENING + _CLOSING:
            depth += 1 if token.text in _OPENING else -1
        if token.text == "." and token.kind == "sign" and depth == 0:
            if found:
                yield found
            found = []
            continue
        found.append(token)
        if len(found) == 3 and found[0].text.upper() == "PREFIX":
            yield found
            found = []


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            yield _Token(match.lastgroup or "", match[0], line)
        line += match[0].count("\n")


def _block(path: Path, statement: list[_Token], prefixes: Mapping[str, str]) -> Block:
    mentions: dict[str, int] = {}
    for token in statement:
        value = _value(token, prefixes)
        if value is not None:
            mentions.setdefault(value, token.line)
    first = statement[0]
    subject = _value(first, prefixes) if first.kind in ("iri", "name") else None
    return Block(path, subject or "", first.line, mentions)


def _value(token: _Token, prefixes: Mapping[str, str]) -> str | None:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        return prefixes.get(prefix, f"{prefix}:") + local
    if token.kind in ("text", "long"):
        marks = 3 if token.kind == "long" else 1
        return token.text[marks:-marks].lower()
    return token.text if token.kind == "number" else None
