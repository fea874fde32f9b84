"""The report: its sentences, its choice of examples, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from eval.measuring.measures import SCORED, measures_of
from eval.measuring.metrics import METRICS
from eval.pages.examples import BEST, MIDDLE, WORST, chosen
from eval.pages.forest import Measured, forest
from eval.pages.glossary import METRIC_WORDS, SYSTEM_WORDS, metric_word, system_word
from eval.pages.headline import (
    best_sentence,
    difference_sentence,
    never_sentence,
    unreadable_sentence,
)
from eval.pages.tables import MAIN
from eval.records import (
    Difference,
    Estimate,
    ItemScore,
    Prediction,
    RunResult,
    SystemResult,
    Unscored,
)
from eval.report import main
from eval.runs import Run
from eval.score import ORDER
from eval.score import main as score
from eval.systems.baselines import BASELINES
from preprocess.alpaca import read_jsonl, write_jsonl
from tests.eval.rows import RUN, write_anchored_run

COMMAND = ["--run", RUN, "--out", "reports/tiny"]
SCORE = ["--run", RUN, "--resamples", "1000"]
EVIL = "<script>document.title='깨짐'</script>|<img src=x onerror=alert(1)>"


def page() -> str:
    """Read the page."""
    return Path("reports/tiny/index.html").read_text(encoding="utf-8")


def test_every_metric_and_system_has_its_word() -> None:
    """The page can call everything that `eval.score` makes by name, and nothing else."""
    assert list(METRIC_WORDS) == [m.name for m in METRICS]
    assert set(ORDER) <= set(SYSTEM_WORDS)
    for task in ("advice", "overall", "revise", "write"):
        made = {"advice": BASELINES[:5], "revise": BASELINES[5:6], "write": BASELINES[6:7]}
        assert all(system_word(name, task) != name for name in made.get(task, BASELINES[:1]))


def test_every_task_has_its_first_table() -> None:
    """A first table has eight columns at most, all of them metrics of its task, headline among."""
    for task in SCORED:
        names = [metric.name for metric in measures_of(task).metrics]
        assert len(MAIN[task]) <= 8
        assert set(MAIN[task]) <= set(names)
        assert measures_of(task).headline in MAIN[task]
        assert all(metric_word(name, task).meaning for name in names)


def test_report_of_a_scored_run(run: Run) -> None:
    """Page and Markdown say what is best, how the numbers were made, and what the caller adds."""
    assert run.name == RUN
    Path("note.txt").write_text("읽는 이에게: <b>시험</b>", encoding="utf-8")
    assert score(SCORE) == 0
    extra = ["--notice", "지어낸 글로 한 시험입니다.", "--note-file", "note.txt", "--title", "시험"]
    assert main([*COMMAND, *extra]) == 0
    text, markdown = page(), Path("reports/tiny/report.md").read_text(encoding="utf-8")
    for shown in (text, markdown):
        assert "가장 높은 시스템은" in shown
        assert "자기소개서 3편뿐이므로" in shown
        assert "지어낸 글로 한 시험입니다." in shown
        assert "읽는 이에게: &lt;b&gt;시험&lt;/b&gt;" in shown
        assert "nw:2" in shown
    assert "<h1>시험</h1>" in text
    assert '<html lang="ko">' in text
    assert not re.findall(r"(?:src|href)=\"(?!#)", text)
    assert "http" not in text


def test_page_is_a_function_of_the_results(run: Run) -> None:
    """Two reports of one result are the same bytes."""
    assert score(["--run", run.name]) == 0
    assert main(COMMAND) == 0
    first = page()
    assert main(COMMAND) == 0
    assert page() == first


def test_markup_in_outputs_is_text(run: Run) -> None:
    """Script and markup of a model stay what they are: text."""
    path = run.predictions_dir / "tuned.jsonl"
    outputs = [EVIL, f"아쉬운점 1 [3] {EVIL}"]
    written = [
        Prediction(p.id, p.source_id, p.task, p.system, p.prompt, outputs[k % 2], "stop")
        for k, p in enumerate(read_jsonl(path, Prediction, cure=""))
    ]
    write_jsonl(path, written)
    assert score(SCORE) == 0
    assert main(COMMAND) == 0
    text = page()
    assert "<img" not in text
    assert text.count("<script>") == 1
    assert "&lt;script&gt;document.title" in text
    assert "읽을 수 없는 출력: 조언 형식이 없음" in text


def test_anchored_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of `advice-anchored` is told by its text scores, and warns of the marks."""
    monkeypatch.chdir(tmp_path)
    write_anchored_run(tmp_path)
    assert score(SCORE) == 0
    assert main(COMMAND) == 0
    assert "ROUGE-L: 가장 높은 시스템은" in page()
    assert "표시가 없는 과제의 점수와 비교할 수 없습니다" in page()
    assert "문장 위치 F1" not in page()


