"""What a model is shown of a turn, so that it says the next question: the input of `interview`.

Rows for training and live dialogues are written by the same lines, and the wrapper around them
stands in the run's YAML, so that a prompt is the same bytes at training and in the dialogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from interview.records import FAILED, Said

INSTRUCTION: Final = (
    "면접관이 되어, 지원자의 답변에 짧게 반응하고 다음 질문을 한두 문장의 존댓말로 해 주세요."
)
#: Of a longer reply the beginning is shown: it must leave room for the question.
MOST_CHARS: Final = 600
SILENT: Final = "(말 없음)"


@dataclass(frozen=True)
class Situation:
    """A turn that was understood, with where the interview goes on; a row's part before the answer.

    Attributes:
        topic: The topic of the reply.
        reply: The reply, on one line.
        satisfied: The expected answer that it gives, or that it gives none, or asks back.
        next_topic: The topic of the next question.
        expected: The expected answer that is asked for, where it is a certain one.

    """

    topic: str
    reply: str
    satisfied: str
    next_topic: str
    expected: str | None = None

    @property
    def instruction(self) -> str:
        """The task, in Korean."""
        return INSTRUCTION

    @property
    def input(self) -> str:
        """The turn, a line for each of its parts."""
        cut = "…" * (len(self.reply) > MOST_CHARS)
        wanted = f" - {self.expected}" if self.expected else ""
        return (
            f"현재 주제: {self.topic}\n"
            f"지원자 답변: {self.reply[:MOST_CHARS] or SILENT}{cut}\n"
            f"충족한 답변: {self.satisfied}\n"
            f"다음 질문: {self.next_topic}{wanted}"
        )


def situation_of(heard: Said, said: Said) -> Situation:
    """Take the situation from a reply and what the interviewer says to it, both of a transcript."""
    satisfied = heard.satisfied or FAILED
    return Situation(heard.topic, heard.text, satisfied, said.topic, said.expected)
