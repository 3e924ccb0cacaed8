"""Whole statements, from a sentence to a criterion with its nested items."""
