"""Elements of a page's tree, selected by CSS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol, cast

from lxml.cssselect import CSSSelector  # type: ignore[import-untyped]

_BETWEEN_CLASSES = re.compile(r"[ \t\r\n]+")
_STEP = re.compile(r"(\w*)(?:\.([\w-]+))?")


class Node(Protocol):
    """What this package uses of an element of the tree."""

    tag: str
    text: str | None
    tail: str | None

    def __len__(self) -> int:
        """Return the number of children."""

    def __iter__(self) -> Iterator[Node]:
        """Iterate over the children."""

    def iter(self, *tags: str) -> Iterator[Node]:
        """Iterate over this element and those under it, of some tags or all."""

    def get(self, key: str) -> str | None:
        """Return an attribute's value."""

    def getnext(self) -> Node | None:
        """Return the element that follows under the same parent."""

    def iterancestors(self) -> Iterable[Node]:
        """Return the elements around this one, the nearest first."""


Step = tuple[str, str]  # tag and class of one part of a selector; either may be empty


class Path(NamedTuple):
    """A selector of tags and classes inside one another, parted where a search begins.

    `start` is the first step with tag and class, or else the first: its bearers are few, where
    XPath begins with the first step and asks every element for its class.
    """

    around: tuple[Step, ...]
    start: Step
    inside: tuple[Step, ...]


def select(node: Node, css: str) -> list[Node]:
    """Return the nodes under a node that a CSS selector names, in the page's order."""
    path = read_path(css)
    if path is None:
        return cast("list[Node]", _selector(css)(node))
    starts = bearers(node, *path.start)
    if path.around:
        starts = [start for start in starts if is_inside(start, node, path.around)]
    return descend(starts, path.inside)


@cache
def _selector(css: str) -> Any:
    return CSSSelector(css, translator="html")


@cache
def read_path(css: str) -> Path | None:
    """Read a selector of tags and classes inside one another, as most here are; else `None`."""
    found = [_STEP.fullmatch(word) for word in css.split()]
    if None in found:
        return None
    steps = tuple((step[1], step[2] or "") for step in found if step)
    start = next((i for i, (tag, name) in enumerate(steps) if tag and name), 0)
    return Path(steps[:start], steps[start], steps[start + 1 :])


def descend(nodes: list[Node], steps: tuple[Step, ...]) -> list[Node]:
    """Return the nodes that the steps lead to inside of some nodes, in the page's order."""
    for tag, name in steps:
        inner = [one for outer in nodes for one in bearers(outer, tag, name) if one is not outer]
        nodes = list(dict.fromkeys(inner)) if len(nodes) > 1 else inner
    return nodes


def bearers(node: Node, tag: str, name: str) -> list[Node]:
    """Return a node and those under it that have a tag and a class; an empty one is any."""
    nodes = node.iter(tag) if tag else node.iter()
    if not name:
        return list(nodes)
    return [
        one
        for one in nodes
        if (classes := one.get("class")) and name in classes and name in class_names(classes)
    ]


def is_inside(node: Node, top: Node, steps: tuple[Step, ...]) -> bool:
    """Whether the steps name ancestors of a node, the last step the nearest, up to `top`."""
    waiting = len(steps)
    for above in node.iterancestors() if node is not top else ():
        tag, name = steps[waiting - 1]
        if (not tag or above.tag == tag) and (not name or has_class(above, name)):
            waiting -= 1
            if waiting == 0:
                return True
        if above is top:
            break
    return False


def has_class(node: Node, name: str) -> bool:
    """Whether an element has a class."""
    classes = node.get("class")
    return classes is not None and name in classes and name in class_names(classes)


@lru_cache(maxsize=512)
def class_names(classes: str) -> frozenset[str]:
    """Return the names in a `class` attribute; only the white space of markup parts them."""
    return frozenset(_BETWEEN_CLASSES.split(classes))


def select_first(node: Node, css: str) -> Node | None:
    """Return the first node under a node that a CSS selector names."""
    found = select(node, css)
    return found[0] if found else None
