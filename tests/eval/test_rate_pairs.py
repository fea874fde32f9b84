"""Which pairs a rater sees, and in which order."""

from __future__ import annotations

import pytest

from eval.predictions import PredictionError
from eval.rating.pairs import EXPERT, Outputs, Pair, answers_sha256, plan, read_outputs
from eval.runs import Run
from eval.tasks import Item, read_items
from tests.eval.rows import BAD, GOOD, item

THREE = ("tuned", "base", "retrieval")
ESSAYS = [f"e{k}" for k in range(20)]
ITEMS = [item(GOOD, BAD, item_id=f"{e}-{k}", source_id=e) for e in ESSAYS for k in (1, 2)]


def outputs(*systems: str) -> Outputs:
    """Let every system answer every row in its own words."""
    return {system: {i.row.id: f"{system} {i.row.id}" for i in ITEMS} for system in systems}


def pairs_of(rater: str, most: int = 20, seed: int = 0, *systems: str) -> tuple[Pair, ...]:
    """Draw a rater's pairs."""
    of = outputs(*(systems or ("tuned", "base")))
    return plan(ITEMS, of, rater=rater, most=most, seed=seed)


def keys(pairs: tuple[Pair, ...]) -> list[tuple[str, str, str]]:
    """Name what is compared."""
    return [pair.key for pair in pairs]


def test_a_rater_finds_the_same_order_again() -> None:
    """Order and sides hang on rater and seed alone, and not on the order of the rows."""
    first = pairs_of("kim")
    assert pairs_of("kim") == first
    assert plan(ITEMS[::-1], outputs("tuned", "base"), rater="kim", most=20, seed=0) == first
    assert keys(pairs_of("kim", seed=1)) != keys(first)
    assert [pair.systems for pair in pairs_of("lee")] != [pair.systems for pair in first]


def test_every_second_pair_is_the_same_for_all() -> None:
    """Two raters share the first, third, fifth … pair, and differ in the others."""
    kim, lee = keys(pairs_of("kim")), keys(pairs_of("lee"))
    assert kim[::2] == lee[::2]
    assert kim[1::2] != lee[1::2]
    assert len(set(kim)) == 20


def test_raters_who_see_everything_see_everything() -> None:
    """With room for all pairs each rater sees each pair once."""
    for rater in ("kim", "lee"):
        assert sorted(keys(pairs_of(rater, most=1000))) == sorted(
            (i.row.id, "base", "tuned") for i in ITEMS
        )


def test_essays_come_by_turns() -> None:
    """Twenty pairs of twenty essays with two rows each are nearly all of different essays."""
    shared = [pair.item.row.source_id for pair in pairs_of("kim")][::2]
    assert len(set(shared)) == len(shared) == 10
    assert len({pair.item.row.source_id for pair in pairs_of("kim")}) >= 15


def test_the_first_system_meets_each_of_the_others_equally_often() -> None:
    """Three systems make two comparisons, by turns over the same essays."""
    seen = pairs_of("kim", 40, 0, *THREE)
    others = [next(s for s in pair.systems if s != "tuned") for pair in seen]
    assert others.count("base") == pytest.approx(20, abs=1)
    assert others[::2].count("base") == 10, "of the pairs that all raters share"


def test_either_side_is_as_likely() -> None:
    """Over all pairs each system stands first about as often, and answers go with their systems."""
    seen = pairs_of("kim", most=1000)
    first = sum(pair.systems[0] == "tuned" for pair in seen)
    assert 10 <= first <= 30
    for pair in seen:
        assert pair.outputs == tuple(f"{s} {pair.item.row.id}" for s in pair.systems)


def test_equal_answers_are_not_compared() -> None:
    """Where both said the same there is nothing to choose."""
    of = {system: dict.fromkeys((i.row.id for i in ITEMS), "같은 말") for system in ("a", "b")}
    of["a"]["e3-1"] = "다른 말"
    assert keys(plan(ITEMS, of, rater="kim", most=60, seed=0)) == [("e3-1", "a", "b")]


def test_the_digest_is_of_both_answers_in_either_order() -> None:
    """Another text, or texts that changed places, give another digest; another order does not."""
    one = answers_sha256({"tuned": "가", "base": "나"})
    assert answers_sha256({"base": "나", "tuned": "가"}) == one
    assert answers_sha256({"base": "가", "tuned": "나"}) != one
    assert answers_sha256({"base": "나\n", "tuned": "가"}) != one


@pytest.fixture
def read(run: Run) -> tuple[Run, tuple[Item, ...]]:
    """Give a run and its test items."""
    return run, read_items(run.test, run.task)


def test_the_expert_can_be_compared_with(read: tuple[Run, tuple[Item, ...]]) -> None:
    """`expert` answers with the test set's own advice."""
    run, items = read
    found = read_outputs(run, items, ["tuned", EXPERT])
    assert found[EXPERT] == {i.row.id: i.row.output for i in items}
    assert found["tuned"].keys() == found[EXPERT].keys()


def test_predictions_of_another_test_set_are_refused(read: tuple[Run, tuple[Item, ...]]) -> None:
    """Missing rows, doubled or foreign ones are said with the cure."""
    run, items = read
    path = run.predictions_dir / "tuned.jsonl"
    first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for lines, said in (
        (rest, "items are missing"),
        ([first, first, *rest], "stands there 2 times"),
    ):
        path.write_text("".join(lines), encoding="utf-8")
        with pytest.raises(PredictionError, match=said):
            read_outputs(run, items, ["tuned"])
