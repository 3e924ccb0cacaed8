"""The search for garbage pauses while a section is read, and goes on as before."""

from __future__ import annotations

import gc

import pytest

from trialgraph.criteria import read_text
from trialgraph.garbage import collection_paused

_SECTION = (
    "Inclusion:\n* ECOG 0-2\n* AST < 2.5 x ULN\nExclusion:\n* Prior nivolumab, unless stopped for toxicity"
)


@pytest.mark.parametrize("collecting", [True, False])
def test_pausing_leaves_collection_as_it_was(collecting: bool) -> None:
    """Also nested, and where what is done meanwhile fails."""
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        with pytest.raises(ValueError, match="broken off"), collection_paused(), collection_paused():
            assert not gc.isenabled()
            raise ValueError("broken off")
        assert gc.isenabled() is collecting
        read_text(_SECTION)
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()


def test_reading_leaves_next_to_no_cyclic_garbage() -> None:
    """What pausing rests on."""
    read_text("Inclusion:\n* ECOG 0-1")
    gc.collect()
    read_text(_SECTION)
    assert gc.collect() < 100
