"""Patient records: FHIR R4 and Turtle in, typed facts with dates out."""
