"""Wrong options of the rating page's command, and runs that it cannot show."""

from __future__ import annotations

import pytest

from eval.rate import main, parse
from eval.runs import Run
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--run", "nobody"], "nobody.yml is missing"),
        (["--run", RUN], "retrieval.jsonl is missing; the systems of"),
        (["--run", RUN, "--systems", "tuned", "kim"], "tuned, tuned-1shot, expert; more come with"),
    ],
)
def test_what_cannot_be_rated_is_an_error(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """A run or system that is not there is named, with those that are."""
    assert run.name == RUN
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


def test_only_advice_is_compared(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A run whose answers are no advice is refused, since the criteria are those of advice."""
    config = run.config.read_text(encoding="utf-8").replace("alpaca/advice/", "alpaca/write/")
    run.config.write_text(config, encoding="utf-8")
    assert main(["--run", RUN]) == 1
    assert "this run is of write" in capsys.readouterr().err
