"""The interview in the terminal: transcript, end of input, going on."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from interview.bank import Bank
from interview.dialogue import Interviewer
from interview.picking import Picker
from interview.records import Said
from interview.talk import Transcript, main, sit
from preprocess.alpaca import RecordError, read_jsonl
from tests.conftest import ROOT


@pytest.fixture
def interviewer(bank: Bank, picker: Picker) -> Interviewer:
    """Give an interviewer that has not said anything."""
    return Interviewer(bank, picker, 0.103, "common", seed=2)


def talk(interviewer: Interviewer, path: Path, typed: str) -> str:
    """Type in one sitting; returns what was printed."""
    out = io.StringIO()
    sit(replace(interviewer), Transcript(path), io.StringIO(typed), out)
    return out.getvalue()


def lines(path: Path) -> list[Said]:
    """Read a transcript."""
    return list(read_jsonl(path, Said, cure=""))


def test_an_interview_is_broken_off_and_goes_on(tmp_path: Path, interviewer: Interviewer) -> None:
    """What two sittings leave is what one would have left."""
    typed = ["저는 통계를 공부했습니다.\n", "모르겠어요\n", "\n", "그 일과 이어집니다\n"]
    once, twice = tmp_path / "once.jsonl", tmp_path / "twice.jsonl"
    talk(interviewer, once, "".join(typed))
    assert f"--transcript {twice}" in talk(interviewer, twice, "".join(typed[:2]))
    asked = lines(twice)[-1].text
    out = talk(replace(interviewer, interview="data", seed=0), twice, "".join(typed[2:]))
    assert out.startswith(f"면접관> {asked}\n")
    assert lines(twice) == lines(once)
    assert len(lines(once)) == 1 + 2 * len(typed)


def test_stopping_ends_with_the_summary(tmp_path: Path, interviewer: Interviewer) -> None:
    """A line with the word alone stops; it is no reply."""
    path = tmp_path / "t.jsonl"
    assert "아직 여쭙지 못한 것" in talk(interviewer, path, " 그만 \n네\n")
    assert len(lines(path)) == 1


class Interrupted(io.StringIO):
    """An input at which somebody presses Ctrl-C once the lines are used up."""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override] # typeshed: bytes
        """Read a line, or be interrupted."""
        line = super().readline(-1 if size is None else size)
        if not line:
            raise KeyboardInterrupt
        return line


def test_an_interrupt_ends_with_the_summary(tmp_path: Path, interviewer: Interviewer) -> None:
    """Ctrl-C is an end like another: what was said is kept, and the way back is told."""
    path, out = tmp_path / "t.jsonl", io.StringIO()
    sit(interviewer, Transcript(path), Interrupted("안녕하세요\n"), out)
    assert f"--transcript {path}" in out.getvalue()
    assert len(lines(path)) == 3


def test_an_interview_to_its_end_is_not_gone_on_with(
    tmp_path: Path, interviewer: Interviewer
) -> None:
    """Silence alone brings it to its end; then the file is complete, and is left as it is."""
    path = tmp_path / "t.jsonl"
    assert "--transcript" not in talk(interviewer, path, "\n" * 200)
    assert lines(path)[-1].move == "close"
    whole = path.read_bytes()
    with pytest.raises(RecordError, match="has come to its end; name another"):
        talk(interviewer, path, "네\n")
    assert path.read_bytes() == whole


def test_a_half_written_end_is_made_good(tmp_path: Path, interviewer: Interviewer) -> None:
    """Killed while writing, at any byte of the last turn, the transcript is whole again."""
    path = tmp_path / "t.jsonl"
    talk(interviewer, path, "네\n안녕하세요\n")
    whole = path.read_bytes()
    after_reply = whole.rindex(b"\n", 0, -1) + 1
    for cut in (len(whole) - 1, after_reply + 10, after_reply):
        path.write_bytes(whole[:cut])
        talk(interviewer, path, "")
        assert path.read_bytes() == whole


def test_a_file_that_is_no_transcript_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another file is one error with its line, and is not touched."""
    path = tmp_path / "t.jsonl"
    path.write_text('{"reply": "네"}\n', encoding="utf-8")
    assert main(["--transcript", str(path)]) == 1
    assert "t.jsonl, line 1" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == '{"reply": "네"}\n'


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--encoder", "training.json is missing; make it with: make interview-train"),
        ("--model", "is no folder; train a model with: make train"),
    ],
)
def test_a_model_that_is_not_there_is_one_error(
    option: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before a word is said: what is missing and how to make it, and no transcript."""
    path = tmp_path / "t.jsonl"
    assert main([option, str(tmp_path / "none"), "--transcript", str(path)]) == 1
    assert told in capsys.readouterr().err
    assert not path.exists()


def test_nothing_read_is_an_empty_transcript(tmp_path: Path) -> None:
    """A file that is not there has no lines, and none is made."""
    transcript = Transcript(tmp_path / "t.jsonl")
    assert transcript.read() == ()
    assert not transcript.path.exists()


def test_bytes_that_are_no_text_are_survived(tmp_path: Path) -> None:
    """As a command of its own, with broken UTF-8 and no end of the last line."""
    path = tmp_path / "t.jsonl"
    done = subprocess.run(
        [sys.executable, "-m", "interview.talk", "--transcript", str(path)],
        input=b"\xff\xfe\xed\xa0\x80 \n\x00\x1b[31m\n" + "네, 통계학과를".encode(),
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(lines(path)) == 7
    assert "오늘 면접을 정리해" in done.stdout.decode()
