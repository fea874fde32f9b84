"""The crawl as a command, at a site that does not want it, or wants it slower."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.replica.server import ReplicaSite, Reply, serve, start_replica
from tests.crawler.commands import read_crawled, read_manifest, run_python
from tests.crawler.invented import make_essays
from tests.crawler.misbehaving import VIEW, Misbehaving, crawl


def test_live_site_without_permission(tmp_path: Path) -> None:
    """Without permission nothing starts: no socket is opened, no file made."""
    out = tmp_path / "essays.jsonl"
    script = (
        "import socket, sys\n"
        "def touched(*_): raise SystemExit(99)\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = touched\n"
        "from crawler.crawl import main\n"
        f"sys.exit(main(['--out', {str(out)!r}]))\n"
    )
    done = run_python("-c", script)
    assert done.returncode == 3
    assert "--permission" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_robots_are_asked_for_once(tmp_path: Path) -> None:
    """One request for robots.txt serves us and Scrapy, which has nothing to complain of later."""
    replica = Misbehaving(make_essays(3), {})
    with serve(replica) as site:
        done = crawl(site, tmp_path / "essays.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    assert replica.asked["/robots.txt"] == 1


def test_robots_refuse(tmp_path: Path) -> None:
    """robots.txt that names our agent stops the crawl before any page."""
    replica = Misbehaving(make_essays(3), {})
    replica.robots = "User-agent: jasoseo-research\nDisallow: /\n"
    with serve(replica) as site:
        done = crawl(site, tmp_path / "essays.jsonl")
    assert done.returncode == 3
    assert "robots.txt" in done.stderr
    assert list(replica.asked) == ["/robots.txt"]


@pytest.mark.parametrize(("status", "code"), [(404, 0), (500, 3), (403, 3)])
def test_robots_that_cannot_be_had(tmp_path: Path, status: int, code: int) -> None:
    """No robots.txt allows everything; one that the server cannot or will not give, nothing."""
    replica = Misbehaving(make_essays(3), {"/robots.txt": [Reply(status, "")]})
    with serve(replica) as site:
        done = crawl(site, tmp_path / "essays.jsonl")
    assert done.returncode == code
    assert ("robots.txt" in done.stderr) == (code == 3)
    assert (set(replica.asked) == {"/robots.txt"}) == (code == 3)


def test_objections_are_noted(tmp_path: Path) -> None:
    """What robots.txt says against AI training is in the manifest."""
    with start_replica(make_essays(3)) as site:
        assert crawl(site, tmp_path / "essays.jsonl").returncode == 0
    objections = read_manifest(tmp_path / "essays.jsonl")["counts"]["objections"]
    assert objections == ["line 5: turns GPTBot away", "line 8: turns ClaudeBot away"]


REFUSALS = {
    "forbidden": Reply(403, "<p>no</p>"),
    "captcha": Reply(200, "<p>보안문자를 입력해 주세요.</p>"),
    "log-in wall": Reply(200, '<form><input type="password" name="pw"></form>'),
}


@pytest.mark.parametrize("reply", REFUSALS.values(), ids=REFUSALS.keys())
def test_refusal_stops_and_a_later_run_goes_on(tmp_path: Path, reply: Reply) -> None:
    """An unwelcoming page stops the crawl with 3; what was saved stays and is not fetched again."""
    out, essays = tmp_path / "essays.jsonl", make_essays(60)
    oldest = essays[0].id
    with serve(Misbehaving(essays, {VIEW + oldest: [reply]})) as site:
        done = crawl(site, out)
        assert done.returncode == 3
        assert f"{VIEW}{oldest}" in done.stderr
        assert "goes on" in done.stderr
        assert oldest not in read_crawled(out)
    with start_replica(essays) as site:
        assert crawl(site, out).returncode == 0
    assert set(read_crawled(out)) == {essay.id for essay in essays}


def test_refusal_in_a_list(tmp_path: Path) -> None:
    """A refusal of the list stops at once, and no essay file is made."""
    replica = Misbehaving(make_essays(5), {"/starter/PassAssay?": [Reply(403, "")]})
    with serve(replica) as site:
        done = crawl(site, tmp_path / "essays.jsonl")
    assert done.returncode == 3
    assert "403" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["essays.manifest.json"]
    assert read_manifest(tmp_path / "essays.jsonl")["exit_code"] == 3


def test_too_many_requests(tmp_path: Path) -> None:
    """429 is tried again a bounded number of times; one that stays stops the crawl."""
    essays = make_essays(3)
    path = VIEW + essays[1].id
    good = ReplicaSite(essays).reply(path, {})
    passing = Misbehaving(essays, {path: [Reply(429, ""), Reply(503, ""), good]})
    with serve(passing) as site:
        assert crawl(site, tmp_path / "a" / "essays.jsonl").returncode == 0
    staying = Misbehaving(essays, {path: [Reply(429, "")]})
    with serve(staying) as site:
        done = crawl(site, tmp_path / "b" / "essays.jsonl")
    assert done.returncode == 3
    assert "429" in done.stderr
    assert staying.asked[path] == 3


def test_asked_to_stay_away(tmp_path: Path) -> None:
    """Retry-After is waited for; one that is longer than we wait unasked stops the crawl with 3."""
    essays = make_essays(3)
    path = VIEW + essays[1].id
    good = ReplicaSite(essays).reply(path, {})
    soon = Reply(503, "", headers=(("Retry-After", "1"),))
    out = tmp_path / "a" / "essays.jsonl"
    with serve(Misbehaving(essays, {path: [soon, good]})) as site:
        assert crawl(site, out).returncode == 0
    counts = read_manifest(out)["counts"]
    assert (counts["saved"], counts["pauses"], counts["paused_seconds"]) == (3, 1, 1)
    assert counts["retries"] == 1
    later = Reply(429, "", headers=(("Retry-After", "86400"),))
    staying = Misbehaving(essays, {path: [later]})
    with serve(staying) as site:
        done = crawl(site, tmp_path / "b" / "essays.jsonl")
    assert done.returncode == 3
    assert "86400 s" in done.stderr
    assert staying.asked[path] == 1
