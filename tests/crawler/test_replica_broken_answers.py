"""Answers of the replica that are late, cut, or never come, and its end while they are awaited."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlsplit

import pytest

from tests.crawler.commands import ROOT
from tests.crawler.faulty import COOKIE, IMPATIENCE, LIST, PATIENCE, ask, faulty, plain, view


def wait_until(reached: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_slow(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole answer comes, but not at once; a client that gives up is no error."""
    with faulty("slow:1") as (site, replica):
        with pytest.raises(TimeoutError):
            ask(site, view(50_000), timeout=IMPATIENCE)
        assert ask(site, view(50_000)).text == plain(view(50_000))
    assert replica.met == {"slow": 2}
    assert capsys.readouterr().err == ""


def test_hung() -> None:
    """Nothing comes."""
    with faulty("hung") as (site, _), socket.create_connection(_place(site)) as connection:
        connection.sendall(f"GET {view(50_000)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        connection.settimeout(IMPATIENCE)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_hung_within_the_body() -> None:
    """The header and half of the body come, and then nothing."""
    whole = plain(view(50_000)).encode()
    with faulty("hung:body") as (site, _):
        connection = HTTPConnection(urlsplit(site).netloc, timeout=PATIENCE)
        connection.request("GET", view(50_000), headers=COOKIE)
        reply = connection.getresponse()
        assert (reply.status, reply.headers["Content-Length"]) == (200, str(len(whole)))
        assert reply.read(len(whole) // 2) == whole[: len(whole) // 2]
        connection.sock.settimeout(IMPATIENCE)
        with pytest.raises(TimeoutError):
            reply.read(1)
        connection.close()


def _place(site: str) -> tuple[str, int]:
    parts = urlsplit(site)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def _answering() -> set[threading.Thread]:
    """Return the threads of this process that answer requests."""
    return {thread for thread in threading.enumerate() if "process_request" in thread.name}


def test_hung_answer_ends_with_its_client() -> None:
    """A client that gives up leaves nothing behind, and others are answered meanwhile."""
    before = _answering()
    with faulty("hung") as (site, _):
        with socket.create_connection(_place(site)) as connection:
            connection.sendall(f"GET {view(50_000)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            wait_until(lambda: bool(_answering() - before))
            assert ask(site, LIST).status == 200
            assert _answering() - before
        wait_until(lambda: not _answering() - before)


@pytest.mark.parametrize("spec", ["hung", "slow:600"])
def test_server_ends_while_an_answer_is_held_back(spec: str) -> None:
    """Whoever waits for an answer is let go when the server ends."""
    with faulty(spec) as (site, replica):
        connection = socket.create_connection(_place(site), timeout=PATIENCE)
        connection.sendall(f"GET {view(50_000)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        wait_until(lambda: replica.met.total() == 1)
    with connection:
        assert connection.recv(1) == b""


def test_command_ends_while_a_request_hangs() -> None:
    """The process ends with its parent though a client still waits for an answer."""
    command = [sys.executable, "-m", "crawler.replica", "--with-parent"]
    options = ["--port", "0", "--count", "3", "--faults", "hung@lists"]
    with subprocess.Popen(
        [*command, *options], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin
        assert server.stdout
        site = server.stdout.readline().strip()
        with socket.create_connection(_place(site), timeout=PATIENCE) as connection:
            connection.sendall(f"GET {LIST} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert ask(site, "/robots.txt").status == 200
            server.stdin.close()
            assert server.wait(PATIENCE) == 0
            assert connection.recv(1) == b""


def test_cut() -> None:
    """The connection is closed after half of what the header promises."""
    whole = plain(view(50_000)).encode()
    with faulty("cut") as (site, _), pytest.raises(IncompleteRead) as error:
        ask(site, view(50_000))
    assert error.value.partial == whole[: len(whole) // 2]
    assert error.value.expected == len(whole) - len(whole) // 2
