"""Exclusions that are worded as demands or denials ("must not have …", "does not have …")."""

from __future__ import annotations

import re
from dataclasses import replace

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.conditions.recoveries import is_unresolved
from trialgraph.criteria.language.offers import DEMAND
from trialgraph.criteria.statements.statements import Statement
from trialgraph.criteria.trees import any_of, is_formal, negate, only_facts
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Not, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["lacking", "turned"]

_MALIGNANT = str(TGC.MalignantNeoplasm)
_TESTED = (str(TGC.InfectiousDisease), str(TGC.Pregnancy))
_METASTATIC = str(TGC.MetastaticMalignantNeoplasm)
_LABELS = re.compile(r"^(?:(?:[^:;.()]|\([^:;.()]*\)){1,60}:\s*)+(?=\S)")
_NONE = re.compile(
    r"(?:no\s|(?:(?:patients?|subjects?|participants?|persons?)\s+)?(?:who\s+)?"
    r"(?:(?:does|do|has|have)\s+not\s+(?:have|had)\s|ha(?:s|ve)\s+no\s"
    r"|(?:(?:do|does)\s+)?not\s+(?:currently\s+)?(?:requir(?:e|es|ing)|need(?:s|ing)?)\s"
    r"|(?:(?:is|are)\s+)?(?:without|(?:disease[\s-]+)?free\s+(?:of|from))\s"
    r"|(?:(?:is|are)\s+)?not\s+(?:(?:currently|presently|concurrent(?:ly)?|actively)\s+)*"
    r"(?:pregnant|breast-?\s?feeding|lactating|nursing|(?:enrolled|participating)\s)))"
    r"|(?:the\s+)?absence\s+of\s",
    re.IGNORECASE,
)
"""How an exclusion denies what it probably bars; what it may well ask for is denied as it says."""
_LIMITED = re.compile(
    r"(?:(?!\b(?:if|when|unless|who|with|not)\b)(?:[^.;:,()]|\([^()]*\))){1,90}?"
    r"\b(?:must|should|needs?\s+to|ha(?:s|ve)\s+to|(?:is|are)\s+required\s+to)\s+be\b"
    r"(?!\s+(?:excluded|ineligible))",
    re.IGNORECASE,
)
"""How a demand opens that a value be within a limit ("creatinine must be < 1.5 mg/dL") or be found."""
_BOUND = re.compile(
    r"\s*(?:[≥≤<>=\d]|(?:at\s+(?:least|most)|above|below|greater|less|more|higher|lower|between|within)\b)",
    re.IGNORECASE,
)
"""How the limit opens that stands straight behind such an opening."""
_REQUIRED = re.compile(
    r"(?:(?!\b(?:if|when|unless|who|with|not|no)\b)(?:[^.;:,]|(?<=\d)[.,](?=\d))){3,90}?\b(?:is|are|will\s+be)\s+(?:required|mandatory)"
    r"(?:\s+(?:for|at|before|prior\s+to)\s+(?:[\w-]+\s*){1,4})?\W*$",
    re.IGNORECASE,
)
"""How a demand ends that names what is required ("a negative test is required for enrollment")."""
_EITHER = re.compile(r"\bor\b", re.IGNORECASE)
_NOT_GIVEN = re.compile(
    r"(?:(?:patients?|subjects?|participants?)\s+)?(?:who\s+)?ha(?:s|ve|d)\s+not\s+"
    r"(?:received|undergone|taken|used|been\s+treated)\b",
    re.IGNORECASE,
)
_ASKED_FOR = frozenset({"lesion", "biomarker", "other"})
_BORNE = frozenset({"allergy", "condition", "reproductive"})
_MEANS = tuple(
    map(str, (TGC.TechnologyAccess, TGC.Transportation, TGC.HealthInsurance, TGC.InformalCaregiver))
)
"""What nobody is barred for having."""
_SPEAKING = " speaking"


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
    if DEMAND.match(words) or _limits_or_finds(statement.expression, words):
        return _asked(text, statement, words, place)
    said = statement.expression
    empty = isinstance(said, AllOf | AnyOf) and not said.operands  # "With or without X" bars nobody.
    if empty or _bars_for_means(text, said):
        return Statement(narrative(text, *place), text=words)
    if _NOT_GIVEN.match(words) and all(isinstance(each, Fact) and each.within for each in atoms(said)):
        # "Has not received A within 3 weeks" bars nobody for want of a recent A.
        return Statement(narrative(text, *place), text=words)
    if isinstance(said, AnyOf) and not isinstance(said.operands[0], Not):
        return replace(statement, expression=_without_denials(text, said, place))
    denied_first = said.operands[0] if isinstance(said, AnyOf | AllOf) else said
    if _tests_negative(text, said, words):
        return Statement(narrative(text, *place), text=words)
    if (denied_label or _NONE.match(words)) and isinstance(denied_first, Not):
        facts = [atom for atom in atoms(denied_first) if isinstance(atom, Fact)]
        kept = not facts or any(_may_be_asked_for(text, fact) for fact in facts)
        return statement if kept else Statement(narrative(text, *place), text=words)
    return statement


