"""How a value is measured, in words behind it ("on dipstick", "by the Cockcroft-Gault formula")."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.language.tokens import Token, token_at
from trialgraph.criteria.language.vocabulary import Mention
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.fillers import end_of_doing
from trialgraph.criteria.quantities.windows import end_of_moment

__all__ = ["past_method"]

_DEMONSTRATING = re.compile(r"\s*(?:collection\s*)?(?:demonstrat|show|reveal|indicat|[≤≥<>])", re.IGNORECASE)
_FOR_WHAT = re.compile(r"\b(?:for|determination\s+of)\s*$", re.IGNORECASE)
_ESTIMATED = re.compile(
    r"\)?\s*(?:\(e?GFR\)\s*)?(?:estimation|(?:based\s+)?(?:equation|formula))\b", re.IGNORECASE
)
_FORMULA = re.compile(
    r"\bCKD[\s-]*EPI\b|\bchronic\s+kidney\s+disease[\s-]*epidemiology\b|\bdiet\s+(?:in|of)\s+(?:the\s+)?renal\s+diseases?\b",
    re.IGNORECASE,
)
"""Names of formulas that name a disease."""
_HOW = re.compile(
    r"\s*,?\s*(?P<opened>[(\[])?(?:as\s+)?(?:(?:calculated|estimated|measured|determined|assessed|evaluated|obtained|averaged|derived"
    r"|predicted|confirmed|documented)\s+(?:either\s+)?(?:by|from|using|with|via|per|according\s+to|on|through|over|in)"
    r"|based\s+(?:up)?on|using|by|per|via|according\s+to)\s+"
    r"(?P<how>(?:(?!(?:unless|except|excluding|if|without|not?|only|after|before|prior|within|during|despite|who|which|that"
    r"|whose|patients?|subjects?|participants?|must|should|may|can|is|are|was|were|has|have|had|adequate|normal|absence"
    r"|history|therapy|treatment|occasions?|times?|separate|at\s+least)\b)"
    r"[\w'’/-]+(?:\s*[(\[][^()\[\]≤≥<>]{1,60}[)\]])?(?:\s*/\s*|\s+|,\s*(?=or\b)|(?=[.;,)\]]|$))){1,20})"
    r"(?P<closed>[)\]])?(?=\s*(?:[.;,)\]]|$))",
    re.IGNORECASE,
)
"""A stretch of words that tells how a value was found, up to where the words end."""
_MEANS = re.compile(
    r"\b(?:formula|equation|method|estimat\w+|calculat\w+|correction|criteria|guidelines?|standards?|assays?|test(?:s|ing)?"
    r"|electro\w+|immuno\w+|echo\w*|imaging|tomograph\w*|MRI|CT|PET|E[CK]Gs?|spiromet\w+|tonomet\w+|morpholog\w*"
    r"|cytomet\w+|biops\w+|aspirates?|oximet\w*|ventriculogr\w+|angio\w*gra\w+|questionnaires?|exam\w*|staining"
    r"|analys[ei]s|collection|samples?|specimens?|reports?|records?|laborator\w+|institution\w*|assessments?|evaluations?"
    r"|models?|calculator|FISH|IHC|PCR|NGS|scans?|ultraso\w+)\b",
    re.IGNORECASE,
)
"""Without one of these the words may tell something else ("by the second visit")."""
_TOLD_OF = frozenset({"procedure", "biomarker", "lesion", "other"})
_LEAST = 5
_NEAR = 20
_OF_AGE = re.compile(r"\s+(?:of\s+age|old)\b(?=\s+(?:at|on|before|prior|upon|when)\b)", re.IGNORECASE)
"""What stands between an age and when it is reached ("18 years of age at the time of consent")."""


def past_method(
    text: str, tokens: Sequence[Token], mention_at: Callable[[int], Mention | None], offset: int
) -> int:
    """Return the token after how a value is measured, which stands behind it.

    Args:
        text: The normalised text.
        tokens: Its tokens.
        mention_at: Gives the concept named at a token.
        offset: The character behind the value.
    """
    end = token_at(tokens, offset)
    if (aged := _OF_AGE.match(text, offset)) is not None:
        offset = aged.end()
    method = wording().method.match(text, offset)
    told = method.end() if method else offset
    told = max(told, _end_of_words(text, tokens, mention_at, offset))
    if _DEMONSTRATING.match(text, told):
        # "… on dipstick or 24-hour urine demonstrating < 1 g": another test, with its own limit.
        told = max(offset, text.rfind(" or ", offset, told))
    moment = max(end_of_moment(text, end_of_moment(text, offset)), end_of_moment(text, told))
    moment = end_of_doing(text, moment)
    last = max(end, token_at(tokens, moment) if moment > offset else end)
    comma = end
    for index in range(token_at(tokens, offset), last):
        mention = mention_at(index)
        if mention is not None and mention.term.quantity and not _names_method(text, tokens, mention):
            return comma
        comma = index if tokens[index].text == "," else comma
    return last


def _end_of_words(
    text: str, tokens: Sequence[Token], mention_at: Callable[[int], Mention | None], offset: int
) -> int:
    """Return where words end that only tell how a value was found; the offset without such."""
    found = _HOW.match(text, offset) if len(text) - offset > _LEAST else None
    if found is None or bool(found["opened"]) != bool(found["closed"]) or not _MEANS.search(found["how"]):
        return offset
    named = [(each.start(), each.end()) for each in _FORMULA.finditer(text, *found.span("how"))]
    for index in range(token_at(tokens, found.start("how")), token_at(tokens, found.end("how"))):
        mention = mention_at(index)
        if mention is None or mention.term.category in _TOLD_OF:
            continue
        within = any(start <= tokens[index].start < end for start, end in named)
        if not within and not (mention.term.quantity and _names_method(text, tokens, mention)):
            return offset
    return found.end()


def _names_method(text: str, tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether a quantity only tells what a method is for ("for clearance", "GFR estimation")."""
    start, end = tokens[mention.start].start, tokens[mention.end - 1].end
    before = text[max(0, start - _NEAR) : start]
    return _FOR_WHAT.search(before) is not None or _ESTIMATED.match(text, end) is not None
