"""Proteins looked for by immunohistochemistry, of which the finding is that one is lost.

A tumour that lost a mismatch repair protein is mismatch repair deficient. "Negative" means the loss
here, where of a gene it would mean that nothing was found; so that and other plain answers count only
where the record says that a protein was stained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from trialgraph.patients.coding import Json
from trialgraph.patients.dates import DateRange
from trialgraph.patients.elements import Context, resource_name
from trialgraph.patients.facts import Coded, ConditionFact, Fact, ResultFact
from trialgraph.patients.tumours import Stain, stain_answers, stains
from trialgraph.patients.wording import words

__all__ = ["read_stains"]

_TOKEN = re.compile(r"[^\W_]+|[+]+")


class _Question(NamedTuple):
    """What was stained: proteins, or a panel as a whole, and whether the record says it was a staining."""

    proteins: tuple[Stain, ...]
    panel: tuple[Stain, ...]
    stained: bool


class _Statement(NamedTuple):
    """What an answer says of one protein, or of all that were asked for: whether it is there."""

    protein: Stain | None
    kept: bool
    plain: bool


def read_stains(
    resource: Json, part: Json, value: Json, when: DateRange, context: Context
) -> list[Fact] | None:
    """Return what an Observation, or a component of one, shows of stained proteins.

    Args:
        resource: The Observation.
        part: The Observation itself, or the component.
        value: Its value.
        when: When it was so.
        context: Of the record.
    Returns:
        None when it is about no such protein; no facts when nothing is understood of it.
    """
    question = _question(resource, part)
    texts = [*_answers(value)]
    if question is None:
        return None
    readings = [reading for text in texts if (reading := _read(text)) is not None]
    named = question.proteins or any(each.protein for reading in readings for each in reading)
    if not named and not (question.panel and readings):
        return None
    if len({tuple(reading) for reading in readings}) != 1 or len(readings) != len(texts):
        return [*_open(resource, question, texts, when, context)]
    return [
        fact for each in readings[0] for fact in _facts(resource, question, each, texts[0], when, context)
    ]


def _question(resource: Json, part: Json) -> _Question | None:
    told = " ".join(_texts(part.get("code") or {}))
    tokens = _tokens(told)
    proteins, rest = _proteins(tokens)
    padded = f" {' '.join(tokens)} "
    panel = tuple(each for each in stains() if any(f" {name} " in padded for name in each.panel))
    around = _tokens(" ".join([*_texts(resource.get("code") or {}), *_texts(resource.get("method") or {})]))
    stained = bool(words().stains & {*tokens, *around})
    if not tokens or not set(rest) <= words().stains | words().stained:
        return None
    return _Question(proteins, () if proteins else panel, stained)


def _answers(value: Json) -> Iterator[str]:
    if isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(value)


def _texts(codeable: Json) -> list[str]:
    texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
    return list(dict.fromkeys(str(text) for text in texts if text))


def _tokens(text: str) -> list[str]:
    return [token.casefold() for token in _TOKEN.findall(text)]


def _proteins(tokens: Iterable[str]) -> tuple[tuple[Stain, ...], list[str]]:
    """Return the proteins that some words name, and the words that are left."""
    table = {name: each for each in stains() for name in (each.protein, f"h{each.protein}")}
    found, rest = [], []
    for token in tokens:
        if token in table:
            found.append(table[token])
        else:
            rest.append(token)
    return tuple(dict.fromkeys(found)), rest


def _read(text: str) -> list[_Statement] | None:
    """Return what an answer says, clause by clause; None when part of it isn't understood.

    A protein whose clause doesn't say how it stands ("MLH1, PMS2: lost") stands as the next one does.
    """
    found: list[_Statement] = []
    for sentence in re.split(r"[;.\n]", text):
        waiting: list[Stain] = []
        last: tuple[bool, bool] | None = None
        for clause in re.split(r"[,()]|\bbut\b|\bwith\b", sentence.casefold()):
            proteins, rest = _proteins(_tokens(clause))
            said = " ".join(word for word in rest if word not in words().stains | words().stained)
            waiting += proteins
            if not said:
                continue
            last = stain_answers().get(said)
            if last is None:
                return None
            found += [_Statement(each, *last) for each in waiting] or [_Statement(None, *last)]
            waiting = []
        if waiting and last is None:
            return None
        found += [_Statement(each, *last) for each in waiting if last is not None]
    return found or None


def _facts(
    resource: Json, question: _Question, said: _Statement, text: str, when: DateRange, context: Context
) -> Iterator[Fact]:
    source, certain = resource_name(resource), question.stained or not said.plain
    if not certain:
        context.note(resource, "not used", f"{text}: whether of a protein or of its gene isn't stated")
    for each in (said.protein,) if said.protein else question.proteins:
        words_of_it = context.coder.concepts.label(each.loss)
        what = Coded(
            words_of_it if said.kept else f"{each.protein.upper()}: {text}", (each.loss,), by_text=True
        )
        yield ResultFact(source, what, positive=not said.kept, when=when, certain=certain)
    if said.protein is None and not question.proteins and not said.plain:
        for iri in sorted({each.all_kept if said.kept else each.loss_of_any for each in question.panel}):
            yield ResultFact(source, Coded(text, (iri,), by_text=True), positive=True, when=when)


def _open(
    resource: Json, question: _Question, texts: list[str], when: DateRange, context: Context
) -> Iterator[Fact]:
    told = "; ".join(texts) or "no answer in words"
    context.note(resource, "not used", f"{told}: whether the proteins are lost isn't clear")
    named = {stain for text in texts for stain in _proteins(_tokens(text))[0]}
    for each in sorted({*question.proteins, *named}):
        what = Coded(f"{each.protein.upper()}: {told}", (each.loss,), by_text=True)
        yield ConditionFact(resource_name(resource), what, certain=False, began=when)
