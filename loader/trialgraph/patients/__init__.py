"""Patient records: FHIR R4 and Turtle in, typed facts with dates out."""

from trialgraph.patients.facts import ImportNote, ImportReport, PatientRecord
from trialgraph.patients.files import read_patients

__all__ = ["ImportNote", "ImportReport", "PatientRecord", "read_patients"]
