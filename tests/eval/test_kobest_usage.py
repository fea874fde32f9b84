"""Wrong options of the KoBEST command."""

from __future__ import annotations

import pytest

from eval.kobest import main
from tests.eval.rows import RUN


def test_wrong_usage_ends_with_2() -> None:
    """Numbers that make no sense are refused before anything is read."""
    for wrong in (["--limit", "0"], ["--batch", "0"], ["--shots", "-1"], ["--resamples", "9"]):
        with pytest.raises(SystemExit) as ended:
            main(["--run", RUN, *wrong])
        assert ended.value.code == 2
