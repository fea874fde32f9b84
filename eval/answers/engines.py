"""What continues prompts on this machine: transformers, or vLLM where it is and a CUDA card is.

Both load a run's base with its adapter as it was trained, and answer with the adapter on or off.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol, get_args

from axolotl_configs.noise import hush
from axolotl_configs.run_yaml import RunError
from eval.answers.answering import AnswerBatch

EngineName = Literal["transformers", "vllm"]
#: What may be asked for; `auto` takes vLLM where it can be had for the run.
ENGINES = ("auto", *get_args(EngineName))

#: Prompts at a time. vLLM fills the card itself and only keeps answers less often when given more.
BATCHES: dict[EngineName, int] = {"transformers": 16, "vllm": 256}

#: Architectures of our bases whose adapters vLLM takes; GPT-NeoX (polyglot) is not among them.
#: docs.vllm.ai, "List of Text-only Language Models", column LoRA.
VLLM_TAKES = frozenset({"llama"})


@dataclass(frozen=True)
class Drawing:
    """How the next token is found: the likeliest at temperature 0, else drawn from a seed.

    Attributes:
        temperature: What log-odds are divided by before a token is drawn.
        seed: What is drawn hangs on it.
        top_p: Draw from the fewest tokens whose chances make up this share.
        top_k: Draw from so many of the likeliest tokens; 0 is all.
        repetition_penalty: What the score of a token said before, prompt included, is divided by.
        no_repeat_ngram: No run of so many tokens comes twice, prompt included; 0 allows all.
        most_tokens: Tokens that an answer may take where that is less than its room.

    """

    temperature: float = 0.0
    seed: int = 0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    most_tokens: int | None = None

    @property
    def looks_back(self) -> bool:
        """Whether what stands before a token, padding too, changes how it is drawn."""
        return self.repetition_penalty != 1.0 or self.no_repeat_ngram > 0

    @property
    def narrowed(self) -> dict[str, float | int]:
        """What narrows the drawing beside temperature and seed, by name."""
        plain = Drawing(self.temperature, self.seed)
        names = [field.name for field in fields(self)]
        return {n: getattr(self, n) for n in names if getattr(self, n) != getattr(plain, n)}

    def room(self, most: int) -> int:
        """Give the tokens that an answer may take."""
        return most if self.most_tokens is None else min(most, self.most_tokens)

    @property
    def recorded_seed(self) -> int | None:
        """Say what a prediction's record holds; the likeliest answer has no seed."""
        return self.seed if self.temperature else None


@dataclass(frozen=True)
class Trained:
    """What an engine loads.

    Attributes:
        base: Folder or hub name of the base model; its weights must be safetensors.
        revision: The hub revision, or None.
        adapter: Folder that training left: an adapter, or a whole model.
        four_bit: Whether the base was rounded to NF4 at training.
        longest: The longest answer of the training split.
        room: Tokens an answer may take, as a multiple of `longest`.

    """

    base: str
    revision: str | None
    adapter: Path
    four_bit: bool
    longest: str
    room: float


class Engine(Protocol):
    """A loaded model."""

    def answers(self, *, adapter: bool) -> AnswerBatch:
        """Give the function that answers a batch of prompts, as trained or as before."""


def choose_engine(asked: str, adapter: Path, drawing: Drawing) -> EngineName:
    """Choose the engine for a run's adapter and a way to draw.

    Raises:
        RunError: vLLM is asked for and is not here, or does not take this adapter or drawing.

    """
    if asked == "transformers":
        return "transformers"
    lacking = vllm_lacks(adapter)
    if lacking is None and drawing.no_repeat_ngram:
        lacking = "vLLM has no ban on runs of tokens (no_repeat_ngram)"
    if asked == "vllm" and lacking:
        raise RunError(f"--engine vllm: {lacking}; use --engine transformers")
    return "transformers" if lacking else "vllm"


def vllm_lacks(adapter: Path) -> str | None:
    """Say what vLLM lacks to answer with an adapter; `None` where it can."""
    if find_spec("vllm") is None:
        return "vllm is not installed (pip install vllm, on a machine with a CUDA card)"
    import torch  # noqa: PLC0415 - only needed where vLLM is there

    if not torch.cuda.is_available():
        return "there is no CUDA card"
    if not (adapter / "adapter_config.json").is_file():
        return "vLLM is started here for adapters, and the run trained its model whole"
    kind = _read(adapter / "config.json").get("model_type")
    if kind not in VLLM_TAKES:
        return f"vLLM takes no adapter of a {kind} model"
    if _read(adapter / "adapter_config.json").get("modules_to_save"):
        return "vLLM takes no adapter with whole layers (modules_to_save)"
    return None


def _read(path: Path) -> dict[str, object]:
    """Read a JSON file of the adapter's folder; empty where there is none."""
    read: dict[str, object] = json.loads(path.read_bytes()) if path.is_file() else {}
    return read


def load_engine(name: EngineName, trained: Trained, drawing: Drawing) -> Engine:
    """Load a run's model; takes seconds to minutes.

    Raises:
        RunError: The base model is not on this machine and no hub answers.

    """
    hush()
    if name == "vllm":
        from eval.answers.vllm_engine import VllmModel  # noqa: PLC0415 - brings vLLM along

        return VllmModel(trained, drawing)
    from eval.answers.model import Model  # noqa: PLC0415 - brings torch along

    return Model(trained, drawing)
