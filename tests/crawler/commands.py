"""The project's commands, run the way a person runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from crawler.items import Essay, manifest_path, read_jsonl

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds


def run_module(
    module: str, *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` from the repository's root and return what came of it."""
    return run_python("-m", module, *map(str, arguments), environment=environment)


def run_python(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run this Python from the repository's root and return what came of it."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def read_crawled(path: Path) -> dict[str, Essay]:
    """Read a crawl's essays by number, without the time; each must be there once and have one."""
    essays = list(read_jsonl(path, Essay, cure="the crawl under test"))
    assert all(essay.crawled_at for essay in essays)
    by_id = {essay.id: msgspec.structs.replace(essay, crawled_at=None) for essay in essays}
    assert len(by_id) == len(essays)
    return by_id


def read_manifest(out: Path) -> dict[str, Any]:
    """Read what a crawl said of itself beside its essays."""
    found: dict[str, Any] = msgspec.json.decode(manifest_path(out).read_bytes())
    return found
