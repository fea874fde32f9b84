"""Wrong options of the rating page's command."""

from __future__ import annotations

import pytest

from eval.rate import main, parse
from tests.eval.rows import RUN


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rater", "../kim"],
        ["--rater", ""],
        ["--rater", "a" * 41],
        ["--systems", "tuned"],
        ["--systems", "tuned", "tuned"],
        ["--systems", "tuned,tuned"],
        ["--pairs", "0"],
        ["--port", "65536"],
    ],
)
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    """A name that is no file's name, one system alone, and numbers out of range end with 2."""
    with pytest.raises(SystemExit) as ended:
        main(["--run", RUN, *arguments])
    assert ended.value.code == 2


def test_systems_may_be_parted_by_commas(capsys: pytest.CaptureFixture[str]) -> None:
    """Commas do as well as spaces, and one system alone is told how several are written."""
    for given in (["tuned,base,expert"], ["tuned", "base", "expert"], ["tuned,", "base,expert"]):
        options = parse(["--run", RUN, "--systems", *given])
        assert options.systems == ["tuned", "base", "expert"]
    assert parse(["--run", RUN]).systems == []
    with pytest.raises(SystemExit):
        parse(["--run", RUN, "--systems", "tuned"])
    assert "as: --systems tuned retrieval" in capsys.readouterr().err
