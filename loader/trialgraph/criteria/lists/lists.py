"""The members of a list: what each says by itself, and with the words that they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.pieces import TURNING
from trialgraph.criteria.conditions.alternatives import with_alternative
from trialgraph.criteria.conditions.appended import merge_alternatives, merge_cases, merge_grades
from trialgraph.criteria.conditions.beside import is_harmless, is_method, value_time
from trialgraph.criteria.conditions.cases import holds_value
from trialgraph.criteria.conditions.circumstances import (
    are_those_aged,
    ask_in_case,
    limits_some,
    share_case,
)
from trialgraph.criteria.conditions.elapsed import too_recent
from trialgraph.criteria.conditions.further import other_limit
from trialgraph.criteria.conditions.groups import by_part, by_sex
from trialgraph.criteria.conditions.roles import is_of_all, tells_age
from trialgraph.criteria.conditions.sexes import sex_before, sex_of
from trialgraph.criteria.facts.counts import behind_lines, counted_for, counts_lines
from trialgraph.criteria.facts.facts import is_content, read_fact
from trialgraph.criteria.facts.instances import is_object
from trialgraph.criteria.facts.rewording import reword
from trialgraph.criteria.language.connectives import FINITE, OBTAINED
from trialgraph.criteria.language.vocabulary import GIVEN
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.linkage import (
    heads_limits,
    merge_denied,
    misleads,
    part_values,
    unread_head,
)
from trialgraph.criteria.lists.trailing import (
    adds_nothing,
    beside_words,
    by_presence,
    is_of_some,
    offers_value,
    remarks_on_value,
    with_told,
)
from trialgraph.criteria.lists.unnamed import read_examples
from trialgraph.criteria.members.adjectives import (
    name_narrower,
    share_elided,
    share_graded,
    share_leading,
    share_nouns,
    share_other,
    share_places,
)
from trialgraph.criteria.members.allergens import share_allergens
from trialgraph.criteria.members.awaiting import share_objects
from trialgraph.criteria.members.bearers import share_bearers
from trialgraph.criteria.members.clauses import repeat_history
from trialgraph.criteria.members.enzymes import share_enzymes
from trialgraph.criteria.members.excepted import share_exceptions
from trialgraph.criteria.members.governing import governed, subjects
from trialgraph.criteria.members.hindrances import with_whole_clauses
from trialgraph.criteria.members.merging import merge_qualifiers
from trialgraph.criteria.members.metastases import share_sites
from trialgraph.criteria.members.nouns import share_illness
from trialgraph.criteria.members.parting import part_statement
from trialgraph.criteria.members.relatives import share_relatives
from trialgraph.criteria.members.screens import share_screens
from trialgraph.criteria.members.segments import (
    Segment,
    is_left_open_too,
    is_swallowed_too,
    says_nothing,
    trimmed,
)
from trialgraph.criteria.members.sharing import drop_repeated, share_words
from trialgraph.criteria.members.statuses import share_active, share_history
from trialgraph.criteria.members.timing import ends_plan, time_of_any_kind
from trialgraph.criteria.members.toxicities import share_harm
from trialgraph.criteria.quantities.fitting import is_wanted
from trialgraph.criteria.trees import all_of, alternatives_of, any_of, dated, negate
from trialgraph.expressions import AllOf, Expression, Fact, Narrative, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["read_barred", "read_condition", "read_segments"]

_PAIR = 2
_CANCERS = (str(TGC.HematologicMalignancy), str(TGC.SolidTumor))
_SPREAD = str(TGC.MetastaticMalignantNeoplasm)
_PROVISOS = frozenset(
    {"provided", "provided that", "providing", "providing that", "as long as", "so long as"}
)
"""What opens something more that is asked, where it names no disease of which a wider limit may be."""
_MODALS = frozenset({"must", "must have", "must be", "should", "will", "need", "need to"})
_FAILING = frozenset({"inability", "unable", "failure", "fails", "fail", "failed"})
"""How words open that deny the value behind them ("inability to maintain platelets > 50,000")."""
_SEX = re.compile(r"\W*(?:(?:fe)?males?|(?:wo)?men)\s+", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\s*[*†‡§]+\s*")
_MARKER = re.compile(r"(?:[a-k]|[ivx]{1,4}|\d{1,2})[.)]\s*(?=[A-Z])|[°o]\s*(?=[A-Z])")
"""The letter or number of an item, where its list lost its lines."""
_EXTENT = frozenset({"stage", "grade"})
"""What is said of a disease, and not of the value behind it ("stage II with PSA > 10")."""
_WAIVED = re.compile(
    r"(?:(?:is|are|will be|would be|may be)\s+)?"
    r"(?:not\s+(?:required|applicable|needed|necessary|considered)|considered)\b", re.IGNORECASE
)  # fmt: skip


def read_segments(text: Text, chunks: Sequence[Chunk]) -> list[Segment]:
    """Part a statement and read each part."""
    segments = part_statement(reword(text, chunks), barring=text.exclusion, text=text)
    several = len(segments) > 1
    if several:
        segments = merge_alternatives(text, merge_cases(text, segments))
        segments = merge_qualifiers(text, merge_denied(merge_grades(segments), exclusion=text.exclusion))
    for segment in segments:
        _read_segment(text, segment)
    if several:
        segments = share_bearers(_shared(text, segments), exclusion=text.exclusion)
    else:
        name_narrower(text, segments)
    time_of_any_kind(segments)
    told = [
        segment
        for index, segment in enumerate(segments)
        if not (
            says_nothing(segment)
            or ends_plan(segments[:index], segment)
            or is_swallowed_too(segments[:index], segment)
            or (index == len(segments) - 1 and is_left_open_too(segments[:index], segment))
            or (index == 0 and not text.exclusion and heads_limits(segments))
        )
    ]
    for segment in told:
        _read_listed(text, segment)
    return told


def _shared(text: Text, segments: list[Segment]) -> list[Segment]:
    """Return the members of a list, each with what it shares with others."""
    segments = with_whole_clauses(text, segments)
    share_words(text, segments, _read_segment)
    share_sites(text, segments, _read_segment)
    share_objects(text, segments, _read_segment)
    share_illness(text, segments, _read_segment)
    share_places(text, segments, _read_segment)
    share_allergens(text, segments, _read_segment)
    share_harm(text, segments)
    share_screens(text, segments)
    share_leading(text, segments)
    share_elided(text, segments)
    share_graded(text, segments)
    name_narrower(text, segments)
    share_enzymes(text, segments, _read_segment)
    share_active(text, segments)
    share_history(segments)
    share_nouns(text, segments)
    share_exceptions(text, segments)
    share_other(text, segments)
    repeat_history(text, segments)
    share_relatives(text, segments)
    if not text.exclusion:
        share_case(segments)
    return subjects(governed(drop_repeated(segments)), exclusion=text.exclusion)


def _read_listed(text: Text, segment: Segment) -> None:
    """Read what a bracket lists: instances of what a member names, treatments with a time of their own.

    What a member that bars names may be known by its instances only.
    """
    if segment.expression is None and text.exclusion:
        segment.expression = read_examples(text, segment.chunks, _read_any)
    kind, listed = segment.expression, trimmed(segment.examples)
    if listed and isinstance(kind, Fact) and kind.category != "reproductive":
        members = read_segments(text, listed)
        if kind.category in GIVEN:
            members = [each for each in members if not is_object(text, kind, each.expression)]
        segment.listed = join_segments(text, members, "or") if members else None
    if segment.other_time is not None:
        others = trimmed(segment.other_time[1])
        segment.others = join_segments(text, read_segments(text, others), "or")


def read_barred(text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return what bars in a list of things that bar, also where it stands among demands."""
    barring = copy(text)
    barring.exclusion = True
    return join_segments(barring, read_segments(barring, chunks), "or")


