"""A run that was trained on other rows than those of its evaluation is told of."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from axolotl_configs.record import RunRecord, folder_of, sha256_of
from eval import report
from eval.pages.glossary import OF_RUN
from eval.runs import Run, fingerprint
from eval.score import main
from eval.trained_on import NOT_NOTED, OTHER, OTHERS, SAME, THESE, UNKNOWN, trained_sentences
from preprocess.alpaca import AlpacaRow, read_jsonl, write_jsonl
from tests.eval.rows import RUN

COMMAND = ["--run", RUN, "--resamples", "1000"]
OWN = ("tuned", "tuned-1shot")


def record(run: Run) -> None:
    """Leave what a training leaves that begins now."""
    left = RunRecord(
        run=run.name,
        made=datetime(2026, 11, 21, tzinfo=UTC),
        base_model=run.base_model,
        base_files={},
        data={str(run.train): sha256_of(run.train)},
        versions={},
        python="3.11",
        platform="Linux",
        cards="none",
        commit=None,
    )
    folder_of(run).mkdir(parents=True)
    (folder_of(run) / "record.json").write_bytes(msgspec.json.encode(left))


def told(run: Run, key: str = "trained_on") -> str:
    """Read what the scores say of it."""
    settings = json.loads((run.eval_dir / "result.json").read_bytes())["settings"]
    return str(settings[key])


def test_rows_made_again_since_the_training_are_told_of(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Command and page warn; where the rows are those of the training, both are silent."""
    record(run)
    assert (main(COMMAND), told(run)) == (0, SAME)
    assert "trained on other rows" not in capsys.readouterr().err
    write_jsonl(run.train, list(read_jsonl(run.train, AlpacaRow, cure=""))[1:])
    assert (main(COMMAND), told(run)) == (0, OTHER)
    assert f"make train RUN={run.name} FRESH=1" in capsys.readouterr().err
    assert report.main(["--run", RUN, "--out", str(run.eval_dir / "page")]) == 0
    page = (run.eval_dir / "page" / "index.html").read_text(encoding="utf-8")
    assert "지금 있는 학습 자료와 다른 자료로 학습했습니다" in page
    assert "위의 학습 자료와 다름" in page


def test_answers_of_another_training_are_told_of(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of weights that are gone, or of two trainings: command and page warn, and only then."""

    def answered(*systems: str) -> str:
        now = fingerprint(run.output_dir / "adapter_model.safetensors")
        noted = {s: {"adapter_sha256": now if s in systems else "1" * 64} for s in OWN}
        (run.predictions_dir / "settings.json").write_bytes(msgspec.json.encode(noted))
        assert main(COMMAND) == 0
        return told(run, "answered_by")

    assert (main(COMMAND), told(run, "answered_by")) == (0, NOT_NOTED)
    run.config.write_text(run.config.read_text(encoding="utf-8") + "adapter: qlora\n", "utf-8")
    (run.output_dir / "adapter_model.safetensors").write_bytes(b"weights")
    assert answered(*OWN) == THESE
    assert "other weights" not in capsys.readouterr().err
    assert answered("tuned") == OTHERS
    assert f"made again: make eval RUN={run.name}" in capsys.readouterr().err
    assert report.main(["--run", RUN, "--out", str(run.eval_dir / "page")]) == 0
    page = (run.eval_dir / "page" / "index.html").read_text(encoding="utf-8")
    assert "앞서 학습한 모델의 것이거나" in page
    (run.predictions_dir / "settings.json").write_text("{", encoding="utf-8")
    assert main(COMMAND) == 1
    assert "settings.json cannot be read" in capsys.readouterr().err


def test_a_training_without_a_record_is_not_known(run: Run) -> None:
    """The bare Axolotl command leaves none; that is told, and nobody is warned."""
    assert (main(COMMAND), told(run)) == (0, UNKNOWN)
    assert list(trained_sentences({"trained_on": UNKNOWN})) == []


def test_each_of_several_runs_on_a_page_is_named() -> None:
    """On a page of several runs, settings bear the name of theirs."""
    sentences = list(
        trained_sentences({f"trained_on{OF_RUN}a": SAME, f"trained_on{OF_RUN}b": OTHER})
    )
    assert [one.startswith("b의 모델은") for one in sentences] == [True]
