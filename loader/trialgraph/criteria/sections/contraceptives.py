"""Lists of methods of contraception, which stand on the level of the criteria around them.

Somebody uses one of them; nobody is asked for a tubal ligation.
"""

from __future__ import annotations

import re

__all__ = ["lists_contraceptives", "names_contraceptive"]

_CONTRACEPTIVES = re.compile(
    r"(?=.*\b(?:methods?|measures?|forms?|means|examples?|options?)\b)(?!.*\b(?:must|agree\w*|willing|use)\b)"
    r".*\b(?:contracepti(?:on|ves?)|birth\s+control|prevent\w*\s+pregnanc\w+)\b.*",
    re.IGNORECASE,
)
"""What leads in methods of which one is used ("Highly effective methods of contraception include")."""
_CONTRACEPTIVE = re.compile(
    r"\b(?:intra-?uterine|iu[ds]s?|tubal|vasectom\w*|abstinen\w*|abstain\w*|sterili\w*|condoms?|diaphragms?|caps?|implant\w*"
    r"|inject\w*|pills?|patch(?:es)?|barriers?|spermicid\w*|progest\w*|hormon\w*|contracept\w*|ovulation|hysterectomy|rings?"
    r"|o+phorectomy|salpingectomy|withdrawal|rhythm|family\s+planning|fertility|coitus|calendar|copper|breast-?feeding)\b",
    re.IGNORECASE,
)
_OF_PEOPLE = re.compile(
    r"\W*(?:for\s+)?(?:the\s+|all\s+)?(?:(?:fe)?males?\s+(?!condom|steril)|(?:wo)?m[ae]n\b|(?:patient|subject|participant)s\b)",
    re.IGNORECASE,
)
"""How an item starts that asks something of people again."""


def lists_contraceptives(lead: str) -> bool:
    """Whether a sentence leads in methods of contraception, which nobody is asked for by themselves."""
    return _CONTRACEPTIVES.fullmatch(lead.rstrip(" :")) is not None


def names_contraceptive(words: str) -> bool:
    """Whether an item may be one of such a list."""
    return _CONTRACEPTIVE.search(words) is not None and _OF_PEOPLE.match(words) is None