def _read_segment(text: Text, segment: Segment) -> None:
    chunks = segment.chunks
    segment.carries = True
    value = next((i for i, chunk in enumerate(chunks) if chunk.kind == "value"), None)
    concept = next((i for i, chunk in enumerate(chunks) if is_content(chunk) and chunk.kind != "value"), None)
    if value is not None and (concept is None or value < concept):
        segment.expression = _read_value(text, chunks, value, segment)
        segment.carries = False
        return
    if value is None and (apart := _with_aside(text, chunks, concept, segment)) is not None:
        segment.expression = apart
        return
    parted = _with_values(text, chunks, concept) if concept is not None else None
    reading = read_fact(text, chunks if parted is None else parted[0])
    if parted is not None:
        named = reading.expression if reading else unread_head(text, parted[0])
        segment.expression = all_of([named, parted[1]]) if named is not None else None
        segment.negated, segment.carries = reading is not None and reading.negated, False
        if segment.negated and named is not None and not text.exclusion and is_wanted(parted[1]):
            # "adequate function without transfusion, defined as platelets > 100": the limit is to be kept.
            segment.expression, segment.negated = all_of([negate(named), parted[1]]), False
        return
    if reading is not None:
        segment.expression, segment.negated = reading.expression, reading.negated
        segment.leading, segment.tested = reading.leading, reading.tested
        segment.examples, segment.other_time = reading.examples, reading.other_time
        ask_in_case(text, segment)
        return
    segment.carries = not any(chunk.form in FINITE for chunk in chunks)
    if text.exclusion and (since := too_recent(text, chunks, lambda each: read_barred(text, each))):
        segment.expression, segment.carries = since, False


