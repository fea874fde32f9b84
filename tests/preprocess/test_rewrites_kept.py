"""Rewrites that were kept become rows of the training split, and of no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.items import RecordError, write_jsonl
from preprocess.alpaca import Split
from preprocess.rewrites_kept import Rewrite, kept_path, read_rewrites, rewrite_rows
from preprocess.steps import Tally
from preprocess.tasks import rewritten_row
from tests.preprocess.essays import ANSWER, essay, question

NEW = "저는 바다를 기록하는 사람입니다."
KEPT = {"12345-1": Rewrite("12345-1", "invented-model", ANSWER, NEW)}


def test_a_training_answer_gets_its_row() -> None:
    """The row has today's group, and questions without a rewrite have none."""
    tally = Tally()
    two = essay(questions=(question(), question(number=2)))
    assert list(rewrite_rows(KEPT, two, "g", "train", tally)) == [
        rewritten_row(two, "g", two.questions[0], NEW)
    ]
    assert tally == Tally()


@pytest.mark.parametrize("split", ["validation", "test", "test-firms"])
def test_an_answer_that_left_training_gets_none(split: Split) -> None:
    """What is held out now is not learnt from, and that is counted."""
    tally = Tally()
    assert list(rewrite_rows(KEPT, essay(), "g", split, tally)) == []
    reason = "revise: a rewrite of an answer that is not for training now"
    assert tally.ids == {reason: ["12345-1"]}


def test_an_answer_that_was_changed_gets_none() -> None:
    """A rewrite of an answer with a name that is masked now would bring the name back."""
    tally = Tally()
    masked = essay(questions=(question(answer=ANSWER.replace("바다", "OO")),))
    assert list(rewrite_rows(KEPT, masked, "g", "train", tally)) == []
    reason = "revise: a rewrite of an answer that has changed since"
    assert tally.ids == {reason: ["12345-1"]}


def test_a_rewrite_that_names_the_firm_gets_none() -> None:
    """A model may guess which firm the answer was masked for."""
    tally = Tally()
    guessed = Rewrite("12345-1", "invented-model", ANSWER, f"{NEW} 물결기상에서 이어 가겠습니다.")
    assert list(rewrite_rows({guessed.id: guessed}, essay(), "g", "train", tally)) == []
    assert tally.ids == {"revise: a rewrite that names the firm": ["12345-1"]}


def test_the_file_is_read_again_once_it_changed(tmp_path: Path) -> None:
    """No file is no rewrites; a process that has read one sees the next."""
    path = kept_path(tmp_path)
    assert read_rewrites(path) == {}
    write_jsonl(path, KEPT.values())
    assert read_rewrites(path) == KEPT
    assert read_rewrites(path) is read_rewrites(path)
    write_jsonl(path, [])
    os.utime(path, ns=(1, 1))
    assert read_rewrites(path) == {}


def test_a_damaged_file_names_the_command_that_makes_it(tmp_path: Path) -> None:
    """Rewrites are not passed over silently."""
    path = tmp_path / "kept.jsonl"
    path.write_text('{"id": "1"}\n', encoding="utf-8")
    with pytest.raises(RecordError, match=r"line 1: .*python -m preprocess\.rewrites_build"):
        read_rewrites(path)
