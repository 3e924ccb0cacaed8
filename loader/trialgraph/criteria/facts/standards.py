"""By what rules a diagnosis is made, or who or what test found it, which narrows nothing ("per RECIST")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialgraph.criteria.chunking.chunks import Chunk, Text
from trialgraph.criteria.facts.measurability import measuring_end

__all__ = ["standard_end"]

_STANDARD = re.compile(
    r"(?:(?:is|are)\s+)?(?:based on|according to|in accordance with|as per|per|by|using|following"
    r"|as (?:defined|assessed|determined|measured|evaluated|described) (?:by|in|per)"
    r"|defined (?:by|per|as per|according to)|(?:assessed|evaluated|measured) (?:by|per|using|according to))"
    r"\b.{0,140}"
    r"\b(?:criteria|guidelines?|classification|consensus|edition|version|standards?"
    r"|RECIST|AJCC|UICC|WHO|AASLD|i?m?RECIST|RANO|Lugano|Cheson|IMWG)\b"
    r"(?:[\s\"')\].,]*(?:criteria|version|v\.?|ver\.?|\(v\.?\))?\s*\d+(?:\.\d+)*)?"
    r"(?:\s+(?:criteria|guidelines?|version|staging|classification|recommendations))*[\s\"')\].,]*",
    re.IGNORECASE,
)
_MET = re.compile(
    r"(?:that|which|who|must)\s+meets?\s+(?:the\s+)?(?!.{0,60}\b(?:following|below|these|all|any|one)\b)"
    r"[^.;,:]{0,90}\b(?:Working Group|Workshop|IMWG|IWG|iwCLL|WHO|World Health Organization)\b"
    r"[^.;,:]{0,30}\bcriteria\b[\s.]*",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:\bRECIST\s*)(?P<rest>\(?(?:version|ver\.?|v\.?)?\s*(?:\(v\.?\)\s*)?1\.[01]\)?(?:\s+(?:criteria|guidelines?))*)",
    re.IGNORECASE,
)
_TEST = (
    r"(?:imaging|CT|MRI|PET|scans?|echocardio\w+|echo|MUGA|ECG|EKG|electrocardio\w+|ultraso\w+|radiograph\w*"
    r"|x-?rays?|spirometry|endoscopy|mammogra\w+|cystoscopy|colonoscopy|biops(?:y|ies)|histology|pathology"
    r"|cytology|IHC|FISH|PCR|immunohistochemistry|cytometry|serology|sequencing|NGS|tonometry|examination|exam"
    r"|cytogenetics|karyotyping|(?:genetic|genomic|molecular|local|central|laboratory|mutation|tissue|blood|liquid)"
    r" (?:tests?|testing|assays?|analys[ei]s))"
)
_FOUND = re.compile(
    r"(?:as (?:assessed|measured|determined|documented|demonstrated|evaluated|shown|evidenced|detected|seen"
    r"|identified|visuali[sz]ed|confirmed|defined)"
    r"|assessed|measured|documented|detected|evaluated|seen|visible|evident)"
    r" (?:by|on|via|per|using|with|through) (?:an? |the )?(?:[\w-]+ ){0,3}?"
    rf"{_TEST}(?:(?:,? (?:and/or|or|and) |/|, )(?:[\w-]+ ){{0,2}}?{_TEST})*"
    r"(?: scans?| testing| tests?| assays?| analys[ie]s)?[\s.,]*",
    re.IGNORECASE,
)
"""By what test a thing was found, where nothing else is said."""
_KIND = (
    r"(?:an?|the|their|any|most|recent|screening|baseline|current|initial|prior|previous|pre-?treatment"
    r"|pre-?operative|staging|restaging|diagnostic|chest|brain|head|cranial|spinal|abdominal|pelvic|thoracic"
    r"|cardiac|bone|whole|body|whole-body|12-lead|resting|contrast|contrast-enhanced|enhanced|high-resolution"
    r"|low-dose|cross-sectional|anatomic|conventional|standard|routine|medical|radiologic|radiological"
    r"|radiographic|physical|transthoracic|FDG|PET|CT|MRI|MR|computed|computeri[sz]ed|computer|axial|tomography"
    r"|tomographic|magnetic|resonance|positron|emission|local|central|imaging|plain|skeletal)"
)
_PLACE = r"(?:chest|brain|head|abdomen|pelvis|spine|neck|thorax|lungs?|liver|body|skull)"
_SEEN = re.compile(
    rf"(?:either )?(?:on|by|in|via) (?:{_KIND}[ /-]?){{0,7}}\(?{_TEST}\)?"
    rf"(?:(?:,? (?:and/or|or|and) |/|, )(?:by |on )?(?:{_KIND}[ /-]?){{0,5}}{_TEST})*(?: scans?)?"
    rf"(?: \(\w{{2,4}}\)(?: scans?)?)?(?: of the {_PLACE}(?:(?:,? and |/|, ){_PLACE})*)?[\s.,]*",
    re.IGNORECASE,
)
"""On what image or in what test a thing is seen, without a word for it ("on screening chest imaging")."""
_BY_WHOM = re.compile(
    r"(?:as )?(?:(?:determined|defined|assessed|judged|deemed|evaluated|confirmed|documented|identified"
    r"|diagnosed|considered|decided|verified) (?:by|per)|per"
    r"|(?:at|in) the (?:discretion|opinion|judge?ment) of) (?:(?:the|an?|their|our) )?(?:[\w/-]+ ){0,4}?"
    r"(?:investigators?|physicians?|oncologists?|radiologists?|clinicians?|providers?|surgeons?|urologists?"
    r"|cardiologists?|pathologists?|doctors?|PI|sponsor|pathology|laborator(?:y|ies)|lab|committee|board|review)"
    r"(?:['’]s?)?(?: (?:assessment|judge?ment|discretion|opinion|evaluation|review|report|results?"
    r"|testing|test))*"
    r"(?=[\s.,]*$)[\s.,]*",
    re.IGNORECASE,
)
"""Who has to find a thing so, which is left to whoever records it."""
_JUDGING = frozenset(
    {"as", "determined", "defined", "assessed", "judged", "deemed", "evaluated", "confirmed", "documented"}
    | {"identified", "diagnosed", "considered", "decided", "verified", "per", "at", "in"}
)
_SEEN_ON = frozenset({"either", "on", "by", "in", "via"})
_FINDING = frozenset(
    {"as", "assessed", "measured", "documented", "detected", "evaluated", "seen", "visible", "evident"}
)
_LONGEST_NAME = 10


def standard_end(text: Text, chunks: Sequence[Chunk], *, measures: bool = False) -> int:
    """Return where the name of the rules by which a diagnosis is made ends; 0 when there is none.

    Args:
        text: The text.
        chunks: What follows the diagnosis.
        measures: Whether the diagnosis is measurable disease, of which more is told that narrows nothing.
    """
    start, end = chunks[0].start, chunks[-1].end
    named = "recist" in text.lowered
    version = _VERSION.search(text.text, max(0, start - _LONGEST_NAME), end) if named else None
    if version is not None and version.start("rest") <= start < version.end():
        return version.end()
    words = text.text[start:end]
    measured = measuring_end(text.text, start, end) if measures else 0
    if measured == end:
        return end
    if chunks[0].form in _FINDING and _FOUND.fullmatch(words):
        return end
    if chunks[0].form.partition(" ")[0] in _SEEN_ON and _SEEN.fullmatch(words):
        return end
    if chunks[0].form.partition(" ")[0] in _JUDGING and _BY_WHOM.match(words):
        return end
    found = _MET.match(words) or _STANDARD.match(words)
    if found is None or any(chunk.kind in ("value", "lesion", "size") for chunk in chunks):
        return measured
    return chunks[0].start + found.end()
