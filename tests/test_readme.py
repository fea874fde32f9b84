"""What the README names is there: commands, runs, files."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import get_args

from preprocess.alpaca import AnyTask
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_make_target_is_in_the_makefile() -> None:
    """`make x` in the README is a target of the Makefile."""
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)\b", README.replace("makes", "")))
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    assert {"demo", "test", "crawl", "data", "train", "eval"} <= named
    assert named <= targets


def test_every_module_can_be_found() -> None:
    """`python -m x` in the README is a module of the project or of a package that it installs."""
    named = set(re.findall(r"-m ([a-z_]+(?:\.[a-z_]+)+)", README))
    assert {"crawler.import_pages", "axolotl.cli.train"} <= named
    assert [name for name in named if not is_module(name)] == []


def is_module(name: str) -> bool:
    """Look a module's file up without importing the packages around it: Axolotl's take seconds."""
    package, *inner = name.split(".")
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    places = [Path(folder, *inner) for folder in folders or ()]
    return any(p.with_suffix(".py").is_file() or (p / "__main__.py").is_file() for p in places)


def test_every_run_has_its_yaml() -> None:
    """The table of runs names the files in `axolotl_configs/`, all of them."""
    tasks = "advice|interview|qa|revise|smoke|write"
    named = set(re.findall(rf"`((?:{tasks})-[a-z0-9.-]+)`", README)) - set(get_args(AnyTask))
    assert named == {path.stem for path in (ROOT / "axolotl_configs").glob("*.yml")}


def test_every_file_of_the_tree_exists() -> None:
    """The annotated tree names folders and files that are there."""
    (tree,) = (part for part in README.split("```") if part.lstrip().startswith("axolotl_configs/"))
    room = ROOT
    named = 0
    for line in tree.strip().splitlines():
        names = re.match(r" *((?:[a-z_]+(?:/|\.py) ?)+)", line)
        assert names, line
        if not line.startswith(" "):
            room = ROOT
        for name in names[1].split():
            named += 1
            assert (room / name).exists(), line
        if not line.startswith(" ") and names[1].strip().endswith("/"):
            room = ROOT / names[1].strip()
    assert named > 15


def test_two_commands_come_first() -> None:
    """`make demo` and `make test` stand together before any other command."""
    first = README.index("make demo\nmake test")
    assert "make crawl" not in README[:first]
