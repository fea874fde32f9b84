"""What the crawl makes of a site that misbehaves: recovered, or stopped with code and reason."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.plan import DEFAULT_TYPES
from crawler.replica.faults import FaultySite, parse_faults
from crawler.replica.server import serve, start_replica
from tests.crawler.commands import read_crawled, read_manifest
from tests.crawler.forks import run_module
from tests.crawler.invented import as_crawled, make_essays

COUNT = 60
RECOVERED = {
    "too many": "too-many:1=0.1x1",
    "unavailable": "unavailable:1=0.1x1",
    "slow": "slow:0.3=0.1",
    "hung": "hung=0.05x1",
    "hung body": "hung:body=0.05x1",
    "cut": "cut=0.2x2",
    "truncated": "truncated=0.2x2",
    "alert": "alert",
    "layer": "layer",
    "duplicates": "duplicates",
    "lists that are cut": "cut@lists=x1",
    "lists that are truncated": "truncated@lists=x1",
    "lists that are unavailable": "unavailable@lists=x1",
    "robots.txt that is slow to come": "cut@robots=x2",
}


class Stopped(NamedTuple):
    """How a crawl ends: its exit code, and words of its message."""

    faults: str
    code: int
    words: tuple[str, ...]


STOPPED = {
    "too many": Stopped("too-many:0=0.1", 3, ("429", "too often", "goes on")),
    "unavailable": Stopped("unavailable=0.05", 1, ("status 503", "try again later")),
    "cut": Stopped("cut=0.05", 1, ("could not be had", "/View/")),
    "truncated": Stopped("truncated=0.05", 1, ("no end (</dl>)", "fetch or save the whole page")),
    "unavailable lists": Stopped("unavailable@lists", 1, ("status 503; is the site up?",)),
    "log in": Stopped("login=after:20", 3, ("asks to log in", "does not log in", "goes on")),
    "log in elsewhere": Stopped("login:redirect=after:20", 3, ("goes on",)),
    "captcha": Stopped("captcha=after:20", 3, ("보안문자", "goes on")),
    "blocked": Stopped("blocked=after:20", 3, ("비정상적인 접근", "goes on")),
    "forbidden": Stopped("forbidden=after:20", 3, ("403", "goes on")),
    "forbidden lists": Stopped("forbidden@lists=after:3", 3, ("403", "goes on")),
    "captcha in a list": Stopped("captcha@lists=after:3", 3, ("보안문자", "goes on")),
    "robots.txt that cannot be had": Stopped("unavailable@robots", 3, ("robots.txt", "503")),
    "stranger": Stopped("stranger=0.05", 1, ("came in its place",)),
    "down": Stopped("cut=after:20", 1, ("5 failures in a row",)),
}


def crawl(site: str, out: Path, browser: str = "never") -> tuple[int, str]:
    """Crawl a site; return exit code and what was said on stderr."""
    options = ("--site", site, "--browser", browser, "--timeout", "2", "--out", out)
    done = run_module("crawler.crawl", *options)
    return done.returncode, done.stderr


@pytest.mark.parametrize("faults", RECOVERED.values(), ids=RECOVERED.keys())
def test_recovered(tmp_path: Path, faults: str) -> None:
    """Every essay is saved as it is, once, in spite of the fault, which did act."""
    out, essays = tmp_path / "essays.jsonl", make_essays(COUNT)
    replica = FaultySite(essays, faults=parse_faults(faults), seed=7)
    with serve(replica) as site:
        code, said = crawl(site, out)
        assert code == 0, said
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    assert sum(replica.met.values()) > 0


@pytest.mark.parametrize("case", STOPPED.values(), ids=STOPPED.keys())
def test_stopped(tmp_path: Path, case: Stopped) -> None:
    """The crawl ends with its code and reason; what was saved is whole, and a later run goes on."""
    out, essays = tmp_path / "essays.jsonl", make_essays(COUNT)
    with serve(FaultySite(essays, faults=parse_faults(case.faults), seed=7)) as site:
        code, said = crawl(site, out)
    assert code == case.code, said
    assert not [word for word in case.words if word not in said], said
    saved = read_crawled(out) if out.exists() else {}
    assert len(saved) < COUNT
    assert read_manifest(tmp_path / "essays.jsonl")["exit_code"] == code
    with start_replica(essays) as site:
        assert crawl(site, out)[0] == 0
    assert set(read_crawled(out)) == {essay.id for essay in essays}


RENAMED = {
    "adviceTotal": "grade: seen in 0.0%",
    "grade": "grade: seen in 0.0%",
    "specLists": "specs: seen in 0.0%",
    "txSpllChk": "site_chars: seen in 0.0%",
    "viewTitWrap": "company: seen in 0.0%",
    "advice": "advice: seen in 0.0%",
    "bad": "passages: seen in 0.0%",
    "qnaLists": "questions: the site has changed: there is no dl.qnaLists",
    "sup": "20 failures in a row",
}


@pytest.mark.parametrize(("name", "words"), RENAMED.items())
def test_renamed_class(tmp_path: Path, name: str, words: str) -> None:
    """A class that the site renames ends the crawl with 1: the field, the shares and addresses."""
    out, essays = tmp_path / "essays.jsonl", make_essays(COUNT)
    with serve(FaultySite(essays, faults=parse_faults(f"renamed:{name}"), seed=7)) as site:
        code, said = crawl(site, out)
    assert code == 1
    assert words in said
    assert f"{site}/starter/PassAssay/View/" in said


def test_renamed_list(tmp_path: Path) -> None:
    """A list whose class is renamed is told as a change of the site, at its first page."""
    with serve(FaultySite(make_essays(9), faults=parse_faults("renamed:selfLists@lists"))) as site:
        code, said = crawl(site, tmp_path / "essays.jsonl")
    assert code == 1
    assert f"{site}/starter/PassAssay?" in said
    assert "the site has changed: there is no ul.selfLists" in said


def test_gone_essays(tmp_path: Path) -> None:
    """Essays that are listed and gone are counted, and are no failure."""
    out, essays = tmp_path / "essays.jsonl", make_essays(COUNT)
    replica = FaultySite(essays, faults=parse_faults("gone=0.1"), seed=7)
    with serve(replica) as site:
        assert crawl(site, out)[0] == 0
    counts = read_manifest(tmp_path / "essays.jsonl")["counts"]
    assert len(counts["gone"]) == replica.met["gone"] > 0
    assert len(read_crawled(out)) == COUNT - len(counts["gone"])


def test_list_that_shifts(tmp_path: Path) -> None:
    """While new essays push the pages on, each essay is saved once, and none is lost."""
    out, essays = tmp_path / "essays.jsonl", make_essays(COUNT)
    with serve(FaultySite(essays, faults=parse_faults("shift"), seed=7)) as site:
        code, said = crawl(site, out)
    assert code == 0, said
    assert set(read_crawled(out)) >= {essay.id for essay in essays}
