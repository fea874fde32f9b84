"""The replica as a child process, which ends with its parent, however that ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.outcomes import CrawlFailedError

PATIENCE = 5  # seconds from closing its input to killing it


@contextmanager
def replica_child() -> Iterator[str]:
    """Serve the replica from a child process while the context lasts, and yield its address.

    Raises:
        CrawlFailedError: It does not start; its own message is on stderr.

    """
    command = [sys.executable, "-m", "crawler.replica", "--with-parent"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            address = child.stdout.readline().strip()
            if not address:
                raise CrawlFailedError("the replica did not start; try: python -m crawler.replica")
            yield address
        finally:
            child.stdin.close()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
