import math

from diffcheck.judge import Measurement, PointRecord
from diffcheck.report.panels import panels_of


def _of(store, case):
    points = [r for r in store.records() if isinstance(r, PointRecord) and r.case == case.case]
    found = [r for r in store.records() if isinstance(r, Measurement) and r.case == case.case]
    return case, points, [m for m in found if m.order == 1]


def test_a_scalar_input_is_the_axis(store):
    ((float32, float64),) = panels_of(*_of(store, store.SIGMOID))
    assert (float32.variable, float32.dtype, float64.dtype) == ("x", "float32", "float64")
    assert [(s.program, s.witness) for s in float64.series][:2] == [
        ("naive", "engine"),
        ("naive", "jax eager"),
    ]
    assert len(float64.series[0].x) == 22


def test_the_worst_component_stands_for_a_point(store):
    ((float32, _),) = panels_of(*_of(store, store.SIGMOID))
    stable = next(s for s in float32.series if (s.program, s.witness) == ("stable", "jax jit"))
    assert stable.ulps[stable.x.index(0.0)] == math.inf


def test_arrays_are_drawn_against_the_truth(store):
    ((float32, _),) = panels_of(*_of(store, store.NORM))
    assert "exact value" in float32.variable
    assert len(float32.series[0].x) == 36
