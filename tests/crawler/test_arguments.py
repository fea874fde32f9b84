"""What the options of the crawler's commands may be, and what a wrong one is told."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from crawler.arguments import names, site_address, text_file, type_names, whole_number
from crawler.crawl import main as crawl
from crawler.reparse import main as reparse
from crawler.replica.__main__ import main as replica


@pytest.mark.parametrize("text", ["abc", "", "1.5", "0", "-3", "9" * 5000])
def test_no_whole_number(text: str) -> None:
    """A wrong number is told the bounds."""
    with pytest.raises(ArgumentTypeError, match=r"^give a whole number from 1 to 32, not '"):
        whole_number(1, 32)(text)


def test_whole_number() -> None:
    """Both bounds are included; there may be no upper one."""
    assert [whole_number(1, 32)(text) for text in ("1", "32")] == [1, 32]
    assert whole_number(0)("1000000") == 1_000_000


NO_SITES = (
    "ftp://site.test",
    "site.test",
    "https://site.test/starter",
    "https://site.test?Page=1",
    "https://someone@site.test",
    "https://site.test:99999",
    "https://[",
    "",
)


@pytest.mark.parametrize("text", NO_SITES)
def test_no_site(text: str) -> None:
    """A site is scheme and host, for every command that takes one."""
    with pytest.raises(ArgumentTypeError, match=r"^give scheme and host"):
        site_address(text)
    for command in (crawl, reparse):
        with pytest.raises(SystemExit, match="2"):
            command(["--site", text])


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("https://site.test/", "https://site.test"),
        ("http://127.0.0.1:8017", "http://127.0.0.1:8017"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("replica", "replica"),
    ],
)
def test_site(text: str, site: str) -> None:
    """A site is taken without a slash behind it, so that it is written in one way."""
    assert site_address(text) == site


def test_names() -> None:
    """Names have commas between; `all` types are no names, and nothing is not all."""
    assert names(" 대기업, 외국계,") == ("대기업", "외국계")
    assert type_names("대기업") == ("대기업",)
    assert type_names("all") == ()
    for read in (names, type_names):
        with pytest.raises(ArgumentTypeError, match=r"^give names with commas between, not ' ,'"):
            read(" ,")


def test_text_file(tmp_path: Path) -> None:
    """A file that is missing, a folder or no text is named with what is wrong with it."""
    (tmp_path / "text").write_text("글", encoding="utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff")
    assert text_file(f"{tmp_path}/text") == "글"
    for name, words in {"none": "No such file", "": "directory", "bytes": "not UTF-8"}.items():
        with pytest.raises(ArgumentTypeError, match=f"^{tmp_path}/{name} .*{words}"):
            text_file(f"{tmp_path}/{name}")


CRAWL = {
    "--limit": ("abc", "give a whole number from 1, not 'abc'"),
    "--drivers": ("33", "give a whole number from 1 to 32, not '33'"),
    "--timeout": ("0", "give a whole number from 1 to 3600, not '0'"),
    "--types": (",", "give names with commas between, not ','"),
    "--fields": ("", "give names with commas between, not ''"),
    "--site": ("x", "give scheme and host, as in https://www.jobkorea.co.kr, or replica, not 'x'"),
}
REPLICA = {
    "--port": ("99999", "give a whole number from 0 to 65535, not '99999'"),
    "--count": ("0", "give a whole number from 1 to 3000, not '0'"),
    "--seed": ("x", "give a whole number from 0, not 'x'"),
    "--faults": ("nothing", "'nothing': there is no fault nothing"),
    "--robots": ("/nowhere", "/nowhere cannot be read: No such file or directory"),
}


@pytest.mark.parametrize(
    ("command", "option", "value", "said"),
    [(crawl, option, *case) for option, case in CRAWL.items()]
    + [(replica, option, *case) for option, case in REPLICA.items()],
)
def test_wrong_option(
    capsys: pytest.CaptureFixture[str],
    command: Callable[[Sequence[str]], int],
    option: str,
    value: str,
    said: str,
) -> None:
    """Wrong usage names the option, what to give and what was given: exit code 2."""
    with pytest.raises(SystemExit, match="2"):
        command([option, value])
    assert f": error: argument {option}: {said}" in capsys.readouterr().err
