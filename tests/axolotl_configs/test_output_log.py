"""What of a process's output is kept and what is shown, with processes told what to say."""

from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import sys
import time
import warnings
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from axolotl_configs.launch import call
from axolotl_configs.named_run import NamedRun
from axolotl_configs.noise import OF_AXOLOTL, OF_LIBRARIES, hush, is_noise
from axolotl_configs.output_log import OutputLog
from axolotl_configs.progress_line import CLEAR, ProgressLine, pace
from tests.conftest import ROOT

#: A line as the libraries write it for each stated pattern, in the order of the patterns.
NOISE = (
    "[2026-11-20 17:42:44,577] [WARNING] [torchao] Failed to load /a b/torchao/_C_x.abi3.so: no",
    "W1120 17:25:31.7 _pytree.py:630] register_constant() on Enum subclasses is deprecated and",
    "ops.py: Skipping publisher trust check for 'kernels-community/quantization-bitsandbytes' as",
    "  gemm_4bit_forward_kernel = get_kernel(",
    "Failed to load CPU gemm_4bit_forward from kernels-community: Version 1 is not available",
    "[INFO] Running in WANDB offline mode",
    "[WARNING] [a.validation] `pad_to_sequence_len: true` is recommended when using sample_packing",
    "[WARNING] [a.deprecated] eval_table_size is deprecated and superseded by generate_samples",
    "[WARNING] [a.sft] Processing datasets during training can lead to VRAM instability.",
    "[transformers] The tokenizer has new PAD/BOS/EOS tokens that differ from the model config and",
    "[WARNING] 'pin_memory' argument is set as true but no accelerator is found, then pinned",
    "  super().__init__(loader)",
    "wandb: WARNING Symlinked 1 file into the W&B run directory; call wandb.save again to sync.",
    "{'loss': '4.957', 'grad_norm': '0.7235', 'epoch': '0.09398'}",
    "trainable params: 3,538,944 || all params: 7,678,080 || trainable%: 46.0915",
)
#: What a process says, and what of it is seen on no terminal.
SAID = """\
step 1 of 40
{'loss': '2.5', 'epoch': '0.1'}
step 2 of 40, loss 2.5
\x1b[33m[2026-11-20 17:25:42,990] [WARNING] [somebody.new] the rows are upside down\x1b[39m
Loading weights:   0%|  | 0/52\rLoading weights: 100%|##| 52/52
step 20 of 40, validation loss 2.25
\udcff is no UTF-8
Traceback (most recent call last):
  File "a.py", line 1, in <module>
    super().__init__(loader)
OSError: [Errno 28] No space left on device
"""
SEEN = """\
step 1 of 40
step 2 of 40, loss 2.5, PACE
[2026-11-20 17:25:42,990] [WARNING] [somebody.new] the rows are upside down
Loading weights: 100%|##| 52/52
step 20 of 40, validation loss 2.25
\N{REPLACEMENT CHARACTER} is no UTF-8
Traceback (most recent call last):
  File "a.py", line 1, in <module>
    super().__init__(loader)
OSError: [Errno 28] No space left on device
the last words, without an end of line
and then
"""


@pytest.fixture
def run(tmp_path: Path) -> NamedRun:
    """Give a run with a folder whose name has a space."""
    folder = tmp_path / "runs of mine" / "r"
    folder.mkdir(parents=True)
    return NamedRun("r", Path("axolotl_configs/r.yml"), {"output_dir": str(folder)})


@pytest.mark.parametrize(
    ("line", "noise"), list(zip(NOISE, OF_LIBRARIES + OF_AXOLOTL, strict=True))
)
def test_each_pattern_knows_its_line(line: str, noise: tuple[str, str]) -> None:
    """A library's line is left out by its own pattern and no other."""
    assert [one for one in OF_LIBRARIES + OF_AXOLOTL if is_noise(line, (one,))] == [noise]


def test_all_is_kept_and_what_says_something_is_shown(
    run: NamedRun, capfd: pytest.CaptureFixture[str]
) -> None:
    """Unknown warnings and errors whole; colours and lines that write over themselves put right."""
    said = SAID.encode(errors="surrogateescape") + b"the last words, without an end of line"
    words = f"import sys; sys.stdout.buffer.write({said!r}); sys.exit(3)"
    path = run.output_dir / "output.log"
    path.write_text("of the attempt before\n")
    with OutputLog(path) as output:
        assert call(run, [sys.executable, "-c", words], os.environ, output) == 3
        assert call(run, [sys.executable, "-c", "print('and then')"], os.environ, output) == 0
    plain = said.replace(b"\x1b[33m", b"").replace(b"\x1b[39m", b"").replace(b"\r", b"\n")
    assert plain + b"\n$ " in path.read_bytes()
    assert path.read_bytes().endswith(b"and then\n")
    assert path.with_name("output.earlier.log").read_text() == "of the attempt before\n"
    seen = re.sub(r"[\d.,]+ steps/s, \d\d:\d\d left", "PACE", capfd.readouterr().err)
    assert seen == SEEN


