"""What people said of a run: win rates, marks and agreement, against values worked by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from eval.comparing.slices import FEWEST_ESSAYS, TOO_FEW
from eval.judging.records import (
    ItemMarks,
    ItemPreference,
    JudgeCost,
    JudgeMarks,
    JudgeResult,
    Verdict,
)
from eval.rating.file import RatingFile, ratings_dir
from eval.rating.pairs import answers_sha256
from eval.rating.records import CRITERIA, Marks, Rating, RatingsResult
from eval.rating.records import Verdict as Preferred
from eval.rating.summary import ONE_EXPERT, Draws, advised_twice, experts_agree
from eval.ratings import main
from eval.records import Estimate, Prediction, Unscored
from eval.runs import Run
from preprocess.alpaca import encode_line, read_jsonl
from tests.eval.judging import LONE_ROWS, write_lone_run
from tests.eval.rows import RUN, item, point

THREES = Marks(3, 3, 3, 3, 3)
ROWS = LONE_ROWS
DRAWS = Draws(resamples=100, seed=0)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a run of six essays, one row each, and stand where its paths start."""
    monkeypatch.chdir(tmp_path)
    return write_lone_run(tmp_path)


def outputs(run: Run, system: str) -> dict[str, str]:
    """Read a system's answers by row."""
    path = run.predictions_dir / f"{system}.jsonl"
    return {p.id: p.output for p in read_jsonl(path, Prediction, cure="")}


def rating(
    run: Run,
    row: str,
    verdict: Preferred,
    systems: tuple[str, str] = ("tuned", "base"),
    marks: tuple[Marks, Marks] = (THREES, THREES),
) -> Rating:
    """Make `kim`'s rating of a row of the run, which is an essay of its own."""
    answers = {system: outputs(run, system)[row] for system in systems}
    return Rating(
        id=row,
        source_id=row,
        task="advice",
        rater="kim",
        first=systems[0],
        second=systems[1],
        answers_sha256=answers_sha256(answers),
        verdict=verdict,
        marks=None if verdict == "skipped" else marks,
        at="2026-11-20T00:00:00+00:00",
    )


def by_lee(of: Rating) -> Rating:
    """Give another rater's."""
    return msgspec.structs.replace(of, rater="lee")


def rated(run: Run, ratings: Sequence[Rating]) -> RatingsResult:
    """Save ratings as the page does, and compute the result as the command does."""
    for rater in {r.rater for r in ratings}:
        with RatingFile(ratings_dir(run), rater) as file:
            for one in ratings:
                if one.rater == rater:
                    file.append(one)
    assert main(["--run", RUN, "--resamples", "1000"]) == 0
    return msgspec.json.decode((run.eval_dir / "ratings.json").read_bytes(), type=RatingsResult)


def value(found: Estimate | Unscored) -> float:
    """Take a number that must be there."""
    assert isinstance(found, Estimate)
    assert found.low <= found.value <= found.high
    return found.value


def test_ties_count_half_whichever_side_won(run: Run) -> None:
    """Two wins, one of them as the second shown, a tie and two losses: (2 + 0.5) / 5."""
    turned = ("base", "tuned")
    result = rated(
        run,
        [
            rating(run, "1-1", "first"),
            rating(run, "1-2", "second", turned),
            rating(run, "2-1", "tie"),
            rating(run, "2-2", "second"),
            rating(run, "3-1", "first", turned),
            rating(run, "3-2", "skipped"),
        ],
    )
    (found,) = result.comparisons
    assert (found.system, found.other) == ("tuned", "base")
    assert (found.wins, found.ties, found.losses) == (2, 1, 2)
    assert (found.ratings, found.pairs, found.essays) == (5, 5, 5)
    assert value(found.win_rate) == pytest.approx(0.5)
    assert [(r.rater, r.rated, r.skipped, r.stale) for r in result.raters] == [("kim", 5, 1, 0)]


def test_marks_follow_their_system_to_either_side(run: Run) -> None:
    """Means are of the system, not of the side; the difference is of the same pairs."""
    high, low = Marks(5, 4, 3, 2, 1), Marks(1, 1, 1, 1, 1)
    result = rated(
        run,
        [
            *(rating(run, row, "first", marks=(high, low)) for row in ROWS[:3]),
            *(rating(run, row, "second", ("base", "tuned"), (THREES, high)) for row in ROWS[3:]),
        ],
    )
    (found,) = result.comparisons
    assert [c.criterion for c in found.criteria] == list(CRITERIA)
    assert [value(c.system) for c in found.criteria] == [5, 4, 3, 2, 1]
    assert [value(c.other) for c in found.criteria] == [2] * 5
    assert [value(c.difference) for c in found.criteria] == [3, 2, 1, 0, -1]


def test_a_system_against_every_other_is_a_row_each(run: Run) -> None:
    """Comparisons are kept apart, the tuned model first."""
    result = rated(
        run,
        [
            rating(run, "1-1", "first"),
            rating(run, "2-1", "second", ("base", "tuned-1shot")),
            rating(run, "3-1", "tie"),
        ],
    )
    assert [(c.system, c.other, c.ratings) for c in result.comparisons] == [
        ("tuned", "base", 2),
        ("tuned-1shot", "base", 1),
    ]
    assert isinstance(result.comparisons[1].win_rate, Unscored), "one essay has too little for one"


