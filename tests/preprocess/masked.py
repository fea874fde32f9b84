"""Masking of personal data in a text, for tests."""

from __future__ import annotations

from preprocess.edits import apply
from preprocess.personal_data import find_personal_data


def masked(text: str, *names: str) -> str:
    """Mask a text; `names` are further names of the applicant."""
    return apply(text, find_personal_data(text, names=names))
