"""Answers to a system's prompts, kept as they come, so that a stopped attempt costs little.

Answers of a system are gathered in `<system>.batches` and become `<system>.jsonl` when all are
there; `settings.json` says of each system how its answers were made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from axolotl_configs.run_yaml import RunError
from eval.predictions import prediction_path
from eval.records import Prediction
from preprocess.alpaca import AlpacaRow, encode_line, read_jsonl, write_jsonl, write_whole

#: The ends of a system's files: answers that are whole, and what is gathered on the way.
ENDINGS = (".jsonl", ".batches", ".answers", ".cost.json")

#: An engine's side: prompts in; answers, and whether each came to its end, out.
AnswerBatch = Callable[[Sequence[str]], list[tuple[str, bool]]]


@dataclass(frozen=True)
class Job:
    """One test row with the prompt that a system is given for it."""

    row: AlpacaRow
    task: str
    system: str
    prompt: str

    def answered(self, output: str, *, ended: bool, seed: int | None) -> Prediction:
        """Make the record of an answer; `seed` is that of the sampling, if there was one."""
        return Prediction(
            id=self.row.id,
            source_id=self.row.source_id,
            task=self.task,
            system=self.system,
            prompt=self.prompt,
            output=output,
            finish="stop" if ended else "length",
            seed=seed,
        )


def longest_first(jobs: Sequence[Job]) -> list[Job]:
    """Order jobs so that a batch holds prompts of like length, and too little memory shows soon."""
    return sorted(jobs, key=lambda job: (-len(job.prompt), job.row.id))


def answer_all(
    jobs: Sequence[Job], batches: Path, answer: AnswerBatch, *, batch: int, seed: int | None = None
) -> Iterator[Prediction]:
    """Yield every prediction, the ones already in the file of batches first.

    Batches are the same in every attempt, and a batch is appended to the file when it is whole,
    so a stopped attempt changes nothing about the answers of the next.

    Args:
        jobs: The prompts in the order of the batches.
        batches: The file in which finished batches are kept until all are there.
        answer: The model: prompts in, answers with whether they came to an end out.
        batch: Prompts a batch.
        seed: What the record says of the sampling.

    """
    done = _whole_batches(batches, batch)
    yield from done
    batches.parent.mkdir(parents=True, exist_ok=True)
    with batches.open("ab") as stream:
        for start in range(len(done), len(jobs), batch):
            chunk = jobs[start : start + batch]
            answers = answer([job.prompt for job in chunk])
            found = [
                job.answered(output, ended=ended, seed=seed)
                for job, (output, ended) in zip(chunk, answers, strict=True)
            ]
            keep(stream, b"".join(encode_line(prediction) for prediction in found))
            yield from found


def keep(stream: BinaryIO, lines: bytes) -> None:
    """Append lines so that they are still there when the machine stops the next moment."""
    stream.write(lines)
    stream.flush()
    os.fsync(stream.fileno())


def whole_lines(path: Path) -> list[bytes]:
    """Read the lines of a file that may have been cut off while its last one was written."""
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines(keepends=True)
    return lines if not lines or lines[-1].endswith(b"\n") else lines[:-1]


def _whole_batches(batches: Path, batch: int) -> list[Prediction]:
    """Read the batches that an earlier attempt finished; cut off what follows them."""
    lines = whole_lines(batches)
    if not batches.exists():
        return []
    write_whole(batches, lines[: len(lines) // batch * batch])
    return list(read_jsonl(batches, Prediction, cure=f"delete {batches}"))


def finish(path: Path, rows: Sequence[AlpacaRow], found: Mapping[str, Prediction]) -> None:
    """Write a system's predictions in the order of the test rows."""
    write_jsonl(path, (found[row.id] for row in rows))
    path.with_suffix(".batches").unlink(missing_ok=True)


def settle(
    folder: Path, system: str, settings: Mapping[str, Any], *, left_open: Sequence[str] = ()
) -> dict[str, Any]:
    """Set a system's answers aside that were made with other settings than these.

    Args:
        folder: Where the answers are.
        system: Whose they are.
        settings: How they are to be made.
        left_open: Names of settings that nobody asked for: what was taken before is as good.

    Returns:
        The settings with which the answers are made, or were.

    Raises:
        RunError: What was noted of earlier answers cannot be read.

    """
    path = folder / "settings.json"
    known = noted(path)
    before = known.get(system, {})
    wanted = {**settings, **{name: before[name] for name in left_open if name in before}}
    if before == wanted:
        return wanted
    set_aside(folder, system)
    kept = {**known, system: dict(settings)}
    write_whole(path, [json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True).encode()])
    return dict(settings)


def set_aside(folder: Path, system: str) -> None:
    """Rename all that a system has said to `….old`, in the place of what was so before."""
    whole = prediction_path(folder, system)
    for ending in ENDINGS:
        made = whole.with_suffix(ending)
        if made.exists():
            made.replace(made.with_name(f"{made.name}.old"))


def noted(path: Path) -> dict[str, dict[str, Any]]:
    """Read the settings of all systems, none where there is no file."""
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
    except msgspec.MsgspecError as error:
        raise RunError(
            f"{path} cannot be read ({error}); delete it, and the answers beside it are set aside "
            "and made again"
        ) from None
