"""Why a trial asks or bars something: "pregnancy, because of the unknown effects of X on the fetus".

The reason narrows nothing: whoever is pregnant is barred. Kept with the fact, it would keep the record from
showing it; before a main clause, it would keep the clause from being read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.pieces import Chunk, outside

__all__ = ["without_reasons"]

_GATE = ("indicated", "because", "due to", "since", "given", "owing to", ", as ")
_ABOUT = (
    r"(?:f(?:o)?et(?:us|al|uses)|infants?|unborn|newborn|embry\w+|congenital|teratogen\w*|mutagen\w*|genotoxic\w*|abortifacient"
    r"|interactions?|attribution|lethal|marrow[- ]suppressive|breast-?\s?milk|human\s+milk"
    r"|adverse\s+event\s+data)\b"
)
"""What the reasons of a trial are about, and those of a disease or a treatment aren't."""
_UNSURE = (
    r"(?:(?:the|its|their|an?|any)\s+)?(?:\w+ly\s+)?(?:un\w+\s+(?:but|and|or)\s+)?(?:unknown|potential\w*|possib\w+|(?:increased\s+)?risks?"
    r"|unacceptable|difficult\w*|concerns?|lack\s+of|uncertain\w*|teratogen\w*|harmful|adverse|dangers?|dangerous|effects?)\b"
)
_PERSONS = (
    r"(?:(?:all|any|the|female|male|pregnant|nursing|lactating|known|hiv-?\s?positive|breast-?\s?feeding|these|both)\s+){0,3}"
    r"(?:wom[ae]n|females?|males?|men|patients?|participants?|subjects?|individuals?|persons?|mothers)\b"
)
_TURNING = (
    rf"(?:,\s+(?:{_PERSONS}|(?:in\s+order|breast\w*|nursing|lactat\w+|it|they|she|the|use)\b)"
    r"|\s(?:or|and)\s+(?:known|active|any|history|those)\b)"
)
"""Where a reason ends and what is asked goes on."""
_PLAIN = rf"(?:(?!{_TURNING})[^.;:()*•])"
_BEHIND = re.compile(
    rf"(?<=[\w)])(?<!\band)(?<!\bbut)(?<!\bor)(?<!reason)(?<!reasons),?\s+"
    rf"(?:(?:because\s+of|due\s+to|given|owing\s+to)\s+{_UNSURE}(?={_PLAIN}{{0,220}}\b{_ABOUT})"
    rf"|(?:because|since)\s+(?!of\b)(?={_PLAIN}{{0,240}}\b{_ABOUT})){_PLAIN}*(?:\([^()]*\){_PLAIN}*)*(?=\s*(?:[.;)*]|$))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:^|(?<=[.;*:]\s))(?:note:?\s+)?(?:because(?:\s+of)?|due\s+to|since|given|owing\s+to)\s+"
    rf"(?=[^.;,]{{0,240}}\b{_ABOUT})[^.;,]*,\s+(?={_PERSONS})",
    re.IGNORECASE,
)
_SHOWN = r"(?:assessments?|measures?|surveys?|instruments?|sessions?|interventions?|materials?|app\w*)"
_WHAT = (
    r"(?:these|this|such|they|it"
    rf"|(?:all|the)\s+(?:study|trial|{_SHOWN}|(?:\w+\s+){{1,2}}(?:and\s+\w+\s+)?{_SHOWN}))"
)
_ASKING = r"(?:unless|except|excluded|must|should|allowed|eligible|permitted|within|prior\s+to|if|but)"
_BECAUSE = re.compile(
    rf",\s+(?:as|since|because)\s+{_WHAT}\b(?![^.;]*(?:\b{_ASKING}\b|\d|[<>≥≤]))"
    r"(?=[^.;]*\b(?:may|might|can|could|would|will|is|are|was|were|has|have|does|do)\b)"
    r"[^.;:*()]*(?:\([^()]*\)[^.;:*()]*)*(?=[.;)]|$)",
    re.IGNORECASE,
)
"""Why something is barred or asked, told last ("CYP3A inducers, as these may alter its concentration")."""
_INDICATED = re.compile(
    r",?\s*(?:while\s+|when\s+)?\bon\s+(?:\w+[ -]){0,3}?(?:therapy|treatment),?\s+if\s+"
    r"(?:clinically\s+)?indicated\b",
    re.IGNORECASE,
)
"""What only those take for whom it is indicated, so that nobody is held to it."""


def without_reasons(text: str, lowered: str, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the chunks of a text without those that tell why something is asked of patients, or barred.

    So is left out what nobody is held to ("undetectable on suppressive therapy, if indicated").
    """
    if not any(map(lowered.__contains__, _GATE)):
        return chunks
    places = [
        found.span()
        for pattern in (_BEHIND, _BEFORE, _BECAUSE, _INDICATED)
        for found in pattern.finditer(text)
    ]
    return outside(chunks, places) or chunks
