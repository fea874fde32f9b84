"""Sending a merged model to the hub: with its proof only, and without the token in any line."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from axolotl_configs.merge_weights import sha256
from axolotl_configs.push import main as push
from preprocess.alpaca import write_whole
from tests.axolotl_configs.merge_runs import write_run
from tests.axolotl_configs.test_model_card import PROOF, RUN

TOKEN = "hf_" + "aB3dE6gH9jK2mN5p" * 2
REPOSITORY = "an-owner/a-model"


@dataclass
class Hub:
    """A hub on this machine: the files that it was sent, and whether it takes any."""

    address: str = ""
    open: bool = True
    public_already: bool = False
    private: list[bool] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)

    def answer(self, path: str, body: bytes) -> object:
        """Answer a request as the hub's API does (https://huggingface.co/docs/hub/api)."""
        if path == "/api/repos/create":
            self.private.append(json.loads(body).get("visibility") == "private")
            return {"url": f"{self.address}/{REPOSITORY}"}
        if path == f"/api/models/{REPOSITORY}":
            return {"id": REPOSITORY, "private": self.private[-1] and not self.public_already}
        if path == "/api/validate-yaml":
            return {"errors": [], "warnings": []}
        if path == f"/api/models/{REPOSITORY}/preupload/main":
            wanted = [one["path"] for one in json.loads(body)["files"]]
            files = [
                {"path": name, "uploadMode": "regular", "shouldIgnore": False} for name in wanted
            ]
            return {"files": files}
        for line in body.splitlines():
            told = json.loads(line)
            if told["key"] == "file":
                self.files[told["value"]["path"]] = base64.b64decode(told["value"]["content"])
        return {
            "commitUrl": f"{self.address}/{REPOSITORY}/commit/{'c' * 40}",
            "commitOid": "c" * 40,
        }


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve a hub on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.split("?", 1)[0]
            hub.tokens.add(self.headers.get("Authorization"))
            content = json.dumps(hub.answer(path, body) if hub.open else {"error": "no"}).encode()
            self.send_response(200 if hub.open else 403)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hub
        server.shutdown()


@pytest.fixture
def merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside a run with a merged folder and a proof of exactly these weights."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    write_run(tmp_path, RUN, "smoke-neox-lora", {})
    run = Path("runs") / RUN
    write_whole(run / "adapter_model.safetensors", [b"adapter"])
    write_whole(run / "merged" / "model.safetensors", [b"weights"])
    write_whole(run / "merged" / "config.json", [b"{}"])
    proof = msgspec.structs.replace(
        PROOF,
        adapter_sha256=sha256(run / "adapter_model.safetensors"),
        weights_sha256={"model.safetensors": sha256(run / "merged" / "model.safetensors")},
    )
    write_whole(run / "merged" / "proof.json", [msgspec.json.encode(proof)])
    return run / "merged"


def send(address: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the command against a hub of this machine."""
    return subprocess.run(
        [sys.executable, "-m", "axolotl_configs.push", RUN, "--repo", REPOSITORY, *more],
        env=os.environ
        | {"HF_ENDPOINT": address, "HF_TOKEN": TOKEN, "HF_HUB_OFFLINE": "0", "HF_HOME": "hf-home"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_weights_card_and_proof_are_sent(merged: Path) -> None:
    """The hub gets every file of the folder, under the token, which no line and no file holds."""
    with serving(Hub()) as hub:
        done = send(hub.address, "--private")
        public = send(hub.address)
    assert done.returncode == 0, done.stderr
    assert f"sent {merged} to {hub.address}/{REPOSITORY}/commit/" in done.stdout
    assert public.returncode == 0, public.stderr
    assert hub.private == [True, False]
    assert hub.files.keys() == {"model.safetensors", "config.json", "proof.json", "README.md"}
    assert hub.files["model.safetensors"] == b"weights"
    assert hub.files["README.md"] == (merged / "README.md").read_bytes()
    assert hub.tokens == {f"Bearer {TOKEN}"}
    assert TOKEN not in done.stdout + done.stderr
    written = [path for path in Path().rglob("*") if path.is_file()]
    assert merged / "README.md" in written
    assert not [path for path in written if TOKEN.encode() in path.read_bytes()]


def test_a_hub_that_refuses_is_one_error(merged: Path) -> None:
    """A refusal names the repository and the cure, and neither trace nor token."""
    with serving(Hub(open=False)) as hub:
        done = send(hub.address)
    assert merged.is_dir()
    assert done.returncode == 1
    assert f"error: {REPOSITORY} was not sent (" in done.stderr
    assert "HF_TOKEN may write there" in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert hub.files == {}


def test_private_means_private(merged: Path) -> None:
    """A repository that is there already and public gets nothing that was to be private."""
    with serving(Hub(public_already=True)) as hub:
        done = send(hub.address, "--private")
    assert merged.is_dir()
    assert done.returncode == 3
    assert f"refused: {REPOSITORY} is there already and public" in done.stderr
    assert hub.files == {}


def test_a_hub_that_is_not_there_is_one_error(merged: Path) -> None:
    """Where nothing answers, the error says so."""
    with serving(Hub()) as hub:
        pass
    done = send(hub.address)
    assert merged.is_dir()
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {REPOSITORY} was not sent (")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("merged/proof.json", "proof.json is missing; make it with: make merge RUN="),
        ("merged/model.safetensors", "are not those of its proof; make merge RUN="),
        ("adapter_model.safetensors", "is not the adapter that was merged; make merge RUN="),
    ],
)
def test_nothing_is_sent_without_its_proof(
    changed: str,
    told: str,
    merged: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No proof, other weights, or a newer adapter: refused before any hub is asked."""
    path = merged.parent / changed
    path.unlink()
    if path.suffix == ".safetensors":
        path.write_bytes(b"others")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert push([RUN, "--repo", REPOSITORY]) == 3
    error = capsys.readouterr().err
    assert error.startswith("refused: ")
    assert told in error


def test_without_a_token_it_is_refused(merged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The token comes from the environment, and its lack is told with the place to make one."""
    assert merged.is_dir()
    assert push([RUN, "--repo", REPOSITORY]) == 3
    assert "HF_TOKEN is not set" in capsys.readouterr().err


def test_a_repository_needs_an_owner(capsys: pytest.CaptureFixture[str]) -> None:
    """Half a name is wrong usage."""
    with pytest.raises(SystemExit) as ended:
        push([RUN, "--repo", "a-model"])
    assert ended.value.code == 2
    assert "give owner/name" in capsys.readouterr().err
