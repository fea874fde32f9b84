"""Every key in every run's YAML is one that Axolotl knows, and stands where it stands elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from axolotl_configs.check import ConfigError, axolotl_settings, strange_in, unknown_keys
from axolotl_configs.check import main as check
from tests.axolotl_configs.configs_files import CONFIGS, ORDER, every_config, named, settings_of


@pytest.fixture(scope="module")
def schema() -> type[BaseModel]:
    """Give the settings that the pinned Axolotl knows."""
    return axolotl_settings()


def write(path: Path, settings: dict[str, Any]) -> Path:
    """Write a YAML."""
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return path


def test_the_configs_are_found() -> None:
    """The recursion finds a run of every kind."""
    assert {
        "advice-polyglot-ko-1.3b-qlora",
        "advice-anchored-polyglot-ko-1.3b-qlora",
        "advice-polyglot-ko-1.3b-lora",
        "advice-polyglot-ko-12.8b-qlora",
        "advice-solar-10.7b-qlora",
        "advice-eeve-10.8b-lora-8gpu",
        "revise-eeve-10.8b-qlora",
        "interview-kanana-1.5-2.1b-lora",
        "write-gpt-h128",
        "write-kogpt2",
        "qa-synatra-42dot-1.3b-lora",
        "qa-smoke",
        "smoke-base",
        "smoke-advice-qlora",
        "smoke-neox-lora",
        "smoke-llama-lora",
    } <= {path.stem for path in CONFIGS}


@every_config
def test_every_key_is_known_to_axolotl(path: Path, schema: type[BaseModel]) -> None:
    """Axolotl drops a misspelt key without a word, so each key is looked up here."""
    assert unknown_keys(path, schema) == []


@every_config
def test_every_value_is_taken_by_axolotl(path: Path, schema: type[BaseModel]) -> None:
    """No value of a run is of another kind than its key takes."""
    assert strange_in(path, schema).values == []


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("lora_r", "sixteen", "a whole number"),
        ("lora_r", 2.5, "a whole number"),
        ("sequence_len", [2048], "a whole number"),
        ("lora_dropout", "little", "a number"),
        ("load_in_4bit", "maybe", "true or false"),
        ("bf16", "maybe", "one of 'auto' or true or false"),
        ("output_dir", 5, "a text"),
        ("datasets", "train.jsonl", "a list"),
        ("datasets", [5], "a list of mappings"),
        ("liger_rope", "maybe", "true or false"),
    ],
)
def test_a_value_of_another_kind_is_found(
    key: str, value: object, wanted: str, schema: type[BaseModel], tmp_path: Path
) -> None:
    """Words for numbers, one thing for a list: the line, the value and what is wanted are told."""
    settings = settings_of(named("advice-eeve-10.8b-qlora"))
    path = write(tmp_path / "run.yml", settings | {key: value})
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(i for i, text in enumerate(lines, start=1) if text.startswith(f"{key}:"))
    [found] = strange_in(path, schema).values
    assert str(found) == f"line {line}: {key} is {value!r}, {wanted} is wanted"


def test_numbers_in_quotes_and_absent_values_are_taken(
    schema: type[BaseModel], tmp_path: Path
) -> None:
    """What Axolotl converts is no fault: `'16'`, `1e-4`, which YAML reads as text, and null."""
    settings = {"lora_r": "16", "lora_dropout": "1e-4", "save_steps": 0.1, "wandb_project": None}
    assert strange_in(write(tmp_path / "run.yml", settings), schema).values == []


@every_config
def test_keys_stand_in_one_order(path: Path) -> None:
    """`diff` of two runs is the experiment: no key of its own, none in a place of its own."""
    keys = list(settings_of(path))
    assert set(keys) <= set(ORDER)
    assert keys == sorted(keys, key=ORDER.index)


@pytest.mark.parametrize(
    ("place", "name", "like"),
    [
        ((), "lora_dropuot", "lora_dropout"),
        ((), "liger_roppe", "liger_rope"),
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
    """The look-up reaches the top, plugins' keys, mappings, list items, and mappings inside."""
    settings = settings_of(named("advice-eeve-10.8b-qlora"))
    inner: Any = settings
    for step in place[:-1]:
        inner = inner[step]
    if place and isinstance(inner[place[-1]], dict):
        inner = inner[place[-1]]
    if name.endswith("(takes no mapping)"):
        inner[place[-1]] = {"x": 1}
    else:
        inner[name.rsplit(".", 1)[-1]] = "x"
    path = write(tmp_path / "run.yml", settings)
    assert [(key.name, key.like) for key in unknown_keys(path, schema)] == [(name, like)]


def test_a_plugins_key_needs_the_plugin(schema: type[BaseModel], tmp_path: Path) -> None:
    """Without its plugin Axolotl would drop the key, so it is unknown."""
    settings = settings_of(named("advice-eeve-10.8b-qlora"))
    del settings["plugins"]
    found = unknown_keys(write(tmp_path / "run.yml", settings), schema)
    assert {key.name for key in found} == {key for key in settings if key.startswith("liger_")}


@pytest.mark.parametrize("plugin", ["axolotl.integrations.liger.Ligre", "no.such.Plugin", "plain"])
def test_a_plugin_that_is_not_there_is_named(
    plugin: str, schema: type[BaseModel], tmp_path: Path
) -> None:
    """A misspelt plugin is an error with the file and its name."""
    path = write(tmp_path / "run.yml", {"plugins": [plugin]})
    with pytest.raises(ConfigError, match=rf"run\.yml: Axolotl has no plugin {plugin}"):
        unknown_keys(path, schema)


def test_the_command_names_file_line_and_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt key, a file that is no YAML and a missing one are one line each; exit code 1."""
    misspelt, broken, missing = (tmp_path / f"{name}.yml" for name in ("a", "b", "c"))
    misspelt.write_text("base_model: x\nlora_dropuot: 0.05\nlora_r: ten\n", encoding="utf-8")
    broken.write_text("a: [", encoding="utf-8")
    assert check([str(misspelt), str(broken), str(missing)]) == 1
    told = capsys.readouterr().err
    assert f"{misspelt}, line 2: Axolotl knows no key lora_dropuot; did you mean lora_dro" in told
    assert f"{misspelt}, line 3: lora_r is 'ten', a whole number is wanted" in told
    assert f"{broken} cannot be read as YAML" in told
    assert f"{missing} is missing; the runs in {tmp_path}/ are: a, b" in told
    assert check([str(path) for path in CONFIGS]) == 0
