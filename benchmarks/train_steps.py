"""One way of training, measured step by step through transformers' own Trainer.

Axolotl trains through a subclass of the same Trainer. Each way goes once over the same rows.
"""

from __future__ import annotations

import math
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from benchmarks.train_model import build, numbers_on
from benchmarks.train_rows import Row, lay_packs, make_rows, pack, pad_rows
from benchmarks.train_shapes import PEAKS, Shape
from benchmarks.train_ways import Way


@dataclass(frozen=True)
class Batch:
    """What goes through the model at once: rows, or packs of rows; `slots` with the padding."""

    packs: Sequence[Sequence[Row]]
    slots: int

    @property
    def rows(self) -> list[Row]:
        """All rows, whichever pack they are in."""
        return [row for rows in self.packs for row in rows]


def batches_of(rows: Sequence[Row], way: Way, sequence_len: int) -> list[Batch]:
    """Cut rows into the batches of a way, in an order drawn once; an incomplete step is left out.

    Without packing, each row is a pack of its own, and its batch is padded to the longest.
    """
    packs = pack(rows, sequence_len) if way.packed else [[row] for row in rows]
    random.Random(1).shuffle(packs)  # noqa: S311 - no cryptography
    groups = [packs[i : i + way.batch] for i in range(0, len(packs), way.batch)]
    whole = len(packs) // (way.batch * way.accumulate) * way.accumulate
    return [
        Batch(group, way.batch * (sequence_len if way.packed else max(len(p[0]) for p in group)))
        for group in groups[:whole]
    ]


class Laid(Sequence[dict[str, Any]]):
    """Batches laid out as their way wants them, each when it is asked for."""

    def __init__(self, batches: Sequence[Batch], way: Way, sequence_len: int) -> None:
        self._batches, self._way, self._sequence_len = batches, way, sequence_len

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: Any) -> Any:
        batch = self._batches[index]
        if not self._way.packed:
            return pad_rows(batch.rows)
        # transformers' flash attention knows rows by their positions only in a single line.
        flat = self._way.attention == "flash_attention_2"
        return lay_packs(batch.packs, self._sequence_len, flat=flat)


def train(model: Any, batches: Sequence[Batch], way: Way, shape: Shape) -> tuple[list[float], Any]:
    """Train over the batches; return the seconds of each optimizer step, and the mean loss."""
    import torch  # noqa: PLC0415 - heavy
    from transformers import Trainer, TrainerCallback, TrainingArguments  # noqa: PLC0415 - heavy

    card = next(model.parameters()).is_cuda
    numbers = numbers_on("cuda" if card else "cpu")
    ends: list[float] = []

    class Clock(TrainerCallback):
        """Notes when each step has really ended, the work queued on the card included."""

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.on_step_end()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            if card:
                torch.cuda.synchronize()
            ends.append(time.perf_counter())

    class InOrder(Trainer):
        """Trains on our batches as they are."""

        def get_train_dataloader(self) -> Any:
            laid: Any = Laid(batches, way, shape.sequence_len)
            return torch.utils.data.DataLoader(laid, batch_size=None, pin_memory=card)

    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            max_steps=len(batches) // way.accumulate,
            gradient_accumulation_steps=way.accumulate,
            gradient_checkpointing=way.checkpointing,
            gradient_checkpointing_kwargs={"use_reentrant": False},
            learning_rate=2e-4,
            # Not the paged one: what it holds is not in the peak.
            optim="adamw_bnb_8bit" if card and way.four_bit else "adamw_torch",
            bf16=way.autocast and numbers == torch.bfloat16,
            fp16=way.autocast and numbers == torch.float16,
            # Without autocast the adapters compute in fp32: by data sheet a seventh of tf32's rate.
            tf32=True if numbers == torch.bfloat16 and not way.autocast else None,
            use_cpu=not card,
            torch_compile=way.compiled,
            save_strategy="no",
            logging_strategy="no",
            logging_nan_inf_filter=False,
            report_to=[],
            disable_tqdm=True,
            seed=1,
        )
        trainer = InOrder(model, arguments, callbacks=[Clock()])
        done = trainer.train()
    return [after - before for before, after in pairwise(ends)], done.training_loss


def watch_queries(model: Any, shape: Shape) -> dict[str, str]:
    """Return what will hold, under `type`, the type of the first layer's queries once it ran."""
    told: dict[str, str] = {}
    first = next(iter(shape.linears))
    part = next(part for name, part in model.named_modules() if name.endswith(first))

    def note(_: Any, __: Any, out: Any) -> None:
        told.setdefault("type", str(out.dtype).removeprefix("torch."))

    part.register_forward_hook(note)
    return told


def measure(shape: Shape, way: Way, *, rows: int, warmup: int, device: str) -> dict[str, Any]:
    """Train one way and return its figures; memory and MFU are None where nothing tells them.

    Rates are medians over the optimizer steps after `warmup`. `filled` is the share of slots that
    hold a token, for packs the packing efficiency; `queries` is the type of number that attention
    was given, None for a compiled model. Memory is in bytes: the model's own, not its making's.

    Raises:
        ImportError: A package that the way needs is not installed.
        ValueError: There are not enough rows for one step after the warm-up.

    """
    import torch  # noqa: PLC0415 - heavy

    torch.manual_seed(1)
    drawn = make_rows(rows, vocabulary=shape.vocab_size, sequence_len=shape.sequence_len, seed=1)
    batches = batches_of(drawn, way, shape.sequence_len)
    if len(batches) // way.accumulate <= warmup:
        raise ValueError(
            f"{rows} rows make {len(batches) // way.accumulate} steps of the way {way.name}, "
            f"and {warmup} are warm-up; give more with --rows"
        )
    card = device == "cuda"
    model = build(shape, way, device)
    if card:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    queries = {} if way.compiled else watch_queries(model, shape)
    seconds, loss = train(model, batches, way, shape)
    told = figures(shape, way, batches, seconds, warmup=warmup)
    peak = PEAKS.get(torch.cuda.get_device_name()) if card else None
    rate = told.pop("flop_per_second")
    return told | {
        "queries": queries.get("type"),
        "mfu": rate / peak if peak else None,
        "peak_allocated": torch.cuda.max_memory_allocated() if card else None,
        "peak_reserved": torch.cuda.max_memory_reserved() if card else None,
        "loss": loss if math.isfinite(loss) else None,
        "loss_finite": math.isfinite(loss),
    }


def figures(
    shape: Shape, way: Way, batches: Sequence[Batch], seconds: Sequence[float], *, warmup: int
) -> dict[str, Any]:
    """Return rates from the batches and the seconds of each step; see `measure`."""
    each = way.accumulate
    steps = [batches[i : i + each] for i in range(0, len(batches), each)]
    lengths = [[len(row) for batch in step for row in batch.rows] for step in steps]
    prompts = [[row.prompt for batch in step for row in batch.rows] for step in steps]
    timed = slice(warmup, None)

    def rate(amounts: Sequence[float]) -> float:
        return median(a / s for a, s in zip(amounts[timed], seconds[timed], strict=True))

    return {
        "steps": len(steps) - warmup,
        "seconds_per_step": median(seconds[timed]),
        "tokens_per_second": rate([sum(step) for step in lengths]),
        "answer_tokens_per_second": rate(
            [sum(a) - sum(b) for a, b in zip(lengths, prompts, strict=True)]
        ),
        "flop_per_second": rate([shape.flop(step) for step in lengths]),
        "filled": sum(map(sum, lengths)) / sum(batch.slots for batch in batches),
    }
