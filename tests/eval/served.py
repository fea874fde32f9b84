"""A tiny chat model made on the spot, behind the real `transformers serve` of this machine.

The model has drawn weights and talks nonsense; what is real is the way of the bytes. The server
runs in a thread of these tests, which have loaded torch already: a process of its own would load
it once more.
"""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from preprocess.endpoint import Endpoint
from preprocess.smoke_model import write_model_config, write_tokenizer

NAME = "tiny-chat"
#: Seconds until the server must answer.
PATIENCE = 60.0
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)
TEXTS = ("저는 한들식품의 물류 직무에 지원합니다.", "수치를 들어 주세요.", "[1] 0 1 2 3 4 5")


def write_chat_model(folder: Path) -> None:
    """Write a GPT-NeoX of one small layer with drawn weights, and a tokenizer that can chat."""
    import torch  # noqa: PLC0415 - takes seconds
    from transformers import (  # noqa: PLC0415 - the same
        AutoTokenizer,
        GPTNeoXConfig,
        GPTNeoXForCausalLM,
    )

    write_model_config(folder, vocabulary=write_tokenizer(iter(TEXTS), folder, vocabulary=320))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    config = GPTNeoXConfig.from_pretrained(
        folder,
        num_hidden_layers=1,
        hidden_size=32,
        num_attention_heads=2,
        max_position_embeddings=16_384,
    )
    torch.manual_seed(5)
    GPTNeoXForCausalLM(config).save_pretrained(folder)


def free_port() -> int:
    """Choose a port that nothing listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextmanager
def served(folder: Path) -> Iterator[Endpoint]:
    """Serve the tiny chat model from a folder until the end of the block."""
    from transformers.cli.serve import Serve  # noqa: PLC0415 - takes seconds

    write_chat_model(folder / NAME)
    port = free_port()
    with chdir(folder):  # the model's name is a path from here, and it is loaded at once
        serve = Serve(NAME, device="cpu", host="127.0.0.1", port=port, non_blocking=True)
    try:
        await_health(f"http://127.0.0.1:{port}/health")
        yield Endpoint(f"http://127.0.0.1:{port}/v1", NAME, "local", pause=0.0, timeout=60.0)
    finally:
        serve.kill_server()


def await_health(url: str) -> None:
    """Wait until the server answers; one that never does fails."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - http on loopback
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"transformers serve does not answer at {url} for {PATIENCE:.0f} s")
