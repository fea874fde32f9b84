"""`qa` scored: several right answers by mean and by the nearest, baselines, and the ceiling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.measuring.qa import REFERENCE, score_qa
from eval.measuring.scoring import score_all
from eval.pages.results import read_scored
from eval.records import ItemScore, RunResult, Unscored
from eval.report import main as report
from eval.score import main as score
from eval.systems.qa_baselines import one_each, qa_baselines
from eval.tasks import Item, take_apart
from eval.text.encoder import Encoder
from preprocess.qa_records import INSTRUCTION, JOINED, PLAIN, QaRow
from tests.eval.rows import RUN, prediction, write_data, write_predictions

ONE, OTHER = "월요일에 쉽니다.", "매주 월요일에 쉽니다. 공휴일도 쉽니다."


def qa_item(
    name: str = "1",
    question: str = "언제 쉬어?",
    answers: tuple[str, ...] = (ONE, OTHER),
    made: str = PLAIN,
) -> Item:
    """Make a question with its right answers."""
    row = QaRow(
        INSTRUCTION, question, answers[0], f"{name}-{made}", f"g{name}", name, answers, None, made
    )
    return take_apart(row, "qa")


def scored(output: str, system: str = "tuned", encoder: Encoder | None = None) -> ItemScore:
    """Score one output to a question with two right answers."""
    item = qa_item()
    given = [prediction(item, output, system=system)]
    return score_qa([item], given, encoder=encoder)[0]


def test_mean_and_max_over_the_right_answers() -> None:
    """One of two answers word for word: 1 with itself, 2·5 of 5 and 15 runs with the other.

    월요일에쉽니다. has 6 runs, the other 16, of which five of the six and 쉽니다 and 니다. again.
    """
    metrics = scored(ONE).metrics
    assert metrics["dice_max"] == metrics["rouge_max"] == 1.0
    assert metrics["dice_mean"] == pytest.approx((1 + 2 * 6 / (6 + 16)) / 2)
    assert metrics["dice_mean_plain"] == metrics["dice_mean"]
    assert metrics["dice_mean_joined"] == Unscored("no question has two topics")
    assert metrics["encoder_mean"] == Unscored("no sentence encoder was given")


def test_a_right_answer_is_held_against_the_others() -> None:
    """The ceiling leaves the answer itself out, once."""
    metrics = scored(ONE, REFERENCE).metrics
    assert metrics["dice_max"] == metrics["dice_mean"] == pytest.approx(2 * 6 / (6 + 16))


@pytest.mark.parametrize("output", ["", " \n"])
def test_an_empty_answer_is_like_none(output: str) -> None:
    """It is told to be empty and counts 0, with an encoder too."""
    found = scored(output, encoder=Encoder(Turned(), "turned"))
    assert found.unreadable == "empty"
    names = ("dice_mean", "dice_max", "rouge_mean", "encoder_mean", "encoder_max", "ends")
    assert [found.metrics[name] for name in names] == [0.0] * 6


class Turned:
    """An encoder whose vectors are turned by the length of a text."""

    def encode(self, texts: list[str], **_: object) -> np.ndarray:
        """Give each text a vector of length 1."""
        angles = np.array([len(text) for text in texts]) / 10
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_cosines_are_the_encoders() -> None:
    """Mean and max of the cosines with each right answer; one below 0 counts as 0."""
    metrics = scored("가" * 9, encoder=Encoder(Turned(), "turned")).metrics
    assert (len(ONE), len(OTHER)) == (9, 22)
    assert metrics["encoder_max"] == pytest.approx(1.0)
    assert metrics["encoder_mean"] == pytest.approx((1 + np.cos(1.3)) / 2, abs=1e-6)
    far = scored("가" * 40, encoder=Encoder(Turned(), "turned")).metrics
    assert far["encoder_max"] == 0.0


def items() -> tuple[list[Item], list[Item]]:
    """Make training and test questions, the last of them of two topics."""
    park, lend = "주차장에 40대를 댈 수 있습니다.", "다섯 권까지 빌릴 수 있습니다."
    train = [
        qa_item("10", "주차할 수 있어?", (park,)),
        qa_item("12", "주차할 수 있어?", (f"지하 {park}",)),
        qa_item("11", "책은 몇 권 빌릴 수 있어?", (lend,)),
        qa_item("11", "책은몇권빌릴수있어?", (lend,), made="no-spaces"),
    ]
    test = [
        qa_item("1", "차를 주차할 곳이 있나요?", (park, "지하에 있습니다.")),
        qa_item("2", "책은 몇 권까지 되나요?", (lend, "다섯 권입니다.")),
        qa_item(
            "2", "책은 몇 권? 그리고 주차는?", (f"{lend} {park}", "다섯 권, 지하."), made=JOINED
        ),
    ]
    return train, test


def test_baselines_know_the_training_questions_alone() -> None:
    """The nearest question's first answer, one answer for all, and one of each question's own."""
    train, test = items()
    assert len(one_each(train)) == 2
    found = {baseline.name: baseline for baseline in qa_baselines(train, test, seed=0)}
    assert list(found) == ["retrieval", "generic", "shuffled", REFERENCE]
    names = [item.row.id for item in test]
    nearest = [found["retrieval"].answers[name] for name in names[:2]]
    assert nearest == [train[0].row.output, train[2].row.output]
    assert len(set(found["generic"].answers.values())) == 1
    for item in test:
        assert isinstance(item.row, QaRow)
        assert found[REFERENCE].answers[item.row.id] in item.row.references


def test_one_right_answer_has_no_ceiling() -> None:
    """Where a question has a single answer, there are no others to hold it against."""
    train, test = items()
    alone = [*test, qa_item("3", "개는?", ("안 됩니다.",))]
    assert REFERENCE not in {baseline.name for baseline in qa_baselines(train, alone, seed=0)}


def test_all_systems_are_scored_in_one_path() -> None:
    """Baselines and a model get the same counts, each system in the order of the items."""
    train, test = items()
    given = {b.name: b.predictions(test) for b in qa_baselines(train, test, seed=0)}
    given["tuned"] = [prediction(item, item.row.output) for item in test]
    scores = score_all(test, train, given)
    assert [score.id for score in scores["tuned"]] == [item.row.id for item in test]
    assert [score.metrics["dice_max"] for score in scores["tuned"]] == [1.0] * 3
    assert scores["tuned"][2].metrics["dice_mean_plain"] == Unscored(
        "every question has two topics"
    )


def test_baselines_are_scored_before_there_is_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a model's answers there are scores and a page of the baselines, if asked for."""
    monkeypatch.chdir(tmp_path)
    write_data(tmp_path, "qa", *items())
    assert score(["--run", RUN, "--resamples", "1000"]) == 1
    assert score(["--run", RUN, "--resamples", "1000", "--baselines-alone"]) == 0
    assert report(["--run", RUN, "--out", "page"]) == 0


def test_scores_and_page_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands score a run of `qa`, and its page speaks of questions, not of cover letters."""
    monkeypatch.chdir(tmp_path)
    train, test = items()
    run = write_data(tmp_path, "qa", train, test)
    write_predictions(tmp_path, run, "tuned", test, [ONE, "<b>답</b>", ""])
    assert score(["--run", RUN, "--resamples", "1000"]) == 0
    result: RunResult = read_scored(run).result
    assert [s.system for s in result.systems] == [
        "tuned",
        "retrieval",
        "generic",
        "shuffled",
        REFERENCE,
    ]
    assert report(["--run", RUN, "--out", "page"]) == 0
    page = (tmp_path / "page" / "index.html").read_text(encoding="utf-8")
    shown = page.partition('<script type="application/json"')[0]
    assert "질문 묶음 2개" in shown
    assert "가장 높은 시스템은 유사 질문의 답" in shown  # the ceiling is no system
    assert "&lt;b&gt;답&lt;/b&gt;" in shown
    assert "자기소개서" not in shown
    assert "자기소개서" not in (tmp_path / "page" / "report.md").read_text(encoding="utf-8")
