"""Functions of the engine as SymPy programs: by the table's counterparts, with no rule in it."""

import numpy as np
import pytest
import sympy

from diffcheck import engine as xp
from diffcheck.backends import Unsupported
from diffcheck.backends.engine_symbolic import symbolic
from diffcheck.case.symlet import symbols_of

X, Y, Z = (sympy.Symbol(f"x_{{{i}}}", real=True) for i in range(3))


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: xp.tanh(x[0]) * xp.exp(-x[1]), [[sympy.tanh(X) * sympy.exp(-Y)]]),
        (lambda x: x[0] + 0.1, [[X + sympy.Rational(*(0.1).as_integer_ratio())]]),
        (lambda x: xp.stack([x[2], 2 * x[0]]), [[Z, 2 * X]]),
        (lambda x: xp.einsum("i,i->", x, x), [[X**2 + Y**2 + Z**2]]),
        (lambda x: xp.where(x[0] > 0, x[0], 0.5), [[sympy.Piecewise((X, X > 0), (0.5, True))]]),
        (
            lambda x: (xp.sum(x[1:]), xp.reshape(x, (3, 1)) @ x[:1]),
            [[Y + Z], [X**2, X * Y, X * Z]],
        ),
    ],
)
def test_ops_are_their_counterparts(f, expected):
    for found, output in zip(symbolic(f)(symbols_of("x", (3,))), expected, strict=True):
        assert [sympy.simplify(a - b) for a, b in zip(found, output, strict=True)] == [0] * len(
            found
        )


def test_a_rule_of_ones_own_has_no_part_in_it():
    f = xp.custom_vjp(lambda x: x * x)
    f.defvjp(lambda x: (x * x, x), lambda x, g: (0 * g,))
    x = sympy.Symbol("x", real=True)
    assert symbolic(f)(x) == [[x * x]]


def test_what_has_no_counterpart_is_named():
    with pytest.raises(Unsupported, match="the primal cannot be read: svd has no counterpart"):
        symbolic(lambda x: xp.linalg.svd(xp.reshape(x, (3, 1)), full_matrices=False))(
            symbols_of("x", (3,))
        )


def test_a_float_parameter_is_exact():
    ((value, *_),) = symbolic(lambda x: xp.layer_norm(x)[0])(np.array([X, X, X], dtype=object))
    assert not value.atoms(sympy.Float)
