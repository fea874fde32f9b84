"""What is counted in the data, on texts and essays whose counts were worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Advice, Essay, Question
from crawler.replica.essays import generate_essays
from preprocess import likeness
from preprocess.alpaca import Split
from preprocess.data import Data
from preprocess.datasheet import (
    IMPORTED,
    MEANINGS,
    REPLICA,
    AdviceTexts,
    Category,
    Difference,
    Eda,
    FrequentAdvice,
    Histogram,
    NearPair,
    PointCount,
    Summary,
    count_text,
    source_of,
    summarise,
)
from preprocess.eda import eda
from preprocess.likeness import nearest
from preprocess.steps import Tally
from tests.preprocess.essays import essay, question


def built(essays: Mapping[Split, Sequence[Essay]]) -> Data:
    """Make the data of a build that holds these essays and nothing else."""
    held = {split: list(of) for split, of in essays.items()}
    return Data(rows={}, texts={}, essays=held, tally=Tally())


def bare(answer: str, number: int = 1, advice: tuple[Advice, ...] = ()) -> Question:
    """Make a question with this answer, without passages."""
    return question(number=number, answer=answer, passages=(), advice=advice)


def said(text: str, polarity: str = "bad", number: int = 1) -> Advice:
    """Make a piece of advice."""
    return Advice(polarity="good" if polarity == "good" else "bad", number=number, text=text)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        # 나는␣3km를␣달렸다.⏎힘들었다ㅋ! : 10 syllables, ㅋ, and 8 characters of one byte.
        ("나는 3km를 달렸다.\n힘들었다ㅋ!", (19, 10, 4, 2, 41)),
        ("바다를 보았습니다. 숲도 보았습니다.", (20, 15, 4, 2, 50)),
        ("성실함", (3, 3, 1, 1, 9)),
        ("OK 👍", (4, 0, 2, 1, 7)),
        (" \n ", (3, 0, 0, 0, 3)),
        ("", (0, 0, 0, 0, 0)),
    ],
)
def test_a_text_is_counted_as_the_meanings_say(text: str, counts: tuple[int, ...]) -> None:
    """Code points, Hangul syllables alone, what white space parts, sentences, and UTF-8."""
    names = ("characters", "syllables", "words", "sentences", "bytes")
    assert count_text(text) == dict(zip(names, counts, strict=True))
    assert tuple(MEANINGS) == names


def test_every_count_is_defined_in_both_languages() -> None:
    """What is counted is told in Korean and in English beside the numbers."""
    found = eda(built({"train": [essay()]}))
    assert found.meanings == MEANINGS
    for meaning in found.meanings.values():
        assert any("가" <= letter <= "힣" for letter in meaning.korean)
        assert meaning.english.isascii()


@pytest.mark.parametrize(
    ("numbers", "summary"),
    [
        ([4, 1, 3, 2], Summary(4, 10, 2.5, 1, 1.75, 2.5, 3.25, 4)),
        ([7], Summary(1, 7, 7, 7, 7, 7, 7, 7)),
        ([0, 0, 6], Summary(3, 6, 2, 0, 0, 0, 3, 6)),
        ([], None),
    ],
)
def test_a_series_is_summed_up(numbers: list[float], summary: Summary | None) -> None:
    """Quartiles interpolate between neighbours; nothing has no summary."""
    assert summarise(numbers) == summary


def test_lengths_are_of_all_texts_of_a_kind() -> None:
    """Questions, answers, advice and overall advice each have every count; an absent kind none."""
    one = essay(questions=(bare("바다를 보았습니다."), bare("숲", 2, (said("길어요."),))))
    found = eda(built({"train": [one], "test": [essay(id="2", questions=(bare("강가"),))]}))
    assert found.lengths["answer"]["characters"] == summarise([10, 1, 2])
    assert found.lengths["answer"]["words"] == summarise([2, 1, 1])
    assert found.lengths["advice"]["bytes"] == summarise([10])
    assert set(found.lengths["question"]) == set(MEANINGS)
    assert found.lengths["overall advice"] == {}


def test_answers_fall_into_bins_by_split() -> None:
    """Bins are of one width, start at a multiple of it, and cover the longest answer."""
    long, short = bare("가" * 35), bare("나" * 12)
    found = eda(
        built({"train": [essay(questions=(long, short))], "test": [essay(questions=(short,))]})
    )
    assert found.answer_characters == Histogram(10, 10, {"train": (1, 0, 1), "test": (1, 0, 0)})


def test_distributions_count_essays_by_split_and_name_the_widest_difference() -> None:
    """Values go by size or by themselves, "not stated" comes last."""
    train = [
        essay(id="1", position="용접", grade=2.0),
        essay(id="2", position="용접", grade=3.5),
        essay(id="3", position="항해", grade=None),
        essay(id="4", position=None, grade=2.0),
    ]
    found = eda(built({"train": train, "validation": [], "test": [essay(id="5", position="용접")]}))
    job, grade = found.distributions["job"], found.distributions["grade"]
    assert job.totals == {"train": 4, "test": 1}
    assert job.categories == (
        Category("용접", {"train": 2, "test": 1}),
        Category("항해", {"train": 1, "test": 0}),
        Category(None, {"train": 1, "test": 0}),
    )
    assert job.widest == Difference("용접", "test", "train", 1.0, 0.5)
    assert [one.label for one in grade.categories] == ["2", "3", "3.5", None]
    assert grade.widest == Difference("3", "test", "train", 1.0, 0.0)


def test_an_essay_counts_in_each_list_of_firm_types() -> None:
    """An essay found in two lists is in both, once."""
    types = ("대기업", "외국계", "대기업")
    found = eda(built({"train": [essay(company_types=types), essay(id="2")]}))
    types_found = found.distributions["firm type"]
    assert types_found.totals == {"train": 2}
    assert types_found.categories == (
        Category("대기업", {"train": 1}),
        Category("외국계", {"train": 1}),
        Category(None, {"train": 1}),
    )
    assert types_found.widest is None


def test_the_split_of_unseen_firms_is_no_part_of_the_stratified_check() -> None:
    """It is chosen by firm, so its shares are shown and not compared."""
    test = [essay(id="2"), essay(id="3", year=2019)]
    data: dict[Split, list[Essay]] = {"train": [essay()], "test": test}
    data["test-firms"] = [essay(id="4", year=2017)]
    year = eda(built(data)).distributions["year"]
    assert year.categories[0] == Category("2017", {"train": 0, "test": 0, "test-firms": 1})
    assert year.widest == Difference("2019", "test", "train", 0.5, 0.0)


def test_polarity_is_counted_by_advice() -> None:
    """Each piece of advice counts, whether or not its passage was found."""
    found = eda(built({"train": [essay()], "test": [essay(id="2", questions=(bare("강"),))]}))
    polarity = found.distributions["polarity"]
    assert polarity.totals == {"train": 2}
    assert polarity.categories == (Category("bad", {"train": 1}), Category("good", {"train": 1}))


def test_points_are_counted_by_question() -> None:
    """Questions with no advice, one, two; of either kind, praise and criticism."""
    two = (said("길어요."), said("좋아요.", "good"))
    questions = (bare("가"), bare("나", 2, two), bare("다", 3, two[:1]), bare("라", 4, two[:1]))
    found = eda(built({"train": [essay(questions=questions)]}))
    assert found.points == (
        PointCount(0, either=1, good=3, bad=1),
        PointCount(1, either=2, good=1, bad=3),
        PointCount(2, either=1, good=0, bad=0),
    )


def test_repeated_advice_is_told_the_most_frequent_first() -> None:
    """White space makes no other text; a text said once is distinct and not told."""
    advice = (said("길어요  정말."), said("길어요\n정말.", number=2), said("한 번만.", number=3))
    more = (said("좋아요.", "good"), said("좋아요.", number=1), said("좋아요.", "good", 2))
    one = essay(questions=(bare("가", 1, advice), bare("나", 2, more)))
    assert eda(built({"train": [one]})).advice == AdviceTexts(
        total=6,
        distinct=3,
        frequent=(FrequentAdvice("좋아요.", good=2, bad=1), FrequentAdvice("길어요 정말.", 0, 2)),
    )


def graded(number: int, grade: float | None, *lengths: int) -> Essay:
    """Make an essay with answers of these lengths."""
    answers = (bare("가" * length, i) for i, length in enumerate(lengths, start=1))
    return essay(id=str(number), grade=grade, questions=tuple(answers))


def test_length_is_told_by_grade() -> None:
    """Answers go by their essay's grade; the correlation is of the ranks of essays."""
    essays = [graded(1, 2.0, 10, 30), graded(2, 3.5, 40), graded(3, 4.0, 900), graded(4, None, 5)]
    found = eda(built({"train": essays}))
    assert found.grade_lengths == {
        "2": summarise([10, 30]),
        "3.5": summarise([40]),
        "4": summarise([900]),
    }
    assert found.grade_correlation == pytest.approx(1.0)


