"""The drawing of the page: how far the parameters are apart, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from diffcheck.floats import FORMATS
from diffcheck.report.plots import as_svg
from diffcheck.studies.training.runs import STEPS, Trajectory

UNIT_ROUNDOFF = FORMATS["float32"].unit_roundoff
COLORS = {
    "engine": "#08519c",
    "JAX, eager": "#fd8d3c",
    "JAX, jit": "#a63603",
    "PyTorch": "#31a354",
}


def drawing(trained: Mapping[str, Trajectory], wide: Trajectory) -> bytes:
    """Return an SVG of the distances from the engine and from the float64 trajectory."""
    return as_svg(lambda: draw(trained, wide))


def draw(trained: Mapping[str, Trajectory], wide: Trajectory) -> Figure:
    """Return the figure, to be saved in any format."""
    figure = Figure(figsize=(9.2, 3.2), dpi=150)
    left, right = figure.subplots(1, 2, sharey=True)
    figure.subplots_adjust(left=0.075, right=0.985, top=0.88, bottom=0.15, wspace=0.08)
    panels = (
        (left, trained["engine"], "From the engine's float32 trajectory"),
        (right, wide, "From the float64 trajectory"),
    )
    for axes, reference, title in panels:
        for who, trajectory in trained.items():
            if trajectory is not reference:
                pairs = zip(trajectory.parameters, reference.parameters, strict=True)
                apart = [_apart(p, q) / UNIT_ROUNDOFF for p, q in pairs]
                axes.plot(range(STEPS + 1), apart, color=COLORS[who], linewidth=1.1, label=who)
        axes.set_xlabel("steps")
        axes.set_title(title, loc="left", fontweight="bold", fontsize=8.5)
        axes.set_xlim(0, STEPS)
        axes.legend(frameon=False, loc="upper left")
    left.set_yscale("log")
    left.set_ylim(0.1, 100)
    left.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    left.set_ylabel("relative distance, in unit roundoffs")
    return figure


def _apart(p: Mapping[str, Any], q: Mapping[str, Any]) -> float:
    """Return the norm of the difference of all parameters over their norm."""
    squares = [np.sum((p[name].astype(np.float64) - x) ** 2) for name, x in q.items()]
    return float(np.sqrt(sum(squares) / sum(np.sum(x.astype(np.float64) ** 2) for x in q.values())))
