"""Words of essay pages that nobody has told the parser of: the first sign that the site changes.

`unknown_in` looks at one page and `Vocabulary` counts over a crawl. A class, spec, label or title
word is mapped, ignored with a reason (both in `crawler.page_words` and `crawler.specs`), or
reported here with the pages that show it. An unknown word is not an error: the page may well be
read rightly, and `crawler.coverage` says when it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple, cast

from crawler.essay_page import (
    COMPANY_SPECS,
    COMPANY_TITLE,
    VIEW_COUNT_CLASS,
    VIEW_SPECS,
    VIEW_TITLE,
)
from crawler.items import Record
from crawler.markup import QUESTIONS, Node, parse_tree, require_essay_page, select, select_first
from crawler.node_text import node_text
from crawler.page_words import LABELS, folded, is_known_class, is_known_label, unknown_title_word
from crawler.specs import read_specs
from crawler.titles import TITLE_END

SHELLS = frozenset({"stContainer", "detailView"})
SHELL_IS_NEAR = 2  # steps up from the questions, where no shell is known by its name
COMPANY_HEAD = ".company-header-branding-body"
EXAMPLES = 3
MOST_WORDS = 100  # of a kind; a site that makes its class names up anew would fill the manifest

CURES = {
    "class": "read it in crawler/essay_page.py or questions.py, or list it in "
    "crawler/page_words.py with the reason why not",
    "spec": "give it a kind in crawler/specs.py",
    "label": "see whether the parser still reads what it labels, and list it in "
    "crawler/page_words.py",
    "title word": "list it in crawler/titles.py and crawler/specs.py",
}


class Unknown(NamedTuple):
    """The unknown words of one page, each once, a field for each kind in the order of `CURES`.

    Numbers in specs, labels and title words are `#`.
    """

    classes: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class Sighting(Record, frozen=True):
    """An unknown word with the number of pages that show it, and the first few of them."""

    kind: str
    word: str
    pages: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        """Say the word, where it stands and the cure."""
        return (
            f"unknown {self.kind} {self.word!r} on {self.pages} page(s), for example "
            f"{', '.join(self.examples)}; {CURES[self.kind]}"
        )


class VocabularyRecord(Record, frozen=True):
    """A crawl's unknown words for its manifest; `left_out` counts sightings of words past 100."""

    pages: int
    words: tuple[Sighting, ...]
    left_out: int


@dataclass
class Vocabulary:
    """The unknown words of a crawl's pages."""

    pages: int = 0
    left_out: int = 0
    seen: dict[str, dict[str, Sighting]] = field(default_factory=lambda: {k: {} for k in CURES})

    def add(self, unknown: Unknown, url: str) -> None:
        """Count the unknown words of a page, which may be none."""
        self.pages += 1
        for kind, words in zip(CURES, unknown, strict=True):
            for word in words:
                self._note(kind, word, url)

    def _note(self, kind: str, word: str, url: str) -> None:
        seen = self.seen[kind]
        before = seen.get(word)
        if before is None and len(seen) >= MOST_WORDS:
            self.left_out += 1
            return
        pages, examples = (before.pages, before.examples) if before else (0, ())
        seen[word] = Sighting(kind, word, pages + 1, (*examples, url)[:EXAMPLES])

    def words(self) -> list[Sighting]:
        """Return the unknown words, the most frequent first."""
        found = [sighting for seen in self.seen.values() for sighting in seen.values()]
        return sorted(found, key=lambda one: -one.pages)

    def report(self) -> list[str]:
        """Return one line for each unknown word."""
        lines = [str(sighting) for sighting in self.words()]
        more = f"{self.left_out} more sightings of unknown words are not listed"
        return [*lines, more] if self.left_out else lines

    def record(self) -> VocabularyRecord:
        """Return what the manifest keeps."""
        return VocabularyRecord(self.pages, tuple(self.words()), self.left_out)


def unknown_words(text: str, url: str) -> Unknown:
    """Find the unknown words of an essay page, given as HTML.

    Raises:
        WrongPageError, RefusedPageError: It is no essay's page.

    """
    root = parse_tree(text)
    require_essay_page(root, text, url)
    return unknown_in(root)


def unknown_in(root: Node) -> Unknown:
    """Find the unknown words of a parsed essay page; one without questions has none.

    What is looked at is the essay's own: from the start of the shell that holds the questions to
    their end, and the head of a firm's page. It is found from the questions outward and not by
    the names of the blocks, so that a renamed block is still looked into.
    """
    questions = select_first(root, QUESTIONS)
    if questions is None:
        return Unknown()
    classes: dict[str, None] = {}
    labels: dict[str, None] = {}
    for node in _own_nodes(root, questions):
        for name in _classes(node):
            if not is_known_class(name):
                classes[name] = None
            place = f"{node.tag}.{name}"
            if place in LABELS:
                _check_label(place, node, labels)
    specs, titles = _check_head(root, labels)
    return Unknown(tuple(classes), tuple(specs), tuple(labels), tuple(titles))


def _own_nodes(root: Node, questions: Node) -> list[Any]:
    """Return the essay's own nodes in the page's order."""
    outside = ("body", "html")
    around = takewhile(lambda above: above.tag not in outside, questions.iterancestors())
    chain: list[Any] = [questions, *around]
    named = (i for i, above in enumerate(chain) if not SHELLS.isdisjoint(_classes(above)))
    chain = chain[: next(named, SHELL_IS_NEAR) + 1]
    nodes = [chain[-1]]
    for child in chain[-1]:
        nodes += child.iter()
        if child in chain:
            break
    head = select_first(root, COMPANY_HEAD)
    return nodes if head is None else [*cast("Any", head).iter(), *nodes]


def _check_label(place: str, node: Any, labels: dict[str, None]) -> None:
    text = node_text(node) if len(node) else node.text or ""
    if not is_known_label(place, text):
        labels[f"{place}: {folded(text)}"] = None


def _check_head(root: Node, labels: dict[str, None]) -> tuple[list[str], list[str]]:
    """Look at specs and title; what stands behind a title is a label."""
    title = select_first(root, VIEW_TITLE)
    if title is not None:
        text, end, items = node_text(title), title.tail or "", select(root, VIEW_SPECS)
    else:
        text = node_text(select_first(root, COMPANY_TITLE))
        end = text.split()[-1] if text else TITLE_END
        items = select(root, COMPANY_SPECS)
    if end.strip() != TITLE_END:
        labels[f"behind the title: {folded(end)}"] = None
    words = [node_text(item) for item in items if not _is_view_count(item)]
    specs = [word for word in words if word]
    read = read_specs(specs)
    unknown = [folded(spec) for spec, known in zip(specs, read, strict=True) if known is None]
    word = unknown_title_word(text.removesuffix(TITLE_END).strip())
    return list(dict.fromkeys(unknown)), [] if word is None else [folded(word)]


def _is_view_count(item: Node) -> bool:
    return VIEW_COUNT_CLASS in _classes(item)


def _classes(node: Node) -> list[str]:
    return (node.get("class") or "").split()
