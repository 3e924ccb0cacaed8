"""Other wordings of a name that English makes by rule: "heart illness", "cancer of the bladder".

So are "inhibitor of CYP3A4" for "CYP3A4 inhibitor", "cytochrome P450 isozyme 3A4" for the enzyme, and
"hypersensitivity to latex" for an allergy to it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from trialgraph.criteria.language.clauses import clauses_of
from trialgraph.criteria.language.places import of_places

if TYPE_CHECKING:
    from trialgraph.criteria.language.names import Term

__all__ = ["reworded", "usual_noun", "variants_of"]

_ILL = ("disease", "disorder", "illness")
"""Words for ill health in general, which criteria use for one another."""
_SPECIFIC = ("disease", "disorder")
"""Those that name an illness of some kind; "medical condition" says less than "medical illness"."""
_BESIDE = ("comorbidity", "co-morbidity", "morbidity", "comorbid disease", "comorbid condition")
"""An illness of a kind beside the one that is studied."""
_OF_NO_KIND = ("systemic", "medical", "chronic", "intercurrent", "acute")
_ADJECTIVE = ("al", "ic", "ar", "ary", "ory", "ous", "ine", "une")
"""Ends of words that tell what a system of the body does, not what it is ("cardiovascular")."""
_MALIGNANT = ("cancer", "malignancy", "malignant tumor", "malignant tumour", "malignant neoplasm")
_PLACED = (("cancer", _MALIGNANT), ("carcinoma", ("carcinoma",)), ("adenocarcinoma", ("adenocarcinoma",)))
_LONG = "squamous cell carcinoma"
_SHORT = "SCC"
_SPREAD = " metastasis"
_BESIDE_OTHERS = ("coinfection", "co-infection", "coinfected", "co-infected")
_LESIONS = ("metastatic lesion", "metastatic disease", "metastatic involvement", "metastatic tumor", "mets")
_FOUND = ("metastatic disease", "metastatic lesion", "metastasis")
_FROM = ("to", "to the", "in", "in the", "of the")
_USUAL = {
    "disease": ("condition", "conditions", "disorder", "disorders", "illness", "illnesses", "diseases"),
    "cancer": ("tumor", "tumors", "tumour", "tumours", "malignancy", "malignancies", "neoplasm", "neoplasms",
               "cancers"),
}  # fmt: skip
_USUAL_NOUNS = {other: noun for noun, others in _USUAL.items() for other in others}
"""Nouns for ill health and for malignancies, by the one that most names have."""
_INCOMPLETE = ("cell", "situ")
"""Last words of what "cancer" stands behind that are no part of the body."""
_SPEAKING = " speaking"
_ACCESS = "access to "
_OWNING = (
    "own",
    "owns",
    "owning",
    "has",
    "have",
    "having",
    "possess",
    "possesses",
    "access to",
    "must have",
    "must own",
    "should have",
)
_OWNED = ("", "a ", "an ", "their own ", "his or her own ", "a personal ")
_WORKING = ("", "working ", "functioning ", "functional ", "reliable ", "consistent ", "regular ")
_REACHED = ("daily", "regular", "reliable", "consistent", "adequate", "stable", "ready")
_UNDERSTANDING = ("read", "write", "speak", "understand", "comprehend")
_WRITTEN = (
    "understand verbal and written",
    "understands verbal and written",
    "understand spoken and written",
)
_ENZYME = re.compile(r"\bCYP(?=\d)")
_ENZYMES = ("cytochrome P450 ", "cytochrome P450 isozyme ", "cytochrome P450 isoenzyme ", "CYP450 ")
_ENDS_IN_ENZYME = tuple("0123456789A")
_KINDS_OF_ENZYME = ("enzyme", "isoenzyme", "isozyme", "isoform")
_ACTING = re.compile(
    r"(?P<grade>(?:(?:strong|potent|moderate|weak|moderate/strong)\s)?)(?P<target>.+)"
    r"\s(?P<agent>inhibitor|inducer|substrate)"
)
_GRADES = "moderate/strong "
_GRADED = ("strong/moderate ", "strong and moderate ", "moderate and strong ")
_RANGED = ("moderate to strong ", "moderate-to-strong ", "strong to moderate ")
"""Other wordings of two grades that a name has together."""
_DOING = {"inhibitor": "inhibiting", "inducer": "inducing"}
_MEDICINES = ("drug", "medication", "agent")
_AGAINST = re.compile(
    r"anti-(?P<first>\S+)(?:\s(?:agent|drug|therapy|treatment))?"
    r"|(?P<second>\S+)-(?:targeted|targeting|directed)\s(?:agent|drug|therapy|treatment)"
)
_GIVEN = ("agent", "drug", "therapy", "treatment", "compound", "therapeutic", "therapeutic agent")
_TARGETING = ("targeting", "directed against", "directed at", "directed to", "against")
_TARGETED = ("targeted", "targeting", "directed")
_AIMED = ("directed", "targeted", "targeting")
_GIVEN_ALIKE = (frozenset({"therapy", "treatment"}), frozenset({"drug", "medication", "agent"}))
"""Words for what is given to a patient that trials use for one another."""
_OF_ANY = ("study ", "trial ", "alternative ")
_ANTIBODY = " antibody"
_SHORT_ANTIBODY = " mAb"
_IRRADIATION = (" radiotherapy", " irradiation", " radiation")
_SHORT_IRRADIATION = (" RT", " XRT")
_LEVEL = " level"
_LEVELS = (" concentration", " levels", " concentrations")
_TEST = " test"
_CAR_T = re.compile(r"(?:anti-)?(?P<target>[A-Z]\S*) CAR[ -]T[ -]cell therapy")
_CONJUGATE = re.compile(
    r"(?:anti-)?(?P<target>[A-Z]\S*?|\S*\d)(?:-(?:directed|targeted))? (?:antibody-drug conjugate|ADC)"
)
_CONJUGATES = ("antibody-drug conjugate", "antibody drug conjugate", "ADC")
_CARS = ("CAR-T cell therapy", "CAR-T therapy", "CAR-T cell", "CAR-T")
_INHIBITED = ("inhibition", "inhibition therapy", "pathway inhibitor")
"""How else the treatment by an inhibitor is told ("prior ALK inhibition")."""
_PATHWAY_AGENTS = ("pathway-targeting agent", "pathway targeting agent")
"""What aims at the same beside an antibody ("anti-PD-L1 therapeutic antibody or pathway-targeting agent")."""
_BLOCKER = " inhibitor"
_BLOCKING = (
    "antagonist",
    "blocker",
    "blocking agent",
    "blocking drug",
    "blocking antibody",
    "blocking therapy",
)
_OF_MARKERS = {
    " positive": (
        "expression of",
        "positive expression of",
        "express",
        "expresses",
        "expressing",
        "expressed",
    ),
    " overexpression": ("overexpression of", "overexpress", "overexpresses", "overexpressing"),
    " loss": ("loss of",),
}
"""For how the name of a marker ends, the words with which it is said the other way round."""
_OF_GENOMES = {
    "detectable ": (
        "{} detectable", "{} positive", "positive {}", "positive for {}", "positive test for {}",
        "positive test result for {}", "presence of {}", "{} test positive", "detectable levels of {}",
        "{} detected", "{} is positive", "{} is detectable", "{} are detectable", "{} positivity",
        "positive result for {}", "positive result of {}", "{} PCR positive", "positive {} PCR",
    ),
    "undetectable ": (
        "{} undetectable", "{} negative", "negative {}", "negative for {}", "negative test for {}",
        "negative test result for {}", "absence of {}", "{} test negative", "undetectable levels of {}",
        "{} not detected", "{} is negative", "{} is undetectable", "{} not detectable",
        "negative result for {}", "negative result of {}", "{} PCR negative", "negative {} PCR",
        "negative {} evaluation", "negative {} PCR evaluation", "{} test must be negative",
    ),
}  # fmt: skip
"""How it is said that a virus's nucleic acid was found, or wasn't, by how the name of the finding opens."""
_ACIDS = {" RNA": " ribonucleic acid", " DNA": " deoxyribonucleic acid"}
_SHOWN_BY = ("expression", "staining", "protein", "protein expression")
_RISK = " risk factor"
_RISKS = (
    "risk factor",
    "factor that increases the risk",
    "factor that increase the risk",
    "factor that may increase the risk",
    "factor which increase the risk",
    "factor increasing the risk",
    "condition that increases the risk",
    "condition that increase the risk",
    "condition that carries a high risk",
    "condition that carry a high risk",
    "predisposing factor",
    "predisposing risk factor",
    "increased risk",
    "high risk",
    "higher risk",
    "elevated risk",
    "at increased risk",
    "at an increased risk",
    "at high risk",
    "at a high risk",
    "at higher risk",
    "condition associated with an increased risk",
    "condition associated with increased risk",
    "condition associated with a high risk",
)
"""How it is said that something makes an illness more likely, before "of" or "for" and its name."""
_MUCH = ("increased", "elevated", "at increased", "at an increased", "at high", "at a high")
_ALLERGY = "allergy to "
_ANYTHING = ("drug", "drugs", "food")
"""What an allergy may be to without saying of which kind it is ("hypersensitivity to drug formulations")."""
_ALLERGIC = (
    "hypersensitivity",
    "allergic reaction",
    "hypersensitivity reaction",
    "anaphylaxis",
    "anaphylactic reaction",
    "allergic",
)


def variants_of(name: str, label: str, category: str | None) -> Iterator[str]:
    """Yield further names of a concept; one may be another concept's name too.

    Args:
        name: A name in use.
        label: The label of what it names.
        category: The category of what it names; None for a quantity.
    """
    yield from of_places(name, category)
    if category == "condition":
        yield from _of_condition(name, label)
    elif category == "treatment":
        yield from _of_treatment(name)
        yield from clauses_of(name, label)
    elif category in ("procedure", "reproductive"):
        yield from clauses_of(name, label)
        if category == "procedure" and name.endswith(_TEST):
            yield f"{name}ing"
    elif category is None and name.endswith(_LEVEL):
        yield from (f"{name.removesuffix(_LEVEL)}{other}" for other in _LEVELS)
    elif category == "allergy" and name.startswith(_ALLERGY):
        cause = name.removeprefix(_ALLERGY)
        yield from (f"{word} to {cause}" for word in _ALLERGIC if cause not in _ANYTHING)
    elif category == "biomarker":
        yield from _of_marker(name, label)
    elif category == "demographic":
        yield from _of_access(name)
        if name == label:
            yield from _of_language(label)


def _of_marker(name: str, label: str) -> Iterator[str]:
    """Yield names that put what a tumour makes or lacks behind the word for it ("loss of MTAP")."""
    for kind, wordings in _OF_MARKERS.items():
        if name.endswith(kind) and (label.endswith(kind) or kind == " loss"):
            marker = name.removesuffix(kind)
            yield from (f"{wording} {marker}" for wording in wordings)
            yield from (f"loss of {marker} {by}" for by in _SHOWN_BY if kind == " loss")
    for finding, wordings in _OF_GENOMES.items():
        genome = name.removeprefix(finding)
        if genome != name and (acid := _ACIDS.get(genome[-4:])) is not None:
            for each in (genome, genome[:-4] + acid):
                yield from (wording.format(each) for wording in (f"{finding}{{}}", *wordings))


def usual_noun(word: str) -> str | None:
    """Return the noun that most names have for one that a list's members share ("tumors": "cancer").

    None for any other word, and for that noun itself.
    """
    return _USUAL_NOUNS.get(word.lower())


def _of_condition(name: str, label: str) -> Iterator[str]:
    """Yield names with another word for ill health or a malignancy, or what makes an illness likely."""
    start, _, head = name.rpartition(" ")
    if not start:
        return
    if name.endswith(_RISK):
        illness = name.removesuffix(_RISK)
        yield from (f"{risk} {of} {illness}" for risk in _RISKS for of in ("of", "for"))
        yield from (f"{much} {illness} risk" for much in _MUCH)
        yield from (f"{word} to {illness}" for word in ("predisposition", "factor predisposing"))
    kind = label.rpartition(" ")[2]
    if head in _ILL and kind in _ILL:
        yield from (f"{start} {other}" for other in _ILL if other != head)
    if head in _SPECIFIC and kind in _SPECIFIC:
        yield f"{start} condition"
        yield from (f"{start} {beside}" for beside in _BESIDE if start not in _OF_NO_KIND)
        if start.endswith(_ADJECTIVE):
            yield from (f"{start} pathology", f"{start} problem")
        of_it = f"{start} system" if start.endswith(_ADJECTIVE) else start
        yield from (f"{other} of {of_it}" for other in (*_ILL, "condition"))
    if name.endswith(f" {_LONG}"):
        place = name.removesuffix(f" {_LONG}")
        yield from (f"{place} {_SHORT}", f"{_SHORT} of {place}")
    if name.endswith(_SPREAD):
        site = name.removesuffix(_SPREAD)
        yield from (f"{site} {lesion}" for lesion in _LESIONS)
        yield from (f"{lesion} {to} {site}" for lesion in _FOUND for to in _FROM)
    if head == "infection" and not start.endswith("co"):
        yield from (f"{start} {beside}" for beside in _BESIDE_OTHERS)
    for word, heads in _PLACED:
        if head == word and not start.endswith(_INCOMPLETE):
            yield from (f"{each} of {article}{start}" for each in heads for article in ("", "the "))


def _of_language(label: str) -> Iterator[str]:
    """Yield what someone who speaks a language can do in it ("read, write and understand English")."""
    if not label.endswith(_SPEAKING):
        return
    language = label.removesuffix(_SPEAKING)
    for count in (1, 2, 3):
        for verbs in itertools.permutations(_UNDERSTANDING, count):
            before, last = ", ".join(verbs[:-1]), verbs[-1]
            joints = ("/", " and ", " or ", ", and ", " and/or ") if before else ("",)
            skills = [f"{before}{joint}{last}" for joint in joints]
            skills += ["/".join(verbs)] if "," in before else []
            yield from (f"{skill} {each}" for skill in skills for each in (language, f"in {language}"))
            yield from (f"{skill} the {language} language" for skill in skills)
    for skill in ("fluent", "proficient", "literate", "conversant"):
        yield from (f"{skill} in {language}", f"{skill} in the {language} language", f"{language} {skill}")
    for skill in ("fluency", "proficiency", "literacy"):
        yield from (f"{skill} in {language}", f"{language} {skill}", f"{language} language {skill}")
    for skill in ("primary language is", "primary language of", *_WRITTEN):
        yield f"{skill} {language}"
    yield from (f"{language} speaker", f"{language} as a primary language", f"communicate in {language}")


def _of_access(name: str) -> Iterator[str]:
    """Yield how else it is said that someone has a device or a service ("owns a working telephone")."""
    if not name.startswith(_ACCESS):
        return
    thing = name.removeprefix(_ACCESS)
    bare = re.sub(r"^(?:an?|the) ", "", thing)
    for owning, owned, working in itertools.product(_OWNING, _OWNED, _WORKING):
        yield from (f"{owning} {owned}{working}{bare}{access}" for access in ("", " access"))
    yield from (f"{working}{bare}" for working in _WORKING if working)
    yield from (f"{reached} {_ACCESS}{each}" for reached in _REACHED for each in {thing, bare})
    yield from (f"{bare} {owned}" for owned in ("access", "ownership"))


def _of_treatment(name: str) -> Iterator[str]:
    """Yield names of a treatment that put its target behind it, or spell the enzyme out."""
    acting = _ACTING.fullmatch(name)
    against = _AGAINST.fullmatch(name)
    if against is not None:
        target = against["first"] or against["second"]
        yield from (f"{given} {aimed} {target}" for given in _GIVEN for aimed in _TARGETING)
        yield from (f"{target}-{aimed} {given}" for given in _GIVEN for aimed in _TARGETED)
        yield from (f"anti-{target} {given}" for given in _GIVEN)
        yield from (f"anti-{target}-{aimed} {given}" for given in _GIVEN for aimed in _AIMED)
    if name.startswith("anti-") and name.endswith(_ANTIBODY):
        antibody = f"{name.removesuffix(_ANTIBODY)} therapeutic{_ANTIBODY}"
        yield from (antibody, *(f"{antibody} or {agent}" for agent in _PATHWAY_AGENTS))
        yield name.removeprefix("anti-")
    yield from _shortened(name)
    if name.endswith(_BLOCKER) and name[0].isupper():
        target = name.removesuffix(_BLOCKER)
        yield from (f"{target} {word}" for word in _BLOCKING)
        yield from (f"{target} {word}" for word in _INHIBITED if not _ENZYME.search(target))
    if (cells := _CAR_T.fullmatch(name)) is not None:
        yield from (f"{cells['target']}-{aimed} {each}" for aimed in _TARGETED for each in _CARS)
    if (conjugate := _CONJUGATE.fullmatch(name)) is not None:
        yield from _of_conjugate(conjugate["target"])
    start, _, head = name.rpartition(" ")
    if start and not name.startswith(_OF_ANY):
        yield from (f"{start} {other}" for words in _GIVEN_ALIKE if head in words for other in words - {head})
    names = [name] if acting is None else [name, "{grade}{agent} of {target}".format(**acting.groupdict())]
    yield from names[1:]
    if name.startswith(_GRADES):
        yield from (each.replace(_GRADES, grades) for each in names for grades in (*_GRADED, *_RANGED))
    if acting is not None and _ENZYME.search(name) and acting["agent"] in _DOING:
        doing = _DOING[acting["agent"]]
        yield from (f"{acting['grade']}{acting['target']} {doing} {given}" for given in _MEDICINES)
    for each in names:
        if _ENZYME.search(each):
            yield from (_ENZYME.sub(enzyme, each) for enzyme in _ENZYMES)
            if each.endswith(_ENDS_IN_ENZYME):
                yield from (f"{each} {kind}" for kind in _KINDS_OF_ENZYME)
                yield from (_ENZYME.sub(f"{kind} CYP", each) for kind in _KINDS_OF_ENZYME)


def _shortened(name: str) -> Iterator[str]:
    """Yield names of an antibody or a radiotherapy with the abbreviation for that ("pelvic RT")."""
    if name.endswith(_ANTIBODY):
        yield f"{name.removesuffix(_ANTIBODY).removesuffix(' monoclonal')}{_SHORT_ANTIBODY}"
    for irradiation in _IRRADIATION:
        if name.endswith(irradiation):
            yield from (f"{name.removesuffix(irradiation)}{short}" for short in _SHORT_IRRADIATION)


def _of_conjugate(target: str) -> Iterator[str]:
    """Yield names of the antibody-drug conjugates against a target."""
    for each in _CONJUGATES:
        yield from (f"{target}-{aimed} {each}" for aimed in _TARGETED)
        yield from (f"anti-{target} {each}", f"{target} {each}")
        yield from (f"{each} {aimed} {target}" for aimed in _TARGETING)


def reworded(entries: Iterable[tuple[str, bool, Term]]) -> Iterator[tuple[str, bool, Term]]:
    """Yield names that are made by rule, where no concept has them and they are of one concept only."""
    taken: set[str] = set()
    made: dict[str, dict[str, Term]] = {}
    for name, acronym, term in entries:
        taken.add(name.lower())
        if acronym:
            continue
        further = variants_of(name, term.label, term.category)
        for each in further:
            made.setdefault(each, {})[term.iri] = term
    for name, terms in made.items():
        if len(terms) == 1 and name.lower() not in taken:
            yield name, False, next(iter(terms.values()))
