"""Firms in answers of `write`: counted by hand, said by trained models, compared between runs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from eval.firm_leaks import lines_of, main
from eval.measuring.leaked_names import FirmNames, leak_counts
from eval.measuring.write import unasked_firms
from eval.records import Difference, Estimate, RunResult
from eval.studies.records import Shape, Training
from eval.studies.rows import encoded
from eval.studies.vocabulary import train_bpe
from eval.tasks import Item
from eval.text.shared_runs import TrainingTexts
from preprocess.alpaca import AlpacaRow, rows_path, write_jsonl
from tests.eval.rows import prediction
from tests.eval.task_rows import items_of, write_item

NAMES = FirmNames(["물결기상", "물결기상청", "QZB넷"])
#: An answer before masking, and as the data step writes it.
NAMED = "저는 물결기상에 지원합니다. 창고에서 여름을 보내며 재고를 세는 일을 배웠습니다."
MASKED = NAMED.replace("물결기상", "XX")
TRAIN = TrainingTexts([NAMED])
RUNS = {"on": Path("data"), "off": Path("data", "unmasked")}


def counted(text: str, item: Item) -> dict[str, float]:
    """Count the firms of one answer."""
    counts = leak_counts(text, unasked_firms(item, text), NAMES.unasked(item, text), TRAIN)
    return {name.removeprefix("firm_"): count for name, count in counts.items()}


@pytest.mark.parametrize(
    ("text", "leaked", "known", "memorised", "copied"),
    [
        (MASKED, 0, 0, 0, 0),
        (NAMED, 1, 0, 1, 1),
        ("물결기상에서 물결기상청까지", 1, 0, 1, 0),
        ("삼성전자에서 배웠습니다.", 1, 1, 0, 0),
        ("주식회사 가람별에서 일했습니다.", 1, 1, 0, 0),
        (f"QZB넷에서 일했습니다. {MASKED}", 1, 0, 1, 0),
        ("AQZB넷", 0, 0, 0, 0),
        ("", 0, 0, 0, 0),
    ],
)
def test_firms_by_hand(text: str, leaked: int, known: int, memorised: int, copied: int) -> None:
    """Of the table, of the training answers before masking, and in eight words of one."""
    expected = {"leaked": leaked, "known": known, "memorised": memorised, "copied": copied}
    assert counted(text, write_item()) == {"items": 1, **expected}


def test_the_longer_name_is_the_one_that_is_said() -> None:
    """물결기상청 is not 물결기상 as well."""
    assert NAMES.unasked(write_item(), "물결기상청과 물결기상") == ["물결기상청", "물결기상"]


def test_a_firm_that_was_asked_about_is_no_leak() -> None:
    """Only what the row does not say is from elsewhere."""
    assert counted(NAMED, write_item(question="물결기상에 지원한 동기"))["leaked"] == 0


def said_after(answers: list[str]) -> str:
    """Train a tiny GPT-2 on answers to one question, and let it answer that."""
    import torch  # noqa: PLC0415 - takes seconds

    from eval.studies.model import new_model, train  # noqa: PLC0415 - the same

    rows = [
        AlpacaRow("직무", "문항: 동기", text, str(k), str(k), "1") for k, text in enumerate(answers)
    ]
    vocabulary = train_bpe([f"{NAMED} {MASKED} 문항: 동기"], 300)
    learnt = encoded(rows, vocabulary, lambda row: row.input, positions=256)
    model = new_model(Shape(width=32, layers=1, heads=2, positions=256, dropout=0.0), 300, seed=1)
    for _ in train(model, learnt, learnt[:1], Training(epochs=60, batch=4, rate=1e-2), seed=1):
        pass
    model.eval()
    before = torch.tensor([learnt[0].tokens[: learnt[0].start]], device=model.device)
    found = model.generate(
        before, attention_mask=torch.ones_like(before), max_new_tokens=120, do_sample=False
    )
    return vocabulary.decode(found[0, before.shape[1] :].tolist())


def test_a_model_names_the_firm_where_masking_was_off() -> None:
    """One training with masking on and off: the name is learnt where it is off, and only there."""
    said = [said_after([answer] * 4) for answer in (MASKED, NAMED)]
    assert said == [MASKED, NAMED]
    on, off = (counted(text, write_item()) for text in said)
    assert (off["memorised"], off["copied"]) == (1, 1)
    assert on == {**off, "leaked": 0, "memorised": 0, "copied": 0}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of two runs: trained on masked answers, and on answers with their firms."""
    monkeypatch.chdir(tmp_path)
    items = items_of("write", range(1, 13))
    Path("axolotl_configs").mkdir()
    for (name, data), answer in zip(RUNS.items(), (MASKED, NAMED), strict=True):
        Path("axolotl_configs", f"{name}.yml").write_text(
            f"base_model: tiny\ndatasets:\n  - path: {rows_path(data, 'write', 'train')}\n"
            f"    type: alpaca\noutput_dir: runs/{name}\n"
        )
        row = write_item().row
        train = [msgspec.structs.replace(row, id="99-1", output=answer, group="g99")]
        write_jsonl(rows_path(data, "write", "train"), train)
        write_jsonl(rows_path(data, "write", "test"), (item.row for item in items))
        write_jsonl(
            Path("runs", name, "eval", "predictions", "tuned.jsonl"),
            (prediction(item, answer) for item in items),
        )
    Path("data", "unmasked", "firms.txt").write_text("물결기상\n", encoding="utf-8")
    return tmp_path


