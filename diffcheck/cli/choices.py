"""What options may choose from, known without importing any backend, and what is missing here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from diffcheck.cli.exits import Refused

BACKENDS: Final = ("engine", "jax", "torch", "autograd", "finite-difference")
MODES: Final = (
    "eager", "jit", "eager+highest", "jit+highest", "central", "richardson", "complex-step",
)  # fmt: skip
REPORTS: Final = Path("reports")  # of runs of whole folders


def require_installed(chosen: Sequence[str]) -> None:
    """Raise `Refused` for the first backend whose packages are not installed."""
    from diffcheck.backends import lacking

    for name in chosen:
        missing = lacking(name)
        if missing:
            raise Refused(
                f"--backend {name}",
                f"expected the packages of a guest, got none of: {', '.join(missing)}",
                f"the extra `{name}` is not installed: guests are not part of a plain installation",
                f"pip install 'diffcheck[{name}]'",
            )
