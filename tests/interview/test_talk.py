"""The interview in the terminal: transcript, end of input, going on."""

from __future__ import annotations

import errno
import io
import os
import pty
import select
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from interview.bank import Bank
from interview.dialogue import Interviewer
from interview.phrasing import Phrased
from interview.picking import Picker
from interview.records import Said
from interview.situation import Situation
from interview.talk import PROMPT, main, sit
from interview.transcript import Transcript
from preprocess.alpaca import RecordError, read_jsonl
from tests.conftest import ROOT


@pytest.fixture
def interviewer(bank: Bank, picker: Picker) -> Interviewer:
    """Give an interviewer that has not said anything."""
    return Interviewer(bank, picker, 0.082, "common", seed=2)


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


@pytest.mark.parametrize("text", ['{"reply": "네"}\n', "my only notes", "line one\nprecious"])
def test_a_file_that_is_no_transcript_is_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another file is one error with its line, and is not touched."""
    path = tmp_path / "t.jsonl"
    path.write_text(text, encoding="utf-8")
    assert main(["--transcript", str(path)]) == 1
    assert "t.jsonl, line 1" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["t.jsonl"]


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


def test_a_sitting_without_a_word_leaves_no_file(tmp_path: Path) -> None:
    """A file to which nothing was written is taken away again."""
    transcript = Transcript(tmp_path / "t.jsonl")
    with transcript.held():
        assert transcript.lines == []
    assert not transcript.path.exists()


def test_a_last_line_that_is_no_line_is_kept_beside(
    tmp_path: Path, interviewer: Interviewer, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a stop cut is set aside, and told; one that lacks its end alone is kept."""
    path = tmp_path / "t.jsonl"
    talk(interviewer, path, "네\n")
    whole = path.read_bytes()
    for end, told in ((b"", ""), (b'\n{"interview":"com', "was set aside in")):
        path.write_bytes(whole.rstrip() + end)
        talk(interviewer, path, "")
        assert path.read_bytes() == whole
        assert told in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["t.jsonl", "t.jsonl.cut"]
    assert path.with_name("t.jsonl.cut").read_bytes() == b'{"interview":"com\n'


def test_one_sitting_holds_a_transcript(tmp_path: Path, interviewer: Interviewer) -> None:
    """A second one is refused while the first goes on, and changes nothing."""
    path = tmp_path / "t.jsonl"
    talk(interviewer, path, "네\n")
    whole = path.read_bytes()
    with Transcript(path).held(), pytest.raises(RecordError, match="is in use by another"):
        talk(interviewer, path, "안녕하세요\n")
    assert path.read_bytes() == whole


def test_a_new_transcript_takes_a_free_name(tmp_path: Path, interviewer: Interviewer) -> None:
    """Two that start in the same second have a file each."""
    made = [Transcript(tmp_path / "t.jsonl", new=True) for _ in range(3)]
    for transcript in made:
        sit(replace(interviewer), transcript, io.StringIO(), io.StringIO())
    assert [t.path.name for t in made] == ["t.jsonl", "t-2.jsonl", "t-3.jsonl"]
    assert [len(lines(t.path)) for t in made] == [1, 1, 1]


def test_the_way_back_is_a_command_of_a_shell(tmp_path: Path, interviewer: Interviewer) -> None:
    """A path with a blank is quoted."""
    path = tmp_path / "my talk.jsonl"
    assert f"--transcript '{path}'\n" in talk(interviewer, path, "")


class Stopped:
    """A phraser during which somebody presses Ctrl-C."""

    def phrase(self, situation: Situation) -> Phrased:
        """Be interrupted."""
        raise KeyboardInterrupt(situation.topic)


def test_a_reply_is_kept_while_a_model_is_stopped(tmp_path: Path, interviewer: Interviewer) -> None:
    """The reply is on the disk before the model is asked, and is answered when it goes on."""
    path, whole = tmp_path / "t.jsonl", tmp_path / "whole.jsonl"
    typed = "저는 통계를 공부했습니다.\n"
    assert f"--transcript {path}" in talk(replace(interviewer, phraser=Stopped()), path, typed)
    assert lines(path)[-1].text == typed.strip()
    talk(interviewer, path, "")
    talk(interviewer, whole, typed)
    assert lines(path) == lines(whole)


