"""What holds for all tests: none of them sees the vocabularies that a developer has imported."""

import os
import tempfile
from pathlib import Path

os.environ["TRIALGRAPH_VOCABULARIES"] = str(Path(tempfile.gettempdir()) / "trialgraph-none")
