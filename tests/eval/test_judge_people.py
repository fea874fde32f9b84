"""How a judge's verdicts and marks are set beside those of people."""

from __future__ import annotations

from pathlib import Path

from eval.judging.people import in_words, people_prefer, read_all_ratings, with_people
from eval.judging.records import ItemMarks, ItemPreference, JudgeMarks, Verdict
from eval.rating.file import ratings_dir
from eval.rating.pairs import answers_sha256
from eval.rating.records import CRITERIA, Marks, Rating
from eval.rating.records import Verdict as Said
from eval.records import Estimate, Unscored
from eval.runs import Run
from preprocess.alpaca import write_jsonl

ANSWERS = {"tuned": "아쉬운점 1 [1] 막연합니다.", "base": "저는 지원합니다."}
SHA = answers_sha256(ANSWERS)
HIGH, LOW = (5, 5, 5, 5, 5), (1, 2, 1, 2, 1)


def rating(row: int, verdict: Said, *, swapped: bool = False, sha: str = SHA) -> Rating:
    """Make a rating of tuned beside base, high marks for the one on the left."""
    systems = ("base", "tuned") if swapped else ("tuned", "base")
    marks = None if verdict == "skipped" else (Marks(*HIGH), Marks(*LOW))
    at = "2026-11-20T03:00:00Z"
    return Rating(f"{row}-1", str(row), "advice", "a", *systems, sha, verdict, marks, at)


def preference(row: int, preferred: float) -> ItemPreference:
    """Make the judge's verdict on the same answers."""
    verdict = Verdict(preferred, ("1", "2"))
    return ItemPreference(f"{row}-1", str(row), "tuned", "base", 5, SHA, verdict)


def judge_marks(row: int, system: str, marks: tuple[int, ...]) -> ItemMarks:
    """Make the judge's marks."""
    return ItemMarks(f"{row}-1", str(row), system, JudgeMarks(*marks))


def test_full_agreement_is_one_on_whichever_side_a_system_stood() -> None:
    """Verdicts and marks that say the same of each answer have a kappa of 1."""
    rows = range(12)
    ratings = [rating(row, "first", swapped=row % 2 == 0) for row in rows]
    preferences = [preference(row, float(row % 2)) for row in rows]
    marks = [
        judge_marks(row, system, HIGH if (system == "tuned") == row % 2 else LOW)
        for row in rows
        for system in ("tuned", "base")
    ]
    found = with_people(ratings, preferences, marks, seed=0)
    assert [(one.of, one.items) for one in found] == [
        ("preference", 12),
        *((criterion, 24) for criterion in CRITERIA),
    ]
    values = [one.value.value for one in found if isinstance(one.value, Estimate)]
    assert values == [1.0] * 6


def test_what_was_skipped_or_is_of_other_answers_is_left_out() -> None:
    """A rating of answers that have changed since says nothing of the judge."""
    ratings = [rating(1, "skipped"), rating(2, "first", sha="of other answers")]
    preferences = [preference(1, 1.0), preference(2, 1.0)]
    assert with_people(ratings, preferences, [], seed=0) == ()


def test_one_and_the_same_verdict_is_no_agreement() -> None:
    """Where all say the same of everything there is no kappa, and it is said why."""
    found = with_people([rating(1, "first")], [preference(1, 1.0)], [], seed=0)
    assert isinstance(found[0].value, Unscored)
    assert [one.of for one in found] == ["preference"]


def test_a_preference_is_seen_from_the_judged_system() -> None:
    """First and second are places; who stood there decides."""
    assert people_prefer(rating(1, "second"), "tuned") == 0.0
    assert people_prefer(rating(1, "second", swapped=True), "tuned") == 1.0
    assert people_prefer(rating(1, "tie"), "tuned") == 0.5


def test_agreement_is_said_in_words_also_where_there_is_none(run: Run) -> None:
    """Numbers with their count, or that nobody knows and what to do."""
    found = with_people([rating(1, "first")], [preference(1, 1.0)], [], seed=0)
    assert "preference" in in_words(found, run)
    assert "(1 ratings)" in in_words(found, run)
    assert in_words((), run).endswith(f"python -m eval.rate --run {run.name}")


def test_all_raters_are_read(run: Run) -> None:
    """Each has a file; without any there are no ratings."""
    assert read_all_ratings(run) == []
    path = Path(ratings_dir(run)) / "a.jsonl"
    write_jsonl(path, [rating(1, "first"), rating(2, "tie")])
    assert read_all_ratings(run) == [rating(1, "first"), rating(2, "tie")]
