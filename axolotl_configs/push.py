"""Send a run's merged model to the hub, with its proof and its card.

    python -m axolotl_configs.push advice-polyglot-ko-1.3b-qlora --repo owner/name --private

The token comes from HF_TOKEN in the environment alone and is written nowhere. Exit codes: 0 sent,
1 failed, 2 wrong usage, 3 refused: no token, or no proof that these weights are base + adapter.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from axolotl_configs.merge_weights import WEIGHTS, first_line, sha256
from axolotl_configs.model_card import proof_of, write_card
from axolotl_configs.named_run import NamedRun, named_run
from axolotl_configs.run_yaml import CONFIGS, RunError


class RefusedError(RuntimeError):
    """Nothing may be sent: the token or the proof is missing; the message holds the cure."""


def proved(run: NamedRun) -> Path:
    """Find a run's merged folder and see that its proof is of these weights and this adapter.

    Returns:
        The folder, its card written anew.

    Raises:
        RefusedError: There is no proof, or it is of other weights or of an older adapter.
        RunError: A file is broken.

    """
    merged, cure = run.output_dir / "merged", f"make merge RUN={run.name}"
    proof = proof_of(merged)
    if proof is None:
        raise RefusedError(f"{merged / 'proof.json'} is missing; make it with: {cure}")
    there = {path.name: sha256(path) for path in sorted(merged.glob("*.safetensors"))}
    if there != proof.weights_sha256:
        raise RefusedError(f"the weights in {merged} are not those of its proof; {cure}")
    adapter = run.output_dir / WEIGHTS
    if not adapter.is_file() or sha256(adapter) != proof.adapter_sha256:
        raise RefusedError(f"{adapter} is not the adapter that was merged; {cure}")
    write_card(run, merged, proof)
    return merged


def hub_token() -> str:
    """Take the hub's token from the environment.

    Raises:
        RefusedError: There is none.

    """
    if token := os.environ.get("HF_TOKEN", "").strip():
        return token
    raise RefusedError(
        "HF_TOKEN is not set; make one that may write at "
        "https://huggingface.co/settings/tokens and export it"
    )


def push(folder: Path, repository: str, *, token: str, private: bool) -> str:
    """Send a folder to a repository of the hub, which is made where there is none.

    Returns:
        The address of the commit.

    Raises:
        RefusedError: It is to be private, and is there already and public.
        RunError: The hub cannot be reached or takes nothing from this token.

    """
    import httpx  # noqa: PLC0415 - of huggingface_hub
    from huggingface_hub import HfApi  # noqa: PLC0415 - of the training extra
    from huggingface_hub.errors import (  # noqa: PLC0415 - the same
        HfHubHTTPError,
        HFValidationError,
        OfflineModeIsEnabled,
    )

    hub = HfApi(token=token)
    try:
        # None leaves it to the owner: some organisations make all that is new private.
        hub.create_repo(repository, private=private or None, exist_ok=True)
        if private and not hub.model_info(repository).private:  # it was there before, and open
            raise RefusedError(
                f"{repository} is there already and public; make it private in its settings, "
                "name another, or send without --private"
            )
        sent = hub.upload_folder(
            folder_path=folder, repo_id=repository, commit_message=f"Merged weights of {repository}"
        )
    except OfflineModeIsEnabled:
        raise RunError("HF_HUB_OFFLINE is set; send with: HF_HUB_OFFLINE=0") from None
    except (HfHubHTTPError, HFValidationError, httpx.HTTPError, OSError) as error:
        told = first_line(error).replace(token, "…")
        raise RunError(
            f"{repository} was not sent ({told}); see that the hub answers, and that HF_TOKEN may "
            "write there: https://huggingface.co/settings/tokens"
        ) from None
    return str(sent)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.push",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", help="a run's name, or the path of its YAML")
    parser.add_argument("--repo", required=True, metavar="OWNER/NAME")
    parser.add_argument("--private", action="store_true", help="for you alone; think of the essays")
    parser.add_argument("--configs", type=Path, default=CONFIGS, metavar="DIR")
    args = parser.parse_args(argv)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", args.repo):
        parser.error(f"--repo {args.repo}: give owner/name")
    try:
        folder = proved(named_run(args.run, args.configs))
        sent = push(folder, args.repo, token=hub_token(), private=args.private)
    except RefusedError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 3
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"sent {folder} to {sent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
