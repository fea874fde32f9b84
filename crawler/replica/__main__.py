"""Serve the replica site on this machine: `python -m crawler.replica [--port 8017] [--count N]`.

The first line on stdout is the site's address. Ends with Ctrl-C. `--faults SPEC` makes a site
that misbehaves, for example `--faults too-many=0.1x2,captcha=after:30`; which essays and pages
are hit is decided by `--seed`.

Exit codes: 0 ended; 1 the port cannot be opened; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from threading import Event

from crawler.arguments import LAST_PORT, text_file, whole_number
from crawler.replica.essays import ESSAYS, MOST_ESSAYS, generate_essays
from crawler.replica.faults import FaultySite
from crawler.replica.faults_spec import Fault, FaultSpecError, known_faults, parse_faults
from crawler.replica.server import ReplicaSite, serve
from crawler.replica.site import ROBOTS

DEFAULT_PORT = 8017


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit code is told by the module's docstring."""
    options = _parser().parse_args(arguments)
    essays = generate_essays(seed=options.seed, count=options.count)
    robots = ROBOTS if options.robots is None else options.robots
    replica = FaultySite(essays, faults=options.faults, seed=options.seed, robots=robots)
    with ExitStack() as stack:
        try:
            address = _open(stack, replica, options.port, log=options.log)
        except OSError as error:
            print(f"error: {_told(options.port, error)}", file=sys.stderr)
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


def _told(port: int | None, error: OSError) -> str:
    if port is None:
        return f"no port can be opened: {error.strerror}"
    return f"port {port} cannot be opened: {error.strerror}; choose another --port, or leave it out"


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
    add = parser.add_argument
    add(
        "--port",
        type=whole_number(0, LAST_PORT),
        help=f"0: a free one (default: {DEFAULT_PORT}, or a free one)",
    )
    add(
        "--count",
        type=whole_number(1, MOST_ESSAYS),
        default=ESSAYS,
        help=f"how many essays ({ESSAYS})",
    )
    add("--seed", type=whole_number(0), default=7, help="the seed of essays and faults (7)")
    add("--faults", type=_faults, default=(), metavar="SPEC", help="how it misbehaves: below")
    add(
        "--robots",
        type=text_file,
        metavar="FILE",
        help="a robots.txt to serve instead",
    )
    add("--log", action="store_true", help="log requests to stderr")
    add("--with-parent", action="store_true", help="stop when standard input is closed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
