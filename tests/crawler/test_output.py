"""The essays' file survives kills, and never mixes sites."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from crawler.items import Essay, RecordError, encode_line, read_jsonl
from crawler.outcomes import WrongUsageError
from crawler.output import mend_last_line, open_essays
from tests.crawler.invented import make_essay

REPLICA = "http://127.0.0.1:8017"
LIVE = "https://site.test"


def line(number: int, site: str | None = REPLICA) -> bytes:
    """Return the line of an essay of a site."""
    url = f"{site}/starter/PassAssay/View/{number}" if site else None
    return encode_line(msgspec.structs.replace(make_essay(number), url=url))


def numbers(path: Path) -> list[str]:
    """Return the numbers in a file."""
    return [essay.id for essay in read_jsonl(path, Essay, cure="the test")]


@pytest.mark.parametrize("kept", [1, 5, 6, 30, 400, -2])
def test_line_cut_by_a_kill(tmp_path: Path, kept: int) -> None:
    """A half-written last line is cut off with a warning, at whatever byte it ends."""
    path = tmp_path / "essays.jsonl"
    path.write_bytes(line(50_001) + line(50_002)[:kept])
    with open_essays(path, REPLICA, fresh=False) as essays:
        assert essays.known == {"50001"}
        assert "cut off" in essays.warning
        essays.append(msgspec.structs.replace(make_essay(50_002), url=REPLICA))
    assert numbers(path) == ["50001", "50002"]


def test_whole_line_without_its_end(tmp_path: Path) -> None:
    """A whole last line only lacks its line end, and gets it."""
    path = tmp_path / "essays.jsonl"
    path.write_bytes(line(50_001)[:-1])
    assert mend_last_line(path) == ""
    assert path.read_bytes() == line(50_001)


@pytest.mark.parametrize("content", [b"notes of mine", b"a\nb", line(50_001) + b"{}\n"])
def test_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    """A file that is not ours is an error with its line, and is left as it is."""
    path = tmp_path / "essays.jsonl"
    path.write_bytes(content)
    with (
        pytest.raises(RecordError, match=r"essays\.jsonl, line \d"),
        open_essays(path, REPLICA, fresh=False),
    ):
        pass
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("held", "crawled"),
    [(LIVE, REPLICA), ("https://other.test", LIVE), (None, REPLICA), (None, LIVE)],
)
def test_sites_do_not_mix(tmp_path: Path, held: str | None, crawled: str) -> None:
    """Another site's file is refused with the cure, and left as it is."""
    path = tmp_path / "essays.jsonl"
    path.write_bytes(line(50_001, held))
    for fresh in (False, True):
        with (
            pytest.raises(WrongUsageError, match=r"--out|--fresh"),
            open_essays(path, crawled, fresh=fresh),
        ):
            pass
    assert path.read_bytes() == line(50_001, held)


def test_live_crawl_takes_the_place_of_the_replica(tmp_path: Path) -> None:
    """Invented essays go, with a word about it; one real essay among them, and nothing goes."""
    path = tmp_path / "essays.jsonl"
    path.write_bytes(line(50_001))
    with open_essays(path, LIVE, fresh=False) as essays:
        assert essays.known == frozenset()
        assert "the replica's essays are taken away" in essays.warning
    path.write_bytes(line(50_001) + line(50_002, LIVE))
    with pytest.raises(WrongUsageError), open_essays(path, LIVE, fresh=False):
        pass
    assert numbers(path) == ["50001", "50002"]


@pytest.mark.parametrize(("answer", "kept"), [("그대로입니다.", True), ("달라졌습니다.", False)])
def test_fresh_crawl_that_finds_the_same_leaves_the_file(
    tmp_path: Path, answer: str, *, kept: bool
) -> None:
    """The old file stays, its times too, unless an essay itself has changed."""
    path = tmp_path / "essays.jsonl"
    old = msgspec.structs.replace(
        make_essay(50_001),
        url=REPLICA,
        crawled_at="2026-11-19T00:00:00Z",
        overall_advice="그대로입니다.",
    )
    path.write_bytes(encode_line(old))
    new = msgspec.structs.replace(old, crawled_at="2026-11-20T00:00:00Z", overall_advice=answer)
    with open_essays(path, REPLICA, fresh=True) as essays:
        essays.append(new)
        essays.close(done=True)
    assert path.read_bytes() == encode_line(old if kept else new)
    assert list(tmp_path.iterdir()) == [path]


def test_all_loopback_addresses_are_the_replica(tmp_path: Path) -> None:
    """Another port, or another of this machine's own addresses, is the same site."""
    path = tmp_path / "essays.jsonl"
    path.write_bytes(line(50_001, "http://localhost:9") + line(50_002, "http://127.0.0.1"))
    with open_essays(path, REPLICA, fresh=False) as essays:
        assert essays.known == {"50001", "50002"}


def test_fresh_file_takes_its_name_when_done(tmp_path: Path) -> None:
    """Starting over keeps the earlier file until the new one is done."""
    path = tmp_path / "essays.jsonl"
    path.write_bytes(line(50_001))
    new = msgspec.structs.replace(make_essay(50_002), url=REPLICA)
    with open_essays(path, REPLICA, fresh=True) as essays:
        essays.append(new)
    assert numbers(path) == ["50001"]
    with open_essays(path, REPLICA, fresh=True) as essays:
        essays.append(new)
        essays.close(done=True)
    assert numbers(path) == ["50002"]


def test_no_empty_file(tmp_path: Path) -> None:
    """A crawl that brings nothing makes no file that could pass for one."""
    path = tmp_path / "below" / "essays.jsonl"
    with open_essays(path, REPLICA, fresh=False):
        pass
    assert not path.exists()
