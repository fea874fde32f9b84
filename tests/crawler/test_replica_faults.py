"""When the replica's faults come: shares, recovery, turns; and the faults that need the site."""

from __future__ import annotations

import threading

import msgspec
import pytest

from crawler.pages import parse_essay, parse_list
from crawler.replica.faults import FaultySite, parse_faults
from crawler.replica.server import ReplicaSite, serve
from tests.crawler.faulty import COOKIE, LIST, ask, faulty, listed, page, plain, view
from tests.crawler.invented import make_essays

NUMBERS = [50_000 + 977 * i for i in range(200)]


def chosen(spec: str, seed: int) -> list[int]:
    """Return which of 200 essays a fault hits."""
    replica = FaultySite(make_essays(1), faults=parse_faults(spec), seed=seed)
    return [number for number in NUMBERS if replica.chosen(view(number))]


def test_a_share_is_the_same_again() -> None:
    """The same seed hits the same addresses, in every process; another seed hits others."""
    tenth = chosen("forbidden=0.1", 7)
    assert (len(tenth), tenth[:4]) == (28, [51_954, 54_885, 69_540, 71_494])
    assert tenth == chosen("forbidden=0.1", 7)
    other = chosen("forbidden=0.1", 8)
    assert (len(other), other[:4]) == (21, [53_908, 86_149, 88_103, 92_011])
    assert set(tenth) < set(chosen("forbidden=0.5", 7)) < set(NUMBERS)
    assert set(tenth) != set(chosen("cut=0.1", 7))


def test_a_share_over_http() -> None:
    """What is chosen goes wrong, and nothing else does."""
    with faulty("forbidden=0.1", 60) as (site, _):
        found = [n for n in NUMBERS[:60] if ask(site, view(n)).status == 403]
    assert found == [number for number in chosen("forbidden=0.1", 7) if number in NUMBERS[:60]]


def test_a_retry_meets_the_same_choice() -> None:
    """An address that is hit stays so, however it is written; the others stay well."""
    with faulty("forbidden=0.5", 20) as (site, replica):
        for i in range(20):
            target = view(50_000 + 977 * i)
            expected = 403 if replica.chosen(target) else 200
            targets = (target, target, f"{target}?Page=2", target.lower(), f"{target}/")
            assert {ask(site, spelt).status for spelt in targets} == {expected}
        assert 0 < replica.met["forbidden"] < 100


def test_pages_of_a_list_are_addresses() -> None:
    """A share of the lists takes some pages, whatever the order of their query."""
    replica = FaultySite(make_essays(3), faults=parse_faults("cut@lists=0.5"))
    pages = [f"{LIST}?Page={n}&schCType=13" for n in range(1, 41)]
    hit = [bool(replica.chosen(target)) for target in pages]
    assert 0 < sum(hit) < 40
    turned = [f"{LIST}?schCType=13&Page={n}" for n in range(1, 41)]
    assert [bool(replica.chosen(target)) for target in turned] == hit


def test_recovery() -> None:
    """Each address goes wrong so many times, then is well."""
    with faulty("forbidden=x2") as (site, replica):
        for number in (50_000, 50_977):
            found = [ask(site, view(number)).status for _ in range(4)]
            assert found == [403, 403, 200, 200]
    assert replica.met == {"forbidden": 4}
    assert replica.asked == {view(50_000): 4, view(50_977): 4}


def test_share_that_recovers() -> None:
    """A share of the addresses goes wrong once each; the others never."""
    with faulty("forbidden=0.5x1", 20) as (site, replica):
        targets = [view(50_000 + 977 * i) for i in range(20)]
        first = [ask(site, target).status for target in targets]
        assert first == [403 if replica.chosen(target) else 200 for target in targets]
        assert set(first) == {403, 200}
        assert {ask(site, target).status for target in targets} == {200}


def test_fault_that_begins_later() -> None:
    """From the third essay on for good; requests for other things do not count."""
    with faulty("captcha=after:3", 6) as (site, _):
        assert ask(site, "/robots.txt").status == 200
        texts = []
        for number in (50_000, 50_977, 50_000, 50_000, 51_954):
            texts.append(ask(site, view(number)).text)
            assert "보안문자" not in ask(site, LIST).text
    assert ["보안문자" in text for text in texts] == [False, False, True, True, True]


