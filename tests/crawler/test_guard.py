"""The guard ends what a crawl left, and nothing else; with processes, and with real Chromium."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from crawler import processes
from crawler.chromium import Chromium, find_browser
from crawler.guard import Guard, end_listed, read_listed
from crawler.processes import VARIABLE, Marks, Process, identify, kill_session
from tests.crawler.commands import PATIENCE, ROOT
from tests.crawler.leftovers import eventually, nothing_left, running


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Close with the test what it opens."""
    with ExitStack() as opened:
        yield opened


@contextmanager
def stand_in(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a session of its own that does nothing."""
    with subprocess.Popen(
        ["sleep", "600"], env={**os.environ, **environment}, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def marks_of(folder: Path, process: subprocess.Popen[bytes]) -> Marks:
    """Return the marks of a browser whose driver is a process."""
    return Marks(str(folder), identify(process.pid))


def run_guard(*listed: Marks) -> int:
    """Run the guard as a command on a list, and return its exit code."""
    lines = [{"folder": m.folder, "driver": m.driver, "listed": True} for m in listed]
    return subprocess.run(
        [sys.executable, "-m", "crawler.guard"],
        input="".join(f"{json.dumps(line)}\n" for line in lines).encode(),
        cwd=ROOT,
        timeout=PATIENCE,
        check=False,
    ).returncode


def test_list_at_its_end() -> None:
    """The last line about a browser holds, and one that the crawl's end cut short does not."""
    driver = [7, 70]
    lines = [
        {"folder": "/a", "driver": None, "listed": True},
        {"folder": "/b", "driver": None, "listed": True},
        {"folder": "/a", "driver": driver, "listed": True},
        {"folder": "/b", "driver": driver, "listed": False},
    ]
    written = [json.dumps(line).encode() + b"\n" for line in lines]
    assert read_listed([*written, b'{"folder": "/a", "li']) == [Marks("/a", Process(7, 70))]
    assert read_listed([]) == []


def test_driver_and_its_folder(folder: Path, stack: ExitStack) -> None:
    """What is listed at the end is killed, and its folder removed."""
    driver = stack.enter_context(stand_in())
    (folder / "browser").mkdir()
    assert run_guard(marks_of(folder / "browser", driver)) == 0
    assert driver.wait(PATIENCE) == -signal.SIGKILL
    assert list(folder.iterdir()) == []


def test_process_that_took_over_a_number(folder: Path, stack: ExitStack) -> None:
    """A process with the driver's number that started at another time is not the driver."""
    process = stack.enter_context(stand_in())
    marks = marks_of(folder / "browser", process)
    assert marks.driver is not None
    later = Process(process.pid, marks.driver.started - 1)
    assert run_guard(marks._replace(driver=later)) == 0
    assert process.poll() is None


def test_browser_whose_driver_is_not_known_yet(folder: Path, stack: ExitStack) -> None:
    """A process that carries the folder in its environment goes; one that names it stays."""
    ours = stack.enter_context(stand_in(**{VARIABLE: f"{folder}/browser"}))
    others = stack.enter_context(stand_in(OTHER=f"{folder}/browser"))
    another = stack.enter_context(stand_in(**{VARIABLE: f"{folder}/browser-2"}))
    assert run_guard(Marks(f"{folder}/browser")) == 0
    assert ours.wait(PATIENCE) == -signal.SIGKILL
    assert (others.poll(), another.poll()) == (None, None)


def test_session_whose_driver_is_gone(folder: Path) -> None:
    """Of the session that a driver left behind, only a process that names the folder is killed."""
    ours, others = folder / "browser" / "log", folder / "log"
    ours.parent.mkdir()
    for file in (ours, others):
        file.touch()
    script = 'tail -f "$0" & tail -f "$1" & wait'
    with subprocess.Popen(["sh", "-c", script, ours, others], start_new_session=True) as driver:
        try:
            assert eventually(lambda: len(running(ours)) == len(running(others)) == 2)
            marks = marks_of(ours.parent, driver)
            driver.kill()
            driver.wait()
            assert run_guard(marks) == 0
            assert (running(ours), running(others)) == ([], [f"tail -f {others} "])
        finally:
            kill_session(driver.pid)


def test_clean_end(folder: Path, stack: ExitStack) -> None:
    """With nothing listed any more the guard just goes."""
    process = stack.enter_context(stand_in())
    guard = Guard()
    guard.add(marks_of(folder, process))
    started = guard._process
    assert started is not None
    guard.remove(marks_of(folder, process))
    guard.close()
    assert started.returncode == 0
    assert process.poll() is None
    assert folder.is_dir()


def test_guard_that_was_killed(folder: Path, stack: ExitStack) -> None:
    """Another guard takes its place, and knows the browsers of the first."""
    drivers = [stack.enter_context(stand_in()) for _ in range(2)]
    guard = Guard()
    guard.add(marks_of(folder / "a", drivers[0]))
    assert guard._process is not None
    kill_session(guard._process.pid)
    guard._process.wait()
    guard.add(marks_of(folder / "b", drivers[1]))
    guard.close()
    assert [driver.wait(PATIENCE) for driver in drivers] == [-signal.SIGKILL] * 2


def ignored_signals(number: int) -> int:
    """Return the mask of the signals that a process does not heed."""
    status = Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    return int(status.partition("SigIgn:")[2].split()[0], 16)


def test_signals_to_the_guard(folder: Path, stack: ExitStack) -> None:
    """The guard outlives the signals that ask the crawl to end."""
    driver = stack.enter_context(stand_in())
    guard = Guard()
    guard.add(marks_of(folder / "browser", driver))
    process = guard._process
    assert process is not None
    asking = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    mask = sum(1 << (number - 1) for number in asking)
    assert eventually(lambda: ignored_signals(process.pid) & mask == mask)
    for number in asking:
        process.send_signal(number)
    guard.close()
    assert process.returncode == 0
    assert driver.wait(PATIENCE) == -signal.SIGKILL


def test_chromium_without_its_driver(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chromium is found when its driver was killed, reaped and forgotten; so are its handlers."""
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    chromium = Chromium(find_browser(), "http://127.0.0.1", "jasoseo-research/test", 20)
    guard = Guard()
    guard.add(chromium.marks)
    chromium.start()
    guard.add(chromium.marks)
    chromium._service.process.kill()
    chromium._service.process.wait(PATIENCE)
    assert "--type=zygote" in " ".join(running(folder))
    guard.close()
    assert nothing_left(folder)


def test_guard_without_proc(folder: Path, stack: ExitStack) -> None:
    """Where nobody can say whose a process is, the guard kills none, and removes the folder."""
    process = stack.enter_context(stand_in(**{VARIABLE: f"{folder}/browser"}))
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    patch.setattr(processes, "PROC", folder / "none")
    (folder / "browser").mkdir()
    assert marks_of(folder / "browser", process).driver is None
    assert end_listed([Marks(f"{folder}/browser")]) == []
    assert process.poll() is None
    assert list(folder.iterdir()) == []


def test_crawl_without_proc(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There, too, the crawl itself ends its browser."""
    monkeypatch.setattr(processes, "PROC", folder / "none")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    chromium = Chromium(find_browser(), "http://127.0.0.1", "jasoseo-research/test", 20)
    chromium.start()
    assert "--type=zygote" in " ".join(running(folder))
    assert chromium.kill()
    assert nothing_left(folder)