def test_the_longer_answer_is_told_apart(run: Run) -> None:
    """Preferred thrice longer, twice shorter; a tie and answers of one length do not count.

    Of the six that preferred one, four preferred the first.
    """
    long, short = outputs(run, "tuned"), outputs(run, "base-1shot")
    assert len(long["1-2"]) > len(short["1-2"])
    systems = ("tuned", "base-1shot")
    result = rated(
        run,
        [
            *(rating(run, row, "first", systems) for row in ROWS[:3]),
            *(rating(run, row, "second", systems) for row in ROWS[3:5]),
            rating(run, "3-2", "tie", systems),
            rating(run, "3-2", "first", ("tuned", "tuned-1shot")),
        ],
    )
    assert outputs(run, "tuned")["3-2"] == outputs(run, "tuned-1shot")["3-2"]
    assert value(result.longer) == pytest.approx(3 / 5)
    assert value(result.first_side) == pytest.approx(4 / 6)


def test_raters_are_compared_where_both_rated(run: Run) -> None:
    """Two raters, shown the pairs in opposite orders, agree on five of six; the sixth is a tie.

    By hand, nominal: 5 wins, 6 losses and 1 tie, 12 values, and one unit that differs:
    alpha = 1 − 11 · 2 / (12·12 − (5·5 + 6·6 + 1·1)) = 1 − 22/82.
    """
    ratings = []
    for row in ROWS:
        kim: Preferred = "first" if row.endswith("-1") else "second"
        lee: Preferred = "second" if row.endswith("-1") else "first"
        ratings += [
            rating(run, row, kim),
            by_lee(rating(run, row, "tie" if row == "3-1" else lee, ("base", "tuned"))),
        ]
    preference, *marks = rated(run, ratings).between_raters
    assert (preference.of, preference.items) == ("preference", 6)
    assert value(preference.value) == pytest.approx(1 - 22 / 82)
    assert [(m.of, m.items) for m in marks] == [(name, 12) for name in CRITERIA]
    assert all(isinstance(m.value, Unscored) for m in marks), "all marks are 3"


def test_a_pair_that_one_rater_skipped_is_not_shared(run: Run) -> None:
    """Agreement is of pairs that both rated; a mark on each side makes two things."""
    ratings = [rating(run, row, "tie") for row in ROWS]
    ratings += [by_lee(rating(run, "1-1", "tie")), by_lee(rating(run, "1-2", "skipped"))]
    assert [a.items for a in rated(run, ratings).between_raters] == [1, 2, 2, 2, 2, 2]


