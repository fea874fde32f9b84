"""What the system says of files that cannot be read or written, as one line with a cure."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_FOLDER: Final = frozenset({errno.EEXIST, errno.ENOTDIR})


def told(error: OSError, raw: Path, out: Path) -> str:
    """Say what is wrong, where, and the cure, of an error while `raw` was built into `out`."""
    if error.errno in _FULL:  # which names no file
        return (
            f"no room is left on the disk of {out}; free some and run the same command again, "
            "which goes on where it was, or build on another disk: --out"
        )
    if str(error.filename) == str(raw):
        return _of_raw(error, raw)
    if error.errno in _NO_FOLDER:
        return f"{error.filename} is a file where a folder belongs; move it, or give another: --out"
    if error.errno in _FORBIDDEN:
        return f"{error.filename} may not be written; take the right to, or build elsewhere: --out"
    if error.errno == errno.EISDIR:
        return f"{error.filename} is a folder where a file belongs; move it away"
    return f"{error} (of {raw} or in {out}); mend it there and run the same command again"


def _of_raw(error: OSError, raw: Path) -> str:
    if error.errno == errno.EISDIR:
        return f"{raw} is a folder; name the file of essays in it: --raw"
    if error.errno in _FORBIDDEN:
        return f"{raw} may not be read; take the right to: chmod u+r {raw}"
    return f"{raw} cannot be read: {error.strerror}; name another file: --raw"
