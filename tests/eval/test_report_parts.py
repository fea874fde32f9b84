"""Parts of the report: where systems and experts part, slices, all items, other results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from eval.comparing.agreement import ONE_VALUE
from eval.in_force import answers_fingerprint, ratings_fingerprint
from eval.judging.people import PLAIN
from eval.judging.records import JudgeCost, JudgeResult
from eval.judging.results import judged_pairs, system_marks
from eval.korean.records import OCELOT, Answered, KobestDifference, KobestResult, KobestScore
from eval.pages.html import environment
from eval.pages.invented import NOTICE, REPLICA
from eval.pages.item_browser import browsed
from eval.pages.judge_section import judge_section
from eval.pages.kobest_section import WITHOUT_BASE, kobest_section
from eval.pages.parting import PLACES, Marked, crossed, marked_sentence, marks, parting, place
from eval.pages.people_section import people_section
from eval.pages.results import Scored, read_scored
from eval.pages.slice_plots import slice_plots
from eval.rating.records import (
    Agreement,
    Comparison,
    CriterionResult,
    RaterResult,
    RatingsResult,
)
from eval.rating.summary import NOT_RATED
from eval.ratings import NO_JUDGE
from eval.records import Estimate, RunResult, SliceResult, Unscored
from eval.report import main
from eval.runs import Run, fingerprint
from eval.score import main as score
from preprocess import datasheet
from preprocess.alpaca import write_points
from tests.eval.report_rows import EVIL, JOBS, write_many
from tests.eval.rows import BAD, GOOD, RUN, item, point, prediction
from tests.eval.task_rows import write_task_run
from tests.eval.test_judge_results import marked, preference

HALF = Estimate(0.5, 0.4, 0.6)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Score a run with facts, once."""
    root = tmp_path_factory.mktemp("parts")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        run = write_many(root)
        assert score(["--run", RUN, "--resamples", "1000", "--encoder", "none"]) == 0
        return read_scored(run)


def test_marks_of_both_sides_are_told_apart() -> None:
    """The expert marks 2 good and 3, 4 bad; the system 2 bad and 3 bad, so 2 is crossed."""
    given = item(GOOD, BAD)
    said = prediction(given, write_points([point("bad", 2), point("bad", 3)]))
    found = list(marks([given], [said]))
    assert [(m.sentence, m.polarity, m.whose) for m in found] == [
        (2, "bad", "system"),
        (2, "good", "expert"),
        (3, "bad", "both"),
        (4, "bad", "expert"),
    ]
    assert crossed(found) == 1
    unread = list(marks([given], [prediction(given, "저는")]))
    assert [m.whose for m in unread] == ["expert"] * 3


def test_experts_who_mark_everything_are_told() -> None:
    """All four sentences marked, some twice: 100 %; three of four are none to warn of."""
    every = item(point("good", 1, 2), point("bad", 2, 3, 4))
    assert "문장 4개 가운데 4개(100%)" in "".join(marked_sentence([every]))
    assert list(marked_sentence([every, item(GOOD, BAD)])) == []
    assert list(marked_sentence([])) == []


@pytest.mark.parametrize(
    ("sentence", "places"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3), (8, 4)]
)
def test_sentences_have_their_place(sentence: int, places: int) -> None:
    """First and last stand alone, those between in three parts."""
    long = replace(item(GOOD), sentences=tuple("가나다라마바사아"))
    assert place(Marked(long, sentence, "good", "both")) == PLACES[places]


def test_counts_of_the_plot_are_those_of_the_scores(scored: Scored) -> None:
    """Summed over places, what both mark, and either alone, are the counts behind the F1."""
    drawn = parting(scored, "tuned")
    assert drawn is not None
    for _, polarity, bars in drawn.groups:
        for k, name in enumerate(("fn", "tp", "fp")):
            counted = sum(s.counts[f"{polarity}_{name}"] for s in scored.scores["tuned"])
            assert sum(bar.counts[k] for bar in bars) == counted
        assert sum(sum(bar.counts) for bar in bars) > 0
    assert drawn.kinds is not None
    assert {row.label for row in drawn.kinds.rows} == {"지원 동기", "성격"}
    assert [row.label for row in drawn.systems.rows][:2] == ["미세조정 모델", "기반 모델"]


def test_slices_share_a_scale_and_have_all_systems(scored: Scored) -> None:
    """Jobs and kinds of question have a plot on the same axis, and a table of six systems."""
    plots = slice_plots(scored.result, "tuned")
    assert [part.by for part in plots] == ["직무", "문항 종류"]
    assert plots[0].plot.ticks == plots[1].plot.ticks
    assert [row.label for row in plots[0].plot.rows] == ["물류", "회계"]
    assert len(plots[0].table.heads) == len(scored.result.systems) == 6


def part(by: str, value: str, **metrics: Estimate | Unscored) -> SliceResult:
    """Make the tuned model's metrics on a part of the test set."""
    return SliceResult(by, value, "tuned", 9, 9, {"kappa": HALF, "grade_error": HALF, **metrics})


