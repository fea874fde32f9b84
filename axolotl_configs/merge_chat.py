"""A chat template that writes a run's own prompt, so that chat servers ask as training did.

Bases without a chat template cannot be asked through the chat API (`transformers serve`, vLLM). The
template takes the instruction from the system's message and the essay's part from the user's last.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from preprocess.alpaca import Wrapper

#: What stands for each part while the prompt is taken apart; no text holds a NUL.
PARTS: Final = {"\0instruction\0": "system", "\0input\0": "user"}
_PICK: Final = (
    '{%- set ns = namespace(system="", user="") -%}'
    "{%- for message in messages -%}"
    '{%- if message["role"] == "system" -%}{%- set ns.system = message["content"] -%}'
    '{%- elif message["role"] == "user" -%}{%- set ns.user = message["content"] -%}'
    "{%- endif -%}{%- endfor -%}"
)


@dataclass(frozen=True)
class _Marked:
    """A row whose parts are marks."""

    instruction: str = "\0instruction\0"
    input: str = "\0input\0"


def chat_template(wrapper: Wrapper, tokenizer: Any) -> str:
    """Write the template, in Jinja, of a tokenizer that has none.

    A tokenizer that begins every text with a token begins the template's with it too, since a
    text made by a template gets none.
    """
    begins = tokenizer("")["input_ids"][:1] == [tokenizer.bos_token_id]
    pieces = re.split("(\0[a-z]+\0)", wrapper.prompt(_Marked()))
    said = (
        f"{{{{- ns.{PARTS[piece]} -}}}}"
        if piece in PARTS
        else f"{{{{- {json.dumps(piece, ensure_ascii=False)} -}}}}"
        for piece in pieces
        if piece
    )
    return _PICK + ("{{- bos_token -}}" if begins else "") + "".join(said)