def test_unscored_run(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that was never scored names the command that scores it."""
    assert main(COMMAND) == 1
    assert f"{run.name} was not scored; run: python -m eval.score" in capsys.readouterr().err
    assert not Path("reports").exists()


def test_an_unscored_split_is_scored_with_its_option(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that cures names the split, without which the usual one would be scored."""
    assert main([*COMMAND, "--split", "test-firms"]) == 1
    cure = f"run: python -m eval.score --run {run.name} --split test-firms\n"
    assert cure in capsys.readouterr().err


def test_a_page_that_cannot_be_written(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that cannot be made is one error, with the option to change."""
    assert score(["--run", run.name, "--resamples", "1000"]) == 0
    Path("taken").write_text("", encoding="utf-8")
    assert main(["--run", RUN, "--out", "taken/page"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: taken/page cannot be written: ")
    assert "choose another --out" in error


@pytest.mark.parametrize("baseline", ["retrieval", "generic"])
def test_a_changed_baseline_is_noticed(
    run: Run, capsys: pytest.CaptureFixture[str], baseline: str
) -> None:
    """One other answer of a baseline stands beside scores that are not its own."""
    assert score(SCORE) == 0
    path = run.predictions_dir / f"{baseline}.jsonl"
    first, *others = read_jsonl(path, Prediction, cure="")
    write_jsonl(path, [msgspec.structs.replace(first, output="딴 답"), *others])
    assert main(COMMAND) == 1
    told = f"{run.predictions_dir} changed since scoring; run: python -m eval.score"
    assert told in capsys.readouterr().err
    assert score(SCORE) == 0
    assert main(COMMAND) == 0


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("eval/result.json", "make it again with: python -m eval.score"),
        ("eval/scores.jsonl", "scores.jsonl changed since scoring"),
        ("eval/predictions/tuned.jsonl", "changed since scoring"),
        ("eval/predictions/generic.jsonl", "predictions changed since scoring"),
    ],
)
def test_damaged_results(
    run: Run, capsys: pytest.CaptureFixture[str], file: str, told: str
) -> None:
    """Results that lost a line, or are not of these predictions, are refused with the cure."""
    assert score(SCORE) == 0
    path = run.output_dir / file
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert main(COMMAND) == 1
    printed = capsys.readouterr().err
    assert told in printed
    assert "python -m eval.score --run" in printed


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (Estimate(0.2, 0.1, 0.3), "은 기반 모델보다 0.200 높습니다"),
        (Estimate(-0.2, -0.3, -0.1), "은 기반 모델보다 0.200 낮습니다"),
        (Estimate(0.2, -0.1, 0.5), "어느 쪽이 낫다고 말할 수 없습니다"),
        (Estimate(0.1, 0.0, 0.2), "어느 쪽이 낫다고 말할 수 없습니다"),
        (Unscored("no items"), "차이를 계산할 수 없습니다(항목이 없음)"),
    ],
)
def test_headline_claims_no_more_than_the_interval(
    estimate: Estimate | Unscored, expected: str
) -> None:
    """A difference whose interval holds 0 is undecided."""
    difference = Difference("tuned", "base", "location_f1", estimate)
    assert expected in difference_sentence(difference, "advice")


def compared(essays: int, resamples: str, pairs: int = 2) -> RunResult:
    """Make a result of many essays with some differences of one sign, and the applicant on top."""
    half, best = Estimate(0.5, 0.4, 0.6), Estimate(0.9, 0.8, 1.0)
    systems = tuple(
        SystemResult(name, essays, essays, {"question_rank": found, "readable": found})
        for name, found in (("tuned", half), ("applicant", best))
    )
    told = (Difference("tuned", "base", "question_rank", half, p=0.001, p_holm=0.01),) * pairs
    return RunResult("r", "write", {"resamples": resamples}, systems, told)


def test_a_person_is_not_the_best_system() -> None:
    """What the applicant wrote scores highest, and the best system is told all the same."""
    assert "미세조정 모델입니다. 0.500" in best_sentence(compared(60, "10000"))


@pytest.mark.parametrize(
    ("essays", "pairs", "told"),
    [(8, 2, ""), (8, 5, "p가 0.051 아래로"), (60, 5, ""), (60, 102, "비교 102가지")],
)
def test_a_test_set_too_small_for_any_claim_says_so(essays: int, pairs: int, told: str) -> None:
    """Eight essays' smallest p is 0.0103 and sixty's 0.00049, times the number of comparisons."""
    sentences = "".join(never_sentence(compared(essays, "10000", pairs)))
    assert told in sentences
    assert bool(told) == bool(sentences)


@pytest.mark.parametrize(
    ("readable", "expected"),
    [
        (Estimate(0.0, 0.0, 0.0), ["기반 모델(0%)"]),
        (Estimate(0.49, 0.4, 0.6), ["기반 모델(49%)"]),
        (Estimate(0.498, 0.4, 0.6), ["기반 모델(49%)"]),
        (Estimate(0.5, 0.4, 0.6), []),
        (Unscored("none"), []),
    ],
)
def test_headline_names_systems_that_mostly_fail_the_form(
    readable: Estimate | Unscored, expected: list[str]
) -> None:
    """A base model at 0 for want of form is not told as one that gives bad advice."""
    base = SystemResult("base", 1, 1, {"readable": readable})
    tuned = SystemResult("tuned", 1, 1, {"readable": Estimate(1.0, 1.0, 1.0)})
    told = list(unreadable_sentence(RunResult("r", "advice", {}, (base, tuned), ())))
    assert [name for name in expected if name in "".join(told)] == expected
    assert len(told) == len(expected)
    assert not any("미세조정" in sentence for sentence in told)


@pytest.mark.parametrize("count", [0, 1, 2, 5, 8, 30])
def test_examples_are_chosen_by_rule(count: int) -> None:
    """Three worst, two in the middle, three best; all where there are eight or fewer."""
    scores = [ItemScore(f"{k:02}", "e", "tuned", None, {}, {"m": k / 100}) for k in range(count)]
    places = chosen([*scores[::-1], ItemScore("x", "e", "t", None, {}, {"m": Unscored("")})], "m")
    assert len(places) == min(8, count)
    assert list(places) == sorted(places)
    if count == 30:
        assert list(places.values()) == [WORST] * 3 + [MIDDLE] * 2 + [BEST] * 3
        assert list(places) == ["00", "01", "02", "14", "15", "27", "28", "29"]


@pytest.mark.parametrize(
    ("estimates", "ticks", "zero"),
    [
        ([(0.5, 0.4, 0.62)], ["0", "0.2", "0.4", "0.6", "0.8"], None),
        ([(0.1, -0.1, 0.3)], ["−0.1", "0", "0.1", "0.2", "0.3"], 25.0),
        ([(0.0, 0.0, 0.0)], ["0", "0.01"], None),
    ],
)
def test_forest_holds_intervals_between_its_ticks(
    estimates: list[tuple[float, float, float]], ticks: list[str], zero: float | None
) -> None:
    """The axis has round ticks, holds 0 and everything drawn."""
    plot = forest([Measured("k", "l", "v", "", Estimate(*e)) for e in estimates])
    assert [text for _, text in plot.ticks] == ticks
    assert plot.zero == zero
    assert all(0 <= r.left <= r.dot <= r.left + r.width <= 100 for r in plot.rows)