def test_parts_by_grade_are_told_by_the_error_of_the_grade() -> None:
    """Where all grades are one a kappa is 0; the error has a scale of its own, and says why."""
    error = Estimate(1.5, 1.0, 2.0)
    parts = [part("job", job) for job in JOBS]
    lacking = {"kappa": Unscored("no interval: 3% of the resamples have no value")}
    parts.append(part("job", "연구", **lacking))
    parts += [part("grade", f"{k}점대", grade_error=error) for k in (2, 3)]
    job, grade = slice_plots(RunResult("r", "overall", {}, (), (), tuple(parts)), "tuned")
    assert (job.metric, job.note) == ("평점 카파", "")
    assert job.left_out == ("연구(재표집의 3%에 값이 없어 구간이 없음)",)
    assert grade.metric == "평점 오차"
    assert "카파가 0이 되므로" in grade.note
    assert [row.value for row in grade.plot.rows] == ["1.50 [1.00, 2.00]"] * 2
    assert (job.plot.ticks[-1][1], grade.plot.ticks[-1][1]) == ("0.6", "2")


def test_one_part_alone_is_not_drawn() -> None:
    """A way to part the test set of which one part is large enough compares nothing."""
    parts = (
        *(part("job", job) for job in JOBS),
        part("length", "500자 미만"),
        part("length", "1,000자 이상", kappa=Unscored("fewer than 5 essays")),
    )
    drawn = slice_plots(RunResult("r", "overall", {}, (), (), parts), "tuned")
    assert [plot.by for plot in drawn] == ["직무"]


def test_data_of_the_browser_cannot_leave_its_element(scored: Scored) -> None:
    """No sign of HTML is in the JSON, and it reads back as what the model said."""
    told = browsed(scored, "tuned")
    assert not set("<>&\u2028\u2029") & set(told)
    read = msgspec.json.decode(told)
    assert len(read["items"]) == 24
    said = read["items"][0]["answers"][read["leading"]]["points"][0]["text"]
    assert said == " ".join(EVIL.removeprefix("아쉬운점 1 [3] ").split())
    assert read["jobs"] == ["물류", "회계"]


def test_what_was_not_asked_is_one_sentence() -> None:
    """Without a judge, people or KoBEST there is a sentence with the command, and no table."""
    for section in (
        judge_section(None, "RUN=x"),
        people_section(None, "RUN=x"),
        kobest_section(None, "x"),
    ):
        assert len(section.sentences) == 1
        assert "RUN=x" in section.sentences[0]
        assert section.tables == ()


def judge_result() -> JudgeResult:
    """Make a judge's result of three rows."""
    drawn = (1000, 0)
    rows = [marked(k, "tuned", 4, 4, 3, 4, 5) for k in (1, 2)] + [marked(3, "tuned")]
    verdicts = [preference(k, 1.0, "1", "2", longer_by=k) for k in (1, 2, 3)]
    chars = {one.id: 10 for one in rows}
    return JudgeResult(
        run=RUN,
        task="advice",
        settings={"model": "judge-<b>7b</b>", "rows": "3 of 4 rows"},
        cost=JudgeCost(9, 9, 1200, 340, 0),
        systems=(system_marks("tuned", rows, chars, *drawn),),
        differences=(),
        comparisons=(judged_pairs("tuned", "base", verdicts, *drawn),),
        with_people=(Agreement("valid", PLAIN, 3, Unscored(ONE_VALUE)),),
        people="",
        marks=(),
        preferences=(),
    )


def people_result() -> RatingsResult:
    """Make the result of one rater."""
    criterion = CriterionResult("valid", HALF, HALF, Estimate(-0.25, -0.5, 0.1))
    return RatingsResult(
        run=RUN,
        task="advice",
        raters=(RaterResult("민지", 12, 1, 0),),
        comparisons=(Comparison("tuned", "base", 12, 12, 6, 7, 2, 3, HALF, (criterion,)),),
        first_side=HALF,
        longer=Unscored(NOT_RATED),
        between_raters=(Agreement("preference", "Krippendorff's alpha, nominal", 5, HALF),),
        with_judge=(),
        judge=NO_JUDGE.format(run="x"),
        experts=HALF,
        expert_pairs=4,
        settings={},
    )


def kobest_result(**made_from: str) -> KobestResult:
    """Make the result of one task."""
    answered = Answered("tuned", "copa", 5, "01", "00", 3, "1", "x", 1.0, made_from)
    return KobestResult(
        run=RUN,
        settings={},
        answered=(answered,),
        scores=(
            KobestScore("shortest", "copa", 0, "macro_f1", 0.467, 0.02, 100, 0.467),
            KobestScore("tuned", "copa", 5, "macro_f1", 0.5, 0.03, 100, 0.467),
        ),
        differences=(
            KobestDifference("tuned", "base", "copa", 5, "macro_f1", -0.1, 0.1, -0.3, 0.1),
        ),
        quoted=OCELOT,
    )


