"""The records of several files as one sequence: any of them by its number, none held in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from crawler.items import RecordError

R = TypeVar("R", bound=msgspec.Struct)
Numbers = NDArray[np.int64]


class Parts(Sequence[R], Generic[R]):
    """Records of JSON lines files that stay as they are, in the order of files and lines.

    Args:
        paths: The files.
        kind: The records' class.
        places: For each record the number of its file and where its line begins; read off the
            files if not given.

    """

    def __init__(
        self, paths: Sequence[Path], kind: type[R], places: tuple[Numbers, Numbers] | None = None
    ) -> None:
        self._paths, self._kind = paths, kind
        self._decoder = msgspec.json.Decoder(kind)
        self._files, self._starts = places or _places(paths)

    def chosen(self, numbers: Sequence[int]) -> Parts[R]:
        """Return the records of these numbers, in this order."""
        places = self._files[numbers], self._starts[numbers]
        files, inverse = np.unique(places[0], return_inverse=True)
        paths = [self._paths[file] for file in files]
        return Parts(paths, self._kind, (inverse.astype(np.int64), places[1]))

    def __reduce__(self) -> tuple[type[Parts[R]], tuple[object, ...]]:
        """Go to another process without the decoder."""
        return Parts, (self._paths, self._kind, (self._files, self._starts))

    def __len__(self) -> int:
        """Count the records."""
        return len(self._starts)

    @overload
    def __getitem__(self, number: int, /) -> R: ...
    @overload
    def __getitem__(self, number: slice, /) -> Parts[R]: ...
    def __getitem__(self, number: int | slice, /) -> R | Parts[R]:
        """Read a record, or choose a run of them.

        Raises:
            RecordError: The file was changed behind the build's back.

        """
        if isinstance(number, slice):
            return self.chosen(range(len(self))[number])
        path = self._paths[self._files[number]]
        with path.open("rb") as stream:
            return self._read(path, stream, int(self._starts[number]))

    def __iter__(self) -> Iterator[R]:
        """Read the records in order; those that stand together open their file once."""
        places = zip(self._files.tolist(), self._starts.tolist(), strict=True)
        for file, together in groupby(places, itemgetter(0)):
            path = self._paths[file]
            with path.open("rb") as stream:
                for _, start in together:
                    yield self._read(path, stream, start)

    def _read(self, path: Path, stream: BinaryIO, start: int) -> R:
        stream.seek(start)
        try:
            return self._decoder.decode(stream.readline())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RecordError(
                f"{path} is damaged: {error}; delete it and run the same command again, which "
                "makes it anew"
            ) from None


def _places(paths: Sequence[Path]) -> tuple[Numbers, Numbers]:
    files, starts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for number, path in enumerate(paths):
        with path.open("rb") as stream:
            lengths = np.fromiter(map(len, stream), np.int64)
        starts.append(np.cumsum(lengths) - lengths)
        files.append(np.full(len(lengths), number))
    return np.concatenate(files), np.concatenate(starts)