def test_the_rank_correlation_has_the_value_of_the_textbook() -> None:
    """Grades 1 to 4 against ranks 2, 1, 4, 3: 1 − 6·4 / (4·15) = 0.6."""
    essays = [graded(i, float(i), length) for i, length in enumerate((20, 10, 40, 30), start=1)]
    assert eda(built({"train": essays})).grade_correlation == pytest.approx(0.6)


@pytest.mark.parametrize(
    "essays",
    [
        [graded(1, 2.0, 10), graded(2, 3.0, 20)],
        [graded(i, 2.0, 10 * i) for i in range(1, 5)],
        [graded(i, float(i), 10) for i in range(1, 5)],
        [graded(i, None, 10 * i) for i in range(1, 5)],
    ],
    ids=["two essays", "one grade", "one length", "no grades"],
)
def test_a_correlation_of_nothing_is_absent(essays: list[Essay]) -> None:
    """Too few essays, or all alike, have no correlation, and not 0."""
    assert eda(built({"train": essays})).grade_correlation is None


def test_the_nearest_text_shares_most_grams() -> None:
    """가나다라마바 and 가나다라마사 share one of three 5-grams; white space does not count."""
    others = ["전혀 다른 글입니다", "가나다라마사", "가나 다라마사"]
    shares, which = nearest(["가나다라마바", "전혀다른 글입니다"], others)
    assert shares.tolist() == [pytest.approx(1 / 3), 1.0]
    assert which.tolist() == [1, 0]


