"""The one exception family: what is wrong, where in the input, and what to do about it."""

__all__ = [
    "InputError",
    "PatientError",
    "QueryError",
    "RecordError",
    "RegistryError",
    "StoreError",
    "TrialgraphError",
    "UsageError",
]


class TrialgraphError(Exception):
    """Base of every error that trialgraph raises on purpose.

    Args:
        what: What is wrong, in one line, without a final full stop.
        where: The place in the input: a file, ``file:line``, ``archive!member`` or a JSON path.
        advice: What the user can do about it.
    """

    def __init__(self, what: str, *, where: str | None = None, advice: str | None = None) -> None:
        super().__init__(what)
        self.what = " ".join(what.split())
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{place}{self.what}{advice}"


class UsageError(TrialgraphError):
    """A command or function was asked for something that doesn't exist."""


class InputError(TrialgraphError):
    """An input file can't be opened or understood."""


class RecordError(InputError):
    """A trial record is not one that trialgraph can read."""


class PatientError(InputError):
    """A patient record is not one that trialgraph can read."""


class QueryError(TrialgraphError):
    """A query is not valid SPARQL, or lacks a parameter."""


class RegistryError(TrialgraphError):
    """The registry's API can't be reached or refuses."""


class StoreError(TrialgraphError):
    """A store can't be opened, read or written."""
