"""Which split a group belongs to: a salted hash of its name, so that new essays move no old one.

Firms are held out first, by a hash of their own: a group with an essay to such a firm is in the
split of unseen firms, and the firm in no other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from preprocess.alpaca import Split

SALT = "jasoseo"


@dataclass(frozen=True)
class Shares:
    """The expected shares of the groups that are held out; the rest is for training.

    `firms` is the share of firms that only the split of unseen firms has.

    Raises:
        ValueError: A share is negative, or nothing is left for training.

    """

    validation: float = 0.1
    test: float = 0.15
    firms: float = 0.05

    def __post_init__(self) -> None:
        held_out = (self.validation, self.test, self.validation + self.test, self.firms)
        if not all(0 <= share < 1 for share in held_out):  # nor is NaN a share
            raise ValueError(
                f"validation {self.validation}, test {self.test} and firms {self.firms} must be "
                "shares of a whole that leave something for training"
            )


def split_of(group: str, shares: Shares, *, salt: str = SALT) -> Split:
    """Choose a group's split from its name alone."""
    position = _position(f"{salt}:{group}")
    if position < shares.test:
        return "test"
    if position < shares.test + shares.validation:
        return "validation"
    return "train"


def is_unseen(firm: str, shares: Shares, *, salt: str = SALT) -> bool:
    """Say whether a firm, by the key of its name, is held out for the split of unseen firms."""
    return _position(f"{salt}:firm:{firm}") < shares.firms


def _position(name: str) -> float:
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
