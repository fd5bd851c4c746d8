"""Who lost the digits: what `diffcheck explain` says where it is known, and advice tried out."""

from __future__ import annotations

from pathlib import Path

from diffcheck.studies.explanations.page import render


def run(reports: Path) -> Path:
    """Explain the known culprits of the bundled cases and try every piece of advice."""
    path = reports / "explanations.md"
    reports.mkdir(parents=True, exist_ok=True)
    path.write_text(render())
    return path
