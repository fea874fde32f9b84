"""The crawl as a command, where its file holds essays: it goes on, starts over, or leaves them."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from crawler.items import encode_line
from crawler.output import page_store
from crawler.page_store import Fetched, PageStore, StoredPage
from crawler.replica.server import Reply, serve, start_replica
from tests.crawler.commands import read_crawled
from tests.crawler.invented import make_essay, make_essays
from tests.crawler.misbehaving import VIEW, Misbehaving, crawl

LIVE = "https://site.test"


def kept_page(out: Path, site: str, number: str) -> PageStore:
    """Keep a page as a crawl of a site does, and return where."""
    store = page_store(out, site)
    store.save(StoredPage(number, f"{site}{VIEW}{number}", Fetched("2026", ()), "<p>page</p>"))
    return store


@pytest.mark.parametrize(("kept", "asked"), [(True, 0), (False, 20)])
def test_resume_after_a_kill(tmp_path: Path, *, kept: bool, asked: int) -> None:
    """A line cut in half is mended; only what is missing is fetched, and no kept page again."""
    out, essays = tmp_path / "essays.jsonl", make_essays(50)
    replica = Misbehaving(essays, {})
    with serve(replica) as site:
        assert crawl(site, out).returncode == 0
        whole = read_crawled(out)
        cut = out.read_bytes().splitlines(keepends=True)[:31]
        out.write_bytes(b"".join(cut)[:-100])
        if not kept:
            shutil.rmtree(tmp_path / "pages")
        replica.asked.clear()
        done = crawl(site, out)
        assert read_crawled(out) == whole
    assert done.returncode == 0
    assert "cut off" in done.stderr
    assert sum(count for path, count in replica.asked.items() if VIEW in path) == asked
    assert "20 essays saved" in done.stdout
    assert "30 known before" in done.stdout


def test_nothing_new(tmp_path: Path) -> None:
    """A second crawl saves nothing, and that is no error."""
    out = tmp_path / "essays.jsonl"
    with start_replica(make_essays(5)) as site:
        assert crawl(site, out).returncode == 0
        before = out.read_bytes()
        assert crawl(site, out).returncode == 0
        assert out.read_bytes() == before


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
def test_real_essays_are_safe_from_the_demo(tmp_path: Path, fresh: tuple[str, ...]) -> None:
    """A file of another site is refused before anything is fetched, and stays as it is."""
    out = tmp_path / "essays.jsonl"
    real = msgspec.structs.replace(make_essay(), url=f"https://site.test{VIEW}98765")
    out.write_bytes(encode_line(real))
    done = crawl("replica", out, *fresh)
    assert done.returncode == 2
    assert "--out" in done.stderr
    assert out.read_bytes() == encode_line(real)
    assert [path.name for path in tmp_path.iterdir()] == ["essays.jsonl"]


def test_failed_fresh_crawl_keeps_the_old_file(tmp_path: Path) -> None:
    """`--fresh` replaces the file only when the crawl is done."""
    out, essays = tmp_path / "essays.jsonl", make_essays(4)
    with start_replica(essays) as site:
        assert crawl(site, out).returncode == 0
    before = out.read_bytes()
    with serve(Misbehaving(essays, {VIEW + essays[0].id: [Reply(403, "")]})) as site:
        assert crawl(site, out, "--fresh").returncode == 3
    assert out.read_bytes() == before
    with start_replica(essays[:2]) as site:
        assert crawl(site, out, "--fresh").returncode == 0
    assert set(read_crawled(out)) == {essay.id for essay in essays[:2]}


def test_fresh_crawl_of_a_live_site(tmp_path: Path) -> None:
    """`--fresh` is refused for a live site, with the reason, and takes nothing away."""
    out = tmp_path / "essays.jsonl"
    out.write_bytes(encode_line(msgspec.structs.replace(make_essay(), url=f"{LIVE}{VIEW}98765")))
    store = kept_page(out, LIVE, "98765")
    before = out.read_bytes(), store.path("98765").read_bytes()
    done = crawl(LIVE, out, "--fresh", "--permission", "the owner, today, for this test")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: --fresh is for the replica and other sites on this")
    assert (out.read_bytes(), store.path("98765").read_bytes()) == before


def test_fresh_crawl_forgets_only_this_machines_pages(tmp_path: Path) -> None:
    """Pages of earlier crawls of this machine go, at whatever address; a live site's stay."""
    out, essays = tmp_path / "essays.jsonl", make_essays(3)
    live = kept_page(out, LIVE, "98765")
    own = kept_page(out, "http://localhost:9", "11111")
    with start_replica(essays) as site:
        assert crawl(site, out, "--types", "all", "--fresh").returncode == 0
    assert live.numbers() == {"98765"}
    assert own.numbers() == {essay.id for essay in essays}


def test_live_site_with_the_replicas_name(tmp_path: Path) -> None:
    """No live site shares a folder of pages with this machine's own, whatever it is called."""
    out = tmp_path / "essays.jsonl"
    folders = [page_store(out, site).folder for site in ("http://replica", "http://127.0.0.1:1")]
    assert folders == [tmp_path / "pages" / "replica", tmp_path / "pages" / "localhost"]
