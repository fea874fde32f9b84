"""The crawl as a command, over HTTP: what it fetches, and what it makes of odd pages."""

from __future__ import annotations

from pathlib import Path

import msgspec

from crawler.plan import DEFAULT_TYPES
from crawler.replica.server import ReplicaSite, Reply, serve, start_replica
from tests.crawler.commands import read_crawled, read_manifest
from tests.crawler.invented import as_crawled, make_essay, make_essays
from tests.crawler.misbehaving import LIST, VIEW, Misbehaving, crawl


def test_crawl_of_the_default_lists(tmp_path: Path) -> None:
    """Every essay of the four lists is written once, as it was, with all of its lists."""
    out, essays = tmp_path / "essays.jsonl", make_essays(90)
    with start_replica(essays) as site:
        done = crawl(site, out)
        assert (done.returncode, done.stderr) == (0, "")
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    assert "90 essays saved" in done.stdout
    assert "대기업 45 of 45 stated" in done.stdout
    manifest = read_manifest(tmp_path / "essays.jsonl")
    assert (manifest["site"], manifest["outcome"], manifest["exit_code"]) == (site, "done", 0)
    assert (manifest["counts"]["saved"], manifest["counts"]["essays_in_file"]) == (90, 90)
    assert manifest["started"] <= manifest["ended"]


def test_crawl_of_everything(tmp_path: Path) -> None:
    """`--types all` walks the one list of everything, whose last page may be full."""
    out, essays = tmp_path / "essays.jsonl", make_essays(40)
    with start_replica(essays) as site:
        assert crawl(site, out, "--types", "all").returncode == 0
        assert read_crawled(out) == as_crawled(essays, site, ())


def test_filters_and_limit(tmp_path: Path) -> None:
    """Types, fields, analysed and limit choose what is fetched."""
    out, essays = tmp_path / "essays.jsonl", make_essays(30)
    bare = msgspec.structs.replace(
        make_essay(90_000, ("외국계",)),
        grade=None,
        overall_advice=None,
        questions=(msgspec.structs.replace(make_essay().questions[0], passages=(), advice=()),),
    )
    options = ("--types", "외국계", "--fields", "물류·무역", "--analysed", "--limit", "3")
    with start_replica([*essays, bare]) as site:
        assert crawl(site, out, *options).returncode == 0
        expected = as_crawled(essays, site, ("외국계",))
        newest = sorted(expected, key=int, reverse=True)[:3]
        assert read_crawled(out) == {number: expected[number] for number in newest}


def test_known_essay_in_a_further_list(tmp_path: Path) -> None:
    """An essay that is known and found in another list gets that too, and keeps its place."""
    out, essays = tmp_path / "essays.jsonl", make_essays(12)
    with start_replica(essays) as site:
        assert crawl(site, out, "--types", DEFAULT_TYPES[1]).returncode == 0
        before = list(read_crawled(out))
        assert crawl(site, out).returncode == 0
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    assert list(read_crawled(out))[: len(before)] == before
    assert read_manifest(tmp_path / "essays.jsonl")["counts"]["gained_types"] == 1


def test_cut_page_is_fetched_again(tmp_path: Path) -> None:
    """A page cut in the middle is asked for again, without a browser."""
    out, essays = tmp_path / "essays.jsonl", make_essays(3)
    path = VIEW + essays[1].id
    good = ReplicaSite(essays).reply(path, {})
    cut = Reply(200, good.text.split("</dd>")[0])
    replica = Misbehaving(essays, {path: [cut, cut, good]})
    with serve(replica) as site:
        done = crawl(site, out)
        assert (done.returncode, done.stderr) == (0, "")
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    assert replica.asked[path] == 3
    assert read_manifest(tmp_path / "essays.jsonl")["counts"]["retries"] == 2


def test_retries_of_both_kinds_are_bounded_together(tmp_path: Path) -> None:
    """A page that is refused once and cut for ever is asked for three times, too."""
    essays = make_essays(3)
    path = VIEW + essays[1].id
    cut = Reply(200, ReplicaSite(essays).reply(path, {}).text.split("</dd>")[0])
    replica = Misbehaving(essays, {path: [Reply(503, ""), cut]})
    with serve(replica) as site:
        done = crawl(site, tmp_path / "essays.jsonl")
    assert done.returncode == 1
    assert replica.asked[path] == 3


def test_broken_and_missing_essays(tmp_path: Path) -> None:
    """A broken page is named and fails the crawl, a missing one is counted; the rest is saved."""
    out, essays = tmp_path / "essays.jsonl", make_essays(6)
    cut = ReplicaSite(essays).reply(VIEW + essays[0].id, {}).text.split("</dd>")[0]
    gone = ReplicaSite(essays).reply(f"{VIEW}11111", {})
    replies = {VIEW + essays[0].id: [Reply(200, cut)], VIEW + essays[1].id: [gone]}
    with serve(Misbehaving(essays, replies)) as site:
        done = crawl(site, out)
    assert done.returncode == 1
    assert f"{site}{VIEW}{essays[0].id}, questions: " in done.stderr
    assert "1 gone, 1 failed" in done.stdout
    assert set(read_crawled(out)) == {essay.id for essay in essays[2:]}


def test_lists_that_cannot_be_read(tmp_path: Path) -> None:
    """A list that states essays and shows none has changed: an error that names what is missing."""
    essays = make_essays(5)
    body = ReplicaSite(essays).reply("/starter/PassAssay", {}).text
    changes = {
        "selfLists": "the site has changed: there is no ul.selfLists or div.starList; compare",
        "/View/": "0 of 5 stated; its pages show no entry (ul.selfLists > li) with a link",
    }
    for old, words in changes.items():
        replica = Misbehaving(essays, {LIST: [Reply(200, body.replace(old, "/Other/"))]})
        with serve(replica) as site:
            done = crawl(site, tmp_path / "essays.jsonl", "--types", "all")
        assert done.returncode == 1
        [said] = done.stderr.splitlines()
        assert site in said
        assert words in said
        assert not (tmp_path / "essays.jsonl").exists()


def test_site_that_shows_the_same_page_for_ever(tmp_path: Path) -> None:
    """A list that ignores the page's number ends when it brings nothing new, short of its total."""
    essays = make_essays(30)
    same = ReplicaSite(essays).reply("/starter/PassAssay", {})
    with serve(Misbehaving(essays, {"/starter/PassAssay?": [same]})) as site:
        done = crawl(site, tmp_path / "essays.jsonl", "--types", "all")
    assert done.returncode == 1
    assert "all 20 of 30 stated" in done.stdout
    assert "found: seen in 66.7% of 30, expected in at least 95%" in done.stderr
