"""Little words that start, join and govern the members of a list."""

from __future__ import annotations

__all__ = [
    "CONJUNCTIONS",
    "DETERMINERS",
    "EXPECTING",
    "FINITE",
    "JOINTS",
    "OBTAINED",
    "OR",
    "RESTARTS",
    "VERBS",
    "WHO",
]

OR = frozenset({"or", "nor", "and / or"})
"""What offers another member."""
CONJUNCTIONS = OR | {"and", "plus", "as well as"}
"""What joins the last member of a list to those before it."""
JOINTS = CONJUNCTIONS | {",", "/"}
"""What stands between the members of a list."""

DETERMINERS = frozenset(["a", "an", "the", "any", "some", "such", "of", "other", "another"])

FINITE = frozenset(
    ["must", "should", "shall", "will", "can", "may", "is", "are", "was", "were", "do", "does"]
)

VERBS = frozenset(
    [
        "has",
        "have",
        "had",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "must",
        "should",
        "shall",
        "will",
        "can",
        "may",
        "received",
        "receive",
        "receiving",
        "who",
        "patient",
        "subject",
        "participant",
        "underwent",
    ]
)

RESTARTS = frozenset(
    {
        "patient",
        "subject",
        "participant",
        "patient with",
        "subject with",
        "participant with",
        "history",
        "history of",
        "individual",
    }
)

WHO = frozenset({"patient who", "subject who", "participant who", "individual who", "those who"})
"""How a sentence opens on patients of whom it tells more."""

EXPECTING = frozenset(
    {"anticipates", "anticipate", "anticipating", "expects", "expect", "expected", "plan", "plans", "intends",
     "intend", "scheduled", "requires", "need", "needs", "has", "have", "is", "are", "will", "who", "likely",
     "unlikely"}
)  # fmt: skip
"""What a clause behind a list opens with that has a verb of its own, or tells what is still to come."""
OBTAINED = frozenset(
    {"obtained", "performed", "done", "drawn", "collected", "completed", "taken", "met", "tested", "assessed",
     "evaluated", "measured", "documented", "determined", "recorded", "confirmed"}
)  # fmt: skip
"""Verbs between a value and the time that it has to be of ("assessed within 7 days before …")."""
