"""What patients have to have recovered from: "recovered from toxicities of prior therapy to grade ≤ 1"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trialgraph.criteria.chunking.brackets import category_of
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.conditions.exempting import except_for
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.language.connectives import JOINTS, WHO
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.offers import DEMAND
from trialgraph.criteria.language.vocabulary import GIVEN, Term
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.trees import all_of, any_of, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Not
from trialgraph.namespaces import TGC

__all__ = ["is_unresolved", "read_recovery"]

_STEMS = ("recover", "resol", "returned to", "improved to")
"""What each word for being over has in it."""
_RECOVERED = re.compile(r"(?:^|[\s-])(?:recover(?:ed|y|s)?|resolved|resolution|returned|improved)\b")
_BOUNDED = re.compile(
    r"\b(?:must|should|needs?\s+to|has\s+to|have\s+to)\s+be\s+(?:of\s+)?(?:(?:nci\W+)?ctcae\s+)?"
    r"(?:(?:≤|<|no\s+(?:more|greater|higher|worse)\s+than|less\s+than\s+or\s+equal\s+to|at\s+most)"
    r"\s*(?:(?:nci\W+)?ctcae\s+(?:v(?:ersion)?\s?[\d.]+\s+)?)?grade\s*[0-4]"
    r"|grade\s*(?:≤|<)\s*[0-4]|grade\s*[0-4]\s+or\s+(?:less|lower|better|below|baseline|grade\s*0)"
    r"|grade\s*(?:0\s*(?:-|–|or|to|/)\s*1)\b)"
    r"|\b(?:must|should|can|may)\s*not\s+(?:be\s+(?:greater|worse|higher|more)\s+than|be\s*>|exceed)"
    r"\s*(?:(?:nci\W+)?ctcae\s+(?:v(?:ersion)?\s?[\d.]+\s+)?)?grade\s*[0-4]"
)
"""How bad something may still be ("toxicities must be grade 1 or less")."""
_HEALING = re.compile(
    r"\W*(?:note\W+)?(?:(?:(?:all|the)\s+)?(?:patients?|subjects?|participants?)\s+)?(?:(?:must|should)\s+have\s+)?"
    r"(?:complete|adequate|full|sufficient)\s+(?:post-?operative\s+)?(?P<wound>wound\s+)?healing\b",
    re.IGNORECASE,
)
"""How a demand opens that something be healed."""
_LACKING = re.compile(r"^(?:failure|failed|incomplete|inadequate|insufficient|lack|non)\b")
_ASKING = ("must", "should", "need", "has to", "have to")
_INJURY = str(TGC.TraumaticInjury)
_COMPLICATION, _SURGERY = str(TGC.SurgicalComplication), str(TGC.Surgery)
_TOXIC = frozenset({str(TGC.TreatmentToxicity), _COMPLICATION})
_NEOPLASM = str(TGC.Neoplasm)
_LITTLE = frozenset({"neutral", "negation", "post", "persons", "condition", "qualifier", "historic", "tail"})
_ENOUGH = frozenset({"adequate", "complete", "full", "sufficient"})
_UNRESOLVED, _NOT_RECOVERED = "unresolved", "not recovered"
_HAVING = frozenset({"has", "have", "had", "is", "are", "has had", "have had"})
_HARMS = frozenset({"ae", "effect", "side effect", "toxic effect"})
_EFFECTS = frozenset({"effects", "side effects", "toxic effects", "any", "all", "the"})
_STOPPED = frozenset({"discontinued", "stopped", "interrupted", "ceased", "terminated"})
_CAUSING = frozenset({"of", "from", "due to", "related to"})
_NEAR = 3
_ASIDES = frozenset({"bracket", "value", "limit"})
_JOINTS = JOINTS | {"if", "who"}
_BEING = frozenset({"be", "have been", "been"})
_ADVERBS = ("ly", "yet")

Reader = Callable[[list[Chunk]], Expression | None]


def read_recovery(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    """Return what of a treatment must be over, as a toxicity or operation that bars until then.

    The fact keeps the words for how far it has to be over, so that only its absence is ever certain. None
    for a statement about anything else, or whose denial and kind don't go together.

    Args:
        text: The text under reading.
        chunks: A statement of it.
        read: Reads what a list says besides.
    """
    if (stopped := _to_be_stopped(text, chunks) or _to_be_healed(text, chunks)) is not None:
        return stopped
    if not any(map(text.lowered.__contains__, _STEMS)) and _bound_at(text, chunks) is None:
        return None
    except_at = next((i for i, chunk in enumerate(chunks) if i and "exception" in chunk.classes), len(chunks))
    found = _read(text, trimmed(chunks[:except_at]), read)
    excepted = chunks[except_at + 1 :]
    if found is None or not excepted:
        return found if except_at == len(chunks) else None
    place = (excepted[0].start, excepted[-1].end)
    return except_for(text, found, text.text[slice(*place)].strip(" ;,.:"), place)


def _read(text: Text, chunks: Sequence[Chunk], read: Reader) -> Expression | None:
    if len(chunks) > _NEAR and chunks[0].form == "note" and chunks[1].form == ":":
        chunks = chunks[2:]
    opening, chunks = chunks[: _demand_start(chunks)], chunks[_demand_start(chunks) :]
    at = next((i for i, chunk in enumerate(chunks) if _RECOVERED.search(chunk.form)), None)
    bound = at is None
    at = _bound_at(text, chunks) if at is None else at
    if at is None or any("allowance" in chunk.classes for chunk in chunks):
        return None
    told = DEMAND.match(text.text[chunks[0].start : chunks[-1].end]) is not None
    asked = told or any(chunk.form.startswith(_ASKING) for chunk in chunks[max(0, at - _NEAR) : at])
    start, end = _clause(chunks, at, "and" if asked or not text.exclusion else "or")
    clause = list(chunks[start:end])
    at -= start
    heads = _heads(text, clause, at) or (_borne(clause, at) if bound else [])
    if (
        not heads
        or (text.exclusion and heads[0][0] < at)
        or not _is_plain(text, clause, heads[0][0], at, bound=bound)
    ):
        return None
    denied = any(_denies(chunk) for chunk in clause[: at if bound else at + 1])
    asked = any(chunk.form.startswith(_ASKING) for chunk in clause)
    if denied if not text.exclusion else not (denied or asked):
        return None
    before, behind = (
        [read(part)] if part else [] for part in (trimmed(chunks[:start]), trimmed(chunks[end:]))
    )
    heads = [(place, _harm_of(text, term, opening)) for place, term in heads]
    barred = [_unresolved(text, clause, heads, i, at) for i in range(len(heads))]
    besides = [each for each in (*before, *behind) if each is not None]
    if len(besides) < len(before) + len(behind):
        return None
    if not text.exclusion:
        return all_of([*besides, *map(negate, barred)])
    demanded = [*(before if told else ()), *(behind if asked else ())]
    lacked = _lacked([each for each in demanded if each is not None], chunks[end:])
    kept = [each for each in besides if each not in demanded]
    return None if lacked is None else any_of([*kept, *lacked, *barred])


def _demand_start(chunks: Sequence[Chunk]) -> int:
    """Return where a demand starts that is made of those who had a treatment: nobody else has its toxicity.

    "If the patient had surgery, they must have recovered …", "patients who received A must have recovered …".
    """
    asking = next((i for i, chunk in enumerate(chunks) if _asks(chunks, i)), 0)
    opening = chunks[:asking]
    while opening and (opening[-1].form in ("they", "the") or "persons" in opening[-1].classes):
        opening = opening[:-1]
    led = len(opening) > 1 and (
        (opening[0].form == "if" and opening[-1].form == ",") or any(c.form == "who" for c in opening[:2])
    )
    named = [chunk for chunk in opening if is_content(chunk) and chunk.kind != "value"]
    plain = all(
        is_content(chunk) or chunk.kind in _ASIDES or chunk.form in _JOINTS or _is_little(chunk)
        for chunk in opening
    )
    given = bool(named) and all(category_of(chunk) in GIVEN for chunk in named)
    return asking if led and plain and given else 0


def _harm_of(text: Text, term: Term, opening: Sequence[Chunk]) -> Term:
    """Return the harm of the treatments that a demand is about, which may be more than operations."""
    toxicity = text.vocabulary.named("TreatmentToxicity")
    operations = all(c.term is None or c.term.is_a(_SURGERY) for c in opening if is_content(c))
    return term if operations or toxicity is None or term.iri != _COMPLICATION else toxicity


def _asks(chunks: Sequence[Chunk], at: int) -> bool:
    """Whether a demand goes on at a word: at "must", and at "have" behind "they"."""
    having = at > 1 and chunks[at].form in _HAVING and chunks[at - 1].form == "they"
    return having or chunks[at].form.startswith(_ASKING)


def _lacked(demanded: Sequence[Expression], behind: Sequence[Chunk]) -> list[Expression] | None:
    """Return what a demand within exclusions bars by what it denies; None unless it denies only."""
    leaves: list[Expression] = []
    for each in demanded:
        leaves += each.operands if isinstance(each, AllOf | AnyOf) else (each,)
    parted = len(leaves) > 1 and any(chunk.form == "or" for chunk in behind)
    plain = all(isinstance(each, Not) and isinstance(each.operand, Fact) for each in leaves)
    return list(map(negate, leaves)) if plain and not parted else None


def is_unresolved(expression: Expression) -> bool:
    """Whether something is barred that patients have not recovered from, or among other things."""
    if isinstance(expression, AnyOf):
        return any(map(is_unresolved, expression.operands))
    told = expression.modifiers.get("qualifier", "") if isinstance(expression, Fact) else ""
    return told.startswith((_UNRESOLVED, _NOT_RECOVERED))


def _denies(chunk: Chunk) -> bool:
    """Whether a word denies; "non-hematologic" in the name of a toxicity doesn't."""
    return _is_negation(chunk) or (chunk.kind == "word" and _LACKING.match(chunk.form) is not None)


