"""Check that every key of a run's YAML, at any depth, is one that the installed Axolotl knows.

    python -m axolotl_configs.check axolotl_configs/advice-polyglot-ko-1.3b-qlora.yml

Axolotl itself drops a misspelt key without a word and trains with the default. Exit codes: 0 all
keys known, 1 some are not or a file cannot be read, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import types
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import yaml
from pydantic import BaseModel


class ConfigError(ValueError):
    """A file that is no YAML of settings; the message names it."""


class UnknownKey(NamedTuple):
    """A key that Axolotl does not know: where it stands, and the known key most like it."""

    line: int
    name: str
    like: str | None


def axolotl_settings() -> type[BaseModel]:
    """Give the model of the settings that the installed Axolotl knows."""
    from axolotl.utils.schemas.config import AxolotlInputConfig  # noqa: PLC0415 - takes seconds

    model: type[BaseModel] = AxolotlInputConfig
    return model


def unknown_keys(path: Path, settings: type[BaseModel]) -> list[UnknownKey]:
    """Find the keys of a YAML that the settings do not know, in the order of the file.

    Raises:
        ConfigError: The file is not a YAML mapping.
        OSError: The file cannot be read.

    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as YAML: {error}") from None
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path} holds no keys; a run is a YAML of Axolotl's settings")
    return sorted(_outside(node, settings, ""), key=lambda key: (key.line, key.name))


def _outside(node: yaml.MappingNode, model: type[BaseModel], where: str) -> Iterator[UnknownKey]:
    """Yield the keys of a mapping that one model does not know, and those inside its values."""
    fields = dict(model.model_fields)
    fields |= {field.alias: field for field in model.model_fields.values() if field.alias}
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
            yield from _inside(item, reduce(or_, items), f"{where}[{i}]")
    elif isinstance(node, yaml.MappingNode) and not any(map(_takes_any_key, options)):
        models = [o for o in options if isinstance(o, type) and issubclass(o, BaseModel)]
        found = [list(_outside(node, model, where)) for model in models]
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
            for key in unknown_keys(path, settings):
                hint = f"; did you mean {key.like}?" if key.like else ""
                problems.append(f"{path}, line {key.line}: Axolotl knows no key {key.name}{hint}")
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
