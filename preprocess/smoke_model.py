"""Make the folder from which the smoke run trains a small GPT-NeoX from scratch.

    python -m preprocess.smoke_model --data data --out data/smoke-model

trains a byte-level BPE tokenizer on the training split and writes it beside a `config.json` of
polyglot-ko's architecture, cut down to a size that two CPU cores train in a minute. No weights:
Axolotl draws them (`reinit_weights: true`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from preprocess.alpaca import AlpacaRow, RecordError, read_jsonl, rows_path, write_whole
from preprocess.steps import TextRow

END = "<|endoftext|>"  # end of text and padding, as in polyglot-ko
VOCABULARY = 6144
#: What no token reaches across: `[3`, and in a list of numbers `-5` or `,7`; a digit; a word, or
#: signs, with the space before; white space.
PIECES = (
    r"\[\d{1,2}|[-,]\d{1,2}(?=[\d,-]*\])|\d"
    r"| ?\p{L}+| ?[^\s\p{L}\p{N}\[]+|\[|\s+(?!\S)|\s+"
)
#: polyglot-ko-1.3b has 24 layers of 2048 with 16 heads; its 2,048 positions are kept.
SHAPE = {
    "hidden_size": 192,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "intermediate_size": 768,
    "max_position_embeddings": 2048,
}


def training_texts(data: Path) -> Iterator[str]:
    """Yield what the tokenizer learns from: essays and advice of the training split only."""
    cure = "make data"
    for text in read_jsonl(data / "text" / "train.jsonl", TextRow, cure=cure):
        yield text.text
    for row in read_jsonl(rows_path(data, "advice", "train"), AlpacaRow, cure=cure):
        yield f"{row.instruction}\n{row.input}\n{row.output}"


def write_tokenizer(texts: Iterator[str], out: Path, *, vocabulary: int = VOCABULARY) -> int:
    """Train a byte-level BPE tokenizer and save it for transformers.

    A sentence's number is one token with its bracket, so that a small model can copy it in one
    step; elsewhere single digits are single tokens.

    Returns:
        The size of its vocabulary, at most `vocabulary`.

    """
    from tokenizers import (  # noqa: PLC0415 - wanted by this command alone
        Regex,
        Tokenizer,
        decoders,
        models,
        pre_tokenizers,
        trainers,
    )

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END,
        "pad_token": END,
        "bos_token": END,
        "model_max_length": SHAPE["max_position_embeddings"],
        "clean_up_tokenization_spaces": False,
    }
    write_whole(out / "tokenizer.json", [tokenizer.to_str().encode()])
    write_whole(out / "tokenizer_config.json", [json.dumps(settings, indent=1).encode()])
    return int(tokenizer.get_vocab_size())


def write_model_config(out: Path, *, vocabulary: int) -> None:
    """Write the `config.json` of a small GPT-NeoX with polyglot-ko's proportions."""
    config = {
        "architectures": ["GPTNeoXForCausalLM"],
        "model_type": "gpt_neox",
        "vocab_size": vocabulary,
        **SHAPE,
        "hidden_act": "gelu",
        "rotary_pct": 0.5,
        "rotary_emb_base": 10000,
        "use_parallel_residual": True,
        "tie_word_embeddings": False,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
        "dtype": "float32",
    }
    write_whole(out / "config.json", [json.dumps(config, indent=1).encode()])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.smoke_model",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("data/smoke-model"))
    args = parser.parse_args(argv)
    try:
        vocabulary = write_tokenizer(training_texts(args.data), args.out)
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    write_model_config(args.out, vocabulary=vocabulary)
    # Rows prepared with an earlier tokenizer would be read as they are.
    shutil.rmtree(args.data / "prepared", ignore_errors=True)
    print(f"a tokenizer of {vocabulary} entries and a model's shape, in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
