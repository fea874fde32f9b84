"""The study's measures, against numbers worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.records import Unscored
from interview.records import Measures
from interview.scores import Scored, main, measure, read_scored
from preprocess.alpaca import RecordError
from tests.real_data import real_data

ANSWERS = "input_part,output_answer,predicted_score,ground_truth_score,absolute_error"
NEXT = "input_part,next_question,predicted_similarity,ground_truth_similarity,absolute_error"
#: Two inputs with three candidates each: the first is right by 0.6, the second wrong by 0.1.
ROWS = """
인사 -> 안녕,가,0.8,1.0,0.2
인사 -> 안녕,나,0.2,0.0,0.2
인사 -> 안녕,다,-0.1,0.0,0.1
"인사 -> 네, 네",가,0.5,0.0,0.5
"인사 -> 네, 네",나,0.4,1.0,0.6
"인사 -> 네, 네",다,0.0,0.0,0.0
"""


def written(folder: Path, text: str) -> Path:
    """Write a table."""
    path = folder / "scores.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_measures_are_those_worked_by_hand(tmp_path: Path) -> None:
    """Accuracy 1/2, Mean_Diff (0.6 - 0.1) / 2, errors over all six pairs, Pearson's r."""
    found = measure(read_scored(written(tmp_path, ANSWERS + ROWS)))
    assert (found.inputs, found.pairs, found.accuracy) == (2, 6, 0.5)
    assert found.mean_diff == pytest.approx(0.25)
    assert found.mse == pytest.approx((0.04 + 0.04 + 0.01 + 0.25 + 0.36 + 0) / 6)
    assert found.mae == pytest.approx(1.6 / 6)
    # Sums: scores 1.8, squares 1.1, products with the truth 1.2; truth 2 and 2.
    above = 6 * 1.2 - 1.8 * 2
    assert found.pearson == pytest.approx(above / ((6 * 1.1 - 1.8**2) * (6 * 2 - 4)) ** 0.5)


def test_both_forms_of_the_study_are_read(tmp_path: Path) -> None:
    """Answers and next topics have other column names and the same measures."""
    answers = read_scored(written(tmp_path, ANSWERS + ROWS))
    assert read_scored(written(tmp_path, "\ufeff" + NEXT + ROWS)) == answers


def test_an_input_may_come_twice(tmp_path: Path) -> None:
    """The same input asked a second time is a second input."""
    once = read_scored(written(tmp_path, ANSWERS + ROWS))
    twice = read_scored(written(tmp_path, ANSWERS + ROWS.rstrip() + ROWS[ROWS.index('"') - 1 :]))
    assert twice == (*once, once[1])


def test_a_tie_is_not_right() -> None:
    """A right candidate that is level with another one is not picked."""
    found = measure([Scored("가", {"가": 0.5, "나": 0.5}, "가")])
    assert (found.accuracy, found.mean_diff) == (0.0, 0.0)
    assert found.pearson == Unscored("all scores are the same")


@given(st.lists(st.lists(st.sampled_from([0, 1]), min_size=2, max_size=5), min_size=1, max_size=5))
def test_the_truth_itself_is_perfect(shape: list[list[int]]) -> None:
    """Scores that are the truth have no error and correlate fully."""
    items = [
        Scored("", {str(k): float(k == 0) for k in range(len(candidates))}, "0")
        for candidates in shape
    ]
    found = measure(items)
    assert (found.accuracy, found.mean_diff, found.mse, found.mae) == (1, 1, 0, 0)
    assert found.pearson == pytest.approx(1)


def test_nothing_is_not_measured() -> None:
    """Without inputs there is no number."""
    with pytest.raises(ValueError, match="no inputs"):
        measure([])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: column input_part is missing"),
        (ANSWERS, "has no rows"),
        ("input_part,score\n가,1\n", "line 1: it has neither the columns output_answer"),
        (ANSWERS + "\n가,나,높음,1.0,0\n", "line 2, column predicted_score: '높음' is no number"),
        (ANSWERS + "\n가,나,nan,1.0,0\n", "line 2, column predicted_score: nan is not finite"),
        (ANSWERS + "\n가,나,1,0.5,0\n", "line 2, column ground_truth_score: 0.5 is neither 1 nor"),
        (ANSWERS + "\n가,나,1,0,0\n가,다,1,0,0\n", "line 3.*the input has 0 right candidates"),
        (ANSWERS + "\n가,나,1,1,0\n가,다,1,1,0\n", "line 3.*the input has 2 right candidates"),
        (ANSWERS + "\n가,나,1,1,0\n", "line 2.*one candidate only"),
        (ANSWERS + "\n가,나,1\n", "line 2: 3 cells where the header has 5"),
        (ANSWERS + '\n"가,나,1,0,0\n가,다\n', "starts on line 2: unexpected end.*close each quote"),
        (ANSWERS + "\n" + "가" * 140_000 + ",나\n", "line 2: field larger"),
        (ANSWERS + "\n가,나,1,1,0\n가,나,1,1,0\n", "line 3.*'나' is there since line 2.*leave one"),
        (ANSWERS + "\n가,나,1,1,0\n나,나,1,1,0\n", "line 2.*one candidate only"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    """File, line and column of what cannot be read are told."""
    with pytest.raises(RecordError, match=rf"scores.csv.*{told}"):
        read_scored(written(tmp_path, text))


def test_the_command_prints_a_line_per_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table has the measures; a missing file is one error."""
    path = written(tmp_path, ANSWERS + ROWS)
    assert main([str(path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].split() == ["2", "0.5000", "0.2500", "0.11667", "0.26667", "0.6944", path.name]
    assert main([str(path), str(tmp_path / "none.csv")]) == 1
    assert "none.csv is missing" in capsys.readouterr().err
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path} is a folder; name a file in it\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("output_answer__test_result_klue_roberta-base_epoch_5", (0.9125, 0.7331, 0.9191)),
        ("output_answer__test_result_klue_roberta-base_epoch_20", (0.9250, 0.8385, 0.9234)),
        ("next_question__test_result_klue_roberta-base_epoch_5", (1.0, 0.8951, 0.9923)),
        ("next_question__test_result_klue_roberta-base_epoch_20", (1.0, 0.9735, 0.9972)),
    ],
)
def test_the_studys_files_give_its_numbers(name: str, expected: tuple[float, ...]) -> None:
    """The study's own prediction files give the numbers that it published."""
    found: Measures = measure(
        read_scored(real_data() / "interview" / "sbert_results" / f"{name}.csv")
    )
    assert (found.accuracy, found.mean_diff, found.pearson) == pytest.approx(expected, abs=5e-5)
