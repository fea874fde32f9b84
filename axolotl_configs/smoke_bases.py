"""Make the base models of the smoke runs: one small model of each family, with random weights.

    python -m axolotl_configs.smoke_bases

takes the tokenizer of `data/smoke-model` and writes `data/smoke-neox` (GPT-NeoX, as polyglot-ko),
`data/smoke-llama` (Llama, as SOLAR and EEVE) and `data/smoke-gpt2` (GPT-2, as KoGPT2): the
architectures and the tokenizers' habits of the real bases, two layers each. The same seed gives the
same weights. Exit codes: 0 done, 1 the tokenizer is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from axolotl_configs.noise import hush
from preprocess.alpaca import write_whole

Family = Literal["neox", "llama", "gpt2"]

#: Beside these each config gets the size of its vocabulary. Real shapes: polyglot-ko-1.3b has 24
#: layers of 2,048 and turns half of each head; EEVE has 48 of 4,096 with 8 key and value heads.
SHAPES: dict[Family, dict[str, Any]] = {
    "neox": {
        "architectures": ["GPTNeoXForCausalLM"],
        "model_type": "gpt_neox",
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 256,
        "max_position_embeddings": 2048,
        "hidden_act": "gelu",
        "rotary_pct": 0.5,
        "rotary_emb_base": 10000,
        "use_parallel_residual": True,
        "tie_word_embeddings": False,
        "dtype": "float32",
    },
    "llama": {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 192,
        "max_position_embeddings": 4096,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-5,
        "tie_word_embeddings": False,
        "dtype": "float32",
    },
    "gpt2": {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "n_embd": 64,
        "n_layer": 2,
        "n_head": 4,
        "n_positions": 2048,
        "tie_word_embeddings": False,
        "dtype": "float32",
    },
}
#: The tokens that begin and end a text: polyglot has one for all, SOLAR and EEVE begin every text.
ENDS: dict[Family, tuple[str, str]] = {
    "neox": ("<|endoftext|>", "<|endoftext|>"),
    "llama": ("<s>", "</s>"),
    "gpt2": ("</s>", "</s>"),
}


class NoTokenizerError(ValueError):
    """The tokenizer that a smoke base needs is not there; the message says how to make it."""


def write_base(family: Family, tokenizer: Path, out: Path, *, seed: int = 3) -> None:
    """Write a small model with random weights, readable by transformers.

    Args:
        family: The architecture.
        tokenizer: A folder with the `tokenizer.json` of `preprocess.smoke_model`.
        out: The folder of the model.
        seed: What the weights are drawn from.

    Raises:
        NoTokenizerError: There is no tokenizer.

    """
    begin, end = ENDS[family]
    size, ids = _write_tokenizer(tokenizer, out, begin, end)
    config = SHAPES[family] | {
        "vocab_size": size,
        "bos_token_id": ids[begin],
        "eos_token_id": ids[end],
    }
    write_whole(out / "config.json", [json.dumps(config, indent=1).encode()])
    _write_weights(out, seed)


def _write_tokenizer(source: Path, out: Path, begin: str, end: str) -> tuple[int, dict[str, int]]:
    """Write a tokenizer with these ends; give the size of its vocabulary, and the ends' ids."""
    from tokenizers import Tokenizer, processors  # noqa: PLC0415 - wanted by this command alone

    path = source / "tokenizer.json"
    if not path.is_file():
        raise NoTokenizerError(
            f"{path} is missing; make it with: make data && python -m preprocess.smoke_model"
        )
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.add_special_tokens(sorted({begin, end}))
    vocabulary = tokenizer.get_vocab()
    ids = {token: vocabulary[token] for token in (begin, end)}
    if begin != end:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{begin} $A", special_tokens=[(begin, ids[begin])]
        )
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": begin,
        "eos_token": end,
        "clean_up_tokenization_spaces": False,
    }
    write_whole(out / "tokenizer.json", [tokenizer.to_str().encode()])
    write_whole(out / "tokenizer_config.json", [json.dumps(settings, indent=1).encode()])
    return int(tokenizer.get_vocab_size()), ids


def _write_weights(out: Path, seed: int) -> None:
    """Draw the weights that the folder's config asks for.

    transformers' own `save_pretrained` would write the config anew and leave out `rotary_pct`,
    which the real polyglot's config has.
    """
    import torch  # noqa: PLC0415 - takes seconds
    from safetensors.torch import save  # noqa: PLC0415 - brings torch along
    from transformers import AutoConfig, AutoModelForCausalLM  # noqa: PLC0415 - takes seconds

    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(out))
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    write_whole(out / "model.safetensors", [save(weights, metadata={"format": "pt"})])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.smoke_bases",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tokenizer", type=Path, default=Path("data/smoke-model"), metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("data"), metavar="DIR")
    args = parser.parse_args(argv)
    hush()
    try:
        for family in get_args(Family):
            write_base(family, args.tokenizer, args.out / f"smoke-{family}")
    except NoTokenizerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    folders = ", ".join(f"{args.out}/smoke-{family}" for family in get_args(Family))
    print(f"the smoke runs' base models, in {folders}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
