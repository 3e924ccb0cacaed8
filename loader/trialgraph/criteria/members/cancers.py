"""Cancers listed side by side in a demand: "melanoma, renal cell and bladder cancer" asks for one of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Text
from trialgraph.criteria.chunking.narratives import narrative
from trialgraph.criteria.language.connectives import FINITE, VERBS
from trialgraph.criteria.language.vocabulary import Term
from trialgraph.criteria.quantities.lesions import counts_lesions
from trialgraph.criteria.trees import any_of
from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Narrative, Value, atoms
from trialgraph.namespaces import TGC

__all__ = ["are_all_cancers", "are_several", "either_of_cancers", "names_cancer"]

_MALIGNANT = str(TGC.MalignantNeoplasm)
_NEOPLASM = str(TGC.Neoplasm)
_STATES = frozenset(
    map(
        str,
        (
            TGC.ResectableMalignantNeoplasm,
            TGC.SecondaryMalignancyOfTreatment,
            TGC.UnresectableMalignantNeoplasm,
            TGC.LocallyAdvancedDisease,
            TGC.BoneMarrowInvolvement,
            TGC.CNSInvolvement,
            TGC.ExtramedullaryDisease,
            TGC.LargeCellTransformation,
            TGC.RichterTransformation,
            TGC.TransformedLymphoma,
        ),
    )
)
"""What any cancer may be, or what a patient has beside the cancer that it comes from."""
_GENERAL = frozenset(
    map(str, (TGC.MalignantNeoplasm, TGC.OtherMalignantNeoplasm, TGC.PrimaryMalignantNeoplasm))
)
_HISTOLOGIES = frozenset(
    map(
        str,
        (
            TGC.Adenocarcinoma,
            TGC.AdenosquamousCarcinoma,
            TGC.Carcinoma,
            TGC.ClearCellCarcinoma,
            TGC.EndometrioidAdenocarcinoma,
            TGC.LargeCellCarcinoma,
            TGC.MucinousAdenocarcinoma,
            TGC.NeuroendocrineCarcinoma,
            TGC.PoorlyDifferentiatedCarcinoma,
            TGC.SarcomatoidCarcinoma,
            TGC.SerousAdenocarcinoma,
            TGC.SignetRingCellCarcinoma,
            TGC.SmallCellCarcinoma,
            TGC.SquamousCellCarcinoma,
            TGC.UndifferentiatedCarcinoma,
        ),
    )
)
"""What a cancer of an organ may be besides ("ovarian cancer, high-grade serous histology")."""
_MYELODYSPLASIA = str(TGC.MyelodysplasticSyndrome)
"""What together with a leukemia names one disease ("MDS/AML")."""
_TOGETHER = re.compile(
    r"\b(?:both|concurrent(?:ly)?|synchronous|simultaneous(?:ly)?|co-?existing|mixed|combined|antecedent|prior"
    r"|relatives?|family)\b",
    re.IGNORECASE,
)
"""Words by a list that say that a patient has a cancer beside another, or isn't who has them."""
_OR = re.compile(r"(?:[\s,/]|\([^()]*\))*(?:\b(?:and/or|or)\b)?\s*", re.IGNORECASE)
_JOINTS = (",", "and", "or", "/")
_CLAUSES = VERBS | FINITE | {"with", "that", "which", "whose", "willing", "able", "willing to", "able to"}
"""How something begins that is no member of the list before it."""
_LISTED = re.compile(
    r"(?!(?:and|with|who|that|which|whose|for|in|if|no|not|must|other|including|excluding|defined|measurable)\b)"
    r"(?:(?!(?:and|with|who|that|which|whose|for|must|not|is|are|has|have|had)\b)[\w/()+.-]+,?\s+){1,9}?or\s+"
    r"(?:(?!(?:and|with|who|that|which|whose|for|must|not|is|are|has|have|had|disease)\b)[\w/()+.-]+\s+){0,5}?"
    r"(?:(?:cancer|carcinoma|adenocarcinoma|lymphoma|leuka?emia|(?:\w*sarc|mes\w*|\w*bl?ast|gli|melan|myel)oma|malignanc|neoplasm|tumou?r)"
    r"(?:s|y|ies)?\b)(?:\s*\([^()]*\))*",
    re.IGNORECASE,
)
"""How a list of cancers goes on that isn't understood ("fallopian tube or peritoneal cancer")."""
_REST = re.compile(r"[\s,]*(?:and\s+)?(?=\w)", re.IGNORECASE)
_PAIR = 2
_MANY = 3
_LONGEST_NAME = 6
_BEFORE = 40

