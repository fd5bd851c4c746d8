"""How far single operations are off: the bounds c_k behind the judge's budgets, measured.

Writes `reports/rounding.md`, and the table of JAX's bounds that the judge reads. The engine's are
columns of its op table; the page holds them against what is measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import diffcheck.backends
from diffcheck.report.files import write_changed
from diffcheck.studies.rounding.measuring import Row, rows
from diffcheck.studies.rounding.page import page

__all__ = ["run"]

TABLE: Final = Path(diffcheck.backends.__file__).with_name("measured_rounding.json")


def run(reports: Path) -> Path:
    """Measure every elementwise operation, and write the page and the table; return the page."""
    found = list(rows())
    write_changed(TABLE, (json.dumps(bounds(found), indent=2, sort_keys=True) + "\n").encode())
    return write_changed(reports / "rounding.md", page(found).encode())


def bounds(found: list[Row]) -> dict[str, dict[str, dict[str, float]]]:
    """Return the bounds by backend, operation and dtype."""
    table: dict[str, dict[str, dict[str, float]]] = {}
    for row in found:
        table.setdefault(row.backend, {}).setdefault(row.name, {})[row.format] = row.bound
    return table
