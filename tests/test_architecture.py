"""The rooms keep to themselves: doors, heavy imports, names and sizes."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: Each room with the doors of other rooms that it may import.
ROOMS = {
    "axolotl_configs": {"preprocess.alpaca", "eval.records"},
    "crawler": set(),
    "preprocess": {"crawler.items"},
    "eval": {
        "axolotl_configs.noise",
        "axolotl_configs.record",
        "axolotl_configs.run_yaml",
        "preprocess.alpaca",
        "preprocess.endpoint",
        "preprocess.outputs",
        "preprocess.qa_records",
    },
    "interview": {"preprocess.alpaca", "eval.records"},
}
#: Packages that take a second or more to import, and the modules whose job needs them at once.
HEAVY = {
    "axolotl": {  # plugins of its
        *("axolotl_configs.answer_logits", "axolotl_configs.progress", "axolotl_configs.seeding")
    },
    "torch": {
        *(
            "axolotl_configs.answer_logits",
            "eval.answers.model",
            "eval.studies.model",
            "interview.fitting",
        )
    },
    "transformers": {"axolotl_configs.progress", "eval.answers.model", "eval.studies.model"},
    "peft": {"eval.answers.model"},
    "kiwipiepy": {"eval.text.morphemes"},
    "lm_eval": {"eval.korean.harness", "eval.korean.model"},
    "bitsandbytes": set(),
    "datasketch": set(),
    "sentence_transformers": set(),
    "sklearn": {"eval.measuring.field_fit", "eval.systems.retrieval"},
    "vllm": {"eval.answers.vllm_engine"},
    "wandb": set(),
}
CRAWL_ONLY = ("scrapy", "scrapy_selenium", "selenium", "twisted")
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "core", "base", "manager", "misc"}

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
}


def imports(path: Path, *, top_level: bool = False) -> Iterator[str]:
    """Yield the dotted names that a module imports; `if TYPE_CHECKING` imports do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes: Iterator[ast.AST] = iter(tree.body) if top_level else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_rooms_are_there() -> None:
    """The checks below look at every room."""
    assert {name.split(".", 1)[0] for name in MODULES} == set(ROOMS)


def test_every_folder_of_modules_is_installed() -> None:
    """An installation that is no checkout holds all packages, the inner ones too."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {".".join(path.relative_to(ROOT).parent.parts) for path in MODULES.values()}
    assert set(settings["tool"]["setuptools"]["packages"]) == folders


@pytest.mark.parametrize("name", MODULES)
def test_a_room_enters_another_only_by_its_door(name: str) -> None:
    """Nothing of another room is imported but the module that it publishes."""
    room = name.split(".", 1)[0]
    for imported in imports(MODULES[name]):
        other = imported.split(".", 1)[0]
        if other in ROOMS and other != room:
            door = ".".join(imported.split(".")[:2])
            assert door in ROOMS[room], f"{name} imports {imported}"


@pytest.mark.parametrize("name", MODULES)
def test_heavy_packages_stay_where_they_are_needed(name: str) -> None:
    """No module but those named loads torch, Kiwi and the like when it is imported."""
    for imported in imports(MODULES[name], top_level=True):
        package = imported.split(".", 1)[0]
        assert name in HEAVY.get(package, {name}), f"{name} imports {imported} at its top"


@pytest.mark.parametrize("name", [n for n in MODULES if not n.startswith("crawler.")])
def test_only_the_crawler_knows_scrapy(name: str) -> None:
    """The data step and the scores run without Scrapy and Selenium."""
    assert not [i for i in imports(MODULES[name]) if i.split(".", 1)[0] in CRAWL_ONLY]


@pytest.mark.parametrize("name", ["crawler.pages", "crawler.items"])
def test_pages_are_parsed_without_scrapy(name: str) -> None:
    """Parsing, with everything that it imports of its room, needs neither Scrapy nor Selenium."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        module = waiting.pop()
        seen.add(module)
        found = set(imports(MODULES[module]))
        assert not [i for i in found if i.split(".", 1)[0] in CRAWL_ONLY], module
        waiting += [i for i in found if i in MODULES and i not in seen]
    assert (len(seen) > 1) == (name == "crawler.pages")


@pytest.mark.parametrize("name", MODULES)
def test_names_say_what_a_module_is(name: str) -> None:
    """No drawer for leftovers."""
    assert not FORBIDDEN_NAMES & set(name.split("."))


@pytest.mark.parametrize("name", MODULES)
def test_modules_stay_small(name: str) -> None:
    """A module that grows past 400 lines has two jobs."""
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("name", MODULES)
def test_no_pattern_keeps_a_group_from_giving_back(name: str) -> None:
    """Up to Python 3.11.4, Debian 12's among them, `(…)++` matches wrongly (CPython gh-106052)."""
    text = MODULES[name].read_text(encoding="utf-8")
    assert re.findall(r"\)(?:[+*?]|\{[\d,]+\})\+(?=[ )(\[\\\"'|])|\(\?>", text) == []


@pytest.mark.parametrize("name", MODULES)
def test_nothing_trusts_remote_code(name: str) -> None:
    """Code that comes with a model's weights is never run."""
    text = MODULES[name].read_text(encoding="utf-8")
    assert "trust_remote_code=True" not in text
    assert "use_safetensors=False" not in text
