"""Where trial graphs are kept: in memory, in a folder, or on a SPARQL 1.1 server.

Each trial is one named graph; the ontology is another. Queries see their union.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialgraph.stores.interface import ONTOLOGY_GRAPH, Results, Store
    from trialgraph.stores.locations import open_store, store_location

__all__ = ["ONTOLOGY_GRAPH", "Results", "Store", "open_store", "store_location"]

_HOMES = {"open_store": "locations", "store_location": "locations"}


def __getattr__(name: str) -> object:
    # on demand, because the processes that evaluate queries need little of this and start often
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'interface')}"), name)
