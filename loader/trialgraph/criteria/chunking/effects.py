"""Medicines told by a clause that says what they do: "drugs that may prolong the QT interval"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["add_effects"]

_MEDICINE = (
    r"(?:medications?(?:\(s\))?|drugs?|medicines?|agents?|medicinal products?|substances?|compounds?"
    r"|medicaments?|(?:drug\s+|medication\s+)?therap(?:y|ies)|treatments?)"
)
_OPENING = (
    r"(?:,?\s+(?:that|which)|\s+(?:with|known|having|has|have|may|can|could|might|at|associated|suspected|capable"
    r"|potentially|likely|reported|caus(?:e|es|ing)|leading|resulting|induc(?:e|es|ing)|significantly))"
)
_LEADING = (
    r"(?:\s+(?:that|which|with|are|is|has|have|may|can|could|might|well|known|a|an|the|strong|definite|potential"
    r"|possible|high|higher|increased|substantial|risks?|incidence|of|to|for|significantly|clinically|reported"
    r"|associated|potentially|likely|generally|accepted|either|both|suspected|capable|effects?|caus(?:e|es|ing)"
    r"|lead(?:s|ing)?|result(?:s|ing)?|in|on|induc(?:e|es|ing)|by|be|been|shown|considered|predispos(?:e|es|ing)"
    r"|or|and)){0,10}"
)
_TIME = r"(?:corrected\s+QTc?|QTcF|QTcB|QTc|QT)\b"
_SHORT = rf"(?:\s+\({_TIME}\))?"
_QT = rf"{_TIME}(?:\s*/\s*{_TIME}|\s+or\s+{_TIME})?{_SHORT}(?:[-\s]+intervals?)?{_SHORT}"
_POINTES = (
    r"(?:a\s+)?torsades?\s+des?\s+pointes?(?:\s+\(TdP\))?"
    r"(?:\s+(?:ventricular\s+)?(?:tachycardia|arrhythmias?))?"
)
_PROLONGING = (
    rf"(?:prolong(?:s|ing|ed)?\s+(?:the\s+)?(?:cardiac\s+)?{_QT}|prolongation\s+of\s+(?:the\s+)?{_QT}"
    rf"|{_QT}(?:\s+|-)prolong(?:ation|ing)|{_POINTES})"
)
_LENGTHENING = re.compile(
    rf"\b{_MEDICINE}(?:{_OPENING}{_LEADING}\s+{_PROLONGING}|\s+prolong(?:s|ing)?\s+(?:the\s+)?{_QT})"
    rf"(?:\s*(?:and/or|and|or|/){_LEADING}\s+{_PROLONGING})?",
    re.IGNORECASE,
)
"""What lengthens the QT interval, or risks the arrhythmia that this leads to."""
_MARKS = ("qt", "torsade")


def add_effects(
    text: str, lowered: str, tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> None:
    """Add the medicine for each clause that says by its effect which is meant.

    Args:
        text: The normalised text.
        lowered: The same in lower case.
        tokens: Its tokens.
        mentions: Concepts by the token they start at; those found take the place of what their clause names.
        vocabulary: Has the concept.
    """
    if not any(map(lowered.__contains__, _MARKS)):
        return
    term = vocabulary.named("QTProlongingDrug")
    if term is None:
        return
    for found in _LENGTHENING.finditer(text):
        first = bisect_left(tokens, found.start(), key=lambda token: token.start)
        last = bisect_left(tokens, found.end(), lo=first, key=lambda token: token.start)
        across = next((each for each in mentions.values() if each.start < first < each.end), None)
        if across is not None and across.term != term:
            continue
        first = first if across is None else across.start
        for index in range(first, last):
            mentions.pop(index, None)
        mentions[first] = Mention(term, first, last)
