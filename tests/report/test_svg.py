from xml.etree import ElementTree as ET

from diffcheck.report import plots, svg
from diffcheck.report.panels import Panel, Series


def _rows(count):
    xs = tuple(i / count for i in range(1, count + 1))
    series = Series("p", "jax jit", xs, tuple(1e7 * x for x in xs))
    return [[Panel("float32", "x", (series,))]]


def test_the_bytes_depend_on_the_numbers_alone():
    assert plots.error_plot(_rows(30), "t") == plots.error_plot(_rows(30), "t")


def test_it_is_small_and_well_formed():
    drawn = plots.error_plot(_rows(30), "a < b & c")
    ET.fromstring(drawn)
    assert len(drawn) < 20_000
    assert drawn.count(b"<image") == 0


def test_many_dots_become_a_picture():
    drawn = plots.error_plot(_rows(2000), "t")
    ET.fromstring(drawn)
    assert drawn.count(b"<image") == 1
    assert len(drawn) < 60_000


def test_repeated_styles_become_classes():
    text = '<svg>\n<style type="text/css">*{}</style>\n<g>\n' + (
        '<use x="1.23456" style="stroke: red"/>\n' * 3
    )
    assert svg.compact(text + "</g>\n</svg>") == (
        '<svg>\n<style type="text/css">.s0{stroke: red}*{}</style>\n<g class="s0">\n'
        + '<use x="1.2"/>\n' * 3
        + "</g>\n</svg>\n"
    )


def test_errors_off_the_scale_are_drawn_at_its_end():
    series = Series("p", "engine", (1.0, 2.0), (float("inf"), 0.0))
    axes = plots.draw([[Panel("float32", "x", (series,))]], "t").axes[0]
    heights = axes.lines[0].get_ydata()
    low, high = axes.get_ylim()
    assert low < min(heights) < 1e-3
    assert 2.0**24 < max(heights) < high
