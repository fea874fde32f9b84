"""The words that ask for faults, in the library, the command and the child."""

from __future__ import annotations

import pytest

from crawler.outcomes import CrawlFailedError
from crawler.replica.child import replica_child
from crawler.replica.faults import Fault, FaultSpecError, parse_faults
from crawler.replica.faults_spec import KINDS
from crawler.replica.server import place_of
from tests.crawler.commands import run_module
from tests.crawler.faulty import LIST, ask, listed, view


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("/robots.txt", "robots"),
        (f"{LIST}?Page=2", "lists"),
        ("/company/1/passassay", "lists"),
        ("/Starter/passassay/view/1?Page=1", "essays"),
        ("/company/1/PassAssay/View/2", "essays"),
        ("/login/", None),
        ("/elsewhere", None),
    ],
)
def test_places(target: str, place: str | None) -> None:
    """An address is an essay's, a list's, the robots' or none of these."""
    assert place_of(target) == place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cut", [Fault("cut", "essays")]),
        ("shift", [Fault("shift", "lists", "1")]),
        ("shift:3", [Fault("shift", "lists", "3")]),
        ("slow:0.5@robots", [Fault("slow", "robots", "0.5")]),
        ("too-many=0.1", [Fault("too-many", "essays", "1", share=0.1)]),
        ("cut=x2", [Fault("cut", "essays", times=2)]),
        ("cut=0.1x2", [Fault("cut", "essays", share=0.1, times=2)]),
        ("cut=.5", [Fault("cut", "essays", share=0.5)]),
        ("cut=1x3", [Fault("cut", "essays", share=1, times=3)]),
        ("captcha=after:30", [Fault("captcha", "essays", after=30)]),
        ("renamed:tx@essays=0.5", [Fault("renamed", "essays", "tx", share=0.5)]),
        ("gone, login:redirect", [Fault("gone", "essays"), Fault("login", "essays", "redirect")]),
    ],
)
def test_grammar(text: str, expected: list[Fault]) -> None:
    """`NAME[:ARG][@WHERE][=HOW]`, with commas between."""
    assert parse_faults(text) == tuple(expected)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'': not NAME"),
        ("cut,", "'': not NAME"),
        ("cut=", "'cut=': not NAME"),
        ("cuts=0.1", "'cuts=0.1': there is no fault cuts"),
        ("cut:3", "'cut:3': write cut\n"),
        ("slow:long", "'slow:long': write slow[:SECONDS]"),
        ("hung:head", "'hung:head': write hung[:body]"),
        ("shift:0", "'shift:0': write shift[:N]"),
        ("renamed", "'renamed': write renamed:CLASS"),
        ("renamed:selfLists", "no page of essays has the class selfLists"),
        ("cut@pages", "cut has these places: essays, lists, robots"),
        ("shift@essays", "shift has these places: lists"),
        ("alert@robots", "alert has these places: essays, lists"),
        ("gone@lists", "gone has these places: essays"),
        ("cut=often", "often is not how often"),
        ("cut=0", "0: a share is above 0"),
        ("cut=1.1", "1.1: a share is above 0"),
        ("cut=x0", "x0: a share is above 0"),
        ("cut=after:0", "after:0: a share is above 0"),
        ("cut=0.1after:3", "0.1after:3 is not how often"),
        ("cut=-0.1", "-0.1 is not how often"),
    ],
)
def test_wrong_grammar(text: str, reason: str) -> None:
    """What is wrong is quoted, and what is known is listed."""
    with pytest.raises(FaultSpecError) as error:
        parse_faults(text)
    assert reason in str(error.value)
    assert all(f"\n  {name}" in str(error.value) for name in KINDS)


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Each wrong item is quoted; those that are right are not."""
    with pytest.raises(FaultSpecError) as error:
        parse_faults("cut=2,layer,hang")
    first = str(error.value).splitlines()[0]
    assert "'cut=2'" in first
    assert "'hang'" in first
    assert "layer" not in first


def test_wrong_specification_is_wrong_usage() -> None:
    """The command says what there is, with exit code 2."""
    done = run_module("crawler.replica", "--faults", "hang")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no fault hang" in done.stderr
    assert all(f"\n  {name}" in done.stderr for name in KINDS)


def test_child_with_faults() -> None:
    """The child is handed faults and number; without any it is as ever."""
    with replica_child(faults="forbidden", count=5) as site:
        numbers = listed(ask(site, LIST).text)
        assert len(numbers) == 5
        assert {ask(site, view(number)).status for number in numbers} == {403}
    with replica_child(count=2) as site:
        assert [ask(site, view(n)).status for n in listed(ask(site, LIST).text)] == [200, 200]


def test_child_with_wrong_faults() -> None:
    """A child that cannot start says with what command to look."""
    with (
        pytest.raises(CrawlFailedError, match=r"python -m crawler\.replica --faults hang$"),
        replica_child(faults="hang"),
    ):
        pass
