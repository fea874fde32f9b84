"""Where KoBEST's files are found, and what its command refuses before anything is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from axolotl_configs.run_yaml import RunError
from eval.kobest import main
from eval.korean.data import check_task, find_folder
from preprocess.alpaca import RecordError
from tests.eval.kobest_runs import RUN, SMALL, result_path, write_items, write_settings


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with items and a run that was never trained."""
    write_items(tmp_path)
    write_settings(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_wrong_usage_ends_with_2() -> None:
    """Numbers that make no sense are refused before anything is read."""
    for wrong in (["--limit", "0"], ["--batch", "0"], ["--shots", "-1"], ["--resamples", "9"]):
        with pytest.raises(SystemExit) as ended:
            main(["--run", RUN, *wrong])
        assert ended.value.code == 2


def test_a_folder_above_is_found(bare: Path) -> None:
    """The folder that holds `skt/kobest_v1` does as well as that folder itself."""
    inner = bare / "above" / "skt" / "kobest_v1"
    shutil.copytree(bare / "kobest", inner)
    assert find_folder(bare / "above") == inner
    assert find_folder(inner) == inner


def test_a_folder_below_is_named(bare: Path) -> None:
    """A folder too high or between gives the one that does, which does indeed."""
    inner = bare / "high" / "above" / "skt" / "kobest_v1"
    shutil.copytree(bare / "kobest", inner)
    for given, told in ((inner.parent, inner), (bare / "high", bare / "high" / "above")):
        with pytest.raises(RunError, match=f"{given} has no .*; name {told}, which has one$"):
            find_folder(given)
        assert find_folder(told) == inner


def test_the_hub_s_copy_is_found_offline(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `hf download` left in the cache is used; where it is not, the error names it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(bare / "hub"))
    with pytest.raises(RunError, match="hf download skt/kobest_v1 --repo-type dataset"):
        find_folder(None)
    kept = bare / "hub" / "datasets--skt--kobest_v1"
    shutil.copytree(bare / "kobest", kept / "snapshots" / "abc")
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("abc", "utf-8")
    assert find_folder(None) == kept / "snapshots" / "abc"


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--data", "nowhere"],
            "hf download skt/kobest_v1 --repo-type dataset --local-dir nowhere",
        ),
        (["--data", "kobest", "--shots", "7"], "boolq/train.jsonl has 6 rows for 7 examples"),
        (["--data", "kobest"], f"make train RUN={RUN}"),
    ],
    ids=["no data", "too few examples", "never trained"],
)
def test_what_is_missing_is_one_error_with_its_cure(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is asked before data and model are found in order."""
    assert main(["--run", RUN, *arguments]) == 1
    out = capsys.readouterr()
    assert out.out == ""
    assert told in out.err


@pytest.mark.parametrize(
    ("task", "row", "told"),
    [
        ("wic", '{"word": "길", "context_1": "가", "context_2": "나", "label": 2}', "label"),
        ("sentineg", '{"sentence": "", "label": 1}', "sentence"),
        ("boolq", '{"paragraph": "가", "question": "나"}', "label"),
        (
            "copa",
            '{"premise": "가", "question": "?", "alternative_1": "나", "alternative_2": "다"}',
            "question",
        ),
    ],
    ids=["label beyond the choices", "empty text", "no label", "unknown question"],
)
def test_a_row_that_is_not_kobest_s_is_named(bare: Path, task: str, row: str, told: str) -> None:
    """lm-eval would count such a row as a wrong answer; here file, line and field are named."""
    path = bare / "kobest" / task / "test.jsonl"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], row]) + "\n", "utf-8")
    with pytest.raises(RecordError, match=f"test.jsonl.*2.*{told}"):
        check_task(bare / "kobest", task, 0)  # type: ignore[arg-type]  # one of the tasks


def test_a_missing_or_empty_file_names_the_download(bare: Path) -> None:
    """A task without its file, or with an empty one, is an error and not a task of 0 items."""
    path = bare / "kobest" / "copa" / "test.jsonl"
    path.write_text("", "utf-8")
    with pytest.raises(RunError, match="is empty; make it with: hf download"):
        check_task(bare / "kobest", "copa", 0)
    path.unlink()
    with pytest.raises(RecordError, match="is missing; make it with: hf download"):
        check_task(bare / "kobest", "copa", 0)


def test_a_broken_result_is_an_error(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A result that cannot be read is not silently begun anew."""
    result_path(bare).parent.mkdir(parents=True)
    result_path(bare).write_text("{", "utf-8")
    assert main([*SMALL, "--model", "shortest"]) == 1
    assert "kobest.json cannot be read" in capsys.readouterr().err


def test_a_model_trained_whole_is_refused(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run without `adapter:` is not told to be trained again; its floor can be measured."""
    path = bare / "axolotl_configs" / f"{RUN}.yml"
    path.write_text(path.read_text("utf-8").replace("adapter: lora\n", ""), "utf-8")
    weights = bare / "runs" / RUN / "model.safetensors"
    weights.parent.mkdir(parents=True)
    weights.touch()
    assert main(SMALL) == 1
    told = capsys.readouterr().err
    assert f"{RUN}.yml trains its model whole: KoBEST is measured of adapters" in told
    assert "make train" not in told
    assert main([*SMALL, "--model", "shortest"]) == 0
