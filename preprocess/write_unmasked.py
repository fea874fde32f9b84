"""Copy the rows of `write` with masking off, for one comparison: what does masking firms prevent?

    python -m preprocess.write_unmasked --raw data/raw/essays.jsonl --data data

writes `DATA/unmasked/alpaca/write/{train,validation}.jsonl`: the rows of `make data`, in their
order, with the firm applied to left in the answers. Personal data stay masked, and so do jobs and
questions, so that nothing but the answers differs. The test rows are copied as they are: a model
trained on either is asked the same. `DATA/unmasked/firms.txt` names the firms as the training
answers write them, for `python -m eval.firm_leaks`.

Nothing trains on these rows by accident: they have a folder of their own that no `make` command
makes and the next `make data` removes, their ids end in `-unmasked`, and the one run that reads
them has the word in its name. Exit codes: 0 done, 1 rows or essays are missing, or do not agree.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from tqdm import tqdm

from crawler.items import Essay, RecordError, read_jsonl, write_jsonl, write_whole
from preprocess.alpaca import UNSEEN_FIRMS, AlpacaRow, Split, facts_path, rows_path
from preprocess.composed import composed
from preprocess.edits import apply
from preprocess.firm_names import LONG, derived, key
from preprocess.firms import APPLIED_TO
from preprocess.masking import Masker
from preprocess.steps import row_id

UNMASKED: Final = "unmasked"  # the folder below the data, and the end of each row's id
LEARNT: Final[tuple[Split, ...]] = ("train", "validation")
ASKED: Final[tuple[Split, ...]] = ("test", UNSEEN_FIRMS)
CURE: Final = "make data"


class Answer(NamedTuple):
    """An answer with its firms left in, and the names of the firm applied to, as written there."""

    text: str
    names: tuple[str, ...]


def unmasked(answer: str, company: str) -> tuple[str, Answer]:
    """Give an answer as the data step masks it, and with firms left in."""
    edits = Masker(company).edits(answer)
    names = tuple(answer[e.start : e.end] for e in edits if e.kind == APPLIED_TO.kind)
    plain = apply(answer, Masker(company, firms=False).edits(answer))
    return apply(answer, edits), Answer(plain, names)


def answers_of(essays: Iterable[Essay], rows: Mapping[str, AlpacaRow]) -> dict[str, Answer]:
    """Find the answer that each row was made of, by its id and its masked text."""
    found = {}
    for essay in essays:
        for question in composed(essay).questions:
            row = rows.get(row_id(essay, question))
            if row is None or row.id in found:
                continue
            masked, answer = unmasked(question.answer, essay.company or "")
            if masked == row.output:
                found[row.id] = answer
    return found


def unmasked_row(row: AlpacaRow, answer: Answer) -> AlpacaRow:
    """Mark a row, and put the answer with its firms into it."""
    return msgspec.structs.replace(row, id=f"{row.id}-{UNMASKED}", output=answer.text)


def telling(names: Iterable[str]) -> list[str]:
    """Give the names that tell a firm wherever they stand, without legal forms, each once.

    Shorter ones may be words; the table of firms knows what stands beside those.
    """
    bare = {form for name in names for form in derived(name)[:1]}
    return sorted(name for name in bare if len(key(name)) >= LONG)


def write_unmasked(raw: Path, data: Path) -> tuple[int, int, int]:
    """Write the copy; an earlier one stays whole until all that is read is in order.

    Returns:
        How many rows there are to learn from, in how many of them a firm was left in, and how many
        different names of firms are told.

    Raises:
        RecordError: Rows or essays are missing, or the rows are not made of these essays.

    """
    _refuse_swapped(raw, data)
    rows = {s: list(read_jsonl(rows_path(data, "write", s), AlpacaRow, cure=CURE)) for s in LEARNT}
    every = {row.id: row for of in rows.values() for row in of}
    essays = read_jsonl(raw, Essay, cure="make crawl")
    answers = answers_of(tqdm(essays, desc="unmask", unit=" essays", disable=None), every)
    missing = [name for name in every if name not in answers]
    if missing:
        raise RecordError(
            f"{raw} does not hold the answers of {len(missing)} of {len(every)} rows of write in "
            f"{data} as they were masked, the first {missing[0]}; make the rows of it with: {CURE}"
        )
    _write(data, {s: [unmasked_row(row, answers[row.id]) for row in rows[s]] for s in LEARNT})
    names = telling(name for row in rows["train"] for name in answers[row.id].names)
    write_whole(data / UNMASKED / "firms.txt", (f"{name}\n".encode() for name in names))
    return len(every), sum(bool(answer.names) for answer in answers.values()), len(names)


def _refuse_swapped(raw: Path, data: Path) -> None:
    """Refuse a folder in place of the essays, and a file in place of the data folder."""
    if raw.is_dir():
        raise RecordError(f"{raw} is a folder; name the file of essays in it: --raw")
    if data.is_file():
        raise RecordError(f"{data} is a file where a folder belongs; name another: --data")


def _write(data: Path, rows: Mapping[Split, Sequence[AlpacaRow]]) -> None:
    """Write the rows, and what they are tested on as it is, in place of an earlier copy."""
    out = data / UNMASKED
    shutil.rmtree(out, ignore_errors=True)
    for split, of in rows.items():
        write_jsonl(rows_path(out, "write", split), of)
    for path in _tested(data):
        copy = out / path.relative_to(data)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    # Axolotl knows what it prepared by the configuration alone.
    for prepared in (data / "prepared").glob(f"*-{UNMASKED}"):
        shutil.rmtree(prepared)


def _tested(data: Path) -> Iterator[Path]:
    """Yield the files of test rows and their facts that are there."""
    for split in ASKED:
        path = rows_path(data, "write", split)
        yield from filter(Path.is_file, (path, facts_path(path)))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m preprocess.write_unmasked",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--raw", type=Path, default=Path("data/raw/essays.jsonl"), metavar="FILE")
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR")
    args = parser.parse_args(argv)
    try:
        rows, named, names = write_unmasked(args.raw, args.data)
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(
        f"{rows} rows of write in {args.data / UNMASKED}, {named} with the firm applied to left in "
        f"the answer ({names} names of the training rows): for comparison alone"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
