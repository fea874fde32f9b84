"""Any OpenAI-compatible model as a system: `openai:<model>`, with none and with one example.

    OPENAI_BASE_URL=http://127.0.0.1:8000/v1 python -m eval.generate --run RUN --system openai:NAME

Each answer is kept the moment it comes, so that nothing is paid for twice: the next attempt asks
only what has no answer yet. A question that the endpoint will not take, as when it is too long, has
an empty answer, as from the engines here. Essays go to the endpoint, so it should be yours.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from threading import Event, Lock
from urllib.parse import urlsplit

import msgspec

from eval.answers.answering import Job, keep, whole_lines
from eval.answers.engines import Drawing
from eval.predictions import ENDPOINT
from eval.records import Prediction
from preprocess.alpaca import AlpacaRow, Record, encode_line, read_jsonl, write_whole
from preprocess.endpoint import (
    BASE_URL,
    KEY,
    Endpoint,
    EndpointError,
    RejectedError,
    Sampling,
    ask_counted,
)

PREFIX = ENDPOINT
SHOT = "-1shot"
#: Hosts of this machine; a server there takes any key, so none needs to be set.
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
#: Tokens an answer may take for each character of the longest training answer. A Korean syllable is
#: a token or less to today's large models, and up to three to a model that knows no Korean.
TOKENS_A_CHARACTER = 2
#: An endpoint that has not answered yet and rejects a question is asked so many of the shortest.
SHORTEST = 3


class Answered(Record, frozen=True):
    """One answer of an endpoint as it is kept: the prediction, and the tokens it cost.

    `rejected` where the endpoint would not take the question, so that the answer is empty.
    """

    prediction: Prediction
    prompt_tokens: int | None
    completion_tokens: int | None
    rejected: bool = False


class Cost(Record, frozen=True):
    """What a system's answers cost in tokens; `uncounted` answers came without a count."""

    answers: int
    prompt_tokens: int
    completion_tokens: int
    uncounted: int

    def __str__(self) -> str:
        """Write the cost as the command prints it."""
        known = f"{self.prompt_tokens:,} tokens read, {self.completion_tokens:,} written"
        return f"{known}, {self.uncounted} answers not counted" if self.uncounted else known


@dataclass(frozen=True)
class Patience:
    """How an endpoint is asked: so many questions at once, an answer of so many tokens at most."""

    parallel: int
    most_tokens: int
    drawing: Drawing

    @property
    def sampling(self) -> Sampling:
        """Write this as the API has it; some endpoints draw at temperature 0 too, hence a seed."""
        return Sampling(self.drawing.temperature, self.most_tokens, self.drawing.seed)


def endpoint_systems(name: str) -> tuple[str, ...]:
    """Name both systems of `openai:<model>`, with none and with one example, or the one named."""
    return (name,) if name.endswith(SHOT) else (name, f"{name}{SHOT}")


def model_of(system: str) -> tuple[str, bool]:
    """Tell a system's `openai:<model>`, and whether its prompts carry an example."""
    return system.removesuffix(SHOT), system.endswith(SHOT)


def endpoint_of(system: str, environment: Mapping[str, str], timeout: float) -> Endpoint:
    """Find where to ask the model of `openai:<model>`.

    Raises:
        EndpointError: No model is named, or address or key are missing or unusable.

    """
    model = system.removeprefix(PREFIX)
    if not model or system == model:
        raise EndpointError(f"{system!r} names no model; write {PREFIX}NAME")
    url = environment.get(BASE_URL, "").rstrip("/")
    if not url:
        raise EndpointError(f"{BASE_URL} is not set; set it like http://127.0.0.1:8000/v1")
    key = environment.get(KEY, "")
    endpoint = Endpoint(url, model, key or "local", timeout=timeout)
    if not key and urlsplit(url).hostname not in LOCAL:
        raise EndpointError(f"{KEY} is not set, and {url} is not this machine; set it")
    return endpoint


@cache
def forms() -> dict[str, str]:
    """Read the form of each task's answer, in Korean, as a model that was not trained is told."""
    text = files("eval").joinpath("templates", "answer_forms.toml").read_text(encoding="utf-8")
    return {task: form.strip() for task, form in tomllib.loads(text).items()}


def told(row: AlpacaRow, task: str) -> AlpacaRow:
    """Add the answer's form to a row's instruction, and fence off its essay.

    The fence holds a digest of the essay, so that no essay can hold its own fence.
    """
    fence = sha256(row.input.encode()).hexdigest()[:12]
    instruction = f"{row.instruction}\n\n{forms()[task].replace('{fence}', fence)}"
    fenced = f"<자료 {fence}>\n{row.input}\n</자료 {fence}>"
    return msgspec.structs.replace(row, instruction=instruction, input=fenced)