def _without_denials(text: Text, barred: AnyOf, place: tuple[int, int]) -> Expression:
    """Return what is barred, with the absence of a disease beside it in words ("heart failure, no angina").

    It may bar those who have both, or be asked of everyone: nobody is barred for not having it.
    """
    return any_of([_worded(text, each, place[0]) for each in barred.operands])


def _worded(text: Text, barred: Expression, start: int) -> Expression:
    denied = barred.operand if isinstance(barred, Not) else None
    if not isinstance(denied, Fact) or denied.category not in _BORNE or _may_be_asked_for(text, denied):
        return barred
    first, end = text.normalized.readable(denied.span)
    opened = max(text.text.rfind(sign, start, first) for sign in ",;:.")
    agent = denied.modifiers.get("agent", "")
    end = max(end, text.text.find(agent, end) + len(agent))
    return narrative(text, max(start, opened + 1), end)


def _asked(text: Text, statement: Statement, words: str, place: tuple[int, int]) -> Statement:
    """Return what an exclusion bars that is worded as a demand; words, unless it denies or limits only."""
    asked = statement.expression
    assert asked is not None
    if is_unresolved(asked):
        return statement
    if is_formal(asked) and not only_facts(asked):
        return Statement(lacking(asked, words), text=words)
    both = isinstance(asked, AllOf) or (isinstance(asked, AnyOf) and _EITHER.search(words) is None)
    parts = asked.operands if both and isinstance(asked, AllOf | AnyOf) else (asked,)
    if all(isinstance(each, Not) and not isinstance(each.operand, Narrative) for each in parts):
        return Statement(any_of([negate(each) for each in parts]), text=words)
    return Statement(Not(narrative(text, *place)), text=words)


def lacking(asked: Expression, words: str) -> Expression:
    """Return that any of what a demand asks for is missing, unless it asks for one of it only."""
    if isinstance(asked, AnyOf) and _EITHER.search(words) is None:
        return any_of([negate(one) for one in asked.operands])
    return negate(asked)


def _tests_negative(text: Text, said: Expression, words: str) -> bool:
    """Whether an exclusion names nothing but tests for what nobody has to have that are negative."""
    if "negative" not in words.lower():
        return False
    parts = said.operands if isinstance(said, AnyOf) else (said,)
    facts = [each.operand if isinstance(each, Not) else None for each in parts]
    terms = [text.vocabulary.by_iri.get(each.concept) if isinstance(each, Fact) else None for each in facts]
    return all(term is not None and any(map(term.is_a, _TESTED)) for term in terms)


def _limits_or_finds(expression: Expression, words: str) -> bool:
    """Whether a statement asks for values, or for what it denies, in so many words."""
    told = [atom for atom in atoms(expression) if not isinstance(atom, Narrative)]
    limits = bool(told) and all(isinstance(atom, Value) for atom in told)
    if (limits and is_formal(expression)) or _denies(expression):
        return bool(_LIMITED.match(words) or _REQUIRED.match(words))
    limited = _LIMITED.match(words) if limits else None
    return limited is not None and _BOUND.match(words, limited.end()) is not None


def _denies(expression: Expression) -> bool:
    """Whether a statement denies something by itself or among others."""
    members = expression.operands if isinstance(expression, AnyOf | AllOf) else (expression,)
    return any(isinstance(each, Not) and not isinstance(each.operand, Narrative) for each in members)


def _may_be_asked_for(text: Text, fact: Fact) -> bool:
    """Whether patients may have to have a thing: a lesion, a marker, a cancer, a telephone.

    Nobody has to have another cancer, an active one, or one of which some are excepted.
    """
    told = fact.modifiers
    if "exception" in told or told.get("relation") == "other" or told.get("status") == "active":
        return False
    term = text.vocabulary.by_iri.get(fact.concept)
    cancer = term is not None and term.is_a(_MALIGNANT)
    metastasis = term is not None and _METASTATIC in term.ancestors
    return fact.category in _ASKED_FOR or (cancer and not metastasis) or _is_means(text, fact)


def _bars_for_means(text: Text, said: Expression) -> bool:
    """Whether an exclusion was read as of those who have means or speak a language, of whom it is of none."""
    parts = said.operands if isinstance(said, AnyOf | AllOf) else (said,)
    return any(isinstance(each, Fact) and _is_means(text, each) for each in parts)


def _is_means(text: Text, fact: Fact) -> bool:
    term = text.vocabulary.by_iri.get(fact.concept)
    return term is not None and (term.label.endswith(_SPEAKING) or any(map(term.is_a, _MEANS)))
