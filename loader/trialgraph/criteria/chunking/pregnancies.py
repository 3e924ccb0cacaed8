"""Pregnancy tests named by their hormone, and plans: "planning to become pregnant or breastfeed"."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Vocabulary

__all__ = ["add_plans_to_nurse", "add_pregnancy_tests"]

_PREGNANCY = "pregnancy"
_TESTS = frozenset({"test", "testing"})
_HORMONE = frozenset({"hcg", "bhcg", "gonadotropin", "gonadotrophin"})
_SAMPLES = frozenset({"serum", "urine", "blood", "plasma", "urinary"})
_OPENING = frozenset({"(", "["})
_CLOSING = frozenset({")", "]"})
_MARKS = _OPENING | _CLOSING | {"-", "/", "or", "and"}
_NAMING = frozenset({
    *_HORMONE, *_SAMPLES,
    "beta", "β", "ß", "b", "subunit", "human", "chorionic", "quantitative", "qualitative",
})  # fmt: skip
_RESULTS = frozenset({"negative", "positive"})
_WOMEN = frozenset(
    {"woman", "women", "female", "childbearing", "bearing", "pregnant", "wocbp", "fcbp", "wcbp"}
)
_PLANNED = "PlannedPregnancy"
_PLANNED_TOO = "PlannedBreastfeeding"
_NURSING = frozenset({"breastfeed", "breast-feed", "nurse", "lactate"})
_CHOOSING = frozenset({"or", ",", "/", "and"})
_TUMOURS = frozenset(
    {"germ", "marker", "afp", "fetoprotein", "choriocarcinoma", "trophoblastic", "nonseminoma"}
)
"""With any of these the hormone may be the marker of a tumour."""


def add_pregnancy_tests(
    tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> None:
    """Read the hormone and the samples before "pregnancy test" as part of its name.

    "Negative serum hCG" of women is such a test without the word.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those found take the place of the ones inside them.
        vocabulary: Names the pregnancy.
    """
    forms = [token.form for token in tokens]
    term = vocabulary.find(_PREGNANCY) if not _HORMONE.isdisjoint(forms) else None
    if term is None:
        return
    of_women = not _WOMEN.isdisjoint(forms) and _TUMOURS.isdisjoint(forms)
    for place in [place for place, form in enumerate(forms) if form in _HORMONE]:
        start, end = _closed(forms, *_named(forms, place))
        if not start <= place < end:
            continue
        tested = forms[end : end + 1] == [_PREGNANCY] and not _TESTS.isdisjoint(forms[end + 1 : end + 2])
        if tested:
            end += 1
        elif not (of_women and _has_result(forms, start)):
            continue
        for inside in range(start, end):
            mentions.pop(inside, None)
        mentions[start] = Mention(term, start, end)


def add_plans_to_nurse(tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Read what else is planned behind "planning to become pregnant or" as planned too.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; planned ones take the place of those found.
        vocabulary: Has the concepts.
    """
    planned, too = vocabulary.named(_PLANNED), vocabulary.named(_PLANNED_TOO)
    if planned is None or too is None:
        return
    for plan in [each for each in mentions.values() if each.term.iri == planned.iri]:
        at = plan.end
        while at < len(tokens) and tokens[at].form in _CHOOSING | {"to"}:
            at += 1
        words = "".join(token.form for token in tokens[at : at + 3])
        verb = next((verb for verb in _NURSING if at > plan.end and words.startswith(verb)), None)
        if verb is None or tokens[at].form.endswith("ing"):
            continue
        end = at + 1 + 2 * (tokens[at].form == "breast")
        if "".join(token.form for token in tokens[at:end]) == verb:
            mentions[at] = Mention(too, at, end)


def _named(forms: Sequence[str], place: int) -> tuple[int, int]:
    """Return the stretch of words around a hormone that names what is tested for it."""
    start, end = place, place + 1
    while start and forms[start - 1] in _NAMING | _MARKS:
        start -= 1
    while end < len(forms) and forms[end] in _NAMING | _MARKS:
        end += 1
    return start, end


def _closed(forms: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """Return a stretch without brackets that open or close outside of it, and without joints at its edges."""
    depth = 0
    for at in range(start, end):
        depth += (forms[at] in _OPENING) - (forms[at] in _CLOSING)
        if depth < 0:
            end = at
            break
    while start < end and (forms[start] in _MARKS - _OPENING or (depth > 0 and forms[start] in _OPENING)):
        depth -= forms[start] in _OPENING
        start += 1
    while start < end and forms[end - 1] in _MARKS - _CLOSING:
        end -= 1
    return start, end


def _has_result(forms: Sequence[str], start: int) -> bool:
    """Whether a result stands before what is tested ("have a negative serum hCG")."""
    return bool(start) and forms[start - 1] in _RESULTS
