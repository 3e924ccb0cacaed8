"""A kind and the instances listed of it, in one statement: "antibiotics, including A and B"."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from trialgraph.criteria.chunking.brackets import nested
from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.kin import KIN
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.pieces import TURNING
from trialgraph.criteria.conditions.beside import is_harmless
from trialgraph.criteria.facts.facts import is_content
from trialgraph.criteria.facts.instances import (
    common_clause,
    common_purpose,
    dated_alike,
    end_of_list,
    for_itself,
    instances_of,
    is_way_of,
    narrowed_alike,
    of_unread_kind,
    with_times,
)
from trialgraph.criteria.language.offers import DEMANDED
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.language.wording import wording
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_segments
from trialgraph.criteria.lists.unnamed import is_any_thing, of_unnamed
from trialgraph.criteria.members.anew import FORBIDDING
from trialgraph.criteria.members.parting import stops_treatment
from trialgraph.criteria.members.screens import as_screened, is_screen
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.mentions.topics import topics_of
from trialgraph.criteria.quantities.fitting import local_name
from trialgraph.criteria.statements.subgroups import any_kind
from trialgraph.criteria.trees import all_of, any_of, is_formal, map_facts, negate
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["lists_sorts", "read_denied_kind", "read_instances"]

_SORTS = frozenset({"subtype", "histologic subtype", "histological subtype", "variant", "histology"})
"""What a name is followed by where some kinds of it are meant, which a list behind it tells."""
_TREATED = frozenset({"treated with", "managed with", "previously treated with"})
_USED = frozenset({*GIVEN, "other"})
_HARM = (str(TGC.TreatmentToxicity), str(TGC.SurgicalComplication))
_RELATIVE = frozenset({"that", "which", "affecting", "interfering", "preventing", "impairing"})
_HISTORIC = frozenset({"neutral", "historic"})


def read_instances(text: Text, chunks: list[Chunk]) -> Expression:
    """Read "X, including A and B": instances of X, in X's time and, for treatments, narrowed as X is."""
    default = "or" if text.exclusion else "and"
    at = next((i for i, chunk in enumerate(chunks) if "example" in chunk.classes and i > 0), None)
    stopped = _stopped_at(chunks, at) if at is not None and text.exclusion else None
    if stopped is not None:
        words = narrative(text, chunks[stopped + 1].start, chunks[-1].end)
        return all_of([read_instances(text, trimmed(chunks[:stopped])), words])
    if at is not None and text.exclusion and lists_sorts(chunks):
        return _read_sorts(text, chunks, at)
    if at is not None and not text.exclusion and (denied := read_denied_kind(text, chunks)) is not None:
        return denied
    if at is None or not text.exclusion:
        read = join_segments(text, read_segments(text, trimmed(chunks[at + 1 :])), default) if at else None
        kinds = any_kind(text, chunks[:at], read, chunks[-1].end) if read is not None else None
        return (
            kinds or _including(text, chunks, at) or join_segments(text, read_segments(text, chunks), default)
        )
    if not any(is_content(chunk) for chunk in chunks[:at]):
        return _read_unnamed(text, chunks, at)
    head = join_segments(text, read_segments(text, trimmed(chunks[:at])), default)
    rest = trimmed(chunks[at + 1 :])
    rest = trimmed(rest[0].inner) if len(rest) == 1 and rest[0].kind == "bracket" else rest
    facts = [atom for atom in atoms(head) if isinstance(atom, Fact)]
    if not any(is_content(chunk) for chunk in rest):
        unread = narrative(text, chunks[at].start, chunks[-1].end)
        return with_times(text, dated_alike(head, unread, rest), chunks[at:])
    if not facts or facts[-1].concept_label.startswith(KIN):
        return narrative(text, chunks[0].start, chunks[-1].end) if isinstance(head, Narrative) else head
    if facts[-1].category == "allergy":
        return _with_agents(text, head, rest)
    read = join_segments(text, read_segments(text, rest), default)
    read = as_screened(text, read) if is_screen(text, facts[-1]) else read
    closing = end_of_list(text, rest) or common_purpose(read)
    if _are_of_need(chunks[:at], facts[-1], read) or _do_harm(text, facts[-1], read):
        listed = text.text[chunks[at].start : chunks[-1].end].strip(" ;,.:")
        return map_facts(head, lambda fact: _in_need(fact, listed) if fact is facts[-1] else fact)
    head = map_facts(head, lambda fact: narrowed_alike(fact, closing) if fact is facts[-1] else fact)
    named = head.operands[-1] if isinstance(head, AnyOf) else head
    head = map_facts(head, lambda fact: _set_off(text, fact, rest, read) if fact is named else fact)
    kind = list(atoms(head))[-1]
    if isinstance(kind, Narrative):
        return any_of([head, map_facts(read, lambda fact: of_unread_kind(fact, kind.text))])
    head = dated_alike(head, read, rest)
    head = for_itself(text, head, read, (chunks[at].start, chunks[-1].end))
    head = with_times(text, head, chunks[at:], read)
    instances = narrowed_alike(instances_of(facts[-1], read), closing)
    if is_formal(head):
        formal = [each for each in _members(instances) if is_formal(each) or _is_limited(each)]
        formal = [each for each in formal if not is_way_of(text, facts[-1], each)]
        return any_of([head, *formal, *_told(text, rest, formal)])
    return any_of([head, instances])