def ask_all(
    jobs: Sequence[Job], path: Path, endpoint: Endpoint, patience: Patience
) -> Iterator[Answered]:
    """Yield every answer, kept ones first, then new ones as they come and are kept.

    A rejected question has an empty answer, once the endpoint has answered any in this attempt. To
    see whether it will, the shortest of all are asked, kept ones too: one is paid for twice then.

    Args:
        jobs: The prompts.
        path: Where answers are kept until all are there.
        endpoint: Whom to ask.
        patience: How.

    Raises:
        EndpointError: The endpoint does not answer, or rejects all that it is asked; what it
            answered before is kept.

    """
    kept = answered_so_far(path, jobs)
    yield from kept
    done = {answer.prediction.id for answer in kept}
    lock, failed = Lock(), Event()
    questions = _Questions(jobs, endpoint, patience)

    def ask_and_keep(job: Job) -> Answered | None:
        if failed.is_set():
            return None
        try:
            answer = questions.answer(job)
        except EndpointError:
            failed.set()
            raise
        with lock:
            keep(stream, encode_line(answer))
        return answer

    with path.open("ab") as stream, ThreadPoolExecutor(patience.parallel) as pool:
        asked = [pool.submit(ask_and_keep, job) for job in jobs if job.row.id not in done]
        try:
            yield from filter(None, (answer.result() for answer in as_completed(asked)))
        finally:  # what is under way is waited for and kept, the rest is not asked
            failed.set()
            pool.shutdown(wait=False, cancel_futures=True)


class _Questions:
    """One attempt's questions to an endpoint. Threads may share it."""

    def __init__(self, jobs: Sequence[Job], endpoint: Endpoint, patience: Patience) -> None:
        self._shortest = sorted(jobs, key=lambda job: len(job.prompt))[:SHORTEST]
        self._endpoint, self._patience = endpoint, patience
        self._lock, self._answers = Lock(), Event()

    def answer(self, job: Job) -> Answered:
        """Ask a question; one that alone is rejected has an empty answer, which cost nothing.

        Raises:
            EndpointError: There is no answer, or the shortest questions are rejected too.

        """
        try:
            return self._asked(job)
        except RejectedError as error:
            with self._lock:
                if not (self._answers.is_set() or any(map(self._is_taken, self._shortest))):
                    raise EndpointError(f"{error}; it rejects the shortest questions too") from None
        seed = self._patience.drawing.recorded_seed
        return Answered(job.answered("", ended=False, seed=seed), 0, 0, rejected=True)

    def _is_taken(self, job: Job) -> bool:
        try:
            self._asked(job)
        except RejectedError:
            return False
        return True

    def _asked(self, job: Job) -> Answered:
        """Ask; an endpoint that refuses to say anything has answered all the same."""
        try:
            reply = ask_counted(self._endpoint, job.prompt, self._patience.sampling)
        except EndpointError as error:
            kind = RejectedError if isinstance(error, RejectedError) else EndpointError
            raise kind(f"{job.system}, id {job.row.id}: {error}") from error
        self._answers.set()
        seed = self._patience.drawing.recorded_seed
        prediction = job.answered(reply.text, ended=reply.finish != "length", seed=seed)
        return Answered(prediction, reply.prompt_tokens, reply.completion_tokens)


def answered_so_far(path: Path, jobs: Sequence[Job]) -> list[Answered]:
    """Read what earlier attempts kept; cut off a half-written line behind it.

    Raises:
        RecordError: A line is not an answer.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, whole_lines(path))
    prompts = {job.row.id: job.prompt for job in jobs}
    read = read_jsonl(path, Answered, cure=f"delete {path}")
    return [a for a in read if prompts.get(a.prediction.id) == a.prediction.prompt]


def cost_of(answers: Sequence[Answered]) -> Cost:
    """Sum up what answers cost."""
    return Cost(
        answers=len(answers),
        prompt_tokens=sum(a.prompt_tokens or 0 for a in answers),
        completion_tokens=sum(a.completion_tokens or 0 for a in answers),
        uncounted=sum(a.prompt_tokens is None or a.completion_tokens is None for a in answers),
    )


def read_cost(path: Path) -> Cost:
    """Read what a system's answers cost.

    Raises:
        RecordError: The file is missing or holds something else.

    """
    (cost,) = read_jsonl(path, Cost, cure=f"delete {path.parent} and answer again")
    return cost
