"""How well eligibility criteria are understood, measured on texts that people have annotated by hand.

Run with ``python -m bench.understanding``; `docs/understanding.md` has its tables and their reading.
"""
