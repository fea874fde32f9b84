"""The question bank: large, various, balanced, and checked when it is read."""

from __future__ import annotations

import re
import shutil
import tomllib
import unicodedata
from collections import Counter
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from interview.bank import CONTENT, Bank, read_bank
from interview.picking import LINES
from interview.records import (
    ASKED,
    END,
    FAILED,
    INTERVIEWS,
    KINDS,
    MOVES,
    Question,
    Topic,
    Utterance,
)
from preprocess.alpaca import SPLITS, RecordError, read_jsonl, write_jsonl

#: Replies of two groups that share more of their character 5-grams would be paraphrases. Most of
#: what is left are question frames, as "… 말씀하시는 거죠?", around other terms.
LIKENESS = 0.4


def plain(text: str) -> str:
    """Keep letters and digits, in one form and lower case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def grams(text: str) -> frozenset[str]:
    """Take the character 5-grams of the plain text, or all of a shorter one."""
    letters = plain(text)
    return frozenset(letters[i : i + 5] for i in range(max(1, len(letters) - 4)))


def test_the_bank_is_as_large_as_asked(bank: Bank) -> None:
    """At least 24 topics, 40 expected answers, 900 utterances and 300 phrased questions."""
    assert {topic.interview for topic in bank.topics} == set(INTERVIEWS)
    assert len(bank.topics) >= 24
    assert sum(len(topic.expected) for topic in bank.topics) >= 40
    assert len(bank.utterances) >= 900
    assert len(bank.questions) >= 300


def test_no_text_stands_twice(bank: Bank) -> None:
    """Neither a reply nor a question is there again with other spaces or signs."""
    texts = [row.reply for row in bank.utterances] + [row.text for row in bank.questions]
    assert [t for t, n in Counter(map(plain, texts)).items() if n > 1] == []


def test_near_duplicates_share_a_group(bank: Bank) -> None:
    """What is much alike is in one group, and so in one split."""
    replies = [(row.reply, row.group, grams(row.reply)) for row in bank.utterances]
    questions = [(row.text, row.group, grams(row.text)) for row in bank.questions]
    alike = [
        (one[0], other[0])
        for rows in (replies, questions)
        for one, other in combinations(rows, 2)
        if one[1] != other[1] and len(one[2] & other[2]) >= LIKENESS * len(one[2] | other[2])
    ]
    assert alike == []


def row_of(bank: Bank, start: str) -> Utterance:
    """Find the one reply that starts so."""
    (row,) = (row for row in bank.utterances if row.reply.startswith(start))
    return row


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("부스팅은 앞에서", "부스팅은 앞의 모델이"),
        ("편향은 치우친거", "편향은 치우친 거예요"),
        ("변수 단위부터", "중심 k개를"),
        ("깊은 결정 트리처럼", "같은 학교 학생"),
        ("저는 비용을 먼저", "기준값을 0.5로"),
        ("결과는 뭐…", "결과요? 중간에"),
        ("재현율은 실제 양성중에", "진짜로 양성인"),
        ("다섯개로 쪼개서", "다섯 등분해서"),
        ("그… 우연으로", "귀무가설이 참이라고"),
        ("조인 조건에 맞는", "주문이 있는 고객만"),
        ("실패요…?", "어… 막상"),
        ("로스는 그냥", "작을수록 좋은"),
        ("그게, MSE를", "시그모이드나"),
        ("음, 위치 정보가", "순서를 모르는"),
    ],
)
def test_what_says_the_same_shares_a_group(bank: Bank, one: str, other: str) -> None:
    """Replies in other words, or with slips, are in the group of what they say again."""
    assert row_of(bank, one).group == row_of(bank, other).group


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("재택은 일주일에", "right"),
        ("모델 두 개를 견줄 때 같은", "partial"),
        ("흔히 오해하는데", "right"),
        ("딱히 없습니다.", "unknown"),
        ("없습니다.", "unknown"),
    ],
)
def test_a_reply_is_labelled_by_the_gist(bank: Bank, start: str, kind: str) -> None:
    """What the expected answer's gist takes in is right, a piece of it partial."""
    assert row_of(bank, start).kind == kind


@pytest.mark.parametrize(
    ("start", "named"),
    [
        ("보완이라고", "단점과 보완"),
        ("제 역할만", "협업에서 맡은 역할"),
        ("리콜을 재현율", "재현율의 뜻"),
        ("p값이 유의확률", "p값의 뜻"),
        ("웹 서비스를", "A/B 테스트의 설계"),
        ("아우터라면", "외부 조인의 뜻"),
        ("랭크라는", "LoRA의 원리"),
        ("뜻만 말하면", "과적합의 뜻"),
    ],
)
def test_a_question_back_is_about_what_is_open(bank: Bank, start: str, named: str) -> None:
    """Nobody asks what an answer means that was given before."""
    assert named in row_of(bank, start).remaining


def test_no_question_tells_what_was_not_said(bank: Bank) -> None:
    """A question fits after any reply: it neither confirms nor quotes one."""
    quoting = re.compile(r"네[,.]|.*(라고 하셨는데|많이 들었|맞습니다|반대로|그런 모델|그 식에서)")
    assert [row.text for row in bank.questions if quoting.match(row.text)] == []


def test_fillers_and_open_ends_are_slips(bank: Bank) -> None:
    """A reply that starts with a filler or trails off has a slip."""
    broken = re.compile(r"(음|어|그|저)[,…]|.*…")
    slipping = [row for row in bank.utterances if broken.match(row.reply)]
    assert len(slipping) >= 60
    assert [row.reply for row in slipping if not row.slip] == []


