"""The page of a study: sentences, plots and tables in one file that asks no network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import msgspec

from axolotl_configs.run_yaml import RunError
from eval.pages.glossary import minus
from eval.pages.html import html
from eval.pages.page_section import Section
from eval.pages.tables import Cell
from eval.studies.plot import Figure
from preprocess.alpaca import Record, write_whole


@dataclass(frozen=True)
class StudyPage:
    """What a study's page tells, in its order; `settings` are names and values at its end."""

    title: str
    lead: tuple[str, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    settings: tuple[tuple[str, str], ...]
    notice: str = ""


def make_folder(folder: Path) -> None:
    """Make a folder that results are to be written to, before the work that makes them.

    Raises:
        RunError: It cannot be written to.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from None


def write_record(path: Path, record: Record) -> None:
    """Write a record as JSON, whole.

    Raises:
        RunError: It cannot be written.

    """
    _write(path, msgspec.json.format(msgspec.json.encode(record)))


def write_page(folder: Path, page: StudyPage) -> Path:
    """Write `index.html` whole, every text in it escaped; returns its path.

    Raises:
        RunError: It cannot be written.

    """
    path = folder / "index.html"
    _write(path, html("study.html.j2", page=page).encode())
    return path


def _write(path: Path, text: bytes) -> None:
    try:
        write_whole(path, [text])
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> RunError:
    return RunError(f"{path} cannot be written ({error.strerror}); choose another --out")


def over_seeds(values: Iterable[float], form: str = "{:.3f}") -> Cell:
    """Write the mean over seeds, and below it the least and the greatest where they differ."""
    found = list(values)
    mean, low, high = (
        minus(form.format(value)) for value in (sum(found) / len(found), min(found), max(found))
    )
    return Cell(mean, "" if low == high else f"{low}~{high}")
