"""The content files (`content/*.toml`, `content/jobs/*.toml`), read strictly into records."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec

from crawler.replica.korean import FINALS, FIRST_SYLLABLE
from crawler.replica.wording import slots_of

CONTENT: Final = Path(__file__).parent / "content"
Lines = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
STORY_SLOTS: Final = frozenset(
    [
        "topic",
        "strength",
        "field",
        "firm",
        "business",
        "fact",
        "proof",
        "step",
        "missing",
        "asked",
        "given",
        "length",
        "q",
        "cert1",
        "cert2",
        "cert3",
        "cert4",
    ]
)
STORY_KINDS: Final = frozenset(
    ("skill", "challenge", "teamwork", "conflict", "failure", "creative", "unrelated")
)
# The past ending that a run-on sentence is chained by.
PAST_ENDING: Final = "습니다."
DOUBLE_SIOT = 20


class ContentError(ValueError):
    """Content files that cannot be used; the message lists every fault found."""


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the content: an unknown key is an error."""


class Episode(Strict, frozen=True):
    """A small story. `rows` hold the values that its sentences share, one row per telling.

    `proof`, `step` and `missing` are phrases by which advice names the result, the applicant's
    part, and what a vague result leaves out.
    """

    topic: str
    kinds: Lines
    strength: str
    rows: Annotated[tuple[dict[str, str], ...], msgspec.Meta(min_length=1)]
    situation: str
    problem: str
    actions: Annotated[tuple[str, ...], msgspec.Meta(min_length=3, max_length=3)]
    figures: str
    vague: str
    lesson: str
    proof: str
    step: str
    missing: str


class Job(Strict, frozen=True):
    """A line of work: its names, the firms that hire for it, and what its applicants write."""

    positions: Lines
    field: str
    tags: Lines
    certs: Annotated[tuple[str, ...], msgspec.Meta(min_length=4)]
    why: Lines
    link: Lines
    year1: Lines
    year3: Lines
    year5: Lines
    episodes: Annotated[tuple[Episode, ...], msgspec.Meta(min_length=6)]


class Firm(Strict, frozen=True):
    """An invented firm, and how applicants write its name."""

    name: str
    short: str
    types: Lines
    tags: Lines
    business: str
    facts: Annotated[tuple[str, ...], msgspec.Meta(min_length=3, max_length=3)]


class Asked(Strict, frozen=True):
    """A kind of question: its wordings, and the kinds of episode that answer it."""

    weight: int
    asked: str
    story: Lines
    wordings: Lines


class Shown(Strict, frozen=True):
    """A passage's wording `t`, and words of it, `q`, that advice may quote."""

    t: str
    q: str


class Point(Strict, frozen=True):
    """A kind of weakness or merit: its passages, and the advice on them in two halves."""

    heads: Lines
    tails: Lines
    overall: Lines
    text: tuple[Shown, ...] = ()


class Neutral(Strict, frozen=True):
    """Sentences that carry no point, and the lines around an analysis."""

    headlines: Lines
    loose: Lines
    turns: Lines
    filler: Lines
    plain: Lines
    resend: Lines
    opening: dict[str, Lines]
    closing: dict[str, Lines]
    overall: dict[str, Lines]


class Library(Strict, frozen=True):
    """All content."""

    jobs: tuple[Job, ...]
    firms: tuple[Firm, ...]
    questions: dict[str, Asked]
    faults: dict[str, Point]
    merits: dict[str, Point]
    neutral: Neutral
    life: tuple[Episode, ...]


T = TypeVar("T")


@cache
def load() -> Library:
    """Read and check all content.

    Raises:
        ContentError: A file has an unknown or missing key, or a template an unknown slot.

    """
    library = Library(
        jobs=tuple(_read(f"jobs/{path.name}", Job) for path in sorted(CONTENT.glob("jobs/*.toml"))),
        firms=_read("firms.toml", dict[str, tuple[Firm, ...]])["firms"],
        questions=_read("questions.toml", dict[str, Asked]),
        faults=_read("faults.toml", dict[str, Point]),
        merits=_read("merits.toml", dict[str, Point]),
        neutral=_read("neutral.toml", Neutral),
        life=_read("life.toml", dict[str, tuple[Episode, ...]])["episodes"],
    )
    problems = list(_problems(library))
    if problems:
        raise ContentError("\n".join(problems))
    return library


def _read(name: str, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads((CONTENT / name).read_text(encoding="utf-8")), kind)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"crawler/replica/content/{name}: {error}; mend the file") from error


def _problems(library: Library) -> Iterator[str]:
    for job in library.jobs:
        for episode in job.episodes:
            yield from _episode_problems(episode)
        for line in (*job.why, *job.link, *job.year1, *job.year3, *job.year5):
            yield from _slot_problems(line, STORY_SLOTS)
        if not any(set(job.tags) & set(firm.tags) for firm in library.firms):
            yield f"no firm hires for {job.field}; add one of its tags to a firm"
    for episode in library.life:
        yield from _episode_problems(episode)
    yield from _point_problems(library)
    yield from _neutral_problems(library)


def _point_problems(library: Library) -> Iterator[str]:
    for point in (*library.faults.values(), *library.merits.values()):
        shown = [words for text in point.text for words in (text.t, text.q)]
        for line in (*point.heads, *point.tails, *point.overall, *shown):
            yield from _slot_problems(line, STORY_SLOTS)


def _neutral_problems(library: Library) -> Iterator[str]:
    neutral = library.neutral
    parts = (*neutral.opening.values(), *neutral.closing.values(), *neutral.overall.values())
    for line in (
        line
        for part in (*parts, neutral.headlines, neutral.filler, neutral.plain, neutral.turns)
        for line in part
    ):
        yield from _slot_problems(line, STORY_SLOTS)
    for kind in library.questions:
        if kind not in neutral.opening or kind not in neutral.closing:
            yield f"neutral.toml has no opening or no closing for the question kind {kind}"


def _episode_problems(episode: Episode) -> Iterator[str]:
    for kind in set(episode.kinds) - STORY_KINDS:
        yield f"{episode.topic}: unknown kind {kind}; one of {sorted(STORY_KINDS)}"
    told = (episode.situation, episode.problem, *episode.actions)
    rest = (episode.figures, episode.vague, episode.lesson, episode.proof, episode.step)
    for row in episode.rows:
        for line in (*told, *rest, episode.missing):
            yield from _slot_problems(line, frozenset(row))
    for line in told:
        if not _chains(line):
            yield f"{episode.topic}: {line!r} must end in a past 습니다. in every choice"


def _chains(line: str) -> bool:
    """Tell whether every choice ends in a syllable that closes with ㅆ and then 습니다."""
    ending = line.rsplit("[", 1)[-1] if line.endswith("].") else line
    choices = ending.removesuffix("].").split("|") if line.endswith("].") else [ending[:-1]]
    stem = PAST_ENDING[:-1]
    return all(
        choice.endswith(stem)
        and (ord(choice[-len(stem) - 1]) - FIRST_SYLLABLE) % FINALS == DOUBLE_SIOT
        for choice in choices
    )


def _slot_problems(line: str, known: frozenset[str]) -> Iterator[str]:
    for name in slots_of(line) - known:
        yield f"unknown slot {{{name}}} in {line!r}; known: {sorted(known)}"
