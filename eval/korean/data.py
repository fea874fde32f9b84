"""KoBEST's files: found in a local folder or on the hub, and checked before a model is asked.

A folder holds `<task>/train.jsonl` and `<task>/test.jsonl`, as the hub's `skt/kobest_v1` does
(CC BY-SA 4.0; Kim et al. 2022, arXiv 2204.04541). Files are read as data, no code of theirs is run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from axolotl_configs.run_yaml import RunError
from eval.korean.records import BENCHMARKS, Benchmark
from eval.runs import fingerprint
from preprocess.alpaca import read_jsonl

HUB = "skt/kobest_v1"
DOWNLOAD = f"hf download {HUB} --repo-type dataset"

Text = Annotated[str, msgspec.Meta(min_length=1)]
OneOfTwo = Annotated[int, msgspec.Meta(ge=0, le=1)]
OneOfFour = Annotated[int, msgspec.Meta(ge=0, le=3)]


class Boolq(msgspec.Struct, frozen=True):
    """Is the answer to the question, by the paragraph, 아니오 (0) or 예 (1)?"""

    paragraph: Text
    question: Text
    label: OneOfTwo


class Copa(msgspec.Struct, frozen=True):
    """Which alternative is the premise's cause (원인) or effect (결과)?"""

    premise: Text
    question: Literal["원인", "결과"]
    alternative_1: Text
    alternative_2: Text
    label: OneOfTwo


class Hellaswag(msgspec.Struct, frozen=True):
    """Which of four sentences goes on with the context?"""

    context: Text
    ending_1: Text
    ending_2: Text
    ending_3: Text
    ending_4: Text
    label: OneOfFour


class Sentineg(msgspec.Struct, frozen=True):
    """Is the sentence negative (0) or positive (1)?"""

    sentence: Text
    label: OneOfTwo


class Wic(msgspec.Struct, frozen=True):
    """Has the word two meanings in the two contexts (0), or one (1)?"""

    word: Text
    context_1: Text
    context_2: Text
    label: OneOfTwo


ROWS: dict[Benchmark, type[msgspec.Struct]] = {
    "boolq": Boolq,
    "copa": Copa,
    "hellaswag": Hellaswag,
    "sentineg": Sentineg,
    "wic": Wic,
}


class Checked(NamedTuple):
    """A task's files: how many questions they hold, and the SHA-256 of questions and examples."""

    items: int
    sha256: str


def find_folder(given: Path | None) -> Path:
    """Find KoBEST's folder: the one given, or the hub's, fetched once and kept in its cache.

    Args:
        given: The folder itself, or one that holds it as `skt/kobest_v1`; `None` for the hub's.

    Raises:
        RunError: It is not there; the message names a folder below that has it, or the command
            that brings it.

    """
    if given is None:
        return _from_hub()
    found = _folder_of(given)
    if found is None:
        # Two levels are looked at: the folder may be a home with very many below.
        below = (f for deep in ("*/", "*/*/") for f in sorted(given.glob(deep)) if _folder_of(f))
        near = next(below, None)
        cure = f"name {near}, which has one" if near else f"bring it with: {_download(given)}"
        raise RunError(f"{given} has no folder of KoBEST; {cure}")
    return found


def _folder_of(given: Path) -> Path | None:
    """Find the folder in which the tasks are, if there is any."""
    folders = (given, given / HUB)
    return next((f for f in folders if any((f / task).is_dir() for task in BENCHMARKS)), None)


def _download(folder: Path) -> str:
    """Give the command that brings KoBEST into a folder."""
    return f"{DOWNLOAD} --local-dir {folder}"


def _from_hub() -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - takes a second

    try:
        found = snapshot_download(HUB, repo_type="dataset", allow_patterns=["*/*.jsonl"])
    except OSError as error:
        first = str(error).split("\n", 1)[0]
        raise RunError(
            f"{HUB} is not on this machine and cannot be fetched ({first}); bring it with: "
            f"{DOWNLOAD}, or name a folder that holds it with --data"
        ) from None
    return Path(found)


def split_path(folder: Path, task: Benchmark, split: Literal["train", "test"]) -> Path:
    """Say where a task's examples (`train`) or questions (`test`) are."""
    return folder / task / f"{split}.jsonl"


def check_task(folder: Path, task: Benchmark, shots: int) -> Checked:
    """Read a task's files, of which `shots` examples will be shown before each question.

    lm-eval itself counts a label that no choice has as a wrong answer, and goes on.

    Raises:
        RecordError: A file is missing, or a row is not of the task.
        RunError: There is no question, or there are fewer examples than asked for.

    """
    cure = _download(folder)
    test, train = split_path(folder, task, "test"), split_path(folder, task, "train")
    asked = sum(1 for _ in read_jsonl(test, ROWS[task], cure=cure))
    examples = sum(1 for _ in read_jsonl(train, ROWS[task], cure=cure))
    if not asked:
        raise RunError(f"{test} is empty; make it with: {cure}")
    if examples < max(shots, 1):
        raise RunError(f"{train} has {examples} rows for {shots} examples; make it with: {cure}")
    return Checked(asked, fingerprint(train, test))
