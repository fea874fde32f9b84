"""How a Sentence-BERT learns which candidate an input goes with.

`cosine` is the study's loss: the squared error of the cosine of every input with every candidate,
against 1 for the right one and 0 for the others. `contrastive` is a cross-entropy over the right
candidate and its hardest negatives: those of the same topic first, then the most similar others
(van den Oord et al. 2018, InfoNCE; negatives as in Robinson et al. 2021).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from interview.cosine import CosinePicker
from interview.material import Material, text_of
from interview.records import Epoch, Loss, Turn
from interview.sentence_bert import SentenceBert

#: Cosines are divided by it before the softmax.
TEMPERATURE = 0.05
#: Candidates beside the right one that an input is held against.
NEGATIVES = 15
#: Share of the steps over which the rate rises; then it falls to 0. As in the study's library.
WARM_UP = 0.1


@dataclass(frozen=True)
class Settings:
    """How to train; `rate` is the highest learning rate."""

    loss: Loss = "contrastive"
    epochs: int = 20
    batch: int = 16
    rate: float = 2e-5
    seed: int = 0


def fit(encoder: SentenceBert, material: Material, settings: Settings) -> Iterator[Epoch]:
    """Train an encoder in place, and tell of every epoch when it is over."""
    torch.manual_seed(settings.seed)
    model = encoder.model
    steps = -(-len(material.train) // settings.batch) * settings.epochs
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps))
    near = near_mask(material)
    for _ in range(settings.epochs):
        model.train()
        losses, found = [], 0
        for rows in batches(material.train, settings.batch):
            cosines = cosines_of(model, rows, material.candidates)
            right = right_of(material, rows).to(cosines.device)
            loss = loss_of(settings.loss, cosines, right, near_of(near, rows, cosines))
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            found += int((cosines.argmax(dim=1) == right).sum())
        model.eval()
        yield Epoch(
            sum(losses) / len(losses), found / len(material.train), accuracy(encoder, material)
        )


def rate_at(step: int, steps: int) -> float:
    """Give the share of the highest rate at a step: it rises, then falls to 0 in a line."""
    rising = max(1, round(steps * WARM_UP))
    return min((step + 1) / rising, (steps - step) / max(1, steps - rising))


def batches(rows: Sequence[Turn], size: int) -> Iterator[list[Turn]]:
    """Yield all rows in a new order, so many at a time."""
    order = torch.randperm(len(rows)).tolist()
    for start in range(0, len(order), size):
        yield [rows[place] for place in order[start : start + size]]


def cosines_of(model: Any, rows: Sequence[Turn], candidates: Sequence[str]) -> torch.Tensor:
    """Compute cosines with gradients: rows × candidates."""
    inputs = embedded(model, [text_of(row) for row in rows])
    return inputs @ embedded(model, candidates).T


def embedded(model: Any, texts: Sequence[str]) -> torch.Tensor:
    """Make vectors with gradients: texts × dimensions, each of length 1."""
    features = {
        name: value.to(model.device) if isinstance(value, torch.Tensor) else value
        for name, value in model.preprocess(list(texts)).items()
    }
    return functional.normalize(model(features)["sentence_embedding"], dim=1)


def right_of(material: Material, rows: Sequence[Turn]) -> torch.Tensor:
    """Give the place of each row's right candidate."""
    return torch.tensor([material.candidates.index(material.right(row)) for row in rows])


def near_mask(material: Material) -> dict[str, torch.Tensor]:
    """Mark each topic's candidates: 1 for them, 0 for the others."""
    return {
        topic: torch.tensor([float(name in names) for name in material.candidates])
        for topic, names in material.near().items()
    }


def near_of(
    near: dict[str, torch.Tensor], rows: Sequence[Turn], cosines: torch.Tensor
) -> torch.Tensor:
    """Stack the marks of the rows' topics: rows × candidates."""
    return torch.stack([near[row.topic] for row in rows]).to(cosines.device)


def loss_of(
    kind: Loss, cosines: torch.Tensor, right: torch.Tensor, near: torch.Tensor
) -> torch.Tensor:
    """Compute the loss of a batch.

    Args:
        kind: Which loss.
        cosines: Rows × candidates.
        right: Place of each row's right candidate.
        near: Rows × candidates, 1 where a candidate is of the row's topic.

    """
    wanted = functional.one_hot(right, cosines.shape[1]).to(cosines.dtype)
    if kind == "cosine":
        return functional.mse_loss(cosines, wanted)
    kept = hardest(cosines, wanted, near)
    return functional.cross_entropy((cosines / TEMPERATURE).masked_fill(~kept, -torch.inf), right)


def hardest(cosines: torch.Tensor, wanted: torch.Tensor, near: torch.Tensor) -> torch.Tensor:
    """Mark the right candidate, those of the topic, and the most similar others, up to a number."""
    # Cosines span 2 at most, so a right one stays above those near, and these above the others.
    order = cosines.detach() + 6 * wanted + 3 * near
    places = order.topk(min(NEGATIVES + 1, cosines.shape[1]), dim=1).indices
    return torch.zeros_like(cosines, dtype=torch.bool).scatter(1, places, value=True)


def accuracy(encoder: SentenceBert, material: Material) -> float:
    """Compute the share of validation turns whose right candidate is above all others."""
    picker = CosinePicker(encoder, material.candidates)
    texts = [text_of(turn) for turn in material.validation]
    best = (encoder.encode(texts) @ picker.vectors).argmax(axis=1)
    return float((best == right_of(material, material.validation).numpy()).mean())
