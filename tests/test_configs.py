"""Every YAML in `axolotl_configs/`: known keys, valid settings, one prompt, the right loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from axolotl_configs.check import axolotl_settings, unknown_keys
from axolotl_configs.check import main as check
from eval.prompts import load_wrapper
from eval.runs import load_run
from preprocess.alpaca import AlpacaRow, read_jsonl, rows_path
from tests.conftest import ROOT

CONFIGS = sorted((ROOT / "axolotl_configs").rglob("*.yml"))
ADVICE = [path for path in CONFIGS if "advice" in path.stem]
NAMES = [path.stem for path in CONFIGS]

#: The published prompt of the polyglot study, its open quotation mark and its spaces included.
STUDY_PROMPT = """### Instruction:
"Below is an instruction that describes a task, paired with an input that provides further \
context. Write a response that appropriately completes the request.
 백엔드개발 직무의 자기 소개서에 대해 평가해주세요.

### context:
지원 동기를 써 주세요.
첫 문장입니다.아쉬운점 1 둘째 문장입니다.

### advice:
"""


def settings_of(path: Path) -> dict[str, Any]:
    """Read a YAML as plain values."""
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(settings, dict)
    return settings


@pytest.fixture(scope="module")
def schema() -> type[BaseModel]:
    """Give the settings that the pinned Axolotl knows."""
    return axolotl_settings()


def test_the_configs_are_found() -> None:
    """The recursion finds the runs that the README speaks of."""
    assert {
        "advice-polyglot-ko-1.3b-qlora",
        "advice-anchored-polyglot-ko-1.3b-qlora",
        "smoke-base",
        "smoke-advice-qlora",
    } <= set(NAMES)


@pytest.mark.parametrize("path", CONFIGS, ids=NAMES)
def test_every_key_is_known_to_axolotl(path: Path, schema: type[BaseModel]) -> None:
    """Axolotl drops a misspelt key without a word, so each key is looked up here."""
    assert unknown_keys(path, schema) == []


@pytest.mark.parametrize(
    ("place", "name", "like"),
    [
        ((), "lora_dropuot", "lora_dropout"),
        (("special_tokens",), "special_tokens.pad_tokne", "pad_token"),
        (("datasets", 0), "datasets[0].pth", "path"),
        (("datasets", 0, "type"), "datasets[0].type.fromat", "format"),
        (("lora_target_modules", 0), "lora_target_modules[0] (takes no mapping)", None),
    ],
)
def test_a_misspelt_key_is_found_at_any_depth(
    place: tuple[str | int, ...],
    name: str,
    like: str | None,
    schema: type[BaseModel],
    tmp_path: Path,
) -> None:
    """The look-up reaches the top, mappings, list items, and mappings inside those."""
    settings = settings_of(ROOT / "axolotl_configs" / "advice-polyglot-ko-1.3b-qlora.yml")
    inner: Any = settings
    for step in place[:-1]:
        inner = inner[step]
    if place and isinstance(inner[place[-1]], dict):
        inner = inner[place[-1]]
    if name.endswith("(takes no mapping)"):
        inner[place[-1]] = {"x": 1}
    else:
        inner[name.rsplit(".", 1)[-1]] = "x"
    path = tmp_path / "run.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    assert [(key.name, key.like) for key in unknown_keys(path, schema)] == [(name, like)]


def test_the_command_names_file_line_and_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt key, a file that is no YAML and a missing one are one line each; exit code 1."""
    misspelt, broken, missing = (tmp_path / f"{name}.yml" for name in ("a", "b", "c"))
    misspelt.write_text("base_model: x\nlora_dropuot: 0.05\n", encoding="utf-8")
    broken.write_text("a: [", encoding="utf-8")
    assert check([str(misspelt), str(broken), str(missing)]) == 1
    told = capsys.readouterr().err
    assert f"{misspelt}, line 2: Axolotl knows no key lora_dropuot; did you mean lora_dro" in told
    assert f"{broken} cannot be read as YAML" in told
    assert f"{missing} is missing; the runs in {tmp_path}/ are: a, b" in told
    assert check([str(path) for path in CONFIGS]) == 0


