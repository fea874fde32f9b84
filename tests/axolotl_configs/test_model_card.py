"""The model card: everything that is known, nothing that is not, and foreign text kept inert."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import yaml

from axolotl_configs.merge_proof import Gap, Proof
from axolotl_configs.merge_weights import sha256
from axolotl_configs.model_card import (
    DATASHEET,
    card,
    code,
    fenced,
    front_matter,
    inner_markdown,
    plain,
)
from axolotl_configs.model_card import main as write_cards
from axolotl_configs.named_run import named_run
from axolotl_configs.record import Commit, RunRecord
from preprocess.alpaca import AlpacaRow, write_jsonl, write_whole
from tests.axolotl_configs.merge_runs import scored, write_run

RUN = "advice-tiny-neox-lora"
PROOF = Proof(
    run=RUN,
    base_model="data/smoke-neox",
    revision="main",
    stored_as="bfloat16",
    rows_file="data/alpaca/advice/validation.jsonl",
    rows=32,
    positions=4096,
    largest_logit=21.25,
    float32=Gap(2e-5, 1e-6, 4e-7, 1.0),
    bfloat16=Gap(0.25, 4e-3, 2.5e-3, 0.9975),
    adapter_sha256="a" * 64,
    weights_sha256={"model.safetensors": "b" * 64},
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside a run whose folder holds an adapter's settings and nothing else."""
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path, RUN, "smoke-neox-lora", {"base_model": "a-hub/base|model"})
    row = AlpacaRow("지시", "글", "좋은점 1 [1] 수치가 있습니다.", "1-1", "g1", "1")
    write_jsonl(Path("data/alpaca/advice/test.jsonl"), [row])
    write_whole(tmp_path / "runs" / RUN / "adapter_config.json", [b"{}"])
    return Path("runs") / RUN


def test_what_is_not_there_is_said_to_be_missing(run: Path) -> None:
    """Without scores, data sheet, proof and end of training, the card says each."""
    assert write_cards([RUN]) == 0
    text = (run / "README.md").read_text(encoding="utf-8")
    assert "## Results\n\nNot measured.\n" in text
    assert "No data sheet was there" in text
    assert "**The training did not come to its end.**" in text
    assert "## Proof of the merge" not in text
    assert "this is the adapter alone" in text
    assert "개인정보" in text
    (run / "trained").touch()
    assert write_cards([RUN]) == 0
    assert "did not come to its end" not in (run / "README.md").read_text(encoding="utf-8")


def test_scores_proof_and_data_are_told(run: Path) -> None:
    """Each number has its interval, what could not be measured its reason, and the data a sheet."""
    scored(Path.cwd(), RUN)
    write_whole(DATASHEET, ["# 자료\n\n## Kept\n\n1,234 essays\n".encode()])
    write_whole(run / "merged" / "proof.json", [msgspec.json.encode(PROOF)])
    assert write_cards([RUN]) == 0
    text = (run / "merged" / "README.md").read_text(encoding="utf-8")
    assert "| tuned | 0.500 [0.400, 0.600] | not measured | not measured |" in text
    assert "not measured (no point was matched \\| none)" in text
    assert "- tuned − base, location F1: 0.250 [-0.125, 0.375]" in text
    assert "| bfloat16 | 2.5e-01 | 4.0e-03 | 2.5e-03 | 99.75 % |" in text
    assert "vllm serve FOLDER --dtype bfloat16" in text
    assert "\n### 자료\n\n#### Kept\n\n1,234 essays\n" in text
    assert "| lora\\_r | 16 |" in text
    assert "### 지시:\n{instruction}" in text


def test_the_record_of_the_training_is_told(run: Path) -> None:
    """Versions, commit and data are the record's, and data built anew since then is told."""
    train = Path("data/alpaca/advice/train.jsonl")
    write_whole(train, [b"rows"])
    record = RunRecord(
        run=RUN,
        made=datetime(2026, 1, 2, tzinfo=UTC),
        base_model="a-hub/base",
        base_files={},
        data={str(train): sha256(train)},
        versions={"axolotl": "0.19.0", "torch": "2.13.0"},
        python="3.12.1",
        platform="Linux-6",
        cards="a card | two",
        commit=Commit("c" * 40, dirty=True),
    )
    write_whole(run / "record" / "record.json", [msgspec.json.encode(record)])
    text = card(named_run(RUN), None)
    assert "with a card \\| two, Python 3.12.1, commit" in text
    assert f"`{'c' * 40}`, files changed: axolotl 0.19.0, torch 2.13.0." in text
    assert f"| {train} | `{sha256(train)}` |" in text
    assert "no longer those" not in text
    write_whole(train, [b"other rows"])
    assert "no longer those that it was trained on" in card(named_run(RUN), None)


def test_tables_are_whole(run: Path) -> None:
    """Every line of a table has as many cells as its head, whatever is written into it."""
    assert run.is_dir()
    scored(Path.cwd(), RUN)
    rows = [line for line in card(named_run(RUN), PROOF).splitlines() if line.startswith("|")]
    widths = [line.replace("\\|", "").count("|") for line in rows]
    assert set(widths) == {3, 6, 7}
    assert len(rows) > 20


def test_the_hub_reads_the_head(run: Path) -> None:
    """A base of the hub is named, a folder of this machine is not; the library is the right one."""
    named = named_run(RUN)
    assert yaml.safe_load(front_matter(named, merged=False))["base_model"] == "a-hub/base|model"
    assert yaml.safe_load(front_matter(named, merged=True))["library_name"] == "transformers"
    Path("a-hub/base|model").mkdir(parents=True)
    assert "base_model" not in yaml.safe_load(front_matter(named, merged=False))
    head = card(named, None).split("---\n")[1]
    assert yaml.safe_load(head)["library_name"] == "peft"
    assert run.is_dir()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b\n# c", "a\\|b \\# c"),
        ("<img src=x> & *b*", "&lt;img src=x&gt; &amp; \\*b\\*"),
        ("[here](https://a.example)", "\\[here\\](https://a.example)"),
        ("<|tel|> lora_r", "&lt;\\|tel\\|&gt; lora\\_r"),
    ],
)
def test_foreign_text_stays_text(text: str, written: str) -> None:
    """No table, link, emphasis or HTML comes out of a text that is not ours."""
    assert plain(text) == written


def test_foreign_text_stays_in_its_fence() -> None:
    """Backticks end neither a fence nor a code span; a sheet's own HTML and links do nothing."""
    assert fenced("a\n```\nb") == "````\na\n```\nb\n````"
    assert code("a`b\nc") == "`a'b c`"
    sheet = "# A\n\n<script>x</script> [b](c)\n#no heading"
    assert inner_markdown(sheet) == "### A\n\n&lt;script>x&lt;/script> [b]\\(c)\n#no heading"


def test_a_broken_result_is_named(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A result that cannot be read and a run without an adapter are one error each."""
    write_whole(run / "eval" / "result.json", [b"{"])
    assert write_cards([RUN]) == 1
    assert "result.json is broken" in capsys.readouterr().err
    (run / "adapter_config.json").unlink()
    assert write_cards([RUN]) == 1
    assert f"holds no adapter; make train RUN={RUN}" in capsys.readouterr().err
    assert write_cards(["no-such-run"]) == 1
    assert "no-such-run.yml is missing" in capsys.readouterr().err
