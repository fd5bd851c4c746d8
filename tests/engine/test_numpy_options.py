# ruff: noqa: E501 - one row of a table, one line
"""NumPy's options and positional arguments on tensors: its values, and the slopes of its values."""

import numpy as np
import pytest
from test_numpy_names import A, S, V, assert_numpys

from diffcheck import engine as xp
from diffcheck.engine.errors import OperationError

B = np.arange(24.0).reshape(2, 3, 4) % 7 / 4 + np.arange(24.0).reshape(2, 3, 4) / 100  # all differ
N = np.where(np.arange(24).reshape(2, 3, 4) % 5 == 1, np.nan, B)
M = A[:, [0, 2]] + [[2.0, 0.0], [0.0, 3.0]]
TALL = np.stack([V, V * V, np.array([1.0, 2.0, 0.5, -1.0])], axis=1)[:, :2]

CALLS = {
    "sum: positional dtype": (lambda np, x: np.sum(x, 0, np.float64), B),
    "sum: initial, where": (lambda np, x: np.sum(x, axis=1, where=x > 0.5, initial=2.0), B),
    "sum: keepdims, where": (lambda np, x: np.sum(x, keepdims=True, where=[True, False, True, True]), B),
    "prod: initial, where": (lambda np, x: np.prod(x, axis=0, where=x > 0.5, initial=2.0), B),
    "mean: positional dtype": (lambda np, x: np.mean(x, None, np.float64), B),
    "mean: where": (lambda np, x: np.mean(x, axis=(0, 2), where=x > 0.5, keepdims=True), B),
    "max: initial, where": (lambda np, x: np.max(x, axis=0, initial=0.9, where=x > 0.5), B),
    "min: initial": (lambda np, x: np.min(x, axis=(0, 1), initial=0.9, keepdims=True), B),
    "var: where": (lambda np, x: np.var(x, axis=1, where=x > 0.2, ddof=1), B),
    "var: mean": (lambda np, x: np.var(x, axis=0, mean=np.mean(x, axis=0, keepdims=True)), B),
    "std: where": (lambda np, x: np.std(x, axis=2, where=x > 0.2, keepdims=True), B),
    "std: mean": (lambda np, x: np.std(x, mean=0.5), B),
    "average: returned": (lambda np, x: np.average(x, 1, x[0, :, 0] + 1, returned=True), B),
    "average: returned, no weights": (lambda np, x: np.average(x, axis=0, returned=True), B),
    "cov: bias": (lambda np, x: np.cov(x, bias=True), A),
    "cov: ddof": (lambda np, x: np.cov(x, None, True, False, 2), A),
    "cov: weights": (lambda np, x: np.cov(x, fweights=[1, 2, 1], aweights=[1.0, 2.0, 0.5]), A),
    "cov: importance": (lambda np, x: np.cov(x, x[::-1] ** 2, aweights=x[0] ** 2), A),
    "corrcoef: columns": (lambda np, x: np.corrcoef(x, None, False), TALL),
    "sort: kind": (lambda np, x: np.sort(x * x, axis=0, kind="stable"), A),
    "partition: flat": (lambda np, x: np.sort(np.partition(x * x, (1, -2), axis=None)), A),
    "quantile: hazen": (lambda np, x: np.quantile(x, [0.1, 0.77], axis=1, method="hazen"), B),
    "quantile: midpoint": (lambda np, x: np.quantile(x, 0.4, method="midpoint", keepdims=True), B),
    "quantile: inverse": (lambda np, x: np.quantile(x, 0.4, axis=(0, 1), method="averaged_inverted_cdf"), B),
    "percentile: lower": (lambda np, x: np.percentile(x, [10.0, 60.0], axis=0, method="lower"), B),
    "percentile: unbiased": (lambda np, x: np.percentile(x, 0.5, method="median_unbiased"), B),
    "nanquantile: axes": (lambda np, x: np.nanquantile(x, [0.25, 0.6], axis=(0, 2)), N),
    "nanquantile: keepdims": (lambda np, x: np.nanquantile(x, 0.3, axis=1, keepdims=True, method="higher"), N),
    "nanpercentile: keepdims": (lambda np, x: np.nanpercentile(x, [30.0, 40.0], keepdims=True), N),
    "nanmedian: axes": (lambda np, x: np.nanmedian(x, axis=(1, 2), keepdims=True), N),
    "reshape: F": (lambda np, x: np.reshape(x * x, (4, -1), "F"), B),
    "reshape: A of a transpose": (lambda np, x: np.reshape(x.T, (2, -1), order="A") * 2, B),
    "reshape: method": (lambda np, x: (x * x).reshape(8, 3, order="F"), B),
    "ravel: F": (lambda np, x: np.ravel(x * x, "F"), B),
    "ravel: method": (lambda np, x: (x * x).ravel(order="F"), B),
    "flatten: F": (lambda np, x: (x * x).flatten("F"), B),
    "expand_dims: several": (lambda np, x: np.expand_dims(x * x, (0, -1)), B),
    "cross: of the plane": (lambda np, x: np.cross(np.concat([x[:, :2], 0 * x[:, :1]], 1), x[::-1]), A),
    "cross: axes": (lambda np, x: np.cross(x[..., 1:], x[..., 1:] ** 2, axisa=1, axisb=1, axisc=0), B),
    "cross: axis": (lambda np, x: np.cross(x, x[::-1] ** 2, axis=1), B),
    "gradient: second order ends": (lambda np, x: np.gradient(x * x, 0.5, axis=1, edge_order=2), A),
    "gradient: places": (lambda np, x: np.gradient(x * x, np.asarray([0.0, 0.5, 0.6, 2.0]), edge_order=2), V),
    "interp: nodes": (lambda np, x: np.interp([-9.0, 0.7, 3.0, 9.0], np.sort(x), x * x), V),
    "interp: of the nodes": (lambda np, x: np.interp(x / 8, x[1:3] * np.asarray([-1.0, 0.1]), [1.0, 2.0], left=3.0, right=x[0]), np.array([0.5, 1.25, 3.5, -9.0])),
    "interp: period": (lambda np, x: np.interp(x, [0.2, 1.4, 0.9], [3.0, 1.0, 2.0], period=1.7), V + 0.13),
    "trace: dtype": (lambda np, x: np.trace(x, dtype=np.float64), B),
    "linspace: step": (lambda np, x: np.linspace(x[0], x[1], 5, False, True), A),
    "bincount: weights": (lambda np, x: np.bincount([3, 0, 3, 1], weights=x * x, minlength=6), V),
    "pad: pairs of values": (lambda np, x: np.pad(x * x, ((1, 2), (0, 1)), constant_values=((1, 2), (3, 4))), A),
    "pad: a dict": (lambda np, x: np.pad(x * x, {-1: (1, 2)}), A),
    "pad: ramp": (lambda np, x: np.pad(x * x, 2, mode="linear_ramp", end_values=(5.0, -4.0)), A),
    "pad: mean": (lambda np, x: np.pad(x * x, (1, 2), mode="mean"), A),
    "pad: mean of some": (lambda np, x: np.pad(x * x, 1, mode="mean", stat_length=2), B),
    "pad: maximum": (lambda np, x: np.pad(x, ((0, 1), (2, 0)), mode="maximum"), A),
    "pad: minimum": (lambda np, x: np.pad(x, 1, mode="minimum", stat_length=((1, 2), (2, 2))), A),
    "pad: median": (lambda np, x: np.pad(x, 1, mode="median"), B),
    "pad: odd reflection": (lambda np, x: np.pad(x * x, (4, 1), mode="reflect", reflect_type="odd"), A),
    "pad: odd symmetry": (lambda np, x: np.pad(x * x, 2, mode="symmetric", reflect_type="odd"), A),
    "fft: own lengths": (lambda np, x: np.real((1 + 1j) * np.fft.fftn(x, s=(-1, 3), axes=(1, 2))), B),
    "eigh: lower": (lambda np, x: np.linalg.eigh(x * S, "L")[0], S),
    "eigh: upper": (lambda np, x: np.linalg.eigh(x * S + np.asarray([[0, 0, 0], [5, 0, 0], [7, 8, 0]]), UPLO="U")[0], S),
    "eigvalsh: upper": (lambda np, x: np.linalg.eigvalsh(x @ x, UPLO="U"), S),
    "svd: values only": (lambda np, x: np.linalg.svd(x, compute_uv=False), A),
    "svd: reduced": (lambda np, x: np.linalg.svd(x, False)[1], A),
    "qr: factor R": (lambda np, x: np.abs(np.linalg.qr(x, "r")), TALL),
    "pinv: rcond": (lambda np, x: np.linalg.pinv(x, 1e-10, False), TALL),
    "lstsq: rcond": (lambda np, x: np.linalg.lstsq(x, V, rcond=None)[0], TALL),
    "lstsq: more": (lambda np, x: np.linalg.lstsq(x, V, 1e-12)[3], TALL),
    "conjugate: method": (lambda np, x: (x * x).conjugate(), A),
    "nonzero: method": (lambda np, x: x[x.nonzero()] ** 2, A),
    "compress: method": (lambda np, x: (x * x).compress([True, False, True], axis=1), A),
    "searchsorted: method": (lambda np, x: x[x[:3].searchsorted(np.asarray(1.0))] ** 2, np.sort(V)),
}  # fmt: skip
NOT_COMPILED = {  # what has a shape, or a course, that depends on values
    "nanquantile: axes", "nanquantile: keepdims", "nanpercentile: keepdims", "nanmedian: axes",
    "nonzero: method",
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_values_are_numpys_and_slopes_those_of_its_values(name):
    assert_numpys(*CALLS[name])


@pytest.mark.parametrize("name", [name for name in CALLS if name not in NOT_COMPILED])
def test_recorded_programs_give_what_eager_ones_give(name):
    call, x = CALLS[name]

    def program(x):
        y = call(xp, x)
        parts = y if isinstance(y, tuple) else (y,)
        return xp.stack([xp.sum(part * part) for part in parts])

    expected = program(x)
    recorded = xp.compile(program)
    for _ in range(2):
        np.testing.assert_allclose(recorded(x), expected, rtol=1e-13)


@pytest.mark.parametrize("method", ["linear", "inverted_cdf", "weibull", "nearest"])
def test_the_rank_of_least_squares_and_quantiles_of_any_method(method):
    call = f"xp.quantile(x, q, axis=0, method={method!r})"
    q = np.linspace(0, 1, 13)
    seen = []

    def program(x):
        seen.append(eval(call, {"xp": xp, "x": x, "q": q}))
        return xp.sum(seen[0])

    xp.grad(program)(TALL)
    expected = np.quantile(TALL, q, axis=0, method=method)
    np.testing.assert_allclose(seen[0].value, expected, rtol=1e-14)


def test_a_constant_margin_may_be_traced():
    def program(x):
        values = ((x[0, 0], 1.0), (2.0, x[1, 1]))
        return xp.sum(xp.pad(x, 1, constant_values=values) ** 2)

    slope = xp.grad(program)(A)
    extra = np.zeros_like(A)
    extra[0, 0] = 2 * A[0, 0] * 3  # a row of three, before the columns are added
    extra[1, 1] = 2 * A[1, 1] * 4
    np.testing.assert_allclose(slope, 2 * A + extra, rtol=1e-15)
    assert xp.grad(lambda v: xp.sum(xp.pad(A, 1, constant_values=v)))(3.0) == 14


E = np.zeros((2, 0, 3))
NOTHING = {  # of no elements, and of one
    "max": lambda np, x: np.max(x, axis=1, initial=0.5),
    "min": lambda np, x: np.min(x, axis=(0, 1), initial=0.5, keepdims=True),
    "vector_norm inf": lambda np, x: np.linalg.vector_norm(x, axis=1, ord=np.inf),
    "vector_norm 3": lambda np, x: np.linalg.vector_norm(x, ord=3, keepdims=True),
    "vector_norm -1": lambda np, x: np.linalg.vector_norm(x, axis=(0, 1), ord=-1),
    "matrix_norm 1": lambda np, x: np.linalg.matrix_norm(x[:, :, :0], ord=1),
    "matrix_norm 2": lambda np, x: np.linalg.matrix_norm(x, ord=2, keepdims=True),
    "matrix_norm inf": lambda np, x: np.linalg.matrix_norm(x, ord=np.inf),
    "norm": lambda np, x: np.linalg.norm(x[0, :, 0], ord=np.inf),
    "nanmedian": lambda np, x: np.nanmedian(x, axis=1),
    "nanmedian of none": lambda np, x: np.nanmedian(x, axis=0),
    "sum": lambda np, x: np.sum(x, where=x > 0, initial=2.0),
    "var": lambda np, x: np.var(x + np.ones((2, 1, 3)), axis=1, correction=2),
}


# NumPy's own, of means of nothing and of nans: both sides are asked the same
@pytest.mark.filterwarnings("ignore:.*empty|.*invalid|.*[Dd]egrees|.*NaN:RuntimeWarning")
@pytest.mark.parametrize("name", NOTHING)
def test_of_no_elements_values_are_numpys(name):
    with np.errstate(all="ignore"):
        y, pullback = xp.vjp(lambda x: NOTHING[name](xp, x), E)
        np.testing.assert_array_equal(y, NOTHING[name](np, E))
        assert pullback(y)[0].shape == E.shape


def test_more_corrected_than_there_are_leaves_no_variance():
    with np.errstate(all="ignore"):
        for correction in (2, 3):
            y, _ = xp.vjp(lambda x, c=correction: xp.var(x, axis=0, correction=c), A)
            np.testing.assert_array_equal(y, np.full(3, np.inf))


def test_interpolation_at_a_single_node_is_constant():
    def program(x, f):
        return xp.interp(x, [0.5], f, left=-1.0, right=x[0])

    x, f = np.array([0.25, 0.5, 0.75]), np.array([4.0])
    y, pullback = xp.vjp(program, x, f)
    assert y.tolist() == np.interp(x, [0.5], f, left=-1.0, right=x[0]).tolist() == [-1, 4, 0.25]
    slopes = pullback(np.array([1.0, 2.0, 4.0]))
    assert [g.tolist() for g in slopes] == [[4, 0, 0], [2]]


INTERPOLATED = {
    "a fall of many digits": ((5.0, 1.0, 0.5, -1.0), [0.0, 1.0], [1e20, 1.0], {}),
    "a fall of few": ((1.0, 2.0), [0.0, 1.0], [1e3, 0.1], {}),
    "from an infinity": ((1.0, 2.0), [0.0, 1.0], [np.inf, 1.0], {}),
    "to an infinity": ((-1.0, 0.5), [0.0, 1.0], [1.0, np.inf], {}),
    "a single far node": ((5.0, np.inf), [1e17], [2.0], {}),
    "a single far node of float32": ((5.0,), np.float32([2e8]), np.float32([2.0]), {}),
    "a last node twice": ((0.5, 1.0, 2.0, np.nan), [0.0, 1.0, 1.0], [1.0, 2.0, 4.0], {}),
    "a first node twice": ((-1.0, 0.0, 0.5), [0.0, 0.0, 1.0], [1.0, 2.0, 4.0], {}),
    "a node within twice": ((0.5, 1.0, 1.5), [0.0, 1.0, 1.0, 2.0], [1.0, 2.0, 4.0, 8.0], {}),
    "a negative period": ((-0.3, 0.6, 3.0), [0.25, 1.5, 1.0], [3.0, 1.0, 2.0], {"period": -2}),
    "a period and one node": ((-0.5, 3.0), [0.25], [3.0], {"period": 2.0}),
}


@pytest.mark.parametrize("name", INTERPOLATED)
def test_interpolation_at_and_beyond_nodes_is_numpys(name):
    x, nodes, f, options = INTERPOLATED[name]
    x = np.array(x)
    expected = np.interp(x, nodes, f, **options)
    y, pullback = xp.vjp(lambda x: xp.interp(x, nodes, f, **options), x)
    for found in (
        y,
        xp.interp(x, nodes, f, **options),
        xp.interp(x, nodes, xp.asarray(f), **options),
    ):
        np.testing.assert_array_equal(found, expected)
    if np.all(np.isfinite(f)):
        assert np.all(np.isfinite(pullback(np.ones(x.shape))[0]))


def test_slopes_stay_finite_where_the_last_node_comes_twice():
    nodes, f = np.array([0.0, 1.0, 1.0]), np.array([1.0, 2.0, 4.0])
    _, pullback = xp.vjp(xp.interp, np.array([0.5, 1.0, 3.0]), nodes, f)
    assert [g.tolist() for g in pullback(np.ones(3))] == [[1, 0, 0], [-0.5, -0.5, 0], [0.5, 0.5, 2]]


UNTOLD = {
    "median": lambda np, x: np.median(x, axis=0),
    "quantile": lambda np, x: np.quantile(x, [0.0, 0.5], axis=1),
    "percentile": lambda np, x: np.percentile(x, 30),
    "nanmax": lambda np, x: np.nanmax(x, axis=1),
    "nanmin": lambda np, x: np.nanmin(x, axis=1, keepdims=True),
}


@pytest.mark.filterwarnings("ignore:All-NaN:RuntimeWarning")  # NumPy's own, of what is compared
@pytest.mark.parametrize("name", UNTOLD)
def test_a_nan_makes_a_quantile_nan_as_do_nothing_but_nans_an_extreme(name):
    x = np.array([[np.nan, 1.0, 2.0], [4.0, 0.5, 3.0], [np.nan, np.nan, np.nan]])
    expected = UNTOLD[name](np, x)
    np.testing.assert_array_equal(xp.vjp(lambda x: UNTOLD[name](xp, x), x)[0], expected)
    recorded = xp.compile(lambda x: UNTOLD[name](xp, x) * 1)
    for _ in range(2):
        np.testing.assert_array_equal(recorded(x), expected)


def test_values_are_inserted_in_the_order_of_their_places():
    x = np.arange(4.0)
    for places, values in (
        ([3, 1], [9.0, 8.0]),
        ([1, 3, 1], [7.0, 8.0, 9.0]),
        ([-1, 0], [5.0, 6.0]),
    ):
        y, pullback = xp.vjp(lambda v, p=places: xp.insert(x, p, v), np.array(values))
        assert y.tolist() == np.insert(x, places, values).tolist()
        assert pullback(y)[0].tolist() == values


def test_an_axis_rolls_to_a_start_counted_from_the_end():
    x = np.zeros((2, 3, 4))
    for axis, start in ((0, -1), (2, -3), (-1, 1), (0, 3), (1, -2)):
        y, _ = xp.vjp(lambda x, a=axis, s=start: xp.rollaxis(x, a, s), x)
        assert y.shape == np.rollaxis(x, axis, start).shape


@pytest.mark.parametrize("mode", ["reflect", "symmetric"])
def test_an_odd_margin_is_of_what_it_reflects_alone(mode):
    options = {"mode": mode, "reflect_type": "odd"}
    for row, widths in (
        ([np.inf, 1, 2, 3], (0, 1)),
        ([1, 2, 4], (8, 9)),
        ([2, 5], (3, 4)),
        ([7], (2, 1)),
    ):
        x = np.array(row, dtype=float)
        y, _ = xp.vjp(lambda x, w=widths: xp.pad(x, w, **options), x)
        assert y.tolist() == np.pad(x, widths, **options).tolist()


STAY = {
    "mean: where": lambda x: xp.mean(x, where=x > 0.5),
    "var: where": lambda x: xp.var(x, axis=0, where=x > 0.5, ddof=1),
    "std: where": lambda x: xp.std(x, where=x > 0.5, keepdims=True),
    "nanvar": lambda x: xp.nanvar(x, axis=1),
    "pad: ramp": lambda x: xp.pad(x, 1, mode="linear_ramp", end_values=(1.0, 2.0)),
    "gradient": lambda x: xp.gradient(x, np.array([0.0, 1.0, 3.0]), axis=1),
    "insert": lambda x: xp.insert(x, 1, 3.0, axis=1),
    "ediff1d": lambda x: xp.ediff1d(x, to_end=[1.0, 2.0], to_begin=0.5),
    "bincount": lambda x: xp.bincount([0, 1, 1], weights=x[0]),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", STAY)
def test_no_option_changes_the_dtype(name, dtype):
    y, pullback = xp.vjp(STAY[name], A.astype(dtype))
    assert y.dtype == dtype
    assert pullback(y)[0].dtype == dtype


def test_a_dtype_that_is_asked_for_is_given():
    y, pullback = xp.vjp(lambda x: xp.mean(x, 0, np.float64), A.astype(np.float16))
    assert y.dtype == np.float64
    assert pullback(y)[0].dtype == np.float16


@pytest.mark.parametrize("name", ["nanvar", "nanstd", "nanmean"])
def test_moments_of_complex_numbers_without_nans(name):
    z = A + 1j * A[::-1] ** 2
    z[0, 1] = np.nan
    found = []

    def program(z):
        found[:] = [getattr(xp, name)(z, axis=1)]
        return xp.sum(xp.real(found[0]))

    slope = xp.grad(program)(z)
    np.testing.assert_allclose(found[0].value, getattr(np, name)(z, axis=1), rtol=1e-14)
    assert slope[0, 1] == 0
    kept = z[1]
    alone = xp.grad(lambda z: xp.real(getattr(xp, name.removeprefix("nan"))(z)))(kept)
    np.testing.assert_allclose(slope[1], alone, rtol=1e-13)


REFUSED = {
    "pad of nothing": lambda x: xp.pad(x[:0], 1, mode="mean"),
    "gradient of one": lambda x: xp.gradient(x[:1], axis=0),
    "gradient of other places": lambda x: xp.gradient(x, np.arange(5.0), axis=1),
    "interp of other lengths": lambda x: xp.interp(x, [0.0, 1.0], [1.0, 2.0, 3.0]),
    "interp of no period": lambda x: xp.interp(x, [0.0, 1.0], [1.0, 2.0], period=0),
    "pad of a mode": lambda x: xp.pad(x, 1, mode="empty"),
    "pad of odd edges": lambda x: xp.pad(x, 1, mode="edge", reflect_type="odd"),
    "quantile below": lambda x: xp.quantile(x, -0.5),
    "percentile above": lambda x: xp.percentile(x, 101),
    "nanquantile of none": lambda x: xp.nanquantile(x, np.nan),
    "cross of four": lambda x: xp.cross(xp.ravel(x)[:4], [1.0, 0.0, 2.0, 5.0]),
    "linalg.cross of two": lambda x: xp.linalg.cross(x[:, :2], x[:, :2]),
    "rollaxis beyond": lambda x: xp.rollaxis(x, 0, 3),
    "max of a mask": lambda x: xp.max(x, where=x > 0),
    "partition beyond": lambda x: xp.partition(x, (0, 2), axis=0),
    "reshape in an order": lambda x: xp.reshape(x, -1, order="K"),
    "eigh of a triangle": lambda x: xp.linalg.eigh(x[:, :2], UPLO="M"),
    "qr in a mode": lambda x: xp.linalg.qr(x, mode="raw"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_an_option_cannot_be_is_a_value_error(name):
    with pytest.raises((ValueError, OperationError)):
        xp.vjp(REFUSED[name], A)


def test_a_tensor_tells_its_size_and_rounds():
    def program(x):
        assert (x.itemsize, x.nbytes, xp.size(x), xp.size(x, 1), xp.ndim(x)) == (8, 48, 6, 3, 2)
        return xp.sum(round(x, 1) * x)

    assert xp.grad(program)(A).tolist() == np.round(A, 1).tolist()
    assert xp.compile(lambda x: xp.sum(x) / xp.size(x))(A) == np.sum(A) / 6
