"""A run's model as lm-eval asks it: the likelihood of answers, with the adapter on or off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from lm_eval.models.huggingface import HFLM

from eval.answers.engines import Drawing, Trained
from eval.answers.model import Model


class Likelihoods(HFLM):  # type: ignore[misc]  # lm-eval has no types
    """lm-eval's own model over weights that are loaded already.

    Likelihoods are added up in float32: in bfloat16, in which the weights are on a card, answers
    that differ would often tie. `cut` counts the prompts that were longer than the positions.
    """

    def __init__(self, weights: Any, tokenizer: Any, batch: int) -> None:
        super().__init__(
            pretrained=weights, tokenizer=tokenizer, batch_size=batch, softmax_dtype="float32"
        )
        self.cut = 0

    def _loglikelihood_tokens(self, requests: Any, *args: Any, **named: Any) -> Any:
        most = self.max_length + 1  # the last token is only judged, never read
        self.cut += sum(len(context) + len(answer) > most for _, context, answer in requests)
        return super()._loglikelihood_tokens(requests, *args, **named)


class Asked(Model):
    """A run's model, loaded as `eval.generate` loads it.

    Raises:
        RunError: The base model is not on this machine and no hub answers.

    """

    def __init__(self, trained: Trained, batch: int) -> None:
        super().__init__(trained, Drawing())
        self._likelihoods = Likelihoods(self._model, self._tokenizer, batch)

    @contextmanager
    def likelihoods(self, *, adapter: bool) -> Iterator[Likelihoods]:
        """Give the model for lm-eval, its adapter on or off."""
        with nullcontext() if adapter else self._model.disable_adapter():
            yield self._likelihoods
