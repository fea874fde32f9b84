"""Trainings of `benchmarks.train`, for real on tiny models on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from benchmarks.train_rows import Row, lay_packs, make_rows, pack
from benchmarks.train_shapes import SHAPES
from benchmarks.train_steps import Batch, batches_of, figures, measure, train
from benchmarks.train_ways import Way, ways_of

FAMILIES = ["tiny", "tiny-llama"]


class Untrained(NamedTuple):
    """A tiny model, some rows for it, and their loss when each goes through the model alone."""

    model: Any
    rows: list[Row]
    alone: float
    sequence_len: int


def loss(model: Any, tensors: dict[str, Any]) -> float:
    """Return the loss of a batch."""
    import torch  # noqa: PLC0415 - seconds

    with torch.no_grad():
        return float(model(**tensors).loss)


@pytest.fixture(scope="module", params=FAMILIES)
def untrained(request: pytest.FixtureRequest) -> Untrained:
    """Give each family's in fp32, with weights so large that each token seen matters."""
    import torch  # noqa: PLC0415 - seconds

    from benchmarks.train_model import build  # noqa: PLC0415 - the same

    torch.manual_seed(5)
    shape = SHAPES[request.param]
    model = build(shape, Way("plain", four_bit=False, checkpointing=False), "cpu").eval()
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.4)
    rows = make_rows(9, vocabulary=shape.vocab_size, sequence_len=shape.sequence_len, seed=2)
    losses = []
    for row in rows:
        parts = {"input_ids": row.tokens, "labels": row.labels}
        losses.append(loss(model, {k: torch.from_numpy(v)[None] for k, v in parts.items()}))
    answers = [len(row) - row.prompt for row in rows]
    alone = float(np.average(losses, weights=answers))
    return Untrained(model, rows, alone, shape.sequence_len)


@pytest.fixture(params=["sdpa", "eager", "varlen"])
def attending(request: pytest.FixtureRequest, untrained: Untrained) -> Iterator[Untrained]:
    """Let the model attend by each way that a CPU has; Axolotl's then falls back to a mask."""
    from axolotl.monkeypatch.attention.sdpa_varlen import (  # noqa: PLC0415 - seconds
        patch_sdpa_varlen,
        unpatch_sdpa_varlen,
    )

    if request.param == "varlen":
        assert patch_sdpa_varlen()
    wanted = "eager" if request.param == "eager" else "sdpa"
    untrained.model.get_base_model().set_attn_implementation(wanted)
    yield untrained
    unpatch_sdpa_varlen()
    untrained.model.get_base_model().set_attn_implementation("sdpa")


@pytest.mark.parametrize("flat", [False, True], ids=["packs", "one-line"])
def test_packed_rows_have_the_loss_of_single_ones(attending: Untrained, *, flat: bool) -> None:
    """The loss of packs is the mean of each row's alone, weighted by its answer, within 1e-4."""
    packs = pack(attending.rows, attending.sequence_len)
    assert len(packs) > 1
    assert max(map(len, packs)) > 1
    together = loss(attending.model, lay_packs(packs, attending.sequence_len, flat=flat))
    assert together == pytest.approx(attending.alone, abs=1e-4)


def test_a_row_that_saw_its_neighbour_would_tell(untrained: Untrained) -> None:
    """With a mask that lets a pack's rows see each other, the loss is far from that of packs."""
    import torch  # noqa: PLC0415 - seconds

    packs = pack(untrained.rows, untrained.sequence_len)
    laid = lay_packs(packs, untrained.sequence_len, flat=False)
    laid["attention_mask"] = torch.ones_like(laid["input_ids"])
    assert abs(loss(untrained.model, laid) - untrained.alone) > 0.01


@pytest.mark.parametrize("name", FAMILIES)
def test_every_adapter_learns_from_packed_rows_in_four_bits(name: str) -> None:
    """A QLoRA training of packs, checkpointed, moves the adapter of every linear part."""
    import torch  # noqa: PLC0415 - seconds

    from benchmarks.train_model import build  # noqa: PLC0415 - the same

    shape, way = SHAPES[name], ways_of(SHAPES[name].family)["packing"]
    rows = make_rows(16, vocabulary=shape.vocab_size, sequence_len=shape.sequence_len, seed=1)
    batches = batches_of(rows, way, shape.sequence_len)
    model = build(shape, way, "cpu")
    kinds = {str(p.dtype) for n, p in model.named_parameters() if n.endswith("base_layer.weight")}
    assert kinds == {"torch.uint8"}
    seconds, loss = train(model, batches, way, shape)
    assert len(seconds) == len(batches) == 1
    assert loss == pytest.approx(np.log(shape.vocab_size), abs=0.5)
    moved = {n: torch.any(p != 0) for n, p in model.named_parameters() if "lora_B" in n}
    assert len(moved) == shape.num_hidden_layers * len(shape.linears)
    assert all(moved.values())


def test_every_way_sees_the_same_rows() -> None:
    """Whatever the batch, all rows of whole steps are trained on once, those of packs too."""
    shape = SHAPES["tiny"]
    rows = make_rows(256, vocabulary=512, sequence_len=shape.sequence_len, seed=1)
    for way in ways_of(shape.family).values():
        batches = batches_of(rows, way, shape.sequence_len)
        found = [id(row) for batch in batches for row in batch.rows]
        assert len(batches) % way.accumulate == 0
        assert len(found) == len(set(found))
        assert len(found) >= (0.9 * len(rows) if way.packed else len(rows))


def test_rates_are_medians_after_the_warm_up() -> None:
    """Padding counts for nothing, the first step is left out, and an outlier does not tell."""
    row = Row(np.arange(10), 6)
    batches = [Batch([[row], [row]], slots=25) for _ in range(4)]
    way, shape = Way("x", batch=2), SHAPES["tiny"]
    told = figures(shape, way, batches, [9.0, 0.5, 0.5, 4.0], warmup=1)
    assert told == {
        "steps": 3,
        "seconds_per_step": 0.5,
        "tokens_per_second": 40.0,
        "answer_tokens_per_second": 16.0,
        "flop_per_second": shape.flop([10, 10]) / 0.5,
        "filled": 0.8,
    }


def test_too_few_rows_are_told_with_the_cure() -> None:
    """Before a model is made, a way without a step to time says which option to raise."""
    way = ways_of("gpt_neox")["batch"]
    with pytest.raises(ValueError, match=r"20 rows make 1 steps of the way batch.*with --rows"):
        measure(SHAPES["tiny"], way, rows=20, warmup=1, device="cpu")
