"""The model card of a run, from what lies in its folder: beside the adapter and in `merged/`.

    python -m axolotl_configs.model_card advice-polyglot-ko-1.3b-qlora

writes both again, after the scores came in or the data sheet changed. What is not there is said to
be not measured. Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from axolotl_configs.merge_proof import Proof, read_proof, wrapper_of
from axolotl_configs.merge_weights import sha256
from axolotl_configs.named_run import NamedRun, named_run
from axolotl_configs.record import RunRecord, read_record
from axolotl_configs.run_yaml import CONFIGS, RunError
from eval.records import Estimate, RunResult, Unscored
from preprocess.alpaca import write_whole

TEMPLATE: Final = Path(__file__).with_name("templates") / "MODEL_CARD.md.j2"
DATASHEET: Final = Path("data/report/DATASHEET.md")
#: The metrics of the card's table, as `eval.score` names them, and their headings.
METRICS: Final = {
    "location_f1": "location F1 (위치)",
    "point_f1": "point F1 (지적)",
    "rouge_l": "ROUGE-L",
    "chrf": "chrF++",
    "readable": "readable",
}
#: The settings that a reader looks for first; the whole YAML follows them.
SETTINGS: Final = (
    "base_model",
    "revision_of_model",
    "adapter",
    "load_in_4bit",
    "lora_r",
    "lora_alpha",
    "lora_dropout",
    "lora_target_modules",
    "lora_modules_to_save",
    "sequence_len",
    "sample_packing",
    "micro_batch_size",
    "gradient_accumulation_steps",
    "num_epochs",
    "max_steps",
    "optimizer",
    "learning_rate",
    "lr_scheduler",
    "bf16",
    "seed",
)


def write_cards(run: NamedRun) -> list[Path]:
    """Write a run's cards: beside its adapter, and in `merged/` where there is one.

    Returns:
        The cards written.

    Raises:
        RunError: There is no adapter, or a file that a card is made from is broken.

    """
    if not (run.output_dir / "adapter_config.json").is_file():
        raise RunError(f"{run.output_dir} holds no adapter; make train RUN={run.name}")
    merged = run.output_dir / "merged"
    proof = proof_of(merged)
    cards = {run.output_dir: None} | ({merged: proof} if proof else {})
    for folder, its in cards.items():
        write_card(run, folder, its)
    return [folder / "README.md" for folder in cards]


def proof_of(merged: Path) -> Proof | None:
    """Read the proof in a merged folder, or None where nothing was merged.

    Raises:
        RunError: It is broken.

    """
    path = merged / "proof.json"
    try:
        return read_proof(path) if path.is_file() else None
    except ValueError as error:
        raise RunError(
            f"{error}; make it again with: make merge RUN={merged.parent.name}"
        ) from None


def write_card(run: NamedRun, folder: Path, proof: Proof | None) -> None:
    """Write the card of an adapter's folder, or of merged weights with their proof."""
    write_whole(folder / "README.md", [card(run, proof).encode()])


def card(run: NamedRun, proof: Proof | None) -> str:
    """Write the card of an adapter, or of merged weights with their proof.

    Raises:
        RunError: The run's result or record cannot be read.

    """
    import jinja2  # noqa: PLC0415 - wanted by the card alone

    record = read_record(run)
    loader = jinja2.FileSystemLoader(TEMPLATE.parent)
    environment = jinja2.Environment(  # noqa: S701 - Markdown; `plain` escapes, by a test
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "plain": plain,
        "code": code,
        "fenced": fenced,
        "inner": inner_markdown,
        "number": number,
    }
    return environment.get_template(TEMPLATE.name).render(
        run=run,
        front=front_matter(run, merged=proof is not None),
        proof=proof,
        settings={key: run.settings[key] for key in SETTINGS if key in run.settings},
        text=run.config.read_text(encoding="utf-8"),
        wrapper=wrapper_of(run),
        result=_result(run.output_dir / "eval" / "result.json"),
        metrics=METRICS,
        datasheet=DATASHEET.read_text(encoding="utf-8") if DATASHEET.is_file() else None,
        unfinished=not (run.output_dir / "trained").exists(),
        record=record,
        data_changed=record is not None and data_changed(record),
    )


def front_matter(run: NamedRun, *, merged: bool) -> str:
    """Write the YAML that the hub reads; a base that is a folder of this machine is left out."""
    facts: dict[str, Any] = {
        "language": ["ko"],
        "library_name": "transformers" if merged else "peft",
        "pipeline_tag": "text-generation",
        "tags": ["axolotl", "jasoseo", *([] if merged else ["lora"])],
        "license": "other",
        "license_name": "as-the-base-model",
    }
    if not Path(run.base_model).exists() and run.base_model.count("/") == 1:
        facts["base_model"] = run.base_model
    return yaml.safe_dump(facts, allow_unicode=True, sort_keys=False).strip()


def data_changed(record: RunRecord) -> bool:
    """Tell whether a file that the run was trained on is no longer what it was."""
    return any(
        not Path(path).is_file() or sha256(Path(path)) != then for path, then in record.data.items()
    )


def plain(text: object) -> str:
    """Keep a foreign text from being read as HTML or Markdown, in a line or a table's cell."""
    line = html.escape(" ".join(str(text).split()), quote=False)
    return re.sub(r"([\\`*_\[\]#|~])", r"\\\1", line)


def code(text: object) -> str:
    """Put a foreign text into a code span, in which nothing but a backtick means anything."""
    return f"`{' '.join(str(text).split()).replace('`', chr(39))}`"


def fenced(text: str) -> str:
    """Put a foreign text into a fence longer than any run of backticks in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"


def inner_markdown(text: str) -> str:
    """Put a page of Markdown two headings deeper into another, its HTML and links made inert."""
    inert = text.replace("&", "&amp;").replace("<", "&lt;").replace("](", "]\\(")
    return re.sub(r"^(#{1,4}) ", r"\1## ", inert.strip(), flags=re.MULTILINE)


def number(metric: Estimate | Unscored | None) -> str:
    """Write a number with its 95 % interval, or that it was not measured, and why."""
    if metric is None:
        return "not measured"
    if isinstance(metric, Unscored):
        return f"not measured ({plain(metric.reason)})"
    return f"{metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]"


def _result(path: Path) -> RunResult | None:
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunResult)
    except msgspec.MsgspecError as error:
        raise RunError(f"{path} is broken ({error}); python -m eval.score makes it again") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.model_card",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", help="a run's name, or the path of its YAML")
    parser.add_argument("--configs", type=Path, default=CONFIGS, metavar="DIR")
    args = parser.parse_args(argv)
    try:
        written = write_cards(named_run(args.run, args.configs))
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"wrote {', '.join(map(str, written))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
