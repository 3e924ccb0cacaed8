"""Markers whose status has to be known, whichever it is: "known KRAS and BRAF mutation status".

It is met by either result, and open for whoever hasn't been tested: "KRAS mutation, or none".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.vocabulary import Term, Vocabulary
from trialgraph.criteria.trees import all_of, negate
from trialgraph.expressions import AnyOf, Expression, Fact

__all__ = ["read_known_status"]

_KNOWN = r"(?:known|documented|determined|available|established|confirmed|assessed|tested|reported)"
_FOUND = frozenset({"documented", "confirmed", "established", "tested", "reported"})
_PERSONS = r"(?:patients?|participants?|subjects?|individuals?|tumou?rs?)"
_HAVING = r"(?:must|should|need(?:s|ed)?\s+to|(?:is|are)\s+required\s+to|has|have|having|with|an?|the|their)"
_NAMED = r"(?P<{}>[^.;:≥≤<>]{{2,160}}?)"
_STATUS = re.compile(
    rf"(?:(?:all|{_PERSONS}|{_HAVING})\s+)*(?:"
    rf"(?P<told>{_KNOWN})\s+(?!status){_NAMED.format('first')}\s+status(?:es)?"
    rf"|{_NAMED.format('last')}\s+status(?:es)?\s+"
    rf"(?:(?:must|should|needs?\s+to|has\s+to|have\s+to|is|are)\s+(?:be\s+|have\s+been\s+)?)?"
    rf"(?:previously\s+|already\s+)?{_KNOWN}(?:\s+and\s+{_KNOWN})?"
    r")(?P<tail>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_WHATEVER = re.compile(r"\W*any\s+(?:[\w/-]+\s+){1,4}?status(?:es)?\W*", re.IGNORECASE)
"""What is all the same ("any HIV status")."""
_TAIL = re.compile(
    r"\s*(?:$|[,(]|(?:prior|before|at|by|per|from|based|according|as|determined|documented|assessed|using|via|on|in|locally"
    r"|centrally|of)\b)",
    re.IGNORECASE,
)
_SAYING_MORE = re.compile(
    r"[≥≤<>;:]|\b(?:positiv\w*|negativ\w*|mutant|mutated|wild|amplified|must|should|consent\w*|willing\w*|agree\w*|defined|not"
    r"|without|unless|if|or\s+(?:be|have|has|undergo)|and\s+(?:be|have|has|are|is)|who|patients?|participants?"
    r"|subjects?|cancers?|primaries|disease|for)\b",
    re.IGNORECASE,
)
"""What says which result it has to be, or offers something else."""
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_JOINT = re.compile(
    r"\s*(?:,\s*(?:and|or)?|\band/or\b|\band\b|\bor\b|&)\s+|(?<=[A-Z\d])/(?=[A-Z])", re.IGNORECASE
)
_UNSAID = re.compile(
    r"\b(?:baseline|tumou?r|their|its|both|the|all|somatic|genes?|mutational|expression|protein)\b\s*",
    re.IGNORECASE,
)
_KINDS = ("mutation", "methylation", "rearrangement", "fusion", "amplification")
_NAMES = ("{}", "{} mutation", "{}-H", "{} deficient", "{} rearrangement", "{} methylation", "d{}",
          "{} positive", "{} receptor positive")  # fmt: skip
"""How the concepts are named whose presence or absence is a marker's status."""
_RESULT = re.compile(
    r"(?:^|[\s-])(?:positiv\w*|negativ\w*|high|low|deficien\w*|stable|wild|mutant|mutated|mutations|loss|\w+ing|amplified"
    r"|unmethylated|methylated|\w+free)\b",
    re.IGNORECASE,
)
"""What in a name tells the result already, which is then what is asked for."""


def read_known_status(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read a demand that the status of markers be known, "any status" in words; None for anything else."""
    if text.exclusion or "status" not in text.lowered:
        return None
    start, end = chunks[0].start, chunks[-1].end
    if _WHATEVER.fullmatch(text.text, start, end):
        return narrative(text, start, end)
    found = _STATUS.match(text.text[start:end])
    if found is None or not _TAIL.match(found["tail"]) or _SAYING_MORE.search(found["tail"]):
        return None
    group = "first" if found["first"] is not None else "last"
    found_so = (found["told"] or "known").lower() in _FOUND
    terms = _markers(text.vocabulary, found[group], found_so=found_so)
    if not terms or _RESULT.search(found[group]):
        return None
    place = text.span(start + found.start(group), start + found.end(group))
    return all_of([_known(term, place) for term in terms])


def _known(term: Term, place: tuple[int, int]) -> Expression:
    fact = Fact(term.iri, term.label, term.category or "biomarker", {}, None, None, None, place)
    return AnyOf((fact, negate(fact)))


def _markers(vocabulary: Vocabulary, words: str, *, found_so: bool) -> list[Term]:
    """Return the concepts of markers, or infections, joined by "and"; none where one of them isn't known.

    Nor where what is `found_so` is a change ("documented KRAS mutation status"), which is then asked for.
    """
    names = [_UNSAID.sub("", each).strip() for each in _JOINT.split(_BRACKET.sub("", words))]
    names = [name for name in names if name]
    if found_so and any(vocabulary.find(name) is not None for name in names):
        return []
    kind = next((kind for kind in _KINDS if words.lower().endswith(kind)), None)
    found = [_marker(vocabulary, name, kind) for name in names]
    return [term for term in found if term is not None] if all(found) else []


def _marker(vocabulary: Vocabulary, name: str, kind: str | None) -> Term | None:
    shared = (f"{{}} {kind}",) if kind is not None and not name.lower().endswith(kind) else ()
    absent = vocabulary.find(f"{name} negative")
    found = ("{} positive",) if absent is not None and absent.label.endswith("negative") else ()
    for pattern in (*shared, *found, *_NAMES):
        term = vocabulary.find(pattern.format(name))
        if term is not None and term.category == "biomarker":
            return term
    infection = vocabulary.find(f"{name} infection")
    return infection if infection is not None and infection.category == "condition" else None
