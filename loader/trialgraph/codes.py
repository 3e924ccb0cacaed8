"""Codes of other systems: to which concepts each leads, and how closely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, get_args

from trialgraph.ontology import Code, CodeRelation, CodeSystem

__all__ = ["CodeIndex", "CodeMatch"]


class CodeMatch(NamedTuple):
    """A concept that a code of a record leads to.

    Args:
        iri: The concept.
        relation: ``exact`` and ``narrow``: the code shows the concept. ``positive``: the code is a
            test, whose positive result shows the concept and whose negative result its absence.
            ``broad`` and ``close``: the code doesn't show the concept.
    """

    iri: str
    relation: CodeRelation


class CodeIndex:
    """The concepts that codes lead to.

    Args:
        systems: The code systems.
        codes: The codes of each concept, by its IRI.
    """

    def __init__(self, systems: Iterable[CodeSystem], codes: Mapping[str, Iterable[Code]]) -> None:
        self._systems = {uri.rstrip("/#"): system for system in systems for uri in system.system_uris}
        order = get_args(CodeRelation)
        found: dict[str, list[CodeMatch]] = defaultdict(list)
        for iri, known in codes.items():
            for code in known:
                found[code.iri].append(CodeMatch(iri, code.relation))
        self._matches = {
            code: tuple(sorted(each, key=lambda m: order.index(m.relation))) for code, each in found.items()
        }

    def leading_to(
        self, system: str, code: str, meant_by: Callable[[str], str | None] | None
    ) -> tuple[CodeMatch, ...]:
        """Return the concepts that a code leads to, closest relation first.

        Args:
            system: The system's URI as FHIR records state it; an unknown one leads nowhere.
            code: The code as stated.
            meant_by: Gives the imported concept that a code's IRI means; None without any.
        """
        known = self._systems.get(system.rstrip("/#"))
        if known is None:
            return ()
        if stated := self._matches.get(known.iri_prefix + code):
            return stated
        if meant_by and (meant := meant_by(known.iri_prefix + code)):
            return (CodeMatch(meant, "exact"),)
        for length in sorted(known.prefix_lengths, reverse=True):
            broader = known.iri_prefix + code[:length].rstrip(".")
            if length < len(code) and (found := self._matches.get(broader)):
                return tuple(CodeMatch(iri, "narrow") for iri, how in found if how in ("exact", "narrow"))
        return ()

    def exactly(self, code: str) -> tuple[str, ...]:
        """Return the concepts whose exact mapping a code's IRI is."""
        return tuple(match.iri for match in self._matches.get(code, ()) if match.relation == "exact")
