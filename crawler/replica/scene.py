"""What an answer is written from (a scene) and into (a draft with the points it shows)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.replica.library import Episode, Firm, Job, Library
from crawler.replica.wording import fill

JOINT, PARAGRAPH, GLUED = " ", "\n\n", ""


@dataclass(frozen=True)
class Mark:
    """A point shown by pieces `first` to `last` of a draft, with the words advice may use."""

    name: str
    first: int
    last: int
    slots: Mapping[str, str]


@dataclass
class Draft:
    """An answer being written: pieces of text, each with what joins it to the one before.

    `told` says whether its episode is told in it.
    """

    texts: list[str] = field(default_factory=list)
    joints: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    told: bool = False

    def add(self, text: str, joint: str = JOINT) -> int:
        """Add a piece and return its index."""
        self.texts.append(text)
        self.joints.append(joint if self.texts[1:] else "")
        return len(self.texts) - 1

    def rendered(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        """Return the answer, and each piece's start and end in it."""
        answer, spans = "", []
        for joint, text in zip(self.joints, self.texts, strict=True):
            answer += joint
            spans.append((len(answer), len(answer) + len(text)))
            answer += text
        return answer, tuple(spans)


@dataclass(frozen=True)
class Scene:
    """What an answer is about: the question's kind, the story told, the job and the firm.

    `used` holds the passages that the essay has already shown; it grows.
    """

    library: Library
    kind: str
    points: frozenset[str]
    job: Job
    firm: Firm
    episode: Episode
    told: Mapping[str, str]
    slots: Mapping[str, str]
    used: set[str]
    rng: random.Random

    def line(self, templates: tuple[str, ...]) -> str:
        """Fill one of the templates."""
        return fill(self.rng.choice(templates), self.slots, self.rng)

    def chance(self, share: float) -> bool:
        """Draw a yes or a no."""
        return self.rng.random() < share


def make_scene(  # noqa: PLR0913 - a scene is made of just these
    library: Library,
    *,
    kind: str,
    points: frozenset[str],
    job: Job,
    firm: Firm,
    episode: Episode,
    used: set[str],
    rng: random.Random,
) -> Scene:
    """Choose the telling of an episode and the words of the scene.

    The draws do not depend on the firm, so that an essay re-sent to another firm stays the same.
    """
    row = rng.choice(episode.rows)
    names = ("situation", "problem", "figures", "vague", "lesson", "proof", "step", "missing")
    told = {name: fill(getattr(episode, name), row, rng) for name in names}
    told |= {f"action{i}": fill(line, row, rng) for i, line in enumerate(episode.actions)}
    certs = rng.sample(job.certs, 4)
    slots = {
        "topic": episode.topic,
        "strength": episode.strength,
        "field": job.field,
        "firm": firm.short,
        "business": firm.business,
        "fact": firm.facts[rng.randrange(len(firm.facts))],
        "asked": library.questions[kind].asked,
        "given": "직무 경험담" if "skill" in episode.kinds else "성취 경험담",
    }
    slots |= {f"cert{i}": cert for i, cert in enumerate(certs, start=1)}
    slots |= {name: told[name] for name in ("proof", "step", "missing")}
    return Scene(library, kind, points, job, firm, episode, told, slots, used, rng)
