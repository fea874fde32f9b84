"""The baseline `rules`: faults of an essay that can be found without understanding it.

Saramin counted five of them in 1.6 million letters: too short (86.9 %), words repeated (35 %),
clichés (32.5 %), no figures (21.5 %), over-long sentences (19.7 %). Beside them, what the question
asks for and the answer never mentions. Words, phrases and what is said stand in
`templates/rules.toml`; how much is too much is chosen on the training rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.systems.baselines import Baseline, evenly
from eval.systems.rule_words import RuleWords, rule_words
from eval.tasks import Item, write_answer
from eval.text.morphemes import analyse, morphemes
from preprocess.alpaca import POLARITY_WORDS, Point, Polarity

#: At least so many training rows, evenly spread, decide about the limits.
TRIED = 300
#: A word is not repeated before it is said so often.
FEWEST_REPEATS = 4


@dataclass(frozen=True)
class Essay:
    """What the rules look at: a question and the sentences of its answer."""

    question: str
    sentences: tuple[str, ...]

    @property
    def everywhere(self) -> tuple[int, ...]:
        """All sentence numbers."""
        return tuple(range(1, len(self.sentences) + 1))

    def where(self, holds: Callable[[str], object]) -> tuple[int, ...]:
        """Give the numbers of the sentences for which something holds."""
        return tuple(n for n, s in enumerate(self.sentences, start=1) if holds(s))


@dataclass(frozen=True)
class Limits:
    """From where on something is too much, or too little.

    Attributes:
        short: An answer of fewer code points, its sentences joined by spaces, is too short.
        repeats: A word said so often in one answer is repeated too much.
        long: A sentence of more code points is over-long.

    """

    short: int
    repeats: int
    long: int


#: For marked passages, of which the training rows do not tell where they begin.
ANCHOR_LIMITS = Limits(short=0, repeats=FEWEST_REPEATS, long=80)

HOW_ANCHORED = (
    "뜻을 읽지 않고 규칙으로 찾습니다: 표시된 대목의 마지막 문장에서 상투구 {phrases}개, "
    "{limits.long}자를 넘는 길이, 성과를 말하면서 빠뜨린 수치를 봅니다. 좋은점인지 아쉬운점인지는 "
    "글에 있는 표시를 따릅니다."
)
HOW = (
    "뜻을 읽지 않고 규칙으로 찾습니다: {limits.short}자보다 짧은 답, "
    "{limits.repeats}번 이상 나오는 낱말, 상투구 {phrases}개, 수치가 없는 답, "
    "{limits.long}자를 넘는 문장, 문항이 물었으나 답에 없는 것. "
    "길이와 횟수의 기준은 학습 글의 10분의 1이 넘어서는 값입니다."
)


def short(essay: Essay, limits: Limits, words: RuleWords) -> Iterator[Point]:
    """Find an answer that is too short; all of it is."""
    count = len(" ".join(essay.sentences))
    if count < limits.short:
        yield Point("bad", essay.everywhere, words.says.short.format(count=count))


def repeated(essay: Essay, limits: Limits, words: RuleWords) -> Iterator[Point]:
    """Find the word that is repeated most; the sentences that say it are at fault."""
    word, count = commonest(essay, words)
    if count >= limits.repeats:
        where = essay.where(lambda sentence: word in morphemes(sentence))
        yield Point("bad", where, words.says.repeated.format(word=word, count=count))


def commonest(essay: Essay, words: RuleWords) -> tuple[str, int]:
    """Find the word that is said most often, of equals the first by code point, and how often."""
    counts = Counter(w for s in essay.sentences for w in morphemes(s) if words.tells(w))
    return min(counts.items(), key=lambda of: (-of[1], of[0]), default=("", 0))


def cliches(essay: Essay, _: Limits, words: RuleWords) -> Iterator[Point]:
    """Find phrases that anybody writes; a sentence is at fault for the first that it holds."""
    for number, sentence in enumerate(essay.sentences, start=1):
        said = words.cliche(sentence)
        if said:
            yield Point("bad", (number,), said)


def figures(essay: Essay, _: Limits, words: RuleWords) -> Iterator[Point]:
    """Find an answer without a figure; its claims of a result are at fault, or all of it."""
    if not essay.where(has_figure):
        yield Point("bad", essay.where(words.claims) or essay.everywhere, words.says.figures)


def long(essay: Essay, limits: Limits, words: RuleWords) -> Iterator[Point]:
    """Find over-long sentences, each by itself."""
    for number, sentence in enumerate(essay.sentences, start=1):
        if len(sentence) > limits.long:
            yield Point("bad", (number,), words.says.long.format(count=len(sentence)))


def unanswered(essay: Essay, _: Limits, words: RuleWords) -> Iterator[Point]:
    """Find what the question asks for and no sentence mentions; all of the answer is at fault."""
    missing = words.missing(essay.question, " ".join(essay.sentences))
    if missing:
        asked = words.says.unanswered.format(asked=", ".join(missing))
        yield Point("bad", essay.everywhere, asked)


#: In the order of Saramin's shares.
RULES = (short, repeated, cliches, figures, long, unanswered)


def faults(essay: Essay, limits: Limits, words: RuleWords) -> list[Point]:
    """Apply all rules."""
    return [point for rule in RULES for point in rule(essay, limits, words)]


def located(essay: Essay, limits: Limits, words: RuleWords) -> list[Point]:
    """Advise on an essay: its faults, or else praise for its sentences with figures."""
    found = faults(essay, limits, words)
    if found:
        return found
    return [Point("good", essay.where(has_figure) or essay.everywhere, words.says.praise)]


def has_figure(sentence: str) -> bool:
    """Tell whether a sentence holds a digit."""
    return any(c.isdigit() for c in sentence)


def choose_limits(train: Sequence[Item], words: RuleWords) -> Limits:
    """Choose the limits: a tenth of the training answers, or of their sentences, is beyond each."""
    essays = [essay_of(item) for item in evenly(train, TRIED)]
    analyse(sentence for essay in essays for sentence in essay.sentences)
    answers = [len(" ".join(essay.sentences)) for essay in essays]
    sentences = [len(sentence) for essay in essays for sentence in essay.sentences]
    repeats = [commonest(essay, words)[1] for essay in essays]
    return Limits(
        short=int(np.quantile(answers, 0.1)),
        repeats=max(FEWEST_REPEATS, int(np.quantile(repeats, 0.9))),
        long=int(np.quantile(sentences, 0.9)),
    )


def essay_of(item: Item) -> Essay:
    """Take question and sentences of an item of `advice`."""
    return Essay(item.question, item.sentences)


_MARK = re.compile(r"(좋은점|아쉬운점) (\d+)")
_END = re.compile(r"(?<=[.!?])\s+|\n+")


def anchored(text: str, limits: Limits, words: RuleWords) -> list[Point]:
    """Answer the anchors in an input of `advice-anchored`, by what is found in front of each.

    A passage is marked at its end only; what is looked at is the sentence there.
    """
    points: list[Point] = []
    end = 0
    for mark in _MARK.finditer(text):
        before = [s for s in _END.split(text[end : mark.start()].strip()) if s]
        passage = Essay("", tuple(before[-1:]))
        polarity: Polarity = "good" if mark[1] == POLARITY_WORDS["good"] else "bad"
        said = of_anchor(passage, polarity, limits, words)
        points.append(Point(polarity, (int(mark[2]),), said))
        end = mark.end()
    return points


def of_anchor(passage: Essay, polarity: Polarity, limits: Limits, words: RuleWords) -> str:
    """Say of a passage what the expert's polarity asks for."""
    figured = passage.where(has_figure)
    if polarity == "good":
        return words.says.praise if figured else words.says.praise_else
    rules = (cliches, long, figures) if passage.where(words.claims) else (cliches, long)
    found = [point.text for rule in rules for point in rule(passage, limits, words)]
    return found[0] if found else words.says.criticism_else


def rules(train: Sequence[Item], test: Sequence[Item]) -> Baseline:
    """Answer with what the rules find; limits are chosen on the training rows."""
    words, task = rule_words(), test[0].task
    if task == "advice-anchored":
        limits, how = ANCHOR_LIMITS, HOW_ANCHORED
        points = [anchored(item.row.input, limits, words) for item in test]
    else:
        limits, how = choose_limits(train, words), HOW
        analyse(sentence for item in test for sentence in item.sentences)
        points = [located(essay_of(item), limits, words) for item in test]
    return Baseline(
        name="rules",
        how=how.format(phrases=sum(len(sort.phrases) for sort in words.cliches), limits=limits),
        answers={
            item.row.id: write_answer(said, task) for item, said in zip(test, points, strict=True)
        },
    )
