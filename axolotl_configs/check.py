"""Check the keys of a run's YAML, and their values, against what the installed Axolotl knows.

    python -m axolotl_configs.check axolotl_configs/advice-polyglot-ko-1.3b-qlora.yml

Keys are looked up at any depth: Axolotl itself drops a misspelt one without a word and trains with
the default. Exit codes: 0 all well, 1 a key is not known, a value is of another kind, or a file
cannot be read, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys
import types
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Never, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from axolotl_configs.run_yaml import in_one_line
from axolotl_configs.values import WrongValue, wrong_values


class ConfigError(ValueError):
    """A file that is no YAML of settings, or names no plugin that there is; the message says so."""


class UnknownKey(NamedTuple):
    """A key that Axolotl does not know: where it stands, and the known key most like it."""

    line: int
    name: str
    like: str | None


def axolotl_settings() -> type[BaseModel]:
    """Give the model of the settings that the installed Axolotl knows without any plugin."""
    from axolotl.utils.schemas.config import AxolotlInputConfig  # noqa: PLC0415 - takes seconds

    model: type[BaseModel] = AxolotlInputConfig
    return model


def plugin_settings(name: str) -> type[BaseModel] | None:
    """Give the model of the settings that a plugin adds, or None where it adds none.

    Args:
        name: The plugin as a YAML names it, such as `axolotl.integrations.liger.LigerPlugin`.

    Raises:
        ConfigError: There is no such plugin.

    """
    from axolotl.integrations.base import load_plugin  # noqa: PLC0415 - takes seconds

    try:
        added = load_plugin(name).get_input_args()
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"Axolotl has no plugin {name}: {error}; see its integrations") from None
    if not added:
        return None
    module, _, model_name = added.rpartition(".")
    model: type[BaseModel] = getattr(importlib.import_module(module), model_name)
    return model


class Strange(NamedTuple):
    """What of a YAML Axolotl cannot take, in the order of the file."""

    keys: list[UnknownKey]
    values: list[WrongValue]


def strange_in(path: Path, settings: type[BaseModel]) -> Strange:
    """Find the keys that neither the settings nor the file's own plugins know, and wrong values.

    Args:
        path: The YAML of a run.
        settings: What `axolotl_settings` gives.

    Raises:
        ConfigError: The file is not a YAML mapping, or names a plugin that there is not.
        OSError: The file cannot be read.

    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as YAML: {in_one_line(error)}") from None
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path} holds no keys; a run is a YAML of Axolotl's settings")
    try:
        added = [plugin_settings(name) for name in _plugins(node)]
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    fields = _fields(settings, *(model for model in added if model))
    keys = sorted(_outside(node, fields, ""), key=lambda key: (key.line, key.name))
    return Strange(keys, list(wrong_values(node, fields)))


def unknown_keys(path: Path, settings: type[BaseModel]) -> list[UnknownKey]:
    """Find the unknown keys alone; see `strange_in`."""
    return strange_in(path, settings).keys


def _plugins(node: yaml.MappingNode) -> list[str]:
    """Take the names under `plugins:`."""
    return [
        str(item.value)
        for key, value in node.value
        if key.value == "plugins" and isinstance(value, yaml.SequenceNode)
        for item in value.value
    ]


def _fields(*models: type[BaseModel]) -> dict[str, FieldInfo]:
    """Give the fields of models by every name that a YAML may call them."""
    fields = {name: field for model in models for name, field in model.model_fields.items()}
    return fields | {field.alias: field for field in fields.values() if field.alias}


def _outside(
    node: yaml.MappingNode, fields: dict[str, FieldInfo], where: str
) -> Iterator[UnknownKey]:
    """Yield the keys of a mapping that are no fields, and those inside its values."""
    for key, value in node.value:
        name = f"{where}.{key.value}" if where else str(key.value)
        if key.value in fields:
            yield from _inside(value, fields[key.value].annotation, name)
        else:
            like = difflib.get_close_matches(str(key.value), fields, n=1)
            yield UnknownKey(key.start_mark.line + 1, name, next(iter(like), None))


def _inside(node: yaml.Node, kind: Any, where: str) -> Iterator[UnknownKey]:
    """Yield the unknown keys inside a value whose field has the annotation `kind`."""
    options = list(_members(kind))
    if isinstance(node, yaml.SequenceNode):
        items = [arg for option in options for arg in get_args(option)]
        for i, item in enumerate(node.value):
            yield from _inside(item, reduce(or_, items, Never), f"{where}[{i}]")
    elif isinstance(node, yaml.MappingNode) and not any(map(_takes_any_key, options)):
        models = [o for o in options if isinstance(o, type) and issubclass(o, BaseModel)]
        found = [list(_outside(node, _fields(model), where)) for model in models]
        no_mapping = [UnknownKey(node.start_mark.line + 1, f"{where} (takes no mapping)", None)]
        yield from min(found, key=len, default=no_mapping)


def _members(kind: Any) -> Iterator[Any]:
    """Yield the members of a union, annotations taken off."""
    if get_origin(kind) is Annotated:
        yield from _members(get_args(kind)[0])
    elif get_origin(kind) in (Union, types.UnionType):
        for arg in get_args(kind):
            yield from _members(arg)
    else:
        yield kind


def _takes_any_key(kind: Any) -> bool:
    return kind in (dict, Any) or get_origin(kind) is dict


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m axolotl_configs.check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("configs", type=Path, nargs="+", metavar="YAML")
    paths: list[Path] = parser.parse_args(argv).configs
    settings = axolotl_settings()
    problems: list[str] = []
    for path in paths:
        try:
            strange = strange_in(path, settings)
            for key in strange.keys:
                hint = f"; did you mean {key.like}?" if key.like else ""
                problems.append(f"{path}, line {key.line}: Axolotl knows no key {key.name}{hint}")
            problems += [f"{path}, {wrong}" for wrong in strange.values]
        except FileNotFoundError:
            there = ", ".join(sorted(p.stem for p in path.parent.glob("*.yml"))) or "none"
            problems.append(f"{path} is missing; the runs in {path.parent}/ are: {there}")
        except (OSError, ConfigError) as error:
            problems.append(str(error))
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
