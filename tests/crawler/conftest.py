"""What several tests of the crawler start from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.processes import Marks, end_browser


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder for temporary files, with the short path that Chromium's sockets need.

    A test that fails must not leave a browser, either.
    """
    with tempfile.TemporaryDirectory(prefix="j-", ignore_cleanup_errors=True) as name:
        yield Path(name)
        for left in Path(name).glob("jasoseo-*"):
            end_browser(Marks(str(left)))
