"""Python commands in forks of one process that has imported Scrapy and Selenium before.

Each is a process of its own, with arguments, output, exit code and end of its own, as a command
that a shell starts; but importing takes longer than a small crawl does, and is done here once.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from crawler import settings
from crawler.processes import kill_session
from tests.crawler.commands import PATIENCE, ROOT

#: What a crawl imports beside Scrapy's components, late or in the command itself.
MODULES = (
    *("crawler.browser", "crawler.spiders.passassay", "crawler.replica.child", "crawler.tally"),
    *("protego", "selenium.webdriver.chrome.webdriver"),
)


def run_module(
    module: str, *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` from the repository's root and return what came of it."""
    return run_python("-m", module, *map(str, arguments), environment=environment)


def run_python(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python with `-m` or `-c` from the repository's root and return what came of it.

    Raises:
        subprocess.TimeoutExpired: It did not end in `PATIENCE` seconds, and was killed.

    """
    with started(*arguments, environment=environment) as fork:
        return fork.wait()


class Fork:
    """A command under way, the only one of its time, in a session of its own."""

    def __init__(
        self, arguments: tuple[str, ...], environment: Mapping[str, str], folder: Path
    ) -> None:
        self._arguments = arguments
        self._outputs = [folder / "stdout", folder / "stderr"]
        for path in self._outputs:
            path.touch()
        self._answers = _server().stdout
        self._done: subprocess.CompletedProcess[str] | None = None
        order = [arguments, dict(environment), [str(path) for path in self._outputs]]
        print(json.dumps(order), file=_server().stdin, flush=True)
        self.pid = self._read()

    def _read(self) -> int:
        assert self._answers
        return int(self._answers.readline())

    def alive(self) -> bool:
        """Say whether it runs."""
        return Path(f"/proc/{self.pid}").exists()

    def wait(self) -> subprocess.CompletedProcess[str]:
        """Wait for its end and return what came of it.

        Raises:
            subprocess.TimeoutExpired: It did not end in `PATIENCE` seconds, and was killed.

        """
        if self._done is None:
            code = self._read()
            said = [path.read_text(encoding="utf-8") for path in self._outputs]
            self._done = subprocess.CompletedProcess(self._arguments, code, *said)
        if self._done.returncode == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(self._arguments, PATIENCE)
        return self._done

    def end(self) -> None:
        """Kill it and what is of its session, if nobody has waited for its end."""
        if self._done is None:
            kill_session(self.pid)
            self.wait()


@contextmanager
def started(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Fork]:
    """Start Python with `-m` or `-c` from the repository's root; kill it if it runs at last."""
    with tempfile.TemporaryDirectory() as name:
        fork = Fork(arguments, environment or {}, Path(name))
        try:
            yield fork
        finally:
            fork.end()


@cache
def _server() -> subprocess.Popen[str]:
    """Start the process that forks; it ends when its input does, with these tests."""
    command = [sys.executable, "-m", "tests.crawler.forks"]
    pipe = subprocess.PIPE
    server = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    atexit.register(server.communicate)
    return server


def _serve() -> None:
    """Fork for each line of input, and tell the number of the fork, and at its end its code."""
    for line in sys.stdin:
        number = os.fork()
        if not number:
            _become(*json.loads(line))
        print(number, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


def _become(arguments: list[str], environment: dict[str, str], outputs: list[str]) -> NoReturn:
    """Go on as if Python had been started with these arguments; `PATIENCE` ends it."""
    os.setsid()
    signal.alarm(PATIENCE)
    os.environ.update(environment)
    tempfile.tempdir = None  # the environment says where, and may have been asked before
    for number, path in enumerate([os.devnull, *outputs]):
        os.dup2(os.open(path, os.O_RDWR), number)
    kind, what, *rest = arguments
    sys.argv = [kind, *rest]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(what, {"__name__": "__main__"})  # noqa: S102 - as `python -c` does
    sys.exit()


def _import_first() -> None:
    """Import what crawls import, but for the commands and the reactor, which each makes anew."""
    components = [
        *settings.DOWNLOADER_MIDDLEWARES,
        *settings.ITEM_PIPELINES,
        *default_settings.DOWNLOADER_MIDDLEWARES_BASE,
        *default_settings.SPIDER_MIDDLEWARES_BASE,
        *default_settings.EXTENSIONS_BASE,
        *default_settings.DOWNLOAD_HANDLERS_BASE.values(),
        default_settings.ROBOTSTXT_PARSER,
        default_settings.SCHEDULER_MEMORY_QUEUE,
    ]
    for name in components:
        load_object(name)
    for module in MODULES:
        import_module(module)
    assert "twisted.internet.reactor" not in sys.modules


if __name__ == "__main__":
    _import_first()
    gc.freeze()
    _serve()
