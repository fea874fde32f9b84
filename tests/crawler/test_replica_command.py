"""The replica as a command."""

from __future__ import annotations

import socket

from tests.crawler.commands import run_module


def test_port_that_is_taken() -> None:
    """A taken port is one line that names it, with exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run_module("crawler.replica", "--port", str(port), "--count", "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"error: port {port} cannot be opened: Address already in use; "
        "choose another --port, or leave it out\n"
    )
