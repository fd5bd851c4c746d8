"""GPT-2 with 124 million parameters: every gradient beside JAX and a float64 run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from diffcheck.models import gpt2
from diffcheck.report.files import write_changed
from diffcheck.studies.gpt2 import comparison, figure, page
from diffcheck.studies.gpt2.runs import MODEL, WHO

# One thread, so that sums are taken in one order on every machine with these instructions.
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SHOWN: Final = ("engine", "jax-eager", "jax-jit")


def run(reports: Path) -> Path:
    """Run the model by each witness in a process of its own, compare, write the page.

    Takes about five minutes, 6 GB of memory and 4 GB of the folder for temporary files.
    """
    with TemporaryDirectory() as folder:
        measured = {who: _measure(who, folder) for who in (*WHO, "float64")}
        return write(reports, Path(folder), measured)


def write(reports: Path, folder: Path, measured: dict[str, Any]) -> Path:
    """Compare the gradients in `folder`, and write page and drawing below `reports`."""
    names = list(gpt2.shapes(MODEL))
    found = {who: comparison.beside(folder, who, "float64", names) for who in SHOWN}
    pairs = {
        (a, b): comparison.beside(folder, a, b, names)
        for a, b in (("engine", "jax-jit"), ("engine", "jax-eager"), ("jax-eager", "jax-jit"))
    }
    replayed = comparison.beside(folder, "engine-compiled", "engine", names)
    nothing = comparison.zeros(folder, names, list(WHO))
    write_changed(reports / "gpt2-124m.svg", figure.drawing(found))
    text = page.render(measured, found, pairs, replayed, nothing)
    return write_changed(reports / "gpt2-124m.md", text.encode())


def _measure(who: str, folder: str) -> Any:
    command = [sys.executable, "-m", "diffcheck.studies.gpt2", who, folder]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(  # noqa: S603 - our own module
        command, env=environment, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)
