"""The YAML of a run: found by name or path, and read; this room's door for the others."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Final

import yaml

CONFIGS = Path("axolotl_configs")
#: How the folder's name of a base in `data/` begins, and the command that makes it.
MADE_BASES: Final = {
    "smoke-model": "python -m preprocess.smoke_model",
    "smoke-": "make smoke-bases",
    "write-gpt-": "make write-models",
}


class RunError(ValueError):
    """Something that keeps a run from being used; the message says what, where and the cure."""


def find_run(name_or_path: str | Path, configs: Path = CONFIGS) -> Path:
    """Find the YAML of a run by its name or its path.

    Raises:
        RunError: There is no such run; the message names one that is spelt alike, or all.

    """
    given = Path(name_or_path)
    path = given if given.suffix in {".yml", ".yaml"} else configs / f"{given}.yml"
    if path.is_file():
        return path
    there = sorted(one.stem for one in path.parent.glob("*.yml"))
    if like := difflib.get_close_matches(path.stem, there, n=1, cutoff=0.8):
        raise RunError(f"{path} is missing; did you mean {like[0]}?")
    raise RunError(
        f"{path} is missing; the runs in {path.parent}/ are: {', '.join(there) or 'none'}"
    )


def read_run(path: Path) -> dict[str, Any]:
    """Read the keys of a run's YAML.

    Raises:
        RunError: It cannot be read, or holds no keys.

    """
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise RunError(
            f"{path} cannot be read as YAML: {in_one_line(error)}; mend it there"
        ) from None
    if not isinstance(settings, dict):
        raise RunError(f"{path} holds no keys; a run is a YAML of Axolotl's settings")
    return settings


def in_one_line(error: Exception) -> str:
    """Say what is wrong with a YAML, and on which line, without the excerpt that PyYAML draws."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    problem = getattr(error, "problem", None) or getattr(error, "context", None)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"


def is_local(base: str) -> bool:
    """Whether a `base_model` is meant as a folder: it is one, or lies where ours are made."""
    return Path(base).is_dir() or base.startswith(("runs/", "data/", ".", "/"))


def base_cure(base: str) -> str:
    """Name the command that brings a `base_model` to this machine."""
    folder = Path(base)
    if not is_local(base):
        return f"hf download {base}"
    if folder.parts[:1] == ("runs",):
        return f"make train RUN={folder.name}"
    if folder.parts[:1] == ("data",):
        made = (cure for name, cure in MADE_BASES.items() if folder.name.startswith(name))
        return next(made, "the commands at the head of the run's YAML")
    return "a folder with config.json and safetensors, or a model of the hub, as base_model"