def test_asking_back_has_ten_wordings() -> None:
    """An unsure interviewer does not say the same all the time."""
    back = tomllib.loads(LINES.read_text(encoding="utf-8"))["back"]
    assert len(set(map(plain, back))) == len(back) >= 10


def test_every_topic_has_every_kind(bank: Bank) -> None:
    """Within a topic no kind is missing, and none but the right replies is over a quarter."""
    for topic in bank.topics:
        kinds = Counter(row.kind for row in bank.utterances if row.topic == topic.name)
        assert min(kinds[kind] for kind in KINDS) >= 3, topic.name
        total, right = kinds.total(), kinds.pop("right")
        assert 0.3 * total <= right <= 0.5 * total, topic.name
        assert max(kinds.values()) <= 0.25 * total, topic.name


def test_every_expected_answer_is_given_in_several_ways(bank: Bank) -> None:
    """Each has five replies at least, of three groups or more, and one in every split."""
    for topic in bank.topics:
        for expected in topic.expected:
            rows = [row for row in bank.utterances if row.satisfied == expected.name]
            assert len(rows) >= 5, expected.name
            assert len({row.group for row in rows}) >= 3, expected.name
            assert {bank.splits[row.group] for row in rows if row.kind == "right"} == {*SPLITS}, (
                expected.name
            )


def test_replies_are_short_long_and_full_of_slips(bank: Bank) -> None:
    """People answer in a word or two, at length, and with slips."""
    lengths = [len(row.reply) for row in bank.utterances]
    assert sum(length <= 15 for length in lengths) >= 30
    assert sum(length >= 100 for length in lengths) >= 20
    assert sum(row.slip for row in bank.utterances) >= 90


def test_every_topic_can_be_asked(bank: Bank) -> None:
    """Each move has several wordings, so that two questions back do not hear the same help."""
    asked = Counter((row.topic, row.move, row.expected) for row in bank.questions)
    for topic in bank.topics:
        assert asked[topic.name, "open", None] >= 3
        assert asked[topic.name, "explain", None] >= 2
        for expected in topic.expected:
            assert asked[topic.name, "ask", expected.name] >= 2
            assert asked[topic.name, "hint", expected.name] >= 2
    assert {row.move for row in bank.questions} == set(MOVES)


def test_a_group_is_in_one_split(bank: Bank) -> None:
    """The splits part the utterances; no group is in two, and most are for training."""
    groups = [{row.group for row in bank.split(split)} for split in SPLITS]
    assert sum(map(len, groups)) == len(set.union(*groups))
    sizes = [len(bank.split(split)) / len(bank.utterances) for split in SPLITS]
    assert sizes == pytest.approx([0.7, 0.13, 0.17], abs=0.03)


def test_topics_follow_each_other(bank: Bank) -> None:
    """The order of the file is that of the interview, which has an end."""
    course = bank.course("data")
    assert bank.following(course[0].name) == course[1].name
    assert bank.following(course[-1].name) == END
    assert bank.answers()[-2:] == (FAILED, ASKED)
    assert bank.next_topics()[-1] == END


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the bank to a folder where it may be spoilt."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"topic": "날씨"}, "line 1: there is no topic 날씨"),
        ({"remaining": ("날씨",)}, "line 1: remaining: 날씨 is no expected answer"),
        ({"remaining": ()}, "line 1: remaining: nothing is no expected answer"),
        ({"satisfied": "날씨"}, "line 1: satisfied: 날씨 does not fit the kind right"),
        ({"next_topic": "날씨"}, "line 1: next_topic: 날씨 is not"),
    ],
)
def test_an_unknown_name_is_an_error(copy: Path, change: dict[str, object], told: str) -> None:
    """A row that names what is not there is told with its file and line."""
    path = copy / "utterances.jsonl"
    first, *rest = read_jsonl(path, Utterance, cure="")
    write_jsonl(path, [msgspec.structs.replace(first, **change), *rest])
    with pytest.raises(RecordError, match=rf"utterances.jsonl, {told}"):
        read_bank(copy)


def test_all_problems_are_told_at_once(copy: Path) -> None:
    """Spoilt utterances and questions are named together, and a long list is cut."""
    first, *rest = read_jsonl(copy / "utterances.jsonl", Utterance, cure="")
    write_jsonl(copy / "utterances.jsonl", [msgspec.structs.replace(first, topic="날씨"), *rest])
    questions = read_jsonl(copy / "questions.jsonl", Question, cure="")
    spoilt = [msgspec.structs.replace(q, expected="날씨") for q in questions]
    write_jsonl(copy / "questions.jsonl", spoilt)
    with pytest.raises(RecordError, match="does not hold together") as raised:
        read_bank(copy)
    told = str(raised.value)
    assert "utterances.jsonl, line 1: there is no topic 날씨" in told
    assert "questions.jsonl, line 1: expected: must be null" in told
    assert f"and {len(spoilt) + 1 - 8} more" in told


@pytest.mark.parametrize("taken", [0, 5])
def test_a_name_means_one_thing(copy: Path, taken: int) -> None:
    """A topic or an expected answer that is named as another one is told."""
    topics = list(read_jsonl(copy / "topics.jsonl", Topic, cure=""))
    twice = msgspec.structs.replace(topics[taken], interview="common")
    write_jsonl(copy / "topics.jsonl", [twice, *topics])
    with pytest.raises(RecordError, match=rf"line {taken + 2}: the name {twice.name} is taken"):
        read_bank(copy)


def test_a_missing_file_names_its_cure(tmp_path: Path) -> None:
    """Without its files there is no bank."""
    with pytest.raises(RecordError, match=r"topics.jsonl is missing.*git checkout"):
        read_bank(tmp_path)
