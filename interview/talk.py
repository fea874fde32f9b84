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
import os
import shlex
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
from interview.transcript import Transcript
from preprocess.alpaca import RecordError

FOLDER = Path("runs/interview")
PROMPT = "지원자> "


def prepare(interviewer: Interviewer, transcript: Transcript) -> tuple[Interviewer, Said]:
    """Start an interview, or come back to where a transcript ended.

    Args:
        interviewer: One that has not said anything; a transcript's own interview and seed win.
        transcript: What was said before, if anything; it is held.

    Returns:
        The interviewer, and its last line, which is to be answered.

    Raises:
        RecordError: The transcript cannot be written, is of another interview or bank, or has come
            to its end.

    """
    said = transcript.lines
    if not said:
        first = interviewer.greet()
        transcript.add(first)
        return interviewer, first
    there = said[0].interview
    if transcript.of not in {None, there}:
        raise RecordError(
            f"{transcript.path} is of the interview {there}, not {transcript.of}; go on without "
            "--interview (INTERVIEW= of make), or name another file"
        )
    back = replace(interviewer, interview=there, seed=said[0].seed)
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
        RecordError: As in `prepare` and `Transcript`.

    """
    with transcript.held():
        interviewer, last = prepare(interviewer, transcript)
        try:
            converse(interviewer, last, transcript, replies, out)
        except KeyboardInterrupt:
            print(file=out)
    print(interviewer.summary(), file=out)
    by_model = [line.phrased for line in transcript.lines if line.phrased]
    unfit = len(by_model) - by_model.count(BY_MODEL)
    words = interviewer.lines["summary"]
    if unfit:
        print(words["phrased"].format(phrased=len(by_model), unfit=unfit), file=out)
    if not interviewer.over:
        print(f"{words['resume']}: {transcript.resume}{models}", file=out)


def converse(
    interviewer: Interviewer, last: Said, transcript: Transcript, replies: TextIO, out: TextIO
) -> None:
    """Hold the dialogue until it ends, input ends, or the applicant stops it."""
    while True:
        print(f"면접관> {last.text}", file=out)
        if interviewer.over:
            return
        typed = ask(replies, out)
        if not typed or clean(typed) in interviewer.lines["stop"]:
            print(file=out)
            return
        heard, last = interviewer.take(legible(typed))
        transcript.add(heard)  # before a model takes its time, in which it may be stopped
        last = interviewer.voiced(heard, last)
        transcript.add(last)


def legible(typed: str) -> str:
    """Replace the bytes of a reply that are no UTF-8, and say so."""
    raw = typed.encode("utf-8", "surrogateescape")
    text = raw.decode("utf-8", "replace")
    if text != typed:
        print(
            "warning: a reply is not UTF-8, and what could not be read stands as �; turn it, as "
            "with: iconv -f CP949 -t UTF-8",
            file=sys.stderr,
        )
    return text


def ask(replies: TextIO, out: TextIO) -> str:
    """Read a reply, as `readline` does: with its line's end, or nothing at the end of input."""
    if not (replies is sys.stdin and replies.isatty() and out is sys.stdout and out.isatty()):
        print(PROMPT, end="", file=out, flush=True)
        return replies.readline()
    # With it, `input` reads key by key; a terminal's own lines end at 4,095 bytes, silently.
    import readline  # noqa: F401, PLC0415 (it writes to the terminal when it is loaded)

    try:
        return f"{input(PROMPT)}\n"
    except EOFError:
        return ""


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m interview.talk", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    told = f"of a new transcript ({INTERVIEWS[0]})"
    parser.add_argument("--interview", choices=INTERVIEWS, help=told)
    parser.add_argument("--encoder", default=NGRAM, metavar="FOLDER", help="(%(default)s)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model says the questions")
    parser.add_argument("--seed", type=int, default=0, help="which wordings come first")
    parser.add_argument(
        "--transcript", type=Path, help="a file to write, or to go on with; new by default"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parse(arguments)
    try:
        start(options, sys.stdin, sys.stdout, datetime.now(UTC))
        sys.stdout.flush()
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Nobody reads any more; what is left to be written at the exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:  # before or after the dialogue
        return 130
    return 0


def start(
    options: argparse.Namespace, replies: TextIO | None, out: TextIO | None, now: datetime
) -> None:
    """Hold the sitting that the options say.

    Raises:
        RecordError: As in `sit`; or a model cannot be opened, or an end of the dialogue is closed.

    """
    if replies is None or out is None:
        raise RecordError("standard input or output is closed; start it in a terminal")
    for stream in (replies, out):
        if isinstance(stream, TextIOWrapper):
            unread = "surrogateescape" if stream is replies else "replace"
            stream.reconfigure(encoding="utf-8", errors=unread)
    bank = read_bank()
    speaker = open_speaker(options.model) if options.model else None
    _, picker = picker_of(bank, options.encoder)
    limit = threshold(picker, bank.split("validation"))
    chosen = options.interview or INTERVIEWS[0]
    interviewer = Interviewer(bank, picker, limit, chosen, options.seed, speaker)
    named = {"encoder": options.encoder, "model": options.model}
    given = {key: str(of) for key, of in named.items() if of not in {None, NGRAM}}
    models = "".join(f" --{key} {shlex.quote(of)}" for key, of in given.items())
    fresh = FOLDER / f"{now:%Y%m%d-%H%M%S}.jsonl"
    path = options.transcript or fresh
    transcript = Transcript(path, new=options.transcript is None, of=options.interview)
    if replies.isatty():
        print("‘그만’이라고 쓰면 멈추고, 나중에 이어서 할 수 있습니다.", file=sys.stderr)
    sit(interviewer, transcript, replies, out, models)


if __name__ == "__main__":
    sys.exit(main())
