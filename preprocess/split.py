"""Which split a group belongs to: a salted hash of its name, so that new essays move no old one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from preprocess.alpaca import Split

SALT = "jasoseo"


@dataclass(frozen=True)
class Shares:
    """The expected shares of the groups that are held out; the rest is for training.

    Raises:
        ValueError: A share is negative, or nothing is left for training.

    """

    validation: float = 0.1
    test: float = 0.15

    def __post_init__(self) -> None:
        if min(self.validation, self.test) < 0 or self.validation + self.test >= 1:
            raise ValueError(
                f"validation {self.validation} and test {self.test} must be shares of a whole "
                "that leave something for training"
            )


def split_of(group: str, shares: Shares, *, salt: str = SALT) -> Split:
    """Choose a group's split from its name alone."""
    digest = hashlib.sha256(f"{salt}:{group}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    if position < shares.test:
        return "test"
    if position < shares.test + shares.validation:
        return "validation"
    return "train"
