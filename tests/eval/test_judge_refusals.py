"""What the judge's command refuses, and what it warns of."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from eval.judge import JudgeError, judge_run, main, parse
from eval.judging.asking import in_full
from eval.records import Prediction, Unscored
from eval.runs import Run
from preprocess.alpaca import encode_line, read_jsonl, write_jsonl
from preprocess.endpoint import LateError
from tests.eval.judging import COMMAND, kept
from tests.eval.rows import RUN
from tests.eval.task_rows import write_task_run
from tests.preprocess.chat_server import Reply, Site, completion, endpoint, hang


def test_a_spoilt_line_of_kept_replies_is_an_error_with_its_cure(
    run: Run, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole line that is no reply is not passed over."""
    kept(run).parent.mkdir(parents=True)
    kept(run).write_bytes(encode_line(Unscored("x")))
    assert main(COMMAND) == 1
    assert "replies.jsonl, line 1: " in capsys.readouterr().err
    assert site.asked == []


def test_a_system_without_predictions_is_an_error(
    run: Run, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the systems that are there."""
    assert main([*COMMAND, "--against", "openai:x"]) == 1
    error = capsys.readouterr().err
    assert f"the systems of {run.name} are: base, base-1shot, tuned" in error
    assert site.asked == []


def test_a_judge_of_its_own_answers_is_told_of(
    run: Run, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Models tend to prefer what they wrote themselves."""
    base = read_jsonl(run.predictions_dir / "base.jsonl", Prediction, cure="")
    own = [msgspec.structs.replace(one, system="openai:rule") for one in base]
    write_jsonl(run.predictions_dir / "openai:rule.jsonl", own)
    assert main([*COMMAND, "--against", "openai:rule"]) == 0
    assert "judged answers of its own" in capsys.readouterr().out
    assert main(COMMAND) == 0
    assert "judged answers of its own" not in capsys.readouterr().out
    assert site.asked


def test_a_trial_of_few_rows_keeps_the_fuller_result(
    run: Run, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the new result does not hold stays beside it; the same or more replaces it."""
    path, old = run.eval_dir / "judge.json", run.eval_dir / "judge.json.old"
    assert main(COMMAND) == 0
    whole = path.read_bytes()
    assert main([*COMMAND, "--limit", "1"]) == 0
    assert (old.read_bytes(), "judge.json.old" in capsys.readouterr().err) == (whole, True)
    old.unlink()
    assert main(COMMAND) == 0
    assert not old.exists()
    path.write_bytes(b"{")
    assert main(COMMAND) == 0
    assert old.read_bytes() == b"{"
    assert site.asked


def test_only_tasks_with_a_rubric_are_judged(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of a task without one is refused before anyone is asked."""
    monkeypatch.chdir(tmp_path)
    write_task_run(tmp_path, "overall")
    assert main(COMMAND) == 1
    told = "answers of advice, advice-anchored, interview alone are judged and rated"
    assert f"is of task overall; {told}" in capsys.readouterr().err
    assert site.asked == []


@pytest.mark.parametrize(
    ("then", "expected"),
    [([(400, b"")], (1, 4)), ([(200, completion("?")), (400, b"")], (0, 5))],
    ids=["rejects all", "takes the old one"],
)
def test_kept_replies_are_no_sign_of_an_endpoint(
    run: Run, site: Site, then: list[Reply], expected: tuple[int, int]
) -> None:
    """Three rejected, one that was taken is asked again: it tells the endpoint's fault."""
    command = [*COMMAND, "--mode", "score", "--at-once", "1"]
    assert main(command) == 0
    lines = kept(run).read_bytes().splitlines(keepends=True)
    kept(run).write_bytes(b"".join(lines[:-4]))
    site.asked.clear()
    site.answering, site.replies = None, [*[(400, b"")] * 3, *then]
    assert (main(command), len(site.asked)) == expected


@pytest.mark.parametrize("limit", ["1", "6"])
def test_an_endpoint_that_is_late_is_cured_by_more_time(
    run: Run, site: Site, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two questions or more: the option is named, and no reply is pointed at, as none is kept."""
    site.answering, site.replies = None, [hang(20)]
    options = parse([*COMMAND, "--limit", limit, "--mode", "score", "--at-once", "1"])
    with pytest.raises((JudgeError, LateError)) as caught:
        judge_run(run, endpoint(site, timeout=0.2, tries=1), options)
    error = caught.value
    told = in_full(error) if isinstance(error, LateError) else str(error)
    assert "gave no whole answer within 0.2 s" in told
    assert told.endswith("; --timeout (TIMEOUT= of make) gives it more")
    assert isinstance(error, JudgeError) == (limit == "1")
    assert not kept(run).exists()
    assert "replies.jsonl" not in told
    assert capsys.readouterr().out == ""


def test_one_problem_is_one(run: Run, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said as it is, and of several the first with the number of the others."""
    path = run.predictions_dir / "tuned.jsonl"
    rows = list(read_jsonl(path, Prediction, cure=""))
    for spoilt, told in (
        (1, "of task write, the test set of advice; make"),
        (3, "(2 more problems); "),
    ):
        wrong = [msgspec.structs.replace(row, task="write") for row in rows[:spoilt]]
        write_jsonl(path, [*wrong, *rows[spoilt:]])
        assert main(COMMAND) == 1
        error = capsys.readouterr().err
        assert error.startswith(f"error: {path}: id 1-1 is of task write")
        assert told in error
    assert site.asked == []


@pytest.mark.usefixtures("run", "site")
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--limit", "0"], "--limit must be above 0"),
        (["--seed", "-1"], "argument --seed: must be at least 0"),
        (["--resamples", "1"], "argument --resamples: must be at least 1000"),
        (["--timeout", "-1"], "--timeout must be above 0"),
        (["--against", "base", "tuned"], "--against names the system itself"),
        (["--mode", "best"], "invalid choice: 'best'"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is asked, and the option is named."""
    with pytest.raises(SystemExit) as caught:
        main([*COMMAND, *arguments])
    assert caught.value.code == 2
    assert reason in capsys.readouterr().err


@pytest.mark.usefixtures("run", "site")
def test_nobody_is_asked_unless_a_judge_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """An address alone, as other commands need it, sends no essay anywhere."""
    assert main(["--run", RUN]) == 2
    assert "no judge is named; give --model, or set OPENAI_MODEL" in capsys.readouterr().err
