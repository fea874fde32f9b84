"""Where the real essays are, for the tests that read them; they are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def real_data() -> Path:
    """Give the folder of real data, or skip the test with the reason."""
    folder = Path(os.environ.get("JASOSEO_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(
            "the real essays are third parties' work and not part of the project; "
            "name their folder in JASOSEO_REAL_DATA to run this"
        )
    return folder
