"""The machine as the doctor and a run's record see it: cards, packages, disk.

python -m axolotl_configs.machine        # the cards, as one line of JSON
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from axolotl_configs.run_yaml import RunError

GIB = 2**30


@dataclass(frozen=True)
class Card:
    """One CUDA card: memory in GiB, and compute capability as (major, minor)."""

    name: str
    total_gib: float
    free_gib: float
    capability: tuple[int, int]


@dataclass(frozen=True)
class Cards:
    """The cards that torch sees, with torch's build: `2.13.0+cpu`, CUDA 13.0 or none."""

    torch: str
    cuda: str | None
    cards: tuple[Card, ...]

    @property
    def names(self) -> str:
        """The cards in a word each, `none` where there is none."""
        return ", ".join(card.name for card in self.cards) or "none"


def ask_for_cards() -> Cards:
    """Look for cards in a process that ends: looking takes some of their memory, and keeps it.

    Raises:
        RunError: torch cannot be imported, or fails on the cards; its own words are on stderr.

    """
    command = [sys.executable, "-m", "axolotl_configs.machine"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 - fixed words
    if done.returncode:
        raise RunError(
            "torch cannot be asked for cards, see above; install it again with: "
            "pip install -c constraints.txt -e .[train]"
        )
    return msgspec.json.decode(done.stdout, type=Cards)


def look_for_cards() -> Cards:
    """Ask torch for the cards of this machine."""
    import torch  # noqa: PLC0415 - takes seconds

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    cards = []
    for number in range(count):
        free, total = torch.cuda.mem_get_info(number)
        capability = torch.cuda.get_device_capability(number)
        name = torch.cuda.get_device_name(number)
        cards.append(Card(name, total / GIB, free / GIB, capability))
    return Cards(str(torch.__version__), torch.version.cuda, tuple(cards))


def is_installed(module: str) -> bool:
    """Whether a package can be found; it is not imported."""
    return importlib.util.find_spec(module) is not None


def version_of(package: str) -> str:
    """Give a package's version, `not installed` where it has none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def free_disk_gib(folder: Path) -> float:
    """Space that is free where a folder stands, or will stand, in GiB."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free / GIB


if __name__ == "__main__":
    print(msgspec.json.encode(look_for_cards()).decode())
