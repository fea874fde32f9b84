"""Say whether this machine can do a run, before an hour is spent on it.

    python -m axolotl_configs.doctor advice-polyglot-ko-1.3b-qlora

prints a table of findings, each ok, warning or fault with its cure, and the faults once more at the
end, a line each. Exit codes: 0 no fault, 1 faults, 2 wrong usage. Nothing is downloaded or changed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from axolotl_configs import base_model, doctor_data, doctor_machine, doctor_wandb
from axolotl_configs.check import ConfigError, axolotl_settings, strange_in
from axolotl_configs.findings import Finding, faults, table
from axolotl_configs.machine import free_disk_gib, look_for_cards, version_of
from axolotl_configs.named_run import NamedRun, named_run
from axolotl_configs.noise import hush
from axolotl_configs.run_yaml import RunError, is_local

VALUES = "values"


def examine(run: NamedRun) -> Iterator[Finding]:
    """Yield what is found, one look after the other."""
    looked_up = list(keys(run))
    yield from looked_up
    if any(found.subject == VALUES for found in looked_up):
        return  # what comes next computes with the values
    seen, shape = look_for_cards(), base_model.shape_of(run)
    offline = base_model.is_offline()
    yield from doctor_machine.card(run, seen)
    yield from doctor_machine.sixteen_bits(run, seen)
    yield from doctor_machine.memory(run, seen, shape)
    yield from doctor_machine.flash_attention(run, seen, offline=offline)
    yield from doctor_machine.four_bits(run, seen)
    yield from doctor_machine.packages(run)
    yield from base_model.presence(run)
    yield from base_model.adapter_fits(run, shape)
    download = not is_local(run.base_model) and not base_model.has_weights(run)
    yield from doctor_machine.disk(run, shape, free_disk_gib(run.output_dir), download=download)
    yield from doctor_data.files(run)
    yield from doctor_data.lengths(run)
    yield from doctor_data.earlier(run)
    yield from doctor_wandb.tracking(run)


def keys(run: NamedRun) -> Iterator[Finding]:
    """Look up every key of the YAML, since Axolotl drops a misspelt one without a word, and values.

    A fault of the subject `VALUES` means that the YAML cannot be computed with.
    """
    try:
        strange = strange_in(run.config, axolotl_settings())
    except ConfigError as error:
        yield Finding(VALUES, "fault", str(error), "mend it there")
        return
    for key in strange.keys:
        said = f"{run.config}, line {key.line}: Axolotl knows no key {key.name}"
        cure = f"did you mean {key.like}?" if key.like else "take it out"
        yield Finding("keys", "fault", said, cure)
    for wrong in strange.values:
        yield Finding(VALUES, "fault", f"{run.config}, {wrong}", "mend it and look again")
    if not any(strange):
        yield Finding("keys", "ok", f"all known to axolotl {version_of('axolotl')}")


def diagnose(run: NamedRun) -> bool:
    """Print the table as it grows and the faults after it; tells whether there were none."""
    findings = []
    for found in examine(run):
        findings.append(found)
        print("\n".join(table([found])), flush=True)
    for fault in faults(findings):
        print(f"error: {fault}", file=sys.stderr)
    return not faults(findings)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.doctor",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", metavar="RUN", help="a run's name, or the path of its YAML")
    name: str = parser.parse_args(argv).run
    hush()
    try:
        return 0 if diagnose(named_run(name)) else 1
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
