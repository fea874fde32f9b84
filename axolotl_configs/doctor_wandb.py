"""Where a run's curves go: to a W&B server that takes the key, or to this disk.

The key is asked for its owner once, with a short patience; it is never printed.
"""

from __future__ import annotations

import base64
import json
import netrc
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from axolotl_configs.findings import Finding
from axolotl_configs.named_run import NamedRun

SERVER = "https://api.wandb.ai"
SECONDS = 5  # that the server is waited for
_QUERY = json.dumps({"query": "query Viewer { viewer { username } }"}).encode()


def mode(environment: Mapping[str, str] = os.environ) -> str:
    """Tell W&B's mode: the one that is set, else `online` with a key and `offline` without."""
    if chosen := environment.get("WANDB_MODE"):
        return chosen
    return "online" if _key(environment) else "offline"


def tracking(run: NamedRun, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Find where the run's curves will go, and whether the key is accepted there."""
    if not run.settings.get("wandb_project"):
        return
    chosen = mode(environment)
    if chosen != "online":
        said = f"{chosen}: nothing is sent" + (
            "; `wandb sync wandb/offline-run-*` sends it later" if chosen == "offline" else ""
        )
        yield Finding("W&B", "ok", said)
        return
    key = _key(environment)
    if key is None:
        cure = "set WANDB_API_KEY, or WANDB_MODE=offline"
        yield Finding("W&B", "fault", "WANDB_MODE is online, and there is no key", cure)
    else:
        yield _ask(_server(environment), key)


def _server(environment: Mapping[str, str]) -> str:
    return (environment.get("WANDB_BASE_URL") or SERVER).rstrip("/")


def _key(environment: Mapping[str, str]) -> str | None:
    """Take the key of the environment, else the one that `wandb login` wrote to netrc."""
    if key := environment.get("WANDB_API_KEY"):
        return key
    try:
        known = netrc.netrc(environment.get("NETRC"))
    except (OSError, netrc.NetrcParseError):
        return None
    host = urllib.parse.urlsplit(_server(environment)).hostname or ""
    found = known.authenticators(host)
    return found[2] if found else None


def _ask(server: str, key: str) -> Finding:
    """Ask the server whose key this is."""
    basic = base64.b64encode(f"api:{key}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    try:
        request = urllib.request.Request(f"{server}/graphql", _QUERY, headers)  # noqa: S310 - the user's
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - the same
            said: Any = json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return _refused(server)
        return _silent(server, f"answers {error.code}")
    except (OSError, HTTPException, ValueError) as error:
        return _silent(server, f"does not answer ({error})")
    viewer = (said.get("data") or {}).get("viewer") if isinstance(said, dict) else None
    if not viewer:
        return _refused(server)
    return Finding("W&B", "ok", f"online at {server}, as {viewer.get('username')}")


def _refused(server: str) -> Finding:
    cure = "make a new key there and set WANDB_API_KEY, or set WANDB_MODE=offline"
    return Finding("W&B", "fault", f"{server} refuses the key", cure)


def _silent(server: str, how: str) -> Finding:
    return Finding("W&B", "fault", f"{server} {how}", "try again later, or set WANDB_MODE=offline")
