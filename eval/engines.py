"""What continues prompts on this machine: transformers, or vLLM where it is and a CUDA card is.

Both load a run's base with its adapter as it was trained, and answer with the adapter on or off.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol, get_args

from eval.answering import AnswerBatch
from eval.runs import RunError

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
    """How the next token is found: the likeliest at temperature 0, else drawn from a seed."""

    temperature: float = 0.0
    seed: int = 0

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
        adapter: Folder that training left.
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
        """Give the function that answers a batch of prompts, with the adapter on or off."""


def choose_engine(asked: str, adapter: Path) -> EngineName:
    """Choose the engine for a run's adapter.

    Raises:
        RunError: vLLM is asked for and is not here, or does not take this adapter.

    """
    if asked == "transformers":
        return "transformers"
    lacking = vllm_lacks(adapter)
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
    if name == "vllm":
        from eval.vllm_engine import VllmModel  # noqa: PLC0415 - brings vLLM along

        return VllmModel(trained, drawing)
    from eval.model import Model  # noqa: PLC0415 - brings torch along

    return Model(trained, drawing)
