"""One prompt at training and at inference, and the loss on the answer and its end alone."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from axolotl_configs.smoke_bases import Family
from eval.answers.prompts import load_wrapper
from preprocess.alpaca import AlpacaRow
from tests.axolotl_configs.configs_files import every_prompted, named, rows_of, settings_of
from tests.axolotl_configs.configs_reduced import family_of

#: The published prompt of the polyglot study, its open quotation mark and its spaces included.
STUDY_PROMPT = """### Instruction:
"Below is an instruction that describes a task, paired with an input that provides further \
context. Write a response that appropriately completes the request.
 백엔드개발 직무의 자기 소개서에 대해 평가해주세요.

### context:
지원 동기를 써 주세요.
첫 문장입니다.아쉬운점 1 둘째 문장입니다.

### advice:
"""
#: The chat template of EEVE-Instruct's model card, `{prompt}` being the user's turn.
EEVE_INSTRUCT = (
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives "
    "helpful, detailed, and polite answers to the user's questions.\nHuman: {prompt}\nAssistant:\n"
)


@every_prompted
def test_training_and_inference_share_prompt_and_loss(
    path: Path, data: Path, bases: dict[Family, Path]
) -> None:
    """Axolotl's own prompter makes the tokens of `eval.generate`, and the loss is the answer's.

    The loss starts at the answer's first token and includes the end token, for every row; the end
    token comes once, so an answer that is learnt is an answer that ends.
    """
    from axolotl.prompt_strategies.user_defined import (  # noqa: PLC0415 - takes seconds
        UserDefinedDatasetConfig,
        load,
    )
    from axolotl.utils.dict import DictDefault  # noqa: PLC0415 - the same
    from transformers import AutoTokenizer  # noqa: PLC0415 - the same

    settings = settings_of(path)
    tokenizer = AutoTokenizer.from_pretrained(bases[family_of(settings)])
    wrapper, seen = load_wrapper(path), 0
    for entry in settings["datasets"] + settings.get("test_datasets", []):
        strategy = load(tokenizer, DictDefault(settings), UserDefinedDatasetConfig(**entry["type"]))
        file = rows_of(data, entry["path"])
        if not file.is_file():  # too few essays for one of `revise`; its training file is there
            continue
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            seen += 1
            made = strategy.tokenize_prompt(row)
            prompt = tokenizer(wrapper.prompt(SimpleNamespace(**row)))["input_ids"]
            answer = tokenizer(row["output"], add_special_tokens=False)["input_ids"]
            answer.append(tokenizer.eos_token_id)
            assert made["input_ids"] == prompt + answer
            assert made["labels"] == [-100] * len(prompt) + answer
            assert answer.count(tokenizer.eos_token_id) == 1
            assert len(made["input_ids"]) <= settings["sequence_len"]
    assert seen > 0


def test_the_anchored_prompt_is_the_published_one() -> None:
    """The polyglot study's prompt stands in its run byte for byte."""
    row = AlpacaRow(
        instruction="백엔드개발 직무의 자기 소개서에 대해 평가해주세요.",
        input="지원 동기를 써 주세요.\n첫 문장입니다.아쉬운점 1 둘째 문장입니다.",
        output="아쉬운점 1 근거가 없습니다.",
        id="1-1",
        group="1",
        source_id="1",
    )
    path = named("advice-anchored-polyglot-ko-1.3b-qlora")
    assert load_wrapper(path).prompt(row) == STUDY_PROMPT


def test_the_revise_prompt_is_the_models_own_chat() -> None:
    """Instruction and draft are the user's turn of EEVE-Instruct's template, byte for byte."""
    row = AlpacaRow("고쳐 주세요.", "초안입니다.", "[첨삭]\n글", "1-1", "1", "1")
    for name in ("revise-eeve-10.8b-qlora", "revise-eeve-10.8b-qlora-8gpu"):
        prompt = load_wrapper(named(name)).prompt(row)
        assert prompt == EEVE_INSTRUCT.format(prompt="고쳐 주세요.\n\n초안입니다.")
