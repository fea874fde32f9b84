"""Logits at answers alone: the same loss and gradients as from all of them, with less work."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

from axolotl_configs.answer_logits import IGNORED, AnswerLogits, at_answers

VOCABULARY = 64


@pytest.fixture
def model() -> GPTNeoXForCausalLM:
    """Give a GPT-NeoX of random weights."""
    torch.manual_seed(5)
    config = GPTNeoXConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    drawn = GPTNeoXForCausalLM(config)
    drawn.train()
    return drawn


def batch(*answers: slice) -> dict[str, Any]:
    """Make one row of 20 tokens for each answer, labelled where the answer is."""
    tokens = torch.randint(VOCABULARY, (len(answers), 20))
    labels = torch.full_like(tokens, IGNORED)
    for row, answer in enumerate(answers):
        labels[row, answer] = tokens[row, answer]
    return {"input_ids": tokens, "attention_mask": torch.ones_like(tokens), "labels": labels}


@pytest.mark.parametrize(
    ("answers", "positions"),
    [
        ((slice(12, 20), slice(15, 18)), 8),
        ((slice(3, 6), slice(15, 18)), 6),
        ((slice(0, 20),), 19),  # nothing stands before the first token
        ((slice(19, 20), slice(0, 0)), 1),  # a row without an answer
    ],
)
def test_loss_and_gradients_stay_what_they_were(
    model: GPTNeoXForCausalLM, answers: tuple[slice, ...], positions: int
) -> None:
    """Every weight gets the gradient it gets from the logits of all tokens."""
    arguments = batch(*answers)
    whole = model(**arguments)
    whole.loss.backward()
    expected = {name: weight.grad for name, weight in model.named_parameters()}
    model.zero_grad()  # takes the gradients away, does not overwrite them
    AnswerLogits().post_model_load(None, model)
    kept = model(**arguments)
    kept.loss.backward()
    assert kept.logits.shape == (len(answers), positions, VOCABULARY)
    assert whole.logits.shape == (len(answers), 20, VOCABULARY)
    assert kept.loss.item() == pytest.approx(whole.loss.item(), abs=1e-6)
    for name, weight in model.named_parameters():
        torch.testing.assert_close(weight.grad, expected[name], rtol=1e-4, atol=1e-6)


def test_the_loss_over_several_batches_counts_their_tokens(model: GPTNeoXForCausalLM) -> None:
    """Where the trainer names the number of answer tokens of a whole step, the loss is over it."""
    arguments = batch(slice(12, 20), slice(15, 18))
    kept = model(**at_answers(arguments), num_items_in_batch=44)
    assert kept.loss.item() == pytest.approx(
        model(**arguments, num_items_in_batch=44).loss.item(), abs=1e-6
    )
    assert kept.loss.item() == pytest.approx(model(**arguments).loss.item() / 4, abs=1e-6)


def test_without_labels_nothing_changes() -> None:
    """Answering reads the logits of the last token, whichever that is."""
    arguments = {"input_ids": torch.zeros(1, 4, dtype=torch.long)}
    assert at_answers(arguments) is arguments


def test_a_step_without_any_answer_is_no_crash(model: GPTNeoXForCausalLM) -> None:
    """It has no loss, with and without the plugin."""
    arguments = batch(slice(0, 0))
    assert model(**arguments).loss.isnan()
    assert model(**at_answers(arguments)).loss.isnan()


def test_evaluation_keeps_all_logits(model: GPTNeoXForCausalLM) -> None:
    """Axolotl's table of sample answers masks the logits of whole rows."""
    arguments = batch(slice(12, 20))
    AnswerLogits().post_model_load(None, model)
    assert model(**arguments).logits.shape[1] == 8
    assert model.eval()(**arguments).logits.shape[1] == 20
