"""Both studies on real, tiny models: losses, the line, the pages, and what is refused."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from axolotl_configs.run_yaml import RunError
from eval import study_size, study_tokenizers
from eval.studies.fit import FitError, early_stop, fit
from eval.studies.progress import Progress
from eval.studies.records import Look, Shape, Training
from eval.studies.rows import Encoded, encoded, prompt_maker, refuse_shared_groups
from eval.studies.size_page import (
    BEST,
    END,
    LAST,
    SizeResult,
    made_smaller,
    settings_of,
    unfinished,
)
from eval.studies.tokens_page import TokensResult
from eval.studies.vocabulary import train_bpe
from preprocess.alpaca import AlpacaRow, Split, rows_path, write_jsonl
from tests.conftest import ROOT

SHAPE = Shape(width=8, layers=1, heads=2, positions=32, dropout=0.1)
ROWS = [Encoded((0, 3, *(k % 5 + 1 for k in range(n)), 0), 2, 2 * n) for n in (4, 9, 6, 7, 5)]
OTHERS = [Encoded((0, 3, 9, 9, 8, 0), 2, 3)]
TINY = study_size.Scale((8, 16), 5, 2, 400, Training(epochs=2, batch=4, rate=1e-3))
#: What each study learns first.
LEARNING: dict[Any, str] = {study_size: "train_bpe", study_tokenizers: "train_vocabularies"}
#: Invented answers; each row puts a part of them together.
SENTENCES = (
    "저는 창고에서 출고 시간을 줄였습니다.",
    "기록을 남기는 일을 좋아합니다.",
    "동아리에서 장부를 맡아 오류를 찾았습니다.",
    "손님의 말을 끝까지 듣고 답했습니다.",
    "새벽마다 재고를 세어 표를 만들었습니다.",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with a few rows of `write`, no group in two splits."""
    folder = tmp_path_factory.mktemp("written")
    splits: tuple[tuple[Split, range], ...] = (("train", range(8)), ("validation", range(8, 12)))
    for split, numbers in splits:
        rows = [
            AlpacaRow(
                f"{('물류', '회계')[k % 2]} 직무",
                "문항: 지원 동기",
                " ".join(SENTENCES[(k + j) % 5] for j in range(2 + k % 3)),
                *(f"{k}-1", f"g{k}", str(k)),
            )
            for k in numbers
        ]
        write_jsonl(rows_path(folder, "write", split), rows)
    return folder


@pytest.fixture(scope="module")
def model() -> Any:
    """Give a model with ten tokens and weights from a seed."""
    from eval.studies.model import new_model  # noqa: PLC0415 - brings torch along

    return new_model(SHAPE, 10, seed=1)


def looks(validation: list[Encoded], seed: int = 1) -> list[Look]:
    """Train a new model for two epochs."""
    from eval.studies.model import new_model, train  # noqa: PLC0415 - brings torch along

    how = Training(epochs=2, batch=2, rate=1e-2)
    return list(train(new_model(SHAPE, 10, seed), ROWS, validation, how, seed))


def test_bits_a_character_of_a_known_distribution() -> None:
    """A model that gives tokens known chances costs their bits, whatever stands before.

    With the last norm's weight 0 the model says the same everywhere: chances of 1/2, 1/4, and the
    rest alike; an answer of the tokens 1, 2 and the end, 1/2 each in turn.
    """
    import torch  # noqa: PLC0415 - takes seconds

    from eval.studies.model import loss_on, new_model  # noqa: PLC0415 - the same

    chances = torch.tensor([0.25, 0.5, *([0.25 / 8] * 8)])
    flat = new_model(SHAPE, 10, seed=2)
    with torch.no_grad():
        flat.transformer.ln_f.weight.zero_()
        flat.transformer.ln_f.bias.copy_(torch.eye(8)[0])
        flat.transformer.wte.weight[:, 0] = chances.log()
    found = loss_on(flat, [Encoded((0, 7, 7, 1, 1, 2, 0), 3, 10)])
    assert found.tokens == 4
    assert found.bits_per_character == pytest.approx((1 + 1 + 5 + 2) / 10, abs=1e-5)


