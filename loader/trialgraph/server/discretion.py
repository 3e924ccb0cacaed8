"""Work on what is about a patient: nothing of it reaches a log, and nothing of it is remembered."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from trialgraph.errors import TrialgraphError
from trialgraph.patients.coding import organs_in
from trialgraph.units import conversion

__all__ = ["discreetly", "told"]

_T = TypeVar("_T")


def told(error: BaseException) -> str:
    """Return the kind of an error and its place in the program, which is all that may be said of it."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    own = [frame for frame in frames if "trialgraph" in Path(frame.filename).parts]
    place = (own or frames)[-1]
    return f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"


def discreetly(work: Callable[[], _T]) -> _T:
    """Return what the work returns, and forget the words of records that it has remembered.

    Raises:
        TrialgraphError: for a defect, too: by its kind and its place in the program, since its text and
            values may hold words of a record.
    """
    try:
        return work()
    except TrialgraphError:
        raise
    except Exception as error:  # whatever it is, its text must not reach a log
        what = f"the screening failed with a {told(error)}"
    finally:
        organs_in.cache_clear()
        conversion.cache_clear()
    raise TrialgraphError(what, advice="report this as a defect; nothing of the record was kept")
