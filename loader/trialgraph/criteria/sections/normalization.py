"""A readable second text of a criterion, aligned with the verbatim one character by character.

The verbatim text is never touched: every character of the readable text knows the stretch of
verbatim text that it stands for, so that a span found in one can be given in the other.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from trialgraph.expressions import Span
from trialgraph.records import Json

__all__ = ["NormalizedText", "normalize", "words_of"]

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SIGNS = {
    "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "＞": ">", "＜": "<", "＝": "=", "～": "-", "∼": "~", "μ": "µ",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"',
    "\u200b": "", "\ufeff": "", "\u00ad": "", "®": "", "™": "",
    "\u2028": " ", "\u2029": " ", "∙": "·", "✕": "×", "х": "×",
    "˂": "<", "˃": ">", "ª": "", "˚": "°", "º": "°", "﹤": "<", "﹥": ">", "≮": "≥", "≯": "≤",
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl",
}  # fmt: skip

_MULTIPLIED = (
    r"(?:10\b|10[\s^⁰-⁹\d]|e\d|[UL]LN|[ul]ln\b|upper|lower|the|institutional|normal|reference|baseline)"
)
_ITEM = r"(?=[^\S\r\n]*(?:$|[\r\n;,)]))"
"""The end of an item, before which "× 109" is a power of ten that has lost more than its sign."""
_EDIT = re.compile(
    rf"""(?![a-df-wyzA-DF-WYZ,.;:'"-]|[eE](?!\d)|(?<!on-)(?<!on\x20-)\x20[a-df-wyzA-DF-WYZ])(?:
      (?P<escape>\\(?=[-<>\[\]^*_~#().&+=|`{{}}"'/!$%:;,?@\\]))
    | (?P<entity>&(?:amp;)*(?:lt|gt|le|ge|amp|nbsp|apos|quot|\#34|\#39|\#8804|\#8805|\#60|\#62);(?:\s?=)?)
    | (?P<misread>â‰[¥¤]|â€[“”˜™œ\x9d]|Î¼|Âµ|Ã—|Â[°±²³]|(?<=[a-z])\?(?=s\s))
    | (?P<symbol>(?<!\S)[³£](?=\s?\d)|(?<=[a-z\s])[³£](?=\s\d)
        |(?<!\S)[³£](?=\s?(?:(?:the\s|institutional\s)?(?:lower|upper)\slimit|[LU]LN\b|grades?\b)))
    | (?P<enclosed>\(\s?\\?[<>≤≥]\\?=?\s?\)(?=\s?\d))
    | (?P<comparator>=\s?/\s?[<>]|[<>]\s?or\s?=(?:\s?to\b)?|=\s?or\s?[<>]|[≥≤]\s?[<>]
        |>\s?/\s?=|<\s?/\s?=|>\s?=|=\s?>|<\s?=|=\s?<|=\s?\\[<>]|\\[<>]\s?=|[<>]{{1,2}}\u0332)
    | (?P<times>(?<=\d)(?:[^\S\r\n]*[x*X×]\s*|\s*[xX×]\s*)(?={_MULTIPLIED}))
    | (?P<superscript>(?<=10)\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)
    | (?P<bracketed>(?<=10)\s?[(\[]\s?(?P<power3>\d{{1,2}})\s?[)\]](?=\s*(?:/|per\b|cells)))
    | (?P<caret>(?<=10)\s?(?:\\?\^|\*\*|\*(?=\s?\d)|[eE](?=\d)|\^?\s?<sup>)\s?)
    | (?P<lost>(?<=[x*X×]10)\s?(?P<power>\d{{1,2}})
        (?=\s*(?:/|[µu]?[Ll]\b|per\b|copies|cells?\b|platelets)|(?<=109){_ITEM}))
    | (?P<spaced>(?:(?<=[x*X×]\s10)|(?<=[x*X×]\s\s10))\s?(?P<power2>\d{{1,2}})
        (?=\s*(?:/|[µu]?[Ll]\b|per\b|copies|cells|platelets)|(?<=109){_ITEM}))
    | (?P<viral>(?<=[\s<>≤≥=]10)[3-6](?=\s?cop(?:ies|y)\s?/\s?m[lL]\b))
    | (?P<raised>(?<=\^)(?:9|12)(?=\s?[lL]\b))
    | (?P<bare>(?<=\d)\s(?=10(?:9|12|\^9|\^12)\s*/\s*[lL]\b))
    | (?P<gap>(?<=[<>≤≥=\s]\d)\x20(?=\.\d)|(?<=[<>≤≥\s]\d\.)\x20(?=\d\s?[xX×*]\s?[UL]LN)
        |(?<=\b[nN]on)\x20(?=-\s?[a-zA-Z])|(?:(?<=\b[nN]on-)|(?<=\b[nN]on\x20-))\x20(?=(?!and\b|or\b)[a-zA-Z])
        |(?<=[a-z]{{4}})[1-9](?=\s*=?\s*\\?[≥≤<>])|(?<=[a-zA-Z)])(?:\*{{1,3}}|[†‡§])(?=\s*\\?[≥≤<>]\s?=?\s?\d))
    | (?P<footnote>(?:(?<=\dmmol)|(?<=\smmol)|(?<=\dm[lL])|(?<=\sm[lL]))/(?:[lL]|min)[a-e]\b)
    | (?P<neo>\([nN]eo-?\)[\s-]?(?=adjuvant))
    | (?P<blank>[^\S\x20]\s*|\x20\s+)
    | (?P<sign>[{"".join(_SIGNS)}⁰¹²³⁴⁵⁶⁷⁸⁹])
    | (?P<wide>[\uff01-\uff5e\u3000])
    )
    """,
    re.VERBOSE,
)
_TOKEN = re.compile(r"(?<=\d)(?=[a-z]{4})|[^\W\d_]{3,}|(?<=[^\W_])[,;](?=[^\W\d_]{2})")
_WORD = re.compile(r"[^\W\d_]+")
_LITRES = re.compile(r"\s?[Ll]\b")
_LONGEST_JOINED = 40
_ACRONYM_THEN_WORD = re.compile(r"([A-Z]{2,})([a-z]{4,})")


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """Readable text; character i stands for verbatim characters starts[i] up to ends[i]."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def verbatim(self, start: int, end: int) -> Span:
        """Return the verbatim span of a stretch of the readable text."""
        if start >= end:
            return (0, 0)
        return self.starts[start], self.ends[end - 1]

    def readable(self, span: Span) -> Span:
        """Return the stretch of the readable text that stands for a verbatim span."""
        return bisect_left(self.starts, span[0]), bisect_right(self.ends, span[1])


class _Aligned:
    """Text under construction, with its alignment."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def keep(self, text: str, start: int) -> None:
        """Take characters over as they are."""
        self.pieces.append(text)
        self.starts.extend(range(start, start + len(text)))
        self.ends.extend(range(start + 1, start + len(text) + 1))

    def put(self, text: str, start: int, end: int) -> None:
        """Let new characters stand for a stretch of the verbatim text."""
        self.pieces.append(text)
        self.starts.extend([start] * len(text))
        self.ends.extend([end] * len(text))

    def finish(self) -> NormalizedText:
        return NormalizedText("".join(self.pieces), tuple(self.starts), tuple(self.ends))


def words_of(value: Json) -> frozenset[str]:
    """Return every word that stands in the strings of a JSON value, in lower case."""
    if isinstance(value, str):
        return frozenset(word.lower() for word in _WORD.findall(value) if len(word) > 1)
    if isinstance(value, Mapping):
        return frozenset().union(
            *(words_of(each) for key, each in value.items() if key != "eligibilityCriteria")
        )
    return frozenset().union(*map(words_of, value)) if isinstance(value, (list, tuple)) else frozenset()


def normalize(verbatim: str, *, words: Collection[str] | None = None) -> NormalizedText:
    r"""Return a readable form of a criterion's text with its alignment.

    Lines are unwrapped, escapes undone, signs and spaces unified, lost superscripts put back
    ("×109/L" becomes "×10^9/L").

    Args:
        verbatim: The text as it came.
        words: Known words, in lower case, to part words with that a page has run together; None
            for a page that doesn't run words together.
    Example:
        >>> normalize("Neutrophils\\n≥1.5×109/L").text
        'Neutrophils ≥1.5×10^9/L'
    """
    text = _tidy(verbatim)
    return text if words is None else _part_joined(text, words)


def _tidy(verbatim: str) -> NormalizedText:
    edits = _EDIT.finditer(verbatim)
    first = next(edits, None)
    if first is None:
        length = len(verbatim)
        return NormalizedText(verbatim, range(length), range(1, length + 1))
    aligned = _Aligned()
    position = 0
    for match in (first, *edits):
        aligned.keep(verbatim[position : match.start()], position)
        aligned.put(_replacement(match), match.start(), match.end())
        position = match.end()
    aligned.keep(verbatim[position:], position)
    return aligned.finish()


def _mended(found: str) -> str:
    """Return the sign of an HTML entity ("&lt;=" is one sign), of UTF-8 read as Windows-1252, or lost.

    "(Neo)adjuvant" is one word or the other, as with a stroke; "mmol/La" is a unit with a footnote's letter.
    """
    if found.startswith("/"):
        return found[:-1]
    if found == "?":
        return "'"
    if found.startswith("("):
        return f"{found[1:4]}/"
    if not found.startswith("&"):
        sign = found.encode("cp1252", "ignore").decode("utf-8", "ignore")
        return _SIGNS.get(sign, sign.translate(_SUPERSCRIPTS))
    sign = unescape(unescape(unescape(found.rstrip("= ")))).replace("\xa0", " ")
    return {"<": "≤", ">": "≥"}.get(sign, sign) if found.endswith("=") else sign


def _replacement(match: re.Match[str]) -> str:
    found = match.group()
    match match.lastgroup:
        case "escape" | "gap":
            return ""
        case "blank":
            return " "
        case "enclosed":
            return found[-2] if "=" not in found else "≥" if ">" in found else "≤"
        case "comparator":
            return "≥" if ">" in found or "≥" in found else "≤"
        case "entity" | "misread" | "neo" | "footnote":
            return _mended(found)
        case "symbol":
            # The signs of the Symbol font, as they read in Latin-1.
            return "≥" if found == "³" else "≤"
        case "times":
            return " × " if found[0].isspace() else "×"
        case "caret":
            return "^"
        case (
            "superscript"
            | "raised"
            | "lost"
            | "viral"
            | "power"
            | "spaced"
            | "power2"
            | "bracketed"
            | "power3"
        ):
            return _power(match)
        case "bare":
            return "×"
        case "sign":
            return _SIGNS.get(found, found.translate(_SUPERSCRIPTS))
        case _:
            return unicodedata.normalize("NFKC", found)


def _power(match: re.Match[str]) -> str:
    """Return a power of ten, with the stroke that "10 9L" has lost of "10^9/L"."""
    sign = "" if match.lastgroup == "raised" else "^"
    stroke = "/" if _LITRES.match(match.string, match.end()) else ""
    return sign + match.group().strip(" ()[]").translate(_SUPERSCRIPTS) + stroke


def _part_joined(text: NormalizedText, words: Collection[str]) -> NormalizedText:
    """Put back the spaces that a page lost where it joined wrapped lines."""
    joints = sorted(set(_joints(text.text, lambda word: word.lower() in words)))
    aligned = _Aligned()
    position = 0
    for joint in joints:
        aligned.pieces.append(text.text[position:joint] + " ")
        aligned.starts.extend([*text.starts[position:joint], text.starts[joint]])
        aligned.ends.extend([*text.ends[position:joint], text.starts[joint]])
        position = joint
    aligned.pieces.append(text.text[position:])
    aligned.starts.extend(text.starts[position:])
    aligned.ends.extend(text.ends[position:])
    return aligned.finish()


def _joints(text: str, known: Callable[[str], bool]) -> Iterator[int]:
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in ("", ",", ";"):
            follower = _WORD.match(text, match.end())
            if token or (follower and known(follower.group())):
                yield match.end()
        elif not known(token) and len(token) <= _LONGEST_JOINED:
            acronym = _ACRONYM_THEN_WORD.fullmatch(token)
            splits = [i for i in range(1, len(token)) if known(token[:i]) and known(token[i:])]
            if acronym and known(acronym[2]):
                yield match.start() + acronym.end(1)
            elif len(splits) == 1 and not token.isupper():
                yield match.start() + splits[0]
