"""Base, adapter and merged weights: loading, merging, writing, with errors that name the cure.

The merge is peft's own `merge_and_unload` in float32 on the base's unrounded weights, also where
training rounded the base to 4 bits; the sum is rounded once, when it is written. Axolotl's `legacy`
method does the same sum in the run's own 16 bits; its default (`memory_efficient`) rounds the base
to NF4 first and drops an adapter of the head.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import RunError, base_cure

#: Bytes of a weight as it is stored.
STORED: Final = {"float32": 4, "bfloat16": 2}
WEIGHTS: Final = "adapter_model.safetensors"


def stored_as(run: NamedRun) -> str:
    """Name the type in which the merged weights are written: the run's own."""
    return "bfloat16" if run.wants_card else "float32"


def adapter_of(run: NamedRun) -> Path:
    """Find a run's adapter and see that it is whole and made for the run's base.

    Returns:
        The file of its weights.

    Raises:
        RunError: It is missing, cut, or made for another base.

    """
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - of the training extra

    path, again = run.output_dir / WEIGHTS, f"make train RUN={run.name}"
    if not run.settings.get("adapter"):
        raise RunError(f"{run.config} trains no adapter: {run.output_dir} is the model itself")
    if not path.is_file():
        raise RunError(f"{path} is missing: the run was never trained; {again}")
    try:
        with safe_open(path, framework="np") as weights:
            empty = not weights.keys()
        settings = json.loads((run.output_dir / "adapter_config.json").read_bytes())
        made_for = settings["base_model_name_or_path"]
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} is half-written ({first_line(error)}); {again}") from None
    if empty:
        raise RunError(f"{path} holds no weights; {again}")
    if made_for != run.base_model:
        raise RunError(
            f"{path} was trained on {made_for}, but {run.config} names {run.base_model}; "
            f"name the one that it was trained on, or {again}"
        )
    return path


def check_room(parameters: int, stored: str, *, memory: int, disk: int) -> None:
    """See that merging fits before it starts.

    Args:
        parameters: Of the base.
        stored: The type in which merged weights are written, a key of `STORED`.
        memory: Free bytes of memory.
        disk: Free bytes where the merged weights go.

    Raises:
        RunError: It does not fit.

    """
    gib = 2**30
    for name, need, there in (
        ("memory", 4 * parameters, memory),
        ("disk", STORED[stored] * parameters, disk),
    ):
        if need > there:
            raise RunError(
                f"merging {parameters:,} weights needs {need / gib:.1f} GiB of {name} and "
                f"{there / gib:.1f} are free; free some, or merge on a larger machine"
            )


def room_for(run: NamedRun) -> None:
    """See that a run's merge fits into this machine's memory and disk; see `check_room`."""
    import torch  # noqa: PLC0415 - takes seconds
    from transformers import AutoConfig, AutoModelForCausalLM  # noqa: PLC0415 - the same

    with base_is_there(run):
        config = AutoConfig.from_pretrained(run.base_model, revision=revision_of(run))
    with torch.device("meta"):
        parameters = AutoModelForCausalLM.from_config(config).num_parameters()
    check_room(
        parameters,
        stored_as(run),
        memory=free_memory(),
        disk=shutil.disk_usage(run.output_dir).free,
    )


def free_memory() -> int:
    """Tell how many bytes of memory Linux would give to a new process (`man 5 proc`)."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))


def with_adapter(run: NamedRun) -> Any:
    """Load the run's base in float32, its adapter on it, unmerged.

    Raises:
        RunError: The base is not here, or the adapter does not fit it.

    """
    from peft import PeftModel, get_peft_model_state_dict  # noqa: PLC0415 - brings torch along
    from safetensors import safe_open  # noqa: PLC0415 - of the training extra

    with base_is_there(run):
        base = load(run.base_model, "float32", revision_of(run))
    wrong = f"the adapter in {run.output_dir} does not fit the base model {run.base_model}"
    cure = f"train it anew: make train RUN={run.name}"
    try:
        model = PeftModel.from_pretrained(base, str(run.output_dir)).eval()
    except (RuntimeError, ValueError) as error:
        raise RunError(f"{wrong} ({first_line(error)}); {cure}") from None
    with safe_open(run.output_dir / WEIGHTS, framework="np") as weights:
        # Peft leaves a weight that has no place out, and one that is missing at random.
        strangers = set(weights.keys()) ^ set(get_peft_model_state_dict(model))
    if strangers:
        raise RunError(f"{wrong} ({len(strangers)} weights, {min(strangers)} first); {cure}")
    return model


def load(model: str | Path, dtype: str, revision: str = "main") -> Any:
    """Load a causal model's weights, safetensors alone, onto the card where it has the room."""
    import torch  # noqa: PLC0415 - takes seconds
    from transformers import AutoModelForCausalLM  # noqa: PLC0415 - the same

    loaded = AutoModelForCausalLM.from_pretrained(
        model, revision=revision, dtype=getattr(torch, dtype), use_safetensors=True
    ).eval()
    if not torch.cuda.is_available():
        return loaded
    free, _ = torch.cuda.mem_get_info()
    spare = 1.5 * 4 * loaded.num_parameters()  # float32, with what it computes on the way
    return loaded.to("cuda") if spare < free else loaded


def write(model: Any, folder: Path, stored: str, tokenizer: Any) -> None:
    """Write merged weights, configuration and tokenizer, the weights rounded to `stored`.

    Raises:
        RunError: The disk is full, or the folder cannot be written to.

    """
    import torch  # noqa: PLC0415 - takes seconds
    from safetensors import SafetensorError  # noqa: PLC0415 - of the training extra

    # Axolotl leaves False in its models, which makes each token cost the whole text before it.
    model.config.use_cache = model.generation_config.use_cache = True
    try:
        model.to(getattr(torch, stored)).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    except (OSError, SafetensorError) as error:
        raise RunError(
            f"{folder} cannot be written ({first_line(error)}); see that its disk has room"
        ) from None


@contextmanager
def base_is_there(run: NamedRun) -> Iterator[None]:
    """Turn the errors of a base model that cannot be loaded into one with its cure.

    Raises:
        RunError: The base model cannot be loaded.

    """
    from safetensors import SafetensorError  # noqa: PLC0415 - of the training extra

    try:
        yield
    except (OSError, ValueError, SafetensorError) as error:
        raise RunError(
            f"the base model {run.base_model} cannot be loaded ({first_line(error)}); "
            f"bring it with: {base_cure(run.base_model)}"
        ) from None


def revision_of(run: NamedRun) -> str:
    """Name the hub revision of the run's base."""
    return str(run.settings.get("revision_of_model") or "main")


def sha256(path: Path) -> str:
    """Compute a file's fingerprint, without holding the file in memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def first_line(error: Exception) -> str:
    """Give the first line of a foreign error, whose rest is advice for other people."""
    return str(error).strip().split("\n", 1)[0].rstrip(".")
