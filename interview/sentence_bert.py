"""Sentence-BERT as an encoder, from a folder or from the hub at a named revision.

    encoder = open_encoder("runs/interview-bank-satisfied/model")
    encoder = open_encoder("klue/roberta-base@02f94ba")

Any sentence-transformers model will do, and any transformers encoder, whose token vectors are
then averaged. Weights are read as safetensors alone, and code that comes with them is never run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interview.encoders import Vectors
from preprocess.alpaca import RecordError

#: Tokens that are read at most; an input's topic and remaining answers take some thirty.
LONGEST = 256
BATCH = 64


@dataclass(frozen=True)
class SentenceBert:
    """A loaded model, and what it is called beside its numbers."""

    model: Any
    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Make vectors: texts × dimensions, each of length 1."""
        rows: Vectors = self.model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return rows.astype(np.float32)


def open_encoder(name: str) -> SentenceBert:
    """Load a model.

    Args:
        name: A folder, or the hub's name and revision as `owner/model@revision`.

    Raises:
        RecordError: sentence-transformers is not installed, the name has no revision, or there
            is no whole model; the message says which and how to mend it.

    """
    folder = Path(name).is_dir()
    model, _, revision = (name, "", "") if folder else name.rpartition("@")
    if not model:
        raise RecordError(
            f"{name} is no folder here and names no revision of the hub; name a folder, or write "
            f"{name}@<commit or tag>, so that the same model is found again"
        )
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (loads torch)
    except ImportError:
        raise RecordError(
            "Sentence-BERT needs sentence-transformers; install it with: pip install -e .[eval]"
        ) from None
    try:
        loaded: Any = SentenceTransformer(
            model,
            revision=revision or None,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    # A folder whose weights are of another size is a RuntimeError, a config that lacks what it
    # needs a KeyError.
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        first = str(error).partition("\n")[0]
        raise RecordError(
            f"{name} holds no whole sentence encoder ({first}); train one with: make "
            "interview-train"
            if folder
            else f"{name} is not whole on this machine, and the hub could not be reached or has "
            f"no such model ({first}); where there is a network, download it with: hf download "
            f"{model} --revision {revision}"
        ) from error
    loaded.max_seq_length = min(loaded.max_seq_length or LONGEST, LONGEST)
    loaded.tokenizer.truncation_side = "right"
    return SentenceBert(loaded, Path(model).name if folder else name)
