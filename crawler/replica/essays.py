"""Invented accepted cover letters with expert advice, for the replica of the site.

Print some to read: python -m crawler.replica.essays --count 10 --seed 3
"""

from __future__ import annotations

import argparse
import random
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.arguments import whole_number
from crawler.items import POLARITY_WORDS, Advice, Essay, Passage, Polarity, Question
from crawler.replica.analysis import advise, grade_essay, summarise
from crawler.replica.compose import write_answer
from crawler.replica.korean import site_counts
from crawler.replica.library import Episode, Firm, Job, Library, load
from crawler.replica.points import choose_points
from crawler.replica.scene import Draft, make_scene

MOST_ESSAYS: Final = 3000
#: How many essays the replica has, unless told otherwise.
ESSAYS: Final = 2000
RESENT, UNANALYSED, RESENT_UNANALYSED, SILENT, UNPAIRED = 0.05, 0.31, 0.5, 0.04, 0.01
NO_POSITION, ROLLING, OWN_STORY = 0.04, 0.08, 0.72
LOWEST_ID, HIGHEST_ID = 58_000, 241_000
# The newest essay is of the second half of the last year, the oldest of the first year's first.
LAST_YEAR, HALVES, HALVES_COVERED = 2021, ("하반기", "상반기"), 9.99
# Questions about the job are answered with stories of the job.
OWN_KINDS: Final = frozenset({"motive", "plan", "skill"})
# How applicants write: badly, so-so, well.
LEVELS: Final = (0, 0, 0, 1, 1, 1, 1, 2, 2)
QUESTION_COUNTS: Final = (2, 3, 3, 3, 4)


@dataclass(frozen=True)
class Slip:
    """What decides an essay: its id, the applicant's own chance, the firm it goes to.

    An essay re-sent to another firm shares `applicant` with the one it copies.
    """

    id: str
    applicant: int
    job: Job
    firm: Firm
    resent: bool
    analysed: bool
    age: float


@dataclass(frozen=True)
class Answered:
    """A question of an essay before it is printed: its draft and its point names in order."""

    kind: str
    question: str
    draft: Draft


def generate_essays(*, seed: int = 7, count: int = ESSAYS) -> tuple[Essay, ...]:
    """Return invented essays, newest first, as the parser must read them off the pages.

    Args:
        seed: The same seed gives the same essays.
        count: How many, 1 to 3000.

    Raises:
        ValueError: The count is out of range.

    """
    library = load()
    return tuple(write_essay(library, slip, seed) for slip in plan_site(seed=seed, count=count))


def plan_site(*, seed: int, count: int) -> tuple[Slip, ...]:
    """Decide, for every essay, its id, applicant, job and firm, newest first."""
    if not 1 <= count <= MOST_ESSAYS:
        raise ValueError(f"count is {count}; give 1 to {MOST_ESSAYS}")
    library = load()
    rng = random.Random(f"site {seed}")
    ids = sorted(rng.sample(range(LOWEST_ID, HIGHEST_ID), count), reverse=True)
    slips: list[Slip] = []
    for applicant, number in enumerate(ids):
        age = (HIGHEST_ID - number) / (HIGHEST_ID - LOWEST_ID)
        copied = rng.choice(slips) if slips and rng.random() < RESENT else None
        resent = copied is not None and not copied.resent
        job = copied.job if copied is not None and resent else rng.choice(library.jobs)
        firms = [firm for firm in library.firms if set(firm.tags) & set(job.tags)]
        if copied is not None and resent:
            firms = [firm for firm in firms if firm.name != copied.firm.name]
        slips.append(
            Slip(
                id=str(number),
                applicant=copied.applicant if copied is not None and resent else applicant,
                job=job,
                firm=rng.choice(firms),
                resent=resent,
                analysed=rng.random() > (RESENT_UNANALYSED if resent else UNANALYSED),
                age=age,
            )
        )
    return tuple(slips)


def write_essay(library: Library, slip: Slip, seed: int) -> Essay:
    """Write one essay with its facts and, if it was analysed, its advice."""
    answers = write_answers(library, slip, seed)
    rng = random.Random(f"essay {seed} {slip.id}")
    questions = tuple(
        _question(library, number, answer, rng, analysed=slip.analysed)
        for number, answer in enumerate(answers, start=1)
    )
    marks = [mark for answer in answers for mark in answer.draft.marks]
    grade = grade_essay(library, marks, len(answers), rng) if slip.analysed else None
    halves_back = int(slip.age * HALVES_COVERED)
    year = LAST_YEAR - halves_back // 2
    half = HALVES[halves_back % 2]
    return Essay(
        id=slip.id,
        url=None,
        source="view",
        crawled_at=None,
        company=slip.firm.name,
        company_types=slip.firm.types,
        position=None if rng.random() < NO_POSITION else rng.choice(slip.job.positions),
        year=year,
        half="수시" if rng.random() < ROLLING else half,
        career=rng.choices(("신입", "인턴", None), (85, 9, 6))[0],
        specs=_specs(rng),
        views=min(99_999, int(rng.lognormvariate(7.8, 0.9)) + 40),
        grade=grade,
        overall_advice=None if grade is None else summarise(library, marks, grade, rng),
        questions=questions,
    )


