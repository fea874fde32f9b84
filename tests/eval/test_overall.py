"""Grades and overall advice, counted, and the kappa of grades."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from eval.comparing.statistics import sum_by_essay
from eval.measuring.kappa import MOMENTS, QuadraticKappa
from eval.measuring.measures import measures_of
from eval.measuring.overall import score_overall
from eval.records import ItemScore, Unscored
from tests.eval.rows import prediction
from tests.eval.task_rows import overall_item

KAPPA = QuadraticKappa("kappa")
READABLE = QuadraticKappa("kappa_readable", of_all=False)
GRADES = st.lists(
    st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=2, max_size=30
).filter(lambda pairs: len({grade for pair in pairs for grade in pair}) > 1)


def counts(pairs: list[tuple[float, float]], unreadable: int = 0) -> dict[str, float]:
    """Sum the moments of pairs (expert, system), beside outputs without a grade."""
    rows = [(1.0, e, s, e * e, s * s, e * s) for e, s in pairs]
    sums = np.array([*rows, (0.0,) * len(MOMENTS)]).sum(axis=0).tolist()
    return dict(zip(MOMENTS, sums, strict=True)) | {"items": float(len(pairs) + unreadable)}


def scored(expert: float, output: str) -> ItemScore:
    """Score one output."""
    item = overall_item(expert)
    return score_overall([item], [prediction(item, output)])[0]


def test_kappa_by_hand() -> None:
    """Seen 1/4 per pair; by chance (1+1+4+4)/4 + (1+1+1+4)/4 − 2·6·5/16 = 1/2: kappa is 1/2."""
    pairs = [(1.0, 1.0), (1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]
    assert KAPPA.value(counts(pairs)) == pytest.approx(1 / 2)


@given(GRADES)
def test_kappa_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    """On a grid of half points it is `cohen_kappa_score` with quadratic weights."""
    expert, system = zip(*pairs, strict=True)
    found = KAPPA.value(counts([(e / 2, s / 2) for e, s in pairs]))
    wanted = cohen_kappa_score(expert, system, weights="quadratic", labels=range(1, 11))
    assert found == pytest.approx(wanted, abs=1e-9)


@given(GRADES, st.integers(0, 9))
def test_silence_agrees_as_chance_does(pairs: list[tuple[int, int]], unreadable: int) -> None:
    """Outputs without a grade bring the kappa down by their share; the other kappa has none."""
    sums = counts([(float(e), float(s)) for e, s in pairs], unreadable)
    alone = READABLE.value(sums)
    assert isinstance(alone, float)
    assert KAPPA.value(sums) == pytest.approx(alone * len(pairs) / (len(pairs) + unreadable))


@given(st.lists(GRADES, min_size=1, max_size=5))
def test_many_sums_at_once_have_the_values_of_each(tests: list[list[tuple[int, int]]]) -> None:
    """What the bootstrap computes for all resamples is what one set of counts gives."""
    sums = [counts([(float(e), float(s)) for e, s in pairs]) for pairs in tests]
    columns = {name: np.array([one[name] for one in sums]) for name in sums[0]}
    assert KAPPA.over(columns).tolist() == pytest.approx([KAPPA.value(one) for one in sums])


@pytest.mark.parametrize(
    ("sums", "of_all", "of_readable"),
    [
        (counts([(3.0, 3.0)] * 4), "all grades are the same", "all grades are the same"),
        (counts([], 4), None, "no output has a grade"),
        (counts([(3.0, 2.0)]), "more than one item", "more than one item"),
        ({"items": 4.0}, "the task has no grades", "the task has no grades"),
    ],
)
def test_no_kappa(sums: dict[str, float], of_all: str | None, of_readable: str) -> None:
    """Where there is no kappa the reason is told; only silence throughout is 0."""
    found = KAPPA.value(sums)
    assert (found == 0.0) if of_all is None else (of_all in str(found))
    other = READABLE.value(sums)
    assert isinstance(other, Unscored)
    assert of_readable in other.reason


def test_resamples_without_a_kappa_are_not_numbers() -> None:
    """Equal grades have no kappa, and thirty of a third differ by no rounding error."""
    third = 10 / 3
    columns = {name: np.array([value]) for name, value in counts([(third, third)] * 30).items()}
    assert np.isnan(KAPPA.over(columns)).all()


def test_a_resample_without_an_item_has_no_kappa() -> None:
    """A slice whose items were not drawn is not one that keeps silent: NaN there, 0 here."""
    resamples = [counts([]), counts([], 2), counts([(1.0, 1.0), (2.0, 2.0)])]
    columns = {name: np.array([one[name] for one in resamples]) for name in resamples[0]}
    assert KAPPA.over(columns).tolist() == pytest.approx([np.nan, 0.0, 1.0], nan_ok=True)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "평점: 2.0\n총평: 수치가 있어 좋습니다.",
            {"grade_error": 0.0, "rouge_l": 1.0, "chrf": 1.0},
        ),
        ("평점: 4.5 / 5\n총평: 저는 성실합니다.", {"grade_error": 2.5, "applicant_voice": 1.0}),
        ("평점: 2.5점, 총평: 추천서로는 좋습니다.", {"grade_near": 1.0, "wrong_document": 1.0}),
    ],
)
def test_one_output_by_hand(output: str, expected: dict[str, float]) -> None:
    """Grade and text of one output; the expert gives 2.0 and praises the figures."""
    score = scored(2.0, output)
    assert score.unreadable is None
    assert {name: score.metrics[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "empty"),
        ("평점: 5.5\n총평: 좋습니다.", "grade out of range"),
        ("평점: 0\n총평: 좋습니다.", "grade out of range"),
        ("평점: -1\n총평: 좋습니다.", "no grade"),
        ("총평: 좋습니다.", "no grade"),
        ("평점: 3.0", "no overall advice"),
        ("<b>가</b>" * 12_500, "no grade"),
    ],
)
def test_unreadable_output_is_as_wrong_as_can_be(output: str, reason: str) -> None:
    """It has no grade, the greatest error there is, and no text; nothing is left out."""
    score = scored(2.0, output)
    assert score.unreadable == reason
    assert score.metrics["grade_error"] == 3.0
    assert score.metrics["grade_error_readable"] == Unscored("no output has a grade")
    assert (score.metrics["readable"], score.metrics["chrf"]) == (0.0, 0.0)
    assert score.metrics["markup"] == float("<b>" in output)
    assert set(score.counts) == set(scored(2.0, "평점: 1.0\n총평: 가").counts)


def test_a_system_is_its_sums() -> None:
    """Error, bias and kappa over three outputs, one of them unreadable."""
    items = [overall_item(grade, essay=str(k)) for k, grade in enumerate((1.0, 2.0, 4.0))]
    said = ["평점: 2.0\n총평: 가", "평점: 2.0\n총평: 나", "좋습니다."]
    scores = score_overall(items, [prediction(i, o) for i, o in zip(items, said, strict=True)])
    totals = sum_by_essay(scores).totals()
    found = {m.name: m.value(totals) for m in measures_of("overall").metrics}
    assert found["grade_error"] == pytest.approx((1 + 0 + 4) / 3)
    assert found["grade_error_readable"] == pytest.approx(1 / 2)
    assert found["grade_bias"] == pytest.approx(1 / 2)
    assert found["kappa"] == 0.0  # a constant agrees as chance does
    assert found["readable"] == pytest.approx(2 / 3)


def test_order_and_other_systems_change_nothing() -> None:
    """Outputs of several systems may be scored together, in any order."""
    items = [overall_item(grade, essay=str(k)) for k, grade in enumerate((1.0, 2.0))]
    given = [
        prediction(item, f"평점: {grade}\n총평: 가", system=system)
        for system, grade in (("a", 2.0), ("b", 3.0))
        for item in items
    ]
    scores = score_overall(items[::-1], given)
    assert scores == [score_overall(items, [one])[0] for one in given]
