"""Which sex a statement asks for ("female patients", "men with prostate cancer")."""

from __future__ import annotations

from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.surroundings import category_of
from trialgraph.expressions import Fact
from trialgraph.namespaces import TGC

__all__ = ["SEXES", "read_sex", "sex_before", "sex_of", "sex_told"]

SEXES = {"female": (str(TGC.FemaleSex), "female sex"), "male": (str(TGC.MaleSex), "male sex")}
_FEW_WORDS = 3
_RULING = frozenset(
    {"must", "should", "shall", "will", "may", "can", "agree", "need", "must have", "must be"}
)


def read_sex(text: Text, chunks: Sequence[Chunk]) -> tuple[Fact, bool] | None:
    """Return the sex that a demand starts with, and whether it asks for nothing else.

    "Women must …" rules something for women, who then aren't the only ones admitted; so does anything
    about reproduction.
    """
    named = [i for i, chunk in enumerate(chunks) if _names_sex(chunk)]
    sexes = {name for i in named for name in chunks[i].classes.intersection(SEXES)}
    if len(sexes) != 1 or not all(is_harmless(chunk) for chunk in chunks[: named[0]]):
        return None
    rest = chunks[named[0] + 1 :]
    content = [chunk for chunk in rest if is_content(chunk)]
    if any(chunk.kind == "concept" for chunk in chunks[: named[0]]) or not _fits(rest, content):
        return None
    iri, label = SEXES[sexes.pop()]
    place = text.span(chunks[named[0]].start, chunks[named[0]].end)
    return Fact(iri, label, "demographic", span=place), not content


def sex_told(text: Text, chunks: Sequence[Chunk]) -> tuple[Fact, bool] | None:
    """Return the sex that a demand, or an exclusion, starts with, and whether it says nothing else.

    An exclusion bars "males" and "men with breast cancer", which women may have as well. A sex above a list
    only tells whom the list is of.
    """
    found = read_sex(text, chunks)
    if found is None or not text.exclusion:
        return found
    sex, alone = found
    male = sex.concept == SEXES["male"][0]
    return found if (len(text.text.split()) <= _FEW_WORDS if alone else male) else None


def sex_before(text: Text, before: Sequence[Chunk], value: Chunk) -> Fact | None:
    """Return the one sex that words in front of a value name ("male subjects with QTcF > 450 ms")."""
    if value.value is None or any(term.iri == str(TGC.Age) for term in value.value.terms):
        return None
    named = [(chunk, name) for chunk in before for name in sorted(chunk.classes.intersection(SEXES))]
    if len(named) != 1:
        return None
    ((chunk, name),) = named
    iri, label = SEXES[name]
    return Fact(iri, label, "demographic", span=text.span(chunk.start, chunk.end))


def sex_of(text: Text, chunks: Sequence[Chunk]) -> Fact | None:
    """Return the one sex that words name and say nothing more of ("women", "a female subject")."""
    named = [chunk for chunk in chunks if chunk.classes & SEXES.keys()]
    sexes = sorted(named[0].classes & SEXES.keys()) if len(named) == 1 else []
    if len(sexes) != 1 or not all(chunk in named or is_harmless(chunk) for chunk in chunks):
        return None
    iri, label = SEXES[sexes[0]]
    return Fact(iri, label, "demographic", span=text.span(chunks[0].start, chunks[-1].end))


def _names_sex(chunk: Chunk) -> bool:
    """Whether a word is a sex: not in whose case something is asked ("in women"), nor a disease's name."""
    if chunk.classes.isdisjoint(SEXES) or "condition" in chunk.classes:
        return False
    return chunk.term is None or chunk.term.iri in (each[0] for each in SEXES.values())


def _fits(rest: Sequence[Chunk], content: Sequence[Chunk]) -> bool:
    """Whether what follows a sex describes the patients: nothing, an age, a cancer."""
    if any(chunk.form in _RULING or chunk.classes & {"negation", "condition"} for chunk in rest):
        return False
    if not content:
        return all(is_harmless(chunk, "tail", "value_tail") or chunk.form == "only" for chunk in rest)
    first = content[0]
    aged = first.value is not None and all(term.iri == str(TGC.Age) for term in first.value.terms)
    ill = first.term is not None and str(TGC.MalignantNeoplasm) in first.term.ancestors
    return (aged or ill) and all(category_of(chunk) != "reproductive" for chunk in content)
