"""Trial records: what a registry or a page states of one trial, with where it came from.

The registry's own data model (ClinicalTrials.gov API v2, schema ``Study``) is the trial record's
shape for every source. A page is read into the same shape; what a page states beyond the
registry's model goes under ``pageSection``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["EligibilityText", "Json", "ListStyle", "Source", "TrialRecord"]

Json: TypeAlias = Any
ListStyle = Literal["marked", "lines"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record came from.

    Args:
        name: File name as a user would recognise it; a member of an archive is ``a.zip!b.json``,
            a line of a JSON lines file ``a.jsonl:17``.
        sha256: Hash of the record's own bytes, in hexadecimal.
        layout: ``ctgov-v2`` for the registry's JSON, otherwise the name of the page layout.
        updated: Date on which the record says it was last updated (``YYYY[-MM[-DD]]``); None when
            it doesn't say.
        retrieved: When it was fetched (ISO 8601); None when that is not known.
    """

    name: str
    sha256: str
    layout: str
    updated: str | None = None
    retrieved: str | None = None


@dataclass(frozen=True, slots=True)
class EligibilityText:
    """The verbatim eligibility section.

    Args:
        text: The section as it came, from its first heading to its last criterion.
        offset: Where `text` starts within the source text that spans refer to: the page, or the
            registry's ``eligibilityCriteria`` string (then 0).
        list_style: ``marked`` when items carry bullets or numbers; ``lines`` when the page lost
            them and each line is an item.
        lost_line_breaks: The page joined wrapped lines without a space ("beobtained"), so words
            at those joints have to be parted in the normalised text.
    """

    text: str
    offset: int = 0
    list_style: ListStyle = "marked"
    lost_line_breaks: bool = False


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """One trial as its source states it.

    Args:
        nct: Registry number, ``NCT`` and eight digits.
        study: The registry's ``Study`` object, with ``pageSection`` for what only a page states.
        source: Where it came from.
        eligibility: Its eligibility section; None when the source has none.
    """

    nct: str
    study: Mapping[str, Json]
    source: Source
    eligibility: EligibilityText | None
