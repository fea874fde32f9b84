"""Means, win rates and their intervals from marks and verdicts, against values worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from eval.comparing.slices import FEWEST_ESSAYS, TOO_FEW
from eval.comparing.statistics import draw_weights
from eval.judging.lengths import ALL_THE_SAME, controlled, fit
from eval.judging.records import (
    MEASURES,
    Choice,
    ItemMarks,
    ItemPreference,
    JudgeMarks,
    Verdict,
)
from eval.judging.results import (
    NOTHING,
    judged_pairs,
    marks_difference,
    system_marks,
)
from eval.judging.table import pairs_lines
from eval.records import Estimate, Unscored

DRAWN = (2000, 0)


def preference(
    row: int, preferred: float, *choices: Choice, longer_by: int = 0, essay: str = ""
) -> ItemPreference:
    """Make a verdict on tuned against base; by default a row is an essay of its own."""
    verdict = Verdict(preferred, choices)
    source = essay or str(row)
    return ItemPreference(f"{row}-1", source, "tuned", "base", longer_by, "x", verdict)


def marked(row: int, system: str, *marks: int) -> ItemMarks:
    """Make marks, or none."""
    given = JudgeMarks(*marks) if marks else Unscored("the judge refused")
    return ItemMarks(f"{row}-1", str(row), system, given)


def test_verdicts_are_counted_and_ties_are_half_a_win() -> None:
    """Two won, one lost, two flips, a tie and one text: 4 of 7; six first places of nine chosen."""
    verdicts = [
        preference(1, 1.0, "1", "2", longer_by=10),
        preference(2, 1.0, "1", "2", longer_by=-4),
        preference(3, 0.0, "2", "1", longer_by=6),
        preference(4, 0.5, "1", "1"),
        preference(5, 0.5, "1", "tie"),
        preference(6, 0.5, "tie", "tie", longer_by=2),
        preference(7, 0.5),
    ]
    unread = ItemPreference("8-1", "8", "tuned", "base", 99, "x", Unscored("the judge refused"))
    found = judged_pairs("tuned", "base", [*verdicts, unread], *DRAWN)
    assert (found.wins, found.ties, found.losses) == (2, 4, 1)
    assert (found.pairs, found.essays, found.flipped, found.identical) == (7, 7, 2, 1)
    assert found.mean_longer_by == 2.0
    assert found.unscored == {"the judge refused": 1}
    assert isinstance(found.win_rate, Estimate)
    assert found.win_rate.value == pytest.approx(4 / 7)
    assert isinstance(found.first_place, Estimate)
    assert found.first_place.value == pytest.approx(6 / 9)


def test_another_pairs_verdicts_do_not_count() -> None:
    """Verdicts on other systems are no part of a comparison."""
    found = judged_pairs("tuned", "retrieval", [preference(1, 1.0, "1", "2")], *DRAWN)
    assert (found.pairs, found.win_rate) == (0, Unscored(NOTHING))


def test_few_essays_have_no_interval() -> None:
    """Essays are drawn; of fewer than a slice needs, all won, nothing is claimed, but counted."""
    verdicts = [preference(row, 1.0, "1", "2", essay=str(row % 4)) for row in range(8)]
    found = judged_pairs("tuned", "base", verdicts, *DRAWN)
    assert (found.pairs, found.wins, found.essays) == (8, 8, FEWEST_ESSAYS - 1)
    assert (found.win_rate, found.length_controlled, found.first_place) == (TOO_FEW,) * 3
    verdicts.append(preference(9, 1.0, "1", "2"))
    assert judged_pairs("tuned", "base", verdicts, *DRAWN).win_rate == Estimate(1.0, 1.0, 1.0)


def test_essays_are_drawn_whole() -> None:
    """Two rows each of essays all won or all lost leave as much open as one row each."""
    once = [preference(row, float(row % 2), "1", "2", essay=str(row)) for row in range(10)]
    alone = judged_pairs("tuned", "base", once, *DRAWN)
    twice = judged_pairs("tuned", "base", once * 2, *DRAWN)
    assert (alone.pairs, twice.pairs) == (10, 20)
    assert isinstance(alone.win_rate, Estimate)
    assert alone.win_rate == twice.win_rate


def test_marks_that_are_not_there_are_in_no_mean() -> None:
    """A refusal is counted apart, and is not a mark of 0."""
    marks = [
        *(marked(row, "tuned", 4, 4, 4, 4, 4) for row in (1, 2, 3)),
        *(marked(row, "tuned", 2, 4, 3, 5, 5) for row in (4, 5, 6)),
        marked(7, "tuned"),
        marked(1, "base", 1, 1, 1, 1, 1),
    ]
    chars = {f"{row}-1": 100 if row < 4 else 50 for row in range(1, 7)} | {"7-1": 9000}
    found = system_marks("tuned", marks, chars, *DRAWN)
    assert (found.items, found.essays, found.mean_chars) == (6, 6, 75.0)
    assert found.unscored == {"the judge refused": 1}
    values = {m: e.value for m, e in found.means.items() if isinstance(e, Estimate)}
    assert values == {
        "anchored": 3.0,
        "specific": 4.0,
        "valid": 3.5,
        "actionable": 4.5,
        "tone": 4.5,
        "mean": pytest.approx(3.9),
    }


def test_systems_are_compared_where_both_have_marks() -> None:
    """A row that was judged for one of the two alone is in no difference."""
    marks = [
        *(marked(row, "tuned", 4, 4, 4, 4, 4) for row in (1, 2, 3)),
        *(marked(row, "base", 1, 4, 4, 4, 4) for row in (1, 2, 3)),
        *(marked(row, "tuned", 5, 5, 5, 5, 5) for row in (4, 5, 6, 7)),
        *(marked(row, "base", 3, 5, 5, 5, 5) for row in (4, 5, 6)),
        marked(7, "base"),
    ]
    found = marks_difference("tuned", "base", marks, *DRAWN)
    assert found.items == 6
    anchored = found.differences["anchored"]
    assert isinstance(anchored, Estimate)
    assert anchored.value == pytest.approx(2.5)
    assert 2.0 <= anchored.low < 2.5 < anchored.high <= 3.0
    assert found.differences["specific"] == Estimate(0.0, 0.0, 0.0)


def test_a_system_against_itself_differs_by_nothing() -> None:
    """Same marks, same rows, same draws: exactly 0."""
    marks = [marked(row, "tuned", row % 5 + 1, 3, 1, 2, 5) for row in range(20)]
    found = marks_difference("tuned", "tuned", marks, *DRAWN)
    assert found.differences == dict.fromkeys(MEASURES, Estimate(0.0, 0.0, 0.0))


def test_the_regression_is_that_of_scikit_learn() -> None:
    """With the tied pair added and the slope's penalty: mixed outcomes, all won, all lost."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - takes seconds

    drawn = np.random.default_rng(4)
    slopes = np.tanh(drawn.normal(size=60))
    weights = drawn.integers(0, 4, (1, 60)).astype(np.float64)
    features = np.concatenate([slopes, slopes, [0.0, 0.0]])[:, None]
    won = np.concatenate([np.ones(60), np.zeros(60), [1.0, 0.0]])
    for outcomes in (drawn.choice([0.0, 0.5, 1.0], 60), np.ones(60), np.zeros(60)):
        shares = np.concatenate([weights[0] * outcomes, weights[0] * (1 - outcomes), [0.5, 0.5]])
        peer = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-8)
        level = peer.fit(features, won, shares).intercept_[0]
        rate = fit(outcomes, slopes, weights)[0]
        assert rate == pytest.approx(1 / (1 + np.exp(-level)), abs=1e-6)


