"""Complex operands of every op: its derivatives are right there, or it is refused by name.

Each op is given the operands of its atlas case, moved off the real axis along z(t) = z + t d. Its
result, weighed and made real, is a real function of a real t with complex numbers in between. The
truth are central differences in balls of 400 bits; the step's own error is beyond the 50th digit.
"""

import numpy as np
import pytest
from atlas_calls import calls
from flint import arb, ctx

from diffcheck import engine as xp
from diffcheck.engine.table import TABLE

BITS, STEP = 400, 80
TAKES = [name for name, op in TABLE.items() if op.complex is not False]
REFUSES = [name for name, op in TABLE.items() if op.complex is False]
NOT_BY_ITSELF = {
    "stop_gradient": "by its meaning its derivative is not that of any function",
    "astype": "its case makes real numbers: NumPy warns, and drops the imaginary part",
}


def of_eig(x):
    """Return what does not depend on the lengths of eigenvectors, which their rule leaves open."""
    w, v = xp.linalg.eig(x)
    return xp.concat([xp.reshape(w, (1, -1)), (v * xp.exp(w)) @ xp.linalg.inv(v)])


# Ops that read Hermitian matrices, or know vectors up to a phase, as programs reach them.
THROUGH = {
    "cholesky": xp.linalg.cholesky,
    "eigh": lambda x: xp.concat([xp.reshape(a, (-1,)) for a in xp.linalg.eigh(x)]),
    "svd": lambda x: xp.concat(
        [xp.reshape(a, (-1,)) for a in xp.linalg.svd(x, full_matrices=False)]
    ),
    "eig": of_eig,
}


def is_real(a):
    return np.asarray(a).dtype.kind == "f"


def numbers(shape, seed):
    """Return complex numbers of size 1 that are in no special position."""
    k = np.arange(max(1, np.prod(shape, dtype=int))) + 7 * seed
    return (np.cos(1 + 2.3 * k) + 1j * np.sin(2 + 1.7 * k)).reshape(shape)


def program(name):
    """Return a real function of a real number that leads through an op on complex operands."""
    if name not in calls():
        pytest.skip("no case of the atlas calls it, as tests/test_counterparts.py tells")
    args, params, _ = calls()[name]
    op = TABLE[name]
    differentiated = range(len(args)) if op.differentiated in (None, ()) else op.differentiated
    places = [k for k in differentiated if is_real(args[k])]

    def f(t):
        given = list(args)
        for k in places:
            z = args[k] + 0.25j * numbers(np.shape(args[k]), k).real
            given[k] = z + t * numbers(np.shape(z), 3 + k)
        y = THROUGH.get(name, op.entry)(*given, **params)
        return xp.sum(xp.real(y * numbers(np.shape(y), 11)))

    return f if places else None


def ball(exponent):
    found = np.empty((), dtype=object)
    found[()] = arb((1, exponent)) if exponent else arb(0)
    return found


def truths(f):
    """Return first and second derivative at 0 by central differences in balls."""
    with ctx.workprec(BITS):
        below, at, above = (xp.value(f)(x)[()] for x in (-ball(-STEP), ball(0) * 0, ball(-STEP)))
        h = arb((1, -STEP))
        first, second = (above - below) / (2 * h), (above - 2 * at + below) / h**2
        assert second.rad() < 1e-9, (above, at, below)
        return float(first), float(second)


def derivatives(f):
    """Return all first and second derivatives at 0, by every order of modes."""
    first = xp.grad(f)(0.0), xp.jvp(f, (0.0,), (1.0,))[1], xp.jacfwd(f)(0.0)
    slope = lambda t: xp.jvp(f, (t,), (1.0,))[1]  # noqa: E731 - of f
    second = (
        xp.hessian(f)(0.0), xp.grad(xp.grad(f))(0.0), xp.grad(slope)(0.0), xp.jacfwd(slope)(0.0),
        xp.jacfwd(xp.jacfwd(f))(0.0),
    )  # fmt: skip
    return first, second


