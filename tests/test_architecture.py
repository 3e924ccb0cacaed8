"""The package's shape: imports run one way, modules stay small, names say what things are."""

import ast
import re
from pathlib import Path

import pytest

from tests.shared_files import ROOT

PACKAGE = ROOT / "loader" / "trialgraph"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

# Upstream first. A module may import from its own layer and from those above it in this list.
LAYERS = [
    ("errors", "garbage", "keeping", "resources", "namespaces"),
    ("records", "ontology", "codes", "concepts", "expressions", "units"),
    ("sources",),
    ("criteria",),
    ("vocabularies",),
    ("curation",),
    ("graph",),
    ("stores",),
    ("processes",),
    ("authoring", "queries", "loading"),
    ("patients", "views"),
    (
        "allergies",
        "contraries",
        "derivation",
        "evaluation",
        "examples",
        "measured",
        "canonical",
        "equivalence",
        "exemptions",
        "graded",
        "implication",
        "instances",
        "intervals",
        "kleene",
        "malignancies",
        "narrowed",
        "needs",
        "outlines",
        "purposes",
    ),
    ("shapes",),
    ("changes", "grounds", "missing", "versions"),
    ("catalogue", "packaged", "screening"),
    ("reports",),
    ("browsing",),
    ("server",),
    ("cli",),
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# The same within the reading of criteria, a folder each; the modules beside them use any of them or none.
READING = (
    "language",
    "sections",
    "quantities",
    "chunking",
    "facts",
    "members",
    "conditions",
    "lists",
    "mentions",
    "statements",
)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "misc"}


def _top(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    """Return the parts of the package that a module imports, also inside its functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trialgraph."):
            found.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith("trialgraph.")}
    return found


def test_there_is_a_package_to_check() -> None:
    """The collector found the modules."""
    assert len(MODULES) > 30


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    """A module knows what lies upstream of it, never downstream."""
    own = _top(path)
    if own in ("__init__", "__main__"):
        return
    assert own in LEVEL, f"give {own} a place among the layers"
    downstream = {name for name in _imports(path) if LEVEL.get(name, 0) > LEVEL[own]}
    assert not downstream


@pytest.mark.parametrize("folder", sorted(path.parent for path in PACKAGE.glob("criteria/*/__init__.py")))
def test_criteria_are_read_from_words_to_statements(folder: Path) -> None:
    """A folder of the reading uses those before it only: words know nothing of the lists they stand in."""
    assert folder.name in READING, f"give {folder.name} a place among the folders"
    later = READING[READING.index(folder.name) + 1 :]
    for path in folder.glob("*.py"):
        imported = re.findall(
            r"^from trialgraph\.criteria\.(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert not set(imported) & set(later), f"{path.name} looks ahead"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_nouns_of_a_readable_size(path: Path) -> None:
    """No module is a drawer for odds and ends, and none needs a table of contents."""
    assert path.stem not in FORBIDDEN_NAMES
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
