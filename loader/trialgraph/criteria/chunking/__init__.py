"""A criterion's words grouped into what they say: concepts, values, times, brackets, little words."""
