"""From a criterion's words to its expression: sentences, nested items and lead-ins."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from trialgraph.criteria.chunking.attributions import without_attributions
from trialgraph.criteria.chunking.chunks import Chunk, Chunker, Text
from trialgraph.criteria.chunking.formulas import without_formulas
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.chunking.reasons import without_reasons
from trialgraph.criteria.chunking.records import without_records
from trialgraph.criteria.chunking.relatives import with_own_history
from trialgraph.criteria.conditions.cases import asked_of
from trialgraph.criteria.conditions.complements import (
    asks_too_much,
    contradicts_itself,
    join_complements,
    lists_ways,
    without_denied_limits,
    without_met,
)
from trialgraph.criteria.conditions.concerned import lift_what_is_named
from trialgraph.criteria.conditions.elapsed import (
    asks_treatment,
    read_barred_interval,
    read_interval,
    tells_elapsed,
    tells_periods,
)
from trialgraph.criteria.conditions.exempting import except_for
from trialgraph.criteria.conditions.finished import finished_in_time
from trialgraph.criteria.conditions.remnants import add_values
from trialgraph.criteria.conditions.widening import loosened, set_apart
from trialgraph.criteria.criterion import Kind
from trialgraph.criteria.facts.companions import with_companions
from trialgraph.criteria.language.lexicon import lexicon
from trialgraph.criteria.language.offers import (
    DEMAND,
    asks_all,
    counts_several,
    defines_childbearing,
    discounts,
    exemplifies,
    fails_list,
    lacks_list,
    lets_in,
    lists_contraception,
    meets_nothing,
    offers_choice,
)
from trialgraph.criteria.language.vocabulary import Term, Vocabulary
from trialgraph.criteria.lists.joining import join_segments
from trialgraph.criteria.lists.lists import read_barred, read_segments
from trialgraph.criteria.members.cancers import are_all_cancers
from trialgraph.criteria.members.segments import trimmed
from trialgraph.criteria.members.sentences import sentences_of, time_of_label, with_list
from trialgraph.criteria.quantities.tables import outline_without
from trialgraph.criteria.sections.normalization import NormalizedText
from trialgraph.criteria.sections.outline import Outline
from trialgraph.criteria.statements.admissions import (
    asks_some,
    barred_unless,
    permitted,
    read_permission,
)
from trialgraph.criteria.statements.allergies import read_allergies
from trialgraph.criteria.statements.asides import without_asides
from trialgraph.criteria.statements.demands import read_demanded
from trialgraph.criteria.statements.denials import read_denied
from trialgraph.criteria.statements.endings import join_items, of_its_part
from trialgraph.criteria.statements.exceptions import limits_excepted
from trialgraph.criteria.statements.finishing import finished
from trialgraph.criteria.statements.grants import granted
from trialgraph.criteria.statements.idle import (
    arranges,
    lists_tested,
    without_idle,
    without_idle_items,
)
from trialgraph.criteria.statements.inlines import with_inline_items
from trialgraph.criteria.statements.leadins import between, with_lead
from trialgraph.criteria.statements.notes import (
    are_notes,
    excuses_only,
    is_of_some,
    is_title,
    lifted_by,
    only_notes,
    says_more,
    with_notes,
    without_fields,
)
from trialgraph.criteria.statements.parts import by_part_of_trial
from trialgraph.criteria.statements.plans import read_planned_list
from trialgraph.criteria.statements.reproduction import (
    explains_list,
)
from trialgraph.criteria.statements.sequences import read_sentences
from trialgraph.criteria.statements.timed import in_time_of_tests
from trialgraph.criteria.statements.undemanding import permits_list, permitted_words, without_permitted
from trialgraph.criteria.statements.women import read_list_of_women
from trialgraph.criteria.trees import (
    all_of,
    any_of,
    dated,
    is_formal,
    negate,
)
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, atoms, demands_nothing

__all__ = ["read_expression"]

_LONGEST = 20_000
_EXCEPTED = re.compile(
    r"\b(?:except(?:ion|ions)?(?: for| of)?|excluding|other than)\b"
    r"(?=[^:]{0,60}:\s*$|\s*\([^()]*\)\s*:\s*$|[^:]{0,90}\b(?:below|following|follows)\s*:\s*$)(?:[^:()]|\([^()]*\))*:\s*$"
    r"|\bunless(?:\b[^:.;]{0,60}\b(?:meet|fulfil|satisf)\w*\b[^:.;]{0,60}|(?:\s+(?:the|both|it|of|for|if|in|any|one"
    r"|all|or|more|is|are|at|least|they|there|met|who|with|have|has|by|patients?|subjects?|participants?|criteri\w+"
    r"|conditions?|appl\w+|following|below|as|described|listed|exclusion|hiv|positive|true|exists?|present|occurs?))*)\s*:\s*$",
    re.IGNORECASE,
)
_MAY_ENTER = re.compile(r"\b(?:may|can|will|is|are)\b[^.]*\bunless\b", re.IGNORECASE)
_UNFINISHED = re.compile(r"\b(?:with|after|during|while|receiving|taking)\s*:?\s*$", re.IGNORECASE)
"""How words end that the items below go on with ("unwilling to use contraception during treatment with:")."""


def read_expression(
    normalized: NormalizedText, kind: Kind, outline: Outline, vocabulary: Vocabulary
) -> tuple[Expression, tuple[Term, ...]]:
    """Return what a criterion says, and whom or what it lets in if it says no more than that.

    Args:
        normalized: Its readable text.
        kind: Inclusion or exclusion: what a bare list of its items means.
        outline: Where its nested items are in the readable text.
        vocabulary: The words of the concepts.
    """
    if len(normalized.text) > _LONGEST:
        end = len(normalized.text)
        return Narrative(normalized.text, "not-formalised", normalized.verbatim(0, end)), ()
    text = Text(normalized, vocabulary, kind == "exclusion")
    text.chunks = Chunker(text).chunks()
    let_in = () if outline.items else permitted(text, text.chunks)
    working = without_records(text.text, text.lowered, without_formulas(text.text, text.chunks))
    working = without_reasons(text.text, text.lowered, working)
    plain = without_asides(text, with_own_history(text, working))
    text.chunks = chunks = without_attributions(plain)
    expression = _read_whole(text, chunks, outline)
    if asks_too_much(text, expression):
        text.naming = False
        expression = _read_whole(text, chunks, outline)
    if _is_unread_demand(text, expression):
        asked, _ = read_expression(normalized, "inclusion", outline, vocabulary)
        each_asked = asked.operands if isinstance(asked, AllOf) else (asked,)
        if is_formal(asked) and not any(isinstance(each, AnyOf) for each in each_asked):
            return negate(asked), ()
    if contradicts_itself(expression) or asks_too_much(text, expression):
        expression = narrative(text, 0, len(text.text))
    else:
        joint = "or" if text.exclusion else "and"
        expression = without_denied_limits(text, expression)
        expression = with_companions(
            expression, text, chunks, lambda each: join_segments(text, read_segments(text, each), joint)
        )
        expression = add_values(lift_what_is_named(expression, vocabulary), text, chunks)
    return finished(expression, text, chunks), let_in


def _read_whole(text: Text, chunks: Sequence[Chunk], outline: Outline) -> Expression:
    """Read the whole of a text, what is asked in its sentences put together."""
    read = _read_outlined(text, chunks, outline_without(outline, text.tables))
    read = finished_in_time(read, exclusion=text.exclusion)
    return join_complements(
        without_met(set_apart(read)) if text.exclusion else in_time_of_tests(loosened(read))
    )


def _is_unread_demand(text: Text, expression: Expression) -> bool:
    """Whether an exclusion is worded as a demand as a whole, and wasn't read as one ("must not have X")."""
    unread = isinstance(expression, Not) and isinstance(expression.operand, Narrative)
    return text.exclusion and unread and DEMAND.match(text.text) is not None


