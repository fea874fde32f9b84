"""Rewrites from an endpoint: kept, checked, refused with a reason."""

from __future__ import annotations

import socket
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Barrier

import pytest

from crawler.items import read_jsonl
from preprocess.endpoint import Endpoint, EndpointError, TemporaryError, ask
from preprocess.rewrites import prompt_for, rewrites
from preprocess.rewrites_cache import Cache, CachedAnswer
from preprocess.rewrites_checks import Criticised
from preprocess.rewrites_kept import Refused, Rewrite
from tests.preprocess.chat_server import KEY, Reply, Site, completion, endpoint, serving
from tests.preprocess.rewritten import GOOD, TEXT, item

NONSENSE = "바다 위 구름 사이로 노을빛 갈매기 떼가 천천히 날아갑니다. " * 3


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve a good answer."""
    with serving(f"[첨삭]\n\n{GOOD}") as held:
        yield held


def accepted(number: str) -> Rewrite:
    """Make the rewrite that counts, of the row with this id."""
    return Rewrite(number, "invented-model", TEXT, GOOD)


def run(site: Site, path: Path, *items: Criticised) -> list[Rewrite | Refused]:
    """Ask the site for rewrites."""
    return list(rewrites(items, endpoint(site), Cache(path)))


def test_a_good_rewrite_counts(site: Site, tmp_path: Path) -> None:
    """The model is asked once, by its name and with the key, and its text is the rewrite."""
    assert run(site, tmp_path / "kept.jsonl", item()) == [accepted("1")]
    assert site.keys == [f"Bearer {KEY}"]
    assert [(one["path"], one["model"]) for one in site.asked] == [
        ("/v1/chat/completions", "invented-model")
    ]
    assert site.asked[0]["messages"] == [{"role": "user", "content": prompt_for(item())}]


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (f"[첨삭]\n\n{GOOD.replace('20%', '35%')}", "invented figure: 35"),
        (f"[첨삭]\n\n{GOOD} 김민수 팀장님께 배웠습니다.", "personal data: name"),
        (f"[첨삭]\n\n{NONSENSE}", "another text"),
        ("[첨삭]\n\n짧은 글입니다.", "length: 0.09 of the answer"),
        (f"[첨삭]\n\n{TEXT} {TEXT}", "length: 2.01 of the answer"),
        (f"[첨삭]\n\n{TEXT}", "unaddressed: 아쉬운점 1"),
        (GOOD, "unreadable: does not begin with [첨삭]"),
        ("[첨삭]", "unreadable: nothing behind the header"),
    ],
)
def test_a_rewrite_that_fails_a_check_is_refused(
    site: Site, tmp_path: Path, output: str, reason: str
) -> None:
    """Each check has its reason, and a refused answer is not asked for again."""
    site.replies = [(200, completion(output))]
    path = tmp_path / "kept.jsonl"
    assert run(site, path, item()) == [Refused("1", reason)]
    assert run(site, path, item()) == [Refused("1", reason)]
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "bad",
    [
        (500, b"oops"),
        (429, b"{}"),
        (200, b"not json"),
        (200, b'{"choices": []}'),
        (200, b'{"choices": [{"message": {"content": null}}]}'),
        (200, b"\xff\xfe"),
    ],
)
def test_a_passing_failure_is_asked_again(
    site: Site, tmp_path: Path, bad: tuple[int, bytes]
) -> None:
    """A server error or something that is no completion is asked again, and then counts."""
    good = site.replies[0]
    site.replies = [bad, bad, good]
    assert run(site, tmp_path / "kept.jsonl", item()) == [accepted("1")]
    assert len(site.asked) == 3


@pytest.mark.parametrize(
    ("status", "cure"), [(401, "OPENAI_API_KEY"), (404, "OPENAI_MODEL"), (302, "OPENAI_BASE_URL")]
)
def test_a_refusal_stops_at_once(site: Site, tmp_path: Path, status: int, cure: str) -> None:
    """What will not pass is not asked again, and no redirect is followed with the key."""
    site.replies = [(status, KEY.encode())]
    with pytest.raises(EndpointError, match=rf"answered {status}; correct .*{cure}") as caught:
        run(site, tmp_path / "kept.jsonl", item())
    assert len(site.asked) == 1
    assert KEY not in str(caught.value)
    assert not (tmp_path / "kept.jsonl").exists()


def test_nobody_there_is_told_with_its_cure(tmp_path: Path) -> None:
    """An address where nothing listens names itself and the variable."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    nowhere = Endpoint(f"http://127.0.0.1:{port}/v1", "m", KEY, tries=1)
    with pytest.raises(TemporaryError, match=rf"127\.0\.0\.1:{port}.*correct OPENAI_BASE_URL"):
        ask(nowhere, "prompt")
    items = [item(number=str(i)) for i in range(5)]
    found = rewrites(items, nowhere, Cache(tmp_path / "kept.jsonl"))
    assert [next(found).id, next(found).id] == ["0", "1"]
    with pytest.raises(TemporaryError):
        next(found)