_Member = tuple[str, Expression]


def either_of_cancers(text: Text, operands: Sequence[_Member]) -> list[_Member]:
    """Let cancers that are listed side by side, none a kind of another, be choices, whatever joins them.

    What isn't understood among them is a choice as well ("lung, hepatobiliary, and bladder cancer").
    """
    kept: list[_Member] = []
    at = 0
    while at < len(operands):
        end = _end_of_run(text, operands, at)
        run = operands[at:end]
        joints = {joint for joint, _ in run[1:]}
        following = operands[at : end + 1]
        of_each = end < len(operands) and _tells_histology(text, following)
        if of_each or (end < len(operands) and at == 0 and _asks_of_each(text, following)):
            kept.append((run[0][0], any_of([each for _, each in run])))
        elif not _are_choices(text, run) or (end < len(operands) and _goes_on(joints, operands[end])):
            kept.extend(run)
        elif "or" in joints and "and" not in joints:
            kept.extend(
                (joint.replace("/", "or") if i else joint, each) for i, (joint, each) in enumerate(run)
            )
        else:
            kept.append((run[0][0], any_of([each for _, each in run])))
        at = end
    return _with_unread(text, kept)


def _with_unread(text: Text, members: Sequence[_Member]) -> list[_Member]:
    """Let a cancer be one of the choices that words behind its comma go on to list.

    "Ovarian, tubal or peritoneal cancer and planned surgery": what follows the list is asked of each.
    """
    kept: list[_Member] = []
    for joint, each in members:
        words = each if isinstance(each, Narrative) and joint == "," else None
        listed = _LISTED.match(words.text) if words is not None else None
        first = _list_start(text, kept) if listed is not None else len(kept)
        if words is None or listed is None or first == len(kept):
            kept.append((joint, each))
            continue
        start, end = text.normalized.readable(words.span)
        behind = start + listed.end()
        named = [cancer for _, cancer in kept[first:]]
        kept[first:] = [(kept[first][0], any_of([*named, narrative(text, start, behind)]))]
        if (rest := _REST.match(text.text, behind, end)) is not None:
            kept.append(("and", narrative(text, rest.end(), end)))
    return kept


def _list_start(text: Text, members: Sequence[_Member]) -> int:
    """Return where the cancers start that some members end with, read or not; their number without any."""
    first = len(members)
    while first and (_tumours_of(text, members[first - 1][1]) or _may_name(members[first - 1][1])):
        first -= 1
        if members[first][0] != ",":
            break
    return first if any(_tumours_of(text, each) for _, each in members[first:]) else len(members)


def are_all_cancers(text: Text, members: Sequence[Expression]) -> bool:
    """Whether three demands or more each name a cancer, so that nobody is asked to have them all."""
    named = [_tumours_of(text, each) for each in members]
    return all(named) and are_several(named, _MANY)


def names_cancer(term: Term | None) -> bool:
    """Whether a concept is of a malignancy that a patient may have, not of where it is or has spread to."""
    return term is not None and _MALIGNANT in term.ancestors and not counts_lesions(term)


def are_several(groups: Sequence[Sequence[Term]], number: int) -> bool:
    """Whether that many of some groups name cancers, none a kind of another's, nor what those are besides."""
    distinct = {frozenset(term.iri for term in own): own for own in groups if own}.values()
    plain = [own for own in distinct if not {term.iri for term in own} & (_STATES | _GENERAL)]
    organs = [own for own in plain if any(term.iri not in _HISTOLOGIES for term in own)]
    histologies = [own for own in plain if any(term.iri in _HISTOLOGIES for term in own)]
    return any(len(_apart(each)) >= number for each in (organs, histologies))


def _apart(groups: Sequence[Sequence[Term]]) -> list[Sequence[Term]]:
    """Return the groups of cancers of which none is a kind, or wider, of another's."""
    return [own for own in groups if not any(_is_wider(own, other) for other in groups if other is not own)]


def _is_wider(own: Sequence[Term], other: Sequence[Term]) -> bool:
    """Whether some cancers are kinds of others."""
    kinds = {term.iri for term in own}
    return any(kinds & term.ancestors for term in other)


