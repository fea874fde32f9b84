"""Where the base model is: a folder, a hub that answers or refuses, nowhere; adapters that fit."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from axolotl_configs.base_model import adapter_fits, presence, shape_of
from axolotl_configs.findings import Finding
from axolotl_configs.memory import known_shapes
from axolotl_configs.named_run import NamedRun
from axolotl_configs.run_yaml import base_cure, is_local
from tests.axolotl_configs.configs_files import CONFIGS, settings_of
from tests.conftest import ROOT


class Hub(BaseHTTPRequestHandler):
    """Has one model, keeps another closed, and knows no third."""

    def do_HEAD(self) -> None:
        """Answer as the hub does for a model's config.json."""
        folder = "/resolve/main/config.json"
        if "/firm/cut/" in self.path:
            return  # and the connection is closed
        known = {
            f"/firm/open{folder}": 200,
            f"/firm/closed{folder}": 401,
            f"/firm/ill{folder}": 503,
            f"/firm/behind{folder}": 520,
        }
        self.send_response(known.get(self.path, 404))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve a hub on a free port of this machine, and let the doctor ask it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{serving.server_port}"
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        yield address
        serving.shutdown()
        thread.join()


def run(base: str, **changed: Any) -> NamedRun:
    """Give a run with a base model."""
    return NamedRun("r", Path("r.yml"), {"base_model": base} | changed)


def where(base: str, **changed: Any) -> Finding:
    """Give the one finding on a base model."""
    (found,) = presence(run(base, **changed))
    return found


def write_config(folder: Path, **sizes: Any) -> Path:
    """Write the config.json of a small GPT-NeoX."""
    config = {
        "model_type": "gpt_neox",
        "hidden_size": 8,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "vocab_size": 16,
    }
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config | sizes), encoding="utf-8")
    return folder


@pytest.mark.usefixtures("hub")
def test_a_model_of_the_hub_will_be_downloaded() -> None:
    """It is there and not here: a warning, since the hours begin with a download."""
    assert where("firm/open").level == "warning"


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(("name", "status"), [("firm/closed", "401"), ("firm/none", "404")])
def test_a_model_that_the_hub_refuses_is_a_fault(name: str, status: str) -> None:
    """Closed, or misspelt."""
    found = where(name)
    assert found.level == "fault"
    assert status in found.said
    assert "HF_TOKEN" in found.cure


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("name", ["firm/ill", "firm/behind"])
def test_a_hub_in_trouble_is_asked_later(name: str) -> None:
    """503, or a number that no standard knows, says nothing of the name or the token."""
    assert where(name).cure == f"try again later, or: hf download {name}"


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("endpoint", "name"),
    [("http://127.0.0.1:9", "firm/open"), ("hub.example", "firm/open"), (None, "firm/cut")],
)
def test_a_silent_hub_is_a_fault(
    endpoint: str | None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens on port 9, an address without http:// is none, a connection is cut."""
    if endpoint:
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert "does not answer" in where(name).said


@pytest.mark.usefixtures("hub")
def test_a_name_with_a_space_is_a_fault() -> None:
    """It is asked for as an address can hold it, and the hub knows no such model."""
    assert "404" in where("firm/two words").said


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_the_hub_is_not_asked(
    hub: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either variable is obeyed, even by a look."""
    assert hub
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv(variable, "1")
    found = where("firm/open")
    assert (found.level, "HF_HUB_OFFLINE is set" in found.said) == ("fault", True)


def test_a_folder_needs_config_and_weights(tmp_path: Path) -> None:
    """Weights may be missing where they are drawn at random."""
    assert "has no config.json" in where(str(tmp_path)).said
    folder = str(write_config(tmp_path))
    assert "has no weights" in where(folder).said
    assert where(folder, reinit_weights=True).level == "ok"
    (tmp_path / "model.safetensors").touch()
    assert where(folder).level == "ok"


def test_a_run_as_base_names_the_command_that_trains_it() -> None:
    """`runs/<run>` is made by a training."""
    assert where("runs/never-trained").cure == "bring it with: make train RUN=never-trained"


def test_every_base_that_is_made_here_has_a_command() -> None:
    """Of all runs: the targets are the Makefile's, the modules are there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    local = {str(settings_of(path)["base_model"]) for path in CONFIGS}
    cures = {base: base_cure(base) for base in local if is_local(base)}
    assert cures["data/write-gpt-h512"] == "make write-models"
    for cure in cures.values():
        program, name = cure.rsplit(" ", 1) if "RUN=" not in cure else ("make", "train")
        if program == "make":
            assert f"\n{name}:" in makefile
        else:
            assert (program, find_spec(name) is not None) == ("python -m", True)


def test_sizes_come_from_the_models_own_file_or_the_table(tmp_path: Path) -> None:
    """A folder's config.json, a known name, and None for a stranger or another kind of model."""
    shape = shape_of(run(str(write_config(tmp_path))))
    assert shape is not None
    assert shape.hidden_size == 8
    assert shape_of(run("upstage/SOLAR-10.7B-v1.0")) == known_shapes()["upstage/SOLAR-10.7B-v1.0"]
    assert shape_of(run("firm/none")) is None
    for other in ('{"model_type": "t5"}', '{"num_attention_heads": null}', "[]"):
        (tmp_path / "config.json").write_text(other)
        assert shape_of(run(str(tmp_path))) is None


@pytest.mark.parametrize(
    ("base", "modules", "level"),
    [
        ("EleutherAI/polyglot-ko-1.3b", ["query_key_value", "dense"], "ok"),
        ("EleutherAI/polyglot-ko-1.3b", ["q_proj", "dense"], "fault"),
        ("upstage/SOLAR-10.7B-v1.0", ["q_proj", "down_proj", "lm_head"], "ok"),
        ("upstage/SOLAR-10.7B-v1.0", ["query_key_value"], "fault"),
        ("firm/none", ["q_proj"], "warning"),
    ],
)
def test_an_adapter_must_fit_its_base(base: str, modules: list[str], level: str) -> None:
    """Modules of the other family are named, with those that the base has."""
    given = run(base, adapter="lora", lora_target_modules=modules)
    (found,) = adapter_fits(given, shape_of(given))
    assert found.level == level
    if level == "fault":
        assert modules[0] in found.said
        assert "lora_target_modules: [" in found.cure
