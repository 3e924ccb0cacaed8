"""From the codes and words of a record to concepts.

Codes come first. Words are used where no code maps, and then only when they leave no room: the
whole text is a name of the concept, or what stands beside the one name in it only narrows it
(`data/records/words.toml`). A text is also searched for what else it mentions, which shows nothing
but keeps that from being called absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from trialgraph.concepts import Concepts
from trialgraph.namespaces import TGC
from trialgraph.patients.facts import Coded
from trialgraph.patients.tables import code_blocks, drug_stems, general_names
from trialgraph.patients.tumours import organs
from trialgraph.patients.wording import words

__all__ = ["Coder", "Json", "Reading"]

Json: TypeAlias = Any
Further: TypeAlias = Callable[[str], Iterable[tuple[str, str]]]
_TOKEN = re.compile(r"[^\W_]+(?:[./][^\W_]+)*|[+?]")
_SUFFIX = re.compile(r"(?<=[a-z]{5})-[a-z]{4}(?![\w-])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SHORTEST_NAME = 6
"""Letters of the shortest drug name that is looked into for a stem."""
_CANCER = str(TGC.MalignantNeoplasm)
_LONGEST = 10
"""Tokens of the longest name that is looked for in a text."""


class _Mention(NamedTuple):
    start: int
    end: int
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a CodeableConcept means.

    Args:
        what: Its words and the concepts it is an instance of.
        tests: Concepts that it is a test for: a positive result shows them.
        mentioned: Other concepts that its words mention.
        doubtful: Its words leave open whether it is so.
        remark: Why it maps to nothing, or to less than one of its codes says; empty otherwise.
        known_other: It is known to be no instance of any concept.
    """

    what: Coded
    tests: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    doubtful: bool = False
    remark: str = ""
    known_other: bool = False


