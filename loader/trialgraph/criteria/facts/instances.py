"""A kind of disease or treatment and the instances listed of it ("X, such as A or B")."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import EXPECTING
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.trees import any_of, map_facts
from trialgraph.expressions import AnyOf, Expression, Fact, Value, Window, atoms
from trialgraph.namespaces import TGC

__all__ = [
    "STATED",
    "closing_time",
    "common_clause",
    "common_purpose",
    "dated_alike",
    "demanded_kinds",
    "end_of_list",
    "example_of",
    "for_itself",
    "instances_of",
    "is_object",
    "is_way_of",
    "narrowed_alike",
    "of_unread_kind",
    "unlisted",
    "with_times",
]

_LESIONS = frozenset({"lesion", "condition"})
"""Categories of what is found in a body: metastases are instances of lesions."""
_TARGETED = ("-targeted therapy", "PSMA radioligand therapy")
_WAYS = frozenset(
    map(
        str,
        (TGC.AntibodyDrugConjugate, TGC.TCellEngager, TGC.BispecificAntibody, TGC.MonoclonalAntibody,
         TGC.AntibodyTherapy, TGC.CARTCellTherapy, TGC.AdoptiveCellImmunotherapy, TGC.TyrosineKinaseInhibitor,
         TGC.KinaseInhibitor, TGC.RadiopharmaceuticalTherapy, TGC.Radiotherapy, TGC.Immunotherapy,
         TGC.Chemotherapy, TGC.Vaccine, TGC.CancerVaccine),
    )
)  # fmt: skip
"""Ways of treating that have many targets."""
_OBJECTS = ((str(TGC.Surgery), str(TGC.Neoplasm)), (str(TGC.Vaccine), str(TGC.InfectiousDisease)))
"""Treatments, and diseases that they are done to or given against."""
_JUDGING = frozenset({"barring", "allowance", "exception"})
"""What words do that say what becomes of those who have had something, rather than narrow it."""

STATED = ("unstable ",)
"""How names start that tell a state by themselves, so that no adjective before a list is said of them."""
_CLAUSES = ("that ", "which ", "requiring ", "needing ", "necessitating ")
_TO_COME = frozenset({"planned", "unactual"})
_STATE = re.compile(
    r"(?:(?:significant|serious|major|concurrent|concomitant|active|ongoing)\b[\s,;/]*(?:(?:and/or|and|or)\s+)?)*"
    r"(?:uncontrolled|poorly|inadequately|severe|symptomatic|unstable|untreated)\b",
    re.IGNORECASE,
)


def for_itself(text: Text, head: Expression, instances: Expression, place: tuple[int, int]) -> Expression:
    """Let a bare kind not stand for itself when its instances are narrower than their names.

    "Gastrointestinal disease, such as active ulcers": not every such disease is meant, since an
    ulcer that isn't active is one too. The kind keeps its examples as a modifier.
    """
    narrower = any(
        isinstance(each, Value)
        or (isinstance(each, Fact) and bool(_narrowing(each) or each.within or each.count))
        for each in atoms(instances)
    )
    words = text.text[place[0] : place[1]].strip(" ;,.:")
    return map_facts(head, lambda fact: _exemplified(fact, words)) if narrower else head


_STARTS_TIME = re.compile(r"(?:within |[<≤]\s?)\S*\d|within \w+ (?:hour|day|week|month|year)", re.IGNORECASE)
"""How a time starts that instances have in words, and so their kind."""


def dated_alike(head: Expression, instances: Expression, chunks: Sequence[Chunk]) -> Expression:
    """Give a kind the time of its instances ("agents, including A and B within 14 days"), all or most.

    Where no instance is read in a time, a treatment is in the only time of their list, if that ends it.
    A time in a bracket is of one instance only ("including recent (within a year) suicidal ideation").
    """
    if any(inner.window is not None for chunk in chunks for inner in chunk.inner):
        return head
    windows = [atom.within for atom in atoms(instances) if isinstance(atom, Fact)]
    most = max(windows, key=windows.count, default=None)
    window = most if 2 * windows.count(most) > len(windows) else None
    closing = None if any(windows) else closing_time(chunks)

    doubted = [each.modifiers.get("qualifier", "") for each in _facts(instances) if each.within == window]
    narrowing = window.text if window is not None and any(window.text in each for each in doubted) else None
    if window is None and closing is None and doubted and all(map(_STARTS_TIME.match, doubted)):
        narrowing = doubted[-1]

    def dated(fact: Fact) -> Fact:
        last = closing if fact.category in (*GIVEN, "other") else None
        if narrowing is not None and fact.within is None:
            told = filter(None, [fact.modifiers.get("qualifier"), narrowing])
            fact = replace(fact, modifiers={**fact.modifiers, "qualifier": "; ".join(told)})
        return _given_then(replace(fact, within=fact.within or window or last))

    return map_facts(head, dated)


def _given_then(fact: Fact) -> Fact:
    """Return a treatment in a time without "ongoing": what was going on within it was given then."""
    if fact.within is None or fact.category not in GIVEN:
        return fact
    return replace(fact, modifiers={name: told for name, told in fact.modifiers.items() if name != "status"})


def with_times(
    text: Text, head: Expression, chunks: Sequence[Chunk], instances: Expression | None = None
) -> Expression:
    """Keep instances in different times with a kind that is in none ("such as A in 2 weeks, B in 4").

    Args:
        text: The text under reading.
        head: The kind.
        chunks: Of the words that list its instances.
        instances: What they were read as, of which what is of that kind counts; None where none was read.
    """
    if not any(each.window is not None for chunk in chunks for each in (chunk, *chunk.inner)):
        return head
    words = text.text[chunks[0].start : chunks[-1].end].strip(" ;,.:")
    timed = [each for each in _facts(instances) if each.within is not None]

    def told(fact: Fact) -> Fact:
        bare = fact.within is None and "qualifier" not in fact.modifiers and "example" not in fact.modifiers
        of_kind = instances is None or any(_is_kind(text, each, fact) for each in timed)
        return replace(fact, modifiers={**fact.modifiers, "example": words}) if bare and of_kind else fact

    return map_facts(head, told)


def _facts(expression: Expression | None) -> list[Fact]:
    return [] if expression is None else [atom for atom in atoms(expression) if isinstance(atom, Fact)]


def _is_kind(text: Text, fact: Fact, kind: Fact) -> bool:
    term = text.vocabulary.by_iri.get(fact.concept)
    return term is not None and kind.concept in (term.iri, *term.ancestors)


def closing_time(chunks: Sequence[Chunk]) -> Window | None:
    """Return the only time in the words of a list, behind which nothing more is named; else None."""
    chunks = _before_plan(chunks)
    times = [i for i, chunk in enumerate(chunks) if chunk.window is not None]
    found = chunks[times[0]].window if len(times) == 1 else None
    ends = found is not None and not found.narrowed and not any(map(_names, chunks[times[0] + 1 :]))
    return found.window if found is not None and ends else None


def _before_plan(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return a list up to what is to come behind its time ("A, within 4 weeks, or plans to receive B")."""
    timed = next((i for i, chunk in enumerate(chunks) if chunk.window is not None), len(chunks))
    for index in range(timed + 1, len(chunks) - 1):
        following = chunks[index + 1]
        comes = following.classes & _TO_COME or following.form.split(" ")[0] in EXPECTING
        if chunks[index].form in ("or", "and") and comes:
            return chunks[:index]
    return chunks


