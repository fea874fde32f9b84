"""Saved pages become essays."""

from __future__ import annotations

import gzip
import quopri
from pathlib import Path

import msgspec
import pytest

from crawler.import_pages import main
from crawler.items import Essay, encode_line, read_jsonl
from crawler.replica import site
from tests.crawler.invented import make_essay

PAGES = Path(__file__).parent / "pages"


def saved(essay: Essay) -> str:
    """Return an essay's page as it would be saved."""
    return site.outer_page("합격자소서", site.essay_body(essay, []), first_visit=False)


def read(path: Path) -> list[Essay]:
    """Read what was imported."""
    return list(read_jsonl(path, Essay, cure="the import under test"))


def test_kinds_of_saved_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """UTF-8, CP949, packed, without outer page and in a folder below: all are read."""
    essays = [make_essay(number) for number in (50_001, 50_002, 50_003, 50_004)]
    below = tmp_path / "pages" / "below"
    below.mkdir(parents=True)
    (below / "a.html").write_text(saved(essays[0]), encoding="utf-8")
    cp949 = saved(essays[1]).replace('charset="utf-8"', 'charset="euc-kr"')
    (below / "b.htm").write_bytes(cp949.encode("cp949"))
    (below / "c.html.gz").write_bytes(gzip.compress(saved(essays[2]).encode()))
    (tmp_path / "pages" / "d.HTML.txt").write_text("no page", encoding="utf-8")
    (tmp_path / "pages" / "d.html").write_text(site.essay_body(essays[3], []), encoding="utf-8")
    out = tmp_path / "out.jsonl"
    assert main([str(tmp_path / "pages"), "--out", str(out)]) == 0
    expected = {
        essay.id: msgspec.structs.replace(essay, source="import", company_types=())
        for essay in essays
    }
    assert {essay.id: essay for essay in read(out)} == expected
    assert "4 essays" in capsys.readouterr().out


def test_names_in_capitals_and_packed_pages_without_a_name(tmp_path: Path) -> None:
    """A page is known by its name in any letter case; packing is known by the first bytes."""
    (tmp_path / "A.HTM").write_text(saved(make_essay(50_001)), encoding="utf-8")
    (tmp_path / "b.html").write_bytes(gzip.compress(saved(make_essay(50_002)).encode()))
    (tmp_path / "c.html.gz").write_text(saved(make_essay(50_003)), encoding="utf-8")
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    assert [essay.id for essay in read(tmp_path / "out")] == ["50001", "50002", "50003"]


