"""Baselines of `overall`, `revise` and `write`: whole outputs that are taken from elsewhere.

overall  retrieval, shuffled (another essay's output), generic (one output for every essay)
revise   unchanged (the draft as it is); other essays' revisions would be of no use
write    retrieval, shuffled, and applicant: what the applicant wrote, which is no baseline to
         beat but says what the numbers of a person's own answer are
"""

from __future__ import annotations

import statistics
import zlib
from collections.abc import Sequence

import numpy as np

from eval.systems.baselines import Baseline
from eval.systems.retrieval import Library, MorphemeVectors, text_of
from eval.tasks import Item
from preprocess.alpaca import Task
from preprocess.outputs import Overall, read_overall, write_overall, write_revision


def whole_outputs(
    task: Task, train: Sequence[Item], test: Sequence[Item], seed: int
) -> tuple[Baseline, ...]:
    """Answer the test items of a task without points.

    Args:
        task: `overall`, `revise` or `write`.
        train: Training rows whose groups have no test row.
        test: The rows to be answered.
        seed: Of the rows that are drawn by chance.

    """
    if task == "revise":
        return (unchanged(test),)
    found = (retrieved(train, test), drawn(train, test, seed))
    return (*found, constant(train, test)) if task == "overall" else (*found, applicant(test))


def retrieved(train: Sequence[Item], test: Sequence[Item]) -> Baseline:
    """Answer with the output of the training row whose input is nearest, of another group.

    Raises:
        ValueError: All training rows are of a test row's own group.

    """
    library = Library(train, MorphemeVectors([text_of(item) for item in train]))
    answers = {item.row.id: source.row.output for item, source in library.with_sources(test)}
    return Baseline(
        "retrieval",
        "형태소 TF-IDF로 입력이 가장 가까운 학습 글을 찾아 그 글의 출력을 그대로 씁니다.",
        answers,
    )


def drawn(train: Sequence[Item], test: Sequence[Item], seed: int) -> Baseline:
    """Answer with the output of a training row drawn by chance; seed and id decide which."""
    answers = {}
    for item in test:
        generator = np.random.default_rng([seed, zlib.crc32(item.row.id.encode())])
        answers[item.row.id] = train[int(generator.integers(len(train)))].row.output
    return Baseline(
        "shuffled", f"무작위로 고른 학습 글의 출력을 그대로 씁니다(시드 {seed}).", answers
    )


def constant(train: Sequence[Item], test: Sequence[Item]) -> Baseline:
    """Answer every essay with one grade and one advice.

    The grade is the training rows' median, which has the least mean error of all constants; the
    advice is the one whose morphemes (TF-IDF) are nearest to the mean of all.
    """
    said = [one for item in train if isinstance(one := read_overall(item.row.output), Overall)]
    texts = sorted({one.text for one in said})
    vectors = MorphemeVectors([(text,) for text in texts]).of([(text,) for text in texts])
    central = texts[int(np.argmax(vectors @ np.asarray(vectors.mean(axis=0)).ravel()))]
    grade = statistics.median_low(one.grade for one in said)
    output = write_overall(Overall(grade, central))
    return Baseline(
        "generic",
        f"어느 글에나 같은 답을 합니다: 평점은 학습 자료의 중앙값 {grade:g}점, 총평은 학습 자료의 "
        "총평 가운데 다른 것들과 가장 비슷한 하나입니다.",
        dict.fromkeys((item.row.id for item in test), output),
    )


def unchanged(test: Sequence[Item]) -> Baseline:
    """Hand every draft back as it is."""
    return Baseline(
        "unchanged",
        "초안을 고치지 않고 그대로 돌려줍니다. 고친 결함이 없습니다.",
        {item.row.id: write_revision(item.row.input) for item in test},
    )


def applicant(test: Sequence[Item]) -> Baseline:
    """Answer every question with what its applicant wrote."""
    return Baseline(
        "applicant",
        "지원자가 실제로 쓴 답입니다. 사람이 쓴 답에서 같은 수치가 얼마인지 보여 줍니다.",
        {item.row.id: item.row.output for item in test},
    )
