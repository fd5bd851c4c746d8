"""The tape of a small program as SVG: a row for each operation, coloured by the bits it has lost.

Rows stand in the order of execution; arcs on the left lead from an operation to those that use its
result. The picture depends on the record alone, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from diffcheck.floats import FORMATS
from diffcheck.judge import TapeNode

WIDTH: Final = 860
ROW: Final = 22
TOP: Final = 48
ARCS: Final = 96  # pixels on the left
MOST_LETTERS: Final = 46  # of an operation; of a source line
SOURCE_LETTERS: Final = 34
# From no digit lost to none left, after ColorBrewer's YlOrRd; text stays dark on all of them.
COLOURS: Final = ("#ffffff", "#fff7d6", "#fee7a3", "#fdcb7a", "#fca765", "#f98365")
UNKNOWN: Final = "#eeeeee"


def tape_drawing(nodes: Sequence[TapeNode], dtype: str, title: str) -> bytes:
    """Return an SVG of the tape; the darker a row, the more bits its result has lost."""
    height = TOP + ROW * len(nodes) + 12
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    font = 'font-family="DejaVu Sans Mono, monospace" font-size="11"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="16" font-family="DejaVu Sans, sans-serif">{escape(title)}</text>',
        *_heads(),
        *_arcs(nodes),
    ]
    for i, node in enumerate(nodes):
        lines += _row(i, node, FORMATS[dtype].precision)
    return "\n".join([*lines, "</svg>", ""]).encode()


def _heads() -> Iterator[str]:
    columns = ((ARCS + 6, "operation"), (462, "bits lost"), (540, "ulps"), (626, "line"))
    for x, word in columns:
        yield f'<text x="{x}" y="38" fill="#666666" font-size="10">{word}</text>'


def _row(i: int, node: TapeNode, precision: int) -> Iterator[str]:
    y = TOP + ROW * i
    bits = None if node.bits_lost is None else float.fromhex(node.bits_lost)
    yield (
        f'<rect x="{ARCS}" y="{y}" width="{WIDTH - ARCS - 8}" height="{ROW - 3}" rx="3" '
        f'fill="{_colour(bits, precision)}" stroke="#bbbbbb" stroke-width="0.6"/>'
    )
    text = _cut(f"v{i} = {node.operation} = {node.result}", MOST_LETTERS + 6)
    cost = "" if node.cost is None else f"{float.fromhex(node.cost):+.3g}"
    source = _cut(node.source.rpartition("/")[2], SOURCE_LETTERS)
    lost = "" if bits is None else f"{bits:.1f}"
    for x, word in ((ARCS + 6, text), (462, lost), (540, cost), (626, source)):
        if word:
            yield f'<text x="{x}" y="{y + 13}">{escape(word)}</text>'


def _colour(bits: float | None, precision: int) -> str:
    if bits is None:
        return UNKNOWN
    # Half an ulp, which every rounding costs, is log2(1.5) bits: still white.
    step = 0 if bits < 1 else 1 + int(min(bits / precision, 1) * (len(COLOURS) - 2) + 0.5)
    return COLOURS[min(step, len(COLOURS) - 1)]


def _arcs(nodes: Sequence[TapeNode]) -> Iterator[str]:
    longest = max((i - j for i, node in enumerate(nodes) for j in node.operands), default=1)
    for i, node in enumerate(nodes):
        for j in node.operands:
            start, end = (TOP + ROW * k + ROW / 2 - 1.5 for k in (j, i))
            # The curve reaches three quarters of the way to its control points.
            reach = ARCS - (10 + (ARCS - 18) * (i - j) / longest) / 0.75
            yield (
                f'<path d="M{ARCS} {start:.1f} C{reach:.1f} {start:.1f} {reach:.1f} {end:.1f} '
                f'{ARCS} {end:.1f}" fill="none" stroke="#7a8fa6" stroke-width="1"/>'
                f'<circle cx="{ARCS}" cy="{end:.1f}" r="2" fill="#7a8fa6"/>'
            )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
