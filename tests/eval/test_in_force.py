"""Verdicts on the page are of the answers that the run has, and both results agree on agreement."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from eval.answers.asking import ADAPTER
from eval.judge import main as judge
from eval.korean.measure import digest
from eval.rating.file import ratings_dir
from eval.rating.pairs import answers_sha256, read_outputs
from eval.rating.records import Marks, Rating
from eval.ratings import main as ratings
from eval.records import Prediction
from eval.report import main as report
from eval.runs import Run
from eval.score import main as score
from eval.tasks import read_items
from preprocess.alpaca import read_jsonl, write_jsonl
from tests.eval.judging import COMMAND, write_lone_run
from tests.eval.rows import RUN
from tests.eval.test_report_parts import kobest_result
from tests.preprocess.chat_server import Site

OLDER = "지금의 답이 아니라 바뀌기 전의 답에 대한 것이므로 싣지 않습니다"
OLDER_JUDGE = f"심사 모델의 평가는 {OLDER}(make judge RUN={RUN})."
OLDER_PEOPLE = f"사람의 평가는 {OLDER}(make ratings RUN={RUN}, "
JUDGED = "심사 모델 rule, 표본"
RATED = "평가자 1명: kim 6쌍"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a run of six essays and stand where its paths start."""
    monkeypatch.chdir(tmp_path)
    return write_lone_run(tmp_path)


def rate(run: Run) -> None:
    """Let `kim` compare the answers that a run has, and sum it up."""
    systems = ("tuned", "base")
    outputs = read_outputs(run, read_items(run.test, run.task), systems)
    rows = [
        Rating(
            id=row,
            source_id=row,
            task="advice",
            rater="kim",
            first="tuned",
            second="base",
            answers_sha256=answers_sha256({s: outputs[s][row] for s in systems}),
            verdict="first" if k % 2 else "tie",
            marks=(Marks(4, 4, 4, 4, 1 + k % 2), Marks(2, 2, 2, 2, 2)),
            at="2026-11-20T03:00:00Z",
        )
        for k, row in enumerate(outputs["tuned"])
    ]
    write_jsonl(ratings_dir(run) / "kim.jsonl", rows)
    assert ratings(["--run", RUN]) == 0


def page() -> str:
    """Score and report, and read the page."""
    assert score(["--run", RUN, "--resamples", "1000", "--encoder", "none"]) == 0
    assert report(["--run", RUN, "--out", "page"]) == 0
    return Path("page/report.md").read_text(encoding="utf-8")


def answer_anew(run: Run, system: str) -> None:
    """Let a system answer every row in another way."""
    path = run.predictions_dir / f"{system}.jsonl"
    rows = list(read_jsonl(path, Prediction, cure=""))
    write_jsonl(path, [msgspec.structs.replace(r, output="아쉬운점 1 [2] 짧습니다.") for r in rows])


@pytest.mark.parametrize("system", ["tuned", "base"])
def test_verdicts_on_older_answers_are_not_shown(run: Run, site: Site, system: str) -> None:
    """One line says so and what renews them; renewed, they are back, and nothing is lost before."""
    assert judge(COMMAND) == 0
    rate(run)
    asked = len(site.asked)
    told = page()
    assert JUDGED in told
    assert RATED in told
    assert OLDER not in told
    files = [run.eval_dir / name for name in ("judge.json", "ratings.json")]
    before = [path.read_bytes() for path in files]
    answer_anew(run, system)
    told = page()
    assert OLDER_JUDGE in told
    assert OLDER_PEOPLE in told
    assert JUDGED not in told
    assert "kim" not in told
    assert [path.read_bytes() for path in files] == before
    assert judge(COMMAND) == 0
    assert len(site.asked) > asked
    rate(run)
    told = page()
    assert JUDGED in told
    assert RATED in told


def test_answers_that_nobody_judged_may_change(run: Run, site: Site) -> None:
    """What another system says is no part of the verdicts."""
    assert judge(COMMAND) == 0
    rate(run)
    assert site.asked
    answer_anew(run, "tuned-1shot")
    assert OLDER not in page()


def test_kobest_of_an_earlier_adapter_is_not_shown(run: Run) -> None:
    """Trained again, the page says so and what measures anew, until it is."""
    adapter = run.output_dir / ADAPTER
    adapter.write_bytes(b"weights")
    result = kobest_result(adapter_sha256=digest([adapter]))
    (run.eval_dir / "kobest.json").write_bytes(msgspec.json.encode(result))
    assert "매크로 F1" in page()
    adapter.write_bytes(b"other weights")
    told = page()
    assert f"앞서 학습한 모델로 잰 것이므로 싣지 않습니다(make kobest RUN={RUN})." in told
    assert "매크로 F1" not in told


def test_ratings_that_came_since_are_summed_up_before_they_are_shown(run: Run, site: Site) -> None:
    """A second rater, or a changed mind, makes the sums old; nothing of them stands on the page."""
    rate(run)
    assert not site.asked
    kim = ratings_dir(run) / "kim.jsonl"
    kim.with_name("lee.jsonl").write_bytes(kim.read_bytes().replace(b'"kim"', b'"lee"'))
    told = page()
    assert f"싣지 않습니다(make ratings RUN={RUN})." in told
    assert "kim" not in told
    assert ratings(["--run", RUN]) == 0
    assert "평가자 2명: kim 6쌍" in page()


@pytest.mark.parametrize("judge_first", [True, False])
def test_both_sections_tell_one_agreement(run: Run, site: Site, *, judge_first: bool) -> None:
    """Whichever came first, neither section says that nobody knows what the other tells."""
    if judge_first:
        assert judge(COMMAND) == 0
    rate(run)
    if not judge_first:
        assert judge(COMMAND) == 0
    assert site.asked
    told = page()
    assert "심사 모델과 사람: 선호 (코언 카파)" in told
    assert "심사 모델과 평가자: 선호 (코언 카파)" in told
    assert "알 수 없음" not in told
    assert "심사 모델의 평가가 없음" not in told
