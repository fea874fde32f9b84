"""Tables of W&B that the report has too: differences with their p, parts of the test set."""

from __future__ import annotations

from pathlib import Path

from axolotl_configs.tracking_tables import (
    Scores,
    difference_table,
    prediction_table,
    slice_table,
)
from eval.records import (
    Difference,
    Estimate,
    Prediction,
    RunResult,
    SliceResult,
    SystemResult,
    Unscored,
)
from preprocess.alpaca import AlpacaRow, write_jsonl

GAP = Difference("tuned", "base", "rouge_l", Estimate(0.2, 0.1, 0.3), 0.001, 0.004, 0.08)
NONE = Difference("tuned", "base", "kappa", Unscored("no output has a grade"))
PART = SliceResult("job", "물류", "tuned", 8, 6, {"rouge_l": Estimate(0.5, 0.4, 0.6)})
SMALL = SliceResult("job", "회계", "tuned", 2, 1, {"rouge_l": Unscored("fewer than 5 essays")})
ENDPOINT = "openai:lab/model"


def result(test: str = "") -> RunResult:
    """Make a result with differences and slices."""
    systems = (SystemResult(ENDPOINT, 1, 1, {}),)
    return RunResult("r", "overall", {"test_file": test}, systems, (GAP, NONE), (PART, SMALL))


def test_differences_have_what_the_page_has() -> None:
    """Each row ends in p, Holm's p and the detectable difference, empty where there is none."""
    table = difference_table(result())
    assert [len(row) for row in table.rows] == [len(table.columns)] * 2
    assert table.rows[0][-3:] == [0.001, 0.004, 0.08]
    assert table.rows[1][-4:] == ["no output has a grade", None, None, None]


def test_parts_of_the_test_set_are_rows() -> None:
    """A part that is too small has its reason instead of a number."""
    table = slice_table(result())
    assert [len(row) for row in table.rows] == [len(table.columns)] * 2
    assert table.rows[0][:9] == ["job", "물류", 8, 6, "tuned", "rouge_l", 0.5, 0.4, 0.6]
    assert table.rows[1][-1] == "fewer than 5 essays"


def test_a_model_with_a_slash_in_its_name_has_its_predictions(tmp_path: Path) -> None:
    """The file of such a system is named with the slash escaped, and is found."""
    test = tmp_path / "test.jsonl"
    write_jsonl(test, [AlpacaRow("평가해 주세요.", "글", "총평", "1", "g1", "1")])
    said = Prediction("1", "1", "overall", ENDPOINT, "", "좋습니다.", "stop")
    write_jsonl(tmp_path / "openai:lab%2Fmodel.jsonl", [said])
    table = prediction_table(Scores(result(str(test)), tmp_path), 1)
    assert table.rows == [["1", "총평", "좋습니다."]]
