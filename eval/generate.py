"""Answers of a run's model, with and without its adapter, with none and with one example.

    python -m eval.generate --run advice-polyglot-ko-1.3b-qlora

writes `runs/<run>/eval/predictions/<system>.jsonl` for the systems base, base-1shot, tuned and
tuned-1shot. Greedy, so deterministic. Stopped, the same command goes on after the last whole
batch; answers of an older adapter, test set or setting are made again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from eval.prompts import choose_example, load_wrapper, prompt_with_example
from eval.records import Prediction
from eval.runs import CONFIGS, Run, RunError, fingerprint, load_run, read_settings
from preprocess.alpaca import (
    AlpacaRow,
    RecordError,
    Task,
    Wrapper,
    encode_line,
    read_jsonl,
    write_jsonl,
    write_whole,
)

if TYPE_CHECKING:
    from eval.model import Model

#: Each system: whether the adapter is on, and whether the prompt carries an example.
SYSTEMS = {
    "base": (False, False),
    "base-1shot": (False, True),
    "tuned": (True, False),
    "tuned-1shot": (True, True),
}
BATCH = 16
#: Room for an answer, as a multiple of the longest answer of the training split.
ROOM = 1.5


@dataclass(frozen=True)
class Job:
    """One test row with the prompt that a system is given for it."""

    row: AlpacaRow
    task: Task
    system: str
    prompt: str


def jobs_of(
    task: Task, system: str, rows: Sequence[AlpacaRow], wrapper: Wrapper, example: AlpacaRow
) -> list[Job]:
    """Make a system's prompts, longest first so that a batch holds prompts of like length."""
    _, shot = SYSTEMS[system]
    prompts = (
        prompt_with_example(wrapper, row, example) if shot else wrapper.prompt(row) for row in rows
    )
    jobs = [Job(row, task, system, prompt) for row, prompt in zip(rows, prompts, strict=True)]
    return sorted(jobs, key=lambda job: (-len(job.prompt), job.row.id))


def answer_all(
    jobs: Sequence[Job],
    batches: Path,
    answer: Callable[[Sequence[str]], list[tuple[str, bool]]],
    *,
    batch: int,
) -> Iterator[Prediction]:
    """Yield every prediction, the ones already in the file of batches first.

    Batches are the same in every attempt, and a batch is appended to the file when it is whole,
    so a stopped attempt changes nothing about the answers of the next.

    Args:
        jobs: The prompts in the order of the batches.
        batches: The file in which finished batches are kept until all are there.
        answer: The model: prompts in, answers with whether they came to an end out.
        batch: Prompts a batch.

    """
    done = _whole_batches(batches, batch)
    yield from done
    batches.parent.mkdir(parents=True, exist_ok=True)
    with batches.open("ab") as stream:
        for start in range(len(done), len(jobs), batch):
            chunk = jobs[start : start + batch]
            answers = answer([job.prompt for job in chunk])
            found = [
                Prediction(
                    id=job.row.id,
                    source_id=job.row.source_id,
                    task=job.task,
                    system=job.system,
                    prompt=job.prompt,
                    output=output,
                    finish="stop" if ended else "length",
                )
                for job, (output, ended) in zip(chunk, answers, strict=True)
            ]
            stream.write(b"".join(encode_line(prediction) for prediction in found))
            stream.flush()
            yield from found


def _whole_batches(batches: Path, batch: int) -> list[Prediction]:
    """Read the batches that an earlier attempt finished; cut off what follows them."""
    if not batches.exists():
        return []
    lines = batches.read_bytes().splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    write_whole(batches, lines[: len(lines) // batch * batch])
    return list(read_jsonl(batches, Prediction, cure=f"delete {batches}"))


def settle(run: Run, settings: dict[str, Any]) -> None:
    """Delete the answers that were made with other settings than these."""
    path = run.predictions_dir / "settings.json"
    text = json.dumps(settings, ensure_ascii=False, indent=1).encode()
    if path.exists() and path.read_bytes() == text:
        return
    for pattern in ("*.jsonl", "*.batches"):
        for old in run.predictions_dir.glob(pattern):
            old.unlink()
    write_whole(path, [text])


def generate(run: Run, *, batch: int, progress: bool) -> dict[str, int]:
    """Make every system's predictions of a run.

    Returns:
        The number of predictions of each system.

    Raises:
        RunError: The run holds no trained adapter.
        RecordError: A data file is missing or broken.

    """
    test = list(read_jsonl(run.test, AlpacaRow, cure="make data"))
    train = list(read_jsonl(run.train, AlpacaRow, cure="make data"))
    wrapper, example = load_wrapper(run.config), choose_example(train)
    adapter = trained_adapter(run)
    settle(
        run,
        {
            "test_sha256": fingerprint(run.test),
            "adapter_sha256": fingerprint(adapter),
            "config_sha256": fingerprint(run.config),
            "example": example.id,
            "batch": batch,
        },
    )
    counts: dict[str, int] = {}
    model: Model | None = None
    for system, (tuned, _) in SYSTEMS.items():
        path = run.predictions_dir / f"{system}.jsonl"
        if not path.exists():
            model = model or _load(run, train)
            jobs = jobs_of(run.task, system, test, wrapper, example)
            found = {
                prediction.id: prediction
                for prediction in tqdm(
                    answer_all(
                        jobs,
                        path.with_suffix(".batches"),
                        model.answers(adapter=tuned),
                        batch=batch,
                    ),
                    total=len(jobs),
                    desc=system,
                    unit=" answers",
                    disable=not progress,
                )
            }
            write_jsonl(path, (found[row.id] for row in test))
            path.with_suffix(".batches").unlink()
        counts[system] = len(test)
    return counts


def trained_adapter(run: Run) -> Path:
    """Find the weights that training left, or say how to make them."""
    path = run.output_dir / "adapter_model.safetensors"
    if not path.is_file():
        raise RunError(f"{path} is missing: the run was never trained; make train RUN={run.name}")
    return path


def _load(run: Run, train: Sequence[AlpacaRow]) -> Model:
    from eval.model import Model  # noqa: PLC0415 - brings torch along

    settings = read_settings(run.config)
    return Model(
        base=run.base_model,
        revision=settings.get("revision_of_model"),
        adapter=run.output_dir,
        four_bit=bool(settings.get("load_in_4bit")),
        longest=max((row.output for row in train), key=len),
        room=ROOM,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.generate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", required=True, help="a run's name, or the path of its YAML")
    parser.add_argument("--configs", type=Path, default=CONFIGS, metavar="DIR")
    parser.add_argument("--batch", type=int, default=BATCH, metavar="N", help="prompts at a time")
    args = parser.parse_args(argv)
    if args.batch < 1:
        parser.error("--batch must be at least 1")
    try:
        run = load_run(args.run, args.configs)
        counts = generate(run, batch=args.batch, progress=sys.stderr.isatty())
    except (RunError, RecordError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    each = ", ".join(f"{count} {system}" for system, count in counts.items())
    print(f"answers of {run.name}: {each}; in {run.predictions_dir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
