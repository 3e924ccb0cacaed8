"""How records say things: the tables of `data/records`, read once."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from trialgraph.namespaces import TGC
from trialgraph.patients.facts import Sex, Standing
from trialgraph.resources import product_folder

__all__ = [
    "Answer",
    "NoneKnown",
    "Result",
    "Status",
    "allergy_categories",
    "answers",
    "code_blocks",
    "dormant",
    "drug_stems",
    "episodes",
    "events",
    "examinations",
    "findings",
    "general_names",
    "interpretations",
    "lines",
    "lists",
    "none_known",
    "past_codes",
    "questions",
    "results",
    "roles",
    "rows",
    "sexes_of_ranges",
    "statuses",
    "systemic_drugs",
    "tests",
]

Counts = Literal["yes", "no", "unsure", "dated", ""]


class Status(NamedTuple):
    """What a status means: whether the resource counts, whether it is ongoing, and in words.

    A resource that is ``unsure`` shows neither presence nor absence; one that counts when ``dated``
    is unsure without a date.
    """

    counts: Counts
    ongoing: bool | None
    reason: str


class Answer(NamedTuple):
    """What a qualitative answer means; a graded one ("2+") has a stretch of its scale."""

    positive: bool
    low: float | None
    high: float | None


class Result(NamedTuple):
    """What an answer to one question means: a concept that is there or not, or a stretch of a scale.

    One that is not certain leaves open whether the concept is there.
    """

    concept: str
    positive: bool
    low: float | None
    high: float | None
    certain: bool = True


class NoneKnown(NamedTuple):
    """What "no known …" states: a complete category, or the absence of one concept."""

    category: str
    concept: str


@lru_cache(maxsize=1)
def statuses() -> dict[tuple[str, str], Status]:
    """Return what each status means, by element (``Procedure.status``) and code."""
    ongoing = {"yes": True, "no": False, "": None}
    return {
        (row["element"], row["status"]): Status(row["counts"], ongoing[row["ongoing"]], row["reason"])  # type: ignore[arg-type]
        for row in rows("statuses")
    }


@lru_cache(maxsize=1)
def answers() -> dict[tuple[str, str], Answer]:
    """Return qualitative answers, by system and code, and by ("", text in small letters)."""
    found = {}
    for row in rows("answers"):
        low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
        answer = Answer(row["positive"] == "yes", low, high)
        found[("", row["text"])] = answer
        if row["code"]:
            found[(row["system"], row["code"])] = answer
    return found


@lru_cache(maxsize=1)
def questions() -> dict[tuple[str, str], str]:
    """Return the IRI that an observation asks after, by system and code, and by ("", text)."""
    found = {}
    for row in rows("questions"):
        if row["text"]:
            found["", row["text"]] = str(TGC[row["concept"]])
        if row["code"]:
            found[row["system"], row["code"]] = str(TGC[row["concept"]])
    return found


@lru_cache(maxsize=1)
def results() -> dict[str, dict[tuple[str, str], Result]]:
    """Return what answers mean, by the IRI that is asked after, then as `answers` are."""
    found: dict[str, dict[tuple[str, str], Result]] = {}
    for row in rows("results"):
        low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
        concept = str(TGC[row["concept"]]) if row["concept"] else ""
        said = row["positive"]
        result = Result(concept, said != "no", low, high, said != "perhaps")
        known = found.setdefault(str(TGC[row["question"]]), {})
        if row["text"]:
            known["", row["text"]] = result
        if row["code"]:
            known[row["system"], row["code"]] = result
    return found


@lru_cache(maxsize=1)
def interpretations() -> dict[str, Standing]:
    """Return where a laboratory's interpretation places a result among the limits of normal."""
    return {row["code"]: row["standing"] for row in rows("interpretations")}  # type: ignore[misc]


@lru_cache(maxsize=1)
def sexes_of_ranges() -> dict[str, Sex]:
    """Return for which sex a reference range holds, by words and codes in small letters."""
    return {row["word"]: row["sex"] for row in rows("range-sexes")}  # type: ignore[misc]


@lru_cache(maxsize=1)
def general_names() -> dict[tuple[str, str], str]:
    """Return what is known of things without a concept, by category of record and text in small letters.

    The IRI of a concept that they are a kind of; empty when they are no kind of any.
    """
    return {
        (row["category"], row["text"]): str(TGC[row["concept"]]) if row["concept"] else ""
        for row in rows("names")
    }