def end_of_list(text: Text, chunks: Sequence[Chunk]) -> str:
    """Return the words behind a list of instances that narrow them ("… for more than two weeks"); else ""."""
    chunks = _before_plan(chunks)
    pairs = enumerate(itertools.pairwise(chunks))
    apart = next((i for i, (sign, word) in pairs if sign.form == "," and _opens_place(word)), len(chunks))
    named = max((i for i, chunk in enumerate(chunks[:apart]) if _names(chunk)), default=-1)
    behind = [chunk for chunk in chunks[named + 1 :] if chunk.kind != "window"]
    while behind and behind[-1].kind in ("bracket", "sign") and not _narrows(behind[-1]):
        behind.pop()
    if named < 0 or any(chunk.classes & _JUDGING or chunk.form == "prior" for chunk in behind):
        return ""
    start = next((chunk.start for chunk in behind if _narrows(chunk)), None)
    return "" if start is None else text.text[start : behind[-1].end].strip(" ;,.:")


def common_purpose(instances: Expression) -> str:
    """Return what all instances are given for ("therapy, including A or B for advanced disease"); else ""."""
    return _common(instances, ("for ",))


def common_clause(instances: Expression) -> str:
    """Return the clause that narrows each of several instances ("such as A or B, that …"); else ""."""
    return _common(instances, _CLAUSES) if len(_facts(instances)) > 1 else ""


