"""What the studies of `write` pass on: how a model was trained, its losses, and the results."""

from __future__ import annotations

from preprocess.alpaca import Record


class Shape(Record, frozen=True):
    """The sizes of a GPT-2; `positions` is the longest row in tokens."""

    width: int
    layers: int
    heads: int
    positions: int
    dropout: float


class Training(Record, frozen=True):
    """Passes over the training rows, rows a step, and the rate of Adam."""

    epochs: int
    batch: int
    rate: float


class Look(Record, frozen=True):
    """Losses after an epoch, in bits for each character of the answers.

    `training` is the mean over the epoch, with dropout and while the model was still learning.
    `last_batch` is the loss on the rows of the epoch's last step, which a published study took for
    its validation. `tokens` are all that were seen so far, prompts among them.
    """

    epoch: int
    step: int
    tokens: int
    training: float
    validation: float
    last_batch: float


class Trained(Record, frozen=True):
    """One training: what it was, its weights, and its losses after each epoch."""

    name: str
    told: str
    shape: Shape
    training: Training
    seed: int
    vocabulary: int
    parameters: int
    looks: tuple[Look, ...]
    seconds: float


class Slope(Record, frozen=True):
    """A straight line of loss against the logarithm (base 2) of the weights.

    `slope` is the change in bits a character for twice the weights, with its 95 % interval by
    Student's t; `over` is how many trainings and `sizes` how many sizes it is fitted to.
    """

    slope: float
    low: float
    high: float
    at_smallest: float
    over: int
    sizes: int
