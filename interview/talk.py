"""An interview in the terminal; by default with what the project brings along, without a model.

    python -m interview.talk --interview data [--encoder FOLDER] [--model DIR]

FOLDER is one of `interview.train`: a Sentence-BERT then picks the answers. DIR is what a training
of the task `interview` left, or its merged model: it then says the questions, and the bank's stand
where its words do not keep to the form.

Whatever is typed is answered. The transcript is kept as JSON lines; an interview that was broken
off goes on with `--transcript FILE`. A line with `그만` alone, or the end of input, stops it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from interview.bank import read_bank
from interview.dialogue import Interviewer, clean
from interview.pickers import NGRAM, picker_of
from interview.picking import threshold
from interview.records import BY_MODEL, INTERVIEWS, Said
from interview.speaker import open_speaker
from preprocess.alpaca import RecordError, encode_line, read_jsonl

FOLDER = Path("runs/interview")


class Transcript:
    """A file to which lines are added; what was said together is written together."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[Said, ...]:
        """Read the lines that are there; a last one that was half written is cut off.

        Raises:
            RecordError: A line is none of a transcript.

        """
        if not self.path.exists():
            return ()
        whole = self.path.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if kept != whole:
            self.path.write_bytes(kept)
        return tuple(read_jsonl(self.path, Said, cure="python -m interview.talk"))

    def add(self, *lines: Said) -> None:
        """Add lines, in one write."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as stream:
            stream.write(b"".join(encode_line(line) for line in lines))


def prepare(interviewer: Interviewer, transcript: Transcript) -> tuple[Interviewer, Said]:
    """Start an interview, or come back to where a transcript ended.

    Args:
        interviewer: One that has not said anything; a transcript's own interview and seed win.
        transcript: What was said before, if anything.

    Returns:
        The interviewer, and its last line, which is to be answered.

    Raises:
        RecordError: The transcript cannot be read, is of another bank, or has come to its end.

    """
    said = transcript.read()
    if not said:
        first = interviewer.greet()
        transcript.add(first)
        return interviewer, first
    back = replace(interviewer, interview=said[0].interview, seed=said[0].seed)
    last = back.replay(said, transcript.path)
    if said[-1].speaker == "applicant":
        transcript.add(last)
    if back.over:
        raise RecordError(f"{transcript.path} has come to its end; name another with --transcript")
    return back, last


def sit(
    interviewer: Interviewer,
    transcript: Transcript,
    replies: TextIO,
    out: TextIO,
    models: str = "",
) -> None:
    """Hold one sitting, and end it with the summary; `models` are options to go on with.

    Raises:
        RecordError: As in `prepare`.

    """
    interviewer, last = prepare(interviewer, transcript)
    try:
        converse(interviewer, last, transcript, replies, out)
    except KeyboardInterrupt:
        print(file=out)
    print(interviewer.summary(), file=out)
    by_model = [line.phrased for line in transcript.read() if line.phrased]
    unfit = len(by_model) - by_model.count(BY_MODEL)
    if unfit:
        told = interviewer.lines["summary"]["phrased"]
        print(told.format(phrased=len(by_model), unfit=unfit), file=out)
    if not interviewer.over:
        resume = interviewer.lines["summary"]["resume"]
        print(
            f"{resume}: python -m interview.talk --transcript {transcript.path}{models}", file=out
        )


def converse(
    interviewer: Interviewer, last: Said, transcript: Transcript, replies: TextIO, out: TextIO
) -> None:
    """Hold the dialogue until it ends, input ends, or the applicant stops it."""
    while True:
        print(f"면접관> {last.text}", file=out)
        if interviewer.over:
            return
        print("지원자> ", end="", file=out, flush=True)
        typed = replies.readline()
        if not typed or clean(typed) in interviewer.lines["stop"]:
            print(file=out)
            return
        heard, last = interviewer.hear(typed)
        transcript.add(heard, last)


def parse(arguments: Sequence[str] | None, now: datetime) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m interview.talk", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--interview", choices=INTERVIEWS, default="common")
    parser.add_argument("--encoder", default=NGRAM, metavar="FOLDER", help="(%(default)s)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model says the questions")
    parser.add_argument("--seed", type=int, default=0, help="which wordings come first")
    parser.add_argument(
        "--transcript", type=Path, help="a file to write, or to go on with; new by default"
    )
    options = parser.parse_args(arguments)
    options.transcript = options.transcript or FOLDER / f"{now:%Y%m%d-%H%M%S}.jsonl"
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments, datetime.now(UTC))
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        bank = read_bank()
        speaker = open_speaker(options.model) if options.model else None
        _, picker = picker_of(bank, options.encoder)
        limit = threshold(picker, bank.split("validation"))
        interviewer = Interviewer(bank, picker, limit, options.interview, options.seed, speaker)
        named = {"encoder": options.encoder, "model": options.model}
        models = "".join(f" --{key} {of}" for key, of in named.items() if of not in {None, NGRAM})
        sit(interviewer, Transcript(options.transcript), sys.stdin, sys.stdout, models)
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