@pytest.mark.parametrize("name", ["page.mhtml", "page.html"])
def test_single_file_of_a_browser(tmp_path: Path, name: str) -> None:
    """MHTML is read, also under another name; its address is the one that the browser noted."""
    url = "https://site.test/company/1/PassAssay/View/50001?Page=1"
    essay = make_essay(50_001)
    head = (
        "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html";\r\n\tboundary="--B--"\r\n\r\n\r\n'
        f"----B--\r\nContent-Type: text/html\r\nContent-Location: {url}\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    frame = "\r\n----B--\r\nContent-Type: text/html\r\n\r\n<p>other</p>\r\n----B----\r\n"
    page = quopri.encodestring(saved(essay).encode())
    (tmp_path / name).write_bytes(head.encode() + page + frame.encode())
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    expected = msgspec.structs.replace(essay, source="import", url=url, company_types=())
    assert read(tmp_path / "out") == [expected]


def test_number_that_only_the_browser_noted(tmp_path: Path) -> None:
    """A company's page has no hint of its own: the browser's note gives the number."""
    page = (PAGES / "company_page.html").read_text(encoding="utf-8")
    note = "<!-- saved from url=(0062)https://site.test/company/1881139/PassAssay/View/20748 -->"
    (tmp_path / "회사 합격자소서 2018.html").write_text(note + page, encoding="utf-8")
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    assert [essay.id for essay in read(tmp_path / "out")] == ["20748"]


@pytest.mark.parametrize(
    "statement",
    [
        '<link href="{}" rel="canonical"/>',
        '<meta property="og:url" content="{}"/>',
        "<!-- saved from url=(0048){} -->",
    ],
)
def test_address_that_a_page_states(tmp_path: Path, statement: str) -> None:
    """The address is the one that the page states as its own."""
    url = "https://site.test/starter/PassAssay/View/50001"
    page = statement.format(url) + saved(make_essay(50_001))
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    assert [essay.url for essay in read(tmp_path / "out")] == [url]


def test_other_pages_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lists, missing essays and second copies are named, and no error."""
    (tmp_path / "a.html").write_text(saved(make_essay()), encoding="utf-8")
    (tmp_path / "b.html").write_text(saved(make_essay()), encoding="utf-8")
    (tmp_path / "list.html").write_bytes((PAGES / "list_page.html").read_bytes())
    (tmp_path / "none.html").write_text(site.missing_page(), encoding="utf-8")
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert "1 essays" in told.out
    assert "3 pages left out" in told.out
    first = tmp_path / "a.html"
    for reason in (f"was read from {first} already", "list of essays", "정보가 없습니다"):
        assert reason in told.err


def test_broken_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Good pages are written; every broken one is named with file and field, and exit code 1."""
    (tmp_path / "good.html").write_text(saved(make_essay(50_001)), encoding="utf-8")
    whole = saved(make_essay(50_002))
    (tmp_path / "cut.html").write_text(whole[: whole.index("</dl></div>")], encoding="utf-8")
    (tmp_path / "half.html.gz").write_bytes(gzip.compress(whole.encode())[:200])
    (tmp_path / "odd.html").write_bytes(b"\xff\xff\xff" + whole.encode())
    (tmp_path / "start.html").write_text(
        "<!DOCTYPE html>\n<html lang='ko'><head>", encoding="utf-8"
    )
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert [essay.id for essay in read(tmp_path / "out")] == ["50001"]
    told = capsys.readouterr().err
    assert f"{tmp_path / 'start.html'}: the page has no end (</html>); fetch or save" in told
    assert f"{tmp_path / 'cut.html'}, questions: " in told
    assert str(tmp_path / "half.html.gz") in told
    assert str(tmp_path / "odd.html") in told


def test_a_broken_page_leaves_an_earlier_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was imported before is not replaced by a part; one error says so, with the cure."""
    out = tmp_path / "out.jsonl"
    out.write_bytes(encode_line(make_essay(50_009)))
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html").write_text(saved(make_essay(50_001)), encoding="utf-8")
    cut = saved(make_essay(50_002)).encode()
    (pages / "b.html").write_bytes(cut[: len(cut) // 2])
    assert main([str(pages), "--out", str(out)]) == 1
    assert [essay.id for essay in read(out)] == ["50009"]
    told = capsys.readouterr()
    assert told.out.startswith("1 essays to no file, 0 pages left out, 1 broken")
    assert told.err.endswith(
        f"error: {out} is left as it was; take the broken pages away, or name another --out\n"
    )


def test_page_cut_inside_a_letter(tmp_path: Path) -> None:
    """UTF-8 that ends inside a letter is still UTF-8."""
    body = saved(make_essay()).encode() + "가".encode()[:2]
    (tmp_path / "a.html").write_bytes(body)
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    assert read(tmp_path / "out")[0].company == "(주)온샘물산"


def test_nothing_to_read_leaves_the_file(tmp_path: Path) -> None:
    """A folder without essays is an error, and an earlier file stays whole."""
    out = tmp_path / "out.jsonl"
    out.write_text("earlier", encoding="utf-8")
    assert main([str(tmp_path), "--out", str(out)]) == 1
    assert out.read_text(encoding="utf-8") == "earlier"


@pytest.mark.parametrize(
    ("url", "source", "kept"),
    [
        ("https://site.test/starter/PassAssay/View/1", "view", True),
        ("http://127.0.0.1:8017/starter/PassAssay/View/1", "view", False),
        ("https://site.test/starter/PassAssay/View/1", "import", False),
        (None, "import", False),
    ],
)
def test_a_crawl_is_not_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str | None, source: str, *, kept: bool
) -> None:
    """An import takes the place of imported and of invented essays, never of a live site's."""
    pages, out = tmp_path / "pages", tmp_path / "out.jsonl"
    pages.mkdir()
    (pages / "50002.html").write_text(saved(make_essay(50_002)), encoding="utf-8")
    held = msgspec.structs.replace(make_essay(50_001), url=url, source=source)
    out.write_bytes(encode_line(held))
    assert main([str(pages), "--out", str(out)]) == (2 if kept else 0)
    assert [essay.id for essay in read(out)] == (["50001"] if kept else ["50002"])
    assert ("crawled from site.test" in capsys.readouterr().err) == kept


def test_file_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in no folder is one error, not a traceback."""
    (tmp_path / "50001.html").write_text(saved(make_essay(50_001)), encoding="utf-8")
    out = tmp_path / "50001.html" / "out.jsonl"
    assert main([str(tmp_path), "--out", str(out)]) == 1
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith("error: ")
    assert str(tmp_path / "50001.html") in said


def test_out_is_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is read before the command says that it wants a file."""
    assert main([str(tmp_path), "--out", str(tmp_path)]) == 2
    assert f"{tmp_path} is a folder; name a file in it with --out" in capsys.readouterr().err


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there is wrong usage."""
    assert main([str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
