"""One prediction, counted, and its metrics by hand."""

from __future__ import annotations

import time
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from eval.comparing.statistics import sum_by_essay
from eval.measuring.counts import failure_rates, score_item, score_items
from eval.measuring.metrics import METRICS, TEXT_METRICS
from eval.records import ItemScore, Unscored
from eval.text.morphemes import similarity
from preprocess.alpaca import Point, write_points
from tests.eval.rows import (
    BAD,
    GOOD,
    SYSTEMS,
    anchored,
    item,
    output_of,
    point,
    prediction,
    six_items,
)
from tests.eval.test_advice import POINTS

#: One point or more on the four sentences of a row; places and texts may come twice.
LOCATED = st.lists(
    st.builds(
        Point,
        st.sampled_from(["good", "bad"]),
        st.sets(st.integers(1, 4), min_size=1).map(lambda s: tuple(sorted(s))),
        st.sampled_from([GOOD.text, BAD.text, "성과를 수치로 적어 주세요.", "흔한 말입니다."]),
    ),
    min_size=1,
    max_size=5,
)


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
    """Likeness of texts divides by all points, its `matched` forms by the pairs."""
    near = point("bad", 3, text="성과가 막연하니 수치를 적어 주세요.")
    metrics = scored([GOOD, BAD], [near]).metrics
    alike = asdict(similarity(near.text, BAD.text))
    assert min(alike.values()) > 0
    assert {n: metrics[n] for n in alike} == pytest.approx({n: v / 2 for n, v in alike.items()})
    assert {n: metrics[f"{n}_matched"] for n in alike} == pytest.approx(alike)


def test_without_pairs_matched_text_does_not_exist() -> None:
    """Nothing matched is 0 over all points, and no number over the pairs."""
    metrics = scored([GOOD], [BAD]).metrics
    assert metrics["bleu"] == 0.0
    assert metrics["bleu_matched"] == Unscored("no point of the system meets one of the expert's")


def test_without_an_encoder_its_metrics_do_not_exist() -> None:
    """What no model measured is no number, and the reason is told."""
    metrics = scored([GOOD], [GOOD]).metrics
    assert metrics["encoder"] == Unscored("no sentence encoder was given")
    assert isinstance(metrics["rdass_matched"], Unscored)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "empty"),
        ("저는 지원합니다.", "no located point"),
        ("아쉬운점 1 [9] 가", "sentence number out of range"),
        (" \n", "empty"),
        ("가" * 100_000, "no located point"),
        ("<script>alert('x')</script>" * 4_000, "no located point"),
        ("아쉬운점 1 [2-1] 가", "sentence range backwards"),
        ("아쉬운점 1 [3]", "a point without advice"),
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
    assert score.metrics["rouge_1"] == 0.0
    assert isinstance(score.metrics["copied"], float if output.strip() else Unscored)


def test_endless_advice_is_counted_and_quick() -> None:
    """100,000 characters of markup in a point that can be read are text like any other."""
    of = item(GOOD, BAD)
    markup = "<img src=x onerror=alert(1)> " * 3_500
    started = time.process_time()
    score = score_item(of, prediction(of, f"아쉬운점 1 [3-4] {markup}\n좋은점 1 [2] {GOOD.text}"))
    assert time.process_time() - started < 10
    assert score.unreadable is None
    assert score.metrics["point_f1"] == 1.0
    assert score.metrics["rouge_l"] == pytest.approx(0.5)
    assert score.metrics["repeated"] == pytest.approx(1, abs=1e-2)
    assert score.counts["output_chars"] > 100_000


def test_many_points_are_counted_and_quick() -> None:
    """Thousands of points for one sentence are one pair and thousands too many."""
    of = item(BAD)
    started = time.process_time()
    score = score_item(of, prediction(of, "아쉬운점 1 [3-4] 성과가 막연합니다.\n" * 5_000))
    assert time.process_time() - started < 5
    assert score.counts["point_tp"] == 1
    assert score.counts["point_fp"] == 4_999
    assert score.metrics["location_f1"] == 1.0


