"""A knowledge graph of clinical trials, their eligibility criteria and the concepts they name."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("trialgraph")
