"""Markers by a sign ("HER2-"), and genes that share one word for what happened to them.

In "mutations in BRCA1, ATM or PALB2" each gene is named with the word, which stands there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trialgraph.criteria.language.tokens import Token
from trialgraph.criteria.language.vocabulary import Mention, Term, Vocabulary
from trialgraph.namespaces import TGC

__all__ = ["add_markers"]

_ALIKE = {
    "mutation": ("mutation", "alteration", "rearrangement"),
    "variant": ("mutation", "alteration", "rearrangement"),
    "alteration": ("alteration", "mutation", "rearrangement", "fusion"),
    "aberration": ("alteration", "mutation", "rearrangement", "fusion"),
    "abnormality": ("alteration", "mutation", "rearrangement"),
    "rearrangement": ("rearrangement", "fusion", "alteration"),
    "translocation": ("rearrangement", "fusion", "alteration"),
    "fusion": ("fusion", "rearrangement", "alteration"),
    "amplification": ("amplification", "alteration"),
}
"""For what happened to a gene, the words by which a concept of it may be named, the nearest first."""
_GENE = frozenset({"gene", "oncogene", "protooncogene"})
_JOINING = frozenset({",", "/", "or", "and", "&", ";"})
_BETWEEN = frozenset({"gene", "genomic", "activating", "sensitizing", "sensitising", "driver", "oncogenic",
                      "inactivating", "deleterious", "pathogenic", "targetable", "actionable", "tumor",
                      "somatic", "germline", "hotspot"})  # fmt: skip
_LEADING = frozenset({"in", "of", "affecting", "involving", "to", "the", "at", "least", "one", "any", "more",
                      "or", "following", "gene", "either", "including", ":", "("})  # fmt: skip
_MOST_LEADING = 9
_FURTHEST = 50
"""Up to how many tokens behind "mutation" its genes may be listed ("in one of the MMR genes (MLH1, …)")."""
_ENDING = frozenset({";"})
_OPENING = frozenset(
    {"(", "i", "e", "g", "ie", "eg", "including", ":", ",", "namely", "such", "as", "[", "."}
)
_FARTHEST_LIST = 14
_MOST_GENES = 40
_LONGEST_SYMBOL = 6
_LONGEST_NAME = 9
"""How many tokens a gene's symbol, and its full name, may have."""
_ONCOGENE = _GENE | frozenset(
    {"v", "c", "n", "-", "b", "k", "ki", "h", "1", "2", "proto", "raf", "ras", "ros", "met", "ret", "kit",
     "abl", "myc", "erb", "rapidly", "accelerated", "fibrosarcoma", "kirsten", "rat", "harvey", "murine",
     "neuroblastoma", "sarcoma", "virus", "viral", "leukemia", "homolog", "receptor", "tyrosine", "kinase"}
)  # fmt: skip
"""Words that full names of oncogenes are made of."""
_LIST_OPENS = frozenset("(:[")
_ONE = frozenset({"one", "any", "either"})
_ORIGINS = frozenset({str(TGC.GermlineMutation), str(TGC.SomaticMutation)})
"""Mutations told by where they come from, which then narrows that of the gene."""
_LIST_ENDS = frozenset({".", ";", ",", "or", "and"})
_SIGNS = frozenset("+-−")
_DENYING = frozenset({"not", "no"})


