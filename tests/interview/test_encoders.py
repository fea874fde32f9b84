"""The encoder that needs no download."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.encoders import NgramEncoder

ENCODER = NgramEncoder()


def test_ngrams_of_a_text() -> None:
    """All lengths are counted; signs are spaces, capitals small, and words have borders."""
    grams = NgramEncoder(shortest=2, longest=3).grams("네, L1!")
    words = (" 네", "네 ", " l", "l1", "1 ", " 네 ", "네 l", " l1", "l1 ")
    assert dict(grams) == dict.fromkeys(words, 1)


@given(st.lists(st.text(), max_size=4))
def test_vectors_have_length_one_or_none(texts: list[str]) -> None:
    """Whatever the text, its vector is of length 1, or 0 where nothing of it counts."""
    lengths = np.linalg.norm(ENCODER.encode(texts), axis=1)
    assert ENCODER.encode(texts).shape == (len(texts), ENCODER.dimensions)
    for text, length in zip(texts, lengths, strict=True):
        assert length == pytest.approx(1.0 if ENCODER.grams(text) else 0.0, abs=1e-5)


def test_a_text_alone_is_encoded_as_among_others() -> None:
    """A vector does not hang on what is encoded with it."""
    texts = ["과적합은 외우는 것입니다.", "모르겠습니다.", "🙂"]
    together = ENCODER.encode(texts)
    assert all((ENCODER.encode([t])[0] == v).all() for t, v in zip(texts, together, strict=True))


def test_like_texts_are_near() -> None:
    """Paraphrases are nearer to each other than to another text; spaces hardly count."""
    one, same, other = ENCODER.encode(
        ["잘 모르겠습니다.", "저는 잘 모르겠어요", "경사하강법은 기울기를 따라갑니다"]
    )
    assert one @ same > 0.3 > one @ other