def test_the_nearest_of_several_chunks_is_the_first_of_equals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Others are compared some at a time; indices are those among all of them."""
    monkeypatch.setattr(likeness, "CHUNK", 2)
    others = ["전혀 다른 글입니다", "가나다라마바", "가나다라마사", "가나다라마사"]
    shares, which = nearest(["가나다라마사", "가나다라마바"], others)
    assert shares.tolist() == [1.0, 1.0]
    assert which.tolist() == [2, 1]


LETTERS = st.text(alphabet="가나다라 ", max_size=14)


def grams(text: str) -> set[str]:
    """Cut a text into its character 5-grams; a short one is its own."""
    dense = "".join(text.split())
    return {dense[i : i + 5] for i in range(max(1, len(dense) - 4))}


@given(st.lists(LETTERS, min_size=1, max_size=5), st.lists(LETTERS, max_size=6))
def test_nearest_finds_what_comparing_all_pairs_finds(texts: list[str], others: list[str]) -> None:
    """The similarity is the greatest Jaccard similarity of any pair, and the first of equals."""
    shares, which = nearest(texts, others)
    for text, share, index in zip(texts, shares.tolist(), which.tolist(), strict=True):
        every = [
            len(grams(text) & grams(other)) / len(grams(text) | grams(other)) for other in others
        ]
        assert share == pytest.approx(max(every, default=0.0))
        assert index == (every.index(max(every)) if every else 0)


def test_held_out_answers_are_compared_with_training() -> None:
    """Each split has its answers' nearest training answers, and names pairs above the limit."""
    shared, own = "바다에서 조류를 관측한 이야기입니다", "창고에서 조류를 관측한 사람이었다"
    found = eda(
        built(
            {
                "train": [essay(id="7", questions=(bare("아무것도 아닌 글"), bare(shared, 2)))],
                "validation": [],
                "test": [essay(id="9", questions=(bare(own), bare(shared + ".", 2)))],
            }
        )
    )
    (test,) = found.similarity
    assert (test.split, test.items, test.sampled, test.training) == ("test", 2, 2, 2)
    assert test.near == (NearPair("9-2", "7-2", 12 / 13),)
    assert test.nearest.most == pytest.approx(12 / 13)
    # The other answer shares 4 of 19: below the limit, and only counted.
    assert test.nearest.least == pytest.approx(4 / 19)
    assert (sum(test.bins), test.bins[4], test.bins[18]) == (2, 1, 1)


