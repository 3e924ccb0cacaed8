"""SHACL: the quality of trial graphs, and eligibility criteria as shapes over a screening view."""