def _is_negation(chunk: Chunk) -> bool:
    return chunk.kind == "word" and "negation" in chunk.classes


def _bound_at(text: Text, chunks: Sequence[Chunk]) -> int | None:
    """Return where a demand says how bad what is named before it may be at most; None where none does."""
    if text.exclusion or "grade" not in text.lowered:
        return None
    found = _BOUNDED.search(text.lowered, chunks[0].start, chunks[-1].end)
    harm = next((i for i, chunk in enumerate(chunks) if _is_harm(chunk) or _is_borne(chunk)), len(chunks))
    starts = (i for i, chunk in enumerate(chunks) if found is not None and chunk.start >= found.start())
    at = next(starts, None)
    return at if at is not None and harm < at else None


def _to_be_stopped(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read "breastfeeding should be discontinued", which bars those who go on; a reason may stand by it."""
    at = next((i for i, chunk in enumerate(chunks) if i and chunk.form in _STOPPED), None)
    first = at
    while first and (chunks[first - 1].form in _BEING or chunks[first - 1].form.startswith(_ASKING)):
        first -= 1
    state = chunks[first - 1] if first and at is not None and first < at else None
    asked = state is not None and any(chunk.form.startswith(_ASKING) for chunk in chunks[first:at])
    if state is None or not asked or state.term is None or category_of(state) != "reproductive":
        return None
    reason = chunks[0].form.startswith("because")
    if not reason and any(map(is_content, chunks[: (first or 1) - 1])):
        return None
    span = text.span(state.start, state.end)
    going_on = Fact(
        state.term.iri, state.term.label, "reproductive", {"qualifier": "not discontinued"}, span=span
    )
    return going_on if text.exclusion else negate(going_on)


def _to_be_healed(text: Text, chunks: Sequence[Chunk]) -> Expression | None:
    """Read "must have complete wound healing", "complete healing of an abscess must be confirmed"."""
    if "healing" not in text.lowered:
        return None
    start, end = chunks[0].start, chunks[-1].end
    found = _HEALING.match(text.text, start, end)
    asked = any(chunk.form.startswith(_ASKING) for chunk in chunks)
    if found is None or not asked or any(c.form.startswith("assess") or _is_negation(c) for c in chunks):
        return None
    named = [
        chunk.term for chunk in chunks if chunk.start >= found.end() and category_of(chunk) == "condition"
    ]
    term = text.vocabulary.named("UnhealedWound") if found["wound"] else named[0] if len(named) == 1 else None
    if term is None or (found["wound"] and named):
        return None
    told = text.text[found.end() : end].strip(" ;,.")
    fact = Fact(
        term.iri,
        term.label,
        "condition",
        {"qualifier": f"{_UNRESOLVED}; {told}" if told else _UNRESOLVED},
        span=text.span(start, end),
    )
    return fact if text.exclusion else negate(fact)


def _clause(chunks: Sequence[Chunk], at: int, joint: str) -> tuple[int, int]:
    """Return where the statement on recovery starts and ends among what the word joins."""
    first = next((i for i in range(at - 1, -1, -1) if _is_harm(chunks[i])), at)
    starts = (i for i in range(first, 0, -1) if chunks[i - 1].form == joint or _begins_anew(chunks, i, joint))
    start = next(starts, 0)
    more = any(is_content(chunk) or chunk.kind in ("limit", "window") for chunk in chunks[:start])
    if not more or not all(map(_is_little, chunks[start:first])):
        start = 0
    joints = (joint, ",")
    ends = (
        i for i in range(at + 1, len(chunks) - 1) if chunks[i].form in joints and _restarts(chunks, i + 1)
    )
    return start, next(ends, len(chunks))


def _begins_anew(chunks: Sequence[Chunk], at: int, joint: str) -> bool:
    """Whether others are barred behind a comma ("major surgery within 4 weeks, patients who have not …")."""
    return joint == "or" and chunks[at - 1].form == "," and _names_persons(chunks[at])


def _names_persons(chunk: Chunk) -> bool:
    return "persons" in chunk.classes or chunk.form in WHO


def _restarts(chunks: Sequence[Chunk], at: int) -> bool:
    chunk = chunks[at]
    if "negation" in chunk.classes:  # "…, not require corticosteroids"
        return at > 1 and chunks[at - 2].kind == "concept"
    restarts = chunk.form in _HAVING or chunk.form.startswith(_ASKING) or _names_persons(chunk)
    return restarts and chunks[at - 1].form != ","


def _is_little(chunk: Chunk) -> bool:
    little = bool(chunk.classes & _LITTLE) or chunk.form.endswith(_ADVERBS) or chunk.form in _ENOUGH
    return chunk.kind == "word" and (little or _LACKING.match(chunk.form) is not None)


def _is_harm(chunk: Chunk) -> bool:
    return chunk.term is not None and not _TOXIC.isdisjoint((chunk.term.iri, *chunk.term.ancestors))


def _is_plain(text: Text, clause: Sequence[Chunk], head: int, at: int, *, bound: bool) -> bool:
    """Whether nothing but recovery is asked: no opinion on it, no value, no demand or denial behind it."""
    words = text.text[clause[0].start : clause[max(head, at)].end]
    behind = clause[at + 1 :]
    if bound and behind and _is_negation(behind[0]):  # "must not be greater than grade 1"
        behind = behind[1:]
    return (
        all(map(_is_little, clause[: min(head, at)]))
        and text.search(lexicon().judgement, words) is None
        and not any(chunk.kind == "value" for chunk in clause)
        and not any(_is_negation(chunk) or chunk.form.startswith(_ASKING) for chunk in behind)
    )


def _heads(text: Text, clause: Sequence[Chunk], at: int) -> list[tuple[int, Term]]:
    """Return where what has to be over is named, and its concept: toxicities, or else treatments."""
    named = [(i, chunk.term) for i, chunk in enumerate(clause) if chunk.kind == "concept" and chunk.term]
    toxic = [(i, term) for i, term in named if _is_harm(clause[i])]
    if toxic:
        return toxic[:1] if all(i >= min(at, toxic[0][0]) for i, _ in named) else []
    undergone = [(i, term) for i, term in named if category_of(clause[i]) in GIVEN or term.is_a(_INJURY)]
    behind = [(i, term) for i, term in undergone if i > at]
    toxicity = text.vocabulary.named("TreatmentToxicity")
    harm = next((i for i, chunk in enumerate(clause) if chunk.form in _HARMS), None)
    recovered = any(chunk.form == "from" for chunk in clause[at:])
    if not named and harm is not None and toxicity is not None:
        following = clause[harm + 1].form if harm + 1 < len(clause) else ""
        return [(harm, toxicity)] if following in _CAUSING or (recovered and harm > at) else []
    if len(behind) < len(named) or not recovered:
        return []
    return [(i, _toxicity(text, term)) for i, term in behind]


def _toxicity(text: Text, given: Term) -> Term:
    """Return the toxicity that is named after a treatment, that of any treatment, or an operation itself."""
    named = text.vocabulary.find(f"{given.label} toxicity")
    if named is not None and str(TGC.TreatmentToxicity) in named.ancestors:
        return named
    toxicity = text.vocabulary.named("TreatmentToxicity")
    itself = given.category == "procedure" or given.is_a(_INJURY)
    return given if itself or toxicity is None else toxicity


def _is_borne(chunk: Chunk) -> bool:
    """Whether a chunk names a condition that may be bad or less bad, which a tumour isn't."""
    return category_of(chunk) == "condition" and chunk.term is not None and not chunk.term.is_a(_NEOPLASM)


def _borne(clause: Sequence[Chunk], at: int) -> list[tuple[int, Term]]:
    """Return the condition whose grade a demand bounds; nothing else but treatments may be named."""
    named = [(i, chunk.term) for i, chunk in enumerate(clause) if chunk.kind == "concept" and chunk.term]
    borne = [(i, term) for i, term in named if _is_borne(clause[i])]
    others = [i for i, _ in named if category_of(clause[i]) not in GIVEN]
    return borne if len(borne) == len(others) == 1 and borne[0][0] < at else []


def _unresolved(
    text: Text, clause: Sequence[Chunk], heads: Sequence[tuple[int, Term]], index: int, at: int
) -> Fact:
    """Return one of the things that must be over, with the words that all of them share and its own."""
    place, term = heads[index]
    first, last = heads[0][0], heads[-1][0]
    before = [chunk for chunk in clause[: min(place, at)] if "qualifier" in chunk.classes]
    if any(clause[head + 1].form not in _JOINTS for head, _ in heads[:-1]):
        first, last = place, place  # More is said of one of them, which isn't the others'.
    own = [chunk for chunk in clause[heads[index - 1][0] + 1 : place] if index and chunk.form not in _JOINTS]
    shared = clause[at + 1 : first] if first > at else []
    told = [list(filter(_narrows, part)) for part in (shared, own if first < place else [])]
    parts = (before, *told, clause[last + 1 :])
    words = [text.text[part[0].start : part[-1].end].strip(" ,;.") for part in parts if part]
    over = _NOT_RECOVERED if term.category == "procedure" or term.is_a(_INJURY) else _UNRESOLVED
    qualifier = "; ".join([over, *(each for each in words if each)])
    span = text.span(clause[place].start, clause[place].end)
    return Fact(term.iri, term.label, term.category or "condition", {"qualifier": qualifier}, span=span)


def _narrows(chunk: Chunk) -> bool:
    """Whether a word before what must be over narrows it; "the effects of" doesn't."""
    if chunk.form in _HARMS | _CAUSING | _EFFECTS:
        return False
    return not chunk.classes or "qualifier" in chunk.classes
