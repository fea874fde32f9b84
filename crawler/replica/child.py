"""The replica as a child process, which ends with its parent, however that ends."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.outcomes import CrawlFailedError

PATIENCE = 5  # seconds from closing its input to killing it


@contextmanager
def replica_child(
    *, faults: str = "", count: int | None = None, seed: int | None = None
) -> Iterator[str]:
    """Serve the replica from a child process while the context lasts, and yield its address.

    Args:
        faults: How it misbehaves, as `crawler.replica.faults_spec` reads it; empty: not at all.
        count: How many essays it has, if not as many as usual.
        seed: Decides which essays, if not the usual ones.

    Raises:
        CrawlFailedError: It does not start; its own message is on stderr.

    """
    options = ["--faults", faults] if faults else []
    options += [] if count is None else ["--count", str(count)]
    options += [] if seed is None else ["--seed", str(seed)]
    command = [sys.executable, "-m", "crawler.replica", "--with-parent", *options]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            address = child.stdout.readline().strip()
            if not address:
                attempt = shlex.join(["python", "-m", "crawler.replica", *options])
                raise CrawlFailedError(f"the replica did not start; try: {attempt}")
            yield address
        finally:
            child.stdin.close()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
