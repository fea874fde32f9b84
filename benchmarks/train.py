"""How fast a card trains: the plain recipe, each gain added alone, and what is aimed at.

    python -m benchmarks.train [--shape 1.3b 10.8b] [--ways plain varlen lora] [--rows 640]

Random weights of the true shape learn random tokens in rows as long as real ones
(`benchmarks/train_rows.py`), each way (`benchmarks/train_ways.py`) in a process of its own, all
over the same rows. Rates are medians over the steps after `--warmup`; MFU divides the operations
of `Shape.flop` by the card's dense bf16 peak, and is absent for a card whose peak is not known
here. A way whose package is missing is reported as not run; one that fails leaves exit code 1,
the others' figures, and its error. Results: `benchmarks/results/train.json`.

`--shape tiny tiny-llama` runs on the CPU, in fp32 and without the ways that need a card;
their figures say that the script works, and are written only where `--out` says.

A machine without a network, which has torch for CUDA, transformers and accelerate, needs these as
wheels made elsewhere, without what they depend on (some 46 MB, most of it bitsandbytes):

    pip download --no-deps -c constraints.txt --only-binary=:all: --python-version 3.12
        --platform manylinux_2_24_x86_64 -d wheels
        axolotl bitsandbytes liger-kernel peft                         (one line; where pip works)
    pip install --no-index --no-deps --target site wheels/*.whl        (on that machine)
    PYTHONPATH=site:. python -m benchmarks.train

flash-attn (built for that torch and CUDA) adds the way `flash`. The Llama's ways named `-fused`
also import addict, trl, wandb, datasets and evaluate, through Axolotl. Where a command may run for
minutes only, give each shape, or some ways, a call and an `--out` of its own; 10.8B with
`--rows 256`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.child import run_python
from benchmarks.machine import machine
from benchmarks.train_shapes import SHAPES
from benchmarks.train_table import WAYS, Result, against_aims, describe, table
from benchmarks.train_ways import GIB, Way

RESULTS: Final = Path(__file__).parent / "results" / "train.json"
PACKAGES: Final = (
    "torch",
    "transformers",
    "accelerate",
    "peft",
    "bitsandbytes",
    "axolotl",
    "liger-kernel",
    "flash-attn",
    "triton",
)
#: No child may wait for a network.
OFFLINE: Final = {"HF_HUB_OFFLINE": "1", "WANDB_MODE": "offline", "AXOLOTL_DO_NOT_TRACK": "1"}


def card() -> tuple[str, float] | None:
    """Return the name of the CUDA card and its memory in GiB, or None without one."""
    import torch  # noqa: PLC0415 - heavy

    if not torch.cuda.is_available():
        return None
    return torch.cuda.get_device_name(), torch.cuda.get_device_properties(0).total_memory / GIB


def hardware(found: tuple[str, float] | None) -> Result:
    """Describe the machine; packages that are not installed are left out."""
    return {
        "card": found[0] if found else None,
        "card_gib": found[1] if found else None,
    } | machine(PACKAGES)


def run_way(shape: str, way: Way, rows: int, warmup: int, *, on_card: bool) -> Result:
    """Train one way in a process of its own; return its figures, or why there are none."""
    if way.needs_card and not on_card:
        return {"not_run": "a CUDA card"}
    device = "cuda" if on_card else "cpu"
    options = ["--child", shape, way.name, str(rows), str(warmup), device]
    try:
        ran = run_python(["-m", "benchmarks.train", *options])
    except SystemExit as error:
        return {"failed": str(error.code)}
    # Libraries print on the same stream before us.
    result: Result = json.loads(ran.said.splitlines()[-1])
    return result


def child(shape: str, way: str, rows: str, warmup: str, device: str) -> int:
    """Be that process: print the figures as the last line."""
    from benchmarks.train_steps import measure  # noqa: PLC0415 - heavy

    chosen = WAYS[shape][way]
    try:
        told = measure(SHAPES[shape], chosen, rows=int(rows), warmup=int(warmup), device=device)
    except ImportError as error:
        told = {"not_run": error.name or str(error)}
    except (RuntimeError, ValueError, TypeError, AttributeError, AssertionError) as error:
        # A card without room, a kernel that this version has not: the other ways go on.
        traceback.print_exc()
        told = {"failed": "".join(traceback.format_exception_only(error)).splitlines()[0]}
    print("\n" + json.dumps(told))
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    names = sorted({name for ways in WAYS.values() for name in ways})
    add("--shape", nargs="+", choices=SHAPES, default=["1.3b", "10.8b"])
    add("--ways", nargs="+", choices=names, metavar="WAY", help=f"of: {', '.join(names)}")
    add("--rows", type=int, default=640, help="that each way trains on (%(default)s)")
    add("--warmup", type=int, default=8, help="steps that are not timed (%(default)s)")
    add("--out", type=Path, help=f"the results' file ({RESULTS.name}; none for tiny shapes)")
    add("--child", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    known = {name for shape in options.shape for name in WAYS[shape]}
    if strange := sorted(set(options.ways or ()) - known):
        parser.error(f"{', '.join(options.shape)} cannot be trained by way of {', '.join(strange)}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Time all ways, print tables and aims, and write the results."""
    options = parse(arguments)
    if options.child:
        return child(*options.child)
    found = card()
    true = [shape for shape in options.shape if not shape.startswith("tiny")]
    out = options.out or (RESULTS if true else None)
    if true and not found:
        print(f"refused: {', '.join(true)} cannot be timed without a CUDA card, and torch sees "
              "none here; --shape tiny checks the script on the CPU", file=sys.stderr)  # fmt: skip
        return 3
    os.environ.update(OFFLINE)
    record: Result = {"machine": hardware(found), "rows": options.rows, "shapes": {}}
    for shape in options.shape:
        results = record["shapes"][shape] = {}
        for name, way in WAYS[shape].items():
            if options.ways is None or name in options.ways:
                ran = run_way(shape, way, options.rows, options.warmup, on_card=found is not None)
                results[name] = {"settings": asdict(way)} | ran
                write(out, record)
        print(table(shape, results), flush=True)
    record["aims"] = against_aims(record["shapes"])
    for aim in record["aims"]:
        print(describe(aim))
    write(out, record)
    every = [result for results in record["shapes"].values() for result in results.values()]
    return int(any("failed" in result for result in every))


def write(path: Path | None, record: Result) -> None:
    """Write the results whole, if anywhere; a machine lent for minutes may go at any time."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    new.replace(path)


if __name__ == "__main__":
    sys.exit(main())