def _common(instances: Expression, opening: tuple[str, ...]) -> str:
    told = [each.modifiers.get("qualifier", "").split("; ") for each in _facts(instances)]
    named = next((part for part in told[-1] if part.startswith(opening)), "") if told else ""
    return named if all(named in parts for parts in told) else ""


def _opens_place(chunk: Chunk) -> bool:
    """Whether a word behind a comma starts where all of a list was given ("…, to the region of interest")."""
    return chunk.form in ("to", "to the")


def _names(chunk: Chunk) -> bool:
    return chunk.kind == "concept" and is_content(chunk)


def _narrows(chunk: Chunk) -> bool:
    if chunk.kind == "bracket":
        return any(inner.kind in ("value", "limit") or inner.form == "dose" for inner in chunk.inner)
    return chunk.kind in ("value", "limit") or ("post" in chunk.classes and "neutral" not in chunk.classes)


def narrowed_alike(expression: Expression, words: str) -> Expression:
    """Return a kind of treatment, or its instances, narrowed by words that close their list.

    An instance that words or a value narrow already is left as it is.
    """
    match expression:
        case Fact() if words and expression.category in GIVEN and "qualifier" not in expression.modifiers:
            return replace(expression, modifiers={**expression.modifiers, "qualifier": words})
        case AnyOf(operands):
            return any_of([narrowed_alike(each, words) for each in operands])
        case _:
            return expression


def example_of(kind: Fact, example: Expression) -> Expression:
    """Return an example that a bracket gives of a kind, narrowed as the kind is and as itself says."""
    return map_facts(example, lambda fact: _example(kind, fact))


def _example(kind: Fact, example: Fact) -> Fact:
    alike = kind.category in GIVEN or _are_alike(kind, example)
    lent = kind.modifiers if alike else {}
    told = [lent.get("qualifier"), example.modifiers.get("qualifier")]
    modifiers = {**lent, **example.modifiers}
    if any(told):
        modifiers["qualifier"] = "; ".join(dict.fromkeys(filter(None, told)))
    return replace(example, modifiers=modifiers, within=example.within or kind.within)


def _are_alike(kind: Fact, instance: Fact) -> bool:
    return kind.category == instance.category or {kind.category, instance.category} == _LESIONS


def unlisted(kind: Fact, words: str) -> Fact:
    """Return a kind without the list of its instances that narrows it."""
    parts = [part for part in kind.modifiers.get("qualifier", "").split("; ") if part and words not in part]
    others = {name: told for name, told in kind.modifiers.items() if name != "qualifier"}
    return replace(kind, modifiers={**others, "qualifier": "; ".join(parts)} if parts else others)


def demanded_kinds(text: Text, kind: Fact, listed: Expression, place: tuple[int, int]) -> Expression:
    """Return the kinds that a bracket lists of the disease demanded ("lymphoma (DLBCL or MCL)"), else it.

    What "e.g." introduces are examples only.
    """
    members = listed.operands if isinstance(listed, AnyOf) else (listed,)
    terms = [text.vocabulary.by_iri.get(each.concept) for each in members if isinstance(each, Fact)]
    opened = text.text[: place[0]].rstrip().endswith(("(", "["))
    if kind.category != "condition" or not opened or not 1 < len(terms) == len(members):
        return kind
    if not all(term is not None and kind.concept in term.ancestors for term in terms):
        return kind
    bare = unlisted(kind, text.text[slice(*place)])
    return any_of([example_of(bare, each) for each in members])