def test_padding_and_prompt_are_out_of_the_loss(model: Any) -> None:
    """Rows side by side cost what they cost alone; other prompt tokens are no labels."""
    from eval.studies.model import IGNORED, Batch, loss_on  # noqa: PLC0415 - brings torch along

    together = loss_on(model, ROWS)
    alone = [loss_on(model, [row]) for row in ROWS]
    assert together.nats == pytest.approx(sum(one.nats for one in alone), rel=1e-5)
    assert (together.tokens, together.characters) == (36, 62)
    labels = Batch.of(ROWS).labels
    assert int((labels != IGNORED).sum()) == 36


def test_other_validation_rows_change_the_validation_loss_alone() -> None:
    """The training is the same to the last bit, and so is the loss on its last batch."""
    mine, others = looks(ROWS[:1]), looks(OTHERS)
    assert [one.training for one in mine] == [one.training for one in others]
    assert [one.last_batch for one in mine] == [one.last_batch for one in others]
    assert all(abs(a.validation - b.validation) > 1e-3 for a, b in zip(mine, others, strict=True))


def test_each_row_trains_once_an_epoch() -> None:
    """Five rows in steps of two are three steps, each an update, and all tokens are seen."""
    from eval.studies.model import order_of  # noqa: PLC0415 - brings torch along

    found = looks(OTHERS)
    total = sum(len(row.tokens) for row in ROWS)
    assert [(one.epoch, one.step, one.tokens) for one in found] == [
        (1, 3, total),
        (2, 6, 2 * total),
    ]
    assert found[1].training < found[0].training
    orders = list(order_of(5, 2, seed=1))
    assert [sorted(order) for order in orders] == [[0, 1, 2, 3, 4]] * 2
    assert orders[0] != orders[1]


def test_a_line_by_hand() -> None:
    """Losses on a line have its slope and no width; scattered ones have the width of the books."""
    exact = fit([2**4, 2**5, 2**6], [3.0, 2.5, 2.0])
    assert (exact.slope, exact.at_smallest) == pytest.approx((-0.5, 3.0))
    assert exact.high - exact.low == pytest.approx(0, abs=1e-9)
    found = fit([2, 2, 8, 8], [1.0, 3.0, 1.0, 3.0])  # residuals of 1, spread 4, t(2) = 4.3027
    assert found.slope == pytest.approx(0)
    assert (found.over, found.sizes) == (4, 2)
    assert found.high == pytest.approx(4.302653 * math.sqrt(4 / 2 / 4), rel=1e-5)


@pytest.mark.parametrize(("parameters", "losses"), [([8, 16], [1.0, 2.0]), ([8] * 3, [1.0] * 3)])
def test_too_little_for_a_line(parameters: list[int], losses: list[float]) -> None:
    """Two trainings, or one size, have no line with an interval."""
    with pytest.raises(FitError, match="wants 3 trainings of two sizes"):
        fit(parameters, losses)


def test_early_stopping_is_recorded() -> None:
    """Three looks without a new best stop; a best within them starts the count anew."""
    losses = [3.0, 2.0, 2.1, 2.2, 1.9, 1.9, 2.0, 2.0, 1.0]
    told = [Look(k, k, k, 0.0, loss, 0.0) for k, loss in enumerate(losses, start=1)]
    stop = early_stop(told)
    assert stop is not None
    assert stop.epoch == 8
    assert early_stop(told[:7]) is None


def test_a_group_in_two_splits_is_refused() -> None:
    """Near-duplicates of training rows are no validation."""
    row = AlpacaRow("직무", "문항: 동기", "답입니다.", "1-1", "7", "1")
    with pytest.raises(RunError, match="group 7 stands in training and validation"):
        refuse_shared_groups([row], [row])


def test_a_row_that_is_too_long_is_refused() -> None:
    """Nothing is cut off; the row, its tokens and the cure are told."""
    row = AlpacaRow("직무", "문항: 동기", "답입니다. " * 9, "1-1", "7", "1")
    vocabulary = train_bpe([row.output], 280)
    with pytest.raises(RunError, match=r"row 1-1 has \d+ tokens and the model 5 positions"):
        encoded([row], vocabulary, prompt_maker("nothing"), positions=5)


