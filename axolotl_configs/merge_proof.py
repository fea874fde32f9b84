"""The proof of a merge: the logits of base + adapter beside those of the merged model.

Both sides are computed in float32, so that what is measured is what merging and storing did to the
weights, not how a card rounds. Two things are compared with base + adapter: the merged weights
before they are rounded (`float32`), and after they were rounded to what is stored (`bfloat16`).

The limit of `float32` is 1e-4 on the largest difference of any logit. A largest difference can be
no limit in bfloat16: its steps are 0.06 and 0.125 at logits of 8 and 16, so base + adapter itself,
run in bfloat16 instead of float32, is further off than 1e-2. There the limit, 1e-2, is on the root
mean square of the differences as a share of the logits' own standard deviation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from axolotl_configs.named_run import NamedRun
from preprocess.alpaca import AnyRow, Record, Wrapper, read_jsonl, read_wrapper, rows_cure

if TYPE_CHECKING:
    from torch import Tensor

ROWS: Final = 32
#: Logits are kept for the last positions of a row, where its answer stands: 32 rows of these with
#: a vocabulary of 40,960 are 0.7 GB, all positions would be ten times that.
POSITIONS: Final = 128
FLOAT32_LIMIT: Final = 1e-4
BFLOAT16_LIMIT: Final = 1e-2


class Gap(Record, frozen=True):
    """How far two models' logits lie apart.

    `largest` and `mean` are absolute differences; `spread` is the root mean square of the
    differences over the standard deviation of the reference's logits; `same_choice` is the share
    of positions at which both find the same token the likeliest.
    """

    largest: float
    mean: float
    spread: float
    same_choice: float


class Proof(Record, frozen=True):
    """What `proof.json` holds.

    `rows_file` is where the `rows` rows come from, of which `positions` positions were compared;
    `largest_logit` is the reference's. The fingerprints are SHA-256 of the adapter that was merged
    and of each file of weights that was written, by name.
    """

    run: str
    base_model: str
    revision: str | None
    stored_as: str
    rows_file: str
    rows: int
    positions: int
    largest_logit: float
    float32: Gap
    bfloat16: Gap
    adapter_sha256: str
    weights_sha256: dict[str, str]


def shortcomings(proof: Proof) -> list[str]:
    """Say in which ways a merge is not exact; none is what a merge must have."""
    found = []
    if not proof.float32.largest <= FLOAT32_LIMIT:
        found.append(
            f"in float32 a logit is {proof.float32.largest:.2e} off (at most {FLOAT32_LIMIT:.0e})"
        )
    if not proof.bfloat16.spread <= BFLOAT16_LIMIT:
        found.append(
            f"in bfloat16 the logits are {proof.bfloat16.spread:.2e} of their spread off "
            f"(at most {BFLOAT16_LIMIT:.0e})"
        )
    return found


def read_proof(path: Path) -> Proof:
    """Read a `proof.json`.

    Raises:
        ValueError: It is none; the message names the file.
        OSError: It cannot be read.

    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Proof)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path} is no proof of a merge: {error}") from None


def rows_file(run: NamedRun) -> Path:
    """Choose the file whose rows prove a merge: validation where the run has it, or training."""
    return next((p for p in run.data_files if p.stem == "validation"), run.data_files[0])


def texts_of(run: NamedRun) -> list[str]:
    """Write the first rows of the proof's file as the run trains on them, answers included.

    A run whose prompt is made by a chat template is proved on the bare parts of its rows: a merge
    must agree on any text.

    Raises:
        RecordError: The file is missing, empty or broken.

    """
    path = rows_file(run)
    rows = list(islice(read_jsonl(path, AnyRow, cure=rows_cure(path)), ROWS))
    wrapper = wrapper_of(run) or Wrapper("{instruction}\n\n{input}\n\n")
    return [wrapper.prompt(row) + row.output for row in rows]


def wrapper_of(run: NamedRun) -> Wrapper | None:
    """Read the wrapper of a run's prompt, or None where a chat template makes it."""
    try:
        return read_wrapper(run.settings)
    except ValueError:
        return None


def logits_of(model: Any, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
    """Compute a model's logits for each row.

    Returns:
        For each row a float32 tensor on the CPU, (at most `POSITIONS`) x vocabulary.

    """
    import torch  # noqa: PLC0415 - takes seconds

    with torch.inference_mode():
        return [
            model(torch.tensor([row], device=model.device), logits_to_keep=POSITIONS)
            .logits[0]
            .float()
            .cpu()
            for row in tokens
        ]


def gap(reference: Sequence[Tensor], other: Sequence[Tensor]) -> Gap:
    """Measure how far logits lie from those of the reference, row by row."""
    apart = [(a - b).double() for a, b in zip(reference, other, strict=True)]
    size = sum(one.numel() for one in apart)
    mean = sum(float(row.double().sum()) for row in reference) / size
    variance = sum(float((row.double() - mean).square().sum()) for row in reference) / size
    squares = sum(float(one.square().sum()) for one in apart) / size
    return Gap(
        largest=max(float(one.abs().max()) for one in apart),
        mean=sum(float(one.abs().sum()) for one in apart) / size,
        spread=(squares / variance) ** 0.5,
        same_choice=sum(_agreements(reference, other)) / sum(len(row) for row in reference),
    )


def _agreements(reference: Sequence[Tensor], other: Sequence[Tensor]) -> Iterator[int]:
    for a, b in zip(reference, other, strict=True):
        yield int((a.argmax(-1) == b.argmax(-1)).sum())