@lru_cache(maxsize=8)
def code_blocks(category: str) -> tuple[tuple[str, str, str], ...]:
    """Return a category's blocks of codes, longest first: start of system and code, and an IRI as above."""
    blocks = (
        (row["system"], row["code"], str(TGC[row["concept"]]) if row["concept"] else "")
        for row in rows("blocks")
        if row["category"] == category
    )
    return tuple(sorted(blocks, key=lambda row: -len(row[1])))


@lru_cache(maxsize=1)
def findings() -> tuple[tuple[re.Pattern[str], tuple[str, ...], tuple[str, ...]], ...]:
    """Return findings of unknown nature: their words, starts of ICD-10 codes, what they may be."""
    return tuple(
        (
            re.compile(rf"\b(?:{row['words']})\b", re.IGNORECASE),
            tuple(row["codes"].split()),
            tuple(str(TGC[name]) for name in row["may_be"].split()),
        )
        for row in rows("findings")
    )


@lru_cache(maxsize=1)
def drug_stems() -> tuple[tuple[str, str, str], ...]:
    """Return stems of drug names ("-pril", "cef-"), the IRI that they mean, and endings that they don't."""
    return tuple((row["stem"], str(TGC[row["concept"]]), row["besides"]) for row in rows("drug-stems"))


@lru_cache(maxsize=1)
def systemic_drugs() -> dict[str, str]:
    """Return drugs that count otherwise when they reach the whole body: IRI of the drug, and of that kind."""
    return {str(TGC[row["drug"]]): str(TGC[row["systemic"]]) for row in rows("routes")}


@lru_cache(maxsize=1)
def lines() -> tuple[tuple[str, str], ...]:
    """Return words beside a drug, in small letters, and the IRI of the line of therapy they call it."""
    return tuple((row["words"], str(TGC[row["concept"]])) for row in rows("lines"))


@lru_cache(maxsize=1)
def past_codes() -> tuple[tuple[str, str], ...]:
    """Return starts of systems and codes that say that something was so once."""
    return tuple((row["system"], row["code"]) for row in rows("past"))


@lru_cache(maxsize=1)
def allergy_categories() -> dict[str, str]:
    """Return the IRI of the kind of allergy that FHIR's category of an allergy means."""
    return {row["category"]: str(TGC[row["concept"]]) for row in rows("allergy-categories")}


@lru_cache(maxsize=1)
def tests() -> dict[str, str]:
    """Return the IRI of what a test is for, by words in small letters of its name."""
    return {row["word"]: str(TGC[row["concept"]]) for row in rows("tests")}


@lru_cache(maxsize=1)
def none_known() -> dict[tuple[str, str], NoneKnown]:
    """Return what "no known …" codes and texts state."""
    found = {}
    for row in rows("none"):
        stated = NoneKnown(row["category"], str(TGC[row["concept"]]) if row["concept"] else "")
        found[("", row["text"])] = stated
        if row["code"]:
            found[(row["system"], row["code"])] = stated
    return found


@lru_cache(maxsize=1)
def lists() -> dict[tuple[str, str], str]:
    """Return the category that a list with such a code holds."""
    return {(row["system"], row["code"]): row["category"] for row in rows("lists")}


@lru_cache(maxsize=1)
def examinations() -> tuple[str, ...]:
    """Return the IRIs of examinations that reports and specimens show, though no procedure does."""
    return tuple(str(TGC[row["concept"]]) for row in rows("examinations"))


@lru_cache(maxsize=1)
def events() -> dict[str, bool]:
    """Return the IRIs of acute events, whose date is their onset.

    One that lasts (True) is an event only when it is stated to be over; any other is over once it
    has happened, whatever its status says.
    """
    return {str(TGC[row["concept"]]): row["lasting"] == "yes" for row in rows("events")}


@lru_cache(maxsize=1)
def episodes() -> frozenset[str]:
    """Return the IRIs of what is active whenever it is there at all, such as a bleeding."""
    return frozenset(str(TGC[row["concept"]]) for row in rows("episodes"))


@lru_cache(maxsize=1)
def dormant() -> frozenset[str]:
    """Return the IRIs of what goes on without being active, such as a latent tuberculosis."""
    return frozenset(str(TGC[row["concept"]]) for row in rows("dormant"))


@lru_cache(maxsize=1)
def roles() -> dict[str, frozenset[tuple[str, str]]]:
    """Return the codes, and the URLs of extensions and profiles, that play each role."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in rows("roles"):
        found.setdefault(row["role"], set()).add((row["system"], row["code"]))
    return {role: frozenset(codes) for role, codes in found.items()}


def rows(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of a table, column to cell."""
    path = product_folder("data") / "records" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
