"""A run by its name: its YAML as plain values, and the files and folders that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axolotl_configs.run_yaml import CONFIGS, RunError, find_run, read_run


@dataclass(frozen=True)
class NamedRun:
    """A run's name, the path of its YAML, and the YAML's keys as they stand.

    Paths in it are relative to the working folder, which is the root of the repository.
    """

    name: str
    config: Path
    settings: dict[str, Any]

    @property
    def output_dir(self) -> Path:
        """Where Axolotl leaves checkpoints and adapter."""
        return Path(str(self.settings["output_dir"]))

    @property
    def base_model(self) -> str:
        """A folder, or a name of the hub."""
        return str(self.settings["base_model"])

    @property
    def train_files(self) -> tuple[Path, ...]:
        """The files that the run trains on."""
        return _paths(self.settings.get("datasets"))

    @property
    def data_files(self) -> tuple[Path, ...]:
        """The files that the run reads, training before validation."""
        return self.train_files + _paths(self.settings.get("test_datasets"))

    @property
    def wants_card(self) -> bool:
        """Whether the run computes in 16 bits, as all do but those made for a CPU."""
        return not (self.settings.get("bf16") is False and not self.settings.get("fp16"))

    @property
    def four_bit(self) -> bool:
        """Whether the base's weights are rounded to 4 bits."""
        return bool(self.settings.get("load_in_4bit"))


def named_run(name_or_path: str, configs: Path = CONFIGS) -> NamedRun:
    """Read a run's YAML, given its name or its path.

    Raises:
        RunError: There is no such run, its YAML cannot be read, a key that every run has is
            missing, or its data sets are none.

    """
    path = find_run(name_or_path, configs)
    settings = read_run(path)
    wanted = ("base_model", "datasets", "output_dir", "dataset_prepared_path", "sequence_len")
    if missing := [key for key in wanted if not settings.get(key)]:
        raise RunError(f"{path} lacks {', '.join(missing)}; the other runs show how they are set")
    for key in ("datasets", "test_datasets"):
        entries = settings.get(key) or []
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise RunError(f"{path}: {key} is a list of mappings, each with a path; mend it there")
    return NamedRun(path.stem, path, settings)


def _paths(entries: Any) -> tuple[Path, ...]:
    return tuple(Path(str(entry["path"])) for entry in entries or () if "path" in entry)
