"""A merge: exact, proved, readable by older readers, and refused where it cannot be right."""

from __future__ import annotations

import contextlib
import json
import math
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from axolotl_configs import merge_proof
from axolotl_configs.merge import main as merge
from axolotl_configs.merge_chat import chat_template
from axolotl_configs.merge_config import make_readable
from axolotl_configs.merge_proof import Gap, gap, logits_of, read_proof, shortcomings, texts_of
from axolotl_configs.merge_weights import check_room, load, with_adapter
from axolotl_configs.named_run import named_run
from axolotl_configs.run_yaml import RunError
from axolotl_configs.smoke_bases import Family, write_base
from preprocess.alpaca import AlpacaRow, Wrapper
from tests.axolotl_configs.merge_runs import LLAMA, NEOX, draw_llama
from tests.axolotl_configs.test_model_card import PROOF


@pytest.fixture
def neox(tmp_path: Path, trained_neox: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of the trained GPT-NeoX run."""
    monkeypatch.chdir(shutil.copytree(trained_neox, tmp_path / "root", symlinks=True))
    return Path("runs") / NEOX


@pytest.fixture(scope="module")
def merged_neox(trained_neox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Merge a copy of the trained GPT-NeoX run."""
    root = shutil.copytree(trained_neox, tmp_path_factory.mktemp("merged") / "root", symlinks=True)
    with contextlib.chdir(root):
        assert merge([NEOX]) == 0
    return Path(root)


@pytest.fixture
def merged(tmp_path: Path, merged_neox: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of the trained GPT-NeoX run and its merged model."""
    monkeypatch.chdir(shutil.copytree(merged_neox, tmp_path / "root", symlinks=True))
    return Path("runs") / NEOX


@pytest.fixture
def llama(tmp_path: Path, data: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside a Llama run."""
    draw_llama(tmp_path, data, tiny_model)
    monkeypatch.chdir(tmp_path)
    return Path("runs") / LLAMA


def weights_of(folder: Path) -> dict[str, Any]:
    """Read a folder's weights."""
    from safetensors.torch import load_file  # noqa: PLC0415 - brings torch along

    return load_file(folder / "model.safetensors")


def logits(model: Any, run: str) -> list[Any]:
    """Compute a model's logits of the rows that prove a run's merge."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds

    named = named_run(run)
    tokenizer = AutoTokenizer.from_pretrained(named.output_dir)
    return logits_of(model, [tokenizer(text)["input_ids"][:512] for text in texts_of(named)[:4]])


def test_a_qlora_of_neox_is_merged_and_proved(merged: Path) -> None:
    """Proof, card, keys for older readers and tokenizer are there; the adapter's work is kept.

    Base and merged differ far more than base + adapter and merged, so the proof could have failed.
    """
    proof = read_proof(merged / "merged" / "proof.json")
    assert shortcomings(proof) == []
    assert (proof.rows, proof.stored_as) == (32, "float32")
    assert proof.float32.largest <= 1e-4
    assert proof.bfloat16.spread <= 1e-2
    assert proof.float32.same_choice == 1.0
    config = json.loads((merged / "merged" / "config.json").read_bytes())
    assert (config["rotary_pct"], config["rotary_emb_base"]) == (0.5, 10000)
    assert "quantization_config" not in config
    assert (merged / "merged" / "README.md").is_file()
    assert (merged / "merged" / "chat_template.jinja").is_file()
    assert not (merged / "merging").exists()
    found = logits(load(merged / "merged", "float32"), NEOX)
    untrained = gap(logits(load("data/smoke-neox", "float32"), NEOX), found)
    assert untrained.largest > 1000 * proof.float32.largest
    tuned = gap(logits(with_adapter(named_run(NEOX)), NEOX), found)
    assert tuned.largest <= 1e-4


def test_the_merge_is_axolotls_legacy_one(merged: Path) -> None:
    """In float32 the weights are those that `merge_method: legacy` writes."""
    ours, theirs = weights_of(merged / "merged"), weights_of(Path("legacy/merged"))
    assert ours.keys() == theirs.keys()
    assert max(float((ours[name] - theirs[name]).abs().max()) for name in ours) <= 1e-6


def test_a_16_bit_llama_is_merged_and_proved(llama: Path) -> None:
    """Stored in bfloat16, the sum is rounded once; older readers find the rotary base."""
    import torch  # noqa: PLC0415 - takes seconds

    assert merge([LLAMA]) == 0
    proof = read_proof(llama / "merged" / "proof.json")
    assert proof.stored_as == "bfloat16"
    assert proof.float32.largest <= 1e-4
    assert 0 < proof.bfloat16.spread <= 1e-2
    assert {weight.dtype for weight in weights_of(llama / "merged").values()} == {torch.bfloat16}
    config = json.loads((llama / "merged" / "config.json").read_bytes())
    assert (config["rope_theta"], config["torch_dtype"]) == (10000.0, "bfloat16")


def test_a_quarter_of_the_rotary_turn_is_found(merged: Path) -> None:
    """What an older reader would make of a config without `rotary_pct` has no proof."""
    proof = read_proof(merged / "merged" / "proof.json")
    right = logits(load(merged / "merged", "float32"), NEOX)
    path = merged / "merged" / "config.json"
    config = json.loads(path.read_bytes())
    config["rotary_pct"] = config["rope_parameters"]["partial_rotary_factor"] = 0.25
    path.write_text(json.dumps(config), encoding="utf-8")
    wrong = gap(right, logits(load(merged / "merged", "float32"), NEOX))
    (told,) = shortcomings(msgspec.structs.replace(proof, float32=wrong))
    assert told.startswith("in float32 a logit is ")
    assert wrong.largest > 1e-3


@pytest.mark.parametrize(
    ("exact", "rounded", "found"),
    [
        (1e-4, 1e-2, []),
        (1.1e-4, 1e-2, ["float32"]),
        (1e-4, 1.1e-2, ["bfloat16"]),
        (math.nan, math.nan, ["float32", "bfloat16"]),
    ],
)
def test_the_limits_are_kept(exact: float, rounded: float, found: list[str]) -> None:
    """Each type has its own limit, and a logit that is no number is within none."""
    proof = msgspec.structs.replace(
        PROOF, float32=Gap(exact, 0.0, 1.0, 1.0), bfloat16=Gap(1.0, 0.0, rounded, 1.0)
    )
    assert [line.split(" ", 2)[1] for line in shortcomings(proof)] == found


def test_a_gap_is_what_its_names_say() -> None:
    """Largest, mean, share of the spread and agreement, on numbers small enough to check."""
    import torch  # noqa: PLC0415 - takes seconds

    reference = [torch.tensor([[1.0, -1.0], [1.0, -1.0]]), torch.tensor([[-1.0, 1.0]])]
    other = [torch.tensor([[1.0, -1.0], [1.0, 2.0]]), torch.tensor([[-1.0, 1.0]])]
    assert gap(reference, other) == Gap(
        largest=3.0, mean=0.5, spread=math.sqrt(9 / 6), same_choice=2 / 3
    )


def test_a_merge_that_is_not_exact_is_not_kept(
    neox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed proof is exit code 1, and the folder never gets its name."""
    monkeypatch.setattr(merge_proof, "BFLOAT16_LIMIT", 0.0)
    assert merge([NEOX]) == 1
    assert f"the merge of {NEOX} is not exact: in bfloat16" in capsys.readouterr().err
    assert not (neox / "merged").exists()
    assert not (neox / "merging").exists()


def remove(path: str) -> Callable[[Path], None]:
    """Make the damage "a file of the run is missing"."""
    return lambda run: (run / path).unlink()


def cut(run: Path) -> None:
    """Leave half of the adapter."""
    path = run / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def rename(key: str, value: object) -> Callable[[Path], None]:
    """Make the damage "the adapter's settings say something else"."""

    def change(run: Path) -> None:
        path = run / "adapter_config.json"
        path.write_text(json.dumps(json.loads(path.read_bytes()) | {key: value}), encoding="utf-8")

    return change


def exchange_base(run: Path) -> None:
    """Put another family's model where the base was."""
    assert run.is_dir()
    shutil.rmtree("data/smoke-neox")
    shutil.copytree("data/smoke-llama", "data/smoke-neox")


def lose_base(run: Path) -> None:
    """Take the base away."""
    assert run.is_dir()
    shutil.rmtree("data/smoke-neox")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (remove("adapter_model.safetensors"), "was never trained; make train RUN="),
        (remove("trained"), "did not come to its end; go on with make train RUN="),
        (remove("adapter_config.json"), "is half-written"),
        (cut, "adapter_model.safetensors is half-written"),
        (rename("base_model_name_or_path", "a/b"), "was trained on a/b, but"),
        (rename("r", 8), "does not fit the base model data/smoke-neox (Error(s) in loading"),
        (rename("target_modules", ["dense"]), "does not fit the base model data/smoke-neox ("),
        (exchange_base, "does not fit the base model data/smoke-neox (Target modules"),
        (lose_base, "cannot be loaded ("),
    ],
)
def test_what_cannot_be_merged_is_one_error(
    damage: Callable[[Path], None],
    told: str,
    neox: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Adapters that are missing, cut, unfinished or another base's, and lost bases, are named."""
    damage(neox)
    assert merge([NEOX]) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    assert told in error
    assert not (neox / "merged").exists()


def test_a_full_disk_is_one_error(neox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights that cannot be written leave an error with its cure, and no folder."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, unlimited[1]))  # bytes of any one file
    try:
        code = merge([NEOX])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert code == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f"error: {neox / 'merging'} cannot be written (")
    assert error.endswith("see that its disk has room")
    assert not (neox / "merging").exists()


@pytest.mark.parametrize(
    ("stored", "memory", "disk", "told"),
    [
        ("float32", 4000, 4000, None),
        ("bfloat16", 4000, 2000, None),
        ("bfloat16", 3999, 2000, "of memory"),
        ("bfloat16", 4000, 1999, "of disk"),
        ("float32", 4000, 3999, "of disk"),
    ],
)
def test_room_is_looked_for_first(stored: str, memory: int, disk: int, told: str | None) -> None:
    """A thousand weights take four bytes each in memory, and their stored size on disk."""
    if told is None:
        check_room(1000, stored, memory=memory, disk=disk)
    else:
        with pytest.raises(RunError, match=told):
            check_room(1000, stored, memory=memory, disk=disk)


@pytest.mark.parametrize("family", ["neox", "llama"])
def test_a_chat_is_asked_as_training_asked(
    family: Family, tiny_model: Path, tmp_path: Path
) -> None:
    """Instruction and input as messages make the tokens of training, a first token included."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds

    write_base(family, tiny_model, tmp_path / "base")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "base")
    row = AlpacaRow("지시 {하나}", '첫 줄\n"둘째" {{ 줄 }}', "답", "1-1", "g1", "1")
    wrapper = Wrapper("### {{A}}\n{instruction}\n\n{input}\n답:\n", "말 '조심'", "[{system}] ")
    tokenizer.chat_template = chat_template(wrapper, tokenizer)
    messages = [
        {"role": "system", "content": row.instruction},
        {"role": "user", "content": row.input},
    ]
    asked = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False)
    assert asked == tokenizer(wrapper.prompt(row))["input_ids"]
    begins = asked[0] == tokenizer.bos_token_id
    assert begins == (family == "llama")


def test_keys_of_older_readers_are_written(tmp_path: Path) -> None:
    """The keys that transformers 4 reads are there, and what transformers 5 reads stays."""
    rotary = {"partial_rotary_factor": 0.5, "rope_theta": 20000, "rope_type": "default"}
    config = {"model_type": "gpt_neox", "rope_parameters": rotary, "dtype": "bfloat16"}
    tokenizer = {"tokenizer_class": "TokenizersBackend", "eos_token": "</s>", "is_local": True}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    make_readable(tmp_path)
    assert json.loads((tmp_path / "config.json").read_bytes()) == config | {
        "rotary_pct": 0.5,
        "rotary_emb_base": 20000,
        "torch_dtype": "bfloat16",
    }
    assert json.loads((tmp_path / "tokenizer_config.json").read_bytes()) == {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "</s>",
    }
    del rotary["partial_rotary_factor"]
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(RunError, match=r"lacks rope_parameters\.partial_rotary_factor"):
        make_readable(tmp_path)
