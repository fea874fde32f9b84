"""A sentence encoder: vectors of texts, each text encoded once, many at a time.

    encoder = load_encoder("runs/encoders/ko-sentences")      # a folder
    encoder = load_encoder("jhgan/ko-sroberta-multitask@ab957ae")  # of the hub, at a revision

Any sentence-transformers model will do, and any transformers encoder, whose token vectors are
then averaged. Which model, and which of its layers, moves the numbers far, so both are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.runs import fingerprint

Vector = NDArray[np.float32]

BATCH = 64
#: Characters of a fingerprint that are shown.
SHOWN = 12
#: Weights are read as safetensors alone, as everywhere here.
SAFE = {"use_safetensors": True}


class EncoderError(Exception):
    """There is no such encoder here; the message says what is missing and where to get it."""


@dataclass(frozen=True)
class Encoder:
    """A loaded model, and what it is called beside its numbers."""

    model: Any
    signature: str

    def vectors(self, texts: Iterable[str]) -> Mapping[str, Vector]:
        """Encode the distinct texts: one vector of length 1 for each."""
        distinct = list(dict.fromkeys(texts))
        if not distinct:
            return {}
        rows = self.model.encode(distinct, batch_size=BATCH, normalize_embeddings=True)
        return dict(zip(distinct, rows, strict=True))


def load_encoder(name: str, layer: int | None = None) -> Encoder:
    """Load an encoder.

    Args:
        name: A folder, or the hub's name and revision as `owner/model@revision`.
        layer: Last layer that is used, counted from 1; the model's own last where none is named.

    Raises:
        EncoderError: The name has no revision, the layer does not exist, or there is no model.

    """
    folder = Path(name).is_dir()
    model, _, revision = (name, "", "") if folder else name.rpartition("@")
    if not folder and not model:
        raise EncoderError(
            f"the encoder {name} is no folder here and names no revision; "
            f"write {name}@<commit or tag>, so that the same model is found again"
        )
    loaded = open_model(model, revision or None, layer)
    at = f"sha256 {weights_of(Path(name))}" if folder else f"@{revision}"
    return Encoder(
        loaded,
        f"{Path(model).name if folder else model} {at}, {layer_word(loaded, layer)}, "
        f"up to {loaded.max_seq_length} tokens, "
        f"sentence-transformers {version('sentence-transformers')}",
    )


def open_model(name: str, revision: str | None, layer: int | None) -> Any:
    """Open a model with sentence-transformers, no deeper than the layer.

    Raises:
        EncoderError: sentence-transformers is not installed, there is no model, or no such layer.

    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (loads torch)
    except ImportError:
        raise EncoderError(
            "a sentence encoder needs sentence-transformers; install it with: "
            "pip install sentence-transformers"
        ) from None
    try:
        whole: Any = SentenceTransformer(name, revision=revision, model_kwargs=SAFE)
        if layer is None:
            return whole
        depth = depth_of(whole)
        if not 1 <= layer <= depth:
            raise EncoderError(f"the encoder {name} has the layers 1 to {depth}, not {layer}")
        kept = {"num_hidden_layers": layer}
        return SentenceTransformer(name, revision=revision, model_kwargs=SAFE, config_kwargs=kept)
    except (OSError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise EncoderError(
            f"no sentence encoder at {name} ({first}); give a folder that holds one, or "
            "download it once where there is a network: hf download <name> --revision <revision>"
        ) from error


def depth_of(model: Any) -> int:
    """Count the layers of a loaded model; static word vectors have none."""
    inside = getattr(model[0], "auto_model", None)
    depth: int = 0 if inside is None else inside.config.num_hidden_layers
    return depth


def layer_word(model: Any, layer: int | None) -> str:
    """Name the layer whose vectors are used."""
    if layer is not None:
        return f"layer {layer}"
    depth = depth_of(model)
    return f"last layer ({depth})" if depth else "static vectors"


def weights_of(folder: Path) -> str:
    """Fingerprint a folder's weights, so that two folders of one name are told apart."""
    return fingerprint(*sorted(folder.rglob("*.safetensors")))[:SHOWN]