def of_now(run: Run) -> dict[str, str]:
    """Fingerprint the test set and the answers that a run has now."""
    return {
        "test_sha256": fingerprint(run.test),
        "predictions_sha256": answers_fingerprint(run, ("tuned", "base")),
        "ratings_sha256": ratings_fingerprint(run),
    }


def test_other_results_are_told_on_the_page(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Judge, people and KoBEST have their tables on page and Markdown; a broken file is refused."""
    assert score(["--run", RUN, "--resamples", "1000", "--encoder", "none"]) == 0
    for name, result in (
        ("judge", judge_result()),
        ("ratings", people_result()),
        ("kobest", kobest_result()),
    ):
        made = msgspec.structs.replace(result, settings=result.settings | of_now(run))
        (run.eval_dir / f"{name}.json").write_bytes(msgspec.json.encode(made))
    assert main(["--run", RUN, "--out", "page"]) == 0
    for path in (Path("page/index.html"), Path("page/report.md")):
        text = path.read_text(encoding="utf-8")
        assert "judge-&lt;b&gt;7b&lt;/b&gt;" in text
        assert "표본: 항목 4개 가운데 3개." in text
        assert "심사하지 못한 것 1건(심사 모델이 판정을 거절함 1건)" in text
        assert "심사 모델과 사람: 타당성 (코언 카파)" in text
        assert "평가가 모두 같아 우연과 가를 수 없음" in text
        assert "평가자끼리: 선호 (크리펜도르프 알파, 명목)" in text
        assert "– 평가한 쌍이 없음 (0.5에서" in text
        assert "심사 모델과 평가자: 타당성 (코언 카파)" in text
        assert "심사 모델의 평가가 없음" not in text
        assert "민지 12쌍" in text
        assert "−0.25" in text
        assert "앞이 잘린 물음 3개" in text
        assert "Ocelot, 예시 5개" in text
        assert f"RUN={RUN}" not in text
    (run.eval_dir / "judge.json").write_text("{}", encoding="utf-8")
    assert main(["--run", RUN, "--out", "page"]) == 1
    assert "make it again with: make judge RUN=" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("task", "told", "kind"),
    [
        ("overall", "평점 카파", "총평 평가"),
        ("revise", "심은 결함: 맞춤법", "첨삭 평가"),
        ("write", "문항 적합도", "답변 쓰기 평가"),
    ],
)
def test_other_tasks_have_their_own_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, told: str, kind: str
) -> None:
    """Whole outputs stand beside what is wanted, under the task's own words, and are escaped."""
    monkeypatch.chdir(tmp_path)
    write_task_run(tmp_path, task)  # type: ignore[arg-type]  # the three names are tasks
    assert score(["--run", RUN, "--resamples", "1000"]) == 0
    assert main(["--run", RUN, "--out", "page"]) == 0
    page = Path("page/index.html").read_text(encoding="utf-8")
    assert told in page
    assert f"<title>{RUN} – 자기소개서 {kind}</title>" in page
    assert "<script>alert" not in page
    assert "\\u003cscript\\u003ealert" in page
    assert "문장 위치" not in page
    assert "location_f1" not in page
    # Judge and people take advice alone, so nobody is told to ask them.
    assert WITHOUT_BASE in page
    assert "make kobest" not in page
    assert "make judge RUN=" not in page
    assert "make rate RUN=" not in page


def test_a_page_of_the_replicas_essays_says_so_itself(run: Run) -> None:
    """Whoever makes it; rows of one real essay are enough for none, and a broken report is told."""
    assert REPLICA == datasheet.REPLICA
    assert score(["--run", RUN, "--resamples", "1000", "--encoder", "none"]) == 0
    report = run.train.parents[2] / "report" / "report.json"
    report.parent.mkdir()

    def noticed(*sources: str, task: str = "advice") -> bool:
        eda = {"sources": dict.fromkeys(sources, 3)}
        built = {"eda": eda, "splits": {"test": {"rows": {task: 2}}}}
        report.write_bytes(msgspec.json.encode(built))
        assert main(["--run", RUN, "--out", "page"]) == 0
        return NOTICE in Path("page/index.html").read_text(encoding="utf-8")

    assert noticed(REPLICA)
    assert not noticed(REPLICA, "www.jobkorea.co.kr")
    assert not noticed(REPLICA, task="revise")
    report.write_text("{", encoding="utf-8")
    assert main(["--run", RUN, "--out", "page"]) == 1


def test_control_characters_are_shown_as_pictures() -> None:
    """A page holds no byte that no page may hold; markup around them stays markup."""
    shown = environment().from_string("<p>{{ said }}</p>").render(said="가\x00<b>\x1b[2J\n")
    assert shown == "<p>가␀&lt;b&gt;␛[2J\n</p>"