def _narrowing(fact: Fact) -> dict[str, str]:
    return {name: told for name, told in fact.modifiers.items() if (name, told) != ("status", "history")}


def _exemplified(fact: Fact, words: str) -> Fact:
    if _narrowing(fact) or fact.within or fact.category in GIVEN:
        return fact
    return replace(fact, modifiers={**fact.modifiers, "example": words})


def instances_of(kind: Fact, instances: Expression) -> Expression:
    """Return the instances in the time of their kind, and in its state where they state none."""
    inherited = dict(kind.modifiers) if kind.category in GIVEN else _state(kind)

    def inherit(fact: Fact) -> Fact:
        alike = _are_alike(kind, fact)
        bare = alike and not fact.modifiers and fact.within is None
        given = inherited if bare or kind.category in GIVEN else {}
        if alike and kind.category not in GIVEN and _is_remarked(fact):
            given = _status(kind)
        if fact.concept_label.startswith(STATED):
            given = {name: words for name, words in given.items() if name != "qualifier"}
        modifiers = {**given, **fact.modifiers}
        return _given_then(replace(fact, within=fact.within or kind.within, modifiers=modifiers))

    return map_facts(instances, inherit)


def _status(fact: Fact) -> dict[str, str]:
    return {name: told for name, told in fact.modifiers.items() if name == "status"}


def _is_remarked(fact: Fact) -> bool:
    """Whether all that is said of a fact stands behind its name ("hepatitis B (known positive HBsAg)")."""
    if fact.modifiers.keys() != {"qualifier"} or fact.within is not None:
        return False
    told = fact.modifiers["qualifier"].lower()
    return told.count(" ") > 1 and not lexicon().opening(told)[1] & {"qualifier", "grading"}


def is_way_of(text: Text, kind: Fact, instance: Expression) -> bool:
    """Whether an instance only tells a way to treat a target ("CD123-directed therapy (e.g. ADC)").

    A conjugate against something else isn't meant, and one against the target is a kind of the therapy.
    """
    term = text.vocabulary.by_iri.get(instance.concept) if isinstance(instance, Fact) else None
    targeted = kind.concept_label.endswith(_TARGETED)
    return targeted and term is not None and term.iri in _WAYS and kind.concept not in term.ancestors


def _state(kind: Fact) -> dict[str, str]:
    """Return what of a kind's adjectives tells a state, which its instances are in too."""
    state = {name: words for name, words in kind.modifiers.items() if name == "status"}
    told = kind.modifiers.get("qualifier", "")
    found = _STATE.match(told)
    return state if found is None else {**state, "qualifier": told[: _part_end(told, found.end())]}


def _part_end(words: str, at: int) -> int:
    end = words.find(";", at)
    return len(words) if end < 0 else end


def of_unread_kind(fact: Fact, words: str) -> Fact:
    """Return an instance of "any other uncontrolled condition": it has to be what these words say."""
    told = fact.modifiers.get("qualifier")
    return replace(fact, modifiers={**fact.modifiers, "qualifier": f"{told}; {words}" if told else words})


def is_object(text: Text, kind: Fact, expression: Expression | None) -> bool:
    """Whether a member is what a treatment is done to or given against, and no instance of it.

    So are metastases in "surgery (e.g. removal of metastases)", and measles in "vaccines (e.g. measles)".
    """
    if not isinstance(expression, Fact):
        return False
    treating, treated = (text.vocabulary.by_iri.get(each.concept) for each in (kind, expression))
    if treating is None or treated is None:
        return False
    return any(treating.is_a(given) and treated.is_a(disease) for given, disease in _OBJECTS)