def write_answers(library: Library, slip: Slip, seed: int) -> tuple[Answered, ...]:
    """Write an applicant's answers; only names of the firm differ when they are re-sent."""
    rng = random.Random(f"applicant {seed} {slip.applicant}")
    level = rng.choice(LEVELS)
    weights = {kind: asked.weight for kind, asked in library.questions.items()}
    used: set[str] = set()
    shown: set[str] = set()
    answers: list[Answered] = []
    total = rng.choice(QUESTION_COUNTS)
    for number in range(total):
        kind = rng.choices(list(weights), list(weights.values()))[0]
        del weights[kind]
        points = choose_points(kind, level, rng)
        episode = _episode(_stories(library, slip.job, kind, points, rng), used, rng)
        used.add(episode.topic)
        own = random.Random(f"answer {seed} {slip.applicant} {number}")
        scene = make_scene(
            library,
            kind=kind,
            points=points,
            job=slip.job,
            firm=slip.firm,
            episode=episode,
            used=shown,
            rng=own,
        )
        draft = write_answer(scene)
        if slip.resent and number == total - 1:
            draft.add(scene.line(library.neutral.resend))
        answers.append(Answered(kind, scene.line(library.questions[kind].wordings), draft))
    return tuple(answers)


def _stories(
    library: Library, job: Job, kind: str, points: frozenset[str], rng: random.Random
) -> tuple[Sequence[Episode], Sequence[Episode]]:
    """Return the episodes that fit a question: those to choose from, and those to fall back on."""
    wanted = set(library.questions[kind].story)
    if "unrelated" in points:
        wanted = {"unrelated"}
    elif "off_question" in points:
        wanted = {"challenge"}
    own = [one for one in job.episodes if wanted & set(one.kinds)]
    life = [one for one in library.life if wanted & set(one.kinds)]
    if "challenge" in wanted:
        own, life = ([one for one in pool if "conflict" not in one.kinds] for pool in (own, life))
    share = 1.0 if kind in OWN_KINDS and "unrelated" not in points else OWN_STORY
    return (own, life) if rng.random() < share else (life, own)


def _episode(
    pools: tuple[Sequence[Episode], Sequence[Episode]], used: set[str], rng: random.Random
) -> Episode:
    """Choose an episode that the essay has not told yet, from the first pool that has one."""
    for pool in pools:
        fresh = [one for one in pool if one.topic not in used]
        if fresh:
            return rng.choice(fresh)
    return rng.choice([*pools[0], *pools[1]])


def _question(
    library: Library, number: int, answered: Answered, rng: random.Random, *, analysed: bool
) -> Question:
    text, spans = answered.draft.rendered()
    answer = unicodedata.normalize("NFC", text)
    if answer != text:
        raise ValueError(f"content is not in NFC, so offsets would shift: {text[:40]!r}")
    silent = rng.random() < SILENT
    marks = sorted(answered.draft.marks, key=lambda mark: mark.first)
    passages: list[Passage] = []
    advice: list[Advice] = []
    numbers: Counter[Polarity] = Counter()
    for mark in marks if analysed and not silent else ():
        polarity: Polarity = "good" if mark.name in library.merits else "bad"
        numbers[polarity] += 1
        start, end = spans[mark.first][0], spans[mark.last][1]
        passages.append(Passage(polarity, numbers[polarity], start, end))
        if rng.random() > UNPAIRED:
            advice.append(Advice(polarity, numbers[polarity], advise(library, mark, rng)))
    if advice and rng.random() < 2 * UNPAIRED:
        advice.append(Advice("bad", numbers["bad"] + 1, rng.choice(library.neutral.loose)))
    chars, size = site_counts(answer)
    return Question(
        number=number,
        question=answered.question,
        answer=answer,
        site_chars=chars,
        site_bytes=size,
        passages=tuple(passages),
        advice=tuple(advice),
    )


def _specs(rng: random.Random) -> tuple[str, ...]:
    """Make zero to six specs in the site's manner and order."""
    school = rng.choice(("서울4년", "서울4년", "지방4년", "지방4년", "수도권4년", "초대졸", "고졸"))
    specs = [school]
    if school != "고졸":
        specs.append(f"학점 {rng.randrange(29, 45) / 10}/4.5")
    specs += [
        f"토익 {rng.randrange(140, 198) * 5}",
        f"자격증 {rng.randrange(1, 8)}개",
        f"인턴 {rng.randrange(1, 4)}회",
        f"해외경험 {rng.randrange(1, 3)}회",
        f"수상 {rng.randrange(1, 6)}회",
        f"봉사 {rng.randrange(1, 5)}회",
    ]
    kept = rng.randrange(min(7, len(specs) + 1))
    return tuple(specs[spot] for spot in sorted(rng.sample(range(len(specs)), kept)))


def show(essay: Essay) -> str:
    """Return an essay with its marked passages and advice, for a person to read."""
    facts: Mapping[str, object] = {
        "id": essay.id,
        "firm": essay.company,
        "position": essay.position,
        "when": f"{essay.year} {essay.half} {essay.career}",
        "specs": ", ".join(essay.specs),
        "grade": essay.grade,
    }
    lines = [" | ".join(f"{key}: {value}" for key, value in facts.items())]
    lines += [f"총평: {essay.overall_advice}"] if essay.overall_advice else []
    for question in essay.questions:
        text = question.answer
        for passage in sorted(question.passages, key=lambda one: -one.start):
            label = f"{POLARITY_WORDS[passage.polarity]} {passage.number}"
            marked = f"⟦{text[passage.start : passage.end]}⟧({label})"
            text = text[: passage.start] + marked + text[passage.end :]
        lines += ["", f"Q{question.number}. {question.question} ({question.site_chars}자)", text]
        lines += [
            f"  - {POLARITY_WORDS[advice.polarity]} {advice.number} {advice.text}"
            for advice in question.advice
        ]
    return "\n".join(lines)


def main() -> None:
    """Print essays for a person to read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=whole_number(1, MOST_ESSAYS), default=10)
    parser.add_argument("--seed", type=whole_number(0), default=7)
    options = parser.parse_args()
    for essay in generate_essays(seed=options.seed, count=options.count):
        print(show(essay), end=f"\n\n{'=' * 60}\n\n")


if __name__ == "__main__":
    main()
