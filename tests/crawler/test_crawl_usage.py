"""The crawl as a command, where it cannot even begin: one error that says why, and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.items import Essay, read_jsonl
from crawler.plan import DEFAULT_TYPES
from crawler.replica.server import start_replica
from tests.crawler.commands import run_module
from tests.crawler.invented import make_essays
from tests.crawler.misbehaving import crawl


@pytest.mark.parametrize(
    ("option", "known"), [("--types", DEFAULT_TYPES), ("--fields", ("인사·HR", "개발·데이터"))]
)
def test_unknown_name(tmp_path: Path, option: str, known: tuple[str, ...]) -> None:
    """A name that the site's panel lacks is wrong usage: one line lists the known ones."""
    with start_replica(make_essays(3)) as site:
        done = crawl(site, tmp_path / "essays.jsonl", option, "큰회사")
    assert (done.returncode, done.stdout) == (2, "")
    [said] = done.stderr.splitlines()
    assert said.startswith(f"error: {option}: the site has no 큰회사; it has: ")
    assert not [name for name in known if name not in said]


def test_dead_site(tmp_path: Path) -> None:
    """A site that does not answer is one line that asks whether it is up, after three attempts."""
    with start_replica([]) as site:
        pass
    done = crawl(site, tmp_path / "essays.jsonl")
    assert (done.returncode, done.stdout) == (1, "")
    [said] = done.stderr.splitlines()
    assert said.startswith(f"error: {site}/robots.txt: ")
    assert "(attempt 3); is the site up?" in said


def test_no_browser(tmp_path: Path) -> None:
    """Without Chromium the crawl fails at once, and says what to install and the way round."""
    options = ("--site", "replica", "--out", str(tmp_path / "essays.jsonl"))
    done = run_module("crawler.crawl", *options, environment={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "chromium chromium-driver" in done.stderr
    assert "BROWSER=never" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_seed_of_another_site(tmp_path: Path) -> None:
    """Only the replica's essays come from a seed; nothing is asked of any other site."""
    options = ("--site", "http://127.0.0.1:9", "--replica-seed", "11")
    done = run_module("crawler.crawl", *options, "--out", str(tmp_path / "essays.jsonl"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --replica-seed goes with --site replica alone\n"


def test_seed_of_the_replica(tmp_path: Path) -> None:
    """Another seed gives other essays, the same seed the same."""
    found = []
    for name, seed in (("a", "11"), ("b", "11"), ("c", "12")):
        out = tmp_path / name / "essays.jsonl"
        options = ("--browser", "never", "--limit", "2", "--replica-seed", seed)
        run_module("crawler.crawl", "--site", "replica", *options, "--out", str(out))
        found.append([essay.id for essay in read_jsonl(out, Essay, cure="")])
    assert [len(ids) for ids in found] == [2, 2, 2]
    assert found[0] == found[1]
    assert found[0] != found[2]