def test_what_is_told_before_an_answer() -> None:
    """Field and question as in the run's YAML, the question alone, or nothing."""
    row = AlpacaRow("물류 직무", "문항: 동기", "답입니다.", "1-1", "7", "1")
    configs = ROOT / "axolotl_configs"
    told = "### 지시:\n물류 직무\n\n### 입력:\n문항: 동기\n\n### 답변:\n"
    assert prompt_maker("field and question", configs)(row) == told
    assert prompt_maker("question", configs)(row) == "문항: 동기\n\n"
    assert prompt_maker("nothing", configs)(row) == ""


def test_the_command(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All trainings, three lines, a page; asked again, it takes those that it has made.

    One that is gone and one that was cut off are made again.
    """
    monkeypatch.setitem(study_size.SCALES, "reduced", TINY)
    command = ["--data", str(data), "--out", str(tmp_path), "--seeds", "2"]
    command += ["--configs", str(ROOT / "axolotl_configs"), "--notice", "<b>지어낸 글</b>"]
    assert study_size.main(command) == 0
    result = msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=SizeResult)
    assert [one.name for one in result.trained] == [
        *("h8-field-and-question-0", "h8-field-and-question-1"),
        *("h16-field-and-question-0", "h16-field-and-question-1"),
        *("h16-question-0", "h16-question-1", "h16-nothing-0", "h16-nothing-1"),
    ]
    assert set(result.fits) == {BEST, END, LAST}
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "&lt;b&gt;지어낸 글" in page
    assert ("마지막 에폭에서도 검증 손실이 줄고" in page) == (unfinished(result) > 0)
    turned = [msgspec.structs.replace(one, looks=one.looks[::-1]) for one in result.trained]
    assert unfinished(result) == 4
    assert unfinished(msgspec.structs.replace(result, trained=tuple(turned))) == 0
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "trainings").iterdir()}
    assert len(kept) == 8
    gone, cut, *_ = kept
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:300])
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "training 1 of 8: h8-field-and-question-0"
    done = re.compile(r"training (\d) of 8: .+, [\d.]+ s, \d\d:\d\d left")
    assert [match[1] for line in told if (match := done.fullmatch(line))] == list("12345678")
    assert study_size.main(command) == 0
    again_told = capsys.readouterr().err
    assert f"{cut} is damaged (" in again_told
    assert again_told.count("kept from an earlier attempt") == 6
    again = {path: path.stat().st_mtime_ns for path in (tmp_path / "trainings").iterdir()}
    assert {path for path in kept if kept[path] != again[path]} == {gone, cut}


def test_a_training_is_kept_for_its_own_data_and_shape(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another prompt of a validation row, or one layer more or less, is another training."""
    study = study_size.Study(data, tmp_path, TINY, ROOT / "axolotl_configs")
    job, *_ = study_size.jobs_of(TINY, 1)
    made = []

    def count() -> None:
        study.made(job, Progress("training", 1))
        made.append(len(list((tmp_path / "trainings").iterdir())))

    count()
    count()
    first, *rest = study.validation
    study.validation = [msgspec.structs.replace(first, input="문항: 성격"), *rest]
    count()
    monkeypatch.setattr(study_size, "LAYERS", 1)
    count()
    assert made == [1, 1, 2, 3]


def test_a_smaller_scale_is_told(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the page and in the result; nothing makes a scale larger."""
    monkeypatch.setitem(study_size.SCALES, "reduced", TINY)
    command = ["--data", str(data), "--out", str(tmp_path), "--seeds", "2"]
    command += ["--configs", str(ROOT / "axolotl_configs"), "--rows", "4", "--epochs", "1"]
    assert study_size.main(command) == 0
    result = msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=SizeResult)
    assert (result.scale, result.rows) == ("reduced --rows 4 --epochs 1", 4)
    assert {one.training.epochs for one in result.trained} == {1}
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "규모를 줄여 본 시험입니다(--rows 4 --epochs 1 --seeds 2)" in page
    assert "--scale reduced --rows 4 --epochs 1 --seeds 2)" in page
    many = [msgspec.structs.replace(one, seed=k) for k, one in enumerate(result.trained)]
    whole = msgspec.structs.replace(result, scale="reduced", trained=tuple(many))
    assert made_smaller(whole) == ""
    assert (
        "(python -m eval.study_size --scale reduced --seeds 8)" in dict(settings_of(whole))["규모"]
    )
    for more in (["--rows", "6"], ["--epochs", "3"]):
        with pytest.raises(SystemExit, match="2"):
            study_size.main([*command, *more])
        assert "reduced has 5 rows and 2 epochs" in capsys.readouterr().err


def test_the_command_for_tokenizers(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every kind is measured and comes back whole, three are learnt from, and all are compared."""
    command = ["--data", str(data), "--out", str(tmp_path), "--sizes", "400", "--rows", "3"]
    assert study_tokenizers.main([*command, "--epochs", "1", "--seeds", "1"]) == 0
    result = msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=TokensResult)
    assert [(one.kind, len(one.bits)) for one in result.measured] == [
        *(("bpe", 1), ("unigram", 1), ("wordpiece", 1), ("wordpiece-bpe", 0))
    ]
    assert all(one.whole == one.texts for one in result.measured)
    shared = {(pair.one, pair.other): pair.shared for pair in result.compared}
    assert len(shared) == 6
    assert shared["bpe", "wordpiece-bpe"] > 0.9
    assert shared["bpe", "wordpiece"] < 0.5
    assert "WordPiece 우도" in (tmp_path / "index.html").read_text("utf-8")
    told = capsys.readouterr().err
    for line in ("learning 1 of 4: bpe of 400\n", "learning 3 of 4: wordpiece of 400, "):
        assert line in told
    assert "training 3 of 3: wordpiece of 400, seed 0, " in told
    assert "measuring 4 of 4: wordpiece-bpe of 400, " in told


@pytest.fixture
def command(data: Path, tmp_path: Path) -> list[str]:
    """Give the arguments of either study, the folder that it writes to last."""
    return ["--data", str(data), "--out", str(tmp_path / "out")]


@pytest.mark.parametrize(
    ("study", "taken"),
    [(study_size, "out"), (study_size, "out/trainings"), (study_tokenizers, "out")],
)
def test_a_folder_that_cannot_be_written_is_found_first(
    study: Any,
    taken: str,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before anything is learnt: one line, exit code 1."""
    monkeypatch.delattr(study, LEARNING[study])
    path = Path(command[-1]).parent / taken
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert study.main(command) == 1
    told = f"error: {path} cannot be written (File exists); choose another --out\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("study", "kept"),
    [
        (study_size, "trainings that were done are kept, and the same command goes on"),
        (study_tokenizers, "nothing is kept, and the same command begins"),
    ],
)
def test_an_interrupt_is_one_line(
    study: Any,
    kept: str,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 1, and what is kept."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(study, LEARNING[study], interrupt)
    assert study.main(command) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"interrupted; {kept}")


@pytest.mark.parametrize("sizes", ["2000,2000", "x", "2000,", "0", "-5", "10000000"])
def test_sizes_that_are_none_are_wrong_usage(
    sizes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Doubled ones and those that no text gives among them; an example is told."""
    with pytest.raises(SystemExit, match="2"):
        study_tokenizers.parse([f"--sizes={sizes}"])
    told = f"numbers from 1 to 300000, each once, as in 4000,8000; not '{sizes}'"
    assert told in capsys.readouterr().err


def test_configs_without_the_prompt_are_one_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is named once, as missing."""
    assert study_size.main(["--data", str(data), "--configs", str(tmp_path)]) == 1
    told = f"error: {tmp_path}/write-gpt-h128.yml is missing; the runs in {tmp_path}/ are: none\n"
    assert capsys.readouterr().err == told


def test_without_data_the_cure_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    """Exit code 1 and the command that makes the rows; nothing is written."""
    shutil.copytree(data / "alpaca" / "write", tmp_path / "alpaca" / "write")
    (tmp_path / "alpaca" / "write" / "train.jsonl").unlink()
    assert study_size.main(["--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "make data" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
