"""Pages from the templates of eval; every text in them is escaped.

Control characters, which a model may say and a page may not hold, are shown as their pictures.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[1] / "templates"
#: The control characters but tab, line feed and carriage return, as U+2400 and on.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
_PICTURES[0x7F] = 0x2421


def visible(value: object) -> object:
    """Put pictures for the control characters of a text that has yet to be escaped."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return value.translate(_PICTURES)
    return value


@cache
def environment() -> Environment:
    """Open the templates; a name that a template lacks is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def html(template: str, **values: object) -> str:
    """Fill a template."""
    return environment().get_template(template).render(**values)
