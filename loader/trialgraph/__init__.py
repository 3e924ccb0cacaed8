"""A knowledge graph of clinical trials, their eligibility criteria and the concepts they name."""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    # on demand, because looking it up takes longer than all that most processes do first
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("trialgraph")
