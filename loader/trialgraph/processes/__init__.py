"""The processes that evaluate queries: their program, and what they and the server say to each other."""
