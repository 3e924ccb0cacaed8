"""How texts word the time since a treatment: "at least 4 weeks since X", "X: washout of 3 weeks"."""

from __future__ import annotations

import re

__all__ = [
    "AGAIN",
    "BARE",
    "BARRED",
    "DONE",
    "ENDED",
    "ENDINGS",
    "FINISHED",
    "FRAMES",
    "LISTED",
    "LISTED_BARRED",
    "MUST_STOP",
    "SINCE_GIVEN",
    "SINCE_LEAST",
    "SINCE_MOST",
    "STOPPED",
    "WASHED",
    "WHO_HAD",
]

_OPENING = (
    r"(?:(?:patients?|subjects?|participants?|enrolled|eligible|they|who|must|should|have|has|had|be|an?|the|there"
    r"|interval|of)"
    r"\s+)*"
)
_LEAST = (
    r"(?:at\s+least|at\s+a\s+minimum|(?:a\s+)?minimum(?:\s+(?:interval|period|time|wash-?out))?(?:\s+of)?"
    r"|no\s+less\s+than|not\s+less\s+than|[≥>]|(?<!no\s)(?<!not\s)(?:more|greater|longer)\s+than(?:\s+or\s+equal\s+to)?|over)\s*"
)
_MOST = r"(?:less\s+than|fewer\s+than|[<≤]|within|no\s+more\s+than)\s*"
_LAST = (
    r"(?:(?:the|their|his|her|his/her|any|all|last|final|most|recent|prior|previous|completion|end|cessation|termination"
    r"|discontinuation|finishing|completing|stopping|ending|receiving|received|administration|dose|doses|dosage|date|day|cycle|of|course|receipt"
    r"|infusion|exposure\s+to|(?:research\s+)?(?:patient|subject|participant)(?:['’]s)?)\s+)*"
)
_OVER = (
    r"(?:\s*(?:must|should|have|has|had|be|been|period|interval|wash-?out|elapsed|passed|is|are|required|out|for"
    r"|time))*"
)
_SINCE = r"\s*(?:since|from|after|between|following|of|post|beyond)\s+"
_OF_AN_END = (
    r"(?:(?:the|their|a|any)\s+)*(?:last|final|most|completi|end\b|cessation|discontinu|finish|stopp|date)"
)
_WAITED = rf"{_OVER}(?!\s*of\s+(?!{_OF_AN_END})){_SINCE}{_LAST}"
"""What says that a time counts from a treatment; "at least 6 months of A" is how long it was given."""
_WAITED_TOO = f"{_OVER}{_SINCE}{_LAST}"
_ELAPSED = r"(?=[\w()\s-]{3,25}?\b(?:must|should|needs?\s+to)\s+have\s+(?:elapsed|passed)\b)"
SINCE_LEAST = f"{_OPENING}(?:{_LEAST}|{_ELAPSED})LENGTH{_WAITED}"
_TO_ENTRY = r"(?:\s+(?:prior\s+to|before)\s+(?:study\s+)?(?:day\s+\S+|enrol\w+|registration))?"
SINCE_MOST = f"{_OPENING}{_MOST}LENGTH{_TO_ENTRY}{_WAITED_TOO}"
AGAIN = (
    rf"(?:[,;]|\band\b|\bor\b)[\s,]*(?:and\s+|or\s+)?(?:{_LEAST})?LENGTH"
    rf"(?:\s*wash-?\s?out(?:\s+period)?\s+(?:for|of|from)\s+|\s+for\s+(?!whom|which)|{_WAITED_TOO})"
)
"""How the time of another treatment follows ("4 weeks from surgery and 2 weeks from radiotherapy")."""
ENDINGS = (
    "completed", "discontinued", "stopped", "finished", "ended", "terminated", "ceased", "concluded", "given",
    "administered",
)  # fmt: skip
_ENDING = rf"(?:{'|'.join(ENDINGS)})(?:\s+or\s+[a-z]+ed)?\s+(?:for\s+)?"
_HAVING = r"(?:have|be|been|has|permanently|completely|fully|\s)*"
DONE = ("occur", "taken place", "must be", "should be", "have been")
"""What else is said of a treatment that has to be some time ago."""
_DONE = r"(?:be|occur|have\s+(?:been|occurred|taken\s+place))"
ENDED = (
    rf"\s*\(?(?:(?:must|should|need\s+to|has\s+to|have\s+to)\s*{_HAVING}{_ENDING}(?:{_LEAST})?"
    rf"|(?:must|should|need\s+to|has\s+to|have\s+to)\s+{_DONE}\s+{_LEAST}(?=[^.;,]{{1,30}}\b(?:prior|before)\b)"
    rf"|(?:is\s+to)?\s*{_HAVING}{_ENDING}{_LEAST})LENGTH,?\s+(?:prior\s+to|before|from|prior(?=\s*(?:[.,;)]|$)))(?!\w)"
)
_PERSONS = r"(?:(?:the|all|any)\s+)?(?:patients?|subjects?|participants?|individuals?|women|men|they)"
_FINAL = (
    r"(?:last|final|most\s+recent)\s+(?:dose|doses|fraction|administration|infusion|treatment|cycle|course)"
)
_BEFORE = r"\s*,?\s*(?:\(\s*wash-?\s?out[^()]*\)\s*)?(?:prior\s+to|before)\b"
_WASHOUT = r"wash-?\s?out(?:\s+(?:period|time|interval))?"
_DUE = r"(?:\s+(?:is|are|will|must|should|be|have|has|been|required|needed|necessary|requested|elapsed))*"
_IS = r"\s*(?::|\s(?:must|should|has\s+to|is|will)?(?:\s+(?:be|have\s+been|of))?)\s*"
_NAMED = r"(?P<named>[^.;:]{3,120}?)"
_ASKED = r"\s+(?:is|are|will\s+be)\s+(?:required|needed|necessary)\W*"
WASHED = (
    rf"{_OPENING}(?:{_LEAST}(?:an?\s+)?)?LENGTH\s*{_WASHOUT}{_DUE}\s+(?:between|for|of|from|since|after|following)\s+{_LAST}"
    rf"(?P<named>.+?)(?:{_ASKED})?$",
    rf"{_OPENING}(?:(?:adequate|minim(?:um|al)|appropriate|required|sufficient|treatment)\s+)*{_WASHOUT}(?:\s*(?:of|:|-|is|must|should|be|at))*"
    rf"\s*(?:{_LEAST}|least\s+)?LENGTH{_DUE}\s+(?:between|for|of|from|since|after|following)\s+{_LAST}(?P<named>.+)",
    rf"{_OPENING}{_WASHOUT}\s+(?:for|of|from|after)\s+{_LAST}{_NAMED}{_IS}(?:{_LEAST})?LENGTH(?P<tail>\b)",
    rf"(?:for\s+)?(?P<named>[^.;:,]{{3,80}})[:,]\s*(?:(?:the|an?)\s+)?{_WASHOUT}{_IS}(?:{_LEAST})?LENGTH(?P<tail>\b)",
)
"""Wordings of a washout, each with the treatments as `named`."""
_HAD = (
    rf"(?:for\s+)?{_PERSONS}\s+(?:with\s+(?:prior|previous)"
    r"|who\s+(?:have\s+|has\s+|had\s+)?(?:previously\s+)?(?:received|undergone|underwent))\s+"
)
_TAKING = rf"(?:for\s+)?{_PERSONS}\s+(?:who\s+are\s+)?(?:currently\s+)?(?:on|taking|receiving|using)\s+"
MUST_STOP = (
    r"(?:must|should|need\s+to)\s+(?:have\s+(?:been\s+)?|be\s+)?(?:discontinued?|stop(?:ped)?)\s*"
    r"(?:(?:the|these|such|those|this|that|their|them|it|all|use|treatments?|therapy|therapies|drug(?:s|\(s\))?|agents?"
    r"|medications?|supplements?|products?|inhibitors?|inducers?|of|\s)\b)*\s*(?:for\s+)?"
)
"""How it is told that treatments named before have to be stopped, up to how long before."""
STOPPED = rf"{_TAKING}{_NAMED},?\s+{MUST_STOP}(?:{_LEAST})?LENGTH(?P<tail>{_BEFORE})"
"""How it is asked of those who take something ("patients on A must discontinue it 2 weeks before …")."""
FRAMES = (
    *WASHED,
    STOPPED,
    rf"{_HAD}{_NAMED}\s+(?:must|should|requires?|need\s+to)\s+(?:have\s+)?(?:had\s+)?(?:an?\s+)?"
    rf"(?:{_WASHOUT}\s*(?:of|for)?\s*(?:{_LEAST})?|(?:{_LEAST})?(?=\d+[\s-]*\w+\s*wash))LENGTH(?P<tail>\b)",
    rf"{_OPENING}(?:minimum\s+)?(?:time|interval)\s+(?:elapsed\s+)?(?:since|from|after)\s+{_LAST}{_NAMED}{_IS}{_LEAST}LENGTH"
    r"(?P<tail>\b)",
    rf"(?:{_PERSONS}\s+)?(?:(?:(?:must|should)\s+have\s+)?(?:had|received)\s+)?(?:(?:the|their|a)\s+)?{_FINAL}\s+(?:of|with)\s+"
    rf"{_NAMED}(?:\s+(?:must|should|have|has|be|been|was|given|administered|received|completed))*\s*"
    rf"(?:{_LEAST}|(?<=\bbeen\s)|(?<=\bbe\s))LENGTH(?P<tail>{_BEFORE})",
    r"(?:last|final|most\s+recent|all\s+(?:prior|previous))\s+(?P<named>(?:(?!must\b|should\b)[^.;:]){3,120}?)\s*"
    rf"{_LEAST}LENGTH(?P<tail>{_BEFORE}|\s+from\b)",
    rf"(?:{_PERSONS}\s+)?(?:must\s+|should\s+)(?:have\s+)?"
    r"(?:completed?|discontinued?|stop(?:ped)?|finish(?:ed)?|ended)\s+"
    rf"{_NAMED}\s*(?:\bfor\s+)?(?P<least>{_LEAST})?LENGTH(?P<tail>{_BEFORE})",
    rf"(?:{_PERSONS}\s+)?(?:must|should)\s+be\s+LENGTH\s*(?:out\s+)?(?:post|from|since|after)\s+"
    rf"{_LAST}(?P<named>.+)",
    r"(?:an?\s+)?LENGTH\s+(?:out\s+(?:from|of|since)\s+"
    r"|(?:since|from)\s+(?=(?:the\s+)?(?:completion|end|last|cessation|discontinuation|most\s+recent)\b))"
    rf"{_LAST}(?P<named>.+)",
    rf"{_NAMED}\s+(?:must|should|requires?)\s+(?:have\s+)?(?:an?\s+)?(?:{_LEAST})?LENGTH(?P<tail>\s*(?:\([^()]*\)\s*)?{_WASHOUT})\b",
    rf"{_OPENING}{_LEAST}LENGTH{_OVER}\s+if\s+(?=(?:prior|previous|other)\b)(?P<named>[^.;:]+)",
    rf"(?=[^:]*\b(?:infusions?|transplant\w*|transfusions?)\W*:)(?P<named>[^.;:]{{3,160}}?):\s*{_LEAST}LENGTH"
    r"(?P<tail>(?:\s+after\s+(?:the\s+)?(?:last\s+)?(?:infusion|transplant\w*))?)(?=\W*$|\s+and\s+no\b)",
    rf"(?P<named>[^.;:]{{3,120}}?):\s*(?:the\s+)?{_FINAL}\s+(?:must|should|has\s+to)\s+(?:have\s+been|be)\s+"
    rf"(?:(?:given|administered|received)\s+)?{_LEAST}LENGTH(?P<tail>{_BEFORE})",
)
"""Other wordings of a time, each with the treatments as `named`; a `tail` tells up to when it is."""
BARE = (
    rf"(?P<named>(?!(?:[^.;:]*\b)?(?:must|should|receiv|had|have|has|undergo|underw|complet|treated|who|history|stable|no|not)"
    rf"\w*)[^.;:]{{3,120}}?)\s*{_LEAST}LENGTH(?P<tail>{_BEFORE})"
)
"""A treatment and a time without a verb ("focal irradiation > 4 weeks prior to enrollment").

That it must be over for so long is as likely meant as that it must have been given.
"""
WHO_HAD = (
    rf"(?:(?:for|in)\s+)?{_PERSONS}\s+(?:who\s+)?(?:have\s+|has\s+)?(?:been\s+)?(?:previously\s+)?"
    r"(?:received|had|undergone|treated\s+with)\s+(?P<named>[^.;:]{3,160}?),\s+(?:for\s+eligibility,?\s+)?"
    r"(?=[^.;:]*\b(?:interval|since|elapsed|wash-?\s?out|last)\b)(?:the|an?|there|at\s+least|interval|time)\b[^.;:\d]{0,120}?"
    rf"{_LEAST}LENGTH(?P<tail>\b)"
)
"""How a time is asked of those who had a treatment only, which is no demand to have had it."""
_TOO_SHORT = r"(?:less\s+than|fewer\s+than|<)\s*"
BARRED = (
    rf"(?:the\s+)?(?:{_FINAL}\s+of|complet(?:ed|ion\s+of))\s+{_NAMED}\s*{_TOO_SHORT}LENGTH(?P<tail>{_BEFORE})",
    rf"{_NAMED}\s+(?:completed|stopped|discontinued|ended|finished)\s+{_TOO_SHORT}LENGTH(?P<tail>{_BEFORE})",
)
"""Wordings of a time that is too short, among exclusions ("chemotherapy completed < 7 days prior to …")."""
LISTED = (
    rf"(?:(?:must|should)\s+be\s+)?(?:{_LEAST})?LENGTH\s*(?:{_WASHOUT}\s*|out\s+)?(?:for|from|since|after|of|following|:|-)?\s+{_LAST}"
    r"(?P<named>[^:]+)",
    rf"(?P<named>[^:;]{{3,120}}?)\s*(?:[:,=–-]|\bfor\b|\()?\s*(?:{_LEAST})?LENGTH"
    r"(?P<tail>\)?\s*(?:wash-?\s?out(?:\s+period)?)?(?:\s*(?:prior\s+to|before)\b[^.:;()]{0,60})?)$",
)
"""How an item of a list below "time since prior treatment:" tells its treatments and their time."""
_ANY = rf"(?:{_LEAST}|{_MOST})?"
LISTED_BARRED = (
    rf"{_ANY}LENGTH\s*(?:{_WASHOUT}\s*)?(?:\s(?:for|from|since|after|following)\s|[:–-]\s)\s*{_LAST}(?P<named>[^:]+)",
    rf"(?P<named>[^:;]{{3,120}}?)\s*(?:[:;,=–-]|\bfor\b|\()\s*{_ANY}LENGTH"
    r"(?P<tail>\)?\s*(?:wash-?\s?out(?:\s+period)?)?(?:\s*(?:prior\s+to|before)\b[^.:;()]{0,60})?)$",
)
"""How an item of a list below "prior therapy within these periods:", among exclusions, tells its time."""
_OF_IT = (
    r"(?:that|this|these|those|such|said|it|they|the|their|his|her|an?|all|any|there|and|or|of|both"
    r"|prior|previous|patients?|subjects?|participants?|individuals?"
    r"|have|has|had|been|be|being|was|were|is|are|will|must|should|shall|need|needs|required|permanently|completely|fully"
    r"|doses?|fractions?|infusions?|administrations?|injections?|exposures?|cours(?:e|es)|cycles?|treatments?|therap(?:y|ies)"
    r"|agents?|medications?|drugs?|products?|radiotherapy|radiation|chemotherapy|immunotherapy|surger(?:y|ies)|procedures?"
    r"|transplant(?:ation)?s?|SCT|HSCT|HCT|vaccines?|use|using|taking|regimens?|date|time|interval|period"
    r"|last|final|most\s+recent)\s+"
)
_STOPPED = (
    r"(?:complet(?:ed?|ion)|discontinu(?:ed?|ation)|stop(?:ped)?|finish(?:ed)?|end(?:ed)?|terminated|ceased|cessation|termination"
    r"|concluded|off)\s+"
)
_HAPPENED = r"(?:given|administered|received|performed|delivered|occurred|taken\s+place)\s+"
FINISHED = re.compile(
    rf"(?:{_OF_IT})*(?:(?:{_STOPPED}(?:{_OF_IT})*(?:for\s+)?|{_HAPPENED})(?:{_LEAST})?|{_LEAST})"
    r"(?=\d|(?:two|three|four|five|six|eight|twelve)\b)",
    re.IGNORECASE,
)
"""How words of a treatment start that was named before, up to how long it must have been over."""
_UNTIL = r"(?:\s*,?\s*(?:prior\s+to|before)\s[^.;,]{3,60}?)?"
SINCE_GIVEN = (
    rf"(?:{_OF_IT})*{_LEAST}LENGTH{_WAITED_TOO}(?:{_OF_IT}|transplant\w*|SCT|HSCT|HCT|dose|therapy|treatment)*"
    r"(?=\W*$|\s*,?\s*and\s)",
    rf"(?:{_OF_IT})*(?:{_LEAST})?LENGTH\s+(?:must|should|needs?\s+to)\s+have\s+(?:elapsed|passed)"
    rf"(?:\s+(?:since|from|after)\s+(?:{_OF_IT}|start\s+of\s+|completion|procedure|dose|therapy|treatment)*)?"
    rf"{_UNTIL}(?=\W*$)",
    rf"(?:{_OF_IT})*(?:{_LEAST}(?:an?\s+)?)?LENGTH\s*{_WASHOUT}{_UNTIL}(?:{_ASKED})?(?=\W*$|\s*,?\s*and\s)",
    rf"(?:(?:{_OF_IT})|requires?\s+|an?\s+)*{_WASHOUT}\s+(?:of|for)\s+(?:{_LEAST})?LENGTH{_UNTIL}(?:{_ASKED})?"
    r"(?=\W*$|\s*,?\s*and\s)",
)
"""How such words count from the treatment ("is ≥ 180 days from transplant", "must have a 2-week washout")."""
