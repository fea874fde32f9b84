"""Rows of `benchmarks.train`: their lengths, their packs, and how both are laid out."""

from __future__ import annotations

from statistics import mean

import numpy as np

from benchmarks.train_rows import NO_LOSS, Row, lay_packs, make_rows, pack, pad_rows

FIRST, SECOND = Row(np.array([5, 6, 7]), 1), Row(np.array([8, 9]), 1)


def test_rows_are_as_long_as_real_ones() -> None:
    """Lengths follow the quantiles, always the same for a seed; the longest fit."""
    rows = make_rows(20_000, vocabulary=512, sequence_len=2048, seed=3)
    # Means of the two distributions, in characters: 652 for the answers, 322 for the points.
    assert abs(mean(row.prompt for row in rows) - (102 + 1.14 * 652) / 2.5) < 10
    assert abs(mean(len(row) - row.prompt for row in rows) - 322 / 2.5) < 5
    assert max(map(len, rows)) <= 2048
    assert min(row.prompt for row in rows) >= 1
    again = make_rows(20_000, vocabulary=512, sequence_len=2048, seed=3)
    assert all(np.array_equal(one.tokens, two.tokens) for one, two in zip(rows, again, strict=True))


def test_a_shorter_shape_has_shorter_rows() -> None:
    """With an eighth of the positions, rows are an eighth as long, and fit."""
    rows = make_rows(5000, vocabulary=512, sequence_len=256, seed=3)
    full = make_rows(5000, vocabulary=512, sequence_len=2048, seed=3)
    assert max(map(len, rows)) <= 256
    assert abs(sum(map(len, rows)) / sum(map(len, full)) - 1 / 8) < 0.01


def test_packs_hold_every_row_once_and_little_air() -> None:
    """No pack is overfull, no row is lost or doubled, and at 640 rows the aim of 97 % is met."""
    rows = make_rows(640, vocabulary=512, sequence_len=2048, seed=1)
    packs = pack(rows, 2048)
    assert all(sum(map(len, rows)) <= 2048 for rows in packs)
    assert sorted(id(row) for rows in packs for row in rows) == sorted(map(id, rows))
    assert sum(map(len, rows)) / (2048 * len(packs)) >= 0.97


def test_padding_carries_no_attention_and_no_loss() -> None:
    """Rows are padded to the longest, and labels stand on answers alone."""
    laid = {name: values.tolist() for name, values in pad_rows([FIRST, SECOND]).items()}
    assert laid == {
        "input_ids": [[5, 6, 7], [8, 9, 0]],
        "attention_mask": [[1, 1, 1], [1, 1, 0]],
        "labels": [[NO_LOSS, 6, 7], [NO_LOSS, 9, NO_LOSS]],
    }


def test_positions_start_again_with_every_row_of_a_pack() -> None:
    """Rows stand one after another, the rest of a pack is a row without loss, and no mask is."""
    packs = [[FIRST, SECOND], [SECOND]]
    laid = {name: v.tolist() for name, v in lay_packs(packs, 7, flat=False).items()}
    assert laid == {
        "input_ids": [[5, 6, 7, 8, 9, 0, 0], [8, 9, 0, 0, 0, 0, 0]],
        "position_ids": [[0, 1, 2, 0, 1, 0, 1], [0, 1, 0, 1, 2, 3, 4]],
        "labels": [
            [NO_LOSS, 6, 7, NO_LOSS, 9, NO_LOSS, NO_LOSS],
            [NO_LOSS, 9, *[NO_LOSS] * 5],
        ],
    }
    flat = {name: v.tolist() for name, v in lay_packs(packs, 7, flat=True).items()}
    assert flat == {name: [lines[0] + lines[1]] for name, lines in laid.items()}
