"""A tiny sentence encoder with random weights: every character has its vector."""

from __future__ import annotations

import string
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

LAYERS = 2
SYLLABLES = "".join(map(chr, range(ord("가"), ord("힣") + 1)))


def write_encoder(folder: Path) -> Path:
    """Write an encoder of two layers below a folder.

    Returns:
        `pooled`, as sentence-transformers saves it; beside it stands `plain`, the same weights as
        transformers saves them.

    """
    torch.manual_seed(0)
    signs = ["[PAD]", "[UNK]", *string.printable, *SYLLABLES]
    tokenizer = Tokenizer(WordLevel({s: k for k, s in enumerate(signs)}, "[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **special)
    config = BertConfig(
        vocab_size=len(signs),
        hidden_size=16,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    plain = folder / "plain"
    BertModel(config).save_pretrained(plain)
    fast.save_pretrained(plain)
    words = Transformer(str(plain))
    whole = SentenceTransformer(modules=[words, Pooling(16)], device="cpu")
    whole.save(str(folder / "pooled"))
    return folder / "pooled"
