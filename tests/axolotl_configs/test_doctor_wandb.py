"""W&B as the doctor asks for it: a local server that knows one key, and no server at all."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from axolotl_configs.doctor_wandb import mode, tracking
from axolotl_configs.findings import Finding
from axolotl_configs.named_run import NamedRun

KEY = "4f" * 20
OTHER = "5e" * 20
CUT = "6d" * 20
RUN = NamedRun("tiny", Path("tiny.yml"), {"wandb_project": "jasoseo"})


class Server(BaseHTTPRequestHandler):
    """Answers whose key it is; a key that it does not know has no owner, and a short one is 401."""

    def do_POST(self) -> None:
        """Answer as W&B's GraphQL does."""
        basic = self.headers["Authorization"].removeprefix("Basic ")
        key = base64.b64decode(basic).decode().removeprefix("api:")
        if key == CUT:
            return  # and the connection is closed
        self.rfile.read(int(self.headers["Content-Length"]))
        viewer = {"username": "kim"} if key == KEY else None
        self.send_response(401 if len(key) < len(KEY) else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"data": {"viewer": viewer}}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def found(**environment: str) -> Finding:
    """Give the one finding in an environment of nothing else."""
    (one,) = tracking(RUN, {"NETRC": "/nowhere", **environment})
    return one


def test_a_key_that_the_server_knows_is_online(server: str) -> None:
    """The owner is named, the key is not."""
    finding = found(WANDB_API_KEY=KEY, WANDB_BASE_URL=server)
    assert (finding.level, finding.said) == ("ok", f"online at {server}, as kim")


@pytest.mark.parametrize("key", [OTHER, "short"])
def test_a_refused_key_is_a_fault_that_does_not_name_it(server: str, key: str) -> None:
    """Whether the server says 401 or knows no owner, the training would stop at its start."""
    finding = found(WANDB_API_KEY=key, WANDB_BASE_URL=server)
    assert finding.level == "fault"
    assert "refuses the key" in finding.said
    assert key not in finding.said + finding.cure


def test_a_key_from_netrc_is_found(server: str, tmp_path: Path) -> None:
    """`wandb login` leaves the key there."""
    path = tmp_path / "netrc"
    path.write_text(f"machine 127.0.0.1\nlogin user\npassword {KEY}\n")
    path.chmod(0o600)
    assert found(NETRC=str(path), WANDB_BASE_URL=server).said.endswith("as kim")


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "wandb.example", None])
def test_a_silent_server_is_a_fault_with_the_way_out(address: str | None, server: str) -> None:
    """Nobody listens on port 9, a name without http:// is no address, a connection is cut."""
    finding = found(WANDB_API_KEY=CUT, WANDB_BASE_URL=address or server)
    assert finding.level == "fault"
    assert "does not answer" in finding.said
    assert "WANDB_MODE=offline" in finding.cure


def test_without_a_key_nothing_is_sent() -> None:
    """Offline by default, and the way to send it later is named."""
    finding = found()
    assert finding.level == "ok"
    assert "wandb sync" in finding.said


def test_online_without_a_key_is_a_fault() -> None:
    """Axolotl would ask for it on a terminal, and hang on none."""
    assert found(WANDB_MODE="online").level == "fault"


def test_the_mode_that_is_set_stands() -> None:
    """A key in the environment does not put an offline run online."""
    assert mode({"WANDB_MODE": "offline", "WANDB_API_KEY": KEY}) == "offline"
    assert mode({"WANDB_API_KEY": KEY}) == "online"
    assert mode({"NETRC": "/nowhere"}) == "offline"


def test_a_run_without_a_project_tracks_nothing() -> None:
    """No wandb_project, no finding."""
    assert list(tracking(NamedRun("tiny", Path("tiny.yml"), {}), {})) == []
