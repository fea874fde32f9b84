"""Train reduced runs for real with Axolotl, and tell what happened to each row.

    python -c "from tests.axolotl_configs.configs_probe import main; main()" OUT.json RUN.yml …

is a process of its own because importing Axolotl's commands breaks pytest, and no `-m` because the
processes that prepare rows would then import all of this again. It starts where the runs' relative
paths start.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

from axolotl.cli.args import TrainerCliArgs
from axolotl.cli.config import load_cfg
from axolotl.common.datasets import load_datasets
from axolotl.integrations.base import PluginManager
from axolotl.train import setup_model_and_trainer
from axolotl.utils.dict import DictDefault
from torch import Tensor, inference_mode, manual_seed

#: A file of other rows beside the validation file, to be seen in the loss.
OTHERS = "others.jsonl"


def probe(path: Path) -> dict[str, Any]:
    """Train one run, and look at its packs, its gradients, its adapter and its evaluation."""
    plugins = PluginManager.get_instance().plugins
    plugins.clear()  # it would keep those of the run before
    config = load_cfg(str(path))
    meta = load_datasets(cfg=config, cli_args=TrainerCliArgs())
    trainer, model, *_ = setup_model_and_trainer(config, meta)
    rows = [(row["input_ids"], row["labels"]) for row in meta.train_dataset]
    told: dict[str, Any] = {"rows": len(rows), "masked": sum(not answer(row[1]) for row in rows)}
    told["plugins"] = list(plugins)
    adapters = [name for name, weight in model.named_parameters() if weight.requires_grad]
    first = weights_of(model, adapters)
    told["untrained_before"] = untrained(model, first)
    learnt = watch(trainer, model)
    ended = trainer.train()
    told |= {
        "rows_learnt": sum(learnt.get(tuple(ids)) == answer(labels) for ids, labels in rows),
        "steps": trainer.state.global_step,
        "loss": ended.training_loss,
        "untrained": untrained(model, first),
    }
    if config.sample_packing:  # after training: on some CPUs a 4-bit model loses gradients by it
        told["packing"] = packing(trainer, model)
    if config.test_datasets:
        told["evaluation"] = evaluation(trainer, config, meta)
    return told


def answer(labels: list[int]) -> list[int]:
    """Give the places whose logits the loss looks at: those before a labelled token."""
    return [place - 1 for place, label in enumerate(labels) if label != -100]


def weights_of(model: Any, names: list[str]) -> dict[str, Tensor]:
    """Copy what tells whether a model learns: LoRA's second matrices, or all that is trained."""
    seconds = [name for name in names if ".lora_B." in name]
    weights = dict(model.named_parameters())
    return {name: weights[name].detach().clone() for name in seconds or names}


def untrained(model: Any, first: dict[str, Tensor]) -> int:
    """Count the weights that are as they were at first."""
    weights = dict(model.named_parameters())
    return sum(bool((weights[name] == was).all()) for name, was in first.items())


def segments(inputs: dict[str, Tensor]) -> list[slice]:
    """Find the rows of a pack: each begins where the positions begin again; padding is left out."""
    positions = inputs["position_ids"][0].tolist()
    starts = [place for place, position in enumerate(positions) if position == 0]
    found = [slice(a, b) for a, b in zip(starts, [*starts[1:], len(positions)], strict=True)]
    return [part for part in found if (inputs["labels"][0, part] != -100).any()]


def watch(trainer: Any, model: Any) -> dict[tuple[int, ...], list[int]]:
    """Note for each row that is trained on the places whose logits get gradient."""
    learnt: dict[tuple[int, ...], list[int]] = {}
    plain = trainer.training_step
    seen: list[dict[str, Tensor]] = []

    def step(model: Any, inputs: dict[str, Tensor], *rest: Any) -> Tensor:
        seen.append({key: value.clone() for key, value in inputs.items()})
        loss: Tensor = plain(model, inputs, *rest)
        return loss

    def note(gradient: Tensor) -> None:
        got = whole(gradient.abs().sum(-1) > 0, seen[-1]["labels"])
        for line, inputs in enumerate(lines(seen[-1])):
            for part in segments(inputs):
                ids = tuple(inputs["input_ids"][0, part].tolist())
                places = got[line, part].nonzero().flatten().tolist()
                learnt[ids] = places

    def hook(_module: Any, _inputs: Any, logits: Tensor) -> None:
        if logits.requires_grad:
            logits.register_hook(note)  # type: ignore[no-untyped-call]

    trainer.training_step = step
    model.get_output_embeddings().register_forward_hook(hook)
    return learnt


