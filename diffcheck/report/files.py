"""Files of a report: written only when they change, removed when their case is gone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_changed(path: Path, content: bytes) -> Path:
    """Write a file unless it holds these bytes already."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return path


def remove_stale(
    directory: Path, kept: Iterable[Path], *, folders: Iterable[str] = ("*",)
) -> list[Path]:
    """Remove the pages and plots below `directory/cases` that are not in `kept`; return them."""
    keep = set(kept)
    found = sorted(path for name in folders for path in (directory / "cases").glob(f"{name}/*"))
    stale = [p for p in found if p.suffix in {".md", ".svg"} and p not in keep]
    for path in stale:
        path.unlink()
    return stale
