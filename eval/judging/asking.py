"""Asking a judge: kept replies first, bounded retries, and what it cost.

A question is asked at temperature 0, and again, drawn with the number of the attempt as seed, while
the reply holds no verdict. Every reply is kept, read or not. A judge that does not answer at all
is asked again by the next run of the command.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

from eval.judging.kept import KeptReplies
from eval.judging.prompts import Question
from eval.judging.records import JudgeCost, KeptReply
from eval.records import Unscored
from preprocess.endpoint import (
    Endpoint,
    EndpointError,
    LateError,
    RejectedError,
    Sampling,
    TemporaryError,
    ask_counted,
)

#: How often a question is asked until a verdict can be read.
ATTEMPTS: Final = 3
#: Temperature of all attempts but the first, which would else come out the same.
DRAWN: Final = 0.7
#: After so many questions in a row without a reply, the endpoint counts as down.
FAILURES_IN_A_ROW: Final = 3
NO_ANSWER: Final = "the endpoint gave no answer"
REJECTED: Final = "the endpoint rejected the question"

C = TypeVar("C")
D = TypeVar("D")
V = TypeVar("V")


class Judge:
    """A judge at an endpoint, whose replies are kept. Threads may share it.

    Args:
        endpoint: Where to ask, and whom.
        kept: Where replies are looked up first, and kept.
        most_tokens: Room for one reply.

    Attributes:
        last_failure: Why there was no reply to the last question that has none.

    """

    def __init__(self, endpoint: Endpoint, kept: KeptReplies, most_tokens: int) -> None:
        self._endpoint = endpoint
        self._kept = kept
        self._most_tokens = most_tokens
        self._lock = threading.Lock()
        self.last_failure: EndpointError | None = None
        self._failures = 0
        self._answers = False
        self._asked = 0
        self._used: list[KeptReply] = []

    def ask(
        self, question: Question, read: Callable[[KeptReply, str], V | Unscored]
    ) -> V | Unscored:
        """Ask until a verdict can be read, a few times at most.

        Args:
            question: What to ask.
            read: Reads a verdict with the question's code off a reply.

        Returns:
            The verdict, or why the last reply holds none.

        Raises:
            EndpointError: The endpoint refuses, or it failed on several questions in a row.

        """
        found: V | Unscored = Unscored(NO_ANSWER)
        for attempt in range(ATTEMPTS):
            reply = self._reply(question.prompt, attempt)
            if isinstance(reply, Unscored):
                return reply
            found = read(reply, question.code)
            if not isinstance(found, Unscored):
                return found
        return found

    def cost(self) -> JudgeCost:
        """Sum up all replies that were looked at, kept ones too."""
        used = self._used
        return JudgeCost(
            replies=len(used),
            asked=self._asked,
            prompt_tokens=sum(reply.prompt_tokens or 0 for reply in used),
            completion_tokens=sum(reply.completion_tokens or 0 for reply in used),
            uncounted=sum(None in (r.prompt_tokens, r.completion_tokens) for r in used),
        )

    def _reply(self, prompt: str, attempt: int) -> KeptReply | Unscored:
        """Give the kept reply, or ask; one that was cut is asked for again with more room."""
        reply = self._kept.held(self._endpoint.model, prompt, attempt)
        if reply is None or (reply.finish == "length" and reply.most_tokens < self._most_tokens):
            try:
                reply = self._asked_now(prompt, attempt)
            except (TemporaryError, RejectedError) as error:
                self._count_failure(error)
                return Unscored(REJECTED if isinstance(error, RejectedError) else NO_ANSWER)
            self._kept.keep(reply)
            with self._lock:
                self._failures, self._answers = 0, True
                self._asked += 1
        with self._lock:
            self._used.append(reply)
        return reply

    def _asked_now(self, prompt: str, attempt: int) -> KeptReply:
        temperature = DRAWN if attempt else 0.0
        sampling = Sampling(temperature, self._most_tokens, seed=attempt)
        got = ask_counted(self._endpoint, prompt, sampling)
        return KeptReply(
            model=self._endpoint.model,
            prompt=prompt,
            attempt=attempt,
            most_tokens=self._most_tokens,
            text=got.text,
            finish=got.finish,
            prompt_tokens=got.prompt_tokens,
            completion_tokens=got.completion_tokens,
        )

    def _count_failure(self, error: EndpointError) -> None:
        """Raise what failed so often in a row that the endpoint counts as down.

        Rejections count until there is a reply in this attempt: from then on it is the questions,
        not the model. Where replies are kept alone, one that was taken is asked for again to see.
        """
        rejected = isinstance(error, RejectedError)
        with self._lock:
            self.last_failure = error
            if rejected and self._answers:
                return
            self._failures += 1
            if self._failures < FAILURES_IN_A_ROW:
                return
            if not (rejected and self._used):
                raise error
            self._asked_now(self._used[0].prompt, self._used[0].attempt)
            self._failures, self._answers = 0, True


def in_full(error: EndpointError) -> str:
    """Say why the endpoint gave no reply, and which option gives it more time."""
    more = "; --timeout (TIMEOUT= of make) gives it more" if isinstance(error, LateError) else ""
    return f"{error}{more}"


def side_by_side(work: Callable[[C], D], cases: Sequence[C], at_once: int) -> Iterator[D]:
    """Do the same work on all cases, so many at a time, and yield what comes of each as it comes.

    Raises:
        Exception: What the work raised first; no further case is then begun.

    """
    waiting: SimpleQueue[C] = SimpleQueue()
    done: SimpleQueue[D | Exception] = SimpleQueue()
    for case in cases:
        waiting.put(case)
    stopped = threading.Event()

    def worker() -> None:
        while not stopped.is_set():
            try:
                done.put(work(waiting.get_nowait()))
            except Empty:
                return
            except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
                stopped.set()
                done.put(error)

    for _ in range(at_once):
        # Not a pool of `concurrent.futures`: its end, an interrupt too, waits for slow answers.
        threading.Thread(target=worker, daemon=True).start()
    try:
        for _ in cases:
            one = done.get()
            if isinstance(one, Exception):
                raise one
            yield one
    finally:
        stopped.set()