def _end_of_run(text: Text, operands: Sequence[_Member], start: int) -> int:
    """Return where a list of cancers that starts at a place ends; the next place where none does."""
    end = start + 1
    if not (_tumours_of(text, operands[start][1]) or _may_name(operands[start][1])):
        return end
    for at in range(start + 1, len(operands)):
        joint, each = operands[at]
        if joint not in _JOINTS:
            break
        if _tumours_of(text, each) and not _tells_histology(text, operands[start : at + 1]):
            end = at + 1
        elif not _may_name(each):
            break
    joint, last = operands[end] if end < len(operands) else ("", None)
    closing = joint in ("and", "or") and last is not None and _may_name(last)
    return end + 1 if closing and all(joint == "," for joint, _ in operands[start + 1 : end]) else end


def _tells_histology(text: Text, run: Sequence[_Member]) -> bool:
    """Whether the last member tells the histology of those before it ("A or B, and adenocarcinoma")."""
    joint, last = run[-1]
    told = _tumours_of(text, last)
    if joint != "and" or not told or any(term.iri not in _HISTOLOGIES for term in told):
        return False
    confirmed = any("confirmation" in fact.modifiers for fact in _facts_of(last))
    return confirmed or any(each == "or" for each, _ in run[1:-1])


def _asks_of_each(text: Text, run: Sequence[_Member]) -> bool:
    """Whether the last member is asked of any of those before it ("lung or breast cancer and prior surgery").

    That takes names with nothing but their "or" between them, "stage II A or stage III B and C" doesn't.
    """
    named, joints = [each for _, each in run[:-1]], {joint for joint, _ in run[1:-1]}
    plain = run[-1][0] == "and" and "or" in joints and all(isinstance(each, Fact) for each in named)
    if not plain or "and" in joints or not all(_tumours_of(text, each) for each in named):
        return False
    spans = [text.normalized.readable(atom.span) for each in named for atom in atoms(each)]
    return all(_OR.fullmatch(text.text, one[1], two[0]) for one, two in itertools.pairwise(spans))


def _may_name(expression: Expression) -> bool:
    """Whether words may be a name that isn't known, rather than a clause."""
    told = expression.text.lower().split() if isinstance(expression, Narrative) else []
    return 0 < len(told) <= _LONGEST_NAME and told[0] not in _CLAUSES


def _goes_on(joints: set[str], following: _Member) -> bool:
    """Whether a list goes on behind its cancers, with what isn't one or isn't understood."""
    joint, each = following
    if joint == ";" or not joint or "and" in joints:
        return False
    clause = isinstance(each, Narrative) and each.text.lower().split()[0] in _CLAUSES
    return joint == "or" or not clause


def _are_choices(text: Text, run: Sequence[_Member]) -> bool:
    """Whether several cancers are listed that nobody is asked to have at once."""
    named = [_tumours_of(text, each) for _, each in run]
    joints = {joint for joint, _ in run[1:]}
    listed = "and" in joints or "/" in joints or len(run) > _PAIR
    if not listed or joints in ({"/"}, {"or"}, {",", "or"}) or not are_several(named, _PAIR):
        return False
    if "/" in joints and any(term.iri == _MYELODYSPLASIA for terms in named for term in terms):
        return False
    spans = [text.normalized.readable(atom.span) for _, each in run for atom in atoms(each)]
    start, end = min(first for first, _ in spans), max(last for _, last in spans)
    return _TOGETHER.search(text.text, max(0, start - _BEFORE), end) is None


def _tumours_of(text: Text, expression: Expression) -> list[Term]:
    """Return the tumours by any of which a member is met, or the one it asks for with a marker or a limit."""
    if isinstance(expression, AnyOf):
        each = [_tumours_of(text, operand) for operand in expression.operands]
        return [term for terms in each for term in terms] if all(each) else []
    told = expression.operands if isinstance(expression, AllOf) else (expression,)
    facts = _facts_of(expression)
    plain = all(isinstance(each, Fact | Value) for each in told)
    plain = plain and all(fact.category in ("condition", "biomarker") for fact in facts)
    terms = [term for fact in facts if (term := text.vocabulary.by_iri.get(fact.concept)) is not None]
    found = [t for t in terms if _NEOPLASM in t.ancestors and not counts_lesions(t) and t.iri not in _STATES]
    return found if plain and len(found) == 1 else []


def _facts_of(expression: Expression) -> list[Fact]:
    told = expression.operands if isinstance(expression, AllOf) else (expression,)
    return [each for each in told if isinstance(each, Fact)]
