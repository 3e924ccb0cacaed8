"""Names that say by a clause or a verb what something does: "drugs metabolized by CYP3A4", "donate blood"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

__all__ = ["clauses_of"]

_DRUGS = ("drug", "medication", "agent", "medicine", "medicinal product")
_SUBSTRATE = re.compile(r"(?P<enzyme>CYP\S+)\ssubstrate")
_BROKEN_DOWN = ("metabolized", "that are metabolized", "which are metabolized", "that is metabolized")
_HOW_FAR = ("", "primarily ", "predominantly ", "mainly ", "extensively ", "solely ", "largely ")
_ALONG = ("by", "through", "via")
_QT = ("QT", "QTc", "QT/QTc", "QTcF", "QT or QTc")
_PROLONGING = "QT-prolonging drug"
_PROLONGED = (
    "known to prolong",
    "known to significantly prolong",
    "that are known to prolong",
    "that are well known to prolong",
    "which are known to prolong",
    "known to cause prolongation of",
    "that prolong",
    "that prolongs",
    "which prolong",
    "that significantly prolong",
    "that may prolong",
    "which may prolong",
    "that can prolong",
    "which can prolong",
    "that could prolong",
    "that might prolong",
    "with known risk to prolong",
    "with a known risk to prolong",
    "with known risk of prolonging",
    "with a known risk of prolonging",
    "with a potential to prolong",
)
_DONATION = re.compile(r"(?P<gift>[a-z]+)\sdonation")
_GIVEN = ("donate", "donating", "donate any", "donation of")
_INHIBITOR = re.compile(r"(?P<target>[A-Z][A-Z0-9]{2,})\sinhibitor")


def clauses_of(name: str, label: str) -> Iterator[str]:
    """Yield the wordings of a treatment, a procedure or a plan that a clause or a verb makes.

    An article in them may be left out or stand there, as in all names.

    Args:
        name: A name in use.
        label: The label of what it names.
    Example:
        >>> list(clauses_of("ALK inhibitor", "ALK inhibitor"))
        ['ALKi']
    """
    if (substrate := _SUBSTRATE.fullmatch(name)) is not None:
        for given, broken, far, along in itertools.product(_DRUGS[:3], _BROKEN_DOWN, _HOW_FAR, _ALONG):
            yield f"{given} {broken} {far}{along} {substrate['enzyme']}"
    elif (donation := _DONATION.fullmatch(name)) is not None:
        yield from (f"{give} {donation['gift']}" for give in _GIVEN)
    elif (inhibitor := _INHIBITOR.fullmatch(name)) is not None:
        yield f"{inhibitor['target']}i"
    elif name == label == _PROLONGING:
        for given, prolonged, time in itertools.product(_DRUGS, _PROLONGED, _QT):
            yield from (f"{given} {prolonged} {time}", f"{given} {prolonged} {time} interval")
