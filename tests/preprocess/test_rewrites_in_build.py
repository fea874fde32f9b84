"""From a build to rewrites and back: what the next build takes up, and where."""

from __future__ import annotations

import shutil
from pathlib import Path

from preprocess.alpaca import encode_line, read_jsonl, rows_path
from preprocess.build import main as build
from preprocess.rewrites_build import build_rewrites
from preprocess.tasks import ReviseRow
from tests.preprocess.chat_server import endpoint, serving
from tests.preprocess.rewriter import rewrite

#: As the fixture `data` was built, but in this process: two more would each load Kiwi.
SHARES = [
    *("--validation", "0.2", "--test", "0.2"),
    *("--unseen-firms", "0.1", "--most-shared", "1", "--workers", "1"),
]


def files(folder: Path) -> dict[Path, bytes]:
    """Read all files under a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_next_build_takes_rewrites_into_training_alone(data: Path, tmp_path: Path) -> None:
    """Each rewrite is a row of its own beside those of before; all others stay as they were."""
    out = tmp_path / "data"
    shutil.copytree(data, out)
    revise = rows_path(out, "revise", "train")
    before = files(out / "alpaca")
    with serving("") as site:
        site.answering = rewrite
        kept, _ = build_rewrites(out, endpoint(site), at_once=2)
    assert build(["--raw", str(out / "raw" / "essays.jsonl"), "--out", str(out), *SHARES]) == 0
    rows = list(read_jsonl(revise, ReviseRow, cure="-"))
    new = [row for row in rows if row.id.endswith("-rewritten")]
    assert {row.id for row in new} == {f"{one.id}-rewritten" for one in kept} != set()
    assert {row.input for row in new} == {one.answer for one in kept}
    assert b"".join(encode_line(row) for row in rows if row not in new) == before[revise]
    assert files(out / "alpaca") == before | {revise: revise.read_bytes()}
