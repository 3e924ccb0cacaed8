"""What may stand between a quantity and its limit: little words, brackets, methods, when it is measured."""

from __future__ import annotations

import re

from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.quantities.windows import parse_window
from trialgraph.expressions import Window

__all__ = ["AGES", "GLOSS", "averaged", "end_of_doing", "past_fillers", "told_when"]

_FILLER = re.compile(
    r"(?:\s|:|=|,(?=\s*(?:must|should|of|is|with|serum|plasma|blood)\b|\s*[≤≥<>]\s?\d|\s*within\s+(?:\d|normal|institution))|-(?=\s)|,?\s*\bas\s+(?:applicable|appropriate)\b,?|\b(?:of\s+cognitive\s+function|and\s+a\s+24-?\s?h(?:ou)?r?\s+urine\s+collection|of\s+(?:this|the)\s+(?:mammogram|image|scan)"
    r"|of|is|are|was|were|be|been|being|must|should|shall|has|have|to|with|a(?=\s+(?:score|level|value|count|value))|an|the|as|at(?!\s+(?:least|most|a\b|the\b|or\b))|level|levels|count|counts|value"
    r"|values|score|scores|scale|status|performance|class|grade|concentration|results?|estimate[sd]?|calculated|measured|by|liver"
    r"|function|in(?!\s+(?:normal|the|institution|excess))|range|ranging|points?|index|rate|defined|serum|plasma|total|cells?|ps|both|fasting|either|time|dose|dipstick|classification|rating|each|measurements?|length|period|expressed|in\s+the\s+screening\s+period|during\s+(?:the\s+)?screening(?:\s+period)?|castrate|castration|equals?(?!\s*(?:to\s*)?(?:/|or\b|and\b|than\b))|functional|when|screening|baseline|ratio"
    r"|rest|(?:ambient|room)\s+(?:environment|air)|standard|categor(?:y|ies)|current|for\s+liver\s+function|which|that|activity|tests?|according|prolongation|interval|elevations?|average|questionnaire|readings?|limit(?=\s*[≤≥<>])|visits?|deemed|judged|all(?:\s+of)?(?=\s*[≥≤<>])|absolute(?=\s+value)|minimum\s+requirement|(?:minimum\s+)?laboratory(?=\s+value)|required|requirement|criteria(?=\s+of)|rated|reported|for\s+(?:worst\s+|average\s+)?pain|on\s+(?:the\s+)?(?:diagnostic\s+)?(?:breast\s+)?(?:core\s+)?(?:tissue|biopsy|specimen)|number(?!\s+of)|found|quantit(?:y|ies)|fractions?|predicted(?=\s*(?:[≥≤<>]|at\s+least|of\s))|evaluated(?=\s+to\s+be)|maintained|measures(?=\s*[≥≤<>])|demonstrat(?:ing|es?)(?=\s*[≥≤<>])|(?:collected\s+|obtained\s+)?and(?:\s+(?:must|should))?(?=\s+(?:demonstrate|show)\b)|show(?:s|ing)?(?=\s*[≥≤<>])|consistently|persistently|repeatedly|at\s+(?:the\s+)?(?:time\s+of\s+)?screening(?:\s+visit)?)\b|(?:(?<=\s)[.?]|•)\s*(?=\d))*",
    re.IGNORECASE,
)
GLOSS = re.compile(
    r"\s*(?:\((?!except\b|unless\b)(?:[^()\[\]≤≥<>]|\[[^()\[\]≤≥<>]{1,60}\]|\([^()\[\]≤≥<>]{1,60}\)){1,140}\)|\[[^()\[\]≤≥<>]{1,90}\])"
)
AGES = re.compile(
    r"\s*\([^()\d≤≥<>]{0,40}[≤≥<>]=?\s*\d+\s*(?:years?|yrs?)\b[^()≤≥<>]{0,40}\)(?=\s*[a-z≤≥<>:(])",
    re.IGNORECASE,
)
"""A bracket that tells of whom a scale is used ("Lansky (< 16 years) or Karnofsky (≥ 16 years) ≥ 60")."""
_CRITERIA = r"(?:NCI[-\s]*)?CTC(?:AE)?(?:[\s,]*v(?:ersion)?[\s.]*[\d.]+)?"
_GRADED = re.compile(
    rf"\s*(?:of\s+)?(?:{_CRITERIA}\s*)?[≥>]?\s*grade\s*[≥>]?\s*\d(?:\s+or\s+(?:higher|greater|above|worse))?"
    rf"[\s,]*(?:(?:per|by|on)\s+)?(?:{_CRITERIA})?\s*(?=\(\s*[<>≤≥])",
    re.IGNORECASE,
)
"""The grade of what a bracket bounds ("proteinuria of grade 3 or higher (> 3.5 g/24 hours)")."""
_OBTAINED = re.compile(
    r"\s*,?\s*(?:(?:performed|obtained|measured|assessed|done|drawn|taken|determined|collected|evaluated|tested)\s+)?"
    r"(?=(?:within|in\s+the)\s)",
    re.IGNORECASE,
)
_DONE_WITHIN = re.compile(
    r"\s*(?:,|\.|\*)?\s*(?:note:?\s*)?(?:as\s+|(?:to|must|should)\s+be\s+)?(?:performed|obtained|measured|assessed|done|drawn|taken|determined|collected|evaluated|tested"
    r"|documented)\s+(?:by\s+\w+\s+)?(?=(?:within|in\s+the|≤|<)\s*\w)",
    re.IGNORECASE,
)
"""How a value's time may be led up to behind it ("…, determined within 14 days of registration")."""
_WHEN = re.compile(r"\bwithin\b|≤", re.IGNORECASE)
_AVERAGED = re.compile(r"\b(?P<days>\d{1,2})-day\s+(?:average|mean)\s+(?:of\s+)?(?:the\s+)?$", re.IGNORECASE)
_NEAR = 30
_MOST = 8


def past_fillers(text: str, offset: int) -> tuple[int, Window | None]:
    """Return the character after what only goes on about a quantity, and the time it tells."""
    window = None
    for _ in range(_MOST):
        obtained = _OBTAINED.match(text, offset)
        timed = parse_window(text, obtained.end()) if obtained else None
        if timed is not None:
            window, offset = timed.window, timed.end
            continue
        rest = (
            wording().method.match(text, offset)
            or _GRADED.match(text, offset)
            or GLOSS.match(text, offset)
            or _FILLER.match(text, offset)
        )
        if rest is None or rest.end() == offset:
            break
        offset = rest.end()
    return offset, window


def end_of_doing(text: str, offset: int) -> int:
    """Return where the time of a value starts that words behind it lead up to; the offset without one."""
    done = _DONE_WITHIN.match(text, offset)
    return done.end() if done is not None and parse_window(text, done.end()) is not None else offset


def told_when(text: str, start: int, end: int) -> Window | None:
    """Return the time in the words of how a value is measured ("… formula (within 30 days)")."""
    if end <= start:
        return None
    found = (parse_window(text, match.start()) for match in _WHEN.finditer(text, start, end))
    return next((each.window for each in found if each is not None), None)


def averaged(text: str, start: int) -> Window | None:
    """Return the time that a quantity is averaged over, told right before it ("3-day average pain score")."""
    match = _AVERAGED.search(text, max(0, start - _NEAR), start)
    return Window(float(match["days"]), "day", match.group().strip()) if match else None
