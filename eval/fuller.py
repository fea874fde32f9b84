"""Keep an earlier result that a smaller one is about to replace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from preprocess.alpaca import Record, write_whole

Result = TypeVar("Result", bound=Record)


def keep_fuller(
    path: Path, result: Result, held: Callable[[Result], set[tuple[str, ...]]]
) -> Path | None:
    """Copy the earlier result to `….old` where it holds something that the new one does not.

    A result that cannot be read is kept as well.

    Args:
        path: The earlier result's file, if there is one; it is not changed.
        result: The new one, of the same kind.
        held: Names what a result holds.

    Returns:
        The copy, or None where nothing would be lost.

    """
    if not path.is_file():
        return None
    earlier = path.read_bytes()
    try:
        lost = held(msgspec.json.decode(earlier, type=type(result))) - held(result)
    except msgspec.MsgspecError:
        lost = {("what cannot be read",)}
    if not lost:
        return None
    old = path.with_name(f"{path.name}.old")
    write_whole(old, [earlier])
    return old
