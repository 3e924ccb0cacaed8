"""YAML documents that know the line of each of their values."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from trialgraph.errors import InputError

__all__ = ["Place", "read_yaml"]

_MOST_VALUES = 100_000  # of a document; far more than a trial's criteria take
_DEEPEST = 64  # an expression by hand has fewer levels; the composer of YAML calls itself for each
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_MOST_DIGITS = 30  # of a number; longer ones are slips of the hand
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}
"""Plain words that aren't text, as YAML 1.2 and JSON have them: a bare ``no`` is text."""

_Scalar: TypeAlias = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a document, with where it stands.

    Args:
        file: Name of the file, for messages.
        line: Line of the value, from 1.
        path: Its JSON path, ``$`` for the whole document.
        value: A text, a number, true, false or null; a list or a mapping of places.
    """

    file: str
    line: int
    path: str
    value: _Scalar | list[Place] | dict[str, Place]

    @property
    def where(self) -> str:
        """The file, the line and the path, for a message."""
        return f"{self.file}:{self.line} ({self.path})"

    def wrong(self, what: str, advice: str | None = None) -> InputError:
        """Return the error that says what is wrong here."""
        return InputError(what, where=self.where, advice=advice)

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> Mapping[str, Place]:
        """Return the members of a mapping.

        Raises:
            InputError: when this is no mapping, lacks a required member, or has one that is neither.
        """
        members = self.members()
        known = [*required, *optional]
        for name, place in members.items():
            if name not in known:
                raise place.wrong(f"unknown key {name!r}", f"use {', '.join(known)}")
        for name in required:
            if name not in members:
                raise self.wrong(f"{name!r} is missing", f"needed are {', '.join(required)}")
        return members

    def members(self) -> dict[str, Place]:
        """Return the members of a mapping, whatever they are called.

        Raises:
            InputError: when this is no mapping.
        """
        if not isinstance(self.value, dict):
            raise self.wrong(f"has to be a mapping of keys and values, not {self._shown()}")
        return self.value

    def items(self) -> list[Place]:
        """Return the members of a list.

        Raises:
            InputError: when this is no list, or an empty one.
        """
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong(f"has to be a list of at least one, not {self._shown()}")
        return self.value

    def words(self) -> str:
        """Return a text.

        Raises:
            InputError: when this is none, or a blank one.
        """
        if not isinstance(self.value, str):
            raise self.wrong(f"has to be text, not {self._shown()}", "write it in quotes")
        if not self.value.strip():
            raise self.wrong("is blank")
        return self.value

    def number(self) -> float:
        """Return a number.

        Raises:
            InputError: when this is none.
        """
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong(f"has to be a number, not {self._shown()}")
        return self.value

    def truth(self) -> bool:
        """Return true or false.

        Raises:
            InputError: when this is neither.
        """
        if not isinstance(self.value, bool):
            raise self.wrong(f"has to be true or false, not {self._shown()}")
        return self.value

    def _shown(self) -> str:
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list" if self.value else "an empty list"
            case None:
                return "null"
            case bool():
                return str(self.value).lower()
            case _:
                return repr(self.value)[:60]


def read_yaml(path: Path) -> Place:
    """Return the one document of a YAML file.

    Numbers, true, false and null are read as JSON has them, which YAML contains; everything else is
    text. Tags mean nothing.

    Raises:
        InputError: when it can't be read or isn't YAML; says at which line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", where=str(path), advice="save the file as UTF-8") from error
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(path)) from error
    try:
        _check_depth(text, path)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"not valid YAML: {error.problem}", where=f"{path}:{line}") from error
    except yaml.YAMLError as error:
        raise InputError(f"not valid YAML: {error}", where=str(path)) from error
    if node is None:
        raise InputError("the file is empty", where=str(path), advice="delete it, or write a curation")
    return _Places(str(path)).of(node, "$")


def _check_depth(text: str, path: Path) -> None:
    """Refuse what the composer, which calls itself for each level, couldn't hold."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = f":{event.start_mark.line + 1}" if event.start_mark else ""
            raise InputError(f"nested more than {_DEEPEST} deep", where=f"{path}{line}")


class _Places:
    """Places from YAML's nodes. Aliases may repeat a node, but neither endlessly nor within itself."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._left = _MOST_VALUES

    def of(self, node: yaml.Node, path: str, depth: int = 0) -> Place:
        line = node.start_mark.line + 1
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise InputError("too much of it repeats by aliases", where=f"{self._file}:{line}")
        if isinstance(node, yaml.MappingNode):
            return Place(self._file, line, path, self._members(node, path, depth + 1))
        if isinstance(node, yaml.SequenceNode):
            items = [self.of(item, f"{path}[{at}]", depth + 1) for at, item in enumerate(node.value)]
            return Place(self._file, line, path, items)
        written = str(node.value)
        quoted = isinstance(node, yaml.ScalarNode) and node.style is not None
        value = written if quoted else _scalar(written, f"{self._file}:{line} ({path})")
        return Place(self._file, line, path, value)

    def _members(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Place]:
        members: dict[str, Place] = {}
        for key, value in node.value:
            name, where = str(key.value), f"{self._file}:{key.start_mark.line + 1}"
            if not isinstance(key, yaml.ScalarNode):
                raise InputError("a key has to be text", where=where)
            if name in members:
                raise InputError(f"{name!r} stands here twice", where=where)
            members[name] = self.of(value, f"{path}.{name}", depth)
        return members


def _scalar(written: str, where: str) -> _Scalar:
    if written in _WORDS:
        return _WORDS[written]
    if not _NUMBER.fullmatch(written):
        return written
    if len(written) > _MOST_DIGITS or abs(float(written)) > 1e15:
        raise InputError("a number that no criterion would state", where=where)
    return float(written) if re.search(r"[.eE]", written) else int(written)
