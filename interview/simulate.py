"""Whole interviews with a simulated applicant, who draws replies of the bank by their kind.

What the interviewer takes a reply for leads to its next question, so that one mistake moves all
that follows: these are the numbers that parts tested on gold input lack.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from interview.bank import Bank
from interview.dialogue import Heard, Interviewer, State, advance
from interview.material import asks_to_leave
from interview.phrasing import Phraser
from interview.picking import Picked, Picker
from interview.records import BY_MODEL, INTERVIEWS, Dialogues, Kind, Turn, Utterance

#: How often a simulated applicant replies in which way: somebody who knows most of it.
KINDS: dict[Kind, float] = {
    "right": 0.6,
    "partial": 0.1,
    "wrong": 0.1,
    "evasive": 0.06,
    "unknown": 0.08,
    "question": 0.06,
}
#: Replies after which a dialogue counts as one that does not end.
LONGEST = 150
QUESTIONS = frozenset({"greet", "open", "ask", "hint", "explain", "back"})


class GoldPicker:
    """A picker that is told the right answer, for the numbers beside which others stand."""

    name = "gold"

    def __init__(self) -> None:
        self.row: Turn | None = None

    def scores(self, turn: Turn) -> dict[str, float]:
        """Score the right answer alone."""
        return {turn.satisfied: 1.0}

    def pick(self, topic: str, remaining: Sequence[str], reply: str) -> Picked:
        """Give the answer of the row that was told."""
        if self.row is None:
            raise ValueError(f"no row was told for {reply!r} at {topic} {remaining}")
        return Picked(self.row.satisfied, 1.0, asks_to_leave(self.row))


@dataclass(frozen=True)
class Applicant:
    """Somebody who replies to any topic of the bank."""

    rows: Sequence[Utterance]
    rng: random.Random

    def reply(self, state: State) -> Utterance:
        """Draw a reply by kind, among those of the topic that give an open answer or none.

        A topic without such rows, in a small split, is met with what is said at others when
        somebody does not know.
        """
        fit = [row for row in self.rows if row.topic == state.topic and fits(row, state)]
        fit = fit or [row for row in self.rows if row.kind == "unknown"]
        kinds = [kind for kind in KINDS if any(row.kind == kind for row in fit)]
        kind = self.rng.choices(kinds, [KINDS[k] for k in kinds])[0]
        return self.rng.choice([row for row in fit if row.kind == kind])


def fits(row: Utterance, state: State) -> bool:
    """Say whether a row's label holds in a state: what it gives is open, or it gives nothing."""
    return row.kind != "right" or row.satisfied in state.remaining


@dataclass
class Tally:
    """Counts of one dialogue, by name as in `Dialogues`."""

    turns: int = 0
    right: int = 0
    asked_back: int = 0
    repeated: int = 0
    given: int = 0
    credited: int = 0
    phrased: int = 0
    unfit: Counter[str] = field(default_factory=Counter)
    heard: set[str] = field(default_factory=set)


def hold(interviewer: Interviewer, applicant: Applicant) -> Tally:
    """Hold one dialogue, until it ends or is too long."""
    tally = Tally()
    tally.heard.add(interviewer.greet().text)
    while not interviewer.over and tally.turns < LONGEST:
        before = interviewer.state
        row = applicant.reply(before)
        if isinstance(interviewer.picker, GoldPicker):
            interviewer.picker.row = row
        heard, said = interviewer.hear(row.reply)
        gold = Heard(row.satisfied, asks_to_leave(row))
        given = row.satisfied in before.remaining
        tally.turns += 1
        tally.right += interviewer.state == advance(interviewer.bank, before, gold)
        tally.asked_back += heard.satisfied is None
        tally.repeated += said.move in QUESTIONS and said.text in tally.heard
        tally.given += given
        tally.credited += given and heard.satisfied == row.satisfied
        tally.heard.add(said.text)
        if said.phrased:
            tally.phrased += 1
            tally.unfit.update({said.phrased} - {BY_MODEL})
    return tally


def simulate(  # noqa: PLR0913, PLR0917 - what an interviewer is made of, and who answers it
    bank: Bank,
    picker: Picker,
    limit: float,
    rows: Sequence[Utterance],
    seeds: Sequence[int],
    phraser: Phraser | None = None,
) -> Dialogues:
    """Hold a dialogue of each interview for each seed.

    Args:
        bank: The question bank.
        picker: What tells the answer that a reply gives.
        limit: The score under which the interviewer asks back.
        rows: Replies that the applicant draws from.
        seeds: Seeds of the draws and of the wordings.
        phraser: What says the questions; the bank's words where there is none.

    """
    interviewers: list[Interviewer] = []
    tallies: list[Tally] = []
    for interview in INTERVIEWS:
        for seed in seeds:
            rng = random.Random(f"{interview} {seed}")  # noqa: S311 - no cryptography
            interviewers.append(Interviewer(bank, picker, limit, interview, seed, phraser))
            tallies.append(hold(interviewers[-1], Applicant(rows, rng)))
    return Dialogues(
        dialogues=len(tallies),
        finished=sum(interviewer.over for interviewer in interviewers),
        faultless=sum(tally.right == tally.turns for tally in tallies),
        turns=sum(tally.turns for tally in tallies),
        right=sum(tally.right for tally in tallies),
        asked_back=sum(tally.asked_back for tally in tallies),
        repeated=sum(tally.repeated for tally in tallies),
        dead_ends=sum(len(interviewer.state.missed) for interviewer in interviewers),
        given=sum(tally.given for tally in tallies),
        credited=sum(tally.credited for tally in tallies),
        phrased=sum(tally.phrased for tally in tallies),
        unfit=dict(sum((tally.unfit for tally in tallies), Counter[str]())),
    )