def _are_of_need(head: Sequence[Chunk], kind: Fact, instances: Expression) -> bool:
    """Whether instances are those of what a disease needs ("edema requiring treatment, such as surgery").

    Medicines may also be those of a clause on the disease ("that prevents absorption of drugs such as A"),
    or those that are contraindicated.
    """
    named = next((i for i, chunk in reversed(list(enumerate(head))) if _names_disease(chunk)), len(head))
    needed = any("needing" in chunk.classes or chunk.form in _TREATED for chunk in head[named + 1 :])
    acted = any(chunk.form.split(" ")[0] in _RELATIVE for chunk in head[named + 1 :])
    kinds = {each.category if isinstance(each, Fact) else None for each in atoms(instances)}
    forbidden = kind.concept == FORBIDDING and not kinds.isdisjoint(GIVEN)
    used = (needed and kinds <= _USED) or (acted and kinds == {"treatment"})
    return forbidden or (used and kind.category == "condition")


def _do_harm(text: Text, kind: Fact, instances: Expression) -> bool:
    """Whether instances are those of what harm comes from ("toxicities from prior therapy, including A")."""
    term = text.vocabulary.by_iri.get(kind.concept)
    given = [isinstance(each, Fact) and each.category in GIVEN for each in atoms(instances)]
    return term is not None and any(map(term.is_a, _HARM)) and any(given)


def _names_disease(chunk: Chunk) -> bool:
    return chunk.term is not None and chunk.term.category == "condition" and is_content(chunk)


def _in_need(fact: Fact, words: str) -> Fact:
    """Return a disease narrowed by the instances of what it needs."""
    told = "; ".join(filter(None, [fact.modifiers.get("qualifier"), words]))
    return replace(fact, modifiers={**fact.modifiers, "qualifier": told})


def _set_off(text: Text, kind: Fact, rest: Sequence[Chunk], instances: Expression) -> Fact:
    """Return a disease narrowed by what is told behind its instances ("…, including A, that needs B")."""
    if kind.category == "condition" and (clause := common_clause(instances)):
        return kind if clause in kind.modifiers.get("qualifier", "") else _in_need(kind, clause)
    comma = next((i for i, chunk in enumerate(rest) if chunk.form == ","), len(rest))
    behind = rest[comma + 1 :]
    several = any(chunk.form in ("or", "and") for chunk in (*rest[:comma], *behind))
    if kind.category != "condition" or not behind or several:
        return kind
    told = behind[0].form.split(" ")[0] in _RELATIVE or "needing" in behind[0].classes
    return _in_need(kind, text.text[behind[0].start : rest[-1].end].strip(" ;,.:")) if told else kind


def _stopped_at(chunks: Sequence[Chunk], at: int) -> int | None:
    """Return the "and" behind which instances of a treatment are told to have been stopped, or None."""
    places = (i for i, chunk in enumerate(chunks) if i > at and chunk.form == "and")
    return next((i for i in places if stops_treatment(chunks[i + 1 :])), None)


def lists_sorts(chunks: Sequence[Chunk]) -> bool:
    """Whether words name some kinds of what they name ("melanoma subtypes including A and B")."""
    return any(one.form in _SORTS and "example" in two.classes for one, two in itertools.pairwise(chunks))


