"""The baseline `retrieval-encoder`: the nearest training answer as a sentence encoder tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.systems.baselines import Baseline
from eval.systems.retrieval import Library, Text, from_nearest
from eval.tasks import Item
from eval.text.encoder import Encoder, EncoderError, Vector

#: Korean sentence encoders of the hub that are taken where one is on this machine already.
KNOWN = (
    "nlpai-lab/KURE-v1",
    "jhgan/ko-sroberta-multitask",
    "snunlp/KR-SBERT-V40K-klueNLI-augSTS",
    "BAAI/bge-m3",
    "intfloat/multilingual-e5-small",
)
#: The file in which an encoder has its weights.
WEIGHTS = "model.safetensors"


def encoder_in_cache(cache: Path | None = None) -> str | None:
    """Find a known encoder in the hub's cache: its name and commit, as `load_encoder` takes them.

    Args:
        cache: The cache's folder; the hub's own by default.

    Returns:
        `owner/model@commit` of the first of `KNOWN` that is there with its weights, or `None`.

    Raises:
        EncoderError: The only ones that are there have no weights.

    """
    if find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - comes with the encoders

    def held(name: str, file: str) -> str | None:
        found = try_to_load_from_cache(name, file, cache_dir=cache)
        return found if isinstance(found, str) else None

    begun = {name: config for name in KNOWN if (config := held(name, "config.json"))}
    for name, config in begun.items():
        if held(name, WEIGHTS):
            return f"{name}@{Path(config).parent.name}"
    for name in begun:
        raise EncoderError(
            f"the encoder {name} is in the hub's cache without its weights; bring them with: "
            f"hf download {name}"
        )
    return None


class EncoderVectors:
    """The mean of the vectors of a text's sentences, made of length 1; each sentence once.

    Sentence encoders cut off what is longer than a few sentences, so a text is never given whole.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vector] = {}

    def prepare(self, sentences: Iterable[str]) -> None:
        """Encode many sentences in one go, those that are not known yet."""
        fresh = [text for text in sentences if text not in self._known]
        self._known |= self._encoder.vectors(fresh)

    def of(self, texts: Sequence[Text]) -> NDArray[np.float32]:
        """Make vectors: texts × the encoder's width, dense."""
        self.prepare(sentence for text in texts for sentence in text)
        means = np.stack([np.mean([self._known[s] for s in text], axis=0) for text in texts])
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        return np.asarray(means / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)


def encoder_retrieval(train: Sequence[Item], test: Sequence[Item], encoder: Encoder) -> Baseline:
    """Answer every test row with the advice on its nearest training row, by an encoder."""
    library = Library(train, EncoderVectors(encoder))
    by = f"문장 인코더({encoder.signature})로"
    return from_nearest("retrieval-encoder", by, library, test)
