"""Markdown that survives GitHub: templates, escapes, math fences."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_CODE_SPAN = re.compile(r"(`+[^`]*`+)")
_TAG = re.compile(r"<(?!https?://)")


def prose(text: str) -> str:
    """Return text in which `<` begins no HTML tag; code spans and links stay as they are."""
    parts = _CODE_SPAN.split(text.strip())
    return "".join(p if i % 2 else _TAG.sub("&lt;", p) for i, p in enumerate(parts))


def in_cell(text: str) -> str:
    """Return text for a table cell: one line, bars escaped, no HTML."""
    return prose(" ".join(text.split())).replace("|", r"\|")


def code(text: str) -> str:
    """Return a code span for a table cell; empty text stays empty."""
    one_line = " ".join(text.split()).replace("|", r"\|")
    if not one_line:
        return ""
    return f"`` {one_line} ``" if "`" in one_line else f"`{one_line}`"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("diffcheck.report"),
        autoescape=False,  # noqa: S701 - Markdown, escaped by the filters below
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"prose": prose, "cell": in_cell, "code": code}
    return environment


def render(template: str, context: dict[str, Any]) -> str:
    """Return the template filled in, with no trailing spaces and no runs of blank lines."""
    text = _environment().get_template(template).render(context)
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
