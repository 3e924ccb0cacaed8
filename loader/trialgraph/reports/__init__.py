"""A screening as people and programs want it: on the terminal, as a page to print, as EARL."""
