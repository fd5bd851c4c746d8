"""Plots: everything that is drawn can be seen."""

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from diffcheck.judge import Measurement, PointRecord
from diffcheck.report import plots
from diffcheck.report.panels import panels_of


def _figure(store, case):
    points = [r for r in store.records() if isinstance(r, PointRecord) and r.case == case.case]
    found = [r for r in store.records() if isinstance(r, Measurement) and r.case == case.case]
    rows = panels_of(case, points, [m for m in found if m.order == 1])
    return plots.draw(rows, f"{case.case}: first derivatives")


def test_no_text_is_cut_off_or_covers_another(store):
    for case in (store.SIGMOID, store.NORM):
        figure = _figure(store, case)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        page = figure.bbox
        texts = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
        assert {"error in ulps", "off scale", "exact"} <= {text for text, _ in boxes}
        for text, box in boxes:
            assert page.x0 <= box.x0 < box.x1 <= page.x1, (case.case, text, box)
            assert page.y0 <= box.y0 < box.y1 <= page.y1, (case.case, text, box)
        for (text, box), (other, its) in combinations(boxes, 2):
            assert not box.overlaps(its), (case.case, text, other)
