"""A judge's replies, kept line by line: a killed judge goes on, and pays for nothing twice."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from eval.judging.records import KeptReply
from preprocess.alpaca import encode_line, read_jsonl, write_whole

Key = tuple[str, str, int]


class KeptReplies:
    """The replies in a file, by model, prompt and attempt. Threads may share it.

    Args:
        path: The file; a last line that was not written whole is cut off.

    Raises:
        RecordError: A line of the file is not a reply.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._held: dict[Key, KeptReply] = {}
        if path.exists():
            whole, end, rest = path.read_bytes().rpartition(b"\n")
            if rest:
                write_whole(path, [whole + end])
            cure = f"the same, once {path.name} is gone (every question is then asked again)"
            for reply in read_jsonl(path, KeptReply, cure=cure):
                self._held[reply.model, reply.prompt, reply.attempt] = reply

    def held(self, model: str, prompt: str, attempt: int) -> KeptReply | None:
        """Give the reply of a model to a prompt at an attempt, if there is one."""
        return self._held.get((model, prompt, attempt))

    def keep(self, reply: KeptReply) -> None:
        """Keep a reply; when this returns, it is on the disk."""
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as stream:
                stream.write(encode_line(reply))
                stream.flush()
                os.fsync(stream.fileno())
            self._held[reply.model, reply.prompt, reply.attempt] = reply
