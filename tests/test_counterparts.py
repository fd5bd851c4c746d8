"""The SymPy and JAX columns of the op table name the same functions as the ops: told by values.

What each op was given in its atlas case, and what it gave, is asked of both.
"""

import re
from pathlib import Path

import numpy as np
import pytest
import sympy
from atlas_calls import calls

from diffcheck.atlas import ARGUMENTS, counterpart
from diffcheck.balls import exact
from diffcheck.case import sym
from diffcheck.engine import TABLE
from diffcheck.truth.builder import Builder
from diffcheck.truth.evaluate import Evaluation
from diffcheck.truth.expressions import insert

ROOT = Path(__file__).parents[1]
BITS = 256


def test_every_op_is_called_in_the_atlas():
    missing = sorted(set(TABLE) - set(calls()))
    assert missing == [], f"no case of cases/atlas/ calls these ops: {missing}"


# SymPy
def _is_complex(x):
    return np.asarray(x).dtype.kind == "c"


def symbols_of(array, values):
    """Return an argument as SymPy sees it; `values` takes the number behind each new symbol.

    Equal numbers are one symbol, so that a symmetric matrix is symmetric.
    """

    def symbol(number):
        if isinstance(number, (bool, np.bool_)):
            return sympy.true if number else sympy.false
        if _is_complex(number):
            return symbol(number.real) + sympy.I * symbol(number.imag)
        new = sympy.Symbol(f"x_{float(number).hex()}", real=True)
        values[new] = exact(float(number))
        return new

    if np.ndim(array) == 0:
        return symbol(np.asarray(array)[()])
    return sym.array(np.vectorize(symbol, otypes=[object])(np.asarray(array)))


def evaluate(expression, values):
    """Return a real expression's value, through the truth's own enclosure."""
    if expression.is_Relational or expression.is_Boolean:
        expression = sympy.Piecewise((1, expression), (0, True))
    builder = Builder()
    node = insert(builder, expression, {symbol: builder.input(symbol) for symbol in values})
    ball = Evaluation(builder.nodes, values, BITS).value(node)
    assert float(ball.rad()) < 1e-20, ball
    return float(ball.mid())


def by_sympy(name):
    args, params, y = calls()[name]
    values = {}
    given = [symbols_of(a, values) for a in args]
    inputs = dict(zip(ARGUMENTS, given, strict=False)) | {"arrays": given}
    found = counterpart(TABLE[name], **params)(**inputs)
    flat = np.asarray(found, dtype=object).reshape(-1)
    parts = [
        sympy.expand(e, complex=True).as_real_imag() if e.has(sympy.I) else (e, 0) for e in flat
    ]
    numbers = [evaluate(re, values) + 1j * evaluate(sympy.S(im), values) for re, im in parts]
    return np.array(numbers).reshape(np.shape(y)), y


HAS_SYMPY = [name for name, op in TABLE.items() if op.sympy is not None]


@pytest.mark.parametrize("name", HAS_SYMPY)
def test_the_sympy_column_is_the_same_function(name):
    found, y = by_sympy(name)
    np.testing.assert_allclose(y, found, rtol=1e-12, atol=1e-13)


# JAX
def function_of(text):
    """Return the JAX function that a table's entry names, `name[k]` as that part of a result."""
    import jax

    name, part = re.fullmatch(r"([\w.]+)(?:\[(\d)\])?", text).groups()
    for module in (jax.numpy, jax.scipy.special, jax.nn, jax.lax, jax):
        found = module
        for step in name.split("."):
            found = getattr(found, step, None)
        if callable(found):
            return found if part is None else _part(found, int(part))
    raise LookupError(f"JAX has no {text}")


def _part(function, k):
    return lambda *args, **params: function(*args, **params)[k]


def _column_signs(q):
    return np.sign(q[np.argmax(np.abs(q), axis=0), range(q.shape[1])])


def _qr(f, x):
    q, r = (np.asarray(m) for m in f(x))
    signs = np.where(np.diagonal(r) < 0, -1, 1)
    return np.concatenate([q * signs, r.T * signs])


def _svd(f, x):
    u, s, vh = (np.asarray(m) for m in f(x))
    return np.concatenate([s[None], u * _column_signs(u), vh.T * _column_signs(u)])


def _eigh(f, x):
    w, v = (np.asarray(m) for m in f(x))
    return np.concatenate([w[None], v * _column_signs(v)])


def _eig(f, x):
    w, v = (np.asarray(m) for m in f(x))
    v = v * np.exp(-1j * np.angle(v[np.argmax(np.abs(v), axis=0), range(v.shape[1])]))
    order = np.argsort(w)
    return np.concatenate([w[order][None], v[:, order]])


def _attention(f, q, k, v, *, causal, scale):
    heads = (x[:, None] for x in (q, k, v))
    return f(*heads, is_causal=causal, scale=scale)[:, 0]


# Where JAX's parameters have other names or another order, or its result is in parts.
CALLS = {
    "concat": lambda f, *arrays, axis: f(arrays, axis=axis),
    "stack": lambda f, *arrays, axis: f(arrays, axis=axis),
    "einsum": lambda f, *arrays, subscripts: f(subscripts, *arrays),
    "polygamma": lambda f, x, order: f(order, x),
    "erfcx": lambda f, x, order: f(x),
    "sinc": lambda f, x, order: f(x),
    "gelu": lambda f, x: f(x, approximate=False),
    "dft": lambda f, x, inverse, **kw: f(x, **kw),
    "standardize": lambda f, x, eps: f(x, epsilon=eps),
    "pinv": lambda f, x, rtol: f(x, rcond=rtol),
    "softmax_cross_entropy": lambda f, x, labels: -f(x)[np.arange(len(x)), labels],
    "fused_attention": _attention,
    "astype": lambda f, x, dtype: f(x, dtype),
    "j0": lambda f, x: f(x, v=1)[0],
    "j1": lambda f, x: f(x, v=1)[1],
    "qr": _qr,
    "svd": _svd,
    "eigh": _eigh,
    "eig": _eig,
}
HAS_JAX = [name for name, op in TABLE.items() if op.jax is not None]


@pytest.mark.parametrize("name", HAS_JAX)
def test_the_jax_column_is_the_same_function(name):
    import jax

    args, params, y = calls()[name]
    with jax.enable_x64(True):
        call = CALLS.get(name, lambda f, *args, **params: f(*args, **params))
        given = [jax.numpy.asarray(a) for a in args]
        found = np.asarray(call(function_of(TABLE[name].jax), *given, **params))
    assert np.shape(found) == np.shape(y)
    np.testing.assert_allclose(y, found, rtol=1e-9, atol=1e-12)


def test_a_column_that_lies_would_be_told(monkeypatch):
    monkeypatch.setattr(TABLE["sin"], "sympy", "cos(x)")
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        test_the_sympy_column_is_the_same_function("sin")
    monkeypatch.setattr(TABLE["sin"], "jax", "cos")
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        test_the_jax_column_is_the_same_function("sin")
