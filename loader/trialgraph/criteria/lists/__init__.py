"""A list of facts and values, joined as its conjunctions say."""
