"""What the training libraries say that helps nobody, by stated patterns, each with its reason.

A line or a message that none of the patterns is found in is shown: an unknown warning may matter.
Where the line goes to a log too, it stands there whatever it says. A warning's source line begins
with two spaces, a traceback's with four, so that no error is shown in part.
"""

from __future__ import annotations

import logging
import re
import warnings
from typing import Final, NamedTuple


class Noise(NamedTuple):
    """What a line must hold to be left out, as a regular expression, and why it may be."""

    pattern: str
    why: str


#: Left out of what any command shows.
OF_LIBRARIES: Final = (
    Noise(
        r"Failed to load .*torchao/_C\S*\.so",
        "kernels of torchao for other Pythons and newer cards; no run names torchao",
    ),
    Noise(
        r"register_constant\(\) on Enum subclasses is deprecated",
        "said by torch to torchao's authors",
    ),
    Noise(
        r"publisher trust check for 'kernels-community/quantization-bitsandbytes'",
        "of the kernel in the next line",
    ),
    Noise(r"^ {2}gemm_4bit_forward_kernel = get_kernel\($", "the source line of the same warning"),
    Noise(
        r"Failed to load CPU gemm_4bit_forward from kernels-community",
        "a kernel to be had from the hub; bitsandbytes takes its own without it",
    ),
)
#: Left out of what Axolotl's processes say beside it.
OF_AXOLOTL: Final = (
    Noise(r"^\[INFO\] Running in WANDB offline mode$", "the doctor's line on W&B says so"),
    Noise(r"`pad_to_sequence_len: true` is recommended", "the YAMLs say why they do not pad"),
    Noise(
        r"eval_(table_size|max_new_tokens) is deprecated and superseded by generate_samples",
        "its successor logs no answers beside the experts', so the YAMLs keep the older keys",
    ),
    Noise(
        r"Processing datasets during training can lead to VRAM instability",
        "`make train` prepares them beforehand; a run on the CPU has no VRAM",
    ),
    Noise(
        r"The tokenizer has new PAD/BOS/EOS tokens that differ from the model config",
        "what the YAMLs' special_tokens are for",
    ),
    Noise(
        r"'pin_memory' argument is set as true but no accelerator is found",
        "on a CPU there is nothing to pin it for",
    ),
    Noise(r"^ {2}super\(\).__init__\(loader\)$", "the source line of the same warning"),
    Noise(
        r"^wandb: (Tracking run with|W&B syncing is set to `offline`|Run data is saved locally"
        r"|View this run in the terminal|WARNING Saving files without folders|WARNING Symlinked "
        r"|Find logs at|$)",
        "where the curves go, the doctor says; the warnings are of how Axolotl hands its YAML over",
    ),
    Noise(r"^\{'(loss|eval_loss|train_runtime)'", "the progress says it, with the step"),
    Noise(r"^trainable params: [\d,]+ \|\|", "a figure, to be found in the log"),
)
_LOGGERS: Final = ("torchao", "torch.utils._pytree", "bitsandbytes.backends.cpu.ops")


def is_noise(line: str, known: tuple[Noise, ...] = OF_LIBRARIES + OF_AXOLOTL) -> bool:
    """Whether one of the patterns is found in a line."""
    return any(re.search(noise.pattern, line) for noise in known)


def hush() -> None:
    """Keep the libraries' noise from this process's own output, before they are imported.

    Loggers are made if they are not there yet; a filter of theirs outlives their configuration.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_says_something)
    for noise in OF_LIBRARIES:
        warnings.filterwarnings("ignore", message=f".*{noise.pattern}")


def _says_something(record: logging.LogRecord) -> bool:
    return not is_noise(record.getMessage(), OF_LIBRARIES)