def _read_any(text: Text, chunks: Sequence[Chunk]) -> Expression:
    return join_segments(text, read_segments(text, chunks), "or")


def _with_aside(text: Text, chunks: list[Chunk], concept: int | None, segment: Segment) -> Expression | None:
    """Read "adults (≥ 18 years) with breast cancer": the bracket before the concept is a value of its own."""
    aside = next((chunk for chunk in chunks[:concept] if holds_value(chunk)), None)
    if aside is None:
        return None
    rest = [chunk for chunk in chunks if chunk is not aside]
    default = "or" if text.exclusion else "and"
    value = join_segments(text, read_segments(text, trimmed(aside.inner)), default)
    reading = read_fact(text, rest)
    if reading is not None and reading.negated:
        return None
    if reading is not None:
        segment.carries = False
        return all_of([value, reading.expression])
    if all(is_harmless(chunk, "label") for chunk in rest):
        return value
    return all_of([value, narrative(text, rest[0].start, rest[-1].end)])


def _with_values(text: Text, chunks: list[Chunk], concept: int) -> tuple[list[Chunk], Expression] | None:
    """Part "hypertension with systolic pressure ≥ 160 or …" into the concept and its values."""
    parted = part_values(text, chunks, concept)
    if parted is None:
        return None
    kept, values, asking = parted
    if asking:
        wanted = copy(text)
        wanted.exclusion = False
        joined = negate(join_segments(wanted, read_segments(wanted, values), "and"))
    else:
        joined = join_segments(text, read_segments(text, values), "or" if text.exclusion else "and")
    return (kept, joined) if any(isinstance(atom, Value) for atom in atoms(joined)) else None


def _read_value(text: Text, chunks: list[Chunk], at: int, segment: Segment) -> Expression | None:
    before = chunks[:at]
    unknown: list[Chunk] = []
    for chunk, following in zip(before, chunks[1:], strict=False):
        if chunk.form in _EXTENT or following.kind == "limit":
            unknown.append(chunk)
        elif "negation" in chunk.classes:
            segment.negated = not segment.negated
        elif (
            chunk is before[0] and (chunk.form == "but" or _MARKER.match(text.text, chunk.start))
        ) or is_harmless(chunk, "label", "qualifier", "active", "value_tail"):
            continue
        elif chunk.form.strip("'\"*-") and not are_those_aged(chunk, chunks[at]):
            unknown.append(chunk)
    expression = None if limits_some(before) else chunks[at].expression
    if expression is None or misleads(unknown):
        return None
    read = _read_around_value(text, expression, chunks, at, segment)
    if text.exclusion and not segment.negated and (sex := sex_before(text, before, chunks[at])) is not None:
        read = all_of([sex, read])
    if not unknown:
        return read
    if text.exclusion and unknown[0].form.split(" ")[0] in _FAILING and not counts_lines(expression):
        read = negate(read)
    told = next(chunk for chunk in before if chunk is unknown[0] or "qualifier" in chunk.classes)
    return all_of([narrative(text, told.start, chunks[at].start), read])


