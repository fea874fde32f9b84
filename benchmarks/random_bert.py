"""A random BERT of any size, made on the spot: it shows speed and that training works, no more."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from interview.bank import Bank

POSITIONS = 256


def make_bert(folder: Path, bank: Bank, layers: int = 2, width: int = 32) -> Path:
    """Write a random model, tiny by default, and a tokenizer of training replies."""
    texts = [*(row.reply for row in bank.split("train")), *bank.answers(), "남은 답변 (): -> ,"]
    words = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    words.train_from_iterator(iter(texts), vocab_size=800, min_frequency=1, show_progress=False)
    marks = {"unk": "[UNK]", "pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words._tokenizer,  # noqa: SLF001 - there is no public way
        model_max_length=POSITIONS,
        **{f"{name}_token": mark for name, mark in marks.items()},
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(2, width // 64),
        intermediate_size=4 * width,
        max_position_embeddings=POSITIONS,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
