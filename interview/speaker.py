"""A language model that says the next question, from a folder on this machine.

    speaker = open_speaker(Path("runs/interview-kanana-1.5-2.1b-lora"))

The folder is what a training left, a checkpoint of it, or the merged model. `eval.answers.model`
is not for this: it loads a run's base and adapter by the run's YAML, to be asked with the adapter
on and off, and stands behind no door. Nothing is downloaded, weights are read as safetensors
alone, and code that comes with a model is never run.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import yaml

from interview.phrasing import Phrased, phrased
from interview.situation import Situation
from preprocess.alpaca import RecordError, Wrapper, read_wrapper

CONFIGS = Path("axolotl_configs")
#: How the path of an interviewer's training rows ends: `data/alpaca/<task>/train.jsonl`.
ROWS = ("alpaca", "interview", "train.jsonl")
#: Tokens that a question may take; the bank's longest take some sixty of a Korean vocabulary.
MOST_TOKENS = 160
#: Why a folder is no model, by transformers and peft: what is missing, broken or of another size.
_BROKEN = (OSError, ValueError, RuntimeError, KeyError)


class Speaker:
    """A loaded model with the wrapper of its run; each prompt is answered once, greedily."""

    def __init__(self, model: Any, tokenizer: Any, wrapper: Wrapper, *, adapted: bool) -> None:
        self._model = model
        self._adapted = adapted
        self._tokenizer = tokenizer
        self.wrapper = wrapper
        self._known: dict[str, Phrased] = {}

    def phrase(self, situation: Situation) -> Phrased:
        """Say the question that a situation calls for."""
        prompt = self.wrapper.prompt(situation)
        if prompt not in self._known:
            output, ended = self.answers([prompt])[0]
            self._known[prompt] = phrased(output, ended=ended)
        return self._known[prompt]

    def answers(self, prompts: Sequence[str], *, adapter: bool = True) -> list[tuple[str, bool]]:
        """Continue prompts; for each the text without its end token, and whether that came.

        Raises:
            RecordError: The adapter is to be off where there is none.

        """
        import torch  # noqa: PLC0415 (loaded with the model)

        if not adapter and not self._adapted:
            raise RecordError("a merged model has no adapter to switch off; name the run's folder")

        inputs = self._tokenizer(
            list(prompts), padding=True, return_tensors="pt", return_token_type_ids=False
        ).to(self._model.device)
        width = inputs["input_ids"].shape[1]
        off = nullcontext() if adapter else self._model.disable_adapter()
        with torch.inference_mode(), off:
            tokens = self._model.generate(
                **inputs,
                do_sample=False,
                use_cache=True,  # Axolotl saves False, and each token would cost the whole prompt
                max_new_tokens=MOST_TOKENS,
                pad_token_id=self._tokenizer.pad_token_id,
                eos_token_id=self._tokenizer.eos_token_id,
            )
        return [self._read(row[width:].tolist()) for row in tokens]

    def _read(self, tokens: list[int]) -> tuple[str, bool]:
        end = self._tokenizer.eos_token_id
        ended = end in tokens
        kept = tokens[: tokens.index(end)] if ended else tokens
        return str(self._tokenizer.decode(kept, skip_special_tokens=True)), ended


def config_of(folder: Path, configs: Path = CONFIGS) -> Path:
    """Find the YAML of the run in whose folder a model lies.

    Raises:
        RecordError: No folder above it has a run's name.

    """
    places = [folder, *folder.parents]
    found = (configs / f"{place.name}.yml" for place in places if place.name)
    for path in found:
        if path.is_file():
            return path
    raise RecordError(
        f"{folder} lies in no folder of a run in {configs}/, whose YAML holds the prompt; keep it "
        "as runs/<run> or below"
    )


def read_prompt(config: Path) -> Wrapper:
    """Read the wrapper around a situation off a run's YAML.

    Raises:
        RecordError: The YAML cannot be read, or has no wrapper.

    """
    settings = _settings(config)
    try:
        return read_wrapper(settings)
    except ValueError as error:
        raise RecordError(f"{config}: {error}") from None


def refuse_other_task(folder: Path, config: Path) -> None:
    """Refuse a model that has learnt another task than to say the next question.

    Raises:
        RecordError: The run's training rows are of another task, or its YAML names none.

    """
    match _settings(config).get("datasets"):
        case [{"path": str(path)}, *_]:
            train = Path(path)
        case _:
            raise RecordError(f"{config}: datasets[0].path is missing; it names the training rows")
    if train.parts[-3:] != ROWS:
        raise RecordError(
            f"{folder} is no interviewer: {config} trains on {train}, of the task "
            f"{train.parent.name}; name the folder of a run of the task {ROWS[1]}, such as "
            "runs/interview-kanana-1.5-2.1b-lora"
        )


def _settings(config: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecordError(f"{config}: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise RecordError(f"{config} holds no keys; a run is a YAML of Axolotl's settings")
    return found


def open_speaker(folder: Path, configs: Path = CONFIGS) -> Speaker:
    """Load a model.

    Raises:
        RecordError: There is no such folder, run, or whole model, or it is of another task; the
            message says which and how to mend it.

    """
    if not folder.is_dir():
        raise RecordError(f"{folder} is no folder; train a model with: make train RUN=<run>")
    config = config_of(folder.resolve(), configs)
    refuse_other_task(folder, config)
    wrapper = read_prompt(config)
    adapted = (folder / "adapter_config.json").is_file()
    try:
        model, tokenizer = _load(folder, adapted=adapted)
    except _BROKEN as error:
        first = str(error).partition("\n")[0]
        raise RecordError(
            f"{folder} holds no whole model ({first}); train it again, or bring its base with: "
            "hf download <base>"
        ) from error
    return Speaker(model, tokenizer, wrapper, adapted=adapted)


def _load(folder: Path, *, adapted: bool) -> tuple[Any, Any]:
    """Load tokenizer and weights, an adapter's on its base; no bars, as a dialogue follows."""
    import torch  # noqa: PLC0415 (takes seconds)
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 (the same)
    from transformers.utils import logging  # noqa: PLC0415 (the same)

    logging.disable_progress_bar()
    tokenizer: Any = AutoTokenizer.from_pretrained(
        folder, padding_side="left", local_files_only=True
    )
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    kind: Any = AutoModelForCausalLM
    if adapted:
        from peft import AutoPeftModelForCausalLM  # noqa: PLC0415 (takes seconds more)

        kind = AutoPeftModelForCausalLM
    card = torch.cuda.is_available()
    model = kind.from_pretrained(
        folder,
        dtype=torch.bfloat16 if card else torch.float32,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
    )
    return model.to("cuda" if card else "cpu").eval(), tokenizer
