"""A crawl over plain HTTP, of a site that answers as a test wants it to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

from crawler.items import Essay
from crawler.replica.server import ReplicaSite, Reply
from tests.crawler.forks import run_module

LIST = "/starter/PassAssay?"
VIEW = "/starter/PassAssay/View/"


def crawl(
    site: str, out: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Crawl a site without a browser."""
    options = ("--site", site, "--browser", "never", "--out", str(out))
    return run_module("crawler.crawl", *options, *arguments, environment=environment)


class Misbehaving(ReplicaSite):
    """A replica whose answers to some addresses are replaced; it counts what it was asked."""

    def __init__(self, essays: list[Essay], replies: Mapping[str, list[Reply]]) -> None:
        super().__init__(essays)
        self.replies = {part: list(reversed(queue)) for part, queue in replies.items()}
        self.asked: Counter[str] = Counter()

    def reply(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Answer with the next replacement; the last one stays."""
        self.asked[target] += 1
        for part, queue in self.replies.items():
            if part in target and queue:
                return queue.pop() if len(queue) > 1 else queue[0]
        return super().reply(target, headers)
