"""Screening for people at a browser: their form in, a screening out, and nothing kept in between.

A page has to be able to ask again (for other trials, another date, a report to take home) although the server
keeps nothing. So the page holds the record itself, packed into a hidden field of its form.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import get_args

from trialgraph.catalogue import MOST_KEPT, concepts_named, trials_to_screen
from trialgraph.concepts import Concepts
from trialgraph.derivation import screening_view
from trialgraph.errors import UsageError
from trialgraph.namespaces import TG
from trialgraph.packaged import packaged_patients
from trialgraph.patients import PatientRecord
from trialgraph.screening import Screening, TrialVerdict, screen
from trialgraph.server.discretion import discreetly
from trialgraph.server.forms import Form
from trialgraph.server.pages.patientfiles import PatientFile
from trialgraph.stores import Store
from trialgraph.views import Completeness, ScreeningView
from trialgraph.vocabularies import known_concepts

__all__ = ["Asked", "Screened", "asked", "screened"]

_ORDER = {"eligible": 0, "possible": 1, "ineligible": 2}
_CLOSED = frozenset(
    ("ACTIVE_NOT_RECRUITING", "COMPLETED", "NO_LONGER_AVAILABLE", "SUSPENDED", "TERMINATED", "WITHDRAWN")
)
"""The registry's codes of trials that take no patients, or none for now."""

_STATUSES = f"PREFIX tg: <{TG}> SELECT ?nct ?status {{ ?trial tg:nctId ?nct ; tg:overallStatus ?status }}"
_CONDITIONS = f"""
PREFIX tg: <{TG}>
SELECT ?nct ?concept {{ ?trial tg:nctId ?nct ; tg:conditionConcept ?concept }}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for.

    Args:
        record: The file that the patient's record is in; None when the form holds none.
        as_of: The screening date.
        assumed: What to take as recorded completely.
        trials: Registry numbers of the trials; empty for all.
        patient: Which patient of the file; empty when it has one.
    """

    record: PatientFile | None = field(repr=False)
    as_of: date
    assumed: tuple[Completeness, ...] = ()
    trials: tuple[str, ...] = ()
    patient: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Screened:
    """A screening, and what it is of.

    Args:
        record: The patient's record.
        screening: The verdicts.
        studied: The diseases in the record that a trial is about, by its registry number; none of a
            trial that is about others. Of one that states no condition nothing is known.
        statuses: The registry's codes of the trials' statuses, by their numbers.
        breadths: How wide the narrowest of a trial's diseases in the record is: each step has four times as
            many kinds. A trial about neoplasms is less about this patient than one about rectal cancer.
    """

    record: PatientRecord = field(repr=False)
    screening: Screening = field(repr=False)
    studied: Mapping[str, tuple[str, ...]] = field(repr=False)
    statuses: Mapping[str, str] = field(repr=False)
    breadths: Mapping[str, int] = field(default_factory=dict, repr=False)

    def ranked(self) -> list[TrialVerdict]:
        """Return the trials that the record leaves open first.

        Of these come first those that don't say that they take nobody any more, then those about a disease
        in the record, the narrowest first; those that state no condition come before those about others. Of
        equals come first those with least to find out, or least that bars.
        """

        def rank(result: TrialVerdict) -> tuple[int, bool, int, int, int, int, str]:
            counts = Counter(criterion.verdict for criterion in result.criteria)
            nct, unmet = result.trial.nct, counts["fail"] + counts["unknown"]
            about = 1 if nct not in self.studied else 0 if self.studied[nct] else 2
            closed = self.statuses.get(nct) in _CLOSED
            broad = self.breadths.get(nct, 0)
            return _ORDER[result.verdict], closed, about, broad, unmet, -counts["pass"], nct

        return sorted(self.screening.trials, key=rank)


def asked(form: Form) -> Asked:
    """Return what a form asks for.

    A file counts before an example, and an example before the record that the page held.

    Raises:
        UsageError: when a field has no meaning.
        PatientError: when the file isn't what its name says.
    """
    upload = form.files.get("record")
    example, held = form.value("example"), form.value("held")
    record = None
    if upload is not None and upload.content:
        record = PatientFile.sent(upload.name, upload.content)
    elif example:
        record = PatientFile.sent(f"{example}.json", _example(example).read_bytes())
    elif held:
        record = PatientFile.unpacked(held)
    return Asked(record, _date(form.value("as_of")), _assumed(form), _trials(form), form.value("patient"))


def screened(store: Store, wanted: Asked) -> Screened:
    """Screen the patient of a form.

    Raises:
        PatientError: when the record can't be read.
        SeveralPatientsError: when the file has several patients, and the form doesn't say which.
        UsageError: when a trial isn't in the store.
        TrialgraphError: for any defect, without a word of the record.
    """
    return discreetly(partial(_screened, store, wanted))


def _screened(store: Store, wanted: Asked) -> Screened:
    if wanted.record is None:
        raise UsageError("there is no record to screen", advice="choose or drop a patient's file first")
    if not wanted.trials and len(store.trials()) > MOST_KEPT:
        what = f"this server has more than {MOST_KEPT:,} trials, too many for a page"
        raise UsageError(what, advice="say which to screen against, or use trialgraph screen for all of them")
    record = wanted.record.patient(wanted.patient)
    trials = trials_to_screen(store, wanted.trials)
    concepts = known_concepts().including(concepts_named(store, trials))
    view = screening_view(record, wanted.as_of, assume_complete=wanted.assumed, concepts=concepts)
    statuses = {row["nct"].value: row["status"].value for row in store.select(_STATUSES)}
    studied = _studied(store, view, concepts)
    names = {nct: tuple(sorted(map(concepts.label, iris))) for nct, iris in studied.items()}
    breadths = {
        nct: min(len(concepts.descendants(iri)).bit_length() // 2 for iri in iris)
        for nct, iris in studied.items()
        if iris
    }
    return Screened(record, screen(view, trials, engine="index"), names, statuses, breadths)


def _studied(store: Store, view: ScreeningView, concepts: Concepts) -> dict[str, set[str]]:
    """Return the narrowest diseases that both the record and a trial's conditions name."""
    shared: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_CONDITIONS):
        iri, about = row["concept"].value, shared[row["nct"].value]
        if iri in view.present and iri in concepts and concepts.category(iri) == "condition":
            about.add(iri)
    return {nct: _narrowest(iris, concepts) for nct, iris in shared.items()}


def _narrowest(iris: set[str], concepts: Concepts) -> set[str]:
    def is_wider(iri: str, other: str) -> bool:
        return concepts.is_a(other, iri) and not concepts.is_a(iri, other)

    return {iri for iri in iris if not any(is_wider(iri, other) for other in iris)}


def _example(name: str) -> Path:
    found = next((path for path in packaged_patients() if path.stem == name), None)
    if found is None:
        raise UsageError(f"there is no example patient called {name[:60]!r}")
    return found


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise UsageError(f"{text[:40]!r} is not a date", advice="write it as YYYY-MM-DD") from None


def _assumed(form: Form) -> tuple[Completeness, ...]:
    known: tuple[Completeness, ...] = get_args(Completeness)
    chosen = form.fields.get("assume", ())
    unknown = [each for each in chosen if each not in known]
    if unknown:
        raise UsageError(f"{unknown[0][:40]!r} can't be assumed to be complete")
    return tuple(each for each in known if each in chosen)


def _trials(form: Form) -> tuple[str, ...]:
    words = " ".join(form.fields.get("trial", ())).replace(",", " ").split()
    return tuple(dict.fromkeys(word.upper() for word in words))