def _read_outlined(text: Text, chunks: Sequence[Chunk], outline: Outline) -> Expression:
    """Read a stretch that may have nested items, or a list inside its sentence."""
    if not outline.items:
        outline = outline_without(with_inline_items(text.text, outline), text.tables)
    whole, outline = outline, without_idle_items(text, outline)
    if whole.end != outline.end:
        chunks = between(chunks, outline.start, outline.end)
    if outline.items:
        return _read_parts(text, chunks, outline)
    return _read_stretch(text, chunks, outline.start, outline.end)


def _read_parts(text: Text, chunks: Sequence[Chunk], outline: Outline) -> Expression:
    start, lead_end, end = outline.start, outline.lead_end, outline.end
    lead = text.text[start:lead_end]
    unfinished = _UNFINISHED.search(lead) is not None and text.search(lexicon().willing, lead) is not None
    if counts_several(lead) or unfinished:
        return narrative(text, start, end)
    if _only_tells(text, lead):
        return _defined_below(text, chunks, outline)
    items = [between(chunks, item.start, item.end) for item in outline.items]
    leading = between(chunks, start, lead_end)
    told = read_allergies(text, leading, items) or read_list_of_women(text, leading, outline, items)
    if told is not None:
        return told
    timed = tells_periods(lead) if text.exclusion else tells_elapsed(lead)
    read = [
        _read_item(text, between(chunks, item.start, item.end), item, timed=timed) for item in outline.items
    ]
    demanded = _permitted_below(text, chunks, outline, read) or read_demanded(
        text, leading, outline, _reader(chunks)
    )
    if demanded is not None:
        return demanded
    if (text.exclusion and lets_in(lead.rstrip(" :") + ":")) or (
        lead.strip() and _EXCEPTED.search(lead.strip().removesuffix(":") + ":")
    ):
        return _excepted_below(text, chunks, outline, read)
    planned = read_planned_list(text, leading, read)
    if (denied := planned or read_denied(text, leading, read, (start, end), _read_stretch)) is not None:
        return denied
    if fails_list(lead) or lacks_list(lead):
        return negate(all_of(read))
    if text.exclusion and meets_nothing(lead):
        return narrative(text, start, end)
    if text.exclusion and (lifted := _lifted_by_items(text, chunks, outline, items, read)) is not None:
        return lifted
    either = offers_choice(lead) or (text.exclusion and not asks_all(lead))
    either = either or (not text.exclusion and lists_ways(lead, read, text.vocabulary))
    words = [text.text[item.start : item.end] for item in outline.items]
    if either and not text.exclusion:
        read = [
            narrative(text, item.start, item.end) if asks_some(text, own, way) else way
            for item, own, way in zip(outline.items, items, map(of_its_part, words, read), strict=True)
        ]
    body, either = join_items(
        words,
        read,
        lambda places: _read_together(text, chunks, [outline.items[i] for i in places]),
        either=either,
        every=not text.exclusion,
    )
    noted = [each for each in read if not (text.exclusion and is_of_some(each))]
    silent = all(isinstance(atom, Narrative) for each in noted for atom in atoms(each)) or (
        not text.exclusion and all(item and read_permission(text, item) is not None for item in items)
    )
    nested = text.exclusion or any(item.items for item in outline.items)
    if (silent and are_notes(text, items)) or (nested and only_notes(text, items)):
        head = _read_stretch(text, between(chunks, start, lead_end), start, lead_end)
        return with_notes(text, head, lead, items, read, granted) or narrative(text, start, end)
    whole = with_lead(text, chunks, outline, body, _read_stretch, either=either)
    more = any(map(says_more, atoms(whole))) or any(map(str.isdigit, lead))
    return whole if more else narrative(text, start, end)


