"""A run's base model, wherever it is: a folder, the hub's cache, or the hub."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPException, responses
from pathlib import Path
from typing import Any

from axolotl_configs.findings import Finding
from axolotl_configs.memory import known_shapes
from axolotl_configs.model_shape import Shape, read_shape
from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import base_cure, is_local

HUB = "https://huggingface.co"
SECONDS = 5  # that the hub is waited for
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")


def is_offline() -> bool:
    """Whether the hub must not be asked, as the hub's own library reads it."""
    said = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return said.upper() in {"1", "ON", "YES", "TRUE"}


def file_of(run: NamedRun, name: str) -> Path | None:
    """Find a file of the base model on this machine, or None."""
    if is_local(run.base_model):
        path = Path(run.base_model) / name
        return path if path.is_file() else None
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - where it is installed
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415 - the same

    revision = run.settings.get("revision_of_model")
    try:
        found = try_to_load_from_cache(run.base_model, name, revision=revision)
    except HFValidationError:  # no name that the hub could know
        return None
    return Path(found) if isinstance(found, str) else None


def shape_of(run: NamedRun) -> Shape | None:
    """Read the base model's sizes, off its own files or the table, or None for a stranger."""
    path = file_of(run, "config.json")
    if path is None:
        return known_shapes().get(run.base_model)
    try:
        return read_shape(json.loads(path.read_bytes()))
    except (KeyError, TypeError, ValueError):
        return None


def has_weights(run: NamedRun) -> bool:
    """Whether the base model's weights are on this machine."""
    return any(file_of(run, name) for name in _WEIGHTS)


def presence(run: NamedRun) -> Iterator[Finding]:
    """Find where the base model will come from."""
    weightless = bool(run.settings.get("reinit_weights"))
    if file_of(run, "config.json") and (weightless or has_weights(run)):
        where = "in its folder" if is_local(run.base_model) else "in the hub's cache"
        random = ", weights to be drawn at random" if weightless else ""
        yield Finding("base model", "ok", f"{run.base_model} is {where}{random}")
    elif is_local(run.base_model):
        lacks = "weights" if file_of(run, "config.json") else "config.json"
        yield Finding(
            "base model",
            "fault",
            f"{run.base_model} has no {lacks}",
            f"bring it with: {base_cure(run.base_model)}",
        )
    elif is_offline():
        yield Finding(
            "base model",
            "fault",
            f"{run.base_model} is not in the hub's cache, and HF_HUB_OFFLINE is set",
            f"unset HF_HUB_OFFLINE, then: hf download {run.base_model}",
        )
    else:
        yield _on_the_hub(run)


def _on_the_hub(run: NamedRun) -> Finding:
    hub = (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
    revision = run.settings.get("revision_of_model") or "main"
    headers = {"User-Agent": "jasoseo-doctor"}
    if token := os.environ.get("HF_TOKEN", "").strip():
        headers["Authorization"] = f"Bearer {token}"
    address = f"{hub}/{urllib.parse.quote(f'{run.base_model}/resolve/{revision}/config.json')}"
    try:
        request = urllib.request.Request(address, headers=headers, method="HEAD")  # noqa: S310 - the hub
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 - the hub's address
            said = f"{run.base_model} is on the hub and will be downloaded"
            return Finding(
                "base model", "warning", said, f"or at once: hf download {run.base_model}"
            )
    except urllib.error.HTTPError as error:
        return _refused(run, error.code)
    except (OSError, HTTPException, ValueError) as error:
        said = f"{run.base_model} is not in the hub's cache, and {hub} does not answer ({error})"
        return Finding(
            "base model", "fault", said, f"on a connected machine: hf download {run.base_model}"
        )


def _refused(run: NamedRun, status: int) -> Finding:
    said = f"the hub answers {status} {responses.get(status, '')} for {run.base_model}"
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        cure = "check base_model and revision_of_model; a closed model needs HF_TOKEN and its terms"
    else:
        cure = f"try again later, or: hf download {run.base_model}"
    return Finding("base model", "fault", said, cure)


def adapter_fits(run: NamedRun, shape: Shape | None) -> Iterator[Finding]:
    """See whether the modules that the adapter names are modules of the base."""
    named: Any = run.settings.get("lora_target_modules")
    if not run.settings.get("adapter") or not isinstance(named, list):
        return
    if shape is None or not shape.linears:
        kind = "a base of unknown kind" if shape is None else f"the kind {shape.model_type}"
        yield Finding("adapter", "warning", f"not checked for {kind}")
        return
    if strange := sorted(set(named) - set(shape.linears) - shape.head_names):
        said = f"{run.base_model} ({shape.model_type}) has no {', '.join(strange)}"
        cure = f"in {run.config}, lora_target_modules: [{', '.join(shape.linears)}]"
        yield Finding("adapter", "fault", said, cure)
    else:
        yield Finding("adapter", "ok", f"its {len(named)} modules are the base's")
