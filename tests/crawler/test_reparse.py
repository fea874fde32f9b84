"""Kept pages are read again without the site."""

from __future__ import annotations

from pathlib import Path

import msgspec

from crawler.items import Essay, encode_line, read_jsonl
from crawler.page_store import Fetched, PageStore, StoredPage
from crawler.reparse import reparse
from crawler.replica.server import ReplicaSite, start_replica
from tests.crawler import forks
from tests.crawler.commands import run_module
from tests.crawler.invented import make_essay, make_essays


def essays_of(path: Path) -> list[Essay]:
    """Read a file of essays."""
    return list(read_jsonl(path, Essay, cure="the test"))


def test_reparse_after_a_crawl(tmp_path: Path) -> None:
    """Read again, the pages give the records of the crawl, byte by byte, also from nothing."""
    out = tmp_path / "essays.jsonl"
    with start_replica(make_essays(25)) as site:
        options = ("--site", site, "--browser", "never", "--out", out)
        assert forks.run_module("crawler.crawl", *options).returncode == 0
    whole = out.read_bytes()
    done = run_module("crawler.reparse", "--site", "replica", "--out", out)
    assert (done.returncode, out.read_bytes()) == (0, whole)
    assert "25 pages read, 0 essays new or changed, 0 broken; 25 essays" in done.stdout
    old = [msgspec.structs.replace(essay, company=None) for essay in essays_of(out)[:10]]
    out.write_bytes(b"".join(map(encode_line, old)))
    assert forks.run_module("crawler.reparse", "--site", "replica", "--out", out).returncode == 0
    assert sorted(out.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_what_is_kept_of_the_old_file(tmp_path: Path) -> None:
    """Essays without a kept page stay; the lists of both are joined."""
    with start_replica([make_essay(50_001)]) as site:
        out = tmp_path / "essays.jsonl"
        options = ("--site", site, "--browser", "never", "--types", "all", "--out", out)
        assert forks.run_module("crawler.crawl", *options).returncode == 0
    [crawled] = essays_of(out)
    known = [make_essay(40_000), msgspec.structs.replace(crawled, company_types=("외국계",))]
    store = PageStore(tmp_path / "pages" / "localhost")
    [number] = store
    page = store.load(number)
    assert page is not None
    store.save(page._replace(fetched=Fetched(page.fetched.at, ("대기업",))))
    result = reparse(known, store)
    joined = msgspec.structs.replace(crawled, company_types=("외국계", "대기업"))
    assert result.essays == [known[0], joined]
    assert (result.read, result.changed, result.broken) == (1, 1, [])


def test_page_that_cannot_be_read(tmp_path: Path) -> None:
    """Pages that cannot be read are named, all of them, exit code 1; the essay of before stays."""
    out = tmp_path / "essays.jsonl"
    out.write_bytes(encode_line(make_essay(50_001)))
    store = PageStore(tmp_path / "pages" / "site.test")
    store.save(StoredPage("50001", "https://site.test/1", Fetched("2026", ()), "<dl><dt>"))
    store.path("50002").write_bytes(b"junk")
    done = forks.run_module("crawler.reparse", "--site", "https://site.test", "--out", out)
    assert done.returncode == 1
    assert "https://site.test/1" in done.stderr
    assert "50002.html.gz" in done.stderr
    assert out.read_bytes() == encode_line(make_essay(50_001))


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A file that cannot be written is one error, not a traceback."""
    store = PageStore(tmp_path / "pages" / "site.test")
    page = ReplicaSite([make_essay(50_001)]).reply("/starter/PassAssay/View/50001", {}).text
    store.save(StoredPage("50001", "https://site.test/View/50001", Fetched("2026", ()), page))
    (tmp_path / "essays.jsonl.partial").mkdir()
    done = forks.run_module(
        "crawler.reparse", "--site", "https://site.test", "--out", tmp_path / "essays.jsonl"
    )
    assert done.returncode == 1
    [said] = done.stderr.splitlines()
    assert said.startswith("error: ")


def test_no_pages(tmp_path: Path) -> None:
    """An empty or missing folder is an error with the cure, and makes no file."""
    done = forks.run_module("crawler.reparse", "--out", tmp_path / "e")
    assert done.returncode == 1
    assert "python -m crawler.crawl" in done.stderr
    assert list(tmp_path.iterdir()) == []
