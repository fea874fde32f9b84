"""Records of a build on disk, appended once and read again as often as a step wants them.

What a build holds in memory must not grow with the site, so rows and masked essays wait here, below
the build's own `parts/`, until every check has passed and `move` puts them where they belong.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from preprocess.alpaca import encode_line, write_whole

R = TypeVar("R", bound=msgspec.Struct)
R_co = TypeVar("R_co", covariant=True)


class Records(Protocol[R_co]):
    """Records in order, read as often as wanted: a list of them, or a `Spool`."""

    def __iter__(self) -> Iterator[R_co]:
        """Yield the records from the first."""

    def __len__(self) -> int:
        """Count them."""


class Spool(Generic[R]):
    """Records in a JSON lines file of this process.

    Args:
        path: The file; one that is there is replaced.
        kind: The records' class.

    """

    def __init__(self, path: Path, kind: type[R]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)
        self._count = 0
        self._stream = path.open("wb")

    def append(self, record: R) -> None:
        """Add a record at the end."""
        self._stream.write(encode_line(record))
        self._count += 1

    def take(self, path: Path, count: int) -> None:
        """Add the records of another file, of which there are `count`, and remove it."""
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, self._stream)
        path.unlink()
        self._count += count

    def leave_out(self, is_out: Callable[[R], bool]) -> None:
        """Take records out."""
        kept = Spool(self.path.with_suffix(".kept"), self._kind)
        for record in self:
            if not is_out(record):
                kept.append(record)
        self.close()
        kept.path.replace(self.path)
        self._stream, self._count = kept._stream, kept._count

    def __len__(self) -> int:
        """Count the records."""
        return self._count

    def __iter__(self) -> Iterator[R]:
        """Yield the records from the first; those added meanwhile may be among them."""
        self._stream.flush()
        with self.path.open("rb") as stream:
            yield from map(self._decoder.decode, stream)

    def copy(self, path: Path) -> None:
        """Write the records to another file, whole."""
        self._stream.flush()
        with self.path.open("rb") as stream:
            write_whole(path, stream)

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._stream.close()
