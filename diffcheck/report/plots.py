"""Error against input, drawn: SVG whose bytes depend on the numbers alone."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from diffcheck.floats import FORMATS
from diffcheck.report import svg
from diffcheck.report.panels import Panel, Series
from diffcheck.report.scales import Scale, power_of_ten, scale_of

_LEAST: Final = 1e-3  # ulps; smaller errors are drawn here
_FLOOR: Final = 1e-4  # where exact results stand
_RESOLUTION: Final = 0.004  # of an axis; closer dots are drawn once
_MOST_VECTOR_DOTS: Final = 1600  # above that, dots become a picture within the SVG
# A family of colours for each program, a shade and a marker for each witness (after ColorBrewer).
_FAMILIES: Final = (
    ("#08519c", "#3182bd", "#6baed6"),
    ("#a63603", "#e6550d", "#fd8d3c"),
    ("#006d2c", "#31a354", "#74c476"),
    ("#54278f", "#756bb1", "#9e9ac8"),
)
_MARKERS: Final = {
    "engine": ("o", 0),
    "jax eager": ("^", 1),
    "jax jit": ("x", 2),
    "torch": ("s", 1),
    "autograd": ("D", 2),
    "finite-difference central": ("v", 0),
    "finite-difference richardson": ("P", 1),
    "finite-difference complex-step": ("*", 2),
}
_OTHER_MARKERS: Final = ("<", ">", "p", "h", "d")
_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "diffcheck",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "axes.linewidth": 0.6,
    "axes.titley": 1.0,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def error_plot(rows: Sequence[Sequence[Panel]], title: str) -> bytes:
    """Return an SVG with one panel per dtype (columns) and variable (rows)."""
    return as_svg(lambda: draw(rows, title))


def as_svg(make: Callable[[], Figure]) -> bytes:
    """Return the figure that `make` draws in the style of all reports, as SVG."""
    with mpl.rc_context(_STYLE):
        figure = make()
        FigureCanvasSVG(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return svg.compact(buffer.getvalue().decode()).encode()


def draw(rows: Sequence[Sequence[Panel]], title: str) -> Figure:
    """Return the figure of `error_plot`, to be saved in any format."""
    columns = max(len(row) for row in rows)
    legend = _legend(rows)
    legend_height = 0.2 * math.ceil(len(legend) / 3) + 0.1
    height = 2.25 * len(rows) + legend_height + 0.3
    width = 4.1 * columns + 0.35
    figure = Figure(figsize=(width, height), dpi=150)
    axes = figure.subplots(len(rows), columns, squeeze=False)
    figure.subplots_adjust(
        left=0.97 / width,
        right=1 - 0.75 / width,
        top=1 - 0.45 / height,
        bottom=(legend_height + 0.42) / height,
        wspace=0.42,
        hspace=0.42,
    )
    dots = sum(len(s.x) for row in rows for panel in row for s in panel.series)
    for i, row in enumerate(rows):
        for j, panel in enumerate(row):
            _panel(axes[i, j], panel, _programs(rows), rasterized=dots > _MOST_VECTOR_DOTS)
        axes[i, 0].set_ylabel("error in ulps")
    figure.suptitle(title, x=0.01, y=1 - 0.05 / height, ha="left", va="top", fontsize=9)
    figure.legend(handles=legend, loc="lower left", ncols=3, frameon=False, handletextpad=0.2)
    return figure


def _panel(axes: Axes, panel: Panel, programs: Sequence[str], *, rasterized: bool) -> None:
    precision = FORMATS[panel.dtype].precision
    ceiling = 10.0 ** math.ceil(math.log10(2.0**precision) + 1)
    scale = scale_of(x for s in panel.series for x in s.x)
    for s in panel.series:
        dots = _distinct(s, scale, ceiling)
        axes.plot(*dots, **_look(s, programs), rasterized=rasterized, clip_on=False)
    _ulp_axis(axes, precision, ceiling)
    _input_axis(axes, panel, scale)
    axes.set_title(panel.dtype, fontsize=8.5, loc="left", fontweight="bold")


def _distinct(series: Series, scale: Scale, ceiling: float) -> tuple[list[float], list[float]]:
    """Return where the dots of a series stand; those that would cover each other are one."""
    places = {
        (scale.position(x), _height(error, ceiling))
        for x, error in zip(series.x, series.ulps, strict=True)
    }
    width = max(x for x, _ in places) - min(x for x, _ in places) or 1.0
    kept = {
        (round(x / width / _RESOLUTION), round(math.log10(y) / _RESOLUTION / 20)): (x, y)
        for x, y in sorted(places)
    }
    return [x for x, _ in kept.values()], [y for _, y in kept.values()]


def _height(error: float, ceiling: float) -> float:
    return _FLOOR if error == 0 else min(max(error, _LEAST), ceiling)


def _ulp_axis(axes: Axes, precision: int, ceiling: float) -> None:
    axes.set_yscale("log")
    axes.set_ylim(_FLOOR / 2, ceiling * 2)
    step = 3 if precision < 30 else 5
    decades = [-2, *range(0, int(math.log10(ceiling)), step)]
    positions = [_FLOOR, *(10.0**e for e in decades), ceiling]
    labels = ["exact", *(power_of_ten(e) for e in decades), "off scale"]
    axes.yaxis.set_major_locator(FixedLocator(positions))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FixedFormatter(labels))
    for y in (_FLOOR, ceiling):
        axes.axhline(y, color="0.85", linewidth=0.6, zorder=0)
    for y, text in ((0.5, "½ ulp"), (2.0 ** (precision - 1), "no correct\ndigit")):
        axes.axhline(y, color="0.5", linewidth=0.7, linestyle=(0, (4, 3)), zorder=0)
        axes.annotate(
            text,
            (1.0, y),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color="0.35",
        )


def _input_axis(axes: Axes, panel: Panel, scale: Scale) -> None:
    axes.set_xlabel(panel.variable)
    xs = [x for s in panel.series for x in s.x]
    ticks = scale.ticks(min(xs), max(xs)) if xs else []
    if ticks:
        axes.xaxis.set_major_locator(FixedLocator([position for position, _ in ticks]))
        axes.xaxis.set_major_formatter(FixedFormatter([label for _, label in ticks]))


def _look(series: Series, programs: Sequence[str]) -> dict[str, Any]:
    family = _FAMILIES[programs.index(series.program) % len(_FAMILIES)]
    marker, shade = _MARKERS.get(series.witness, (_other_marker(series.witness), 2))
    return {
        "color": family[shade],
        "marker": marker,
        "markersize": 4.2,
        "markeredgewidth": 0.8,
        "markerfacecolor": "none",
        "linestyle": "none",
    }


def _other_marker(name: str) -> str:
    return _OTHER_MARKERS[sum(name.encode()) % len(_OTHER_MARKERS)]


def _programs(rows: Sequence[Sequence[Panel]]) -> list[str]:
    return list(dict.fromkeys(s.program for row in rows for p in row for s in p.series))


def _legend(rows: Sequence[Sequence[Panel]]) -> list[Line2D]:
    programs = _programs(rows)
    every = {(s.program, s.witness): s for row in rows for p in row for s in p.series}
    return [
        Line2D([], [], label=f"{program}, {who}", **_look(s, programs))
        for (program, who), s in every.items()
    ]
