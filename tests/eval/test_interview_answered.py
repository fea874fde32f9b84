"""A tiny model trained on the interviewer's rows, answered by `eval.generate` and judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from eval import generate, judge
from eval.judging.records import JudgeResult
from eval.records import Prediction
from interview.rows import main as make_rows
from preprocess.alpaca import AlpacaRow, read_jsonl, read_wrapper
from preprocess.smoke_model import write_model_config, write_tokenizer
from tests.conftest import ROOT
from tests.eval.test_judge_interview import by_form
from tests.preprocess.chat_server import Site

RUN = "interview-tiny-lora"
ROWS = 4


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the bank's rows, a base, a LoRA adapter and the run's YAML."""
    monkeypatch.chdir(tmp_path)
    assert make_rows([]) == 0
    for path in Path("data/alpaca/interview").glob("*.jsonl"):
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:ROWS]))
    settings = smoke_settings() | {"base_model": "base", "output_dir": f"runs/{RUN}"}
    config = Path("axolotl_configs") / f"{RUN}.yml"
    config.parent.mkdir()
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    write_tiny_model(tmp_path)
    return tmp_path


def smoke_settings() -> dict[str, Any]:
    """Read the repository's own run of the interviewer on a tiny base."""
    path = ROOT / "axolotl_configs" / "smoke-interview-lora.yml"
    settings: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return settings


def rows_of(split: str) -> list[AlpacaRow]:
    """Read the rows of a split."""
    return list(read_jsonl(Path(f"data/alpaca/interview/{split}.jsonl"), AlpacaRow, cure=""))


def write_tiny_model(root: Path) -> None:
    """Write a base of one layer and an adapter, both with drawn weights."""
    import torch  # noqa: PLC0415 - takes seconds
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 - the same
    from transformers import (  # noqa: PLC0415 - the same
        AutoTokenizer,
        GPTNeoXConfig,
        GPTNeoXForCausalLM,
    )

    texts = (f"{row.instruction}\n{row.input}\n{row.output}" for row in rows_of("train"))
    size = write_tokenizer(texts, root / "base", vocabulary=400)
    write_model_config(root / "base", vocabulary=size)
    torch.manual_seed(3)
    config = GPTNeoXConfig.from_pretrained(root / "base", num_hidden_layers=1, hidden_size=48)
    model = GPTNeoXForCausalLM(config)
    model.save_pretrained(root / "base")
    lora = LoraConfig(r=4, target_modules=["query_key_value"], init_lora_weights=False)
    get_peft_model(model, lora).save_pretrained(str(root / "runs" / RUN))
    AutoTokenizer.from_pretrained(root / "base").save_pretrained(root / "runs" / RUN)


def test_a_trained_interviewer_is_answered_and_judged(trained: Path, site: Site) -> None:
    """Base and tuned answer the test turns with the YAML's prompt, and a judge marks both."""
    systems = ["--system", "tuned", "--system", "base"]
    assert generate.main(["--run", RUN, "--batch", "4", *systems]) == 0
    test, wrapper = rows_of("test"), read_wrapper(smoke_settings())
    for system in ("tuned", "base"):
        path = trained / "runs" / RUN / "eval" / "predictions" / f"{system}.jsonl"
        found = list(read_jsonl(path, Prediction, cure=""))
        assert {(p.task, p.system) for p in found} == {("interview", system)}
        assert [(p.id, p.prompt) for p in found] == [(r.id, wrapper.prompt(r)) for r in test]
    site.answering = by_form
    assert judge.main(["--run", RUN, "--model", "rule", "--resamples", "1000"]) == 0
    written = (trained / "runs" / RUN / "eval" / "judge.json").read_bytes()
    result = msgspec.json.decode(written, type=JudgeResult)
    assert [(one.system, one.items) for one in result.systems] == [("tuned", ROWS), ("base", ROWS)]


def test_a_model_that_was_not_trained_is_told_the_form_and_has_the_turn_fenced(
    trained: Path, site: Site
) -> None:
    """What the applicant said goes to an endpoint behind a fence, as an essay does."""
    site.answering = lambda _: "네, 다음으로 무엇을 준비하셨나요?"
    assert generate.main(["--run", RUN, "--system", "openai:other"]) == 0
    assert (trained / "runs" / RUN / "eval/predictions/openai:other.jsonl").exists()
    turns = {row.input for row in rows_of("test")}
    fences = [prompt.rsplit("<자료 ", 1)[1].split("\n</자료 ")[0] for prompt in site.prompts]
    assert {fence.split(">\n", 1)[1] for fence in fences} == turns
    assert all("번호, 날짜, 머리말, 설명은 쓰지 마세요." in prompt for prompt in site.prompts)
