"""Long commands end with one line when they are interrupted, and say what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from eval import generate, judge, kobest
from eval.runs import Run
from tests.eval.rows import RUN
from tests.preprocess.chat_server import Site

#: Each command with where it is interrupted, what more it is given, and what it tells.
COMMANDS: dict[str, tuple[Any, str, list[str], str]] = {
    "generate": (generate, "generate", [], "goes on where it was"),
    "kobest": (kobest, "wanted", [], "goes on after the last task"),
    "judge": (judge, "judge_all", ["--model", "judge"], "replies so far are kept"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_interrupt_is_told_in_one_line(
    name: str,
    run: Run,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 1, and no traceback; nobody is asked any more."""
    command, at, more, told = COMMANDS[name]

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, at, interrupt)
    assert command.main(["--run", RUN, *more]) == 1
    error = capsys.readouterr().err.splitlines()
    assert (len(error), error[0].startswith("interrupted; "), told in error[0]) == (1, True, True)
    assert (run.name, site.asked) == (RUN, [])
