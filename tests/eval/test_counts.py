"""One prediction, counted, and its metrics by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import f1_score

from eval.counts import score_item, speaks_as_applicant
from eval.metrics import METRICS
from eval.morphemes import similarity
from eval.records import ItemScore, Unscored
from eval.statistics import sum_by_essay
from preprocess.alpaca import Point, write_points
from tests.eval.rows import BAD, GOOD, anchored, item, point, prediction
from tests.eval.test_advice import POINTS


def scored(expert: list[Point], said: list[Point]) -> ItemScore:
    """Score written points."""
    of = item(*expert)
    return score_item(of, prediction(of, write_points(said)))


@pytest.mark.parametrize(
    ("expert", "said", "expected"),
    [
        ([GOOD, BAD], [GOOD, BAD], {"location_f1": 1.0, "point_f1": 1.0, "rouge_l": 1.0}),
        (
            # Sentence 3 is right, 1 wrong, 2 (good) and 4 missed: tp 1, fp 1, fn 2.
            [GOOD, BAD],
            [point("bad", 1, 3)],
            {
                "location_precision": 1 / 2,
                "location_recall": 1 / 3,
                "location_f1": 2 / 5,
                "location_f1_bad": 1 / 2,
                "location_recall_good": 0.0,
                "point_f1": 0.0,
                "chrf": 0.0,
                "count_error": 1.0,
                "advice_points": 1.0,
            },
        ),
        (
            # One pair with the same words; two expert points alone, one predicted alone.
            [BAD, GOOD, point("good", 1)],
            [BAD, point("bad", 1)],
            {"point_precision": 1 / 2, "point_recall": 1 / 3, "rouge_l": 1 / 4, "chrf": 1 / 4},
        ),
    ],
)
def test_metrics_by_hand(
    expert: list[Point], said: list[Point], expected: dict[str, float]
) -> None:
    """The metrics of one item are those worked out on paper."""
    metrics = scored(expert, said).metrics
    assert {name: metrics[name] for name in expected} == pytest.approx(expected)


def test_text_is_compared_on_pairs_only() -> None:
    """ROUGE-L and chrF++ divide by all points, their `matched` forms by the pairs."""
    near = point("bad", 3, text="성과를 수치로 적어 주세요.")
    metrics = scored([GOOD, BAD], [near]).metrics
    alike = similarity(near.text, BAD.text)
    assert metrics["rouge_l"] == pytest.approx(alike.rouge_l / 2)
    assert metrics["rouge_l_matched"] == pytest.approx(alike.rouge_l)
    assert metrics["chrf_matched"] == pytest.approx(alike.chrf)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "empty"),
        ("저는 지원합니다.", "no located point"),
        ("아쉬운점 1 [9] 가", "sentence number out of range"),
        ("가" * 100_000, "no located point"),
    ],
)
def test_unreadable_output_misses_everything(output: str, reason: str) -> None:
    """A failed output counts: no precision, recall 0, the reason kept."""
    of = item(GOOD, BAD)
    score = score_item(of, prediction(of, output, length=True))
    assert score.unreadable == reason
    assert score.metrics["location_recall"] == 0.0
    assert score.metrics["location_f1"] == 0.0
    assert score.metrics["location_precision"] == Unscored("the system marks none")
    assert score.counts["bad_fn"] == 2.0
    assert score.counts["count_error"] == 2.0
    assert (score.metrics["readable"], score.metrics["cut_off"]) == (0.0, 1.0)
    assert score.metrics["output_chars"] == float(len(output))


def test_anchored_items_have_no_location() -> None:
    """Location does not exist where sentences have no numbers; anchors and text do."""
    of = anchored("좋은점 1 성실합니다.\n아쉬운점 1 막연합니다.")
    score = score_item(of, prediction(of, "아쉬운점 1 막연합니다.\n아쉬운점 2 가"))
    assert score.metrics["location_f1"] == Unscored("the task has no sentence numbers")
    assert score.metrics["point_recall"] == 0.5
    assert score.metrics["point_precision"] == 0.5
    assert score.metrics["rouge_l"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("아쉬운점 1 [1] 저는 노력했습니다.", True),
        ("제가 보기에는 좋습니다.", True),
        ("아쉬운점 1 [1] '저는 성실합니다'라는 표현은 흔합니다.", False),
        ("“제가 맡은 일”이 무엇인지 적어 주세요.", False),
        ("먼저는 좋습니다. 문제가 있습니다.", False),
    ],
)
def test_voice_of_the_applicant(text: str, *, expected: bool) -> None:
    """The first person counts outside quotations, as a word of its own."""
    assert speaks_as_applicant(text) is expected


@given(POINTS, POINTS)
def test_f1_is_scikit_learns(expert: list[Point], said: list[Point]) -> None:
    """Location F1 is micro F1 over sentence × polarity, between 0 and 1."""
    of = item(BAD)
    expert = [Point(p.polarity, tuple(s for s in p.sentences if s < 5), p.text) for p in expert]
    said = [Point(p.polarity, tuple(s for s in p.sentences if s < 5), p.text) for p in said]
    expert, said = ([p for p in side if p.sentences] for side in (expert, said))
    of = type(of)(of.row, of.task, of.question, of.sentences, tuple(expert))
    found = score_item(of, prediction(of, write_points(said))).metrics["location_f1"]
    cells = [(s, p) for s in range(1, 5) for p in ("good", "bad")]
    truth, guess = (
        np.array([any(s in x.sentences and x.polarity == p for x in side) for s, p in cells])
        for side in (expert, said)
    )
    if isinstance(found, Unscored):
        assert not truth.any()
        assert not guess.any()
    else:
        assert 0 <= found <= 1
        assert found == pytest.approx(f1_score(truth, guess, zero_division=0))


def test_sums_pool_items() -> None:
    """A system's metric is that of the summed counts (micro), not the mean of items."""
    scores = [scored([GOOD, BAD], [GOOD, BAD]), scored([BAD], [point("bad", 1)])]
    totals = sum_by_essay(scores).totals()
    values = {m.name: m.value(totals) for m in METRICS}
    assert values["location_precision"] == pytest.approx(3 / 4)
    assert values["location_recall"] == pytest.approx(3 / 5)
    assert values["output_chars"] == pytest.approx(
        sum(s.counts["output_chars"] for s in scores) / 2
    )
