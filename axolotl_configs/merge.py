"""Merge a run's adapter into its base model, and prove that nothing was lost.

    python -m axolotl_configs.merge advice-polyglot-ko-1.3b-qlora

leaves `runs/<run>/merged/`: weights, tokenizer, `config.json` with the keys that older readers look
for, `proof.json` and the model card. The folder gets its name only when the proof holds. Needs four
bytes of memory for each weight of the base. Exit codes: 0 merged and proved, 1 failed, 2 wrong
usage.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from axolotl_configs.merge_chat import chat_template
from axolotl_configs.merge_config import make_readable
from axolotl_configs.merge_proof import (
    Proof,
    gap,
    logits_of,
    rows_file,
    shortcomings,
    texts_of,
    wrapper_of,
)
from axolotl_configs.merge_weights import (
    adapter_of,
    load,
    revision_of,
    room_for,
    sha256,
    stored_as,
    with_adapter,
    write,
)
from axolotl_configs.model_card import write_card
from axolotl_configs.named_run import NamedRun, named_run
from axolotl_configs.noise import hush
from axolotl_configs.run_yaml import CONFIGS, RunError
from preprocess.alpaca import RecordError, write_whole


def merge(run: NamedRun, *, unfinished: bool = False) -> Proof:
    """Merge a run's adapter and put `merged/` in place, with its proof and the model cards.

    Args:
        run: The run.
        unfinished: Whether a training that was stopped may be merged.

    Raises:
        RunError: Something is missing, does not fit, or the proof failed; `merged/` is as before.
        RecordError: The rows of the proof are missing or broken.

    """
    adapter = adapter_of(run)
    if not unfinished and not (run.output_dir / "trained").exists():
        raise RunError(
            f"{run.output_dir / 'trained'} is missing: the training did not come to its end; "
            f"go on with make train RUN={run.name}, or merge what there is with --unfinished"
        )
    room_for(run)
    staged, final = run.output_dir / "merging", run.output_dir / "merged"
    shutil.rmtree(staged, ignore_errors=True)
    try:
        proof = _merged(run, adapter, staged)
        if wrong := shortcomings(proof):
            raise RunError(
                f"the merge of {run.name} is not exact: {'; '.join(wrong)}; nothing was kept of "
                "it. Merge with the versions in constraints.txt"
            )
        write_whole(staged / "proof.json", [msgspec.json.format(msgspec.json.encode(proof))])
        write_card(run, staged, proof)
        shutil.rmtree(final, ignore_errors=True)
        staged.rename(final)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    write_card(run, run.output_dir, None)
    return proof


def _merged(run: NamedRun, adapter: Path, folder: Path) -> Proof:
    """Merge into a folder, and compare logits before, after, and as read back from there."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - takes seconds

    tokenizer = AutoTokenizer.from_pretrained(run.output_dir)
    longest = int(run.settings["sequence_len"])
    tokens = [tokenizer(text)["input_ids"][-longest:] for text in texts_of(run)]
    model = with_adapter(run)
    reference = logits_of(model, tokens)
    model = model.merge_and_unload()
    exact = gap(reference, logits_of(model, tokens))
    stored = stored_as(run)
    if not tokenizer.chat_template and (wrapper := wrapper_of(run)):
        tokenizer.chat_template = chat_template(wrapper, tokenizer)
    write(model, folder, stored, tokenizer)
    del model
    make_readable(folder)
    return Proof(
        run=run.name,
        base_model=run.base_model,
        revision=revision_of(run),
        stored_as=stored,
        rows_file=str(rows_file(run)),
        rows=len(tokens),
        positions=sum(len(row) for row in reference),
        largest_logit=max(float(row.abs().max()) for row in reference),
        float32=_read_back(folder, stored, tokens, reference) if stored == "float32" else exact,
        bfloat16=_read_back(folder, "bfloat16", tokens, reference),
        adapter_sha256=sha256(adapter),
        weights_sha256={p.name: sha256(p) for p in sorted(folder.glob("*.safetensors"))},
    )


def _read_back(
    folder: Path, dtype: str, tokens: Sequence[Sequence[int]], reference: Sequence[Any]
) -> Any:
    """Compare with what was written, its weights rounded to a type and computed in float32."""
    return gap(reference, logits_of(load(folder, dtype).float(), tokens))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.merge",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", help="a run's name, or the path of its YAML")
    parser.add_argument("--configs", type=Path, default=CONFIGS, metavar="DIR")
    parser.add_argument("--unfinished", action="store_true", help="merge a stopped training")
    args = parser.parse_args(argv)
    hush()
    try:
        run = named_run(args.run, args.configs)
        proof = merge(run, unfinished=args.unfinished)
    except (RunError, RecordError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(
        f"{run.output_dir / 'merged'}: {proof.stored_as}; on {proof.rows} rows "
        f"({proof.positions} positions) logits are at most {proof.float32.largest:.1e} off in "
        f"float32, by {proof.bfloat16.spread:.1e} of their spread in bfloat16, where "
        f"{proof.bfloat16.same_choice:.2%} of the likeliest tokens agree"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