def test_a_full_disk_is_one_error(
    tmp_path: Path, interviewer: Interviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be brought to the disk leaves no piece of a line."""
    path = tmp_path / "t.jsonl"
    talk(interviewer, path, "")
    whole = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("interview.transcript.os.fsync", full)
    with pytest.raises(RecordError, match=r"t.jsonl cannot be written \(No space.*then go on with"):
        talk(interviewer, path, "네\n")
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("<&- --transcript t.jsonl", "standard input or output is closed"),
        (">&- --transcript t.jsonl", "standard input or output is closed"),
        ("--transcript .", "error: . cannot be opened (Is a directory); name another file"),
        ("--transcript notes/t.jsonl", "notes/t.jsonl cannot be opened ("),
        ("--transcript /dev/full", "/dev/full is no file; name another"),
        ("--transcript t.jsonl | head -1", ""),
    ],
)
def test_what_cannot_be_talked_through_is_one_line(tmp_path: Path, command: str, told: str) -> None:
    """Ends that are closed and files that are none: one error, and what was there is left."""
    notes = tmp_path / "notes"
    notes.write_text("line one\nprecious", encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", f'yes | "$0" -m interview.talk {command}', sys.executable],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == (told != "")
    assert notes.read_text(encoding="utf-8") == "line one\nprecious"


def type_at_a_terminal(command: list[str], *typed: str) -> None:
    """Start a command at a terminal of its own, and type a line at each prompt of a question."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    left, waiting, seen, until = [*typed], b"", b"", time.monotonic() + 100
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT) as started:
        while started.poll() is None and time.monotonic() < until:
            readable, writable, _ = select.select([ours], [ours] if waiting else [], [], 0.1)
            if readable:
                seen += os.read(ours, 1 << 16)
            if left and not waiting and PROMPT.encode() in seen.partition("면접관>".encode())[2]:
                waiting, seen = f"{left.pop(0)}\r".encode(), b""
            if writable:
                waiting = waiting[os.write(ours, waiting) :]
        started.kill()
    for end in (ours, theirs):
        os.close(end)


def test_a_long_reply_at_a_terminal_is_whole(tmp_path: Path) -> None:
    """A terminal's own lines end at 4,095 bytes; a reply of 30,000 is kept."""
    path, reply = tmp_path / "t.jsonl", "가나다라마바사아자차" * 1_000
    command = [sys.executable, "-m", "interview.talk", "--transcript", str(path)]
    type_at_a_terminal(command, reply, "그만")
    assert [line.text for line in lines(path)[1:2]] == [reply]


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
    assert done.returncode == 0
    assert done.stderr.count(b"warning: a reply is not UTF-8") == done.stderr.count(b"\n") == 1
    assert len(lines(path)) == 7
    assert "오늘 면접을 정리해" in done.stdout.decode()


def test_a_reply_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    """What another encoding wrote is answered, and the applicant hears why it was not read."""
    out = tmp_path / "t.jsonl"
    ended = subprocess.run(
        [sys.executable, "-m", "interview.talk", "--transcript", out],
        input="통계학을 전공했습니다.\n".encode("cp949"),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0
    assert "warning: a reply is not UTF-8" in ended.stderr.decode()
    assert "�" in out.read_text(encoding="utf-8")


def test_another_interview_than_the_transcripts_is_refused(tmp_path: Path) -> None:
    """Asked for by name, it is not set aside without a word; without a name it goes on."""
    path = str(tmp_path / "t.jsonl")
    command = [sys.executable, "-m", "interview.talk", "--transcript", path]
    for named, code in (([], 0), (["--interview", "data"], 1), (["--interview", "common"], 0)):
        ended = subprocess.run(
            [*command, *named], input=b"", capture_output=True, check=False, timeout=120
        )
        assert ended.returncode == code
        assert ("is of the interview common, not data" in ended.stderr.decode()) == bool(code)
