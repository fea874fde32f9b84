"""The options of the commands that draw resamples: how many, and the seed of the draws."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

from eval.comparing.statistics import RESAMPLES

#: Fewer do not tell the ends of a 95 % interval.
FEWEST_RESAMPLES: Final = 1000


def add_draws(parser: argparse.ArgumentParser, resamples: int = RESAMPLES) -> None:
    """Add `--resamples` and `--seed`; a number too low for them is wrong usage."""
    parser.add_argument(
        "--resamples",
        type=at_least(FEWEST_RESAMPLES),
        default=resamples,
        help=f"of the intervals ({resamples})",
    )
    parser.add_argument("--seed", type=at_least(0), default=0, help="of what is drawn (0)")


def at_least(least: int) -> Callable[[str], int]:
    """Make argparse read a whole number that is not below another."""

    def read(text: str) -> int:
        if (number := int(text)) < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}")
        return number

    read.__name__ = "whole number"  # what argparse calls a text that is none
    return read
