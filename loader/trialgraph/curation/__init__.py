"""Readings corrected by hand, without touching code: ``data/curation`` and a user's own folder.

A correction states who set a criterion's reading, when and why, beside the words it was made for.
When a registry changes those words, it is stale: it isn't applied, and is reported.
"""

from trialgraph.curation.corrections import (
    NO_CORRECTIONS,
    Correction,
    Corrections,
    StaleCorrection,
    correct,
    correction_files,
    curation_folders,
    read_correction_file,
    read_corrections,
    user_folder,
)
from trialgraph.curation.templates import curation_template

__all__ = [
    "NO_CORRECTIONS",
    "Correction",
    "Corrections",
    "StaleCorrection",
    "correct",
    "correction_files",
    "curation_folders",
    "curation_template",
    "read_correction_file",
    "read_corrections",
    "user_folder",
]
