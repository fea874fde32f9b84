"""Vocabularies: exact round trips, a likelihood WordPiece that is no BPE, and what is measured."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.studies.alphabet import alphabet_of
from eval.studies.tokens import compare, measure
from eval.studies.vocabulary import (
    KINDS,
    Kind,
    Vocabulary,
    VocabularyError,
    train_bpe,
    train_vocabularies,
)
from eval.studies.wordpiece import likelihood_tokens

TEXTS = (
    "저는 창고에서 일했습니다. 저는 출고 시간을 줄였습니다.\n저는 기록했습니다.",
    "창고에서 배운 것은 기록입니다. 시간을 줄이는 기록을 했습니다.",
) * 3
#: Letters, a space and 256 bytes are more than 300 tokens with these; both sizes leave room.
SIZES = (305, 320)
VOCABULARIES = {(one.kind, one.size): one for one in train_vocabularies(TEXTS, SIZES)}
every_kind = pytest.mark.parametrize("kind", KINDS)


def vocabulary(kind: Kind, size: int = SIZES[1]) -> Vocabulary:
    """Give a trained vocabulary."""
    return VOCABULARIES[kind, size]


@every_kind
@given(
    text=st.text(st.characters(codec=None) | st.sampled_from("저는 ▁\n\ue000\ue0ff뷁"), max_size=40)
)
def test_any_text_comes_back(kind: Kind, text: str) -> None:
    """Unknown letters, the marks of spaces and bytes themselves, and lone surrogates included."""
    one = vocabulary(kind)
    assert one.decode(one.encode(text)) == text


def test_bytes_that_are_no_text_are_told() -> None:
    """A model may put any tokens together: what is no UTF-8 is U+FFFD, what follows stays."""
    one = vocabulary("bpe")
    half = one.encode("뷁")[:1]
    assert one.decode([*half, *one.encode(" 저는"), 0]) == "\ufffd 저는"


def test_likelihood_joins_another_pair_than_bpe() -> None:
    """On a text built for it BPE joins the commonest pair first, and the quotient a rarer one.

    다나 stands there 9 times, 9 / (18 · 18); 가라 4 times, 4 / (4 · 4).
    """
    assert likelihood_tokens({"다나": 9, "나다": 9, "가라": 4}, most=1, least=2) == ["가라"]
    bpe = train_bpe(["다나 나다 " * 9 + "가라 " * 4], 264)
    assert bpe.tokens[-1] in {"▁다", "▁나", "다나", "나다"}


def test_every_join_takes_the_greatest_quotient() -> None:
    """The counts that are kept up are those that a new count of all pieces would give."""
    pieces = Counter(p for t in TEXTS for p in alphabet_of(TEXTS, least=1).pieces(t))
    made = likelihood_tokens(pieces, most=30, least=2)
    parts = {piece: list(piece) for piece in pieces}
    for token in made:
        single, paired = Counter[str](), Counter[tuple[str, str]]()
        for piece, count in pieces.items():
            cut = parts[piece]
            single.update({s: cut.count(s) * count for s in set(cut)})
            for pair in pairwise(cut):
                paired[pair] += count
        scores = {p: n / (single[p[0]] * single[p[1]]) for p, n in paired.items() if n >= 2}
        best = min(scores, key=lambda pair: (-scores[pair], pair))
        assert "".join(best) == token
        for piece, cut in parts.items():
            merged, k = list[str](), 0
            while k < len(cut):
                step = 2 if tuple(cut[k : k + 2]) == best else 1
                merged.append("".join(cut[k : k + step]))
                k += step
            parts[piece] = merged


def test_rare_pairs_are_left_alone() -> None:
    """Below the least count nothing is joined, whatever the quotient."""
    assert likelihood_tokens({"가나": 2, "다라": 3}, most=9, least=3) == ["다라"]


@every_kind
def test_sizes_are_kept(kind: Kind) -> None:
    """No vocabulary is larger than asked for, and the greater holds at least as much."""
    small, large = (vocabulary(kind, size) for size in SIZES)
    assert len(small.tokens) <= SIZES[0]
    assert len(small.tokens) <= len(large.tokens) <= SIZES[1]
    assert len(set(large.tokens)) == len(large.tokens)


def test_what_is_measured() -> None:
    """Characters a token, rare syllables that are letters, texts that come back."""
    one = vocabulary("bpe")
    found = measure(one, TEXTS, ["저는 뷁"], (1.5,))
    tokens = one.encode("저는 뷁")
    assert found.characters_a_token == 4 / len(tokens)
    in_words = len(one.encode("저는")) + len(one.encode("뷁"))
    assert (found.rare, found.rare_known, found.rare_tokens) == (2, 1, in_words / 3)
    assert (found.whole, found.texts, found.bits) == (7, 7, (1.5,))


def test_two_vocabularies_beside_each_other() -> None:
    """One with itself is alike in all; the likelihood's WordPiece and BPE are not."""
    bpe, wordpiece = vocabulary("bpe"), vocabulary("wordpiece")
    same = compare(bpe, bpe, TEXTS)
    assert (same.shared, same.pieces_alike, same.texts_alike) == (1.0, 1.0, 1.0)
    other = compare(bpe, wordpiece, TEXTS)
    assert other.shared < 1
    assert other.texts_alike == 0


def test_a_size_below_the_letters_is_refused() -> None:
    """The smallest size is told."""
    with pytest.raises(VocabularyError, match=r"a vocabulary of 200 cannot hold the \d+ letters"):
        train_bpe(TEXTS, 200)
