"""The words of criteria: tables of what they do, and which concept a phrase names."""
