"""Each op keeps its declared rounding at the points where it, or the library beneath, did not.

They are the worst ones that `diffcheck study rounding` came upon; SciPy's errors there, in ulps,
stand beside them.
"""

import numpy as np
import pytest
from flint import arb

from diffcheck import engine as xp
from diffcheck.balls import precision
from diffcheck.engine import TABLE

WORST = {
    "logaddexp": [(-0.717325, -0.717325), (-0.0122986, -4.34552)],  # 7, 8
    "logaddexp2": [(-1.10925, -1.11033), (-0.00819318, -7.61821)],  # 4, 16
    "erf": [(0.25,), (0.8,)],
    "erfc": [(0.9,), (3.87987,), (26.2,)],  # 10, 4, 500
    "gamma": [(-16.797,), (-31.3956,), (27.12,)],  # 5, 5, 6
    "gammaln": [(0.87516,), (0.9927828193230808,), (-2.44614,)],  # 7, 264, 36
    "gammainc": [(4.47882e-237, 0.224281), (9e-290, 0.0864), (0.8386, 1.328)],  # 1010, 915, 38
    "gammaincc": [(5.77e-302, 17.17), (1.34634, 1.34634), (2.5231618, 2.5231618)],  # 2e13, 20, 17
    "beta": [(6.57459, 54.8111), (43.7732, 43.774), (6.75096, 6.75096)],  # 123, 210, 21
    "betaln": [(131.751, 65.0423), (1.879, 0.745)],  # 17, 16
    "owens_t": [
        (4.9533, -1.31e-37),
        (-5.03832, -8.8257e-06),
        (14.1379, 14.1659),
        (2.6, -3.5),
        (18.89609059613682, 0.9599387745781003),
    ],
    "airy_ai": [(1.84436,), (1.977,)],  # 23, 83
    "spence": [(2.0256,), (0.562,)],  # 16, 21
    "gelu_tanh": [(-4.85246,), (-3.8371,)],
    "yv": [(0.113062, 0.11474), (0.691873, 6.475e-242)],  # 25, 194
    "kv": [(0.77238, 1.14549), (0.344568, 3.1197e-224)],  # 98, 184
    "ive": [(21.4287, 21.4316), (1.62503, 1.88142e-140)],  # 214, 541
    "struve": [(2.71744e-179, 27.5359), (0.520934, 25.0454)],  # 897, 12600
}


def ulps_off(name, point, dtype):
    """Return the error of an op in ulps of the exact result."""
    args = [np.array([x], dtype) for x in point]
    found = TABLE[name].forward(*args)
    assert found.dtype == dtype
    with precision(400):
        balls = [np.array([arb(float(x[0]))], dtype=object) for x in args]
        exact = TABLE[name].ball(*balls)[0]
        assert exact.rel_accuracy_bits() > 80
        return float(abs(exact - arb(float(found[0])))) / np.spacing(abs(dtype(float(exact))))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", WORST)
def test_an_op_keeps_its_bound(name, dtype):
    for point in WORST[name]:
        if dtype is np.float32 and any(0 < abs(x) < 1e-37 for x in point):
            continue  # no such number
        assert ulps_off(name, point, dtype) <= TABLE[name].rounding, point


def test_owens_t_at_the_ends():
    t = TABLE["owens_t"].forward
    inf = np.inf
    for h, a, value in [(0, inf, 0.25), (inf, 1, 0), (0, 0, 0), (inf, inf, 0), (0, -1, -0.125)]:
        assert t(np.float64(h), np.float64(a)) == pytest.approx(value, rel=1e-15, abs=0)
    assert t(np.float64(1), np.float64(inf)) == pytest.approx(0.07932762696572853, rel=1e-15)
    assert np.isnan(t(np.float64(np.nan), np.float64(1)))


@pytest.mark.parametrize(
    ("op", "args", "value"),
    [
        (xp.gammainc, (2.0, np.inf), 1.0),
        (xp.gammaincc, (0.5, np.inf), 0.0),
        (xp.gammainc, (2.0, -1.0), np.nan),
        (xp.gammainc, (-1.0, 1e-3), np.nan),
    ],
)
def test_incomplete_gamma_functions_at_infinity_and_outside(op, args, value):
    np.testing.assert_equal(float(op(*args)), value)
