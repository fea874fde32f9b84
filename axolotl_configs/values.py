"""Whether the values of a run's YAML are of the kinds that Axolotl takes: a number is no word.

Looked at are the values of the outermost keys that are one thing or a list of such; what stands in
mappings below them, Axolotl's own checks tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, NamedTuple

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from yaml.constructor import SafeConstructor

#: What pydantic's kinds of errors say is wanted, by the beginnings of their names.
WANTED: Final[Mapping[str, str]] = {
    "int_": "a whole number",
    "float_": "a number",
    "bool_": "true or false",
    "string_": "a text",
    "list_": "a list",
    "dict_": "a mapping",
    "model_": "a mapping",
}


class WrongValue(NamedTuple):
    """A value of a kind that its key does not take: where it stands, and what is wanted."""

    line: int
    name: str
    value: object
    wanted: str

    def __str__(self) -> str:
        """Say it in a line without the file's name."""
        return f"line {self.line}: {self.name} is {self.value!r}, {self.wanted} is wanted"


def wrong_values(node: yaml.MappingNode, fields: Mapping[str, FieldInfo]) -> Iterator[WrongValue]:
    """Yield the values that their fields do not take, in the order of the file.

    Args:
        node: The YAML; keys that are no fields are passed over.
        fields: What is known of each key.

    """
    for key, given in node.value:
        if key.value not in fields or not _is_plain(given):
            continue
        value = SafeConstructor().construct_document(given)
        wanted = None if value is None else _wanted(fields[key.value], value)
        if wanted:
            yield WrongValue(key.start_mark.line + 1, key.value, value, wanted)


def _is_plain(node: yaml.Node) -> bool:
    """Whether a value is one thing, or a list that holds no mapping; an alias is what it names."""
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return all(isinstance(item, yaml.ScalarNode) for item in items)


def _wanted(field: FieldInfo, value: object) -> str | None:
    """Say what a field wants in the place of a value, `None` where it takes it."""
    kind: Any = field.annotation
    for constraint in field.metadata:
        kind = Annotated[kind, constraint]
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return " or ".join(dict.fromkeys(map(_of_error, error.errors())))
    except (AttributeError, TypeError):  # Axolotl's own look into mappings, given something else
        return "a list of mappings"
    return None


def _of_error(error: Mapping[str, Any]) -> str:
    """Say what one error wants; a union's error is one for each of its members."""
    for beginning, wanted in WANTED.items():
        if error["type"].startswith(beginning):
            return wanted
    expected = error.get("ctx", {}).get("expected")
    return f"one of {expected}" if expected else str(error["msg"])
