"""Where trial graphs are kept: in memory, in a folder, or on a SPARQL 1.1 server.

Each trial is one named graph; the ontology is another. Queries see their union.
"""

from trialgraph.stores.interface import ONTOLOGY_GRAPH, Results, Store
from trialgraph.stores.locations import open_store, store_location

__all__ = ["ONTOLOGY_GRAPH", "Results", "Store", "open_store", "store_location"]