def _lifted_by_items(
    text: Text,
    chunks: Sequence[Chunk],
    outline: Outline,
    items: Sequence[Sequence[Chunk]],
    read: Sequence[Expression],
) -> Expression | None:
    """Return what a list bars, lifted by those of its items that only let some in; None without such."""
    excusing = [
        i
        for i, (item, own) in enumerate(zip(items, read, strict=True))
        if item and excuses_only(text, item, own)
    ]
    others = [each for i, each in enumerate(read) if i not in excusing]
    if not excusing or are_notes(text, items) or not any(is_formal(each) for each in others):
        return None
    rest = tuple(item for i, item in enumerate(outline.items) if i not in excusing)
    barred = _read_parts(text, chunks, replace(outline, items=rest))
    return lifted_by(text, barred, [items[i] for i in excusing], granted)


def _permitted_below(
    text: Text, chunks: Sequence[Chunk], outline: Outline, read: Sequence[Expression]
) -> Expression | None:
    """Return what a list asks besides what it only permits ("patients may have received:"), or None."""
    if text.exclusion or not permits_list(text.text[outline.start : outline.lead_end]):
        return None
    asked = [
        without_permitted(text, (item.start, item.end), each)
        for item, each in zip(outline.items, read, strict=True)
    ]
    if asked == list(read):
        return None
    alone = len(sentences_of(text, between(chunks, outline.start, outline.lead_end))) == 1
    if alone and all(map(demands_nothing, asked)):
        return permitted_words(text, outline.start, outline.end)
    return with_lead(text, chunks, outline, all_of(asked), _read_stretch, either=False)


def _only_tells(text: Text, lead: str) -> bool:
    """Whether a list tells what a state is or isn't, or gives examples of what is asked for."""
    told = defines_childbearing(lead) or lists_contraception(lead) or discounts(lead)
    return told or (not text.exclusion and exemplifies(lead))


