"""A saved view of the project in W&B, made by code: training, speed, scores and predictions."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from axolotl_configs.run_yaml import RunError

NAME: Final = "Training and scores"
CURE: Final = "pip install wandb-workspaces"
#: The curves by section, as Axolotl names what it logs.
CURVES: Final = {
    "Training": ("train/loss", "eval/loss", "train/learning_rate", "train/grad_norm"),
    "Speed and memory": (
        "train/tokens/train_per_sec_per_gpu",
        "train/tokens/trainable",
        "train/memory/max_active (GiB)",
    ),
}
#: The systems whose scores stand beside each other.
SYSTEMS: Final = ("tuned", "base", "retrieval", "generic", "shuffled")
TABLES: Final = ("predictions", "scores", "differences")


def workspace(entity: str, project: str) -> Any:
    """Build the view, without sending it.

    Raises:
        RunError: wandb-workspaces is not installed.

    """
    try:
        ws: Any = import_module("wandb_workspaces.workspaces")
        wr: Any = import_module("wandb_workspaces.reports.v2")
    except ImportError:
        raise RunError(f"the package wandb-workspaces is not installed: {CURE}") from None

    curves = [
        ws.Section(name=name, panels=[wr.LinePlot(title=key, y=[key]) for key in keys])
        for name, keys in CURVES.items()
    ]
    bars = [
        wr.BarPlot(title=metric, metrics=[f"eval/{system}/{metric}" for system in SYSTEMS])
        for metric in ("location_f1", "point_f1")
    ]
    tables = [wr.WeavePanelSummaryTable(table_name=name) for name in TABLES]
    return ws.Workspace(
        entity=entity,
        project=project,
        name=NAME,
        sections=[
            *curves,
            ws.Section(name="Scores", panels=bars),
            ws.Section(name="Tables", panels=tables),
        ],
    )


def save(entity: str, project: str) -> str:
    """Save the view on the server.

    Returns:
        Its address.

    Raises:
        RunError: The package is missing, or the server does not take the view.

    """
    from requests import RequestException  # noqa: PLC0415 - of wandb
    from wandb.errors import Error  # noqa: PLC0415 - takes seconds

    view = workspace(entity, project)
    try:
        view.save()
    except (Error, RequestException, ValueError) as error:
        first = str(error).split("\n", 1)[0]
        raise RunError(
            f"the workspace of {entity}/{project} was not saved ({first}); see that the server "
            "answers and that the key may write there"
        ) from None
    return str(view.url)
