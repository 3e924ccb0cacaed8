"""Queries that would reach out to other servers, found without trusting any division into words.

The engine follows SERVICE to any address, and which characters are a string, a comment or an IRI
depends on where the parser stands. So the search looks at the bare characters for what every SERVICE
clause must have, and may refuse a query that only speaks of one in a string.
"""

import re

__all__ = ["reaches_out"]

# Bounded and possessive throughout, so that no text takes long: what follows the word and is longer
# than anyone writes (a comment, a prefix) counts as a clause.
_GAP = r"(?:\s|\#[^\r\n]{0,499}+(?=[\r\n]|\Z))*+"
_NAME = r"[\w.-]{0,99}+(?::|(?<=[\w.-]{99})[\w.-])"
# Production 59 of SPARQL 1.1: SERVICE, perhaps SILENT, and then an IRI, a prefixed name or a variable.
# A name or a variable that merely ends in the word is let through.
_CLAUSE = re.compile(
    rf"(?P<named>[?$:][\w-]*)?service{_GAP}(?:silent{_GAP})?(?:[<?$#]|{_NAME})", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})", re.IGNORECASE)


def reaches_out(text: str) -> bool:
    """Return whether a query may have a SERVICE clause.

    Example:
        >>> reaches_out("SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }")
        True
        >>> reaches_out("SELECT ?service { ?service ?p ?o }")
        False
    """
    return any(
        found["named"] is None
        for written in (text, _ESCAPE.sub(_character, text))
        for found in _CLAUSE.finditer(written)
    )


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if number < 0x110000 else escape[0]