def test_comparing_is_bounded_by_a_sample_that_the_seed_draws() -> None:
    """No more answers than asked for are compared, the same ones each time."""
    held = [essay(id=str(i), questions=(bare(f"{i}번째 글입니다 " * i),)) for i in range(2, 12)]
    data = built({"train": [essay()], "test": held})
    (first,), (again,) = eda(data, sample=4).similarity, eda(data, sample=4).similarity
    assert (first.items, first.sampled, sum(first.bins)) == (10, 4, 4)
    assert first == again


def test_nothing_to_compare_with_has_no_similarity() -> None:
    """Without training essays, or without held-out ones, the similarity is absent."""
    assert eda(built({"train": [essay()]})).similarity == ()
    assert eda(built({"train": [], "test": [essay()]})).similarity == ()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1:8017/starter/PassAssay/View/7", REPLICA),
        ("http://[::1]:80/x", REPLICA),
        ("https://www.jobkorea.co.kr/starter/PassAssay/View/7", "www.jobkorea.co.kr"),
        (None, IMPORTED),
    ],
)
def test_the_source_is_the_host(url: str | None, place: str) -> None:
    """The replica is named as what it is, whatever its port."""
    assert source_of(essay(url=url)) == place


def test_the_days_of_the_crawl_are_the_first_and_the_last() -> None:
    """Days stand in order, whatever the order of the essays; none is none."""
    days = ("2026-11-20T03:00:00Z", None, "2026-11-03T23:59:00Z")
    essays = [essay(id=str(i), crawled_at=day) for i, day in enumerate(days, start=1)]
    assert eda(built({"train": essays})).crawled == ("2026-11-03", "2026-11-20")
    assert eda(built({"train": essays[1:2]})).crawled is None


def test_no_essays_are_counted_as_none() -> None:
    """Empty data is no error: everything is empty or absent."""
    found = eda(built({"train": [], "validation": [], "test": []}))
    assert found.sources == {}
    assert found.answer_characters is None
    assert (found.points, found.similarity, found.grade_lengths) == ((), (), {})
    assert found.advice == AdviceTexts(0, 0, ())
    assert all(of.categories == () for of in found.distributions.values())


def test_what_is_counted_survives_json() -> None:
    """`report.json` holds it, and reads it back as it was."""
    essays = generate_essays(seed=3, count=30)
    found = eda(built({"train": essays[:20], "validation": essays[20:24], "test": essays[24:]}))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Eda) == found
    assert found.lengths["answer"]["characters"].count == sum(len(e.questions) for e in essays)
