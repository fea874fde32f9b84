"""The question bank, read once, and the embedded picker, fitted once."""

from __future__ import annotations

import pytest

from interview.bank import Bank, read_bank
from interview.picking import Picker, default_picker


@pytest.fixture(scope="session")
def bank() -> Bank:
    """Give the project's question bank."""
    return read_bank()


@pytest.fixture(scope="session")
def picker(bank: Bank) -> Picker:
    """Give the embedded default, fitted once."""
    return default_picker(bank)