def test_one_failure_does_not_stop_the_others(site: Site, tmp_path: Path) -> None:
    """An answer that does not come is refused with the reason, and the next is asked for."""
    good = site.replies[0]
    failed: Reply = (500, b"")
    site.replies = [failed, failed, failed, good]
    first, second = run(site, tmp_path / "kept.jsonl", item(number="1"), item(number="2"))
    assert isinstance(first, Refused)
    assert first.reason.startswith("no answer: ")
    assert second == accepted("2")


def test_the_cache_holds_prompt_and_output_and_no_key(site: Site, tmp_path: Path) -> None:
    """A second run asks nothing; the file has model, hash, prompt and output."""
    path = tmp_path / "kept" / "answers.jsonl"
    assert run(site, path, item()) == run(site, path, item())
    assert len(site.asked) == 1
    (kept,) = read_jsonl(path, CachedAnswer, cure="-")
    assert (kept.model, kept.prompt) == ("invented-model", prompt_for(item()))
    assert (len(kept.prompt_hash), kept.output) == (64, f"[첨삭]\n\n{GOOD}")
    assert KEY.encode() not in path.read_bytes()


def test_another_model_is_asked_anew(site: Site, tmp_path: Path) -> None:
    """A kept answer is that of its model only, and a rewrite names the model."""
    cache = Cache(tmp_path / "kept.jsonl")
    models = ("one", "two", "one")
    found = [list(rewrites([item()], Endpoint(site.url, model, KEY), cache)) for model in models]
    assert found == [[Rewrite("1", model, TEXT, GOOD)] for model in models]
    assert [one["model"] for one in site.asked] == ["one", "two"]


def test_an_answer_that_repeats_the_key_is_not_kept(site: Site, tmp_path: Path) -> None:
    """The key reaches neither file nor message."""
    site.replies = [(200, completion(f"[첨삭]\n\n{GOOD} {KEY}"))]
    with pytest.raises(EndpointError, match="repeats the key") as caught:
        run(site, tmp_path / "kept.jsonl", item())
    assert KEY not in str(caught.value)
    assert not (tmp_path / "kept.jsonl").exists()


def test_a_line_half_written_is_mended(site: Site, tmp_path: Path) -> None:
    """A run that was killed while it wrote loses that answer only."""
    path = tmp_path / "kept.jsonl"
    run(site, path, item())
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert run(site, path, item()) == [accepted("1")]
    assert path.read_bytes() == whole
    assert len(site.asked) == 1


def test_so_many_are_under_way_at_a_time(site: Site, tmp_path: Path) -> None:
    """Three threads ask three questions before any is answered."""
    together = Barrier(3, timeout=10)

    def answer(_: str) -> str:
        together.wait()
        return f"[첨삭]\n\n{GOOD}"

    site.answering = answer
    items = [item(number=str(number)) for number in range(6)]
    asked = [Criticised(one.id, one.id, one.answer, one.sentences, one.points) for one in items]
    found = list(rewrites(asked, endpoint(site), Cache(tmp_path / "kept.jsonl"), at_once=3))
    assert sorted(one.id for one in found) == ["0", "1", "2", "3", "4", "5"]
    assert all(isinstance(one, Rewrite) for one in found)
    assert len((tmp_path / "kept.jsonl").read_bytes().splitlines()) == 6


def test_no_more_is_asked_once_nobody_waits(site: Site, tmp_path: Path) -> None:
    """Whoever stops reading stops the asking; one question may be under way."""
    items = (item(f"{TEXT} {number}" if number else TEXT, str(number)) for number in range(50))
    found = rewrites(items, endpoint(site), Cache(tmp_path / "kept.jsonl"))
    next(found)
    assert isinstance(found, Generator)
    found.close()
    asked = len(site.asked)
    time.sleep(0.2)
    assert len(site.asked) <= asked + 1 < 50
