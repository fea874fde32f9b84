"""Work on several processes comes back in order, and errors come through."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from preprocess.cores import WAITING, Cores, by_chunks
from tests.conftest import ROOT


def who(item: int) -> tuple[int, int]:
    """Tell the item and the process that had it."""
    return item, os.getpid()


def refuse(item: int) -> int:
    """Take even numbers only."""
    if item % 2:
        raise ValueError(f"{item} is odd")
    return item


def test_results_come_in_order_from_other_processes() -> None:
    """Two workers are other processes than this one; one worker is this one."""
    with Cores(2) as cores:
        found = list(cores.map(who, range(50)))
    assert [item for item, _ in found] == list(range(50))
    assert os.getpid() not in {process for _, process in found}
    with Cores(1) as alone:
        assert {process for _, process in alone.map(who, range(3))} == {os.getpid()}


def test_items_are_taken_as_they_are_needed() -> None:
    """Before the first result is asked for again, only a few items have left their source."""
    taken = []

    def source() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            yield item

    with Cores(2) as cores:
        next(cores.map(who, source()))
    assert len(taken) == 2 * WAITING + 1


def sizes(items: list[int]) -> list[tuple[int, int]]:
    """Tell of each item how many it came with."""
    return [(item, len(items)) for item in items]


def test_chunks_keep_the_order_of_their_items() -> None:
    """Each chunk is full but the last, and what is made of its items comes in their order."""
    found = list(by_chunks(sizes, iter(range(7)), 3, map))
    assert found == [(0, 3), (1, 3), (2, 3), (3, 3), (4, 3), (5, 3), (6, 1)]
    assert list(by_chunks(sizes, [], 3, map)) == []


def test_an_error_of_the_function_is_raised_here() -> None:
    """The error keeps its kind and message."""
    with Cores(2) as cores, pytest.raises(ValueError, match="3 is odd"):
        list(cores.map(refuse, [0, 2, 3, 4]))


MANY = """
from preprocess.cores import Cores
from tests.preprocess.test_cores import who
if __name__ == "__main__":
    with Cores(2) as cores:
        print(*{process for _, process in cores.map(who, range(8))}, flush=True)
        input()
"""


def test_processes_go_when_their_caller_is_killed(tmp_path: Path) -> None:
    """After SIGKILL nobody can tell them to end; they notice by themselves."""
    script = tmp_path / "many.py"
    script.write_text(MANY, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as caller:
        assert caller.stdout
        processes = [Path("/proc") / number for number in caller.stdout.readline().split()]
        assert processes
        assert all(process.exists() for process in processes)
        caller.kill()
    end = time.monotonic() + 30
    while any(map(is_running, processes)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(is_running, processes))


def is_running(process: Path) -> bool:
    """Tell from /proc; what has ended and was not waited for yet is a zombie."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("workers", [0, -1])
def test_no_process_at_all_is_refused(workers: int) -> None:
    """At least one process works."""
    with pytest.raises(ValueError, match=f"workers is {workers}; give 1 or more"):
        Cores(workers)
