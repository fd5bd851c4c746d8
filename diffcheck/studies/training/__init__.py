"""The network 10-5-1 trained by SGD: where the trajectories part, and why."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from diffcheck.models import small_network
from diffcheck.report.files import write_changed
from diffcheck.studies.training import causes, figure, page
from diffcheck.studies.training.runs import SEED, in_float64, rules, train, witnesses

COMPARED: Final = {"jax": "JAX, eager", "torch": "PyTorch"}


def run(reports: Path) -> Path:
    """Train by each witness from the same start, find why they part, write page and drawing."""
    start = small_network.parameters(SEED)
    trained = {who: train(gradient, start) for who, gradient in witnesses().items()}
    wide = train(in_float64, {name: x.astype(np.float64) for name, x in start.items()})
    reasons = {}
    for library, who in COMPARED.items():
        if find_spec(library):
            others = rules(library)
            reasons[who] = causes.reason(others, start, trained[who])
    write_changed(reports / "training-10-5-1.svg", figure.drawing(trained, wide))
    text = page.render(trained, wide, reasons)
    return write_changed(reports / "training-10-5-1.md", text.encode())
