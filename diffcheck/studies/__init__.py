"""Longer studies, each a command of its own whose report is committed: `diffcheck study NAME`.

A study is a module of this package with `run(reports: Path) -> Path`, and a line in `STUDIES`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

STUDIES: Final[dict[str, str]] = {
    "accuracy": "worst ulps of the derivatives of every elementwise op, beside its peers",
    "explanations": "who lost the digits, where it is known beforehand; every piece of advice",
    "gpt2": "every gradient of GPT-2 with 124M parameters, beside JAX and a float64 run",
    "power": "what the checker finds, what it accuses, and its own proof, beside its peers",
    "rounding": "worst ulps of single operations: the bounds of the judge's budgets",
    "training": "the network 10-5-1 trained by SGD: where the trajectories part, and why",
}


# Those of many parts alike, of which `sample` leaves out all but one in so many.
SAMPLED: Final = frozenset({"power"})


def run_study(name: str, reports: Path, sample: int = 1) -> Path:
    """Run a study and return the page it wrote under `reports`.

    `sample` is for the studies in `SAMPLED`. Raises `KeyError` for a name that is not in `STUDIES`.
    """
    STUDIES[name]
    options = {"sample": sample} if name in SAMPLED else {}
    page: Path = import_module(f"{__name__}.{name}").run(reports, **options)
    return page
