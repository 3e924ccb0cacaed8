"""Eligibility criteria: from a registry's prose to expressions."""
