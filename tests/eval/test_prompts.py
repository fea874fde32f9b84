"""The wrapper of a run's YAML, filled in for inference."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.prompts import choose_example, load_wrapper, prompt_with_example
from eval.runs import RunError
from preprocess.alpaca import AlpacaRow, Wrapper


def row(item_id: str, output: str, text: str = "글") -> AlpacaRow:
    """Make a row."""
    return AlpacaRow("지시", text, output, item_id, item_id, item_id)


def write(path: Path, kind: str) -> Path:
    """Write a YAML whose data set has this `type`."""
    path.write_text(f"datasets:\n  - path: x\n    type: {kind}\n", encoding="utf-8")
    return path


def test_the_wrapper_is_read_from_the_yaml(tmp_path: Path) -> None:
    """Format, system prompt and its format come from the file."""
    system = 'system_prompt: 돕는다, system_format: "<{system}>"'
    kind = '{format: "### {instruction}\\n{input}\\n", ' + system + "}"
    wrapper = load_wrapper(write(tmp_path / "a.yml", kind))
    assert wrapper.prompt(row("1", "답")) == "<돕는다>### 지시\n글\n"


def test_braces_in_an_essay_are_text() -> None:
    """An essay cannot reach into the template."""
    wrapper = Wrapper("{instruction}|{input}|")
    assert wrapper.prompt(row("1", "답", "{instruction} {0}")) == "지시|{instruction} {0}|"


@pytest.mark.parametrize("kind", ["alpaca", '{format: "no place"}', "{field_input: input}"])
def test_a_run_without_a_wrapper_of_its_own_is_an_error(tmp_path: Path, kind: str) -> None:
    """Axolotl's own templates are not taken: the prompt would not be the run's."""
    with pytest.raises(RunError, match=r"a\.yml: datasets\[0\]\.type must be a mapping"):
        load_wrapper(write(tmp_path / "a.yml", kind))


def test_the_example_stands_whole_before_the_item() -> None:
    """Question and answer of the example, then the item's question."""
    wrapper = Wrapper("Q {input}\nA ")
    prompt = prompt_with_example(wrapper, row("1", "", "둘"), row("2", "답", "하나"))
    assert prompt == "Q 하나\nA 답\n\nQ 둘\nA "


def test_the_example_praises_and_criticises_and_is_of_median_length() -> None:
    """Rows with both kinds of advice go first; among them the middle one by length, then by id."""
    both = "좋은점 1 [1] 예\n아쉬운점 1 [2] 예"
    rows = [
        row("long", both + "가" * 50),
        row("b", both + "가"),
        row("a", both + "나"),
        row("short", both),
        row("praise", "좋은점 1 [1] 예"),
    ]
    assert choose_example(rows).id == "a"
    assert choose_example(rows[-1:]).id == "praise"
