"""What holds of masking for any text, and that faulty content is an error."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocess import personal_kinds
from preprocess.measure_masking import read_cases
from preprocess.name_lexicon import People
from preprocess.personal_data import KINDS, PLACEHOLDERS, find_personal_data
from preprocess.personal_kinds import MASKED, ContentError, read_content
from tests.preprocess.masked import masked

FRAGMENTS = sorted({word for case in read_cases() for word in case.text.split(" ")})
#: Words of cases in any order, glued or apart, and what could be the edge of a placeholder.
MIXED = st.lists(
    st.tuples(
        st.sampled_from(FRAGMENTS)
        | st.sampled_from([*PLACEHOLDERS.values(), "XX", "OO", "<", ">"]),
        st.sampled_from([" ", " ", " ", "", "\n", ", "]),
    ),
    max_size=14,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))


@given(MIXED)
@settings(max_examples=400, deadline=None)
def test_masking_twice_is_masking_once(text: str) -> None:
    """Masked text holds nothing more to mask."""
    once = masked(text)
    assert find_personal_data(once) == ()


@given(MIXED)
@settings(max_examples=200, deadline=None)
def test_edits_are_in_order_apart_and_tight(text: str) -> None:
    """Every edit lies in the text, holds no space at its ends, and touches nothing masked."""
    edits = find_personal_data(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(edits))
    for edit in edits:
        piece = text[edit.start : edit.end]
        assert piece
        assert piece == piece.strip(" \n,.")
        assert edit.text == PLACEHOLDERS[next(kind for kind in KINDS if kind == edit.kind)]
        for done in MASKED.finditer(text):
            assert edit.end <= done.start() or done.end() <= edit.start


ORDINARY = [
    "이유",
    "정말",
    "한국",
    "최고",
    "주장",
    "강조",
    "문제",
    "조사",
    "유지",
    "신입",
    "고객",
    "구성원",
    "전문",
    "담당",
    "우리",
    "안전",
    "지원",
    "저는",
    "했습니다.",
    "그래서",
    "팀장",
    "교수님",
]


@given(st.lists(st.sampled_from(ORDINARY), max_size=12).map(" ".join))
@settings(deadline=None)
def test_ordinary_words_stay(text: str) -> None:
    """A text without digits, @ and names is left as it is."""
    assert find_personal_data(text) == ()


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_can_be_searched(text: str) -> None:
    """Odd characters neither fail nor move the places of what is found."""
    marked = f"{text}\n메일 hong@example.com"
    found = [marked[e.start : e.end] for e in find_personal_data(marked) if e.kind == "e-mail"]
    assert found[-1] == "hong@example.com"


def test_faulty_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown key in a content file is an error, not a default."""
    (tmp_path / "people.toml").write_text("[surname]\n", encoding="utf-8")
    monkeypatch.setattr(personal_kinds, "CONTENT", tmp_path)
    with pytest.raises(ContentError, match=r"preprocess/content/people\.toml: .*mend the file"):
        read_content("people.toml", People)