def test_lines_are_shown_while_the_process_runs(run: NamedRun, tmp_path: Path) -> None:
    """Nobody waits for the end to see a warning: the process ends when it has been seen."""
    shown = tmp_path / "shown"
    waiting = (
        "import sys, time; from pathlib import Path; print('a warning', flush=True)\n"
        "end = time.monotonic() + 30\n"
        f"while 'a warning' not in Path({str(shown)!r}).read_text():\n"
        "    assert time.monotonic() < end; time.sleep(0.02)"
    )
    with (
        shown.open("w") as stream,
        redirect_stderr(stream),
        OutputLog(run.output_dir / "output.log") as output,
    ):
        assert call(run, [sys.executable, "-c", waiting], os.environ, output) == 0


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_an_interrupted_process_has_the_last_word_in_the_log_alone(
    run: NamedRun, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is waited for while it saves; its traceback of the interrupt helps nobody."""
    words = (
        "import os, signal, sys, time; print('at work', flush=True)\n"
        "while not os.path.exists(sys.argv[1]): time.sleep(0.02)\n"
        "time.sleep(0.3)\n"
        "try:\n    os.kill(os.getppid(), signal.SIGINT); time.sleep(30)\n"
        "finally:\n    print('saved', flush=True)"
    )
    path = run.output_dir / "output.log"
    command = [sys.executable, "-c", words, str(run.output_dir / "trainer.pid")]
    with OutputLog(path) as output, pytest.raises(KeyboardInterrupt):
        call(run, command, os.environ, output)
    assert path.read_bytes().endswith(b"KeyboardInterrupt\n")
    assert b"\nsaved\n" in path.read_bytes()
    assert capfd.readouterr().err.endswith("stopping, when Axolotl has saved what it has\n")


#: A command of its own that calls a process, which works until a file is there.
WORKING = """
import os, sys, time
print('at work', flush=True)
end = time.monotonic() + 60
while not os.path.exists(sys.argv[1]) and time.monotonic() < end:
    time.sleep(0.02)
print('still at work')
"""
CALLING = f"""
import os, sys
from pathlib import Path
from axolotl_configs.launch import call
from axolotl_configs.named_run import NamedRun
from axolotl_configs.output_log import OutputLog
folder, killed = sys.argv[1:]
run = NamedRun('r', Path('axolotl_configs/r.yml'), {{'output_dir': folder}})
with OutputLog(Path(folder) / 'output.log') as output:
    call(run, [sys.executable, '-c', {WORKING!r}, killed], os.environ, output)
"""


def test_the_log_goes_on_where_the_command_is_killed(run: NamedRun, tmp_path: Path) -> None:
    """The trainer outlives it until the next command ends it, and no pipe breaks under it."""
    log, killed = run.output_dir / "output.log", tmp_path / "killed"
    words = [sys.executable, "-c", CALLING, str(run.output_dir), str(killed)]
    with subprocess.Popen(words, env=os.environ | {"PYTHONPATH": str(ROOT)}) as command:
        wait_for("at work", log)
        command.kill()
    killed.touch()
    wait_for("still at work", log)


def wait_for(line: str, log: Path) -> None:
    """Wait until a log has a line."""
    deadline = time.monotonic() + 60
    while not log.is_file() or line not in log.read_text().splitlines():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_on_a_terminal_one_line_is_written_again_and_again() -> None:
    """What else is said stands above it, and the last step stays."""
    with redirect_stderr(Terminal()) as stream:
        line = ProgressLine()
        line.move(1, 4, "")
        line.write("a warning")
        line.move(4, 4, ", loss 2.5")
        line.end()
    first, warning, last = stream.getvalue().split(CLEAR)[1:]
    assert first.endswith("| step 1 of 4")
    assert warning == "a warning\n"
    assert "| step 4 of 4, loss 2.5, " in last
    assert last.endswith(" left\n")


def test_elsewhere_a_line_comes_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """A twentieth of the steps apart, and the last with the last loss."""
    line = ProgressLine()
    for step in range(1, 101):
        line.move(step, 100, ", loss 3")
    line.move(100, 100, ", loss 2.5")
    line.end()
    line.end()
    told = [text.split(", ")[:2] for text in capsys.readouterr().err.splitlines()]
    steps = [1, *range(5, 101, 5)]
    assert told == [
        *([f"step {step} of 100", "loss 3"] for step in steps),
        ["step 100 of 100", "loss 2.5"],
    ]


@pytest.mark.parametrize(
    ("made", "seconds", "left", "told"),
    [
        (0, 9.0, 10, ""),
        (8, 2.0, 240, ", 4.0 steps/s, 01:00 left"),
        (2, 25.0, 480, ", 12.5 s a step, 1:40:00 left"),
    ],
)
def test_pace_says_rate_and_time_left(made: int, seconds: float, left: int, told: str) -> None:
    """Nothing before a step was made; slow steps in seconds each."""
    assert pace(made, seconds, left) == told


def test_hushed_libraries_still_say_what_is_new(caplog: pytest.LogCaptureFixture) -> None:
    """The stated messages are left out of this process's own output, and no others."""
    logger = logging.getLogger("torchao")
    before = list(logger.filters)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            hush()
            warnings.warn(NOISE[2], stacklevel=1)
            warnings.warn("the rows are upside down", stacklevel=1)
            logger.warning(NOISE[0])
            logger.warning("the weights are upside down")
    finally:
        logger.filters[:] = before
    assert [str(one.message) for one in warned] == ["the rows are upside down"]
    assert caplog.messages == ["the weights are upside down"]
