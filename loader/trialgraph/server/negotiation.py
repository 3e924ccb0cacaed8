"""Content negotiation: which of the offered media types a client would rather have."""

from collections.abc import Sequence

__all__ = ["choose"]


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offered media type that a client likes best, or None when it wants none of them.

    Args:
        accept: The Accept header; None or empty means that anything will do.
        offers: Media types, the server's favourite first; it decides between equals.
    Example:
        >>> choose("text/csv;q=0.5, text/*;q=0.1, application/json", ["text/csv", "application/json"])
        'application/json'
    Source: RFC 9110, section 12.5.1.
    """
    if not accept or not accept.strip():
        return offers[0]
    ranges = [_parse_range(each) for each in accept.split(",") if each.strip()]
    weights = {offer: _weight(offer, ranges) for offer in offers}
    best = max(offers, key=lambda offer: weights[offer])
    return best if weights[best] > 0 else None


def _parse_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            return name, _quality(value.strip())
    return name, 1.0


def _quality(value: str) -> float:
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the weight that the most specific range gives; 0 when none matches."""
    for name in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        given = [quality for pattern, quality in ranges if pattern == name]
        if given:
            return max(given)
    return 0.0