def whole(got: Tensor, labels: Tensor) -> Tensor:
    """Spread what is told of some positions over all: `AnswerLogits` keeps those before a label.

    Args:
        got: Of shape (rows, positions kept), or (rows, tokens) where all were.
        labels: Of shape (rows, tokens).

    Returns:
        The same of shape (rows, tokens), nothing where no logits were computed.

    """
    if got.shape == labels.shape:
        return got
    kept = (labels[:, 1:] != -100).any(dim=0).nonzero().flatten()
    found = got.new_zeros(labels.shape)
    found[:, kept] = got
    return found


def lines(inputs: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    """Take a batch apart into its lines, each with positions; padding on the right is cut off."""
    found = []
    for line in range(inputs["input_ids"].shape[0]):
        one = {key: value[line : line + 1] for key, value in inputs.items() if value.dim() > 1}
        if "position_ids" not in one:
            width = int(one["attention_mask"].sum())
            one = {key: value[:, :width] for key, value in one.items()}
            one["position_ids"] = one["attention_mask"].cumsum(-1) - 1
        found.append(one)
    return found


@inference_mode()
def packing(trainer: Any, model: Any) -> dict[str, float]:
    """Compare a pack with its rows alone, and look whether a row sees its neighbour.

    Returns:
        `packed` and `alone`, the losses a token; `seen`, the greatest change of the logits of the
        other rows when the first row's tokens change; `own`, that of the first row's own logits;
        `seen_without_positions`, that of the others where nothing tells rows apart.

    """
    model.eval()
    wanted = ("input_ids", "labels", "position_ids", "attention_mask")
    for batch in trainer.get_train_dataloader():
        inputs = {key: batch[key] for key in wanted if key in batch}
        parts = segments(inputs)
        if len(parts) > 1:
            break
    first, others = parts[0], slice(parts[1].start, parts[-1].stop)
    whole = model(**inputs)
    losses = [_alone(model, inputs, part) for part in parts]
    changed = inputs["input_ids"].clone()
    changed[0, first] = changed[0, first].flip(0)
    run_on = Tensor.new_tensor(changed, range(changed.shape[1]))[None]
    one = {key: value for key, value in inputs.items() if key != "labels"}
    moved = model(**one | {"input_ids": changed}).logits - whole.logits
    mixed = one | {"position_ids": run_on}
    seen = model(**mixed | {"input_ids": changed}).logits - model(**mixed).logits
    model.train()
    return {
        "rows": len(parts),
        "packed": float(whole.loss),
        "alone": sum(loss * count for loss, count in losses) / sum(c for _, c in losses),
        "own": float(moved[0, first].abs().max()),
        "seen": float(moved[0, others].abs().max()),
        "seen_without_positions": float(seen[0, others].abs().max()),
    }


def _alone(model: Any, inputs: dict[str, Tensor], part: slice) -> tuple[float, int]:
    """Give the loss of a row by itself, and how many tokens it is the mean of."""
    labels = inputs["labels"][:, part]
    loss = model(input_ids=inputs["input_ids"][:, part], labels=labels).loss
    return float(loss), int((labels[:, 1:] != -100).sum())


def evaluation(trainer: Any, config: DictDefault, meta: Any) -> dict[str, Any]:
    """Evaluate the validation rows, then others in their file's place."""
    mine = trainer.evaluate()["eval_loss"]
    config.test_datasets[0]["path"] = str(Path(config.test_datasets[0]["path"]).with_name(OTHERS))
    others = load_datasets(cfg=config, cli_args=TrainerCliArgs())
    return {
        "rows": [row["input_ids"] for row in meta.eval_dataset],
        "loss": mine,
        "again": trainer.evaluate()["eval_loss"],
        "loss_of_others": trainer.evaluate(eval_dataset=others.eval_dataset)["eval_loss"],
        "best": [trainer.args.load_best_model_at_end, trainer.args.metric_for_best_model],
        "callbacks": [type(callback).__name__ for callback in trainer.callback_handler.callbacks],
    }


def main() -> None:
    """Probe each run named on the command line; one that fails is told with its traceback."""
    out, *names = sys.argv[1:]
    told: dict[str, Any] = {}
    for path in map(Path, names):
        manual_seed(0)
        try:
            told[path.stem] = probe(path)
        except Exception:  # noqa: BLE001 - the tests show what went wrong with which run
            told[path.stem] = {"error": traceback.format_exc()}
        Path(out).write_text(json.dumps(told), encoding="utf-8")