def add_markers(tokens: list[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> frozenset[int]:
    """Add the markers that a text names by a sign, or in a list with one word for all of them.

    Args:
        tokens: The words of a text.
        mentions: Concepts by the token they start at; those of markers are added in place.
        vocabulary: Names what happened to a gene ("PALB2 mutation").
    Returns:
        The tokens that mean "or" between the genes of a list.
    """
    _part_denials(tokens, mentions, vocabulary)
    joints = _add_genes(tokens, mentions, vocabulary)
    for index in [index for index, token in enumerate(tokens) if token.form in _GENE]:
        _take_in(tokens, mentions, index)
    for index in [index for index, token in enumerate(tokens) if token.form == "positive"]:
        _take_in_result(tokens, mentions, index)
    for position, token in enumerate(tokens):
        signed = vocabulary.signed_at(tokens, position) if token.text in _SIGNS else None
        if signed is not None:
            mentions[signed.start] = signed
    return joints


def _part_denials(tokens: list[Token], mentions: dict[int, Mention], vocabulary: Vocabulary) -> None:
    """Let "not" deny all markers of a list, where it makes a name with the first ("not MSI-H or dMMR")."""
    for start in [start for start, mention in mentions.items() if tokens[start].form in _DENYING]:
        end = after = mentions[start].end
        while after < len(tokens) and tokens[after].form in _JOINING:
            after += 1
        further = mentions.get(after) if after > end else None
        bare = vocabulary.mention_at(tokens, start + 1)
        if further is None or bare is None or bare.end != end:
            continue
        if further.term.category == bare.term.category == "biomarker":
            del mentions[start]
            mentions[start + 1] = bare


def _take_in(tokens: Sequence[Token], mentions: dict[int, Mention], gene: int) -> None:
    """Let "mutation of EGFR" take in the word "gene" behind it, and a symbol in brackets before it."""
    behind = _full_name_start(tokens, gene) if gene and tokens[gene - 1].text == ")" else None
    if gene + 1 < len(tokens) and tokens[gene + 1].text in _LIST_OPENS:
        return
    for start, mention in mentions.items():
        bare = mention.end == gene or (behind is not None and start < behind < mention.end < gene)
        leads = tokens[start].form in _ALIKE and tokens[mention.end - 1].form not in _ALIKE
        if bare and leads and mention.term.category == "biomarker":
            mentions[start] = replace(mention, end=gene + 1)


def _take_in_result(tokens: Sequence[Token], mentions: dict[int, Mention], result: int) -> None:
    """Let a mutation take in that its test was positive ("FLT3-ITD mutation positive AML")."""
    end = result - (tokens[result - 1].text == "-") if result else 0
    if not end or tokens[end - 1].form not in _ALIKE:
        return
    for start, mention in mentions.items():
        if mention.end == end and mention.term.category == "biomarker":
            mentions[start] = replace(mention, end=result + 1)


def _add_genes(
    tokens: Sequence[Token], mentions: dict[int, Mention], vocabulary: Vocabulary
) -> frozenset[int]:
    joints: frozenset[int] = frozenset()
    words = [index for index, token in enumerate(tokens) if token.form in _ALIKE]
    if not words:
        return joints
    taken = {i for mention in mentions.values() for i in range(mention.start, mention.end)}
    for at in words:
        for start, end in (*_before(tokens, at), *_behind(tokens, at)):
            term = None
            inside = _inside(mentions, start, end) if tokens[end - 1].text == ")" else []
            if inside is not None and (inside or taken.isdisjoint(range(start, end))):
                term = _altered(tokens[start:end], tokens[at].form, vocabulary)
            if term is None:
                continue
            for name in inside or ():
                del mentions[name]
            general = _general_at(mentions, at, term)
            if general is not None:
                origin = mentions.pop(general).term.iri in _ORIGINS
                general = at if origin else general
            if general is not None or at not in taken:
                start, end = _with_word(tokens, at, start, end)
                start = min(start, general) if general is not None and start == at else start
            mentions[start] = Mention(term, start, end)
            taken |= set(range(start, end))
        joints |= _join_list(tokens, mentions, at)
    return joints


def _inside(mentions: Mapping[int, Mention], start: int, end: int) -> list[int] | None:
    """Return where concepts start within a gene's full name ("neuroblastoma RAS …"); None for one across."""
    across = [mention for mention in mentions.values() if mention.start < end and mention.end > start]
    within = all(start <= mention.start and mention.end < end for mention in across)
    return [mention.start for mention in across] if within else None


def _join_list(tokens: Sequence[Token], mentions: dict[int, Mention], at: int) -> frozenset[int]:
    """Let the first gene listed take in what leads to it: "mutation in one of the DNA repair genes (A, B)".

    That is when the list has nothing else, and one of its genes is enough.

    Returns:
        The tokens between its members, which all mean "or".
    """
    opening = _list_of_genes(tokens, at + 1)
    if opening + 1 not in mentions or any(at <= place <= opening for place in mentions):
        return frozenset()
    last = mentions[opening + 1]
    joints: list[int] = []
    while last.term.category == "biomarker" and last.end < len(tokens) and tokens[last.end].form in _JOINING:
        place = last.end
        while place < len(tokens) and tokens[place].form in _JOINING:
            place += 1
        if place not in mentions:
            break
        joints.extend(range(last.end, place))
        last = mentions[place]
    closing = last.end if tokens[opening].text != ":" else None
    said = {token.form for token in tokens[at:opening]}
    every = "and" in {tokens[joint].form for joint in joints} and not said & _ONE
    if last.term.category != "biomarker" or every or (closing is not None and not _closes(tokens, closing)):
        return frozenset()
    if closing is not None:
        mentions[last.start] = replace(last, end=closing + 1)
    first = mentions.pop(opening + 1)
    mentions[at] = replace(first, start=at)
    return frozenset(joints)


def _closes(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].text in ")]"


def _general_at(mentions: dict[int, Mention], at: int, term: Term) -> int | None:
    """Return where a name starts that says only what happened, and no gene ("molecular alteration")."""
    for start in range(at, max(-1, at - _MOST_LEADING), -1):
        found = mentions.get(start)
        if found is not None and found.start <= at < found.end:
            whole = found.term.iri in term.ancestors or found.term.iri in _ORIGINS
            return start if whole else None
    return None


def _with_word(tokens: Sequence[Token], at: int, start: int, end: int) -> tuple[int, int]:
    """Let the gene next to the word for what happened to it take that word into its name."""
    if end <= at and all(token.form in _BETWEEN for token in tokens[end:at]):
        return start, at + 1
    if start > at and all(
        token.form in _LEADING and token.text not in ":(" for token in tokens[at + 1 : start]
    ):
        return at, end
    return start, end


def _altered(symbol: Sequence[Token], word: str, vocabulary: Vocabulary) -> Term | None:
    """Return what happened to a gene, by its symbol or by the one in the bracket behind its full name."""
    opening = next((i for i, token in enumerate(symbol) if token.text == "("), None)
    symbol = symbol if opening is None else symbol[opening + 1 : -1]
    name = "".join(token.text for token in symbol)
    named = (vocabulary.find(f"{name} {alike}") for alike in _ALIKE[word])
    return next((term for term in named if term is not None and term.category == "biomarker"), None)


def _behind(tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    """Yield the genes listed behind "mutations in (one of the following genes:)"."""
    index = at + 1
    while index < min(len(tokens), at + _MOST_LEADING) and tokens[index].form in _LEADING:
        index += 1
    if index > at + 1 and tokens[at + 1].form != "or":
        yield from _listed(tokens, index)
    yield from _around_genes(tokens, at)


def _around_genes(tokens: Sequence[Token], at: int) -> list[tuple[int, int]]:
    """Return the genes listed by the word "genes" further behind, at least two of them."""
    for index in range(at + 1, min(len(tokens), at + _FURTHEST)):
        if tokens[index].form in _ENDING or tokens[index].form in _ALIKE:
            break
        if tokens[index].form == "gene":
            start = index + 1
            if any(token.form in _ALIKE for token in tokens[start : start + 2]):
                return []
            while start < len(tokens) and tokens[start].form in _OPENING:
                start += 1
            found = [*_before(tokens, index), *(_listed(tokens, start) if start > index + 1 else ())]
            return found if len(found) > 1 else []
    return []


def _list_of_genes(tokens: Sequence[Token], start: int) -> int:
    """Return the sign that opens a list of genes, "in one of the DNA repair genes (A, B)"; else the end."""
    for index in range(start, min(len(tokens) - 1, start + _FARTHEST_LIST)):
        if tokens[index].form == "gene" and tokens[index + 1].text in _LIST_OPENS:
            return index + 1
        if tokens[index].form in _LIST_ENDS:
            break
    return len(tokens)


def _listed(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
    for _ in range(_MOST_GENES):
        end = _symbol_end(tokens, start)
        if end == start:
            return
        yield start, end
        while end < len(tokens) and tokens[end].form in _JOINING:
            end += 1
        start = end


def _before(tokens: Sequence[Token], at: int) -> list[tuple[int, int]]:
    """Return the genes listed before "… or ROS1 mutations", the last first."""
    found: list[tuple[int, int]] = []
    end = at
    while end and tokens[end - 1].form in _BETWEEN and tokens[end - 1].text.islower():
        end -= 1
    while end and len(found) < _MOST_GENES:
        start = _full_name_start(tokens, end) if tokens[end - 1].text == ")" else _symbol_start(tokens, end)
        if start is None:
            break
        found.append((start, end))
        end = start
        while end and tokens[end - 1].form in _JOINING:
            end -= 1
    return found


def _symbol_end(tokens: Sequence[Token], start: int) -> int:
    """Return where the gene's symbol that starts at a token ends; the token itself when none does."""
    if start >= len(tokens) or not _opens(tokens[start]):
        return start
    end = start + 1
    while end < len(tokens) and tokens[end].joined:
        if tokens[end].text.isalnum():
            end += 1
        elif _numbers(tokens, end):
            end += 2
        else:
            break
    apart = end == start + 1 and _apart(tokens, end)
    return end + 1 if apart else end


def _apart(tokens: Sequence[Token], index: int) -> bool:
    """Whether a symbol's number stands behind a space, then a further gene or nothing ("BRCA 1 or …")."""
    if index >= len(tokens) or not tokens[index].text.isdecimal() or len(tokens[index].text) > 1:
        return False
    return index + 1 == len(tokens) or tokens[index + 1].form in _JOINING or _closes(tokens, index + 1)


def _numbers(tokens: Sequence[Token], hyphen: int) -> bool:
    """Whether a hyphen stands before the number that a symbol ends with ("BCL-2")."""
    if tokens[hyphen].text != "-" or not tokens[hyphen].joined or hyphen + 1 >= len(tokens):
        return False
    return tokens[hyphen + 1].joined and tokens[hyphen + 1].text.isdecimal()


def _symbol_start(tokens: Sequence[Token], end: int) -> int | None:
    start = end - 1
    while start and tokens[start].joined and tokens[start].text.isalnum():
        if tokens[start - 1].text.isalnum():
            start -= 1
        elif start > 1 and _numbers(tokens, start - 1) and tokens[start - 2].text.isalpha():
            start -= 2
        else:
            break
    return start if _opens(tokens[start]) else None


def _full_name_start(tokens: Sequence[Token], end: int) -> int | None:
    """Return where the full name of a gene starts that its symbol stands behind ("MET proto-oncogene (MET)").

    The name starts with the letter that the symbol starts with, and has no joint in it.
    """
    opening = next(
        (i for i in range(end - 2, max(0, end - _LONGEST_SYMBOL), -1) if tokens[i].text == "("), None
    )
    if opening is None or _symbol_start(tokens, end - 1) != opening + 1:
        return None
    if (named := _oncogene_start(tokens, opening)) is not None:
        return named
    letter, start = tokens[opening + 1].text[0], None
    for index in range(opening - 1, max(-1, opening - _LONGEST_NAME), -1):
        if tokens[index].form in _JOINING or not (tokens[index].text.isalnum() or tokens[index].text == "-"):
            break
        start = index if tokens[index].text[0].upper() == letter else start
    return start


def _oncogene_start(tokens: Sequence[Token], end: int) -> int | None:
    """Return where "v-Raf murine sarcoma viral oncogene homolog B" before a symbol starts, if it does."""
    start = end
    while start and tokens[start - 1].form in _ONCOGENE:
        start -= 1
    named = {token.form for token in tokens[start:end]}
    return start if named & _GENE or {"viral", "homolog"} <= named else None


def _opens(token: Token) -> bool:
    return token.text[0].isalpha() and token.text.isupper() and len(token.text) > 1
