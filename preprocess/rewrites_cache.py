"""What models answered, kept in a file line by line, so that nobody is asked twice."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from crawler.items import Record, Text, encode_line, read_jsonl


class CachedAnswer(Record, frozen=True):
    """What a model answered to a prompt (`prompt_hash`: SHA-256 of the prompt, in hex)."""

    model: Text
    prompt_hash: Text
    prompt: Text
    output: Text


class Cache:
    """Kept answers; a run that was killed loses none but those under way. Threads may share it.

    Raises:
        RecordError: A line of the file is not a kept answer.

    """

    def __init__(self, path: Path) -> None:
        """Read the file if there is one, and cut off a last line that was not written whole."""
        self._path = path
        self._lock = threading.Lock()
        self._held: dict[tuple[str, str], str] = {}
        if path.exists():
            whole = path.read_bytes().rpartition(b"\n")
            if whole[2]:
                path.write_bytes(whole[0] + whole[1])
            for one in read_jsonl(path, CachedAnswer, cure=f"rm {path}"):
                self._held[one.model, one.prompt_hash] = one.output

    def held(self, model: str, prompt: str) -> str | None:
        """Return the kept answer of a model to a prompt, if there is one."""
        return self._held.get((model, _digest(prompt)))

    def keep(self, model: str, prompt: str, output: str) -> None:
        """Keep an answer; when this returns, it is in the file."""
        line = encode_line(CachedAnswer(model, _digest(prompt), prompt, output))
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as stream:
                stream.write(line)
            self._held[model, _digest(prompt)] = output


def _digest(prompt: str) -> str:
    return hashlib.sha256(prompt.encode()).hexdigest()