class Coder:
    """Finds the concepts of coded and written things.

    Args:
        concepts: The ontology.
        further: Yields the names, and the IRIs they mean, of imported vocabularies that begin with a word
            in small letters; they are used where the ontology has no such name.
    """

    def __init__(self, concepts: Concepts, further: Further | None = None) -> None:
        self.concepts = concepts
        self._further = further
        self._imported: dict[str, dict[tuple[str, ...], set[str]]] = {}
        self._forms: dict[tuple[str, ...], list[tuple[tuple[str, ...], bool, str]]] = {}
        for form in concepts.surface_forms():
            tokens = _tokens(form.form)
            entry = (tokens, form.case_sensitive, form.iri)
            self._forms.setdefault(_folded(tokens), []).append(entry)

    def read(self, codeable: Json, categories: Collection[str]) -> Reading:
        """Return what a CodeableConcept means, among concepts of the given categories."""
        codings = [each for each in codeable.get("coding") or () if isinstance(each, Mapping)]
        text = codeable.get("text") or next((c["display"] for c in codings if c.get("display")), "")
        if not text and codings:
            text = f"{codings[0].get('system', '')} {codings[0].get('code', '')}".strip()
        by_codes, tests = self._by_codes(codings, categories)
        by_words = self._by_words(codeable, codings, categories, coded=bool(by_codes))
        found = self.agreed([*by_codes, *by_words])
        remark = ""
        if by_codes and not found:
            remark = "its codes and words mean different things"
        elif not found:
            remark = "no concept for its codes or words"
        elif self._closed(found) < self._closed(self.agreed(by_codes) or found):
            remark = "its codes and words disagree; only what they share is used"
        what = Coded(str(text), tuple(sorted(found)), bool(found) and not by_codes)
        return Reading(what, tests, self._mentioned(str(text), found), self.is_doubtful(str(text)), remark)

    def coded(self, codeable: Json, categories: Collection[str]) -> bool:
        """Whether a code of a CodeableConcept means a concept of some categories."""
        codings = [each for each in codeable.get("coding") or () if isinstance(each, Mapping)]
        return bool(self._by_codes(codings, categories)[0])

    def generally(self, codeable: Json, category: str) -> tuple[str | None, bool]:
        """Return what little is known of a thing that has no concept of its own.

        Args:
            codeable: The thing.
            category: The category of record that it stands in, as in `data/records/names.csv`.
        Returns:
            A concept that it is a kind of, empty when it is known to be no kind of any, None when
            nothing is known; and whether only its words tell.
        """
        for coding in codeable.get("coding") or ():
            system, code = str(coding.get("system") or ""), str(coding.get("code") or "")
            for start, block, concept in code_blocks(category):
                if system.startswith(start) and code.startswith(block):
                    return concept, False
        texts = [codeable.get("text"), *(coding.get("display") for coding in codeable.get("coding") or ())]
        told = {each for text in texts if text for each in self._told_generally(str(text), category)}
        return (told.pop(), True) if len(told) == 1 else (None, True)

    def _told_generally(self, text: str, category: str) -> Iterator[str]:
        if self.is_doubtful(text):
            return
        tokens = _folded(_tokens(_head(text)[0]))
        plain = tuple(token for token in tokens if token not in _narrowing() and not _NUMBER.fullmatch(token))
        for each in (tokens, plain):
            known = general_names().get((category, " ".join(each).replace(".", " ").replace("/", " ")))
            if known is not None:
                yield known
                return
        if category == "treatments" and len(plain) == 1:
            yield from (iri for stem, iri, besides in drug_stems() if _has_stem(plain[0], stem, besides))

    def _by_codes(
        self, codings: Iterable[Json], categories: Collection[str]
    ) -> tuple[list[frozenset[str]], tuple[str, ...]]:
        shown, tests = [], set()
        for coding in codings:
            matches = self.concepts.by_code(str(coding.get("system", "")), str(coding.get("code", "")))
            direct = {match.iri for match in matches if match.relation in ("exact", "narrow")}
            direct = {iri for iri in direct if self.concepts.category(iri) in categories}
            if direct:
                shown.append(frozenset(direct))
            tests |= {match.iri for match in matches if match.relation == "positive"}
        return shown, tuple(sorted(tests))

    def _by_words(
        self, codeable: Json, codings: Sequence[Json], categories: Collection[str], *, coded: bool
    ) -> list[frozenset[str]]:
        texts = [codeable["text"]] if codeable.get("text") else []
        if not coded:
            texts += [coding["display"] for coding in codings if coding.get("display")]
        found = [self.named(str(text), categories, whole=coded) for text in texts]
        return [each for each in found if each]

    def named(self, text: str, categories: Collection[str], *, whole: bool = False) -> frozenset[str]:
        """Return the concepts that a text is a name of; empty when it isn't surely one.

        Args:
            text: Words of a record.
            categories: Categories of concept that are meant.
            whole: Only when the whole text is the name.
        """
        if self.is_doubtful(text):
            return frozenset()
        tokens = _tokens(text)
        exact = self._of(self._lookup(tokens), categories)
        if exact or whole:
            return exact
        marked = self._marked(tokens, categories)
        if marked:
            return marked
        head, tail = _head(text)
        if tail and not words().negations & set(_folded(_tokens(tail))):
            exact = self._of(self._lookup(_tokens(head)), categories) or self._beside(head, categories)
            if exact:
                return exact
        plain = _unfilled(text, of_drugs="treatment" in categories)
        if plain != text:
            return self.named(plain, categories)
        by_organ = tuple(organ_called(token) or token for token in tokens)
        of_organ = tuple(token for token in tokens if token.casefold() not in words().parts)
        for each in (by_organ, of_organ):
            exact = exact or (self._of(self._lookup(each), categories) if each != tokens else exact)
        return exact or self._beside(text, categories)

    def _beside(self, text: str, categories: Collection[str]) -> frozenset[str]:
        """Return the one concept named in a text, when what stands beside the name only narrows it."""
        tokens = _tokens(text)
        mentions = [mention for mention in self._scan(tokens) if self._of(mention.concepts, categories)]
        if len(mentions) != 1:
            return frozenset()
        (mention,) = mentions
        if words().negations & set(_folded(tokens[: mention.start])):
            return frozenset()
        beside = (*tokens[: mention.start], *tokens[mention.end :])
        narrowing = _narrowing() | (words().objects if "procedure" in categories else frozenset())
        if all(_NUMBER.fullmatch(token) or token.casefold() in narrowing for token in beside):
            return self._of(mention.concepts, categories)
        return frozenset()

    def _marked(self, tokens: tuple[str, ...], categories: Collection[str]) -> frozenset[str]:
        """Return the cancer in a name that begins with markers: "HER2-positive breast cancer"."""
        if not {"biomarker", "condition"} <= set(categories):
            return frozenset()
        rest = self._without_markers(tokens)
        if len(rest) == len(tokens) or rest[-1:] != tokens[-1:]:
            return frozenset()
        found = self.named(" ".join(rest), categories)
        return found if found and all(self.concepts.is_a(iri, _CANCER) for iri in found) else frozenset()

    def apart_from_markers(self, text: str) -> frozenset[str]:
        """Return the words of a text, in small letters, that are in no name of a marker."""
        return frozenset(_folded(self._without_markers(_tokens(text))))

    def _without_markers(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        markers = [mention for mention in self._scan(tokens) if self._is_marker(mention)]
        inside = {place for each in markers for place in range(each.start, each.end)}
        return tuple(token for place, token in enumerate(tokens) if place not in inside)

    def _is_marker(self, mention: _Mention) -> bool:
        return all(self.concepts.category(iri) == "biomarker" for iri in mention.concepts)

    def is_doubtful(self, text: str) -> bool:
        """Whether words leave open that it is so, or say that it isn't the patient's."""
        padded = f" {' '.join(text.casefold().split())} "
        return _doubt().search(padded) is not None

    def agreed(self, readings: Sequence[frozenset[str]]) -> frozenset[str]:
        """Return what several readings of one thing agree on.

        When each narrows the next, that is the narrowest; otherwise what all of them are.
        """
        if not readings:
            return frozenset()
        closures = [self._closed(reading) for reading in readings]
        widest = max(closures, key=len)
        if all(closure <= widest for closure in closures):
            return self.narrowest(readings[closures.index(widest)])
        return self.narrowest(frozenset.intersection(*closures))

    def narrowest(self, found: Iterable[str]) -> frozenset[str]:
        """Return the members of which no other member is a kind; one of several equivalents."""
        kept: list[str] = []
        ancestors = self.concepts.ancestors
        for iri in sorted(found, key=lambda each: (-len(ancestors(each)), each)):
            if not any(iri in ancestors(other) for other in kept):
                kept.append(iri)
        return frozenset(kept)

    def organ(self, codeables: Iterable[Json]) -> str:
        """Return the organ that body sites lie in; empty when none or several are named."""
        named = set()
        for codeable in codeables:
            texts = [
                codeable.get("text") or "",
                *(c.get("display") or "" for c in codeable.get("coding") or ()),
            ]
            named |= {organ for text in texts for organ in organs_in(str(text))}
        return named.pop() if len(named) == 1 else ""

    def _closed(self, iris: Iterable[str]) -> frozenset[str]:
        return frozenset[str]().union(*(self.concepts.ancestors(iri) for iri in iris))

    def _of(self, iris: Iterable[str], categories: Collection[str]) -> frozenset[str]:
        """Keep the concepts of some categories; a name that means unrelated ones means none."""
        kept = self.narrowest(iri for iri in iris if self.concepts.category(iri) in categories)
        return kept if len(kept) == 1 else self.agreed([frozenset({iri}) for iri in sorted(kept)])

    def _mentioned(self, text: str, found: Collection[str]) -> tuple[str, ...]:
        shown = self._closed(found)
        apart = [_tokens(text), _tokens(text.replace("/", " "))]
        mentioned = {iri for each in apart for mention in self._scan(each) for iri in mention.concepts}
        return tuple(sorted(mentioned - shown))

    def _scan(self, tokens: tuple[str, ...]) -> Iterator[_Mention]:
        start = 0
        while start < len(tokens):
            for end in range(min(len(tokens), start + _LONGEST), start, -1):
                found = self._lookup(tokens[start:end])
                if found:
                    yield _Mention(start, end, found)
                    start = end - 1
                    break
            start += 1

    def _lookup(self, tokens: tuple[str, ...]) -> frozenset[str]:
        for candidate in _singulars(tokens):
            entries = self._forms.get(_folded(candidate), ())
            found = frozenset(iri for form, strict, iri in entries if not strict or form == candidate)
            if found:
                return found
        return self._looked_up_further(tokens)

    def _looked_up_further(self, tokens: tuple[str, ...]) -> frozenset[str]:
        if self._further is None or not tokens:
            return frozenset()
        for candidate in map(_folded, _singulars(tokens)):
            first = candidate[0]
            if first not in self._imported:
                names = self._imported[first] = {}
                for name, iri in self._further(first):
                    names.setdefault(_folded(_tokens(name)), set()).add(iri)
            found = self._imported[first].get(candidate)
            if found:
                return frozenset(found)
        return frozenset()


@lru_cache(maxsize=4096)
def organs_in(text: str) -> frozenset[str]:
    """Return the organs whose names a text contains; a longer name hides the shorter ones in it."""
    folded = f" {' '.join(_folded(_tokens(text)))} "
    found: dict[str, str] = {}
    for organ in organs():
        for name in organ.names:
            if f" {name} " in folded:
                found[name] = organ.name
    longest = {name for name in found if not any(name != other and name in other for other in found)}
    return frozenset(found[name] for name in longest)


def organ_called(word: str) -> str:
    """Return the organ that a word alone names, of those called by one word; empty when it names none."""
    return next((organ.name for organ in organs() if word.casefold() in organ.names), "")


@lru_cache(maxsize=1)
def _doubt() -> re.Pattern[str]:
    """Return what finds words of doubt: whole words, and signs anywhere."""
    signs = (
        re.escape(each) if not each[-1].isalpha() else rf"\b{re.escape(each)}\b" for each in words().doubts
    )
    return re.compile("|".join(signs))


@lru_cache(maxsize=1)
def _narrowing() -> frozenset[str]:
    """Return the words that only narrow the name they stand beside: neutral ones, and organs."""
    sites = {token for organ in organs() for name in organ.names for token in name.split()}
    return words().neutral | words().local | sites


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


def _folded(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token.casefold() for token in tokens)


def _singulars(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield tokens
    if tokens and len(tokens[-1]) > 4 and tokens[-1].endswith("ses"):
        yield (*tokens[:-1], tokens[-1][:-2] + "is")
    if tokens and len(tokens[-1]) > 4 and tokens[-1].endswith("s"):
        yield (*tokens[:-1], tokens[-1][:-1])


@lru_cache(maxsize=1)
def _fillers() -> re.Pattern[str]:
    return re.compile("|".join(words().fillers))


def _unfilled(text: str, *, of_drugs: bool) -> str:
    """Return a text without what tells more of what it names: a stage, a biosimilar's four letters.

    Source: FDA, Nonproprietary Naming of Biological Products (2017): a suffix of four small letters.
    """
    plain = " ".join(_fillers().sub(" ", text).split())
    return (_SUFFIX.sub("", plain) if of_drugs else plain) or text


@lru_cache(maxsize=1)
def _parting() -> re.Pattern[str]:
    tails = "|".join(re.escape(tail) for tail in words().tails)
    return re.compile(rf"(.+?)(?:[:(,]|{tails})(.+)", re.DOTALL | re.IGNORECASE)


def _has_stem(name: str, stem: str, besides: str) -> bool:
    """Whether a drug's name has a stem: "-pril" at its end, "cef-" at its start."""
    if len(name) < _SHORTEST_NAME or (besides and name.endswith(besides.lstrip("-"))):
        return False
    return name.endswith(stem[1:]) if stem.startswith("-") else name.startswith(stem[:-1])


def _head(text: str) -> tuple[str, str]:
    """Part a name from what explains it: "MSI-H (high)", "pMMR: all retained", "epilepsy with aura"."""
    match = _parting().match(text)
    return (match[1], match[2]) if match else (text, "")
