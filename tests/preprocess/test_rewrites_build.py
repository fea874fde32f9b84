"""The command that asks for rewrites, from the data of invented essays to a real local server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from preprocess.alpaca import AlpacaRow, read_jsonl, rows_path
from preprocess.rewrites_build import build_rewrites, main
from preprocess.rewrites_cache import CachedAnswer
from preprocess.rewrites_kept import Refused, kept_path, read_rewrites
from tests.conftest import ROOT
from tests.preprocess.chat_server import KEY, Site, completion, endpoint, hang, serving
from tests.preprocess.rewriter import rewrite

MODEL = "invented-model"


@pytest.fixture
def built(data: Path, tmp_path: Path) -> Path:
    """Copy the rows of the invented essays' data."""
    shutil.copytree(data / "alpaca", tmp_path / "data" / "alpaca")
    return tmp_path / "data"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve rewrites, and name the server in the environment."""
    with serving("") as held:
        held.answering = rewrite
        for name, value in environment(held).items():
            monkeypatch.setenv(name, value)
        yield held


def environment(site: Site) -> dict[str, str]:
    """Name the server as the command wants it."""
    return {"OPENAI_BASE_URL": site.url, "OPENAI_MODEL": MODEL, "OPENAI_API_KEY": KEY}


def criticised_rows(data: Path) -> list[AlpacaRow]:
    """Read the rows of `advice` that criticise."""
    rows = read_jsonl(rows_path(data, "advice", "train"), AlpacaRow, cure="-")
    return [row for row in rows if "아쉬운점" in row.output]


def test_training_answers_are_rewritten_and_no_others(
    built: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each criticised answer is asked for once; what passes is kept with the answer it is of."""
    rows = criticised_rows(built)
    answers = {
        row.id: row.output
        for row in read_jsonl(rows_path(built, "write", "train"), AlpacaRow, cure="-")
    }
    assert main(["--data", str(built)]) == 0
    kept = list(read_rewrites(kept_path(built)).values())
    refused = list(read_jsonl(built / "rewrites" / "refused.jsonl", Refused, cure="-"))
    assert len(kept) > len(rows) / 2
    assert sorted([one.id for one in kept] + [one.id for one in refused]) == sorted(
        row.id for row in rows
    )
    assert [(one.model, one.answer) for one in kept] == [(MODEL, answers[one.id]) for one in kept]
    assert all(one.text != one.answer for one in kept)
    assert len(site.asked) == len(rows)
    out = capsys.readouterr().out
    assert out.startswith(f"{len(kept)} rewrites in {kept_path(built)} for make data to take up, ")


def test_a_second_run_asks_nothing_and_writes_the_same(built: Path, site: Site) -> None:
    """Answers are looked up by model and prompt, whatever the number of threads."""
    assert main(["--data", str(built), "--at-once", "1"]) == 0
    asked, kept = len(site.asked), kept_path(built).read_bytes()
    assert main(["--data", str(built), "--at-once", "8"]) == 0
    assert (len(site.asked), kept_path(built).read_bytes()) == (asked, kept)


