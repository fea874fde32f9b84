"""Wrong options of the rating page's command, and runs that it cannot show."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from eval.rate import main, parse
from eval.ratings import main as ratings
from eval.runs import Run, load_run
from tests.eval.rating import rating_page
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
    """Answers that are no advice are neither rated nor summed up: the criteria are of advice."""
    config = run.config.read_text(encoding="utf-8").replace("alpaca/advice/", "alpaca/write/")
    run.config.write_text(config, encoding="utf-8")
    for command in (main, ratings):
        assert command(["--run", RUN]) == 1
        assert "is of task write; answers of advice, " in capsys.readouterr().err


def test_another_split_is_rated_into_its_own_folder(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page of `test-firms` keeps its ratings there, and every command it names says so."""
    run.test.rename(run.test.with_name("test-firms.jsonl"))
    run.eval_dir.rename(tmp_path / "runs" / RUN / "eval-test-firms")
    with rating_page(tmp_path, "--split", "test-firms", "--rater", "lee") as (process, _):
        assert process.stderr is not None
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[0]
    assert (
        f"eval-test-firms/ratings/lee.jsonl; go on with: python -m eval.rate --run {RUN} " in told
    )
    assert "--split test-firms --rater lee" in told
    assert ratings(["--run", RUN, "--split", "test-firms"]) == 1
    assert f"make some with: python -m eval.rate --run {RUN} --split test-firms" in (
        capsys.readouterr().err
    )
    of_firms = load_run(RUN, run.config.parent, "test-firms")
    assert (of_firms.settings, of_firms.answering) == (
        f"RUN={RUN} SPLIT=test-firms",
        f"make eval RUN={RUN} SPLIT=test-firms",
    )