def test_the_command(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a run, the difference, the names; all of it is kept."""
    assert main(["--runs", *RUNS]) == 0
    told = capsys.readouterr().out
    assert "tuned · off − tuned · on  leaked  +1.000 [+1.000, +1.000]  higher" in told
    assert "names · on: none" in told
    assert "names · off: 물결기상 24" in told
    kept = (runs / "reports" / "firm-leaks" / "result.json").read_bytes()
    result = msgspec.json.decode(kept, type=RunResult)
    found = {one.system: one.metrics["firm_leaked"] for one in result.systems}
    assert found == {
        "tuned · on": Estimate(0.0, 0.0, 0.0),
        "tuned · off": Estimate(1.0, 1.0, 1.0),
    }
    assert {(one.items, one.essays) for one in result.systems} == {(24, 12)}


def test_no_p_is_printed_as_zero() -> None:
    """Resamples give none; a corrected p that is not there is left out."""
    found = Estimate(0.5, 0.4, 0.6)
    told = [
        "\n".join(lines_of(RunResult("on", "write", {}, (), (one,))))
        for p in (0.0002, 0.04, None)
        for one in [Difference("off", "on", "firm_leaked", found, p, p)]
    ]
    assert [line.partition("higher")[2] for line in told] == [
        "  p<0.001 (Holm)",
        "  p=0.040 (Holm)",
        "",
    ]


def test_an_earlier_result_of_more_runs_is_kept(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes to `result.json.old`, and stderr says so; the same runs again replace it."""
    kept = runs / "reports" / "firm-leaks" / "result.json"
    assert [main(["--runs", *RUNS]), main(["--runs", *RUNS])] == [0, 0]
    assert capsys.readouterr().err == ""
    before = kept.read_bytes()
    assert main(["--runs", "on"]) == 0
    assert "kept as reports/firm-leaks/result.json.old" in capsys.readouterr().err
    assert kept.with_name("result.json.old").read_bytes() == before
    assert main(["--runs", *RUNS]) == 0
    assert kept.with_name("result.json.old").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--runs", "on", "axolotl_configs/on.yml"], "--runs names on twice"),
        (["--runs", "on", "--out", "data/unmasked/firms.txt"], "firms.txt is a file"),
    ],
)
@pytest.mark.usefixtures("runs")
def test_wrong_usage(options: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A run named twice, or a file in place of the folder of results."""
    with pytest.raises(SystemExit, match="2"):
        main(options)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--names", "data"], "data is a folder; name the file of names in it: --names"),
        (["--split", "test-firms"], "test-firms.jsonl is missing; make it with: make data"),
    ],
)
@pytest.mark.usefixtures("runs")
def test_what_is_named_wrongly_is_told(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, and the cure that helps."""
    assert main(["--runs", *RUNS, *options]) == 1
    assert told in capsys.readouterr().err


def other_rows() -> None:
    """Change the question that the second run is asked."""
    rows = [write_item(question="다른 문항").row, write_item(essay="2").row]
    write_jsonl(rows_path(RUNS["off"], "write", "test"), rows)


def another_task() -> None:
    """Let the second run be one of another task."""
    path = Path("axolotl_configs", "off.yml")
    path.write_text(path.read_text().replace("alpaca/write", "alpaca/revise"))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            Path("data/unmasked/firms.txt").unlink,
            "make it with: python -m preprocess.write_unmasked",
        ),
        (lambda: Path("data/unmasked/firms.txt").write_text(""), "firms.txt names no firm"),
        (lambda: Path("data/unmasked/alpaca/write/test.jsonl").unlink(), "test.jsonl is missing"),
        (lambda: Path("runs/off/eval/predictions/tuned.jsonl").unlink(), "eval.generate --run off"),
        (other_rows, "off and on are not asked the same"),
        (another_task, "off is of task revise"),
    ],
)
def test_what_is_wrong_is_told(
    damage: object, message: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, what, where and the cure; no result is written."""
    assert callable(damage)
    damage()
    assert main(["--runs", *RUNS]) == 1
    assert message in capsys.readouterr().err
    assert not (runs / "reports").exists()
