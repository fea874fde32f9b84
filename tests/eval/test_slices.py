"""Scores by part of the test set."""

from __future__ import annotations

import numpy as np
import pytest

from eval.comparing.slices import BY, REST, TOO_FEW, UNKNOWN, parts, slices
from eval.comparing.statistics import count_items, draw_weights, estimate, resample, sum_by_essay
from eval.measuring.metrics import Metric
from eval.records import Estimate, ItemScore, SliceResult
from eval.runs import Run
from eval.score import main
from preprocess.alpaca import Facts, facts_path, write_jsonl
from tests.eval.test_score import COMMAND, result_of

MEAN = Metric("mean", {"x": 1.0}, {"items": 1.0}, "no items")


def fact(
    row: str,
    job: str | None = None,
    types: tuple[str, ...] = (),
    grade: float | None = None,
    chars: int = 600,
) -> Facts:
    """Make the facts of a row `<essay>-<question>`."""
    return Facts(row, row.split("-", 1)[0], job, types, grade, None, chars)


def score(row: str, x: float) -> ItemScore:
    """Score a row."""
    return ItemScore(row, row.split("-", 1)[0], "s", None, {"x": x, "items": 1.0}, {})


def ids(by: str, facts: list[Facts]) -> dict[str, set[str]]:
    """Part rows by one of the ways."""
    return parts(BY[by], {f.id: f for f in facts}, {f.id: f.source_id for f in facts})


def test_jobs_with_too_few_essays_are_put_together() -> None:
    """Values come by size; those of under five essays are one, the unknown is last."""
    jobs = ["영업"] * 5 + ["생산"] * 6 + ["구매"] * 4 + ["인사"] + [None]
    found = ids("job", [fact(f"{k}-1", job) for k, job in enumerate(jobs)])
    assert {value: len(rows) for value, rows in found.items()} == {
        "생산": 6,
        "영업": 5,
        REST: 5,
        UNKNOWN: 1,
    }
    assert list(found) == ["생산", "영업", REST, UNKNOWN]


def test_five_questions_of_one_essay_are_one_essay() -> None:
    """What counts is essays, not items."""
    facts = [fact(f"1-{k}", "영업") for k in range(9)] + [fact(f"2{k}-1", "생산") for k in range(5)]
    assert list(ids("job", facts)) == ["생산", REST]


def test_an_essay_in_two_lists_is_in_both_slices() -> None:
    """Kinds of firms overlap where the site's lists do."""
    facts = [fact(f"{k}-1", types=("대기업", "외국계")[: 1 + k % 2]) for k in range(10)]
    assert {v: len(rows) for v, rows in ids("firm_type", facts).items()} == {
        "대기업": 10,
        "외국계": 5,
    }


@pytest.mark.parametrize(
    ("by", "facts", "bands"),
    [
        (
            "length",
            [fact(f"{n}-1", chars=n) for n in (1000, 499, 500, 999, 3000)],
            {
                "500자 미만": {"499-1"},
                "500–999자": {"500-1", "999-1"},
                "1,000자 이상": {"1000-1", "3000-1"},
            },
        ),
        (
            "grade",
            [fact(f"{n}-1", grade=g) for n, g in enumerate((5.0, 2.5, None, 2.0, 0.5))],
            {"0점대": {"4-1"}, "2점대": {"1-1", "3-1"}, "5점대": {"0-1"}, UNKNOWN: {"2-1"}},
        ),
    ],
)
def test_bands_stand_in_their_order(
    by: str, facts: list[Facts], bands: dict[str, set[str]]
) -> None:
    """Lengths and grades are cut at fixed places and are never put together."""
    found = ids(by, facts)
    assert found == bands
    assert list(found) == list(bands)


def test_what_all_share_parts_nothing() -> None:
    """A test set of one job has no slices by job."""
    assert ids("job", [fact(f"{k}-1", "영업") for k in range(20)]) == {}


def sliced(values: np.ndarray, facts: list[Facts]) -> list[SliceResult]:
    """Score one item an essay on slices."""
    scores = [score(f.id, x) for f, x in zip(facts, values, strict=True)]
    weights = draw_weights(len(facts), 1000, 0)
    return list(slices({f.id: f for f in facts}, {"s": count_items(scores)}, [MEAN], weights))


def test_a_slice_is_scored_on_its_own_items() -> None:
    """Its value is that of its items, and its interval that of their part of the same resamples."""
    values = np.random.default_rng(0).normal(size=20)
    facts = [fact(f"{k:02}-1", "영업" if k < 8 else "생산") for k in range(20)]
    large, small = sliced(values, facts)
    assert (large.by, large.value, large.items, large.essays) == ("job", "생산", 12, 12)
    assert (small.by, small.value, small.items, small.essays) == ("job", "영업", 8, 8)
    found = small.metrics["mean"]
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(values[:8].mean())
    sums = sum_by_essay(score(f"{k:02}-1", x) for k, x in enumerate(values[:8]))
    assert found == estimate(MEAN, resample(sums, draw_weights(20, 1000, 0)[:, :8]))


def test_a_slice_of_few_essays_has_no_number() -> None:
    """It is told that it is there, and why it is not scored."""
    facts = [fact(f"{k:02}-1", chars=300 if k < 4 else 700) for k in range(20)]
    few, many = sliced(np.ones(20), facts)
    assert (few.value, few.essays, few.metrics) == ("500자 미만", 4, {"mean": TOO_FEW})
    assert isinstance(many.metrics["mean"], Estimate)


def test_a_row_without_facts_is_in_no_slice() -> None:
    """Facts of another build do not stand for it."""
    facts = [fact(f"{k:02}-1", "영업" if k < 8 else "생산") for k in range(20)]
    scores = {"s": count_items([score(f.id, 1.0) for f in facts])}
    known = {f.id: f for f in facts if f.id != "03-1"}
    found = list(slices(known, scores, [MEAN], draw_weights(20, 1000, 0)))
    assert [(s.value, s.items) for s in found] == [("생산", 12), ("영업", 7)]


def test_older_data_have_no_slices(run: Run) -> None:
    """Without facts a run is scored as before, and its settings say what would make them."""
    assert main(COMMAND) == 0
    result = result_of(run)
    assert result.slices == ()
    assert result.settings["slices"] == (
        "none: data/facts/test.jsonl is missing; make it with: make data"
    )


def test_a_scored_run_has_slices(run: Run) -> None:
    """Every system is told on every part, by the headline and what is compared."""
    rows = [f"{essay}-{k}" for essay in (1, 2, 3) for k in (1, 2)]
    lengths = dict(zip(rows, (400, 700) * 3, strict=True))
    write_jsonl(facts_path(run.test), (fact(row, chars=n) for row, n in lengths.items()))
    assert main(COMMAND) == 0
    result = result_of(run)
    assert [(s.value, s.system) for s in result.slices] == [
        (value, s.system) for value in ("500자 미만", "500–999자") for s in result.systems
    ]
    assert all(s.by == "length" and s.items == 3 for s in result.slices)
    assert {"location_f1", "location_f1_bad", "chrf"} <= result.slices[0].metrics.keys()
    assert set(result.slices[0].metrics.values()) == {TOO_FEW}
    assert result.settings["slices"] == "data/facts/test.jsonl"


def test_facts_that_cannot_be_read_are_an_error(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken file is named with its line and its cure."""
    path = facts_path(run.test)
    write_jsonl(path, [fact("1-1")])
    path.write_bytes(path.read_bytes().replace(b"answer_chars", b"chars"))
    assert main(COMMAND) == 1
    assert "facts/test.jsonl, line 1: " in capsys.readouterr().err
