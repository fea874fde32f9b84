"""The datasheet as records: what was counted in the data of a build.

`preprocess.eda` fills them, `preprocess.plots` draws them, `preprocess.report_page` writes them
down. All of them go into JSON as they are.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from crawler.items import Essay
from preprocess.alpaca import SPLITS, Record
from preprocess.sentences import split_sentences

#: Where essays come from, beside the names of hosts.
REPLICA: Final = "the replica: invented essays"
IMPORTED: Final = "records without an address"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

_SYLLABLE: Final = re.compile("[가-힣]")


def source_of(essay: Essay) -> str:
    """Name the place that an essay comes from."""
    host = urlsplit(essay.url or "").hostname
    return REPLICA if host in LOOPBACK else host or IMPORTED


class Meaning(Record, frozen=True):
    """What is counted, in both languages."""

    korean: str
    english: str


MEANINGS: Final[dict[str, Meaning]] = {
    "characters": Meaning(
        "유니코드 코드 포인트의 수입니다. 띄어쓰기, 줄 바꿈, 문장 부호도 한 글자로 셉니다.",
        "code points of the composed text (NFC); spaces, line breaks and punctuation count",
    ),
    "syllables": Meaning(
        "'가'에서 '힣'까지의 글자만 센 수입니다. 낱자(ㅋ), 영문, 숫자는 세지 않습니다.",
        "Hangul syllables alone, U+AC00 to U+D7A3; no single letters, Latin or digits",
    ),
    "words": Meaning(
        "띄어쓰기나 줄 바꿈으로 나뉜 토막의 수입니다. 문장 부호는 붙어 있는 말에 딸립니다.",
        "stretches between white space; punctuation belongs to the word that it touches",
    ),
    "sentences": Meaning(
        "조언이 번호로 가리키는 단위입니다. 줄이 바뀌어도 문장이 끝난 것으로 봅니다.",
        "the units that advice points at by number; a line break ends one too",
    ),
    "bytes": Meaning(
        "UTF-8로 적은 크기입니다. 한글 한 글자가 3바이트라서 사이트에 적힌 Byte보다 큽니다.",
        "size in UTF-8, three to a Hangul syllable, so more than the site's own Byte",
    ),
}


def count_text(text: str) -> dict[str, int]:
    """Count a text in each of the ways that `MEANINGS` tells."""
    (sentences,) = split_sentences([text])
    return {
        "characters": len(text),
        "syllables": len(_SYLLABLE.findall(text)),
        "words": len(text.split()),
        "sentences": len(sentences),
        "bytes": len(text.encode()),
    }


class Summary(Record, frozen=True):
    """A series of numbers in short; quartiles interpolate between neighbours."""

    count: int
    total: float
    mean: float
    least: float
    quarter: float
    median: float
    three_quarters: float
    most: float


def summarise(numbers: Sequence[float]) -> Summary | None:
    """Sum up a series; `None` where it is empty."""
    if not numbers:
        return None
    # One number is all its quartiles; the library wants two.
    series = [*numbers, *numbers] if len(numbers) == 1 else numbers
    low, middle, high = statistics.quantiles(series, method="inclusive")
    size, total = len(numbers), sum(numbers)
    return Summary(size, total, total / size, min(numbers), low, middle, high, max(numbers))


def summaries(named: Iterable[tuple[str, Iterable[float]]]) -> dict[str, Summary]:
    """Sum up named series, without the empty ones."""
    found = ((name, summarise(list(numbers))) for name, numbers in named)
    return {name: summary for name, summary in found if summary}


class Histogram(Record, frozen=True):
    """Counts by split; bin i holds what is at least `start + i * width` and below the next."""

    start: float
    width: float
    counts: dict[str, tuple[int, ...]]


class Category(Record, frozen=True):
    """One value of a distribution and its count by split; `None` is "not stated"."""

    label: str | None
    counts: dict[str, int]


class Difference(Record, frozen=True):
    """The category whose shares of two splits lie furthest apart; shares are 0 to 1."""

    label: str | None
    high: str
    low: str
    high_share: float
    low_share: float


class Distribution(Record, frozen=True):
    """How many of each split's essays (of polarity: pieces of advice) have which value.

    An essay found in several lists of firm types counts in each, so these shares sum to over 1.
    `widest` is the stratified check of training, validation and test; absent where fewer than two
    of them have anything. The split of unseen firms is chosen by firm, so it must differ.
    """

    totals: dict[str, int]
    categories: tuple[Category, ...]
    widest: Difference | None


def distribution(
    counts: Mapping[str, Mapping[str, int]], totals: Mapping[str, int], *, by_size: bool
) -> Distribution:
    """Order the values of a distribution and find the widest difference.

    Args:
        counts: By value and split; the value "" is "not stated" and comes last.
        totals: By split: of how many.
        by_size: The most frequent first; otherwise by the value itself.

    """

    def place(label: str) -> tuple[bool, int, str]:
        return label == "", -sum(counts[label].values()) if by_size else 0, label

    categories = tuple(
        Category(label or None, dict(counts[label])) for label in sorted(counts, key=place)
    )
    filled = [split for split in SPLITS if totals.get(split)]
    told = [_difference(category, totals, filled) for category in categories if filled[1:]]
    widest = max(told, key=lambda one: one.high_share - one.low_share, default=None)
    return Distribution(dict(totals), categories, widest)


def _difference(category: Category, totals: Mapping[str, int], splits: Sequence[str]) -> Difference:
    shares = {split: category.counts[split] / totals[split] for split in splits}
    high, low = max(splits, key=shares.__getitem__), min(splits, key=shares.__getitem__)
    return Difference(category.label, high, low, shares[high], shares[low])


class PointCount(Record, frozen=True):
    """How many questions carry `points` pieces of advice: of either kind, praise, criticism."""

    points: int
    either: int
    good: int
    bad: int


class FrequentAdvice(Record, frozen=True):
    """An advice text and how often it praises and criticises; white space counts as one space."""

    text: str
    good: int
    bad: int


class AdviceTexts(Record, frozen=True):
    """All pieces of advice, the distinct texts among them, and the most frequent repeated ones."""

    total: int
    distinct: int
    frequent: tuple[FrequentAdvice, ...]


class NearPair(Record, frozen=True):
    """A held-out answer and the training answer nearest to it, by id."""

    item: str
    training: str
    similarity: float


class Similarity(Record, frozen=True):
    """How near a split's answers come to training: each one's nearest training answer.

    Similarity is Jaccard's, of character 5-grams without white space, 0 to 1. `sampled` of
    `items` answers, drawn with `seed`, are compared with all `training` answers. `bins` are
    counts in twentieths, 1 in the last; `near` are the pairs from `limit` on, nearest first.
    """

    split: str
    items: int
    sampled: int
    seed: int
    training: int
    limit: float
    nearest: Summary
    bins: tuple[int, ...]
    near: tuple[NearPair, ...]


class Eda(Record, frozen=True):
    """What `report.json` keeps under "eda".

    `lengths` is by kind of text and then by count; `meanings` says what the counts are. `crawled`
    are the first and the last day. `grade_lengths` are characters of answers by their essay's
    grade, and `grade_correlation` is Spearman's, of an essay's grade with its answers' mean.
    """

    meanings: dict[str, Meaning]
    sources: dict[str, int]
    crawled: tuple[str, str] | None
    lengths: dict[str, dict[str, Summary]]
    answer_characters: Histogram | None
    distributions: dict[str, Distribution]
    points: tuple[PointCount, ...]
    advice: AdviceTexts
    grade_lengths: dict[str, Summary]
    grade_correlation: float | None
    similarity: tuple[Similarity, ...]
