"""Exclusions that are worded as demands or denials ("must not have …", "does not have …")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.offers import DEMAND
from trialgraph.criteria.statements.statements import Statement, read_statement
from trialgraph.criteria.trees import any_of, is_formal, negate, only_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["barred_by_demand", "lacking", "turned"]

_MALIGNANT = str(TGC.MalignantNeoplasm)
_METASTATIC = str(TGC.MetastaticMalignantNeoplasm)
_LABELS = re.compile(r"^(?:(?:[^:;.()]|\([^:;.()]*\)){1,60}:\s*)+(?=\S)")
_NONE = re.compile(
    r"(?:no\s|(?:(?:patients?|subjects?|participants?|persons?)\s+)?(?:who\s+)?"
    r"(?:(?:does|do|has|have)\s+not\s+(?:have|had)\s|ha(?:s|ve)\s+no\s"
    r"|(?:(?:is|are)\s+)?not\s+(?:currently\s+)?(?:pregnant|breast-?\s?feeding|lactating|nursing)))",
    re.IGNORECASE,
)
"""How an exclusion denies what it probably bars; what it may well ask for is denied as it says."""
_LIMITED = re.compile(
    r"(?:(?!\b(?:if|when|unless|who|with|not)\b)[^.;:,]){1,60}?\b(?:must|should|needs?\s+to|ha(?:s|ve)\s+to)\s+be\b"
    r"(?!\s+(?:excluded|ineligible))",
    re.IGNORECASE,
)
"""How a demand opens that a value be within a limit ("creatinine must be < 1.5 mg/dL") or be found."""
_SEVERAL = re.compile(r"(?:,|\band)\s+(?:must\s+|should\s+)?not\b", re.IGNORECASE)
_EITHER = re.compile(r"\bor\b", re.IGNORECASE)
_NOT_GIVEN = re.compile(
    r"(?:(?:patients?|subjects?|participants?)\s+)?(?:who\s+)?ha(?:s|ve|d)\s+not\s+"
    r"(?:received|undergone|taken|used|been\s+treated)\b",
    re.IGNORECASE,
)
_ASKED_FOR = frozenset({"lesion", "biomarker", "other"})


def turned(text: Text, statement: Statement, words: str, place: tuple[int, int]) -> Statement:
    """Turn round an exclusion worded as a demand ("must not have …"); "no …" stays words."""
    if not text.exclusion or statement.expression is None:
        return statement
    denied_label = _NONE.match(words) is not None
    words = _LABELS.sub("", words)
    found = all(
        isinstance(atom, Fact) and atom.category == "biomarker" for atom in atoms(statement.expression)
    )
    if found and _LIMITED.match(words) and not _denies(statement.expression):
        return Statement(lacking(statement.expression, words), text=words)
    limits = _limits(statement.expression) or _denies(statement.expression)
    if DEMAND.match(words) or (limits and _LIMITED.match(words)):
        denied = statement.expression
        if is_formal(denied) and not only_facts(denied):
            return Statement(lacking(denied, words), text=words)
        plain = isinstance(denied, Not) and not isinstance(denied.operand, Narrative)
        return Statement(negate(denied) if plain else Not(narrative(text, *place)), text=words)
    said = statement.expression
    if _NOT_GIVEN.match(words) and all(isinstance(each, Fact) and each.within for each in atoms(said)):
        # "Has not received A within 3 weeks" bars nobody for want of a recent A.
        return Statement(narrative(text, *place), text=words)
    denied_first = said.operands[0] if isinstance(said, AnyOf | AllOf) else said
    if (denied_label or _NONE.match(words)) and isinstance(denied_first, Not):
        facts = [atom for atom in atoms(denied_first) if isinstance(atom, Fact)]
        kept = any(_may_be_asked_for(text, fact) for fact in facts)
        return statement if kept else Statement(narrative(text, *place), text=words)
    return statement


def barred_by_demand(text: Text, sentence: Sequence[Chunk], words: str) -> Expression | None:
    """Return what an exclusion bars that denies several things ("must not need A, and not have B").

    None unless every part of the demand is a denial that is understood.
    """
    if not text.exclusion or DEMAND.match(words) is None or _SEVERAL.search(words) is None:
        return None
    asking = copy(text)
    asking.exclusion = False
    read = read_statement(asking, sentence).expression
    parts = read.operands if isinstance(read, AllOf) else ()
    denied = [part.operand for part in parts if isinstance(part, Not) and isinstance(part.operand, Fact)]
    return any_of(denied) if parts and len(denied) == len(parts) else None


def lacking(asked: Expression, words: str) -> Expression:
    """Return that any of what a demand asks for is missing, unless it asks for one of it only."""
    if isinstance(asked, AnyOf) and _EITHER.search(words) is None:
        return any_of([negate(one) for one in asked.operands])
    return negate(asked)


def _limits(expression: Expression) -> bool:
    """Whether a statement is about values only."""
    return all(isinstance(atom, Value) for atom in atoms(expression))


def _denies(expression: Expression) -> bool:
    """Whether a statement denies something by itself or among others."""
    members = expression.operands if isinstance(expression, AnyOf | AllOf) else (expression,)
    return any(isinstance(each, Not) and not isinstance(each.operand, Narrative) for each in members)


def _may_be_asked_for(text: Text, fact: Fact) -> bool:
    """Whether patients may have to have a thing: a lesion, a marker, a cancer.

    Nobody has to have another cancer, an active one, or one of which some are excepted.
    """
    told = fact.modifiers
    if "exception" in told or told.get("relation") == "other" or told.get("status") == "active":
        return False
    term = text.vocabulary.by_iri.get(fact.concept)
    cancer = term is not None and term.is_a(_MALIGNANT)
    metastasis = term is not None and _METASTATIC in term.ancestors
    return fact.category in _ASKED_FOR or (cancer and not metastasis)
