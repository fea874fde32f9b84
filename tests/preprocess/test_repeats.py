"""Advice that is said too often is capped in training rows, and told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.alpaca import AlpacaRow, Point, number_sentences, write_points
from preprocess.repeats import Capped, RepeatedText, cap_repeats

FILL, FILL_WIDE = "글자수를 채우세요.", "글자수를  채우세요！"
MORE = "수치를 더하세요."


def row(name: str, *texts: str) -> AlpacaRow:
    """Make an `advice` row that says these texts of its sentences, one each."""
    sentences = [f"문장 {number}입니다." for number in range(1, len(texts) + 1)]
    points = (Point("bad", (number,), text) for number, text in enumerate(texts, start=1))
    return AlpacaRow(
        instruction="조언해 주세요.",
        input=number_sentences("지원 동기", sentences),
        output=write_points(points),
        id=name,
        group=name,
        source_id=name,
    )


ROWS = (row("1", FILL), row("2", FILL, MORE), row("3", MORE), row("4", FILL_WIDE), row("5", FILL))


@pytest.mark.parametrize(
    ("share", "cap", "dropped"),
    [(1, 6, ()), (0.67, 4, ()), (0.5, 3, ("5",)), (0.4, 2, ("4", "5")), (0.01, 1, ("2", "4", "5"))],
)
def test_a_text_is_kept_up_to_its_share(share: float, cap: int, dropped: tuple[str, ...]) -> None:
    """The first rows stay; width, spaces and signs do not make another text."""
    found = cap_repeats(ROWS, share=share, always=1)
    texts = (RepeatedText(FILL, 4, len(dropped)),) if dropped else ()
    if "4" in dropped and "2" not in dropped:
        texts = (RepeatedText(" ".join(FILL_WIDE.split()), 4, 2),)
    assert found == Capped(cap, 6, dropped, texts)


def test_a_few_repeats_are_never_too_many() -> None:
    """In a small set a text may be said five times, whatever its share."""
    assert cap_repeats([row(str(i), FILL) for i in range(5)]).dropped == ()
    assert cap_repeats([row(str(i), FILL) for i in range(7)]).dropped == ("5", "6")


def test_a_share_means_what_is_written() -> None:
    """29 % of 100 are 29, though the float's product is below."""
    assert int(0.29 * 100) == 28
    found = cap_repeats([row(str(i), FILL) for i in range(100)], share=0.29, always=1)
    assert (found.cap, len(found.dropped)) == (29, 71)


def test_advice_of_signs_alone_is_compared_as_it_is() -> None:
    """Texts without letters or digits are not all one text."""
    rows = [row("1", "…"), row("2", "!!"), row("3", "…")]
    assert cap_repeats(rows, share=0.3, always=1).dropped == ("3",)


def test_no_rows_are_nothing_to_cap() -> None:
    """An empty training split stays one."""
    assert cap_repeats([]) == Capped(5, 0, (), ())


@given(
    texts=st.lists(st.lists(st.sampled_from([FILL, MORE, "…"]), min_size=1, max_size=3)),
    share=st.floats(0.01, 1),
    always=st.integers(1, 4),
)
def test_no_text_is_said_more_often_than_the_cap_and_a_row(
    texts: Sequence[Sequence[str]], share: float, always: int
) -> None:
    """What stays says a text at most as often as the cap, but for the repeats of the last row."""
    rows = [row(str(number), *of) for number, of in enumerate(texts)]
    found = cap_repeats(rows, share=share, always=always)
    left = [of for one, of in zip(rows, texts, strict=True) if one.id not in found.dropped]
    for text in (FILL, MORE, "…"):
        counts = [of.count(text) for of in left if text in of]
        assert sum(counts[:-1]) < found.cap or not counts
    assert sum(one.dropped for one in found.texts) >= len(found.dropped)


@pytest.mark.parametrize("share", [0, 1.5, -1])
def test_a_share_that_means_nothing_is_refused(share: float) -> None:
    """Shares are parts of a whole."""
    with pytest.raises(ValueError, match=f"^share is {share}; give more than 0 and at most 1$"):
        cap_repeats([], share=share)
