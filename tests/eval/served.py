"""A tiny chat model made on the spot, behind the real `transformers serve` of this machine.

The model has drawn weights and talks nonsense; what is real is the way of the bytes.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from preprocess.endpoint import Endpoint
from preprocess.smoke_model import write_model_config, write_tokenizer

NAME = "tiny-chat"
#: Seconds until the server must answer; loading torch takes most of them.
PATIENCE = 300.0
#: The command `transformers`, which ends by itself when whoever started it is gone, killed too.
SERVE = """
import os, sys, threading
threading.Thread(target=lambda: os._exit(len(sys.stdin.read())), daemon=True).start()
from transformers.cli.transformers import main
main()
"""
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
    write_chat_model(folder / NAME)
    port, log = free_port(), folder / "serve.log"
    command = [sys.executable, "-c", SERVE, "serve", NAME]
    command += ["--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            command, cwd=folder, env=offline, stdin=subprocess.PIPE, stdout=stream, stderr=stream
        ) as server,
    ):
        try:
            await_health(server, f"http://127.0.0.1:{port}/health", log)
            yield Endpoint(f"http://127.0.0.1:{port}/v1", NAME, "local", pause=0.0, timeout=60.0)
        finally:
            stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server, by force where it does not end by itself."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()


def await_health(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until the server answers; one that ends or never does fails with what it logged."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - http on loopback
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"transformers serve does not answer: {log.read_text(errors='replace')}")