def _read_around_value(
    text: Text, expression: Expression, chunks: list[Chunk], at: int, segment: Segment
) -> Expression:
    """Take in what is said behind a value: its time, other limits, in which case it is asked."""
    before, after = chunks[:at], chunks[at + 1 :]
    window, after = value_time(before, after)
    if window is not None:
        expression = dated(expression, window)
    timing = OBTAINED if window is not None else ()
    rest = [chunk for chunk in after if chunk.kind not in ("window", "sign") and chunk.form not in timing]
    rest = [chunk for chunk in rest if not _FOOTNOTE.fullmatch(text.text, chunk.start, chunk.end)]
    parted = by_sex(text, expression, chunks[at], rest) or by_part(text, expression, chunks[at], rest)
    if parted is not None:
        return parted
    rest = [chunk for chunk in rest if not is_method(chunk)]
    for chunk in remarks_on_value(text, chunks[at], rest):
        expression = with_told(text, expression, chunks[at], chunk)
        rest.remove(chunk)
        after = [each for each in after if each is not chunk]
    if not rest or all(chunk.classes & {"value_tail"} for chunk in rest):
        return expression
    plain = adds_nothing(text, rest, rest[-1].end)
    if (present := expression if plain else by_presence(text, expression, rest)) is not None:
        return present
    if rest[0].kind == "limit" and other_limit(text, chunks[at], [rest[0]]) is not None:
        return with_alternative(text, expression, chunks[at], rest, (rest[0].start, rest[-1].end))
    if rest[0].form.startswith(tuple(_MODALS)) and is_of_some(text, before, chunks[at]):
        words = narrative(text, rest[0].start, after[-1].end)
        return all_of([expression, words]) if text.exclusion else any_of([negate(expression), words])
    if _WAIVED.match(text.text, rest[0].start):
        return narrative(text, chunks[at].start, after[-1].end)
    if (beside := _with_fact_behind(text, expression, rest)) is not None:
        return beside
    if (counted := counted_for(text, expression, rest, after[-1].end)) is not None:
        return counted
    condition = next(
        (i for i, each in enumerate(rest) if "condition" in each.classes or each.form == "for"), 0
    )
    everyone = not text.exclusion and (is_of_all(text, chunks, at) or _opens_with_sex(text, chunks, at))
    far = any(is_content(chunk) for chunk in rest[:condition]) or (condition > 0 and everyone)
    if not far and ("condition" in rest[condition].classes or rest[condition].form == "for"):
        begins, kept = rest[condition].start, {chunk.start for chunk in rest}
        case = [each for each in after if each.start > begins and (each.start in kept or each.form == ",")]
        asked = _of_any(text, read_condition(text, case))
        proviso = rest[condition].form in _PROVISOS and not isinstance(asked, Fact)
        offered = segment.joint == "or" or offers_value(text, after[-1].end)
        told = isinstance(asked, Narrative) and asked.reason != "not-formalised" and everyone
        alternative = text.exclusion or offered or proviso or told
        return all_of([asked, expression]) if alternative else any_of([negate(asked), expression])
    return beside_words(text, expression, chunks[at], [each for each in after if each.start >= rest[0].start])


def _opens_with_sex(text: Text, chunks: list[Chunk], at: int) -> bool:
    """Whether a criterion opens with an age of women or men, of whom it tells more ("women ≥ 40 who …")."""
    return tells_age(chunks[at]) and _SEX.fullmatch(text.text, 0, chunks[at].start) is not None


def _with_fact_behind(text: Text, expression: Expression, rest: list[Chunk]) -> Expression | None:
    """Return a value with what stands behind it, or with the disease that "with" leads to."""
    told = rest if is_content(rest[0]) else behind_lines(expression, rest)
    named = read_fact(text, told) if told else None
    if named is not None and not named.negated:
        return all_of([expression, named.expression])
    turned = any(chunk.classes & TURNING - {"negation"} for chunk in rest)
    borne = read_fact(text, rest[1:]) if rest[0].form == "with" and rest[1:] and not turned else None
    if borne is None or not isinstance(borne.expression, Fact) or borne.expression.category != "condition":
        return None
    return all_of([expression, negate(borne.expression) if borne.negated else borne.expression])


def _of_any(text: Text, case: Expression) -> Expression:
    """Return patients with many diseases as those with any ("≥ 5 for patients with A, B and C").

    So are those with two cancers, of which hardly anybody has both ("for ALL and DLBCL").
    """
    parts = case.operands if isinstance(case, AllOf) else ()
    if not all(isinstance(each, Fact) and each.category == "condition" for each in parts):
        return case
    named = [text.vocabulary.by_iri[each.concept] for each in parts if isinstance(each, Fact)]
    cancers = all(any(map(term.is_a, _CANCERS)) and not term.is_a(_SPREAD) for term in named)
    apart = not any(one is not two and one.is_a(two.iri) for one in named for two in named)
    return alternatives_of(case) if len(parts) > _PAIR or (cancers and apart) else case


def read_condition(text: Text, chunks: Sequence[Chunk]) -> Expression:
    """Return in whose case something is asked; words where it isn't understood."""
    kept = trimmed(chunks)
    if not kept:
        return Narrative("", "not-formalised")
    if not any(is_content(chunk) for chunk in kept):
        return sex_of(text, kept) or narrative(text, kept[0].start, kept[-1].end)
    return join_segments(text, read_segments(text, kept), "and")