@pytest.mark.parametrize("path", CONFIGS, ids=NAMES)
def test_axolotl_accepts_the_settings(path: Path, tiny_model: Path) -> None:
    """Axolotl's own validation passes, the base model being a tiny one of its architecture."""
    from axolotl.utils.config import normalize_config, validate_config  # noqa: PLC0415 - seconds
    from axolotl.utils.dict import DictDefault  # noqa: PLC0415 - the same

    settings = settings_of(path) | {"base_model": str(tiny_model)}
    accepted = validate_config(DictDefault(settings))
    normalize_config(accepted)
    assert accepted.learning_rate == float(settings["learning_rate"])
    assert not any(
        accepted[key]
        for key in ("lora_mlp_kernel", "lora_qkv_kernel", "lora_o_kernel", "lora_embedding_kernel")
    )


@pytest.mark.parametrize("path", CONFIGS, ids=NAMES)
def test_names_follow_the_file(path: Path) -> None:
    """File stem, output folder, prepared data and W&B name agree."""
    settings = settings_of(path)
    assert settings["output_dir"] == f"runs/{path.stem}"
    assert settings["dataset_prepared_path"] == f"data/prepared/{path.stem}"
    assert (settings["wandb_project"], settings["wandb_name"]) == ("jasoseo", path.stem)


@pytest.mark.parametrize("path", CONFIGS, ids=NAMES)
def test_data_paths_are_made_by_the_data_step(path: Path, data: Path) -> None:
    """Each file that a run reads is one that `make data` writes, validation apart from training."""
    settings = settings_of(path)
    found = {
        key: [Path(entry["path"]) for entry in settings.get(key, ())]
        for key in ("datasets", "test_datasets")
    }
    for read in found["datasets"] + found["test_datasets"]:
        assert (data / read.relative_to("data")).is_file()
    assert all(p.name == "train.jsonl" for p in found["datasets"])
    assert all(p.name == "validation.jsonl" for p in found["test_datasets"])
    assert settings["val_set_size"] == 0


@pytest.mark.parametrize("path", ADVICE, ids=[p.stem for p in ADVICE])
def test_validation_has_the_prompt_of_training(path: Path) -> None:
    """Both data sets of a run are wrapped alike."""
    settings = settings_of(path)
    wrappers = [
        entry["type"] for key in ("datasets", "test_datasets") for entry in settings.get(key, ())
    ]
    assert all(wrapper == wrappers[0] for wrapper in wrappers)


@pytest.mark.parametrize("path", ADVICE, ids=[p.stem for p in ADVICE])
def test_training_and_inference_share_prompt_and_loss(
    path: Path, data: Path, tiny_model: Path
) -> None:
    """Axolotl's own prompter makes the tokens of `eval.generate`, and the loss is the answer's.

    The loss starts at the answer's first token and includes the end token, for every row.
    """
    from axolotl.prompt_strategies.user_defined import (  # noqa: PLC0415 - takes seconds
        UserDefinedDatasetConfig,
        load,
    )
    from axolotl.utils.dict import DictDefault  # noqa: PLC0415 - the same
    from transformers import AutoTokenizer  # noqa: PLC0415 - the same

    settings = settings_of(path)
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    strategy = load(
        tokenizer,
        DictDefault(settings),
        UserDefinedDatasetConfig(**settings["datasets"][0]["type"]),
    )
    wrapper, run = load_wrapper(path), load_run(path)
    rows = list(read_jsonl(rows_path(data, run.task, "train"), AlpacaRow, cure="make data"))
    assert rows
    for row in rows:
        made = strategy.tokenize_prompt(
            {"instruction": row.instruction, "input": row.input, "output": row.output}
        )
        prompt = tokenizer(wrapper.prompt(row))["input_ids"]
        answer = [*tokenizer(row.output)["input_ids"], tokenizer.eos_token_id]
        assert made["input_ids"] == prompt + answer
        assert made["labels"] == [-100] * len(prompt) + answer
        assert len(made["input_ids"]) <= settings["sequence_len"]


def test_the_anchored_prompt_is_the_published_one() -> None:
    """The polyglot study's prompt stands in its run byte for byte."""
    row = AlpacaRow(
        instruction="백엔드개발 직무의 자기 소개서에 대해 평가해주세요.",
        input="지원 동기를 써 주세요.\n첫 문장입니다.아쉬운점 1 둘째 문장입니다.",
        output="아쉬운점 1 근거가 없습니다.",
        id="1-1",
        group="1",
        source_id="1",
    )
    path = ROOT / "axolotl_configs" / "advice-anchored-polyglot-ko-1.3b-qlora.yml"
    assert load_wrapper(path).prompt(row) == STUDY_PROMPT
