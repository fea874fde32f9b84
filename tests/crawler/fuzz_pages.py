"""Break pages at random and see that each gives a right record or a `PageError`.

    python -m tests.crawler.fuzz_pages --pages 100000 [--seed 1] [--jobs 2] [--corpus DIR]

A page is one of the replica's, of `tests/crawler/pages/` or of DIR (saved pages), changed a few
times over; seed and number decide how. Whatever else comes of one is printed, and the page left
in `--out`. Exit codes: 0 nothing was found; 1 something was; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from tqdm import tqdm

from crawler.items import Essay
from crawler.pages import ListPage, PageError, decode_page, parse_essay, parse_list
from crawler.replica.essays import generate_essays
from crawler.replica.server import ReplicaSite

PATIENCE: Final = 10.0  # seconds of the processor for a page
LONGEST: Final = 300_000  # characters
CHUNK: Final = 200  # pages that a process takes at a time
MATCHES: Final = [re.compile(p) for p in (r"<[^>]*>", r'\s[\w-]+="[^"]*"', r"\d+", r">[^<]+<")]
LETTERS: Final = "\0\1\x0b\x0c\x1c\x7f\x85\xa0\xad\u200b\u2028\ufeff\ufffe\ud800\udc00\u0301\u11a8"
_words: Final[Callable[[str], list[str]]] = re.compile("[^ ]+").findall
STRANGE: Final = _words(
    "&#0; &#xD800; &#x110000; &amp &nosuch; &#; &#99999999999; &lt;br&gt; & < > ' \" 가\u0323 "
    "<!-- --> <script> </script <style> <![CDATA[ ]]> <?php </dl> <dl> <br> <dt> <dd> <p> <b> </b> "
    "<b\tclass='bad'> <p\nclass=tx> <p\nclass='tx\tnum'> <svg><b> <table><tr> <button> <textarea> "
    "<a\nhref='http://['> <i\nclass=sup>아쉬운점\xa02</i> <strong>좋은점1</strong> 아쉬운점1 "
    "9999999999999999999 ９９９９ ٣ ½ 1e999 NaN -1 0 1_0 3.5 0x10 1,2.3"
)
NESTED: Final = _words("<div> <b> <b\nclass=bad> <dl> <dd> <strong> <ul><li> <p> <i\nclass=sup>")
CODECS: Final = _words("cp949 utf-16 utf-8-sig iso2022_kr utf-7 latin-1 utf-8 utf-8 cp949")
CHARSETS: Final = _words("euc-kr utf-16 utf-7 idna base64 undefined unicode_escape big5 x utf-8")


class Page(NamedTuple):
    """A page, its address and its bytes where it is to be decoded; at first a list or an essay."""

    text: str
    url: str
    is_list: bool
    body: bytes | None = None


Parser = Callable[[Page], Essay | ListPage]


@cache
def load_pages(corpus: Path | None) -> tuple[Page, ...]:
    """Return the pages to break."""
    replica = ReplicaSite(generate_essays(seed=5, count=24))
    firms = replica.catalogue.company_ids
    of_firms = {e.id: f"/company/{firms[e.company or '']}" for e in replica.catalogue.essays}
    views = [f"/starter/PassAssay/View/{number}" for number in (*of_firms, "10000")]
    views += [f"{firm}/PassAssay/View/{number}" for number, firm in of_firms.items()]
    lists = ["/starter/PassAssay?Page=1", "/starter/PassAssay?schTxt=%EC%9D%98&Page=2"]
    lists += [f"{firm}/PassAssay" for firm in list(of_firms.values())[:3]]
    asked = [(path, False) for path in views] + [(path, True) for path in lists * 4]
    pages = [
        Page(replica.reply(at, {}).text, f"https://s.test{at}", is_list) for at, is_list in asked
    ]
    files = sorted(
        [*Path(__file__).parent.glob("pages/*.html"), *(corpus.rglob("*.html") if corpus else [])]
    )
    texts = [decode_page(file.read_bytes()) for file in files]
    saved = [Page(t, f.name, "list" in f.name) for t, f in zip(texts, files, strict=True)]
    return (*pages, *saved)


def break_page(rng: random.Random, pages: Sequence[Page]) -> Page:
    """Change a page one to four times, and now and then save it in a strange charset."""
    page = rng.choice(pages)
    text = page.text
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        text = rng.choice(BREAKS)(rng, text, rng.choice(pages).text)[:LONGEST]
    page = page._replace(text=text, is_list=page.is_list ^ (rng.random() < 0.03))
    return page._replace(body=_encode(rng, text)) if rng.random() < 0.1 else page


def _stretch(rng: random.Random, text: str) -> slice:
    """Choose a few characters, or sometimes much of the page."""
    start = rng.randrange(len(text) + 1)
    return slice(start, start + int(2 ** rng.uniform(0, rng.choice((3, 7, 13)))))


def _replace(rng: random.Random, text: str, other: str) -> str:
    """Delete a stretch, or repeat it, or put another page's there."""
    at = _stretch(rng, text)
    many = rng.choice((2, 2, 3, 30, LONGEST // 4 // (at.stop - at.start)))
    new = rng.choice(("", "", text[at] * many, other[_stretch(rng, other)]))
    return text[: at.start] + new + text[at.stop :]


def _swap(rng: random.Random, text: str, _: str) -> str:
    a, b = sorted((_stretch(rng, text), _stretch(rng, text)), key=lambda at: at.start)
    return text[: a.start] + text[b] + text[a.stop : b.start] + text[a] + text[b.stop :]


def _cut(rng: random.Random, text: str, other: str) -> str:
    end = rng.randrange(len(text) + 1)
    return rng.choice((text[:end], text[end:], text[:end] + other[rng.randrange(len(other)) :]))


def _insert(rng: random.Random, text: str, _: str) -> str:
    for _again in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(text) + 1)
        new = rng.choice((rng.choice(STRANGE), rng.choice(LETTERS))) * rng.choice((1, 1, 2, 400))
        text = text[:at] + new + text[at:]
    return text


def _nest(rng: random.Random, text: str, _: str) -> str:
    at, tag = rng.randrange(len(text) + 1), rng.choice(NESTED)
    return text[:at] + tag * rng.choice((1, 3, 100, 240, 1500, 20_000)) + text[at:]


def _garble(rng: random.Random, text: str, _: str) -> str:
    """Drop, cut, garble or move a tag, an attribute, a number or a text, or several."""
    found = list(rng.choice(MATCHES).finditer(text))
    chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 2, 9))))
    for match in sorted(chosen, key=re.Match.start, reverse=True):
        was, other = match.group(), rng.choice(found).group()
        cut = was[: rng.randrange(len(was))]
        new = rng.choice(("", cut, other, was[::-1], was * 2, was * 3000, f"{was[0]}{was[-1]}"))
        text = text[: match.start()] + new + text[match.end() :]
    return text


