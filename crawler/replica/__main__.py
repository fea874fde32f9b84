"""Serve the replica site on this machine: `python -m crawler.replica [--port 8017] [--count N]`.

The first line on stdout is the site's address. Ends with Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

from crawler.replica.essays import ESSAYS, generate_essays
from crawler.replica.server import ReplicaSite, serve
from crawler.replica.site import ROBOTS

DEFAULT_PORT = 8017


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; exit code 1 if the port that was asked for is taken."""
    options = _parser().parse_args(arguments)
    essays = generate_essays(seed=options.seed, count=options.count)
    robots = options.robots.read_text(encoding="utf-8") if options.robots else ROBOTS
    replica = ReplicaSite(essays, robots=robots)
    with ExitStack() as stack:
        try:
            address = _open(stack, replica, options.port, log=options.log)
        except OSError as error:
            print(f"port {options.port}: {error}; choose another --port", file=sys.stderr)
            return 1
        print(address, flush=True)
        _wait(with_parent=options.with_parent)
    return 0


def _open(stack: ExitStack, replica: ReplicaSite, port: int | None, *, log: bool) -> str:
    """Serve on the port asked for; where none was, on the default one or else on a free one."""
    try:
        wanted = DEFAULT_PORT if port is None else port
        return stack.enter_context(serve(replica, wanted, log=log))
    except OSError:
        if port is not None:
            raise
        return stack.enter_context(serve(replica, log=log))


def _wait(*, with_parent: bool) -> None:
    with suppress(KeyboardInterrupt):
        if with_parent:
            sys.stdin.read()  # ends when the parent does, however it ends
        else:
            Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawler.replica", description=__doc__)
    parser.add_argument("--port", type=int, help=f"default: {DEFAULT_PORT}, or a free one")
    parser.add_argument("--count", type=int, default=ESSAYS, help=f"how many essays ({ESSAYS})")
    parser.add_argument("--seed", type=int, default=7, help="the seed of the essays (7)")
    parser.add_argument("--robots", type=Path, help="a robots.txt to serve instead")
    parser.add_argument("--log", action="store_true", help="log requests to stderr")
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when standard input is closed"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
