"""The table that scoring prints."""

from __future__ import annotations

from eval.measuring.measures import measures_of
from eval.printed import align, cells, difference_row, headline_table
from eval.records import Difference, Estimate, RunResult, SystemResult, Unscored


def test_columns_are_aligned_by_cells() -> None:
    """A Korean letter is as wide as two Latin ones."""
    assert cells("가나 ab") == 7
    assert align([["가나", "x"], ["abcd", "y"]]) == "가나  x\nabcd  y"


def test_table_has_the_columns_of_its_task() -> None:
    """The headline has its interval, what has no value a dash, and differences their verdict."""
    found: dict[str, Estimate | Unscored] = {
        metric.name: Unscored("none") for metric in measures_of("overall").metrics
    }
    found["kappa"] = Estimate(0.5, 0.25, 0.75)
    found["output_chars"] = Estimate(120.4, 100, 140)
    told = Difference("tuned", "base", "kappa", Estimate(0.5, 0.25, 0.75), p_holm=0.01)
    result = RunResult("r", "overall", {}, (SystemResult("tuned", 4, 4, found),), (told,))
    header, row, _, difference, _ = headline_table(result).split("\n")
    assert header.split()[:4] == ["system", "kappa", "[95", "%]"]
    assert row.split() == ["tuned", "0.500", "[0.250,", "0.750]", *"–––––", "120"]
    assert difference.endswith("higher  p=0.010 (Holm)")


def test_verdicts() -> None:
    """An interval that holds 0, a large corrected p and a missing value decide nothing."""
    lower = Estimate(-0.5, -0.6, -0.4)
    estimates = (lower, Estimate(0.1, -0.1, 0.3), Unscored("none"))
    rows = [difference_row(Difference("a", "b", "kappa", one), "kappa") for one in estimates]
    assert [row[3] for row in rows] == ["lower", "interval holds 0: undecided", ""]
    assert [row[4] for row in rows] == [""] * 3
    for p_holm, told in ((0.049, "lower"), (0.05, "undecided once corrected")):
        corrected = Difference("a", "b", "kappa", lower, p_holm=p_holm)
        assert difference_row(corrected, "kappa")[3] == told