BREAKS: Final = (_replace, _replace, _swap, _cut, _insert, _insert, _nest, _garble, _garble)


def _encode(rng: random.Random, text: str) -> bytes:
    """Save a page in one charset, named as another, with a few bytes damaged or its end lost."""
    text = re.sub(r'charset="?[\w-]+', f"charset={rng.choice(CHARSETS)}", text, count=1)
    body = bytearray(text.encode(rng.choice(CODECS), errors="replace"))
    for _ in range(rng.choice((0, 1, 5)) if body else 0):
        body[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(body[: rng.choice((len(body), rng.randrange(len(body) + 1)))])


def read(page: Page) -> Essay | ListPage:
    """Read a page as what it is."""
    parse = parse_list if page.is_list else partial(parse_essay, crawled_at=None)
    return parse(page.text if page.body is None else decode_page(page.body), page.url)


def check(record: Essay | ListPage) -> None:
    """Assert that a record fits its schema, and that its texts and passages are in order."""
    assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record
    for question in record.questions if isinstance(record, Essay) else ():
        lines = question.answer.split("\n")
        assert unicodedata.is_normalized("NFC", question.answer), "an answer is not composed"
        assert lines == [" ".join(line.split()) for line in lines], "blanks are out of order"
        assert "\n\n\n" not in question.answer, "an answer has two empty lines"
        for passage in question.passages:
            marked = question.answer[passage.start : passage.end]
            assert passage.end <= len(question.answer), "a passage ends behind its answer"
            assert marked == marked.strip() != "", "a passage is not trimmed"


def examine(page: Page, parse: Parser, patience: float = PATIENCE) -> tuple[str, str]:
    """Return what comes of a page, `record` or an error's name, and what is wrong with that."""
    raised: list[Exception] = []

    def keep(_: object, error: BaseException | None, __: object) -> bool:
        signal.setitimer(signal.ITIMER_PROF, 0)
        raised.extend([error] if isinstance(error, Exception) else [])
        return bool(raised)

    with ExitStack() as stack:
        stack.push(keep)
        signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, patience)
        check(parse(page))
    if not raised:
        return "record", ""
    expected = (PageError, UnicodeDecodeError) if page.body else PageError
    wrong = [] if isinstance(raised[0], expected) else traceback.format_exception(raised[0])
    return type(raised[0]).__name__, "".join(wrong)


def _stop(*_: object) -> None:
    raise TimeoutError("the page takes too long")


def fuzz(
    numbers: range, *, seed: int, corpus: Path | None, out: Path, parse: Parser = read
) -> Counter[str]:
    """Break and read pages, report what is wrong, and count what came of them."""
    outcomes: Counter[str] = Counter()
    for number in numbers:
        rng = random.Random(f"{seed}-{number}")  # noqa: S311 - no cryptography
        page = break_page(rng, load_pages(corpus))
        outcome, problem = examine(page, parse)
        outcomes.update([outcome, "findings"] if problem else [outcome])
        if problem:
            file = out / f"{seed}-{number}-{'list' if page.is_list else 'essay'}.html"
            out.mkdir(parents=True, exist_ok=True)
            body = page.text.encode("utf-8", errors="surrogatepass")
            file.write_bytes(body if page.body is None else page.body)
            print(f"seed {seed}, page {number} of {page.url}, {file}:\n{problem}", flush=True)
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    """Break pages; the exit code is told by the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.crawler.fuzz_pages", description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other pages")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--corpus", type=Path, help="a folder of saved pages to break too")
    parser.add_argument("--out", type=Path, default=Path("runs/fuzz"), help="for what is found")
    options = parser.parse_args(arguments)
    if options.corpus and not options.corpus.is_dir():
        print(f"error: {options.corpus} is no folder; name one of saved pages", file=sys.stderr)
        return 2
    begun, outcomes = time.monotonic(), Counter[str]()
    chunks = [range(n, min(n + CHUNK, options.pages)) for n in range(0, options.pages, CHUNK)]
    work = partial(fuzz, seed=options.seed, corpus=options.corpus, out=options.out)
    with ProcessPoolExecutor(options.jobs) as pool, tqdm(total=options.pages, disable=None) as bar:
        for chunk, counted in zip(chunks, pool.map(work, chunks), strict=True):
            outcomes += counted
            bar.update(len(chunk))
    rate, findings = options.pages / (time.monotonic() - begun), outcomes.pop("findings", 0)
    told = ", ".join(f"{name} {count}" for name, count in outcomes.most_common())
    print(f"{options.pages} pages, {rate:.0f} a second, {findings} findings: {told}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
