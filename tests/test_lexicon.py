import re
import tomllib

from tests.shared_files import ROOT
from trialgraph.criteria.lexicon import lexicon

PATH = ROOT / "data" / "language" / "lexicon.toml"


def test_patterns_are_in_lower_case():
    """Words are sought in lower case, so a capital in a pattern would never be found."""
    tables = tomllib.loads(PATH.read_text(encoding="utf-8")).values()
    patterns = [pattern for table in tables if isinstance(table, dict) for pattern in table["patterns"]]
    assert len(patterns) >= 27
    for pattern in patterns:
        letters = re.sub(r"\\.", "", pattern)
        assert letters == letters.lower()


def test_letter_case_does_not_matter_in_a_turn_of_phrase():
    """Judgement and consent are told in capitals as well."""
    assert lexicon().judgement.search("In the OPINION of the Investigator")
    assert lexicon().consent.search("Signed ICF")
