"""Wrong options of the rating page's command."""

from __future__ import annotations

import pytest

from eval.rate import main
from tests.eval.rows import RUN


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rater", "../kim"],
        ["--rater", ""],
        ["--rater", "a" * 41],
        ["--systems", "tuned"],
        ["--systems", "tuned", "tuned"],
        ["--pairs", "0"],
        ["--port", "65536"],
    ],
)
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    """A name that is no file's name, one system alone, and numbers out of range end with 2."""
    with pytest.raises(SystemExit) as ended:
        main(["--run", RUN, *arguments])
    assert ended.value.code == 2