def _read_sorts(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "melanoma subtypes including A and B", which bars some kinds of it, not all."""
    rest = trimmed(chunks[at + 1 :])
    read = join_segments(text, read_segments(text, rest), "or") if any(map(is_content, rest)) else None
    if read is None or not any(isinstance(atom, Fact) for atom in atoms(read)):
        return narrative(text, chunks[0].start, chunks[-1].end)
    return any_of([narrative(text, chunks[0].start, chunks[at - 1].end), read])


def read_denied_kind(text: Text, chunks: list[Chunk]) -> Expression | None:
    """Read "no serious illness, such as A or B" among demands, which bars the kind and each instance of it.

    None where nothing is denied before the instances, or anything else is asked in the same statement.
    """
    at = next((i for i, chunk in enumerate(chunks) if "example" in chunk.classes and i > 0), 0)
    denial = next((i for i, chunk in enumerate(chunks[:at]) if "negation" in chunk.classes), None)
    if denial is None or not any(map(is_content, chunks[denial:at])):
        return None
    plain = all(is_harmless(chunk, "label") for chunk in chunks[:denial])
    if not plain or any(_asks_more(chunk) for chunk in chunks[denial + 1 :]):
        return None
    barring = copy(text)
    barring.exclusion = True
    past = [replace(chunks[denial], form="history of", classes=_HISTORIC)]
    opening = past if chunks[denial].form.endswith("history of") else []
    read = read_instances(barring, [*opening, *trimmed(chunks[denial + 1 :])])
    return negate(read) if isinstance(next(atoms(read)), Fact) else None


def _asks_more(chunk: Chunk) -> bool:
    """Whether a word turns what is denied, or asks for something else."""
    terms = chunk.value.terms if chunk.value is not None else ()
    limit = chunk.kind == "value" and not any(local_name(term) in wording().scales for term in terms)
    return limit or bool(chunk.classes & TURNING) or chunk.form.startswith(("must", "should"))


def _including(text: Text, chunks: list[Chunk], at: int | None) -> Expression | None:
    """Read "chemotherapy including a platinum agent" among demands: not just any such treatment."""
    if at is None or chunks[at].form != "including" or any(chunk.kind == "window" for chunk in chunks[at:]):
        return None
    lead = trimmed(chunks[:at])
    if not any(map(is_content, lead)):
        return None
    head = join_segments(text, read_segments(text, lead), "and")
    named = list(atoms(head))[-1]
    if not isinstance(named, Fact) or named.category not in GIVEN:
        return None
    words = text.text[chunks[at].start : chunks[-1].end].strip(" ;,.:")
    if DEMANDED.search(words):
        return narrative(text, chunks[0].start, chunks[-1].end)
    return map_facts(head, lambda fact: narrowed_alike(fact, words) if fact is named else fact)


def _read_unnamed(text: Text, chunks: list[Chunk], at: int) -> Expression:
    """Read "serious comorbidity, such as A or B", whose kind has no name that is known."""
    read = join_segments(text, read_segments(text, trimmed(chunks[at + 1 :]) or chunks), "or")
    unknown = [chunk for chunk in chunks[:at] if chunk.kind == "word" and not chunk.classes]
    told = any(chunk.classes & {"negation", "condition", "unactual", "turning"} for chunk in chunks[:at])
    if told or not any(isinstance(atom, Fact) for atom in atoms(read)):
        return join_segments(text, read_segments(text, chunks), "or")
    if not unknown:
        plain = join_segments(text, read_segments(text, chunks), "or")
        if not isinstance(plain, Narrative) or not any(is_any_thing(chunk) for chunk in chunks[:at]):
            return plain
    kind = narrative(text, chunks[0].start, chunks[at - 1].end)
    return any_of([kind, of_unnamed(text, chunks[:at], read)])


def _with_agents(text: Text, head: Expression, chunks: list[Chunk]) -> Expression:
    """Read "allergy to monoclonal antibodies such as A": A is one that the allergy may be to."""
    words = text.text[chunks[0].start : chunks[-1].end].strip(" ,;.:")
    general = text.vocabulary.hypersensitivity
    if general is None:
        return head
    place = text.span(chunks[0].start, chunks[-1].end)
    return any_of([head, Fact(general.iri, general.label, "allergy", {"agent": words}, span=place)])


def _told(text: Text, chunks: list[Chunk], formal: list[Expression]) -> list[Fact]:
    """Return what instances speak of that aren't all understood."""
    said = {atom.concept for each in formal for atom in atoms(each) if isinstance(atom, Fact)}
    topics = topics_of(text, nested(chunks))
    return [topic.fact for topic in topics if not topic.denied and topic.fact.concept not in said]


def _is_limited(member: Expression) -> bool:
    """Whether a member is a fact within a limit, with more words behind them."""
    return isinstance(member, AllOf) and any(isinstance(each, Value) for each in atoms(member))


def _members(expression: Expression) -> tuple[Expression, ...]:
    return expression.operands if isinstance(expression, AnyOf) else (expression,)
