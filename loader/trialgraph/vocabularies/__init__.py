"""Vocabularies that a user imports, in use beside the packaged ontology.

A file of the publisher (`flatfile`, `obographs`) becomes an RDF file in the user's folder (`turtle`)
that states what the publisher states. How its concepts stand to the packaged ones (`matching`) and
which of its names are read (`names`) is worked out from that file and kept ready for look-up
(`index`); `library` puts the vocabularies that are there to use.
"""

from trialgraph.vocabularies.importing import (
    ImportReport,
    import_vocabulary,
    imported_vocabularies,
    remove_vocabulary,
)
from trialgraph.vocabularies.library import Library, known_concepts, library, reading_vocabulary
from trialgraph.vocabularies.statements import imported_triples
from trialgraph.vocabularies.turtle import Provenance

__all__ = [
    "ImportReport",
    "Library",
    "Provenance",
    "import_vocabulary",
    "imported_triples",
    "imported_vocabularies",
    "known_concepts",
    "library",
    "reading_vocabulary",
    "remove_vocabulary",
]
