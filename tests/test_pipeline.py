"""The whole chain as a person runs it: replica, real Chromium, data, two real Axolotl trainings.

The smoke runs' own YAMLs are used, cut to a few steps; everything else is as in `make demo`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from crawler.items import Essay, read_jsonl
from tests.conftest import OFFLINE, ROOT

#: The only settings in which the trainings here differ from `make demo`.
CUT = {"max_steps": 3, "warmup_steps": 1, "logging_steps": 1}
ESSAYS = 24


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the project's commands in a working folder of its own."""
    environment = os.environ | OFFLINE | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def passed(done: subprocess.CompletedProcess[str]) -> str:
    """Give what a command printed, and fail with its words if it did not end well."""
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    return done.stdout


def train(root: Path, run: str) -> str:
    """Train a run with Axolotl on the CPU; returns what it logged."""
    config = f"axolotl_configs/{run}.yml"
    words = ("accelerate.commands.launch", "--cpu", "--num_processes", "1")
    done = command(root, *words, "-m", "axolotl.cli.train", config)
    return passed(done) + done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the working folder after every stage."""
    root = tmp_path_factory.mktemp("pipeline")
    (root / "axolotl_configs").mkdir()
    for path in (ROOT / "axolotl_configs").glob("smoke-*.yml"):
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) | CUT
        text = yaml.safe_dump(settings, allow_unicode=True)
        (root / "axolotl_configs" / path.name).write_text(text, encoding="utf-8")
    raw = "data/raw/essays.jsonl"
    crawl = ("crawler.crawl", "--site", "replica", "--browser", "lists", "--types", "all")
    passed(command(root, *crawl, "--limit", str(ESSAYS), "--out", raw))
    shares = ("--validation", "0.2", "--test", "0.15")
    passed(command(root, "preprocess.build", "--raw", raw, *shares))
    passed(command(root, "preprocess.smoke_model"))
    train(root, "smoke-base")
    (root / "qlora.log").write_text(train(root, "smoke-advice-qlora"), encoding="utf-8")
    passed(command(root, "eval.generate", "--run", "smoke-advice-qlora"))
    (root / "table.txt").write_text(
        passed(command(root, "eval.score", "--run", "smoke-advice-qlora")), encoding="utf-8"
    )
    passed(command(root, "eval.report", "--run", "smoke-advice-qlora", "--out", "reports/demo"))
    return root


def test_the_crawl_found_the_essays(made: Path) -> None:
    """The records come from the replica through Scrapy and Chromium."""
    path = made / "data" / "raw" / "essays.jsonl"
    essays = list(read_jsonl(path, Essay, cure="make crawl"))
    assert len(essays) == ESSAYS
    assert all("127.0.0.1" in (essay.url or "") for essay in essays)


def test_qlora_trained_an_adapter_on_a_four_bit_base(made: Path) -> None:
    """The adapter has the four linear kinds, and its B matrices have moved away from 0."""
    from safetensors.torch import load_file  # noqa: PLC0415 - takes seconds

    folder = made / "runs" / "smoke-advice-qlora"
    adapter = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    expected = {"query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"}
    assert set(adapter["target_modules"]) == expected
    weights = load_file(folder / "adapter_model.safetensors")
    moved = [name for name, weight in weights.items() if "lora_B" in name and weight.any()]
    assert len(moved) == 4 * 4  # four kinds in four layers
    assert "'loss'" in (made / "qlora.log").read_text(encoding="utf-8")


def test_every_system_is_in_the_table(made: Path) -> None:
    """Base and fine-tuned with none and one example stand beside the baselines."""
    result = json.loads(
        (made / "runs/smoke-advice-qlora/eval/result.json").read_text(encoding="utf-8")
    )
    systems = {entry["system"] for entry in result["systems"]}
    assert systems >= {"base", "base-1shot", "tuned", "tuned-1shot", "generic", "retrieval"}
    assert "tuned-1shot" in (made / "table.txt").read_text(encoding="utf-8")


def test_the_page_is_there(made: Path) -> None:
    """The report is one file that asks for nothing from a network."""
    page = (made / "reports" / "demo" / "index.html").read_text(encoding="utf-8")
    assert "tuned" in page
    assert "<script src=" not in page
    assert 'href="http' not in page
