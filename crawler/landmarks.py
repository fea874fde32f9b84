"""The nodes of a page that its selectors start from, found in one walk.

A page has thousands of elements, and few of them are looked for. One walk, which asks only those
of a few tags for their class, takes the place of a walk for each selector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from crawler.selection import Node, Path, Step, bearers, class_names, descend, is_inside, read_path

BLOCK = "div"  # what a class without a tag is nearly always a class of


class _Starts(NamedTuple):
    """What to look for on the way: each path's start, and the classes and tags of all."""

    steps: frozenset[Step]
    classes: frozenset[str]
    tags: tuple[str, ...]


class Landmarks:
    """What some selectors of a page start from.

    Args:
        root: The page.
        text: Its HTML.
        selectors: Those to select by, of tags and classes inside one another; others are slow.

    Raises:
        ValueError: A selector is not of tags and classes, or names no class.

    """

    def __init__(self, root: Node, text: str, selectors: tuple[str, ...]) -> None:
        self._root = root
        self._text = text
        self._starts = _starts(selectors)
        self._by_class = group(root.iter(*self._starts.tags), self._starts.classes)
        self._reached: dict[str, list[Node]] = {}

    def select(self, css: str) -> list[Node]:
        """Return the nodes of the page that a CSS selector names, in its order."""
        beginning, (around, start, inside) = _path(css)
        nodes = self._reached.get(beginning)
        if nodes is None:
            nodes = self._bearers(*start)
            if around:
                nodes = [node for node in nodes if is_inside(node, self._root, around)]
            self._reached[beginning] = nodes
        return descend(nodes, inside) if inside else nodes

    def first(self, css: str) -> Node | None:
        """Return the first node of the page that a CSS selector names."""
        found = self.select(css)
        return found[0] if found else None

    def _bearers(self, tag: str, name: str) -> list[Node]:
        """Return the page's nodes with a class, and a tag if it is not empty.

        Where the page's text has the class as often as there are such blocks, nothing else has it
        (but an element that spells it with a reference, as no template does).
        """
        found = [node for node in self._by_class.get(f".{name}", ()) if node.tag == (tag or BLOCK)]
        if not found and (tag or BLOCK, name) not in self._starts.steps:
            return bearers(self._root, tag, name)
        if tag or self._text.count(name) == len(found):
            return found
        return bearers(self._root, tag, name)


def group(nodes: Iterable[Node], selectors: frozenset[str]) -> dict[str, list[Node]]:
    """Return nodes by those of some selectors of classes, such as `.tx`, that name them."""
    naming = _naming(selectors)
    found: dict[str, list[Node]] = {}
    for node in nodes:
        classes = node.get("class")
        if classes:
            for css in naming(classes):
                if css in found:
                    found[css].append(node)
                else:
                    found[css] = [node]
    return found


@cache
def _naming(selectors: frozenset[str]) -> Callable[[str], tuple[str, ...]]:
    """Return what tells which of the selectors name a node by its `class` attribute."""

    @lru_cache(maxsize=512)
    def naming(classes: str) -> tuple[str, ...]:
        return tuple(selectors.intersection(f".{name}" for name in class_names(classes)))

    return naming


@cache
def _starts(selectors: tuple[str, ...]) -> _Starts:
    steps = frozenset(
        (tag or BLOCK, name) for tag, name in (_path(css)[1].start for css in selectors)
    )
    classes = frozenset(f".{name}" for _, name in steps)
    return _Starts(steps, classes, tuple({tag for tag, _ in steps}))


@cache
def _path(css: str) -> tuple[str, Path]:
    """Return a selector as far as its start, which it may share with others, and its path."""
    path = read_path(css)
    if path is None or not path.start[1]:
        raise ValueError(f"{css} is not of tags and classes, with a class at least: use select()")
    return " ".join(css.split()[: len(path.around) + 1]), path