def test_anchored_items_have_no_location() -> None:
    """Location does not exist where sentences have no numbers; anchors and text do."""
    of = anchored("좋은점 1 성실합니다.\n아쉬운점 1 막연합니다.")
    score = score_item(of, prediction(of, "아쉬운점 1 막연합니다.\n아쉬운점 2 가"))
    assert score.metrics["location_f1"] == Unscored("the task has no sentence numbers")
    assert score.metrics["anchor_recall"] == 0.5
    assert score.metrics["anchor_precision"] == 0.5
    assert score.metrics["anchor_f1"] == 0.5
    assert score.metrics["rouge_l"] == pytest.approx(1 / 3)


def test_located_items_have_no_anchors() -> None:
    """Anchors do not exist where sentences have numbers."""
    assert scored([BAD], [BAD]).metrics["anchor_f1"] == Unscored("the task has no anchors")


def test_manner_is_judged_against_the_input() -> None:
    """Copying and a wrong document are seen in the points' texts, beside the item's own input."""
    copied = point("bad", 1, text="귀사는 업계 최고의 기업입니다.")
    score = scored([BAD], [copied])
    assert score.metrics["copied"] == 1.0
    assert score.metrics["repeated"] == 0.0
    assert score.metrics["wrong_document"] == 0.0
    lost = point("bad", 1, text="추천서에 근거를 더 들어 주세요.")
    assert scored([BAD], [lost]).metrics["wrong_document"] == 1.0


@given(LOCATED)
def test_an_answer_equal_to_the_experts_is_perfect(points: list[Point]) -> None:
    """Whoever says what the expert says has 1 everywhere, and no errors."""
    metrics = scored(points, points).metrics
    perfect = ["location_f1", "point_f1", *TEXT_METRICS, *(f"{n}_matched" for n in TEXT_METRICS)]
    assert {name: metrics[name] for name in perfect} == pytest.approx(dict.fromkeys(perfect, 1.0))
    assert metrics["count_error"] == 0.0


@given(LOCATED, LOCATED, st.randoms(use_true_random=False))
def test_order_of_points_changes_no_number(
    expert: list[Point], said: list[Point], chance: object
) -> None:
    """Lines of an answer may stand in any order."""
    of = item(*expert)
    lines = write_points(said).split("\n")
    before = score_item(of, prediction(of, "\n".join(lines)))
    chance.shuffle(lines)  # type: ignore[attr-defined]
    assert score_item(of, prediction(of, "\n".join(lines))) == before


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 5), LOCATED | st.just([])), max_size=12))
def test_many_are_scored_as_one(given_answers: list[tuple[int, list[Point]]]) -> None:
    """A batch gives, in its order, what its predictions give one at a time."""
    items = six_items()
    answers = [prediction(items[k], write_points(said)) for k, said in given_answers]
    expected = [score_item(items[k], p) for (k, _), p in zip(given_answers, answers, strict=True)]
    assert score_items(items, answers) == expected


def test_batches_keep_order_and_tell_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """More predictions than one batch holds come back in order, and each is told of once."""
    monkeypatch.setattr("eval.measuring.counts.BATCH", 4)
    items = six_items()
    answers = [
        prediction(of, output_of(system, k), system=system)
        for system in SYSTEMS
        for k, of in enumerate(items)
    ]
    told: list[int] = []
    scores = score_items(items[::-1], answers, progress=told.append)
    assert [(s.system, s.id) for s in scores] == [(p.system, p.id) for p in answers]
    assert scores == [score_item(items[k % 6], p) for k, p in enumerate(answers)]
    assert told == [4] * 6


def test_a_prediction_of_another_test_set_is_refused() -> None:
    """A prediction without its item is an error that names it."""
    other = item(BAD, item_id="9-9")
    with pytest.raises(ValueError, match="the first 9-9"):
        score_items(six_items(), [prediction(other, "")])


def test_failures_are_told_by_reason() -> None:
    """Rates are shares of all outputs, the commonest reason first; what can be read has none."""
    of = item(BAD)
    outputs = ["", "가", "나", "아쉬운점 1 [3] 가"]
    scores = [score_item(of, prediction(of, output)) for output in outputs]
    assert list(failure_rates(scores).items()) == [("no located point", 0.5), ("empty", 0.25)]
    assert failure_rates([]) == {}


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
