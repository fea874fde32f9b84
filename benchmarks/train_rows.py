"""Rows as long as real ones, without a word of them: random tokens, padded or packed.

Lengths come from characters of real text, by quantiles: the answers of 2,758 questions on JobKorea
(2021; marks and counts removed), and the experts' points of 90 answers in the output form of
`advice`. A prompt of `advice` (instruction, question, numbered sentences) had 102 characters and
1.14 for each of its answer's. Both lengths are drawn apart from each other, though they hang
together somewhat (0.47 on the 90).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ESSAY_SHARES: Final = (0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1)
ESSAY_CHARACTERS: Final = (4, 298, 361, 473, 595, 799, 993, 1056, 1603, 3168)
POINTS_SHARES: Final = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)
POINTS_CHARACTERS: Final = (81, 168, 234, 304, 384, 529, 641)
PROMPT_CHARACTERS, PROMPT_FOR_EACH = 102, 1.14
#: Assumed: EEVE's authors show 20 characters as 8 tokens, and a BPE of 30,000 entries trained on
#: half of the answers above needs a token for 3.0 of the other half's; polyglot's was not at hand.
CHARACTERS_PER_TOKEN: Final = 2.5
#: The length that these lengths are for; a shape with fewer positions has rows shorter by as much.
FULL_LENGTH: Final = 2048
NO_LOSS: Final = -100


@dataclass(frozen=True)
class Row:
    """A training row: its tokens, of which the first `prompt` carry no loss."""

    tokens: NDArray[np.int64]
    prompt: int

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def labels(self) -> NDArray[np.int64]:
        """The tokens to be learnt; `NO_LOSS` in the prompt's places."""
        return np.where(np.arange(len(self)) < self.prompt, NO_LOSS, self.tokens)


def make_rows(count: int, *, vocabulary: int, sequence_len: int, seed: int) -> list[Row]:
    """Draw rows of at most `sequence_len` tokens; see the module's docstring."""
    rng = np.random.default_rng(seed)
    scale = sequence_len / FULL_LENGTH / CHARACTERS_PER_TOKEN
    essays = np.interp(rng.random(count), ESSAY_SHARES, ESSAY_CHARACTERS)
    points = np.interp(rng.random(count), POINTS_SHARES, POINTS_CHARACTERS)
    prompts = np.ceil((PROMPT_CHARACTERS + PROMPT_FOR_EACH * essays) * scale).astype(int)
    answers = np.ceil(points * scale).astype(int)
    return [
        Row(rng.integers(1, vocabulary, prompt + answer), int(prompt))
        for prompt, answer in zip(prompts, answers, strict=True)
    ]


def pack(rows: Iterable[Row], sequence_len: int) -> list[list[Row]]:
    """Put whole rows into packs of at most `sequence_len` tokens: first fit, the longest first."""
    packs: list[list[Row]] = []
    room: list[int] = []
    for row in sorted(rows, key=len, reverse=True):
        place = next((i for i, left in enumerate(room) if left >= len(row)), len(packs))
        if place == len(packs):
            packs.append([])
            room.append(sequence_len)
        packs[place].append(row)
        room[place] -= len(row)
    return packs


def pad_rows(rows: Sequence[Row]) -> dict[str, Any]:
    """Make a batch of rows padded to the longest: tensors of (rows, longest)."""
    import torch  # noqa: PLC0415 - lengths alone are wanted without it

    shape = (len(rows), max(map(len, rows)))
    tokens, labels = np.zeros(shape, np.int64), np.full(shape, NO_LOSS)
    mask = np.zeros(shape, np.int64)
    for line, row in enumerate(rows):
        tokens[line, : len(row)], labels[line, : len(row)] = row.tokens, row.labels
        mask[line, : len(row)] = 1
    parts = {"input_ids": tokens, "attention_mask": mask, "labels": labels}
    return {name: torch.from_numpy(values) for name, values in parts.items()}


def lay_packs(packs: Sequence[Sequence[Row]], sequence_len: int, *, flat: bool) -> dict[str, Any]:
    """Make a batch of packs: tensors of (packs, sequence_len), or (1, both multiplied) if `flat`.

    There is no mask: positions start again with every row, and attention reads its bounds there.
    What is left of a pack is one more row, without loss.
    """
    import torch  # noqa: PLC0415 - lengths alone are wanted without it

    shape = (len(packs), sequence_len)
    tokens, labels = np.zeros(shape, np.int64), np.full(shape, NO_LOSS)
    positions = np.zeros(shape, np.int64)
    for line, rows in enumerate(packs):
        start = 0
        for row in rows:
            here = slice(start, start + len(row))
            tokens[line, here], labels[line, here] = row.tokens, row.labels
            positions[line, here] = np.arange(len(row))
            start += len(row)
        positions[line, start:] = np.arange(sequence_len - start)
    parts = {"input_ids": tokens, "position_ids": positions, "labels": labels}
    return {
        name: torch.from_numpy(values.reshape(1, -1) if flat else values)
        for name, values in parts.items()
    }