def test_the_key_is_nowhere(built: Path, site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """The key reaches the server's door, and no file and no output."""
    assert main(["--data", str(built)]) == 0
    captured = capfd.readouterr()
    assert set(site.keys) == {f"Bearer {KEY}"}
    files = [path for path in built.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"answers.jsonl", "kept.jsonl", "refused.jsonl"}
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    assert KEY not in captured.out + captured.err
    assert f"for {MODEL} at 127.0.0.1" in captured.err


def test_killed_in_the_middle_it_goes_on(built: Path, site: Site) -> None:
    """After a kill no answer that came is asked for again, and none is missing."""

    def slowly(prompt: str) -> str:
        time.sleep(0.05)
        return rewrite(prompt)

    site.answering = slowly
    process = start(built, site, at_once=2)
    wait_for(lambda: len(cached_lines(built)) > 5)
    process.kill()
    process.wait()
    assert not kept_path(built).exists()
    before = {json.loads(line)["prompt"] for line in cached_lines(built)[:-1]}
    first_run = len(site.asked)
    assert main(["--data", str(built)]) == 0
    asked_again = {json.dumps(one["messages"]) for one in site.asked[first_run:]}
    every = list(read_jsonl(built / "rewrites" / "answers.jsonl", CachedAnswer, cure="-"))
    assert 5 <= len(before) < len(every) == len(criticised_rows(built))
    assert len({one.prompt for one in every}) == len(every)
    as_asked = {json.dumps([{"role": "user", "content": prompt}]) for prompt in before}
    assert asked_again & as_asked == set()


def test_interrupted_it_ends_at_once(built: Path, site: Site) -> None:
    """Ctrl-C does not wait for an answer that is slow to come."""
    site.answering = None
    site.replies = [hang(30)]
    process = start(built, site, at_once=2)
    wait_for(lambda: len(site.asked) == 2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert err.splitlines()[-1] == "interrupted; the same command goes on where it was"


def start(data: Path, site: Site, *, at_once: int) -> subprocess.Popen[str]:
    """Start the command in a process of its own."""
    command = [sys.executable, "-m", "preprocess.rewrites_build", "--data", str(data)]
    return subprocess.Popen(
        [*command, "--at-once", str(at_once)],
        cwd=ROOT,
        env=os.environ | environment(site),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def cached_lines(data: Path) -> list[bytes]:
    """Return the lines of kept answers; the last is empty, or not written whole."""
    path = data / "rewrites" / "answers.jsonl"
    return path.read_bytes().split(b"\n") if path.exists() else []


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something holds, but not for ever."""
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_without_an_endpoint_nothing_is_sent(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the variables to set."""
    for name in ("OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["--data", str(built)]) == 2
    (message,) = capsys.readouterr().err.splitlines()
    assert message.startswith("error: no endpoint is named; set OPENAI_BASE_URL (")
    assert "OPENAI_MODEL and OPENAI_API_KEY" in message


def test_half_an_endpoint_is_wrong_usage(
    built: Path,
    site: Site,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is asked without a key."""
    monkeypatch.delenv("OPENAI_API_KEY")
    assert main(["--data", str(built)]) == 2
    assert "OPENAI_MODEL is set, OPENAI_API_KEY not" in capsys.readouterr().err
    assert site.asked == []


def test_a_refusal_leaves_the_rewrites_of_before(
    built: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key that is turned down is one error, and what an earlier run made stays."""
    assert main(["--data", str(built)]) == 0
    before = kept_path(built).read_bytes()
    (built / "rewrites" / "answers.jsonl").unlink()
    site.answering = None
    site.replies = [(401, b"")]
    capsys.readouterr()
    assert main(["--data", str(built)]) == 1
    assert "answered 401; correct OPENAI_API_KEY" in capsys.readouterr().err.splitlines()[-1]
    assert kept_path(built).read_bytes() == before


def test_an_answer_that_does_not_come_is_told(
    built: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are kept, its reason is written down, and the same command asks for it again."""
    first = criticised_rows(built)[0].id
    failed = (500, b"")
    site.answering = None
    site.replies = [failed, failed, failed, (200, completion("[첨삭]\n\n짧습니다."))]
    _, refused = build_rewrites(built, endpoint(site), at_once=1)
    assert [one.id for one in refused if one.reason.startswith("no answer: ")] == [first]
    assert {one.reason.partition(":")[0] for one in refused} == {"no answer", "length"}
    asked = len(site.asked)
    assert main(["--data", str(built)]) == 0
    assert len(site.asked) == asked + 1
    assert f": {len(refused)} length" in capsys.readouterr().out


def test_missing_data_names_the_command_that_makes_it(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to ask before a build."""
    assert main(["--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.endswith("train.jsonl is missing; make it with: make data\n")
    assert site.asked == []


def test_rows_of_two_builds_are_an_error(
    built: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer that is not there is not passed over."""
    path = rows_path(built, "write", "train")
    path.write_bytes(b"")
    assert main(["--data", str(built)]) == 1
    assert "the task `write` has no row " in capsys.readouterr().err
    assert site.asked == []


@pytest.mark.parametrize("number", ["0", "-1", "many", "100"])
def test_a_wrong_number_at_once_is_wrong_usage(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """At least one thread asks, and not so many that a server takes it for an attack."""
    with pytest.raises(SystemExit) as caught:
        main(["--at-once", number])
    assert caught.value.code == 2
    assert f"'{number}' is no number from 1 to 99" in capsys.readouterr().err