def _reader(chunks: Sequence[Chunk]) -> Callable[[Text, Outline], Expression]:
    """Return what reads an item of a list, from the chunks of its text."""
    return lambda text, item: _read_outlined(text, between(chunks, item.start, item.end), item)


def _read_together(text: Text, chunks: Sequence[Chunk], items: Sequence[Outline]) -> Expression:
    """Read items that are alternatives as the one sentence they make."""
    words: list[Chunk] = []
    for item in items:
        own = [chunk for chunk in between(chunks, item.start, item.end) if chunk.form != "-"]
        joint = next((chunk for chunk in reversed(own) if chunk.kind != "sign"), None)
        words += trimmed(own)
        words += [joint] if joint is not None and joint.form == "or" and item is not items[-1] else []
    return _read_stretch(text, words, items[0].start, items[-1].end)


def _read_item(text: Text, chunks: Sequence[Chunk], item: Outline, *, timed: bool) -> Expression:
    """Read a nested item; a `timed` one may be a treatment with the time that it has to be over for."""
    interval = read_barred_interval if text.exclusion else read_interval
    told = interval(text, chunks, lambda each: read_barred(text, each)) if timed and not item.items else None
    read = told or _read_outlined(text, chunks, item)
    asking = timed and not text.exclusion and asks_treatment(read)
    return narrative(text, item.start, item.end) if asking else read


def _excepted_below(
    text: Text, chunks: Sequence[Chunk], outline: Outline, read: list[Expression]
) -> Expression:
    """Let a list below "X, except for:" lift what X bars; below "may enter unless:" it bars."""
    start, lead_end = outline.start, outline.lead_end
    if not text.exclusion and _MAY_ENTER.search(text.text[start:lead_end]):
        return negate(any_of(read))
    if not text.exclusion and (told := limits_excepted(text, chunks, outline, read, _read_stretch)):
        return told
    head = _read_stretch(text, between(chunks, start, lead_end), start, lead_end)
    if not any(isinstance(atom, Fact) for atom in atoms(head)):
        return narrative(text, start, outline.end)
    excepted = (outline.items[0].start, outline.items[-1].end)
    items = (text.text[item.start : item.end].strip(" ;,.") for item in outline.items)
    joint = " * " if re.search(r"\b(?:all|both)\b", text.lowered[start:lead_end]) else "; "  # Met together.
    return except_for(text, head, joint.join(items), excepted)


def _defined_below(text: Text, chunks: Sequence[Chunk], outline: Outline) -> Expression:
    """Keep a list in words that tells what a state is, or what prevents it; what stands before it is read."""
    leading = sentences_of(text, between(chunks, outline.start, outline.lead_end))
    if len(leading) < 2:
        told = narrative(text, outline.start, outline.end)
        return replace(told, reason="remark") if lists_tested(told.text) else told
    last = leading[-1][0].start
    before = _read_stretch(text, between(chunks, outline.start, last), outline.start, last)
    if explains_list(text.text[last : outline.end]) or lists_tested(text.text[last : outline.end]):
        return before
    joined = any_of if text.exclusion else all_of
    return joined([before, narrative(text, last, outline.end)])


def _read_stretch(text: Text, chunks: Sequence[Chunk], start: int, end: int) -> Expression:
    """Read the sentences of a stretch; those behind the name of a part of the trial are asked there only."""
    read: list[Expression] = []
    sentences = without_idle(text, without_fields(text, sentences_of(text, chunks)))
    if len(sentences) == 1 and arranges(text.text[start:end]):
        return narrative(text, start, end)
    if (let_in := barred_unless(text, sentences)) is not None:
        return any_of(let_in)
    if len(sentences) > 1 and not text.exclusion and is_title(sentences[0]):
        sentences = sentences[1:]
    for case, run in by_part_of_trial(text, with_list(text, sentences)):
        last = bool(run) and run[-1][-1] is sentences[-1][-1]
        told = read_sentences(text, run, chunks[-1].end if last else run[-1][-1].end) if run else []
        if case is None:
            read += told
        else:
            read.append(asked_of(text, case, (any_of if text.exclusion else all_of)(told)) if told else case)
    if not read:
        return narrative(text, start, end)
    either = text.exclusion or are_all_cancers(text, read)
    return any_of(read) if either else all_of(_in_time(chunks, read))


def _in_time(chunks: Sequence[Chunk], read: list[Expression]) -> list[Expression]:
    """Give the values of all sentences the time that the label in front of them states."""
    recent = time_of_label(chunks)
    return read if recent is None else [dated(each, recent) for each in read]
