"""How good the checker is: what it finds, what it accuses, and what proves it, beside its peers."""

from __future__ import annotations

from pathlib import Path

from diffcheck.report.files import write_changed
from diffcheck.studies.power.page import page
from diffcheck.studies.power.work import find

__all__ = ["run"]


def run(reports: Path, sample: int = 1) -> Path:
    """Do the study, or one part in `sample` of it, and write the page; return where it is.

    Run it from the root of a checkout: the mutants are seen through the cases of the atlas. Raises
    `CaseError` where these cannot be loaded.
    """
    return write_changed(reports / "power.md", page(find(Path(), sample), sample).encode())