def test_times_are_counted_right_among_threads() -> None:
    """Of many requests at once, exactly as many go wrong as were asked for."""
    statuses: list[int] = []
    with faulty("forbidden=x5") as (site, replica):

        def client() -> None:
            statuses.extend(ask(site, view(50_000)).status for _ in range(5))

        threads = [threading.Thread(target=client) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(statuses) == [200] * 25 + [403] * 5
    assert (replica.met, replica.asked) == ({"forbidden": 5}, {view(50_000): 30})


def test_faults_take_turns_or_go_together() -> None:
    """Of two that replace an answer the first acts until it is done; one that alters it joins."""
    with faulty("too-many=x1,forbidden=x1,layer,renamed:qnaLists") as (site, replica):
        answers = [ask(site, view(50_000)) for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 403, 200]
    assert "loginLy" in answers[2].text
    assert "qnaListsNew" in answers[2].text
    assert replica.met == {"too-many": 1, "forbidden": 1, "layer": 3, "renamed": 3}


def test_no_faults() -> None:
    """A site without faults answers as the replica does."""
    replica = FaultySite(make_essays(3), faults=())
    for target in (LIST, view(50_000), "/robots.txt", "/elsewhere"):
        assert replica.reply(target, COOKIE) == ReplicaSite(make_essays(3)).reply(target, COOKIE)
    assert replica.met == {}


def test_shift() -> None:
    """A new essay on top moves the last entry of the page just read to the next; it has a page."""
    with faulty("shift", 45) as (site, replica):
        numbers = listed(plain(page(1), 45)) + listed(plain(page(2), 45))
        first, second, third = (parse_list(ask(site, page(n)).text, LIST) for n in (1, 2, 3))
        assert [int(entry.id) for entry in first.entries] == numbers[:20]
        assert [int(entry.id) for entry in second.entries] == numbers[19:39]
        assert [first.total, second.total, third.total] == [45, 46, 47]
        newest = numbers[0] + 3
        assert listed(ask(site, page(1)).text)[:4] == [newest, newest - 1, newest - 2, numbers[0]]
        text = ask(site, view(newest)).text
    assert parse_essay(text, view(newest), crawled_at=None).company == "(주)온샘물산"
    assert replica.met == {"shift": 4}
    assert len(replica.catalogue.essays) == 49


def test_shift_now_and_then() -> None:
    """With a number, only every so many requests; under a filter, the new essay passes it."""
    with faulty("shift:2", 12) as (site, _):
        target = f"{LIST}?schCType=15"
        before = listed(plain(target, 12))
        found = [listed(ask(site, target).text) for _ in range(5)]
    newest = 50_000 + 977 * 11
    assert found[:2] == [before, before]
    assert found[2:4] == [[newest + 1, *before]] * 2
    assert found[4] == [newest + 2, newest + 1, *before]


@pytest.mark.parametrize("start", [LIST, "/company/1000001/PassAssay"])
def test_stranger(start: str) -> None:
    """The next essay's page comes, in the layout that was asked for."""
    essays = [
        msgspec.structs.replace(essay, position=position)
        for essay, position in zip(make_essays(3), ("간호", "세무", "설계"), strict=True)
    ]
    replica = FaultySite(essays, faults=parse_faults("stranger"))
    with serve(replica) as site:
        found = [
            parse_essay(ask(site, f"{start}/View/{essay.id}").text, LIST + essay.id, crawled_at="")
            for essay in essays
        ]
    assert [essay.position for essay in found] == ["설계", "간호", "세무"]
    assert {essay.source for essay in found} == {"view" if start == LIST else "company"}


def test_stranger_on_a_site_of_one_essay() -> None:
    """Where there is no other essay, the one asked for comes."""
    with faulty("stranger", 1) as (site, _):
        assert ask(site, view(50_000)).text == plain(view(50_000), 1)
