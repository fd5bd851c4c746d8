"""Smaller SVG: two decimals, and each repeated style written once as a class."""

from __future__ import annotations

import re
from collections import Counter

_DECIMALS = re.compile(r"(\d\.\d\d)\d+")
_STYLE = re.compile(r' style="([^"]*)"')
_HEAD = re.compile(r"(<style type=\"text/css\">)")


def compact(svg: str) -> str:
    """Return an SVG by matplotlib in about a third of its bytes, drawn the same to 1/100 pt."""
    counts = Counter(_STYLE.findall(svg))
    classes = {style: f"s{i}" for i, (style, n) in enumerate(sorted(counts.items())) if n > 1}
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    svg = _STYLE.sub(lambda found: _as_class(found, classes), svg)
    svg = _HEAD.sub(lambda found: found.group(1) + rules, svg, count=1)
    lines = (line.strip() for line in svg.splitlines())
    return "\n".join(_DECIMALS.sub(r"\1", line) for line in lines if line) + "\n"


def _as_class(found: re.Match[str], classes: dict[str, str]) -> str:
    name = classes.get(found.group(1))
    return f' class="{name}"' if name else found.group(0)
