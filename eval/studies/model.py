"""Trainings of the studies: a GPT-2 from random weights in a plain loop, and its losses.

A loop of our own instead of Axolotl, which the runs `write-gpt-*` go through: Axolotl takes some
ten seconds to start, as long as a small training here, and its evaluation gives no loss on the last
training batch, no characters and no tokens seen. The model, the optimiser and what is in the loss
are the same. The only module of the studies that imports torch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import GPT2Config, GPT2LMHeadModel

from eval.studies.records import Look, Shape, Training
from eval.studies.rows import Encoded

#: What takes no part in the loss.
IGNORED = -100
#: Rows at a time where nothing is learnt.
LOOKED_AT = 16


@dataclass(frozen=True)
class Batch:
    """Rows side by side: tokens and labels, both rows × longest; padding has label `IGNORED`."""

    tokens: torch.Tensor
    labels: torch.Tensor

    @classmethod
    def of(cls, rows: Sequence[Encoded], device: str = "cpu") -> Batch:
        """Pad rows on the right; the prompt has no label, and the answer's tokens are their own."""
        longest = max(len(row.tokens) for row in rows)
        tokens = torch.zeros(len(rows), longest, dtype=torch.long)
        labels = torch.full_like(tokens, IGNORED)
        for line, row in enumerate(rows):
            tokens[line, : len(row.tokens)] = torch.tensor(row.tokens)
            labels[line, row.start : len(row.tokens)] = torch.tensor(row.tokens[row.start :])
        return cls(tokens.to(device), labels.to(device))


@dataclass(frozen=True)
class Loss:
    """A sum of negative log-likelihoods in nats, over tokens that make up characters."""

    nats: float
    tokens: int
    characters: int

    @property
    def bits_per_character(self) -> float:
        """Bits for each character of the answers; their end tokens cost bits and are none."""
        return self.nats / math.log(2) / self.characters


def new_model(shape: Shape, vocabulary: int, seed: int) -> Any:
    """Draw a GPT-2's weights from a seed."""
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=vocabulary,
        n_embd=shape.width,
        n_layer=shape.layers,
        n_head=shape.heads,
        n_positions=shape.positions,
        attn_pdrop=shape.dropout,
        embd_pdrop=shape.dropout,
        resid_pdrop=shape.dropout,
        bos_token_id=0,
        eos_token_id=0,
    )
    model: Any = GPT2LMHeadModel(config)  # its types know no device by name
    return model.to("cuda" if torch.cuda.is_available() else "cpu")


def nats_of(model: Any, batch: Batch) -> torch.Tensor:
    """Sum the negative log-likelihood of the labelled tokens; padding stands behind all of them."""
    logits = model(batch.tokens).logits[:, :-1]
    labels = batch.labels[:, 1:]
    flat = logits.reshape(-1, logits.shape[-1])
    return cross_entropy(flat, labels.reshape(-1), ignore_index=IGNORED, reduction="sum")


def loss_on(model: Any, rows: Sequence[Encoded]) -> Loss:
    """Give a model's loss on rows, without dropout and without learning from them."""
    model.eval()
    nats = 0.0
    # Rows of like length side by side: less padding to compute.
    ordered = sorted(rows, key=lambda row: len(row.tokens))
    with torch.inference_mode():
        for start in range(0, len(ordered), LOOKED_AT):
            batch = Batch.of(ordered[start : start + LOOKED_AT], model.device)
            nats += float(nats_of(model, batch))
    model.train()
    answered = sum(len(row.tokens) - row.start for row in rows)
    return Loss(nats, answered, sum(row.characters for row in rows))


def order_of(rows: int, epochs: int, seed: int) -> Iterator[list[int]]:
    """Shuffle the rows anew for each epoch."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        yield torch.randperm(rows, generator=generator).tolist()


def train(
    model: Any,
    rows: Sequence[Encoded],
    validation: Sequence[Encoded],
    how: Training,
    seed: int,
) -> Iterator[Look]:
    """Train a model, and yield its losses after each epoch.

    Args:
        model: A model of `new_model`, which is trained in place.
        rows: The training rows; each trains once an epoch.
        validation: Rows of other groups.
        how: Epochs, rows a step, and the rate.
        seed: Of order and dropout.

    """
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=how.rate)
    step = seen = 0
    for epoch, order in enumerate(order_of(len(rows), how.epochs, seed), start=1):
        learnt = 0.0
        labelled = 0
        for start in range(0, len(order), how.batch):
            last = [rows[place] for place in order[start : start + how.batch]]
            batch = Batch.of(last, model.device)
            nats = nats_of(model, batch)
            count = int((batch.labels[:, 1:] != IGNORED).sum())
            optimizer.zero_grad()
            torch.autograd.backward(nats / count)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            learnt, labelled, step = learnt + float(nats.detach()), labelled + count, step + 1
            seen += sum(len(row.tokens) for row in last)
        characters = sum(row.characters for row in rows)
        yield Look(
            epoch=epoch,
            step=step,
            tokens=seen,
            training=Loss(learnt, labelled, characters).bits_per_character,
            validation=loss_on(model, validation).bits_per_character,
            last_batch=loss_on(model, last).bits_per_character,
        )


def parameters_of(model: Any) -> int:
    """Count a model's weights; the table of tokens is the head's too and counts once."""
    return sum(weight.numel() for weight in model.parameters())
