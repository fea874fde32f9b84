"""The files beside merged weights, put so that readers older than transformers 5 understand them.

transformers 5 moved the rotary settings into `rope_parameters` and saves them nowhere else. Older
readers (transformers 4, and what is built on it) look for `rotary_pct` and `rotary_emb_base` of
GPT-NeoX and `rope_theta` of Llama, and take 0.25 and 10,000 where there are none, without a word.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from axolotl_configs.run_yaml import RunError
from preprocess.alpaca import write_whole

#: By kind of model: each key that older readers know, and where transformers 5 keeps its value.
ROTARY_KEYS: Final = {
    "gpt_neox": {"rotary_pct": "partial_rotary_factor", "rotary_emb_base": "rope_theta"},
    "llama": {"rope_theta": "rope_theta"},
}


def make_readable(folder: Path) -> None:
    """Write the keys that older readers look for into a folder's `config.json` and tokenizer.

    Raises:
        RunError: `config.json` states no rotary settings, so that none can be restored.

    """
    config = _read(folder / "config.json")
    rotary = config.get("rope_parameters", {})
    kept = ROTARY_KEYS.get(config.get("model_type", ""), {})
    if missing := sorted(set(kept.values()) - set(rotary)):
        raise RunError(
            f"{folder / 'config.json'} lacks rope_parameters.{missing[0]}, without which older "
            "readers guess; merge with the transformers that the run was trained with"
        )
    config |= {key: rotary[name] for key, name in kept.items()}
    config["torch_dtype"] = config.get("dtype")
    _write(folder / "config.json", config)
    tokenizer = _read(folder / "tokenizer_config.json")
    if tokenizer.get("tokenizer_class") == "TokenizersBackend":  # unknown before transformers 5
        tokenizer["tokenizer_class"] = "PreTrainedTokenizerFast"
    for own in ("is_local", "local_files_only"):  # of the reader that saved it, not of the model
        tokenizer.pop(own, None)
    _write(folder / "tokenizer_config.json", tokenizer)


def _read(path: Path) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return settings


def _write(path: Path, settings: dict[str, Any]) -> None:
    text = json.dumps(settings, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    write_whole(path, [text.encode()])
