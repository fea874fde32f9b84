"""Records on disk: spools that are written and read, parts that are read by number."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from crawler.items import Advice, write_jsonl
from preprocess.parts import Parts
from preprocess.spool import Spool

ONE, TWO, THREE = (Advice("bad", number, f"조언 {number}\n둘째 줄") for number in (1, 2, 3))


def test_a_spool_gives_back_what_it_took(tmp_path: Path) -> None:
    """Records come in their order, as often as asked, between additions too."""
    spool = Spool(tmp_path / "new" / "advice.jsonl", Advice)
    assert (list(spool), len(spool)) == ([], 0)
    spool.append(ONE)
    assert list(spool) == [ONE]
    spool.append(TWO)
    assert (list(spool), list(spool), len(spool)) == ([ONE, TWO], [ONE, TWO], 2)


def test_a_spool_takes_another_file(tmp_path: Path) -> None:
    """The other file's records come behind, and the file is gone."""
    spool = Spool(tmp_path / "advice.jsonl", Advice)
    spool.append(ONE)
    other = tmp_path / "other.jsonl"
    spool.take(other, write_jsonl(other, [TWO, THREE]))
    assert (list(spool), len(spool)) == ([ONE, TWO, THREE], 3)
    assert not other.exists()


def test_records_are_left_out(tmp_path: Path) -> None:
    """What is left keeps its order, can be added to, and is what a copy holds."""
    spool = Spool(tmp_path / "advice.jsonl", Advice)
    for one in (ONE, TWO, THREE):
        spool.append(one)
    spool.leave_out(lambda one: one.number == 2)
    assert (list(spool), len(spool)) == ([ONE, THREE], 2)
    spool.append(TWO)
    spool.copy(tmp_path / "copy.jsonl")
    write_jsonl(tmp_path / "expected.jsonl", [ONE, THREE, TWO])
    expected = (tmp_path / "expected.jsonl").read_bytes()
    assert (tmp_path / "copy.jsonl").read_bytes() == expected
    assert sorted(path.name for path in tmp_path.iterdir() if "kept" in path.name) == []


def test_a_spool_replaces_what_an_earlier_run_left(tmp_path: Path) -> None:
    """A new spool starts empty."""
    (tmp_path / "advice.jsonl").write_text("left over\n")
    assert list(Spool(tmp_path / "advice.jsonl", Advice)) == []


@pytest.fixture
def parts(tmp_path: Path) -> Parts[Advice]:
    """Give three records in two files, with an empty one between."""
    paths = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for path, records in zip(paths, ([ONE, TWO], [], [THREE]), strict=True):
        write_jsonl(path, records)
    return Parts(paths, Advice)


def test_parts_are_one_sequence(parts: Parts[Advice]) -> None:
    """Any record by its number, runs of them, and all in order."""
    assert len(parts) == 3
    assert [parts[number] for number in (2, 0, 1)] == [THREE, ONE, TWO]
    assert list(parts) == [ONE, TWO, THREE]
    assert list(parts[1:]) == [TWO, THREE]
    assert list(parts[:0]) == []
    with pytest.raises(IndexError):
        parts[3]


def test_parts_can_be_chosen_in_any_order(parts: Parts[Advice]) -> None:
    """A choice is a sequence of its own, out of which can be chosen again."""
    chosen = parts.chosen([2, 0])
    assert (list(chosen), len(chosen)) == ([THREE, ONE], 2)
    assert list(chosen.chosen([1])) == [ONE]
    assert list(parts.chosen([])) == []


def test_parts_go_to_another_process(parts: Parts[Advice]) -> None:
    """What arrives reads the same files."""
    assert list(pickle.loads(pickle.dumps(parts.chosen([2, 0])))) == [THREE, ONE]  # noqa: S301
