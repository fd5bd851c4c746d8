"""Layers: derivatives of order 1 and 2 in both modes against balls, and against plain NumPy."""

import numpy as np
import pytest

from diffcheck import engine as xp
from diffcheck.balls import precision
from diffcheck.engine.table import TABLE

RNG = np.random.default_rng(11)
W = RNG.normal(size=(4, 6))
LABELS = np.array([1, 0, 3])
KERNEL1, KERNEL2 = RNG.normal(size=(4, 1, 2)), RNG.normal(size=(2, 2, 2, 2))
ULP = 2.0**-52


def weighted(y):
    return xp.sum(y * RNG_WEIGHTS[: int(np.prod(y.shape))].reshape(y.shape))


RNG_WEIGHTS = np.random.default_rng(2).normal(size=200)
LAYERS = {
    "layer_norm": (lambda x: weighted(xp.layer_norm(x, W[0], W[1])), (4, 6)),
    "rms_norm": (lambda x: weighted(xp.rms_norm(x, W[0])), (4, 6)),
    "batch_norm": (lambda x: weighted(xp.batch_norm(x, W[0], W[1])), (4, 6)),
    "group_norm": (lambda x: weighted(xp.group_norm(x, 2)), (2, 4, 3)),
    "attention": (lambda x: weighted(xp.attention(x, x * W[:3, :4], x)), (3, 4)),
    "fused_attention": (lambda x: weighted(xp.fused_attention(x, x * W[:3, :4], x)), (3, 4)),
    "full attention": (
        lambda x: weighted(xp.fused_attention(x, x * W[:3, :4], x, causal=False)), (3, 4)
    ),
    "cross_entropy": (lambda x: weighted(xp.softmax_cross_entropy(x * 3, LABELS)), (3, 4)),
    "binary_cross_entropy": (lambda x: weighted(xp.binary_cross_entropy(x, W > 0)), (4, 6)),
    "embedding": (lambda x: weighted(xp.embedding(x, LABELS) ** 2), (4, 3)),
    "dropout": (lambda x: weighted(xp.dropout(x, W > 0, 0.25) ** 2), (4, 6)),
    "elu": (lambda x: weighted(xp.elu(x, 1.5)), (4, 6)),
    "selu": (lambda x: weighted(xp.selu(x)), (4, 6)),
    "celu": (lambda x: weighted(xp.celu(x, 2.0)), (4, 6)),
    "mish": (lambda x: weighted(xp.mish(x)), (4, 6)),
    "leaky_relu": (lambda x: weighted(xp.leaky_relu(x) ** 2), (4, 6)),
    "relu6": (lambda x: weighted(xp.relu6(4 * x) ** 2), (4, 6)),
    "hard_swish": (lambda x: weighted(xp.hard_swish(2 * x)), (4, 6)),
    "glu": (lambda x: weighted(xp.glu(x)), (4, 6)),
    "rotary": (lambda x: weighted(xp.rotary_embedding(x) ** 2), (3, 4)),
    "conv1d": (lambda x: weighted(xp.conv1d(x, KERNEL1, padding=1, groups=2) ** 2), (2, 2, 5)),
    "conv2d": (lambda x: weighted(xp.conv2d(x, KERNEL2, stride=2) ** 2), (1, 2, 4, 5)),
    "conv2d dilated": (lambda x: weighted(xp.conv2d(x, KERNEL2, dilation=2) ** 2), (1, 2, 4, 4)),
    "convolve": (lambda x: weighted(xp.convolve(x, W[0, :3]) ** 2), (5,)),
    "max_pool2d": (lambda x: weighted(xp.max_pool2d(x, 2) ** 2), (1, 2, 4, 4)),
    "avg_pool1d": (lambda x: weighted(xp.avg_pool1d(x, 3, 1) ** 2), (1, 2, 6)),
}  # fmt: skip
MODES = {
    "reverse": xp.grad,
    "forward": lambda f: lambda x: xp.jvp(f, (x,), (xp.ones_like(x),))[1],
    "reverse twice": lambda f: xp.grad(lambda x: xp.sum(xp.grad(f)(x) * x)),
    "forward over reverse": lambda f: lambda x: xp.jvp(xp.grad(f), (x,), (xp.ones_like(x),))[1],
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", LAYERS)
def test_derivatives_agree_with_those_in_balls(name, mode):
    f, shape = LAYERS[name]
    x = np.random.default_rng(3).normal(size=shape)
    derivative = MODES[mode](f)
    with precision(200):
        balls = np.asarray(derivative(xp.ball_array(x)), dtype=object).ravel()
    truth = np.array([float(b.mid()) for b in balls])
    error = np.max(np.abs(np.ravel(derivative(x)) - truth))
    assert error < 64 * ULP * max(1, np.max(np.abs(truth)))


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("lengths", [(5, 3), (5, 2), (2, 6)])
def test_convolve_is_numpys(mode, lengths):
    a, v = (np.arange(1.0, n + 1) for n in lengths)
    assert np.array_equal(xp.convolve(a, v, mode), np.convolve(a, v, mode))


def test_the_fused_attention_is_the_composed_one():
    q, k, v = RNG.normal(size=(3, 2, 4, 5))
    assert np.allclose(xp.fused_attention(q, k, v), xp.attention(q, k, v), rtol=8 * ULP, atol=0)


def test_a_confident_right_label_keeps_its_digits():
    x = np.array([[0.0, 40.0, 0.0]])
    value = xp.softmax_cross_entropy(x, np.array([1]))
    gradient = xp.grad(lambda x: xp.sum(xp.softmax_cross_entropy(x, np.array([1]))))(x)
    assert value[0] == pytest.approx(2 * np.exp(-40.0), rel=1e-15)
    assert gradient[0, 1] == pytest.approx(-2 * np.exp(-40.0), rel=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_keeps_the_dtype(name, dtype):
    f, shape = LAYERS[name]
    x = np.random.default_rng(3).normal(size=shape).astype(dtype)
    assert xp.grad(lambda x: xp.astype(f(x), dtype))(x).dtype == dtype


@pytest.mark.parametrize("axis", [0, None])
@pytest.mark.parametrize(
    ("x", "y"), [((-np.inf, -np.inf), -np.inf), ((np.inf, 1.0), np.inf), ((-np.inf, 2.0), 2.0)]
)
def test_logsumexp_of_infinities(x, y, axis):
    assert xp.value(lambda x: xp.logsumexp(x, axis=axis))(np.array(x)) == y


@pytest.mark.parametrize(
    "spec",
    ["ij,jk->ik", "kij,nkj->nki", "abc,cd->abd", "ij,kl->ijkl", "ij,j->", "bij,bj->i", "a,a->a"],
)
def test_einsum_of_two_operands_is_numpys(spec):
    sizes = dict(zip("abcdijkln", (2, 3, 4, 2, 3, 4, 2, 3, 2), strict=True))
    left = spec.split("->")[0].split(",")
    operands = [RNG.normal(size=tuple(sizes[c] for c in part)) for part in left]
    expected = np.einsum(spec, *operands)
    assert xp.einsum(spec, *operands).shape == expected.shape
    assert np.allclose(xp.einsum(spec, *operands), expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("f", [xp.softmax, xp.log_softmax], ids=["softmax", "log_softmax"])
def test_a_number_alone_has_the_whole_share(f):
    assert float(xp.grad(f)(0.25)) == 0
    assert float(xp.grad(xp.grad(f))(0.25)) == 0


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), None])
def test_dominant_shares_lose_no_digits_along_any_axis(axis):
    p = xp.softmax(np.random.default_rng(0).normal(size=(3, 4, 5)) * 40, axis)
    g = np.random.default_rng(1).normal(size=p.shape)
    means, parts = (TABLE[f"minus_{name}"].forward(g, p, axis=axis) for name in ("mean", "share"))
    for place in np.ndindex(p.shape):
        if p[place] > 0.5:
            shares, values = p.astype(np.longdouble), g.astype(np.longdouble)
            shares[place] = values[place] = 0

            def of_row(x, place=place):
                return np.broadcast_to(np.sum(x, axis, keepdims=True), p.shape)[place]

            own = g[place] * of_row(shares)
            for found, others in (
                (means, of_row(shares * values)), (parts, p[place] * of_row(values))
            ):  # fmt: skip
                size = float(abs(own) + abs(others))
                assert abs(found[place] - (own - others)) <= 8 * np.spacing(size)


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), None])
def test_logsumexp_of_a_dominant_element_keeps_the_digits_of_the_others(axis):
    x = np.random.default_rng(2).normal(size=(3, 4, 5)) * 20
    peak = np.max(x, axis, keepdims=True)
    x = x - peak  # the greatest is 0, so that the logarithm is nearly that of the others
    found = xp.value(lambda x: xp.logsumexp(x, axis=axis))(x)
    e = np.exp(x.astype(np.longdouble))
    others = np.sum(np.where(x == 0, 0, e), axis)
    assert np.all(
        np.abs(found - np.log1p(others)) <= 8 * np.spacing(np.log1p(others).astype(float))
    )


def test_normalised_exponentials_of_integers_do_not_wrap_around():
    far = np.array([2**31 - 1, -(2**31)], np.int32)
    np.testing.assert_array_equal(xp.softmax(far), [1.0, 0.0])
    small = np.array([[1, 2], [3, 0]], np.uint8)
    assert xp.logsumexp(small) == xp.logsumexp(small.astype(float))
    np.testing.assert_array_equal(xp.log_softmax(small), xp.log_softmax(small.astype(float)))


def test_the_slope_of_gelu_at_infinity_whatever_stands_beside():
    x = np.array([-np.inf, np.nan, np.inf, 0.0], np.float32)
    np.testing.assert_array_equal(xp.grad(lambda x: xp.sum(xp.gelu(x)))(x), [0, np.nan, 1, 0.5])


def test_a_mask_of_more_elements_than_the_array_is_refused():
    mask = np.ones((2, 3), bool)
    with pytest.raises(ValueError, match="more dimensions"):
        xp.grad(lambda x: xp.sum(x, where=mask))(np.ones(3))