@pytest.mark.parametrize("name", [name for name in TAKES if name not in NOT_BY_ITSELF])
def test_derivatives_through_complex_operands_are_right(name):
    f = program(name)
    if f is None:
        pytest.skip("no operand is a real number")
    true_first, true_second = truths(f)
    first, second = derivatives(f)
    np.testing.assert_allclose(first, true_first, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(second, true_second, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("name", REFUSES)
def test_complex_operands_are_refused_by_name(name):
    f = program(name)
    for transform in (xp.grad, xp.jacfwd, xp.hessian, xp.value):
        with pytest.raises(xp.OperationError, match=rf"^{name}, at .*test_complex.*real operands"):
            transform(f)(0.5)


MATRIX = np.array([[1.5, 0.25, -0.5], [0.5, 2.5, 0.75], [-0.25, 0.125, 4.0]])
COMPOSITES = {
    "1-norm": lambda z: xp.linalg.vector_norm(z, ord=1),
    "2-norm": lambda z: xp.linalg.vector_norm(z, axis=1),
    "3-norm": lambda z: xp.linalg.vector_norm(z, ord=3, axis=(0, 1)),
    "maximum norm": lambda z: xp.linalg.vector_norm(z, ord=float("inf")),
    "Frobenius": xp.linalg.matrix_norm,
    "nuclear": lambda z: xp.linalg.matrix_norm(z, ord="nuc"),
    "spectral": lambda z: xp.linalg.matrix_norm(z, ord=2),
    "condition": xp.linalg.cond,
    "slogdet": lambda z: xp.stack(list(xp.linalg.slogdet(z))),
    "eigvalsh": xp.linalg.eigvalsh,
    "svdvals": xp.linalg.svdvals,
    "upper cholesky": lambda z: xp.linalg.cholesky(z, upper=True),
    "wide qr": lambda z: xp.concat(list(xp.linalg.qr(z[:2])), axis=1),
    "tall svd": lambda z: xp.linalg.svd(z[:, :2], full_matrices=False).U,
    "wide svd": lambda z: xp.linalg.svd(z[:2], full_matrices=False).Vh,
    "wide pinv": lambda z: xp.linalg.pinv(z[:2]),
    "lstsq": lambda z: xp.linalg.lstsq(z[:, :2], z[:, 2]).residuals,
    "matrix_power": lambda z: xp.linalg.matrix_power(z, 3),
    "std": lambda z: xp.std(z, axis=0),
    "cov": xp.cov,
    "vdot": lambda z: xp.vdot(z, z * z),
    "fft": lambda z: xp.abs(xp.fft.fft2(z)) ** 2,
    "powers": lambda z: z**2 + z**-3 + z**0.5 + z ** (1 + 2j) + 2.0**z + z**z,
    "far out": lambda z: xp.tanh(30 * z) + xp.expit(-50 * z) + xp.tan(20j * z),
    "a real base": lambda z: xp.real(z) ** z,
}


@pytest.mark.parametrize("name", COMPOSITES)
def test_derivatives_of_composites_are_right(name):
    def f(t):
        z = MATRIX + 0.25j * numbers((3, 3), 1).real + t * numbers((3, 3), 5)
        y = COMPOSITES[name](z)
        return xp.sum(xp.real(y * numbers(np.shape(y), 2)))

    true_first, true_second = truths(f)
    first, second = derivatives(f)
    np.testing.assert_allclose(first, true_first, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(second, true_second, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_what_stands_for_an_op_keeps_the_precision(dtype):
    z = (MATRIX + 0.5j).astype(dtype)
    for f in (xp.sign, xp.tan, xp.asinh, xp.acosh, xp.tanh, xp.expit, xp.sqrt):
        assert f(z).dtype == dtype
        assert xp.grad(lambda z, f=f: xp.sum(xp.abs(f(z))))(z).dtype == dtype


def test_a_complex_ball_keeps_its_value():
    two = np.full((), arb(2), dtype=object)
    found = xp.value(lambda x: xp.exp(x * 1j))(two)[()]
    assert found.real.overlaps(arb(2).cos())
    assert found.imag.overlaps(arb(2).sin())
    with pytest.raises(xp.OperationError, match="softplus, at"):
        xp.value(lambda x: xp.softplus(x * 1j))(two)


BY_OPERATOR = {
    "add": (lambda a, b: a + b, 1), "subtract": (lambda a, b: a - b, 1),
    "multiply": (lambda a, b: a * b, 1), "divide": (lambda a, b: a / b, 1),
    "pow": (lambda a, b: a**b, 1),
}  # fmt: skip
BY_NAME = {
    **{name: (getattr(xp, name), 1) for name in BY_OPERATOR},
    **{f"np.{np_name}": (getattr(np, np_name), 1) for np_name in ("multiply", "subtract", "power")},
    "float_power": (xp.float_power, 1),
    "where": (lambda a, b: xp.where(np.True_, a, b) * b, 1),
    "matmul": (lambda a, b: xp.matmul(xp.stack([a * b]), xp.stack([b])), 0),
}
TRANSFORMS = [
    xp.value, xp.grad, xp.jacfwd, xp.hessian, lambda f: xp.compile(xp.grad(f)),
    lambda f: xp.grad(lambda x: xp.sum(xp.grad(f)(x))),
    lambda f: lambda x: xp.jvp(f, (x,), (np.ones_like(x),))[1],
]  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("name", [*(f"operator {n}" for n in BY_OPERATOR), *BY_NAME])
def test_pythons_complex_numbers_meet_real_tensors_from_both_sides(name, reflected, dtype):
    """A Python complex is no NumPy number: with a float64 scalar it would stay Python's."""
    call, arrays = BY_OPERATOR[name[9:]] if name.startswith("operator") else BY_NAME[name]

    def f(c):
        def of(x):
            return xp.sum(xp.real(call(c, x) if reflected else call(x, c)))

        return of

    weak = f(0.5 + 2j)
    strong = f((np.clongdouble if dtype is np.longdouble else np.complex128)(0.5 + 2j))
    tight = 64 * float(np.finfo(dtype).eps)
    for x in [dtype(1.5), *([np.array([1.5, 2.0], dtype)] if arrays else [])]:
        for transform in TRANSFORMS:
            found, wanted = transform(weak)(x), transform(strong)(x)
            np.testing.assert_allclose(found - wanted, 0, atol=tight * np.max(np.abs(wanted)))


def test_float_power_takes_pythons_numbers_and_keeps_imaginary_parts():
    assert float(xp.grad(lambda x: xp.float_power(2, x))(np.float32(3))) == np.float32(
        8 * np.log(2)
    )
    z = np.complex64(1 + 2j)
    assert xp.float_power(xp.asarray(z), 2.0) == (1 + 2j) ** 2
    assert xp.grad(lambda x: xp.imag(xp.float_power(x * z, 2)))(np.float32(1)) == 8