def test_one_rater_agrees_with_nobody(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """With one rater there is no agreement, and no 0 or 1 in its place; the table says so."""
    result = rated(run, [rating(run, row, "first") for row in ROWS])
    assert {a.items for a in result.between_raters} == {0}
    assert all(isinstance(a.value, Unscored) for a in result.between_raters)
    printed = capsys.readouterr().out
    assert "none: no item was rated twice" in printed
    assert "no judge has judged this run" in printed
    assert f"none: {ONE_EXPERT}" in printed
    assert "tuned to base  1.000 [1.000, 1.000]" in printed


def test_ratings_of_other_answers_do_not_count(run: Run) -> None:
    """A rating of answers that the run no longer has, or of a row that it no longer has, is old."""
    gone = msgspec.structs.replace(rating(run, "3-1", "second"), id="9-9")
    other = msgspec.structs.replace(rating(run, "3-2", "second"), answers_sha256="0" * 64)
    result = rated(run, [rating(run, "1-1", "first"), rating(run, "2-1", "tie"), gone, other])
    assert [(r.rated, r.stale) for r in result.raters] == [(2, 2)]
    assert result.comparisons[0].ratings == 2


def test_the_judge_is_compared_with_people(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Where `judge.json` judged the same answers, its kappas with people stand beside."""
    leads = {row: float(row.endswith("-1")) for row in ROWS}
    ratings = [
        rating(
            run,
            row,
            "first" if lead else "second",
            marks=(Marks(4, 4, 4, 4, 2 + int(lead)), THREES),
        )
        for row, lead in leads.items()
    ]
    preferences = tuple(
        ItemPreference(
            id=r.id,
            source_id=r.source_id,
            system="tuned",
            other="base",
            longer_by=1,
            answers_sha256=r.answers_sha256,
            verdict=Verdict(leads[r.id], ("1", "2") if leads[r.id] else ("2", "1")),
        )
        for r in ratings
    )
    marks = tuple(
        ItemMarks(r.id, r.source_id, "tuned", JudgeMarks(4, 4, 4, 4, r.marks[0].tone))
        for r in ratings
        if r.marks
    )
    judged = JudgeResult(
        run=RUN,
        task="advice",
        settings={},
        cost=JudgeCost(0, 0, 0, 0, 0),
        systems=(),
        differences=(),
        comparisons=(),
        with_people=(),
        people="",
        marks=marks,
        preferences=preferences,
    )
    run.eval_dir.mkdir(parents=True, exist_ok=True)
    (run.eval_dir / "judge.json").write_bytes(msgspec.json.encode(judged))
    result = rated(run, ratings)
    found = {a.of: a for a in result.with_judge}
    assert value(found["preference"].value) == 1
    assert value(found["tone"].value) == 1
    assert isinstance(found["valid"].value, Unscored), "both always gave 4"
    assert "judge and raters, preference: Cohen's kappa" in capsys.readouterr().out


def test_two_experts_on_one_text_are_the_ceiling() -> None:
    """Sentences 2 and 3 against 3 and 4, one of them the same: F1 2·1 / (2·1 + 1 + 1)."""
    said = {
        "a": point("bad", 2, 3, text="막연합니다."),
        "b": point("bad", 3, 4, text="길어요."),
        "c": point("bad", 2, 3, text="막연합니다."),
    }
    texts = [
        item(of, item_id=f"{k}-1", source_id=f"{k}{who}", group=f"g{k}")
        for k in range(FEWEST_ESSAYS)
        for who, of in said.items()
    ]
    met = advised_twice([*texts, item(point("good", 1), item_id="7-1", source_id="7")])
    assert [(a.row.source_id, b.row.source_id) for a, b in met] == [
        (f"{k}{a}", f"{k}{b}") for k in range(FEWEST_ESSAYS) for a, b in ("ab", "bc")
    ]
    assert value(experts_agree(met, DRAWS)) == pytest.approx(0.5)
    assert experts_agree([], DRAWS) == Unscored(ONE_EXPERT)
    assert experts_agree(met[:-2], DRAWS) == TOO_FEW


GOOD_LINE = {"id": "1-1", "source_id": "1", "task": "advice", "rater": "kim", "first": "tuned"}
GOOD_LINE |= {"second": "base", "answers_sha256": "0", "verdict": "skipped", "at": "now"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "missing required field `marks`"),
        ({"marks": None, "verdict": "tie"}, "a skipped pair has no marks"),
        ({"marks": [dict.fromkeys(CRITERIA, 3)] * 2}, "a skipped pair has no marks"),
        ({"marks": None, "second": "tuned"}, "tuned cannot be compared with itself"),
        ({"marks": None, "verdict": "best"}, r"\$.verdict"),
        ({"marks": None, "mood": 1}, "unknown field `mood`"),
        (
            {"marks": [dict.fromkeys(CRITERIA, 6)] * 2, "verdict": "tie"},
            r"<= 5 - at `\$.marks\[0\].anchored`",
        ),
        ({"marks": None, "rater": "lee"}, "is of rater lee"),
    ],
)
def test_a_line_that_is_no_rating_is_named(
    run: Run, capsys: pytest.CaptureFixture[str], wrong: dict[str, object], said: str
) -> None:
    """File, line and field stand in the error, and nothing is computed."""
    path = ratings_dir(run) / "kim.jsonl"
    path.parent.mkdir(parents=True)
    first = encode_line(rating(run, "1-1", "first"))
    path.write_bytes(first + json.dumps({**GOOD_LINE, **wrong}).encode() + b"\n")
    assert main(["--run", RUN]) == 1
    error = capsys.readouterr().err
    assert f"{path}, line 2" in error
    assert re.search(said, error)


def test_nothing_rated_is_an_error(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """No file, and a file of skipped pairs alone, are said with the command that cures it."""
    assert main(["--run", RUN]) == 1
    assert "has no ratings; make some with: python -m eval.rate" in capsys.readouterr().err
    with RatingFile(ratings_dir(run), "kim") as file:
        file.append(rating(run, "1-1", "skipped"))
    assert main(["--run", RUN]) == 1
    assert "has no rating of the answers" in capsys.readouterr().err


def test_who_rated_nothing_is_no_rater(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty file, as a killed page leaves it, is not counted; alone it is no ratings."""
    path = ratings_dir(run) / "park.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert main(["--run", RUN]) == 1
    assert "has no ratings; make some with" in capsys.readouterr().err
    result = rated(run, [rating(run, "1-1", "first")])
    assert [r.rater for r in result.raters] == ["kim"]


def test_a_seed_below_zero_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """The option is named."""
    with pytest.raises(SystemExit) as ended:
        main(["--run", RUN, "--seed", "-1"])
    assert ended.value.code == 2
    assert "argument --seed: must be at least 0" in capsys.readouterr().err


def test_a_judge_file_that_is_none_is_an_error(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken `judge.json` is named with its cure, and not passed over."""
    with RatingFile(ratings_dir(run), "kim") as file:
        file.append(rating(run, "1-1", "first"))
    path = run.eval_dir / "judge.json"
    path.write_text("{", encoding="utf-8")
    assert main(["--run", RUN]) == 1
    assert f"{path}: " in capsys.readouterr().err
