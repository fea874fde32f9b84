"""The judge's command against a real `transformers serve`, whose tiny model talks nonsense."""

from __future__ import annotations

import pytest

from eval.judge import main
from eval.judging.records import KeptReply
from eval.runs import Run
from preprocess.alpaca import read_jsonl
from preprocess.endpoint import Endpoint, Sampling, ask_counted


def test_a_real_server_counts_its_tokens_and_heeds_the_limit(served_model: Endpoint) -> None:
    """At temperature 0 it says the same twice, as long as it was told to be at most."""
    sampling = Sampling(temperature=0.0, max_tokens=8, seed=1)
    reply, again = (ask_counted(served_model, "저는 지원합니다.", sampling) for _ in range(2))
    assert reply == again
    assert (reply.finish, reply.completion_tokens) == ("length", 8)
    assert reply.prompt_tokens is not None
    assert reply.prompt_tokens > 8


def test_nonsense_of_a_real_model_is_never_a_mark(
    run: Run,
    served_model: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each judgement has its reason, the command says so, and every reply is kept with its cost."""
    monkeypatch.setenv("OPENAI_BASE_URL", served_model.url)
    few = ["--limit", "1", "--most-tokens", "8", "--at-once", "1"]
    assert main(["--run", run.name, "--model", served_model.model, *few]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert "none of 3 judgements could be read: cut off before a verdict (3); see " in error
    assert not (run.eval_dir / "judge.json").exists()
    path = run.eval_dir / "judge" / "replies.jsonl"
    replies = list(read_jsonl(path, KeptReply, cure=""))
    assert [reply.attempt for reply in replies] == [0, 1, 2] * 3
    assert {reply.completion_tokens for reply in replies} == {8}
