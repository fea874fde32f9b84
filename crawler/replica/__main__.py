"""Serve the replica site on this machine: `python -m crawler.replica [--port 8017] [--count N]`.

The first line on stdout is the site's address. Ends with Ctrl-C. `--faults SPEC` makes a site
that misbehaves, for example `--faults too-many=0.1x2,captcha=after:30`; which essays and pages
are hit is decided by `--seed`.

Exit codes: 0 ended; 1 the port is taken; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

from crawler.replica.essays import ESSAYS, generate_essays
from crawler.replica.faults import FaultySite
from crawler.replica.faults_spec import Fault, FaultSpecError, known_faults, parse_faults
from crawler.replica.server import ReplicaSite, serve
from crawler.replica.site import ROBOTS

DEFAULT_PORT = 8017


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit code is told by the module's docstring."""
    options = _parser().parse_args(arguments)
    essays = generate_essays(seed=options.seed, count=options.count)
    robots = options.robots.read_text(encoding="utf-8") if options.robots else ROBOTS
    replica = FaultySite(essays, faults=options.faults, seed=options.seed, robots=robots)
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


def _faults(text: str) -> tuple[Fault, ...]:
    try:
        return parse_faults(text)
    except FaultSpecError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.replica",
        description=__doc__,
        epilog=known_faults().replace("%", "%%"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, help=f"default: {DEFAULT_PORT}, or a free one")
    parser.add_argument("--count", type=int, default=ESSAYS, help=f"how many essays ({ESSAYS})")
    parser.add_argument("--seed", type=int, default=7, help="the seed of essays and faults (7)")
    parser.add_argument(
        "--faults", type=_faults, default=(), metavar="SPEC", help="how the site misbehaves: below"
    )
    parser.add_argument("--robots", type=Path, help="a robots.txt to serve instead")
    parser.add_argument("--log", action="store_true", help="log requests to stderr")
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when standard input is closed"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
