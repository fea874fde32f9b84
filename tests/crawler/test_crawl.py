"""The crawl as a command, over HTTP from a replica that behaves, and from some that do not."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

import msgspec
import pytest

from crawler.items import Essay, encode_line
from crawler.plan import DEFAULT_TYPES
from crawler.replica.server import ReplicaSite, Reply, serve, start_replica
from tests.crawler.commands import read_crawled, run_module, run_python
from tests.crawler.invented import as_crawled, make_essay, make_essays

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


def test_crawl_of_the_default_lists(tmp_path: Path) -> None:
    """Every essay of the four lists is written once, as it was, with all of its lists."""
    out, essays = tmp_path / "essays.jsonl", make_essays(90)
    with start_replica(essays) as site:
        done = crawl(site, out)
        assert (done.returncode, done.stderr) == (0, "")
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    assert "90 essays saved" in done.stdout
    assert "대기업 45 of 45 stated" in done.stdout
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
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


def test_unknown_type(tmp_path: Path) -> None:
    """A name that the site's panel lacks is wrong usage, and the known ones are listed."""
    with start_replica(make_essays(3)) as site:
        done = crawl(site, tmp_path / "essays.jsonl", "--types", "큰회사")
    assert done.returncode == 2
    assert "큰회사" in done.stderr
    assert all(name in done.stderr for name in DEFAULT_TYPES)


@pytest.mark.parametrize("site", ["ftp://site.test", "site.test", "https://site.test/starter"])
def test_site_that_is_none(tmp_path: Path, site: str) -> None:
    """A site is scheme and host."""
    assert crawl(site, tmp_path / "essays.jsonl").returncode == 2


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


def test_robots_refuse(tmp_path: Path) -> None:
    """robots.txt that names our agent stops the crawl before any page."""
    replica = Misbehaving(make_essays(3), {})
    replica.robots = "User-agent: jasoseo-research\nDisallow: /\n"
    with serve(replica) as site:
        done = crawl(site, tmp_path / "essays.jsonl")
    assert done.returncode == 3
    assert "robots.txt" in done.stderr
    assert list(replica.asked) == ["/robots.txt"]


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
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    assert json.loads((tmp_path / "manifest.json").read_bytes())["exit_code"] == 3


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
    counts = json.loads(out.with_name("manifest.json").read_bytes())["counts"]
    assert (counts["saved"], counts["pauses"], counts["paused_seconds"]) == (3, 1, 1)
    assert counts["retries"] == 1
    later = Reply(429, "", headers=(("Retry-After", "86400"),))
    staying = Misbehaving(essays, {path: [later]})
    with serve(staying) as site:
        done = crawl(site, tmp_path / "b" / "essays.jsonl")
    assert done.returncode == 3
    assert "86400 s" in done.stderr
    assert staying.asked[path] == 1


def test_cut_page_is_fetched_again(tmp_path: Path) -> None:
    """A page cut in the middle is asked for again, without a browser."""
    out, essays = tmp_path / "essays.jsonl", make_essays(3)
    path = VIEW + essays[1].id
    good = ReplicaSite(essays).reply(path, {})
    cut = Reply(200, good.text.split("</dd>")[0])
    replica = Misbehaving(essays, {path: [cut, cut, good]})
    with serve(replica) as site:
        assert crawl(site, out).returncode == 0
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    assert replica.asked[path] == 3


def test_known_essay_in_a_further_list(tmp_path: Path) -> None:
    """An essay that is known and found in another list gets that too, and keeps its place."""
    out, essays = tmp_path / "essays.jsonl", make_essays(12)
    with start_replica(essays) as site:
        assert crawl(site, out, "--types", DEFAULT_TYPES[1]).returncode == 0
        before = list(read_crawled(out))
        assert crawl(site, out).returncode == 0
        assert read_crawled(out) == as_crawled(essays, site, DEFAULT_TYPES)
    assert list(read_crawled(out))[: len(before)] == before
    assert json.loads((tmp_path / "manifest.json").read_bytes())["counts"]["gained_types"] == 1


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
    objections = json.loads((tmp_path / "manifest.json").read_bytes())["counts"]["objections"]
    assert objections == ["line 5: turns GPTBot away", "line 8: turns ClaudeBot away"]


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
    """A list that states essays and shows none is an error with the address, not an empty file."""
    essays = make_essays(5)
    body = ReplicaSite(essays).reply("/starter/PassAssay", {}).text
    renamed = Reply(200, body.replace("selfLists", "essayLists"))
    with serve(Misbehaving(essays, {"/starter/PassAssay?": [renamed]})) as site:
        done = crawl(site, tmp_path / "essays.jsonl", "--types", "all")
    assert done.returncode == 1
    assert site in done.stderr
    assert "0 of 5 stated" in done.stderr
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


def test_dead_site(tmp_path: Path) -> None:
    """A site that does not answer is a failure that asks whether it is up."""
    with start_replica([]) as site:
        pass
    done = crawl(site, tmp_path / "essays.jsonl")
    assert done.returncode == 1
    assert "is the site up?" in done.stderr


def test_no_browser(tmp_path: Path) -> None:
    """Without Chromium the crawl fails at once, and says what to install and the way round."""
    options = ("--site", "replica", "--out", str(tmp_path / "essays.jsonl"))
    done = run_module("crawler.crawl", *options, environment={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "chromium chromium-driver" in done.stderr
    assert "BROWSER=never" in done.stderr
    assert list(tmp_path.iterdir()) == []
