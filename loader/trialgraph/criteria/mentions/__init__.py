"""Concepts that words speak of which stayed words: never judged, but found."""
