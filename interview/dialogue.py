"""The interviewer's side of a dialogue: what it hears, where it goes, what it says.

`advance` is the whole policy and needs no model: it moves from state to state by what was heard.
So a transcript, which holds what was heard, leads to the same state again.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from interview.bank import Bank
from interview.phrasing import Phraser
from interview.picking import LINES, Picked, Picker
from interview.records import ASKED, BY_MODEL, END, FAILED, MOVES, Interview, Said, Turned
from interview.situation import situation_of
from preprocess.alpaca import RecordError

#: So many replies in a row without an expected answer, and the interviewer gives one up.
PATIENCE = 3


@dataclass(frozen=True)
class State:
    """Where a dialogue stands.

    Attributes:
        topic: The current topic, or the end.
        remaining: Its expected answers that are open, the one asked for first.
        stuck: Replies in a row that brought no answer.
        answered: Expected answers given so far, in order.
        missed: Expected answers given up, in order.

    """

    topic: str
    remaining: tuple[str, ...]
    stuck: int = 0
    answered: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heard:
    """What a reply was taken for: `None` where the interviewer is not sure."""

    satisfied: str | None
    leaves: bool = False


def enter(bank: Bank, state: State, topic: str) -> State:
    """Come to a topic, with all its expected answers open."""
    names = () if topic == END else tuple(e.name for e in bank.topic(topic).expected)
    return replace(state, topic=topic, remaining=names, stuck=0)


def start_of(bank: Bank, interview: Interview) -> State:
    """Give the state in which an interview starts."""
    return enter(bank, State(END, ()), bank.course(interview)[0].name)


def advance(bank: Bank, state: State, heard: Heard) -> State:
    """Go on from what was heard.

    Every reply brings an answer, gives one up, or is one of less than `PATIENCE` that do neither,
    so that a dialogue ends whatever is said.
    """
    if heard.satisfied in state.remaining:
        left = tuple(name for name in state.remaining if name != heard.satisfied)
        answered = (*state.answered, heard.satisfied)
        after = replace(state, remaining=left, answered=answered, stuck=0)
    elif heard.leaves:
        after = replace(state, remaining=(), missed=state.missed + state.remaining)
    elif state.stuck + 1 < PATIENCE:
        return replace(state, stuck=state.stuck + 1)
    else:
        given_up, *rest = state.remaining
        missed = (*state.missed, given_up)
        after = replace(state, remaining=tuple(rest), missed=missed, stuck=0)
    return after if after.remaining else enter(bank, after, bank.following(state.topic))


def move_of(before: State, heard: Heard, after: State) -> Turned:
    """Tell what the interviewer does after a reply."""
    if after.topic == END:
        return "close"
    if after.topic != before.topic:
        return "open"
    if after.remaining != before.remaining:
        return "ask"
    if heard.satisfied is None:
        return "back"
    if heard.satisfied == ASKED:
        return "explain"
    return "hint" if before.stuck == 0 else "ask"


@dataclass
class Interviewer:
    """One dialogue.

    Attributes:
        bank: The question bank.
        picker: What tells the answer that a reply gives.
        limit: The score under which the interviewer asks back.
        interview: Which interview is held.
        seed: Which wordings come first.
        phraser: What says the questions, in the bank's stead where its words keep to the form.

    """

    bank: Bank
    picker: Picker
    limit: float
    interview: Interview
    seed: int = 0
    phraser: Phraser | None = None
    state: State = field(init=False)
    used: Counter[tuple[str, Turned, str | None]] = field(init=False, default_factory=Counter)
    lines: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.state = start_of(self.bank, self.interview)
        self.lines = tomllib.loads(LINES.read_text(encoding="utf-8"))

    @property
    def over(self) -> bool:
        """Say whether the interview has come to its end."""
        return self.state.topic == END

    @property
    def expected_here(self) -> int:
        """Count the expected answers of the current topic, open or not."""
        return len(self.bank.topic(self.state.topic).expected)

    def greet(self) -> Said:
        """Greet, and open the first topic."""
        question = self.worded("open", None)
        return self.say(f"{self.lines['greet'][self.interview]} {question}", "greet", None)

    def hear(self, text: str) -> tuple[Said, Said]:
        """Take a reply, whatever it is, and answer it."""
        line, said = self.take(text)
        return line, self.voiced(line, said)

    def take(self, text: str) -> tuple[Said, Said]:
        """Take a reply, and say in the bank's words what follows; `voiced` asks the phraser."""
        reply = clean(text)
        picked, before = self.understand(reply), self.state
        heard = Heard(picked.answer or None, picked.leaves)
        line = Said(
            interview=self.interview,
            seed=self.seed,
            speaker="applicant",
            text=reply,
            topic=before.topic,
            satisfied=heard.satisfied,
            score=picked.score,
            leaves=picked.leaves,
        )
        self.state = advance(self.bank, before, heard)
        return line, self.respond(before, heard)

    def understand(self, reply: str) -> Picked:
        """Pick the answer; an empty one where the score is too low, or no letter was typed."""
        if not any(c.isalnum() for c in reply):
            return Picked("", 0.0, leaves=False)
        picked = self.picker.pick(self.state.topic, self.state.remaining, reply)
        unsure = picked.score <= self.limit and not picked.leaves
        return replace(picked, answer="") if unsure else picked

    def respond(self, before: State, heard: Heard) -> Said:
        """Say what follows a reply."""
        move = move_of(before, heard, self.state)
        if move == "explain" and len(self.state.remaining) < self.expected_here:
            move = "hint"  # an explanation speaks of the whole topic, which is partly done
        expected = self.state.remaining[0] if move in {"ask", "hint"} else None
        words = self.worded(move, expected)
        if heard.satisfied in before.remaining:
            words = f"{self.line('thanks')} {words}"
        elif move != "close" and (move == "open" or len(self.state.missed) > len(before.missed)):
            words = f"{self.line('moving_on')} {words}"
        return self.say(words, move, expected)

    def voiced(self, heard: Said, said: Said) -> Said:
        """Have the phraser, where there is one, say what the bank's words say to a reply."""
        if self.phraser is None or said.move not in MOVES:
            return said
        phrased = self.phraser.phrase(situation_of(heard, said))
        if phrased.unfit:
            return msgspec.structs.replace(said, phrased=phrased.unfit)
        return msgspec.structs.replace(said, text=clean(phrased.text), phrased=BY_MODEL)

    def worded(self, move: Turned, expected: str | None) -> str:
        """Choose the wording of a move that was used least in this dialogue."""
        if move == "close":
            return str(self.lines["close"])
        if move == "back":
            return self.line("back")
        texts = [
            row.text
            for row in self.bank.questions
            if (row.topic, row.move, row.expected) == (self.state.topic, move, expected)
        ]
        return self.next_of(texts, (self.state.topic, move, expected))

    def line(self, name: str) -> str:
        """Choose a line that belongs to no topic."""
        return self.next_of(self.lines[name], (name, "back", None))

    def next_of(self, texts: Sequence[str], key: tuple[str, Turned, str | None]) -> str:
        """Go round the wordings, from the one that the seed says."""
        text = texts[(self.seed + self.used[key]) % len(texts)]
        self.used[key] += 1
        return text

    def say(self, text: str, move: Turned, expected: str | None) -> Said:
        """Make a line of the interviewer."""
        return Said(
            interview=self.interview,
            seed=self.seed,
            speaker="interviewer",
            text=text,
            topic=self.state.topic,
            move=move,
            expected=expected,
        )

    def replay(self, lines: Iterable[Said], path: Path) -> Said:
        """Come to the state in which a transcript ended, with no question to the phraser.

        Returns:
            What the interviewer said last, or says now, where a reply was left without an answer.

        Raises:
            RecordError: A line does not follow from those before it by this bank.

        """
        last, due, waiting = self.greet(), True, None
        for number, line in enumerate(lines, start=1):
            problem = self.misfit(line, last if due else self.awaited())
            if problem:
                raise RecordError(f"{path}, line {number}: {problem}; start a new transcript")
            due = line.speaker == "applicant"
            if not due:
                last = line
                continue
            before, heard = self.state, Heard(line.satisfied, line.leaves)
            self.state = advance(self.bank, before, heard)
            last, waiting = self.respond(before, heard), line
        return self.voiced(waiting, last) if waiting and due else last

    def awaited(self) -> Said:
        """Make the reply that is due, without its words."""
        return Said(
            interview=self.interview,
            seed=self.seed,
            speaker="applicant",
            text="",
            topic=self.state.topic,
        )

    def misfit(self, line: Said, due: Said) -> str | None:
        """Say what a transcript's line has otherwise than the one that is due, if anything."""
        if self.over and due.speaker == "applicant":
            return "the interview is over before it"
        for name in ("speaker", "interview", "seed", "topic", "move", "expected"):
            found, wanted = (msgspec.json.encode(getattr(of, name)).decode() for of in (line, due))
            if found != wanted:
                return f"{name} is {found} where this bank comes to {wanted}"
        answers = (None, FAILED, ASKED, *self.state.remaining)
        if line.speaker == "applicant" and line.satisfied not in answers:
            return f"satisfied: {line.satisfied} is no open answer of {line.topic}"
        return None

    def summary(self) -> str:
        """Write what was answered and what was missing, topic by topic."""
        words = self.lines["summary"]
        told, ahead = [words["head"]], []
        done = self.state.answered + self.state.missed
        for topic in self.bank.course(self.interview):
            names = [e.name for e in topic.expected]
            groups = {
                words["answered"]: [n for n in names if n in self.state.answered],
                words["missed"]: [n for n in names if n in self.state.missed],
                words["open"]: [n for n in names if n not in done],
            }
            if topic.name != self.state.topic and names == groups[words["open"]]:
                ahead.append(topic.name)
                continue
            parts = (f"{head}: {', '.join(of)}" for head, of in groups.items() if of)
            told.append(f"- {topic.name} — {' / '.join(parts)}")
        if ahead:
            told.append(f"- {words['ahead']}: {', '.join(ahead)}")
        return "\n".join(told)


#: What arrow keys and the like send in a terminal (ECMA-48, control sequences).
_KEYS = re.compile(r"\x1b[\[O][0-?]*[ -/]*[@-~]")


def clean(text: str) -> str:
    """Make a reply fit for a transcript: one line, NFC, no control characters, no lone halves."""
    whole = _KEYS.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
    kept = (" " if unicodedata.category(c) == "Cc" else c for c in whole)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))
