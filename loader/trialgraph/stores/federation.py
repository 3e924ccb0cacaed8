"""Queries that would reach out to other servers, found without trusting any division into words.

The engine follows SERVICE and LOAD to any address, and which characters are a string, a comment or an
IRI depends on where the parser stands. So the search looks at the bare characters for what every such
clause must have, and may refuse a query that only speaks of one in a string.
"""

import re
from collections.abc import Set

__all__ = ["loads", "reaches_out"]

# Bounded and possessive throughout, so that no text takes long: what follows the word and is longer
# than anyone writes (a comment, a prefix) counts as a clause.
_GAP = r"(?:\s|\#[^\r\n]{0,499}+(?=[\r\n]|\Z))*+"
_NAME = r"[\w.-]{0,99}+(?::|(?<=[\w.-]{99})[\w.-])"
# Neither a user's name nor an escape, either of which may hide the host; no IRI that isn't whole.
_ADDRESS = r"<https?://(?P<host>[a-z0-9.-]++)(?P<port>:[0-9]++)?(?:[/?\#][^<>\"{}|\\^`\x00-\x20]*+)?>"
# Productions 59 and 31 of SPARQL 1.1: the word, perhaps SILENT, and then an IRI, a prefixed name or a
# variable. A name or a variable that merely ends in the word is let through.
_CLAUSE = r"(?P<named>[?$:][\w-]*)?{word}{gap}(?:silent{gap})?(?:{address}|[<?$#]|{name})"
_SERVICE, _LOAD = (
    re.compile(_CLAUSE.format(word=word, gap=_GAP, address=_ADDRESS, name=_NAME), re.IGNORECASE)
    for word in ("service", "load")
)
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})", re.IGNORECASE)


def reaches_out(text: str, *, allowed: Set[str] = frozenset()) -> bool:
    """Return whether a query may have a SERVICE clause that asks a server which isn't allowed.

    Args:
        text: The query.
        allowed: Hosts that may be asked, by name, in lower case; with a port (``host:port``), that one
            only. A clause asks one of them only when it writes out the address, ``<http://…>``.
    Example:
        >>> reaches_out("SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }")
        True
        >>> reaches_out("SELECT ?service { ?service ?p ?o }")
        False
    """
    return _follows("service", _SERVICE, text, allowed)


def loads(text: str, *, allowed: Set[str] = frozenset()) -> bool:
    """Return whether an update may have a LOAD that fetches from a server which isn't allowed."""
    return _follows("load", _LOAD, text, allowed)


def _follows(word: str, clause: re.Pattern[str], text: str, allowed: Set[str]) -> bool:
    if "\\" not in text and word not in text.casefold():  # of most queries that is all there is to say
        return False
    return any(
        found["named"] is None and not _is_allowed(found, allowed)
        for written in ((text, _ESCAPE.sub(_character, text)) if "\\" in text else (text,))
        for found in clause.finditer(written)
    )


def _is_allowed(found: re.Match[str], allowed: Set[str]) -> bool:
    host = (found["host"] or "").lower()
    return bool(host) and not {host, host + (found["port"] or "")}.isdisjoint(allowed)


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if number < 0x110000 else escape[0]
