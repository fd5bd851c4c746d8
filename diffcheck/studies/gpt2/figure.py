"""The two drawings of the page: errors of all numbers, and of each parameter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from diffcheck.report.plots import as_svg
from diffcheck.studies.gpt2.comparison import BINS_PER_OCTAVE, LEAST, MOST, Beside

LOOKS = {
    "engine": ("#08519c", "o", "engine"),
    "jax-eager": ("#fd8d3c", "^", "JAX, eager"),
    "jax-jit": ("#a63603", "x", "JAX, jit"),
}


def drawing(found: Mapping[str, Beside]) -> bytes:
    """Return an SVG of each witness's errors beside the float64 run."""
    return as_svg(lambda: _draw(found))


def _draw(found: Mapping[str, Beside]) -> Figure:
    figure = Figure(figsize=(9.2, 3.2), dpi=150)
    left, right = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.07, right=0.985, top=0.88, bottom=0.15, wspace=0.2)
    octaves = np.arange(LEAST, MOST)
    for who, beside in found.items():
        color, marker, label = LOOKS[who]
        counts = beside.errors.counts.reshape(-1, BINS_PER_OCTAVE).sum(axis=1)
        shares = 100 * counts / beside.errors.total
        left.step(octaves, shares, where="post", color=color, linewidth=1.2, label=label)
        relative = [row.relative for row in beside.rows]
        right.plot(relative, marker, color=color, markersize=3.2, markerfacecolor="none",
                   label=label, clip_on=False)  # fmt: skip
    left.set_xlim(-13, 13)
    left.set_ylim(bottom=0)
    ticks = [-12, -9, -6, -3, 0, 3, 6, 9, 12]
    left.set_xticks(ticks, [f"$2^{{{t}}}$" for t in ticks])
    left.set_xlabel("error in ulps of float32")
    left.set_ylabel("% of all numbers, per octave")
    left.set_title(
        "Every number, beside the float64 run", loc="left", fontweight="bold", fontsize=8.5
    )
    left.axvline(-1, color="0.5", linewidth=0.7, linestyle=(0, (4, 3)))
    left.annotate(
        "½ ulp",
        (-1, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-3, -8),
        textcoords="offset points",
        ha="right",
        fontsize=7.5,
        color="0.35",
    )
    left.legend(frameon=False, loc="upper right")
    right.set_yscale("log")
    names = [row.name for row in next(iter(found.values())).rows]
    starts = [i for i, name in enumerate(names) if name.startswith("gain1_")]
    right.set_xticks(starts, [names[i].removeprefix("gain1_") for i in starts])
    right.set_xlabel("parameters in the order of the model, by layer")
    right.set_ylabel("relative norm of the error")
    right.set_title(
        "Each parameter, beside the float64 run", loc="left", fontweight="bold", fontsize=8.5
    )
    return figure
