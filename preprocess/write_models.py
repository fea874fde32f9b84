"""Make the folders from which the `write-gpt-*` runs train a GPT-2 from scratch.

    python -m preprocess.write_models --data data

trains one byte-level BPE tokenizer of at most 15,000 entries on the training answers, their
questions and instructions, and writes it with a `config.json` into `data/write-gpt-h128`, `-h256`
and `-h512`: the three widths of an earlier study, 4 layers, 8 heads, 1,024 positions, dropout 0.1.
The study's tokenizer took characters instead of bytes (alphabet 10,000, at least 3 times each), and
wrote the others as unknown. No weights: Axolotl draws them (`reinit_weights: true`). Exit codes: 0
done, 1 the data are missing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from preprocess.alpaca import AlpacaRow, RecordError, read_jsonl, rows_path, write_whole
from preprocess.smoke_model import write_tokenizer

VOCABULARY = 15_000
WIDTHS = (128, 256, 512)
POSITIONS = 1024


def written_texts(data: Path) -> Iterator[str]:
    """Yield what the tokenizer learns from: the rows of `write`, of the training split only.

    Raises:
        RecordError: There are none.

    """
    for row in read_jsonl(rows_path(data, "write", "train"), AlpacaRow, cure="make data"):
        yield f"{row.instruction}\n{row.input}\n{row.output}"


def gpt2_config(width: int, vocabulary: int) -> dict[str, Any]:
    """Give the `config.json` of the study's GPT-2 of a width, with a vocabulary of this size."""
    return {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "n_embd": width,
        "n_layer": 4,
        "n_head": 8,
        "n_positions": POSITIONS,
        "vocab_size": vocabulary,
        "attn_pdrop": 0.1,
        "embd_pdrop": 0.1,
        "resid_pdrop": 0.1,
        "tie_word_embeddings": True,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
        "dtype": "float32",
    }


def write_folders(data: Path) -> tuple[Path, ...]:
    """Write the folders of all widths; returns them.

    Raises:
        RecordError: The training rows of `write` are missing.

    """
    folders = tuple(data / f"write-gpt-h{width}" for width in WIDTHS)
    vocabulary = write_tokenizer(written_texts(data), folders[0], vocabulary=VOCABULARY)
    settings = json.loads((folders[0] / "tokenizer_config.json").read_bytes())
    told = json.dumps(settings | {"model_max_length": POSITIONS}, indent=1).encode()
    tokenizer = (folders[0] / "tokenizer.json").read_bytes()
    for width, folder in zip(WIDTHS, folders, strict=True):
        write_whole(folder / "tokenizer.json", [tokenizer])
        write_whole(folder / "tokenizer_config.json", [told])
        config = json.dumps(gpt2_config(width, vocabulary), indent=1)
        write_whole(folder / "config.json", [config.encode()])
    return folders


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.write_models",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR")
    args = parser.parse_args(argv)
    try:
        folders = write_folders(args.data)
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    # Rows prepared with an earlier tokenizer would be read as they are.
    for prepared in (args.data / "prepared").glob("write-gpt-*"):
        shutil.rmtree(prepared)
    print(f"a tokenizer and the shapes of GPT-2 models, in {', '.join(map(str, folders))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
