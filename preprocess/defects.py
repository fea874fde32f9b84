"""Drafts: answers with named defects put in, each of which can be taken back.

`make_draft` damages an answer as applicants do; `restore` gives the answer again, exactly.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from crawler.items import NotNegative, Positive, Record, Text
from preprocess.defects_phrases import cliche, praise, register, repetition, run_on
from preprocess.defects_sentences import Sentence, statements
from preprocess.defects_words import damaged_words
from preprocess.edits import Edit

Kind = Literal[
    "run_on", "register", "repetition", "cliche", "praise", "figures", "spelling", "spacing"
]
#: Kinds in the order in which they take their places, the larger ones first.
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
NAMES: Final[dict[Kind, str]] = {
    "run_on": "늘어진 문장",
    "register": "말투가 섞임",
    "repetition": "같은 말 되풀이",
    "cliche": "상투적인 표현",
    "praise": "지나친 칭찬",
    "figures": "수치가 빠짐",
    "spelling": "맞춤법",
    "spacing": "띄어쓰기",
}
#: Kinds whose cure stands in the draft itself. A removed figure does not: who trains on drafts that
#: lack figures also trains a model to write figures that it cannot know.
RECOVERABLE: Final[frozenset[Kind]] = frozenset(KINDS) - {"figures"}
#: The most defects of a kind in an answer of no length, and the characters that allow one more.
MOST: Final[dict[Kind, tuple[int, int]]] = {
    "run_on": (1, 500),
    "register": (1, 400),
    "repetition": (1, 900),
    "cliche": (1, 500),
    "praise": (1, 2000),
    "figures": (1, 250),
    "spelling": (1, 250),
    "spacing": (2, 200),
}
LEAST_DEFECTS: Final = 2
#: How many kinds a draft has, where its answer allows that many.
KIND_COUNTS: Final = (2, 3, 3, 4, 4, 5)

Finder = Callable[[str, Sequence[Sentence], random.Random], Iterator[Edit]]


class Defect(Record, frozen=True):
    """One defect of a draft.

    `start` and `end` are code points into the draft, never empty; `original` is what the answer has
    there, empty where the defect was added. `name` is the kind in Korean.
    """

    kind: Kind
    name: Text
    start: NotNegative
    end: Positive
    original: str


@dataclass(frozen=True)
class Draft:
    """A damaged answer and its defects in the order of the text."""

    text: str
    defects: tuple[Defect, ...]


def make_draft(answer: str, *, seed: str, kinds: Collection[str] | None = None) -> Draft:
    """Damage an answer, the same way for the same seed.

    A kind that finds no place is left out, so an answer without any comes back as it is. Two
    defects are made at least, where the answer has places for two.

    Args:
        answer: The text, in composed form.
        seed: What decides the defects; the id of a row serves.
        kinds: The kinds to put in, of `KINDS`; without it some of all are chosen.

    Raises:
        ValueError: A kind is not known.

    """
    unknown = sorted(set(kinds or ()) - set(KINDS))
    if unknown:
        raise ValueError(
            f"unknown kinds of defects: {', '.join(unknown)}; known: {', '.join(KINDS)}"
        )
    sentences = statements(answer)
    places = {
        kind: _places(kind, answer, sentences, seed)
        for kind in KINDS
        if kinds is None or kind in kinds
    }
    chosen = _choose_kinds(places, seed) if kinds is None else list(places)
    edits: list[Edit] = []
    for kind in sorted(chosen, key=KINDS.index):
        rng = _chance(seed, f"{kind} count")
        few, every = MOST[kind]
        _take(edits, places[kind], rng.randint(1, few + len(answer) // every))
    for kind in [*chosen, *places]:
        if len(edits) < LEAST_DEFECTS:
            _take(edits, places[kind], LEAST_DEFECTS - len(edits))
    return _drafted(answer, sorted(edits))


def restore(draft: Draft) -> str:
    """Take all defects of a draft back."""
    text = draft.text
    for defect in reversed(draft.defects):
        text = text[: defect.start] + defect.original + text[defect.end :]
    return text


def _chance(seed: str, purpose: str) -> random.Random:
    return random.Random(f"{seed} {purpose}")  # noqa: S311 - the same drafts again, not a secret


FINDERS: Final[dict[Kind, Finder]] = {
    "run_on": run_on,
    "register": register,
    "repetition": repetition,
    "cliche": cliche,
    "praise": praise,
}


def _places(kind: Kind, answer: str, sentences: Sequence[Sentence], seed: str) -> list[Edit]:
    rng = _chance(seed, kind)
    if kind in ("figures", "spelling", "spacing"):
        found = list(damaged_words(kind, answer, rng))
    else:
        found = list(FINDERS[kind](answer, sentences, rng))
    rng.shuffle(found)
    return found


def _choose_kinds(places: dict[Kind, list[Edit]], seed: str) -> list[Kind]:
    rng = _chance(seed, "kinds")
    possible = [kind for kind, found in places.items() if found]
    return rng.sample(possible, min(len(possible), rng.choice(KIND_COUNTS)))


def _take(taken: list[Edit], places: Sequence[Edit], most: int) -> None:
    """Take edits that stay clear of each other, so that each can be taken back alone."""
    left = most
    for edit in places:
        if left and all(edit.end < one.start or one.end < edit.start for one in taken):
            taken.append(edit)
            left -= 1


def _drafted(answer: str, edits: Sequence[Edit]) -> Draft:
    pieces: list[str] = []
    defects: list[Defect] = []
    done = shift = 0
    for edit in edits:
        start = edit.start + shift
        kind = cast("Kind", edit.kind)
        original = answer[edit.start : edit.end]
        defects.append(Defect(kind, NAMES[kind], start, start + len(edit.text), original))
        pieces += [answer[done : edit.start], edit.text]
        done = edit.end
        shift += len(edit.text) - len(original)
    return Draft("".join([*pieces, answer[done:]]), tuple(defects))
