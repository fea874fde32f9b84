"""What a model says to the test rows of `interview`, held against the form.

    python -m interview.answer --model runs/RUN [--systems tuned tuned-early base]

writes `runs/RUN/eval/predictions/<system>.jsonl`, one line a row, and prints how many answers keep
to the form, and how many differ from each other. The systems: `tuned`, the model; `base`, its
adapter switched off; `tuned-early`, the model with prompts that end before the header under which
the answer stands in training, as the interviewer study's did.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from eval.records import Prediction
from interview.phrasing import phrased, told_faults
from interview.rows import CURE, DATA, rows_file
from interview.speaker import Speaker, open_speaker
from preprocess.alpaca import AlpacaRow, RecordError, Wrapper, read_jsonl, write_jsonl

BATCH = 16
SYSTEMS = ("tuned", "tuned-early", "base")


def ended_early(wrapper: Wrapper) -> Wrapper:
    """Take the last header off a wrapper.

    Raises:
        RecordError: It does not end with a header.

    """
    kept, _, header = wrapper.format.rstrip("\n").rpartition("\n")
    if not header.startswith("#") or not kept:
        raise RecordError(f"the prompt ends with {header!r}, not with a header to leave out")
    return replace(wrapper, format=f"{kept.rstrip()}\n")


def predictions(speaker: Speaker, rows: Sequence[AlpacaRow], system: str) -> Iterator[Prediction]:
    """Answer rows as one of the systems, some at a time, in their order."""
    early = system == "tuned-early"
    wrapper = ended_early(speaker.wrapper) if early else speaker.wrapper
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        prompts = [wrapper.prompt(row) for row in some]
        answers = speaker.answers(prompts, adapter=system != "base")
        for row, prompt, (output, ended) in zip(some, prompts, answers, strict=True):
            yield Prediction(
                id=row.id,
                source_id=row.source_id,
                task="interview",
                system=system,
                prompt=prompt,
                output=output,
                finish="stop" if ended else "length",
            )


def answer(model: Path, data: Path, systems: Sequence[str]) -> Iterator[str]:
    """Answer the test rows as each system; tells of each how many answers keep to the form.

    Raises:
        RecordError: The rows or the model cannot be read.

    """
    rows = list(read_jsonl(rows_file(data, "test"), AlpacaRow, cure=CURE))
    speaker = open_speaker(model)
    for system in systems:
        made = predictions(speaker, rows, system)
        found = list(tqdm(made, total=len(rows), desc=system, disable=not sys.stderr.isatty()))
        out = model / "eval" / "predictions" / f"{system}.jsonl"
        write_jsonl(out, found)
        unfit = [phrased(p.output, ended=p.finish == "stop").unfit for p in found]
        different = len({p.output for p in found})
        yield f"{system}: {told_faults(unfit)}; {different} different ones; in {out}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m interview.answer", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--model", type=Path, required=True, metavar="DIR", help="adapter or merged model")
    add("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS[:1], help="(tuned)")
    add("--data", type=Path, default=DATA, metavar="DIR", help="(%(default)s)")
    options = parser.parse_args(arguments)
    try:
        for told in answer(options.model, options.data, options.systems):
            print(told, flush=True)
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
