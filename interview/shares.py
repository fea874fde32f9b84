"""Shares of turns with intervals over their groups, and how scores go with being right."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from interview.records import Band, Share, Sureness, Turn, Utterance

RESAMPLES = 2_000
#: Percentiles of the 95 % interval.
ENDS = (2.5, 97.5)
BANDS = 5
NEWTON = 25
RIDGE = 0.01


class Guess(NamedTuple):
    """A turn, the score of what was picked for it, and whether that is right."""

    turn: Turn
    score: float
    right: bool


def group_of(turn: Turn) -> Hashable:
    """Name what a turn shares its words with: its group, or itself where none is told."""
    return turn.group if isinstance(turn, Utterance) else turn


def share(guesses: Sequence[Guess], seed: int) -> Share:
    """Count the right ones, with a percentile interval of a bootstrap over groups.

    Whole groups are drawn (Davison and Hinkley 1997, section 3.8), as paraphrases of one reply
    are right or wrong together.
    """
    groups: dict[Hashable, list[bool]] = {}
    for guess in guesses:
        groups.setdefault(group_of(guess.turn), []).append(guess.right)
    right = np.array([sum(of) for of in groups.values()])
    turns = np.array([len(of) for of in groups.values()])
    low = high = None
    if len(groups) > 1:
        draws = np.random.default_rng(seed).multinomial(
            len(groups), np.full(len(groups), 1 / len(groups)), RESAMPLES
        )
        low, high = np.percentile((draws @ right) / (draws @ turns), ENDS).tolist()
    return Share(int(right.sum()), int(turns.sum()), len(groups), low, high)


def by_topic(guesses: Sequence[Guess], seed: int) -> dict[str, Share]:
    """Count the right ones of each topic, topics in the order of their turns."""
    names = dict.fromkeys(guess.turn.topic for guess in guesses)
    return {
        name: share([guess for guess in guesses if guess.turn.topic == name], seed)
        for name in names
    }


def logistic(guesses: Sequence[Guess]) -> tuple[float, float]:
    """Fit how likely a guess of a score is to be right: 1 / (1 + exp(-(slope · score + start))).

    Newton's steps with a small ridge, so that it ends where all are right too (Platt 1999).
    """
    x = np.array([[guess.score, 1.0] for guess in guesses])
    right = np.array([guess.right for guess in guesses], dtype=float)
    weights = np.zeros(2)
    for _ in range(NEWTON):
        likely = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (right - likely) - RIDGE * weights
        curve = (x * (likely * (1 - likely))[:, None]).T @ x + RIDGE * np.eye(2)
        weights = weights + np.linalg.solve(curve, slope)
    return float(weights[0]), float(weights[1])


def sureness(guesses: Sequence[Guess], limit: float, fitted: tuple[float, float]) -> Sureness:
    """Hold how likely each guess is to be right against being right, and count those above a limit.

    `fitted` comes from `logistic` on other turns. The error is that of Naeini et al. 2015, over
    bands of equal width.
    """
    slope, start = fitted
    scores = 1 / (1 + np.exp(-(slope * np.array([guess.score for guess in guesses]) + start)))
    right = np.array([guess.right for guess in guesses], dtype=float)
    places = np.minimum((scores * BANDS).astype(int), BANDS - 1)
    bands = tuple(
        Band(
            place / BANDS,
            (place + 1) / BANDS,
            int((places == place).sum()),
            float(scores[places == place].mean()),
            float(right[places == place].mean()),
        )
        for place in np.unique(places).tolist()
    )
    error = sum(band.turns * abs(band.score - band.right) for band in bands) / len(guesses)
    above = [guess for guess in guesses if guess.score > limit]
    return Sureness(
        bands,
        error,
        limit if np.isfinite(limit) else None,
        len(above),
        sum(guess.right for guess in above),
    )


def cheapest(guesses: Sequence[Guess], wrong_costs: float) -> float:
    """Find the score under which it is better to ask back than to guess.

    It is the one with the lowest cost on the guesses, where a wrong one costs as said and asking
    back 1; the lowest of equals.
    """
    steps = [-np.inf, *sorted(guess.score for guess in guesses)]
    costs = [
        sum(wrong_costs * (not guess.right) if guess.score > step else 1.0 for guess in guesses)
        for step in steps
    ]
    return float(steps[int(np.argmin(costs))])
