"""One stretch of words as a fact: its concept, what narrows it, and whether it is denied."""
