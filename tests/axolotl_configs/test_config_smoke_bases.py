"""The smoke runs' base models: the real bases' architectures, the same from the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from axolotl_configs.smoke_bases import Family, main, write_base


@pytest.mark.parametrize(
    ("family", "architecture", "ends"),
    [
        ("neox", "gpt_neox", ("<|endoftext|>", "<|endoftext|>")),
        ("llama", "llama", ("<s>", "</s>")),
        ("gpt2", "gpt2", ("</s>", "</s>")),
    ],
)
def test_a_base_is_read_by_transformers(
    family: Family, architecture: str, ends: tuple[str, str], bases: dict[Family, Path]
) -> None:
    """Config, weights and tokenizer agree, and a Llama's texts begin with its first token."""
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - takes seconds

    tokenizer = AutoTokenizer.from_pretrained(bases[family])
    model = AutoModelForCausalLM.from_pretrained(bases[family])
    assert model.config.model_type == architecture
    assert model.get_input_embeddings().num_embeddings == len(tokenizer)
    assert (tokenizer.bos_token, tokenizer.eos_token) == ends
    first = tokenizer("성장 과정")["input_ids"][0]
    assert (first == tokenizer.bos_token_id) == (family == "llama")


def test_the_turned_part_of_a_head_is_polyglots(bases: dict[Family, Path]) -> None:
    """`rotary_pct` stands in the config as in the real one, where transformers 5 drops it."""
    config = json.loads((bases["neox"] / "config.json").read_bytes())
    assert config["rotary_pct"] == 0.5


def test_the_same_seed_gives_the_same_weights(
    tiny_model: Path, bases: dict[Family, Path], tmp_path: Path
) -> None:
    """Byte for byte; another seed gives others."""
    expected = (bases["llama"] / "model.safetensors").read_bytes()
    write_base("llama", tiny_model, tmp_path / "again")
    write_base("llama", tiny_model, tmp_path / "other", seed=4)
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == expected
    assert (tmp_path / "other" / "model.safetensors").read_bytes() != expected


def test_the_command_makes_all(tiny_model: Path, tmp_path: Path) -> None:
    """Each family's folder, named as the smoke runs name it."""
    assert main(["--tokenizer", str(tiny_model), "--out", str(tmp_path)]) == 0
    assert sorted(path.parent.name for path in tmp_path.glob("*/model.safetensors")) == [
        "smoke-gpt2",
        "smoke-llama",
        "smoke-neox",
    ]


def test_a_missing_tokenizer_names_its_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a tokenizer the error says how to make one; exit code 1."""
    assert main(["--tokenizer", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "python -m preprocess.smoke_model" in capsys.readouterr().err
