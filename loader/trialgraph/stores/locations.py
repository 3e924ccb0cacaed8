"""Which store a location means: a folder, a server, or memory."""

import os
from pathlib import Path

import platformdirs

from trialgraph.errors import StoreError
from trialgraph.stores.embedded import EmbeddedStore
from trialgraph.stores.interface import Store

__all__ = ["open_store", "store_location"]

_LOCATION_VARIABLE = "TRIALGRAPH_STORE"


def store_location(location: str | Path | None = None) -> str:
    """Return the location asked for, else that of ``TRIALGRAPH_STORE``, else the user's data folder."""
    default = Path(platformdirs.user_data_dir("trialgraph", appauthor=False)) / "store"
    return str(location or os.environ.get(_LOCATION_VARIABLE) or default)


def open_store(location: str | Path | None = None, *, read_only: bool = False) -> Store:
    """Open a store, making it when the folder is new or empty.

    Args:
        location: A folder (embedded Oxigraph), the URL of a SPARQL 1.1 server, or None for a store
            in memory.
        read_only: Only read. An embedded store can then be read while another process writes to
            it; it shows what was there when it was opened.
    Returns:
        The store, with this installation's ontology loaded unless it is read-only.
    Raises:
        StoreError: when the folder is not a store, is missing (read-only), or is in use; when the
            server doesn't answer.
    Example:
        >>> with open_store() as store:
        ...     store.trials()
        []
    """
    store: Store
    if location is None:
        store = EmbeddedStore(None, read_only=False)
    elif str(location).startswith(("http://", "https://")):
        from trialgraph.stores.server import ServerStore  # of what it imports, nothing else needs much

        store = ServerStore(str(location), read_only=read_only)
    elif "://" in str(location):
        raise StoreError("a store is a folder or an http(s) URL", where=str(location))
    else:
        store = EmbeddedStore(Path(location).expanduser(), read_only=read_only)
    if not read_only:
        try:
            store.refresh_ontology()
        except BaseException:
            store.close()
            raise
    return store