def test_a_judge_that_goes_by_length_finds_no_winner_at_equal_length() -> None:
    """Longer answers win more often, and the system writes longer ones: its edge is gone."""
    drawn = np.random.default_rng(2)
    longer_by = drawn.normal(60, 60, 4000)
    wins = drawn.random(4000) < 1 / (1 + np.exp(-2 * np.tanh(longer_by / longer_by.std())))
    outcomes = wins.astype(np.float64)
    found = controlled(outcomes, longer_by, np.arange(4000), draw_weights(4000, 4, 0))
    assert isinstance(found, tuple)
    assert outcomes.mean() > 0.7
    assert found[0] == pytest.approx(0.5, abs=0.03)


def test_lengths_that_differ_by_the_same_cannot_be_controlled() -> None:
    """Then the length's part and the system's cannot be told apart; equal lengths need no control.

    Three of four won, with the tied pair that is added: 3.5 of 5.
    """
    outcomes, position = np.array([1.0, 1.0, 1.0, 0.0]), np.arange(4)
    draws = draw_weights(4, 10, 0)
    same = controlled(outcomes, np.full(4, 7.0), position, draws)
    assert same == Unscored(ALL_THE_SAME)
    equal = controlled(outcomes, np.zeros(4), position, draws)
    assert isinstance(equal, tuple)
    assert equal[0] == pytest.approx(0.7)


def test_nothing_judged_has_no_length() -> None:
    """Where no verdict could be read, nobody is 0 characters longer; a shorter one is called so."""
    unread = ItemPreference("8-1", "8", "tuned", "base", 99, "x", Unscored("the judge refused"))
    found = judged_pairs("tuned", "base", [unread], *DRAWN)
    assert found.mean_longer_by is None
    assert "characters" not in "\n".join(pairs_lines(found))
    shorter = judged_pairs("tuned", "base", [preference(1, 1.0, "1", "2", longer_by=-151)], *DRAWN)
    assert "(tuned is 151 characters shorter on average)" in "\n".join(pairs_lines(shorter))
